//! Waiting, timers, DPCs and processors, as a driver sees them.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{dpc, event, irql, spin_lock, timer};
use crate::wdm::{
    DISPATCH_LEVEL, KDPC, KEVENT, KTIMER, PROCESSOR_NUMBER, PVOID, STATUS_SUCCESS, STATUS_TIMEOUT,
};
use crate::{Machine, Options, current};

const NOTIFICATION: i32 = 0;
const SYNCHRONIZATION: i32 = 1;

fn machine() -> &'static Machine {
    Machine::new(Options::default())
}

fn zeroed<T>() -> Box<T> {
    // SAFETY: the kernel's objects are made of integers and nullable pointers.
    Box::new(unsafe { std::mem::zeroed() })
}

fn event(kind: i32) -> Box<KEVENT> {
    let mut event = zeroed();
    // SAFETY: memory for an event.
    unsafe { event::KeInitializeEvent(&raw mut *event, kind, 0) };
    event
}

fn wait(object: *mut KEVENT, milliseconds: i64) -> i32 {
    let timeout = -10_000 * milliseconds;
    // SAFETY: the tests pass live objects.
    unsafe { event::KeWaitForSingleObject(object.cast(), 0, 0, 0, &raw const timeout) }
}

#[test]
fn a_wait_ends_when_another_thread_sets_the_event() {
    let machine = machine();
    let _attachment = machine.attach();
    let mut event = event(NOTIFICATION);
    let address = &raw mut *event as usize;
    let other = machine.spawn("setter", move || {
        std::thread::sleep(Duration::from_millis(20));
        // SAFETY: the test keeps the event alive.
        unsafe { event::KeSetEvent(address as *mut KEVENT, 0, 0) };
    });
    assert_eq!(wait(&raw mut *event, 5000), STATUS_SUCCESS);
    other.join().unwrap();
}

#[test]
fn a_wait_that_nobody_ends_times_out() {
    let _attachment = machine().attach();
    let mut event = event(NOTIFICATION);
    let start = Instant::now();
    assert_eq!(wait(&raw mut *event, 20), STATUS_TIMEOUT);
    assert!(start.elapsed() >= Duration::from_millis(20));
}

#[test]
fn a_synchronization_event_releases_one_waiter() {
    let _attachment = machine().attach();
    let mut event = event(SYNCHRONIZATION);
    // SAFETY: a live event.
    unsafe { event::KeSetEvent(&raw mut *event, 0, 0) };
    assert_eq!(wait(&raw mut *event, 0), STATUS_SUCCESS);
    assert_eq!(wait(&raw mut *event, 0), STATUS_TIMEOUT);
}

#[test]
fn a_wait_for_any_of_two_says_which() {
    let _attachment = machine().attach();
    let (mut one, mut other) = (event(NOTIFICATION), event(NOTIFICATION));
    let objects = [(&raw mut *one).cast(), (&raw mut *other).cast()];
    const WAIT_ANY: i32 = 1;
    // SAFETY: live events.
    let status = unsafe {
        event::KeSetEvent(&raw mut *other, 0, 0);
        event::KeWaitForMultipleObjects(
            2,
            objects.as_ptr(),
            WAIT_ANY,
            0,
            0,
            0,
            std::ptr::null(),
            null_mut(),
        )
    };
    assert_eq!(status, 1);
}

unsafe extern "win64" fn count(_: *mut KDPC, context: PVOID, _: PVOID, _: PVOID) {
    assert_eq!(irql::KeGetCurrentIrql(), DISPATCH_LEVEL);
    // SAFETY: the tests pass a counter.
    unsafe { (*context.cast::<AtomicU32>()).fetch_add(1, Ordering::SeqCst) };
}

fn dpc(counter: &AtomicU32) -> Box<KDPC> {
    let mut dpc = zeroed();
    let context = std::ptr::from_ref(counter).cast_mut().cast();
    // SAFETY: memory for a DPC.
    unsafe { dpc::KeInitializeDpc(&raw mut *dpc, count, context) };
    dpc
}

#[test]
fn a_dpc_queued_at_dispatch_runs_when_the_irql_drops() {
    let _attachment = machine().attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let old = irql::KeRaiseIrqlToDpcLevel();
    // SAFETY: a live DPC.
    let (first, second) = unsafe {
        (
            dpc::KeInsertQueueDpc(&raw mut *dpc, null_mut(), null_mut()),
            dpc::KeInsertQueueDpc(&raw mut *dpc, null_mut(), null_mut()),
        )
    };
    assert_eq!((first, second), (1, 0));
    assert_eq!(counter.load(Ordering::SeqCst), 0);
    irql::KeLowerIrql(old);
    assert_eq!(counter.load(Ordering::SeqCst), 1);
}

