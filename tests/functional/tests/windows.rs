//! Memory windows: a part of a region, opened to one peer for a time.

use softrnic_functional::consumer::abi::{
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE,
    NdkOperationTypeBind, NdkOperationTypeReceiveAndInvalidate,
};
use softrnic_functional::consumer::{Buffer, FastRegister, Lam, Mr, Mw, NtStatus, Pd, QpLimits};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{A_WHILE, End, SOON, Stage};

const REMOTE: u32 = NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE;

/// A region that the peer may not use, and a window.
struct Lent {
    // A bound window closes before its region (NDK-MW-04).
    mw: Mw,
    mr: Mr,
    buffer: Buffer,
}

impl Lent {
    fn new(end: &End, access: u32) -> Self {
        let buffer = Buffer::at_offset(20_000, 500);
        let mr = Mr::of(&end.pd, &buffer, access).expect("an MR");
        let mw = Mw::new(&end.pd).expect("an MW");
        Self { mw, mr, buffer }
    }

    fn at(&self, offset: u64) -> u64 {
        self.buffer.virtual_address() + offset
    }

    fn bind(&self, end: &End, offset: u64, len: usize, flags: u32) {
        let post = end.qp.handle();
        let posted = post.bind(7, (&self.mr, &self.mw), self.at(offset), len, flags);
        assert_eq!(posted, NtStatus::SUCCESS);
        let done = end.done.take(1)[0];
        assert_eq!(
            (done.context, done.status, done.kind),
            (7, NtStatus::SUCCESS, NdkOperationTypeBind)
        );
    }

    fn invalidate(&self, end: &End) -> NtStatus {
        let posted = end.qp.handle().invalidate(8, self.mw.raw().cast(), 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        end.done.take(1)[0].status
    }
}

// NDK-MW-01, NDK-MW-03, NDK-MR-08: the window, all of it and nothing around it, though the region itself is closed to the
// peer.
// NdkBind, NdkRead: STATUS_SUCCESS.
#[test]
fn a_window_opens_its_part_of_a_region() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    let token = lent.mw.remote_token();
    assert!(token != 0 && token != lent.mr.remote_token());
    lent.bind(&passive, 1000, 6000, REMOTE);
    assert_eq!(lent.mw.remote_token(), token);
    active.buffer.write(0, &[0x33; 6000]);
    assert!(active.reaches(&passive, lent.at(1000), token, 6000));
    assert!(lent.buffer.read(1000, 6000) == [0x33; 6000]);
    let sink = [active.mr.sge(&active.buffer, 0x8000, 6000)];
    let read = active.qp.handle().read(1, &sink, lent.at(1000), token, 0);
    assert_eq!(read, NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    assert!(active.buffer.read(0x8000, 6000) == [0x33; 6000]);
    assert!(!active.reaches(&passive, lent.at(1000), token, 6001));
    assert_eq!(lent.buffer.read(7000, 1), [0]);
}

#[test]
fn neither_the_region_nor_what_lies_before_the_window_is_open() {
    let stage = Stage::new();
    for before in [true, false] {
        let (active, passive) = stage.connected();
        let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
        lent.bind(&passive, 1000, 6000, REMOTE);
        let (address, token) = if before {
            (lent.at(999), lent.mw.remote_token())
        } else {
            (lent.at(1000), lent.mr.remote_token())
        };
        assert!(!active.reaches(&passive, address, token, 8));
    }
}

// NDK-MW-01, NDK-MW-02, NDK-MW-06, NDK-PD-01: binds that do not fit are refused inline.
// NdkBind: STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER, STATUS_CONNECTION_INVALID.
#[test]
fn binds_that_do_not_fit_are_refused() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&passive, 0);
    let post = passive.qp.handle();
    let pair = (&lent.mr, &lent.mw);
    let bind = |address, len, flags| post.bind(1, pair, address, len, flags);
    let write = NDK_OP_FLAG_ALLOW_REMOTE_WRITE;
    assert_eq!(bind(lent.at(0), 8, write), NtStatus::ACCESS_VIOLATION);
    for (offset, len) in [
        (0, 0),
        (0, 20_001),
        (19_999, 2),
        (20_000, 1),
        (0, usize::MAX),
    ] {
        let refused = bind(lent.at(offset), len, NDK_OP_FLAG_ALLOW_REMOTE_READ);
        assert_eq!(refused, NtStatus::INVALID_PARAMETER, "{len} at {offset}");
    }
    let before = bind(lent.at(0) - 1, 2, NDK_OP_FLAG_ALLOW_REMOTE_READ);
    assert_eq!(before, NtStatus::INVALID_PARAMETER);
    let wraps = bind(u64::MAX, 2, NDK_OP_FLAG_ALLOW_REMOTE_READ);
    assert_eq!(wraps, NtStatus::INVALID_PARAMETER);
    let empty = Mr::new(&passive.pd, false).expect("an MR");
    let refused = post.bind(1, (&empty, &lent.mw), lent.at(0), 8, 0);
    assert_eq!(refused, NtStatus::INVALID_PARAMETER, "not registered");
    let other = Pd::new(&passive.adapter).expect("a PD");
    let foreign = Mw::new(&other).expect("an MW");
    let refused = post.bind(1, (&lent.mr, &foreign), lent.at(0), 8, 0);
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
    let idle = End::new(&passive.adapter, QpLimits::default());
    let mw = Mw::new(&idle.pd).expect("an MW");
    let refused = idle
        .qp
        .handle()
        .bind(1, (&idle.mr, &mw), idle.buffer.virtual_address(), 8, 0);
    assert_eq!(refused, NtStatus::CONNECTION_INVALID);
    // The queue pair is as healthy as before (NDK-POST-31).
    assert!(passive.done.settle_now().is_empty());
    assert!(active.reaches(
        &passive,
        passive.buffer.virtual_address(),
        passive.mr.remote_token(),
        8
    ));
}

