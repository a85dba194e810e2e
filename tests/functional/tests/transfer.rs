//! Data moves: sends fill receives in order, writes and reads reach the named memory, and every byte is right.

use softrnic_functional::consumer::abi::{
    NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SILENT_SUCCESS, NdkOperationTypeRead,
    NdkOperationTypeReceive, NdkOperationTypeSend, NdkOperationTypeWrite,
};
use softrnic_functional::consumer::{NtStatus, QpLimits};
use softrnic_functional::{Done, End, Stage, pattern};

fn contexts(done: &[Done]) -> Vec<usize> {
    done.iter().map(|d| d.context).collect()
}

fn send_and_check(from: &End, to: &End, sizes: &[usize]) {
    for (n, len) in sizes.iter().enumerate() {
        to.post_receive(n, 0, 1 << 20);
        let bytes = pattern(n as u8, *len);
        from.buffer.write(0, &bytes);
        from.post_send(n, 0, *len, 0);
        let received = to.received.take(1)[0];
        assert_eq!(
            received,
            Done {
                context: n,
                status: NtStatus::SUCCESS,
                bytes: *len as u32,
                kind: NdkOperationTypeReceive,
                output: 0,
                code: 0,
            }
        );
        assert_eq!(to.buffer.read(0, *len), bytes, "a send of {len} bytes");
        let sent = from.done.take(1)[0];
        assert_eq!(
            (sent.context, sent.status, sent.kind),
            (n, NtStatus::SUCCESS, NdkOperationTypeSend)
        );
    }
}

const SIZES: [usize; 14] = [
    0,
    1,
    3,
    4,
    63,
    64,
    1423,
    1424,
    1425,
    4096,
    65_536,
    65_537,
    300_001,
    1 << 20,
];

// NDK-CQ-14, -15, -16, NDK-POST-13, -36: every size, in both directions.
// WSK-TX-02, WSK-TX-03: as one stream.
#[test]
fn sends_of_every_size_arrive_whole_in_both_directions() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    send_and_check(&active, &passive, &SIZES);
    send_and_check(&passive, &active, &SIZES);
}

// NDK-ADP-16: both address families.
// WSK-OPT-04.
#[test]
fn sends_arrive_over_ipv6() {
    if !softrnic_emulator::wsk::host_has_ipv6() {
        return;
    }
    let stage = Stage::ipv6();
    let (active, passive) = stage.connected();
    send_and_check(&active, &passive, &[1, 100_000]);
}

// NDK-CQ-19, NDK-POST-36: completions in post order, receives filled in post order.
#[test]
fn a_full_queue_of_sends_fills_receives_in_post_order() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for n in 0..256 {
        passive.post_receive(n, n * 1024, 1024);
    }
    for n in 0..256 {
        active.buffer.write(n * 1024, &pattern(n as u8, 1 + n));
        active.post_send(n, n * 1024, 1 + n, 0);
    }
    let received = passive.received.take(256);
    assert_eq!(contexts(&received), (0..256).collect::<Vec<_>>());
    assert_eq!(
        contexts(&active.done.take(256)),
        (0..256).collect::<Vec<_>>()
    );
    for (n, done) in received.iter().enumerate() {
        assert_eq!(done.bytes as usize, 1 + n);
        assert_eq!(
            passive.buffer.read(n * 1024, 1 + n),
            pattern(n as u8, 1 + n)
        );
    }
}

// RFC 5040: a write places bytes at the named address and nowhere else; a send behind it says that it is there.
// RFC5040-5.1-6.
#[test]
fn writes_place_their_bytes_before_a_later_send_is_delivered() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for (n, len) in SIZES
        .into_iter()
        .enumerate()
        .filter(|(_, len)| *len < 1 << 19)
    {
        passive.buffer.write(0, &vec![0xAA; 1 << 20]);
        passive.post_receive(n, (1 << 20) - 8, 8);
        let bytes = pattern(n as u8, len);
        active.buffer.write(64, &bytes);
        active.post_write(n, &passive, 64, len);
        active.post_send(n, 0, 1, 0);
        assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(
            passive.buffer.read(64, len),
            bytes,
            "a write of {len} bytes"
        );
        assert_eq!(
            passive.buffer.read(0, 64),
            vec![0xAA; 64],
            "bytes before the write"
        );
        assert_eq!(
            passive.buffer.read(64 + len, 64),
            vec![0xAA; 64],
            "bytes after the write"
        );
        let done = active.done.take(2);
        assert_eq!(
            (done[0].kind, done[1].kind),
            (NdkOperationTypeWrite, NdkOperationTypeSend)
        );
    }
}

// NDK-POST-27: a read's bytes are there when its completion is.
// RFC5040-5.5-13.
#[test]
fn reads_bring_the_bytes_before_their_completion() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for (n, len) in SIZES
        .into_iter()
        .enumerate()
        .filter(|(_, len)| *len < 1 << 19)
    {
        let bytes = pattern(n as u8, len);
        passive.buffer.write(32, &bytes);
        active.buffer.write(0, &vec![0x55; 1 << 20]);
        active.post_read(n, &passive, 32, len);
        let done = active.done.take(1)[0];
        assert_eq!(
            (done.context, done.status, done.kind),
            (n, NtStatus::SUCCESS, NdkOperationTypeRead)
        );
        assert_eq!(active.buffer.read(32, len), bytes, "a read of {len} bytes");
        assert_eq!(
            active.buffer.read(32 + len, 32),
            vec![0x55; 32],
            "bytes after the read"
        );
    }
}

