//! While the NIC is reset: sends wait for the end, bounded in number and in time, and come back by every way out.

use std::time::{Duration, Instant};

use softrnic::sys;
use softrnic_emulator::ndis::{Keyword, Sending, Watcher};
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{EVERYBODY, KIND, OWN, PEER, Paired, USUAL, frame};
use softrnic_functional::{A_WHILE, SOON};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const RESET: i32 = sys::NDIS_STATUS_RESET_IN_PROGRESS;
const NONE: sys::PVOID = std::ptr::null_mut();
/// Lists that are held, and for how long.
const MOST: usize = 1024;
const LONGEST: Duration = Duration::from_secs(2);

fn varying(seed: u64) -> NicOptions {
    NicOptions {
        varies: true,
        buffers: 3,
        seed,
        ..NicOptions::default()
    }
}

fn numbered(number: u16) -> Vec<u8> {
    frame(PEER, OWN, &[&number.to_be_bytes()[..], &[0; 62]].concat())
}

/// Lists of one frame each, with these numbers, in one call.
fn start(above: &Watcher, numbers: std::ops::Range<u16>, id: sys::PVOID) -> Vec<Sending> {
    let frames: Vec<Vec<u8>> = numbers.map(numbered).collect();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let lists: Vec<&[&[u8]]> = frames.iter().map(std::slice::from_ref).collect();
    above.start(&lists, id)
}

/// The numbers of the next frames that the peer gets.
fn arrived(paired: &Paired, count: usize) -> Vec<u16> {
    let number = |frame: &[u8]| u16::from_be_bytes([frame[14], frame[15]]);
    let next = || number(&paired.peer.receive(SOON).expect("a frame"));
    std::iter::repeat_with(next).take(count).collect()
}

fn all(statuses: &[i32], status: i32) -> bool {
    statuses.iter().all(|other| *other == status)
}

/// A pair whose NIC is being reset, with held sends.
fn with_held_sends() -> (Paired, Watcher, Vec<Sending>) {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let held = start(&above, 0..8, NONE);
    assert_eq!(above.pending(&held), 8);
    (paired, above, held)
}

// NDIS-LIFE-18, NDIS-NBL-01: nothing goes to the NIC meanwhile; then all does, in order, what comes after it behind.
#[test]
fn sends_wait_for_the_end() {
    for options in [NicOptions::default(), varying(1), varying(2)] {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        for _ in 0..3 {
            paired.nic().begin_reset();
            let mut sending = start(&above, 0..20, NONE);
            sending.extend(start(&above, 20..21, NONE));
            assert_eq!(paired.peer.receive(A_WHILE), None);
            assert_eq!(above.pending(&sending), 21);
            paired.nic().end_reset();
            sending.extend(start(&above, 21..30, NONE));
            assert!(all(&above.collect(&sending), SUCCESS));
            assert_eq!(arrived(&paired, 30), (0..30).collect::<Vec<u16>>());
        }
        assert_eq!(
            paired.nic().statistics().send_errors,
            0,
            "it was left alone"
        );
        above.end();
    }
}

// NDIS-LIFE-18: what the NIC had and dropped goes out again, before what was sent after it.
#[test]
fn dropped_sends_go_out_again() {
    for seed in 1..=4 {
        let paired = Paired::new(varying(seed));
        let above = paired.watch();
        paired.wait_up();
        let mut rounds = 0;
        while paired.nic().statistics().send_errors < 20 {
            let mut sending = start(&above, 0..12, NONE);
            paired.nic().begin_reset();
            sending.extend(start(&above, 12..20, NONE));
            paired.nic().end_reset();
            assert!(all(&above.collect(&sending), SUCCESS), "round {rounds}");
            assert_eq!(arrived(&paired, 20), (0..20).collect::<Vec<u16>>());
            rounds += 1;
            assert!(rounds < 5000, "the NIC drops something");
        }
        above.end();
    }
}

