//! Operations on trees of state: initiate, terminate, update, invalidate, query. CHIM-04, CHIM-05, CHIM-14.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lower::Lower;
use super::super::protocol::{Above, Binding};
use super::ledger::{Call, Object, Said};
use super::{Node, NodeAbove, Operation, no_lock_held};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// The nodes of a tree, depth first.
///
/// # Safety
/// The tree is valid.
pub(crate) unsafe fn nodes(root: Node) -> Vec<Node> {
    let (mut all, mut left) = (Vec::new(), vec![root]);
    while let Some(node) = left.pop() {
        if !node.is_null() {
            all.push(node);
            // SAFETY: the caller's promise.
            left.extend(unsafe { [(*node).NextBlock, (*node).DependentBlockList] });
        }
    }
    all
}

macro_rules! operations {
    ($($down:ident, $up:ident: $operation:ident;)+) => {$(
        /// At most DISPATCH_LEVEL. The tree is the adapter's until it is completed.
        pub(super) unsafe extern "win64" fn $down(handle: NDIS_HANDLE, root: NodeAbove) {
            let thread = thread::enter(stringify!($down), DISPATCH_LEVEL);
            no_lock_held(stringify!($down));
            let binding = thread.machine.ndis.binding(handle, stringify!($down));
            // SAFETY: the driver's tree.
            unsafe { start(&binding, Operation::$operation, root, stringify!($down)) };
        }

        /// At most DISPATCH_LEVEL.
        pub(super) unsafe extern "win64" fn $up(handle: NDIS_HANDLE, root: Node) {
            let thread = thread::enter(stringify!($up), DISPATCH_LEVEL);
            no_lock_held(stringify!($up));
            let adapter = thread.machine.ndis.adapter(handle, stringify!($up));
            // SAFETY: the tree that the driver was given.
            unsafe { finish(&*adapter, Operation::$operation, root, stringify!($up)) };
        }
    )+};
}

operations! {
    NdisInitiateOffload, NdisMInitiateOffloadComplete: Initiate;
    NdisTerminateOffload, NdisMTerminateOffloadComplete: Terminate;
    NdisUpdateOffload, NdisMUpdateOffloadComplete: Update;
    NdisInvalidateOffload, NdisMInvalidateOffloadComplete: Invalidate;
    NdisQueryOffloadState, NdisMQueryOffloadStateComplete: Query;
}

/// Hands a tree to the adapter below a binding.
///
/// # Safety
/// The tree is valid until it is completed.
pub(super) unsafe fn start(
    binding: &Arc<Binding>,
    operation: Operation,
    root: NodeAbove,
    name: &str,
) {
    let root: Node = root.cast();
    // SAFETY: the caller's promise.
    let said: Vec<Said> = unsafe { nodes(root) }
        .into_iter()
        // SAFETY: as above.
        .map(|node| unsafe { goes_down(binding, operation, node, name) })
        .collect();
    let ledger = &binding.machine.ndis.chimney;
    let call = Call {
        binding: Arc::clone(binding),
        operation,
        flags: 0,
        connection: 0,
        nodes: said,
        context: 0,
        ended: None,
        number: 0,
    };
    ledger.goes_down(root as usize, call, name);
    match binding.lower.target() {
        Some(target) => target.state(operation, root),
        None => violation(
            "CHIM-01",
            &format!("{name} above an adapter without a chimney"),
        ),
    }
}

/// What a protocol says of a node becomes what a miniport sees.
unsafe fn goes_down(binding: &Arc<Binding>, operation: Operation, node: Node, name: &str) -> Said {
    // SAFETY: the caller's node.
    unsafe {
        let handle = (*node.cast::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()).OffloadHandle;
        let mut place = std::ptr::null_mut::<PVOID>();
        if !handle.is_null() {
            place = (*handle).MiniportOffloadContext.cast();
            if place.is_null() {
                violation(
                    "CHIM-14",
                    &format!("{name}: a handle that points to no place"),
                );
            }
            let is_new = operation == Operation::Initiate && (*place).is_null();
            if is_new {
                (*handle).NdisReserved[0] = binding.handle();
                let object = Object {
                    binding: Arc::clone(binding),
                    place: place as usize,
                    offloaded: false,
                };
                let objects = &mut binding.machine.ndis.chimney.inside().objects;
                objects.insert(handle as usize, object);
            } else {
                binding.machine.ndis.chimney.owner(handle, name);
            }
        }
        (*node).MiniportOffloadContext = place;
        (*node).NdisOffloadHandle = handle.cast();
        (*node).SourceHandle = binding.handle();
        Said::of(node)
    }
}

