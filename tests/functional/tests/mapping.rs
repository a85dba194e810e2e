//! What a consumer may give us to register: chains, odd borders, much of it, with or without a mapping.

use std::ffi::c_void;

use softrnic_functional::consumer::{Buffer, Mr, NtStatus, build_lam};
use softrnic_functional::{ALL_ACCESS, End, Stage};

const MDL_MAPPED_TO_SYSTEM_VA: i16 = 1;

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n * 31 % 251) as u8).collect()
}

/// Moves bytes of `active`'s own buffer there and back through `buffer` at the passive end, by write, read and send.
fn use_it(active: &End, passive: &End, buffer: &Buffer, offset: usize, len: usize) {
    let mr = Mr::of(&passive.pd, buffer, ALL_ACCESS).expect("registered");
    let there = buffer.virtual_address() + offset as u64;
    let (whole, back) = (pattern(len), active.buffer.len() / 2);
    active.buffer.write(0, &whole);
    let here = |at| [active.mr.sge(&active.buffer, at, len)];
    let post = active.qp.handle();
    assert_eq!(
        post.write(1, &here(0), there, mr.remote_token(), 0),
        NtStatus::SUCCESS
    );
    assert_eq!(
        post.read(2, &here(back), there, mr.remote_token(), 0),
        NtStatus::SUCCESS
    );
    let done = active.done.take(2);
    assert!(
        done.iter().all(|d| d.status == NtStatus::SUCCESS),
        "{done:?}"
    );
    assert_eq!(buffer.read(offset, len), whole, "written");
    assert_eq!(active.buffer.read(back, len), whole, "read back");
    active.post_receive(3, 0, len);
    let from = [mr.sge(buffer, offset, len)];
    active.buffer.write(0, &vec![0; len]);
    assert_eq!(passive.qp.handle().send(4, &from, 0), NtStatus::SUCCESS);
    assert_eq!(active.received.take(1)[0].bytes as usize, len);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    assert_eq!(active.buffer.read(0, len), whole, "sent");
}

// NDK-MR-02: a chain of MDLs of any lengths, some of them empty.
#[test]
fn a_region_may_be_a_chain() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let lens = [3996, 0, 4096, 1, 8191, 0, 70_000, 5];
    let total = lens.iter().sum();
    let buffer = Buffer::in_pieces(100, &lens);
    use_it(&active, &passive, &buffer, 0, total);
    for (offset, len) in [(3990, 20), (8092, 2), (4000, 30_000), (total - 6, 6)] {
        use_it(&active, &passive, &buffer, offset, len);
    }
}

// NDK-MR-02: the chain must be virtually contiguous over the length registered, and no further.
// NdkRegisterMr: STATUS_INVALID_PARAMETER.
#[test]
fn a_hole_in_a_chain_is_refused() {
    let stage = Stage::new();
    let (_active, passive) = stage.connected();
    let mut buffer = Buffer::in_pieces(0, &[4096, 4096, 4096]);
    let last = buffer.mdl_mut(2);
    last.StartVa = last.StartVa.wrapping_byte_add(4096);
    let mr = Mr::new(&passive.pd, false).expect("made");
    let register = |len| mr.register(&buffer, len, ALL_ACCESS).wait();
    assert_eq!(register(3 * 4096), NtStatus::INVALID_PARAMETER);
    assert_eq!(register(2 * 4096), NtStatus::SUCCESS);
}

// NDK-MR-05: the consumer's MDLs are only read.
#[test]
fn the_consumers_mdls_stay_as_they_are() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::in_pieces(17, &[5000, 5000]);
    let before = buffer.mdl_words();
    use_it(&active, &passive, &buffer, 10, 9000);
    assert_eq!(buffer.mdl_words(), before);
}

// NDK-MR-05: a mapping that the consumer made may go while the region is registered.
#[test]
fn a_mapping_of_the_consumers_own_is_not_relied_on() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let mut buffer = Buffer::new(50_000);
    let header = buffer.mdl_mut(0);
    header.MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    // Nothing is there.
    header.MappedSystemVa = 0x1000 as *mut c_void;
    use_it(&active, &passive, &buffer, 0, 50_000);
}

// Larger than one MDL of ours can describe: across the border of two.
#[test]
fn a_region_may_be_large() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::at_offset(40 << 20, 1000);
    for border in [8 << 20, 16 << 20, 32 << 20] {
        use_it(&active, &passive, &buffer, border - 100_000, 200_000);
    }
}

// NDK-IRQL-06, NDK-LAM-05: memory that cannot be mapped is refused when it is registered or given a logical address, and is
// taken the next time; data that moves later maps nothing.
#[test]
fn memory_that_cannot_be_mapped_is_refused_at_once() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let mappings = &stage.machine().mappings;
    let lens = [5000, 5000, 5000];
    let buffer = Buffer::in_pieces(100, &lens);
    let len = lens.iter().sum();
    let mr = Mr::new(&passive.pd, false).expect("made");
    for nth in 1..=lens.len() as u64 {
        mappings.fail_at(nth);
        let refused = mr.register(&buffer, len, ALL_ACCESS).wait();
        assert_eq!(refused, NtStatus::INSUFFICIENT_RESOURCES, "mapping {nth}");
        mappings.fail_at(nth);
        let mut words = [0; 16];
        let size = size_of_val(&words) as u32;
        let built = build_lam(&passive.adapter, buffer.mdl(), len, Some(&mut words), size);
        assert_eq!(
            built.status,
            NtStatus::INSUFFICIENT_RESOURCES,
            "mapping {nth}"
        );
        assert!(!mappings.failure_is_due());
    }
    let registered = mr.register(&buffer, len, ALL_ACCESS).wait();
    assert_eq!(registered, NtStatus::SUCCESS);
    mappings.fail_at(1);
    active.buffer.write(0, &pattern(len));
    let there = buffer.virtual_address();
    assert!(active.reaches(&passive, there, mr.remote_token(), len));
    assert_eq!(buffer.read(0, len), pattern(len));
    assert!(mappings.failure_is_due(), "nothing was mapped");
}
