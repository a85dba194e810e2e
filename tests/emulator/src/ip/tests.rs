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

#[test]
fn interfaces_have_an_index_a_luid_and_an_alias() {
    let machine = crate::Machine::new(crate::Options::default());
    let _attached = machine.attach();
    machine.ip.add_interface(7, 12);
    let (mut luid, mut index, mut alias) = (NET_LUID { Value: 0 }, 0, [0u16; 16]);
    let place = alias.as_mut_ptr();
    // SAFETY: out parameters, and the buffer's length.
    unsafe {
        assert_eq!(ConvertInterfaceIndexToLuid(12, &raw mut luid), 0);
        assert_eq!(luid.Value, 7);
        assert_eq!(
            ConvertInterfaceLuidToIndex(&raw const luid, &raw mut index),
            0
        );
        assert_eq!(index, 12);
        assert_eq!(
            ConvertInterfaceLuidToAlias(&raw const luid, place, 11),
            crate::wdm::STATUS_NO_MEMORY
        );
        assert_eq!(ConvertInterfaceLuidToAlias(&raw const luid, place, 12), 0);
        luid.Value = 0;
        assert_eq!(ConvertInterfaceAliasToLuid(place, &raw mut luid), 0);
        assert_eq!(luid.Value, 7);
        luid.Value = 8;
        let unknown = ConvertInterfaceLuidToAlias(&raw const luid, place, 12);
        assert_eq!(unknown, STATUS_INVALID_PARAMETER);
    }
    assert_eq!(String::from_utf16_lossy(&alias[..11]), "Ethernet 12");
}

#[test]
fn an_address_the_host_has_not_is_replaced_on_the_way() {
    let address: std::net::SocketAddr = "192.0.2.77:445".parse().expect("an address");
    stand_in::provide(address.ip());
    let host = stand_in::to_host(address);
    assert!(host.ip().is_loopback());
    assert_eq!(host.port(), 445);
    assert_eq!(stand_in::from_host(host), address);
    let own = "127.0.0.2:1".parse().expect("an address");
    stand_in::provide(std::net::SocketAddr::ip(&own));
    assert_eq!(stand_in::to_host(own), own);
}
