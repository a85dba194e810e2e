//! Entry points of the connector.

use core::ffi::c_void;
use core::ptr::NonNull;

use super::{
    EventCallback, RequestCompletion, bytes, close, hold, query_extension, read_address,
    write_address,
};
use crate::ndk::connector::{Ask, Connector, Source};
use crate::ndk::object::{Face, Hold};
use crate::ndk::private_data;
use crate::ndk::qp::Qp;
use crate::ndk::shared_endpoint::SharedEndpoint;
use crate::nt::Status;
use crate::sys::{
    NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NDK_FN_DISCONNECT_EVENT_CALLBACK,
    NDK_FN_DISCONNECT_EVENT_CALLBACK_EX, NDK_FN_REQUEST_COMPLETION, NDK_OBJECT_TYPE, NDK_QP,
    NDK_SHARED_ENDPOINT, NTSTATUS, NdkObjectTypeConnector, SOCKADDR,
};

impl Face for Connector {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeConnector;
    type Dispatch = NDK_CONNECTOR_DISPATCH;
    const TABLE: &'static NDK_CONNECTOR_DISPATCH = &TABLE;
}

static TABLE: NDK_CONNECTOR_DISPATCH = NDK_CONNECTOR_DISPATCH {
    NdkCloseConnector: Some(close::<Connector>),
    NdkQueryExtension: Some(query_extension),
    NdkConnect: Some(connect),
    NdkConnectWithSharedEndpoint: Some(connect_with_shared_endpoint),
    NdkCompleteConnect: Some(complete_connect::<NDK_FN_DISCONNECT_EVENT_CALLBACK>),
    NdkAccept: Some(accept::<NDK_FN_DISCONNECT_EVENT_CALLBACK>),
    NdkReject: Some(reject),
    NdkGetConnectionData: Some(get_connection_data),
    NdkGetLocalAddress: Some(get_local_address),
    NdkGetPeerAddress: Some(get_peer_address),
    NdkDisconnect: Some(disconnect),
    NdkCompleteConnectEx: Some(complete_connect::<NDK_FN_DISCONNECT_EVENT_CALLBACK_EX>),
    NdkAcceptEx: Some(accept::<NDK_FN_DISCONNECT_EVENT_CALLBACK_EX>),
};

unsafe extern "win64" fn connect(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    source: *const SOCKADDR,
    source_length: u32,
    destination: *const SOCKADDR,
    destination_length: u32,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_data_length: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let both = unsafe { enter(connector, qp) };
    // SAFETY: the caller.
    let source = unsafe { read_address(source, source_length) };
    // SAFETY: the caller.
    let destination = unsafe { read_address(destination, destination_length) };
    // SAFETY: the caller.
    let ask = unsafe { Ask::new(inbound, outbound, private_data, private_data_length) };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    let connect = || {
        let (connector, qp) = both?;
        let addresses = (Source::Address(source?), destination?);
        Ok(Connector::connect(
            &connector, &qp, addresses, ask, completion,
        ))
    };
    connect().unwrap_or_else(|status: Status| status).to_raw()
}

unsafe extern "win64" fn connect_with_shared_endpoint(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    endpoint: *mut NDK_SHARED_ENDPOINT,
    destination: *const SOCKADDR,
    destination_length: u32,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_data_length: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let both = unsafe { enter(connector, qp) };
    // SAFETY: the caller.
    let endpoint = unsafe { hold::<SharedEndpoint, _>(endpoint) };
    // SAFETY: the caller.
    let destination = unsafe { read_address(destination, destination_length) };
    // SAFETY: the caller.
    let ask = unsafe { Ask::new(inbound, outbound, private_data, private_data_length) };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    let connect = || {
        let (connector, qp) = both?;
        let endpoint = endpoint.ok_or(Status::INVALID_PARAMETER)?;
        let addresses = (Source::Endpoint(&endpoint), destination?);
        Ok(Connector::connect(
            &connector, &qp, addresses, ask, completion,
        ))
    };
    connect().unwrap_or_else(|status: Status| status).to_raw()
}

/// `NdkCompleteConnect` and its Ex form, which differ in the event's kind (NDK-VER-11).
unsafe extern "win64" fn complete_connect<E: EventCallback>(
    connector: *mut NDK_CONNECTOR,
    event: E,
    event_context: *mut c_void,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let event = unsafe { event.with(event_context) };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    // SAFETY: the caller.
    match unsafe { hold::<Connector, _>(connector) } {
        Some(connector) => Connector::complete_connect(&connector, event, completion).to_raw(),
        None => Status::CONNECTION_INVALID.to_raw(),
    }
}

