//! The OS between consumer and provider: every object of an open NDK adapter gets the OS's own
//! dispatch table and a record in `NdkReserved`, and every call and callback is checked on its
//! way through. Consumers and providers both see what Windows shows them.

mod adapter;
mod callback;
mod connector;
mod cq;
mod ledger;
mod lent;
mod pd;
mod pending;
mod post;
mod record;
mod results;
mod simple;
mod tables;
mod wrap;

pub use lent::{Lent, Notified};
pub(super) use record::{Kind, Record};