// NDIS-LIFE-18: a list that the NIC drops once more comes back with its reason.
#[test]
fn a_send_is_tried_twice() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let sending = start(&above, 0..4, NONE);
    // It says that it is over, and drops what comes all the same.
    paired.nic().say_reset_ends();
    assert!(all(&above.collect(&sending), RESET));
    paired.nic().end_reset();
    let dropped = paired.nic().statistics().send_errors;
    assert!((4..=8).contains(&dropped), "{dropped}");
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-18: so many are held and no more; a call's lists are held together, or not.
#[test]
fn few_enough_are_held() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let held = start(&above, 0..1020, NONE);
    let refused = start(&above, 2000..2005, NONE);
    assert!(all(&above.collect(&refused), RESET));
    let last = start(&above, 1020..1024, NONE);
    assert_eq!(above.pending(&held) + above.pending(&last), MOST);
    assert_eq!(above.collect(&start(&above, 3000..3001, NONE)), [RESET]);
    paired.nic().end_reset();
    assert!(all(&above.collect(&held), SUCCESS) && all(&above.collect(&last), SUCCESS));
    assert_eq!(arrived(&paired, MOST), (0..1024).collect::<Vec<u16>>());
    paired.passes(&above);
    above.end();
}

// NDIS-NBL-04: what is held and cancelled is aborted; the rest keeps its order.
#[test]
fn held_sends_are_cancelled() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let id = 0x1234 as sys::PVOID;
    let (first, cancelled) = (start(&above, 0..3, NONE), start(&above, 3..6, id));
    let last = start(&above, 6..9, 0x5678 as sys::PVOID);
    above.cancel(id);
    assert!(all(
        &above.collect(&cancelled),
        sys::NDIS_STATUS_SEND_ABORTED
    ));
    assert_eq!(above.pending(&first) + above.pending(&last), 6);
    paired.nic().end_reset();
    assert!(all(&above.collect(&first), SUCCESS) && all(&above.collect(&last), SUCCESS));
    assert_eq!(arrived(&paired, 6), [0, 1, 2, 6, 7, 8]);
    above.end();
}

// NDIS-NBL-08: a reset that does not end gives all back, and holds nothing more until it does.
#[test]
fn a_reset_that_does_not_end_holds_nothing() {
    let (paired, above, held) = with_held_sends();
    let start_of_wait = Instant::now();
    assert!(all(&above.collect(&held), RESET));
    let took = start_of_wait.elapsed();
    assert!(took > LONGEST / 2 && took < SOON / 2, "{took:?}");
    assert_eq!(above.send(&[&[&numbered(1)]]), [RESET]);
    paired.nic().end_reset();
    paired.passes(&above);
    // The next one holds again.
    paired.nic().begin_reset();
    let held = start(&above, 0..2, NONE);
    assert_eq!(above.pending(&held), 2);
    paired.nic().end_reset();
    assert!(all(&above.collect(&held), SUCCESS));
    above.end();
}

// NDIS-PROT-03, NDIS-LIFE-18: the binding's pause gives back what is held; it does not wait for the reset.
#[test]
fn the_nic_pauses_in_a_reset() {
    let (paired, above, held) = with_held_sends();
    paired.nic().pause();
    assert_eq!(above.pending(&held), 0);
    assert!(all(&above.collect(&held), sys::NDIS_STATUS_PAUSED));
    assert_eq!(above.send(&[&[&numbered(1)]]), [sys::NDIS_STATUS_PAUSED]);
    paired.nic().restart();
    let held = start(&above, 0..2, NONE);
    assert_eq!(above.pending(&held), 2, "it is being reset still");
    paired.nic().end_reset();
    assert!(all(&above.collect(&held), SUCCESS));
    above.end();
}