/// `NdkAccept` and its Ex form (NDK-VER-11).
unsafe extern "win64" fn accept<E: EventCallback>(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_data_length: u32,
    event: E,
    event_context: *mut c_void,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let event = unsafe { event.with(event_context) };
    // SAFETY: the caller.
    let ask = unsafe { Ask::new(inbound, outbound, private_data, private_data_length) };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    // SAFETY: the caller.
    match unsafe { enter(connector, qp) } {
        Ok((connector, qp)) => Connector::accept(&connector, &qp, ask, event, completion).to_raw(),
        Err(status) => status.to_raw(),
    }
}

impl Ask<'_> {
    /// # Safety
    /// As [`bytes`], for the call.
    unsafe fn new(
        inbound: u32,
        outbound: u32,
        private_data: *const c_void,
        private_data_length: u32,
    ) -> Self {
        Self {
            inbound,
            outbound,
            // SAFETY: the caller's promise.
            private_data: unsafe { bytes(private_data, private_data_length) },
        }
    }
}

unsafe extern "win64" fn reject(
    connector: *mut NDK_CONNECTOR,
    private_data: *const c_void,
    private_data_length: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let private_data = unsafe { bytes(private_data, private_data_length) };
    // SAFETY: the caller.
    match unsafe { hold::<Connector, _>(connector) } {
        Some(connector) => connector.reject(private_data).to_raw(),
        None => Status::CONNECTION_INVALID.to_raw(),
    }
}

unsafe extern "win64" fn get_connection_data(
    connector: *mut NDK_CONNECTOR,
    inbound: *mut u32,
    outbound: *mut u32,
    private_data: *mut c_void,
    private_data_length: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(connector) = (unsafe { hold::<Connector, _>(connector) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    let Some(data) = connector.connection_data() else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    // NDK-CON-13: both limits, and the private data, are optional.
    for (out, limit) in [
        (inbound, data.reads.inbound),
        (outbound, data.reads.outbound),
    ] {
        if let Some(out) = NonNull::new(out) {
            // SAFETY: the caller.
            unsafe { out.write(u32::from(limit)) };
        }
    }
    let Some(length) = NonNull::new(private_data_length) else {
        return Status::SUCCESS.to_raw();
    };
    // SAFETY: the caller; the length is that of the buffer.
    unsafe { deliver(data.private_data.as_slice(), private_data.cast(), length) }
}

/// Copies private data out, by the rules of [`private_data::deliver`].
///
/// # Safety
/// `length` is readable and writable, `buffer`, unless null, writable for the bytes it says.
unsafe fn deliver(held: &[u8], buffer: *mut u8, length: NonNull<u32>) -> NTSTATUS {
    // SAFETY: the caller's promise.
    let room = unsafe { length.read() } as usize;
    let delivery = private_data::deliver(held.len(), !buffer.is_null(), room);
    if delivery.copy > 0 {
        // SAFETY: `copy` is at most what is held and what the buffer takes.
        unsafe { held.as_ptr().copy_to_nonoverlapping(buffer, delivery.copy) };
    }
    // SAFETY: the caller's promise.
    unsafe { length.write(delivery.required as u32) };
    if delivery.fits {
        Status::SUCCESS
    } else {
        Status::BUFFER_TOO_SMALL
    }
    .to_raw()
}

unsafe extern "win64" fn get_local_address(
    connector: *mut NDK_CONNECTOR,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let local =
        unsafe { hold::<Connector, _>(connector) }.and_then(|connector| connector.local_address());
    // SAFETY: the caller.
    unsafe { write_address(local, address, length) }
}

unsafe extern "win64" fn get_peer_address(
    connector: *mut NDK_CONNECTOR,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let peer =
        unsafe { hold::<Connector, _>(connector) }.and_then(|connector| connector.peer_address());
    // SAFETY: the caller.
    unsafe { write_address(peer, address, length) }
}

unsafe extern "win64" fn disconnect(
    connector: *mut NDK_CONNECTOR,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    // SAFETY: the caller.
    match unsafe { hold::<Connector, _>(connector) } {
        Some(connector) => Connector::disconnect(&connector, completion).to_raw(),
        None => Status::CONNECTION_INVALID.to_raw(),
    }
}

/// # Safety
/// Both are open objects of their kinds.
unsafe fn enter(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
) -> Result<(Hold<Connector>, Hold<Qp>), Status> {
    // SAFETY: the caller's promise.
    let connector = unsafe { hold::<Connector, _>(connector) };
    // SAFETY: the caller's promise.
    let qp = unsafe { hold::<Qp, _>(qp) };
    connector.zip(qp).ok_or(Status::INVALID_PARAMETER)
}
