//! Fast registration: `NdkInitializeFastRegisterMr`, `NdkFastRegister`, and what the token then gives access to.

use softrnic_functional::consumer::abi::{
    NDK_OP_FLAG_ALLOW_LOCAL_WRITE, NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE,
    NDK_OP_FLAG_DEFER, NDK_OP_FLAG_RDMA_READ_SINK, NDK_OP_FLAG_SILENT_SUCCESS,
};
use softrnic_functional::consumer::{Buffer, FastRegister, Lam, Mr, NtStatus, Pd, QpLimits};
use softrnic_functional::{ALL_ACCESS, End, SOON, Stage, pattern};

const PAGE: usize = 4096;
const REMOTE: u32 = NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE;
/// A base nobody could dereference.
const BASE: u64 = 0xFFFF_A5A5_0000_0000;

/// Memory of one end, mapped, and a region to register it with.
struct Lent {
    buffer: Buffer,
    lam: Lam,
    mr: Mr,
}

fn lent(end: &End, offset: usize, len: usize) -> Lent {
    let buffer = Buffer::at_offset(len, offset);
    let lam = Lam::of(&end.adapter, &buffer).expect("a LAM");
    let mr = Mr::fast(&end.pd, 64).expect("an FRMR");
    Lent { buffer, lam, mr }
}

impl Lent {
    /// All of the buffer, at `BASE` plus its offset.
    fn whole(&self, flags: u32) -> FastRegister<'_> {
        FastRegister {
            pages: self.lam.pages(),
            offset: self.lam.offset,
            len: self.buffer.len(),
            base: BASE + u64::from(self.lam.offset),
            flags,
        }
    }

    fn register(&self, end: &End, flags: u32) {
        let posted = end
            .qp
            .handle()
            .fast_register(0xF1, &self.mr, &self.whole(flags));
        assert_eq!(posted, NtStatus::SUCCESS);
        let done = end.done.take(1)[0];
        assert_eq!((done.context, done.status), (0xF1, NtStatus::SUCCESS));
    }

    fn invalidate(&self, end: &End) {
        let posted = end.qp.handle().invalidate(0xF2, self.mr.raw().cast(), 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        let done = end.done.take(1)[0];
        assert_eq!((done.context, done.status), (0xF2, NtStatus::SUCCESS));
    }
}

/// Writes all of `lent` from the other end, then reads it back there; what came.
fn there_and_back(lent: &Lent, from: &End, seed: u8) {
    let len = lent.buffer.len();
    let (address, token) = (BASE + u64::from(lent.lam.offset), lent.mr.remote_token());
    from.buffer.write(0, &pattern(seed, len));
    let half = from.buffer.len() / 2;
    let sge = |at| [from.mr.sge(&from.buffer, at, len)];
    let post = from.qp.handle();
    assert_eq!(post.write(1, &sge(0), address, token, 0), NtStatus::SUCCESS);
    assert_eq!(
        post.read(2, &sge(half), address, token, 0),
        NtStatus::SUCCESS
    );
    for done in from.done.take(2) {
        assert_eq!(done.status, NtStatus::SUCCESS);
    }
    assert!(lent.buffer.read(0, len) == pattern(seed, len), "written");
    assert!(from.buffer.read(half, len) == pattern(seed, len), "read");
}

// NDK-FR-01: up to the adapter's count; zero and more are refused; again is fine.
// NdkInitializeFastRegisterMr: STATUS_SUCCESS, STATUS_IMPLEMENTATION_LIMIT, STATUS_INVALID_PARAMETER,
// STATUS_INVALID_DEVICE_REQUEST. NdkDeregisterMr: STATUS_INVALID_DEVICE_REQUEST.
#[test]
fn the_page_count_limit_is_exact() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let most = adapter.info().expect("info").FRMRPageCount;
    assert!(most >= 16, "NDK-ADP-04");
    let pd = Pd::new(&adapter).expect("a PD");
    let mr = Mr::new(&pd, true).expect("an MR");
    let initialize = |pages| mr.initialize(pages, true).wait();
    assert_eq!(initialize(most), NtStatus::SUCCESS);
    assert_eq!(initialize(most + 1), NtStatus::IMPLEMENTATION_LIMIT);
    assert_eq!(initialize(u32::MAX), NtStatus::IMPLEMENTATION_LIMIT);
    assert_eq!(initialize(0), NtStatus::INVALID_PARAMETER);
    assert_eq!(initialize(16), NtStatus::SUCCESS);
    // NDK-MR-01
    let plain = Mr::new(&pd, false).expect("an MR");
    let invalid = NtStatus::INVALID_DEVICE_REQUEST;
    assert_eq!(plain.initialize(16, true).wait(), invalid);
    assert_eq!(mr.deregister().wait(), invalid);
}

