//! Critical and guarded regions, affinity, priority.

use crate::export::Export;
use crate::thread::{Thread, enter};
use crate::verifier::violation;
use crate::wdm::{APC_LEVEL, BOOLEAN, DISPATCH_LEVEL, GROUP_AFFINITY, KPRIORITY};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeEnterCriticalRegion, KeLeaveCriticalRegion, KeEnterGuardedRegion,
        KeLeaveGuardedRegion, KeAreApcsDisabled, KeAreAllApcsDisabled, KeSetPriorityThread,
        KeSetBasePriorityThread, KeSetSystemAffinityThreadEx, KeRevertToUserAffinityThreadEx,
        KeSetSystemGroupAffinityThread, KeRevertToUserGroupAffinityThread;
};

fn enter_region(function: &'static str) {
    let thread = enter(function, APC_LEVEL);
    thread.regions.set(thread.regions.get() + 1);
}

fn leave_region(function: &'static str) {
    let thread = enter(function, APC_LEVEL);
    match thread.regions.get().checked_sub(1) {
        Some(left) => thread.regions.set(left),
        None => violation("KE-REGION", "a region is left that was not entered"),
    }
}

pub extern "win64" fn KeEnterCriticalRegion() {
    enter_region("KeEnterCriticalRegion");
}

pub extern "win64" fn KeLeaveCriticalRegion() {
    leave_region("KeLeaveCriticalRegion");
}

pub extern "win64" fn KeEnterGuardedRegion() {
    enter_region("KeEnterGuardedRegion");
}

pub extern "win64" fn KeLeaveGuardedRegion() {
    leave_region("KeLeaveGuardedRegion");
}

pub extern "win64" fn KeAreApcsDisabled() -> BOOLEAN {
    let thread = enter("KeAreApcsDisabled", DISPATCH_LEVEL);
    (thread.regions.get() != 0 || thread.irql() >= APC_LEVEL).into()
}

pub extern "win64" fn KeAreAllApcsDisabled() -> BOOLEAN {
    let _ = enter("KeAreAllApcsDisabled", DISPATCH_LEVEL);
    KeAreApcsDisabled()
}

/// Priorities do not change how the host schedules; the old one is always the default.
pub extern "win64" fn KeSetPriorityThread(_thread: *mut Thread, _priority: KPRIORITY) -> KPRIORITY {
    let _ = enter("KeSetPriorityThread", DISPATCH_LEVEL);
    8
}

pub extern "win64" fn KeSetBasePriorityThread(_thread: *mut Thread, _increment: i32) -> i32 {
    let _ = enter("KeSetBasePriorityThread", DISPATCH_LEVEL);
    0
}

/// Restricts the thread to some processors; the old restriction, 0 for none.
fn restrict(function: &'static str, affinity: u64) -> u64 {
    let thread = enter(function, APC_LEVEL);
    let all = thread.machine.all_processors();
    let old = thread.affinity.get();
    let new = if affinity & all == 0 {
        all
    } else {
        affinity & all
    };
    thread.affinity.set(new);
    if thread.irql() < DISPATCH_LEVEL && new >> thread.processor.get() & 1 == 0 {
        thread.processor.set(new.trailing_zeros());
    }
    if old == all { 0 } else { old }
}

pub extern "win64" fn KeSetSystemAffinityThreadEx(affinity: u64) -> u64 {
    restrict("KeSetSystemAffinityThreadEx", affinity)
}

pub extern "win64" fn KeRevertToUserAffinityThreadEx(affinity: u64) {
    restrict("KeRevertToUserAffinityThreadEx", affinity);
}

pub unsafe extern "win64" fn KeSetSystemGroupAffinityThread(
    affinity: *const GROUP_AFFINITY,
    previous: *mut GROUP_AFFINITY,
) {
    // SAFETY: the driver passes a valid affinity, and an out parameter or null.
    unsafe {
        let old = restrict("KeSetSystemGroupAffinityThread", (*affinity).Mask);
        if !previous.is_null() {
            previous.write(GROUP_AFFINITY {
                Mask: old,
                Group: 0,
                Reserved: [0; 3],
            });
        }
    }
}

pub unsafe extern "win64" fn KeRevertToUserGroupAffinityThread(previous: *const GROUP_AFFINITY) {
    // SAFETY: the driver passes what it got when it set the affinity.
    unsafe { restrict("KeRevertToUserGroupAffinityThread", (*previous).Mask) };
}
