//! Connections made, used once and ended, one after the other: twenty bytes each way, as an MPA request and its reply. The
//! client's thread waits for each of its requests; the server works inside its callbacks.

use core::{
    cell::{Cell, UnsafeCell},
    mem::size_of,
    ptr::{NonNull, from_ref, null_mut},
    sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering},
};

use wdk_sys::{
    IRP, NTSTATUS, PDEVICE_OBJECT, PVOID,
    ntddk::{ExFreePoolWithTag, KeQueryInterruptTimePrecise},
};

use crate::{
    block::{self, Block, Irp, Mdl},
    registry::Key,
    settings::Settings,
    socket::{Event, Provider, Socket, request},
    sys::*,
};

/// An MPA request or reply without private data.
const START: usize = 20;
/// How long the last connections may take to end, in milliseconds.
const PATIENCE: i64 = 5_000;

struct Tables(
    WSK_CLIENT_LISTEN_DISPATCH,
    WSK_CLIENT_CONNECTION_DISPATCH,
    WSK_CLIENT_CONNECTION_DISPATCH,
);
// SAFETY: plain data that nobody changes.
unsafe impl Sync for Tables {}

static TABLES: Tables = Tables(
    WSK_CLIENT_LISTEN_DISPATCH {
        WskAcceptEvent: Some(called),
        WskInspectEvent: None,
        WskAbortEvent: None,
    },
    WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(asked),
        WskDisconnectEvent: Some(hung_up),
        WskSendBacklogEvent: None,
    },
    WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(answered),
        WskDisconnectEvent: Some(refused),
        WskSendBacklogEvent: None,
    },
);

/// Twenty bytes and their description.
struct Start {
    buffer: UnsafeCell<WSK_BUF>,
    _mdl: Mdl,
    _memory: Block,
}

impl Start {
    fn new() -> Result<Self, NTSTATUS> {
        let memory = Block::new(START)?;
        // SAFETY: the block lives as long as its description.
        let mdl = unsafe { Mdl::of(memory.at(), START)? };
        Ok(Self {
            buffer: UnsafeCell::new(WSK_BUF {
                Mdl: mdl.raw().cast(),
                Offset: 0,
                Length: START,
            }),
            _mdl: mdl,
            _memory: memory,
        })
    }
}

/// The server: listens, and answers everybody.
pub(crate) struct Answering {
    listener: Cell<Option<Socket>>,
    provider: Provider,
    start: Start,
    /// Connections that are not closed, and one for the listener.
    open: AtomicUsize,
    none: Event,
}

/// One connection of the server's, from its accept until it is closed.
struct Call {
    of: *const Answering,
    socket: AtomicPtr<WSK_SOCKET>,
    got: Cell<usize>,
    closing: AtomicBool,
    answer: Irp,
    close: Irp,
}

/// Puts `value` into nonpaged pool.
fn placed<T>(value: T) -> Result<NonNull<T>, NTSTATUS> {
    let memory = Block::new(size_of::<T>())?;
    let at = NonNull::new(memory.at().cast::<T>()).ok_or(STATUS_INSUFFICIENT_RESOURCES)?;
    core::mem::forget(memory);
    // SAFETY: new memory of that size.
    unsafe { at.write(value) };
    Ok(at)
}

/// Ends what `placed` put there.
///
/// # Safety
/// From `placed`, once, and nobody uses it.
unsafe fn displaced<T>(at: NonNull<T>) {
    // SAFETY: the caller's promise; the memory is a block's, which `placed` let go of.
    unsafe {
        at.drop_in_place();
        ExFreePoolWithTag(at.as_ptr().cast(), block::TAG);
    }
}

