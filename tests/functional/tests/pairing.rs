//! The adapter and its NIC: who comes first, who goes, and what the layers above hear of it.

use std::time::Duration;

use softrnic::sys;
use softrnic_emulator::ndis::Keyword;
use softrnic_emulator::nic::{Nic, NicOptions, Port};
use softrnic_functional::paired::{EVERYBODY, KIND, OWN, PEER, Paired, frame};
use softrnic_functional::{A_WHILE, SOON};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const PAUSED: i32 = sys::NDIS_STATUS_PAUSED;
const LOW_POWER_STATE: i32 = sys::NDIS_STATUS_LOW_POWER_STATE;
const MEDIA_DISCONNECTED: i32 = sys::NDIS_STATUS_MEDIA_DISCONNECTED;
const STRANGER: [u8; 6] = [2, 0, 0, 0, 0, 8];
const GIGABITS: u64 = 1_000_000_000;

/// One frame each way.
fn passes(paired: &Paired, above: &softrnic_emulator::ndis::Watcher) {
    let down = frame(PEER, OWN, b"down");
    assert_eq!(above.send(&[&[&down]]), [SUCCESS]);
    let arrived = paired.peer.receive(SOON).expect("a frame");
    // NDIS-NBL-01: the NIC pads it with zeros.
    let padding = arrived.strip_prefix(&down[..]).expect("the frame");
    assert!(padding.iter().all(|byte| *byte == 0));
    paired.peer.send_to(OWN, KIND, b"up");
    let empty = frame(OWN, PEER, b"");
    let arrived = std::iter::from_fn(|| above.receive(SOON)).find(|arrived| *arrived != empty);
    assert_eq!(arrived, Some(frame(OWN, PEER, b"up")));
}

fn unpaired_nic(paired: &Paired) -> Nic {
    let nic = paired
        .machine
        .add_nic(&paired.switch, NicOptions::default());
    paired.machine.ndis.settle(paired.machine);
    nic
}

// NDIS-PROT-01, NDIS-REG-06: the protocol, which has the service's name, declines every bind but the paired NIC's, above all its own
// miniport's (design, section 2).
#[test]
fn only_the_paired_nic_is_bound() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    paired.machine.ndis.settle(paired.machine);
    assert_eq!(paired.nic().bindings(), 0, "no adapter wants it yet");
    paired.add_adapter(&[]);
    paired.wait_bound(1);
    let other = unpaired_nic(&paired);
    assert_eq!(other.bindings(), 0);
    other.halt();
}

// NDIS-PROT-01, NDIS-PROT-02: either may come first, and go and come again.
#[test]
fn a_nic_that_comes_later_is_bound_and_one_that_goes_is_missed() {
    let mut paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    passes(&paired, &above);
    paired.nic.take().expect("a NIC").halt();
    paired.wait(|paired| !paired.adapter().link().0);
    let down = frame(PEER, OWN, b"down");
    assert_eq!(above.send(&[&[&down]]), [MEDIA_DISCONNECTED]);
    above.end();
}

// NDIS-PROT-01, NDIS-PROT-02: bound and unbound as often as the NIC comes and goes.
#[test]
fn a_nic_that_is_put_in_again_is_bound_again() {
    for varies in [false, true] {
        let options = NicOptions {
            varies,
            ..NicOptions::default()
        };
        let mut paired = Paired::new(options.clone());
        let above = paired.watch();
        for _ in 0..5 {
            paired.wait_up();
            passes(&paired, &above);
            let nic = paired.nic.take().expect("a NIC");
            let again = NicOptions {
                if_index: Some(nic.if_index()),
                ..options.clone()
            };
            nic.halt();
            paired.wait(|paired| !paired.adapter().link().0);
            paired.nic = Some(paired.machine.add_nic(&paired.switch, again));
        }
        paired.wait_up();
        passes(&paired, &above);
        above.end();
    }
}

// NDIS-NBL-08, NDIS-PROT-02, NDIS-PROT-06: the NIC is pulled out with frames on their way.
#[test]
fn a_nic_that_is_pulled_out_strands_nothing() {
    for seed in 1..=4 {
        let options = NicOptions {
            varies: true,
            seed,
            ..NicOptions::default()
        };
        let mut paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        above.keep();
        let down = frame(PEER, OWN, b"down");
        let list: &[&[u8]] = &[&down];
        let lists = [list; 16];
        let sending = above.start(&lists, std::ptr::null_mut());
        for _ in 0..8 {
            paired.peer.send_to(OWN, KIND, b"up");
        }
        assert!(above.receive(SOON).is_some());
        let nic = paired.nic.take().expect("a NIC");
        let machine = paired.machine;
        std::thread::scope(|scope| {
            let removing = scope.spawn(move || {
                let _attached = machine.attach();
                nic.remove();
            });
            let _ = above.collect(&sending);
            // The unbind waits for what is kept above (NDIS-PROT-03).
            while !removing.is_finished() {
                let _ = above.release();
                above.keep();
                std::thread::yield_now();
            }
        });
        paired.wait(|paired| !paired.adapter().link().0);
        above.end();
    }
}

