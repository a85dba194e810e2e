//! Names of interfaces: LUID, index, alias. PASSIVE_LEVEL.

use softrnic::sys::NET_LUID;

use super::State;
use crate::thread;
use crate::wdm::{
    NTSTATUS, PASSIVE_LEVEL, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY, STATUS_SUCCESS,
};

impl State {
    /// The interface that `is` says yes to: LUID and index.
    fn interface(&self, is: impl Fn(u64, u32) -> bool) -> Option<(u64, u32)> {
        let interfaces = self.interfaces.lock();
        interfaces
            .iter()
            .copied()
            .find(|&(luid, index)| is(luid, index))
    }
}

/// What people call an interface.
fn alias(index: u32) -> String {
    format!("Ethernet {index}")
}

pub(super) unsafe extern "win64" fn ConvertInterfaceLuidToIndex(
    luid: *const NET_LUID,
    index: *mut u32,
) -> NTSTATUS {
    let thread = thread::enter("ConvertInterfaceLuidToIndex", PASSIVE_LEVEL);
    // SAFETY: the caller passes a LUID.
    let wanted = unsafe { (*luid).Value };
    let Some((_, found)) = thread.machine.ip.interface(|luid, _| luid == wanted) else {
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the caller passes an out parameter.
    unsafe { index.write(found) };
    STATUS_SUCCESS
}

pub(super) unsafe extern "win64" fn ConvertInterfaceIndexToLuid(
    index: u32,
    luid: *mut NET_LUID,
) -> NTSTATUS {
    let thread = thread::enter("ConvertInterfaceIndexToLuid", PASSIVE_LEVEL);
    let Some((found, _)) = thread.machine.ip.interface(|_, other| other == index) else {
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the caller passes an out parameter.
    unsafe { luid.write(NET_LUID { Value: found }) };
    STATUS_SUCCESS
}

/// `length` counts characters, the terminating one among them.
pub(super) unsafe extern "win64" fn ConvertInterfaceLuidToAlias(
    luid: *const NET_LUID,
    to: *mut u16,
    length: usize,
) -> NTSTATUS {
    let thread = thread::enter("ConvertInterfaceLuidToAlias", PASSIVE_LEVEL);
    if luid.is_null() || to.is_null() {
        return STATUS_INVALID_PARAMETER;
    }
    // SAFETY: the caller passes a LUID.
    let wanted = unsafe { (*luid).Value };
    let Some((_, index)) = thread.machine.ip.interface(|luid, _| luid == wanted) else {
        return STATUS_INVALID_PARAMETER;
    };
    let units: Vec<u16> = alias(index).encode_utf16().chain([0]).collect();
    if units.len() > length {
        return STATUS_NO_MEMORY;
    }
    // SAFETY: the buffer is long enough.
    unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), to, units.len()) };
    STATUS_SUCCESS
}

pub(super) unsafe extern "win64" fn ConvertInterfaceAliasToLuid(
    from: *const u16,
    luid: *mut NET_LUID,
) -> NTSTATUS {
    let thread = thread::enter("ConvertInterfaceAliasToLuid", PASSIVE_LEVEL);
    if from.is_null() || luid.is_null() {
        return STATUS_INVALID_PARAMETER;
    }
    // SAFETY: the caller passes a terminated string.
    let name = unsafe { std::slice::from_raw_parts(from, crate::rtl::wcslen(from)) };
    let name = String::from_utf16_lossy(name).to_lowercase();
    let is = |_, index| alias(index).to_lowercase() == name;
    let Some((found, _)) = thread.machine.ip.interface(is) else {
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the caller passes an out parameter.
    unsafe { luid.write(NET_LUID { Value: found }) };
    STATUS_SUCCESS
}
