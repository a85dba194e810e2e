//! The frame path while its edges pause, sleep, lose their link and go, and while memory runs out.

use std::time::Duration;

use softrnic::sys;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{KIND, OWN, PEER, Paired, frame};

fn varying(seed: u64) -> NicOptions {
    NicOptions {
        varies: true,
        buffers: 3,
        seed,
        ..NicOptions::default()
    }
}

// NDIS-PROT-03, NDIS-PM-01, NDIS-NBL-02, -08, NDIS-REG-10: whatever the NIC does under traffic, every list comes back, and frames
// pass in the end.
#[test]
fn a_restless_nic_strands_nothing() {
    for seed in 1..=3 {
        let paired = Paired::new(varying(seed));
        let above = paired.watch();
        paired.wait_up();
        let down = frame(PEER, OWN, &[0; 200]);
        let send = || {
            let list: &[&[u8]] = &[&down, &down];
            let _ = above.send(&[list; 4]);
        };
        let peer = &paired.peer;
        let receive = || {
            peer.send_to(OWN, KIND, &[0; 100]);
            let _ = above.receive(Duration::ZERO);
            let _ = peer.receive(Duration::ZERO);
        };
        paired.during(&[&send, &receive], || {
            for _ in 0..30 {
                paired.nic().pause();
                paired.nic().restart();
                paired.nic().set_link(false);
                paired.nic().set_link(true);
                paired.nic().sleep();
                paired.nic().wake();
            }
        });
        paired.wait_up();
        paired.passes(&above);
        above.end();
    }
}

// NDIS-LIFE-08, NDIS-LIFE-09: the adapter pauses while frames come; nothing is indicated meanwhile, and all is back.
#[test]
fn an_adapter_pauses_under_traffic() {
    for seed in 1..=3 {
        let paired = Paired::new(varying(seed));
        let above = paired.watch();
        paired.wait_up();
        above.keep();
        let peer = &paired.peer;
        let receive = || {
            peer.send_to(OWN, KIND, &[0; 100]);
            let _ = above.receive(Duration::ZERO);
        };
        paired.during(&[&receive], || {
            for _ in 0..30 {
                paired.adapter().pause();
                paired.adapter().restart().expect("restarts");
            }
        });
        let _ = above.release();
        paired.passes(&above);
        above.end();
    }
}

// NDIS-LIFE-11, -12, -17, NDIS-PROT-03, -05, NDIS-REG-10: both edges' events come in no fixed order.
#[test]
fn both_edges_pause_at_once() {
    let paired = Paired::new(varying(5));
    let above = paired.watch();
    paired.wait_up();
    above.keep();
    let (peer, nic) = (&paired.peer, paired.nic());
    let receive = || {
        peer.send_to(OWN, KIND, &[0; 100]);
        let _ = above.receive(Duration::ZERO);
    };
    let below = || {
        nic.pause();
        nic.restart();
    };
    paired.during(&[&receive, &below], || {
        for _ in 0..40 {
            paired.adapter().pause();
            paired.adapter().restart().expect("restarts");
        }
    });
    let _ = above.release();
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-06, NDIS-NBL-12: memory that runs out costs the pair or frames, never more.
#[test]
fn any_one_allocation_may_fail() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    let pool = &paired.machine.pool;
    for nth in 1.. {
        pool.fail_at(nth);
        let started = paired.try_add_adapter(&[]);
        let all = pool.failure_is_due();
        if started.is_ok() {
            // The bind and the first frames may meet the failure, too.
            paired.machine.ndis.settle(paired.machine);
            let above = paired.machine.watch(&paired.adapter().guid());
            let down = frame(PEER, OWN, b"down");
            let _ = above.send(&[&[&down]]);
            above.end();
            paired.take_adapter().halt();
        }
        pool.fail_at(0);
        if all {
            assert!(nth > 10, "an adapter that is paired needs memory");
            break;
        }
    }
    paired.add_adapter(&[]);
    paired.wait_bound(1);
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-NBL-12: a list that there is no memory to clone comes back, with the reason, and the next one is sent.
#[test]
fn a_list_without_a_clone_comes_back() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    let (down, pool) = (frame(PEER, OWN, b"down"), &paired.machine.pool);
    let without = (1..=4).any(|nth| {
        pool.fail_at(nth);
        let sent = above.send(&[&[&down]]);
        pool.fail_at(0);
        sent == [sys::NDIS_STATUS_RESOURCES]
    });
    assert!(without, "a clone needs memory");
    paired.passes(&above);
    above.end();
}
