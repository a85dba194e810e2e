//! The shape and the life of every NDK object.
//!
//! An object is what the consumer sees (header and dispatch pointer), a [`Gate`] that counts who
//! uses it, and what its kind holds. Everyone inside has a [`Hold`]: the consumer until it closes,
//! each successor (NDK-LIFE-17), each pending request until its callback returned, each event
//! callback in progress (NDK-LIFE-15), the transport while it may still call up. Close stops the
//! gate; whoever leaves last ends the object: its close completion, then its memory, which lets go
//! of its antecedents (so NDK-LIFE-18).
//!
//! Promises: close allocates nothing (NDK-LIFE-13); a close completion that was pended is called
//! from the adapter's [`Reaper`] and from nowhere else, with no lock held, so that chains of closes
//! never grow a stack (NDK-LIFE-26). What else a close brings to an end on the closer's stack is
//! answered from there as well ([`Hold::answer_later`]).

use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::ops::Deref;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, Ordering};

use super::dispatch::CloseCompletion;
use super::version::Version;
use crate::nt::{Box, Dpc, Ref, SpinLock, Status, Tag};
use crate::sync::{Gate, Last};
use crate::sys::{
    NDK_OBJECT_HEADER, NDK_OBJECT_HEADER_RESERVED_BLOCK, NDK_OBJECT_TYPE, NDK_VERSION,
};

/// How one kind of NDK object looks to the consumer; told by its dispatch module.
pub(super) trait Face: Sized + 'static {
    /// The header's object type (NDK-ABI-02).
    const TYPE: NDK_OBJECT_TYPE;
    /// The dispatch table of this kind.
    type Dispatch: Sync + 'static;
    /// The table the object is born with.
    const TABLE: &'static Self::Dispatch;
}

/// How one kind of NDK object lives; told by its own module.
pub(super) trait Kind: Face + Send + Sync {
    /// Where a pended close is completed; `None` for the adapter, whose close blocks instead.
    fn reaper(&self) -> Option<&Ref<Reaper>>;

    /// NDK-LIFE-14: starts the cancelling of everything pending. Called once, at close, with the
    /// gate stopped: no new event enters. `object` stays alive for the call.
    fn closing(object: &Hold<Self>) {
        let _ = object;
    }

    /// Everybody has left, and the consumer is not told yet: what it may count on once it is.
    fn ended(&self) {}

    /// Answers the request that was put off with [`Hold::answer_later`], in the adapter's DPC. The
    /// object stays alive for the call.
    fn answer(&self) {}

    /// Everybody has left an object without a reaper. The object may be gone when this returns.
    fn emptied(&self) {}
}

/// The part the consumer and the operating system read and write.
#[repr(C)]
struct Visible {
    header: NDK_OBJECT_HEADER,
    /// NDK-LIFE-03: written once, never read by us.
    dispatch: *const c_void,
}

/// What all kinds have in common; the start of every [`Object`].
#[repr(C)]
struct Common {
    visible: UnsafeCell<Visible>,
    gate: Gate,
    /// Written by close before the gate stops, taken by whoever ends the object.
    completion: UnsafeCell<Option<CloseCompletion>>,
    /// The link in the reaper's list; owned by it.
    next: UnsafeCell<*mut Common>,
    /// In that list for an answer; nobody has left, so not for its end as well.
    answering: AtomicBool,
    /// What the reaper calls: [`reaped`] of its kind.
    reaped: unsafe fn(NonNull<Common>),
}

/// An NDK object of kind `T`.
///
/// # Invariants
/// Made by [`Object::create`] only, so it lives in a [`Box`] until [`end`].
#[repr(C)]
pub(super) struct Object<T: Kind> {
    common: Common,
    kind: T,
}

// SAFETY: the visible part is the consumer's after creation and not touched by us; `completion` and
// `next` have one owner at a time (see their fields); the rest is `Sync` by itself.
unsafe impl<T: Kind> Sync for Object<T> {}
// SAFETY: as above; nothing is bound to a thread.
unsafe impl<T: Kind> Send for Object<T> {}

