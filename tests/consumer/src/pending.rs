//! Requests that may complete inline or through a completion callback.

use std::ffi::c_void;
use std::fmt;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use softrnic_emulator::sched;
use softrnic_emulator::sync::{Condvar, Mutex};

use crate::NtStatus;
use crate::abi::NDK_OBJECT_HEADER;

/// How long a wait lasts before it is called a hang: a minute, or in a simulation, where time costs nothing, more than all
/// the limits of the driver and of TCP together.
#[must_use]
pub fn patience() -> Duration {
    match sched::simulation() {
        None => Duration::from_secs(60),
        Some(_) => Duration::from_secs(1_200),
    }
}

/// What a completion callback delivered.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    status: NtStatus,
    object: *mut c_void,
}

// SAFETY: the pointer is an NDK object handle; NDK objects may be used from any thread.
unsafe impl Send for Outcome {}

/// What is to happen inside the completion callback.
struct Then(Box<dyn FnOnce(NtStatus) + Send>);

impl fmt::Debug for Then {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Then")
    }
}

/// The consumer's side of one pended call.
#[derive(Debug, Default)]
pub struct Pending {
    outcome: Mutex<Option<Outcome>>,
    done: Condvar,
    /// Changed with `outcome` held.
    then: Mutex<Option<Then>>,
}

impl Pending {
    fn finish(&self, status: NtStatus, object: *mut c_void) {
        let mut outcome = self.outcome.lock();
        assert!(outcome.is_none(), "NDK-LIFE-08: a request completed twice");
        *outcome = Some(Outcome { status, object });
        let then = self.then.lock().take();
        self.done.notify_all();
        drop(outcome);
        if let Some(Then(act)) = then {
            act(status);
        }
    }

    fn then(&self, act: Then) {
        let outcome = self.outcome.lock();
        match *outcome {
            Some(Outcome { status, .. }) => {
                drop(outcome);
                (act.0)(status);
            }
            None => *self.then.lock() = Some(act),
        }
    }

    fn wait(&self, limit: Duration) -> Option<Outcome> {
        let mut outcome = self.outcome.lock();
        self.done
            .wait_while_for(&mut outcome, |o| o.is_none(), limit);
        *outcome
    }
}

/// The close of an object that is dropped: waits for it, and sees that it succeeds.
///
/// Once the caller has failed, what it left undone may be what the close waits for. So nothing is closed then, and `kept`, with
/// which the provider may still call, is there until the process ends.
///
/// # Panics
/// When the close fails or is still pending after [`patience`].
pub(crate) fn close_dropped<K>(kept: K, close: impl FnOnce() -> Request) {
    if std::thread::panicking() {
        return std::mem::forget(kept);
    }
    let status = close().wait();
    assert!(
        status.is_success(),
        "NDK-LIFE-12: close failed with {status}"
    );
}

/// A call that was made: complete already, or pending.
#[derive(Debug)]
pub struct Request {
    call: &'static str,
    inline: Option<Outcome>,
    pending: Arc<Pending>,
}

impl Request {
    /// Makes a create call: `call` gets the completion context and the out-parameter.
    pub(crate) fn create(
        name: &'static str,
        call: impl FnOnce(*mut c_void, *mut *mut c_void) -> i32,
    ) -> Self {
        let mut object: *mut c_void = ptr::null_mut();
        Self::make(
            name,
            |context| NtStatus(call(context, &raw mut object)),
            ptr::null_mut,
        )
        .with_object(object)
    }

    /// Makes any other call that may pend.
    pub(crate) fn start(name: &'static str, call: impl FnOnce(*mut c_void) -> i32) -> Self {
        Self::make(name, |context| NtStatus(call(context)), ptr::null_mut)
    }

    fn make(
        name: &'static str,
        call: impl FnOnce(*mut c_void) -> NtStatus,
        object: impl FnOnce() -> *mut c_void,
    ) -> Self {
        let pending = Arc::new(Pending::default());
        let context = Arc::into_raw(pending.clone());
        let status = call(context.cast_mut().cast());
        let inline = (status != NtStatus::PENDING).then(|| {
            // SAFETY: the call did not pend, so no completion will take the reference given to it (NDK-LIFE-05, -08).
            drop(unsafe { Arc::from_raw(context) });
            Outcome {
                status,
                object: object(),
            }
        });
        Self {
            call: name,
            inline,
            pending,
        }
    }

