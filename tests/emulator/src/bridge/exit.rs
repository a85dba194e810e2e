//! How a system thread ends: `PsTerminateSystemThread` does not return to the image, so the
//! thread's start routine is entered through a frame that can be left from anywhere above it.

use std::arch::naked_asm;

use crate::wdm::PVOID;

pub type KSTART_ROUTINE = unsafe extern "win64" fn(PVOID);

/// Calls `routine(context)`; returns when it returns or when [`leave`] is called with the value
/// stored in `*frame`.
#[unsafe(naked)]
pub unsafe extern "win64" fn enter(routine: KSTART_ROUTINE, context: PVOID, frame: *mut usize) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push rsi",
        "push rdi",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 0xC8",
        "movaps [rsp + 0x20], xmm6",
        "movaps [rsp + 0x30], xmm7",
        "movaps [rsp + 0x40], xmm8",
        "movaps [rsp + 0x50], xmm9",
        "movaps [rsp + 0x60], xmm10",
        "movaps [rsp + 0x70], xmm11",
        "movaps [rsp + 0x80], xmm12",
        "movaps [rsp + 0x90], xmm13",
        "movaps [rsp + 0xA0], xmm14",
        "movaps [rsp + 0xB0], xmm15",
        "mov [r8], rsp",
        "mov rax, rcx",
        "mov rcx, rdx",
        "call rax",
        "movaps xmm6, [rsp + 0x20]",
        "movaps xmm7, [rsp + 0x30]",
        "movaps xmm8, [rsp + 0x40]",
        "movaps xmm9, [rsp + 0x50]",
        "movaps xmm10, [rsp + 0x60]",
        "movaps xmm11, [rsp + 0x70]",
        "movaps xmm12, [rsp + 0x80]",
        "movaps xmm13, [rsp + 0x90]",
        "movaps xmm14, [rsp + 0xA0]",
        "movaps xmm15, [rsp + 0xB0]",
        "add rsp, 0xC8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rdi",
        "pop rsi",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Goes back into the frame that [`enter`] stored, which then returns.
#[unsafe(naked)]
pub unsafe extern "win64" fn leave(frame: usize) -> ! {
    naked_asm!(
        "mov rsp, rcx",
        "movaps xmm6, [rsp + 0x20]",
        "movaps xmm7, [rsp + 0x30]",
        "movaps xmm8, [rsp + 0x40]",
        "movaps xmm9, [rsp + 0x50]",
        "movaps xmm10, [rsp + 0x60]",
        "movaps xmm11, [rsp + 0x70]",
        "movaps xmm12, [rsp + 0x80]",
        "movaps xmm13, [rsp + 0x90]",
        "movaps xmm14, [rsp + 0xA0]",
        "movaps xmm15, [rsp + 0xB0]",
        "add rsp, 0xC8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rdi",
        "pop rsi",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}