// NDK-MW-05, NDK-FR-13: invalidated it opens nothing; bound again it opens something else.
#[test]
fn a_window_is_bound_again_after_its_invalidation() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    for round in 0..20 {
        lent.bind(&passive, round * 100, 100, REMOTE);
        active.buffer.write(0, &[round as u8; 100]);
        let token = lent.mw.remote_token();
        assert!(active.reaches(&passive, lent.at(round * 100), token, 100));
        assert_eq!(lent.invalidate(&passive), NtStatus::SUCCESS);
    }
    assert!(!active.reaches(&passive, lent.at(0), lent.mw.remote_token(), 8));
}

// NDK-FR-11 by analogy: a bound window must be invalidated before it is bound again.
#[test]
fn a_bound_window_cannot_be_bound_again() {
    let stage = Stage::new();
    let (_active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    lent.bind(&passive, 0, 100, REMOTE);
    let post = passive.qp.handle();
    let posted = post.bind(1, (&lent.mr, &lent.mw), lent.at(0), 100, REMOTE);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::ACCESS_VIOLATION);
    assert!(passive.gone.wait(SOON));
}

// NDK-MW-05: only the peer of the queue pair it was bound on.
// RFC5040-8.1.1-2, RFC5041-8.2-2, RFC5041-8.2-4, RFC5041-8.3-3, RFC5041-8.3.1-3, RFC5042-6.1.1-3,
// RFC5042-6.4.5-1.
#[test]
fn another_connections_peer_may_not_use_a_window() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    // The second connection's passive end is in the same domain.
    let limits = QpLimits::default();
    let mut other = End::new(&active.adapter, limits);
    let mut beside = End::within(passive.pd.clone(), limits);
    stage.join(&mut other, &mut beside);
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    lent.bind(&passive, 0, 100, REMOTE);
    let token = lent.mw.remote_token();
    assert!(active.reaches(&passive, lent.at(0), token, 8));
    assert!(!other.reaches(&beside, lent.at(0), token, 8));
}

// NDK-MW-07, NDK-CQ-16: the peer invalidates a window with a send.
#[test]
fn the_peer_invalidates_a_window() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    lent.bind(&passive, 0, 100, REMOTE);
    passive.post_receive(1, 0, 64);
    let token = lent.mw.remote_token();
    let posted = active.qp.handle().send_and_invalidate(2, &[], 0, token);
    assert_eq!(posted, NtStatus::SUCCESS);
    let received = passive.received.take(1)[0];
    assert_eq!(received.kind, NdkOperationTypeReceiveAndInvalidate);
    assert_eq!(received.output, u64::from(token));
    lent.bind(&passive, 0, 100, REMOTE);
    let _ = active.done.take(1);
    assert!(active.reaches(&passive, lent.at(0), token, 8));
}

