//! `IoAllocateWorkItem`, `IoQueueWorkItem` and the like.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::bridge;
use crate::export::Export;
use crate::import_with_caller;
use crate::pool::Request;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoAllocateWorkItem, IoFreeWorkItem, IoQueueWorkItem, IoQueueWorkItemEx,
        IoInitializeWorkItem, IoUninitializeWorkItem, IoSizeofWorkItem;
};

const TAG: u32 = u32::from_le_bytes(*b"IoWi");

pub type IO_WORKITEM_ROUTINE = unsafe extern "win64" fn(PVOID, PVOID);
pub type IO_WORKITEM_ROUTINE_EX = unsafe extern "win64" fn(PVOID, PVOID, *mut IO_WORKITEM);

/// Opaque to drivers.
#[repr(C)]
pub struct IO_WORKITEM {
    object: PVOID,
    queued: AtomicBool,
    reserved: [usize; 6],
}

pub extern "win64" fn IoSizeofWorkItem() -> u32 {
    size_of::<IO_WORKITEM>() as u32
}

import_with_caller! {
    /// Allocates a work item for a device or driver object.
    IoAllocateWorkItem(object: PVOID) -> *mut IO_WORKITEM => 1, allocate
}

unsafe extern "win64" fn allocate(object: PVOID, caller: usize) -> *mut IO_WORKITEM {
    let thread = enter("IoAllocateWorkItem", DISPATCH_LEVEL);
    let request = Request {
        size: size_of::<IO_WORKITEM>(),
        tag: TAG,
        caller,
        zeroed: true,
    };
    let item = thread.machine.pool.allocate(request).cast::<IO_WORKITEM>();
    if !item.is_null() {
        // SAFETY: fresh memory of the right size.
        unsafe { (*item).object = object };
    }
    item
}

pub unsafe extern "win64" fn IoInitializeWorkItem(object: PVOID, item: *mut IO_WORKITEM) {
    // SAFETY: the driver passes memory of `IoSizeofWorkItem` bytes.
    unsafe {
        item.write(IO_WORKITEM {
            object,
            queued: AtomicBool::new(false),
            reserved: [0; 6],
        });
    }
}

pub unsafe extern "win64" fn IoUninitializeWorkItem(item: *mut IO_WORKITEM) {
    expect_idle(item, "IoUninitializeWorkItem");
}

import_with_caller! {
    /// Frees a work item that is not queued.
    IoFreeWorkItem(item: *mut IO_WORKITEM) => 1, free
}

unsafe extern "win64" fn free(item: *mut IO_WORKITEM, caller: usize) {
    let thread = enter("IoFreeWorkItem", DISPATCH_LEVEL);
    expect_idle(item, "IoFreeWorkItem");
    thread.machine.pool.free(item as usize, TAG, caller);
}

fn expect_idle(item: *mut IO_WORKITEM, function: &str) {
    // SAFETY: the driver passes its work item.
    if unsafe { (*item).queued.load(Ordering::Acquire) } {
        violation(
            "VERIF-FREE-WORK",
            &format!("{function} on a queued work item"),
        );
    }
}

pub unsafe extern "win64" fn IoQueueWorkItem(
    item: *mut IO_WORKITEM,
    routine: IO_WORKITEM_ROUTINE,
    _queue: i32,
    context: PVOID,
) {
    let context = context as usize;
    queue(item, "IoQueueWorkItem", move |object, _| {
        // SAFETY: the driver's routine with what it gave for it.
        unsafe { routine(object, context as PVOID) }
    });
}

pub unsafe extern "win64" fn IoQueueWorkItemEx(
    item: *mut IO_WORKITEM,
    routine: IO_WORKITEM_ROUTINE_EX,
    _queue: i32,
    context: PVOID,
) {
    let context = context as usize;
    queue(item, "IoQueueWorkItemEx", move |object, item| {
        // SAFETY: as above.
        unsafe { routine(object, context as PVOID, item) }
    });
}

fn queue(
    item: *mut IO_WORKITEM,
    function: &'static str,
    call: impl FnOnce(PVOID, *mut IO_WORKITEM) + Send + 'static,
) {
    let thread = enter(function, DISPATCH_LEVEL);
    // SAFETY: the driver's work item; it stays alive until its routine has started.
    let object = unsafe {
        if (*item).queued.swap(true, Ordering::AcqRel) {
            violation(
                "VERIF-WORK-QUEUED",
                &format!("{function} on a queued work item"),
            );
        }
        (*item).object as usize
    };
    let (address, work) = (item as usize, &thread.machine.work);
    // Until the routine has returned, the object stays, and with it the driver's image.
    // SAFETY: the driver gave null, its driver object or a device of its own.
    let holds = unsafe { super::device::driver_of(object as PVOID) };
    work.hold(holds);
    work.push(thread.machine, address, move || {
        let item = address as *mut IO_WORKITEM;
        // SAFETY: queued until now; from here on the routine may free it.
        unsafe { (*item).queued.store(false, Ordering::Release) };
        bridge::callback("WorkItem", || call(object as PVOID, item));
        work.release(holds);
    });
}
