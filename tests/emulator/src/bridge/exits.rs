//! What stands between an image and each function that it imports: a few instructions that note how deep the
//! image's stack is when it calls out (`verifier::depth`), then the function.

use std::arch::{asm, global_asm};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::runtime::note_deeper;
use crate::export::{self, Export};
use crate::ke::block::{FLOOR, LEFT};

/// Exports there can be.
const MOST: usize = 512;
/// From one exit to the next.
const STRIDE: usize = 64;

/// Where each exit leads.
static FUNCTIONS: [AtomicUsize; MOST] = [const { AtomicUsize::new(0) }; MOST];

// Flags, and no register, are changed; the return address is where the image put it.
global_asm!(
    ".p2align 6",
    ".globl softrnic_emulator_exits",
    "softrnic_emulator_exits:",
    ".set softrnic_emulator_exit, 0",
    ".rept {most}",
    ".p2align 6",
    "movq %rsp, %gs:{left}",
    "cmpq %gs:{floor}, %rsp",
    "jae 2f",
    "call {deeper}",
    "2: jmpq *{functions} + 8 * softrnic_emulator_exit(%rip)",
    ".set softrnic_emulator_exit, softrnic_emulator_exit + 1",
    ".endr",
    most = const MOST,
    left = const LEFT,
    floor = const FLOOR,
    deeper = sym note_deeper,
    functions = sym FUNCTIONS,
    options(att_syntax)
);

unsafe extern "C" {
    #[link_name = "softrnic_emulator_exits"]
    static EXITS: u8;
}

/// Where an import of `export` leads: to its exit, or straight to it when it is a variable or something that
/// compilers call as they like.
///
/// # Panics
/// When there are more exports than exits.
pub(crate) fn to(export: &Export) -> usize {
    let address = export.address.0 as usize;
    let mut direct = crate::ps::DATA.iter().chain(super::EXPORTS);
    if direct.any(|other| other.name == export.name) {
        return address;
    }
    let number = export::all().position(|other| std::ptr::eq(other, export));
    let number = number.filter(|&number| number < MOST);
    let number = number.expect("each export has an exit");
    FUNCTIONS[number].store(address, Ordering::SeqCst);
    &raw const EXITS as usize + number * STRIDE
}

/// The trap flag in the flags register.
const TRAP: u64 = 1 << 8;

/// From the next instruction but one on, each ends with a trap.
pub(crate) fn set_trap_flag() {
    // SAFETY: changes a flag whose trap the fault handler takes; the stack is as it was.
    unsafe {
        asm!("pushfq", "or qword ptr [rsp], {trap}", "popfq", trap = const TRAP);
    }
}
