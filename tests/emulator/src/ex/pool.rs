//! `ExAllocatePool…`, `ExFreePool…`.

use std::ffi::c_void;

use crate::export::Export;
use crate::import_with_caller;
use crate::pool::Request;
use crate::thread::{current, enter};
use crate::verifier::violation;
use crate::wdm::{APC_LEVEL, DISPATCH_LEVEL, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ExAllocatePool, ExAllocatePool2, ExAllocatePool3, ExAllocatePoolWithTag,
        ExAllocatePoolWithTagPriority, ExAllocatePoolWithQuotaTag, ExFreePool, ExFreePool2,
        ExFreePoolWithTag;
};

// `POOL_FLAGS` of the newer functions.
const POOL_FLAG_UNINITIALIZED: u64 = 0x2;
const POOL_FLAG_RAISE_ON_FAILURE: u64 = 0x20;
const POOL_FLAG_NON_PAGED: u64 = 0x40;
const POOL_FLAG_NON_PAGED_EXECUTE: u64 = 0x80;
const POOL_FLAG_PAGED: u64 = 0x100;

// Bits of the older functions' `POOL_TYPE`.
const PAGED_POOL: i32 = 1;
const POOL_QUOTA_FAIL_INSTEAD_OF_RAISE: i32 = 8;
const POOL_RAISE_IF_ALLOCATION_FAILURE: i32 = 16;
const NON_PAGED_POOL_NX: i32 = 512;
const POOL_ZERO_ALLOCATION: i32 = 1024;

/// The tag of `ExAllocatePool`, as pool tools show it.
const NO_TAG: u32 = u32::from_le_bytes(*b"None");

import_with_caller! {
    /// Allocates zeroed pool unless told otherwise.
    ExAllocatePool2(flags: u64, size: usize, tag: u32) -> PVOID => 3, allocate_2
}
import_with_caller! {
    /// As [`ExAllocatePool2`]; the extended parameters choose among pools that are one here.
    ExAllocatePool3(flags: u64, size: usize, tag: u32, parameters: *const c_void, count: u32) -> PVOID => 5, allocate_3
}
import_with_caller! {
    /// The oldest way to allocate.
    ExAllocatePool(pool_type: i32, size: usize) -> PVOID => 2, allocate
}
import_with_caller! {
    /// The older way to allocate: zeroed only when asked for.
    ExAllocatePoolWithTag(pool_type: i32, size: usize, tag: u32) -> PVOID => 3, allocate_with_tag
}
import_with_caller! {
    /// As [`ExAllocatePoolWithTag`]; no request is important here.
    ExAllocatePoolWithTagPriority(pool_type: i32, size: usize, tag: u32, priority: i32) -> PVOID => 4, allocate_with_priority
}
import_with_caller! {
    /// As [`ExAllocatePoolWithTag`], but it raises an exception instead of failing, unless told otherwise.
    ExAllocatePoolWithQuotaTag(pool_type: i32, size: usize, tag: u32) -> PVOID => 3, allocate_with_quota
}
import_with_caller! {
    /// Frees pool.
    ExFreePool(memory: PVOID) => 1, free
}
import_with_caller! {
    /// Frees pool whose tag must be `tag`.
    ExFreePoolWithTag(memory: PVOID, tag: u32) => 2, free_with_tag
}
import_with_caller! {
    /// As [`ExFreePoolWithTag`].
    ExFreePool2(memory: PVOID, tag: u32, parameters: *const c_void, count: u32) => 4, free_2
}

unsafe extern "win64" fn allocate_2(
    flags: u64,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    by_flags("ExAllocatePool2", flags, size, tag, caller)
}

unsafe extern "win64" fn allocate_3(
    flags: u64,
    size: usize,
    tag: u32,
    _parameters: *const c_void,
    _count: u32,
    caller: usize,
) -> *mut c_void {
    by_flags("ExAllocatePool3", flags, size, tag, caller)
}

