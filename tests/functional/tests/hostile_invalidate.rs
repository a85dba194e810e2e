//! Tokens that a peer may end, and windows that are not its (`docs/hostile.md`).

use softrnic_functional::consumer::abi::{
    NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE, NDK_OP_FLAG_SILENT_SUCCESS,
    NdkOperationTypeReceive, NdkOperationTypeReceiveAndInvalidate,
};
use softrnic_functional::consumer::{Buffer, FastRegister, Lam, Mr, Mw, NtStatus};
use softrnic_functional::hostile::{
    UNTOUCHED, Victim, World, hex, read_request, region, send, untagged, write,
};
use softrnic_functional::{SOON, row_tests};

row_tests! {
    two_names: d37_exactly_one_stag_is_invalidated;
    another_s_window: t06_a_window_bound_to_another_queue_pair;
    another_s_window_ended: i06_a_window_bound_to_another_queue_pair;
    ended_twice: i09_the_second_invalidation_fails;
    ended_while_read: i10_a_region_invalidated_while_it_is_read;
}

const REMOTE: u32 = NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE;
const BASE: u64 = 0x7777_0000_0000;

/// A region of fast registration; `BASE` is its first byte.
struct Fast {
    mr: Mr,
    buffer: Buffer,
    _lam: Lam,
}

impl Fast {
    fn new(victim: &Victim, len: usize) -> Self {
        let buffer = Buffer::new(len);
        buffer.write(0, &vec![UNTOUCHED; len]);
        let lam = Lam::of(&victim.end.adapter, &buffer).expect("a LAM");
        let mr = Mr::fast(&victim.end.pd, 256).expect("an FRMR");
        let ask = FastRegister {
            pages: lam.pages(),
            offset: 0,
            len,
            base: BASE,
            flags: REMOTE | NDK_OP_FLAG_SILENT_SUCCESS,
        };
        let posted = victim.end.qp.handle().fast_register(0, &mr, &ask);
        assert_eq!(posted, NtStatus::SUCCESS);
        Self {
            mr,
            buffer,
            _lam: lam,
        }
    }

    fn token(&self) -> u32 {
        self.mr.remote_token()
    }
}

/// A victim whose first receive is used up, so that it sends, and two more are posted.
fn open(world: &World) -> Victim {
    let mut victim = world.victim();
    victim.peer.send(&send(1, b""));
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    victim.post_receive(2);
    victim.post_receive(3);
    victim
}

/// A Send with Invalidate, whole.
fn invalidating(token: u32, sequence: u32) -> Vec<u8> {
    untagged([0x41, 0x44], token, sequence, &[0xaa; 16])
}

/// The receive tells which token is gone.
fn assert_told(victim: &Victim, token: u32) {
    let done = victim.end.received.take(1)[0];
    assert_eq!(done.status, NtStatus::SUCCESS);
    assert_eq!(done.kind, NdkOperationTypeReceiveAndInvalidate);
    assert_eq!(done.output, u64::from(token));
}

/// Something the peer writes is there.
fn assert_writable(victim: &mut Victim, fast: &Fast, sequence: u32) {
    let bytes = write(fast.token(), BASE, &[0xaa; 16]);
    victim.peer.send(&bytes);
    victim.peer.send(&send(sequence, b"through"));
    let done = victim.end.received.take(1)[0];
    let expected = (NtStatus::SUCCESS, NdkOperationTypeReceive);
    assert_eq!((done.status, done.kind), expected);
    assert_eq!(
        fast.buffer.read(0, 17),
        [&[0xaa; 16][..], &[UNTOUCHED]].concat()
    );
}

/// The last segment's name counts.
fn two_names(world: &World, _: &str) {
    let mut victim = open(world);
    let (first, last) = (Fast::new(&victim, 4096), Fast::new(&victim, 4096));
    let half = untagged([0x01, 0x44], first.token(), 2, &[0xaa; 16]);
    let mut rest = hex("4144");
    rest.extend(last.token().to_be_bytes());
    rest.extend(hex("00000000 00000002 00000010 aa*16"));
    victim.peer.send(&half);
    victim.peer.send(&softrnic_functional::peer::fpdu(&rest));
    assert_told(&victim, last.token());
    assert_writable(&mut victim, &first, 3);
    victim.peer.send(&write(last.token(), BASE, &[0xaa; 16]));
    assert_eq!(victim.peer.terminate(), "1100c000");
    assert!(victim.end.gone.wait(SOON));
    assert_eq!(last.buffer.read(0, 4096), [UNTOUCHED; 4096]);
}

