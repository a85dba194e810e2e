//! Events, semaphores, mutexes, and waiting for anything that can be waited for.

use std::sync::atomic::Ordering;

use crate::clock;
use crate::export::Export;
use crate::sched;
use crate::thread::{Thread, enter};
use crate::verifier::locks::{self, How};
use crate::verifier::violation;
use crate::wdm::{
    APC_LEVEL, BOOLEAN, DISPATCH_LEVEL, DISPATCHER_HEADER, KEVENT, KMUTANT, KPRIORITY, KSEMAPHORE,
    LIST_ENTRY, NTSTATUS, PVOID, STATUS_SUCCESS, STATUS_TIMEOUT, object_type as kind,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeInitializeEvent, KeSetEvent, KeClearEvent, KeResetEvent, KeReadStateEvent,
        KePulseEvent, KeInitializeSemaphore, KeReleaseSemaphore, KeReadStateSemaphore,
        KeInitializeMutex, KeReleaseMutex, KeWaitForSingleObject, KeWaitForMultipleObjects,
        KeDelayExecutionThread;
};

/// Sizes of the objects in 32-bit words, as their headers hold them.
const EVENT_WORDS: u8 = 6;
const SEMAPHORE_WORDS: u8 = 8;
const MUTANT_WORDS: u8 = 14;
const TIMER_WORDS: u8 = 16;

const STATUS_SEMAPHORE_LIMIT_EXCEEDED: NTSTATUS = 0xC000_0047_u32 as i32;

/// # Safety
/// `header` is memory for an object that starts with a dispatcher header.
pub(crate) unsafe fn initialize(header: *mut DISPATCHER_HEADER, kind: u8, words: u8, state: i32) {
    // SAFETY: as the function's.
    unsafe {
        let list = &raw mut (*header).WaitListHead;
        header.write(DISPATCHER_HEADER {
            Type: kind.into(),
            Flags: 0.into(),
            Size: words.into(),
            Inserted: 0.into(),
            SignalState: state.into(),
            WaitListHead: LIST_ENTRY {
                Flink: list,
                Blink: list,
            },
        });
    }
}

pub unsafe extern "win64" fn KeInitializeEvent(event: *mut KEVENT, kind: i32, state: BOOLEAN) {
    let _ = enter("KeInitializeEvent", DISPATCH_LEVEL);
    // SAFETY: the driver passes memory for an event.
    unsafe { initialize(event.cast(), kind as u8, EVENT_WORDS, i32::from(state != 0)) };
}

fn expect_event(header: &DISPATCHER_HEADER, function: &str) {
    if header.Size.load(Ordering::Relaxed) != EVENT_WORDS
        || header.Type.load(Ordering::Relaxed) > kind::SYNCHRONIZATION_EVENT
    {
        violation(
            "KE-EVENT-INIT",
            &format!("{function} on something that is not an event"),
        );
    }
}

/// Signals an event; its old state. The event may be gone as soon as a waiter has seen it.
pub unsafe extern "win64" fn KeSetEvent(
    event: *mut KEVENT,
    _increment: KPRIORITY,
    wait: BOOLEAN,
) -> i32 {
    let _ = enter(
        "KeSetEvent",
        if wait != 0 { APC_LEVEL } else { DISPATCH_LEVEL },
    );
    // SAFETY: the driver passes its event, alive until this exchange has been seen.
    unsafe { signal(&(*event).Header, "KeSetEvent") }
}

/// # Safety
/// `header` is that of an event.
unsafe fn signal(header: *const DISPATCHER_HEADER, function: &str) -> i32 {
    // SAFETY: as the function's; nothing is read after the exchange.
    let (one, old) = unsafe {
        expect_event(&*header, function);
        let one = (*header).Type.load(Ordering::Relaxed) == kind::SYNCHRONIZATION_EVENT;
        (one, (*header).SignalState.swap(1, Ordering::SeqCst))
    };
    if old == 0 {
        match one {
            true => sched::unpark_one(header as usize),
            false => sched::unpark_all(header as usize),
        }
    }
    old
}

