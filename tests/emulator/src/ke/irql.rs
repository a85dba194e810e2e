//! IRQL and processors: `KeGetCurrentIrql`, `KfRaiseIrql`, `KeLowerIrql` and the like.

use crate::export::Export;
use crate::processor;
use crate::thread::{current, enter};
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
    current().irql()
}

pub extern "win64" fn KfRaiseIrql(level: KIRQL) -> KIRQL {
    processor::raise(enter("KfRaiseIrql", HIGH_LEVEL), level)
}

pub extern "win64" fn KeRaiseIrqlToDpcLevel() -> KIRQL {
    processor::raise(
        enter("KeRaiseIrqlToDpcLevel", DISPATCH_LEVEL),
        DISPATCH_LEVEL,
    )
}

pub extern "win64" fn KeLowerIrql(level: KIRQL) {
    let thread = enter("KeLowerIrql", HIGH_LEVEL);
    if level < DISPATCH_LEVEL && thread.lock_count.get() != 0 {
        violation(
            "VERIF-LOCK-IRQL",
            "the IRQL is lowered with a spin lock held",
        );
    }
    if thread.in_dpc.get() && level < DISPATCH_LEVEL {
        violation("KE-IRQL", "a DPC lowers the IRQL below DISPATCH_LEVEL");
    }
    processor::lower(thread, level);
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
