//! What happens to the NIC, as those above the adapter hear of it.

use softrnic::sys;
use softrnic_emulator::ndis::{Heard, Watcher};
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{OWN, PEER, Paired, frame};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const FAILURE: i32 = sys::NDIS_STATUS_FAILURE;
const D0: i32 = sys::NdisDeviceStateD0;
const D3: i32 = sys::NdisDeviceStateD3;

fn up() -> (Paired, Watcher) {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    (paired, above)
}

fn heard(event: i32, state: i32, sent: Option<i32>) -> Heard {
    Heard {
        event,
        state: Some(state),
        sent,
    }
}

// NDIS-PROT-04: those above hear that the NIC goes to sleep while frames still pass, and that it is awake when it is.
#[test]
fn power_is_told_before_the_nic_sleeps_and_after_it_woke() {
    let (paired, above) = up();
    above.probe(frame(PEER, OWN, b"probe"));
    paired.nic().sleep();
    let asleep = [
        heard(sys::NetEventQueryPower, D3, Some(SUCCESS)),
        heard(sys::NetEventSetPower, D3, Some(SUCCESS)),
    ];
    assert_eq!(above.events(), asleep);
    paired.nic().wake();
    // NDIS restarts the binding afterwards.
    let paused = Some(sys::NDIS_STATUS_PAUSED);
    assert_eq!(
        above.events()[3..],
        [heard(sys::NetEventSetPower, D0, paused)]
    );
    paired.passes(&above);
    above.end();
}

// NDIS-PROT-04: whether the NIC may sleep, or go, is for those above to say.
#[test]
fn a_query_is_answered_above() {
    let (paired, above) = up();
    let queries = [sys::NetEventQueryPower, sys::NetEventQueryRemoveDevice];
    for answer in [SUCCESS, FAILURE, sys::NDIS_STATUS_RESOURCES] {
        above.answer(answer);
        for query in queries {
            assert_eq!(paired.nic().tell_event(query, D3), [answer], "{query}");
        }
    }
    assert_eq!(above.events().len(), 6);
    // Nobody may refuse what follows.
    paired.nic().sleep();
    paired.nic().wake();
    paired.passes(&above);
    above.end();
}

// NDIS-PROT-04, NDIS-PROT-08: other events go up as they are; those of the binding, of ports and of the NIC's own Network Direct do not.
// The verifier watches, too.
#[test]
fn some_events_are_the_nics_own() {
    let (paired, above) = up();
    let passed = [
        sys::NetEventCancelRemoveDevice,
        sys::NetEventReconfigure,
        sys::NetEventBindList,
        sys::NetEventPnPCapabilities,
    ];
    let kept = [
        sys::NetEventBindsComplete,
        sys::NetEventPortActivation,
        sys::NetEventPortDeactivation,
        sys::NetEventNDKEnable,
        sys::NetEventNDKDisable,
    ];
    for event in passed.into_iter().chain(kept) {
        assert_eq!(paired.nic().tell_event(event, D0), [SUCCESS]);
    }
    paired.nic().pause();
    paired.nic().restart();
    let told: Vec<i32> = above.events().iter().map(|heard| heard.event).collect();
    assert_eq!(told, passed);
    above.end();
}

// NDIS-PROT-04: without an adapter nobody is told, and nobody minds; nor is anybody of an adapter that has gone.
#[test]
fn without_an_adapter_nobody_is_told() {
    let (mut paired, above) = up();
    above.answer(FAILURE);
    let query = sys::NetEventQueryRemoveDevice;
    assert_eq!(paired.nic().tell_event(query, D3), [FAILURE]);
    above.end();
    assert_eq!(
        paired.nic().tell_event(query, D3),
        [SUCCESS],
        "nobody is above"
    );
    paired.take_adapter().halt();
    assert_eq!(paired.nic().tell_event(query, D3), [SUCCESS]);
    paired.nic().sleep();
    paired.nic().wake();
    paired.add_adapter(&[]);
    let above = paired.watch();
    paired.wait_up();
    above.answer(FAILURE);
    assert_eq!(paired.nic().tell_event(query, D3), [FAILURE]);
    above.answer(SUCCESS);
    paired.passes(&above);
    above.end();
}

// NDIS-LIFE-12, NDIS-LIFE-17, NDIS-PROT-04, NDIS-PROT-05: the NIC's events cross the adapter's pauses and its halt: neither waits for the
// other, and nothing is told of an adapter that has gone (the verifier watches).
#[test]
fn events_cross_the_adapters_end() {
    for seed in 1..=2 {
        let mut paired = Paired::new(NicOptions {
            varies: true,
            seed,
            ..NicOptions::default()
        });
        // It is bound, and stays so.
        paired.wait_up();
        let nic = paired.nic.take().expect("a NIC");
        let stop = std::sync::atomic::AtomicBool::new(false);
        let machine = paired.machine;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _attached = machine.attach();
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    nic.sleep();
                    nic.wake();
                    let _ = nic.tell_event(sys::NetEventQueryRemoveDevice, D3);
                }
            });
            for _ in 0..15 {
                let above = paired.watch();
                paired.adapter().pause();
                paired.adapter().restart().expect("restarts");
                above.end();
                paired.take_adapter().halt();
                paired.add_adapter(&[]);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        paired.nic = Some(nic);
        let above = paired.watch();
        paired.wait_up();
        paired.passes(&above);
        above.end();
    }
}