// NDK-FR-02, NDK-FR-05, NDK-FR-06, NDK-FR-08, NDK-FR-09: bytes from the middle of a page to the middle of another, under
// one token again and again.
// NdkInitializeFastRegisterMr: STATUS_INVALID_DEVICE_STATE.
#[test]
fn a_region_is_registered_used_and_invalidated_again_and_again() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 1234, 200_000);
    let token = lent.mr.remote_token();
    assert_ne!(token, 0, "NDK-MR-12");
    for cycle in 0..40 {
        lent.register(&active, REMOTE);
        let in_use = lent.mr.initialize(64, true).wait();
        assert_eq!(in_use, NtStatus::INVALID_DEVICE_STATE);
        assert_eq!(lent.mr.remote_token(), token);
        there_and_back(&lent, &passive, cycle);
        lent.invalidate(&active);
    }
}

// NDK-LAM-12, NDK-FR-05: a part of one mapping, pages of another, in any order.
#[test]
fn pages_of_several_mappings_make_one_region() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (one, two) = (Buffer::new(4 * PAGE), Buffer::new(3 * PAGE));
    let (first, second) = (
        Lam::of(&active.adapter, &one).expect("a LAM"),
        Lam::of(&active.adapter, &two).expect("a LAM"),
    );
    let pages = [
        first.pages()[2],
        second.pages()[0],
        second.pages()[1],
        first.pages()[0],
    ];
    let mr = Mr::fast(&active.pd, 4).expect("an FRMR");
    let ask = FastRegister {
        pages: &pages,
        offset: 0,
        len: 4 * PAGE - 5,
        base: BASE,
        flags: REMOTE,
    };
    let post = active.qp.handle();
    assert_eq!(post.fast_register(1, &mr, &ask), NtStatus::SUCCESS);
    passive.buffer.write(0, &pattern(9, 4 * PAGE));
    assert!(passive.reaches(&active, BASE, mr.remote_token(), 4 * PAGE - 5));
    let whole = pattern(9, 4 * PAGE);
    assert!(one.read(2 * PAGE, PAGE) == whole[..PAGE]);
    assert!(two.read(0, 2 * PAGE) == whole[PAGE..3 * PAGE]);
    assert!(one.read(0, PAGE - 5) == whole[3 * PAGE..4 * PAGE - 5]);
    assert_eq!(one.read(PAGE - 5, 5), [0; 5], "not a byte more");
    // One byte more is refused (NDK-MR-08).
    assert!(!passive.reaches(&active, BASE, mr.remote_token(), 4 * PAGE - 4));
    assert_eq!(one.read(PAGE - 5, 5), [0; 5]);
}

