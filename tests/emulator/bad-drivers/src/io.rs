//! IRPs and work items.

use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicBool, Ordering};

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("device-not-there", device_not_there),
    ("remove-lock-not-acquired", remove_lock_not_acquired),
    ("irp-leak", irp_leak),
    ("irp-double-free", irp_double_free),
    ("irp-complete-unsent", irp_complete_unsent),
    ("irp-reuse-pending", irp_reuse_pending),
    ("irp-free-pending", irp_free_pending),
    ("irp-not-taken-back", irp_not_taken_back),
    ("irp-no-locations", irp_no_locations),
    ("irp-no-location-left", irp_no_location_left),
    ("work-item-free-queued", work_item_free_queued),
    ("work-item-queued-twice", work_item_queued_twice),
    ("work-item-memory-freed", work_item_memory_freed),
    ("work-item-running", work_item_running),
    ("work-item-held", work_item_held),
    ("irp-free-completing", irp_free_completing),
    ("irp-free-not-allocated", irp_free_not_allocated),
    ("irp-memory-too-small", irp_memory_too_small),
    ("irp-complete-pending", irp_complete_pending),
    ("irp-initialised-again", irp_initialised_again),
    ("irp-sent-at-dispatch", irp_sent_at_dispatch),
    ("log-entry", log_entry),
    ("log-entry-endless-string", log_entry_endless_string),
    ("log-entry-left", log_entry_left),
    ("log-entry-too-large", log_entry_too_large),
    ("log-entry-written-twice", log_entry_written_twice),
];

unsafe fn irp_leak() {
    // SAFETY: not freed on purpose.
    unsafe { IoAllocateIrp(1, 0) };
}

unsafe fn irp_double_free() {
    // SAFETY: freed twice on purpose.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        IoFreeIrp(irp);
        IoFreeIrp(irp);
    }
}

unsafe fn irp_complete_unsent() {
    // SAFETY: nobody sent it, on purpose.
    unsafe { IofCompleteRequest(IoAllocateIrp(1, 0), 0) };
}

/// A device whose driver keeps every IRP (`keeps`) or completes it (`completes`).
#[repr(C, align(16))]
struct Device {
    device: [u64; 42],
    driver: [u64; 42],
}

static mut DEVICE: Device = Device {
    device: [0; 42],
    driver: [0; 42],
};

const STATUS_PENDING: i32 = 0x103;

unsafe extern "system" fn keeps(_: Pointer, _: *mut u8) -> i32 {
    STATUS_PENDING
}

unsafe extern "system" fn completes(_: Pointer, irp: *mut u8) -> i32 {
    // SAFETY: the IRP that was just sent; `IoStatus.Status` is at offset 48.
    unsafe {
        irp.add(48).cast::<i32>().write(0);
        IofCompleteRequest(irp, 0);
    }
    0
}

pub(crate) type Dispatch = unsafe extern "system" fn(Pointer, *mut u8) -> i32;

/// `IRP_MJ_INTERNAL_DEVICE_CONTROL`: drivers send it at DISPATCH_LEVEL too.
const INTERNAL_CONTROL: u8 = 15;

pub(crate) unsafe fn send(irp: *mut u8, dispatch: Dispatch, completion: Option<Completion>) {
    // SAFETY: as the function's.
    unsafe { send_as(irp, INTERNAL_CONTROL, dispatch, completion) };
}

unsafe fn send_as(irp: *mut u8, major: u8, dispatch: Dispatch, completion: Option<Completion>) {
    // SAFETY: offsets of the structures on x64: `DriverObject` of a device, `MajorFunction` of a
    // driver, `CurrentStackLocation` of an IRP, the fields of a stack location.
    unsafe {
        let device = (&raw mut DEVICE.device).cast::<u8>();
        let driver = (&raw mut DEVICE.driver).cast::<u8>();
        device.add(8).cast::<*mut u8>().write(driver);
        let table = driver.add(112).cast::<Dispatch>();
        table.add(major.into()).write(dispatch);
        let next = irp.add(184).cast::<*mut u8>().read().sub(72);
        next.write(major);
        if let Some(completion) = completion {
            next.add(56).cast::<Completion>().write(completion);
            next.add(3).write(0xE0);
        }
        IofCallDriver(device, irp);
    }
}

unsafe fn irp_reuse_pending() {
    // SAFETY: reused while it is pending, on purpose.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        send(irp, keeps, Some(takes_back));
        IoReuseIrp(irp, 0);
    }
}

