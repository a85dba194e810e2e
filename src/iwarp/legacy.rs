//! How SMB Direct told IRD and ORD before RFC 6581: eight bytes in front of the private data of
//! both startup frames, put there by the provider, on its own TCP port and in revision 1 only.
//! MS-SMBD section 6 has the fields in network order; some peers write them in host order.

use super::ReadLimits;

/// Bytes of the header.
pub const LEN: usize = 8;

/// The most a limit may sensibly be; also what tells the byte orders apart.
const MOST: u32 = 0x3fff;

/// The header for these limits; neither may be 0 in it.
pub fn emit(reads: ReadLimits) -> [u8; LEN] {
    let [a, b, c, d] = u32::from(reads.ird.max(1)).to_be_bytes();
    let [e, f, g, h] = u32::from(reads.ord.max(1)).to_be_bytes();
    [a, b, c, d, e, f, g, h]
}

/// The peer's limits, if its private data begins with such a header: exactly one byte order must
/// make sense of both fields.
pub fn parse(private_data: &[u8]) -> Option<ReadLimits> {
    let (ird, rest) = private_data.split_first_chunk::<4>()?;
    let ord = rest.first_chunk::<4>()?;
    let network = limits(u32::from_be_bytes(*ird), u32::from_be_bytes(*ord));
    let host = limits(u32::from_le_bytes(*ird), u32::from_le_bytes(*ord));
    match (network, host) {
        (Some(limits), None) | (None, Some(limits)) => Some(limits),
        (None, None) | (Some(_), Some(_)) => None,
    }
}

fn limits(ird: u32, ord: u32) -> Option<ReadLimits> {
    let sensible = |value: u32| {
        let value = u16::try_from(value).ok()?;
        (1..=MOST).contains(&u32::from(value)).then_some(value)
    };
    Some(ReadLimits {
        ird: sensible(ird)?,
        ord: sensible(ord)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_byte_order_is_understood() {
        let limits = Some(ReadLimits { ird: 32, ord: 1 });
        assert_eq!(parse(&[0, 0, 0, 32, 0, 0, 0, 1]), limits);
        assert_eq!(parse(&[32, 0, 0, 0, 1, 0, 0, 0, 0xff]), limits);
    }

    #[test]
    fn anything_else_is_the_consumers() {
        assert_eq!(parse(b"hello, world"), None);
        assert_eq!(parse(&[0, 0, 0, 32, 0, 0, 0]), None);
        assert_eq!(parse(&[0; 8]), None);
        assert_eq!(parse(&[0, 0, 0, 32, 1, 0, 0, 0]), None);
    }

    // MS-SMBD-6-2.
    #[test]
    fn what_is_written_is_read() {
        assert_eq!(
            emit(ReadLimits { ird: 32, ord: 1 }),
            [0, 0, 0, 32, 0, 0, 0, 1]
        );
        let none = emit(ReadLimits::default());
        assert_eq!(parse(&none), Some(ReadLimits { ird: 1, ord: 1 }));
    }
}