// NDK-MW-04: the region's deregistration waits for the windows bound to it, and takes the memory away at once.
// NdkDeregisterMr: STATUS_PENDING.
#[test]
fn a_region_waits_for_its_windows() {
    let stage = Stage::new();
    let (_active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    lent.bind(&passive, 0, 100, REMOTE);
    let deregistering = lent.mr.deregister();
    assert_eq!(deregistering.returned(), NtStatus::PENDING);
    assert_eq!(deregistering.wait_for(A_WHILE), None);
    assert_eq!(lent.invalidate(&passive), NtStatus::SUCCESS);
    assert_eq!(deregistering.wait(), NtStatus::SUCCESS);
}

// NDK-MR-10, NDK-MW-04
#[test]
fn a_window_of_a_region_that_goes_opens_nothing() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = Lent::new(&passive, NDK_MR_FLAG_ALLOW_LOCAL_WRITE);
    lent.bind(&passive, 0, 100, REMOTE);
    let deregistering = lent.mr.deregister();
    assert!(deregistering.is_pending());
    active.buffer.write(0, &[0x77; 8]);
    assert!(!active.reaches(&passive, lent.at(0), lent.mw.remote_token(), 8));
    assert_eq!(lent.buffer.read(0, 8), [0; 8]);
    drop(lent.mw);
    assert_eq!(deregistering.wait(), NtStatus::SUCCESS);
}

// NDK-LIFE-17, NDK-MW-04: closing in the wrong order: the region's close waits for the bound window's.
// NdkCloseMw: STATUS_SUCCESS. NdkCloseMr: STATUS_PENDING.
#[test]
fn a_regions_close_waits_for_its_bound_window() {
    let stage = Stage::new();
    let (_active, passive) = stage.connected();
    let (buffer, pd) = (Buffer::new(4096), passive.pd.raw());
    let mw = raw::mw(pd);
    let mr = Mr::of(&passive.pd, &buffer, NDK_MR_FLAG_ALLOW_LOCAL_WRITE).expect("an MR");
    let bound = Mw::new(&passive.pd).expect("an MW");
    let address = buffer.virtual_address();
    let posted = passive
        .qp
        .handle()
        .bind(1, (&mr, &bound), address, 4096, REMOTE);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    // A window that is not bound keeps nobody.
    let closed = raw::close(mw.cast::<()>() as Object);
    assert_eq!(closed.returned, NtStatus::SUCCESS);
    let closing = mr.close();
    assert_eq!(closing.returned(), NtStatus::PENDING);
    assert_eq!(closing.wait_for(A_WHILE), None);
    drop(bound);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
}

// NDK-MW-01: a fast-registered region can have windows too; invalidating it waits for them.
#[test]
fn a_window_over_a_fast_registered_region() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(3 * 4096);
    let lam = Lam::of(&passive.adapter, &buffer).expect("a LAM");
    let mr = Mr::fast(&passive.pd, 3).expect("an FRMR");
    let mw = Mw::new(&passive.pd).expect("an MW");
    let base = 0x5000_0000;
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: 3 * 4096,
        base,
        flags: softrnic_functional::consumer::abi::NDK_OP_FLAG_ALLOW_LOCAL_WRITE,
    };
    let post = passive.qp.handle();
    assert_eq!(post.fast_register(1, &mr, &ask), NtStatus::SUCCESS);
    let bound = post.bind(2, (&mr, &mw), base + 4000, 200, REMOTE);
    assert_eq!(bound, NtStatus::SUCCESS);
    active.buffer.write(0, &[9; 200]);
    assert!(active.reaches(&passive, base + 4000, mw.remote_token(), 200));
    assert_eq!(buffer.read(4000, 200), [9; 200]);
    assert_eq!(post.invalidate(3, mr.raw().cast(), 0), NtStatus::SUCCESS);
    assert_eq!(passive.done.take(2).len(), 2);
    assert!(passive.done.settle().is_empty(), "the window holds it");
    assert_eq!(post.invalidate(4, mw.raw().cast(), 0), NtStatus::SUCCESS);
    let done = passive.done.take(2);
    assert_eq!([done[0].context, done[1].context], [3, 4], "NDK-CQ-19");
    assert!(done.iter().all(|d| d.status == NtStatus::SUCCESS));
}
