//! Operations on lists of data: send, receive, disconnect, forward. CHIM-04..11.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lists::{self, List};
use super::super::lower::Lower;
use super::super::protocol::{Above, Binding};
use super::ledger::{Call, Ended};
use super::{Handle, Operation, no_lock_held};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

macro_rules! operations {
    ($($down:ident($($flags:ident)?), $up:ident, $complete:ident: $operation:ident;)+) => {$(
        /// At most DISPATCH_LEVEL. The lists are the adapter's until they are completed.
        pub(super) unsafe extern "win64" fn $down(
            handle: Handle,
            first: List,
            $($flags: u32,)?
        ) -> NDIS_STATUS {
            let name = stringify!($down);
            let thread = thread::enter(stringify!($down), DISPATCH_LEVEL);
            no_lock_held(name);
            let binding = thread.machine.ndis.chimney.owner(handle, name);
            #[allow(unused_mut, unused_assignments, reason = "only a disconnect has flags")]
            let mut given = 0;
            $(given = $flags;)?
            // SAFETY: the driver's lists.
            unsafe { start(&binding, Operation::$operation, handle, (first, given), name) }
        }

        /// At most DISPATCH_LEVEL; in NDIS's table for miniports.
        pub(super) unsafe extern "win64" fn $complete(handle: NDIS_HANDLE, first: List) {
            let name = stringify!($up);
            let thread = thread::enter(stringify!($up), DISPATCH_LEVEL);
            no_lock_held(name);
            let adapter = thread.machine.ndis.adapter(handle, name);
            // SAFETY: the lists that the driver was given.
            unsafe { finish(&*adapter, Operation::$operation, first, name) };
        }
    )+};
}

operations! {
    NdisOffloadTcpSend(), NdisTcpOffloadSendComplete, send_complete: Send;
    NdisOffloadTcpReceive(), NdisTcpOffloadReceiveComplete, receive_complete: Receive;
    NdisOffloadTcpDisconnect(flags), NdisTcpOffloadDisconnectComplete, disconnect_complete: Disconnect;
    NdisOffloadTcpForward(), NdisTcpOffloadForwardComplete, forward_complete: Forward;
}

/// Hands lists to the adapter below.
///
/// # Safety
/// The lists are valid until they are completed.
pub(super) unsafe fn start(
    binding: &Arc<Binding>,
    operation: Operation,
    handle: Handle,
    (first, flags): (List, u32),
    name: &str,
) -> NDIS_STATUS {
    // SAFETY: the caller's promise.
    let lists = unsafe { lists::chain(first) };
    if operation == Operation::Disconnect {
        // SAFETY: as above.
        unsafe { expect_disconnect(&lists, flags, name) };
    }
    for &list in &lists {
        let call = Call {
            binding: Arc::clone(binding),
            operation,
            flags,
            connection: handle as usize,
            nodes: Vec::new(),
            // SAFETY: as above.
            context: unsafe { (*list).Context } as usize,
            ended: None,
            number: 0,
        };
        binding
            .machine
            .ndis
            .chimney
            .goes_down(list as usize, call, name);
    }
    // SAFETY: an offloaded object's handle, which its owner keeps.
    let connection = unsafe { (*handle).MiniportOffloadContext };
    if let Some(target) = binding.lower.target() {
        target.data(operation, connection, first, flags);
    }
    // CHIM-03.
    NDIS_STATUS_PENDING
}

/// CHIM-07.
unsafe fn expect_disconnect(lists: &[List], flags: u32, name: &str) {
    // SAFETY: the caller's lists.
    let buffers = unsafe { lists::buffers(lists[0]) };
    // SAFETY: as above.
    let length = |buffer: &*mut NET_BUFFER| unsafe { lists::length(&**buffer) };
    let wrong = match flags {
        TCP_DISCONNECT_GRACEFUL_CLOSE => false,
        TCP_DISCONNECT_ABORTIVE_CLOSE => buffers.iter().any(|buffer| length(buffer) > 0),
        _ => true,
    };
    if wrong || lists.len() != 1 || buffers.len() != 1 {
        let text = format!(
            "{name} with several lists or net buffers, wrong flags, or data that is aborted"
        );
        violation("CHIM-07", &text);
    }
}

/// The emulator's own adapter is done with lists.
///
/// # Safety
/// Lists that it was given.
pub(crate) unsafe fn complete(lower: &dyn Lower, operation: Operation, all: &[List]) {
    // SAFETY: the caller's promise.
    unsafe {
        finish(
            lower,
            operation,
            lists::link(all),
            "the end of an operation",
        )
    };
}

