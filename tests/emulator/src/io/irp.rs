//! IRPs: allocation, stack locations, completion, cancel; and who owns one when.
//!
//! The kernel's own parts (WSK, for one) take an IRP with [`accept`] and end it with
//! [`complete`].

use std::mem::size_of;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::bridge;
use crate::export::Export;
use crate::import_with_caller;
use crate::machine::Machine;
use crate::pool::Request;
use crate::processor::{lower, raise};
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    BOOLEAN, DEVICE_OBJECT, DISPATCH_LEVEL, DRIVER_CANCEL, IO_STACK_LOCATION, IRP, KIRQL,
    LIST_ENTRY, NTSTATUS, STATUS_CANCELLED, STATUS_MORE_PROCESSING_REQUIRED, STATUS_NOT_SUPPORTED,
    nt_success,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoAllocateIrp, IoFreeIrp, IoReuseIrp, IoInitializeIrp, IoCancelIrp,
        IofCompleteRequest, IofCallDriver, IoAcquireCancelSpinLock, IoReleaseCancelSpinLock;
};

const IRP_OBJECT: i16 = 6;
const TAG: u32 = u32::from_le_bytes(*b"Irp ");
/// In `AllocationFlags`: the IRP is ours, with a [`Prefix`] before it.
const OURS: u8 = 0x80;

const SL_PENDING_RETURNED: u8 = 1;
const SL_INVOKE_ON_CANCEL: u8 = 0x20;
const SL_INVOKE_ON_SUCCESS: u8 = 0x40;
const SL_INVOKE_ON_ERROR: u8 = 0x80;

/// Who owns an IRP that [`IoAllocateIrp`] made.
mod owner {
    pub(super) const DRIVER: u32 = 0x4952_5000;
    pub(super) const PENDING: u32 = 0x4952_5001;
    pub(super) const COMPLETING: u32 = 0x4952_5002;
    pub(super) const FREED: u32 = 0x4952_5003;
}

/// What precedes an IRP of ours.
#[repr(C, align(16))]
struct Prefix {
    owner: AtomicU32,
    /// Who has it while it is pending.
    taken_by: &'static str,
}

fn prefix(irp: *mut IRP) -> Option<&'static mut Prefix> {
    // SAFETY: callers pass an IRP; ours carry a prefix and are never moved.
    unsafe { ((*irp).AllocationFlags & OURS != 0).then(|| &mut *irp.cast::<Prefix>().sub(1)) }
}

fn expect_owned_by_driver(irp: *mut IRP, function: &str) {
    let Some(prefix) = prefix(irp) else { return };
    match prefix.owner.load(Ordering::Acquire) {
        owner::DRIVER => {}
        owner::PENDING => violation(
            "VERIF-IRP-PENDING",
            &format!(
                "{function} on an IRP that {} has not completed",
                prefix.taken_by
            ),
        ),
        owner::COMPLETING => violation(
            "VERIF-IRP-COMPLETING",
            &format!("{function} on an IRP that is being completed"),
        ),
        _ => violation("VERIF-IRP-FREED", &format!("{function} on a freed IRP")),
    }
}

import_with_caller! {
    /// Allocates an IRP with `stack_size` stack locations.
    IoAllocateIrp(stack_size: i8, charge_quota: BOOLEAN) -> *mut IRP => 2, allocate
}

unsafe extern "win64" fn allocate(
    stack_size: i8,
    _charge_quota: BOOLEAN,
    caller: usize,
) -> *mut IRP {
    let thread = enter("IoAllocateIrp", DISPATCH_LEVEL);
    if stack_size < 1 {
        violation("WSK-IRP-01", "an IRP without stack locations is allocated");
    }
    let size = packet_size(stack_size);
    let request = Request {
        size: size_of::<Prefix>() + size as usize,
        tag: TAG,
        caller,
        zeroed: true,
    };
    let memory = thread.machine.pool.allocate(request).cast::<Prefix>();
    if memory.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: fresh memory of the right size.
    unsafe {
        memory.write(Prefix {
            owner: AtomicU32::new(owner::DRIVER),
            taken_by: "",
        });
        let irp = memory.add(1).cast::<IRP>();
        initialize(irp, size, stack_size, OURS);
        irp
    }
}

fn packet_size(stack_size: i8) -> u16 {
    (size_of::<IRP>() + size_of::<IO_STACK_LOCATION>() * stack_size as usize) as u16
}

