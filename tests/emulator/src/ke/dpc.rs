//! DPCs: `KeInitializeDpc`, `KeInsertQueueDpc` and the like.

use std::ffi::c_void;
use std::sync::atomic::Ordering;

use crate::export::Export;
use crate::processor::{Processor, lower, raise};
use crate::thread::{Thread, current, enter};
use crate::verifier::violation;
use crate::wdm::{
    BOOLEAN, DISPATCH_LEVEL, HIGH_LEVEL, KDEFERRED_ROUTINE, KDPC, NTSTATUS, PASSIVE_LEVEL,
    PROCESSOR_NUMBER, PVOID, STATUS_INVALID_PARAMETER, STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeInitializeDpc, KeInitializeThreadedDpc, KeInsertQueueDpc, KeRemoveQueueDpc,
        KeRemoveQueueDpcEx, KeFlushQueuedDpcs, KeSetTargetProcessorDpc,
        KeSetTargetProcessorDpcEx, KeSetImportanceDpc;
};

const DPC_OBJECT: u8 = 19;
const THREADED_DPC_OBJECT: u8 = 24;
const MEDIUM_IMPORTANCE: u8 = 1;
const HIGH_IMPORTANCE: u8 = 2;

pub unsafe extern "win64" fn KeInitializeDpc(
    dpc: *mut KDPC,
    routine: KDEFERRED_ROUTINE,
    context: PVOID,
) {
    let at = dpc as usize;
    let mut processors = current().machine.processors().iter();
    if processors.any(|p| p.queued_within(at, at + 1).is_some()) {
        violation("KE-DPC-INIT", "a DPC is initialised that is queued");
    }
    // SAFETY: the driver passes memory for a DPC.
    unsafe {
        dpc.write(KDPC {
            Type: DPC_OBJECT,
            Importance: MEDIUM_IMPORTANCE,
            Number: 0,
            DpcListEntry: 0,
            ProcessorHistory: 0,
            DeferredRoutine: Some(routine),
            DeferredContext: context,
            SystemArgument1: std::ptr::null_mut(),
            SystemArgument2: std::ptr::null_mut(),
            DpcData: Default::default(),
        });
    }
}

/// Threaded DPCs run as ordinary ones: the documentation lets the system do so.
pub unsafe extern "win64" fn KeInitializeThreadedDpc(
    dpc: *mut KDPC,
    routine: KDEFERRED_ROUTINE,
    context: PVOID,
) {
    // SAFETY: as for an ordinary DPC.
    unsafe {
        KeInitializeDpc(dpc, routine, context);
        (*dpc).Type = THREADED_DPC_OBJECT;
    }
}

/// Queues a DPC; false when it is queued already.
pub unsafe extern "win64" fn KeInsertQueueDpc(
    dpc: *mut KDPC,
    first: PVOID,
    second: PVOID,
) -> BOOLEAN {
    // SAFETY: as documented for this function.
    unsafe { insert(enter("KeInsertQueueDpc", HIGH_LEVEL), dpc, first, second) }.into()
}

/// Queues `dpc` for `thread`; whether it was not queued yet.
///
/// # Safety
/// `dpc` is an initialised DPC.
pub(crate) unsafe fn insert(
    thread: &'static Thread,
    dpc: *mut KDPC,
    first: PVOID,
    second: PVOID,
) -> bool {
    // SAFETY: an initialised DPC. The exchange makes exactly one caller its owner.
    let (processor, front) = unsafe {
        if (*dpc).Type != DPC_OBJECT && (*dpc).Type != THREADED_DPC_OBJECT {
            violation("KE-DPC-INIT", "a DPC that was not initialised is queued");
        }
        let number = match (*dpc).Number {
            0 => thread.processor.get(),
            number => u32::from(number) - 1,
        };
        let processor = thread.machine.processor(number);
        let mark = std::ptr::from_ref(processor).cast_mut().cast::<c_void>();
        let free = std::ptr::null_mut();
        if (*dpc)
            .DpcData
            .compare_exchange(free, mark, Ordering::AcqRel, Ordering::Relaxed)
            .is_err()
        {
            return false;
        }
        (*dpc).SystemArgument1 = first;
        (*dpc).SystemArgument2 = second;
        (processor, (*dpc).Importance == HIGH_IMPORTANCE)
    };
    processor.push(dpc, front);
    if processor.number != thread.processor.get() {
        processor.request_interrupt(thread.machine);
    } else if thread.irql() < DISPATCH_LEVEL {
        lower(thread, raise_here(thread, processor));
    }
    true
}

