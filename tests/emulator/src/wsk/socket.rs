//! One WSK socket: what the client's pointer points at, its state, and the entry and exit of every
//! call into it.
//!
//! Three locks, never held together but for `transmit` inside nothing else, and none across a
//! callback or an IRP completion: `transmit` (sends and disconnect), `receive`, `control`.

use crate::sync::{Mutex, MutexGuard};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use super::abi::{PIRP, WSK_CLIENT_CONNECTION_DISPATCH, WSK_CLIENT_LISTEN_DISPATCH, WSK_SOCKET};
use super::client::Client;
use super::host::NtStatus;
use super::kernel;
use super::network::Network;
use super::receive::Receive;
use super::send::Transmit;
use super::tcp::Tcp;

/// WSK-SOCK-01: chosen at creation, and with it the dispatch table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Basic,
    Listen,
    Connection,
    Stream,
}

/// Where a socket is in its life, as far as calls care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    New,
    Bound,
    Listening,
    Connecting,
    Connected,
    /// Connected once, and broken or aborted since.
    Broken,
}

impl State {
    fn from_u8(value: u8) -> Self {
        match value {
            0 => Self::New,
            1 => Self::Bound,
            2 => Self::Listening,
            3 => Self::Connecting,
            4 => Self::Connected,
            _ => Self::Broken,
        }
    }
}

/// The life of the pointer the client holds.
const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CLOSED: u8 = 2;

/// Marks memory that holds a socket, living or in quarantine.
const MAGIC: u64 = 0x574B_5353_4F43_4B21;

/// What `WSK_SOCKET` points at.
#[repr(C)]
pub(super) struct Socket {
    /// The client's view; first, so that the two pointers are one.
    wsk: AtomicPtr<c_void>,
    magic: u64,
    life: AtomicU8,
    /// Calls into the socket now executing.
    calls: AtomicU32,
    state: AtomicU8,
    pub(super) category: Category,
    pub(super) v6: bool,
    pub(super) client: Arc<Client>,
    pub(super) network: Arc<Network>,
    pub(super) tcp: Tcp,
    /// The client's context for callbacks, and the tables of its callbacks.
    pub(super) context: AtomicPtr<c_void>,
    pub(super) listen_dispatch: AtomicPtr<WSK_CLIENT_LISTEN_DISPATCH>,
    pub(super) connect_dispatch: AtomicPtr<WSK_CLIENT_CONNECTION_DISPATCH>,
    /// Enabled event callbacks (`WSK_EVENT_*`).
    pub(super) events: AtomicU32,
    /// The event whose callback runs now.
    pub(super) in_event: AtomicU32,
    /// A disable waits for `in_event` to end.
    pub(super) disable_waits: AtomicBool,
    /// Local and remote address, once connected.
    pub(super) path: OnceLock<(SocketAddr, SocketAddr)>,
    /// The status that ended the connection; zero while it lives.
    pub(super) broken: AtomicI32,
    /// We ended it ourselves: no event is due.
    pub(super) aborted: AtomicBool,
    /// The poller saw the peer's FIN, a reset or an error.
    pub(super) hung_up: AtomicBool,
    /// In the network thread's list of sockets with unacknowledged data.
    pub(super) tracked: AtomicBool,
    /// The network thread has a service request for it queued.
    pub(super) kicked: AtomicBool,
    pub(super) transmit: Mutex<Transmit>,
    pub(super) receive: Mutex<Receive>,
    pub(super) control: Mutex<Control>,
}

/// A pending `WskAccept`.
pub(super) struct PendingAccept {
    pub(super) irp: PIRP,
    pub(super) context: *mut c_void,
    pub(super) dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
    pub(super) local: *mut softrnic::sys::SOCKADDR,
    pub(super) remote: *mut softrnic::sys::SOCKADDR,
}

/// What is neither sending nor receiving.
#[derive(Default)]
pub(super) struct Control {
    pub(super) connect_irp: Option<PIRP>,
    /// The connect IRP is that of `WskSocketConnect`.
    pub(super) carries_socket: bool,
    pub(super) accepts: VecDeque<PendingAccept>,
    /// IRPs of disables that wait for a callback to return.
    pub(super) disables: Vec<PIRP>,
    pub(super) remote: Option<SocketAddr>,
}

// SAFETY: raw pointers in `Control` belong to pending requests, whose memory the client keeps valid
// until the IRP completes.
unsafe impl Send for Control {}

