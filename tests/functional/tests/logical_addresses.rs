//! Logical address mappings: `NdkBuildLAM`, `NdkReleaseLAM`, and requests that name their pages.

use std::ptr;

use softrnic_functional::consumer::abi::{NDK_OP_FLAG_RDMA_READ_SINK, NDK_SGE};
use softrnic_functional::consumer::{
    Buffer, Built, LAM_HEADER, Lam, NtStatus, Pd, build_lam, logical_sge,
};
use softrnic_functional::{End, Stage, pattern};

const PAGE: usize = 4096;

// NDK-LAM-02, NDK-LAM-09, NDK-LAM-11, NDK-ABI-06: sizes are told exactly, and nothing ever pends.
// NdkBuildLAM: STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL.
#[test]
fn sizes_are_negotiated_to_the_byte() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::at_offset(3 * PAGE, 100);
    let needed = (LAM_HEADER + 4 * 8) as u32;
    let too_small = Built {
        status: NtStatus::BUFFER_TOO_SMALL,
        size: needed,
        offset: u32::MAX,
    };
    let (mdl, len) = (buffer.mdl(), 3 * PAGE);
    assert_eq!(build_lam(&adapter, mdl, len, None, 0), too_small);
    let mut words = [0x5A5A; 8];
    for room in [0, 1, LAM_HEADER as u32, needed - 1] {
        let built = build_lam(&adapter, mdl, len, Some(&mut words), room);
        assert_eq!(built, too_small, "{room}");
        assert_eq!(words, [0x5A5A; 8], "nothing is written");
    }
    let lam = Lam::of(&adapter, &buffer).expect("built");
    assert_eq!((lam.pages().len(), lam.offset), (4, 100));
    // More room than needed is fine, and told.
    let built = build_lam(&adapter, mdl, len, Some(&mut words), 64);
    assert_eq!((built.status, built.size), (NtStatus::SUCCESS, needed));
    assert_eq!(words[6..], [0x5A5A; 2], "not a byte more");
    release(&adapter, &mut words);
}

fn release(adapter: &softrnic_functional::consumer::Adapter, words: &mut [u64]) {
    // SAFETY: the adapter is open, and `words` holds a mapping's structure, whole or broken.
    unsafe {
        ((*(*adapter.raw()).Dispatch)
            .NdkReleaseLAM
            .expect("NDK-VER-05"))(adapter.raw(), words.as_mut_ptr().cast());
    }
}

// NDK-LAM-03: one entry a page, page-aligned; the offset is told apart.
#[test]
fn pages_span_the_bytes() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    for (offset, len, pages) in [
        (0, 1, 1),
        (0, PAGE, 1),
        (0, PAGE + 1, 2),
        (4095, 1, 1),
        (4095, 2, 2),
        (100, 2 * PAGE, 3),
        (8, 8 * PAGE - 8, 8),
    ] {
        let buffer = Buffer::at_offset(len, offset);
        let lam = Lam::of(&adapter, &buffer).expect("built");
        assert_eq!(lam.pages().len(), pages, "{len} bytes at {offset}");
        assert_eq!(lam.offset as usize, offset);
        assert!(lam.pages().iter().all(|page| page % PAGE as u64 == 0));
    }
}

// NDK-LAM-01, NDK-LAM-05: as for regions, and nothing is left behind.
// NdkBuildLAM: STATUS_INVALID_PARAMETER.
#[test]
fn what_is_not_contiguous_or_too_long_cannot_be_mapped() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::new(2 * PAGE);
    for len in [0, 2 * PAGE + 1, usize::MAX] {
        let built = build_lam(&adapter, buffer.mdl(), len, None, 0);
        assert_eq!(built.status, NtStatus::INVALID_PARAMETER, "{len}");
    }
    let mut holed = Buffer::in_pieces(0, &[PAGE, PAGE]);
    holed.mdl_mut(1).StartVa = ptr::without_provenance_mut(0x7000);
    assert!(Lam::new(&adapter, &holed, PAGE + 1).is_err());
    assert!(Lam::new(&adapter, &holed, PAGE).is_ok());
    let null = build_lam(&adapter, ptr::null_mut(), 1, None, 0);
    assert_eq!(null.status, NtStatus::INVALID_PARAMETER);
}

// NDK-LAM-06, NDK-MR-05: the consumer's MDLs are as they were, while mapped and after.
#[test]
fn the_lists_of_the_consumer_stay_as_they_are() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::in_pieces(100, &[PAGE, 5 * PAGE, 1]);
    let before = buffer.mdl_words();
    let lam = Lam::of(&adapter, &buffer).expect("built");
    assert_eq!(buffer.mdl_words(), before);
    drop(lam);
    assert_eq!(buffer.mdl_words(), before);
}

// NDK-LAM-07: entries of one mapping follow each other, those of two never do.
#[test]
fn two_mappings_are_never_neighbours() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::new(4 * PAGE);
    let lams: Vec<_> = (0..64)
        .map(|_| Lam::of(&adapter, &buffer).expect("built"))
        .collect();
    let mut ranges: Vec<_> = lams
        .iter()
        .map(|lam| {
            let pages = lam.pages();
            assert!(
                pages
                    .windows(2)
                    .all(|pair| pair[0] + PAGE as u64 == pair[1])
            );
            (pages[0], pages[3] + PAGE as u64)
        })
        .collect();
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
}

/// A mapping of `len` bytes at an odd place, on the adapter of `end`.
fn mapped(end: &End, len: usize) -> (Buffer, Lam) {
    let buffer = Buffer::in_pieces(1000, &[len / 3, len - len / 3]);
    let lam = Lam::of(&end.adapter, &buffer).expect("built");
    (buffer, lam)
}

