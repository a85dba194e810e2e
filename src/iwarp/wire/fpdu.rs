//! MPA framing: lengths, padding, and how much of a message fits one FPDU (RFC 5044 section 4).

use crate::iwarp::Error;

/// The ULPDU_Length field in front.
pub(crate) const LENGTH: usize = 2;
/// The CRC field behind, there even if CRC is negotiated off.
pub(crate) const CRC: usize = 4;
/// Markers stand this far apart in the TCP stream, themselves included.
pub(crate) const MARKER_INTERVAL: usize = 512;
pub(crate) const MARKER: usize = 4;

const MULPDU_MIN: usize = 128;
/// The largest ULPDU of a legal FPDU.
pub(crate) const MULPDU_MAX: usize = 64_768;

/// Zero bytes after a ULPDU of this length, so that the FPDU is a multiple of four.
pub(crate) const fn pad(ulpdu: usize) -> usize {
    // `(2 + ulpdu)` up to the next multiple of four.
    (LENGTH + ulpdu).next_multiple_of(4) - (LENGTH + ulpdu)
}

/// The whole FPDU around a ULPDU of this length, without markers.
pub(crate) const fn total(ulpdu: usize) -> usize {
    LENGTH + ulpdu + pad(ulpdu) + CRC
}

/// ULPDU_Length as received: 0 and more than an FPDU may hold are refused on the two bytes alone.
pub(crate) fn parse_length(bytes: [u8; 2]) -> Result<u16, Error> {
    let length = u16::from_be_bytes(bytes);
    match usize::from(length) {
        1..=MULPDU_MAX => Ok(length),
        _ => Err(Error::UlpduLength { length }),
    }
}

/// The largest ULPDU we send: an FPDU fits one TCP segment of `emss` bytes.
pub(crate) fn mulpdu(emss: u32, markers: bool) -> usize {
    let emss = usize::try_from(emss).unwrap_or(usize::MAX);
    let markers = if markers {
        emss.div_ceil(MARKER_INTERVAL).saturating_mul(MARKER)
    } else {
        0
    };
    let overhead = markers.saturating_add(LENGTH + CRC + emss % 4);
    emss.saturating_sub(overhead).clamp(MULPDU_MIN, MULPDU_MAX)
}
