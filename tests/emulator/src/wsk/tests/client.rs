//! The small client: what a driver does, from the host's side. Every call is the exported or
//! dispatched function itself.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::abi::*;
use super::super::client::{
    WskCaptureProviderNPI, WskDeregister, WskRegister, WskReleaseProviderNPI,
};
use crate::io::irp::{IoAllocateIrp, IoFreeIrp, IoReuseIrp};
use crate::ip::address;
use crate::pool::PoolMode;
use crate::wdm::{DEVICE_OBJECT, IO_STACK_LOCATION, STATUS_MORE_PROCESSING_REQUIRED};
use crate::{Attachment, Machine};

const ALWAYS: u8 = 0xE0;

/// A registered client on a machine of its own.
pub(super) struct Fake {
    pub(super) machine: &'static Machine,
    registration: Box<WSK_REGISTRATION>,
    npi: WSK_PROVIDER_NPI,
    _dispatch: Box<WSK_CLIENT_DISPATCH>,
    _attached: Attachment,
}

impl Fake {
    pub(super) fn new(pool: PoolMode, options: super::super::Options) -> Self {
        let machine = Machine::new(crate::Options {
            pool,
            ..Default::default()
        });
        let attached = machine.attach();
        machine.wsk.configure(options);
        let mut registration = Box::new(WSK_REGISTRATION::default());
        let dispatch = Box::new(WSK_CLIENT_DISPATCH {
            Version: WSK_VERSION_1_0,
            ..Default::default()
        });
        let mut client = WSK_CLIENT_NPI {
            ClientContext: std::ptr::null_mut(),
            Dispatch: &raw const *dispatch,
        };
        let mut npi = WSK_PROVIDER_NPI::default();
        // SAFETY: all blocks outlive the registration.
        unsafe {
            assert_eq!(WskRegister(&raw mut client, &raw mut *registration), 0);
            assert_eq!(
                WskCaptureProviderNPI(&raw mut *registration, WSK_INFINITE_WAIT, &raw mut npi),
                0
            );
        }
        Self {
            machine,
            registration,
            npi,
            _dispatch: dispatch,
            _attached: attached,
        }
    }

    /// Unregisters; every socket is closed.
    pub(super) fn finish(mut self) {
        // SAFETY: registered and captured once by `new`.
        unsafe {
            WskReleaseProviderNPI(&raw mut *self.registration);
            WskDeregister(&raw mut *self.registration);
        }
        self.machine.stop();
    }

    pub(super) fn registration(&self) -> *mut WSK_REGISTRATION {
        (&raw const *self.registration).cast_mut()
    }

    /// Gives the provider back.
    pub(super) fn release(&self) {
        // SAFETY: registered by `new`.
        unsafe { WskReleaseProviderNPI(self.registration()) };
    }

    /// A socket with the events of `side`.
    pub(super) fn socket(
        &self,
        v6: bool,
        flags: u32,
        context: *mut c_void,
        dispatch: *const c_void,
    ) -> *mut WSK_SOCKET {
        // SAFETY: the NPI is captured.
        let create = unsafe { (*self.npi.Dispatch).WskSocket }.expect("the slot is filled");
        let (status, information) = request(|irp| {
            let family = if v6 { AF_INET6 } else { AF_INET };
            let null = std::ptr::null_mut();
            // SAFETY: as documented.
            unsafe {
                create(
                    self.npi.Client,
                    family,
                    SOCK_STREAM,
                    IPPROTO_TCP,
                    flags,
                    context,
                    dispatch,
                    null,
                    null,
                    null,
                    irp,
                )
            }
        });
        assert_eq!(status, 0);
        information as *mut WSK_SOCKET
    }

    /// A listening socket whose accepted connections go to `acceptor`, and its address.
    pub(super) fn listener(&self, at: &str, acceptor: &Acceptor) -> (*mut WSK_SOCKET, SocketAddr) {
        let at: SocketAddr = at.parse().expect("an address");
        let context: *const Acceptor = acceptor;
        let socket = self.socket(
            at.is_ipv6(),
            WSK_FLAG_LISTEN_SOCKET,
            context.cast_mut().cast(),
            (&raw const LISTEN.0).cast(),
        );
        assert_eq!(bind(socket, at), 0);
        assert_eq!(
            enable(
                socket,
                WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT
            ),
            0
        );
        (socket, local_address(socket))
    }

