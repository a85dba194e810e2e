//! `MmGetSystemRoutineAddress` and other questions about memory.

use super::phys;
use crate::bridge::exits;
use crate::export::{self, Export};
use crate::rtl;
use crate::thread::enter;
use crate::wdm::{BOOLEAN, PAGE_SHIFT, PAGE_SIZE, PASSIVE_LEVEL, PVOID, UNICODE_STRING};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": MmGetSystemRoutineAddress, MmGetPhysicalAddress, MmIsAddressValid;
};

/// The address of an export of the kernel or the hardware layer, or null.
pub unsafe extern "win64" fn MmGetSystemRoutineAddress(name: *const UNICODE_STRING) -> PVOID {
    let _ = enter("MmGetSystemRoutineAddress", PASSIVE_LEVEL);
    // SAFETY: the driver passes a valid string.
    let name = unsafe { rtl::text(name) };
    export::find("ntoskrnl.exe", &name).map_or(std::ptr::null_mut(), |e| exits::to(e) as PVOID)
}

pub extern "win64" fn MmGetPhysicalAddress(address: PVOID) -> u64 {
    let _ = enter("MmGetPhysicalAddress", crate::wdm::HIGH_LEVEL);
    phys::frame(address as usize) << PAGE_SHIFT | (address as usize & (PAGE_SIZE - 1)) as u64
}

pub extern "win64" fn MmIsAddressValid(address: PVOID) -> BOOLEAN {
    let _ = enter("MmIsAddressValid", crate::wdm::DISPATCH_LEVEL);
    let page = address as usize & !(PAGE_SIZE - 1);
    let mut resident = 0u8;
    // SAFETY: an out parameter; the address is only asked about.
    let known = unsafe { libc::mincore(page as *mut _, PAGE_SIZE, &raw mut resident) };
    (known == 0).into()
}
