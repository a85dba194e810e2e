//! The kernel functions that the cases call.

use core::ffi::c_void;

pub(crate) type Pointer = *mut c_void;

pub(crate) const STATUS_UNSUCCESSFUL: i32 = 0xC000_0001_u32 as i32;
pub(crate) const STATUS_MORE_PROCESSING_REQUIRED: i32 = 0xC000_0016_u32 as i32;
pub(crate) const NON_PAGED: u64 = 0x40;
pub(crate) const PAGED: u64 = 0x100;
pub(crate) const TAG: u32 = u32::from_le_bytes(*b"badD");

#[repr(C)]
pub(crate) struct UnicodeString {
    pub(crate) length: u16,
    pub(crate) maximum: u16,
    pub(crate) buffer: *mut u16,
}

#[repr(C)]
pub(crate) struct ObjectAttributes {
    pub(crate) length: u32,
    pub(crate) root: Pointer,
    pub(crate) name: *const UnicodeString,
    pub(crate) attributes: u32,
    pub(crate) security: Pointer,
    pub(crate) quality: Pointer,
}

/// Memory for a kernel object that needs at most 64 bytes.
#[repr(C, align(16))]
pub(crate) struct Object(pub(crate) [u64; 8]);

impl Object {
    pub(crate) const fn new() -> Self {
        Self([0; 8])
    }

    pub(crate) fn get(&mut self) -> Pointer {
        self.0.as_mut_ptr().cast()
    }
}

pub(crate) type Deferred = unsafe extern "system" fn(Pointer, Pointer, Pointer, Pointer);
pub(crate) type Completion = unsafe extern "system" fn(Pointer, Pointer, Pointer) -> i32;
pub(crate) type Start = unsafe extern "system" fn(Pointer);

