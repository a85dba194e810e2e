//! The frame path's decisions, one at a time.

use super::*;
use crate::sync::storage::Spinning;

type Tested = Filter<Spinning<filter::Groups>>;

const OWN: Address = [0x02, 0x53, 0x52, 0, 0, 1];
const PEER: Address = [0x02, 0x53, 0x52, 0, 0, 2];
const GROUP: Address = [0x33, 0x33, 0, 0, 0, 1];
const OTHER_GROUP: Address = [0x33, 0x33, 0, 0, 0, 2];
const EVERYBODY: Address = [0xFF; 6];

const DIRECTED: u32 = 0x1;
const MULTICAST: u32 = 0x2;
const ALL_MULTICAST: u32 = 0x4;
const BROADCAST: u32 = 0x8;
const PROMISCUOUS: u32 = 0x20;

fn filter(packet: u32) -> Tested {
    let filter = Tested::shut();
    filter.reset(OWN);
    assert!(filter.set_groups(&[GROUP]));
    filter.set_packet(packet);
    filter
}

fn frame(to: Address) -> Header {
    Header {
        to,
        from: PEER,
        contents: 0x800,
    }
}

#[test]
fn header_is_read_as_it_lies_on_the_wire() {
    let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00];
    let header = Header::read(&bytes);
    assert_eq!(
        (header.to, header.from, header.contents),
        ([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], 0x800)
    );
}

#[test]
fn kinds_are_told_apart_by_the_destination() {
    assert_eq!(frame(OWN).kind(), Kind::Unicast);
    assert_eq!(frame(GROUP).kind(), Kind::Multicast);
    assert_eq!(frame(EVERYBODY).kind(), Kind::Broadcast);
}

#[test]
fn a_filter_of_nothing_takes_nothing() {
    let filter = filter(0);
    for to in [OWN, PEER, GROUP, EVERYBODY] {
        assert_eq!(filter.takes(&frame(to)), None, "{to:?}");
    }
}

#[test]
fn each_bit_takes_its_kind_and_no_other() {
    let all = [OWN, PEER, GROUP, OTHER_GROUP, EVERYBODY];
    let cases: [(u32, &[Address]); 5] = [
        (DIRECTED, &[OWN]),
        (MULTICAST, &[GROUP]),
        (ALL_MULTICAST, &[GROUP, OTHER_GROUP]),
        (BROADCAST, &[EVERYBODY]),
        (PROMISCUOUS, &all),
    ];
    for (packet, taken) in cases {
        let filter = filter(packet);
        for to in all {
            let takes = filter.takes(&frame(to)).is_some();
            assert_eq!(takes, taken.contains(&to), "{packet:#x} {to:?}");
        }
    }
}

// NDIS-NBL-09: what the adapter sent itself is not received, even by a promiscuous adapter.
#[test]
fn own_frames_that_come_back_are_not_taken() {
    let filter = filter(PROMISCUOUS | BROADCAST);
    let own = Header {
        contents: 0,
        to: EVERYBODY,
        from: OWN,
    };
    assert_eq!(filter.takes(&own), None);
}

#[test]
fn a_new_list_of_groups_replaces_the_old_one() {
    let filter = filter(MULTICAST);
    assert!(filter.set_groups(&[OTHER_GROUP]));
    assert_eq!(filter.takes(&frame(GROUP)), None);
    assert_eq!(filter.takes(&frame(OTHER_GROUP)), Some(Kind::Multicast));
    assert!(filter.set_groups(&[]));
    assert_eq!(filter.takes(&frame(OTHER_GROUP)), None);
}

#[test]
fn a_list_too_long_changes_nothing() {
    let filter = filter(MULTICAST);
    assert!(!filter.set_groups(&[OTHER_GROUP; Tested::MOST_GROUPS + 1]));
    assert_eq!(filter.takes(&frame(GROUP)), Some(Kind::Multicast));
    assert!(filter.set_groups(&[OTHER_GROUP; Tested::MOST_GROUPS]));
}

// A restarted adapter is asked anew what it receives.
#[test]
fn a_new_adapter_starts_with_nothing_asked() {
    let filter = filter(PROMISCUOUS);
    filter.reset(PEER);
    assert_eq!((filter.address(), filter.packet()), (PEER, 0));
    filter.set_packet(MULTICAST);
    assert_eq!(
        filter.takes(&Header {
            contents: 0,
            to: GROUP,
            from: OWN
        }),
        None
    );
}

