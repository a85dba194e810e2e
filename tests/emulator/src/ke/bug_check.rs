//! `KeBugCheckEx`: the driver gives up.

use crate::export::Export;
use crate::verifier::violation;

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeBugCheckEx, KeBugCheck;
};

pub extern "win64" fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> ! {
    violation(
        "KE-BUGCHECK",
        &format!("bug check {code:#x} ({a:#x}, {b:#x}, {c:#x}, {d:#x})"),
    )
}

pub extern "win64" fn KeBugCheck(code: u32) -> ! {
    KeBugCheckEx(code, 0, 0, 0, 0)
}