unsafe fn finish(lower: &dyn Lower, operation: Operation, first: List, name: &str) {
    let ledger = &lower.machine().ndis.chimney;
    // SAFETY: the adapter's chain.
    let lists = unsafe { lists::chain(first) };
    if operation == Operation::Disconnect && lists.len() != 1 {
        violation(
            "CHIM-11",
            &format!("{name} with more than the disconnect's list"),
        );
    }
    let mut bindings = Vec::new();
    for &list in &lists {
        let call = ledger.comes_up(lower, list as usize, operation, name);
        // SAFETY: as above.
        let ended = unsafe { Ended::of(list) };
        // SAFETY: as above.
        unsafe { expect_unchanged(&call, list, ended, name) };
        if operation == Operation::Disconnect && ledger.has_send_before(&call) {
            let rule = match call.flags {
                TCP_DISCONNECT_ABORTIVE_CLOSE => "CHIM-08",
                _ => "CHIM-09",
            };
            violation(rule, &format!("{name} before the sends before it"));
        }
        ledger.note(list as usize, ended);
        bindings.push(call.binding);
    }
    if let Some(binding) = bindings.first() {
        binding.data_done(operation, first, &lists);
    }
}

/// CHIM-06, CHIM-10: what passes a driver is as the NIC below left it.
unsafe fn expect_unchanged(call: &Call, list: List, ended: Ended, name: &str) {
    if call.ended.is_some_and(|below| below != ended) {
        violation("CHIM-10", &format!("{name}: not as the NIC below ended it"));
    }
    // SAFETY: the caller's list.
    if unsafe { (*list).Context } as usize != call.context {
        violation(
            "CHIM-06",
            &format!("{name} with a context left in the list"),
        );
    }
}

impl Binding {
    fn data_done(self: &Arc<Self>, operation: Operation, first: List, lists: &[List]) {
        if let Above::Native(native) = &self.protocol.above {
            if let Some(host) = native.host() {
                host.data_done(operation, lists);
            }
            return;
        }
        let Some(data) = self.protocol.client.lock().data else {
            return;
        };
        let (name, handler) = match operation {
            Operation::Send => (
                "ProtocolTcpOffloadSendComplete",
                data.TcpOffloadSendCompleteHandler,
            ),
            Operation::Receive => (
                "ProtocolTcpOffloadReceiveComplete",
                data.TcpOffloadReceiveCompleteHandler,
            ),
            Operation::Disconnect => (
                "ProtocolTcpOffloadDisconnectComplete",
                data.TcpOffloadDisconnectCompleteHandler,
            ),
            _ => (
                "ProtocolTcpOffloadForwardComplete",
                data.TcpOffloadForwardCompleteHandler,
            ),
        };
        if let Some(handler) = handler {
            bridge::callback(name, || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context, first) }
            });
        }
    }
}

/// At most DISPATCH_LEVEL: indicated lists go back to the adapter.
pub(super) unsafe extern "win64" fn NdisOffloadTcpReceiveReturn(handle: NDIS_HANDLE, first: List) {
    let name = "NdisOffloadTcpReceiveReturn";
    let thread = thread::enter("NdisOffloadTcpReceiveReturn", DISPATCH_LEVEL);
    no_lock_held(name);
    let binding = thread.machine.ndis.binding(handle, name);
    // SAFETY: lists that were indicated to the driver.
    unsafe { return_data(&binding, first, name) };
}

/// # Safety
/// Lists that were indicated on this binding.
pub(super) unsafe fn return_data(binding: &Arc<Binding>, first: List, name: &str) {
    // SAFETY: the caller's promise.
    for list in unsafe { lists::chain(first) } {
        let mut inside = binding.machine.ndis.chimney.inside();
        let all = inside.lent.get_mut(&(list as usize));
        let last = all.and_then(Vec::pop);
        if inside.lent.get(&(list as usize)).is_some_and(Vec::is_empty) {
            inside.lent.remove(&(list as usize));
        }
        drop(inside);
        if !last.is_some_and(|last| Arc::ptr_eq(&last, binding)) {
            violation(
                "CHIM-05",
                &format!("{name} of what was not indicated to the driver"),
            );
        }
    }
    if let Some(target) = binding.lower.target() {
        target.take_back_data(first);
    }
}
