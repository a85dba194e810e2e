//! IRPs go down and come back up through every completion routine that wants to know.

use std::cell::RefCell;

use super::irp::{
    IoAllocateIrp, IoCancelIrp, IoFreeIrp, IoReleaseCancelSpinLock, IoReuseIrp, accept, complete,
    mark_pending,
};
use crate::wdm::{
    DEVICE_OBJECT, IRP, NTSTATUS, PVOID, STATUS_CANCELLED, STATUS_MORE_PROCESSING_REQUIRED,
    STATUS_SUCCESS, STATUS_UNSUCCESSFUL,
};
use crate::{Machine, Options};

thread_local! {
    static SEEN: RefCell<Vec<(usize, NTSTATUS, bool)>> = const { RefCell::new(Vec::new()) };
}

fn note(irp: *mut IRP, context: PVOID) {
    // SAFETY: the IRP that is being completed.
    let (status, pending) = unsafe { ((*irp).IoStatus.Status, (*irp).PendingReturned != 0) };
    SEEN.with_borrow_mut(|seen| seen.push((context as usize, status, pending)));
}

unsafe extern "win64" fn takes_back(_: *mut DEVICE_OBJECT, irp: *mut IRP, context: PVOID) -> i32 {
    note(irp, context);
    STATUS_MORE_PROCESSING_REQUIRED
}

fn send(irp: *mut IRP, context: usize) {
    // SAFETY: the test's own IRP with a location left.
    unsafe {
        let next = (*irp).CurrentStackLocation.sub(1);
        (*next).CompletionRoutine = Some(takes_back);
        (*next).Context = context as PVOID;
        (*next).Control = 0xE0;
    }
    accept(irp, "test");
}

#[test]
fn a_completed_irp_calls_its_routine_and_can_be_reused() {
    let _attachment = Machine::new(Options::default()).attach();
    // SAFETY: the IRP is owned here whenever it is touched.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        send(irp, 1);
        complete(irp, STATUS_SUCCESS, 42);
        assert_eq!((*irp).IoStatus.Information, 42);
        IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
        assert_eq!((*irp).IoStatus.Status, STATUS_UNSUCCESSFUL);
        send(irp, 2);
        mark_pending(irp);
        complete(irp, STATUS_UNSUCCESSFUL, 0);
        IoFreeIrp(irp);
    }
    let expected = vec![(1, STATUS_SUCCESS, false), (2, STATUS_UNSUCCESSFUL, true)];
    assert_eq!(SEEN.take(), expected);
}

unsafe extern "win64" fn cancels(_: *mut DEVICE_OBJECT, irp: *mut IRP) {
    // SAFETY: the cancel routine owns the IRP and the cancel spin lock.
    IoReleaseCancelSpinLock(unsafe { (*irp).CancelIrql });
    complete(irp, STATUS_CANCELLED, 0);
}

#[test]
fn a_cancel_routine_is_called_once() {
    let _attachment = Machine::new(Options::default()).attach();
    // SAFETY: as above.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        send(irp, 3);
        let routine = cancels as *const () as usize;
        (*irp)
            .CancelRoutine
            .store(routine, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(IoCancelIrp(irp), 1);
        assert_eq!(IoCancelIrp(irp), 0);
        IoFreeIrp(irp);
    }
    assert_eq!(SEEN.take(), vec![(3, STATUS_CANCELLED, false)]);
}

mod remove_lock {
    use super::super::remove_lock::*;
    use crate::wdm::STATUS_DELETE_PENDING;
    use crate::{Machine, Options};

    #[test]
    fn a_removal_waits_for_the_last_release() {
        let machine = Machine::new(Options::default());
        let _attached = machine.attach();
        let lock: &'static mut [u64; 4] = Box::leak(Box::new([0; 4]));
        let place = lock.as_mut_ptr() as usize;
        let lock = move || place as *mut IO_REMOVE_LOCK;
        let (none, file) = (std::ptr::null_mut(), std::ptr::null());
        // SAFETY: the memory is as large as a lock and never freed.
        unsafe {
            IoInitializeRemoveLockEx(lock(), 0, 0, 0, 32);
            assert_eq!(IoAcquireRemoveLockEx(lock(), none, file, 0, 32), 0);
            assert_eq!(IoAcquireRemoveLockEx(lock(), none, file, 0, 32), 0);
            let remover = machine.spawn("remover", move || {
                IoReleaseRemoveLockAndWaitEx(lock(), std::ptr::null_mut(), 32);
            });
            while IoAcquireRemoveLockEx(lock(), none, file, 0, 32) == 0 {
                IoReleaseRemoveLockEx(lock(), none, 32);
                std::thread::yield_now();
            }
            let status = IoAcquireRemoveLockEx(lock(), none, file, 0, 32);
            assert_eq!(status, STATUS_DELETE_PENDING);
            assert!(!remover.is_finished());
            IoReleaseRemoveLockEx(lock(), none, 32);
            remover.join().expect("it ends");
        }
        machine.stop();
    }
}

mod device {
    use super::super::device::*;
    use crate::wdm::{
        DEVICE_OBJECT, DRIVER_OBJECT, STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_NAME_NOT_FOUND,
        UNICODE_STRING,
    };
    use crate::{Machine, Options};

    fn name(units: &mut [u16]) -> UNICODE_STRING {
        UNICODE_STRING {
            Length: (units.len() * 2) as u16,
            MaximumLength: (units.len() * 2) as u16,
            Buffer: units.as_mut_ptr(),
        }
    }

    #[test]
    fn devices_and_links_have_names_of_their_own() {
        let machine = Machine::new(Options::default());
        let _attached = machine.attach();
        let mut units: Vec<u16> = r"\Device\One".encode_utf16().collect();
        let name = name(&mut units);
        // SAFETY: all fields are integers, nullable pointers or `Option` of functions.
        let mut driver: Box<DRIVER_OBJECT> = Box::new(unsafe { std::mem::zeroed() });
        let (place, mut device) = (&raw mut *driver, std::ptr::null_mut::<DEVICE_OBJECT>());
        // SAFETY: the driver object and the name live here.
        unsafe {
            let mut create =
                || IoCreateDevice(place, 24, &raw const name, 34, 0, 0, &raw mut device);
            assert_eq!(create(), 0);
            assert_eq!(create(), STATUS_OBJECT_NAME_COLLISION);
            assert_eq!((*place).DeviceObject, device);
            assert_eq!((*device).DeviceExtension, device.add(1).cast());
            assert_eq!(
                IoDeleteSymbolicLink(&raw const name),
                STATUS_OBJECT_NAME_NOT_FOUND
            );
            IoDeleteDevice(device);
            assert!((*place).DeviceObject.is_null());
            assert_eq!(IoCreateSymbolicLink(&raw const name, &raw const name), 0);
            assert_eq!(
                IoCreateSymbolicLink(&raw const name, &raw const name),
                STATUS_OBJECT_NAME_COLLISION
            );
            assert_eq!(IoDeleteSymbolicLink(&raw const name), 0);
        }
    }
}