/// An object that was made and not yet given to the consumer. Dropped, it is closed.
pub(super) struct Open<T: Kind>(Hold<T>);

/// A counted use of an object: it cannot end while this lives.
pub(super) struct Hold<T: Kind>(NonNull<Object<T>>);

// SAFETY: a hold only gives `&T`, and `T: Sync`; leaving is possible on any thread.
unsafe impl<T: Kind> Send for Hold<T> {}
// SAFETY: as above.
unsafe impl<T: Kind> Sync for Hold<T> {}

impl<T: Kind> Object<T> {
    /// Makes an object that speaks `version`.
    ///
    /// NDK-LIFE-01: the header and the dispatch pointer are whole before anyone sees the object.
    pub(super) fn create(version: Version, kind: T) -> Result<Open<T>, Status> {
        let dispatch: *const T::Dispatch = T::TABLE;
        let object = Box::try_new(
            Tag::OBJECT,
            Self {
                common: Common {
                    visible: UnsafeCell::new(Visible {
                        header: NDK_OBJECT_HEADER {
                            // NDK-LIFE-04: the highest minor, not the asked one.
                            Version: NDK_VERSION {
                                Major: version.major,
                                Minor: version.minor,
                            },
                            ObjectType: T::TYPE,
                            NdkReserved: NDK_OBJECT_HEADER_RESERVED_BLOCK {
                                rf: [ptr::null_mut(); 4],
                            },
                        },
                        dispatch: dispatch.cast(),
                    }),
                    gate: Gate::new(),
                    completion: UnsafeCell::new(None),
                    next: UnsafeCell::new(ptr::null_mut()),
                    answering: AtomicBool::new(false),
                    reaped: reaped::<T>,
                },
                kind,
            },
        )?;
        // The consumer's own hold, which its close gives back.
        let entered = object.common.gate.enter();
        debug_assert!(entered, "nobody has stopped a new gate");
        Ok(Open(Hold(object.leak())))
    }
}

impl<T: Kind> Open<T> {
    /// Gives the object to the consumer: what the out-parameter gets.
    pub(super) fn into_raw<R>(self) -> *mut R {
        let raw = self.0.0.as_ptr().cast();
        core::mem::forget(self);
        raw
    }

    /// Another hold, for a part of the provider that needs the object.
    pub(super) fn hold(&self) -> Hold<T> {
        self.0.clone()
    }
}

impl<T: Kind> Deref for Open<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Kind> Hold<T> {
    /// Enters the object behind a consumer's pointer; `None` once it is being closed.
    ///
    /// # Safety
    /// `raw` is an object of kind `T` that the consumer has not closed, or is closing in this call.
    pub(super) unsafe fn from_raw<R>(raw: *mut R) -> Option<Self> {
        let object = NonNull::new(raw.cast::<Object<T>>())?;
        // SAFETY: the caller's promise; all objects are made by `Object::create`.
        let entered = unsafe { object.as_ref() }.common.gate.enter();
        // A hold that was not entered must never exist: dropping it would leave.
        if entered { Some(Self(object)) } else { None }
    }

    /// A second hold if the object is not being closed: for an event that is about to call up.
    pub(super) fn enter(&self) -> Option<Self> {
        if self.common().gate.enter() {
            Some(Self(self.0))
        } else {
            None
        }
    }

    /// Has [`Kind::answer`] called, soon and not on this stack: a close and whatever else frees memory
    /// may happen anywhere, and a chain of answers must not grow a stack (NDK-IRQL-05, NDK-LIFE-26).
    pub(super) fn answer_later(self) {
        // A second before the first was called: one call sees both.
        if self.common().answering.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(reaper) = self.reaper().cloned() {
            let object = self.0;
            // Taken back by `reaped`.
            core::mem::forget(self);
            Reaper::push(reaper, object.cast());
        }
    }

    fn common(&self) -> &Common {
        // SAFETY: the hold keeps the object.
        unsafe { &self.0.as_ref().common }
    }
}

impl<T: Kind> Clone for Hold<T> {
    fn clone(&self) -> Self {
        // A hold counts already, so this succeeds even when the gate is stopped.
        self.common().gate.hold();
        Self(self.0)
    }
}

