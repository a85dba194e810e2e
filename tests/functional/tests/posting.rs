//! What a post refuses at once, and what becomes of what it takes.

use softrnic_functional::consumer::abi::{
    NDK_OP_FLAG_ALLOW_LOCAL_WRITE, NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_DEFER,
    NDK_OP_FLAG_INLINE, NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SILENT_SUCCESS, NDK_SGE,
};
use softrnic_functional::consumer::{FastRegister, Lam, Mr, Mw, NtStatus, Qp, QpLimits};
use softrnic_functional::quiet::Quiet;
use softrnic_functional::{End, SOON, Stage, pattern, peer};

const INLINE: QpLimits = QpLimits {
    receive_depth: 64,
    initiator_depth: 64,
    receive_sge: 4,
    initiator_sge: 2,
    inline_data: 128,
};

/// A window over an end's region, for the peer to invalidate.
struct Window(Mw);

impl Window {
    fn of(end: &End) -> Self {
        let mw = Mw::new(&end.pd).expect("an MW");
        let at = end.buffer.virtual_address();
        let bound =
            (end.qp.handle()).bind(0, (&end.mr, &mw), at, 64, NDK_OP_FLAG_ALLOW_REMOTE_READ);
        assert_eq!(bound, NtStatus::SUCCESS);
        assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS);
        Self(mw)
    }

    fn token(&self) -> u32 {
        self.0.remote_token()
    }
}

/// An entry over the test's own memory, as INLINE wants it: no token.
fn own(bytes: &[u8]) -> NDK_SGE {
    let mut sge = NDK_SGE::default();
    sge.Address.VirtualAddress = bytes.as_ptr().cast_mut().cast();
    sge.Length = bytes.len() as u32;
    sge
}

// NDK-POST-07, NDK-POST-08
// NdkSend, NdkSendAndInvalidate, NdkWrite, NdkRead: STATUS_CONNECTION_INVALID. NdkReceive: STATUS_SUCCESS.
#[test]
fn an_unconnected_queue_pair_takes_receives_only() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 8)]);
    let (mw, fast) = (Mw::new(&end.pd), Mr::fast(&end.pd, 1));
    let (mw, fast) = (mw.expect("an MW"), fast.expect("an FRMR"));
    let lam = Lam::new(&end.adapter, &end.buffer, 4096).expect("a LAM");
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: 4096,
        base: 0,
        flags: 0,
    };
    let refused = [
        qp.send(1, &sge, 0),
        qp.send_and_invalidate(1, &sge, 0, 5),
        qp.write(1, &sge, 0, 5, 0),
        qp.read(1, &sge, 0, 5, 0),
        qp.bind(1, (&end.mr, &mw), end.buffer.virtual_address(), 8, 0),
        qp.fast_register(1, &fast, &ask),
        qp.invalidate(1, mw.raw().cast(), 0),
    ];
    assert_eq!(refused, [NtStatus::CONNECTION_INVALID; 7]);
    assert_eq!(qp.receive(2, &sge), NtStatus::SUCCESS);
    assert_eq!(end.done.settle(), [], "NDK-POST-01");
}

// NDK-POST-08, NDK-POST-36: receives that were posted before there is a connection are the first that messages fill.
#[test]
fn receives_wait_for_a_connection() {
    let stage = Stage::new();
    let limits = QpLimits::default();
    let ends = [0, 1].map(|n| End::new(&stage.open(n), limits));
    let [mut active, mut passive] = ends;
    for context in 1..=2 {
        active.post_receive(context, context * 64, 64);
        passive.post_receive(context, context * 64, 64);
    }
    stage.join(&mut active, &mut passive);
    passive.post_receive(3, 3 * 64, 64);
    for (from, to, count) in [(&active, &passive, 3), (&passive, &active, 2)] {
        for n in 1..=count {
            from.buffer.write(4096, &pattern(n as u8, 50));
            from.post_send(n, 4096, 50, 0);
            let received = to.received.take(1)[0];
            assert_eq!((received.context, received.bytes), (n, 50));
            assert_eq!(to.buffer.read(n * 64, 50), pattern(n as u8, 50));
            let _ = from.done.take(1);
        }
    }
}

