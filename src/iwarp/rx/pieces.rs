//! The parts of an FPDU that are gathered before they are judged: headers, and pad with CRC.

use super::super::error::Error;
use super::super::wire::ddp::{self, Header};
use super::super::wire::fpdu;

/// What the head gathered so far amounts to.
pub(super) enum Parsed {
    /// So many bytes are needed to say more.
    Need(usize),
    /// The header, payload length, pad.
    Whole(Header, u32, u8),
}

pub(super) fn parse_head(head: &[u8]) -> Result<Parsed, Error> {
    let Some((length, ulpdu)) = head.split_first_chunk::<{ fpdu::LENGTH }>() else {
        return Ok(Parsed::Need(fpdu::LENGTH));
    };
    let length = fpdu::parse_length(*length)?;
    let [ddp, rdmap, ..] = ulpdu else {
        // One byte is no header at all, and the second control byte is not there to be waited for.
        return match length {
            0 | 1 => Err(Error::UlpduLength { length }),
            2.. => Ok(Parsed::Need(fpdu::LENGTH + 2)),
        };
    };
    let control = ddp::Control::parse(length, *ddp, *rdmap)?;
    let wanted = control.header_len(length);
    let header = match ulpdu.len() >= wanted {
        true => Header::parse(control, ulpdu),
        false => None,
    };
    let Some(header) = header else {
        return Ok(Parsed::Need(fpdu::LENGTH + wanted));
    };
    // `wanted` is at most `length`; a pad is at most 3.
    let len = u32::from(length).saturating_sub(wanted as u32);
    let pad = fpdu::pad(usize::from(length)) as u8;
    Ok(Parsed::Whole(header, len, pad))
}

/// Pad and CRC field, on their way.
#[derive(Clone, Copy)]
pub(super) struct Trailer {
    /// Bytes of padding still to come.
    pad: u8,
    sum: [u8; fpdu::CRC],
    /// So many bytes of the sum are here.
    len: u8,
}

impl Trailer {
    pub(super) fn new(pad: u8) -> Self {
        Self {
            pad,
            sum: [0; fpdu::CRC],
            len: 0,
        }
    }

    /// Is the next byte padding?
    pub(super) fn is_padded(&self) -> bool {
        self.pad > 0
    }

    /// Takes padding from the front of `bytes`, and says what it was: the CRC covers it.
    pub(super) fn pad<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let pad = bytes.get(..usize::from(self.pad)).unwrap_or(bytes);
        // At most as many as were missing.
        self.pad -= pad.len() as u8;
        pad
    }

    /// Takes bytes of the CRC field; how many were taken.
    pub(super) fn fill(&mut self, bytes: &[u8]) -> usize {
        let room = self.sum.get_mut(usize::from(self.len)..);
        let room = room.unwrap_or_default();
        let taken = room.len().min(bytes.len());
        if let (Some(to), Some(from)) = (room.get_mut(..taken), bytes.get(..taken)) {
            // PANIC: both are `taken` long.
            to.copy_from_slice(from);
        }
        // At most the field.
        self.len += taken as u8;
        taken
    }

    /// What the peer computed, once it is all here.
    pub(super) fn sum(&self) -> Option<u32> {
        let whole = usize::from(self.len) == fpdu::CRC;
        whole.then(|| u32::from_le_bytes(self.sum))
    }
}
