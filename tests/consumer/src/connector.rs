//! Connectors.

mod ex;

use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::ptr;
use std::sync::Arc;

use crate::abi::{NDK_CONNECTOR, NDK_FN_REQUEST_COMPLETION};
use crate::adapter::context_of;
use crate::pending::{close_completion, close_dropped, create_completion, request_completion};
use crate::{Adapter, NtStatus, Qp, Request, SharedEndpoint};

/// What both sides of a connection may ask for.
#[derive(Clone, Debug, Default)]
pub struct ConnectParameters {
    /// Inbound read limit.
    pub inbound_reads: u32,
    /// Outbound read limit.
    pub outbound_reads: u32,
    /// Private data for the peer's consumer.
    pub private_data: Vec<u8>,
}

/// What `NdkGetConnectionData` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionData {
    /// Effective inbound read limit.
    pub inbound_reads: u32,
    /// Effective outbound read limit.
    pub outbound_reads: u32,
    /// The peer's private data, to the size the provider requires.
    pub private_data: Vec<u8>,
}

/// Called with the reason of the Ex form, and with 0 otherwise.
type Event = Box<dyn Fn(u32) + Send + Sync>;

/// A connector; closed when dropped.
pub struct Connector {
    raw: *mut NDK_CONNECTOR,
    adapter: Arc<Adapter>,
    context: Option<Arc<Context>>,
    qp: Option<Arc<Qp>>,
    closed: bool,
}

struct Context {
    adapter: Arc<Adapter>,
    on_disconnect: Event,
}

// SAFETY: an NDK connector may be used from any thread.
unsafe impl Send for Connector {}
// SAFETY: as above.
unsafe impl Sync for Connector {}

