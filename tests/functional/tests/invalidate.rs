//! Ending what a token gives access to: by a request, with a read, and by the peer.

use softrnic_functional::consumer::abi::{
    NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED, NDK_OP_FLAG_ALLOW_LOCAL_WRITE,
    NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE, NDK_OP_FLAG_DEFER,
    NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE, NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SILENT_SUCCESS,
    NDK_SGE, NdkOperationTypeInvalidate, NdkOperationTypeReceiveAndInvalidate,
    NdkOperationTypeSend,
};
use softrnic_functional::consumer::{
    Buffer, Cq, FastRegister, Lam, Mr, NtStatus, Pd, Qp, QpLimits,
};
use softrnic_functional::{End, SOON, Stage, pattern, plain_results};

const PAGE: usize = 4096;
const REMOTE: u32 = NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE;
const BASE: u64 = 0x7777_0000_0000;

/// A megabyte in 256 pages.
struct Lent {
    buffer: Buffer,
    lam: Lam,
    mr: Mr,
}

impl Lent {
    fn new(end: &End) -> Self {
        let buffer = Buffer::new(256 * PAGE);
        let lam = Lam::of(&end.adapter, &buffer).expect("a LAM");
        let mr = Mr::fast(&end.pd, 256).expect("an FRMR");
        Self { buffer, lam, mr }
    }

    fn register(&self, end: &End, flags: u32) {
        let ask = FastRegister {
            pages: self.lam.pages(),
            offset: 0,
            len: self.buffer.len(),
            base: BASE,
            flags: flags | NDK_OP_FLAG_SILENT_SUCCESS,
        };
        let posted = end.qp.handle().fast_register(0, &self.mr, &ask);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    fn invalidate(&self, end: &End, context: usize, flags: u32) -> NtStatus {
        end.qp
            .handle()
            .invalidate(context, self.mr.raw().cast(), flags)
    }

    fn sge(&self, len: usize) -> NDK_SGE {
        let mut sge = self.mr.sge(&self.buffer, 0, len);
        sge.Address.LogicalAddress = BASE;
        sge
    }
}

/// The status of the one result of `end`'s initiator queue.
fn outcome(end: &End) -> NtStatus {
    end.done.take(1)[0].status
}

// NDK-FR-13, NDK-CQ-16: after the completion the token is nothing to the peer.
// NdkInvalidate: STATUS_SUCCESS.
#[test]
fn an_invalidated_token_gives_no_access() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&active);
    lent.register(&active, REMOTE);
    passive.buffer.write(0, &[1; 8]);
    assert!(passive.reaches(&active, BASE, lent.mr.remote_token(), 8));
    assert_eq!(lent.invalidate(&active, 9, 0), NtStatus::SUCCESS);
    let done = active.done.take(1)[0];
    assert_eq!(
        (done.context, done.status, done.kind),
        (9, NtStatus::SUCCESS, NdkOperationTypeInvalidate)
    );
    passive.buffer.write(0, &[2; 8]);
    assert!(!passive.reaches(&active, BASE, lent.mr.remote_token(), 8));
    assert_eq!(lent.buffer.read(0, 8), [1; 8]);
}

// NDK-FR-14: what gives no access cannot be invalidated: the request fails, and the connection with it.
#[test]
fn an_invalid_token_cannot_be_invalidated() {
    let stage = Stage::new();
    for before in [0, 1] {
        let (active, passive) = stage.connected();
        let lent = Lent::new(&active);
        if before == 1 {
            lent.register(&active, REMOTE);
            assert_eq!(lent.invalidate(&active, 1, 0), NtStatus::SUCCESS);
            assert_eq!(outcome(&active), NtStatus::SUCCESS);
        }
        assert_eq!(lent.invalidate(&active, 2, 0), NtStatus::SUCCESS);
        assert_eq!(outcome(&active), NtStatus::ACCESS_VIOLATION);
        assert!(passive.gone.wait(SOON));
    }
}

// NDK-FR-13, NDK-PD-01: plain regions, other objects, nothing, and other domains' regions are refused inline.
// NdkInvalidate: STATUS_INVALID_PARAMETER, STATUS_CONNECTION_INVALID.
#[test]
fn what_is_no_region_of_the_kind_is_refused() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let post = active.qp.handle();
    let other = Pd::new(&active.adapter).expect("a PD");
    let foreign = Mr::fast(&other, 1).expect("an FRMR");
    for object in [
        active.mr.raw().cast(),
        active.pd.raw().cast(),
        active.qp.raw().cast(),
        foreign.raw().cast(),
        std::ptr::null_mut(),
    ] {
        assert_eq!(post.invalidate(1, object, 0), NtStatus::INVALID_PARAMETER);
    }
    active.buffer.write(0, &[1; 8]);
    assert!(active.reaches(
        &passive,
        passive.buffer.virtual_address(),
        passive.mr.remote_token(),
        8
    ));
    let idle = End::new(&active.adapter, QpLimits::default());
    let mr = Mr::fast(&idle.pd, 1).expect("an FRMR");
    let refused = idle.qp.handle().invalidate(1, mr.raw().cast(), 0);
    assert_eq!(refused, NtStatus::CONNECTION_INVALID);
}