// NDK-LAM-10, NDK-LAM-07: one element spans pages; send, receive, write and read take it.
#[test]
fn every_request_takes_logical_addresses() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let len = 300_000;
    let (here, from) = mapped(&active, len);
    let (there, to) = mapped(&passive, len);
    here.write(0, &pattern(1, len));
    let receive = [to.sge(&passive.pd, 0, len)];
    assert_eq!(passive.qp.handle().receive(1, &receive), NtStatus::SUCCESS);
    let source = [from.sge(&active.pd, 0, len)];
    assert_eq!(active.qp.handle().send(2, &source, 0), NtStatus::SUCCESS);
    let received = passive.received.take(1)[0];
    assert_eq!(
        (received.status, received.bytes as usize),
        (NtStatus::SUCCESS, len)
    );
    assert!(there.read(0, len) == pattern(1, len));

    here.write(0, &pattern(2, len));
    let (address, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    let post = active.qp.handle();
    assert_eq!(post.write(3, &source, address, token, 0), NtStatus::SUCCESS);
    let _ = active.done.take(2);
    here.write(0, &vec![0; len]);
    let flags = NDK_OP_FLAG_RDMA_READ_SINK;
    assert_eq!(
        post.read(4, &source, address, token, flags),
        NtStatus::SUCCESS
    );
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    assert!(here.read(0, len) == pattern(2, len));
}

// NDK-SGE: elements of several mappings, in any order, and plain ones among them.
#[test]
fn a_list_may_span_mappings_and_regions() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (one, first) = mapped(&active, 9000);
    let (two, second) = mapped(&active, 5000);
    one.write(0, &pattern(1, 9000));
    two.write(0, &pattern(2, 5000));
    active.buffer.write(0, &pattern(3, 100));
    passive.post_receive(1, 0, 1 << 20);
    let list = [
        second.sge(&active.pd, 4000, 1000),
        active.mr.sge(&active.buffer, 0, 100),
        first.sge(&active.pd, 1, 8999),
        second.sge(&active.pd, 0, 10),
    ];
    assert_eq!(active.qp.handle().send(2, &list, 0), NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 10_109);
    let expected = [
        &pattern(2, 5000)[4000..],
        &pattern(3, 100),
        &pattern(1, 9000)[1..],
        &pattern(2, 5000)[..10],
    ]
    .concat();
    assert_eq!(passive.buffer.read(0, expected.len()), expected);
}

/// The status of a send of one element.
fn sent(active: &End, sge: NDK_SGE) -> NtStatus {
    assert_eq!(active.qp.handle().send(1, &[sge], 0), NtStatus::SUCCESS);
    active.done.take(1)[0].status
}

// NDK-LAM-08, NDK-PD-01, NDK-PD-02: addresses nobody gave out, ranges that leave their mapping, mappings that are gone,
// and another domain's privileged token fail the request and touch nothing.
#[test]
fn bad_logical_addresses_fail_the_request() {
    let stage = Stage::new();
    let bad: [fn(&End, &Buffer, &Lam) -> NDK_SGE; 8] = [
        |end, _, _| logical_sge(&end.pd, 0x1000, 8),
        |end, _, _| logical_sge(&end.pd, u64::MAX - 3, 8),
        |end, _, lam| lam.sge(&end.pd, 0, 9001),
        |end, _, lam| lam.sge(&end.pd, 9000, 1),
        // The rest of the first page is not the consumer's list's.
        |end, _, lam| logical_sge(&end.pd, lam.pages()[0] + 999, 2),
        |end, _, lam| logical_sge(&end.pd, lam.pages()[0] - 1, 2),
        |end, _, lam| {
            // A mapping's own name is no token.
            let mut sge = lam.sge(&end.pd, 0, 8);
            sge.MemoryRegionToken = (lam.pages()[0] >> 32) as u32;
            sge
        },
        |end, _, lam| {
            let other = Pd::new(&end.adapter).expect("a PD");
            lam.sge(&other, 0, 8)
        },
    ];
    for (n, bad) in bad.iter().enumerate() {
        let (active, _passive) = stage.connected();
        let (buffer, lam) = mapped(&active, 9000);
        let status = sent(&active, bad(&active, &buffer, &lam));
        assert_eq!(status, NtStatus::ACCESS_VIOLATION, "{n}");
    }
}

// NDK-LAM-08
#[test]
fn a_released_mapping_is_gone() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let (_buffer, lam) = mapped(&active, 9000);
    let stale = lam.sge(&active.pd, 0, 8);
    drop(lam);
    assert_eq!(sent(&active, stale), NtStatus::ACCESS_VIOLATION);
}

// NDK-LAM-04: what was not built, or not by this adapter, cannot be released.
#[test]
fn releasing_what_is_no_mapping_harms_nobody() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (_buffer, lam) = mapped(&active, 9000);
    let token = u64::from(active.mr.local_token());
    for context in [0, 1, u64::MAX, token] {
        release(&active.adapter, &mut [context, 1, 0]);
    }
    // The other adapter does not know the name either.
    release(&passive.adapter, &mut [lam.pages()[0] >> 32, 1, 0]);
    passive.post_receive(1, 0, 64);
    let list = [
        lam.sge(&active.pd, 0, 8),
        active.mr.sge(&active.buffer, 0, 8),
    ];
    assert_eq!(active.qp.handle().send(1, &list, 0), NtStatus::SUCCESS);
    assert_eq!(passive.received.take(1)[0].bytes, 16);
}
