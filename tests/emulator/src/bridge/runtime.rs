//! What compilers expect of the kernel: stack probes, exception filters, control-flow guard.

use std::arch::naked_asm;
use std::ffi::c_void;

use crate::export::Export;
use crate::image::guard::{BITMAP, REGION, REGION_SIZE, invalid_target};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": __chkstk, __C_specific_handler;
};

/// Probes `rax` bytes of stack below the caller's frame; every register is kept.
#[unsafe(naked)]
pub unsafe extern "win64" fn __chkstk() {
    naked_asm!(
        "push rcx",
        "push rax",
        "lea rcx, [rsp + 24]",
        "2:",
        "cmp rax, 0x1000",
        "jb 3f",
        "sub rcx, 0x1000",
        "test [rcx], ecx",
        "sub rax, 0x1000",
        "jmp 2b",
        "3:",
        "sub rcx, rax",
        "test [rcx], ecx",
        "pop rax",
        "pop rcx",
        "ret",
    )
}

/// The language handler that C's structured exceptions name in their unwind data. The emulator
/// raises no exceptions into images (a fault ends the run), so nobody may call it.
pub unsafe extern "win64" fn __C_specific_handler(
    _record: *mut c_void,
    _frame: *mut c_void,
    _context: *mut c_void,
    _dispatcher: *mut c_void,
) -> i32 {
    crate::verifier::violation(
        "KE-EXCEPTION",
        "__C_specific_handler was called by an image",
    )
}

/// `_guard_check_icall`: the target is in `rcx`; every register is kept.
#[unsafe(naked)]
pub unsafe extern "win64" fn cfg_check() {
    naked_asm!(
        "push rax",
        "push rdx",
        "mov rax, rcx",
        "sub rax, [rip + {region}]",
        "cmp rax, {size}",
        "jae 3f",
        "mov rdx, [rip + {bitmap}]",
        "bt [rdx], rax",
        "jnc 4f",
        "3:",
        "pop rdx",
        "pop rax",
        "ret",
        "4:",
        "and rsp, -16",
        "sub rsp, 32",
        "call {invalid}",
        "ud2",
        region = sym REGION,
        bitmap = sym BITMAP,
        size = const REGION_SIZE,
        invalid = sym invalid_target,
    )
}

/// `_guard_dispatch_icall`: calls the target in `rax`; every other register is kept.
#[unsafe(naked)]
pub unsafe extern "win64" fn cfg_dispatch() {
    naked_asm!(
        "push rcx",
        "push rdx",
        "mov rcx, rax",
        "sub rcx, [rip + {region}]",
        "cmp rcx, {size}",
        "jae 3f",
        "mov rdx, [rip + {bitmap}]",
        "bt [rdx], rcx",
        "jnc 4f",
        "3:",
        "pop rdx",
        "pop rcx",
        "jmp rax",
        "4:",
        "mov rcx, rax",
        "and rsp, -16",
        "sub rsp, 32",
        "call {invalid}",
        "ud2",
        region = sym REGION,
        bitmap = sym BITMAP,
        size = const REGION_SIZE,
        invalid = sym invalid_target,
    )
}
