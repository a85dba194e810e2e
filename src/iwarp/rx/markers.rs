//! Markers in what we receive, if we asked for them (RFC 5044 section 4.3): four bytes at every
//! 512th byte of the peer's FPDU stream, wherever in an FPDU that falls.
//!
//! They are taken out before anything else sees the stream. An FPDU is a multiple of four bytes
//! long, and so is the distance between markers, so one never falls into a CRC field.

use super::super::wire::fpdu;

/// Where the next marker stands, and what it must say.
pub(super) struct Markers {
    /// Bytes of the stream until it begins.
    until: usize,
    bytes: [u8; fpdu::MARKER],
    /// So many of it are here.
    len: usize,
    /// Bytes since the current FPDU's length field, markers included.
    offset: usize,
    /// A marker of the current FPDU points elsewhere.
    astray: bool,
}

impl Markers {
    /// The first thing of a stream is a marker.
    pub(super) const fn new() -> Self {
        Self {
            until: 0,
            bytes: [0; fpdu::MARKER],
            len: 0,
            offset: 0,
            astray: false,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        self.until == 0
    }

    /// What of `bytes` lies before the next marker.
    pub(super) fn before<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(..self.until).unwrap_or(bytes)
    }

    /// So many bytes of an FPDU went by; `between`: the next one is another FPDU's first.
    pub(super) fn passed(&mut self, count: usize, between: bool) {
        self.until = self.until.saturating_sub(count);
        match between {
            true => (self.offset, self.astray) = (0, false),
            false => self.offset += count,
        }
    }

    /// Takes bytes of the marker that is due; how many, and the marker once it is whole.
    pub(super) fn gather(&mut self, bytes: &[u8]) -> (usize, Option<[u8; fpdu::MARKER]>) {
        let room = self.bytes.get_mut(self.len..).unwrap_or_default();
        let taken = room.len().min(bytes.len());
        if let (Some(to), Some(from)) = (room.get_mut(..taken), bytes.get(..taken)) {
            // PANIC: both are `taken` long.
            to.copy_from_slice(from);
        }
        self.len += taken;
        if self.len < fpdu::MARKER {
            return (taken, None);
        }
        self.judge();
        self.len = 0;
        self.until = fpdu::MARKER_INTERVAL - fpdu::MARKER;
        (taken, Some(self.bytes))
    }

    /// FPDUPTR is the way back to the length field; its last two bits and the first half of the
    /// marker are not looked at.
    fn judge(&mut self) {
        let [_, _, high, low] = self.bytes;
        let pointer = usize::from(u16::from_be_bytes([high, low]) & !3);
        self.astray |= pointer != self.offset;
        // One in front of the length field belongs to the FPDU, but is not inside it.
        if self.offset > 0 {
            self.offset += fpdu::MARKER;
        }
    }

    /// Part of a marker is here, and part is not.
    pub(super) fn is_cut(&self) -> bool {
        self.len > 0
    }

    /// Did all markers of the current FPDU point to its beginning?
    pub(super) fn are_right(&self) -> bool {
        !self.astray
    }
}
