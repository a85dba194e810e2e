//! The memory of what TCP/IP offloads: handles, and trees of state, in pool blocks, so that whoever touches them too late
//! is seen.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lists::{self, List};
use super::host::{Ended, Knew};
use super::{Handle, NodeAbove, Operation};
use crate::machine::Machine;
use crate::pool::{KERNEL, Request};

const TAG: u32 = u32::from_le_bytes(*b"TcpO");
const REVISION: u8 = 1;

/// A block of pool.
struct Block {
    machine: &'static Machine,
    address: usize,
}

impl Block {
    fn new(machine: &'static Machine, size: usize) -> Self {
        let address = machine.pool.allocate(Request {
            size,
            tag: TAG,
            caller: KERNEL,
            zeroed: true,
        }) as usize;
        Self { machine, address }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.machine.pool.free(self.address, TAG, KERNEL);
    }
}

/// A handle, and the place it points to.
#[repr(C)]
struct Named {
    handle: NDIS_OFFLOAD_HANDLE,
    place: PVOID,
}

/// A neighbor, a path or a connection as TCP/IP has it; whoever shares it keeps it. Gone: `None`.
pub(super) struct Object(Option<Arc<Block>>);

impl Object {
    pub(super) fn new(machine: &'static Machine) -> Self {
        let block = Block::new(machine, size_of::<Named>());
        let named = block.address as *mut Named;
        // SAFETY: fresh memory of that size.
        unsafe { (*named).handle.MiniportOffloadContext = (&raw mut (*named).place).cast() };
        Self(Some(Arc::new(block)))
    }

    pub(super) fn gone() -> Self {
        Self(None)
    }

    pub(super) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    pub(super) fn handle(&self) -> Handle {
        let block = self.0.as_ref();
        block.map_or(std::ptr::null_mut(), |block| block.address as Handle)
    }

    fn is_shared(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|block| Arc::strong_count(block) > 1)
    }
}

const LAYERS: [u8; 3] = [NeighborOffloadState, Ip4OffloadState, TcpOffloadState];
const NODE: usize = size_of::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>();
/// The longest state of a node.
const STATE: usize = size_of::<TCP_OFFLOAD_STATE_CONST>()
    + size_of::<TCP_OFFLOAD_STATE_CACHED>()
    + size_of::<TCP_OFFLOAD_STATE_DELEGATED>()
    + 8;

/// A neighbor, a path on it and a connection on that: a node each, or fewer.
pub(super) struct Tree(Vec<Block>);

impl Tree {
    /// All three, to be offloaded.
    pub(super) fn whole(machine: &'static Machine, objects: &[Object; 3]) -> Self {
        let handles: Vec<_> = objects.iter().map(Object::handle).collect();
        Self::new(machine, &handles, TcpOffloadState)
    }

    /// All three, to be terminated; what others share stays, and has placeholders.
    pub(super) fn last(machine: &'static Machine, objects: &[Object; 3]) -> Self {
        let handle = |object: &Object| match object.is_shared() {
            true => std::ptr::null_mut(),
            false => object.handle(),
        };
        let handles: Vec<_> = objects.iter().map(handle).collect();
        Self::new(machine, &handles, TcpOffloadDelegatedState)
    }

    /// The connection alone.
    pub(super) fn of_connection(
        machine: &'static Machine,
        objects: &[Object; 3],
        operation: Operation,
    ) -> Self {
        let kind = match operation {
            Operation::Query => TcpOffloadDelegatedState,
            _ => TcpOffloadCachedState,
        };
        Self::new(machine, &[objects[2].handle()], kind)
    }

    fn new(machine: &'static Machine, handles: &[Handle], last: u8) -> Self {
        let tree = Self(
            handles
                .iter()
                .map(|_| Block::new(machine, NODE + STATE))
                .collect(),
        );
        let mut below: NodeAbove = std::ptr::null_mut();
        for (at, block) in tree.0.iter().enumerate().rev() {
            let node = block.address as NodeAbove;
            let kind = LAYERS[LAYERS.len() - handles.len() + at];
            // SAFETY: fresh memory of that size.
            unsafe {
                (*node).Header = NDIS_OBJECT_HEADER {
                    Type: if below.is_null() { last } else { kind },
                    Revision: REVISION,
                    Size: NODE as u16,
                };
                (*node).DependentBlockList = below;
                (*node).OffloadHandle = handles[at];
                // Of somebody in between: to be there again at the end.
                (*node).ImReserved = [node.cast(), 0x2222 as PVOID];
                (*node).Status = NDIS_STATUS_PENDING;
            }
            below = node;
        }
        tree
    }

    pub(super) fn root(&self) -> NodeAbove {
        self.0[0].address as NodeAbove
    }

    fn leaf(&self) -> NodeAbove {
        self.0[self.0.len() - 1].address as NodeAbove
    }

    /// Of the connection.
    pub(super) fn status(&self) -> NDIS_STATUS {
        // SAFETY: the tree is back.
        unsafe { (*self.leaf()).Status }
    }

    /// What the NIC wrote behind the connection's node.
    pub(super) fn delegated(&self) -> Knew {
        let state = self
            .leaf()
            .wrapping_add(1)
            .cast::<TCP_OFFLOAD_STATE_DELEGATED>();
        // SAFETY: the tree is back, and there is room for it.
        let state = unsafe { state.read_unaligned() };
        Knew {
            state: state.State,
            sent: state.SndNxt,
            received: state.RcvNxt,
        }
    }
}

/// How a list came back.
///
/// # Safety
/// The list is TCP/IP's again.
pub(super) unsafe fn ended(list: List) -> Ended {
    // SAFETY: the caller's promise.
    unsafe {
        Ended {
            status: (*list).Status,
            transferred: (*list).NetBufferListInfo[TcpOffloadBytesTransferred] as usize,
            left: lists::bytes((*list).FirstNetBuffer).unwrap_or_default(),
        }
    }
}