// NDK-FR-05, NDK-FR-06: bad lists, offsets, lengths and bases fail inline, and leave the queue pair healthy (NDK-POST-31).
// NdkFastRegister: STATUS_SUCCESS, STATUS_INVALID_PARAMETER.
#[test]
fn requests_that_do_not_fit_are_refused() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, 4 * PAGE);
    let pages = lent.lam.pages().to_vec();
    let good = lent.whole(REMOTE);
    let unaligned = [pages[0] + 8, pages[1]];
    let unknown = [pages[0], 0x1000];
    let beyond = [pages[3], pages[3] + PAGE as u64];
    let many: Vec<u64> = pages.iter().copied().cycle().take(65).collect();
    let bad = [
        FastRegister { len: 0, ..good },
        FastRegister { pages: &[], ..good },
        FastRegister {
            pages: &[],
            len: 0,
            ..good
        },
        FastRegister {
            len: 4 * PAGE + 1,
            ..good
        },
        FastRegister {
            len: usize::MAX,
            ..good
        },
        FastRegister {
            pages: &pages[..3],
            ..good
        },
        FastRegister {
            pages: &many,
            ..good
        },
        FastRegister {
            offset: 1,
            base: BASE + 1,
            ..good
        },
        FastRegister {
            offset: PAGE as u32,
            len: PAGE,
            ..good
        },
        FastRegister {
            offset: u32::MAX,
            len: 1,
            base: BASE + 4095,
            ..good
        },
        FastRegister {
            base: BASE + 1,
            ..good
        },
        FastRegister {
            offset: 1,
            len: 8,
            ..good
        },
        FastRegister {
            offset: 1,
            len: 8,
            base: 0,
            ..good
        },
        FastRegister {
            base: 0u64.wrapping_sub(PAGE as u64),
            ..good
        },
        FastRegister {
            pages: &unaligned,
            len: PAGE,
            ..good
        },
        FastRegister {
            pages: &unknown,
            len: 2 * PAGE,
            ..good
        },
        FastRegister {
            pages: &beyond,
            len: 2 * PAGE,
            ..good
        },
    ];
    for (n, ask) in bad.iter().enumerate() {
        let posted = active.qp.handle().fast_register(n, &lent.mr, ask);
        assert_eq!(posted, NtStatus::INVALID_PARAMETER, "{n}: {ask:x?}");
    }
    assert!(active.done.settle_now().is_empty(), "NDK-POST-01");
    lent.register(&active, REMOTE);
    there_and_back(&lent, &passive, 1);
}

// NDK-FR-05: a page may be listed twice; it is the consumer's memory twice.
#[test]
fn a_page_may_appear_twice() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    let page = lent.lam.pages()[0];
    let ask = FastRegister {
        pages: &[page, page],
        len: 2 * PAGE,
        ..lent.whole(REMOTE)
    };
    let posted = active.qp.handle().fast_register(1, &lent.mr, &ask);
    assert_eq!(posted, NtStatus::SUCCESS);
    passive.buffer.write(0, &pattern(3, 2 * PAGE));
    assert!(passive.reaches(&active, BASE, lent.mr.remote_token(), 2 * PAGE));
    assert!(lent.buffer.read(0, PAGE) == pattern(3, 2 * PAGE)[PAGE..]);
}

// NDK-FR-03, NDK-FR-04, NDK-MR-01, NDK-PD-01
// NdkFastRegister: STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER, STATUS_CONNECTION_INVALID,
// STATUS_INVALID_DEVICE_STATE, STATUS_INVALID_DEVICE_REQUEST.
#[test]
fn regions_and_queue_pairs_that_cannot_are_refused() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    let ask = lent.whole(REMOTE);
    let post = |mr: &Mr, ask: &FastRegister<'_>| active.qp.handle().fast_register(1, mr, ask);
    let made = |fast| Mr::new(&active.pd, fast).expect("an MR");
    let plain = post(&made(false), &ask);
    assert_eq!(plain, NtStatus::INVALID_DEVICE_REQUEST);
    let uninitialised = made(true);
    let early = post(&uninitialised, &ask);
    assert_eq!(early, NtStatus::INVALID_DEVICE_STATE);
    assert_eq!(uninitialised.initialize(1, false).wait(), NtStatus::SUCCESS);
    for flags in [
        NDK_OP_FLAG_ALLOW_REMOTE_READ,
        NDK_OP_FLAG_ALLOW_REMOTE_WRITE,
    ] {
        let refused = post(&uninitialised, &FastRegister { flags, ..ask });
        assert_eq!(refused, NtStatus::ACCESS_VIOLATION);
    }
    let other = Pd::new(&active.adapter).expect("a PD");
    let foreign = Mr::fast(&other, 1).expect("an MR");
    assert_eq!(post(&foreign, &ask), NtStatus::INVALID_PARAMETER);
    let idle = End::new(&active.adapter, QpLimits::default());
    let mr = Mr::fast(&idle.pd, 1).expect("an MR");
    let refused = idle.qp.handle().fast_register(1, &mr, &ask);
    assert_eq!(refused, NtStatus::CONNECTION_INVALID);
    // NDK-FR-12: local access needs no remote access.
    let flags = NDK_OP_FLAG_ALLOW_LOCAL_WRITE | NDK_OP_FLAG_RDMA_READ_SINK;
    let local = FastRegister { flags, ..ask };
    assert_eq!(post(&uninitialised, &local), NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
}

