use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    ObReferenceObjectByHandle, ObfDereferenceObject, PsCreateSystemThread, PsTerminateSystemThread,
    ZwClose,
};
use crate::ke::event::{KeInitializeEvent, KeSetEvent, KeWaitForSingleObject};
use crate::wdm::{HANDLE, PVOID, STATUS_INVALID_HANDLE, STATUS_SUCCESS};
use crate::{Machine, Options};

static AFTER: AtomicU32 = AtomicU32::new(0);

unsafe extern "win64" fn terminates(context: PVOID) {
    // SAFETY: the test passes a counter.
    unsafe {
        (*context.cast::<AtomicU32>()).fetch_add(1, Ordering::SeqCst);
        PsTerminateSystemThread(STATUS_SUCCESS);
    }
    AFTER.store(1, Ordering::SeqCst);
}

#[test]
fn a_thread_ends_where_it_terminates_itself_and_is_then_signalled() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let ran = AtomicU32::new(0);
    let context: PVOID = (&raw const ran).cast_mut().cast();
    let (mut handle, mut object): (HANDLE, PVOID) = (null_mut(), null_mut());
    let none = null_mut();
    // SAFETY: the counter outlives the thread, which is waited for.
    unsafe {
        PsCreateSystemThread(
            &raw mut handle,
            0,
            none,
            none,
            null_mut(),
            terminates,
            context,
        );
        let status = ObReferenceObjectByHandle(handle, 0, none, 0, &raw mut object, none);
        assert_eq!(status, STATUS_SUCCESS);
        ZwClose(handle);
        let closed = ObReferenceObjectByHandle(handle, 0, none, 0, &raw mut object, none);
        assert_eq!(closed, STATUS_INVALID_HANDLE);
        KeWaitForSingleObject(object, 0, 0, 0, std::ptr::null());
        ObfDereferenceObject(object.cast());
    }
    assert_eq!(ran.load(Ordering::SeqCst), 1);
    assert_eq!(AFTER.load(Ordering::SeqCst), 0);
    assert_eq!(machine.threads.running_in(0, usize::MAX), None);
}

unsafe extern "win64" fn waits(event: PVOID) {
    // SAFETY: the test's event.
    unsafe { KeWaitForSingleObject(event, 0, 0, 0, std::ptr::null()) };
}

#[test]
fn a_thread_that_waits_without_a_limit_is_not_awake() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let event: &'static mut [u64; 3] = Box::leak(Box::new([0; 3]));
    let event: PVOID = event.as_mut_ptr().cast();
    let (mut handle, none): (HANDLE, PVOID) = (null_mut(), null_mut());
    let routine = waits as *const () as usize;
    let awake = || machine.threads.awake_in(routine, routine + 1);
    // SAFETY: the event is never freed.
    unsafe {
        KeInitializeEvent(event.cast(), 0, 0);
        PsCreateSystemThread(&raw mut handle, 0, none, none, null_mut(), waits, event);
        while awake() {
            std::thread::yield_now();
        }
        assert!(machine.threads.running_in(routine, routine + 1).is_some());
        KeSetEvent(event.cast(), 0, 0);
        ZwClose(handle);
    }
    while machine.threads.running_in(routine, routine + 1).is_some() {
        std::thread::yield_now();
    }
}
