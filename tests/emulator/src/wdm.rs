//! The kernel's own view of the WDM structures that drivers share with it.
//!
//! Layouts are those of x64 Windows (asserted below). Fields that the kernel changes while
//! drivers look at them are atomics here; `wdk_sys` has the driver's view of the same bytes.

use std::ffi::c_void;
use std::mem::{offset_of, size_of};
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU8, AtomicU32, AtomicUsize};

pub type NTSTATUS = i32;
pub type KIRQL = u8;
pub type BOOLEAN = u8;
pub type PVOID = *mut c_void;
pub type HANDLE = *mut c_void;
pub type KSPIN_LOCK = AtomicUsize;
pub type KPRIORITY = i32;

pub const PASSIVE_LEVEL: KIRQL = 0;
pub const APC_LEVEL: KIRQL = 1;
pub const DISPATCH_LEVEL: KIRQL = 2;
pub const HIGH_LEVEL: KIRQL = 15;

pub const PAGE_SIZE: usize = 4096;
pub const PAGE_SHIFT: u32 = 12;

pub const STATUS_SUCCESS: NTSTATUS = 0;
pub const STATUS_ABANDONED_WAIT_0: NTSTATUS = 0x80;
pub const STATUS_ALERTED: NTSTATUS = 0x101;
pub const STATUS_TIMEOUT: NTSTATUS = 0x102;
pub const STATUS_PENDING: NTSTATUS = 0x103;
pub const STATUS_BUFFER_OVERFLOW: NTSTATUS = 0x8000_0005_u32 as i32;
pub const STATUS_NO_MORE_ENTRIES: NTSTATUS = 0x8000_001A_u32 as i32;
pub const STATUS_UNSUCCESSFUL: NTSTATUS = 0xC000_0001_u32 as i32;
pub const STATUS_NOT_IMPLEMENTED: NTSTATUS = 0xC000_0002_u32 as i32;
pub const STATUS_ACCESS_VIOLATION: NTSTATUS = 0xC000_0005_u32 as i32;
pub const STATUS_INVALID_HANDLE: NTSTATUS = 0xC000_0008_u32 as i32;
pub const STATUS_INVALID_PARAMETER: NTSTATUS = 0xC000_000D_u32 as i32;
pub const STATUS_MORE_PROCESSING_REQUIRED: NTSTATUS = 0xC000_0016_u32 as i32;
pub const STATUS_BUFFER_TOO_SMALL: NTSTATUS = 0xC000_0023_u32 as i32;
pub const STATUS_OBJECT_TYPE_MISMATCH: NTSTATUS = 0xC000_0024_u32 as i32;
pub const STATUS_OBJECT_NAME_NOT_FOUND: NTSTATUS = 0xC000_0034_u32 as i32;
pub const STATUS_NO_MEMORY: NTSTATUS = 0xC000_0017_u32 as i32;
pub const STATUS_OBJECT_NAME_COLLISION: NTSTATUS = 0xC000_0035_u32 as i32;
pub const STATUS_DELETE_PENDING: NTSTATUS = 0xC000_0056_u32 as i32;
pub const STATUS_INSUFFICIENT_RESOURCES: NTSTATUS = 0xC000_009A_u32 as i32;
pub const STATUS_NOT_SUPPORTED: NTSTATUS = 0xC000_00BB_u32 as i32;
pub const STATUS_CANCELLED: NTSTATUS = 0xC000_0120_u32 as i32;

/// `NT_SUCCESS`.
#[must_use]
pub const fn nt_success(status: NTSTATUS) -> bool {
    status >= 0
}