pub unsafe extern "win64" fn KeClearEvent(event: *mut KEVENT) {
    let _ = enter("KeClearEvent", DISPATCH_LEVEL);
    // SAFETY: as for `KeResetEvent`.
    unsafe { KeResetEvent(event) };
}

pub unsafe extern "win64" fn KeResetEvent(event: *mut KEVENT) -> i32 {
    let _ = enter("KeResetEvent", DISPATCH_LEVEL);
    // SAFETY: the driver passes its event.
    unsafe {
        expect_event(&(*event).Header, "KeResetEvent");
        (*event).Header.SignalState.swap(0, Ordering::SeqCst)
    }
}

pub unsafe extern "win64" fn KeReadStateEvent(event: *mut KEVENT) -> i32 {
    let _ = enter("KeReadStateEvent", DISPATCH_LEVEL);
    // SAFETY: the driver passes its event.
    unsafe { (*event).Header.SignalState.load(Ordering::SeqCst) }
}

pub unsafe extern "win64" fn KePulseEvent(
    event: *mut KEVENT,
    increment: KPRIORITY,
    wait: BOOLEAN,
) -> i32 {
    let _ = enter("KePulseEvent", DISPATCH_LEVEL);
    // SAFETY: as for the two functions.
    unsafe {
        let old = KeSetEvent(event, increment, wait);
        KeResetEvent(event);
        old
    }
}

pub unsafe extern "win64" fn KeInitializeSemaphore(
    semaphore: *mut KSEMAPHORE,
    count: i32,
    limit: i32,
) {
    let _ = enter("KeInitializeSemaphore", DISPATCH_LEVEL);
    // SAFETY: the driver passes memory for a semaphore.
    unsafe {
        initialize(semaphore.cast(), kind::SEMAPHORE, SEMAPHORE_WORDS, count);
        (*semaphore).Limit = limit;
    }
}

pub unsafe extern "win64" fn KeReleaseSemaphore(
    semaphore: *mut KSEMAPHORE,
    _increment: KPRIORITY,
    adjustment: i32,
    _wait: BOOLEAN,
) -> i32 {
    let _ = enter("KeReleaseSemaphore", DISPATCH_LEVEL);
    // SAFETY: the driver passes its semaphore.
    let old = unsafe {
        let old = (*semaphore)
            .Header
            .SignalState
            .fetch_add(adjustment, Ordering::SeqCst);
        if old
            .checked_add(adjustment)
            .is_none_or(|new| new > (*semaphore).Limit)
        {
            violation(
                "KE-SEMAPHORE",
                &format!("a semaphore over its limit ({STATUS_SEMAPHORE_LIMIT_EXCEEDED:#x})"),
            );
        }
        old
    };
    sched::unpark_all(semaphore as usize);
    old
}

pub unsafe extern "win64" fn KeReadStateSemaphore(semaphore: *mut KSEMAPHORE) -> i32 {
    let _ = enter("KeReadStateSemaphore", DISPATCH_LEVEL);
    // SAFETY: the driver passes its semaphore.
    unsafe { (*semaphore).Header.SignalState.load(Ordering::SeqCst) }
}

pub unsafe extern "win64" fn KeInitializeMutex(mutex: *mut KMUTANT, _level: u32) {
    // SAFETY: the driver passes memory for a mutex.
    unsafe {
        initialize(mutex.cast(), kind::MUTANT, MUTANT_WORDS, 1);
        (*mutex).OwnerThread.store(0, Ordering::Relaxed);
        (*mutex).Abandoned = 0;
        (*mutex).ApcDisable = 1;
    }
}

