//! What is on its way to an end of a connection.

use std::fmt;
use std::net::SocketAddr;

/// Something on its way to an end.
#[derive(Debug)]
pub(super) enum Arrival {
    /// A connect of that end, to an address.
    Syn(SocketAddr),
    Established,
    Refused,
    Data(Vec<u8>),
    Fin,
    /// So many bytes have arrived.
    Acknowledged(u64),
    /// So many were read: there is room for as many more.
    Room(u64),
    FinAcknowledged,
    Reset,
    /// Nothing was heard of the peer for too long.
    TimedOut,
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syn(to) => write!(f, "a connect to {to}"),
            Self::Established => f.write_str("established"),
            Self::Refused => f.write_str("refused"),
            Self::Data(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Fin => f.write_str("FIN"),
            Self::Acknowledged(bytes) => write!(f, "{bytes} acknowledged"),
            Self::Room(bytes) => write!(f, "room for {bytes} more"),
            Self::FinAcknowledged => f.write_str("FIN acknowledged"),
            Self::Reset => f.write_str("reset"),
            Self::TimedOut => f.write_str("nothing for too long"),
        }
    }
}
