//! What the linker takes from the WDK's libraries on Windows: the load configuration with the
//! control-flow-guard pointers, the memory routines of the kernel, and the symbols compilers
//! expect.
//!
//! Nothing here is called by name; the linker and generated code refer to it.

use core::{arch::global_asm, ffi::c_void};

// Says that floating point is linked in. The compiler refers to it, nobody reads it.
global_asm!(
    ".section .rdata,\"dr\"",
    ".globl _fltused",
    "_fltused:",
    "    .long 0x9875",
);

// The compiler's own calls. `core` and `compiler_builtins` refer to these names.
#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "C" {
    pub fn memcpy(to: *mut c_void, from: *const c_void, count: usize) -> *mut c_void;
    pub fn memmove(to: *mut c_void, from: *const c_void, count: usize) -> *mut c_void;
    pub fn memset(to: *mut c_void, value: i32, count: usize) -> *mut c_void;
    pub fn memcmp(a: *const c_void, b: *const c_void, count: usize) -> i32;
    pub fn strlen(text: *const u8) -> usize;
    pub fn __chkstk();
}

// The frame handler of C++, which the precompiled `core` names in its unwind tables. Drivers abort:
// it is never called. It returns 1, "continue the search", to be harmless all the same.
global_asm!(
    ".text",
    ".globl __CxxFrameHandler3",
    "__CxxFrameHandler3:",
    "    mov eax, 1",
    "    ret",
);

// Control-flow guard. The loader replaces both pointers with the kernel's checks when it maps the
// image; until then an indirect call is just made.
global_asm!(
    ".text",
    ".p2align 4",
    "softrnic_guard_check:",
    "    ret",
    ".p2align 4",
    "softrnic_guard_dispatch:",
    "    jmp rax",
    ".section .00cfg,\"dr\"",
    ".p2align 3",
    ".globl __guard_check_icall_fptr",
    "__guard_check_icall_fptr:",
    "    .quad softrnic_guard_check",
    ".globl __guard_dispatch_icall_fptr",
    "__guard_dispatch_icall_fptr:",
    "    .quad softrnic_guard_dispatch",
);

// IMAGE_LOAD_CONFIG_DIRECTORY64 up to GuardEHContinuationCount. The linker fills in the tables.
global_asm!(
    ".section .rdata,\"dr\"",
    ".p2align 3",
    ".globl _load_config_used",
    "_load_config_used:",
    "    .long 0x118",
    "    .fill 0x6c, 1, 0",
    "    .quad __guard_check_icall_fptr",
    "    .quad __guard_dispatch_icall_fptr",
    "    .quad __guard_fids_table",
    "    .quad __guard_fids_count",
    "    .long __guard_flags",
    "    .fill 12, 1, 0",
    "    .quad __guard_iat_table",
    "    .quad __guard_iat_count",
    "    .quad __guard_longjmp_table",
    "    .quad __guard_longjmp_count",
    "    .fill 72, 1, 0",
    "    .quad __guard_eh_cont_table",
    "    .quad __guard_eh_cont_count",
);