#[test]
fn counters_keep_kinds_and_ways_apart() {
    let counters = Counters::default();
    let mut tally = Tally::default();
    tally.add(Kind::Unicast, 60);
    tally.add(Kind::Unicast, 1514);
    tally.add(Kind::Multicast, 86);
    tally.add(Kind::Broadcast, 42);
    tally.errors = 1;
    tally.discards = 2;
    assert_eq!((tally.frames(), tally.bytes()), (4, 1702));
    counters.sent(&tally);
    counters.sent(&tally);
    counters.received(&Tally {
        discards: 5,
        ..Tally::default()
    });
    let totals = counters.totals();
    assert_eq!((totals.sent.frames(), totals.sent.bytes()), (8, 3404));
    assert_eq!(
        (totals.sent.multicast.frames, totals.sent.broadcast.bytes),
        (2, 84)
    );
    assert_eq!((totals.sent.errors, totals.sent.discards), (2, 4));
    assert_eq!((totals.received.frames(), totals.received.discards), (0, 5));
    counters.reset();
    assert_eq!(counters.totals(), Totals::default());
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn guid(text: &str) -> Option<InterfaceGuid> {
    InterfaceGuid::at_end_of(&wide(text))
}

#[test]
fn an_interface_is_the_same_in_a_name_and_in_a_keyword() {
    let keyword = guid("{4d36e972-e325-11ce-bfc1-08002be10318}");
    assert!(keyword.is_some());
    assert_eq!(
        guid(r"\DEVICE\{4D36E972-E325-11CE-BFC1-08002BE10318}"),
        keyword
    );
    assert_ne!(
        guid(r"\DEVICE\{4D36E972-E325-11CE-BFC1-08002BE10319}"),
        keyword
    );
}

#[test]
fn what_is_no_guid_names_no_interface() {
    for text in [
        "",
        "Ethernet 2",
        "{4d36e972-e325-11ce-bfc1-08002be1031}",
        "{4d36e972-e325-11ce-bfc1-08002be1031g}",
        "{4d36e972_e325-11ce-bfc1-08002be10318}",
        "4d36e972-e325-11ce-bfc1-08002be10318",
        "{4d36e972-e325-11ce-bfc1-08002be10318} ",
        "x{4d36e972-e325-11ce-bfc1-08002be10318}",
        "{4d36e972-e325-11ce-bfc1-08002be1031\u{ff15}}",
    ] {
        assert_eq!(guid(text), None, "{text}");
    }
}

const NIC: &str = "{00000000-0000-0000-0000-000000000001}";
const OTHER_NIC: &str = "{00000000-0000-0000-0000-000000000002}";

// Design section 2: the adapter declines every bind but its NIC's.
#[test]
fn a_nic_nobody_wants_is_declined() {
    let mut table: Table<u32, 2> = Table::new();
    let (nic, other) = (guid(NIC).unwrap(), guid(OTHER_NIC).unwrap());
    assert_eq!(table.nic_comes(nic), None);
    assert_eq!(table.adapter_comes(nic, 1), Ok(1));
    assert_eq!(table.nic_comes(other), None);
    assert_eq!(table.nic_comes(nic), Some(1));
    assert_eq!(table.nic_comes(nic), None, "bound already");
}

#[test]
fn a_nic_goes_and_comes_again() {
    let mut table: Table<u32, 2> = Table::new();
    let nic = guid(NIC).unwrap();
    assert_eq!(table.adapter_comes(nic, 1), Ok(1));
    assert_eq!(table.nic_comes(nic), Some(1));
    assert_eq!(table.nic_goes(nic), None, "the adapter keeps the pair");
    assert_eq!(table.nic_comes(nic), Some(1));
}

#[test]
fn an_adapter_that_starts_again_finds_its_nic_still_bound() {
    let mut table: Table<u32, 2> = Table::new();
    let nic = guid(NIC).unwrap();
    assert_eq!(table.adapter_comes(nic, 1), Ok(1));
    assert_eq!(table.nic_comes(nic), Some(1));
    assert_eq!(table.adapter_goes(nic), None, "the NIC keeps the pair");
    assert_eq!(table.adapter_comes(nic, 2), Ok(1));
    assert_eq!(table.adapter_goes(nic), None);
    assert_eq!(table.nic_goes(nic), Some(1), "nobody keeps it");
    assert_eq!(table.adapter_comes(nic, 3), Ok(3));
}

#[test]
fn a_nic_has_one_adapter_and_the_table_an_end() {
    let mut table: Table<u32, 1> = Table::new();
    let (nic, other) = (guid(NIC).unwrap(), guid(OTHER_NIC).unwrap());
    assert_eq!(table.adapter_comes(nic, 1), Ok(1));
    assert_eq!(table.adapter_comes(nic, 2), Err(NotPaired::Taken));
    assert_eq!(table.adapter_comes(other, 2), Err(NotPaired::Full));
    assert_eq!(table.adapter_goes(nic), Some(1));
    assert_eq!(table.adapter_comes(other, 2), Ok(2));
}

// NDIS-STAT-01: a link without a medium has nothing else to tell.
#[test]
fn a_link_that_is_down_is_told_the_same_whatever_it_was() {
    let was = Link {
        media: Media::Disconnected,
        full_duplex: Some(true),
        transmit: Some(10_000_000_000),
        receive: Some(10_000_000_000),
    };
    assert_eq!(was.as_told(), Link::DOWN);
    let up = Link {
        media: Media::Connected,
        ..was
    };
    assert_eq!(up.as_told(), up);
}
