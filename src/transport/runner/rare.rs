//! Inputs of a connection's beginning and end, and what comes with them.

use core::net::SocketAddr;

use crate::rdma::qp::Event as Change;
use crate::wsk::{Local, Socket};

use super::Core;
use crate::transport::api::{Failure, Params, Queues, ReadLimits, Said};
use crate::transport::connection::{Around, Connection, Phase};
use crate::transport::endpoint::{Events, failure_of};
use crate::transport::input;
use crate::transport::link::{Link, Up};

/// The consumer connects.
pub(in crate::transport) struct Dial<Q: Queues> {
    pub(in crate::transport) local: Local,
    pub(in crate::transport) remote: SocketAddr,
    pub(in crate::transport) private_data: Said<Q::Allocator>,
    pub(in crate::transport) reads: ReadLimits,
    pub(in crate::transport) queues: Q,
}

/// The consumer accepts.
pub(in crate::transport) struct Answer<Q: Queues> {
    pub(in crate::transport) private_data: Said<Q::Allocator>,
    pub(in crate::transport) reads: ReadLimits,
    pub(in crate::transport) queues: Q,
}

impl<E: Events> Core<E> {
    /// Active: connects once more, on another socket.
    pub(in crate::transport) fn redial(&self) {
        if let Err(failure) = self.try_redial() {
            let _once = self.connected.put(Err(failure));
            // No socket was opened, so none will say that it has closed.
            self.leave(input::CONNECTED | input::LINK_CLOSED);
        }
    }

    fn try_redial(&self) -> Result<(), Failure> {
        let (Some(&local), Some(&remote)) = (self.from.get(), self.remote.get()) else {
            return Err(Failure::ConnectionInvalid);
        };
        let this = self.this.access().ok_or(Failure::Cancelled)?;
        let socket = Socket::try_new().map_err(failure_of)?;
        self.second
            .fill(socket)
            .map_err(|_| Failure::ConnectionInvalid)?;
        self.socket()
            .connect(this.clone(), local, remote)
            .map_err(failure_of)
    }

    /// Inputs of a connection's beginning and end, in the order in which they make sense together.
    pub(super) fn rare<L: Link, U: Up>(
        &self,
        inputs: u32,
        connection: &mut Connection<E::Queues>,
        around: &mut Around<'_, L, U>,
    ) {
        let has = |input: u32| inputs & input != 0;
        if has(input::CONNECT) {
            let opened = self.dial(connection, around.now());
            if let Err(failure) = opened {
                around.up.connect_done(Err(failure));
            }
        }
        if has(input::ACCEPTED) {
            let port = self.local.get().map_or(0, SocketAddr::port);
            connection.accepted(around.now(), port);
        }
        if has(input::CONNECTED)
            && let Some(result) = self.connected.take()
        {
            connection.connected(result, around);
        }
        if has(input::COMPLETE) {
            connection.complete(around);
        }
        if has(input::ACCEPT) {
            self.accept(connection, around);
        }
        if has(input::REJECT) {
            self.reject(connection, around);
        }
        if has(input::REFUSED) {
            connection.paused();
        }
        if has(input::FIN) {
            connection.fin_received();
        }
        if has(input::RESET) {
            connection.reset();
        }
        if has(input::FLUSH) {
            connection.flush(around.now());
        }
        if has(input::DISCONNECT) {
            connection.disconnect(around);
        }
        if has(input::FIN_DONE) {
            connection.fin_done();
        }
        if has(input::LINK_CLOSED) {
            connection.link_closed();
        }
        if has(input::CLOSE) {
            connection.close(around);
        }
    }

    /// Out of line, as the next two: only here is the private data on the stack.
    #[inline(never)]
    fn dial(&self, connection: &mut Connection<E::Queues>, now: u64) -> Result<(), Failure> {
        let Some(Dial {
            local,
            remote,
            private_data,
            reads,
            queues,
        }) = self.dial.take()
        else {
            return Ok(());
        };
        let Some(this) = self.this.access() else {
            return Ok(());
        };
        let _first = self.from.fill(local);
        let _first = self.remote.fill(remote);
        let opened = match connection.phase() {
            Phase::Idle => self
                .first
                .connect(this.clone(), local, remote)
                .map_err(failure_of),
            _ => Err(Failure::ConnectionInvalid),
        };
        match opened {
            Ok(()) => {
                connection.connect(now, remote.port(), private_data, reads, queues);
            }
            Err(_) => {
                let _before = queues.queue_pair().advance(Change::Refused);
            }
        }
        opened
    }

    #[inline(never)]
    fn accept<L: Link, U: Up>(
        &self,
        connection: &mut Connection<E::Queues>,
        around: &mut Around<'_, L, U>,
    ) {
        let Some(answer) = self.answer.take() else {
            return;
        };
        let params = Params {
            private_data: answer.private_data.as_slice(),
            reads: answer.reads,
        };
        connection.accept(params, answer.queues, around);
    }

    #[inline(never)]
    fn reject<L: Link, U: Up>(
        &self,
        connection: &mut Connection<E::Queues>,
        around: &mut Around<'_, L, U>,
    ) {
        if let Some(private_data) = self.refusal.take() {
            connection.reject(private_data.as_slice(), around);
        }
    }
}
