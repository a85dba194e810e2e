//! IRQL and processors: `KeGetCurrentIrql`, `KfRaiseIrql`, `KeLowerIrql` and the like.

use crate::export::Export;
use crate::processor;
use crate::thread::{Thread, current, enter, running};
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, HIGH_LEVEL, KIRQL, PROCESSOR_NUMBER};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeGetCurrentIrql, KfRaiseIrql, KeRaiseIrqlToDpcLevel, KeLowerIrql,
        KeGetCurrentProcessorNumberEx, KeQueryActiveProcessorCount,
        KeQueryActiveProcessorCountEx, KeQueryMaximumProcessorCount,
        KeQueryMaximumProcessorCountEx, KeGetProcessorIndexFromNumber,
        KeGetProcessorNumberFromIndex, KeQueryActiveGroupCount;
};

pub extern "win64" fn KeGetCurrentIrql() -> KIRQL {
    running().irql()
}

pub extern "win64" fn KfRaiseIrql(level: KIRQL) -> KIRQL {
    raise(enter("KfRaiseIrql", HIGH_LEVEL), level)
}

pub extern "win64" fn KeRaiseIrqlToDpcLevel() -> KIRQL {
    let thread = enter("KeRaiseIrqlToDpcLevel", DISPATCH_LEVEL);
    raise(thread, DISPATCH_LEVEL)
}

/// A driver raises: the level that it has to go back to is noted, four bits each, the last one lowest.
pub(crate) fn raise(thread: &'static Thread, level: KIRQL) -> KIRQL {
    let old = processor::raise(thread, level);
    let raises = thread.raises.get() << 4;
    thread.raises.set(raises | u64::from(old + 1));
    old
}

/// A driver lowers: to where the raise before it came from.
pub(crate) fn lower(thread: &'static Thread, level: KIRQL) {
    let raises = thread.raises.get();
    let (last, now) = (raises & 0xF, thread.irql());
    let matches = last == u64::from(level) + 1;
    if level < now && !matches {
        violation(
            "KE-IRQL-RESTORE",
            &format!("the IRQL is lowered from {now} to {level}, where no raise came from"),
        );
    }
    if matches {
        thread.raises.set(raises >> 4);
    }
    processor::lower(thread, level);
}

pub extern "win64" fn KeLowerIrql(level: KIRQL) {
    let thread = enter("KeLowerIrql", HIGH_LEVEL);
    if level < DISPATCH_LEVEL && thread.spin_locks.count() != 0 {
        violation(
            "VERIF-LOCK-IRQL",
            "the IRQL is lowered with a spin lock held",
        );
    }
    if thread.in_dpc.get() && level < DISPATCH_LEVEL {
        violation("KE-IRQL", "a DPC lowers the IRQL below DISPATCH_LEVEL");
    }
    lower(thread, level);
}

/// The number of the processor the caller runs on; only at DISPATCH_LEVEL does it stay true.
pub unsafe extern "win64" fn KeGetCurrentProcessorNumberEx(number: *mut PROCESSOR_NUMBER) -> u32 {
    let processor = current().processor.get();
    if !number.is_null() {
        // SAFETY: the caller passes an out parameter.
        unsafe {
            number.write(PROCESSOR_NUMBER {
                Group: 0,
                Number: processor as u8,
                Reserved: 0,
            })
        };
    }
    processor
}

pub unsafe extern "win64" fn KeQueryActiveProcessorCount(affinity: *mut u64) -> u32 {
    let machine = current().machine;
    if !affinity.is_null() {
        // SAFETY: the caller passes an out parameter.
        unsafe { affinity.write(machine.all_processors()) };
    }
    machine.processor_count()
}

pub extern "win64" fn KeQueryActiveProcessorCountEx(group: u16) -> u32 {
    let machine = enter("KeQueryActiveProcessorCountEx", DISPATCH_LEVEL).machine;
    if group == 0 || group == 0xFFFF {
        machine.processor_count()
    } else {
        0
    }
}

pub extern "win64" fn KeQueryMaximumProcessorCount() -> u32 {
    current().machine.processor_count()
}

pub extern "win64" fn KeQueryMaximumProcessorCountEx(group: u16) -> u32 {
    KeQueryActiveProcessorCountEx(group)
}

pub extern "win64" fn KeQueryActiveGroupCount() -> u16 {
    1
}

pub unsafe extern "win64" fn KeGetProcessorIndexFromNumber(number: *const PROCESSOR_NUMBER) -> u32 {
    // SAFETY: the caller passes a valid number.
    let number = unsafe { *number };
    match number.Group == 0 && u32::from(number.Number) < current().machine.processor_count() {
        true => number.Number.into(),
        false => u32::MAX,
    }
}

pub unsafe extern "win64" fn KeGetProcessorNumberFromIndex(
    index: u32,
    number: *mut PROCESSOR_NUMBER,
) -> i32 {
    if index >= current().machine.processor_count() {
        return crate::wdm::STATUS_INVALID_PARAMETER;
    }
    // SAFETY: the caller passes an out parameter.
    unsafe {
        number.write(PROCESSOR_NUMBER {
            Group: 0,
            Number: index as u8,
            Reserved: 0,
        })
    };
    crate::wdm::STATUS_SUCCESS
}
