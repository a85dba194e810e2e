//! What the functions take and refuse.

use super::*;
use crate::{Machine, Options};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The address and port, in host byte order, of the Ex function.
fn v4_ex(text: &str, strict: bool) -> Option<(Ipv4Addr, u16)> {
    let machine = Machine::new(Options::default());
    let _attached = machine.attach();
    let (mut address, mut port) = (IN_ADDR { S_addr: 0 }, 7);
    // SAFETY: a terminated string and out parameters.
    unsafe {
        let (string, strict) = (wide(text), strict.into());
        let status =
            RtlIpv4StringToAddressExW(string.as_ptr(), strict, &raw mut address, &raw mut port);
        let found = (Ipv4Addr::from(address.S_un_b), u16::from_be(port));
        (status == STATUS_SUCCESS).then_some(found)
    }
}

#[test]
fn v4_addresses_with_and_without_a_port() {
    let ip = Ipv4Addr::new(10, 0, 0, 1);
    for (text, strict, expected) in [
        ("10.0.0.1", true, Some((ip, 0))),
        ("10.0.0.1:445", true, Some((ip, 445))),
        ("10.1", false, Some((ip, 0))),
        ("0xa.1:0x10", false, Some((ip, 16))),
        ("10.1", true, None),
        ("10.0.0.256", true, None),
        ("10.0.0.1 ", true, None),
        ("10.0.0.1:", true, None),
        ("10.0.0.1:65536", true, None),
        ("010.0.0.1", true, None),
        ("", false, None),
    ] {
        assert_eq!(v4_ex(text, strict), expected, "{text}");
    }
}

#[test]
fn the_terminator_is_where_the_address_ends() {
    let machine = Machine::new(Options::default());
    let _attached = machine.attach();
    let (mut address, mut end) = (IN_ADDR { S_addr: 0 }, std::ptr::null());
    let string = wide("192.168.3.4/24");
    // SAFETY: a terminated string and out parameters.
    unsafe {
        let status = RtlIpv4StringToAddressW(string.as_ptr(), 1, &raw mut end, &raw mut address);
        assert_eq!(status, STATUS_SUCCESS);
        assert_eq!(end.offset_from(string.as_ptr()), 11);
        assert_eq!(address.S_un_b, [192, 168, 3, 4]);
    }
}

#[test]
fn v6_addresses_with_scope_and_port() {
    let ip: Ipv6Addr = "fe80::1".parse().expect("an address");
    for (text, expected) in [
        ("fe80::1", Some((ip, 0, 0))),
        ("fe80::1%5", Some((ip, 5, 0))),
        ("[fe80::1%5]:445", Some((ip, 5, 445))),
        ("[fe80::1]", Some((ip, 0, 0))),
        ("[fe80::1]445", None),
        ("fe80::1]:445", None),
        ("fe80::1%", None),
    ] {
        assert_eq!(v6_with_all(text), expected, "{text}");
    }
}

#[test]
fn text_needs_room_for_its_end() {
    let machine = Machine::new(Options::default());
    let _attached = machine.attach();
    let address = IN_ADDR {
        S_un_b: [10, 0, 0, 1],
    };
    let (mut buffer, mut length) = ([0u16; 32], 12);
    let (port, place) = (445u16.to_be(), buffer.as_mut_ptr());
    // SAFETY: a buffer longer than `length`.
    unsafe {
        let status = RtlIpv4AddressToStringExW(&raw const address, port, place, &raw mut length);
        assert_eq!((status, length), (STATUS_INVALID_PARAMETER, 13));
        let status = RtlIpv4AddressToStringExW(&raw const address, port, place, &raw mut length);
        assert_eq!((status, length), (STATUS_SUCCESS, 13));
    }
    assert_eq!(buffer[..13], wide("10.0.0.1:445"));
}
