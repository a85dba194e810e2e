//! Objects that several queue pairs of one protection domain use.

use std::ptr;

use softrnic_functional::consumer::abi::NDK_OP_FLAG_ALLOW_REMOTE_READ;
use softrnic_functional::consumer::{
    Buffer, Cq, FastRegister, Lam, Mr, Mw, NtStatus, Pd, Qp, QpLimits,
};
use softrnic_functional::hostile::{World, read_request};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{End, SOON, Stage, raw};

// NDK-FR-11, NDK-POST-18: a region that one queue pair has invalidated, while a second one's TCP still reads it, is
// registered by a third one as soon as the memory is left: nothing else comes by to start that.
#[test]
fn a_registration_waits_for_anothers_invalidation() {
    const PAGES: usize = 256;
    const BASE: u64 = 0x7777_0000_0000;
    // Payload as large as that is sent in place.
    let world = World::new(&[("*JumboPacket", 65_549)]);
    let one = world.victim();
    let within = || End::within(one.end.pd.clone(), QpLimits::default());
    let (mut reader, other) = (world.attacked(within(), 16), world.attacked(within(), 2));
    let buffer = Buffer::new(PAGES * 4096);
    let lam = Lam::of(&one.end.adapter, &buffer).expect("a LAM");
    let mr = Mr::fast(&one.end.pd, PAGES as u32).expect("an FRMR");
    let register = |end: &End, context| {
        let ask = FastRegister {
            pages: lam.pages(),
            offset: 0,
            len: buffer.len(),
            base: BASE,
            flags: NDK_OP_FLAG_ALLOW_REMOTE_READ,
        };
        let posted = end.qp.handle().fast_register(context, &mr, &ask);
        assert_eq!(posted, NtStatus::SUCCESS);
    };
    register(&one.end, 1);
    assert_eq!(one.end.done.take(1)[0].status, NtStatus::SUCCESS);
    // More than sockets hold, and not read: TCP has some of it for as long.
    for sequence in 1..=16 {
        let request = read_request(sequence, mr.remote_token(), BASE, buffer.len() as u32);
        reader.peer.send(&request);
    }
    let mut last = reader.peer.fpdu();
    let invalidated = one.end.qp.handle().invalidate(2, mr.raw().cast(), 0);
    assert_eq!(invalidated, NtStatus::SUCCESS);
    register(&other.end, 3);
    while last[3] == 0x42 {
        last = reader.peer.fpdu();
    }
    let invalidated = one.end.done.take(1)[0];
    assert_eq!(
        (invalidated.context, invalidated.status),
        (2, NtStatus::SUCCESS)
    );
    let registered = other.end.done.take(1)[0];
    assert_eq!(
        (registered.context, registered.status),
        (3, NtStatus::SUCCESS)
    );
}

// NDK-LIFE-15, NDK-MW-07: a window closes when TCP has let go of what the peer reads through it.
// NdkCloseMw: STATUS_SUCCESS, STATUS_PENDING.
#[test]
fn a_window_waits_for_who_reads_through_it() {
    // Payload as large as that is sent in place.
    let world = World::new(&[("*JumboPacket", 65_549)]);
    let mut reader = world.attacked(world.end(), 16);
    let buffer = Buffer::new(1 << 20);
    let mr = Mr::of(&reader.end.pd, &buffer, 0).expect("an MR");
    let mw = Mw::new(&reader.end.pd).expect("an MW");
    let (at, length) = (buffer.virtual_address(), buffer.len());
    let (pair, flags) = ((&mr, &mw), NDK_OP_FLAG_ALLOW_REMOTE_READ);
    let posted = reader.end.qp.handle().bind(1, pair, at, length, flags);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(reader.end.done.take(1)[0].status, NtStatus::SUCCESS);
    // More than sockets hold, and not read.
    for sequence in 1..=16 {
        let request = read_request(sequence, mw.remote_token(), at, length as u32);
        reader.peer.send(&request);
    }
    let mut last = reader.peer.fpdu();
    let closing = mw.close();
    assert_eq!(closing.returned(), NtStatus::PENDING);
    while last[3] == 0x42 {
        last = reader.peer.fpdu();
    }
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
}

// NDK-PD-04: completion queues of another opening of the adapter are refused, in either place.
#[test]
fn a_queue_pair_needs_queues_of_its_own_opening() {
    let stage = Stage::new();
    let (own, other) = (stage.open(0), stage.open(0));
    let pd = Pd::new(&own).expect("a PD");
    let queue = |adapter| std::sync::Arc::new(Cq::new(adapter, 8, |_, _| {}).expect("a CQ"));
    let (mine, foreign) = (queue(&own), queue(&other));
    let limits = QpLimits {
        receive_depth: 4,
        initiator_depth: 4,
        ..QpLimits::default()
    };
    for (receive, initiator) in [(&foreign, &mine), (&mine, &foreign)] {
        let refused = Qp::new(&pd, receive, initiator, limits, 0).err();
        assert_eq!(refused, Some(NtStatus::INVALID_PARAMETER));
    }
    assert!(Qp::new(&pd, &mine, &mine, limits, 0).is_ok());
}

// NDK-PD-05, NDK-LIFE-24: a domain goes after the regions whose close nobody waits for.
#[test]
fn a_domain_waits_for_regions_nobody_waits_for() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = raw::pd(&adapter);
    let regions: Vec<_> = (0..512).map(|_| raw::mr(pd)).collect();
    let (last, others) = regions.split_last().expect("some");
    for region in others {
        // SAFETY: the region is open, and closed once; nobody listens to the completion.
        let closed = unsafe {
            ((*(**region).Dispatch).NdkCloseMr.expect("NDK-VER-05"))(
                region.cast(),
                Some(nothing),
                ptr::null_mut(),
            )
        };
        assert!([NtStatus::SUCCESS, NtStatus::PENDING].contains(&NtStatus(closed)));
    }
    let closing = raw::close(pd.cast());
    assert_eq!(closing.returned, NtStatus::PENDING);
    assert!(raw::close(last.cast()).is_over(SOON));
    assert!(closing.is_over(SOON));
}

unsafe extern "win64" fn nothing(_context: *mut std::ffi::c_void) {}

// NDK-SRQ-04: without a callback nobody is called, however low the queue is.
#[test]
fn a_shared_queue_needs_no_callback() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let cq = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &cq, &cq, QpLimits::default());
    let mut srq = ptr::null_mut();
    let (pd, none) = (end.pd.raw(), ptr::null_mut());
    // SAFETY: the domain is open, the out-parameter writable.
    let made = unsafe {
        ((*(*pd).Dispatch).NdkCreateSrq.expect("NDK-VER-05"))(
            pd,
            4,
            1,
            2,
            None,
            none,
            none,
            None,
            none,
            &raw mut srq,
        )
    };
    assert_eq!(NtStatus(made), NtStatus::SUCCESS);
    // SAFETY: the queue is open.
    let modified = unsafe {
        ((*(*srq).Dispatch).NdkModifySrq.expect("NDK-VER-05"))(srq, 0, 4, None, ptr::null_mut())
    };
    assert_eq!(NtStatus(modified), NtStatus::SUCCESS, "already below: due");
    assert!(raw::close(srq.cast()).is_over(SOON));
}
