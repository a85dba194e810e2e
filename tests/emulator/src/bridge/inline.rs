//! Privileged instructions that C drivers have inline: reads and writes of CR8, the IRQL. The host refuses
//! them; the fault handler has them done here.

use std::arch::naked_asm;

use crate::ke::irql::{lower, raise};
use crate::thread::current;
use crate::wdm::{DISPATCH_LEVEL, HIGH_LEVEL, KIRQL};

/// The integer registers in the order in which instructions name them.
const REGISTERS: [libc::c_int; 16] = [
    libc::REG_RAX,
    libc::REG_RCX,
    libc::REG_RDX,
    libc::REG_RBX,
    libc::REG_RSP,
    libc::REG_RBP,
    libc::REG_RSI,
    libc::REG_RDI,
    libc::REG_R8,
    libc::REG_R9,
    libc::REG_R10,
    libc::REG_R11,
    libc::REG_R12,
    libc::REG_R13,
    libc::REG_R14,
    libc::REG_R15,
];

/// Where a fault's context has the general register of that number.
pub(super) fn register(number: usize) -> Option<usize> {
    REGISTERS.get(number).map(|place| *place as usize)
}

/// `mov r64, cr8` and `mov cr8, r64`: four bytes, and the number of the general register.
fn decode(code: [u8; 4]) -> Option<(bool, usize)> {
    let [rex, 0x0F, operation @ (0x20 | 0x22), operands] = code else {
        return None;
    };
    if rex & 0xF6 != 0x44 || operands & 0xF8 != 0xC0 {
        return None;
    }
    let register = usize::from(operands & 7) + usize::from(rex & 1) * 8;
    Some((operation == 0x22, register))
}

/// Does the instruction at the context's address, which lies in an image; `false` when it is another.
///
/// # Safety
/// The registers are those of a fault in an image, on a thread of a machine.
pub(crate) unsafe fn emulate(registers: &mut [libc::greg_t; 23]) -> bool {
    let rip = libc::REG_RIP as usize;
    // SAFETY: the instruction was fetched from there.
    let code = unsafe { (registers[rip] as *const [u8; 4]).read_unaligned() };
    let Some((writes, register)) = decode(code) else {
        return false;
    };
    let general = REGISTERS[register] as usize;
    registers[rip] += 4;
    if !writes {
        registers[general] = current().irql().into();
        return true;
    }
    // DPCs may run: not on the signal's stack.
    let level = registers[general];
    let rsp = libc::REG_RSP as usize;
    // SAFETY: below the image's stack pointer nothing is kept (the Windows convention).
    unsafe {
        registers[rsp] -= 16;
        let stack = registers[rsp] as *mut libc::greg_t;
        stack.write(level);
        stack.add(1).write(registers[rip]);
    }
    registers[rip] = write_cr8 as *const () as libc::greg_t;
    true
}

/// The level lies on the stack, and above it where to go on. Every register is kept.
#[unsafe(naked)]
unsafe extern "win64" fn write_cr8() {
    naked_asm!(
        "pushfq",
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
        "mov rcx, [rbp + 16]",
        "call {inner}",
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
        "popfq",
        "lea rsp, [rsp + 8]",
        "ret",
        inner = sym set_irql,
    )
}

/// A write to CR8 raises or lowers. KE-IRQL: to a level that there is, and not below DISPATCH_LEVEL in a DPC.
unsafe extern "win64" fn set_irql(level: u64) {
    let thread = current();
    let Some(level) = KIRQL::try_from(level).ok().filter(|l| *l <= HIGH_LEVEL) else {
        crate::verifier::violation("KE-IRQL", &format!("CR8 is set to {level:#x}"));
    };
    if level >= thread.irql() {
        if level > thread.irql() {
            raise(thread, level);
        }
        return;
    }
    if level < DISPATCH_LEVEL && thread.in_dpc.get() {
        crate::verifier::violation("KE-IRQL", "CR8 is lowered below DISPATCH_LEVEL in a DPC");
    }
    lower(thread, level);
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn moves_to_and_from_cr8_are_known() {
        assert_eq!(decode([0x44, 0x0F, 0x20, 0xC1]), Some((false, 1)));
        assert_eq!(decode([0x45, 0x0F, 0x20, 0xC2]), Some((false, 10)));
        assert_eq!(decode([0x44, 0x0F, 0x22, 0xC0]), Some((true, 0)));
        // CR3, CR0, and something else.
        assert_eq!(decode([0x0F, 0x20, 0xD8, 0x90]), None);
        assert_eq!(decode([0x44, 0x0F, 0x20, 0xD8]), None);
        assert_eq!(decode([0x44, 0x0F, 0x21, 0xC0]), None);
    }
}