fn by_flags(
    function: &'static str,
    flags: u64,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    if flags & (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED) == 0 {
        let _ = enter(function, DISPATCH_LEVEL);
        return std::ptr::null_mut();
    }
    let request = Request {
        size,
        tag,
        caller,
        zeroed: flags & POOL_FLAG_UNINITIALIZED == 0,
    };
    if flags & POOL_FLAG_NON_PAGED_EXECUTE != 0 {
        executable(function);
    }
    let raises = flags & POOL_FLAG_RAISE_ON_FAILURE != 0;
    take(function, flags & POOL_FLAG_PAGED != 0, raises, request)
}

unsafe extern "win64" fn allocate(pool_type: i32, size: usize, caller: usize) -> *mut c_void {
    by_type("ExAllocatePool", pool_type, size, NO_TAG, caller)
}

unsafe extern "win64" fn allocate_with_tag(
    pool_type: i32,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    by_type("ExAllocatePoolWithTag", pool_type, size, tag, caller)
}

unsafe extern "win64" fn allocate_with_priority(
    pool_type: i32,
    size: usize,
    tag: u32,
    _priority: i32,
    caller: usize,
) -> *mut c_void {
    by_type(
        "ExAllocatePoolWithTagPriority",
        pool_type,
        size,
        tag,
        caller,
    )
}

unsafe extern "win64" fn allocate_with_quota(
    pool_type: i32,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    let raises = match pool_type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE {
        0 => POOL_RAISE_IF_ALLOCATION_FAILURE,
        _ => 0,
    };
    let name = "ExAllocatePoolWithQuotaTag";
    by_type(name, pool_type | raises, size, tag, caller)
}

fn by_type(
    function: &'static str,
    pool_type: i32,
    size: usize,
    tag: u32,
    caller: usize,
) -> *mut c_void {
    let request = Request {
        size,
        tag,
        caller,
        zeroed: pool_type & POOL_ZERO_ALLOCATION != 0,
    };
    if pool_type & (PAGED_POOL | NON_PAGED_POOL_NX) == 0 {
        executable(function);
    }
    let raises = pool_type & POOL_RAISE_IF_ALLOCATION_FAILURE != 0;
    take(function, pool_type & PAGED_POOL != 0, raises, request)
}

#[cold]
fn executable(function: &str) {
    if current().machine.options.strict {
        violation(
            "VERIF-POOL-EXECUTE",
            &format!("{function} is asked for memory that code can run in"),
        );
    }
}

/// At most APC_LEVEL for paged pool, DISPATCH_LEVEL for all other.
fn take(function: &'static str, paged: bool, raises: bool, request: Request) -> *mut c_void {
    let thread = enter(function, if paged { APC_LEVEL } else { DISPATCH_LEVEL });
    let memory = thread.machine.pool.allocate(request);
    if memory.is_null() && raises {
        violation(
            "KE-EXCEPTION",
            &format!(
                "{function} raises STATUS_INSUFFICIENT_RESOURCES: exceptions are not emulated"
            ),
        );
    }
    memory.cast()
}

unsafe extern "win64" fn free(memory: PVOID, caller: usize) {
    let thread = enter("ExFreePool", DISPATCH_LEVEL);
    thread.machine.pool.free(memory as usize, 0, caller);
}

unsafe extern "win64" fn free_with_tag(memory: PVOID, tag: u32, caller: usize) {
    let thread = enter("ExFreePoolWithTag", DISPATCH_LEVEL);
    thread.machine.pool.free(memory as usize, tag, caller);
}

unsafe extern "win64" fn free_2(
    memory: PVOID,
    tag: u32,
    _parameters: *const c_void,
    _count: u32,
    caller: usize,
) {
    let thread = enter("ExFreePool2", DISPATCH_LEVEL);
    thread.machine.pool.free(memory as usize, tag, caller);
}
