//! The interface by its numbers: what a consumer compiled against the headers passes and finds, byte by byte.

use std::ffi::c_void;

use softrnic_functional::consumer::abi::{NDK_RESULT, NDK_RESULT_EX, NDK_SGE};
use softrnic_functional::consumer::{Buffer, FastRegister, Lam, Mr, Mw, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{A_WHILE, End, SOON, Stage, pattern};

// Flags of requests.
const SILENT: u32 = 1;
const FENCE: u32 = 2;
const SOLICIT: u32 = 4;
const REMOTE_READ: u32 = 8;
const REMOTE_WRITE: u32 = 0x30;
const INLINE: u32 = 0x40;
const SINK: u32 = 0x80;
const INVALIDATE_SINK: u32 = 0x100;
const DEFER: u32 = 0x200;

/// Two ends whose results the test polls itself: the active initiator's and the passive receiver's.
struct Ends {
    active: End,
    passive: End,
    initiated: Quiet,
    received: Quiet,
}

fn connected(stage: &Stage, limits: QpLimits) -> Ends {
    let adapters = [stage.open(0), stage.open(1)];
    let initiated = Quiet::new(&adapters[0], 256);
    let received = Quiet::new(&adapters[1], 256);
    let mut active = quiet::end(&adapters[0], &initiated, &initiated, limits);
    let mut passive = quiet::end(&adapters[1], &received, &received, limits);
    stage.join(&mut active, &mut passive);
    Ends {
        active,
        passive,
        initiated,
        received,
    }
}

/// An entry as the header lays it out: eight bytes of address, four of length, four of token.
fn entry(address: u64, length: u32, token: u32) -> NDK_SGE {
    let mut bytes = [0_u8; 16];
    bytes[..8].copy_from_slice(&address.to_ne_bytes());
    bytes[8..12].copy_from_slice(&length.to_ne_bytes());
    bytes[12..].copy_from_slice(&token.to_ne_bytes());
    // SAFETY: sixteen bytes of integers (NDK-ABI-03; the compiler refuses another size).
    unsafe { std::mem::transmute::<[u8; 16], NDK_SGE>(bytes) }
}

fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let mut word = [0; 8];
    word[..length].copy_from_slice(&bytes[at..at + length]);
    u64::from_ne_bytes(word)
}