#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    pub(crate) fn __C_specific_handler(
        record: Pointer,
        frame: Pointer,
        context: Pointer,
        dispatcher: Pointer,
    ) -> i32;
    pub(crate) fn EtwUnregister(handle: u64) -> i32;
    pub(crate) fn ExAcquireFastMutex(mutex: Pointer);
    pub(crate) fn InitializeSListHead(head: Pointer);
    pub(crate) fn IoInitializeIrp(irp: *mut u8, size: u16, stack_size: i8);
    pub(crate) fn KeInitializeMutex(mutex: Pointer, level: u32);
    pub(crate) fn KeInitializeSemaphore(semaphore: Pointer, count: i32, limit: i32);
    pub(crate) fn KeLeaveCriticalRegion();
    pub(crate) fn KeReleaseMutex(mutex: Pointer, wait: u8) -> i32;
    pub(crate) fn KeReleaseSemaphore(
        semaphore: Pointer,
        increment: i32,
        adjustment: i32,
        wait: u8,
    ) -> i32;
    pub(crate) fn MmAllocatePagesForMdlEx(
        low: i64,
        high: i64,
        skip: i64,
        bytes: usize,
        cache: i32,
        flags: u32,
    ) -> *mut u8;
    pub(crate) fn MmFreePagesFromMdl(mdl: *mut u8);
    pub(crate) fn ExAllocatePool2(flags: u64, size: usize, tag: u32) -> *mut u8;
    pub(crate) fn ExAllocatePoolWithTag(kind: i32, size: usize, tag: u32) -> *mut u8;
    pub(crate) fn ExFreePool(memory: *mut u8);
    pub(crate) fn ExReleaseFastMutex(mutex: Pointer);
    pub(crate) fn ExReleasePushLockExclusiveEx(lock: Pointer, flags: u32);
    pub(crate) fn ExAcquireSpinLockShared(lock: *mut i32) -> u8;
    pub(crate) fn ExReleaseSpinLockShared(lock: *mut i32, irql: u8);
    pub(crate) fn ExAcquireSpinLockExclusive(lock: *mut i32) -> u8;
    pub(crate) fn ExReleaseSpinLockExclusive(lock: *mut i32, irql: u8);
    pub(crate) fn KeAcquireInStackQueuedSpinLock(lock: *mut usize, handle: Pointer);
    pub(crate) fn KeReleaseInStackQueuedSpinLock(handle: Pointer);
    pub(crate) fn ExFreePoolWithTag(memory: *mut u8, tag: u32);
    pub(crate) fn ExQueueWorkItem(item: Pointer, queue: i32);
    pub(crate) fn ExAcquirePushLockExclusiveEx(lock: Pointer, flags: u32);
    pub(crate) fn ExReleaseRundownProtection(reference: Pointer);
    pub(crate) fn EtwRegister(
        id: *const [u8; 16],
        callback: usize,
        context: Pointer,
        handle: *mut u64,
    ) -> i32;
    pub(crate) fn IoAllocateErrorLogEntry(object: Pointer, size: u8) -> *mut u8;
    pub(crate) fn IoFreeErrorLogEntry(entry: *mut u8);
    pub(crate) fn IoWriteErrorLogEntry(entry: *mut u8);
    pub(crate) fn IoAllocateIrp(stack_size: i8, charge: u8) -> *mut u8;
    pub(crate) fn IoFreeIrp(irp: *mut u8);
    pub(crate) fn IoReuseIrp(irp: *mut u8, status: i32);
    pub(crate) fn IofCompleteRequest(irp: *mut u8, boost: i8);
    pub(crate) fn IofCallDriver(device: *mut u8, irp: *mut u8) -> i32;
    pub(crate) fn IoAllocateMdl(
        address: *mut u8,
        length: u32,
        secondary: u8,
        charge: u8,
        irp: Pointer,
    ) -> *mut u8;
    pub(crate) fn IoDeleteDevice(device: Pointer);
    pub(crate) fn IoInitializeRemoveLockEx(
        lock: Pointer,
        tag: u32,
        minutes: u32,
        most: u32,
        size: u32,
    );
    pub(crate) fn IoReleaseRemoveLockEx(lock: Pointer, tag: Pointer, size: u32);
    pub(crate) fn IoFreeMdl(mdl: *mut u8);
    pub(crate) fn IoBuildPartialMdl(
        source: *mut u8,
        target: *mut u8,
        address: *mut u8,
        length: u32,
    );
    pub(crate) fn IoAllocateWorkItem(object: Pointer) -> Pointer;
    pub(crate) fn IoFreeWorkItem(item: Pointer);
    pub(crate) fn IoQueueWorkItem(
        item: Pointer,
        routine: unsafe extern "system" fn(Pointer, Pointer),
        queue: i32,
        context: Pointer,
    );
    pub(crate) fn KeAcquireSpinLockRaiseToDpc(lock: *mut usize) -> u8;
    pub(crate) fn KeReleaseSpinLock(lock: *mut usize, irql: u8);
    pub(crate) fn KeAcquireSpinLockAtDpcLevel(lock: *mut usize);
    pub(crate) fn KeReleaseSpinLockFromDpcLevel(lock: *mut usize);
    pub(crate) fn KeBugCheckEx(code: u32, a: usize, b: usize, c: usize, d: usize) -> !;
    pub(crate) fn KeEnterCriticalRegion();
    pub(crate) fn KeDelayExecutionThread(mode: i8, alertable: u8, interval: *const i64) -> i32;
    pub(crate) fn KeInitializeDpc(dpc: Pointer, routine: Deferred, context: Pointer);
    pub(crate) fn KeInitializeEvent(event: Pointer, kind: i32, state: u8);
    pub(crate) fn KeInitializeTimer(timer: Pointer);
    pub(crate) fn KeInsertQueueDpc(dpc: Pointer, first: Pointer, second: Pointer) -> u8;
    pub(crate) fn KeLowerIrql(irql: u8);
    pub(crate) fn KfRaiseIrql(irql: u8) -> u8;
    pub(crate) fn KeRaiseIrqlToDpcLevel() -> u8;
    pub(crate) fn KeSetEvent(event: Pointer, increment: i32, wait: u8) -> i32;
    pub(crate) fn KeSetTimer(timer: Pointer, due: i64, dpc: Pointer) -> u8;
    pub(crate) fn KeWaitForSingleObject(
        object: Pointer,
        reason: i32,
        mode: i8,
        alertable: u8,
        timeout: *const i64,
    ) -> i32;
    pub(crate) fn MmBuildMdlForNonPagedPool(mdl: *mut u8);
    pub(crate) fn MmMapLockedPagesSpecifyCache(
        mdl: *mut u8,
        mode: i8,
        cache: i32,
        address: Pointer,
        bug_check: u32,
        priority: u32,
    ) -> *mut u8;
    pub(crate) fn MmProbeAndLockPages(mdl: *mut u8, mode: i8, operation: i32);
    pub(crate) fn ObReferenceObjectByHandle(
        handle: Pointer,
        access: u32,
        kind: Pointer,
        mode: i8,
        object: *mut Pointer,
        information: Pointer,
    ) -> i32;
    pub(crate) fn ObfDereferenceObject(object: Pointer) -> isize;
    pub(crate) fn PsCreateSystemThread(
        handle: *mut Pointer,
        access: u32,
        attributes: Pointer,
        process: Pointer,
        client: Pointer,
        routine: Start,
        context: Pointer,
    ) -> i32;
    pub(crate) fn PsGetCurrentThread() -> Pointer;
    pub(crate) fn PsGetCurrentThreadId() -> Pointer;
    pub(crate) fn ZwClose(handle: Pointer) -> i32;
    pub(crate) fn ZwOpenKey(
        handle: *mut Pointer,
        access: u32,
        attributes: *const ObjectAttributes,
    ) -> i32;
    pub(crate) fn ZwQueryValueKey(
        key: Pointer,
        name: *const UnicodeString,
        class: i32,
        buffer: *mut u8,
        length: u32,
        needed: *mut u32,
    ) -> i32;
}

/// Nonpaged pool of this driver.
pub(crate) unsafe fn pool(size: usize) -> *mut u8 {
    // SAFETY: no requirements.
    unsafe { ExAllocatePool2(NON_PAGED, size, TAG) }
}

/// Waits a while, at PASSIVE_LEVEL.
pub(crate) unsafe fn pause(milliseconds: i64) {
    let interval = -10_000 * milliseconds;
    // SAFETY: a valid interval.
    unsafe { KeDelayExecutionThread(0, 0, &interval) };
}
