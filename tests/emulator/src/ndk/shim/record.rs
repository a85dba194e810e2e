//! What the OS knows of one NDK object.

use crate::sync::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};

use softrnic::sys::*;

use super::ledger::Ledger;
use super::tables;
use crate::Machine;
use crate::bridge::aside;
use crate::image::is_target;
use crate::pool::PoolMode;
use crate::verifier::violation;

/// NDK-ABI-02.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(in crate::ndk) enum Kind {
    Adapter = NdkObjectTypeAdapter,
    Qp = NdkObjectTypeQp,
    Cq = NdkObjectTypeCq,
    Mr = NdkObjectTypeMr,
    Mw = NdkObjectTypeMw,
    Pd = NdkObjectTypePd,
    SharedEndpoint = NdkObjectTypeSharedEndpoint,
    Connector = NdkObjectTypeConnector,
    Listener = NdkObjectTypeListener,
    Srq = NdkObjectTypeSrq,
}

const MAGIC: u64 = 0x4E44_4B4F_424A_4543;
/// The other reserved words, from the first.
const CANARY: usize = 0x0DD0_F00D_CAFE_BABE;
/// Records of closed objects kept before their memory is used again.
const QUARANTINE: usize = 4096;

const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CLOSED: u8 = 2;

/// One object. Records are leaked and recycled through a quarantine, so a reference stays valid.
pub(in crate::ndk) struct Record {
    magic: u64,
    pub(super) kind: Kind,
    pub(super) machine: &'static Machine,
    pub(super) checked: bool,
    pub(super) object: AtomicUsize,
    /// The provider's table.
    dispatch: AtomicUsize,
    life: AtomicU8,
    parents: Mutex<Vec<&'static Record>>,
    /// Successors that are open.
    children: AtomicU32,
    /// Successors whose close call is executing.
    closing_children: AtomicU32,
    /// Requests that pend.
    requests: AtomicU32,
    /// Event callbacks that are executing.
    events: AtomicU32,
    /// The consumer's event callback and context (notification, connect event); of a QP the context alone.
    pub(super) callback: AtomicUsize,
    pub(super) context: AtomicPtr<c_void>,
    /// A connector's disconnect event.
    pub(super) disconnect: AtomicUsize,
    pub(super) disconnect_context: AtomicPtr<c_void>,
    pub(super) disconnected: AtomicBool,
    /// A CQ's arms and notifications.
    pub(super) arms: AtomicU64,
    pub(super) notified: AtomicU64,
    pub(super) notifying: AtomicBool,
    /// A QP's completion queues and what was posted to it.
    pub(super) receive_cq: AtomicUsize,
    pub(super) initiator_cq: AtomicUsize,
    pub(super) ledger: Mutex<Ledger>,
}

/// A slot of a table: NDK-VER-05 was looked at when the object was made.
#[inline]
pub(super) fn filled<F>(slot: Option<F>) -> F {
    match slot {
        Some(function) => function,
        None => aside(|| panic!("the slot was seen to be filled")),
    }
}

static CLOSED_RECORDS: Mutex<VecDeque<usize>> = Mutex::new(VecDeque::new());

impl Record {
    /// A record for an object that is about to be created below `parents`.
    pub(in crate::ndk) fn new(
        machine: &'static Machine,
        kind: Kind,
        parents: &[&'static Self],
    ) -> &'static Self {
        Box::leak(Box::new(Self {
            magic: MAGIC,
            kind,
            machine,
            checked: machine.options.pool == PoolMode::Special,
            object: AtomicUsize::new(0),
            dispatch: AtomicUsize::new(0),
            life: AtomicU8::new(OPEN),
            parents: Mutex::new(parents.to_vec()),
            children: AtomicU32::new(0),
            closing_children: AtomicU32::new(0),
            requests: AtomicU32::new(0),
            events: AtomicU32::new(0),
            callback: AtomicUsize::new(0),
            context: AtomicPtr::default(),
            disconnect: AtomicUsize::new(0),
            disconnect_context: AtomicPtr::default(),
            disconnected: AtomicBool::new(false),
            arms: AtomicU64::new(0),
            notified: AtomicU64::new(0),
            notifying: AtomicBool::new(false),
            receive_cq: AtomicUsize::new(0),
            initiator_cq: AtomicUsize::new(0),
            ledger: Mutex::default(),
        }))
    }

