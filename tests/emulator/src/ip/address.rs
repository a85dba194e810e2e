//! Socket addresses between their Windows layout and Rust's.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use softrnic::sys::{
    AF_INET, AF_INET6, IN_ADDR, IN6_ADDR, SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_INET,
};

/// Reads the address a driver passes.
///
/// # Safety
/// `address` is null or readable for the size its family says.
pub unsafe fn read(address: *const SOCKADDR) -> Option<SocketAddr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: every address begins with its family.
    match unsafe { (*address).sa_family } {
        AF_INET => {
            // SAFETY: the family says that it is a SOCKADDR_IN.
            let v4 = unsafe { address.cast::<SOCKADDR_IN>().read_unaligned() };
            // SAFETY: all views of an IN_ADDR are integers.
            let ip = Ipv4Addr::from(unsafe { v4.sin_addr.S_addr }.to_ne_bytes());
            Some(SocketAddr::V4(SocketAddrV4::new(
                ip,
                u16::from_be(v4.sin_port),
            )))
        }
        AF_INET6 => {
            // SAFETY: the family says that it is a SOCKADDR_IN6.
            let v6 = unsafe { address.cast::<SOCKADDR_IN6>().read_unaligned() };
            // SAFETY: all views of an IN6_ADDR are integers.
            let ip = Ipv6Addr::from(unsafe { v6.sin6_addr.Byte });
            Some(SocketAddr::V6(SocketAddrV6::new(
                ip,
                u16::from_be(v6.sin6_port),
                0,
                v6.sin6_scope_id,
            )))
        }
        _ => None,
    }
}

/// The Windows form of an address.
#[must_use]
pub fn to_windows(address: &SocketAddr) -> SOCKADDR_INET {
    let mut inet = SOCKADDR_INET::default();
    match address {
        SocketAddr::V4(v4) => {
            inet.Ipv4 = SOCKADDR_IN {
                sin_family: AF_INET,
                sin_port: v4.port().to_be(),
                sin_addr: IN_ADDR {
                    S_addr: u32::from_ne_bytes(v4.ip().octets()),
                },
                sin_zero: [0; 8],
            };
        }
        SocketAddr::V6(v6) => {
            inet.Ipv6 = SOCKADDR_IN6 {
                sin6_family: AF_INET6,
                sin6_port: v6.port().to_be(),
                sin6_flowinfo: 0,
                sin6_addr: IN6_ADDR {
                    Byte: v6.ip().octets(),
                },
                sin6_scope_id: v6.scope_id(),
            };
        }
    }
    inet
}

/// Writes an address where a driver wants it.
///
/// # Safety
/// `place` is writable for the family's size.
pub unsafe fn write(place: *mut SOCKADDR, address: &SocketAddr) {
    let inet = to_windows(address);
    let length = if address.is_ipv4() {
        size_of::<SOCKADDR_IN>()
    } else {
        size_of::<SOCKADDR_IN6>()
    };
    // SAFETY: the caller vouches for the room; the union is as large as its largest member.
    unsafe {
        std::ptr::copy_nonoverlapping((&raw const inet).cast::<u8>(), place.cast::<u8>(), length)
    };
}