unsafe fn irp_free_pending() {
    // SAFETY: freed while it is pending, on purpose.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        send(irp, keeps, Some(takes_back));
        IoFreeIrp(irp);
    }
}

pub(crate) unsafe extern "system" fn takes_back(_: Pointer, _: Pointer, _: Pointer) -> i32 {
    STATUS_MORE_PROCESSING_REQUIRED
}

unsafe extern "system" fn lets_go(_: Pointer, _: Pointer, _: Pointer) -> i32 {
    0
}

unsafe fn irp_not_taken_back() {
    // SAFETY: the completion routine returns the wrong status on purpose.
    unsafe { send(IoAllocateIrp(1, 0), completes, Some(lets_go)) };
}

unsafe fn irp_no_locations() {
    // SAFETY: no requirements.
    unsafe { IoAllocateIrp(0, 0) };
}

unsafe fn irp_no_location_left() {
    // SAFETY: sent down twice on purpose.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        send(irp, keeps, None);
        IofCallDriver((&raw mut DEVICE.device).cast(), irp);
    }
}

static STARTED: AtomicBool = AtomicBool::new(false);

unsafe extern "system" fn short(_: Pointer, _: Pointer) {
    STARTED.store(true, Ordering::Relaxed);
    // SAFETY: at PASSIVE_LEVEL.
    unsafe { pause(200) };
    core::hint::black_box([0u8; 16]);
}

/// Still runs when the driver is gone: the item is freed, as it may be once its routine runs.
/// Belongs to nothing, so that nothing keeps the driver loaded.
unsafe fn work_item_running() {
    // SAFETY: not waited for on purpose.
    unsafe { run_on(null_mut()) };
}

/// Belongs to the driver, which stays loaded for it: nothing is wrong.
unsafe fn work_item_held() {
    // SAFETY: the driver's object.
    unsafe { run_on(crate::ndis::DRIVER.load(Ordering::Relaxed)) };
}

/// Starts a work item that outlives the unload.
unsafe fn run_on(object: Pointer) {
    // SAFETY: a new work item, freed once it runs.
    unsafe {
        let item = IoAllocateWorkItem(object);
        IoQueueWorkItem(item, short, 1, null_mut());
        while !STARTED.load(Ordering::Relaxed) {
            pause(1);
        }
        IoFreeWorkItem(item);
    }
}

unsafe extern "system" fn slow(_: Pointer, _: Pointer) {
    // SAFETY: at PASSIVE_LEVEL.
    unsafe { pause(10_000) };
}

/// Keeps every worker thread busy, so that what is queued next stays queued.
unsafe fn occupy_workers() {
    for _ in 0..16 {
        // SAFETY: the items are never freed: the run ends before.
        unsafe { IoQueueWorkItem(IoAllocateWorkItem(null_mut()), slow, 1, null_mut()) };
    }
}

unsafe fn work_item_free_queued() {
    // SAFETY: freed while it is queued, on purpose.
    unsafe {
        occupy_workers();
        let item = IoAllocateWorkItem(null_mut());
        IoQueueWorkItem(item, slow, 1, null_mut());
        IoFreeWorkItem(item);
    }
}

unsafe fn work_item_queued_twice() {
    // SAFETY: queued twice on purpose.
    unsafe {
        occupy_workers();
        let item = IoAllocateWorkItem(null_mut());
        IoQueueWorkItem(item, slow, 1, null_mut());
        IoQueueWorkItem(item, slow, 1, null_mut());
    }
}

unsafe extern "system" fn nothing(_: Pointer) {}

unsafe fn work_item_memory_freed() {
    // SAFETY: freed while it is queued, on purpose; the routine is at offset 16 of an item.
    unsafe {
        occupy_workers();
        let item = pool(32);
        item.add(16).cast::<Start>().write(nothing);
        item.add(24).cast::<*const u8>().write(null());
        ExQueueWorkItem(item.cast(), 1);
        ExFreePool(item);
    }
}

/// Sends an IRP to a device that keeps it.
pub(crate) unsafe fn send_to_nobody() {
    // SAFETY: a fresh IRP.
    unsafe { send(IoAllocateIrp(1, 0), keeps, Some(takes_back)) };
}

unsafe extern "system" fn frees(_: Pointer, irp: Pointer, _: Pointer) -> i32 {
    // SAFETY: the IRP is still the kernel's, on purpose.
    unsafe { IoFreeIrp(irp.cast()) };
    STATUS_MORE_PROCESSING_REQUIRED
}

