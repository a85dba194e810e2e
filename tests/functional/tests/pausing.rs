//! One edge is paused, asleep or gone, and the other does everything it may do meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys;
use softrnic_emulator::interlude::Moment;
use softrnic_emulator::ndis::Keyword;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{KIND, OWN, PEER, Paired, frame};
use softrnic_functional::{A_WHILE, Flag, SOON};

#[derive(Clone, Copy)]
enum Edge {
    Adapter,
    Nic,
}
use Edge::{Adapter, Nic};

/// Both, either first.
const ORDERS: [[Edge; 2]; 2] = [[Adapter, Nic], [Nic, Adapter]];

impl Edge {
    fn pause(self, paired: &Paired) {
        match self {
            Adapter => paired.adapter().pause(),
            Nic => paired.nic().pause(),
        }
    }

    fn restart(self, paired: &Paired) {
        match self {
            Adapter => paired.adapter().restart().expect("restarts"),
            Nic => paired.nic().restart(),
        }
    }
}

// NDIS-LIFE-17, NDIS-PROT-05, NDIS-LIFE-10, NDIS-PROT-03: each edge pauses and restarts while the other is paused, in every order; frames
// are refused as long as either is, and pass when neither is.
#[test]
fn either_edge_moves_while_the_other_is_paused() {
    for (pause, restart) in ORDERS
        .iter()
        .flat_map(|pause| ORDERS.iter().map(move |restart| (pause, restart)))
    {
        let paired = Paired::new(NicOptions::default());
        let above = paired.watch();
        paired.wait_up();
        let down = frame(PEER, OWN, b"down");
        let expect_refused = || {
            let refused = [sys::NDIS_STATUS_PAUSED];
            assert_eq!(paired.adapter().send(&[&down]), refused);
        };
        pause[0].pause(&paired);
        expect_refused();
        pause[1].pause(&paired);
        expect_refused();
        restart[0].restart(&paired);
        expect_refused();
        restart[1].restart(&paired);
        paired.passes(&above);
        above.end();
    }
}

// NDIS-LIFE-17, NDIS-PROT-05, NDIS-LIFE-12: an adapter goes and comes while its NIC is paused; it hears of the NIC when that runs again.
#[test]
fn an_adapter_starts_over_a_nic_that_is_paused() {
    let mut paired = Paired::new(NicOptions::default());
    paired.wait_up();
    paired.nic().pause();
    paired.take_adapter().halt();
    paired.add_adapter(&[]);
    paired.nic().restart();
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-17, NDIS-PROT-05, NDIS-PROT-02: a NIC goes and comes while its adapter is paused.
#[test]
fn a_nic_goes_and_comes_below_an_adapter_that_is_paused() {
    let mut paired = Paired::new(NicOptions::default());
    paired.wait_up();
    paired.adapter().pause();
    let nic = paired.nic.take().expect("a NIC");
    let again = nic.options();
    nic.halt();
    paired.nic = Some(paired.machine.add_nic(&paired.switch, again));
    paired.wait_bound(1);
    paired.machine.ndis.settle(paired.machine);
    paired.adapter().restart().expect("restarts");
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

// NDIS-PROT-03, NDIS-PROT-06: the pause of a NIC is over when the layers above have given back the last of its lists, and not before.
#[test]
fn a_nics_pause_waits_for_what_is_kept_above() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    above.keep();
    paired.peer.send_to(OWN, KIND, b"kept");
    assert!(above.receive(SOON).is_some());
    let is_paused = &AtomicBool::new(false);
    let (machine, nic) = (paired.machine, paired.nic());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = machine.attach();
            nic.pause();
            is_paused.store(true, Ordering::SeqCst);
        });
        std::thread::sleep(A_WHILE);
        assert!(!is_paused.load(Ordering::SeqCst), "a list is still above");
        assert_eq!(above.release(), 1);
    });
    paired.nic().restart();
    paired.passes(&above);
    above.end();
}

// NDIS-PM-06: a NIC that sleeps is asked nothing, whatever the layers above want meanwhile; the verifier watches.
#[test]
fn a_nic_that_sleeps_is_left_alone() {
    let mut paired = Paired::without_adapter(NicOptions {
        mac: Some(OWN),
        ..NicOptions::default()
    });
    paired.add_adapter(&[("SharedAddress", Keyword::from(1))]);
    let above = paired.watch();
    paired.wait_up();
    paired.nic().sleep();
    let (before, directed) = (paired.nic().filter(), sys::NDIS_PACKET_TYPE_DIRECTED);
    assert_eq!(above.set_filter(directed), sys::NDIS_STATUS_SUCCESS);
    std::thread::sleep(A_WHILE);
    assert_eq!(paired.nic().filter(), before);
    paired.nic().wake();
    paired.wait(|paired| paired.nic().filter() == directed);
    above.end();
}

// NDIS-LIFE-08: the pause of the adapter is over when a frame that was just going up has gone, and not before.
#[test]
fn an_adapters_pause_waits_for_what_is_going_up() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    let (begun, goes_on) = (Arc::new(Flag::default()), Arc::new(Flag::default()));
    let (begins, may_go_on) = (Arc::clone(&begun), Arc::clone(&goes_on));
    let going_up = Moment::Inside("ProtocolReceiveNetBufferLists", 1);
    paired.machine.interlude.plan(going_up, move || {
        begins.set();
        assert!(may_go_on.wait(SOON));
    });
    paired.peer.send_to(OWN, KIND, b"up");
    assert!(begun.wait(SOON));
    let is_paused = &AtomicBool::new(false);
    let (machine, adapter) = (paired.machine, paired.adapter());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = machine.attach();
            adapter.pause();
            is_paused.store(true, Ordering::SeqCst);
        });
        std::thread::sleep(A_WHILE);
        assert!(
            !is_paused.load(Ordering::SeqCst),
            "a frame is in the driver"
        );
        goes_on.set();
    });
    paired.adapter().restart().expect("restarts");
    paired.passes(&above);
    above.end();
}
