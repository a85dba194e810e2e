//! The shipped image for hours, on the host's own threads and TCP: two processes, one at each end of every connection.

pub mod client;
pub mod limit;
pub mod link;
pub mod memory;
pub mod server;