/// # Safety
/// `irp` is memory of `size` bytes that holds `stack_size` stack locations.
unsafe fn initialize(irp: *mut IRP, size: u16, stack_size: i8, allocation: u8) {
    // SAFETY: as the function's.
    unsafe {
        std::ptr::write_bytes(irp.cast::<u8>(), 0, size as usize);
        (*irp).Type = IRP_OBJECT;
        (*irp).Size = size;
        (*irp).StackCount = stack_size;
        (*irp).CurrentLocation = stack_size + 1;
        (*irp).AllocationFlags = allocation;
        (*irp).CurrentStackLocation = irp
            .add(1)
            .cast::<IO_STACK_LOCATION>()
            .add(stack_size as usize);
        let list = &raw mut (*irp).ThreadListEntry;
        list.write(LIST_ENTRY {
            Flink: list,
            Blink: list,
        });
    }
}

/// Whether [`IoAllocateIrp`] made it: the memory may be anything.
fn is_ours(machine: &Machine, irp: *mut IRP) -> bool {
    let Some((start, size)) = machine.pool.block_at(irp as usize) else {
        return false;
    };
    if irp as usize - start != size_of::<Prefix>() || size <= size_of::<Prefix>() {
        return false;
    }
    // SAFETY: a live block that is large enough for a prefix.
    let owner = unsafe { (*(start as *const Prefix)).owner.load(Ordering::Acquire) };
    (owner::DRIVER..=owner::FREED).contains(&owner)
}

/// Prepares memory of the driver's own as an IRP.
pub unsafe extern "win64" fn IoInitializeIrp(irp: *mut IRP, size: u16, stack_size: i8) {
    let thread = enter("IoInitializeIrp", DISPATCH_LEVEL);
    if size < packet_size(stack_size) {
        violation(
            "VERIF-IRP-SIZE",
            "the memory is too small for an IRP of that many locations",
        );
    }
    if is_ours(thread.machine, irp) {
        violation(
            "VERIF-IRP-REINIT",
            "IoInitializeIrp on an IRP that IoAllocateIrp made, and IoReuseIrp makes ready again",
        );
    }
    // SAFETY: as documented.
    unsafe { initialize(irp, size, stack_size, 0) };
}

/// Prepares an IRP that the driver allocated for the next use.
pub unsafe extern "win64" fn IoReuseIrp(irp: *mut IRP, status: NTSTATUS) {
    let _ = enter("IoReuseIrp", DISPATCH_LEVEL);
    // WSK-IRP-02: only a completed IRP is used again.
    expect_owned_by_driver(irp, "IoReuseIrp");
    // SAFETY: the driver's own IRP.
    unsafe {
        initialize(irp, (*irp).Size, (*irp).StackCount, (*irp).AllocationFlags);
        (*irp).IoStatus.Status = status;
    }
}

import_with_caller! {
    /// Frees an IRP that [`IoAllocateIrp`] made.
    IoFreeIrp(irp: *mut IRP) => 1, free
}

unsafe extern "win64" fn free(irp: *mut IRP, caller: usize) {
    let thread = enter("IoFreeIrp", DISPATCH_LEVEL);
    let Some(prefix) = prefix(irp) else {
        violation(
            "VERIF-IRP-FREE",
            "IoFreeIrp on an IRP that IoAllocateIrp did not make",
        )
    };
    expect_owned_by_driver(irp, "IoFreeIrp");
    prefix.owner.store(owner::FREED, Ordering::Release);
    thread
        .machine
        .pool
        .free(std::ptr::from_mut(prefix) as usize, TAG, caller);
}

/// The kernel takes an IRP that a driver sends down to it (`function` names the call): checks it
/// and makes the next stack location the current one, which is returned.
pub fn accept(irp: *mut IRP, function: &'static str) -> *mut IO_STACK_LOCATION {
    if irp.is_null() {
        violation("WSK-IRP-01", &format!("{function} without an IRP"));
    }
    take(irp, function);
    // SAFETY: the driver passes an initialised IRP.
    let (location, control, routine) = unsafe {
        if (*irp).CurrentLocation <= 1 {
            violation(
                "WSK-IRP-01",
                &format!("{function} with an IRP that has no location left"),
            );
        }
        let next = advance(irp);
        (next, (*next).Control, (*next).CompletionRoutine)
    };
    let all = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL;
    // WSK-IRP-01: "completion routine set before every call with all three invoke flags TRUE"
    if prefix(irp).is_some() && (routine.is_none() || control & all != all) {
        violation(
            "WSK-IRP-01",
            &format!("{function} with an IRP whose completion routine is not set for all outcomes"),
        );
    }
    location
}