    /// The record as a provider's callback brings it back.
    #[inline]
    pub(super) fn from_context(context: PVOID, what: &str) -> &'static Self {
        let place = context.cast::<Self>();
        // SAFETY: contexts given to the provider are records, which are never unmapped.
        if place.is_null() || unsafe { (*place).magic } != MAGIC {
            aside(move || {
                let text = format!("{what} with a context that was not given");
                violation("NDK-IRQL-08", &text)
            });
        }
        // SAFETY: as above.
        unsafe { &*place }
    }

    pub(super) fn as_context(&'static self) -> PVOID {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// The record of an object a consumer passes, which is of one kind.
    #[inline]
    pub(super) fn of(object: *mut NDK_OBJECT_HEADER, kind: Kind, call: &str) -> &'static Self {
        let record = Self::of_any(object, call);
        if record.kind != kind {
            aside(move || violation("NDK-LIFE-20", &format!("{call} on a {:?}", record.kind)));
        }
        record
    }

    /// The record of an object a consumer passes. NDK-LIFE-02: the reserved words are the OS's.
    #[inline]
    pub(super) fn of_any(object: *mut NDK_OBJECT_HEADER, call: &str) -> &'static Self {
        // SAFETY: consumers pass live objects.
        let header = unsafe { &*object };
        let [context, rest @ ..] = header.NdkReserved.rf;
        let mut changed = 0;
        for (n, word) in rest.into_iter().enumerate() {
            changed |= word as usize ^ context as usize ^ CANARY.wrapping_add(n);
        }
        if changed != 0 {
            aside(move || {
                let text = format!("{call}: NdkReserved of the object was changed");
                violation("NDK-LIFE-02", &text)
            });
        }
        let record = Self::from_context(context, call);
        if record.life.load(Ordering::Acquire) == CLOSED {
            aside(move || {
                let text = format!("{call} on a {:?} that is closed", record.kind);
                violation("NDK-LIFE-20", &text)
            });
        }
        record
    }

    /// Takes a fresh object over: checks its header and table, and puts the OS's own in.
    /// NDK-LIFE-01, NDK-LIFE-04, NDK-LIFE-27, NDK-VER-05.
    pub(in crate::ndk) fn adopt(&'static self, object: *mut NDK_OBJECT_HEADER) {
        if object.is_null() {
            violation(
                "NDK-LIFE-07",
                &format!("a {:?} was created and the pointer is null", self.kind),
            );
        }
        // SAFETY: the create succeeded, so this is a live object: the header, then the table.
        unsafe {
            let header = &mut *object;
            if header.ObjectType != self.kind as i32 || header.Version.Major == 0 {
                violation(
                    "NDK-LIFE-01",
                    &format!(
                        "a new {:?} has type {} in its header",
                        self.kind, header.ObjectType
                    ),
                );
            }
            if header.NdkReserved.rf.iter().any(|word| !word.is_null()) {
                violation(
                    "NDK-LIFE-01",
                    &format!("a new {:?} has NdkReserved that is not zero", self.kind),
                );
            }
            let place = object.add(1).cast::<usize>();
            self.check_slots(*place);
            self.dispatch.store(*place, Ordering::Release);
            place.write(tables::of(self.kind));
            let first = std::ptr::from_ref(self) as usize;
            header.NdkReserved.rf[0] = first as PVOID;
            for (n, word) in header.NdkReserved.rf[1..].iter_mut().enumerate() {
                *word = (first ^ CANARY.wrapping_add(n)) as PVOID;
            }
        }
        self.object.store(object as usize, Ordering::Release);
        for parent in self.parents.lock().iter() {
            parent.children.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// NDK-VER-05, NDK-LIFE-27: every slot of the table is filled, and with a function that may be called.
    ///
    /// # Safety
    /// `dispatch` is the address of the provider's table for this kind.
    unsafe fn check_slots(&self, dispatch: usize) {
        if dispatch == 0 {
            violation(
                "NDK-LIFE-01",
                &format!("a new {:?} has no dispatch table", self.kind),
            );
        }
        for slot in 0..tables::slots(self.kind) {
            // SAFETY: the table has that many entries.
            let function = unsafe { *(dispatch as *const usize).add(slot) };
            if function == 0 {
                violation(
                    "NDK-VER-05",
                    &format!("slot {slot} of the {:?} table is null", self.kind),
                );
            }
            // The OS's calls down are guarded.
            if !is_target(function) {
                violation(
                    "NDK-LIFE-27",
                    &format!("slot {slot} of the {:?} table is no call target", self.kind),
                );
            }
        }
    }

    /// The provider's table.
    #[inline]
    pub(super) fn provider<T>(&self) -> &'static T {
        // SAFETY: stored by `adopt` from the object; the caller asks for the table of its kind.
        unsafe { &*(self.dispatch.load(Ordering::Acquire) as *const T) }
    }

    /// The adapter above a listener.
    pub(super) fn adapter(&self) -> &'static Self {
        let parents = self.parents.lock();
        match parents.first() {
            Some(first) => first,
            None => violation(
                "NDK-LIFE-16",
                &format!("an event for a {:?} that is closed", self.kind),
            ),
        }
    }

    /// Another antecedent, from a later call (a connector's QP).
    pub(super) fn add_parent(&'static self, parent: &'static Self) {
        parent.children.fetch_add(1, Ordering::AcqRel);
        self.parents.lock().push(parent);
    }

    /// Takes an antecedent away again: the call that added it failed.
    pub(super) fn remove_parent(&'static self, parent: &'static Self) {
        let mut parents = self.parents.lock();
        if let Some(at) = parents
            .iter()
            .rposition(|other| std::ptr::eq(*other, parent))
        {
            parents.remove(at);
            parent.children.fetch_sub(1, Ordering::AcqRel);
        }
    }

    pub(super) fn request_begins(&self) {
        self.requests.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn request_ends(&self) {
        self.requests.fetch_sub(1, Ordering::AcqRel);
    }

    /// An event callback begins: NDK-LIFE-16.
    #[inline]
    pub(super) fn event_begins(&self, what: &str) {
        self.events.fetch_add(1, Ordering::AcqRel);
        if self.life.load(Ordering::Acquire) == CLOSED {
            aside(move || {
                let text = format!("{what} for a {:?} whose close has completed", self.kind);
                violation("NDK-LIFE-16", &text)
            });
        }
    }

    #[inline]
    pub(super) fn event_ends(&self) {
        self.events.fetch_sub(1, Ordering::AcqRel);
    }

    /// The consumer calls close.
    pub(super) fn close_begins(&self) {
        if self.life.swap(CLOSING, Ordering::AcqRel) != OPEN {
            violation("NDK-LIFE-20", &format!("a {:?} is closed twice", self.kind));
        }
        for parent in self.parents.lock().iter() {
            parent.closing_children.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The close call returned.
    pub(super) fn close_returned(&self) {
        for parent in self.parents.lock().iter() {
            parent.closing_children.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// The close completes: NDK-LIFE-15, NDK-LIFE-17, NDK-LIFE-18.
    pub(super) fn close_completes(&self) {
        let kind = self.kind;
        let children = self.children.load(Ordering::Acquire);
        if children > self.closing_children.load(Ordering::Acquire) {
            violation(
                "NDK-LIFE-17",
                &format!("close of a {kind:?} completed with {children} successor(s) open"),
            );
        }
        if self.requests.load(Ordering::Acquire) != 0 {
            violation(
                "NDK-LIFE-15",
                &format!("close of a {kind:?} completed with a request that pends"),
            );
        }
        if self.events.load(Ordering::Acquire) != 0 {
            violation(
                "NDK-LIFE-15",
                &format!("close of a {kind:?} completed while an event callback is executing"),
            );
        }
        self.life.store(CLOSED, Ordering::Release);
    }

    /// The close is through and its callback has returned: antecedents may follow.
    pub(super) fn gone(&'static self) {
        let parents = std::mem::take(&mut *self.parents.lock());
        for parent in parents {
            parent.children.fetch_sub(1, Ordering::AcqRel);
        }
        let mut closed = CLOSED_RECORDS.lock();
        closed.push_back(std::ptr::from_ref(self) as usize);
        if closed.len() > QUARANTINE
            && let Some(oldest) = closed.pop_front()
        {
            // SAFETY: leaked by `new`, closed long ago, and in the queue once.
            drop(unsafe { Box::from_raw(oldest as *mut Self) });
        }
    }

    /// The blocking close of an adapter returned: NDK-LIFE-21.
    pub(in crate::ndk) fn adapter_closed(&'static self) {
        let open = self.children.load(Ordering::Acquire);
        if open != 0 {
            violation(
                "NDK-LIFE-21",
                &format!("the close of an adapter returned with {open} object(s) open below it"),
            );
        }
        self.life.store(CLOSED, Ordering::Release);
        self.gone();
    }
}
