//! The frame path: what passes between the adapter and its NIC, and what of it is counted.

use std::time::Duration;

use softrnic::sys;
use softrnic_emulator::nic::{NicOptions, Statistics};
use softrnic_functional::paired::{EVERYBODY, KIND, OWN, PEER, Paired, frame};
use softrnic_functional::{A_WHILE, SOON, at_dispatch};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const GROUP: [u8; 6] = [0x33, 0x33, 0, 0, 0, 1];
const STRANGER: [u8; 6] = [2, 0, 0, 0, 0, 8];

/// NICs that end calls at once, and later, keep receives, and lend few.
fn nics() -> impl Iterator<Item = NicOptions> {
    let plain = NicOptions::default();
    let varying = (1..=4).map(|seed| NicOptions {
        varies: true,
        buffers: 3,
        seed,
        ..NicOptions::default()
    });
    std::iter::once(plain).chain(varying)
}

// NDIS-NBL-01, NDIS-NBL-02, NDIS-NBL-03: lists of one and of many frames arrive whole and in order, and come back sent.
#[test]
fn frames_go_down_in_order_and_come_back_sent() {
    for options in nics() {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        let frames: Vec<Vec<u8>> = (0..60_u8)
            .map(|number| frame(PEER, OWN, &[number; 64]))
            .collect();
        let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let lists: Vec<&[&[u8]]> = frames.chunks(3).collect();
        assert_eq!(above.send(&lists), vec![SUCCESS; lists.len()]);
        for (number, sent) in frames.iter().enumerate() {
            let arrived = paired.peer.receive(SOON).expect("a frame");
            assert_eq!(&arrived[..], *sent, "frame {number}");
        }
        above.end();
    }
}

// NDIS-NBL-01, -06, -07, NDIS-REG-10: several processors send at once, at either level; each one's frames stay in their order.
#[test]
fn processors_send_at_once() {
    const SENDERS: u8 = 4;
    const FRAMES: u8 = 100;
    for options in nics() {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        let (machine, above_it) = (paired.machine, &above);
        std::thread::scope(|scope| {
            for sender in 0..SENDERS {
                scope.spawn(move || {
                    let _attached = machine.attach();
                    for number in 0..FRAMES {
                        let one = frame(PEER, OWN, &[sender, number]);
                        let list: &[&[u8]] = &[&one];
                        let sending = if number % 2 == 0 {
                            above_it.start(&[list], std::ptr::null_mut())
                        } else {
                            at_dispatch(|| above_it.start(&[list], std::ptr::null_mut()))
                        };
                        assert_eq!(above_it.collect(&sending), [SUCCESS]);
                    }
                });
            }
        });
        let mut next = [0; SENDERS as usize];
        for _ in 0..usize::from(SENDERS) * usize::from(FRAMES) {
            let arrived = paired.peer.receive(SOON).expect("a frame");
            let (sender, number) = (arrived[14], arrived[15]);
            let expected = &mut next[usize::from(sender)];
            assert_eq!(number, *expected, "of sender {sender}");
            *expected += 1;
        }
        above.end();
    }
}

// NDIS-PROT-06, NDIS-NBL-05, NDIS-NBL-07: with RESOURCES or without, what is the adapter's arrives above, once and in order.
#[test]
fn frames_come_up_in_order() {
    for options in nics() {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        for number in 0..200_u8 {
            paired.peer.send_to(OWN, KIND, &[number; 50]);
        }
        for number in 0..200_u8 {
            let arrived = above.receive(SOON).expect("a frame");
            assert_eq!(arrived, frame(OWN, PEER, &[number; 50]));
        }
        above.end();
    }
}

// Design section 2: the NIC below gives all frames; only the adapter's go up. NDIS-PROT-06: the others go back, or the NIC could not go.
#[test]
fn only_the_adapters_frames_come_up() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    assert_eq!(above.set_multicast(&[GROUP]), SUCCESS);
    paired.wait_up();
    let others = [STRANGER, [0x33, 0x33, 0, 0, 0, 2], paired.nic().mac()];
    for to in others.into_iter().chain([OWN, GROUP, EVERYBODY]) {
        paired.peer.send_to(to, KIND, b"frame");
    }
    for to in [OWN, GROUP, EVERYBODY] {
        assert_eq!(above.receive(SOON), Some(frame(to, PEER, b"frame")));
    }
    assert_eq!(above.receive(A_WHILE), None);
    above.end();
}

// NDIS-NBL-09: a switch that floods brings the adapter's own frames back.
#[test]
fn own_frames_are_not_received() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.peer.send(&frame(EVERYBODY, OWN, b"echo"));
    paired.peer.send_to(EVERYBODY, KIND, b"news");
    assert_eq!(above.receive(SOON), Some(frame(EVERYBODY, PEER, b"news")));
    above.end();
}

