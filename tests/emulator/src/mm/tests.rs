//! Second mappings are true aliases; partial MDLs describe what they should.

use std::ptr::null_mut;

use super::map::{MmMapLockedPagesSpecifyCache, MmUnmapLockedPages};
use super::mdl::{
    IoAllocateMdl, IoBuildPartialMdl, IoFreeMdl, MmBuildMdlForNonPagedPool, MmProbeAndLockPages,
    MmUnlockPages, frames, span, system_address,
};
use super::phys::{Pages, frame, map_again, unmap};
use crate::wdm::PAGE_SIZE;
use crate::{Machine, Options};

fn attach() -> (&'static Machine, crate::Attachment) {
    let machine = Machine::new(Options::default());
    (machine, machine.attach())
}

#[test]
fn spans_count_the_pages_that_are_touched() {
    assert_eq!(span(0, 1), 1);
    assert_eq!(span(4095, 1), 1);
    assert_eq!(span(4095, 2), 2);
    assert_eq!(span(0x1234, 3 * PAGE_SIZE), 4);
}

#[test]
fn a_mapping_of_locked_pages_is_an_alias_of_them() {
    let _attached = attach();
    let pages = Pages::new(3 * PAGE_SIZE).unwrap();
    // SAFETY: the MDL describes the pages, which live until the end.
    unsafe {
        let start = pages.as_ptr().add(100);
        let mdl = IoAllocateMdl(start.cast(), 2 * PAGE_SIZE as u32, 0, 0, null_mut());
        MmProbeAndLockPages(mdl, 0, 1);
        let alias = MmMapLockedPagesSpecifyCache(mdl, 0, 1, null_mut(), 0, 16).cast::<u8>();
        assert_ne!(alias, start);
        start.add(5000).write(77);
        assert_eq!(alias.add(5000).read(), 77);
        alias.add(10).write(88);
        assert_eq!(start.add(10).read(), 88);
        MmUnmapLockedPages(alias.cast(), mdl);
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
}

#[test]
fn mappings_that_live_never_overlap() {
    let pages = Pages::new(4 * PAGE_SIZE).unwrap();
    let all: Vec<u64> = (0..4)
        .map(|i| frame(pages.address() + i * PAGE_SIZE))
        .collect();
    let kept = map_again(&all).unwrap();
    let mut seen = vec![(kept, 4)];
    for count in [1, 2, 3, 4, 1, 2] {
        let at = map_again(&all[..count]).unwrap();
        let apart = |&(start, length): &(usize, usize)| {
            at + count * PAGE_SIZE <= start || start + length * PAGE_SIZE <= at
        };
        assert!(seen.iter().all(apart), "{at:#x} {seen:x?}");
        seen.push((at, count));
    }
    seen.into_iter().for_each(|(at, count)| unmap(at, count));
}

#[test]
fn a_partial_mdl_maps_the_part_alone() {
    let _attached = attach();
    let pages = Pages::new(4 * PAGE_SIZE).unwrap();
    // SAFETY: as above.
    unsafe {
        let start = pages.as_ptr();
        let length = 4 * PAGE_SIZE as u32;
        let source = IoAllocateMdl(start.cast(), length, 0, 0, null_mut());
        MmProbeAndLockPages(source, 0, 1);
        let part = start.add(PAGE_SIZE + 8);
        let target = IoAllocateMdl(part.cast(), 100, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, part.cast(), 100);
        assert_eq!(frames(target), &frames(source)[1..2]);
        let alias = MmMapLockedPagesSpecifyCache(target, 0, 1, null_mut(), 0, 16).cast::<u8>();
        part.write(9);
        assert_eq!(alias.read(), 9);
        // Freeing a partial MDL undoes its own mapping.
        IoFreeMdl(target);
        MmUnlockPages(source);
        IoFreeMdl(source);
    }
}

#[test]
fn a_partial_mdl_of_nonpaged_pool_has_its_sources_address() {
    let (machine, _attachment) = attach();
    let request = crate::pool::Request {
        size: 8192,
        tag: 1,
        caller: 0,
        zeroed: true,
    };
    let memory = machine.pool.allocate(request);
    // SAFETY: the MDLs describe the pool block, which is freed last.
    unsafe {
        let source = IoAllocateMdl(memory.cast(), 8192, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(source);
        let target = IoAllocateMdl(memory.cast(), 8192, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, memory.add(5000).cast(), 0);
        assert_eq!(system_address(target), Some(memory.add(5000)));
        assert_eq!((*target).ByteCount, 3192);
        IoFreeMdl(target);
        IoFreeMdl(source);
    }
    machine.pool.free(memory as usize, 1, 0);
}
