//! Work requests, as they lie in the queues: everything the consumer said, by value.

use bitflags::bitflags;

use super::completion::{Kind, Status};
use super::limits::{MAX_INLINE, MAX_SGE};
use super::stag::{Draft, Stag};

/// A local buffer: an address inside the region the token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sge {
    pub address: u64,
    pub length: u32,
    pub token: Stag,
}

/// Up to `MAX_SGE` local buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SgeList {
    entries: [Sge; MAX_SGE],
    count: u8,
    /// Sum of the lengths.
    length: u64,
}

impl Default for SgeList {
    fn default() -> Self {
        Self {
            entries: [Sge::default(); MAX_SGE],
            count: 0,
            length: 0,
        }
    }
}

impl SgeList {
    pub fn clear(&mut self) {
        self.count = 0;
        self.length = 0;
    }

    /// Adds a buffer; false when the list is full.
    #[must_use]
    pub fn push(&mut self, sge: Sge) -> bool {
        let Some(place) = self.entries.get_mut(usize::from(self.count)) else {
            return false;
        };
        *place = sge;
        self.count += 1;
        self.length += u64::from(sge.length);
        true
    }

    pub fn as_slice(&self) -> &[Sge] {
        // PANIC: `push` keeps the count within the entries.
        &self.entries[..usize::from(self.count)]
    }

    /// Sum of the lengths.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The piece of the list that starts `offset` bytes in: a buffer cut to what is left of it, at
    /// most `most` bytes long. `None` at the end of the list.
    pub fn at(&self, offset: u64, most: u32) -> Option<Sge> {
        let mut skip = offset;
        for sge in self.as_slice() {
            let length = u64::from(sge.length);
            if skip < length {
                let left = (length - skip) as u32;
                let address = sge.address.checked_add(skip)?;
                return Some(Sge {
                    address,
                    length: left.min(most),
                    token: sge.token,
                });
            }
            skip -= length;
        }
        None
    }
}

/// Where a request's local bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    Sges(SgeList),
    /// Copied at the post (NDK-POST-12).
    Inline {
        bytes: [u8; MAX_INLINE],
        length: u16,
    },
}

impl Payload {
    /// Makes it an empty list; the bytes of an older one stay.
    pub fn clear(&mut self) {
        match self {
            Self::Sges(list) => list.clear(),
            Self::Inline { .. } => *self = Self::Sges(SgeList::default()),
        }
    }

    pub fn length(&self) -> u64 {
        match self {
            Self::Sges(list) => list.length(),
            Self::Inline { length, .. } => u64::from(*length),
        }
    }
}

/// Remote memory, as the peer told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Remote {
    pub address: u64,
    pub token: Stag,
}

/// What an initiator request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Send,
    /// The token is the peer's.
    SendAndInvalidate(Stag),
    Write(Remote),
    Read(Remote),
    /// What the token will give access to waits in the table.
    FastRegister(Draft),
    Bind(Draft),
    /// The token is ours.
    Invalidate(Stag),
}

impl Op {
    pub fn kind(self) -> Kind {
        match self {
            Self::Send | Self::SendAndInvalidate(_) => Kind::Send,
            Self::Write(_) => Kind::Write,
            Self::Read(_) => Kind::Read,
            Self::FastRegister(_) => Kind::FastRegister,
            Self::Bind(_) => Kind::Bind,
            Self::Invalidate(_) => Kind::Invalidate,
        }
    }

    /// What it leaves in the table until it is done.
    pub fn draft(self) -> Option<Draft> {
        match self {
            Self::FastRegister(draft) | Self::Bind(draft) => Some(draft),
            Self::Send
            | Self::SendAndInvalidate(_)
            | Self::Write(_)
            | Self::Read(_)
            | Self::Invalidate(_) => None,
        }
    }
}

bitflags! {
    /// How an initiator request is done.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Flags: u8 {
        /// No completion on success (NDK-POST-14).
        const SILENT = 1;
        /// Not before all earlier reads have completed (NDK-POST-16).
        const FENCE = 2;
        /// The receive it fills counts as solicited (NDK-CQ-10).
        const SOLICITED = 4;
        /// More requests follow at once (NDK-POST-18).
        const DEFER = 8;
        /// Read only: the first buffer's token is invalidated with success (NDK-FR-15).
        const INVALIDATE_LOCAL = 16;
    }
}

/// How far the runner is with a request; whoever posts sets `Queued`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    #[default]
    Queued,
    /// Bytes of it are being handed out, or its response is awaited.
    Started,
    /// It has invalidated this token, whose region is still in use.
    Leaving(Stag),
    /// Its last byte lies before this offset of the send stream.
    Handed { until: u64 },
    /// Only its turn is awaited (NDK-CQ-19: post order).
    Done(Status),
}

/// One place of an initiator queue.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest {
    pub context: u64,
    pub op: Op,
    pub flags: Flags,
    pub payload: Payload,
    pub progress: Progress,
}

impl Default for SendRequest {
    fn default() -> Self {
        Self {
            context: 0,
            op: Op::Send,
            flags: Flags::empty(),
            payload: Payload::Sges(SgeList::default()),
            progress: Progress::Queued,
        }
    }
}

/// One place of a receive queue.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReceiveRequest {
    pub context: u64,
    pub sges: SgeList,
}