fn ended_twice(world: &World, _: &str) {
    let mut victim = open(world);
    let fast = Fast::new(&victim, 4096);
    let stream = [invalidating(fast.token(), 2), invalidating(fast.token(), 3)];
    victim.peer.send(&stream.concat());
    assert_told(&victim, fast.token());
    assert_eq!(victim.peer.terminate(), "0209c000");
    victim.assert_lost(NtStatus::CANCELLED);
    assert_eq!(fast.buffer.read(0, 4096), [UNTOUCHED; 4096]);
}

/// After the consumer is told the memory is its own: no byte of it goes out any more.
fn ended_while_read(world: &World, _: &str) {
    let mut victim = open(world);
    let len = 1 << 20;
    let fast = Fast::new(&victim, len);
    for sequence in 1..=2 {
        let request = read_request(sequence, fast.token(), BASE, len as u32);
        victim.peer.send(&request);
    }
    victim.peer.send(&invalidating(fast.token(), 2));
    assert_told(&victim, fast.token());
    fast.buffer.write(0, &vec![0x11; len]);
    let mut answered = 0;
    while answered < 2 * len {
        let frame = victim.peer.fpdu();
        if frame[3] == 0x47 {
            assert_eq!(frame[20..24], hex("0100e000")[..]);
            break;
        }
        assert!(frame[16..].iter().all(|byte| *byte == UNTOUCHED), "stale");
        answered += frame.len() - 16;
    }
    victim.peer.finish();
    victim.assert_canaries();
}

// NDK-CQ-18: what tells that a region is the consumer's again comes when TCP reads nothing of it any more.
#[test]
fn what_is_being_sent_is_not_the_consumers_yet() {
    // Frames so long that they are sent from where they lie.
    let world = World::new(&[("*JumboPacket", 65_549)]);
    let mut victim = open(&world);
    victim.peer.keep_at_most(64 * 1024);
    let len = 1 << 20;
    let fast = Fast::new(&victim, len);
    let request = read_request(1, fast.token(), BASE, len as u32);
    victim.peer.send(&request);
    let answer = |victim: &mut Victim| {
        let frame = victim.peer.fpdu();
        assert_eq!(frame[3], 0x42, "a part of the answer");
        assert!(frame[16..].iter().all(|byte| *byte == UNTOUCHED));
        frame.len() - 16
    };
    let mut answered = answer(&mut victim);
    victim.peer.send(&invalidating(fast.token(), 2));
    let early = victim.end.received.settle();
    assert!(early.is_empty(), "told too early: {early:?}");
    while answered < len {
        answered += answer(&mut victim);
    }
    assert_told(&victim, fast.token());
    fast.buffer.write(0, &vec![0x11; len]);
    victim.peer.finish();
    victim.assert_canaries();
}

/// A window over A of `one`'s queue pair.
fn window(one: &Victim) -> Mw {
    let a = &one.regions[region::A];
    let mw = Mw::new(&one.end.pd).expect("an MW");
    let post = one.end.qp.handle();
    let posted = post.bind(7, (&a.mr, &mw), a.base(), 64, REMOTE);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(one.end.done.take(1)[0].status, NtStatus::SUCCESS);
    mw
}

/// What the other connection's peer says of it is answered with `code`; it stays.
fn refused(world: &World, code: &str, said: impl Fn(u32, u64) -> Vec<u8>) {
    let (mut one, mut other) = world.two_of_one_domain();
    for victim in [&mut one, &mut other] {
        victim.post_receive(1);
        victim.peer.send(&write(1, 0, b""));
    }
    let mw = window(&one);
    let base = one.regions[region::A].base();
    other.peer.send(&said(mw.remote_token(), base));
    assert_eq!(other.peer.terminate(), code);
    other.assert_lost(NtStatus::CANCELLED);
    one.assert_untouched(region::A);
    // Its own peer still has it.
    one.peer.send(&write(mw.remote_token(), base, &[0xaa; 16]));
    one.peer.send(&send(1, b"through"));
    assert_eq!(one.end.received.take(1)[0].status, NtStatus::SUCCESS);
    let bytes = one.regions[region::A].bytes();
    assert_eq!((&bytes[..16], bytes[16]), (&[0xaa; 16][..], UNTOUCHED));
    drop(mw);
}

fn another_s_window(world: &World, _: &str) {
    refused(world, "1102c000", |token, base| {
        write(token, base, &[0xaa; 16])
    });
}

fn another_s_window_ended(world: &World, _: &str) {
    refused(world, "0109c000", |token, _| invalidating(token, 1));
}