// NDIS-PROT-06: a list kept above keeps the NIC's; it comes back when it is returned.
#[test]
fn kept_frames_come_back_when_they_are_returned() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    above.keep();
    for number in 0..5_u8 {
        paired.peer.send_to(OWN, KIND, &[number; 50]);
        assert!(above.receive(SOON).is_some());
    }
    assert_eq!(above.release(), 5);
    above.end();
}

/// The numbers of OID_GEN_STATISTICS from `ifInDiscards` on.
fn counted(paired: &Paired) -> Vec<u64> {
    let answer = paired.adapter().oid_query(sys::OID_GEN_STATISTICS, 152);
    assert_eq!(answer.status, SUCCESS);
    let numbers = answer.data[8..].chunks_exact(8);
    numbers
        .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")))
        .collect()
}

// The contract's section 5: statistics are what passed, by kind, Ethernet headers and all.
#[test]
fn what_passed_is_counted() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    assert_eq!(above.set_multicast(&[GROUP]), SUCCESS);
    paired.wait_up();
    let (unicast, multicast, broadcast) = (
        frame(PEER, OWN, &[1; 100]),
        frame(GROUP, OWN, &[2; 200]),
        frame(EVERYBODY, OWN, &[3; 300]),
    );
    let lists: [&[&[u8]]; 2] = [&[&unicast, &multicast], &[&broadcast]];
    assert_eq!(above.send(&lists), [SUCCESS; 2]);
    for (to, length) in [
        (OWN, 50),
        (OWN, 60),
        (GROUP, 70),
        (EVERYBODY, 80),
        (STRANGER, 90),
    ] {
        paired.peer.send_to(to, KIND, &vec![0; length]);
    }
    for _ in 0..4 {
        assert!(above.receive(SOON).is_some());
    }
    // In: discards, errors, octets, frames of each kind; the same out; octets of each kind, in and out.
    let expected = [
        [0, 0, 50 + 60 + 70 + 80 + 4 * 14, 2, 1, 1].as_slice(),
        &[100 + 200 + 300 + 3 * 14, 1, 1, 1, 0, 0],
        &[50 + 60 + 2 * 14, 70 + 14, 80 + 14],
        &[100 + 14, 200 + 14, 300 + 14],
    ];
    assert_eq!(counted(&paired), expected.concat());
    let sent = paired.adapter().oid_query(sys::OID_GEN_XMIT_OK, 8);
    let received = paired.adapter().oid_query(sys::OID_GEN_RCV_OK, 8);
    assert_eq!((sent.number(), received.number()), (Some(3), Some(4)));
    // The stranger's may come last.
    paired.wait(|paired| paired.nic().statistics().frames_received == 5);
    let below: Statistics = paired.nic().statistics();
    assert_eq!(below.frames_sent, 3);
    above.end();
}

// NDIS-NBL-02: what the NIC refuses comes back with the NIC's reason, and is counted as not sent.
#[test]
fn the_nics_verdict_comes_up() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    let giant = frame(PEER, OWN, &[0; 3000]);
    assert_ne!(above.send(&[&[&giant]]), [SUCCESS]);
    let numbers = counted(&paired);
    let (octets, errors, discards) = (numbers[6], numbers[10], numbers[11]);
    assert_eq!((octets, errors + discards), (0, 1));
    above.end();
}

// NDIS-NBL-04: what waits in the NIC is aborted; sooner or later a cancel finds something there.
#[test]
fn a_cancel_reaches_the_nic() {
    let paired = Paired::new(nics().last().expect("a NIC"));
    let above = paired.watch();
    paired.wait_up();
    let frame = frame(PEER, OWN, &[0; 64]);
    let (id, other) = (0x1234 as sys::PVOID, 0x5678 as sys::PVOID);
    let list: &[&[u8]] = &[&frame];
    let is_aborted = |status: &i32| *status == sys::NDIS_STATUS_SEND_ABORTED;
    let aborted = (0..10_000).any(|_| {
        let (cancelled, kept) = (above.start(&[list; 8], id), above.start(&[list], other));
        above.cancel(id);
        assert_eq!(above.collect(&kept), [SUCCESS], "it has another id");
        above.collect(&cancelled).iter().any(is_aborted)
    });
    assert!(aborted);
    above.end();
}

// NDIS-NBL-04: a cancel reaches the NIC; whatever it comes too late for is sent, and every list comes back.
#[test]
fn cancelled_sends_come_back() {
    for options in nics() {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        let frame = frame(PEER, OWN, &[0; 64]);
        let id = 0x1234 as sys::PVOID;
        let list: &[&[u8]] = &[&frame];
        let lists = [list; 8];
        let sending = above.start(&lists, id);
        above.cancel(id);
        let ended = above.collect(&sending);
        let sent = ended.iter().filter(|status| **status == SUCCESS).count();
        let aborted = ended
            .iter()
            .filter(|status| **status == sys::NDIS_STATUS_SEND_ABORTED);
        assert_eq!(sent + aborted.count(), 8);
        for _ in 0..sent {
            assert!(paired.peer.receive(SOON).is_some());
        }
        assert!(paired.peer.receive(Duration::ZERO).is_none());
        above.end();
    }
}
