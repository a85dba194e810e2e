//! Events, timers, DPCs, threads, handles, and the rest.

use core::ptr::null_mut;

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("nothing", nothing),
    ("no-unload", nothing),
    ("timer-freed", timer_freed),
    ("timer-left", timer_left),
    ("dpc-freed", dpc_freed),
    ("dpc-again-and-again", dpc_again_and_again),
    ("dpc-not-initialised", dpc_not_initialised),
    ("event-not-initialised", event_not_initialised),
    ("wait-for-nothing", wait_for_nothing),
    ("thread-left", thread_left),
    ("handle-closed-twice", handle_closed_twice),
    ("dereference", dereference),
    ("provider-left", provider_left),
    ("bug-check", bug_check),
    ("cfg", cfg),
    ("timer-not-initialised", timer_not_initialised),
    ("provider-twice", provider_twice),
    ("exception-handler", exception_handler),
    ("timer-set-initialised", timer_set_initialised),
    ("dpc-queued-initialised", dpc_queued_initialised),
    ("handle-left", handle_left),
    ("reference-left", reference_left),
];

/// The one that does nothing wrong.
unsafe fn nothing() {
    // SAFETY: allocated and freed as it should be.
    unsafe {
        let memory = pool(100);
        memory.write_bytes(1, 100);
        ExFreePoolWithTag(memory, TAG);
    }
}

unsafe fn timer_freed() {
    // SAFETY: freed while it is set, on purpose.
    unsafe {
        let timer = pool(64);
        KeInitializeTimer(timer.cast());
        KeSetTimer(timer.cast(), -100_000_000, null_mut());
        ExFreePool(timer);
    }
}

static mut TIMER: Object = Object::new();

unsafe fn timer_left() {
    // SAFETY: left set on purpose.
    unsafe {
        KeInitializeTimer((&raw mut TIMER).cast());
        KeSetTimer((&raw mut TIMER).cast(), -100_000_000, null_mut());
    }
}

unsafe extern "system" fn deferred(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {}

unsafe fn dpc_freed() {
    // SAFETY: freed while it is queued, on purpose.
    unsafe {
        let dpc = pool(64);
        KeInitializeDpc(dpc.cast(), deferred, null_mut());
        KeRaiseIrqlToDpcLevel();
        KeInsertQueueDpc(dpc.cast(), null_mut(), null_mut());
        ExFreePool(dpc);
    }
}

unsafe extern "system" fn again(dpc: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    // SAFETY: the DPC that runs, which may be queued again.
    unsafe { KeInsertQueueDpc(dpc, null_mut(), null_mut()) };
}

unsafe fn dpc_again_and_again() {
    let mut dpc = Object::new();
    // SAFETY: it queues itself on purpose.
    unsafe {
        KeInitializeDpc(dpc.get(), again, null_mut());
        KeInsertQueueDpc(dpc.get(), null_mut(), null_mut());
    }
}

unsafe fn dpc_not_initialised() {
    let mut dpc = Object::new();
    // SAFETY: not initialised on purpose.
    unsafe { KeInsertQueueDpc(dpc.get(), null_mut(), null_mut()) };
}

unsafe fn event_not_initialised() {
    let mut event = Object::new();
    // SAFETY: not initialised on purpose.
    unsafe { KeSetEvent(event.get(), 0, 0) };
}

unsafe fn wait_for_nothing() {
    let mut object = Object([u64::MAX; 8]);
    // SAFETY: nothing that can be waited for, on purpose.
    unsafe { KeWaitForSingleObject(object.get(), 0, 0, 0, null_mut()) };
}

unsafe extern "system" fn sleeps(_: Pointer) {
    // SAFETY: at PASSIVE_LEVEL.
    unsafe { pause(10_000) };
}

unsafe fn thread_left() {
    let mut handle = null_mut();
    // SAFETY: not waited for on purpose.
    unsafe {
        let none = null_mut();
        PsCreateSystemThread(&mut handle, 0, none, none, none, sleeps, none);
        ZwClose(handle);
    }
}

unsafe extern "system" fn returns(_: Pointer) {}

unsafe fn handle_closed_twice() {
    let mut handle = null_mut();
    // SAFETY: closed twice on purpose.
    unsafe {
        let none = null_mut();
        PsCreateSystemThread(&mut handle, 0, none, none, none, returns, none);
        ZwClose(handle);
        ZwClose(handle);
    }
}

unsafe fn dereference() {
    // SAFETY: dereferenced without having been referenced, on purpose.
    unsafe {
        for _ in 0..4 {
            ObfDereferenceObject(PsGetCurrentThread());
        }
    }
}

unsafe fn provider_left() {
    unsafe extern "system" fn enabled() {}
    let mut handle = 0;
    // SAFETY: not unregistered on purpose.
    unsafe {
        EtwRegister(
            &[1; 16],
            enabled as *const () as usize,
            null_mut(),
            &mut handle,
        )
    };
}

unsafe fn bug_check() {
    // SAFETY: no requirements.
    unsafe { KeBugCheckEx(0xBAD, 1, 2, 3, 4) };
}

unsafe fn cfg() {
    let middle = core::hint::black_box(nothing as *const () as usize + 1);
    // SAFETY: not the start of a function, on purpose.
    unsafe { core::mem::transmute::<usize, Case>(middle)() };
}

unsafe fn timer_not_initialised() {
    let mut timer = Object::new();
    // SAFETY: not initialised on purpose.
    unsafe { KeSetTimer(timer.get(), -100_000, null_mut()) };
}

unsafe fn timer_set_initialised() {
    // SAFETY: initialised again while it is set, on purpose.
    unsafe {
        let timer = (&raw mut TIMER).cast();
        KeInitializeTimer(timer);
        KeSetTimer(timer, -100_000_000, null_mut());
        KeInitializeTimer(timer);
    }
}

unsafe fn dpc_queued_initialised() {
    let mut dpc = Object::new();
    // SAFETY: initialised again while it is queued, on purpose.
    unsafe {
        KfRaiseIrql(2);
        KeInitializeDpc(dpc.get(), deferred, null_mut());
        KeInsertQueueDpc(dpc.get(), null_mut(), null_mut());
        KeInitializeDpc(dpc.get(), deferred, null_mut());
    }
}

/// A thread that has ended: its object, referenced, and its handle.
unsafe fn ended_thread() -> (Pointer, Pointer) {
    let (mut handle, mut object, none) = (null_mut(), null_mut(), null_mut());
    // SAFETY: the thread is waited for.
    unsafe {
        PsCreateSystemThread(&mut handle, 0, none, none, none, returns, none);
        ObReferenceObjectByHandle(handle, 0, none, 0, &mut object, none);
        KeWaitForSingleObject(object, 0, 0, 0, null_mut());
    }
    (handle, object)
}

unsafe fn handle_left() {
    // SAFETY: not closed on purpose.
    unsafe {
        let (_, object) = ended_thread();
        ObfDereferenceObject(object);
    }
}

unsafe fn reference_left() {
    // SAFETY: not dereferenced on purpose.
    unsafe {
        let (handle, _) = ended_thread();
        ZwClose(handle);
    }
}

unsafe fn provider_twice() {
    // SAFETY: never registered, on purpose.
    unsafe { EtwUnregister(0x1234) };
}

unsafe fn exception_handler() {
    let none = null_mut();
    // SAFETY: nobody may call it, on purpose.
    unsafe { __C_specific_handler(none, none, none, none) };
}
