//! What goes out in one send, and how a connection goes on when its neighbours have all large batches.

use std::time::Instant;

use softrnic_emulator::wsk::{Call, Pace};
use softrnic_functional::consumer::abi::{
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_OP_FLAG_DEFER, NDK_SGE,
};
use softrnic_functional::consumer::{Mr, NtStatus, QpLimits};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{A_WHILE, End, SOON, Stage, pattern};

/// Sends under way of one connection, most.
const MOST: usize = 8;
/// Connections that have all batches of an adapter between them, 32 large and 128 light ones.
const GREEDY: usize = (32 + 128) / MOST;
/// Too much for a batch of a connection's own.
const LARGE: usize = 10_000;
/// Messages that a batch of a connection's own takes, each too long to be copied.
const EIGHT: usize = 8;
const PAGE: usize = 2400;
/// Of a message, most.
const PIECES: usize = 16;
/// Bytes of a Send between the length field and its payload.
const HEADERS: usize = 18;

/// Frames as large as a message of these tests.
fn stage() -> Stage {
    Stage::configured(&[("*JumboPacket", 65_549)])
}

/// Puts bytes into the end's buffer that no other part of it has.
fn filled(end: &End, len: usize) -> Vec<u8> {
    let data = pattern(7, len);
    end.buffer.write(0, &data);
    data
}

fn post(end: &End, context: usize, sges: &[NDK_SGE], flags: u32) {
    let posted = end.qp.handle().send(context, sges, flags);
    assert_eq!(posted, NtStatus::SUCCESS);
}

/// The payloads of the next message's segments.
fn message(peer: &mut Peer) -> Vec<Vec<u8>> {
    let mut segments = Vec::new();
    let mut offset = 0;
    loop {
        let fpdu = peer.read_fpdu();
        let length = usize::from(u16::from_be_bytes([fpdu[0], fpdu[1]])) - HEADERS;
        let said = u32::from_be_bytes([fpdu[16], fpdu[17], fpdu[18], fpdu[19]]);
        assert_eq!(said as usize, offset, "where it belongs");
        offset += length;
        segments.push(fpdu[2 + HEADERS..][..length].to_vec());
        // The last one of its message (RFC 5041 section 4.2).
        if fpdu[2] & 0x40 != 0 {
            return segments;
        }
    }
}

/// As many pieces as a message may have, each of a region of its own: too many for a batch of a connection's own.
fn scattered(end: &End, len: usize) -> (Vec<Mr>, Vec<NDK_SGE>) {
    let piece = len / PIECES;
    let region = |_| Mr::of(&end.pd, &end.buffer, NDK_MR_FLAG_ALLOW_LOCAL_WRITE).expect("an MR");
    let regions: Vec<Mr> = (0..PIECES).map(region).collect();
    let sge = |(n, mr): (usize, &Mr)| mr.sge(&end.buffer, n * piece, piece);
    let pieces = regions.iter().enumerate().map(sge).collect();
    (regions, pieces)
}

// WSK-TX-06: what waits goes out in one call, also when it is more than fits in the batch that was begun.
#[test]
fn the_small_goes_out_with_the_large() {
    let stage = stage();
    let wsk = &stage.machine().wsk;
    let (mut peer, end) = peer::connected(&stage);
    let data = filled(&end, LARGE);
    for _ in 0..2 {
        wsk.pace(Call::Send, Pace::Held);
    }
    post(
        &end,
        1,
        &[end.mr.sge(&end.buffer, 0, 300)],
        NDK_OP_FLAG_DEFER,
    );
    post(&end, 2, &[end.mr.sge(&end.buffer, 0, LARGE)], 0);
    assert!(message(&mut peer) == [&data[..300]], "the small");
    assert!(message(&mut peer) == [&data[..]], "the large");
    assert!(wsk.holds(1, SOON));
    std::thread::sleep(A_WHILE);
    assert_eq!(wsk.release(), 1, "one call for both");
    assert_eq!(wsk.heal(), 1, "nobody called again");
    assert_eq!(end.done.take(2).len(), 2);
}

// WSK-TX-08: peers that acknowledge nothing hold every batch that connections share, and their neighbour still gets on: in
// one piece where its own batch can describe that, else in small ones; and as before once the others have let go.
#[test]
fn a_connection_does_without_large_batches() {
    let stage = stage();
    let wsk = &stage.machine().wsk;
    let mut greedy: Vec<_> = (0..GREEDY).map(|_| peer::connected(&stage)).collect();
    let limits = QpLimits {
        initiator_sge: PIECES as u32,
        ..QpLimits::default()
    };
    let (mut peer, end) = peer::connected_with(&stage, limits);
    let data = filled(&end, 2 * LARGE);
    for _ in 0..GREEDY * MOST {
        wsk.pace(Call::Send, Pace::Held);
    }
    for (_, other) in &greedy {
        for n in 0..MOST {
            other.post_send(n, 0, LARGE, 0);
        }
    }
    assert!(wsk.holds(GREEDY * MOST, SOON));

    for len in [LARGE, 2 * LARGE] {
        post(&end, 1, &[end.mr.sge(&end.buffer, 0, len)], 0);
        assert!(message(&mut peer) == [&data[..len]], "in one piece");
        assert_eq!(end.done.take(1).len(), 1);
    }
    let (_regions, pieces) = scattered(&end, 2 * LARGE);
    post(&end, 2, &pieces, 0);
    let segments = message(&mut peer);
    let (rest, cut) = segments.split_last().expect("segments");
    assert!(cut.iter().all(|part| part.len() <= 512), "what fits");
    assert!(cut.len() > 8 && rest.len() < LARGE, "{} of them", cut.len());
    assert!(segments.concat() == data, "what was sent");
    assert_eq!(end.done.take(1).len(), 1);

    // WSK-TX-06: here, too, what waits goes out in one call.
    for _ in 0..2 {
        wsk.pace(Call::Send, Pace::Held);
    }
    for n in 0..EIGHT {
        let flags = if n + 1 < EIGHT { NDK_OP_FLAG_DEFER } else { 0 };
        post(&end, n, &[end.mr.sge(&end.buffer, n * PAGE, PAGE)], flags);
    }
    for n in 0..EIGHT {
        assert!(message(&mut peer) == [&data[n * PAGE..][..PAGE]]);
    }
    assert!(wsk.holds(GREEDY * MOST + 1, SOON));
    std::thread::sleep(A_WHILE);

    assert_eq!(wsk.release(), GREEDY * MOST + 1, "one call for all eight");
    assert_eq!(wsk.heal(), 1, "nobody called again");
    assert_eq!(end.done.take(EIGHT).len(), EIGHT);
    for (other, theirs) in &mut greedy {
        for _ in 0..MOST {
            assert_eq!(message(other).concat().len(), LARGE);
        }
        assert_eq!(theirs.done.take(MOST).len(), MOST);
    }
    // Their batches come back when their sends complete, in a while.
    let deadline = Instant::now() + SOON;
    let mut segments = 2;
    while segments > 1 && Instant::now() < deadline {
        post(&end, 3, &pieces, 0);
        let sent = message(&mut peer);
        assert!(sent.concat() == data, "what was sent");
        assert_eq!(end.done.take(1).len(), 1);
        segments = sent.len();
    }
    assert_eq!(segments, 1);
}