pub unsafe extern "win64" fn KeReleaseMutex(mutex: *mut KMUTANT, _wait: BOOLEAN) -> i32 {
    let thread = enter("KeReleaseMutex", APC_LEVEL);
    // SAFETY: the driver passes its mutex.
    unsafe {
        if (*mutex).OwnerThread.load(Ordering::Relaxed) != thread.address() {
            violation(
                "KE-MUTEX-OWNER",
                "KeReleaseMutex by a thread that doesn't own it",
            );
        }
        let old = (*mutex).Header.SignalState.load(Ordering::Relaxed);
        if old == 0 {
            (*mutex).OwnerThread.store(0, Ordering::Relaxed);
            locks::released_sleeping(thread, mutex as usize, How::Alone);
        }
        (*mutex).Header.SignalState.store(old + 1, Ordering::SeqCst);
        if old == 0 {
            sched::unpark_one(mutex as usize);
        }
        old
    }
}

/// Takes what is signalled, as the kind of object demands.
///
/// # Safety
/// `object` is an object that can be waited for.
unsafe fn try_take(thread: &Thread, object: *mut DISPATCHER_HEADER) -> bool {
    // SAFETY: as the function's.
    let header = unsafe { &*object };
    let state = &header.SignalState;
    let down = |from: i32| {
        state
            .compare_exchange(from, from - 1, Ordering::SeqCst, Ordering::Relaxed)
            .is_ok()
    };
    match header.Type.load(Ordering::Relaxed) {
        kind::SYNCHRONIZATION_EVENT | kind::SYNCHRONIZATION_TIMER => state
            .compare_exchange(1, 0, Ordering::SeqCst, Ordering::Relaxed)
            .is_ok(),
        kind::SEMAPHORE => loop {
            match state.load(Ordering::SeqCst) {
                0 => return false,
                count if down(count) => return true,
                _ => {}
            }
        },
        kind::MUTANT => {
            // SAFETY: the type says that it is one.
            let owner = unsafe { &(*object.cast::<KMUTANT>()).OwnerThread };
            let mine = thread.address();
            let again = owner.load(Ordering::Relaxed) == mine;
            let taken = again && down(state.load(Ordering::Relaxed)) || !again && down(1);
            if taken && !again {
                owner.store(mine, Ordering::Relaxed);
                locks::holds(thread, object as usize);
            }
            taken
        }
        _ => state.load(Ordering::SeqCst) > 0,
    }
}

/// The deadline of a documented timeout pointer: none, or in [`clock::nanoseconds`].
///
/// # Safety
/// `timeout` is null or points to a due time.
unsafe fn deadline(timeout: *const i64) -> Option<u64> {
    // SAFETY: as the function's.
    unsafe { timeout.as_ref() }.map(|&due| if due == 0 { 0 } else { clock::deadline(due) })
}

