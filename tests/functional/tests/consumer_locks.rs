//! A consumer may hold a spin lock around its calls that its callbacks take: no call at DISPATCH_LEVEL calls back on its
//! own stack. The emulated kernel ends the run when a callback is made with a lock held.

use std::sync::Arc;
use std::time::{Duration, Instant};

use softrnic_functional::consumer::abi::{
    NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_RESULT_EX,
};
use softrnic_functional::consumer::{
    Buffer, ConnectParameters, Connector, CqHandle, FastRegister, Lam, Listener, Mr, Mw, NtStatus,
    QpLimits, SharedEndpoint,
};
use softrnic_functional::locked::Locked;
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{ALL_ACCESS, End, SOON, Stage, listen};

/// Results so far, behind the consumer's lock.
type Ledger = Arc<Locked<Vec<(usize, NtStatus)>>>;

/// An end whose notifications take the lock, drain, and arm again under it.
fn end(stage: &Stage, n: usize, ledger: &Ledger) -> (Quiet, End) {
    let adapter = stage.open(n);
    let own = ledger.clone();
    let cq = Quiet::with(&adapter, 64, move |cq| own.with(|seen| drain(cq, seen)));
    let limits = QpLimits {
        receive_depth: 16,
        initiator_depth: 16,
        ..QpLimits::default()
    };
    let end = quiet::end(&adapter, &cq, &cq, limits);
    ledger.with(|_| cq.arm(NDK_CQ_NOTIFY_ANY));
    (cq, end)
}

fn drain(cq: CqHandle, seen: &mut Vec<(usize, NtStatus)>) {
    let mut results = [NDK_RESULT_EX::default(); 4];
    loop {
        let count = cq.poll_ex(&mut results);
        if count == 0 {
            return cq.arm(NDK_CQ_NOTIFY_ANY);
        }
        seen.extend(
            results[..count]
                .iter()
                .map(|r| (r.RequestContext as usize, NtStatus(r.Status))),
        );
    }
}