    /// A connection to `to`, with events enabled for `side`.
    pub(super) fn connect(&self, to: SocketAddr, side: &Arc<Side>) -> Result<*mut WSK_SOCKET, i32> {
        let context = Arc::as_ptr(side).cast_mut().cast();
        let socket = self.socket(
            to.is_ipv6(),
            WSK_FLAG_CONNECTION_SOCKET,
            context,
            (&raw const CONNECTION.0).cast(),
        );
        let from = if to.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
        assert_eq!(bind(socket, from.parse().expect("an address")), 0);
        let (status, _) = request(|irp| {
            let mut address = address::to_windows(&to);
            // SAFETY: as documented.
            unsafe {
                connection(socket).WskConnect.expect("filled")(
                    socket,
                    (&raw mut address).cast(),
                    0,
                    irp,
                )
            }
        });
        if status != 0 {
            close(socket);
            return Err(status);
        }
        assert_eq!(enable(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT), 0);
        Ok(socket)
    }
}

type OnData = Box<dyn FnMut(&[u8]) + Send>;
type Prepare = Box<dyn Fn(&Arc<Side>) + Send>;

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

/// An IRP of the client's own, reusable.
pub(super) struct OwnIrp {
    irp: *mut IRP,
    done: Arc<Done>,
}

#[derive(Default)]
struct Done {
    result: Mutex<Option<(i32, usize)>>,
    changed: Condvar,
}

unsafe extern "win64" fn completed(
    _: *mut DEVICE_OBJECT,
    irp: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the context is the `Done` that `OwnIrp` keeps alive until it saw the result.
    unsafe {
        let done = &*context.cast::<Done>();
        *done.result.lock().expect("no panic") =
            Some(((*irp).IoStatus.Status, (*irp).IoStatus.Information));
        done.changed.notify_all();
    }
    STATUS_MORE_PROCESSING_REQUIRED
}

impl OwnIrp {
    pub(super) fn new() -> Self {
        // SAFETY: attached thread, PASSIVE_LEVEL.
        let irp = unsafe { IoAllocateIrp(1, 0) };
        Self {
            irp,
            done: Arc::default(),
        }
    }

    /// `IoReuseIrp` and `IoSetCompletionRoutine`.
    pub(super) fn prepare(&self) -> PIRP {
        *self.done.result.lock().expect("no panic") = None;
        // SAFETY: the IRP is the client's and not in use.
        unsafe {
            IoReuseIrp(self.irp, 0);
            let next: *mut IO_STACK_LOCATION = (*self.irp).CurrentStackLocation.sub(1);
            (*next).CompletionRoutine = Some(completed);
            (*next).Context = Arc::as_ptr(&self.done).cast_mut().cast();
            (*next).Control = ALWAYS;
        }
        self.irp.cast()
    }

    /// The IRP as it is.
    pub(super) fn raw(&self) -> PIRP {
        self.irp.cast()
    }

    pub(super) fn wait(&self) -> (i32, usize) {
        let result = self.done.result.lock().expect("no panic");
        let limit = Duration::from_secs(10);
        let (result, waited) = self
            .done
            .changed
            .wait_timeout_while(result, limit, |r| r.is_none())
            .expect("no panic");
        assert!(!waited.timed_out(), "an IRP did not complete");
        result.expect("waited for it")
    }

    pub(super) fn is_done(&self) -> bool {
        self.done.result.lock().expect("no panic").is_some()
    }
}

impl Drop for OwnIrp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: completed, or never used.
            unsafe { IoFreeIrp(self.irp) };
        }
    }
}

/// Makes a call with a fresh IRP and waits for it.
pub(super) fn request(call: impl FnOnce(PIRP) -> NTSTATUS) -> (i32, usize) {
    let irp = OwnIrp::new();
    let returned = call(irp.prepare());
    let (status, information) = irp.wait();
    assert!(
        returned == STATUS_PENDING || returned == status,
        "the call returned {returned:#x} and the IRP {status:#x}"
    );
    (status, information)
}

pub(super) fn connection(socket: *mut WSK_SOCKET) -> &'static WSK_PROVIDER_CONNECTION_DISPATCH {
    // SAFETY: a connection socket points at such a table.
    unsafe { &*(*socket).Dispatch.cast() }
}

/// The two slots every table begins with.
fn basic(socket: *mut WSK_SOCKET) -> &'static WSK_PROVIDER_BASIC_DISPATCH {
    // SAFETY: every table begins with these.
    unsafe { &*(*socket).Dispatch.cast() }
}

