//! Runs a protocol machine over sockets: one connection, one runner, no lock.
//!
//! `ndk` sees [`Endpoint`] and [`Listener`] and implements [`Events`] and [`Queues`]; the protocol
//! behind them is nobody else's business. [`connection`] is one connection's state machine over
//! three small traits and runs on any host; `endpoint`, `runner` and `listener` put it on sockets.
//!
//! ```text
//! Endpoint::<E>::new(&Settings) -> Result<Ref<Endpoint<E>>, Failure>       everything is made here
//!   .attach(events: E)                        once, before the first of the calls below
//!   .connect(local, remote, Params, queues)   -> Result<(), Failure>         Ok: connect_done follows
//!   .complete_connect()                       -> Result<(), Failure>         Ok: complete_done follows
//!   .accept(Params, queues)                   -> Result<(), Failure>         Ok: accept_done follows
//!   .reject(private_data)                     -> Result<(), Failure>         done at once
//!   .disconnect()                             -> Result<(), Failure>         Ok: disconnect_done follows
//!   .flush() .doorbell() .remind()            something was posted, or is to be cancelled
//!   .close()                                  once, the last call: closed() follows
//!   .connection_data() -> ConnectionData   .local_address() .peer_address() -> Option<SocketAddr>
//! Listener::<L>::new(&Settings, door: L)      L::incoming(&self, Ref<Endpoint<L::Events>>)
//!   .listen(address) -> Result<(), Failure>   Ok: L::listen_done(result) follows
//!   .pause(bool)  .close()  .local_address()  the door is dropped when nothing of it is running
//! Reservation::<R>::new(reserver: R)          a local port for several connections
//!   .reserve(address) -> Result<(), Failure>  Ok: R::reserved(result) follows
//!   .close()  .local_address()                the reserver is dropped when the port is free
//! ```
//!
//! Dropping the last reference to either closes it.

#![forbid(unsafe_code)]

mod api;
pub(crate) mod connection;
mod decision;
#[cfg(target_os = "windows")]
mod endpoint;
#[cfg(target_os = "windows")]
mod input;
pub(crate) mod link;
#[cfg(target_os = "windows")]
mod listener;
#[cfg(target_os = "windows")]
mod reservation;
#[cfg(target_os = "windows")]
mod reserve;
#[cfg(target_os = "windows")]
mod runner;
#[cfg(target_os = "windows")]
mod settings;
#[cfg(target_os = "windows")]
mod wire;

#[cfg(target_os = "windows")]
pub(crate) use crate::wsk::Local;
pub(crate) use api::*;
#[cfg(target_os = "windows")]
pub(crate) use {
    endpoint::{Endpoint, Events, Mapped},
    link::Gone,
    listener::{Incoming, Listener},
    reservation::{Reservation, Reserver},
    settings::Settings,
};

/// How long an opening waits for TCP/IP, which may start after its adapters (WSK-REG-05).
#[cfg(target_os = "windows")]
const PATIENCE_MILLIS: u32 = 1_000;

/// The sockets below can be used from here on; before the first endpoint or listener.
/// `PASSIVE_LEVEL`.
#[cfg(target_os = "windows")]
pub(crate) fn ready() -> crate::nt::Result<()> {
    crate::wsk::Client::ready(PATIENCE_MILLIS)
}