// NDK-POST-09: whatever ended a connection, a receive is refused after it or comes back cancelled; none is kept.
#[test]
fn receives_after_the_end_are_not_kept() {
    let ends: [fn(&mut End, &mut End); 3] = [
        |end, _| end.qp.handle().flush(),
        |end, peer| {
            let (own, other) = (end.disconnect(), peer.disconnect());
            assert_eq!(
                (own.wait(), other.wait()),
                (NtStatus::SUCCESS, NtStatus::SUCCESS)
            );
        },
        |end, _| drop(end.connector.take()),
    ];
    let stage = Stage::new();
    for end_it in ends {
        let (mut active, mut passive) = stage.connected();
        end_it(&mut active, &mut passive);
        let sge = [active.mr.sge(&active.buffer, 0, 8)];
        let receive = |context: &usize| active.qp.handle().receive(*context, &sge).is_success();
        let taken: Vec<usize> = (1..=3).filter(receive).collect();
        let back = active.received.take(taken.len());
        assert!(back.iter().map(|done| done.context).eq(taken));
        assert!(back.iter().all(|done| done.status == NtStatus::CANCELLED));
    }
}

// NDK-POST-12: the bytes are those at the time of the call.
#[test]
fn inline_data_is_copied_during_the_call() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    passive.post_receive(1, 0, 256);
    let mut bytes = pattern(3, 100);
    let said = bytes.clone();
    let posted = active
        .qp
        .handle()
        .send(2, &[own(&bytes)], NDK_OP_FLAG_INLINE);
    bytes.fill(0xCC);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 100);
    assert_eq!(passive.buffer.read(0, 100), said);
}

// NDK-POST-12: so in every request that may be inline, whatever token its entry has.
#[test]
fn every_inline_request_is_copied() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    let (qp, token) = (active.qp.handle(), passive.mr.remote_token());
    let there = passive.buffer.virtual_address() + 8192;
    let window = Window::of(&passive);
    let post = |n, sge: &[NDK_SGE]| match n {
        0 => qp.send(2, sge, NDK_OP_FLAG_INLINE),
        1 => qp.send_and_invalidate(2, sge, NDK_OP_FLAG_INLINE, window.token()),
        _ => qp.write(2, sge, there, token, NDK_OP_FLAG_INLINE),
    };
    for n in 0..3 {
        passive.post_receive(1, 8192, 256);
        passive.buffer.write(8192, &[0; 100]);
        let mut bytes = pattern(n as u8, 100);
        let mut entry = own(&bytes);
        entry.MemoryRegionToken = 0xBAD;
        assert_eq!(post(n, &[entry]), NtStatus::SUCCESS);
        bytes.fill(0xCC);
        assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
        if n == 2 {
            // A message behind the write: what was written is there when it has come.
            active.post_send(3, 0, 0, 0);
        }
        assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(passive.buffer.read(8192, 100), pattern(n as u8, 100), "{n}");
    }
}

// NDK-POST-11: INLINE counts bytes, not entries.
#[test]
fn inline_requests_may_have_more_entries_than_the_limit() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    passive.post_receive(1, 0, 256);
    let bytes = pattern(9, 120);
    let pieces: Vec<NDK_SGE> = bytes.chunks(20).map(own).collect();
    let posted = active.qp.handle().send(2, &pieces, NDK_OP_FLAG_INLINE);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 120);
    assert_eq!(passive.buffer.read(0, 120), bytes);
}

// NDK-POST-12, NDK-POST-31: too much INLINE data fails at once and harms nothing.
#[test]
fn too_much_inline_data_fails_inline() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    let bytes = pattern(1, 129);
    let qp = active.qp.handle();
    assert!(!qp.send(1, &[own(&bytes)], NDK_OP_FLAG_INLINE).is_success());
    passive.post_receive(2, 0, 256);
    assert_eq!(
        qp.send(3, &[own(&bytes[..128])], NDK_OP_FLAG_INLINE),
        NtStatus::SUCCESS
    );
    assert_eq!(passive.received.take(1)[0].bytes, 128);
    assert_eq!(active.done.take(1)[0].context, 3);
}

