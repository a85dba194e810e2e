//! What drivers register for the chimney, and NDIS's table for miniports: CHIM-01, CHIM-02.

use softrnic::sys::*;

use super::super::State;
use super::super::lists::List;
use super::super::miniport::{LifeState, Miniport};
use super::data::{disconnect_complete, forward_complete, receive_complete, send_complete};
use super::indicate::{event_handler, receive_handler};
use super::{Node, Operation, Target};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::PASSIVE_LEVEL;

/// Of a miniport driver.
#[derive(Clone, Copy, Default)]
pub(in crate::ndis) struct Provider {
    state: Option<NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>,
    data: Option<NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>,
}

impl Provider {
    pub(in crate::ndis) fn is_whole(&self) -> bool {
        self.state.is_some() && self.data.is_some()
    }
}

/// Of a protocol driver.
#[derive(Clone, Copy, Default)]
pub(in crate::ndis) struct Client {
    pub(super) state: Option<NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>,
    pub(super) data: Option<NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>,
}

/// `NdisSetOptionalHandlers` for the chimney; `None` for everything else.
///
/// # Safety
/// The driver passes one of the structures of optional handlers.
pub(in crate::ndis) unsafe fn set_handlers(
    ndis: &State,
    handle: NDIS_HANDLE,
    handlers: *mut NDIS_OBJECT_HEADER,
) -> Option<NDIS_STATUS> {
    let call = "NdisSetOptionalHandlers";
    // SAFETY: each begins with the header.
    let header = unsafe { *handlers };
    let ours = (NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS
        ..=NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS)
        .contains(&header.Type)
        || (NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS
            ..=NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS)
            .contains(&header.Type);
    if !ours {
        return None;
    }
    if ndis.chimney.is_absent() {
        return Some(NDIS_STATUS_NOT_SUPPORTED);
    }
    if crate::sched::fails(call) {
        return Some(NDIS_STATUS_RESOURCES);
    }
    let size = usize::from(header.Size);
    // SAFETY: the type says which structure it is; `whole` looks at its size first.
    unsafe {
        match header.Type {
            NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS => {
                let provider = &ndis.driver(handle, call).provider;
                provider.lock().state = Some(whole(handlers, size));
            }
            NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS => {
                let provider = &ndis.driver(handle, call).provider;
                provider.lock().data = Some(whole(handlers, size));
            }
            NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS => {
                let client = &ndis.protocol(handle, call).client;
                client.lock().state = Some(whole(handlers, size));
            }
            _ => {
                let client = &ndis.protocol(handle, call).client;
                client.lock().data = Some(whole(handlers, size));
            }
        }
    }
    Some(NDIS_STATUS_SUCCESS)
}

/// The structure, if it is as long as it must be and has all its handlers: pointers from the second word on, of which
/// the TCP structures have a number in the first.
unsafe fn whole<T: Copy>(handlers: *mut NDIS_OBJECT_HEADER, size: usize) -> T {
    // SAFETY: read only up to the size that the header says.
    let holes = unsafe {
        size < size_of::<T>() || {
            let words = size_of::<T>() / 8;
            let words = std::slice::from_raw_parts(handlers.cast::<u64>(), words);
            words[1..].contains(&0)
        }
    };
    if holes {
        violation(
            "CHIM-01",
            "chimney handlers that are too short, or one of which is null",
        );
    }
    // SAFETY: as above.
    unsafe { handlers.cast::<T>().read_unaligned() }
}

static TABLE: NDIS_TCP_OFFLOAD_EVENT_HANDLERS = NDIS_TCP_OFFLOAD_EVENT_HANDLERS {
    Header: NDIS_OBJECT_HEADER {
        Type: NdisTcpChimneyOffload as u8,
        Revision: NDIS_OBJECT_TCP_OFFLOAD_REVISION_1,
        Size: NDIS_SIZEOF_TCP_OFFLOAD_EVENT_HANDLERS_REVISION_1,
    },
    NdisTcpOffloadEventHandler: Some(event_handler),
    NdisTcpOffloadReceiveHandler: Some(receive_handler),
    NdisTcpOffloadSendComplete: Some(send_complete),
    NdisTcpOffloadReceiveComplete: Some(receive_complete),
    NdisTcpOffloadDisconnectComplete: Some(disconnect_complete),
    NdisTcpOffloadForwardComplete: Some(forward_complete),
};

/// PASSIVE_LEVEL, inside InitializeEx.
pub(super) unsafe extern "win64" fn NdisMGetOffloadHandlers(
    handle: NDIS_HANDLE,
    kind: NDIS_CHIMNEY_OFFLOAD_TYPE,
    handlers: *mut *mut NDIS_OFFLOAD_EVENT_HANDLERS,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisMGetOffloadHandlers", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let adapter = ndis.adapter(handle, "NdisMGetOffloadHandlers");
    if adapter.life() != LifeState::Initializing {
        violation("CHIM-01", "NdisMGetOffloadHandlers outside of InitializeEx");
    }
    if kind != NdisTcpChimneyOffload || ndis.chimney.is_absent() {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    // SAFETY: the driver's out parameter.
    unsafe { handlers.write((&raw const TABLE).cast_mut().cast()) };
    NDIS_STATUS_SUCCESS
}

impl Target for Miniport {
    fn state(&self, operation: Operation, root: Node) {
        let Some(state) = self.driver.provider.lock().state else {
            return;
        };
        let (name, handler) = match operation {
            Operation::Initiate => ("MiniportInitiateOffload", state.InitiateOffloadHandler),
            Operation::Terminate => ("MiniportTerminateOffload", state.TerminateOffloadHandler),
            Operation::Update => ("MiniportUpdateOffload", state.UpdateOffloadHandler),
            Operation::Invalidate => ("MiniportInvalidateOffload", state.InvalidateOffloadHandler),
            _ => ("MiniportQueryOffload", state.QueryOffloadHandler),
        };
        if let Some(handler) = handler {
            bridge::callback(name, || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context(), root) }
            });
        }
    }

    fn data(
        &self,
        operation: Operation,
        connection: PVOID,
        first: List,
        flags: u32,
    ) -> NDIS_STATUS {
        let Some(data) = self.driver.provider.lock().data else {
            return NDIS_STATUS_NOT_SUPPORTED;
        };
        let context = self.context();
        let (name, plain) = match operation {
            Operation::Send => ("MiniportTcpOffloadSend", data.TcpOffloadSendHandler),
            Operation::Receive => ("MiniportTcpOffloadReceive", data.TcpOffloadReceiveHandler),
            Operation::Forward => ("MiniportTcpOffloadForward", data.TcpOffloadForwardHandler),
            _ => ("MiniportTcpOffloadDisconnect", None),
        };
        let answer = bridge::callback(name, || {
            // SAFETY: the driver's handlers, called as documented.
            unsafe {
                match (plain, data.TcpOffloadDisconnectHandler) {
                    (Some(handler), _) => handler(context, connection, first),
                    (None, Some(handler)) => handler(context, connection, first, flags),
                    (None, None) => NDIS_STATUS_NOT_SUPPORTED,
                }
            }
        });
        if answer != NDIS_STATUS_PENDING {
            violation(
                "CHIM-02",
                &format!("{name} returned {answer:#x}, not PENDING"),
            );
        }
        answer
    }

    fn take_back_data(&self, first: List) {
        let data = self.driver.provider.lock().data;
        if let Some(handler) = data.and_then(|data| data.TcpOffloadReceiveReturnHandler) {
            bridge::callback("MiniportTcpOffloadReceiveReturn", || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context(), first) }
            });
        }
    }
}