#[test]
fn a_removed_dpc_does_not_run() {
    let _attachment = machine().attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let old = irql::KeRaiseIrqlToDpcLevel();
    // SAFETY: a live DPC.
    unsafe {
        dpc::KeInsertQueueDpc(&raw mut *dpc, null_mut(), null_mut());
        assert_eq!(dpc::KeRemoveQueueDpc(&raw mut *dpc), 1);
    }
    irql::KeLowerIrql(old);
    assert_eq!(counter.load(Ordering::SeqCst), 0);
}

#[test]
fn a_dpc_for_another_processor_has_run_after_a_flush() {
    let machine = machine();
    let _attachment = machine.attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let other = (current().processor.get() + 1) % machine.processor_count();
    let number = PROCESSOR_NUMBER {
        Group: 0,
        Number: other as u8,
        Reserved: 0,
    };
    // SAFETY: a live DPC.
    unsafe {
        dpc::KeSetTargetProcessorDpcEx(&raw mut *dpc, &raw const number);
        dpc::KeInsertQueueDpc(&raw mut *dpc, null_mut(), null_mut());
    }
    dpc::KeFlushQueuedDpcs();
    assert_eq!(counter.load(Ordering::SeqCst), 1);
}

#[test]
fn two_threads_at_dispatch_are_on_different_processors() {
    let machine = machine();
    let _attachment = machine.attach();
    let old = irql::KeRaiseIrqlToDpcLevel();
    let mine = current().processor.get();
    let theirs = machine.spawn("other", move || {
        let old = irql::KeRaiseIrqlToDpcLevel();
        assert_ne!(current().processor.get(), mine);
        irql::KeLowerIrql(old);
    });
    theirs.join().unwrap();
    irql::KeLowerIrql(old);
}

#[test]
fn a_timer_queues_its_dpc_and_is_signalled() {
    let _attachment = machine().attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let mut timer: Box<KTIMER> = zeroed();
    // SAFETY: live objects.
    unsafe {
        timer::KeInitializeTimer(&raw mut *timer);
        timer::KeSetTimer(&raw mut *timer, -100_000, &raw mut *dpc);
    }
    assert_eq!(wait((&raw mut *timer).cast(), 5000), STATUS_SUCCESS);
    dpc::KeFlushQueuedDpcs();
    assert_eq!(counter.load(Ordering::SeqCst), 1);
}

#[test]
fn a_cancelled_timer_does_not_expire() {
    let _attachment = machine().attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let mut timer: Box<KTIMER> = zeroed();
    // SAFETY: live objects.
    unsafe {
        timer::KeInitializeTimer(&raw mut *timer);
        assert_eq!(
            timer::KeSetTimer(&raw mut *timer, -200_000, &raw mut *dpc),
            0
        );
        assert_eq!(
            timer::KeSetTimer(&raw mut *timer, -200_000, &raw mut *dpc),
            1
        );
        assert_eq!(timer::KeCancelTimer(&raw mut *timer), 1);
        assert_eq!(timer::KeCancelTimer(&raw mut *timer), 0);
    }
    assert_eq!(wait((&raw mut *timer).cast(), 50), STATUS_TIMEOUT);
    assert_eq!(counter.load(Ordering::SeqCst), 0);
}

#[test]
fn a_periodic_timer_expires_again_and_again() {
    let _attachment = machine().attach();
    let counter = AtomicU32::new(0);
    let mut dpc = dpc(&counter);
    let mut timer: Box<KTIMER> = zeroed();
    // SAFETY: live objects.
    unsafe {
        timer::KeInitializeTimer(&raw mut *timer);
        timer::KeSetTimerEx(&raw mut *timer, -10_000, 1, &raw mut *dpc);
        let start = Instant::now();
        while counter.load(Ordering::SeqCst) < 3 && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(1));
        }
        timer::KeCancelTimer(&raw mut *timer);
    }
    dpc::KeFlushQueuedDpcs();
    assert!(counter.load(Ordering::SeqCst) >= 3);
}

#[test]
fn a_spin_lock_excludes() {
    static LOCK: AtomicUsize = AtomicUsize::new(0);
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    let machine = machine();
    let work = || {
        for _ in 0..2000 {
            // SAFETY: a spin lock.
            let old = unsafe { spin_lock::KeAcquireSpinLockRaiseToDpc(&raw const LOCK) };
            assert_eq!(INSIDE.fetch_add(1, Ordering::SeqCst), 0);
            INSIDE.fetch_sub(1, Ordering::SeqCst);
            // SAFETY: held by this thread.
            unsafe { spin_lock::KeReleaseSpinLock(&raw const LOCK, old) };
        }
    };
    let threads: Vec<_> = (0..3).map(|_| machine.spawn("locker", work)).collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
}
