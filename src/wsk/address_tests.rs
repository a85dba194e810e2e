//! Addresses there and back.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::*;

fn v4() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::new(192, 0, 2, 7), 5445))
}

fn v6() -> SocketAddr {
    let ip = Ipv6Addr::new(0xfe80, 0, 0, 0, 1, 2, 3, 4);
    SocketAddr::V6(SocketAddrV6::new(ip, 5445, 0, 3))
}

#[test]
fn an_ipv4_address_is_in_network_order() {
    let inet = to_inet(v4());
    // SAFETY: an IPv4 address was stored.
    let (family, port, ip) = unsafe {
        (
            inet.Ipv4.sin_family,
            inet.Ipv4.sin_port,
            inet.Ipv4.sin_addr.S_un_b,
        )
    };
    assert_eq!(family, 2);
    assert_eq!(port.to_ne_bytes(), [0x15, 0x45]);
    assert_eq!(ip, [192, 0, 2, 7]);
}

#[test]
fn an_ipv6_address_keeps_its_scope() {
    let inet = to_inet(v6());
    // SAFETY: an IPv6 address was stored.
    let (family, scope) = unsafe { (inet.Ipv6.sin6_family, inet.Ipv6.sin6_scope_id) };
    assert_eq!((family, scope), (23, 3));
}

#[test]
fn addresses_come_back_as_they_went() {
    assert_eq!(from_inet(&to_inet(v4())), Some(v4()));
    assert_eq!(from_inet(&to_inet(v6())), Some(v6()));
}

#[test]
fn other_families_are_no_address() {
    let inet = SOCKADDR_INET { si_family: 17 };
    assert_eq!(from_inet(&inet), None);
}

#[test]
fn lent_memory_is_read_at_any_alignment() {
    let inet = to_inet(v6());
    let mut lent = [0u8; 64];
    // SAFETY: a union of plain integers, as its bytes, to a place large enough.
    unsafe {
        let from = (&raw const inet).cast::<u8>();
        core::ptr::copy_nonoverlapping(from, lent.as_mut_ptr().add(2), size_of_val(&inet));
        assert_eq!(from_sockaddr(lent.as_ptr().add(2).cast()), Some(v6()));
        assert_eq!(from_sockaddr(core::ptr::null()), None);
    }
}

#[test]
fn families_are_those_of_windows() {
    assert_eq!((family(v4()), family(v6())), (2, 23));
}