// NDIS-STAT-01: the link of the NIC is the adapter's, told once for each change.
#[test]
fn the_nics_link_is_told() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.wait(|paired| paired.adapter().link() == (true, 10 * GIGABITS));
    paired.nic().set_speed(25 * GIGABITS);
    paired.wait(|paired| paired.adapter().link() == (true, 25 * GIGABITS));
    paired.nic().set_link(false);
    paired.wait(|paired| !paired.adapter().link().0);
    paired.nic().set_link(true);
    paired.wait(|paired| paired.adapter().link() == (true, 25 * GIGABITS));
    let links = above.links();
    assert!(links.windows(2).all(|pair| pair[0] != pair[1]), "{links:?}");
    above.end();
}

// NDIS-PROT-03, NDIS-LIFE-08, -09, -10: each edge pauses on its own, and frames pass again afterwards.
#[test]
fn either_edge_pauses_and_goes_on() {
    for options in [false, true].map(|varies| NicOptions {
        varies,
        ..NicOptions::default()
    }) {
        let paired = Paired::new(options);
        let above = paired.watch();
        paired.wait_up();
        let down = frame(PEER, OWN, b"down");
        paired.nic().pause();
        assert_eq!(above.send(&[&[&down]]), [PAUSED]);
        paired.nic().restart();
        passes(&paired, &above);
        above.end();
        paired.adapter().pause();
        // NDIS-LIFE-09: nothing is indicated; the verifier watches.
        let before = paired.nic().statistics().frames_received;
        paired.peer.send_to(STRANGER, KIND, b"nobody hears it");
        paired.peer.send_to(OWN, KIND, b"");
        paired.wait(|paired| paired.nic().statistics().frames_received >= before + 2);
        paired.adapter().restart().expect("restarts");
        let above = paired.watch();
        passes(&paired, &above);
        above.end();
    }
}

// NDIS-PM-01, NDIS-NBL-10: nothing is sent while the NIC sleeps.
#[test]
fn a_nic_sleeps_and_wakes() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().sleep();
    let down = frame(PEER, OWN, b"down");
    assert_eq!(above.send(&[&[&down]]), [LOW_POWER_STATE]);
    paired.nic().wake();
    passes(&paired, &above);
    above.end();
}

// NDIS-LIFE-12, NDIS-PROT-02: an adapter that goes leaves its NIC listening to nothing; the next one finds it bound.
#[test]
fn an_adapter_starts_again_over_the_same_nic() {
    let mut paired = Paired::new(NicOptions::default());
    for _ in 0..3 {
        let above = paired.watch();
        paired.wait_up();
        passes(&paired, &above);
        above.end();
        paired.take_adapter().halt();
        assert_eq!(paired.nic().filter(), 0, "it is asked for nothing");
        paired.add_adapter(&[]);
    }
}

// NDIS-REG-08, NDIS-REG-09: the driver is unloaded with its NIC still bound, which is bound again by the next load.
#[test]
fn an_unload_lets_go_of_the_nic() {
    for varies in [false, true] {
        let options = NicOptions {
            varies,
            ..NicOptions::default()
        };
        let mut paired = Paired::new(options);
        for _ in 0..3 {
            let above = paired.watch();
            paired.wait_up();
            passes(&paired, &above);
            above.end();
            assert_eq!(paired.nic().bindings(), 1);
            paired.unload();
            assert_eq!(paired.nic().bindings(), 0);
            paired.load();
            paired.add_adapter(&[]);
            paired.wait_bound(1);
        }
    }
}

// NDIS-PROT-02: `Disable-NetAdapterBinding`. The NIC goes on, and passes up no more than others want.
#[test]
fn a_protocol_that_is_taken_from_the_nic_leaves_it_as_it_was() {
    for varies in [false, true] {
        let paired = Paired::new(NicOptions {
            varies,
            ..NicOptions::default()
        });
        let above = paired.watch();
        for _ in 0..3 {
            paired.wait_up();
            passes(&paired, &above);
            paired.nic().unbind();
            assert_eq!((paired.nic().bindings(), paired.nic().filter()), (0, 0));
            paired.wait(|paired| !paired.adapter().link().0);
            paired.nic().bind();
        }
        paired.wait_up();
        passes(&paired, &above);
        above.end();
    }
}