impl Connector {
    /// `NdkCreateConnector`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>) -> Result<Self, NtStatus> {
        let request = Request::create("NdkCreateConnector", |pending, out| {
            // SAFETY: the adapter is open.
            unsafe {
                ((*(*adapter.raw()).Dispatch)
                    .NdkCreateConnector
                    .expect("NDK-VER-05"))(
                    adapter.raw(),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Self::from_event(adapter, request.object()?))
    }

    pub(crate) fn from_event(adapter: &Arc<Adapter>, raw: *mut NDK_CONNECTOR) -> Self {
        Self {
            raw,
            adapter: adapter.clone(),
            context: None,
            qp: None,
            closed: false,
        }
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_CONNECTOR {
        self.raw
    }

    /// `NdkConnect` from `source` to `destination`.
    pub fn connect(
        &mut self,
        qp: &Arc<Qp>,
        source: SocketAddr,
        destination: SocketAddr,
        parameters: &ConnectParameters,
    ) -> Request {
        let mut returned = NtStatus::PENDING;
        let request = Request::start("NdkConnect", |pending| {
            let callback = (Some(request_completion as _), pending);
            returned = self.connect_with(qp, (source, destination), parameters, callback);
            returned.0
        });
        self.adapter.record(format_args!(
            "NdkConnect({source} → {destination}) → {returned}"
        ));
        request
    }

    /// `NdkConnect` with the caller's completion callback and context.
    pub fn connect_with(
        &mut self,
        qp: &Arc<Qp>,
        (source, destination): (SocketAddr, SocketAddr),
        parameters: &ConnectParameters,
        (completion, context): (NDK_FN_REQUEST_COMPLETION, *mut c_void),
    ) -> NtStatus {
        self.qp = Some(qp.clone());
        let ((mut from, from_len), (mut to, to_len)) =
            (encode_address(source), encode_address(destination));
        let mut data = parameters.private_data.clone();
        // SAFETY: the connector and QP are open; addresses and private data are read during the call only (NDK-CON-27).
        let returned = unsafe {
            ((*(*self.raw).Dispatch).NdkConnect.expect("NDK-VER-05"))(
                self.raw,
                qp.raw(),
                from.as_mut_ptr().cast(),
                from_len,
                to.as_mut_ptr().cast(),
                to_len,
                parameters.inbound_reads,
                parameters.outbound_reads,
                data.as_mut_ptr().cast(),
                data.len() as u32,
                completion,
                context,
            )
        };
        from.fill(0xCC);
        to.fill(0xCC);
        data.fill(0xCC);
        NtStatus(returned)
    }

    /// `NdkConnectWithSharedEndpoint` to `destination`.
    pub fn connect_shared(
        &mut self,
        qp: &Arc<Qp>,
        endpoint: &SharedEndpoint,
        destination: SocketAddr,
        parameters: &ConnectParameters,
    ) -> Request {
        self.qp = Some(qp.clone());
        let (mut to, to_len) = encode_address(destination);
        let mut data = parameters.private_data.clone();
        let request = Request::start("NdkConnectWithSharedEndpoint", |pending| {
            // SAFETY: as for `connect`; the endpoint is open.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkConnectWithSharedEndpoint
                    .expect("NDK-VER-05"))(
                    self.raw,
                    qp.raw(),
                    endpoint.raw(),
                    to.as_mut_ptr().cast(),
                    to_len,
                    parameters.inbound_reads,
                    parameters.outbound_reads,
                    data.as_mut_ptr().cast(),
                    data.len() as u32,
                    Some(request_completion),
                    pending,
                )
            }
        });
        to.fill(0xCC);
        data.fill(0xCC);
        request
    }

    /// `NdkCompleteConnect`; `on_disconnect` is the disconnect event callback.
    pub fn complete_connect(
        &mut self,
        on_disconnect: impl Fn() + Send + Sync + 'static,
    ) -> Request {
        let context = self.remember(Box::new(move |_| on_disconnect()));
        let request = Request::start("NdkCompleteConnect", |pending| {
            // SAFETY: the connector is open; the event context lives until its close has completed.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkCompleteConnect
                    .expect("NDK-VER-05"))(
                    self.raw,
                    Some(disconnect_event),
                    context,
                    Some(request_completion),
                    pending,
                )
            }
        });
        self.adapter
            .record(format_args!("NdkCompleteConnect → {}", request.returned()));
        request
    }

    /// `NdkAccept` with `qp`; `on_disconnect` is the disconnect event callback.
    pub fn accept(
        &mut self,
        qp: &Arc<Qp>,
        parameters: &ConnectParameters,
        on_disconnect: impl Fn() + Send + Sync + 'static,
    ) -> Request {
        self.qp = Some(qp.clone());
        let context = self.remember(Box::new(move |_| on_disconnect()));
        let mut data = parameters.private_data.clone();
        let request = Request::start("NdkAccept", |pending| {
            // SAFETY: the connector and QP are open; private data is read during the call only.
            unsafe {
                ((*(*self.raw).Dispatch).NdkAccept.expect("NDK-VER-05"))(
                    self.raw,
                    qp.raw(),
                    parameters.inbound_reads,
                    parameters.outbound_reads,
                    data.as_mut_ptr().cast(),
                    data.len() as u32,
                    Some(disconnect_event),
                    context,
                    Some(request_completion),
                    pending,
                )
            }
        });
        data.fill(0xCC);
        self.adapter
            .record(format_args!("NdkAccept → {}", request.returned()));
        request
    }

    /// `NdkReject`.
    pub fn reject(&self, private_data: &[u8]) -> NtStatus {
        // SAFETY: the connector is open; private data is read during the call only.
        let status = NtStatus(unsafe {
            ((*(*self.raw).Dispatch).NdkReject.expect("NDK-VER-05"))(
                self.raw,
                private_data.as_ptr().cast_mut().cast(),
                private_data.len() as u32,
            )
        });
        self.adapter.record(format_args!("NdkReject → {status}"));
        status
    }

    /// `NdkDisconnect`.
    pub fn disconnect(&self) -> Request {
        let request = Request::start("NdkDisconnect", |pending| {
            // SAFETY: the connector is open.
            unsafe {
                ((*(*self.raw).Dispatch).NdkDisconnect.expect("NDK-VER-05"))(
                    self.raw,
                    Some(request_completion),
                    pending,
                )
            }
        });
        self.adapter
            .record(format_args!("NdkDisconnect → {}", request.returned()));
        request
    }

    /// `NdkGetConnectionData`, asking for the required size first.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn connection_data(&self) -> Result<ConnectionData, NtStatus> {
        let (mut inbound, mut outbound, mut len) = (0, 0, 0);
        self.get_connection_data(&mut inbound, &mut outbound, ptr::null_mut(), &mut len)
            .ok()?;
        let mut private_data = vec![0xEE; len as usize];
        self.get_connection_data(
            &mut inbound,
            &mut outbound,
            private_data.as_mut_ptr().cast(),
            &mut len,
        )
        .ok()?;
        Ok(ConnectionData {
            inbound_reads: inbound,
            outbound_reads: outbound,
            private_data,
        })
    }

    /// `NdkGetConnectionData` with the caller's buffer.
    pub fn get_connection_data(
        &self,
        inbound: &mut u32,
        outbound: &mut u32,
        data: *mut c_void,
        len: &mut u32,
    ) -> NtStatus {
        // SAFETY: the connector is open, and `data` is null or has `len` bytes.
        NtStatus(unsafe {
            ((*(*self.raw).Dispatch)
                .NdkGetConnectionData
                .expect("NDK-VER-05"))(self.raw, inbound, outbound, data, len)
        })
    }

    /// `NdkGetLocalAddress`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn local_address(&self) -> Result<SocketAddr, NtStatus> {
        decode_address(|buffer, len| {
            // SAFETY: the connector is open and the buffer has `len` bytes.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkGetLocalAddress
                    .expect("NDK-VER-05"))(self.raw, buffer.cast(), len)
            }
        })
    }

    /// `NdkGetPeerAddress`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn peer_address(&self) -> Result<SocketAddr, NtStatus> {
        decode_address(|buffer, len| {
            // SAFETY: as above.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkGetPeerAddress
                    .expect("NDK-VER-05"))(self.raw, buffer.cast(), len)
            }
        })
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&mut self) {
        self.closed = true;
    }

    /// `NdkCloseConnector`, as a request whose completion can be watched.
    pub fn close(&mut self) -> Request {
        self.closed = true;
        let request = Request::start("NdkCloseConnector", |pending| {
            // SAFETY: the connector is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkCloseConnector
                    .expect("NDK-VER-05"))(
                    self.raw.cast(), Some(close_completion), pending
                )
            }
        });
        self.adapter
            .record(format_args!("NdkCloseConnector → {}", request.returned()));
        request
    }

    /// Closes one that was never connected, and does not wait for it: for callbacks, which must not block.
    pub fn refuse(mut self) {
        debug_assert!(self.context.is_none(), "no event can come");
        let _nobody_waits = self.close();
    }

    fn remember(&mut self, on_disconnect: Event) -> *mut c_void {
        let context = Arc::new(Context {
            adapter: self.adapter.clone(),
            on_disconnect,
        });
        let raw = context_of(&context);
        self.context = Some(context);
        raw
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        if !self.closed {
            close_dropped(self.context.clone(), || self.close());
        }
    }
}