/// The driver no longer owns the IRP.
fn take(irp: *mut IRP, function: &'static str) {
    expect_owned_by_driver(irp, function);
    if let Some(prefix) = prefix(irp) {
        prefix.taken_by = function;
        prefix.owner.store(owner::PENDING, Ordering::Release);
    }
}

/// # Safety
/// `irp` has a stack location left.
unsafe fn advance(irp: *mut IRP) -> *mut IO_STACK_LOCATION {
    // SAFETY: as the function's.
    unsafe {
        (*irp).CurrentLocation -= 1;
        (*irp).CurrentStackLocation = (*irp).CurrentStackLocation.sub(1);
        (*irp).CurrentStackLocation
    }
}

/// `IoMarkIrpPending`, for the kernel's own parts.
pub fn mark_pending(irp: *mut IRP) {
    // SAFETY: an IRP that was accepted and not completed yet.
    unsafe { (*(*irp).CurrentStackLocation).Control |= SL_PENDING_RETURNED };
}

/// Ends an IRP that was [accepted](accept). The IRP may be gone when this returns.
pub fn complete(irp: *mut IRP, status: NTSTATUS, information: usize) {
    // SAFETY: an IRP that was accepted and not completed yet.
    unsafe {
        (*irp).IoStatus.Status = status;
        (*irp).IoStatus.Information = information;
        finish(irp);
    }
}

