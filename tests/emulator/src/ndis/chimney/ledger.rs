//! What is offloaded and what is under way, at each edge it passes: CHIM-04, CHIM-05, CHIM-14, CHIM-16.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys::*;

use super::super::lists::List;
use super::super::lower::Lower;
use super::super::protocol::Binding;
use super::{Handle, Operation};
use crate::sync::{Mutex, MutexGuard};
use crate::verifier::violation;

/// How an operation on a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    status: NDIS_STATUS,
    bytes: usize,
    data: (u32, u32),
}

impl Ended {
    /// # Safety
    /// The list is valid.
    pub(super) unsafe fn of(list: List) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let buffer = (*list).FirstNetBuffer;
            Self {
                status: (*list).Status,
                bytes: (*list).NetBufferListInfo[TcpOffloadBytesTransferred] as usize,
                data: ((*buffer).DataOffset, (*buffer).stDataLength as u32),
            }
        }
    }
}

/// What a node said when it went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) node: usize,
    pub(super) place: usize,
    pub(super) handle: usize,
    pub(super) reserved: [usize; 2],
    pub(super) source: usize,
}

/// An operation at one edge.
pub(super) struct Call {
    pub(super) binding: Arc<Binding>,
    pub(super) operation: Operation,
    pub(super) flags: u32,
    /// The connection's handle, of an operation on data.
    pub(super) connection: usize,
    pub(super) nodes: Vec<Said>,
    /// The list's context.
    pub(super) context: usize,
    /// The NIC below has ended it so.
    pub(super) ended: Option<Ended>,
    pub(super) number: u64,
}

pub(super) struct Object {
    pub(super) binding: Arc<Binding>,
    pub(super) place: usize,
    pub(super) offloaded: bool,
}

#[derive(Default)]
pub(super) struct Inside {
    /// By the address of the root or of the list: the edges it passed, from above.
    calls: HashMap<usize, Vec<Call>>,
    /// By the address of the handle.
    pub(super) objects: HashMap<usize, Object>,
    /// Lists that were indicated: who has them, from below.
    pub(super) lent: HashMap<usize, Vec<Arc<Binding>>>,
    numbers: u64,
}

/// Of one machine.
#[derive(Default)]
pub(crate) struct Ledger {
    absent: AtomicBool,
    inside: Mutex<Inside>,
}

impl Ledger {
    /// This is a Windows without the chimney.
    pub(in crate::ndis) fn take_out(&self) {
        self.absent.store(true, Ordering::Release);
    }

    pub(super) fn is_absent(&self) -> bool {
        self.absent.load(Ordering::Acquire)
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }

    /// The binding that this object was offloaded on.
    pub(super) fn owner(&self, handle: Handle, call: &str) -> Arc<Binding> {
        let inside = self.inside();
        let object = inside.objects.get(&(handle as usize));
        let found = object.map(|object| (Arc::clone(&object.binding), object.place));
        drop(inside);
        let Some((binding, place)) = found else {
            violation(
                "CHIM-14",
                &format!("{call} with a handle of nothing that is offloaded"),
            );
        };
        // SAFETY: the object is offloaded, so its owner keeps the handle.
        let handle = unsafe { *handle };
        if handle.NdisReserved[0] != binding.handle()
            || handle.MiniportOffloadContext as usize != place
        {
            violation("CHIM-14", &format!("{call} with a handle that was changed"));
        }
        binding
    }

    /// An operation passes an edge, going down.
    pub(super) fn goes_down(&self, at: usize, mut call: Call, name: &str) {
        let mut inside = self.inside();
        let above = inside.calls.get(&at).and_then(|all| all.last());
        let lower = above.map(|above| Arc::clone(&above.binding.lower));
        let same = above
            .is_none_or(|above| above.operation == call.operation && above.flags == call.flags);
        drop(inside);
        let middle = call.binding.protocol.is_in_the_middle(&*call.binding.lower);
        if middle && lower.is_none() {
            violation(
                "CHIM-04",
                &format!("{name} with what was not given to the driver so"),
            );
        }
        if !same {
            violation(
                "CHIM-04",
                &format!("{name}: another operation, or other flags, than given"),
            );
        }
        inside = self.inside();
        inside.numbers += 1;
        call.number = inside.numbers;
        inside.calls.entry(at).or_default().push(call);
    }

    /// It ends at that edge.
    pub(super) fn comes_up(
        &self,
        lower: &dyn Lower,
        at: usize,
        operation: Operation,
        name: &str,
    ) -> Call {
        let mut inside = self.inside();
        let all = inside.calls.get_mut(&at);
        let last = all.as_ref().and_then(|all| all.last());
        let here = |call: &Call| call.binding.lower.identity().luid == lower.identity().luid;
        let known = last.map(|call| (here(call), call.operation == operation));
        match known {
            Some((true, true)) => {}
            Some((false, _)) => {
                drop(inside);
                violation(
                    "CHIM-05",
                    &format!("{name} of what the adapter below still has"),
                );
            }
            _ => {
                drop(inside);
                violation(
                    "CHIM-05",
                    &format!("{name} of what the adapter does not have"),
                );
            }
        }
        let call = all.and_then(Vec::pop);
        if inside.calls.get(&at).is_some_and(Vec::is_empty) {
            inside.calls.remove(&at);
        }
        drop(inside);
        call.unwrap_or_else(|| unreachable!("just looked at"))
    }

    /// For the edge above: how the NIC ended a list.
    pub(super) fn note(&self, at: usize, ended: Ended) {
        if let Some(above) = self
            .inside()
            .calls
            .get_mut(&at)
            .and_then(|all| all.last_mut())
        {
            above.ended = Some(ended);
        }
    }

    /// Whether a send of this connection that came before is not completed.
    pub(super) fn has_send_before(&self, call: &Call) -> bool {
        let inside = self.inside();
        let earlier = |other: &Call| {
            other.operation == Operation::Send
                && other.connection == call.connection
                && other.number < call.number
        };
        inside.calls.values().flatten().any(earlier)
    }

    /// CHIM-16: nothing is offloaded, lent or under way at the edges that `ends` names.
    pub(crate) fn expect_none(&self, what: &str, ends: impl Fn(&Binding) -> bool) {
        let inside = self.inside();
        let calls = inside.calls.values().flatten();
        let calls = calls.filter(|call| ends(&call.binding)).count();
        let objects = inside.objects.values();
        let objects = objects.filter(|object| ends(&object.binding)).count();
        let lent = inside.lent.values().flatten();
        let lent = lent.filter(|binding| ends(binding)).count();
        drop(inside);
        if calls + objects + lent > 0 {
            let text = format!(
                "{what} with {objects} objects offloaded, {calls} operations and {lent} receives outstanding"
            );
            violation("CHIM-16", &text);
        }
    }
}