unsafe extern "win64" fn disconnect_event(context: *mut c_void) {
    // SAFETY: the context is the `Context` given to the call; `Connector` keeps it until its close has completed.
    let context = unsafe { &*context.cast::<Context>() };
    context.adapter.record("NdkDisconnectEventCallback");
    (context.on_disconnect)(0);
}

const AF_INET: u16 = 2;
const AF_INET6: u16 = 23;

/// A socket address as Windows lays it out, and its length.
#[must_use]
pub fn encode_address(address: SocketAddr) -> ([u8; 28], u32) {
    let mut bytes = [0; 28];
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    match address {
        SocketAddr::V4(v4) => {
            bytes[..2].copy_from_slice(&AF_INET.to_le_bytes());
            bytes[4..8].copy_from_slice(&v4.ip().octets());
            (bytes, 16)
        }
        SocketAddr::V6(v6) => {
            bytes[..2].copy_from_slice(&AF_INET6.to_le_bytes());
            bytes[8..24].copy_from_slice(&v6.ip().octets());
            bytes[24..].copy_from_slice(&v6.scope_id().to_le_bytes());
            (bytes, 28)
        }
    }
}

/// Calls for an address with room for any family, as the Microsoft sample does, and decodes it.
///
/// # Errors
/// What the call answered.
pub fn decode_address(call: impl FnOnce(*mut u8, &mut u32) -> i32) -> Result<SocketAddr, NtStatus> {
    let mut bytes = [0u8; 128];
    let mut len = bytes.len() as u32;
    NtStatus(call(bytes.as_mut_ptr(), &mut len)).ok()?;
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    match (u16::from_le_bytes([bytes[0], bytes[1]]), len) {
        (AF_INET, 16) => Ok(SocketAddr::new(
            IpAddr::V4(Ipv4Addr::new(bytes[4], bytes[5], bytes[6], bytes[7])),
            port,
        )),
        (AF_INET6, 28) => {
            let ip: [u8; 16] = std::array::from_fn(|i| bytes[8 + i]);
            let scope = u32::from_le_bytes(std::array::from_fn(|i| bytes[24 + i]));
            Ok(SocketAddr::V6(SocketAddrV6::new(
                Ipv6Addr::from(ip),
                port,
                0,
                scope,
            )))
        }
        (family, len) => panic!("NDK-CON-23: address family {family} with length {len}"),
    }
}
