//! Memory runs out at any one point of a connection's life: what was asked for fails or works, and everything can still
//! be closed.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use softrnic_emulator::{Machine, Options, wsk};
use softrnic_functional::consumer::{
    Adapter, Buffer, ConnectParameters, Connector, Cq, Host, Listener, Mr, NtStatus, Pd, Qp,
    QpLimits,
};
use softrnic_functional::peer::{Peer, parameters};
use softrnic_functional::{ALL_ACCESS, Flag, SOON, Stage};

/// One end, made without panicking. Fields close in the order that needs no waiting.
struct Side {
    qp: Arc<Qp>,
    mr: Mr,
    buffer: Buffer,
    gone: Arc<Flag>,
}

impl Side {
    fn new(adapter: &Arc<Adapter>) -> Result<Self, NtStatus> {
        let pd = Pd::new(adapter)?;
        let cq = Arc::new(Cq::new(adapter, 32, |_, _| {})?);
        let qp = Qp::new(&pd, &cq, &cq, QpLimits::default(), 0)?;
        let buffer = Buffer::new(1 << 16);
        let mr = Mr::of(&pd, &buffer, ALL_ACCESS)?;
        Ok(Self {
            qp,
            mr,
            buffer,
            gone: Arc::default(),
        })
    }

    fn on_disconnect(&self) -> impl Fn() + Send + Sync + 'static {
        let gone = self.gone.clone();
        move || gone.set()
    }
}

/// A whole life of a connection: opened, connected, used, disconnected, closed.
fn attempt(stage: &Stage) -> Result<(), NtStatus> {
    let (client, server) = (stage.try_open(0, (1, 2))?, stage.try_open(1, (1, 2))?);
    let (active, passive) = (Side::new(&client)?, Side::new(&server)?);
    let (tx, rx) = mpsc::channel();
    let listener = Listener::new(&server, move |connector| drop(tx.send(connector)))?;
    listener.listen(stage.address(1, 0)).wait().ok()?;
    let parameters = ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    };
    let mut connector = Connector::new(&client)?;
    let to = listener.local_address()?;
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &parameters);
    let start = Instant::now();
    let mut accepted = loop {
        if let Ok(accepted) = rx.recv_timeout(Duration::from_millis(1)) {
            break accepted;
        }
        if let Some(status) = connecting.wait_for(Duration::ZERO) {
            return status.ok();
        }
        assert!(start.elapsed() < SOON, "neither connected nor refused");
    };
    let accepting = accepted.accept(&passive.qp, &parameters, passive.on_disconnect());
    let connected = loop {
        if let Some(status) = connecting.wait_for(Duration::from_millis(1)) {
            break status;
        }
        // RFC 6581 section 5: a reset that loses the answer is taken for a peer of revision 1, and a
        // second connection made. One is enough here: dropped, it is rejected.
        drop(rx.try_recv());
        assert!(start.elapsed() < SOON, "neither connected nor refused");
    };
    connected.ok()?;
    connector
        .complete_connect(active.on_disconnect())
        .wait()
        .ok()?;
    accepting.wait().ok()?;
    let sge = passive.mr.sge(&passive.buffer, 0, 4096);
    passive.qp.handle().receive(1, &[sge]).ok()?;
    let sge = active.mr.sge(&active.buffer, 0, 4096);
    active.qp.handle().send(2, &[sge], 0).ok()?;
    let leaving = connector.disconnect();
    assert!(passive.gone.wait(SOON), "the peer hears of the end");
    accepted.disconnect().wait().ok()?;
    leaving.wait().ok()
}

// Every allocation of the driver fails once; the verifier and the stage see that nothing breaks or stays behind.
// VERIF-03, Hostile input C12.
#[test]
fn any_one_allocation_may_fail() {
    let stage = Stage::new();
    let pool = &stage.machine().pool;
    for nth in 1.. {
        pool.fail_at(nth);
        let result = attempt(&stage);
        if pool.failure_is_due() {
            pool.fail_at(0);
            assert_eq!(result, Ok(()), "nothing failed");
            assert!(nth > 50, "only {nth} allocations");
            break;
        }
        assert_eq!(attempt(&stage), Ok(()), "after allocation {nth} had failed");
    }
}