impl<T: Kind> Deref for Hold<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the hold keeps the object.
        unsafe { &self.0.as_ref().kind }
    }
}

impl<T: Kind> PartialEq for Hold<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Kind> Drop for Hold<T> {
    fn drop(&mut self) {
        if let Some(last) = self.common().gate.leave() {
            last_out::<T>(self.0, last);
        }
    }
}

impl<T: Kind> Drop for Open<T> {
    fn drop(&mut self) {
        // The hold is inside, so the stop is not the last out; its leaving may be.
        let _: Option<Last> = self.0.common().gate.stop();
        T::closing(&self.0);
    }
}

/// The object behind a consumer's pointer, for one call that cannot close it.
///
/// # Safety
/// `raw` is an open object of kind `T`, and stays open for `'a` (NDK-LIFE-11).
pub(super) unsafe fn borrow<'a, T: Kind, R>(raw: *mut R) -> Option<&'a T> {
    // SAFETY: the caller's promise; all objects are made by `Object::create`.
    NonNull::new(raw.cast::<Object<T>>()).map(|object| unsafe { &object.as_ref().kind })
}

/// What kind of object a consumer's pointer is, as its header says; `None` for null.
///
/// # Safety
/// `raw` is null or an open object of any kind.
pub(super) unsafe fn type_of(raw: *mut NDK_OBJECT_HEADER) -> Option<NDK_OBJECT_TYPE> {
    let header = NonNull::new(raw)?;
    // SAFETY: the caller's promise. Nobody writes the type after creation (NDK-LIFE-01).
    Some(unsafe { (&raw const (*header.as_ptr()).ObjectType).read() })
}

/// Closes an object (`NDK_FN_CLOSE_OBJECT`).
///
/// NDK-LIFE-12: the answer is success, when the object is gone already, or pending. After pending,
/// `completion` is called exactly once, as the object's last callback (NDK-LIFE-16).
///
/// # Safety
/// `raw` is an open object of kind `T`, and this is its one close (NDK-LIFE-11, NDK-LIFE-20).
pub(super) unsafe fn close<T: Kind, R>(raw: *mut R, completion: CloseCompletion) -> Status {
    let Some(object) = NonNull::new(raw.cast::<Object<T>>()) else {
        return Status::SUCCESS;
    };
    // The consumer's own hold comes back.
    let hold = Hold(object);
    // SAFETY: written by the one close before the gate stops, read after the last one left.
    unsafe { *hold.common().completion.get() = Some(completion) };
    // The hold is inside, so the stop is not the last out.
    let _: Option<Last> = hold.common().gate.stop();
    T::closing(&hold);
    let last = hold.common().gate.leave();
    core::mem::forget(hold);
    if last.is_none() {
        return Status::PENDING;
    }
    // SAFETY: the gate said, once, that nobody is inside any more.
    let object = unsafe { Box::from_leaked(Tag::OBJECT, object) };
    object.kind.ended();
    drop(object);
    Status::SUCCESS
}

/// Closes an object without a reaper and calls `wait` for the others to leave it.
///
/// # Safety
/// As [`close`]; `wait` returns only after [`Kind::emptied`] was called.
pub(super) unsafe fn close_blocking<T: Kind, R>(raw: *mut R, wait: impl FnOnce(&T)) {
    let Some(object) = NonNull::new(raw.cast::<Object<T>>()) else {
        return;
    };
    // SAFETY: open until the end of this function.
    let shared = unsafe { object.as_ref() };
    // The consumer's own hold is inside, so the stop is not the last out.
    let _: Option<Last> = shared.common.gate.stop();
    if shared.common.gate.leave().is_none() {
        wait(&shared.kind);
    }
    // SAFETY: nobody is inside any more, and `emptied` was the last touch.
    drop(unsafe { Box::from_leaked(Tag::OBJECT, object) });
}

/// Everybody left a closed object, as `last` proves: hands it to its reaper.
fn last_out<T: Kind>(object: NonNull<Object<T>>, _last: Last) {
    // SAFETY: the caller is the only one left, so the object is there until it is ended.
    let shared = unsafe { object.as_ref() };
    match shared.kind.reaper() {
        Some(reaper) => Reaper::push(reaper.clone(), object.cast()),
        None => shared.kind.emptied(),
    }
}