// NDK-POST-11, NDK-POST-31
// NdkSend: STATUS_SUCCESS, STATUS_DATA_OVERRUN. NdkReceive: STATUS_DATA_OVERRUN.
#[test]
fn too_many_entries_fail_inline() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    let sge = active.mr.sge(&active.buffer, 0, 8);
    let qp = active.qp.handle();
    assert_eq!(qp.send(1, &[sge; 3], 0), NtStatus::DATA_OVERRUN);
    assert_eq!(qp.receive(1, &[sge; 5]), NtStatus::DATA_OVERRUN);
    passive.post_receive(2, 0, 64);
    assert_eq!(qp.send(3, &[sge; 2], 0), NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 16);
    assert_eq!(active.done.take(1)[0].context, 3);
}

// NDK-POST-13
// RFC5040-5.1-8, RFC5040-5.3-8.
#[test]
fn empty_messages_arrive() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    passive.post_receive(1, 0, 64);
    passive.post_receive(2, 0, 64);
    assert_eq!(active.qp.handle().send(3, &[], 0), NtStatus::SUCCESS);
    active.post_send(4, 0, 0, 0);
    let received = passive.received.take(2);
    assert_eq!((received[0].context, received[0].bytes), (1, 0));
    assert_eq!((received[1].context, received[1].bytes), (2, 0));
    assert_eq!(active.done.take(2)[1].status, NtStatus::SUCCESS);
}

// NDK-POST-13: reads and writes of nothing complete, with an entry of no bytes and with no entry.
#[test]
fn empty_reads_and_writes_complete() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (qp, empty) = (active.qp.handle(), [active.mr.sge(&active.buffer, 0, 0)]);
    let (there, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    for sges in [&empty[..], &[]] {
        assert_eq!(qp.write(1, sges, there, token, 0), NtStatus::SUCCESS);
        assert_eq!(qp.read(2, sges, there, token, 0), NtStatus::SUCCESS);
        let done = active.done.take(2);
        assert!(
            done.iter().all(|done| done.status == NtStatus::SUCCESS),
            "{done:?}"
        );
        assert_eq!([done[0].context, done[1].context], [1, 2]);
    }
}

// NDK-POST-14: a silent request that does not succeed is seen.
#[test]
fn silent_requests_that_fail_are_seen() {
    let stage = Stage::new();
    let (_peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 1 << 20)]);
    let silent = |context: &usize| qp.send(*context, &sge, NDK_OP_FLAG_SILENT_SUCCESS);
    // The peer does not read, so the last one is still there.
    let taken = (0..1024).take_while(|context| silent(context) == NtStatus::SUCCESS);
    let last = taken.last().expect("some are taken");
    qp.flush();
    loop {
        let done = end.done.take(1)[0];
        assert_eq!(done.status, NtStatus::CANCELLED);
        if done.context == last {
            break;
        }
    }
}

// NDK-POST-18, NDK-POST-20
#[test]
fn deferred_requests_go_with_the_next_one() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for n in 0..3 {
        passive.post_receive(n, 0, 64);
    }
    active.post_send(1, 0, 8, NDK_OP_FLAG_DEFER);
    active.post_send(2, 0, 8, NDK_OP_FLAG_DEFER);
    active.post_send(3, 0, 8, 0);
    assert_eq!(passive.received.take(3).len(), 3);
    let contexts: Vec<usize> = active.done.take(3).iter().map(|d| d.context).collect();
    assert_eq!(contexts, [1, 2, 3]);
}

/// Holds back the timers, the one that ends the wait of a deferred request among them. What the connection did before may start
/// such a request as well, so that is waited for.
fn hold_timers(stage: &Stage, end: &End) {
    assert_eq!(end.done.settle(), []);
    stage.machine().timers.hold(true);
}