/// What the driver does when the peer of its connect closes without a word, and its `nth` allocation from then on fails:
/// how the connect ends, and whether it came to the failure.
fn shunned(stage: &Stage, nth: u64) -> (NtStatus, bool) {
    let pool = &stage.machine().pool;
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let client = stage.open(0);
    let side = Side::new(&client).expect("made");
    let mut connector = Connector::new(&client).expect("made");
    let to = listener.local_addr().expect("bound");
    let parameters = parameters(b"hi");
    let connecting = connector.connect(&side.qp, stage.address(0, 0), to, &parameters);
    let mut peer = Peer::accept(&listener);
    let _request = peer.read_frame();
    pool.fail_at(nth);
    drop((peer, listener));
    let status = connecting.wait();
    let failed = !pool.failure_is_due();
    pool.fail_at(0);
    (status, failed)
}

// RFC 6581 section 5, NDK-LIFE-12: there is no memory for the second try; the connect fails, and all of it closes.
#[test]
fn a_second_try_may_find_no_memory() {
    let stage = Stage::new();
    for nth in 1.. {
        let (status, failed) = shunned(&stage, nth);
        let expected = match failed {
            true => NtStatus::INSUFFICIENT_RESOURCES,
            false => NtStatus::CONNECTION_REFUSED,
        };
        assert_eq!(status, expected, "allocation {nth}");
        if !failed {
            assert!(nth > 3, "a second try needs a socket");
            break;
        }
    }
}

// NDK-CON-07: a change of the addresses that could not be read is read when Network Direct is opened next.
#[test]
fn addresses_that_could_not_be_read_are_read_again() {
    let stage = Stage::new();
    let (adapter, pool) = (&stage.host().adapters()[1], &stage.machine().pool);
    let address = stage.address(1, 0).ip();
    // Both adapters hear of it, and read.
    for nth in [1, 2] {
        adapter.remove_address(address);
        pool.fail_at(nth);
        adapter.add_address(address, 8);
        assert!(!pool.failure_is_due(), "the addresses need no memory");
        assert_eq!(attempt(&stage), Ok(()));
    }
}

// WSK-IRP-04, WSK-DIS-08: any request of a socket may fail, and any may complete late.
#[test]
fn any_request_of_a_socket_may_fail() {
    let mut done = 0;
    for seed in 1..60 {
        let stage = Stage::over(wsk::Options {
            failures: 4 + seed as usize % 29,
            vary_completions: true,
            odd_indications: true,
            seed,
            ..wsk::Options::default()
        });
        for _ in 0..4 {
            done += usize::from(attempt(&stage).is_ok());
        }
    }
    assert!(done > 10, "{done} lives without a failure");
}

/// Loads the image, starts it and one adapter, while the `nth` allocation fails; whether it came to that.
fn start_failing(nth: u64) -> bool {
    let image = softrnic_build::image().expect("the image builds");
    let machine = Machine::new(Options::default());
    let attachment = machine.attach();
    let mut driver = machine
        .load(&image.path, "softrnic.sys")
        .expect("the image loads");
    machine.pool.fail_at(nth);
    if driver.start() >= 0 {
        let address = Ipv4Addr::LOCALHOST.into();
        if let Ok(adapter) = machine.add_adapter(&driver, Host::adapter_at(address)) {
            adapter.halt();
        }
    }
    let leaks = driver.unload();
    assert!(
        leaks.is_empty(),
        "allocation {nth} failed, and left {leaks:?}"
    );
    let failed = !machine.pool.failure_is_due();
    drop(attachment);
    machine.stop();
    failed
}

// NDIS-REG-07: whatever step of the start fails, those before it are undone.
#[test]
fn a_start_that_fails_is_undone() {
    let starts = (1..).take_while(|&nth| start_failing(nth)).count();
    assert!(starts > 5, "the driver allocates when it starts");
}
