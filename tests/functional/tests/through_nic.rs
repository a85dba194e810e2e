//! Connections that go as frames through the driver's own adapters: TCP/IP above them, NICs and a switch below.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::nic::{NicOptions, Weather};
use softrnic_functional::consumer::NtStatus;
use softrnic_functional::{End, Stage, pattern};

/// One message of `len` bytes, and what arrives of it.
fn send(from: &End, to: &End, seed: u8, len: usize) {
    to.post_receive(1, 0, 1 << 20);
    let bytes = pattern(seed, len);
    from.buffer.write(0, &bytes);
    from.post_send(2, 0, len, 0);
    let received = to.received.take(1)[0];
    assert_eq!(
        (received.status, received.bytes as usize),
        (NtStatus::SUCCESS, len)
    );
    assert!(to.buffer.read(0, len) == bytes, "a send of {len} bytes");
    assert_eq!(from.done.take(1)[0].status, NtStatus::SUCCESS);
}

fn both_ways(active: &End, passive: &End, sizes: &[usize]) {
    for (seed, &len) in sizes.iter().enumerate() {
        send(active, passive, seed as u8, len);
        send(passive, active, seed as u8 + 1, len);
    }
}

// NDK-ADP-16, HLK-01: both address families. NDIS-NBL-01, NDIS-NBL-02, NDIS-PROT-06: every frame comes back to who lent it.
#[test]
fn messages_of_every_size_arrive_as_frames() {
    for ipv6 in [false, true] {
        let stage = Stage::through_nics(ipv6, Weather::default(), &NicOptions::default());
        let (active, passive) = stage.connected();
        both_ways(&active, &passive, &[0, 1, 1424, 4096, 65_537, 1 << 20]);
        for nic in stage.host().nics() {
            assert!(nic.statistics().frames_sent > 700, "it went as frames");
        }
    }
}

// As above, with the NICs doing TCP's work: checksums, large sends cut, received segments joined. RFC 9293 section 3.1.
#[test]
fn messages_arrive_with_the_nics_offloads() {
    for ipv6 in [false, true] {
        for varies in [false, true] {
            let nic = NicOptions {
                offloads: Offloads::ALL,
                varies,
                ..NicOptions::default()
            };
            let stage = Stage::through_nics(ipv6, Weather::default(), &nic);
            for adapter in stage.host().adapters() {
                while !adapter.offloads().0.send.tcp4 {
                    std::thread::yield_now();
                }
            }
            let (active, passive) = stage.connected();
            both_ways(&active, &passive, &[0, 1, 1424, 65_537, 1 << 20]);
            let all = stage.host().nics().iter().map(|nic| nic.statistics());
            for statistics in all {
                assert!(
                    statistics.summed > 0 && statistics.cut > 0,
                    "{statistics:?}"
                );
            }
        }
    }
}

// What a NIC does changes under a connection: it goes on.
#[test]
fn offloads_come_and_go_under_a_connection() {
    let nic = NicOptions {
        varies: true,
        ..NicOptions::default()
    };
    let stage = Stage::through_nics(false, Weather::default(), &nic);
    let (active, passive) = stage.connected();
    for round in 0..6 {
        for nic in stage.host().nics() {
            nic.set_offloads(match round % 2 {
                0 => Offloads::ALL,
                _ => Offloads::default(),
            });
        }
        both_ways(&active, &passive, &[1, 100_000]);
    }
}

// NDIS-STAT-01: frames get shorter and longer under a connection; TCP/IP hears of it, and sends none that is too long.
#[test]
fn an_mtu_changes_under_a_connection() {
    let stage = Stage::through_nics(false, Weather::default(), &NicOptions::default());
    let (active, passive) = stage.connected();
    let (nics, adapters) = (stage.host().nics(), stage.host().adapters());
    let refused = || -> u64 { nics.iter().map(|nic| nic.statistics().send_errors).sum() };
    for (mtu, restarts) in [(1280, false), (1400, true), (700, true), (9000, false)] {
        for (nic, adapter) in nics.iter().zip(adapters) {
            nic.set_mtu(mtu, restarts);
            let told = || adapter.general().expect("attributes").MtuSize;
            while told() != mtu.min(1500) {
                std::thread::yield_now();
            }
        }
        let before = refused();
        both_ways(&active, &passive, &[1, 100_000]);
        assert_eq!(refused(), before, "{mtu}");
    }
}

// RFC 5044 section 3: TCP brings all of it, whatever the network does with frames.
#[test]
fn messages_arrive_whatever_becomes_of_frames() {
    for seed in 1..=2 {
        let weather = Weather {
            seed,
            losses: 200,
            duplicates: 50,
            reorders: 30,
            late: 300_000,
            ..Weather::default()
        };
        let nic = NicOptions {
            varies: true,
            buffers: 5,
            seed,
            ..NicOptions::default()
        };
        let stage = Stage::through_nics(false, weather, &nic);
        let (active, passive) = stage.connected();
        both_ways(&active, &passive, &[1, 4096, 65_537]);
    }
}

// NDIS-STAT-01: the link below is the link above; what was sent without it arrives when it is there again.
#[test]
fn a_cable_that_is_out_for_a_while_loses_nothing() {
    let stage = Stage::through_nics(false, Weather::default(), &NicOptions::default());
    let (active, passive) = stage.connected();
    send(&active, &passive, 1, 5000);
    let nic = &stage.host().nics()[1];
    let wait_link = |up| {
        while stage.host().adapters()[1].link().0 != up {
            std::thread::yield_now();
        }
    };
    nic.set_link(false);
    wait_link(false);
    passive.post_receive(1, 0, 1 << 20);
    active.post_send(2, 0, 9000, 0);
    nic.set_link(true);
    wait_link(true);
    assert_eq!(passive.received.take(1)[0].bytes, 9000);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
}

// NDIS-LIFE-08, NDIS-PROT-03: either edge pauses on its own, with frames on their way.
#[test]
fn pauses_of_either_edge_lose_no_message() {
    let nic = NicOptions {
        varies: true,
        seed: 5,
        ..NicOptions::default()
    };
    let stage = Stage::through_nics(false, Weather::default(), &nic);
    let (active, passive) = stage.connected();
    let (stop, arrived) = (AtomicBool::new(false), AtomicUsize::new(0));
    let machine = stage.machine();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = machine.attach();
            let mut seed = 0_u8;
            while !stop.load(Ordering::Relaxed) {
                both_ways(&active, &passive, &[30_000 + usize::from(seed)]);
                seed = seed.wrapping_add(1);
                arrived.fetch_add(1, Ordering::Relaxed);
            }
        });
        for _ in 0..3 {
            let before = arrived.load(Ordering::Relaxed);
            while arrived.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
            for (adapter, nic) in stage.host().adapters().iter().zip(stage.host().nics()) {
                adapter.pause();
                adapter.restart().expect("it restarts");
                nic.pause();
                nic.restart();
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}