fn wait_for(ledger: &Ledger, count: usize) -> Vec<(usize, NtStatus)> {
    let until = Instant::now() + SOON;
    loop {
        let seen = ledger.with(|seen| (seen.len() >= count).then(|| std::mem::take(seen)));
        if let Some(seen) = seen {
            return seen;
        }
        assert!(Instant::now() < until, "{count} results do not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Connects under the lock; the disconnect event takes it.
fn connect(stage: &Stage, active: &mut End, passive: &mut End, ledger: &Ledger) {
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let ask = ConnectParameters {
        inbound_reads: 4,
        outbound_reads: 4,
        private_data: Vec::new(),
    };
    let gone = || {
        let ledger = ledger.clone();
        move || ledger.with(|_| ())
    };
    let mut connector = Connector::new(&active.adapter).expect("made");
    let from = stage.address(0, 0);
    let connecting = ledger.with(|_| connector.connect(&active.qp, from, to, &ask));
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let accepting = ledger.with(|_| accepted.accept(&passive.qp, &ask, gone()));
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let completing = ledger.with(|_| connector.complete_connect(gone()));
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    active.connector = Some(connector);
    passive.connector = Some(accepted);
    passive.listener = Some(listener);
}

// NDK-LIFE-10, NDK-IRQL-03, NDK-IRQL-05: posts, flush, disconnect and close under the lock that the
// notifications take; requests that end at once (fast registration, invalidation) as well.
#[test]
fn posts_and_ends_under_the_consumers_lock() {
    let stage = Stage::new();
    let ledger = Ledger::default();
    let ((_cq, mut active), (_other, mut passive)) =
        (end(&stage, 0, &ledger), end(&stage, 1, &ledger));
    connect(&stage, &mut active, &mut passive, &ledger);
    let buffer = Buffer::new(8192);
    let lam = Lam::of(&active.adapter, &buffer).expect("mapped");
    let fast = Mr::fast(&active.pd, 16).expect("made");
    let ask = FastRegister {
        pages: lam.pages(),
        offset: lam.offset,
        len: 8192,
        base: 0x4000,
        flags: NDK_OP_FLAG_ALLOW_REMOTE_READ,
    };
    for round in 0..50 {
        ledger.with(|_| {
            passive.post_receive(1, 0, 64);
            active.post_send(2, 0, 64, 0);
            active.post_write(3, &passive, 64, 1000);
            active.post_read(4, &passive, 64, 1000);
            let qp = active.qp.handle();
            assert_eq!(qp.fast_register(5, &fast, &ask), NtStatus::SUCCESS);
            assert_eq!(qp.invalidate(6, fast.raw().cast(), 0), NtStatus::SUCCESS);
        });
        let seen = wait_for(&ledger, 6);
        let all = seen.iter().all(|(_, status)| *status == NtStatus::SUCCESS);
        assert!(all, "round {round}: {seen:?}");
    }
    ledger.with(|_| {
        passive.post_receive(7, 0, 64);
        active.qp.handle().flush();
        passive.qp.handle().flush();
    });
    let disconnects = ledger.with(|_| (active.disconnect(), passive.disconnect()));
    assert!(disconnects.0.wait_for(SOON).is_some() && disconnects.1.wait_for(SOON).is_some());
    let closings = ledger.with(|_| {
        [&mut active, &mut passive].map(|end| end.connector.take().expect("connected").close())
    });
    assert!(closings.iter().all(|closing| closing.wait().is_success()));
    assert_eq!(wait_for(&ledger, 1).len(), 1);
}

// NDK-LIFE-10, NDK-IRQL-05: what a close or a deregistration brings to an end is not told on the closer's stack: a pending
// connect, a pending listen, a deregistration that waited for a window, an unconnected queue pair's receives.
#[test]
fn what_a_close_ends_is_told_elsewhere() {
    let stage = Stage::new();
    let ledger = Ledger::default();
    let ((_cq, mut active), (_other, mut passive)) =
        (end(&stage, 0, &ledger), end(&stage, 1, &ledger));
    let alone = end(&stage, 0, &ledger);
    connect(&stage, &mut active, &mut passive, &ledger);

    let mw = Mw::new(&active.pd).expect("made");
    let mr = Mr::of(&active.pd, &active.buffer, ALL_ACCESS).expect("registered");
    let (qp, at) = (active.qp.handle(), active.buffer.virtual_address());
    let flags = NDK_OP_FLAG_ALLOW_REMOTE_READ;
    let posted = ledger.with(|_| qp.bind(1, (&mr, &mw), at, 64, flags));
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(wait_for(&ledger, 1), [(1, NtStatus::SUCCESS)]);
    let leaving = ledger.with(|_| mr.deregister());
    assert!(leaving.is_pending(), "NDK-MW-04");
    let closing = ledger.with(|_| mw.close());
    assert_eq!(leaving.wait(), NtStatus::SUCCESS);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);

    let adapter = alone.1.adapter.clone();
    for _ in 0..20 {
        let listener = Listener::new(&adapter, |_| {}).expect("made");
        let (listening, closing) =
            ledger.with(|_| (listener.listen(stage.address(0, 0)), listener.close()));
        assert!(listening.wait_for(SOON).is_some() && closing.wait().is_success());
        let shared = SharedEndpoint::new(&adapter, stage.address(0, 0));
        let mut shared = shared.expect("made");
        assert!(ledger.with(|_| shared.close()).wait().is_success());
        let mut connector = Connector::new(&adapter).expect("made");
        let own = quiet::end(&adapter, &alone.0, &alone.0, QpLimits::default());
        let (from, to) = (stage.address(0, 0), stage.address(1, 9));
        let (connecting, closing) = ledger.with(|_| {
            let ask = ConnectParameters::default();
            (
                connector.connect(&own.qp, from, to, &ask),
                connector.close(),
            )
        });
        assert!(connecting.wait_for(SOON).is_some() && closing.wait().is_success());
    }
    ledger.with(|_| {
        alone.1.post_receive(9, 0, 64);
        alone.1.qp.handle().flush();
    });
    assert_eq!(wait_for(&ledger, 1), [(9, NtStatus::CANCELLED)]);
}
