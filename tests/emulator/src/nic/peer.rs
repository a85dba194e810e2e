//! The other ends of the connections that a NIC carries, and what else a test has the NIC say and do.

use std::sync::Arc;

use softrnic::sys::*;

use super::card::Card;
use super::offload::{Job, Object};
use super::{Nic, Segment};
use crate::ndis::chimney::neighbor;
use crate::processor;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

/// Connections are told apart by a number from 0, in the order in which they were offloaded.
impl Nic {
    fn connection<T>(&self, index: usize, what: impl FnOnce(usize, &mut Object) -> T) -> T {
        let mut inside = self.card.inside();
        let mut all = inside
            .offload
            .objects
            .iter_mut()
            .filter(|(_, it)| it.is_connection);
        let (&number, object) = all.nth(index).expect("that many connections are offloaded");
        what(number, object)
    }

    /// How many connections it has.
    #[must_use]
    pub fn offloaded(&self) -> usize {
        let inside = self.card.inside();
        inside
            .offload
            .objects
            .values()
            .filter(|it| it.is_connection)
            .count()
    }

    /// How many objects it has, neighbors and paths included.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.card.inside().offload.objects.len()
    }

    /// What a connection put on the wire.
    #[must_use]
    pub fn wire(&self, index: usize) -> Vec<Segment> {
        self.connection(index, |_, object| object.wire.clone())
    }

    /// Whether the connection's state was invalidated.
    #[must_use]
    pub fn is_invalid(&self, index: usize) -> bool {
        self.connection(index, |_, object| object.invalid)
    }

    /// What TCP/IP set for all connections.
    #[must_use]
    pub fn offload_parameters(&self) -> Option<Vec<u8>> {
        self.card.inside().offload.parameters.clone()
    }

    /// From now on it says nothing upwards, until it is let go again.
    pub fn hold(&self, held: bool) {
        self.card.inside().offload.held = held;
        self.card.notify();
    }

    /// How many things it holds back.
    #[must_use]
    pub fn held(&self) -> usize {
        self.card.inside().offload.jobs.len()
    }

    /// The other ends acknowledge nothing, or all again.
    pub fn silence(&self, silent: bool) {
        self.card.inside().offload.silent = silent;
        let numbers: Vec<usize> = self.card.inside().offload.objects.keys().copied().collect();
        numbers
            .into_iter()
            .for_each(|number| self.card.acknowledged(number));
    }

    /// The next offload fails.
    pub fn refuse_offload(&self) {
        self.card.inside().offload.refused += 1;
    }

    fn at_dispatch(&self, jobs: Vec<Job>) {
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.card.say(jobs);
        processor::lower(thread, old);
    }

    /// The other end sends.
    pub fn peer_sends(&self, index: usize, data: &[u8]) {
        let number = self.connection(index, |number, object| {
            object.buffered.extend_from_slice(data);
            number
        });
        self.at_dispatch(vec![Job::Deliver(number)]);
    }

    /// The other end closes.
    pub fn peer_closes(&self, index: usize) {
        let handle = self.connection(index, |_, object| {
            object.fin = true;
            object.state = match object.state {
                TcpConnectionEstablished => TcpConnectionCloseWait,
                _ => TcpConnectionTimeWait,
            };
            object.handle
        });
        self.at_dispatch(vec![Job::Event(handle, TcpIndicateDisconnect, 0)]);
    }

    /// The other end resets.
    pub fn peer_resets(&self, index: usize) {
        let jobs = self.connection(index, |_, object| {
            object.state = TcpConnectionClosed;
            let mut jobs = vec![Job::Event(object.handle, TcpIndicateAbort, 0)];
            jobs.extend(object.end_all(NDIS_STATUS_REQUEST_ABORTED));
            jobs.extend(object.end_receives(NDIS_STATUS_REQUEST_ABORTED));
            jobs
        });
        self.at_dispatch(jobs);
    }

    /// The NIC wants a connection to be taken back.
    pub fn ask_retrieve(&self, index: usize, reason: u32) {
        let handle = self.connection(index, |_, object| object.handle);
        self.at_dispatch(vec![Job::Event(handle, TcpIndicateRetrieve, reason)]);
    }

    /// The NIC wants everything to be taken back, or says another status without a buffer.
    pub fn tell_status(&self, code: NDIS_STATUS) {
        self.tell_at_dispatch(code, &mut ());
    }

    /// The NIC asks whether the neighbor of its first connection is there.
    pub fn ask_neighbor(&self) {
        let inside = self.card.inside();
        let mut all = inside
            .offload
            .objects
            .values()
            .filter(|it| !it.is_connection);
        let handle = all.next().expect("a neighbor").handle;
        drop(inside);
        let mut node = NDIS_MINIPORT_OFFLOAD_BLOCK_LIST {
            Header: NDIS_OBJECT_HEADER {
                Type: NeighborOffloadState,
                Revision: 1,
                Size: size_of::<NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>() as u16,
            },
            NdisOffloadHandle: handle as NDIS_HANDLE,
            ..Default::default()
        };
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        let card: &Arc<Card> = &self.card;
        // SAFETY: the node lives for the call.
        unsafe { neighbor(&**card, &raw mut node, NeighborReachabilityQuery) };
        processor::lower(thread, old);
    }

    /// How many connections it can carry, as it says from now on.
    pub fn set_capacity(&self, connections: u32) {
        let code = NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES;
        self.tell_at_dispatch(code, &mut capability(connections));
    }

    fn tell_at_dispatch<T>(&self, code: NDIS_STATUS, what: &mut T) {
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.card.tell(code, what);
        processor::lower(thread, old);
    }
}

/// What a NIC says that carries so many connections.
pub(crate) fn capability(connections: u32) -> NDIS_TCP_CONNECTION_OFFLOAD {
    NDIS_TCP_CONNECTION_OFFLOAD {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_DEFAULT,
            Revision: NDIS_TCP_CONNECTION_OFFLOAD_REVISION_2,
            Size: NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_2,
        },
        Encapsulation: 2,
        __reserved_bits: 0b01_01_01_01,
        TcpConnectionOffloadCapacity: connections,
        Flags: 0,
    }
}