/// Completes an IRP that was handed to this driver.
pub unsafe extern "win64" fn IofCompleteRequest(irp: *mut IRP, _boost: i8) {
    let _ = enter("IofCompleteRequest", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe { finish(irp) };
}

/// Calls the completion routines from the current location up.
///
/// # Safety
/// `irp` is an IRP that the caller owns as the lower driver.
unsafe fn finish(irp: *mut IRP) {
    if let Some(prefix) = prefix(irp) {
        let before = prefix.owner.swap(owner::COMPLETING, Ordering::AcqRel);
        if before != owner::PENDING {
            violation(
                "VERIF-IRP-DOUBLE-COMPLETE",
                "an IRP is completed that is not pending",
            );
        }
    }
    // SAFETY: as the function's. After a routine has taken the IRP back nothing touches it.
    unsafe {
        if (*irp).CurrentLocation > (*irp).StackCount + 1 || (*irp).Type != IRP_OBJECT {
            violation(
                "VERIF-IRP-DOUBLE-COMPLETE",
                "an IRP is completed that is not in use",
            );
        }
        if (*irp).IoStatus.Status == crate::wdm::STATUS_PENDING {
            violation(
                "VERIF-IRP-STATUS",
                "an IRP is completed with STATUS_PENDING",
            );
        }
        while (*irp).CurrentLocation <= (*irp).StackCount {
            let location = &*(*irp).CurrentStackLocation;
            (*irp).PendingReturned = u8::from(location.Control & SL_PENDING_RETURNED != 0);
            let (control, routine, context) = (
                location.Control,
                location.CompletionRoutine,
                location.Context,
            );
            (*irp).CurrentLocation += 1;
            (*irp).CurrentStackLocation = (*irp).CurrentStackLocation.add(1);
            let top = (*irp).CurrentLocation > (*irp).StackCount;
            let device: *mut DEVICE_OBJECT = match top {
                true => std::ptr::null_mut(),
                false => (*(*irp).CurrentStackLocation).DeviceObject,
            };
            match routine {
                Some(routine) if wanted(control, irp) => {
                    if top && let Some(prefix) = prefix(irp) {
                        prefix.owner.store(owner::DRIVER, Ordering::Release);
                    }
                    let status =
                        bridge::callback("CompletionRoutine", || routine(device, irp, context));
                    if status == STATUS_MORE_PROCESSING_REQUIRED {
                        return;
                    }
                }
                _ if (*irp).PendingReturned != 0 && !top => mark_pending(irp),
                _ => {}
            }
        }
        finished(irp);
    }
}

unsafe fn wanted(control: u8, irp: *mut IRP) -> bool {
    // SAFETY: a live IRP.
    let (status, cancelled) = unsafe {
        (
            (*irp).IoStatus.Status,
            (*irp).Cancel.load(Ordering::Relaxed) != 0,
        )
    };
    (nt_success(status) && control & SL_INVOKE_ON_SUCCESS != 0)
        || (!nt_success(status) && control & SL_INVOKE_ON_ERROR != 0)
        || (cancelled && control & SL_INVOKE_ON_CANCEL != 0)
}

/// No routine took the IRP back: the I/O manager would now free it, under the driver's feet.
unsafe fn finished(irp: *mut IRP) {
    if prefix(irp).is_some() {
        violation(
            "WSK-IRP-01",
            "the completion routine of a driver's own IRP did not return \
             STATUS_MORE_PROCESSING_REQUIRED",
        );
    }
    // SAFETY: a live IRP of a driver's own memory; the status block is the requester's.
    unsafe {
        if !(*irp).UserIosb.is_null() {
            *(*irp).UserIosb = (*irp).IoStatus;
        }
    }
}

/// Kinds of requests that are sent at DISPATCH_LEVEL too: read, write, device control, internal device control, power.
const AT_DISPATCH: [u8; 5] = [3, 4, 14, 15, 22];

/// Sends an IRP to a device's driver.
pub unsafe extern "win64" fn IofCallDriver(device: *mut DEVICE_OBJECT, irp: *mut IRP) -> NTSTATUS {
    let thread = enter("IofCallDriver", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe {
        if (*irp).CurrentLocation <= 1 {
            violation(
                "VERIF-IRP-LOCATIONS",
                "IoCallDriver: no stack location left",
            );
        }
        if (*irp).CurrentLocation > (*irp).StackCount {
            take(irp, "IoCallDriver");
        }
        let next = advance(irp);
        let major = (*next).MajorFunction;
        let strict = thread.machine.options.strict;
        if strict && thread.irql() >= DISPATCH_LEVEL && !AT_DISPATCH.contains(&major) {
            violation(
                "IO-FORWARD-IRQL",
                &format!("IoCallDriver at DISPATCH_LEVEL with the major function {major}"),
            );
        }
        (*next).DeviceObject = device;
        let driver = (*device).DriverObject;
        let routine = (*driver).MajorFunction[(*next).MajorFunction as usize % 28];
        match routine {
            Some(routine) => bridge::callback("DispatchRoutine", || routine(device, irp)),
            None => {
                complete(irp, STATUS_NOT_SUPPORTED, 0);
                STATUS_NOT_SUPPORTED
            }
        }
    }
}

/// Asks for an IRP to be cancelled; whether it had a cancel routine, which was called.
pub unsafe extern "win64" fn IoCancelIrp(irp: *mut IRP) -> BOOLEAN {
    let thread = enter("IoCancelIrp", DISPATCH_LEVEL);
    if let Some(prefix) = prefix(irp)
        && prefix.owner.load(Ordering::Acquire) == owner::FREED
    {
        violation("VERIF-IRP-FREED", "IoCancelIrp on a freed IRP");
    }
    // SAFETY: a live IRP; the exchange gives the cancel routine to exactly one caller.
    unsafe {
        (*irp).Cancel.store(1, Ordering::SeqCst);
        let routine = (*irp).CancelRoutine.swap(0, Ordering::SeqCst);
        if routine == 0 {
            return 0;
        }
        let routine: DRIVER_CANCEL = std::mem::transmute(routine);
        (*irp).CancelIrql = thread.irql();
        let location = (*irp).CurrentStackLocation;
        let device = if (*irp).CurrentLocation > (*irp).StackCount {
            std::ptr::null_mut()
        } else {
            (*location).DeviceObject
        };
        let old = raise(thread, DISPATCH_LEVEL);
        thread.machine.cancel_lock.acquire();
        routine(device, irp);
        if thread.irql() != old {
            violation(
                "VERIF-CALLBACK-IRQL",
                "a cancel routine kept the cancel spin lock",
            );
        }
        1
    }
}

pub unsafe extern "win64" fn IoAcquireCancelSpinLock(irql: *mut KIRQL) {
    let thread = enter("IoAcquireCancelSpinLock", DISPATCH_LEVEL);
    let old = raise(thread, DISPATCH_LEVEL);
    thread.machine.cancel_lock.acquire();
    // SAFETY: the caller passes an out parameter.
    unsafe { irql.write(old) };
}

pub extern "win64" fn IoReleaseCancelSpinLock(irql: KIRQL) {
    let thread = enter("IoReleaseCancelSpinLock", DISPATCH_LEVEL);
    thread.machine.cancel_lock.release();
    lower(thread, irql);
}

/// The status of an IRP that was cancelled before it was started.
pub const CANCELLED: NTSTATUS = STATUS_CANCELLED;
