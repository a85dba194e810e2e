//! The wire tap: what a machine's sockets send and receive, shown to whoever wants to record it.

use std::net::SocketAddr;

/// Seen from the tapped machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    In,
    Out,
}

/// Something that happened on a connection.
#[derive(Debug)]
pub enum Segment<'a> {
    /// The connection is established; `active`: this machine connected.
    Open {
        active: bool,
    },
    Data {
        direction: Direction,
        parts: Parts<'a>,
    },
    Fin {
        direction: Direction,
    },
    Reset {
        direction: Direction,
    },
}

/// Bytes in pieces.
#[derive(Debug)]
pub struct Parts<'a> {
    pieces: &'a [libc::iovec],
    length: usize,
}

impl Parts<'_> {
    /// All the bytes, copied together.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.length);
        for piece in self.pieces {
            let take = piece.iov_len.min(self.length - bytes.len());
            // SAFETY: the pieces describe readable memory while the tap is called.
            bytes.extend_from_slice(unsafe {
                std::slice::from_raw_parts(piece.iov_base.cast::<u8>(), take)
            });
        }
        bytes
    }
}

impl<'a> Segment<'a> {
    pub(super) fn data(direction: Direction, pieces: &'a [libc::iovec], length: usize) -> Self {
        Self::Data {
            direction,
            parts: Parts { pieces, length },
        }
    }

    pub(super) fn open(active: bool) -> Self {
        Self::Open { active }
    }

    pub(super) fn end(direction: Direction, reset: bool) -> Self {
        if reset {
            Self::Reset { direction }
        } else {
            Self::Fin { direction }
        }
    }
}

/// Records or shows what goes over the wire. Called in wire order for each direction of a connection.
pub trait Tap: Send + Sync {
    fn segment(&self, local: SocketAddr, remote: SocketAddr, segment: &Segment<'_>);
}
