//! Requests from their post to their completion, beside other posts, callbacks and a peer that does not read.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use softrnic_emulator::wsk;
use softrnic_functional::consumer::abi::{
    NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_DEFER, NDK_OP_FLAG_INLINE, NDK_OP_FLAG_READ_FENCE,
    NDK_OP_FLAG_SILENT_SUCCESS, NDK_SGE, NdkOperationTypeRead, NdkOperationTypeSend,
};
use softrnic_functional::consumer::{Buffer, Mr, Mw, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{
    ALL_ACCESS, End, SOON, Stage, at_dispatch, pattern, peer, plain_results,
};

/// Where an entry lies, as numbers that any thread may have.
#[derive(Clone, Copy)]
struct Place {
    address: u64,
    token: u32,
}

impl Place {
    fn of(end: &End, offset: usize) -> Self {
        Self {
            address: end.buffer.virtual_address() + offset as u64,
            token: end.mr.local_token(),
        }
    }

    fn entry(self, length: u32) -> [NDK_SGE; 1] {
        let mut sge = NDK_SGE::default();
        sge.Address.VirtualAddress = self.address as *mut std::ffi::c_void;
        sge.Length = length;
        sge.MemoryRegionToken = self.token;
        [sge]
    }
}

/// What a callback posts.
type Post = Box<dyn Fn() + Send + Sync>;

/// The answer to every kind of post.
fn every_post(end: &End, mw: &Mw) -> [NtStatus; 8] {
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 8)]);
    let fast = Mr::new(&end.pd, true).expect("an MR");
    let base = end.buffer.virtual_address();
    let ask = softrnic_functional::consumer::FastRegister {
        pages: &[],
        offset: 0,
        len: 1,
        base: 0,
        flags: 0,
    };
    at_dispatch(|| {
        [
            qp.receive(1, &sge),
            qp.send(1, &sge, 0),
            qp.send_and_invalidate(1, &sge, 0, 5),
            qp.write(1, &sge, 0, 5, 0),
            qp.read(1, &sge, 0, 5, 0),
            qp.bind(1, (&end.mr, mw), base, 8, 0),
            qp.fast_register(1, &fast, &ask),
            qp.invalidate(1, mw.raw().cast(), 0),
        ]
    })
}

// NDK-POST-02, NDK-POST-23: no post pends, at DISPATCH_LEVEL, whatever state its queue pair is in.
#[test]
fn no_post_pends() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let mw = Mw::new(&active.pd).expect("an MW");
    let connected = every_post(&active, &mw);
    active.qp.handle().flush();
    let flushed = every_post(&active, &mw);
    let idle = End::within(active.pd.clone(), QpLimits::default());
    let unconnected = every_post(&idle, &mw);
    for answers in [connected, flushed, unconnected] {
        assert!(!answers.contains(&NtStatus::PENDING), "{answers:?}");
    }
}

// NDK-POST-03, NDK-CQ-19: receives are posted on one processor while sends are posted on another; neither is lost, and
// each queue keeps its order.
#[test]
fn both_queues_are_posted_to_at_once() {
    const COUNT: usize = 200;
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (qp, machine) = (active.qp.handle(), stage.machine());
    let (source, sink) = (Place::of(&active, 0), Place::of(&active, 4096));
    (0..COUNT).for_each(|context| passive.post_receive(context, 0, 16));
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _attached = machine.attach();
            for context in 0..COUNT {
                assert_eq!(qp.receive(context, &sink.entry(16)), NtStatus::SUCCESS);
            }
        });
        for context in 0..COUNT {
            assert_eq!(qp.send(context, &source.entry(16), 0), NtStatus::SUCCESS);
            passive.post_send(context, 0, 16, 0);
        }
    });
    for results in [&active.done, &active.received, &passive.received] {
        let done = results.take(COUNT);
        assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
        assert!(done.iter().map(|done| done.context).eq(0..COUNT));
    }
}

