//! Operations on lists of data: send, receive, disconnect, forward, and the return of what was
//! indicated. The same lists go down and come back: nothing is added to them (CHIM-06), split or
//! looked at (CHIM-04, CHIM-07, CHIM-10, CHIM-11).

use super::{Handlers, entry::Entry, header};
use crate::ndis::{
    dispatch::{ends::Open, miniport::miniport, protocol::binding},
    nbl,
};
use crate::sys::{
    self, NDIS_HANDLE, NDIS_OFFLOAD_HANDLE, NDIS_STATUS, NDIS_STATUS_PENDING, NDIS_STATUS_SUCCESS,
    NET_BUFFER_LIST, PVOID, TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
};

type Lists = *mut NET_BUFFER_LIST;

/// One row of the table. CHIM-03: what NDIS returns is always that it pends.
trait Operation {
    /// # Safety
    /// The handle is an offloaded connection's, and the lists are given away.
    unsafe fn down(handle: *mut NDIS_OFFLOAD_HANDLE, lists: Lists, flags: u32) -> NDIS_STATUS;
    fn up(handlers: &Handlers) -> TCP_OFFLOAD_SEND_COMPLETE_HANDLER;
}

macro_rules! operations {
    ($($name:ident: $down:ident($($flags:ident)?), $up:ident;)+) => {$(
        struct $name;
        impl Operation for $name {
            unsafe fn down(
                handle: *mut NDIS_OFFLOAD_HANDLE,
                lists: Lists,
                _flags: u32,
            ) -> NDIS_STATUS {
                $(let $flags = _flags;)?
                // SAFETY: the caller's promise.
                unsafe { sys::$down(handle, lists $(, $flags)?) }
            }

            fn up(handlers: &Handlers) -> TCP_OFFLOAD_SEND_COMPLETE_HANDLER {
                handlers.0.$up
            }
        }
    )+};
}

// CHIM-17: the names are those of the header.
operations! {
    Send: NdisOffloadTcpSend(), NdisTcpOffloadSendComplete;
    Receive: NdisOffloadTcpReceive(), NdisTcpOffloadReceiveComplete;
    Disconnect: NdisOffloadTcpDisconnect(flags), NdisTcpOffloadDisconnectComplete;
    Forward: NdisOffloadTcpForward(), NdisTcpOffloadForwardComplete;
}

pub(super) fn provider() -> sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS,
            1,
            size_of::<sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>() as u16,
        ),
        Flags: 0,
        OffloadType: sys::NdisTcpChimneyOffload,
        TcpOffloadSendHandler: Some(down::<Send>),
        TcpOffloadReceiveHandler: Some(down::<Receive>),
        TcpOffloadDisconnectHandler: Some(disconnect),
        TcpOffloadForwardHandler: Some(down::<Forward>),
        TcpOffloadReceiveReturnHandler: Some(receive_return),
    }
}

pub(super) fn client() -> sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS,
            sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1,
            sys::NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1,
        ),
        Flags: 0,
        OffloadType: sys::NdisTcpChimneyOffload,
        TcpOffloadSendCompleteHandler: Some(up::<Send>),
        TcpOffloadReceiveCompleteHandler: Some(up::<Receive>),
        TcpOffloadDisconnectCompleteHandler: Some(up::<Disconnect>),
        TcpOffloadForwardCompleteHandler: Some(up::<Forward>),
        TcpOffloadEventHandler: Some(super::indication::event),
        TcpOffloadReceiveIndicateHandler: Some(super::indication::received),
    }
}

/// `MiniportTcpOffloadSend`, `Receive`, `Forward`.
unsafe extern "win64" fn down<O: Operation>(
    context: PVOID,
    connection: PVOID,
    lists: Lists,
) -> NDIS_STATUS {
    // SAFETY: NDIS's own arguments.
    unsafe { pass::<O>(context, connection, lists, 0) }
}

/// `MiniportTcpOffloadDisconnect`.
unsafe extern "win64" fn disconnect(
    context: PVOID,
    connection: PVOID,
    list: Lists,
    flags: u32,
) -> NDIS_STATUS {
    // SAFETY: NDIS's own arguments.
    unsafe { pass::<Disconnect>(context, connection, list, flags) }
}

/// CHIM-04: on to the NIC. The end may come before NDIS returns (CHIM-15), so neither lists nor
/// connection are touched after the call.
///
/// # Safety
/// NDIS passes the context of a live adapter, the place of an offloaded connection's entry, and
/// lists that it gives away.
unsafe fn pass<O: Operation>(
    context: PVOID,
    connection: PVOID,
    lists: Lists,
    flags: u32,
) -> NDIS_STATUS {
    // SAFETY: the caller's promise.
    let (miniport, handle, count) = unsafe {
        let entry = connection.cast::<*const Entry>().read();
        (miniport(context), (*entry).handle(), nbl::count(lists))
    };
    let pair = miniport.pair();
    // The connection is inside; the call is as well, until it returns.
    let _call = pair.offloads_come_in();
    pair.offloads_set_out(count);
    // SAFETY: the connection is offloaded, and the lists are given away.
    let _ = unsafe { O::down(handle, lists, flags) };
    // CHIM-02.
    NDIS_STATUS_PENDING
}

/// CHIM-05: `ProtocolTcpOffloadXxxComplete`; the same lists go up, and nothing of theirs is left
/// here.
unsafe extern "win64" fn up<O: Operation>(context: NDIS_HANDLE, lists: Lists) {
    // SAFETY: NDIS passes the context of an open binding, and lists that `pass` gave away.
    let (binding, count) = unsafe { (binding(context), nbl::count(lists)) };
    let pair = binding.pair();
    let inside = pair.offloads_come_back(count);
    let open = Open::of(&inside.passing());
    if let Some(up) = pair.offload_handlers().as_ref().and_then(O::up) {
        // SAFETY: the adapter is there while the lists are inside; they are given back.
        unsafe { up(open.adapter, lists) };
    }
}

/// `MiniportTcpOffloadReceiveReturn`: TCP/IP is done with lists that were indicated to it.
unsafe extern "win64" fn receive_return(context: PVOID, lists: Lists) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of a live adapter, and lists that were indicated.
    let (miniport, count) = unsafe { (miniport(context), nbl::count(lists)) };
    let inside = miniport.pair().offloads_come_back(count);
    let open = Open::of(&inside.passing());
    // SAFETY: the binding is open while the lists are inside; they are given back.
    unsafe { sys::NdisOffloadTcpReceiveReturn(open.binding, lists) };
    NDIS_STATUS_SUCCESS
}