impl Said {
    unsafe fn of(node: Node) -> Self {
        // SAFETY: the caller's node.
        let it = unsafe { &*node };
        Self {
            node: node as usize,
            place: it.MiniportOffloadContext as usize,
            handle: it.NdisOffloadHandle as usize,
            reserved: it.ImReserved.map(|word| word as usize),
            source: it.SourceHandle as usize,
        }
    }
}

/// The emulator's own adapter has done what it was asked.
///
/// # Safety
/// The tree that it was given.
pub(crate) unsafe fn complete(lower: &dyn Lower, operation: Operation, root: Node) {
    // SAFETY: the caller's promise.
    unsafe { finish(lower, operation, root, "the end of an operation") };
}

unsafe fn finish(lower: &dyn Lower, operation: Operation, root: Node, name: &str) {
    let ledger = &lower.machine().ndis.chimney;
    let call = ledger.comes_up(lower, root as usize, operation, name);
    for said in &call.nodes {
        let node = said.node as Node;
        // SAFETY: the tree is the adapter's until now.
        unsafe {
            if Said::of(node) != *said {
                let text = format!("{name} with a node that is not as it was given");
                violation("CHIM-14", &text);
            }
            ends(&call, said, name);
            let above: NodeAbove = node.cast();
            (*above).NdisReserved[2] = std::ptr::null_mut();
            (*above).OffloadHandle = said.handle as *mut _;
        }
    }
    call.binding.state_done(operation, root.cast());
}

/// What the end of an operation makes of an object.
unsafe fn ends(call: &Call, said: &Said, name: &str) {
    if said.handle == 0 {
        return;
    }
    // SAFETY: places and nodes are valid while the tree is under way.
    let (context, status) =
        unsafe { (*(said.place as *const PVOID), (*(said.node as Node)).Status) };
    let objects = &mut call.binding.machine.ndis.chimney.inside().objects;
    match call.operation {
        Operation::Initiate if !context.is_null() => {
            if let Some(object) = objects.get_mut(&said.handle) {
                object.offloaded = true;
            }
        }
        Operation::Initiate => {
            objects.remove(&said.handle);
            if status == NDIS_STATUS_SUCCESS {
                violation("CHIM-14", &format!("{name}: a success without a context"));
            }
        }
        Operation::Terminate => drop(objects.remove(&said.handle)),
        _ => {}
    }
}

impl Binding {
    fn state_done(self: &Arc<Self>, operation: Operation, root: NodeAbove) {
        if let Above::Native(native) = &self.protocol.above {
            if let Some(host) = native.host() {
                host.state_done(operation, root);
            }
            return;
        }
        let Some(state) = self.protocol.client.lock().state else {
            return;
        };
        let (name, handler) = match operation {
            Operation::Initiate => (
                "ProtocolInitiateOffloadComplete",
                state.InitiateOffloadCompleteHandler,
            ),
            Operation::Terminate => (
                "ProtocolTerminateOffloadComplete",
                state.TerminateOffloadCompleteHandler,
            ),
            Operation::Update => (
                "ProtocolUpdateOffloadComplete",
                state.UpdateOffloadCompleteHandler,
            ),
            Operation::Invalidate => (
                "ProtocolInvalidateOffloadComplete",
                state.InvalidateOffloadCompleteHandler,
            ),
            _ => (
                "ProtocolQueryOffloadComplete",
                state.QueryOffloadCompleteHandler,
            ),
        };
        if let Some(handler) = handler {
            bridge::callback(name, || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context, root) }
            });
        }
    }
}