    fn with_object(mut self, object: *mut c_void) -> Self {
        if let Some(inline) = &mut self.inline {
            inline.object = object;
        }
        self
    }

    /// What the call returned: its final status, or `STATUS_PENDING`.
    #[must_use]
    pub fn returned(&self) -> NtStatus {
        self.inline.map_or(NtStatus::PENDING, |o| o.status)
    }

    /// Whether the completion has not come yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.inline.is_none() && self.pending.wait(Duration::ZERO).is_none()
    }

    /// Waits up to `limit`; `None` when it is still pending then.
    #[must_use]
    pub fn wait_for(&self, limit: Duration) -> Option<NtStatus> {
        self.outcome(limit).map(|o| o.status)
    }

    /// Waits for the final status.
    ///
    /// # Panics
    /// When it is still pending after [`patience`].
    #[must_use]
    pub fn wait(&self) -> NtStatus {
        let limit = patience();
        self.wait_for(limit)
            .unwrap_or_else(|| panic!("{} is still pending after {limit:?}", self.call))
    }

    /// Has `act` called with the final status: inside the completion callback, or here when that has been.
    pub fn then(self, act: impl FnOnce(NtStatus) + Send + 'static) {
        match self.inline {
            Some(outcome) => act(outcome.status),
            None => self.pending.then(Then(Box::new(act))),
        }
    }

    /// Waits for the object of a create call.
    ///
    /// # Errors
    /// The status of the failed create.
    ///
    /// # Panics
    /// When it is still pending after [`patience`].
    pub fn object<T>(&self) -> Result<*mut T, NtStatus> {
        let limit = patience();
        let outcome = self
            .outcome(limit)
            .unwrap_or_else(|| panic!("{} is still pending after {limit:?}", self.call));
        outcome.status.ok()?;
        assert!(
            !outcome.object.is_null(),
            "{} succeeded without an object",
            self.call
        );
        Ok(outcome.object.cast())
    }

    fn outcome(&self, limit: Duration) -> Option<Outcome> {
        self.inline.or_else(|| self.pending.wait(limit))
    }
}

/// Takes back the reference that travelled through a pended call as its context.
fn take(context: *mut c_void) -> Arc<Pending> {
    // SAFETY: the context is the pointer `Request::make` gave to the call, and the provider completes a pended call
    // exactly once (NDK-LIFE-05, -08; the verifier watches it).
    unsafe { Arc::from_raw(context.cast_const().cast::<Pending>()) }
}

pub(crate) unsafe extern "win64" fn create_completion(
    context: *mut c_void,
    status: i32,
    object: *mut NDK_OBJECT_HEADER,
) {
    take(context).finish(NtStatus(status), object.cast());
}

pub(crate) unsafe extern "win64" fn request_completion(context: *mut c_void, status: i32) {
    take(context).finish(NtStatus(status), ptr::null_mut());
}

pub(crate) unsafe extern "win64" fn close_completion(context: *mut c_void) {
    take(context).finish(NtStatus::SUCCESS, ptr::null_mut());
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;

    fn called(before: bool, after: bool) -> [usize; 2] {
        let calls = Arc::new(AtomicUsize::new(0));
        let mut given = None;
        let request = Request::start("a call", |context| {
            given = Some(context);
            NtStatus::PENDING.0
        });
        let count = calls.clone();
        let act = move |status: NtStatus| {
            assert!(status.is_success());
            count.fetch_add(1, SeqCst);
        };
        let complete = || {
            // SAFETY: the context of the one pended call, given back once.
            unsafe { request_completion(given.expect("made"), NtStatus::SUCCESS.0) };
        };
        if before {
            complete();
        }
        request.then(act);
        let at_once = calls.load(SeqCst);
        if after {
            complete();
        }
        [at_once, calls.load(SeqCst)]
    }

    #[test]
    fn what_is_to_follow_a_request_follows_it_once() {
        assert_eq!(called(true, false), [1, 1]);
        assert_eq!(called(false, true), [0, 1]);
    }
}
