//! Requests that may pend: the OS stands between the provider's completion and the consumer's.
//! NDK-LIFE-05..10: exactly one completion for each PENDING, none for anything else.

use crate::sync::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use softrnic::sys::*;

use super::callback::consumer;
use super::record::Record;
use crate::bridge;
use crate::verifier::violation;

const MAGIC: u64 = 0x4E44_4B50_454E_4447;
/// Left in the out-parameter of a create.
const POISON: usize = 0x6B6B_6B6B_6B6B_6B6B;
const QUARANTINE: usize = 4096;

const CALLED: u8 = 0;
const COMPLETED: u8 = 1;
/// Returned something else than PENDING: no completion is due.
const INLINE: u8 = 2;

/// One call with a completion.
struct Pending {
    magic: u64,
    call: &'static str,
    state: AtomicU8,
    /// The object the request is on; the new one for a create.
    on: &'static Record,
    created: Option<&'static Record>,
    completion: usize,
    context: PVOID,
    out: AtomicUsize,
    /// Antecedents from this call: none when the request fails.
    undo: Vec<&'static Record>,
}

static DONE: Mutex<VecDeque<usize>> = Mutex::new(VecDeque::new());

impl Pending {
    fn new(
        call: &'static str,
        on: &'static Record,
        completion: usize,
        context: PVOID,
    ) -> Box<Self> {
        Box::new(Self {
            magic: MAGIC,
            call,
            state: AtomicU8::new(CALLED),
            on,
            created: None,
            completion,
            context,
            out: AtomicUsize::new(POISON),
            undo: Vec::new(),
        })
    }

    /// The provider completes: the one and only time.
    fn complete(context: PVOID, what: &str) -> &'static Self {
        let place = context.cast::<Self>();
        // SAFETY: contexts given to the provider are leaked and quarantined.
        if place.is_null() || unsafe { (*place).magic } != MAGIC {
            violation(
                "NDK-IRQL-08",
                &format!("{what} with a context that was not given, or long done"),
            );
        }
        // SAFETY: as above.
        let pending = unsafe { &*place };
        match pending.state.swap(COMPLETED, Ordering::AcqRel) {
            CALLED => pending,
            COMPLETED => violation(
                "NDK-LIFE-08",
                &format!("{} was completed twice", pending.call),
            ),
            _ => violation(
                "NDK-LIFE-08",
                &format!("{} was completed after it returned inline", pending.call),
            ),
        }
    }

    /// The call returned `status`, which is not PENDING.
    fn returned_inline(&self, status: NTSTATUS) {
        if self.state.swap(INLINE, Ordering::AcqRel) != CALLED {
            violation(
                "NDK-LIFE-08",
                &format!(
                    "{} was completed and returned {status:#x}, not PENDING",
                    self.call
                ),
            );
        }
    }

    /// Keeps the record for a while, so that a late completion is seen.
    fn retire(&'static self) {
        let mut done = DONE.lock();
        done.push_back(std::ptr::from_ref(self) as usize);
        if done.len() > QUARANTINE
            && let Some(oldest) = done.pop_front()
        {
            // SAFETY: leaked by a call below, done long ago, and in the queue once.
            unsafe {
                (*(oldest as *mut Self)).magic = 0;
                drop(Box::from_raw(oldest as *mut Self));
            }
        }
    }

    fn undo(&self) {
        for parent in &self.undo {
            self.on.remove_parent(parent);
        }
    }
}

fn address<T>(function: Option<T>) -> usize {
    // SAFETY: an `Option` of a function pointer is as large as a pointer; null is `None`.
    function.map_or(0, |function| unsafe {
        std::mem::transmute_copy::<T, usize>(&function)
    })
}

/// A call that creates `child`. `call` gets the completion, context and out-parameter for the provider.
pub(super) fn create<O>(
    name: &'static str,
    parent: &'static Record,
    child: &'static Record,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut O,
    call: impl FnOnce(NDK_FN_CREATE_COMPLETION, PVOID, *mut *mut O) -> NTSTATUS,
) -> NTSTATUS {
    let mut pending = Pending::new(name, parent, address(completion), context);
    pending.created = Some(child);
    let pending: &'static Pending = Box::leak(pending);
    parent.request_begins();
    let (given, place) = (
        std::ptr::from_ref(pending).cast_mut().cast(),
        pending.out.as_ptr(),
    );
    let status = bridge::call_down(name, || call(Some(created), given, place.cast()));
    let written = pending.out.load(Ordering::Acquire);
    if status == STATUS_PENDING {
        // NDK-LIFE-06: the object travels only through the callback.
        if written != POISON {
            violation(
                "NDK-LIFE-06",
                &format!("{name} returned PENDING and wrote the out-parameter"),
            );
        }
        return status;
    }
    pending.returned_inline(status);
    if status == STATUS_SUCCESS {
        if written == POISON {
            violation(
                "NDK-LIFE-07",
                &format!("{name} returned success without an object"),
            );
        }
        child.adopt(written as *mut NDK_OBJECT_HEADER);
        // SAFETY: the consumer's out-parameter.
        unsafe { out.write(written as *mut O) };
    }
    parent.request_ends();
    pending.retire();
    status
}

