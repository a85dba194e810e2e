//! Each function alone, with each of its allocations failing once: it says so, leaves nothing behind, and works when there is
//! memory again.

use std::fmt::Debug;
use std::sync::Arc;

use softrnic_functional::consumer::{
    Adapter, Buffer, ConnectParameters, Connector, Cq, Lam, Listener, Mr, Mw, NtStatus, Pd, Qp,
    QpLimits, SharedEndpoint, Srq,
};
use softrnic_functional::{ALL_ACCESS, End, Stage};

/// Calls until no allocation fails any more; each that fails is told, but for one that can be done without: tokens have several
/// tables, and the next one serves. Whatever was made goes between two calls.
fn each_allocation<T>(stage: &Stage, mut call: impl FnMut() -> Result<T, NtStatus>) {
    let pool = &stage.machine().pool;
    let (mut failed, mut without) = (0, 0);
    for nth in 1.. {
        pool.fail_at(nth);
        let status = call().err();
        let all = pool.failure_is_due();
        pool.fail_at(0);
        match status {
            Some(NtStatus::INSUFFICIENT_RESOURCES) => failed += 1,
            None if all => break,
            None => without += 1,
            Some(other) => panic!("allocation {nth} failed, and it says {other}"),
        }
    }
    assert!(failed > 0 && without <= 1, "{failed} failed, {without} not");
}

fn expect<T, E: Debug>(made: Result<T, E>) -> T {
    made.expect("there is memory")
}

// OPEN_NDK_ADAPTER_HANDLER: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn an_opening() {
    let stage = Stage::new();
    // The transport's provider is captured by the first one, once.
    drop(stage.open(0));
    each_allocation(&stage, || stage.try_open(0, (1, 2)));
}

// NdkCreateCq, NdkCreatePd, NdkCreateConnector, NdkCreateListener: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn what_an_adapter_creates() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    each_allocation(&stage, || Cq::new(&adapter, 8, |_, _| {}));
    each_allocation(&stage, || Pd::new(&adapter));
    each_allocation(&stage, || Connector::new(&adapter));
    each_allocation(&stage, || Listener::new(&adapter, drop));
}

// NdkCreateSharedEndpoint: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_shared_endpoint() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let address = stage.address(0, 0);
    each_allocation(&stage, || SharedEndpoint::new(&adapter, address));
}

// NdkCreateMr, NdkCreateMw, NdkCreateSrq, NdkCreateQp, NdkCreateQpWithSrq: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn what_a_domain_creates() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = expect(Pd::new(&adapter));
    let cq = Arc::new(expect(Cq::new(&adapter, 8, |_, _| {})));
    let limits = QpLimits {
        receive_depth: 4,
        initiator_depth: 4,
        ..QpLimits::default()
    };
    each_allocation(&stage, || Mr::new(&pd, false));
    each_allocation(&stage, || Mr::new(&pd, true));
    each_allocation(&stage, || Mw::new(&pd));
    each_allocation(&stage, || Srq::new(&pd, (4, 1, 0), |_| {}));
    each_allocation(&stage, || Qp::new(&pd, &cq, &cq, limits, 0));
    // Each of a queue of its own: the first queue pair makes room in it.
    let mut srqs: Vec<Srq> = (0..64)
        .map(|_| expect(Srq::new(&pd, (4, 1, 0), |_| {})))
        .collect();
    each_allocation(&stage, || {
        let srq = srqs.pop().expect("enough");
        Qp::with_srq(&pd, (&cq, &cq), &srq, limits, 0).map(drop)
    });
}

// NdkBuildLAM: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_mapping() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::in_pieces(100, &[4096, 9000]);
    each_allocation(&stage, || Lam::of(&adapter, &buffer));
}

// NDK-IRQL-06: the pages cannot be mapped, or there is no memory.
// NdkRegisterMr: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_registration() {
    let stage = Stage::new();
    let pd = expect(Pd::new(&stage.open(0)));
    let buffer = Buffer::in_pieces(100, &[4096, 9000]);
    let mr = expect(Mr::new(&pd, false));
    each_allocation(&stage, || {
        mr.register(&buffer, buffer.len(), ALL_ACCESS).wait().ok()
    });
    assert_eq!(mr.deregister().wait(), NtStatus::SUCCESS);
}

// NdkInitializeFastRegisterMr: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn an_initialization() {
    let stage = Stage::new();
    let pd = expect(Pd::new(&stage.open(0)));
    let mr = expect(Mr::new(&pd, true));
    each_allocation(&stage, || mr.initialize(16, true).wait().ok());
}

// NDK-SRQ-03: nothing has changed.
// NdkModifySrq: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_modification() {
    let stage = Stage::new();
    let pd = expect(Pd::new(&stage.open(0)));
    let srq = expect(Srq::new(&pd, (2, 1, 0), |_| {}));
    each_allocation(&stage, || srq.modify(8, 0).wait().ok());
}

// NDK-LSN-03: the listener is as before.
// NdkListen: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_listen() {
    let stage = Stage::new();
    let listener = expect(Listener::new(&stage.open(0), drop));
    let address = stage.address(0, 0);
    each_allocation(&stage, || listener.listen(address).wait().ok());
}

/// Connects until no allocation fails any more; the peer is nobody, so a connect that had what it needs is refused. Shared
/// send memory is a wish: some do without.
fn connects(
    stage: &Stage,
    adapter: &Arc<Adapter>,
    mut connect: impl FnMut(&mut Connector) -> NtStatus,
) {
    let pool = &stage.machine().pool;
    let mut failed = 0;
    for nth in 1.. {
        let mut connector = expect(Connector::new(adapter));
        pool.fail_at(nth);
        let status = connect(&mut connector);
        let all = pool.failure_is_due();
        pool.fail_at(0);
        match status {
            NtStatus::INSUFFICIENT_RESOURCES => failed += 1,
            other => assert_eq!(other, NtStatus::CONNECTION_REFUSED, "allocation {nth}"),
        }
        if all {
            assert_eq!(status, NtStatus::CONNECTION_REFUSED, "nothing failed");
            break;
        }
    }
    assert!(failed > 5, "only {failed} connects failed");
}

// NDK-CON-08: the queue pair is as before.
// NdkConnect, NdkConnectWithSharedEndpoint: STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_connect() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let (from, to) = (stage.address(0, 0), stage.address(1, 9));
    connects(&stage, &end.adapter, |connector| {
        let ask = ConnectParameters::default();
        connector.connect(&end.qp, from, to, &ask).wait()
    });
    let endpoint = expect(SharedEndpoint::new(&end.adapter, from));
    connects(&stage, &end.adapter, |connector| {
        let ask = ConnectParameters::default();
        let connecting = connector.connect_shared(&end.qp, &endpoint, to, &ask);
        connecting.wait()
    });
}