// NDIS-PROT-02: a NIC that refuses to be asked for nothing is closed all the same. It was pulled out, and NDIS has not noticed.
#[test]
fn an_unload_lets_go_of_a_nic_that_refuses() {
    let mut paired = Paired::new(NicOptions::default());
    paired.wait_up();
    paired.nic().pull();
    paired.unload();
    assert_eq!(paired.nic().bindings(), 0);
}

// NDIS-PM-06, NDIS-PROT-02: a NIC that sleeps is closed without being asked; it is bound when it is awake again.
#[test]
fn an_unload_lets_go_of_a_nic_that_sleeps() {
    let mut paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    above.end();
    paired.nic().sleep();
    paired.unload();
    assert_eq!(paired.nic().bindings(), 0);
    paired.load();
    paired.add_adapter(&[]);
    paired.machine.ndis.settle(paired.machine);
    assert_eq!(paired.nic().bindings(), 0);
    paired.nic().wake();
    paired.wait_bound(1);
    let above = paired.watch();
    paired.wait_up();
    passes(&paired, &above);
    above.end();
}

// NDIS-LIFE-12, -17, NDIS-PROT-01, -02, -05, NDIS-STAT-02: adapter and NIC come and go at once; neither waits for the other, and of
// an adapter that has gone nothing is told.
#[test]
fn adapter_and_nic_come_and_go_at_once() {
    for seed in 1..=3 {
        let mut paired = Paired::without_adapter(NicOptions {
            varies: seed > 1,
            seed,
            ..NicOptions::default()
        });
        let mut nic = paired.nic.take().expect("a NIC");
        let (machine, switch) = (paired.machine, paired.switch.clone());
        std::thread::scope(|scope| {
            let below = scope.spawn(move || {
                let _attached = machine.attach();
                for _ in 0..12 {
                    let options = nic.options();
                    nic.halt();
                    nic = machine.add_nic(&switch, options);
                }
                nic
            });
            for _ in 0..12 {
                paired.add_adapter(&[]);
                paired.take_adapter().halt();
            }
            paired.nic = Some(below.join().expect("it ends"));
        });
        paired.add_adapter(&[]);
        let above = paired.watch();
        paired.wait_up();
        passes(&paired, &above);
        above.end();
    }
}

// NDIS-LIFE-14: why the adapter is halted makes no difference.
#[test]
fn every_reason_for_a_halt_is_the_same() {
    let mut paired = Paired::new(NicOptions::default());
    let reasons = [
        sys::NdisHaltDeviceDisabled,
        sys::NdisHaltDeviceInstanceDeInitialized,
        sys::NdisHaltDevicePoweredDown,
        sys::NdisHaltDeviceSurpriseRemoved,
        sys::NdisHaltDeviceFailed,
        sys::NdisHaltDeviceInitializationFailed,
        sys::NdisHaltDeviceStopped,
    ];
    for reason in reasons {
        let above = paired.watch();
        paired.wait_up();
        passes(&paired, &above);
        above.end();
        paired.take_adapter().halt_for(reason);
        assert_eq!(paired.nic().filter(), 0);
        paired.add_adapter(&[]);
    }
}

// NDIS-LIFE-16: the adapter's device is gone while its NIC goes on.
#[test]
fn an_adapter_that_is_pulled_out_leaves_its_nic() {
    let mut paired = Paired::new(NicOptions::default());
    paired.wait_up();
    paired.take_adapter().surprise_remove();
    assert_eq!(paired.nic().filter(), 0);
    paired.add_adapter(&[]);
    let above = paired.watch();
    paired.wait_up();
    passes(&paired, &above);
    above.end();
}

#[test]
fn a_keyword_that_names_no_interface_pairs_with_nothing() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    paired.add_adapter(&[("PairedAdapter", Keyword::from("Ethernet 2"))]);
    let above = paired.watch();
    let down = frame(PEER, OWN, b"down");
    assert_eq!(above.send(&[&[&down]]), [MEDIA_DISCONNECTED]);
    assert_eq!(paired.nic().bindings(), 0);
    above.end();
}