unsafe extern "win64" fn created(context: PVOID, status: NTSTATUS, object: *mut NDK_OBJECT_HEADER) {
    let pending = Pending::complete(context, "NdkCreateCompletion");
    if status == STATUS_PENDING {
        violation(
            "NDK-LIFE-05",
            &format!("{} was completed with PENDING", pending.call),
        );
    }
    if pending.out.load(Ordering::Acquire) != POISON {
        violation(
            "NDK-LIFE-06",
            &format!("{} pended and wrote the out-parameter", pending.call),
        );
    }
    if status == STATUS_SUCCESS
        && let Some(child) = pending.created
    {
        child.adopt(object);
    }
    consumer("NdkCreateCompletion", || {
        // SAFETY: the consumer's callback for this call.
        unsafe {
            let completion: unsafe extern "win64" fn(PVOID, NTSTATUS, *mut NDK_OBJECT_HEADER) =
                std::mem::transmute(pending.completion);
            completion(pending.context, status, object);
        }
    });
    pending.on.request_ends();
    pending.retire();
}

/// A request on `on`. `call` gets the completion and context for the provider.
pub(super) fn request(
    name: &'static str,
    on: &'static Record,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
    call: impl FnOnce(NDK_FN_REQUEST_COMPLETION, PVOID) -> NTSTATUS,
) -> NTSTATUS {
    request_with(name, on, &[], completion, context, call)
}

/// As [`request`], for one that makes `on` a successor of `parents`, unless it fails.
pub(super) fn request_with(
    name: &'static str,
    on: &'static Record,
    parents: &[&'static Record],
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
    call: impl FnOnce(NDK_FN_REQUEST_COMPLETION, PVOID) -> NTSTATUS,
) -> NTSTATUS {
    let mut pending = Pending::new(name, on, address(completion), context);
    for parent in parents {
        on.add_parent(parent);
    }
    pending.undo = parents.to_vec();
    let pending: &'static Pending = Box::leak(pending);
    on.request_begins();
    let given = std::ptr::from_ref(pending).cast_mut().cast();
    let status = bridge::call_down(name, || call(Some(requested), given));
    if status == STATUS_PENDING {
        return status;
    }
    pending.returned_inline(status);
    if status < 0 {
        pending.undo();
    }
    on.request_ends();
    pending.retire();
    status
}

unsafe extern "win64" fn requested(context: PVOID, status: NTSTATUS) {
    let pending = Pending::complete(context, "NdkRequestCompletion");
    if status == STATUS_PENDING {
        violation(
            "NDK-LIFE-08",
            &format!("{} was completed with PENDING", pending.call),
        );
    }
    if status < 0 {
        pending.undo();
    }
    consumer("NdkRequestCompletion", || {
        // SAFETY: the consumer's callback for this call.
        unsafe {
            let completion: unsafe extern "win64" fn(PVOID, NTSTATUS) =
                std::mem::transmute(pending.completion);
            completion(pending.context, status);
        }
    });
    pending.on.request_ends();
    pending.retire();
}

/// The close of `on`: NDK-LIFE-12, NDK-LIFE-14..18.
pub(super) fn close(
    name: &'static str,
    on: &'static Record,
    completion: NDK_FN_CLOSE_COMPLETION,
    context: PVOID,
    call: impl FnOnce(NDK_FN_CLOSE_COMPLETION, PVOID) -> NTSTATUS,
) -> NTSTATUS {
    let pending: &'static Pending = Box::leak(Pending::new(name, on, address(completion), context));
    on.close_begins();
    let given = std::ptr::from_ref(pending).cast_mut().cast();
    let status = bridge::call_down(name, || call(Some(closed), given));
    on.close_returned();
    match status {
        STATUS_PENDING => {}
        STATUS_SUCCESS => {
            pending.returned_inline(status);
            on.close_completes();
            on.gone();
            pending.retire();
        }
        other => violation(
            "NDK-LIFE-12",
            &format!("{name} returned {other:#x}: close cannot fail"),
        ),
    }
    status
}

unsafe extern "win64" fn closed(context: PVOID) {
    let pending = Pending::complete(context, "NdkCloseCompletion");
    pending.on.close_completes();
    consumer("NdkCloseCompletion", || {
        // SAFETY: the consumer's callback for this call; null is no callback.
        unsafe {
            if let Some(completion) = std::mem::transmute::<
                usize,
                Option<unsafe extern "win64" fn(PVOID)>,
            >(pending.completion)
            {
                completion(pending.context);
            }
        }
    });
    pending.on.gone();
    pending.retire();
}