/// Raises to DISPATCH_LEVEL; on `processor` if it is free.
fn raise_here(thread: &'static Thread, processor: &'static Processor) -> u8 {
    let old = raise(thread, DISPATCH_LEVEL);
    if thread.processor.get() != processor.number {
        // Moved: whoever runs at DISPATCH_LEVEL there finds the DPC when it is done.
        processor.request_interrupt(thread.machine);
    }
    old
}

/// Takes a DPC out of its queue; whether it was in one.
pub unsafe extern "win64" fn KeRemoveQueueDpc(dpc: *mut KDPC) -> BOOLEAN {
    let _ = enter("KeRemoveQueueDpc", HIGH_LEVEL);
    // SAFETY: an initialised DPC.
    unsafe { remove(dpc) }.into()
}

/// As [`KeRemoveQueueDpc`], and waits for the routine if it runs.
pub unsafe extern "win64" fn KeRemoveQueueDpcEx(dpc: *mut KDPC, wait: BOOLEAN) -> BOOLEAN {
    let highest = if wait != 0 { PASSIVE_LEVEL } else { HIGH_LEVEL };
    let thread = enter("KeRemoveQueueDpcEx", highest);
    // SAFETY: an initialised DPC.
    let removed = unsafe { remove(dpc) };
    if wait != 0 && !removed {
        flush(thread);
    }
    removed.into()
}

/// # Safety
/// `dpc` is an initialised DPC.
pub(crate) unsafe fn remove(dpc: *mut KDPC) -> bool {
    // SAFETY: an initialised DPC; processors live as long as the process.
    unsafe {
        let queue = (*dpc).DpcData.load(Ordering::Acquire).cast::<Processor>();
        queue
            .as_ref()
            .is_some_and(|processor| processor.remove(dpc))
    }
}

/// Waits until every DPC queued before the call has returned, on all processors.
pub extern "win64" fn KeFlushQueuedDpcs() {
    flush(enter("KeFlushQueuedDpcs", PASSIVE_LEVEL));
}

fn flush(thread: &'static Thread) {
    for processor in thread.machine.processors() {
        processor.flush(thread);
    }
}

pub unsafe extern "win64" fn KeSetTargetProcessorDpc(dpc: *mut KDPC, number: i8) {
    // SAFETY: an initialised DPC that is not queued.
    unsafe { (*dpc).Number = number as u8 as u16 + 1 };
}

pub unsafe extern "win64" fn KeSetTargetProcessorDpcEx(
    dpc: *mut KDPC,
    number: *const PROCESSOR_NUMBER,
) -> NTSTATUS {
    let thread = enter("KeSetTargetProcessorDpcEx", HIGH_LEVEL);
    // SAFETY: an initialised DPC that is not queued, and a valid number.
    unsafe {
        let number = *number;
        if number.Group != 0
            || number.Reserved != 0
            || u32::from(number.Number) >= thread.machine.processor_count()
        {
            return STATUS_INVALID_PARAMETER;
        }
        (*dpc).Number = u16::from(number.Number) + 1;
    }
    STATUS_SUCCESS
}

pub unsafe extern "win64" fn KeSetImportanceDpc(dpc: *mut KDPC, importance: i32) {
    // SAFETY: an initialised DPC.
    unsafe { (*dpc).Importance = importance as u8 };
}