// NDK-FR-12: access is exactly what was asked for.
// RFC5040-8.1.1-5, RFC5041-8.3.1-6.
#[test]
fn rights_are_those_of_the_request() {
    let stage = Stage::new();
    for (flags, writes) in [
        (NDK_OP_FLAG_ALLOW_REMOTE_WRITE, true),
        (
            NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_LOCAL_WRITE,
            false,
        ),
        (0, false),
    ] {
        let (active, passive) = stage.connected();
        let lent = lent(&active, 0, PAGE);
        lent.register(&active, flags);
        let token = lent.mr.remote_token();
        assert_eq!(
            passive.reaches(&active, BASE, token, 8),
            writes,
            "{flags:x}"
        );
    }
}

// NDK-MR-06, NDK-MR-07: the token is a local one as well; writing needs local write.
#[test]
fn a_fast_registered_region_serves_local_requests() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (source, sink) = (lent(&active, 40, 70_000), lent(&passive, 3, 70_000));
    source.register(&active, 0);
    sink.register(&passive, NDK_OP_FLAG_ALLOW_LOCAL_WRITE);
    source.buffer.write(0, &pattern(4, 70_000));
    let sge = |lent: &Lent| {
        let mut sge = lent.mr.sge(&lent.buffer, 0, 70_000);
        sge.Address.LogicalAddress = BASE + u64::from(lent.lam.offset);
        [sge]
    };
    assert_eq!(
        passive.qp.handle().receive(1, &sge(&sink)),
        NtStatus::SUCCESS
    );
    assert_eq!(
        active.qp.handle().send(2, &sge(&source), 0),
        NtStatus::SUCCESS
    );
    assert_eq!(passive.received.take(1)[0].bytes, 70_000);
    assert!(sink.buffer.read(0, 70_000) == pattern(4, 70_000));
    let _ = active.done.take(1);
    // The source was not registered for that.
    assert_eq!(
        active.qp.handle().receive(3, &sge(&source)),
        NtStatus::SUCCESS
    );
    passive.post_send(4, 0, 8, 0);
    assert_eq!(
        active.received.take(1)[0].status,
        NtStatus::ACCESS_VIOLATION
    );
}

// NDK-FR-10, NDK-FR-08, NDK-POST-18: a chain in one queue: the token is good when the peer learns of it.
#[test]
fn a_message_behind_a_registration_finds_it_in_force() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    passive.buffer.write(0, &pattern(5, PAGE));
    let post = active.qp.handle();
    for _ in 0..50 {
        passive.post_receive(1, 0x8000, 64);
        let flags = REMOTE | NDK_OP_FLAG_DEFER | NDK_OP_FLAG_SILENT_SUCCESS;
        let posted = post.fast_register(2, &lent.mr, &lent.whole(flags));
        assert_eq!(posted, NtStatus::SUCCESS);
        // The token can be read before the registration has been looked at.
        active
            .buffer
            .write(0, &lent.mr.remote_token().to_le_bytes());
        active.post_send(3, 0, 4, 0);
        let _ = passive.received.take(1);
        let token = passive.buffer.read(0x8000, 4).try_into().expect("four");
        assert!(passive.reaches(&active, BASE, u32::from_le_bytes(token), PAGE));
        assert_eq!(active.done.take(1)[0].context, 3);
        lent.invalidate(&active);
    }
}

// NDK-FR-11: what is registered must be invalidated first; the second request fails and ends the connection.
#[test]
fn a_valid_region_cannot_be_registered_again() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    lent.register(&active, REMOTE);
    let posted = active
        .qp
        .handle()
        .fast_register(2, &lent.mr, &lent.whole(REMOTE));
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::ACCESS_VIOLATION);
    assert!(passive.gone.wait(SOON));
}

// NDK-FR-10: registrations, invalidations and messages of one chain happen in the order they were posted.
// NdkFastRegister: STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_chain_may_register_the_same_region_twice() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    let post = active.qp.handle();
    let ask = lent.whole(REMOTE | NDK_OP_FLAG_DEFER);
    assert_eq!(post.fast_register(1, &lent.mr, &ask), NtStatus::SUCCESS);
    let object = lent.mr.raw().cast();
    let posted = post.invalidate(2, object, NDK_OP_FLAG_DEFER);
    assert_eq!(posted, NtStatus::SUCCESS);
    let moved = FastRegister {
        base: BASE + 0x10_0000,
        ..ask
    };
    assert_eq!(post.fast_register(3, &lent.mr, &moved), NtStatus::SUCCESS);
    // No third list is kept.
    let third = post.fast_register(4, &lent.mr, &ask);
    assert_eq!(third, NtStatus::INSUFFICIENT_RESOURCES);
    let contexts: Vec<_> = active.done.take(3).iter().map(|d| d.context).collect();
    assert_eq!(contexts, [1, 2, 3]);
    assert!(passive.reaches(&active, BASE + 0x10_0000, lent.mr.remote_token(), 8));
    assert!(!passive.reaches(&active, BASE, lent.mr.remote_token(), 8));
}