// NDK-POST-10, NDK-POST-23, NDK-CQ-21: at full depth every completion posts the next request from its callback, at
// DISPATCH_LEVEL; the queues never refuse.
#[test]
fn requests_are_posted_from_the_callback_at_full_depth() {
    const DEPTH: u32 = 4;
    const COUNT: usize = 400;
    let limits = QpLimits {
        receive_depth: DEPTH,
        initiator_depth: DEPTH,
        ..QpLimits::default()
    };
    let stage = Stage::new();
    let adapters = [stage.open(0), stage.open(1)];
    let posts: [Arc<OnceLock<Post>>; 2] = Default::default();
    let counts = [0, 1].map(|_| Arc::new(AtomicUsize::new(0)));
    let queues = [0, 1].map(|n| {
        let (post, count) = (posts[n].clone(), counts[n].clone());
        Quiet::with(&adapters[n], DEPTH, move |cq| {
            let mut results = plain_results::<1>();
            while cq.poll(&mut results) == 1 {
                // What is flushed in the end is not posted anew.
                if results[0].Status == 0 && count.fetch_add(1, Ordering::SeqCst) < COUNT {
                    at_dispatch(|| post.get().expect("set before traffic")());
                }
            }
            cq.arm(NDK_CQ_NOTIFY_ANY);
        })
    });
    let unused = [0, 1].map(|n| Quiet::new(&adapters[n], DEPTH));
    let mut active = quiet::end(&adapters[0], &unused[0], &queues[0], limits);
    let mut passive = quiet::end(&adapters[1], &queues[1], &unused[1], limits);
    let (send, receive) = (active.qp.handle(), passive.qp.handle());
    let (from, to) = (Place::of(&active, 0), Place::of(&passive, 0));
    let sends = move || assert_eq!(send.send(1, &from.entry(32), 0), NtStatus::SUCCESS);
    let receives = move || assert_eq!(receive.receive(1, &to.entry(32)), NtStatus::SUCCESS);
    assert!(posts[0].set(Box::new(sends)).is_ok() && posts[1].set(Box::new(receives)).is_ok());
    stage.join(&mut active, &mut passive);
    queues.iter().for_each(|cq| cq.arm(NDK_CQ_NOTIFY_ANY));
    for _ in 0..DEPTH {
        receives();
        sends();
    }
    let until = std::time::Instant::now() + SOON;
    while counts
        .iter()
        .any(|count| count.load(Ordering::SeqCst) < COUNT)
    {
        assert!(std::time::Instant::now() < until, "{counts:?}");
        std::thread::yield_now();
    }
}

// NDK-POST-15: silent requests fill the queue while they are outstanding, and leave it though nothing signalled follows.
#[test]
fn silent_requests_take_their_place_in_the_queue() {
    let stage = Stage::new();
    let (_peer, end) = peer::connected(&stage);
    let sge = [end.mr.sge(&end.buffer, 0, 1 << 20)];
    let silent = NDK_OP_FLAG_SILENT_SUCCESS;
    let refused = |_| end.qp.handle().send(1, &sge, silent) == NtStatus::NO_MORE_ENTRIES;
    assert!((0..1024).any(refused), "the peer does not read");
    drop(end);
    let limits = QpLimits {
        initiator_depth: 4,
        ..QpLimits::default()
    };
    let stage = Stage::new();
    let (active, passive) = stage.connected_with(limits);
    let (qp, sge) = (active.qp.handle(), [active.mr.sge(&active.buffer, 0, 8)]);
    passive.post_receive(3, 0, 8);
    let until = std::time::Instant::now() + SOON;
    while qp.send(3, &sge, NDK_OP_FLAG_SILENT_SUCCESS) != NtStatus::SUCCESS {
        assert!(
            std::time::Instant::now() < until,
            "they leave by themselves"
        );
        std::thread::yield_now();
    }
    assert_eq!(passive.received.take(1)[0].context, 3);
    assert_eq!(active.done.settle(), [], "NDK-POST-14");
}

// NDK-POST-17, NDK-CQ-19: the peer has the send while the read before it is not answered; the results wait for the order.
#[test]
fn a_send_overtakes_a_read_on_the_wire_only() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 16)]);
    assert_eq!(qp.read(1, &sge, 0x1000, 77, 0), NtStatus::SUCCESS);
    assert_eq!(qp.send(2, &sge, 0), NtStatus::SUCCESS);
    let (request, message) = (peer.read_fpdu(), peer.read_fpdu());
    assert_eq!([request[3] & 0x0F, message[3] & 0x0F], [1, 3]);
    assert_eq!(end.done.settle(), [], "the send waits for the read");
    peer.send(&peer::response(&request, &pattern(4, 16)));
    let kinds: Vec<_> = end.done.take(2).iter().map(|done| done.kind).collect();
    assert_eq!(kinds, [NdkOperationTypeRead, NdkOperationTypeSend]);
    assert_eq!(end.buffer.read(0, 16), pattern(4, 16), "NDK-POST-27");
}