fn enter_wait(function: &'static str, deadline: Option<u64>) -> &'static Thread {
    let highest = if deadline == Some(0) {
        DISPATCH_LEVEL
    } else {
        APC_LEVEL
    };
    let thread = enter(function, DISPATCH_LEVEL);
    if thread.irql() > highest {
        violation(
            "KE-WAIT-IRQL",
            &format!("{function} would wait at IRQL {}", thread.irql()),
        );
    }
    if deadline != Some(0) && crate::ndis::is_inside_request() {
        violation(
            "NDIS-OID-08",
            &format!("{function} inside MiniportOidRequest"),
        );
    }
    thread
}

pub unsafe extern "win64" fn KeWaitForSingleObject(
    object: PVOID,
    _reason: i32,
    _mode: i8,
    _alertable: BOOLEAN,
    timeout: *const i64,
) -> NTSTATUS {
    // SAFETY: the driver passes an object it keeps alive and a valid timeout or null.
    unsafe {
        let deadline = deadline(timeout);
        let thread = enter_wait("KeWaitForSingleObject", deadline);
        wait(thread, object.cast(), deadline)
    }
}

/// Waits for one object.
///
/// # Safety
/// `object` is an object that can be waited for.
pub unsafe fn wait(
    thread: &Thread,
    object: *mut DISPATCHER_HEADER,
    deadline: Option<u64>,
) -> NTSTATUS {
    // SAFETY: as the function's.
    unsafe {
        expect_object(&*object);
        loop {
            if try_take(thread, object) {
                if (*object).Type.load(Ordering::Relaxed) == kind::MUTANT {
                    locks::note_order(thread, object as usize);
                }
                return STATUS_SUCCESS;
            }
            if deadline.is_some_and(|d| d <= clock::nanoseconds()) {
                return STATUS_TIMEOUT;
            }
            park(thread, object as usize, deadline, || {
                (*object).SignalState.load(Ordering::SeqCst) <= 0
            });
        }
    }
}

/// Parks the thread, which rests meanwhile when it has no deadline.
fn park(thread: &Thread, key: usize, deadline: Option<u64>, still: impl FnOnce() -> bool) {
    thread.rests.store(deadline.is_none(), Ordering::Relaxed);
    sched::park(key, deadline, still);
    thread.rests.store(false, Ordering::Relaxed);
}

fn expect_object(header: &DISPATCHER_HEADER) {
    let words = match header.Type.load(Ordering::Relaxed) {
        kind::NOTIFICATION_EVENT | kind::SYNCHRONIZATION_EVENT | kind::THREAD => EVENT_WORDS,
        kind::SEMAPHORE => SEMAPHORE_WORDS,
        kind::MUTANT => MUTANT_WORDS,
        kind::NOTIFICATION_TIMER | kind::SYNCHRONIZATION_TIMER => TIMER_WORDS,
        _ => 0,
    };
    if words == 0 || words != header.Size.load(Ordering::Relaxed) {
        violation(
            "KE-WAIT-OBJECT",
            "a wait for something that cannot be waited for",
        );
    }
}

pub unsafe extern "win64" fn KeWaitForMultipleObjects(
    count: u32,
    objects: *const *mut DISPATCHER_HEADER,
    wait_type: i32,
    _reason: i32,
    _mode: i8,
    _alertable: BOOLEAN,
    timeout: *const i64,
    _blocks: PVOID,
) -> NTSTATUS {
    const WAIT_ALL: i32 = 0;
    // SAFETY: the driver passes `count` objects it keeps alive and a valid timeout or null.
    unsafe {
        let deadline = deadline(timeout);
        let thread = enter_wait("KeWaitForMultipleObjects", deadline);
        let objects = std::slice::from_raw_parts(objects, count as usize);
        objects.iter().for_each(|&o| expect_object(&*o));
        let _waiter = sched::ManyWaiter::new();
        loop {
            let ready = |o: &&*mut DISPATCHER_HEADER| (***o).SignalState.load(Ordering::SeqCst) > 0;
            if wait_type == WAIT_ALL {
                if objects.iter().all(|o| ready(&o)) {
                    // Somebody may take one of them between the look and here; then it is
                    // waited for alone, which keeps the others taken: no lost signal.
                    for &object in objects {
                        if !try_take(thread, object) {
                            wait(thread, object, None);
                        }
                    }
                    return STATUS_SUCCESS;
                }
            } else if let Some(at) = objects.iter().position(|&o| try_take(thread, o)) {
                return at as NTSTATUS;
            }
            if deadline.is_some_and(|d| d <= clock::nanoseconds()) {
                return STATUS_TIMEOUT;
            }
            park(thread, sched::many_key(), deadline, || match wait_type {
                WAIT_ALL => !objects.iter().all(|o| ready(&o)),
                _ => !objects.iter().any(|o| ready(&o)),
            });
        }
    }
}

pub unsafe extern "win64" fn KeDelayExecutionThread(
    _mode: i8,
    _alertable: BOOLEAN,
    interval: *const i64,
) -> NTSTATUS {
    let _ = enter_wait("KeDelayExecutionThread", None);
    // SAFETY: the driver passes a valid interval.
    let until = clock::deadline(unsafe { *interval });
    sched::sleep_until(until);
    STATUS_SUCCESS
}
