//! Rundown, lists, locks, work items.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::lock::{
    ExInterlockedInsertHeadList, ExInterlockedInsertTailList, ExInterlockedRemoveHeadList,
};
use super::lookaside::{
    ExInitializeNPagedLookasideList, ExQueryDepthSList, ExpInterlockedFlushSList,
    ExpInterlockedPopEntrySList, ExpInterlockedPushEntrySList, InitializeSListHead, SLIST_HEADER,
};
use super::rundown::{
    ExAcquireRundownProtection, ExInitializeRundownProtection, ExReleaseRundownProtection,
    ExWaitForRundownProtectionRelease,
};
use crate::wdm::{EX_RUNDOWN_REF, GENERAL_LOOKASIDE, LIST_ENTRY};
use crate::{Machine, Options};

#[repr(align(16))]
struct Head(SLIST_HEADER);

#[test]
fn a_list_gives_back_last_in_first_out() {
    let mut head = Head(Default::default());
    let mut entries = [[0usize; 2]; 3];
    let list = &raw mut head.0;
    InitializeSListHead(list);
    let addresses: Vec<*mut usize> = entries.iter_mut().map(|e| e.as_mut_ptr()).collect();
    for &entry in &addresses {
        ExpInterlockedPushEntrySList(list, entry);
    }
    assert_eq!(ExQueryDepthSList(list), 3);
    assert_eq!(ExpInterlockedPopEntrySList(list), addresses[2]);
    assert_eq!(ExpInterlockedFlushSList(list), addresses[1]);
    assert_eq!(ExQueryDepthSList(list), 0);
    assert!(ExpInterlockedPopEntrySList(list).is_null());
}

#[test]
fn a_lookaside_list_with_special_pool_keeps_nothing() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    // SAFETY: all fields are integers and pointers; memory for a list.
    let list = unsafe {
        let mut list: Box<GENERAL_LOOKASIDE> = Box::new(std::mem::zeroed());
        ExInitializeNPagedLookasideList(&raw mut *list, 0, 0, 0, 64, 0x1234, 0);
        list
    };
    assert_eq!((list.Depth, list.Size, list.Tag), (0, 64, 0x1234));
    assert_ne!((list.Allocate, list.Free), (0, 0));
}

#[test]
fn rundown_waits_for_the_last_user() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let reference = Arc::new(EX_RUNDOWN_REF {
        Count: AtomicUsize::new(0),
    });
    let pointer = Arc::as_ptr(&reference).cast_mut();
    ExInitializeRundownProtection(pointer);
    assert_eq!(ExAcquireRundownProtection(pointer), 1);
    let (released, theirs) = (Arc::new(AtomicBool::new(false)), reference.clone());
    let set = released.clone();
    let user = machine.spawn("user", move || {
        std::thread::sleep(Duration::from_millis(20));
        set.store(true, Ordering::SeqCst);
        ExReleaseRundownProtection(Arc::as_ptr(&theirs).cast_mut());
    });
    ExWaitForRundownProtectionRelease(pointer);
    assert!(released.load(Ordering::SeqCst));
    assert_eq!(ExAcquireRundownProtection(pointer), 0);
    user.join().unwrap();
}

#[test]
fn work_runs_at_passive_level_on_another_thread() {
    let machine = Machine::new(Options::default());
    let (sender, receiver) = std::sync::mpsc::channel();
    machine.work.push(machine, 0, move || {
        sender
            .send((crate::current().irql(), std::thread::current().id()))
            .unwrap();
    });
    let (irql, thread) = receiver.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(irql, 0);
    assert_ne!(thread, std::thread::current().id());
}

#[test]
fn an_interlocked_list_is_a_queue_and_a_stack() {
    let _attachment = Machine::new(Options::default()).attach();
    let lock = AtomicUsize::new(0);
    let none = std::ptr::null_mut();
    let empty = || LIST_ENTRY {
        Flink: none,
        Blink: none,
    };
    let (mut head, mut one, mut other) = (empty(), empty(), empty());
    let [head, one, other] = [&raw mut head, &raw mut one, &raw mut other];
    // SAFETY: a list of local entries.
    unsafe {
        head.write(LIST_ENTRY {
            Flink: head,
            Blink: head,
        });
        assert_eq!(
            ExInterlockedInsertTailList(head, one, &raw const lock),
            none
        );
        assert_eq!(
            ExInterlockedInsertHeadList(head, other, &raw const lock),
            one
        );
        assert_eq!(ExInterlockedRemoveHeadList(head, &raw const lock), other);
        assert_eq!(ExInterlockedRemoveHeadList(head, &raw const lock), one);
        assert_eq!(ExInterlockedRemoveHeadList(head, &raw const lock), none);
    }
}

#[test]
fn every_allocating_function_gives_what_its_flags_say() {
    use super::pool::*;
    const NON_PAGED_NX: i32 = 512;
    const ZERO: i32 = 1024;
    let machine = Machine::new(Options::default());
    let _attached = machine.attach();
    let tag = u32::from_le_bytes(*b"test");
    let none = std::ptr::null();
    // SAFETY: blocks of one page, freed once each.
    unsafe {
        for (memory, zeroed) in [
            (ExAllocatePool(NON_PAGED_NX, 4096), false),
            (ExAllocatePool2(0x40, 4096, tag), true),
            (ExAllocatePool3(0x42, 4096, tag, none, 0), false),
            (ExAllocatePoolWithTag(NON_PAGED_NX | ZERO, 4096, tag), true),
            (
                ExAllocatePoolWithTagPriority(NON_PAGED_NX | ZERO, 4096, tag, 32),
                true,
            ),
            (
                ExAllocatePoolWithQuotaTag(NON_PAGED_NX | 8, 4096, tag),
                false,
            ),
        ] {
            assert_eq!(memory as usize % 4096, 0);
            let bytes = std::slice::from_raw_parts(memory.cast::<u8>(), 4096);
            assert_eq!(bytes.iter().all(|byte| *byte == 0), zeroed);
            ExFreePool2(memory, 0, none, 0);
        }
    }
    assert!(machine.pool.leaks(0).is_empty());
}
