//! Lookaside lists, and the interlocked singly linked lists they are made of.
//!
//! Drivers inline allocation from and return to lookaside lists; the kernel makes and deletes
//! them. With special pool their depth is 0: every allocation then is one of its own.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sync::Mutex;

use super::pool;
use crate::export::Export;
use crate::pool::PoolMode;
use crate::thread::{current, enter};
use crate::verifier::violation;
use crate::wdm::{
    APC_LEVEL, DISPATCH_LEVEL, GENERAL_LOOKASIDE, LIST_ENTRY, NTSTATUS, STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ExInitializeNPagedLookasideList, ExDeleteNPagedLookasideList,
        ExInitializePagedLookasideList, ExDeletePagedLookasideList, ExInitializeLookasideListEx,
        ExDeleteLookasideListEx, ExFlushLookasideListEx, InitializeSListHead,
        ExpInterlockedPushEntrySList, ExpInterlockedPopEntrySList, ExpInterlockedFlushSList,
        ExQueryDepthSList;
};

const MAXIMUM_DEPTH: u16 = 256;

/// `SLIST_HEADER`: depth and sequence, then the first entry.
pub type SLIST_HEADER = [AtomicUsize; 2];

/// Windows changes both words of a header at once; here a lock chosen by address serialises.
static LOCKS: [Mutex<()>; 64] = [const { Mutex::new(()) }; 64];

fn locked<R>(head: *mut SLIST_HEADER, change: impl FnOnce(&SLIST_HEADER) -> R) -> R {
    if !(head as usize).is_multiple_of(16) {
        violation(
            "EX-SLIST",
            "an SLIST_HEADER that is not aligned to 16 bytes",
        );
    }
    let _guard = LOCKS[head as usize / 16 % LOCKS.len()].lock();
    // SAFETY: the driver passes its list head, alive during the call.
    change(unsafe { &*head })
}

pub extern "win64" fn InitializeSListHead(head: *mut SLIST_HEADER) {
    locked(head, |head| {
        head.iter().for_each(|w| w.store(0, Ordering::Relaxed))
    });
}

pub extern "win64" fn ExpInterlockedPushEntrySList(
    head: *mut SLIST_HEADER,
    entry: *mut usize,
) -> *mut usize {
    locked(head, |head| {
        let first = head[1].load(Ordering::Relaxed);
        // SAFETY: the driver passes an entry of its own.
        unsafe { entry.write(first) };
        head[1].store(entry as usize, Ordering::Relaxed);
        // One more entry in the low 16 bits, one more change in the rest.
        let word = head[0].load(Ordering::Relaxed);
        head[0].store(word.wrapping_add(0x1_0001), Ordering::Relaxed);
        first as *mut usize
    })
}

pub extern "win64" fn ExpInterlockedPopEntrySList(head: *mut SLIST_HEADER) -> *mut usize {
    locked(head, |head| {
        let first = head[1].load(Ordering::Relaxed) as *mut usize;
        if !first.is_null() {
            // SAFETY: an entry in the list is alive.
            head[1].store(unsafe { first.read() }, Ordering::Relaxed);
            head[0].fetch_sub(1, Ordering::Relaxed);
        }
        first
    })
}

pub extern "win64" fn ExpInterlockedFlushSList(head: *mut SLIST_HEADER) -> *mut usize {
    locked(head, |head| {
        head[0].fetch_and(!0xFFFF, Ordering::Relaxed);
        head[1].swap(0, Ordering::Relaxed) as *mut usize
    })
}

pub extern "win64" fn ExQueryDepthSList(head: *mut SLIST_HEADER) -> u16 {
    locked(head, |head| head[0].load(Ordering::Relaxed) as u16)
}

struct Making {
    allocate: usize,
    free: usize,
    paged: bool,
    size: usize,
    tag: u32,
}