/// What the reaper does with an object: answers its request, or ends it.
///
/// # Safety
/// `common` starts an `Object<T>` that was pushed, and this is the call for it.
unsafe fn reaped<T: Kind>(common: NonNull<Common>) {
    // SAFETY: alive: held for the answer, or not ended yet.
    if unsafe { common.as_ref() }
        .answering
        .swap(false, Ordering::AcqRel)
    {
        // The hold that `answer_later` gave to the list.
        Hold::<T>(common.cast()).answer();
    } else {
        // SAFETY: nobody holds it, so everybody left it; pushed once for that.
        unsafe { end::<T>(common) };
    }
}

/// Ends an object: its close completion, then its memory and its holds on antecedents.
///
/// # Safety
/// `common` starts an `Object<T>` that everybody left; called once.
unsafe fn end<T: Kind>(common: NonNull<Common>) {
    let object = common.cast::<Object<T>>();
    // SAFETY: nobody else is inside, so `completion` is ours.
    let completion = unsafe { (*common.as_ref().completion.get()).take() };
    // SAFETY: alive until the end of this function, and nobody else is inside.
    unsafe { object.as_ref() }.kind.ended();
    if let Some(completion) = completion {
        completion.complete();
    }
    // NDK-LIFE-18: the antecedents are let go only now, when the callback has returned.
    // SAFETY: made by `Object::create`, which boxed it.
    drop(unsafe { Box::from_leaked(Tag::OBJECT, object) });
}

/// Ends the objects of one adapter whose close was pended, and answers what was put off, one after
/// another, from a DPC.
pub(super) struct Reaper {
    queue: SpinLock<Queue>,
    dpc: Dpc<Self>,
}

/// Objects ended in one DPC; the rest wait for the next (NDK-CQ-31's reason holds here too).
const BATCH: usize = 64;

impl Reaper {
    pub(super) fn create() -> Result<Ref<Self>, Status> {
        let queue = SpinLock::new(Queue {
            head: ptr::null_mut(),
            tail: ptr::null_mut(),
        });
        Ref::try_new(Self {
            queue,
            dpc: Dpc::try_new(Self::run)?,
        })
    }

    fn push(reaper: Ref<Self>, common: NonNull<Common>) {
        reaper.queue.lock().push(common);
        // The object may be ended already, and the adapter with it: only the reference is used.
        reaper.dpc.queue(reaper.clone());
    }

    fn run(reaper: Ref<Self>) {
        for _ in 0..BATCH {
            let popped = reaper.queue.lock().pop();
            let Some(common) = popped else { return };
            // SAFETY: in the queue, so it is alive until this call.
            let reaped = unsafe { common.as_ref() }.reaped;
            // SAFETY: it is of the object's own kind, which was in the queue once.
            unsafe { reaped(common) };
        }
        reaper.dpc.queue(reaper.clone());
    }
}

/// Objects to end or to answer for, oldest first, linked through [`Common::next`].
struct Queue {
    head: *mut Common,
    tail: *mut Common,
}

// SAFETY: the queue owns the objects in it, or a hold of each.
unsafe impl Send for Queue {}

impl Queue {
    fn push(&mut self, common: NonNull<Common>) {
        // SAFETY: pushed once, so its link is ours.
        unsafe { *common.as_ref().next.get() = ptr::null_mut() };
        match NonNull::new(self.tail) {
            // SAFETY: in the queue, so its link is ours.
            Some(tail) => unsafe { *tail.as_ref().next.get() = common.as_ptr() },
            None => self.head = common.as_ptr(),
        }
        self.tail = common.as_ptr();
    }

    fn pop(&mut self) -> Option<NonNull<Common>> {
        let common = NonNull::new(self.head)?;
        // SAFETY: in the queue, so its link is ours.
        self.head = unsafe { *common.as_ref().next.get() };
        if self.head.is_null() {
            self.tail = ptr::null_mut();
        }
        Some(common)
    }
}
