//! What the NIC does for the adapter: told truly, asked for rightly, and passed both ways.

use std::time::Instant;

use softrnic::sys;
use softrnic_emulator::ndis::Keyword;
use softrnic_emulator::ndis::Watcher;
use softrnic_emulator::ndis::offload::{
    Beside, IP_FAILED, IP_GOOD, IS_IPV4, IS_IPV6, MAKE_IP, MAKE_TCP, Offloads, Sums, TCP_FAILED,
    TCP_GOOD, VERSION_2,
};
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::SOON;
use softrnic_functional::paired::{OWN, PEER, Paired};
use softrnic_functional::segment::{BEFORE_TCP, Segment, data};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;

/// Those that are told while the adapter runs: tags are said for good when it starts.
const TASKS: Offloads = Offloads {
    priority: false,
    vlan: false,
    ..Offloads::ALL
};

fn able() -> NicOptions {
    NicOptions {
        offloads: Offloads::ALL,
        ..NicOptions::default()
    }
}

/// NICs that end calls at once, and later, keep receives, and lend few.
fn nics() -> impl Iterator<Item = NicOptions> {
    let varying = (1..=3).map(|seed| NicOptions {
        varies: true,
        buffers: 3,
        seed,
        ..able()
    });
    std::iter::once(able()).chain(varying)
}

/// An adapter that started before its NIC was bound, and eyes above that may ask for what the NIC does.
fn ready(options: NicOptions, keywords: &[(&str, u32)]) -> (Paired, Watcher) {
    let mut paired = Paired::without_adapter(options);
    // The NIC was offered, and nobody wanted it.
    paired.machine.ndis.settle(paired.machine);
    add(&mut paired, keywords);
    let above = watch(&paired);
    (paired, above)
}

fn add(paired: &mut Paired, keywords: &[(&str, u32)]) {
    let keywords: Vec<_> = keywords
        .iter()
        .map(|(name, value)| (*name, Keyword::from(*value)))
        .collect();
    paired.add_adapter(&keywords);
    paired.wait_bound(1);
}

fn watch(paired: &Paired) -> Watcher {
    let above = paired.watch();
    assert_eq!(above.encapsulate(), SUCCESS);
    paired.wait_up();
    above
}

/// Until the adapter says that just this is on.
fn wait_told(paired: &Paired, on: Offloads) {
    paired.wait(|paired| paired.adapter().offloads().0 == on);
}

/// The adapter once more, over the same NIC: now it knows from the start what there is.
fn again(paired: &mut Paired, above: Watcher, keywords: &[(&str, u32)]) -> Watcher {
    above.end();
    paired.take_adapter().halt();
    add(paired, keywords);
    watch(paired)
}

fn segment(is_ipv6: bool, sequence: u32, data: &[u8]) -> Segment<'_> {
    Segment {
        is_ipv6,
        to: PEER,
        from: OWN,
        sequence,
        data,
    }
}

/// To the adapter.
fn arriving(is_ipv6: bool, sequence: u32, data: &[u8]) -> Segment<'_> {
    Segment {
        to: OWN,
        from: PEER,
        ..segment(is_ipv6, sequence, data)
    }
}

fn tcp_at(is_ipv6: bool) -> u32 {
    BEFORE_TCP[usize::from(is_ipv6)] as u32
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 7 + at / 251) as u8).collect()
}