// NDK-POST-34, NDK-CQ-19: more reads than may be outstanding, mixed with sends, complete in post order.
// RFC5040-5.5-9.
#[test]
fn reads_and_sends_complete_in_post_order() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    passive.buffer.write(0, &pattern(3, 1 << 20));
    for n in 0..32 {
        passive.post_receive(n, 0, 16);
    }
    for n in 0..64 {
        if n % 2 == 0 {
            active.post_read(n, &passive, n * 1000 + 64, 999);
        } else {
            active.post_send(
                n,
                0,
                16,
                if n % 4 == 1 {
                    NDK_OP_FLAG_READ_FENCE
                } else {
                    0
                },
            );
        }
    }
    let done = active.done.take(64);
    assert_eq!(contexts(&done), (0..64).collect::<Vec<_>>());
    assert!(
        done.iter().all(|d| d.status == NtStatus::SUCCESS),
        "{done:?}"
    );
    assert_eq!(passive.received.take(32).len(), 32);
    for n in (0..64).step_by(2) {
        assert_eq!(
            active.buffer.read(n * 1000 + 64, 999),
            passive.buffer.read(n * 1000 + 64, 999)
        );
    }
}

// NDK-POST-33: a send that finds no receive waits in the stream.
// RFC5041-7.1-6.
#[test]
fn a_send_without_a_posted_receive_waits_for_one() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    active.buffer.write(0, &pattern(9, 5000));
    active.post_send(1, 0, 5000, 0);
    active.post_send(2, 0, 10, 0);
    assert_eq!(passive.received.settle(), []);
    assert_eq!(passive.gone.count(), 0);
    passive.post_receive(1, 0, 8000);
    assert_eq!(passive.received.take(1)[0].bytes, 5000);
    assert_eq!(passive.buffer.read(0, 5000), pattern(9, 5000));
    passive.post_receive(2, 0, 8000);
    assert_eq!(passive.received.take(1)[0].bytes, 10);
}

// NDK-POST-14, -15: silent requests leave no result and give their place back by themselves.
#[test]
fn silent_sends_complete_without_results_and_do_not_fill_the_queue() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(QpLimits {
        receive_depth: 256,
        initiator_depth: 8,
        ..QpLimits::default()
    });
    for n in 0..80 {
        passive.post_receive(n, 0, 64);
    }
    for _ in 0..80 {
        while active.qp.handle().send(
            0,
            &[active.mr.sge(&active.buffer, 0, 8)],
            NDK_OP_FLAG_SILENT_SUCCESS,
        ) != NtStatus::SUCCESS
        {
            std::thread::yield_now();
        }
    }
    assert_eq!(passive.received.take(80).len(), 80);
    assert_eq!(active.done.settle(), []);
}

// NDK-POST-10, -31: one post more than the depth fails inline, harms nothing, and its place comes back.
// NdkReceive: STATUS_NO_MORE_ENTRIES.
#[test]
fn a_post_beyond_the_depth_fails_inline() {
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(QpLimits {
        receive_depth: 4,
        initiator_depth: 4,
        ..QpLimits::default()
    });
    for n in 0..4 {
        passive.post_receive(n, 0, 64);
    }
    let sge = passive.mr.sge(&passive.buffer, 0, 64);
    assert_eq!(
        passive.qp.handle().receive(4, &[sge]),
        NtStatus::NO_MORE_ENTRIES
    );
    active.post_send(0, 0, 64, 0);
    assert_eq!(passive.received.take(1)[0].context, 0);
    passive.post_receive(4, 0, 64);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
}

// NDK_SGE: a list scatters and gathers in its order, zero-length elements included.
#[test]
fn scatter_gather_lists_are_followed_in_order() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    active.buffer.write(0, &pattern(1, 9000));
    let from = [
        active.mr.sge(&active.buffer, 5000, 3000),
        active.mr.sge(&active.buffer, 0, 0),
        active.mr.sge(&active.buffer, 17, 1),
        active.mr.sge(&active.buffer, 4095, 2),
    ];
    let to = [
        passive.mr.sge(&passive.buffer, 100, 2),
        passive.mr.sge(&passive.buffer, 8190, 3000),
        passive.mr.sge(&passive.buffer, 50_000, 100),
    ];
    assert_eq!(passive.qp.handle().receive(1, &to), NtStatus::SUCCESS);
    assert_eq!(active.qp.handle().send(1, &from, 0), NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 3003);
    let sent: Vec<u8> = [
        active.buffer.read(5000, 3000),
        active.buffer.read(17, 1),
        active.buffer.read(4095, 2),
    ]
    .concat();
    let got: Vec<u8> = [
        passive.buffer.read(100, 2),
        passive.buffer.read(8190, 3000),
        passive.buffer.read(50_000, 1),
    ]
    .concat();
    assert_eq!(got, sent);
}