impl Answering {
    /// Listens, and tells the port.
    pub(crate) fn open(settings: &Settings, key: &Key) -> Result<*mut Self, NTSTATUS> {
        let at = placed(Self {
            listener: Cell::new(None),
            provider: Provider::open()?,
            start: Start::new()?,
            open: AtomicUsize::new(1),
            none: Event::new()?,
        })?;
        // SAFETY: just made.
        let listening = unsafe { at.as_ref() }.listen(settings, key);
        if listening.is_err() {
            // SAFETY: nobody else has it.
            unsafe { Self::close(at.as_ptr()) };
        }
        listening.map(|()| at.as_ptr())
    }

    fn listen(&self, settings: &Settings, key: &Key) -> Result<(), NTSTATUS> {
        let (context, table) = (from_ref(self), (&raw const TABLES.0).cast());
        // SAFETY: this and the table stay until `close` has closed the socket.
        let listener = unsafe {
            let context = context.cast_mut().cast();
            self.provider
                .socket(WSK_FLAG_LISTEN_SOCKET, context, table)?
        };
        self.listener.set(Some(listener));
        listener.bind(settings.address)?;
        listener.enable(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT)?;
        key.tell("Listens", listener.listener_port()?.into())
    }

    /// Stops listening, waits for the last connection to end, and frees everything. At PASSIVE_LEVEL.
    ///
    /// # Safety
    /// From `open`, once; or null.
    pub(crate) unsafe fn close(raw: *mut Self) {
        let Some(at) = NonNull::new(raw) else { return };
        // SAFETY: the caller's promise.
        let this = unsafe { at.as_ref() };
        if let Some(listener) = this.listener.take() {
            // SAFETY: whoever closes is alone.
            let _ = unsafe { listener.close() };
        }
        this.left();
        this.none.wait(Some(PATIENCE));
        // SAFETY: no socket is left, so no event and no completion.
        unsafe { displaced(at) };
    }

    fn left(&self) {
        if self.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.none.set();
        }
    }
}

impl Call {
    fn socket(&self) -> Socket {
        Socket(self.socket.load(Ordering::Acquire))
    }

    /// Closes it, once, without waiting.
    fn end(&self) {
        if !self.closing.swap(true, Ordering::AcqRel) {
            let context = from_ref(self).cast_mut().cast();
            // SAFETY: open, and closed once; the IRP is idle until then.
            unsafe {
                self.socket()
                    .start_close(self.close.arm(Some(closed), context))
            };
        }
    }
}