// NDIS-PM-01: as a pause.
#[test]
fn the_nic_sleeps_in_a_reset() {
    let (paired, above, held) = with_held_sends();
    paired.nic().sleep();
    assert!(all(&above.collect(&held), sys::NDIS_STATUS_LOW_POWER_STATE));
    paired.nic().wake();
    paired.nic().end_reset();
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-08, NDIS-LIFE-12: the adapter pauses, goes on, and is halted while its NIC is being reset.
#[test]
fn the_adapter_pauses_and_halts_in_a_reset() {
    let (mut paired, above, held) = with_held_sends();
    // NDIS first waits for the sends of those above.
    paired.adapter().pause();
    assert!(all(&above.collect(&held), RESET));
    paired.adapter().restart().expect("restarts");
    assert_eq!(above.send(&[&[&numbered(1)]]), [RESET], "it lasts too long");
    above.end();
    paired.take_adapter().halt();
    paired.add_adapter(&[]);
    paired.nic().end_reset();
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-PROT-02: the NIC goes, in order or not, while it is being reset; the next one knows nothing of it.
#[test]
fn the_nic_goes_in_a_reset() {
    for pulled in [false, true] {
        let (mut paired, above, held) = with_held_sends();
        let nic = paired.nic.take().expect("a NIC");
        let again = nic.options();
        if pulled {
            nic.remove()
        } else {
            nic.halt()
        }
        assert_eq!(above.pending(&held), 0);
        let statuses = above.collect(&held);
        let gone = [sys::NDIS_STATUS_PAUSED, sys::NDIS_STATUS_MEDIA_DISCONNECTED];
        assert!(statuses.iter().all(|it| gone.contains(it)), "{statuses:x?}");
        paired.nic = Some(paired.machine.add_nic(&paired.switch, again));
        paired.wait_up();
        paired.passes(&above);
        above.end();
    }
}

// NDIS-LIFE-16: the adapter's device is gone: what is held is not accepted.
#[test]
fn the_adapter_is_pulled_out_in_a_reset() {
    let (mut paired, above, held) = with_held_sends();
    paired.take_adapter().surprise_remove();
    assert!(all(&above.collect(&held), sys::NDIS_STATUS_NOT_ACCEPTED));
    above.end();
    paired.nic().end_reset();
    paired.add_adapter(&[]);
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-REG-09: the driver is unloaded while its NIC is being reset.
#[test]
fn the_driver_goes_in_a_reset() {
    let (mut paired, above, held) = with_held_sends();
    above.end();
    drop(held);
    paired.unload();
    paired.nic().end_reset();
    paired.load();
    paired.add_adapter(&[]);
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-18, NDIS-PROT-06: nothing is indicated meanwhile: what the NIC gives goes back to it, which its pause sees.
#[test]
fn nothing_is_received_in_a_reset() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let before = paired.nic().statistics().frames_received;
    paired.peer.send_to(OWN, KIND, b"nobody hears it");
    paired.wait(|paired| paired.nic().statistics().frames_received > before);
    assert_eq!(above.receive(A_WHILE), None);
    paired.nic().end_reset();
    paired.nic().pause();
    paired.nic().restart();
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-18: nor is the NIC asked anything; it hears of it afterwards.
#[test]
fn a_nic_is_asked_nothing_in_a_reset() {
    let mut paired = Paired::without_adapter(NicOptions {
        mac: Some(OWN),
        ..NicOptions::default()
    });
    paired.add_adapter(&[("SharedAddress", Keyword::from(1))]);
    let above = paired.watch();
    paired.wait_up();
    paired.nic().begin_reset();
    let filter = USUAL & !sys::NDIS_PACKET_TYPE_BROADCAST;
    assert_eq!(above.set_filter(filter), SUCCESS);
    std::thread::sleep(A_WHILE);
    assert_eq!(paired.nic().statistics().asked_in_reset, 0);
    paired.nic().end_reset();
    paired.wait(|paired| paired.nic().filter() == filter);
    paired.peer.send_to(EVERYBODY, KIND, b"nobody hears it");
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-18, NDIS-NBL-02, NDIS-REG-10: resets, pauses and links that go, under traffic: every list comes back once, each sender's frames
// in their order, and frames pass in the end.
#[test]
fn resets_in_a_storm_strand_nothing() {
    for seed in 1..=3 {
        let paired = Paired::new(varying(seed));
        let above = paired.watch();
        paired.wait_up();
        let send = || {
            let sending = start(&above, 0..5, 0x1234 as sys::PVOID);
            let more = start(&above, 5..8, NONE);
            above.cancel(0x1234 as sys::PVOID);
            let _ = (above.collect(&sending), above.collect(&more));
        };
        let peer = &paired.peer;
        let receive = || {
            peer.send_to(OWN, KIND, &[0; 100]);
            let _ = above.receive(Duration::ZERO);
            let _ = peer.receive(Duration::ZERO);
        };
        paired.during(&[&send, &send, &receive], || {
            for round in 0..40 {
                paired.nic().begin_reset();
                if round % 4 == 1 {
                    paired.nic().pause();
                    paired.nic().restart();
                }
                if round % 4 == 2 {
                    paired.nic().set_link(false);
                    paired.nic().set_link(true);
                }
                paired.nic().end_reset();
            }
        });
        paired.wait_up();
        paired.passes(&above);
        above.end();
    }
}