// NDK-ABI-03, NDK-ABI-04: entries and both kinds of results at their offsets; nothing is written behind a result.
#[test]
fn entries_and_results_lie_where_the_header_says() {
    let stage = Stage::new();
    let ends = connected(&stage, QpLimits::default());
    let (active, passive) = (&ends.active, &ends.passive);
    let sink = entry(
        passive.buffer.virtual_address() + 8,
        100,
        passive.mr.local_token(),
    );
    for context in [0x1122_3344_5566_7788, 0x99] {
        let posted = passive.qp.handle().receive(context, &[sink]);
        assert_eq!(posted, NtStatus::SUCCESS);
        active.buffer.write(0, &pattern(7, 70));
        let source = entry(active.buffer.virtual_address(), 70, active.mr.local_token());
        let posted = active.qp.handle().send(1, &[source], 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        assert_eq!(ends.initiated.take(1).len(), 1);
    }
    let poll = |size: usize, one: &dyn Fn(*mut c_void) -> u32| {
        let mut bytes = vec![0xEE_u8; 2 * size];
        let until = std::time::Instant::now() + SOON;
        while one(bytes.as_mut_ptr().cast()) == 0 {
            assert!(std::time::Instant::now() < until, "a result comes");
        }
        assert!(bytes[size..].iter().all(|byte| *byte == 0xEE), "NDK-CQ-13");
        bytes
    };
    let cq = ends.received.cq.raw();
    // SAFETY: the queue is open and the buffer has room for one result.
    let plain = poll(24, &|to| unsafe {
        ((*(*cq).Dispatch).NdkGetCqResults.expect("NDK-VER-05"))(cq, to.cast::<NDK_RESULT>(), 1)
    });
    assert_eq!([number(&plain, 0, 4), number(&plain, 4, 4)], [0, 70]);
    assert_eq!(number(&plain, 8, 8), 0x5151);
    assert_eq!(number(&plain, 16, 8), 0x1122_3344_5566_7788);
    // SAFETY: as above.
    let extended = poll(40, &|to| unsafe {
        ((*(*cq).Dispatch).NdkGetCqResultsEx.expect("NDK-VER-05"))(
            cq,
            to.cast::<NDK_RESULT_EX>(),
            1,
        )
    });
    assert_eq!([number(&extended, 0, 4), number(&extended, 4, 4)], [0, 70]);
    assert_eq!(
        [number(&extended, 8, 8), number(&extended, 16, 8)],
        [0x5151, 0x99]
    );
    assert_eq!([number(&extended, 24, 4), number(&extended, 28, 4)], [1, 0]);
    assert_eq!(passive.buffer.read(8, 70), pattern(7, 70));
}

// NDK-ABI-07, NDK-CQ-16: the type of every operation; both receives have bit 0.
#[test]
fn every_operation_has_its_number() {
    let stage = Stage::new();
    let ends = connected(&stage, QpLimits::default());
    let (active, passive) = (&ends.active, &ends.passive);
    let (qp, sge) = (active.qp.handle(), [active.mr.sge(&active.buffer, 0, 8)]);
    let (there, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    let buffer = Buffer::new(4096);
    let lam = Lam::of(&active.adapter, &buffer).expect("a LAM");
    let (mr, mw) = (
        Mr::fast(&active.pd, 16).expect("an FRMR"),
        Mw::new(&active.pd).expect("an MW"),
    );
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: 4096,
        base: 0,
        flags: REMOTE_READ,
    };
    passive.post_receive(1, 0, 64);
    let initiated = || ends.initiated.take(1)[0].kind;
    assert_eq!(qp.send(2, &sge, 0), NtStatus::SUCCESS);
    assert_eq!(initiated(), 2);
    assert_eq!(ends.received.take(1)[0].kind, 1);
    assert_eq!(qp.fast_register(2, &mr, &ask), NtStatus::SUCCESS);
    assert_eq!(initiated(), 4);
    let base = active.buffer.virtual_address();
    let bound = qp.bind(2, (&active.mr, &mw), base, 8, REMOTE_READ);
    assert_eq!(bound, NtStatus::SUCCESS);
    assert_eq!(initiated(), 8);
    // The other end invalidates the region it was lent.
    active.post_receive(3, 64, 8);
    let back = [passive.mr.sge(&passive.buffer, 0, 8)];
    let sent = passive
        .qp
        .handle()
        .send_and_invalidate(4, &back, 0, mr.remote_token());
    assert_eq!(sent, NtStatus::SUCCESS);
    assert_eq!(ends.received.take(1)[0].kind, 2);
    assert_eq!(initiated(), 0x8001);
    assert_eq!(qp.invalidate(2, mw.raw().cast(), 0), NtStatus::SUCCESS);
    assert_eq!(initiated(), 16);
    assert_eq!(qp.read(2, &sge, there, token, 0), NtStatus::SUCCESS);
    assert_eq!(initiated(), 32);
    assert_eq!(qp.write(2, &sge, there, token, 0), NtStatus::SUCCESS);
    assert_eq!(initiated(), 64);
}

// NDK-ABI-08, NDK-ABI-10: silence, a fence, solicitation, deferral and inline data by their numbers, and the arms.
#[test]
fn flags_of_messages_are_the_headers() {
    let stage = Stage::new();
    let limits = QpLimits {
        inline_data: 64,
        ..QpLimits::default()
    };
    let ends = connected(&stage, limits);
    let (active, passive) = (&ends.active, &ends.passive);
    let (qp, sge) = (active.qp.handle(), [active.mr.sge(&active.buffer, 0, 8)]);
    (0..8).for_each(|context| passive.post_receive(context, 64 * context, 64));
    // Armed for errors, then for solicited ones; then for any.
    ends.received.arm(0);
    ends.received.arm(2);
    assert_eq!(qp.send(1, &sge, SILENT), NtStatus::SUCCESS);
    assert_eq!(qp.send(2, &sge, FENCE | DEFER), NtStatus::SUCCESS);
    let mut own = *b"inline";
    let text = entry(own.as_ptr() as u64, 6, 0xBAD);
    assert_eq!(qp.send(3, &[text], INLINE), NtStatus::SUCCESS);
    own.fill(0);
    let contexts: Vec<_> = ends
        .initiated
        .take(2)
        .iter()
        .map(|done| done.context)
        .collect();
    assert_eq!(contexts, [2, 3]);
    let bytes: Vec<_> = ends
        .received
        .take(3)
        .iter()
        .map(|done| done.bytes)
        .collect();
    assert_eq!(bytes, [8, 8, 6]);
    assert_eq!(passive.buffer.read(128, 6), b"inline");
    assert!(!ends.received.reaches(1, A_WHILE), "none was solicited");
    assert_eq!(qp.send(4, &sge, SOLICIT), NtStatus::SUCCESS);
    assert!(ends.received.reaches(1, SOON));
    ends.received.arm(1);
    assert_eq!(ends.initiated.take(1)[0].context, 4);
    assert_eq!(qp.send(5, &sge, 0), NtStatus::SUCCESS);
    assert!(ends.received.reaches(2, SOON));
    assert_eq!(ends.initiated.take(1)[0].context, 5);
    assert_eq!(ends.received.take(2).len(), 2);
}

// NDK-ABI-08, NDK-ABI-09, NDK-MR-09, NDK-FR-12: rights by their numbers; a sink's right is taken and needs nothing.
#[test]
fn flags_of_rights_are_the_headers() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let lam = Lam::of(&passive.adapter, &buffer).expect("a LAM");
    let ask = |flags| FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: 4096,
        base: 0,
        flags,
    };
    // Local write 1, remote read 2, sink 8.
    let plain = Mr::of(&active.pd, &buffer, 1 | 2 | 8).expect("an MR");
    let mr = Mr::fast(&passive.pd, 16).expect("an FRMR");
    let qp = passive.qp.handle();
    let rights = REMOTE_READ | REMOTE_WRITE | SINK;
    assert_eq!(qp.fast_register(1, &mr, &ask(rights)), NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    let sink = [plain.sge(&buffer, 0, 64)];
    let read = active.qp.handle().read(2, &sink, 0, mr.remote_token(), 0);
    assert_eq!(read, NtStatus::SUCCESS);
    let write = active.qp.handle().write(3, &sink, 64, mr.remote_token(), 0);
    assert_eq!(write, NtStatus::SUCCESS);
    assert!(
        active
            .done
            .take(2)
            .iter()
            .all(|done| done.status == NtStatus::SUCCESS)
    );
    // A read that invalidates its sink: it can be registered again at once.
    let from = active.buffer.virtual_address();
    let sink = [entry(0, 64, mr.local_token())];
    let read = qp.read(4, &sink, from, active.mr.remote_token(), INVALIDATE_SINK);
    assert_eq!(read, NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    let again = qp.fast_register(5, &mr, &ask(REMOTE_READ));
    assert_eq!(again, NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    assert!(
        !active.reaches(&passive, 0, mr.remote_token(), 8),
        "no right to write any more"
    );
}

// NDK-ABI-11, NDK-ADP-09: what the adapter can, by the numbers of the header.
#[test]
fn flags_of_the_adapter_are_the_headers() {
    let stage = Stage::new();
    let info = stage.open(0).info().expect("information");
    // In order, sinks need nothing, moderation, local invalidate, resize, loopback; not several engines.
    assert_eq!(info.AdapterFlags, 1 | 2 | 4 | 0x10 | 0x100 | 0x1_0000);
    assert_eq!(info.RdmaTechnology, 1);
}

// NDK-ABI-02: the numbers of the kinds of objects.
#[test]
fn every_object_says_its_number() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = softrnic_functional::consumer::Pd::new(&adapter).expect("a PD");
    let srq = softrnic_functional::consumer::Srq::new(&pd, (4, 1, 0), |_| {}).expect("an SRQ");
    let shared = softrnic_functional::consumer::SharedEndpoint::new(&adapter, stage.address(0, 0));
    let shared = shared.expect("a shared endpoint");
    let (cq, mr, mw) = (raw::cq(&adapter, 8), raw::mr(pd.raw()), raw::mw(pd.raw()));
    let qp = raw::qp(pd.raw(), cq);
    let (connector, listener) = (raw::connector(&adapter), raw::listener(&adapter));
    let objects: [Object; 10] = [
        adapter.raw().cast(),
        qp.cast(),
        cq.cast(),
        mr.cast(),
        mw.cast(),
        pd.raw().cast(),
        shared.raw().cast(),
        connector.cast(),
        listener.cast(),
        srq.raw().cast(),
    ];
    let kinds = objects.map(|object| raw::header(object).ObjectType);
    assert_eq!(kinds, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let closed: [Object; 6] = [
        qp.cast(),
        cq.cast(),
        mr.cast(),
        mw.cast(),
        connector.cast(),
        listener.cast(),
    ];
    closed
        .into_iter()
        .for_each(|object| assert!(raw::close(object).is_over(SOON)));
}