unsafe extern "win64" fn called(
    context: PVOID,
    _: u32,
    _: *mut SOCKADDR,
    _: *mut SOCKADDR,
    socket: *mut WSK_SOCKET,
    accepted: *mut PVOID,
    dispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
) -> NTSTATUS {
    let of = context.cast::<Answering>().cast_const();
    let new = || {
        placed(Call {
            of,
            socket: AtomicPtr::new(socket),
            got: Cell::new(0),
            closing: AtomicBool::new(false),
            answer: Irp::new()?,
            close: Irp::new()?,
        })
    };
    if socket.is_null() {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    let Ok(call) = new() else {
        return STATUS_REQUEST_NOT_ACCEPTED;
    };
    // SAFETY: the listener's context, which outlives it; out parameters.
    unsafe {
        (*of).open.fetch_add(1, Ordering::AcqRel);
        accepted.write(call.as_ptr().cast());
        dispatch.write(&raw const TABLES.1);
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn asked(
    context: PVOID,
    _: u32,
    list: *mut WSK_DATA_INDICATION,
    bytes: u64,
    _: *mut usize,
) -> NTSTATUS {
    // SAFETY: the socket's context, until it is closed.
    let call = unsafe { &*context.cast::<Call>() };
    if list.is_null() {
        call.end();
        return STATUS_SUCCESS;
    }
    let before = call.got.get();
    call.got.set(before + bytes as usize);
    if before < START && call.got.get() >= START {
        // SAFETY: connected; answered once; the bytes outlive every connection.
        unsafe {
            let irp = call.answer.arm(Some(sent), null_mut());
            call.socket().send((*call.of).start.buffer.get(), irp);
        }
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn hung_up(context: PVOID, _: u32) -> NTSTATUS {
    // SAFETY: the socket's context, until it is closed.
    unsafe { &*context.cast::<Call>() }.end();
    STATUS_SUCCESS
}

unsafe extern "C" fn sent(_: PDEVICE_OBJECT, _: *mut IRP, _: PVOID) -> NTSTATUS {
    STATUS_MORE_PROCESSING_REQUIRED
}

unsafe extern "C" fn closed(_: PDEVICE_OBJECT, _: *mut IRP, call: PVOID) -> NTSTATUS {
    // SAFETY: the call that was closed: its socket's events and sends are over, and this was its last IRP.
    unsafe {
        if let Some(call) = NonNull::new(call.cast::<Call>()) {
            let of = call.as_ref().of;
            displaced(call);
            (*of).left();
        }
    }
    STATUS_MORE_PROCESSING_REQUIRED
}

/// What a client's connection waits for.
struct Answer {
    got: AtomicUsize,
    came: Event,
}

unsafe extern "win64" fn answered(
    context: PVOID,
    _: u32,
    list: *mut WSK_DATA_INDICATION,
    bytes: u64,
    _: *mut usize,
) -> NTSTATUS {
    // SAFETY: the socket's context, until it is closed.
    let answer = unsafe { &*context.cast::<Answer>() };
    let before = answer.got.fetch_add(bytes as usize, Ordering::AcqRel);
    if list.is_null() || before + bytes as usize >= START {
        answer.came.set();
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn refused(context: PVOID, _: u32) -> NTSTATUS {
    // SAFETY: the socket's context, until it is closed.
    unsafe { &*context.cast::<Answer>() }.came.set();
    STATUS_SUCCESS
}

fn now() -> u64 {
    let mut counter = 0;
    // SAFETY: a local.
    unsafe { KeQueryInterruptTimePrecise(&raw mut counter) }
}

/// The client: makes connections for as long as it was told, and tells how many.
pub(crate) fn make(settings: &Settings, key: &Key) -> Result<(), NTSTATUS> {
    let (provider, start) = (Provider::open()?, Start::new()?);
    let (began, mut made) = (now(), 0_u64);
    while now() < began + settings.time {
        make_one(settings, &provider, &start)?;
        made += 1;
    }
    let mut elapsed = (now() - began).to_le_bytes();
    key.tell_bytes("Operations", &mut made.to_le_bytes())?;
    key.tell_bytes("Ticks", &mut elapsed)?;
    key.tell_bytes("Elapsed", &mut elapsed)?;
    key.tell_bytes("Times", &mut [])
}

fn make_one(settings: &Settings, provider: &Provider, start: &Start) -> Result<(), NTSTATUS> {
    let answer = Answer {
        got: AtomicUsize::new(0),
        came: Event::new()?,
    };
    let context = from_ref(&answer).cast_mut().cast();
    let table = (&raw const TABLES.2).cast();
    // SAFETY: the answer and the table outlive the socket, which is closed below in any case.
    let socket = unsafe { provider.socket(WSK_FLAG_CONNECTION_SOCKET, context, table)? };
    let used = use_once(settings, socket, start, &answer);
    // SAFETY: nobody uses it any more.
    unsafe { socket.close() }?;
    used
}

fn use_once(
    settings: &Settings,
    socket: Socket,
    start: &Start,
    answer: &Answer,
) -> Result<(), NTSTATUS> {
    socket.bind(settings.address)?;
    socket.connect(settings.peer, settings.port)?;
    socket.enable(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT)?;
    // SAFETY: connected; the bytes stay as they are.
    request(|irp| unsafe {
        socket.send(start.buffer.get(), irp);
        STATUS_PENDING
    })?;
    answer.came.wait(None);
    if answer.got.load(Ordering::Acquire) != START {
        return Err(STATUS_CONNECTION_RESET);
    }
    // SAFETY: connected.
    request(|irp| unsafe {
        socket.disconnect(WSK_FLAG_ABORTIVE, irp);
        STATUS_PENDING
    })
    .map(drop)
}
