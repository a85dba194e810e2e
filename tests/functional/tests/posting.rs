//! What a post refuses at once, and what becomes of what it takes.

use softrnic_functional::consumer::abi::{
    NDK_OP_FLAG_DEFER, NDK_OP_FLAG_INLINE, NDK_OP_FLAG_READ_FENCE, NDK_SGE,
};
use softrnic_functional::consumer::{NtStatus, Qp, QpLimits};
use softrnic_functional::quiet::Quiet;
use softrnic_functional::{End, Stage, pattern};

const INLINE: QpLimits = QpLimits {
    receive_depth: 64,
    initiator_depth: 64,
    receive_sge: 4,
    initiator_sge: 2,
    inline_data: 128,
};

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
    let refused = [
        qp.send(1, &sge, 0),
        qp.send_and_invalidate(1, &sge, 0, 5),
        qp.write(1, &sge, 0, 5, 0),
        qp.read(1, &sge, 0, 5, 0),
    ];
    assert_eq!(refused, [NtStatus::CONNECTION_INVALID; 4]);
    assert_eq!(qp.receive(2, &sge), NtStatus::SUCCESS);
    assert_eq!(end.done.settle(), [], "NDK-POST-01");
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

// NDK-POST-19
#[test]
fn a_failing_post_sends_earlier_deferred_ones_on_their_way() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(INLINE);
    passive.post_receive(1, 0, 64);
    active.post_send(2, 0, 8, NDK_OP_FLAG_DEFER);
    let sge = active.mr.sge(&active.buffer, 0, 8);
    let failed = active.qp.handle().send(3, &[sge; 3], NDK_OP_FLAG_DEFER);
    assert_eq!(failed, NtStatus::DATA_OVERRUN);
    assert_eq!(passive.received.take(1)[0].context, 1);
    assert_eq!(active.done.take(1)[0].context, 2);
}

// NDK-POST-22, NDK-FLUSH-01
#[test]
fn a_flush_completes_deferred_requests() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    active.post_send(1, 0, 8, NDK_OP_FLAG_DEFER);
    active.qp.handle().flush();
    let done = active.done.take(1);
    assert_eq!(done[0].context, 1);
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