// NDK-POST-19, NDK-POST-22: a deferred registration is done when a later post fails, and comes back when the queue pair is
// flushed; its list with it.
#[test]
fn deferred_registrations_are_done_or_come_back() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    let ask = lent.whole(REMOTE | NDK_OP_FLAG_DEFER);
    let post = active.qp.handle();
    assert_eq!(post.fast_register(1, &lent.mr, &ask), NtStatus::SUCCESS);
    let bad = FastRegister { len: 0, ..ask };
    assert!(!post.fast_register(2, &lent.mr, &bad).is_success());
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    lent.invalidate(&active);
    assert_eq!(post.fast_register(3, &lent.mr, &ask), NtStatus::SUCCESS);
    post.flush();
    let done = active.done.take(1)[0];
    assert_eq!((done.context, done.status), (3, NtStatus::CANCELLED));
    assert_eq!(lent.mr.initialize(16, true).wait(), NtStatus::SUCCESS);
}

// NDK-LAM-08, NDK-FR-05: a mapping that is released under a registration takes the memory away from it.
#[test]
fn a_registration_does_not_outlive_its_mappings() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let Lent { buffer, lam, mr } = lent(&active, 0, PAGE);
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: PAGE,
        base: BASE,
        flags: REMOTE,
    };
    let posted = active.qp.handle().fast_register(1, &mr, &ask);
    assert_eq!(posted, NtStatus::SUCCESS);
    passive.buffer.write(0, &[7; 8]);
    assert!(passive.reaches(&active, BASE, mr.remote_token(), 8));
    drop(lam);
    passive.buffer.write(0, &[8; 8]);
    assert!(!passive.reaches(&active, BASE, mr.remote_token(), 8));
    assert_eq!(buffer.read(0, 8), [7; 8]);
}

// NDK-MR-14, NDK-LIFE-14: closing a registered region, or one whose registration is still deferred, ends both.
#[test]
fn closing_ends_a_registration() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let Lent {
        buffer, lam, mr, ..
    } = lent(&active, 0, PAGE);
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: PAGE,
        base: BASE,
        flags: REMOTE,
    };
    let posted = active.qp.handle().fast_register(1, &mr, &ask);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    let token = mr.remote_token();
    drop(mr);
    assert!(!passive.reaches(&active, BASE, token, 8));
    let (active, _passive) = stage.connected();
    let lam = Lam::of(&active.adapter, &buffer).expect("a LAM");
    let deferred = Mr::fast(&active.pd, 1).expect("an FRMR");
    let flags = REMOTE | NDK_OP_FLAG_DEFER;
    let pages = lam.pages();
    let ask = FastRegister {
        flags,
        pages,
        ..ask
    };
    let posted = active.qp.handle().fast_register(2, &deferred, &ask);
    assert_eq!(posted, NtStatus::SUCCESS);
    drop(deferred);
    active.qp.handle().flush();
    // Before the close or not: NDK-POST-21.
    assert_eq!(active.done.take(1)[0].context, 2);
}

// NDK-MR-03, NDK-MR-08: two regions over the same pages are two regions.
#[test]
fn overlapping_regions_are_independent() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lent = lent(&active, 0, PAGE);
    let plain = Mr::of(&active.pd, &lent.buffer, ALL_ACCESS).expect("an MR");
    lent.register(&active, REMOTE);
    passive.buffer.write(0, &pattern(6, 64));
    assert!(passive.reaches(&active, BASE, lent.mr.remote_token(), 64));
    lent.invalidate(&active);
    let address = lent.buffer.virtual_address();
    passive.buffer.write(0, &pattern(7, 64));
    assert!(passive.reaches(&active, address, plain.remote_token(), 64));
    assert_eq!(lent.buffer.read(0, 64), pattern(7, 64));
}
