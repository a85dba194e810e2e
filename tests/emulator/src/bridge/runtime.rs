//! What compilers expect of the kernel: stack probes, exception filters, control-flow guard.

use std::arch::naked_asm;
use std::ffi::c_void;

use crate::export::Export;
use crate::image::guard::{BITMAP, REGION, REGION_SIZE, invalid_target};
use crate::ke::block::{FLOOR, LEFT};

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

/// The calling image's stack has not been so deep before: `verifier::depth` is told. Every register is kept.
#[unsafe(naked)]
pub unsafe extern "win64" fn note_deeper() {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rax",
        "push rcx",
        "push rdx",
        "push r8",
        "push r9",
        "push r10",
        "push r11",
        "sub rsp, 0x88",
        "and rsp, -16",
        "movaps [rsp + 0x20], xmm0",
        "movaps [rsp + 0x30], xmm1",
        "movaps [rsp + 0x40], xmm2",
        "movaps [rsp + 0x50], xmm3",
        "movaps [rsp + 0x60], xmm4",
        "movaps [rsp + 0x70], xmm5",
        "call {deeper}",
        "movaps xmm0, [rsp + 0x20]",
        "movaps xmm1, [rsp + 0x30]",
        "movaps xmm2, [rsp + 0x40]",
        "movaps xmm3, [rsp + 0x50]",
        "movaps xmm4, [rsp + 0x60]",
        "movaps xmm5, [rsp + 0x70]",
        "lea rsp, [rbp - 56]",
        "pop r11",
        "pop r10",
        "pop r9",
        "pop r8",
        "pop rdx",
        "pop rcx",
        "pop rax",
        "pop rbp",
        "ret",
        deeper = sym crate::verifier::depth::deeper,
    )
}

/// `_guard_check_icall`: the target is in `rcx`; every register is kept.
#[unsafe(naked)]
pub unsafe extern "win64" fn cfg_check() {
    naked_asm!(
        "mov gs:[{left}], rsp",
        "cmp rsp, gs:[{floor}]",
        "jae 2f",
        "call {deeper}",
        "2:",
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
        left = const LEFT,
        floor = const FLOOR,
        deeper = sym note_deeper,
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
        "mov gs:[{left}], rsp",
        "cmp rsp, gs:[{floor}]",
        "jae 2f",
        "call {deeper}",
        "2:",
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
        left = const LEFT,
        floor = const FLOOR,
        deeper = sym note_deeper,
        region = sym REGION,
        bitmap = sym BITMAP,
        size = const REGION_SIZE,
        invalid = sym invalid_target,
    )
}
