//! What the ends of a connection receive and are told: the events of the small client.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::abi::*;

type OnData = Box<dyn FnMut(&[u8]) + Send>;
pub(super) type Prepare = Box<dyn Fn(&Arc<Side>) + Send>;

/// What one end of a connection has received and been told.
#[derive(Default)]
pub(super) struct Side {
    pub(super) socket: AtomicUsize,
    state: Mutex<Told>,
    changed: Condvar,
    /// How the next receive events answer; empty: SUCCESS.
    pub(super) answers: Mutex<VecDeque<Answer>>,
    /// Called instead of keeping the data.
    pub(super) on_data: Mutex<Option<OnData>>,
}

#[derive(Clone, Copy)]
pub(super) enum Answer {
    Partial(usize),
    NotAccepted,
    Keep,
}

#[derive(Default)]
struct Told {
    bytes: Vec<u8>,
    events: usize,
    disconnects: Vec<u32>,
    kept: Vec<usize>,
}

impl Side {
    pub(super) fn wait_bytes(&self, count: usize) -> Vec<u8> {
        let told = self.state.lock().expect("no panic");
        let (told, waited) = self
            .changed
            .wait_timeout_while(told, Duration::from_secs(10), |told| {
                told.bytes.len() < count
            })
            .expect("no panic");
        assert!(
            !waited.timed_out(),
            "{} of {count} bytes came",
            told.bytes.len()
        );
        told.bytes.clone()
    }

    pub(super) fn wait_events(&self, count: usize) {
        let told = self.state.lock().expect("no panic");
        let limit = Duration::from_secs(10);
        let (_told, waited) = self
            .changed
            .wait_timeout_while(told, limit, |told| told.events < count)
            .expect("no panic");
        assert!(!waited.timed_out());
    }

    pub(super) fn wait_disconnects(&self, count: usize) -> Vec<u32> {
        let told = self.state.lock().expect("no panic");
        let limit = Duration::from_secs(10);
        let (told, waited) = self
            .changed
            .wait_timeout_while(told, limit, |told| told.disconnects.len() < count)
            .expect("no panic");
        assert!(!waited.timed_out(), "no disconnect event");
        told.disconnects.clone()
    }

    pub(super) fn has_bytes(&self) -> usize {
        self.state.lock().expect("no panic").bytes.len()
    }

    pub(super) fn take_kept(&self) -> Vec<usize> {
        std::mem::take(&mut self.state.lock().expect("no panic").kept)
    }
}

/// Gives each accepted connection a side.
#[derive(Default)]
pub(super) struct Acceptor {
    accepted: Mutex<Vec<Arc<Side>>>,
    changed: Condvar,
    pub(super) refuse: AtomicI32,
    dead: AtomicI32,
    pub(super) prepare: Mutex<Option<Prepare>>,
}

impl Acceptor {
    /// Until the listener was said to be dead.
    pub(super) fn wait_dead(&self) {
        for _ in 0..1000 {
            if self.dead.load(Ordering::Acquire) != 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the listener was not said to be dead");
    }

    pub(super) fn wait(&self) -> Arc<Side> {
        let all = self.accepted.lock().expect("no panic");
        let (mut all, waited) = self
            .changed
            .wait_timeout_while(all, Duration::from_secs(10), |all| all.is_empty())
            .expect("no panic");
        assert!(!waited.timed_out(), "nothing was accepted");
        all.remove(0)
    }
}

pub(super) struct Shared<T>(pub(super) T);
// SAFETY: tables that are never written.
unsafe impl<T> Sync for Shared<T> {}

pub(super) static CONNECTION: Shared<WSK_CLIENT_CONNECTION_DISPATCH> =
    Shared(WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(receive_event),
        WskDisconnectEvent: Some(disconnect_event),
        WskSendBacklogEvent: None,
    });

pub(super) static LISTEN: Shared<WSK_CLIENT_LISTEN_DISPATCH> = Shared(WSK_CLIENT_LISTEN_DISPATCH {
    WskAcceptEvent: Some(accept_event),
    WskInspectEvent: None,
    WskAbortEvent: None,
});

