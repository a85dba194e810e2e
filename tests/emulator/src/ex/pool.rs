//! `ExAllocatePool…`, `ExFreePool…`.

use std::ffi::c_void;

use crate::export::Export;
use crate::import_with_caller;
use crate::pool::Request;
use crate::thread::enter;
use crate::wdm::{APC_LEVEL, DISPATCH_LEVEL, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ExAllocatePool2, ExAllocatePoolWithTag, ExFreePool, ExFreePoolWithTag;
};

const POOL_FLAG_UNINITIALIZED: u64 = 0x2;
const POOL_FLAG_NON_PAGED: u64 = 0x40;
const POOL_FLAG_NON_PAGED_EXECUTE: u64 = 0x80;
const POOL_FLAG_PAGED: u64 = 0x100;

import_with_caller! {
    /// Allocates zeroed pool unless told otherwise.
    ExAllocatePool2(flags: u64, size: usize, tag: u32) -> PVOID => 3, allocate_2
}
import_with_caller! {
    /// The older way to allocate: not zeroed.
    ExAllocatePoolWithTag(pool_type: i32, size: usize, tag: u32) -> PVOID => 3, allocate_with_tag
}
import_with_caller! {
    /// Frees pool.
    ExFreePool(memory: PVOID) => 1, free
}
import_with_caller! {
    /// Frees pool whose tag must be `tag`.
    ExFreePoolWithTag(memory: PVOID, tag: u32) => 2, free_with_tag
}

unsafe extern "win64" fn allocate_2(
    flags: u64,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    let paged = flags & POOL_FLAG_PAGED != 0;
    let thread = enter(
        "ExAllocatePool2",
        if paged { APC_LEVEL } else { DISPATCH_LEVEL },
    );
    if flags & (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED) == 0 {
        return std::ptr::null_mut();
    }
    let zeroed = flags & POOL_FLAG_UNINITIALIZED == 0;
    thread
        .machine
        .pool
        .allocate(Request {
            size,
            tag,
            caller,
            zeroed,
        })
        .cast()
}

unsafe extern "win64" fn allocate_with_tag(
    pool_type: i32,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    let paged = pool_type & 1 != 0;
    let highest = if paged { APC_LEVEL } else { DISPATCH_LEVEL };
    let thread = enter("ExAllocatePoolWithTag", highest);
    thread
        .machine
        .pool
        .allocate(Request {
            size,
            tag,
            caller,
            zeroed: false,
        })
        .cast()
}

unsafe extern "win64" fn free(memory: PVOID, caller: usize) {
    let thread = enter("ExFreePool", DISPATCH_LEVEL);
    thread.machine.pool.free(memory as usize, 0, caller);
}

unsafe extern "win64" fn free_with_tag(memory: PVOID, tag: u32, caller: usize) {
    let thread = enter("ExFreePoolWithTag", DISPATCH_LEVEL);
    thread.machine.pool.free(memory as usize, tag, caller);
}