// NDK-POST-16: a fenced request is not on the wire before the read before it is answered.
#[test]
fn a_fenced_send_waits_for_the_reads_answer() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 16)]);
    assert_eq!(qp.read(1, &sge, 0x1000, 77, 0), NtStatus::SUCCESS);
    assert_eq!(qp.send(2, &sge, NDK_OP_FLAG_READ_FENCE), NtStatus::SUCCESS);
    let request = peer.read_fpdu();
    assert_eq!(request[3] & 0x0F, 1, "a read request");
    assert!(peer.hears_nothing(), "the send waits");
    peer.send(&peer::response(&request, &pattern(6, 16)));
    assert_eq!(
        peer.read_fpdu(),
        peer::fpdu(&peer::send(1, &pattern(6, 16)))
    );
    assert_eq!(end.done.take(2)[1].context, 2);
}

// NDK-POST-34: of more reads than were agreed on, the rest wait, each for one that is answered.
#[test]
fn reads_beyond_the_limit_are_not_on_the_wire() {
    const READS: usize = 12;
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 16)]);
    for context in 0..READS {
        assert_eq!(qp.read(context, &sge, 0x1000, 77, 0), NtStatus::SUCCESS);
    }
    let limit = peer::parameters(b"").outbound_reads as usize;
    let mut asked: VecDeque<Vec<u8>> = (0..limit).map(|_| peer.read_fpdu()).collect();
    assert!(peer.hears_nothing(), "as many as were agreed on");
    for context in 0..READS {
        let request = asked.pop_front().expect("asked");
        peer.send(&peer::response(&request, &pattern(7, 16)));
        if context + limit < READS {
            asked.push_back(peer.read_fpdu());
        }
    }
    let done = end.done.take(READS);
    assert!(done.iter().map(|done| done.context).eq(0..READS));
    assert!(peer.hears_nothing());
}

// NDK-POST-21: a deferred request that nothing follows starts by itself.
#[test]
fn a_deferred_request_does_not_wait_for_ever() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for round in 0..5 {
        passive.post_receive(round, 0, 64);
        active.post_send(round, 0, 8, NDK_OP_FLAG_DEFER);
        assert_eq!(passive.received.take(1)[0].context, round);
        assert_eq!(active.done.take(1)[0].context, round);
    }
}

// NDK-POST-24, NDK-POST-10: a peer that does not read: posts are taken up to the depth, and none waits.
#[test]
fn posts_are_taken_while_the_peer_does_not_read() {
    const LENGTH: usize = 1 << 20;
    let stage = Stage::new();
    let (peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, LENGTH)]);
    let taken = at_dispatch(|| {
        (0..256)
            .take_while(|&context| qp.send(context, &sge, 0) == NtStatus::SUCCESS)
            .count()
    });
    assert_eq!(taken, 256, "as many as the depth");
    let refused = qp.send(256, &sge, 0);
    assert!([NtStatus::SUCCESS, NtStatus::NO_MORE_ENTRIES].contains(&refused));
    drop(peer);
    let all = taken + usize::from(refused == NtStatus::SUCCESS);
    assert_eq!(end.done.take(all).len(), all, "NDK-POST-01");
}

// NDK-POST-25, NDK-POST-26: a request's memory is the consumer's again with its completion, though the network is slow;
// what the peer gets is what was there before.
#[test]
fn memory_may_be_changed_when_its_request_has_completed() {
    const LENGTH: usize = 200_000;
    let stage = Stage::over(wsk::Options {
        vary_completions: true,
        odd_indications: true,
        seed: 11,
        ..wsk::Options::default()
    });
    let (active, passive) = stage.connected();
    for round in 0..12 {
        let bytes = pattern(round, LENGTH);
        passive.post_receive(1, 0, LENGTH);
        active.buffer.write(0, &bytes);
        if round % 2 == 0 {
            active.post_send(2, 0, LENGTH, 0);
        } else {
            active.post_write(2, &passive, 0, LENGTH);
        }
        assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
        active.buffer.write(0, &vec![0xDD; LENGTH]);
        if round % 2 == 1 {
            active.post_send(3, LENGTH, 1, 0);
            assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
        }
        assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
        let skip = usize::from(round % 2 == 1);
        assert!(
            passive.buffer.read(skip, LENGTH - skip) == bytes[skip..],
            "round {round}"
        );
    }
}

