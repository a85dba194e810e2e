//! What the driver is to do: values of its service key, all DWORDs.

use wdk_sys::NTSTATUS;

use crate::{frame, registry::Key, sys::STATUS_INVALID_PARAMETER};

/// What is moved.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// One there, one back.
    PingPong,
    /// The client's, one way.
    Stream,
    /// The server's, each asked for by a request.
    Read,
    /// Connections.
    Calls,
    /// What a consumer posts; both sides are its until they are unloaded.
    Consumer,
}

/// What is around each piece of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    /// Frames whose checksum is zero, and not looked at.
    Unchecked,
    Checked,
}

/// Length of a request, as of an RDMA read.
const REQUEST: usize = 44;
/// Bytes of one message that are sent without framing at most, in one piece.
const PIECE: usize = 64 << 10;
/// From this payload on, pieces are described in place.
const IN_PLACE: usize = 16 << 10;
/// Longer than any message's frames may be.
const LARGEST: usize = 64 << 20;

/// The values.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) work: Work,
    /// This side's address, in network order.
    pub(crate) address: u32,
    /// Where to connect; the port is 0 at the server.
    pub(crate) peer: u32,
    pub(crate) port: u16,
    framing: Framing,
    size: usize,
    fpdu: usize,
    /// Messages that may be on their way.
    pub(crate) window: usize,
    /// Bytes that go into one send at most.
    joined: usize,
    /// How long messages are moved, in units of 100 ns.
    pub(crate) time: u64,
}

/// How messages of one direction are cut.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) framing: Framing,
    /// Bytes a message.
    pub(crate) size: usize,
    /// Bytes of it in a piece at most: with framing, in a frame.
    pub(crate) piece: usize,
    /// Pieces a message.
    pub(crate) pieces: usize,
    /// Pieces a send at most.
    pub(crate) batch: usize,
}

impl Shape {
    pub(crate) fn is_framed(&self) -> bool {
        self.framing != Framing::None
    }

    /// Whether pieces are small enough to be copied: putting them together costs less than describing them.
    pub(crate) fn is_copied(&self) -> bool {
        self.piece < IN_PLACE
    }
}

impl Settings {
    /// # Errors
    /// That of the registry, or what makes no sense.
    pub(crate) fn read(key: &Key) -> Result<Self, NTSTATUS> {
        let number = |name| key.number(name);
        let settings = Self {
            work: match number("Work")? {
                0 => Work::PingPong,
                1 => Work::Stream,
                2 => Work::Read,
                3 => Work::Calls,
                4 => Work::Consumer,
                _ => return Err(STATUS_INVALID_PARAMETER),
            },
            address: number("Address")?,
            peer: number("Peer")?,
            port: number("Port")? as u16,
            framing: match number("Framing")? {
                0 => Framing::None,
                1 => Framing::Unchecked,
                2 => Framing::Checked,
                _ => return Err(STATUS_INVALID_PARAMETER),
            },
            size: number("Size")? as usize,
            fpdu: number("Fpdu")? as usize,
            window: number("Window")? as usize,
            joined: number("Joined")? as usize,
            time: u64::from(number("Microseconds")?) * 10,
        };
        let frames = settings.fpdu >= 4 && settings.fpdu <= usize::from(u16::MAX) - frame::HEADER;
        let sized =
            settings.size >= 4 && settings.size <= LARGEST && settings.size.is_multiple_of(4);
        if frames && sized && settings.fpdu.is_multiple_of(4) && settings.window > 0 {
            Ok(settings)
        } else {
            Err(STATUS_INVALID_PARAMETER)
        }
    }

    /// Of what this side sends, and of what it receives.
    pub(crate) fn shapes(&self) -> (Shape, Shape) {
        let (messages, requests) = (self.messages(), self.requests());
        match (self.work, self.port) {
            (Work::Read, 0) => (messages, requests),
            (Work::Read, _) => (requests, messages),
            _ => (messages, messages),
        }
    }

    fn messages(&self) -> Shape {
        let limit = match self.framing {
            Framing::None => PIECE,
            Framing::Unchecked | Framing::Checked => self.fpdu,
        };
        let piece = self.size.min(limit);
        let pieces = self.size.div_ceil(piece);
        let messages = self.window.min(self.joined / self.size);
        Shape {
            framing: self.framing,
            size: self.size,
            piece,
            pieces,
            batch: match self.work {
                // A write, and the send behind it.
                Work::Consumer => 2,
                _ => (messages * pieces)
                    .max(self.joined.min(self.size) / piece)
                    .max(1),
            },
        }
    }

    fn requests(&self) -> Shape {
        Shape {
            framing: Framing::None,
            size: REQUEST,
            piece: REQUEST,
            pieces: 1,
            batch: self.window,
        }
    }
}
