//! Which of the NIC's offloads are used, and what of them is asked for and told.

use super::*;

/// TCP, UDP and IP, with options.
const ALL_SUMS: Checksums = Checksums {
    encapsulation: 2 | 8,
    fields: 0b01_0101_0101,
};
const LARGE: LargeSends = LargeSends {
    encapsulation: 2 | 8,
    most: 60_000,
    least: 2,
    fields: 0,
};
/// IPv6 has no checksum of its own.
const SIX_SUMS: Checksums = Checksums {
    encapsulation: 2 | 8,
    fields: 0b0101_0101,
};
const ALL: Offloads = Offloads {
    send: [ALL_SUMS, SIX_SUMS],
    receive: [ALL_SUMS, SIX_SUMS],
    large: [LARGE; FAMILIES],
    joins: [true; FAMILIES],
};
const BOTH: Tagging = Tagging {
    priority: true,
    vlan: true,
};
/// Of what is asked for a list: family and protocol.
const TCP4: u32 = 0b101;
const TCP6: u32 = 0b110;

fn rights(nic: &Offloads, told: &Offloads, own_tags: Tagging, vlan: u16) -> Rights {
    let rights = Rights::default();
    rights.set_told(told);
    rights.set(&Given {
        nic,
        nic_tags: BOTH,
        own_tags,
        vlan,
    });
    rights
}

fn asking(checksum: u32) -> Asked {
    Asked {
        checksum,
        ..Asked::default()
    }
}

#[test]
fn all_is_used_unless_it_is_switched_off() {
    assert_eq!(ALL.within(&Switches::ALL, true), ALL);
    let mut switches = Switches::ALL;
    switches.tcp[1] = Ways::of_keyword(1);
    switches.large[0] = false;
    let used = ALL.within(&switches, false);
    assert!(used.send[1].has_tcp() && !used.receive[1].has_tcp());
    assert!(used.receive[1].has_udp() && used.receive[0].has_tcp());
    assert_eq!(used.large, [LargeSends::default(), LARGE]);
    // What nobody looked at is not joined.
    assert_eq!(used.joins, [true, false]);
}

#[test]
fn frames_have_an_encapsulation_of_the_nics() {
    let mut nic = ALL;
    nic.send[0].encapsulation = 2;
    nic.large[1].encapsulation = 8;
    let used = nic.within(&Switches::ALL, false);
    assert_eq!(used.send[0], nic.send[0]);
    assert_eq!(used.large[1], LargeSends::default());
    let tagged = nic.within(&Switches::ALL, true);
    assert_eq!(tagged.send[0], Checksums::default());
    assert_eq!(tagged.send[1], SIX_SUMS);
}

// NDIS-OID-11: NDIS_OFFLOAD_PARAMETERS is checked, field by field.
#[test]
fn parameters_change_what_they_mention() {
    let parameters = |at: usize, value: u8| {
        let mut all = [0_u8; 26];
        all[at] = value;
        Switches::ALL.changed(&all)
    };
    for at in 4..26 {
        assert_eq!(parameters(at, 0), Ok(Switches::ALL));
    }
    let send_only = parameters(5, 2).expect("TCP over IPv4").tcp[0];
    assert_eq!((send_only.send, send_only.receive), (true, false));
    assert_eq!(parameters(12, 1).expect("IPv6").large, [true, false]);
    assert_eq!(parameters(23, 1).expect("IPv6").joins, [true, false]);
    assert_eq!(parameters(8, 5), Err(Senseless::Value));
    assert_eq!(parameters(11, 3), Err(Senseless::Value));
    for absent in [9, 10, 13, 14, 20, 21, 24] {
        assert_eq!(parameters(absent, 1), Ok(Switches::ALL));
        assert_eq!(parameters(absent, 2), Err(Senseless::Absent));
    }
    assert_eq!(Switches::ALL.changed(&[0; 19]), Err(Senseless::Length(20)));
    // Revision 1 says nothing of received segments.
    assert_eq!(Switches::ALL.changed(&[0; 20]), Ok(Switches::ALL));
}

#[test]
fn a_list_may_ask_for_what_the_nic_does() {
    let mut nic = ALL;
    nic.send[1] = Checksums::default();
    nic.large[1] = LargeSends::default();
    let rights = rights(&nic, &nic, BOTH, 0);
    assert_eq!(rights.send(&asking(TCP4)), Some(0));
    assert_eq!(rights.send(&asking(TCP6)), None);
    assert_eq!(rights.send(&asking(0)), Some(0));
    let large = |large, bytes| {
        rights.send(&Asked {
            large,
            bytes,
            ..Asked::default()
        })
    };
    let version_2 = 1 << 30 | 1400;
    assert_eq!(large(version_2, 60_128), Some(0));
    assert_eq!(large(version_2, 60_129), None);
    assert_eq!(large(1400, 3000), None, "version 1");
    assert_eq!(large(version_2 | 1 << 31, 3000), None, "IPv6");
}

#[test]
fn nothing_is_asked_of_nobody() {
    let rights = Rights::default();
    assert_eq!(rights.send(&asking(TCP4)), None);
    assert_eq!(rights.send(&asking(0)), Some(0));
    // A priority is lost, a VLAN must not be.
    let tagged = |tag| rights.send(&Asked { tag, ..asking(0) });
    assert_eq!((tagged(5), tagged(7 << 4)), (Some(0), None));
}

#[test]
fn verdicts_are_told_of_what_is_looked_at() {
    let mut told = ALL;
    told.receive[0].fields &= !(0b11 << 4);
    let rights = rights(&ALL, &told, BOTH, 0);
    assert_eq!(rights.verdicts(0x86DD), 0b0_1001_1011);
    assert_eq!(rights.verdicts(0x0800), 0b1_0011_0110);
}

// IEEE 802.1Q, OID_GEN_VLAN_ID.
#[test]
fn the_adapters_vlan_is_that_of_its_frames() {
    let none = rights(&ALL, &ALL, Tagging::default(), 0);
    assert_eq!(none.receive(3), Some(0));
    assert_eq!(none.receive(7 << 4), None);
    let any = rights(&ALL, &ALL, BOTH, 0);
    assert_eq!(any.receive(7 << 4 | 3), Some(7 << 4 | 3));
    let seven = rights(&ALL, &ALL, BOTH, 7);
    assert_eq!(seven.receive(7 << 4), Some(7 << 4));
    assert_eq!((seven.receive(0), seven.receive(8 << 4)), (None, None));
    let tagged = |tag| seven.send(&Asked { tag, ..asking(0) });
    assert_eq!(tagged(5), Some(7 << 4 | 5));
    assert_eq!(tagged(9 << 4), Some(9 << 4));
}

#[test]
fn an_encapsulation_is_ethernets() {
    let request = |place: usize, words: [u32; 2]| {
        let mut all = [0_u8; 28];
        for (at, word) in words.into_iter().enumerate() {
            all[place + 4 * at..place + 4 * at + 4].copy_from_slice(&word.to_ne_bytes());
        }
        is_encapsulation(&all)
    };
    for place in [4, 16] {
        assert_eq!(request(place, [1, 2]), Ok(true));
        assert_eq!(request(place, [1, 0x10]), Ok(false));
        assert_eq!(request(place, [2, 0x10]), Ok(true));
    }
    assert_eq!(is_encapsulation(&[0; 27]), Err(Senseless::Length(28)));
}
