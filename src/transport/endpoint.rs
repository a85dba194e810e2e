//! One connection on one socket, as its consumer has it.
//!
//! The calls leave their arguments beside the connection and bring an input; `runner` runs it.

use core::net::SocketAddr;

use crate::nt::{Mapping, Ref, Status};
use crate::rdma::qp::Event as Change;
use crate::sync::Allocate;
use crate::wsk::Local;

use super::api::{ConnectionData, Failure, Memory, Params, PrivateData, Queues, Said};
use super::input;
use super::link::Gone;
use super::listener::Incoming;
use super::runner::{Answer, Core, Dial};
use super::settings::Settings;

/// Memory that lies in mappings.
pub(crate) trait Mapped {
    /// Calls `visit` with mapping, offset and length of each piece of a range, in order, until it
    /// answers false: then so does this. The range was checked against the region.
    fn visit(
        &self,
        offset: u64,
        length: u64,
        visit: &mut dyn FnMut(&Ref<Mapping>, usize, usize) -> bool,
    ) -> Result<bool, Gone>;
}

/// What comes up from a connection. All at IRQL <= DISPATCH, one at a time per connection, with no
/// lock held; anything of the connection may be called from inside.
pub(crate) trait Events: Send + Sync + Sized + 'static {
    type Queues: Queues<Memory: Memory + Mapped, Allocator: Allocate<Slice<u8>: Send + Sync>>
        + Send
        + 'static;
    /// What passive endpoints come from.
    type Listener: Incoming<Events = Self>;

    /// The answer to `connect`.
    fn connect_done(&self, result: Result<(), Failure>);
    /// The answer to `accept`.
    fn accept_done(&self, result: Result<(), Failure>);
    /// The answer to `complete_connect`.
    fn complete_done(&self, result: Result<(), Failure>);
    /// The answer to `disconnect`: the connection is fully closed, the queues are flushed.
    fn disconnect_done(&self, result: Result<(), Failure>);
    /// The peer closed, or the connection was lost: at most once, only between a successful
    /// `accept_done` or `complete_done` and a local `disconnect` or `close` (NDK-DISC-05, 06). `lost`
    /// is why, none for the peer's graceful end.
    fn disconnected(&self, lost: Option<Failure>);
    /// The last one, after `close`: every answer was given, the queues were flushed and dropped.
    fn closed(&self);
}

/// A connection, for its consumer. Dropping it closes the connection.
pub(crate) struct Endpoint<E: Events>(Ref<Core<E>>);

impl<E: Events> Endpoint<E> {
    /// Makes everything the connection will need, but for what is said in start-up.
    pub(crate) fn new(settings: &Settings) -> Result<Ref<Self>, Failure> {
        let core = Core::try_new(settings).map_err(|_| Failure::NoResources)?;
        Ref::try_new(Self(core)).map_err(|_| Failure::NoResources)
    }

    /// Who is told. Once, before anything else.
    pub(crate) fn attach(&self, events: E) {
        let filled = self.0.events.fill(events);
        debug_assert!(filled.is_ok());
    }

    /// Connects; `connect_done` answers.
    pub(crate) fn connect(
        &self,
        local: Local,
        remote: SocketAddr,
        params: Params<'_>,
        queues: E::Queues,
    ) -> Result<(), Failure> {
        self.leave_dial(local, remote, params, queues)?;
        self.run(input::CONNECT);
        Ok(())
    }

    /// Out of line, as the other two: private data is not on the stack when the consumer is called.
    #[inline(never)]
    fn leave_dial(
        &self,
        local: Local,
        remote: SocketAddr,
        params: Params<'_>,
        queues: E::Queues,
    ) -> Result<(), Failure> {
        let private_data = Said::copy(params.private_data)?;
        // NDK-CON-10
        queues
            .queue_pair()
            .advance(Change::Connect)
            .map_err(|_| Failure::ConnectionActive)?;
        let dial = Dial {
            local,
            remote,
            private_data,
            reads: params.reads,
            queues,
        };
        if let Err(dial) = self.0.dial.put(dial) {
            let _before = dial.queues.queue_pair().advance(Change::Refused);
            return Err(Failure::ConnectionInvalid);
        }
        Ok(())
    }

    /// Active, after a successful `connect_done`; `complete_done` answers.
    pub(crate) fn complete_connect(&self) -> Result<(), Failure> {
        self.run(input::COMPLETE);
        Ok(())
    }

    /// Passive; `accept_done` answers.
    pub(crate) fn accept(&self, params: Params<'_>, queues: E::Queues) -> Result<(), Failure> {
        self.leave_answer(params, queues)?;
        self.run(input::ACCEPT);
        Ok(())
    }