// NDK-POST-16: an invalidation waits for the reads before it, fenced or not, and reads stay whole.
#[test]
fn an_invalidation_behind_a_read_waits_for_it() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&active);
    let from = (passive.buffer.virtual_address(), passive.mr.remote_token());
    passive.buffer.write(0, &pattern(3, 1 << 20));
    for flags in [NDK_OP_FLAG_READ_FENCE, 0] {
        for _ in 0..10 {
            lent.register(&active, NDK_OP_FLAG_ALLOW_LOCAL_WRITE);
            let sink = [lent.sge(1 << 20)];
            let post = active.qp.handle();
            let posted = post.read(1, &sink, from.0, from.1, NDK_OP_FLAG_DEFER);
            assert_eq!(posted, NtStatus::SUCCESS);
            assert_eq!(lent.invalidate(&active, 2, flags), NtStatus::SUCCESS);
            let done = active.done.take(2);
            assert!(done.iter().all(|d| d.status == NtStatus::SUCCESS));
            assert_eq!([done[0].context, done[1].context], [1, 2], "NDK-CQ-19");
            assert!(lent.buffer.read(0, 1 << 20) == pattern(3, 1 << 20));
            lent.buffer.write(0, &[0; 4096]);
        }
    }
}

// NDK-FR-15: a read that invalidates its sink: the token is dead when it completes, and can be registered again.
#[test]
fn a_read_can_invalidate_its_sink() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let info = active.adapter.info().expect("info");
    let flag = NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED;
    assert_eq!(info.AdapterFlags & flag, flag);
    let lent = Lent::new(&active);
    let from = (passive.buffer.virtual_address(), passive.mr.remote_token());
    passive.buffer.write(0, &pattern(4, 1 << 20));
    for _ in 0..10 {
        lent.register(&active, REMOTE);
        let sink = [lent.sge(1 << 20)];
        let flags = NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE;
        let posted = active.qp.handle().read(1, &sink, from.0, from.1, flags);
        assert_eq!(posted, NtStatus::SUCCESS);
        assert_eq!(outcome(&active), NtStatus::SUCCESS);
        assert!(lent.buffer.read(0, 1 << 20) == pattern(4, 1 << 20));
    }
    assert!(!passive.reaches(&active, BASE, lent.mr.remote_token(), 8));
}

// NDK-FR-15: what cannot be invalidated is no sink for such a read.
#[test]
fn a_read_cannot_invalidate_a_plain_sink() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let sink = [active.mr.sge(&active.buffer, 0, 8)];
    let from = (passive.buffer.virtual_address(), passive.mr.remote_token());
    let flags = NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE;
    let posted = active.qp.handle().read(1, &sink, from.0, from.1, flags);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(outcome(&active), NtStatus::ACCESS_VIOLATION);
}

// NDK-CQ-16, NDK-CQ-18, NDK-FR-13, NDK-FR-14: the peer invalidates; the receive says which token, which is dead by then.
#[test]
fn the_peer_invalidates_what_it_was_lent() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&active);
    let token = lent.mr.remote_token();
    for round in 0..20 {
        lent.register(&active, REMOTE);
        active.post_receive(round, 0, 64);
        active.post_send(1, 0, 1, 0);
        passive.post_receive(2, 0, 64);
        let _ = passive.received.take(1);
        let sge = [passive.mr.sge(&passive.buffer, 0, 1 << 20)];
        let post = passive.qp.handle();
        assert_eq!(post.write(3, &sge, BASE, token, 0), NtStatus::SUCCESS);
        let sge = [passive.mr.sge(&passive.buffer, 0, 8)];
        let posted = post.send_and_invalidate(4, &sge, 0, token);
        assert_eq!(posted, NtStatus::SUCCESS);
        let received = active.received.take(1)[0];
        assert_eq!(
            (received.context, received.status, received.bytes),
            (round, NtStatus::SUCCESS, 8)
        );
        assert_eq!(received.kind, NdkOperationTypeReceiveAndInvalidate);
        assert_eq!(received.output, u64::from(token));
        let done = passive.done.take(2);
        assert_eq!(done[1].kind, NdkOperationTypeSend);
        assert_eq!(outcome(&active), NtStatus::SUCCESS);
    }
    assert_eq!(lent.invalidate(&active, 5, 0), NtStatus::SUCCESS);
    assert_eq!(outcome(&active), NtStatus::ACCESS_VIOLATION);
}

