//! The adapter goes, is switched off or pauses while consumers use it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use softrnic::sys;
use softrnic_functional::consumer::{Adapter, Host, NtStatus, QpLimits, Timeline};
use softrnic_functional::{End, Flag, SOON, Stage, join};

/// Connections that transfer all the time.
struct Load {
    ends: Vec<(End, End)>,
}

impl Load {
    fn new(stage: &Stage, connections: usize) -> Self {
        Self {
            ends: (0..connections).map(|_| stage.connected()).collect(),
        }
    }

    /// Transfers on every connection while `meanwhile` runs, and on until it is asked to stop or loses it; how many
    /// messages arrived.
    fn during(&self, stage: &Stage, meanwhile: impl FnOnce(&AtomicUsize)) -> usize {
        let (stop, arrived, machine) =
            (AtomicBool::new(false), AtomicUsize::new(0), stage.machine());
        std::thread::scope(|scope| {
            for (active, passive) in &self.ends {
                let (stop, arrived) = (&stop, &arrived);
                scope.spawn(move || {
                    let _attached = machine.attach();
                    while !stop.load(Ordering::Relaxed) && transfer(active, passive) {
                        arrived.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            wait_for(&arrived, 20 * self.ends.len());
            meanwhile(&arrived);
            stop.store(true, Ordering::Relaxed);
        });
        arrived.into_inner()
    }
}

/// One message each way; false when the connection is gone.
fn transfer(active: &End, passive: &End) -> bool {
    for (from, to) in [(active, passive), (passive, active)] {
        let sge = to.mr.sge(&to.buffer, 0, 8192);
        if to.qp.handle().receive(1, &[sge]) != NtStatus::SUCCESS {
            return false;
        }
        let sge = from.mr.sge(&from.buffer, 0, 8000);
        if from.qp.handle().send(2, &[sge], 0) != NtStatus::SUCCESS {
            to.qp.handle().flush();
            let _ = to.received.take(1);
            return false;
        }
        let sent = from.done.take(1)[0].status == NtStatus::SUCCESS;
        if !sent {
            to.qp.handle().flush();
        }
        if to.received.take(1)[0].status != NtStatus::SUCCESS {
            return false;
        }
    }
    true
}

fn wait_for(count: &AtomicUsize, least: usize) {
    let until = Instant::now() + SOON;
    while count.load(Ordering::Relaxed) < least {
        assert!(Instant::now() < until, "{count:?} of {least}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Set when consumers are told that Network Direct goes off.
fn told(stage: &Stage) -> Arc<Flag> {
    let told = Arc::new(Flag::default());
    let flag = told.clone();
    stage.machine().ndis.on_ndk_state(move |_, enabled| {
        if !enabled {
            flag.set();
        }
    });
    told
}

// NDK-NDIS-05, NDK-NDIS-08, NDK-NDIS-09: switched off under load, what is open works until its consumer closes it.
#[test]
fn switching_off_leaves_connections_to_their_consumers() {
    let stage = Stage::new();
    let (load, told) = (Load::new(&stage, 3), told(&stage));
    let adapter = &stage.host().adapters()[0];
    load.during(&stage, |arrived| {
        let set = adapter.oid_set(sys::OID_NDK_SET_STATE, &[0]);
        assert_eq!(set.status, sys::NDIS_STATUS_SUCCESS);
        assert!(told.wait(SOON));
        let refused = stage.try_open(0, (1, 2)).map(drop);
        assert_eq!(refused, Err(NtStatus::NDIS_ADAPTER_NOT_READY));
        wait_for(arrived, arrived.load(Ordering::Relaxed) + 20);
    });
    drop(load);
    let set = adapter.oid_set(sys::OID_NDK_SET_STATE, &[1]);
    assert_eq!(set.status, sys::NDIS_STATUS_SUCCESS);
    let until = Instant::now() + SOON;
    while stage.try_open(0, (1, 2)).map(drop).is_err() {
        assert!(
            Instant::now() < until,
            "the disabling ends with the last close"
        );
    }
}

// NDIS-LIFE-16, HLK-02, NDK-NDIS-15: the device is gone under load, and its address with it: connections end, all comes back, all closes.
// WSK-HAZ-07.
#[test]
fn a_removal_under_load_ends_what_is_open() {
    let mut stage = Stage::new();
    let (load, told) = (Load::new(&stage, 3), told(&stage));
    let address = stage.address(0, 0).ip();
    load.during(&stage, |_| {
        let adapter = &stage.host().adapters()[0];
        adapter.pnp_event(sys::NdisDevicePnPEventSurpriseRemoved);
        adapter.remove_address(address);
        assert!(told.wait(SOON), "NDK-NDIS-10");
        let refused = stage.try_open(0, (1, 2)).map(drop);
        assert_eq!(refused, Err(NtStatus::NDIS_ADAPTER_NOT_READY));
        for (active, passive) in &load.ends {
            assert!(active.gone.wait(SOON) && passive.gone.wait(SOON));
        }
    });
    drop(load);
    stage.host_mut().take(0).halt();
}

// NDK-NDIS-14: a pause is about frames; connections go on.
// WSK-HAZ-05.
#[test]
fn connections_live_through_a_pause() {
    let stage = Stage::new();
    let load = Load::new(&stage, 2);
    let adapter = &stage.host().adapters()[0];
    load.during(&stage, |arrived| {
        for _ in 0..5 {
            adapter.pause();
            wait_for(arrived, arrived.load(Ordering::Relaxed) + 10);
            let opened = stage.try_open(0, (1, 2)).map(drop);
            assert_eq!(opened, Ok(()), "NDK objects stay as they are");
            adapter.restart().expect("restarts");
        }
    });
    assert!(load.ends.iter().all(|(active, _)| active.gone.count() == 0));
}

/// What a consumer of its own thread does with an opening until it is told to close.
fn use_until(machine: &'static softrnic_emulator::Machine, index: u32, close: &Flag, open: &Flag) {
    let _attached = machine.attach();
    let timeline = Arc::new(Timeline::default());
    let adapter = Adapter::open(machine, index, (1, 2), "other", &timeline).expect("opens");
    let end = End::new(&adapter, QpLimits::default());
    end.post_receive(1, 0, 64);
    open.set();
    assert!(close.wait(SOON));
    drop(end);
}

// NDIS-PM-05, HLK-02: the system sleeps under load; nothing waits for connections, and they go on.
#[test]
fn connections_live_through_a_sleep() {
    let stage = Stage::new();
    let load = Load::new(&stage, 2);
    let adapter = &stage.host().adapters()[0];
    load.during(&stage, |arrived| {
        for _ in 0..5 {
            adapter.sleep().expect("it sleeps");
            wait_for(arrived, arrived.load(Ordering::Relaxed) + 10);
            adapter.wake().expect("it wakes");
            wait_for(arrived, arrived.load(Ordering::Relaxed) + 10);
        }
    });
    assert!(load.ends.iter().all(|(active, _)| active.gone.count() == 0));
}

// NDK-NDIS-13, NDK-LIFE-21: even if nobody has the consumers close first, a halt frees nothing they use.
#[test]
fn a_halt_waits_for_the_last_close() {
    let mut stage = Stage::new();
    let machine = stage.machine();
    for round in 0..100 {
        // The one that starts again comes last, so they take turns.
        let address = stage.address(round % 2, 0).ip();
        let index = stage.host().adapters()[0].if_index();
        let (close, open, closing) = (Flag::default(), Flag::default(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| use_until(machine, index, &close, &open));
            assert!(open.wait(SOON));
            let adapter = stage.host_mut().take(0);
            let halting = scope.spawn(|| {
                let _attached = machine.attach();
                adapter.halt_unwarned();
                assert!(closing.load(Ordering::SeqCst), "halted with NDK open");
            });
            if round < 3 {
                std::thread::sleep(Duration::from_millis(30));
            }
            closing.store(true, Ordering::SeqCst);
            close.set();
            halting.join().expect("halted");
        });
        let config = Host::adapter_at(address);
        stage.host_mut().add(config).expect("starts");
    }
}

/// Connects the first adapter of the stage to the second, and transfers.
fn assert_connects(stage: &Stage, from: SocketAddr, at: SocketAddr) {
    let (mut active, mut passive) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&stage.open(1), QpLimits::default()),
    );
    join(&mut active, &mut passive, from, at);
    assert!(transfer(&active, &passive));
}

// HLK-02, INF-12, NDK-NDIS-12, NDK-NDIS-17: a keyword of one adapter changes, which restarts it under its consumers: they are told, close,
// and find it off; its neighbour never notices.
#[test]
fn a_changed_keyword_restarts_one_adapter() {
    let mut stage = Stage::new();
    let (active, passive) = stage.connected();
    let told = told(&stage);
    let machine = stage.machine();
    let adapter = stage.host_mut().take(0);
    std::thread::scope(|scope| {
        let halting = scope.spawn(move || {
            let _attached = machine.attach();
            adapter.halt();
        });
        assert!(told.wait(SOON), "consumers are told");
        drop(active);
        halting.join().expect("halted");
    });
    assert!(passive.gone.wait(SOON));
    drop(passive);
    let first = stage.address(0, 0).ip();
    let off = softrnic_emulator::ndis::AdapterOptions {
        keywords: vec![("*NetworkDirect".into(), 0.into())],
        ..Host::adapter_at(first)
    };
    stage.host_mut().add(off).expect("starts");
    let neighbour = stage.try_open(0, (1, 2)).map(drop);
    assert_eq!(
        neighbour,
        Ok(()),
        "NDK-NDIS-17: the other adapter's own key"
    );
    let refused = stage.try_open(1, (1, 2)).map(drop);
    assert_eq!(refused, Err(NtStatus::NDIS_ADAPTER_NOT_READY));
    stage.host_mut().take(1).halt();
    stage
        .host_mut()
        .add(Host::adapter_at(first))
        .expect("starts");
    let (from, at) = (stage.address(1, 0), stage.address(0, 0));
    assert_connects(&stage, from, at);
}
