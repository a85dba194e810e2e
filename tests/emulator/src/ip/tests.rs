//! Addresses as a driver sees them.

use super::*;

#[test]
fn addresses_survive_the_way_to_windows_and_back() {
    for text in ["127.0.0.2:5445", "[::1]:445", "[fe80::1%3]:1"] {
        let address: std::net::SocketAddr = text.parse().expect("a good address");
        let windows = address::to_windows(&address);
        // SAFETY: the union begins with the family and is as large as its largest member.
        let back = unsafe { address::read((&raw const windows).cast()) };
        assert_eq!(back, Some(address));
    }
}

#[test]
fn a_table_lists_the_addresses_of_its_family() {
    let machine = crate::Machine::new(crate::Options::default());
    let _attached = machine.attach();
    for ip in ["127.0.0.2", "::1"] {
        machine.ip.add_address(Address {
            luid: 7,
            if_index: 3,
            ip: ip.parse().expect("an address"),
            prefix: 8,
        });
    }
    let mut table = std::ptr::null_mut();
    // SAFETY: the out parameter lives here.
    let status = unsafe { GetUnicastIpAddressTable(AF_INET6, &raw mut table) };
    assert_eq!(status, STATUS_SUCCESS);
    // SAFETY: the call succeeded.
    let (rows, luid) = unsafe { ((*table).NumEntries, (*table).Table[0].InterfaceLuid.Value) };
    assert_eq!((rows, luid), (1, 7));
    // SAFETY: the table is freed once.
    unsafe { FreeMibTable(table.cast()) };
    assert_eq!(machine.ip.open_tables(), 0);
}
