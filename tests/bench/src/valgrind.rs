//! What a program asks of the valgrind it runs below; without one, nothing happens.

use std::arch::asm;

/// Callgrind's requests begin here: `CT` in the upper half.
const CALLGRIND: usize = 0x4354_0000;
const DUMP_STATS: usize = CALLGRIND;
const START_INSTRUMENTATION: usize = CALLGRIND + 4;

/// Counts from now on, where valgrind was told not to from the start: until then a program runs much faster.
pub(crate) fn start() {
    request(START_INSTRUMENTATION);
}

/// Writes what was counted since the last time into a file of its own, and begins anew.
pub(crate) fn dump() {
    request(DUMP_STATS);
}

/// A sequence that does nothing, and that valgrind knows (`valgrind.h`).
fn request(code: usize) {
    let words = [code, 0, 0, 0, 0, 0];
    // SAFETY: rotated by 128 bits in all, `rdi` is as it was, and so is `rbx`; valgrind reads the words and changes `rdx`.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") words.as_ptr(),
            inout("rdx") 0_usize => _,
            options(nostack),
        );
    }
}