/// What comes of one request of each kind, all posted with `flags` but the last.
fn one_of_each(active: &End, passive: &End, flags: u32) -> Vec<(usize, NtStatus, i32)> {
    const BASE: u64 = 0x4000_0000;
    let (qp, sge) = (active.qp.handle(), [active.mr.sge(&active.buffer, 0, 64)]);
    let (there, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    let fast = Mr::fast(&active.pd, 1).expect("an FRMR");
    let lam = Lam::new(&active.adapter, &active.buffer, 4096).expect("a LAM");
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: 4096,
        base: BASE,
        flags: flags | NDK_OP_FLAG_ALLOW_LOCAL_WRITE,
    };
    let (mw, theirs) = (Mw::new(&active.pd).expect("an MW"), Window::of(passive));
    passive.post_receive(1, 8192, 64);
    passive.post_receive(2, 8192, 64);
    let posted = [
        qp.fast_register(1, &fast, &ask),
        qp.bind(2, (&fast, &mw), BASE, 64, flags),
        qp.write(3, &sge, there, token, flags),
        qp.read(4, &sge, there, token, flags),
        qp.send(5, &sge, flags),
        qp.send_and_invalidate(6, &sge, flags, theirs.token()),
        qp.invalidate(7, mw.raw().cast(), flags),
        qp.invalidate(8, fast.raw().cast(), 0),
    ];
    assert_eq!(posted, [NtStatus::SUCCESS; 8]);
    let done = active.done.take(8);
    assert_eq!(passive.received.take(2)[1].output, theirs.token().into());
    (done.iter())
        .map(|done| (done.context, done.status, done.kind))
        .collect()
}

// NDK-POST-18: every kind of request can be deferred, and comes to the same.
#[test]
fn deferring_changes_no_result() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let at_once = one_of_each(&active, &passive, 0);
    assert!(
        at_once
            .iter()
            .all(|(_, status, _)| *status == NtStatus::SUCCESS),
        "{at_once:?}"
    );
    let deferred = one_of_each(&active, &passive, NDK_OP_FLAG_DEFER);
    assert_eq!(at_once, deferred);
}

// NDK-POST-19: it does, not the time that a deferred request waits at most.
#[test]
fn a_failing_post_sends_earlier_deferred_ones_on_their_way() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    passive.post_receive(1, 0, 64);
    hold_timers(&stage, &active);
    active.post_send(2, 0, 8, NDK_OP_FLAG_DEFER);
    let sge = active.mr.sge(&active.buffer, 0, 8);
    let failed = active.qp.handle().send(3, &[sge; 3], NDK_OP_FLAG_DEFER);
    assert_eq!(failed, NtStatus::DATA_OVERRUN);
    assert_eq!(passive.received.take(1)[0].context, 1);
    assert_eq!(active.done.take(1)[0].context, 2);
    stage.machine().timers.hold(false);
}

// NDK-POST-22, NDK-FLUSH-01: a flush, a disconnect and a close bring back deferred requests, not the time that they wait at
// most.
#[test]
fn every_end_completes_deferred_requests() {
    let stage = Stage::new();
    let ends: [fn(&mut End); 3] = [
        |end| end.qp.handle().flush(),
        |end| drop(end.disconnect()),
        |end| {
            let closing = end.connector.as_mut().expect("connected").close();
            assert_eq!(closing.wait(), NtStatus::SUCCESS);
        },
    ];
    for end_it in ends {
        let (mut active, _passive) = stage.connected();
        hold_timers(&stage, &active);
        active.post_send(1, 0, 8, NDK_OP_FLAG_DEFER);
        end_it(&mut active);
        assert_eq!(active.done.take(1)[0].context, 1);
        stage.machine().timers.hold(false);
    }
}

// NDK-POST-31: a request that fails ends the connection, with those behind it; nothing is taken any more.
#[test]
fn a_request_that_fails_ends_the_connection() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let mut sge = [active.mr.sge(&active.buffer, 0, 8)];
    let qp = active.qp.handle();
    sge[0].MemoryRegionToken = 0xBAD00;
    assert_eq!(qp.send(1, &sge, NDK_OP_FLAG_DEFER), NtStatus::SUCCESS);
    active.post_send(2, 0, 8, 0);
    let done = active.done.take(2);
    assert_eq!([done[0].context, done[1].context], [1, 2]);
    let failed = done[0].status;
    assert!(
        !failed.is_success() && failed != NtStatus::CANCELLED,
        "{failed}"
    );
    assert_eq!(done[1].status, NtStatus::CANCELLED);
    assert!(
        active.gone.wait(SOON) && passive.gone.wait(SOON),
        "both are told"
    );
    let sge = [active.mr.sge(&active.buffer, 0, 8)];
    let late = qp.send(3, &sge, 0);
    if late.is_success() {
        assert_eq!(active.done.take(1)[0].status, NtStatus::CANCELLED);
    } else {
        assert_eq!(late, NtStatus::CONNECTION_INVALID);
    }
}