/// Sends the IRP on to a device that completes it, with a routine that frees it.
unsafe extern "system" fn forwards(_: Pointer, irp: *mut u8) -> i32 {
    // SAFETY: the IRP that was just sent has another location.
    unsafe { send(irp, completes, Some(frees)) };
    0
}

unsafe fn irp_free_completing() {
    // SAFETY: freed by a routine that is not its owner's, on purpose.
    unsafe { send(IoAllocateIrp(2, 0), forwards, Some(takes_back)) };
}

/// What an IRP with one stack location takes.
const IRP_SIZE: u16 = 208 + 72;

unsafe fn irp_free_not_allocated() {
    // SAFETY: memory of the driver's own, freed as if it were not, on purpose.
    unsafe {
        let irp = pool(IRP_SIZE.into());
        IoInitializeIrp(irp, IRP_SIZE, 1);
        IoFreeIrp(irp);
    }
}

/// One that the kernel allocated is made ready again with `IoReuseIrp`.
unsafe fn irp_initialised_again() {
    // SAFETY: memory that is large enough, but not the driver's own, on purpose.
    unsafe { IoInitializeIrp(IoAllocateIrp(1, 0), IRP_SIZE, 1) };
}

/// A request of a kind that is for PASSIVE_LEVEL: `IRP_MJ_CREATE`.
unsafe fn irp_sent_at_dispatch() {
    // SAFETY: a fresh IRP.
    unsafe {
        KfRaiseIrql(2);
        let irp = IoAllocateIrp(1, 0);
        send_as(irp, 0, completes, Some(takes_back));
    }
}

unsafe fn irp_memory_too_small() {
    // SAFETY: too small on purpose.
    unsafe { IoInitializeIrp(pool(IRP_SIZE.into()), 208, 1) };
}

unsafe extern "system" fn completes_as_pending(_: Pointer, irp: *mut u8) -> i32 {
    // SAFETY: completed with a status that is none, on purpose.
    unsafe {
        irp.add(48).cast::<i32>().write(STATUS_PENDING);
        IofCompleteRequest(irp, 0);
    }
    0
}

unsafe fn irp_complete_pending() {
    // SAFETY: a fresh IRP.
    unsafe { send(IoAllocateIrp(1, 0), completes_as_pending, Some(takes_back)) };
}

unsafe fn remove_lock_not_acquired() {
    let mut lock = Object::new();
    // SAFETY: released without being acquired, on purpose.
    unsafe {
        IoInitializeRemoveLockEx(lock.get(), TAG, 0, 0, 32);
        IoReleaseRemoveLockEx(lock.get(), null_mut(), 32);
    }
}

/// A device that its driver does not have.
unsafe fn device_not_there() {
    let mut device = [0u64; 42];
    // SAFETY: no device of the driver's, on purpose; it names the driver at offset 8.
    unsafe {
        device[1] = crate::ndis::DRIVER.load(Ordering::Relaxed) as u64;
        IoDeleteDevice(device.as_mut_ptr().cast());
    }
}

/// An entry of the event log, with room for a string of `letters`.
unsafe fn entry(letters: u8) -> *mut u8 {
    let driver = crate::ndis::DRIVER.load(Ordering::Relaxed);
    // SAFETY: the driver's object.
    unsafe { IoAllocateErrorLogEntry(driver, 48 + 2 * letters) }
}

/// One is freed, the other written: nothing is wrong.
unsafe fn log_entry() {
    // SAFETY: each is given back once.
    unsafe {
        IoFreeErrorLogEntry(entry(0));
        IoWriteErrorLogEntry(entry(0));
    }
}

unsafe fn log_entry_left() {
    // SAFETY: neither written nor freed, on purpose.
    unsafe { entry(0) };
}

unsafe fn log_entry_written_twice() {
    // SAFETY: written twice on purpose.
    unsafe {
        let entry = entry(0);
        IoWriteErrorLogEntry(entry);
        IoWriteErrorLogEntry(entry);
    }
}

unsafe fn log_entry_too_large() {
    // SAFETY: more than 240 bytes, on purpose.
    unsafe { entry(97) };
}

unsafe fn log_entry_endless_string() {
    // SAFETY: a string without a zero, on purpose. `NumberOfStrings` is at offset 4, `StringOffset` at 6.
    unsafe {
        let entry = entry(2);
        entry.add(4).cast::<u16>().write(1);
        entry.add(6).cast::<u16>().write(48);
        entry.add(48).cast::<[u16; 2]>().write([u16::from(b'A'); 2]);
        IoWriteErrorLogEntry(entry);
    }
}
