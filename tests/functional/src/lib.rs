//! What the behaviour tests share: one machine with two adapters, and a queue pair at each end of a connection.
//!
//! The image under test is the image that ships; the verifier is on, and a [`Stage`] that is dropped unloads the driver
//! and fails the test if anything was left behind.

#![expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "pointers are passed on to the provider as they are, those that tests break included"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::abi::{
    NDK_CQ_NOTIFY_ANY, NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_MR_FLAG_ALLOW_REMOTE_READ,
    NDK_MR_FLAG_ALLOW_REMOTE_WRITE, NDK_RESULT,
};
use softrnic_consumer::{
    Adapter, Buffer, ConnectParameters, Connector, Cq, Listener, Mr, NtStatus, Pd, Qp, QpLimits,
};
use softrnic_emulator::sync::{Receiver, channel};

pub mod events;
pub mod hostile;
pub mod locked;
pub mod paired;
pub mod peer;
pub mod quiet;
pub mod raw;
mod results;
pub mod rude;
pub mod segment;
pub mod smb;
pub mod source;
mod stage;
pub mod wire;

pub use results::{Done, Flag, Results};
pub use softrnic_consumer as consumer;
pub use softrnic_smbdirect as smbdirect;
pub use stage::Stage;

/// All remote and local access.
pub const ALL_ACCESS: u32 =
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE | NDK_MR_FLAG_ALLOW_REMOTE_READ | NDK_MR_FLAG_ALLOW_REMOTE_WRITE;
/// How long a test waits for what must come.
pub const SOON: Duration = Duration::from_secs(20);
/// How long a test watches that something does not come.
pub const A_WHILE: Duration = Duration::from_millis(150);

const DISPATCH_LEVEL: u8 = 2;

/// Runs `calls` at DISPATCH_LEVEL: no DPC of this processor comes meanwhile.
pub fn at_dispatch<R>(calls: impl FnOnce() -> R) -> R {
    let thread = softrnic_emulator::current();
    let before = softrnic_emulator::processor::raise(thread, DISPATCH_LEVEL);
    let result = calls();
    softrnic_emulator::processor::lower(thread, before);
    result
}

/// A listener on `address` and where its connectors arrive.
#[must_use]
pub fn listen(adapter: &Arc<Adapter>, address: SocketAddr) -> (Listener, Receiver<Connector>) {
    let (tx, rx) = channel();
    let listener =
        Listener::new(adapter, move |connector| tx.send(connector)).expect("a listener is made");
    assert_eq!(listener.listen(address).wait(), NtStatus::SUCCESS);
    (listener, rx)
}

/// Connects two ends; both connectors end up in them.
pub fn connect(
    active: &mut End,
    passive: &mut End,
    from: SocketAddr,
    to: SocketAddr,
    incoming: &Receiver<Connector>,
) {
    let parameters = ConnectParameters {
        inbound_reads: 16,
        outbound_reads: 16,
        private_data: Vec::new(),
    };
    let mut connector = Connector::new(&active.adapter).expect("a connector is made");
    let connecting = connector.connect(&active.qp, from, to, &parameters);
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event comes");
    let accepting = accepted.accept(&passive.qp, &parameters, passive.on_disconnect());
    assert_eq!(connecting.wait(), NtStatus::SUCCESS, "NdkConnect");
    assert_eq!(
        connector.complete_connect(active.on_disconnect()).wait(),
        NtStatus::SUCCESS,
        "NdkCompleteConnect"
    );
    assert_eq!(accepting.wait(), NtStatus::SUCCESS, "NdkAccept");
    active.connector = Some(connector);
    passive.connector = Some(accepted);
}

/// Has `passive` listen at `at` and connects `active` to it; the listener ends up in `passive`.
pub fn join(active: &mut End, passive: &mut End, from: SocketAddr, at: SocketAddr) {
    let (listener, incoming) = listen(&passive.adapter, at);
    let to = listener.local_address().expect("a listener has an address");
    connect(active, passive, from, to, &incoming);
    passive.listener = Some(listener);
}

/// One end: its objects, its results, its memory. Fields close in the order that needs no waiting.
pub struct End {
    /// The connector, once connected.
    pub connector: Option<Connector>,
    /// The listener the connection came from; its close waits for the connector's (NDK-LSN-08).
    pub listener: Option<Listener>,
    /// Results of receives.
    pub received: Arc<Results>,
    /// Results of initiator requests.
    pub done: Arc<Results>,
    /// Set by the disconnect event callback.
    pub gone: Arc<Flag>,
    /// The queue pair.
    pub qp: Arc<Qp>,
    /// The region over `buffer`.
    pub mr: Mr,
    /// A megabyte with every access.
    pub buffer: Buffer,
    /// The protection domain.
    pub pd: Arc<Pd>,
    /// The opened adapter.
    pub adapter: Arc<Adapter>,
}

impl End {
    /// Unconnected objects on `adapter`, with both CQs armed.
    #[must_use]
    pub fn new(adapter: &Arc<Adapter>, limits: QpLimits) -> Self {
        Self::within(Pd::new(adapter).expect("a PD is made"), limits)
    }

