//! Sends of protocols, and their completion. NDIS-NBL-01..04, NDIS-PROT-03.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lists::{self, List, Shape};
use super::super::offload::Beside;
use super::Above;
use super::binding::{Binding, Life};
use crate::bridge;
use crate::mm::mdl;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, MDL};

/// At most DISPATCH_LEVEL. The lists are the adapter's until they are completed.
pub(in crate::ndis) unsafe extern "win64" fn NdisSendNetBufferLists(
    handle: NDIS_HANDLE,
    first: List,
    _port: u32,
    flags: u32,
) {
    let call = "NdisSendNetBufferLists";
    let thread = thread::enter("NdisSendNetBufferLists", DISPATCH_LEVEL);
    lists::no_lock_held(call);
    lists::expect_level(call, flags & NDIS_SEND_FLAGS_DISPATCH_LEVEL != 0);
    let binding = thread.machine.ndis.binding(handle, call);
    // SAFETY: the driver passes a chain of its lists.
    let lists = unsafe { lists::chain(first) };
    binding.send(lists);
}

impl Binding {
    /// Hands lists of the protocol's to the adapter.
    pub(crate) fn send(self: &Arc<Self>, lists: Vec<List>) {
        let life = self.life();
        if !matches!(life, Life::Restarting | Life::Running | Life::Pausing) {
            let text = format!("NdisSendNetBufferLists on a binding that is {life:?}");
            violation("NDIS-PROT-03", &text);
        }
        for &list in &lists {
            // SAFETY: the protocol's list, until here.
            unsafe { self.take_over(list) };
        }
        self.lower.send(self, lists);
    }

    /// A list is the adapter's from now on.
    unsafe fn take_over(&self, list: List) {
        // SAFETY: the caller's promise.
        unsafe {
            lists::expect_whole(list, "NdisSendNetBufferLists");
            if (*list).SourceHandle != self.handle() {
                violation(
                    "NDIS-NBL-03",
                    "a list is sent whose SourceHandle is not the binding's handle",
                );
            }
            if !self.machine.ndis.lend(list) {
                violation(
                    "NDIS-NBL-02",
                    "a list is sent that somebody else has already",
                );
            }
            self.expect_possible(list);
            each_mdl(list, |mdl| mdl::pin(mdl, "NdisSendNetBufferLists"));
            let shape = Shape::of(list);
            self.inside().sent.insert(list as usize, shape);
        }
    }

    /// A list asks for nothing that the adapter never said it does; before the adapter was told how frames begin, for
    /// nothing at all.
    unsafe fn expect_possible(&self, list: List) {
        // SAFETY: the caller's promise.
        let (beside, longest) = unsafe {
            let lengths = lists::buffers(list)
                .into_iter()
                .map(|it| lists::length(&*it));
            (Beside::of(list), lengths.max().unwrap_or(0))
        };
        let inside = self.inside();
        let (told, encapsulates) = (inside.offloads, inside.encapsulates);
        drop(inside);
        if !beside.is_done(&told, longest) {
            violation(
                "NDIS-OFFLOAD",
                "a list is sent that asks for what the adapter never said it does",
            );
        }
        if beside.is_task() && !encapsulates {
            violation(
                "NDIS-OFFLOAD",
                "a list asks for a task before OID_OFFLOAD_ENCAPSULATION told how frames begin",
            );
        }
    }

    /// The adapter is done with lists that this binding sent; their statuses are set.
    pub(crate) fn complete_sends(self: &Arc<Self>, lists: &[List]) {
        for &list in lists {
            let shape = self.inside().sent.remove(&(list as usize));
            let Some(shape) = shape else {
                violation(
                    "NDIS-NBL-02",
                    "a net buffer list is completed at a binding that did not send it",
                );
            };
            // SAFETY: it was lent, and is given back now.
            unsafe {
                if Shape::of(list) != shape {
                    violation(
                        "NDIS-NBL-02",
                        "a net buffer list, or its data, changed while it was sent",
                    );
                }
                each_mdl(list, mdl::unpin);
            }
            self.machine.ndis.give_back(list);
        }
        match &self.protocol.above {
            Above::Native(native) => native.sent(self, lists),
            Above::Driver(handlers) => {
                let Some(handler) = handlers.SendNetBufferListsCompleteHandler else {
                    return;
                };
                let dispatch = thread::current().irql() == DISPATCH_LEVEL;
                let flag = NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL;
                let flags = if dispatch { flag } else { 0 };
                // SAFETY: the lists are nobody's yet.
                let first = unsafe { lists::link(lists) };
                bridge::callback("ProtocolSendNetBufferListsComplete", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(self.context, first, flags) }
                });
            }
        }
        self.changed.notify_all();
    }
}

unsafe fn each_mdl(list: List, mut each: impl FnMut(*mut MDL)) {
    // SAFETY: the caller's list.
    unsafe {
        for buffer in lists::buffers(list) {
            let mut next = (*buffer).CurrentMdl.cast::<MDL>();
            let mut left = u64::from((*buffer).stDataLength as u32);
            left += u64::from((*buffer).CurrentMdlOffset);
            while !next.is_null() && left > 0 {
                each(next);
                left = left.saturating_sub(u64::from((*next).ByteCount));
                next = (*next).Next;
            }
        }
    }
}

/// At most DISPATCH_LEVEL. What waits with this cancel id is completed with NDIS_STATUS_SEND_ABORTED (NDIS-NBL-04).
pub(in crate::ndis) unsafe extern "win64" fn NdisCancelSendNetBufferLists(
    handle: NDIS_HANDLE,
    id: PVOID,
) {
    let thread = thread::enter("NdisCancelSendNetBufferLists", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    let binding = ndis.binding(handle, "NdisCancelSendNetBufferLists");
    binding.lower.cancel_send(id);
}