// NDK-CQ-17: the call without types returns the same receive.
#[test]
fn a_plain_poll_takes_an_invalidating_receive() {
    let stage = Stage::new();
    let adapter = stage.open(1);
    let (mut active, mut passive) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&adapter, QpLimits::default()),
    );
    let quiet = std::sync::Arc::new(Cq::new(&adapter, 8, |_, _| {}).expect("a CQ"));
    let own = std::sync::Arc::new(Cq::new(&adapter, 8, |_, _| {}).expect("a CQ"));
    let limits = QpLimits {
        receive_depth: 8,
        initiator_depth: 8,
        ..QpLimits::default()
    };
    passive.qp = Qp::new(&passive.pd, &quiet, &own, limits, 7).expect("a QP");
    stage.join(&mut active, &mut passive);
    let lent = Lent::new(&passive);
    lent.register(&passive, REMOTE);
    passive.post_receive(5, 0, 64);
    passive.post_send(6, 0, 1, 0);
    active.post_receive(1, 0, 64);
    let _ = active.received.take(1);
    let posted = active
        .qp
        .handle()
        .send_and_invalidate(2, &[], 0, lent.mr.remote_token());
    assert_eq!(posted, NtStatus::SUCCESS);
    let mut results = plain_results::<4>();
    let deadline = std::time::Instant::now() + SOON;
    while quiet.handle().poll(&mut results) == 0 {
        assert!(std::time::Instant::now() < deadline, "no receive came");
        std::thread::yield_now();
    }
    assert_eq!(results[0].RequestContext as usize, 5);
    assert_eq!(results[0].Status, NtStatus::SUCCESS.0);
    let sge = [active.mr.sge(&active.buffer, 0, 8)];
    let token = lent.mr.remote_token();
    let posted = active.qp.handle().write(3, &sge, BASE, token, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert!(active.gone.wait(SOON));
}

// NDK-POST-30, NDK-FR-13, RFC 5040 section 7.2: a token that the peer may not end, or that is none, ends the connection.
#[test]
fn the_peer_cannot_invalidate_what_it_may_not_use() {
    let stage = Stage::new();
    let bad: [fn(&End, &Lent) -> u32; 5] = [
        |end, _| end.mr.remote_token(),
        |end, _| end.pd.privileged_token(),
        |end, lent| {
            lent.register(end, NDK_OP_FLAG_ALLOW_LOCAL_WRITE);
            lent.mr.remote_token()
        },
        |_, lent| lent.mr.remote_token(),
        |_, lent| (lent.lam.pages()[0] >> 32) as u32,
    ];
    for (n, bad) in bad.iter().enumerate() {
        let (active, passive) = stage.connected();
        let lent = Lent::new(&passive);
        let token = bad(&passive, &lent);
        passive.post_receive(1, 0, 64);
        let posted = active.qp.handle().send_and_invalidate(2, &[], 0, token);
        assert_eq!(posted, NtStatus::SUCCESS);
        assert!(passive.gone.wait(SOON) && active.gone.wait(SOON), "{n}");
        assert!(!passive.received.take(1)[0].status.is_success(), "{n}");
    }
}

// NDK-PD-01: another domain's region is not this connection's peer's to end.
// RFC5040-8.1.1-7.
#[test]
fn the_peer_cannot_invalidate_another_domains_region() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (first, second) = stage.connected();
    let lent = Lent::new(&passive);
    lent.register(&passive, REMOTE);
    assert!(active.reaches(&passive, BASE, lent.mr.remote_token(), 8));
    second.post_receive(1, 0, 64);
    let token = lent.mr.remote_token();
    let posted = first.qp.handle().send_and_invalidate(2, &[], 0, token);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert!(second.gone.wait(SOON));
    assert!(active.reaches(&passive, BASE, token, 8));
}

// NDK-MW-07, NDK-CQ-18: with the peer writing all the time, nothing lands after the completion of the invalidation.
// RFC5040-8.1.1-6, RFC5041-8.3.1-7, RFC5042-6.2.2-2.
#[test]
fn nothing_is_placed_after_the_invalidation_completed() {
    let stage = Stage::new();
    for round in 0..10 {
        let (active, passive) = stage.connected();
        let lent = Lent::new(&active);
        lent.register(&active, REMOTE);
        let sge = [passive.mr.sge(&passive.buffer, 0, 1 << 20)];
        passive.buffer.write(0, &vec![0xEE; 1 << 20]);
        for n in 0..8 {
            let token = lent.mr.remote_token();
            let posted = passive.qp.handle().write(n, &sge, BASE, token, 0);
            assert_eq!(posted, NtStatus::SUCCESS);
        }
        std::thread::sleep(std::time::Duration::from_micros(300 * round));
        // The connection may have ended already: the peer's writes meet a dead token next.
        assert_eq!(lent.invalidate(&active, 9, 0), NtStatus::SUCCESS);
        if outcome(&active) == NtStatus::SUCCESS {
            lent.buffer.write(0, &vec![0; 1 << 20]);
            assert!(active.gone.wait(SOON));
            assert!(lent.buffer.read(0, 1 << 20).iter().all(|byte| *byte == 0));
        }
    }
}
