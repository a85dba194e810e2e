//! Socket addresses as bytes: the consumer's `SOCKADDR` to and from a plain value.
//!
//! Pure. NDK-CON-27: addresses are copied out of the consumer's memory before they get here.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

const AF_INET: u16 = 2;
const AF_INET6: u16 = 23;
/// The size of `SOCKADDR_IN`.
pub(crate) const V4_LENGTH: usize = 16;
/// The size of `SOCKADDR_IN6`, the larger of the two.
pub(crate) const V6_LENGTH: usize = 28;

/// An address as the consumer sees it: `bytes[..length]` is a `SOCKADDR_IN` or `SOCKADDR_IN6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw {
    pub(crate) bytes: [u8; V6_LENGTH],
    pub(crate) length: usize,
}

/// Reads a `SOCKADDR`; `None` if the family is unknown or the bytes are too few for it.
pub(crate) fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(*bytes.first_chunk()?);
    match family {
        AF_INET => parse_v4(bytes.first_chunk()?),
        AF_INET6 => parse_v6(bytes.first_chunk()?),
        _ => None,
    }
}

fn parse_v4(bytes: &[u8; V4_LENGTH]) -> Option<SocketAddr> {
    let [_, _, p0, p1, a, b, c, d, ..] = *bytes;
    let address = Ipv4Addr::new(a, b, c, d);
    Some(SocketAddr::V4(SocketAddrV4::new(
        address,
        u16::from_be_bytes([p0, p1]),
    )))
}

fn parse_v6(bytes: &[u8; V6_LENGTH]) -> Option<SocketAddr> {
    let [_, _, p0, p1, f0, f1, f2, f3, rest @ ..] = bytes;
    let address = Ipv6Addr::from(*rest.first_chunk::<16>()?);
    let scope = u32::from_ne_bytes(*rest.last_chunk()?);
    // The flow label keeps the byte order it came in, as the C structure does.
    let flow = u32::from_ne_bytes([*f0, *f1, *f2, *f3]);
    let port = u16::from_be_bytes([*p0, *p1]);
    Some(SocketAddr::V6(SocketAddrV6::new(
        address, port, flow, scope,
    )))
}

/// The `SOCKADDR` of an address.
pub(crate) fn raw(address: SocketAddr) -> Raw {
    let mut bytes = [0; V6_LENGTH];
    let mut put = |at: usize, part: &[u8]| {
        for (to, from) in bytes.iter_mut().skip(at).zip(part) {
            *to = *from;
        }
    };
    put(2, &address.port().to_be_bytes());
    let length = match address {
        SocketAddr::V4(v4) => {
            put(0, &AF_INET.to_ne_bytes());
            put(4, &v4.ip().octets());
            V4_LENGTH
        }
        SocketAddr::V6(v6) => {
            put(0, &AF_INET6.to_ne_bytes());
            put(4, &v6.flowinfo().to_ne_bytes());
            put(8, &v6.ip().octets());
            put(24, &v6.scope_id().to_ne_bytes());
            V6_LENGTH
        }
    };
    Raw { bytes, length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_survives_the_round_trip() {
        let address: SocketAddr = "192.0.2.7:445".parse().unwrap();
        let raw = raw(address);
        assert_eq!(raw.length, 16);
        assert_eq!(raw.bytes[..8], [2, 0, 1, 0xBD, 192, 0, 2, 7]);
        assert_eq!(parse(&raw.bytes[..16]), Some(address));
    }

    #[test]
    fn ipv6_survives_the_round_trip_with_its_scope() {
        let address = SocketAddr::V6(SocketAddrV6::new("fe80::1".parse().unwrap(), 5445, 7, 12));
        let raw = raw(address);
        assert_eq!(raw.length, 28);
        assert_eq!(raw.bytes[..4], [23, 0, 0x15, 0x45]);
        assert_eq!(parse(&raw.bytes), Some(address));
    }

    #[test]
    fn short_and_unknown_addresses_are_refused() {
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&[2]), None);
        assert_eq!(
            parse(&raw("192.0.2.7:1".parse().unwrap()).bytes[..15]),
            None
        );
        assert_eq!(parse(&raw("[::1]:1".parse().unwrap()).bytes[..27]), None);
        assert_eq!(parse(&[1; 28]), None);
    }
}