#[repr(C)]
pub struct LIST_ENTRY {
    pub Flink: *mut LIST_ENTRY,
    pub Blink: *mut LIST_ENTRY,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct UNICODE_STRING {
    pub Length: u16,
    pub MaximumLength: u16,
    pub Buffer: *mut u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ANSI_STRING {
    pub Length: u16,
    pub MaximumLength: u16,
    pub Buffer: *mut u8,
}

/// What an object that can be waited for is.
pub mod object_type {
    pub const NOTIFICATION_EVENT: u8 = 0;
    pub const SYNCHRONIZATION_EVENT: u8 = 1;
    pub const MUTANT: u8 = 2;
    pub const SEMAPHORE: u8 = 5;
    pub const THREAD: u8 = 6;
    pub const NOTIFICATION_TIMER: u8 = 8;
    pub const SYNCHRONIZATION_TIMER: u8 = 9;
}

#[repr(C)]
pub struct DISPATCHER_HEADER {
    pub Type: AtomicU8,
    pub Flags: AtomicU8,
    pub Size: AtomicU8,
    /// Timers: non-zero while in the timer queue.
    pub Inserted: AtomicU8,
    pub SignalState: AtomicI32,
    pub WaitListHead: LIST_ENTRY,
}

#[repr(C)]
pub struct KEVENT {
    pub Header: DISPATCHER_HEADER,
}

#[repr(C)]
pub struct KSEMAPHORE {
    pub Header: DISPATCHER_HEADER,
    pub Limit: i32,
}

#[repr(C)]
pub struct KMUTANT {
    pub Header: DISPATCHER_HEADER,
    pub MutantListEntry: LIST_ENTRY,
    pub OwnerThread: AtomicUsize,
    pub Abandoned: u8,
    pub ApcDisable: u8,
}

#[repr(C)]
pub struct KTIMER {
    pub Header: DISPATCHER_HEADER,
    pub DueTime: u64,
    pub TimerListEntry: LIST_ENTRY,
    pub Dpc: *mut KDPC,
    pub Processor: u32,
    pub Period: u32,
}

pub type KDEFERRED_ROUTINE = unsafe extern "win64" fn(*mut KDPC, PVOID, PVOID, PVOID);

#[repr(C)]
pub struct KDPC {
    pub Type: u8,
    pub Importance: u8,
    /// 0: the processor that queues it; otherwise the processor's number plus 1.
    pub Number: u16,
    pub DpcListEntry: usize,
    pub ProcessorHistory: usize,
    pub DeferredRoutine: Option<KDEFERRED_ROUTINE>,
    pub DeferredContext: PVOID,
    pub SystemArgument1: PVOID,
    pub SystemArgument2: PVOID,
    /// The processor in whose queue it is, or null.
    pub DpcData: AtomicPtr<c_void>,
}

#[repr(C)]
pub struct KSPIN_LOCK_QUEUE {
    pub Next: *mut KSPIN_LOCK_QUEUE,
    pub Lock: *const KSPIN_LOCK,
}

#[repr(C)]
pub struct KLOCK_QUEUE_HANDLE {
    pub LockQueue: KSPIN_LOCK_QUEUE,
    pub OldIrql: KIRQL,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct PROCESSOR_NUMBER {
    pub Group: u16,
    pub Number: u8,
    pub Reserved: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct GROUP_AFFINITY {
    pub Mask: u64,
    pub Group: u16,
    pub Reserved: [u16; 3],
}

#[repr(C)]
pub struct FAST_MUTEX {
    pub Count: AtomicI32,
    pub Owner: AtomicUsize,
    pub Contention: u32,
    pub Event: KEVENT,
    pub OldIrql: u32,
}

pub type WORKER_THREAD_ROUTINE = unsafe extern "win64" fn(PVOID);

#[repr(C)]
pub struct WORK_QUEUE_ITEM {
    pub List: LIST_ENTRY,
    pub WorkerRoutine: Option<WORKER_THREAD_ROUTINE>,
    pub Parameter: PVOID,
}

#[repr(C)]
pub struct EX_RUNDOWN_REF {
    pub Count: AtomicUsize,
}

#[repr(C)]
pub struct MDL {
    pub Next: *mut MDL,
    pub Size: i16,
    pub MdlFlags: i16,
    pub Process: usize,
    pub MappedSystemVa: PVOID,
    pub StartVa: PVOID,
    pub ByteCount: u32,
    pub ByteOffset: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct IO_STATUS_BLOCK {
    /// A union with `Pointer`: the upper half is kept as it was.
    pub Status: NTSTATUS,
    pub Reserved: u32,
    pub Information: usize,
}

pub type IO_COMPLETION_ROUTINE =
    unsafe extern "win64" fn(*mut DEVICE_OBJECT, *mut IRP, PVOID) -> NTSTATUS;
pub type DRIVER_CANCEL = unsafe extern "win64" fn(*mut DEVICE_OBJECT, *mut IRP);
pub type DRIVER_DISPATCH = unsafe extern "win64" fn(*mut DEVICE_OBJECT, *mut IRP) -> NTSTATUS;

#[repr(C)]
pub struct IO_STACK_LOCATION {
    pub MajorFunction: u8,
    pub MinorFunction: u8,
    pub Flags: u8,
    pub Control: u8,
    pub Parameters: [PVOID; 4],
    pub DeviceObject: *mut DEVICE_OBJECT,
    pub FileObject: PVOID,
    pub CompletionRoutine: Option<IO_COMPLETION_ROUTINE>,
    pub Context: PVOID,
}

#[repr(C, align(16))]
pub struct IRP {
    pub Type: i16,
    pub Size: u16,
    pub AllocationProcessorNumber: u16,
    pub Reserved: u16,
    pub MdlAddress: *mut MDL,
    pub Flags: u32,
    pub AssociatedIrp: PVOID,
    pub ThreadListEntry: LIST_ENTRY,
    pub IoStatus: IO_STATUS_BLOCK,
    pub RequestorMode: i8,
    pub PendingReturned: u8,
    pub StackCount: i8,
    pub CurrentLocation: i8,
    pub Cancel: AtomicU8,
    pub CancelIrql: KIRQL,
    pub ApcEnvironment: i8,
    pub AllocationFlags: u8,
    pub UserIosb: *mut IO_STATUS_BLOCK,
    pub UserEvent: *mut KEVENT,
    pub Overlay: [usize; 2],
    /// A `DRIVER_CANCEL`, exchanged atomically.
    pub CancelRoutine: AtomicUsize,
    pub UserBuffer: PVOID,
    pub DriverContext: [PVOID; 4],
    pub Thread: PVOID,
    pub AuxiliaryBuffer: PVOID,
    pub ListEntry: LIST_ENTRY,
    pub CurrentStackLocation: *mut IO_STACK_LOCATION,
    pub OriginalFileObject: PVOID,
    pub TailReserved: usize,
}

pub type DRIVER_INITIALIZE =
    unsafe extern "win64" fn(*mut DRIVER_OBJECT, *mut UNICODE_STRING) -> NTSTATUS;
pub type DRIVER_UNLOAD = unsafe extern "win64" fn(*mut DRIVER_OBJECT);

#[repr(C)]
pub struct DRIVER_EXTENSION {
    pub DriverObject: *mut DRIVER_OBJECT,
    pub AddDevice: PVOID,
    pub Count: u32,
    pub ServiceKeyName: UNICODE_STRING,
}

#[repr(C)]
pub struct DRIVER_OBJECT {
    pub Type: i16,
    pub Size: i16,
    pub DeviceObject: *mut DEVICE_OBJECT,
    pub Flags: u32,
    pub DriverStart: PVOID,
    pub DriverSize: u32,
    pub DriverSection: PVOID,
    pub DriverExtension: *mut DRIVER_EXTENSION,
    pub DriverName: UNICODE_STRING,
    pub HardwareDatabase: *mut UNICODE_STRING,
    pub FastIoDispatch: PVOID,
    pub DriverInit: Option<DRIVER_INITIALIZE>,
    pub DriverStartIo: PVOID,
    pub DriverUnload: Option<DRIVER_UNLOAD>,
    pub MajorFunction: [Option<DRIVER_DISPATCH>; 28],
}

#[repr(C, align(16))]
pub struct DEVICE_OBJECT {
    pub Type: i16,
    pub Size: u16,
    pub ReferenceCount: i32,
    pub DriverObject: *mut DRIVER_OBJECT,
    pub NextDevice: *mut DEVICE_OBJECT,
    pub AttachedDevice: *mut DEVICE_OBJECT,
    pub CurrentIrp: *mut IRP,
    pub Timer: PVOID,
    pub Flags: u32,
    pub Characteristics: u32,
    pub Vpb: PVOID,
    pub DeviceExtension: PVOID,
    pub DeviceType: u32,
    pub StackSize: i8,
    pub Rest: [u8; 256],
}

#[repr(C)]
pub struct OBJECT_ATTRIBUTES {
    pub Length: u32,
    pub RootDirectory: HANDLE,
    pub ObjectName: *const UNICODE_STRING,
    pub Attributes: u32,
    pub SecurityDescriptor: PVOID,
    pub SecurityQualityOfService: PVOID,
}

#[repr(C)]
pub struct GENERAL_LOOKASIDE {
    pub ListHead: [AtomicUsize; 2],
    pub Depth: u16,
    pub MaximumDepth: u16,
    pub TotalAllocates: AtomicU32,
    pub AllocateMisses: AtomicU32,
    pub TotalFrees: AtomicU32,
    pub FreeMisses: AtomicU32,
    pub Type: u32,
    pub Tag: u32,
    pub Size: u32,
    pub Allocate: usize,
    pub Free: usize,
    pub ListEntry: LIST_ENTRY,
    pub LastTotalAllocates: u32,
    pub LastAllocateMisses: u32,
    pub Future: [u32; 2],
}

const _: () = {
    assert!(size_of::<DISPATCHER_HEADER>() == 24);
    assert!(offset_of!(DISPATCHER_HEADER, SignalState) == 4);
    assert!(size_of::<KEVENT>() == 24);
    assert!(size_of::<KSEMAPHORE>() == 32);
    assert!(size_of::<KMUTANT>() == 56);
    assert!(offset_of!(KMUTANT, OwnerThread) == 40);
    assert!(size_of::<KTIMER>() == 64);
    assert!(offset_of!(KTIMER, Dpc) == 48);
    assert!(offset_of!(KTIMER, Period) == 60);
    assert!(size_of::<KDPC>() == 64);
    assert!(offset_of!(KDPC, DeferredRoutine) == 24);
    assert!(offset_of!(KDPC, DpcData) == 56);
    assert!(size_of::<KLOCK_QUEUE_HANDLE>() == 24);
    assert!(size_of::<FAST_MUTEX>() == 56);
    assert!(offset_of!(FAST_MUTEX, OldIrql) == 48);
    assert!(size_of::<WORK_QUEUE_ITEM>() == 32);
    assert!(size_of::<MDL>() == 48);
    assert!(offset_of!(MDL, ByteCount) == 40);
    assert!(size_of::<IO_STATUS_BLOCK>() == 16);
    assert!(size_of::<IO_STACK_LOCATION>() == 72);
    assert!(offset_of!(IO_STACK_LOCATION, CompletionRoutine) == 56);
    assert!(size_of::<IRP>() == 208);
    assert!(offset_of!(IRP, IoStatus) == 48);
    assert!(offset_of!(IRP, PendingReturned) == 65);
    assert!(offset_of!(IRP, UserIosb) == 72);
    assert!(offset_of!(IRP, CancelRoutine) == 104);
    assert!(offset_of!(IRP, DriverContext) == 120);
    assert!(offset_of!(IRP, Thread) == 152);
    assert!(offset_of!(IRP, CurrentStackLocation) == 184);
    assert!(offset_of!(IRP, OriginalFileObject) == 192);
    assert!(size_of::<DRIVER_EXTENSION>() == 40);
    assert!(size_of::<DRIVER_OBJECT>() == 336);
    assert!(offset_of!(DRIVER_OBJECT, MajorFunction) == 112);
    assert!(size_of::<DEVICE_OBJECT>() == 336);
    assert!(offset_of!(DEVICE_OBJECT, StackSize) == 76);
    assert!(size_of::<OBJECT_ATTRIBUTES>() == 48);
    assert!(size_of::<GENERAL_LOOKASIDE>() == 96);
    assert!(offset_of!(GENERAL_LOOKASIDE, Tag) == 40);
};

#[cfg(test)]
mod tests;
