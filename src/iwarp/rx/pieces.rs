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

/// Pad and CRC field, gathered.
#[derive(Clone, Copy)]
pub(super) struct Trailer {
    bytes: [u8; fpdu::TRAILER_MAX],
    len: u8,
}

impl Trailer {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; fpdu::TRAILER_MAX],
            len: 0,
        }
    }

    /// Takes bytes until `wanted` are there; how many were taken.
    pub(super) fn fill(&mut self, wanted: usize, bytes: &[u8]) -> usize {
        let room = self.bytes.get_mut(usize::from(self.len)..wanted);
        let room = room.unwrap_or_default();
        let taken = room.len().min(bytes.len());
        if let (Some(to), Some(from)) = (room.get_mut(..taken), bytes.get(..taken)) {
            // PANIC: both are `taken` long.
            to.copy_from_slice(from);
        }
        // At most TRAILER_MAX.
        self.len += taken as u8;
        taken
    }

    /// Pad and CRC, once both are complete.
    pub(super) fn split(&self, pad: u8) -> Option<(&[u8], u32)> {
        let whole = self.bytes.get(..usize::from(self.len))?;
        let (pad, sum) = whole.split_at_checked(usize::from(pad))?;
        let sum = <[u8; fpdu::CRC]>::try_from(sum).ok()?;
        Some((pad, u32::from_le_bytes(sum)))
    }
}