unsafe extern "win64" fn accept_event(
    context: PVOID,
    _flags: u32,
    _local: *mut SOCKADDR,
    _remote: *mut SOCKADDR,
    socket: *mut WSK_SOCKET,
    accepted_context: *mut PVOID,
    dispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
) -> NTSTATUS {
    // SAFETY: the context is the acceptor given at creation; the out parameters are ours to write.
    unsafe {
        let acceptor = &*context.cast::<Acceptor>();
        if socket.is_null() {
            acceptor.dead.store(1, Ordering::Release);
            return STATUS_REQUEST_NOT_ACCEPTED;
        }
        if acceptor.refuse.load(Ordering::Relaxed) != 0 {
            return STATUS_REQUEST_NOT_ACCEPTED;
        }
        let side = Arc::new(Side::default());
        side.socket.store(socket as usize, Ordering::Release);
        if let Some(prepare) = acceptor.prepare.lock().expect("no panic").as_ref() {
            prepare(&side);
        }
        accepted_context.write(Arc::as_ptr(&side).cast_mut().cast());
        dispatch.write(&raw const CONNECTION.0);
        acceptor.accepted.lock().expect("no panic").push(side);
        acceptor.changed.notify_all();
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn receive_event(
    context: PVOID,
    flags: u32,
    list: *mut WSK_DATA_INDICATION,
    bytes: u64,
    accepted: *mut usize,
) -> NTSTATUS {
    assert_eq!(
        flags & WSK_FLAG_AT_DISPATCH_LEVEL,
        WSK_FLAG_AT_DISPATCH_LEVEL
    );
    assert_eq!(crate::current().irql(), 2);
    // SAFETY: the context is the side given at creation.
    let side = unsafe { &*context.cast::<Side>() };
    if list.is_null() {
        // The socket is dead: to this client the same as a reset.
        let mut told = side.state.lock().expect("no panic");
        told.disconnects.push(WSK_FLAG_ABORTIVE);
        side.changed.notify_all();
        return STATUS_SUCCESS;
    }
    if let Some(on_data) = side.on_data.lock().expect("no panic").as_mut() {
        each_piece(list, |piece| on_data(piece));
        return STATUS_SUCCESS;
    }
    let answer = side.answers.lock().expect("no panic").pop_front();
    let take = match answer {
        Some(Answer::Partial(take)) => take.min(bytes as usize),
        Some(Answer::NotAccepted) => 0,
        Some(Answer::Keep) | None => bytes as usize,
    };
    let mut all = Vec::new();
    each_piece(list, |piece| all.extend_from_slice(piece));
    assert_eq!(all.len(), bytes as usize);
    let mut told = side.state.lock().expect("no panic");
    told.bytes.extend_from_slice(&all[..take]);
    told.events += 1;
    if matches!(answer, Some(Answer::Keep)) {
        told.kept.push(list as usize);
    }
    drop(told);
    side.changed.notify_all();
    match answer {
        Some(Answer::Keep) => STATUS_PENDING,
        Some(Answer::NotAccepted) => STATUS_DATA_NOT_ACCEPTED,
        Some(Answer::Partial(_)) => {
            // SAFETY: an out parameter of the call.
            unsafe { accepted.write(take) };
            STATUS_SUCCESS
        }
        None => STATUS_SUCCESS,
    }
}

fn each_piece(list: *mut WSK_DATA_INDICATION, mut each: impl FnMut(&[u8])) {
    let mut next = list;
    while !next.is_null() {
        // SAFETY: the list is valid during the event.
        unsafe {
            super::super::chain::Cursor::new(&raw const (*next).Buffer)
                .each(|address, length| each(std::slice::from_raw_parts(address, length)));
            next = (*next).Next;
        }
    }
}

unsafe extern "win64" fn disconnect_event(context: PVOID, flags: u32) -> NTSTATUS {
    // SAFETY: the context is the side given at creation.
    let side = unsafe { &*context.cast::<Side>() };
    side.state
        .lock()
        .expect("no panic")
        .disconnects
        .push(flags & WSK_FLAG_ABORTIVE);
    side.changed.notify_all();
    STATUS_SUCCESS
}