unsafe fn initialize(list: *mut GENERAL_LOOKASIDE, making: &Making) {
    let special = current().machine.pool.mode() == PoolMode::Special;
    let depth = if special { 0 } else { 4 };
    let or = |given: usize, ours: usize| if given == 0 { ours } else { given };
    // SAFETY: the driver passes memory for a list.
    unsafe {
        let entry = &raw mut (*list).ListEntry;
        list.write(GENERAL_LOOKASIDE {
            ListHead: Default::default(),
            Depth: depth,
            MaximumDepth: MAXIMUM_DEPTH,
            TotalAllocates: 0.into(),
            AllocateMisses: 0.into(),
            TotalFrees: 0.into(),
            FreeMisses: 0.into(),
            Type: if making.paged { 1 } else { 512 },
            Tag: making.tag,
            Size: making.size as u32,
            Allocate: or(
                making.allocate,
                pool::ExAllocatePoolWithTag as *const () as usize,
            ),
            Free: or(making.free, pool::ExFreePool as *const () as usize),
            ListEntry: LIST_ENTRY {
                Flink: entry,
                Blink: entry,
            },
            LastTotalAllocates: 0,
            LastAllocateMisses: 0,
            Future: [0; 2],
        });
    }
}

/// Frees the entries that the list keeps.
unsafe fn empty(list: *mut GENERAL_LOOKASIDE, extended: bool) {
    // SAFETY: the driver's list; its free routine has the signature of its kind.
    unsafe {
        loop {
            let entry = ExpInterlockedPopEntrySList((&raw mut (*list).ListHead).cast());
            if entry.is_null() {
                return;
            }
            if extended && (*list).Free != pool::ExFreePool as *const () as usize {
                let free: unsafe extern "win64" fn(*mut usize, *mut GENERAL_LOOKASIDE) =
                    std::mem::transmute((*list).Free);
                free(entry, list);
            } else {
                let free: unsafe extern "win64" fn(*mut usize) = std::mem::transmute((*list).Free);
                free(entry);
            }
        }
    }
}

pub unsafe extern "win64" fn ExInitializeNPagedLookasideList(
    list: *mut GENERAL_LOOKASIDE,
    allocate: usize,
    free: usize,
    _flags: u32,
    size: usize,
    tag: u32,
    _depth: u16,
) {
    let _ = enter("ExInitializeNPagedLookasideList", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe {
        initialize(
            list,
            &Making {
                allocate,
                free,
                paged: false,
                size,
                tag,
            },
        )
    };
}

pub unsafe extern "win64" fn ExInitializePagedLookasideList(
    list: *mut GENERAL_LOOKASIDE,
    allocate: usize,
    free: usize,
    _flags: u32,
    size: usize,
    tag: u32,
    _depth: u16,
) {
    let _ = enter("ExInitializePagedLookasideList", APC_LEVEL);
    // SAFETY: as documented.
    unsafe {
        initialize(
            list,
            &Making {
                allocate,
                free,
                paged: true,
                size,
                tag,
            },
        )
    };
}

pub unsafe extern "win64" fn ExInitializeLookasideListEx(
    list: *mut GENERAL_LOOKASIDE,
    allocate: usize,
    free: usize,
    pool_type: i32,
    _flags: u32,
    size: usize,
    tag: u32,
    _depth: u16,
) -> NTSTATUS {
    let _ = enter("ExInitializeLookasideListEx", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe {
        initialize(
            list,
            &Making {
                allocate,
                free,
                paged: pool_type & 1 != 0,
                size,
                tag,
            },
        )
    };
    STATUS_SUCCESS
}

pub unsafe extern "win64" fn ExDeleteNPagedLookasideList(list: *mut GENERAL_LOOKASIDE) {
    let _ = enter("ExDeleteNPagedLookasideList", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe { empty(list, false) };
}

pub unsafe extern "win64" fn ExDeletePagedLookasideList(list: *mut GENERAL_LOOKASIDE) {
    let _ = enter("ExDeletePagedLookasideList", APC_LEVEL);
    // SAFETY: as documented.
    unsafe { empty(list, false) };
}

pub unsafe extern "win64" fn ExDeleteLookasideListEx(list: *mut GENERAL_LOOKASIDE) {
    let _ = enter("ExDeleteLookasideListEx", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe { empty(list, true) };
}

pub unsafe extern "win64" fn ExFlushLookasideListEx(list: *mut GENERAL_LOOKASIDE) {
    let _ = enter("ExFlushLookasideListEx", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe { empty(list, true) };
}
