//! A Winsock Kernel client: TCP sockets for code that must not know a pointer.
//!
//! `transport` calls it; it calls WSK and `nt`. What comes back up goes through two traits:
//! [`Events`] for a connection, [`Acceptor`] for a listener. Their methods say whether they are
//! called inside an IRP completion routine, where nothing may be started (WSK-IRP-08): there an
//! implementation only queues.
//!
//! - A socket is closed exactly once, and never while a call into it executes (WSK-CLS-01,
//!   WSK-CLS-05): `base.rs`.
//! - Whatever disconnect and close need was made with the socket (WSK-IRP-11, WSK-CLS-09).
//! - The object that gets the events is kept until the last of them was given (WSK-CLS-08).
//! - Event callbacks are static (WSK-REG-12), so that no data can come before they are enabled
//!   (WSK-EVT-10).

pub(crate) mod address;
mod base;
pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod listener;
mod opening;
pub(crate) mod reservation;
pub(crate) mod send;
pub(crate) mod socket;

pub(crate) use self::{
    client::Client,
    events::{Accept, Acceptor, Events, Indication, NotConnected},
    listener::{Incoming, Listener},
    opening::Local,
    reservation::{Reservation, Reserver},
    send::{BatchLimits, BatchMark, SendBatch},
    socket::Socket,
};