// NDK-POST-28: a read of more than there is places nothing, fails, and takes the connection along; its length is the sum of
// its entries.
#[test]
fn a_read_beyond_the_region_fails() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (base, length) = (
        passive.buffer.virtual_address(),
        passive.buffer.len() as u64,
    );
    let (qp, token) = (active.qp.handle(), passive.mr.remote_token());
    let sges = [
        active.mr.sge(&active.buffer, 0, 8),
        active.mr.sge(&active.buffer, 100, 8),
    ];
    passive
        .buffer
        .write(passive.buffer.len() - 16, &pattern(8, 16));
    assert_eq!(
        qp.read(1, &sges, base + length - 16, token, 0),
        NtStatus::SUCCESS
    );
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    let read = [active.buffer.read(0, 8), active.buffer.read(100, 8)].concat();
    assert_eq!(read, pattern(8, 16));
    active.buffer.write(0, &[0x77; 200]);
    assert_eq!(
        qp.read(2, &sges, base + length - 15, token, 0),
        NtStatus::SUCCESS
    );
    assert_eq!(active.done.take(1)[0].status, NtStatus::REMOTE_RESOURCES);
    assert!(active.gone.wait(SOON) && passive.gone.wait(SOON));
    assert_eq!(active.buffer.read(0, 200), [0x77; 200]);
}

// NDK-POST-29: what the consumer passes on, as host numbers, is what comes out on the wire as network numbers.
// NdkWrite, NdkRead: STATUS_SUCCESS.
#[test]
fn remote_addresses_and_tokens_pass_unchanged() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 4)]);
    let (address, token) = (0x0123_4567_89AB_CDEF, 0x8765_4321);
    assert_eq!(qp.write(1, &sge, address, token, 0), NtStatus::SUCCESS);
    let write = peer.read_fpdu();
    assert_eq!(write[4..8], token.to_be_bytes());
    assert_eq!(write[8..16], address.to_be_bytes());
    assert_eq!(qp.read(2, &sge, address, token, 0), NtStatus::SUCCESS);
    let read = peer.read_fpdu();
    assert_eq!(read[36..40], token.to_be_bytes());
    assert_eq!(read[40..48], address.to_be_bytes());
}

// NDK-POST-35: a queue pair made for no inline data takes none, and is none the worse for it.
// NdkSend: STATUS_INVALID_BUFFER_SIZE.
#[test]
fn no_inline_data_is_a_legal_limit() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let bytes = [1_u8, 2, 3];
    let mut own = active.mr.sge(&active.buffer, 0, 3);
    own.Address.VirtualAddress = bytes.as_ptr().cast_mut().cast();
    let refused = active.qp.handle().send(1, &[own], NDK_OP_FLAG_INLINE);
    assert_eq!(refused, NtStatus::INVALID_BUFFER_SIZE);
    passive.post_receive(2, 0, 8);
    active.post_send(3, 0, 3, 0);
    assert_eq!(passive.received.take(1)[0].context, 2);
    assert_eq!(active.done.take(1)[0].context, 3);
}

// NDK-FR-07: lists are read during the call only: what they held may be anything when the request's turn comes.
#[test]
fn lists_are_copied_by_the_call() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(8192);
    let mr = Mr::of(&active.pd, &buffer, ALL_ACCESS).expect("an MR");
    buffer.write(0, &pattern(2, 8192));
    let mut list = vec![mr.sge(&buffer, 0, 4096), mr.sge(&buffer, 4096, 4096)];
    let mut sink = vec![passive.mr.sge(&passive.buffer, 0, 8192)];
    assert_eq!(passive.qp.handle().receive(1, &sink), NtStatus::SUCCESS);
    sink[0].MemoryRegionToken = 0xBAD;
    let posted = active.qp.handle().send(2, &list, NDK_OP_FLAG_DEFER);
    assert_eq!(posted, NtStatus::SUCCESS);
    list.iter_mut().for_each(|sge| *sge = Default::default());
    drop(list);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 8192);
    assert!(passive.buffer.read(0, 8192) == pattern(2, 8192));
}