// NDK-POST-16, NDK-CQ-19
#[test]
fn a_fenced_send_comes_after_the_read_before_it() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    passive.buffer.write(0, &pattern(5, 1 << 19));
    passive.post_receive(1, 1 << 19, 64);
    active.post_read(2, &passive, 0, 1 << 19);
    active.post_send(3, 1 << 19, 8, NDK_OP_FLAG_READ_FENCE);
    assert_eq!(passive.received.take(1)[0].bytes, 8);
    let contexts: Vec<usize> = active.done.take(2).iter().map(|d| d.context).collect();
    assert_eq!(contexts, [2, 3]);
    assert_eq!(active.buffer.read(0, 1 << 19), pattern(5, 1 << 19));
}

// NDK-POST-05, NDK-POST-01: every post that was taken completes, whatever a flush does beside it.
#[test]
fn posts_beside_a_flush_all_complete() {
    let stage = Stage::new();
    for _ in 0..20 {
        let (active, _passive) = stage.connected();
        let qp = active.qp.handle();
        let machine = stage.machine();
        let flusher = std::thread::spawn(move || {
            let _attached = machine.attach();
            qp.flush();
        });
        let sge = [active.mr.sge(&active.buffer, 0, 8)];
        let taken = (0..200)
            .filter(|&context| qp.receive(context, &sge) == NtStatus::SUCCESS)
            .count();
        flusher.join().expect("no panic");
        qp.flush();
        assert_eq!(active.received.take(taken).len(), taken);
    }
}

// NDK-ADP-05: each limit of a queue pair is served; one more is not.
#[test]
fn the_limits_of_a_queue_pair_are_exact() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let info = adapter.info().expect("information");
    let end = End::new(&adapter, QpLimits::default());
    let cq = Quiet::new(&adapter, 8);
    let make = |limits| Qp::new(&end.pd, &cq.cq, &cq.cq, limits, 0).err();
    let most = QpLimits {
        receive_depth: info.MaxReceiveQueueDepth,
        initiator_depth: info.MaxInitiatorQueueDepth,
        receive_sge: info.MaxReceiveRequestSge,
        initiator_sge: info.MaxInitiatorRequestSge,
        inline_data: info.MaxInlineDataSize,
    };
    assert_eq!(make(most), None);
    let beyond = [
        QpLimits {
            receive_depth: most.receive_depth + 1,
            ..most
        },
        QpLimits {
            initiator_depth: most.initiator_depth + 1,
            ..most
        },
        QpLimits {
            receive_sge: most.receive_sge + 1,
            ..most
        },
        QpLimits {
            initiator_sge: most.initiator_sge + 1,
            ..most
        },
        QpLimits {
            inline_data: most.inline_data + 1,
            ..most
        },
    ];
    for limits in beyond {
        assert_eq!(
            make(limits),
            Some(NtStatus::INVALID_PARAMETER),
            "{limits:?}"
        );
    }
}

// NDK-POST-06: a connector that is closed beside posts leaves none of them behind.
#[test]
fn posts_beside_a_closing_connector_all_complete() {
    let stage = Stage::new();
    for _ in 0..20 {
        let (mut active, passive) = stage.connected();
        let mut connector = active.connector.take().expect("connected");
        let machine = stage.machine();
        let closer = std::thread::spawn(move || {
            let _attached = machine.attach();
            assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
        });
        let qp = active.qp.handle();
        let sge = [active.mr.sge(&active.buffer, 0, 8)];
        let received = (0..100)
            .filter(|&context| qp.receive(context, &sge) == NtStatus::SUCCESS)
            .count();
        let sent = (0..100)
            .filter(|&context| qp.send(context, &sge, 0) == NtStatus::SUCCESS)
            .count();
        closer.join().expect("no panic");
        assert_eq!(active.received.take(received).len(), received);
        assert_eq!(active.done.take(sent).len(), sent);
        drop(passive);
    }
}
