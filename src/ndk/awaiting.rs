//! The shape of `transport::Endpoint` and `transport::Listener` until they are there: nothing can be
//! made, so every connect and listen fails with insufficient resources.

#![expect(dead_code, reason = "replaced by transport's own types")]

use crate::nt::Ref;
use crate::transport::{ConnectionData, Events, Failure, Params, PrivateData};
use core::net::SocketAddr;
pub struct Settings {
    pub max_segment: u32,
}
pub trait Incoming: Send + Sync {
    type Events: Events;
    fn listen_done(&self, r: Result<(), Failure>);
    fn incoming(&self, e: Ref<Endpoint<Self::Events>>);
    fn closed(&self);
}
pub struct Endpoint<E: Events> {
    e: E,
}
impl<E: Events> Endpoint<E> {
    pub(crate) fn new(_: &Settings) -> Result<Ref<Self>, Failure> {
        Err(Failure::NoResources)
    }
    pub fn attach(&self, _e: E) {}
    pub fn connect(
        &self,
        _l: SocketAddr,
        _r: SocketAddr,
        _p: &Params,
        _q: E::Queues,
    ) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn accept(&self, _p: &Params, _q: E::Queues) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn reject(&self, _p: &PrivateData) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn complete_connect(&self) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn disconnect(&self) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn flush(&self) {}
    pub fn doorbell(&self) {}
    pub fn close(&self) {}
    pub fn connection_data(&self) -> ConnectionData {
        ConnectionData::default()
    }
    pub fn local_address(&self) -> Option<SocketAddr> {
        None
    }
    pub fn peer_address(&self) -> Option<SocketAddr> {
        None
    }
}
pub struct Listener<L: Incoming> {
    l: L,
}
impl<L: Incoming> Listener<L> {
    pub(crate) fn new(_: &Settings, _: L) -> Result<Ref<Self>, Failure> {
        Err(Failure::NoResources)
    }
    pub fn listen(&self, _a: SocketAddr) -> Result<(), Failure> {
        Err(Failure::NoResources)
    }
    pub fn pause(&self, _p: bool) {}
    pub fn close(&self) {}
    pub fn local_address(&self) -> Option<SocketAddr> {
        None
    }
}