    #[inline(never)]
    fn leave_answer(&self, params: Params<'_>, queues: E::Queues) -> Result<(), Failure> {
        let private_data = Said::copy(params.private_data)?;
        queues
            .queue_pair()
            .advance(Change::Connect)
            .map_err(|_| Failure::ConnectionActive)?;
        let answer = Answer {
            private_data,
            reads: params.reads,
            queues,
        };
        if let Err(answer) = self.0.answer.put(answer) {
            let _before = answer.queues.queue_pair().advance(Change::Refused);
            return Err(Failure::ConnectionInvalid);
        }
        Ok(())
    }

    /// Passive before `accept`, active before `complete_connect`; refused when the peer has given up.
    pub(crate) fn reject(&self, private_data: &[u8]) -> Result<(), Failure> {
        self.leave_refusal(private_data)?;
        self.run(input::REJECT);
        Ok(())
    }

    #[inline(never)]
    fn leave_refusal(&self, private_data: &[u8]) -> Result<(), Failure> {
        let private_data = PrivateData::copy(private_data).ok_or(Failure::PrivateDataTooLong)?;
        self.0.standing.rejectable()?;
        // Once: there is one.
        let slate = self.0.slate.take();
        let mut slate = slate.ok_or(Failure::ConnectionInvalid)?;
        *slate = private_data;
        let put = self.0.refusal.put(slate);
        put.map_err(|_| Failure::ConnectionInvalid)
    }

    /// `disconnect_done` answers.
    pub(crate) fn disconnect(&self) -> Result<(), Failure> {
        self.run(input::DISCONNECT);
        Ok(())
    }

    /// Everything posted is to come back cancelled.
    pub(crate) fn flush(&self) {
        self.run(input::FLUSH);
    }

    /// Something was posted. The caller keeps the endpoint.
    pub(crate) fn doorbell(&self) {
        self.0.ask(input::DOORBELL);
    }

    /// A receive was posted. The caller keeps the endpoint.
    pub(crate) fn receive_posted(&self) {
        self.0.receive_posted();
    }

    /// Something was posted that may wait for more, for a short time (NDK-POST-18, NDK-POST-21). The
    /// caller keeps the endpoint.
    pub(crate) fn linger(&self) {
        self.0.ask(input::LINGER);
    }

    /// Something that was waited for may have happened. From any stack.
    pub(crate) fn remind(&self) {
        self.0.leave(input::DOORBELL);
    }

    /// The last call; `closed` follows.
    pub(crate) fn close(&self) {
        self.run(input::CLOSE);
    }

    pub(crate) fn connection_data(&self) -> ConnectionData {
        self.0.connection_data()
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0
            .local
            .get()
            .copied()
            .or_else(|| self.0.socket().local_address())
    }

    pub(crate) fn peer_address(&self) -> Option<SocketAddr> {
        self.0.remote.get().copied()
    }

    /// Runs with a reference of its own: a callback may take the caller's away.
    fn run(&self, inputs: u32) {
        let core = self.0.clone();
        core.ask(inputs);
    }

    pub(super) fn core(&self) -> &Ref<Core<E>> {
        &self.0
    }
}

impl<E: Events> Drop for Endpoint<E> {
    fn drop(&mut self) {
        self.0.ask(input::CLOSE);
    }
}

/// What a consumer is told of a socket that could not be opened (NDK-CON-06, NDK-CON-07).
pub(super) fn failure_of(status: Status) -> Failure {
    match status {
        Status::INSUFFICIENT_RESOURCES | Status::NO_MEMORY => Failure::NoResources,
        Status::NETWORK_UNREACHABLE => Failure::NetworkUnreachable,
        Status::HOST_UNREACHABLE | Status::PORT_UNREACHABLE => Failure::HostUnreachable,
        Status::CONNECTION_REFUSED | Status::CONNECTION_RESET | Status::REMOTE_DISCONNECT => {
            Failure::Refused
        }
        Status::IO_TIMEOUT | Status::TIMEOUT => Failure::TimedOut,
        // WSK-SOCK-07: WSK says this for "in use".
        Status::ADDRESS_ALREADY_EXISTS | Status::SHARING_VIOLATION | Status::ACCESS_DENIED => {
            Failure::AddressInUse
        }
        Status::INVALID_ADDRESS | Status::INVALID_ADDRESS_COMPONENT => Failure::AddressInvalid,
        Status::TOO_MANY_ADDRESSES => Failure::AddressesExhausted,
        Status::CANCELLED => Failure::Cancelled,
        _ => Failure::Aborted,
    }
}

/// The same of a socket that is to have a local address and no more: one that the system closed meanwhile (WSK-SOCK-12) has lost
/// it, with its adapter or without.
pub(super) fn failure_of_address(status: Status) -> Failure {
    match status {
        Status::FILE_FORCED_CLOSED => Failure::AddressInvalid,
        status => failure_of(status),
    }
}