pub(super) fn bind(socket: *mut WSK_SOCKET, at: SocketAddr) -> i32 {
    let mut address = address::to_windows(&at);
    // SAFETY: as documented; the slot is at the same place in listen and connection tables.
    request(|irp| unsafe {
        connection(socket).WskBind.expect("filled")(socket, (&raw mut address).cast(), 0, irp)
    })
    .0
}

pub(super) fn local_address(socket: *mut WSK_SOCKET) -> SocketAddr {
    let mut place = SOCKADDR_INET::default();
    // SAFETY: a listening socket points at such a table.
    let table = unsafe { &*(*socket).Dispatch.cast::<WSK_PROVIDER_LISTEN_DISPATCH>() };
    // SAFETY: as documented.
    let (status, _) = request(|irp| unsafe {
        table.WskGetLocalAddress.expect("filled")(socket, (&raw mut place).cast(), irp)
    });
    assert_eq!(status, 0);
    // SAFETY: the call wrote an address.
    unsafe { address::read((&raw const place).cast()) }.expect("an address")
}

pub(super) fn enable(socket: *mut WSK_SOCKET, mask: u32) -> i32 {
    let id = NPI_WSK_INTERFACE_ID;
    let mut control = WSK_EVENT_CALLBACK_CONTROL {
        NpiId: &raw const id,
        EventMask: mask,
    };
    let null = std::ptr::null_mut();
    // SAFETY: as documented.
    unsafe {
        basic(socket).WskControlSocket.expect("filled")(
            socket,
            WskSetOption,
            SO_WSK_EVENT_CALLBACK,
            SOL_SOCKET,
            size_of_val(&control) as u64,
            (&raw mut control).cast(),
            0,
            null,
            std::ptr::null_mut(),
            null,
        )
    }
}

pub(super) fn close(socket: *mut WSK_SOCKET) {
    // SAFETY: as documented.
    let (status, _) =
        request(|irp| unsafe { basic(socket).WskCloseSocket.expect("filled")(socket, irp) });
    assert_eq!(status, 0);
}

pub(super) fn disconnect(socket: *mut WSK_SOCKET, flags: u32) -> i32 {
    let null = std::ptr::null_mut();
    // SAFETY: as documented.
    request(|irp| unsafe {
        connection(socket).WskDisconnect.expect("filled")(socket, null, flags, irp)
    })
    .0
}

/// Memory with an MDL, as non-paged pool has it.
pub(super) struct Memory {
    pub(super) mdl: Box<MDL>,
    pub(super) bytes: Vec<u8>,
}

impl Memory {
    pub(super) fn new(mut bytes: Vec<u8>) -> Self {
        let mdl = Box::new(MDL {
            Next: std::ptr::null_mut(),
            Size: 48,
            MdlFlags: 4,
            Process: 0,
            MappedSystemVa: bytes.as_mut_ptr().cast(),
            StartVa: ((bytes.as_ptr() as usize) & !0xFFF) as PVOID,
            ByteCount: bytes.len() as u32,
            ByteOffset: (bytes.as_ptr() as usize & 0xFFF) as u32,
        });
        Self { mdl, bytes }
    }

    pub(super) fn buffer(&mut self, offset: usize, length: usize) -> WSK_BUF {
        WSK_BUF {
            Mdl: (&raw mut *self.mdl).cast(),
            Offset: offset as u32,
            Length: length,
        }
    }
}

/// Starts a send; the IRP is the caller's to wait for.
pub(super) fn start_send(socket: *mut WSK_SOCKET, buffer: &mut WSK_BUF, irp: &OwnIrp) -> i32 {
    // SAFETY: as documented; the caller keeps the memory until the IRP is done.
    unsafe {
        connection(socket).WskSend.expect("filled")(socket, buffer, WSK_FLAG_NODELAY, irp.prepare())
    }
}

pub(super) fn send_all(socket: *mut WSK_SOCKET, bytes: &[u8]) -> (i32, usize) {
    let mut memory = Memory::new(bytes.to_vec());
    let mut buffer = memory.buffer(0, bytes.len());
    let irp = OwnIrp::new();
    assert_eq!(start_send(socket, &mut buffer, &irp), STATUS_PENDING);
    irp.wait()
}

pub(super) fn start_receive(
    socket: *mut WSK_SOCKET,
    buffer: &mut WSK_BUF,
    flags: u32,
    irp: &OwnIrp,
) -> i32 {
    // SAFETY: as documented; the caller keeps the memory until the IRP is done.
    unsafe { connection(socket).WskReceive.expect("filled")(socket, buffer, flags, irp.prepare()) }
}