impl Socket {
    pub(super) fn new(
        client: &Arc<Client>,
        tcp: Tcp,
        category: Category,
        v6: bool,
        state: State,
    ) -> Arc<Self> {
        Arc::new(Self {
            wsk: AtomicPtr::new(super::dispatch::table(category).cast_mut()),
            magic: MAGIC,
            life: AtomicU8::new(OPEN),
            calls: AtomicU32::new(0),
            state: AtomicU8::new(state as u8),
            category,
            v6,
            client: Arc::clone(client),
            network: Arc::clone(&client.network),
            tcp,
            context: AtomicPtr::default(),
            listen_dispatch: AtomicPtr::default(),
            connect_dispatch: AtomicPtr::default(),
            events: AtomicU32::new(0),
            in_event: AtomicU32::new(0),
            disable_waits: AtomicBool::new(false),
            path: OnceLock::new(),
            broken: AtomicI32::new(0),
            aborted: AtomicBool::new(false),
            hung_up: AtomicBool::new(false),
            tracked: AtomicBool::new(false),
            kicked: AtomicBool::new(false),
            transmit: Mutex::default(),
            receive: Mutex::default(),
            control: Mutex::default(),
        })
    }

    /// The pointer the client knows the socket by.
    pub(super) fn handle(self: &Arc<Self>) -> *mut WSK_SOCKET {
        Arc::as_ptr(self).cast_mut().cast()
    }

    /// The client holds it from here on, until its close completes.
    pub(super) fn opened(self: &Arc<Self>) {
        std::mem::forget(Arc::clone(self));
        self.client.socket_opened();
    }

    /// The client's hold ends.
    pub(super) fn closed(self: &Arc<Self>) {
        // SAFETY: the count that `opened` left behind; `self` holds another.
        unsafe { Arc::decrement_strong_count(Arc::as_ptr(self)) };
        self.client.socket_closed();
    }

    pub(super) fn state(&self) -> State {
        State::from_u8(self.state.load(Ordering::Acquire))
    }

    pub(super) fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::Release);
    }

    /// Moves to `to` if the state is `from` now.
    pub(super) fn change_state(&self, from: State, to: State) -> bool {
        self.state
            .compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    pub(super) fn is_closing(&self) -> bool {
        self.life.load(Ordering::Acquire) != OPEN
    }

    pub(super) fn set_closed(&self) {
        self.life.store(CLOSED, Ordering::Release);
    }

    /// Begins the close: `false` when it was begun before.
    pub(super) fn begin_close(&self, call: &str) {
        // WSK-CLS-01: no other call into the socket may be executing now. Ours counts as one.
        let calls = self.calls.load(Ordering::Acquire);
        if calls > 1 {
            kernel::violation(
                "WSK-CLS-01",
                &format!(
                    "{call} while {} other call(s) into the socket are executing",
                    calls - 1
                ),
            );
        }
        self.life.store(CLOSING, Ordering::Release);
    }

    pub(super) fn transmit(&self) -> MutexGuard<'_, Transmit> {
        self.transmit.lock()
    }

    pub(super) fn receive(&self) -> MutexGuard<'_, Receive> {
        self.receive.lock()
    }

    pub(super) fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock()
    }

    /// The status of calls on a connection that ended, if it has.
    pub(super) fn broken(&self) -> Option<NtStatus> {
        match self.broken.load(Ordering::Acquire) {
            0 => None,
            status => Some(status),
        }
    }

    /// Records the first reason the connection ended.
    pub(super) fn set_broken(&self, status: NtStatus) {
        let _ = self
            .broken
            .compare_exchange(0, status, Ordering::AcqRel, Ordering::Acquire);
    }

    pub(super) fn enabled(&self, event: u32) -> bool {
        self.events.load(Ordering::Acquire) & event != 0
    }
}

/// One call of the client into a socket, from entry to return.
pub(super) struct Call<'a> {
    pub(super) socket: &'a Arc<Socket>,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.socket.calls.fetch_sub(1, Ordering::Release);
    }
}

/// Runs a client's call: checks the pointer and its life, counts the call, hands over the socket.
///
/// # Safety
/// `handle` was given out by this engine (living, or quarantined since in checked mode).
pub(super) unsafe fn enter<R>(
    handle: *mut WSK_SOCKET,
    call: &str,
    body: impl FnOnce(&Arc<Socket>) -> R,
) -> R {
    let pointer = handle.cast::<Socket>();
    // SAFETY: the caller vouches for the pointer; the magic number tells stray ones.
    if handle.is_null() || unsafe { (*pointer).magic } != MAGIC {
        kernel::violation(
            "WSK-CLS-04",
            &format!("{call} with a pointer that is no socket"),
        );
    }
    // SAFETY: the pointer came from `Arc::as_ptr`; the count is taken before it is given back.
    let socket = unsafe {
        Arc::increment_strong_count(pointer);
        Arc::from_raw(pointer)
    };
    socket.calls.fetch_add(1, Ordering::AcqRel);
    let entered = Call { socket: &socket };
    if entered.socket.is_closing() {
        kernel::violation(
            "WSK-CLS-04",
            &format!("{call} after WskCloseSocket was called on the socket"),
        );
    }
    body(entered.socket)
}