fn shared() -> [(&'static str, Keyword); 1] {
    [("SharedAddress", Keyword::from(1))]
}

/// A port of a switch that lets only the NIC's own address pass, as hypervisors' do.
fn guarded() -> NicOptions {
    NicOptions {
        mac: Some(OWN),
        port: Port {
            drops_foreign: true,
        },
        ..NicOptions::default()
    }
}

// Design section 2: on a network that drops foreign addresses the adapter has the NIC's.
#[test]
fn the_shared_address_passes_where_foreign_ones_are_dropped() {
    let mut paired = Paired::without_adapter(guarded());
    paired.add_adapter(&shared());
    let above = paired.watch();
    paired.wait_up();
    let promiscuous = paired.nic().filter() & sys::NDIS_PACKET_TYPE_PROMISCUOUS;
    assert_eq!(promiscuous, 0, "the NIC filters");
    passes(&paired, &above);
    let group = [0x33, 0x33, 0, 0, 0, 1];
    assert_eq!(above.set_multicast(&[group]), SUCCESS);
    let start = std::time::Instant::now();
    // The NIC learns of a group a little later.
    let heard = loop {
        paired.peer.send_to(group, KIND, b"group");
        let heard = above.receive(Duration::from_millis(20));
        if heard.is_some() || start.elapsed() > SOON {
            break heard;
        }
    };
    assert_eq!(heard, Some(frame(group, PEER, b"group")));
    above.end();
}

// NDIS-PM-06, NDIS-OID-03, -08, -10: a sleeping NIC is asked nothing, and no request waits for it; what the layers above want meanwhile it hears when it is awake.
#[test]
fn a_sleeping_nic_is_asked_when_it_is_awake() {
    let mut paired = Paired::without_adapter(guarded());
    paired.add_adapter(&shared());
    let above = paired.watch();
    paired.wait_up();
    paired.nic().sleep();
    let directed = sys::NDIS_PACKET_TYPE_DIRECTED;
    assert_eq!(above.set_filter(directed), SUCCESS);
    paired.nic().wake();
    paired.wait(|paired| paired.nic().filter() == directed);
    above.end();
}

fn long(mtu: u32) -> NicOptions {
    NicOptions {
        mtu,
        ..NicOptions::default()
    }
}

// Jumbo frames pass both ways where adapter and NIC have them.
#[test]
fn jumbo_frames_pass() {
    let mut paired = Paired::without_adapter(long(9000));
    paired.add_adapter(&[("*JumboPacket", Keyword::from(9014))]);
    let above = paired.watch();
    paired.wait_up();
    let payload = [7; 9000];
    let down = frame(PEER, OWN, &payload);
    assert_eq!(above.send(&[&[&down]]), [SUCCESS]);
    assert_eq!(paired.peer.receive(SOON).as_deref(), Some(&down[..]));
    paired.peer.send_to(OWN, KIND, &payload);
    assert_eq!(above.receive(SOON), Some(frame(OWN, PEER, &payload)));
    above.end();
}

// NDIS-STAT-01, NDIS-LIFE-05: an adapter's frames are no longer than its NIC's: told when the NIC comes, and by an adapter that starts
// again over the same NIC as it starts.
#[test]
fn a_nic_with_shorter_frames_shortens_the_adapters() {
    let mut paired = Paired::without_adapter(long(4074));
    paired.add_adapter(&[("*JumboPacket", Keyword::from(9014))]);
    let told = |paired: &Paired| paired.adapter().general().expect("told").MtuSize;
    paired.wait(|paired| told(paired) == 4074);
    for jumbo in [9014, 4088, 4087] {
        let above = paired.watch();
        paired.wait_up();
        passes(&paired, &above);
        assert_eq!(above.mtus(), [0; 0], "{jumbo}");
        above.end();
        paired.take_adapter().halt();
        paired.add_adapter(&[("*JumboPacket", Keyword::from(jumbo))]);
        assert_eq!(told(&paired), 4074.min(jumbo - 14));
    }
}

// The administrator's mistake is harmless: two addresses would both be lost.
#[test]
fn a_shared_address_that_is_not_the_nics_passes_nothing() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    paired.add_adapter(&shared());
    paired.wait_bound(1);
    let above = paired.watch();
    let down = frame(PEER, OWN, b"down");
    assert_eq!(above.send(&[&[&down]]), [MEDIA_DISCONNECTED]);
    paired.peer.send_to(EVERYBODY, KIND, b"up");
    assert_eq!(above.receive(A_WHILE), None);
    assert!(!paired.adapter().link().0);
    above.end();
}
