//! One FPDU onto the stream: length, pad, CRC, and markers if the peer asked for them.

use super::super::api::{FrameSize, Frames, PayloadError, Source, Trailer};
use super::super::wire::fpdu;
use super::Emitted;

/// Puts FPDUs on the stream: pad, CRC, and markers if the peer asked for them.
pub(super) struct Writer {
    pub(super) crc: bool,
    /// Bytes of the FPDU stream so far, modulo the marker interval; `None` without markers.
    pub(super) marker_phase: Option<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct Payload {
    pub(super) source: Source,
    pub(super) len: usize,
}

impl Writer {
    /// Writes one FPDU: `head` starts with the length field, `payload` follows it.
    pub(super) fn frame<F: Frames>(
        &mut self,
        head: &[u8],
        payload: Payload,
        frames: &mut F,
    ) -> Emitted {
        let ulpdu = head.len().saturating_sub(fpdu::LENGTH) + payload.len;
        let pad = fpdu::pad(ulpdu);
        let size = FrameSize {
            copied: head.len() + pad + fpdu::CRC + self.marker_bytes(ulpdu),
            payload: payload.len,
            summed: self.crc,
        };
        if !frames.begin(size) {
            return Emitted::Full;
        }
        let written = match self.marker_phase {
            None => plain(head, payload, frames),
            Some(phase) => self.marked(phase, head, payload, frames),
        };
        let error = match written {
            Ok(()) => {
                frames.end(match self.crc {
                    true => Trailer::Crc,
                    false => Trailer::Zero,
                });
                return Emitted::Frame;
            }
            Err(error) => error,
        };
        frames.cancel();
        match error {
            PayloadError::Full => Emitted::Full,
            PayloadError::Access(error) => Emitted::Fault(error),
        }
    }

    /// Bytes of markers that an FPDU around this ULPDU will hold.
    fn marker_bytes(&self, ulpdu: usize) -> usize {
        let Some(phase) = self.marker_phase else {
            return 0;
        };
        let spacing = fpdu::MARKER_INTERVAL - fpdu::MARKER;
        // FPDU bytes until the first marker; a marker is due at once at phase 0.
        let first = (fpdu::MARKER_INTERVAL - phase) % fpdu::MARKER_INTERVAL;
        match fpdu::total(ulpdu).checked_sub(first + 1) {
            Some(beyond) => (1 + beyond / spacing) * fpdu::MARKER,
            None => 0,
        }
    }

    /// The same FPDU with a marker wherever the stream position calls for one
    /// (RFC 5044 section 4.3). The position moves only when the FPDU is whole.
    fn marked<F: Frames>(
        &mut self,
        phase: usize,
        head: &[u8],
        payload: Payload,
        frames: &mut F,
    ) -> Result<(), PayloadError> {
        let mut cursor = Cursor { phase, offset: 0 };
        cursor.bytes(head, frames);
        cursor.payload(payload, frames)?;
        let ulpdu = head.len().saturating_sub(fpdu::LENGTH) + payload.len;
        cursor.bytes(PAD.get(..fpdu::pad(ulpdu)).unwrap_or_default(), frames);
        // One that falls between pad and CRC belongs to this FPDU.
        cursor.marker_if_due(frames);
        self.marker_phase = Some((cursor.phase + fpdu::CRC) % fpdu::MARKER_INTERVAL);
        Ok(())
    }
}

const PAD: [u8; 3] = [0; 3];

fn plain<F: Frames>(head: &[u8], payload: Payload, frames: &mut F) -> Result<(), PayloadError> {
    frames.bytes(head);
    if payload.len > 0 {
        frames.payload(payload.source, payload.len as u32)?;
    }
    let ulpdu = head.len().saturating_sub(fpdu::LENGTH) + payload.len;
    let pad = PAD.get(..fpdu::pad(ulpdu)).unwrap_or_default();
    if !pad.is_empty() {
        frames.bytes(pad);
    }
    Ok(())
}

/// A place in the stream and in the FPDU being written.
struct Cursor {
    phase: usize,
    /// Bytes since the ULPDU_Length field, markers included: what a marker says.
    offset: usize,
}

impl Cursor {
    fn marker_if_due<F: Frames>(&mut self, frames: &mut F) {
        if self.phase != 0 {
            return;
        }
        // An FPDU with its markers is below 65536.
        let [high, low] = (self.offset as u16).to_be_bytes();
        frames.bytes(&[0, 0, high, low]);
        self.phase = fpdu::MARKER;
        // A marker in front of the length field is not inside the FPDU.
        if self.offset > 0 {
            self.offset += fpdu::MARKER;
        }
    }

    /// Writes what is due, then says how many of `wanted` bytes may follow before the next one.
    fn advance<F: Frames>(&mut self, wanted: usize, frames: &mut F) -> usize {
        self.marker_if_due(frames);
        let n = wanted.min(fpdu::MARKER_INTERVAL - self.phase);
        self.phase = (self.phase + n) % fpdu::MARKER_INTERVAL;
        self.offset += n;
        n
    }

    fn bytes<F: Frames>(&mut self, mut bytes: &[u8], frames: &mut F) {
        while !bytes.is_empty() {
            let n = self.advance(bytes.len(), frames);
            let (now, rest) = bytes.split_at_checked(n).unwrap_or((bytes, &[]));
            frames.bytes(now);
            bytes = rest;
        }
    }

    fn payload<F: Frames>(&mut self, payload: Payload, frames: &mut F) -> Result<(), PayloadError> {
        let mut done = 0;
        while done < payload.len {
            let n = self.advance(payload.len - done, frames);
            frames.payload(payload.source.advanced(done as u32), n as u32)?;
            done += n;
        }
        Ok(())
    }
}

impl Source {
    /// The same memory, `by` bytes further on.
    fn advanced(self, by: u32) -> Self {
        match self {
            Self::Request { offset } => Self::Request {
                offset: offset.saturating_add(by),
            },
            Self::Region { stag, to } => Self::Region {
                stag,
                to: to.wrapping_add(u64::from(by)),
            },
        }
    }
}