// HLK-03: offloads are there when the NIC below has them, and truthfully absent when not. The adapter was there first.
#[test]
fn the_nics_offloads_are_told_and_go_with_it() {
    let (mut paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    assert_eq!(paired.adapter().offloads().1, TASKS);
    let some = Offloads {
        send: Sums {
            tcp6: false,
            ..Sums::ALL
        },
        joins: [true, false],
        ..Offloads::ALL
    };
    paired.nic().set_offloads(some);
    let told = Offloads {
        priority: false,
        vlan: false,
        ..some
    };
    wait_told(&paired, told);
    paired.nic.take().expect("a NIC").halt();
    wait_told(&paired, Offloads::default());
    assert_eq!(paired.adapter().offloads().1, Offloads::default());
    above.end();
}

// NDIS-LIFE-04: an adapter that starts over its NIC says in its attributes what the NIC does, tags included.
#[test]
fn an_adapter_over_its_nic_says_all_at_once() {
    let (mut paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    above.end();
    paired.take_adapter().halt();
    paired.add_adapter(&[]);
    assert_eq!(paired.adapter().offloads(), (Offloads::ALL, TASKS));
}

// HLK-03: and not when it has none.
#[test]
fn a_nic_without_offloads_leaves_the_adapter_without() {
    let (paired, above) = ready_without();
    assert_eq!(paired.adapter().offloads(), Default::default());
    let frame = segment(false, 1, &bytes(100)).whole();
    assert_eq!(above.send(&[&[&frame]]), [SUCCESS]);
    above.end();
}

fn ready_without() -> (Paired, Watcher) {
    ready(NicOptions::default(), &[])
}

// INF-11, HLK StandardizedKeywords: what each keyword leaves is what the adapter says.
#[test]
fn keywords_switch_offloads_off() {
    let way = |send: bool, receive: bool, change: fn(&mut Sums)| {
        let mut on = Offloads::ALL;
        if !send {
            change(&mut on.send);
        }
        if !receive {
            change(&mut on.receive);
        }
        on
    };
    let cases = [
        (
            "*IPChecksumOffloadIPv4",
            1,
            way(true, false, |sums| sums.ip4 = false),
        ),
        (
            "*TCPChecksumOffloadIPv4",
            2,
            way(false, true, |sums| sums.tcp4 = false),
        ),
        (
            "*TCPChecksumOffloadIPv6",
            0,
            way(false, false, |sums| sums.tcp6 = false),
        ),
        (
            "*UDPChecksumOffloadIPv4",
            0,
            way(false, false, |sums| sums.udp4 = false),
        ),
        (
            "*UDPChecksumOffloadIPv6",
            1,
            way(true, false, |sums| sums.udp6 = false),
        ),
    ];
    let (mut paired, mut above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    for (keyword, value, mut on) in cases {
        above = again(&mut paired, above, &[(keyword, value)]);
        // What was not looked at is not joined either.
        on.joins = [on.receive.tcp4 && on.receive.ip4, on.receive.tcp6];
        wait_told(&paired, on);
    }
    for family in 0..2 {
        let (large, join) = [("*LsoV2IPv4", "*RscIPv4"), ("*LsoV2IPv6", "*RscIPv6")][family];
        above = again(
            &mut paired,
            above,
            &[(large, 0), (join, 0), ("*PriorityVLANTag", 1)],
        );
        let mut on = Offloads {
            vlan: false,
            ..Offloads::ALL
        };
        on.large[family] = Default::default();
        on.joins[family] = false;
        wait_told(&paired, on);
        // What the NIC did for everybody it does no more, and does again for the next.
        paired.wait(|paired| !paired.nic().offloads().joins[family]);
    }
    above = again(&mut paired, above, &[]);
    wait_told(&paired, Offloads::ALL);
    assert_eq!(paired.nic().offloads(), Offloads::ALL);
    above.end();
}

// NDIS-NBL-01, NDIS-NBL-02: the NIC makes the checksums of every frame of a list.
#[test]
fn checksums_are_made_below() {
    for options in nics() {
        let (paired, above) = ready(options, &[]);
        wait_told(&paired, TASKS);
        for is_ipv6 in [false, true] {
            let family = if is_ipv6 { IS_IPV6 } else { IS_IPV4 | MAKE_IP };
            let beside = Beside {
                checksum: family | MAKE_TCP | tcp_at(is_ipv6) << 16,
                ..Beside::default()
            };
            let payloads = [1, 100, 1400].map(bytes);
            let segments: Vec<_> = payloads
                .iter()
                .map(|data| segment(is_ipv6, 1, data))
                .collect();
            let frames: Vec<_> = segments.iter().map(|it| it.for_adapter(false)).collect();
            let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
            let (status, _) = above.send_with(&frames, beside);
            assert_eq!(status, SUCCESS);
            for segment in segments {
                let arrived = paired.peer.receive(SOON).expect("a frame");
                assert!(
                    arrived.starts_with(&segment.whole()),
                    "the checksums are right"
                );
            }
        }
        assert_eq!(paired.nic().statistics().summed, 6);
        above.end();
    }
}

// A large send goes down as it is and comes back as the NIC says: MiniportSendNetBufferLists, LsoV2TransmitComplete.
#[test]
fn large_sends_are_cut_below() {
    const MSS: usize = 1400;
    for options in nics() {
        let (paired, above) = ready(options, &[]);
        wait_told(&paired, TASKS);
        for is_ipv6 in [false, true] {
            let data_sent = bytes(50_000);
            let large = segment(is_ipv6, 9000, &data_sent).for_adapter(true);
            let beside = Beside::large(MSS as u32, tcp_at(is_ipv6), is_ipv6);
            let (status, after) = above.send_with(&[&large], beside);
            assert_eq!((status, after.large), (SUCCESS, VERSION_2));
            for (index, piece) in data_sent.chunks(MSS).enumerate() {
                let arrived = paired.peer.receive(SOON).expect("a segment");
                let sequence = 9000 + (index * MSS) as u32;
                let mut expected = segment(is_ipv6, sequence, piece).whole();
                renumber(&mut expected, is_ipv6, index as u16);
                assert!(arrived.starts_with(&expected), "segment {index}");
            }
        }
        assert_eq!(paired.nic().statistics().cut, 2);
        above.end();
    }
}

/// IPv4 numbers the packets of a stream; the checksum of its header follows.
fn renumber(frame: &mut [u8], is_ipv6: bool, by: u16) {
    if is_ipv6 {
        return;
    }
    let add = |at: usize, frame: &mut [u8], by: u32| {
        let word = u32::from(u16::from_be_bytes([frame[at], frame[at + 1]])) + by;
        let folded = (word & 0xFFFF) + (word >> 16);
        frame[at..at + 2].copy_from_slice(&(folded as u16).to_be_bytes());
    };
    add(18, frame, by.into());
    add(24, frame, u32::from(!by));
}

// The NIC changes while TCP/IP still counts on the old one: nothing is asked of it that it cannot do, and the list comes
// back (NDIS-NBL-02). The verifier watches.
#[test]
fn what_the_nic_does_no_more_is_refused() {
    let (paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    paired.nic().set_offloads(Offloads {
        large: Default::default(),
        ..Offloads::ALL
    });
    let data_sent = bytes(5000);
    let large = segment(false, 1, &data_sent).for_adapter(true);
    let (status, _) = above.send_with(&[&large], Beside::large(1400, tcp_at(false), false));
    assert_eq!(status, sys::NDIS_STATUS_NOT_SUPPORTED);
    assert_eq!(paired.nic().statistics().send_errors, 0, "it was not asked");
    let plain = segment(false, 1, &bytes(10)).whole();
    assert_eq!(above.send(&[&[&plain]]), [SUCCESS]);
    above.end();
}

// What the NIC saw of checksums comes up with the frame, as far as it was asked for.
#[test]
fn verdicts_on_checksums_come_up() {
    for (value, mask) in [(3, TCP_GOOD | TCP_FAILED), (1, 0)] {
        let (paired, above) = ready(able(), &[("*TCPChecksumOffloadIPv4", value)]);
        paired.wait(|paired| paired.adapter().offloads().0.send.tcp4);
        let payload = bytes(64);
        let good = arriving(false, 1, &payload).whole();
        let mut bad = arriving(false, 2, &payload).whole();
        bad[24] ^= 1;
        *bad.last_mut().expect("data") ^= 1;
        for (frame, verdict) in [(good, IP_GOOD | TCP_GOOD), (bad, IP_FAILED | TCP_FAILED)] {
            paired.peer.send(&frame);
            let (arrived, beside) = above.receive_with(SOON).expect("a frame");
            let expected = verdict & (mask | IP_GOOD | IP_FAILED);
            assert_eq!((arrived, beside.checksum), (frame, expected));
        }
        above.end();
    }
}

/// Sends segments to the adapter until some arrive joined; those, and how much data they bring.
fn joined(paired: &Paired, above: &Watcher, is_ipv6: bool) -> Option<(Vec<u8>, Beside)> {
    let piece = bytes(1000);
    let start = Instant::now();
    while start.elapsed() < SOON {
        for index in 0..8_u32 {
            let segment = arriving(is_ipv6, 1 + index * 1000, &piece);
            paired.peer.send(&segment.whole());
        }
        let mut seen = 0;
        while seen < 8 {
            let (frame, beside) = above.receive_with(SOON)?;
            seen += data(&frame).len() / 1000;
            if beside.joined != 0 {
                return Some((frame, beside));
            }
        }
    }
    None
}

// RSC: what the NIC joined comes up joined, with its count and its word for the checksums.
#[test]
fn joined_segments_come_up() {
    for is_ipv6 in [false, true] {
        let (paired, above) = ready(able(), &[]);
        wait_told(&paired, TASKS);
        let (frame, beside) = joined(&paired, &above, is_ipv6).expect("joined segments");
        let count = beside.joined as usize;
        assert!(count >= 2 && beside.checksum & TCP_GOOD != 0);
        assert_eq!(data(&frame), bytes(1000).repeat(count));
        above.end();
    }
}

// NDIS-PROT-02: RSC is one switch of the NIC's; an adapter without has it off for as long as it is there.
#[test]
fn nothing_is_joined_for_an_adapter_that_does_not_want_it() {
    let (mut paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    let above = again(&mut paired, above, &[("*RscIPv4", 0)]);
    // Before a frame passes: the verifier would see what nobody was told to expect.
    assert_eq!(paired.nic().offloads().joins, [false, true]);
    for index in 0..64_u32 {
        let piece = bytes(100);
        paired
            .peer
            .send(&arriving(false, 1 + index * 100, &piece).whole());
    }
    for _ in 0..64 {
        let (frame, beside) = above.receive_with(SOON).expect("a frame");
        assert_eq!((data(&frame).len(), beside.joined), (100, 0));
    }
    above.end();
    paired.take_adapter().halt();
    paired.wait(|paired| paired.nic().offloads().joins == [true, true]);
}

/// NDIS_OFFLOAD_PARAMETERS of revision 3, with one field set.
fn parameters(at: usize, value: u8) -> Vec<u8> {
    let mut all = vec![0; 26];
    all[..4].copy_from_slice(&[0x80, 3, 26, 0]);
    all[at] = value;
    all
}

// NDIS-OID-11: sets are checked. OID_TCP_OFFLOAD_PARAMETERS: NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG follows each set.
#[test]
fn offloads_are_switched_at_run_time() {
    let (paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    let set = |request: &[u8]| above.set(sys::OID_TCP_OFFLOAD_PARAMETERS, request);
    let large_off = Offloads {
        large: [Default::default(), TASKS.large[1]],
        ..TASKS
    };
    for (value, on) in [(1, large_off), (2, TASKS)] {
        assert_eq!(set(&parameters(11, value)), SUCCESS);
        wait_told(&paired, on);
        // What could be is as it was.
        assert_eq!(paired.adapter().offloads().1, TASKS);
    }
    let told = above.offloads().len();
    assert_eq!(set(&parameters(11, 0)), SUCCESS);
    paired.wait(|_| above.offloads().len() > told);
    // The NIC's own switch follows, both ways.
    for (value, on) in [(1, false), (2, true)] {
        assert_eq!(set(&parameters(22, value)), SUCCESS);
        paired.wait(|paired| paired.nic().offloads().joins == [on, true]);
        wait_told(
            &paired,
            Offloads {
                joins: [on, true],
                ..TASKS
            },
        );
    }
    assert_eq!(set(&parameters(11, 3)), sys::NDIS_STATUS_INVALID_DATA);
    assert_eq!(set(&parameters(4, 5)), sys::NDIS_STATUS_INVALID_DATA);
    // Large sends of version 1, and IPsec, are never there.
    assert_eq!(set(&parameters(9, 2)), sys::NDIS_STATUS_NOT_SUPPORTED);
    assert_eq!(set(&parameters(20, 2)), sys::NDIS_STATUS_NOT_SUPPORTED);
    assert_eq!(set(&[0; 19]), sys::NDIS_STATUS_INVALID_LENGTH);
    above.end();
}

// OID_OFFLOAD_ENCAPSULATION: Ethernet's header, or nothing.
#[test]
fn only_ethernet_is_an_encapsulation() {
    let (paired, above) = ready(able(), &[]);
    let mut request = vec![0; 28];
    request[..4].copy_from_slice(&[0xA8, 1, 28, 0]);
    for at in [4, 16] {
        request[at] = 1;
        // NDIS_ENCAPSULATION_IEEE_LLC_SNAP_ROUTED
        request[at + 4] = 0x10;
        let status = above.set(sys::OID_OFFLOAD_ENCAPSULATION, &request);
        assert_eq!(status, sys::NDIS_STATUS_INVALID_PARAMETER);
        request[at] = 2;
        assert_eq!(above.set(sys::OID_OFFLOAD_ENCAPSULATION, &request), SUCCESS);
    }
    let short = above.set(sys::OID_OFFLOAD_ENCAPSULATION, &request[..27]);
    assert_eq!(short, sys::NDIS_STATUS_INVALID_LENGTH);
    above.end();
    drop(paired);
}

/// A frame as it is on the wire of a VLAN.
fn tagged(frame: &[u8], priority: u8, vlan: u16) -> Vec<u8> {
    let [high, low] = (u16::from(priority) << 13 | vlan).to_be_bytes();
    [&frame[..12], &[0x81, 0, high, low], &frame[12..]].concat()
}

// IEEE 802.1Q: tags are beside the frames of an adapter that says so, both ways.
#[test]
fn tags_pass_both_ways() {
    let (mut paired, above) = ready(able(), &[]);
    let above = again(&mut paired, above, &[]);
    let payload = bytes(100);
    let down = segment(false, 1, &payload).whole();
    let (status, _) = above.send_with(&[&down], Beside::tagged(5, 77));
    assert_eq!(status, SUCCESS);
    let arrived = paired.peer.receive(SOON).expect("a frame");
    assert_eq!(&arrived[..], tagged(&down, 5, 77));
    let up = arriving(false, 1, &payload).whole();
    paired.peer.send(&tagged(&up, 3, 99));
    let (arrived, beside) = above.receive_with(SOON).expect("a frame");
    assert_eq!((arrived, beside.tag), (up, Beside::tagged(3, 99).tag));
    above.end();
}

// What the adapter did not say it does it does not do: a VLAN's frames are no untagged ones, and a priority is lost.
#[test]
fn an_adapter_without_tags_hears_no_vlan() {
    let (paired, above) = ready(able(), &[]);
    wait_told(&paired, TASKS);
    let payload = bytes(100);
    let up = arriving(false, 1, &payload).whole();
    paired.peer.send(&tagged(&up, 3, 99));
    paired.peer.send(&tagged(&up, 3, 0));
    let (arrived, beside) = above.receive_with(SOON).expect("a frame");
    assert_eq!((arrived, beside.tag), (up, 0));
    assert!(above.receive(std::time::Duration::ZERO).is_none());
    above.end();
}

// OID_GEN_VLAN_ID and its keyword: the adapter's frames are those of its VLAN.
#[test]
fn an_adapter_may_be_of_one_vlan() {
    let (mut paired, above) = ready(able(), &[]);
    let above = again(&mut paired, above, &[("VlanID", 7)]);
    let payload = bytes(100);
    let (down, up) = (
        segment(false, 1, &payload).whole(),
        arriving(false, 1, &payload).whole(),
    );
    for vlan in [7_u16, 8] {
        let set = above.set(sys::OID_GEN_VLAN_ID, &u32::from(vlan).to_le_bytes());
        assert_eq!(set, SUCCESS);
        assert_eq!(above.send(&[&[&down]]), [SUCCESS]);
        let arrived = paired.peer.receive(SOON).expect("a frame");
        assert_eq!(&arrived[..], tagged(&down, 0, vlan));
        paired.peer.send(&tagged(&up, 0, vlan ^ 1));
        paired.peer.send(&up);
        paired.peer.send(&tagged(&up, 0, vlan));
        let (_, beside) = above.receive_with(SOON).expect("a frame");
        assert_eq!(beside.tag, Beside::tagged(0, vlan.into()).tag);
        assert!(above.receive(std::time::Duration::ZERO).is_none());
    }
    let beyond = above.set(sys::OID_GEN_VLAN_ID, &4095_u32.to_le_bytes());
    assert_eq!(beyond, sys::NDIS_STATUS_INVALID_DATA);
    let answer = paired.adapter().oid_query(sys::OID_GEN_VLAN_ID, 4);
    assert_eq!(answer.number(), Some(8));
    above.end();
}

// A VLAN over a NIC that has none would be everybody's.
#[test]
fn a_vlan_that_the_nic_does_not_know_passes_nothing() {
    let (paired, above) = ready(NicOptions::default(), &[("VlanID", 7)]);
    let down = segment(false, 1, &bytes(100)).whole();
    assert_eq!(above.send(&[&[&down]]), [sys::NDIS_STATUS_NOT_SUPPORTED]);
    paired.peer.send(&arriving(false, 1, &bytes(100)).whole());
    assert!(above.receive(softrnic_functional::A_WHILE).is_none());
    above.end();
}
