//! Socket addresses: between `core::net` and what WSK and NDK consumers hand over.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::sys::{
    AF_INET, AF_INET6, IN_ADDR, IN6_ADDR, SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_INET,
};

/// As `SOCKADDR_INET`, in network order.
pub(crate) fn to_inet(address: SocketAddr) -> SOCKADDR_INET {
    match address {
        SocketAddr::V4(address) => SOCKADDR_INET {
            Ipv4: SOCKADDR_IN {
                sin_family: AF_INET,
                sin_port: address.port().to_be(),
                sin_addr: IN_ADDR {
                    S_un_b: address.ip().octets(),
                },
                sin_zero: [0; 8],
            },
        },
        SocketAddr::V6(address) => SOCKADDR_INET {
            Ipv6: SOCKADDR_IN6 {
                sin6_family: AF_INET6,
                sin6_port: address.port().to_be(),
                sin6_flowinfo: address.flowinfo(),
                sin6_addr: IN6_ADDR {
                    Byte: address.ip().octets(),
                },
                sin6_scope_id: address.scope_id(),
            },
        },
    }
}

/// `None` for a family that is neither IPv4 nor IPv6.
pub(crate) fn from_inet(address: &SOCKADDR_INET) -> Option<SocketAddr> {
    // SAFETY: the family is the first field of every variant, and says which one it is.
    unsafe {
        match address.si_family {
            AF_INET => Some(from_v4(&address.Ipv4)),
            AF_INET6 => Some(from_v6(&address.Ipv6)),
            _ => None,
        }
    }
}

/// Copies an address of unknown family out of memory that is only lent (WSK-ACC-02).
///
/// # Safety
///
/// `address` is null or readable for the length that its family says.
pub(crate) unsafe fn from_sockaddr(address: *const SOCKADDR) -> Option<SocketAddr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: readable for its family's length (caller).
    unsafe {
        match (*address).sa_family {
            AF_INET => Some(from_v4(&address.cast::<SOCKADDR_IN>().read_unaligned())),
            AF_INET6 => Some(from_v6(&address.cast::<SOCKADDR_IN6>().read_unaligned())),
            _ => None,
        }
    }
}

/// `AF_INET` or `AF_INET6`.
pub(super) fn family(address: SocketAddr) -> u16 {
    match address.ip() {
        IpAddr::V4(_) => AF_INET,
        IpAddr::V6(_) => AF_INET6,
    }
}

fn from_v4(address: &SOCKADDR_IN) -> SocketAddr {
    // SAFETY: both variants of the union are plain bytes.
    let ip = Ipv4Addr::from(unsafe { address.sin_addr.S_un_b });
    SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(address.sin_port)))
}

fn from_v6(address: &SOCKADDR_IN6) -> SocketAddr {
    // SAFETY: both variants of the union are plain bytes.
    let ip = Ipv6Addr::from(unsafe { address.sin6_addr.Byte });
    SocketAddr::V6(SocketAddrV6::new(
        ip,
        u16::from_be(address.sin6_port),
        address.sin6_flowinfo,
        address.sin6_scope_id,
    ))
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