    /// The same with objects of `pd`.
    #[must_use]
    pub fn within(pd: Arc<Pd>, limits: QpLimits) -> Self {
        Self::try_within(pd, limits).expect("CQs, a QP and an MR are made")
    }

    /// The same where anything may be missing.
    ///
    /// # Errors
    /// What the first object that could not be made failed with.
    pub fn try_within(pd: Arc<Pd>, limits: QpLimits) -> Result<Self, NtStatus> {
        let adapter = pd.adapter();
        let (received, done) = (Arc::new(Results::default()), Arc::new(Results::default()));
        let cq = |results: &Arc<Results>, depth| {
            let sink = results.clone();
            let cq = Arc::new(Cq::new(adapter, depth, move |cq, _| sink.drain(cq, true))?);
            cq.handle().arm(NDK_CQ_NOTIFY_ANY);
            Ok(cq)
        };
        let (receive_cq, initiator_cq) = (
            cq(&received, limits.receive_depth)?,
            cq(&done, limits.initiator_depth)?,
        );
        let qp = Qp::new(&pd, &receive_cq, &initiator_cq, limits, 0x5151)?;
        let buffer = Buffer::new(1 << 20);
        let mr = Mr::of(&pd, &buffer, ALL_ACCESS)?;
        Ok(Self {
            connector: None,
            listener: None,
            received,
            done,
            gone: Arc::default(),
            qp,
            mr,
            buffer,
            adapter: adapter.clone(),
            pd,
        })
    }

    /// The callback for the disconnect event.
    pub fn on_disconnect(&self) -> impl Fn() + Send + Sync + 'static {
        let gone = self.gone.clone();
        move || gone.set()
    }

    /// Posts a receive of `len` bytes at `offset`.
    pub fn post_receive(&self, context: usize, offset: usize, len: usize) {
        assert_eq!(
            self.qp
                .handle()
                .receive(context, &[self.mr.sge(&self.buffer, offset, len)]),
            NtStatus::SUCCESS
        );
    }

    /// Posts a send of `len` bytes at `offset`.
    pub fn post_send(&self, context: usize, offset: usize, len: usize, flags: u32) {
        assert_eq!(
            self.qp
                .handle()
                .send(context, &[self.mr.sge(&self.buffer, offset, len)], flags),
            NtStatus::SUCCESS
        );
    }

    /// Posts a send of more than is copied at once: it is not done when the first of it is on its way.
    pub fn post_long(&self, context: usize) {
        let piece = self.mr.sge(&self.buffer, 0, 1 << 20);
        let posted = self.qp.handle().send(context, &[piece; 3], 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// Posts a write of `len` bytes at `offset` to the same offset of `peer`'s buffer.
    pub fn post_write(&self, context: usize, peer: &Self, offset: usize, len: usize) {
        let sge = self.mr.sge(&self.buffer, offset, len);
        let to = peer.buffer.virtual_address() + offset as u64;
        assert_eq!(
            self.qp
                .handle()
                .write(context, &[sge], to, peer.mr.remote_token(), 0),
            NtStatus::SUCCESS
        );
    }

    /// Posts a read of `len` bytes at `offset` of `peer`'s buffer to the same offset here.
    pub fn post_read(&self, context: usize, peer: &Self, offset: usize, len: usize) {
        let sge = self.mr.sge(&self.buffer, offset, len);
        let from = peer.buffer.virtual_address() + offset as u64;
        assert_eq!(
            self.qp
                .handle()
                .read(context, &[sge], from, peer.mr.remote_token(), 0),
            NtStatus::SUCCESS
        );
    }

    /// Whether a write of `len` bytes to `address` under `token` at `peer` leaves the connection
    /// whole: a send behind it arrives. A refused one has ended the connection when this returns.
    ///
    /// # Panics
    /// When a post is refused.
    #[must_use]
    pub fn reaches(&self, peer: &Self, address: u64, token: u32, len: usize) -> bool {
        let sge = [self.mr.sge(&self.buffer, 0, len)];
        let posted = self.qp.handle().write(0xA1, &sge, address, token, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        peer.post_receive(0xA2, (1 << 20) - 8, 8);
        self.post_send(0xA3, 0, 1, 0);
        let arrived = peer.received.take(1)[0].status == NtStatus::SUCCESS;
        let _ = self.done.take(2);
        arrived
    }

    /// Starts `NdkDisconnect`.
    ///
    /// # Panics
    /// When the end has no connector.
    pub fn disconnect(&self) -> softrnic_consumer::Request {
        self.connector.as_ref().expect("connected").disconnect()
    }
}

/// A consumer's plain results, for tests of the call without type.
#[must_use]
pub fn plain_results<const N: usize>() -> [NDK_RESULT; N] {
    [NDK_RESULT::default(); N]
}

/// `len` bytes that differ by position and `seed`.
#[must_use]
pub fn pattern(seed: u8, len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| {
            (i as u8)
                .wrapping_mul(31)
                .wrapping_add((i >> 8) as u8)
                .wrapping_add(seed)
        })
        .collect()
}
