//! One connection, and what its callbacks do.

use core::{
    arch::x86_64::_rdtsc,
    cell::{Cell, UnsafeCell},
    mem::size_of,
    ops::Deref,
    ptr::{NonNull, from_ref, null_mut},
    sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, AtomicUsize, Ordering},
};

use wdk_sys::{
    KDPC, NTSTATUS, PVOID,
    ntddk::{KeFlushQueuedDpcs, KeInitializeDpc, KeQueryInterruptTimePrecise},
};

use crate::{
    block::{self, Block, Irp, Mdl},
    events::{self, TABLES},
    consumer,
    frame::Parser,
    outgoing::{self, Outgoing},
    registry::{Key, succeed},
    settings::{Settings, Shape, Work},
    socket::{Event, Provider, Socket, request},
    sys::*,
};

/// Times that are kept at most.
const TIMES: usize = 1 << 18;
/// A round trip in so many looks whether it is over.
const LOOK: usize = 16;
/// How long a peer that is to end may take, in milliseconds.
const PATIENCE: i64 = 5_000;

/// Field order is the order they go in: what WSK uses goes first.
pub(crate) struct Connection {
    pub(crate) settings: Settings,
    /// Of the server, until it is closed.
    listener: Cell<Option<Socket>>,
    pub(crate) socket: AtomicPtr<WSK_SOCKET>,
    provider: Provider,
    pub(crate) outgoing: Outgoing,
    pub(crate) incoming: UnsafeCell<Incoming>,
    /// Messages that the peer, or the time, asked for.
    asked: AtomicUsize,
    /// When it began and when it ended, in units of 100 ns, and in the processor's ticks.
    began: [AtomicU64; 2],
    pub(crate) ended: [AtomicU64; 2],
    over: AtomicBool,
    failure: AtomicI32,
    /// Everything asked for is done.
    done: Event,
    /// The peer has ended its stream, and a server its own.
    pub(crate) gone: Event,
    pub(crate) goodbye: Irp,
    greeting: Greeting,
    pub(crate) dpc: Block,
    /// A consumer's.
    pub(crate) queues: Option<consumer::Handle>,
}

/// What only receive events touch, of which one runs at a time.
pub(crate) struct Incoming {
    shape: Shape,
    parser: Parser,
    place: Block,
    /// Bytes of a message without framing that is not whole.
    loose: usize,
    greeted: bool,
    got: usize,
    times: Block,
    timed: usize,
    last: u64,
}

/// The byte each side sends first. The server's starts the client: in its callback, where all the work is to be done.
struct Greeting {
    irp: Irp,
    buffer: UnsafeCell<WSK_BUF>,
    _mdl: Mdl,
    _memory: Block,
}

impl Greeting {
    fn new() -> Result<Self, NTSTATUS> {
        let memory = Block::new(1)?;
        // SAFETY: the block lives as long as its description.
        let mdl = unsafe { Mdl::of(memory.at(), 1)? };
        Ok(Self {
            irp: Irp::new()?,
            buffer: UnsafeCell::new(WSK_BUF {
                Mdl: mdl.raw().cast(),
                Offset: 0,
                Length: 1,
            }),
            _mdl: mdl,
            _memory: memory,
        })
    }
}

/// A connection in nonpaged pool.
pub(crate) struct Handle(NonNull<Connection>);

impl Deref for Handle {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        // SAFETY: it is there until `close`, which takes the handle.
        unsafe { self.0.as_ref() }
    }
}

impl Connection {
    /// A connection that is not made yet.
    pub(crate) fn open(settings: Settings, key: &Key) -> Result<Handle, NTSTATUS> {
        let (sends, receives) = settings.shapes();
        let times = if settings.port == 0 { 0 } else { TIMES };
        let new = Self {
            settings,
            listener: Cell::new(None),
            socket: AtomicPtr::new(null_mut()),
            provider: Provider::open()?,
            outgoing: Outgoing::new(sends)?,
            incoming: UnsafeCell::new(Incoming {
                shape: receives,
                parser: Parser::new(receives.framing),
                place: Block::new(receives.size)?,
                loose: 0,
                greeted: false,
                got: 0,
                times: Block::new(times * size_of::<u32>())?,
                timed: 0,
                last: 0,
            }),
            asked: AtomicUsize::new(0),
            began: Default::default(),
            ended: Default::default(),
            over: AtomicBool::new(false),
            failure: AtomicI32::new(0),
            done: Event::new()?,
            gone: Event::new()?,
            goodbye: Irp::new()?,
            greeting: Greeting::new()?,
            dpc: Block::new(size_of::<KDPC>())?,
            queues: match settings.work {
                Work::Consumer => Some(consumer::Handle::open(key)?),
                _ => None,
            },
        };
        let memory = Block::new(size_of::<Self>())?;
        let at = NonNull::new(memory.at().cast::<Self>()).ok_or(STATUS_INSUFFICIENT_RESOURCES)?;
        core::mem::forget(memory);
        // SAFETY: new memory of that size, which stays where it is; `close` frees it.
        unsafe {
            at.write(new);
            let dpc = at.as_ref().dpc.at().cast();
            KeInitializeDpc(dpc, Some(events::deferred), at.as_ptr().cast());
            if let Some(queues) = &at.as_ref().queues {
                queues.belong_to(at.as_ptr());
            }
        }
        Ok(Handle(at))
    }

    fn context(&self) -> PVOID {
        from_ref(self).cast_mut().cast()
    }

    pub(crate) fn is_client(&self) -> bool {
        self.settings.port != 0
    }

    pub(crate) fn peer(&self) -> Socket {
        Socket(self.socket.load(Ordering::Acquire))
    }

    /// Listens, and tells the port; one connection is served from then on.
    pub(crate) fn listen(&self, key: &Key) -> Result<(), NTSTATUS> {
        let table = (&raw const TABLES.0).cast();
        // SAFETY: this and the table stay until `close` has closed the socket.
        let listener = unsafe {
            self.provider
                .socket(WSK_FLAG_LISTEN_SOCKET, self.context(), table)?
        };
        self.listener.set(Some(listener));
        listener.bind(self.settings.address)?;
        listener.enable(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT)?;
        key.tell("Listens", listener.listener_port()?.into())
    }

    /// Connects, and sends the first byte.
    pub(crate) fn connect(&self) -> Result<(), NTSTATUS> {
        let settings = &self.settings;
        let table = (&raw const TABLES.1).cast();
        // SAFETY: this and the table stay until `close` has closed the socket.
        let socket = unsafe {
            self.provider
                .socket(WSK_FLAG_CONNECTION_SOCKET, self.context(), table)?
        };
        self.socket.store(socket.0, Ordering::Release);
        socket.bind(settings.address)?;
        socket.connect(settings.peer, settings.port)?;
        socket.enable(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT)?;
        // SAFETY: connected; the greeting stays as it is.
        request(|irp| unsafe {
            socket.send(self.greeting.buffer.get(), irp);
            STATUS_PENDING
        })
        .map(drop)
    }

    /// Ends the client's stream, and waits for the end of the peer's.
    fn end(&self, patience: Option<i64>) -> Result<(), NTSTATUS> {
        // SAFETY: connected.
        request(|irp| unsafe {
            self.peer().disconnect(0, irp);
            STATUS_PENDING
        })?;
        self.gone.wait(patience);
        self.result()
    }

    /// Connects, moves messages, ends the connection and tells what came of it.
    pub(crate) fn run(&self, key: &Key) -> Result<(), NTSTATUS> {
        self.connect()?;
        self.done.wait(None);
        self.result()?;
        self.end(None)?;
        self.tell(key)
    }

    fn result(&self) -> Result<(), NTSTATUS> {
        succeed(self.failure.load(Ordering::Acquire))
    }

    fn tell(&self, key: &Key) -> Result<(), NTSTATUS> {
        let (operations, bytes) = {
            // SAFETY: the peer has ended its stream: no receive event runs any more.
            let incoming = unsafe { &*self.incoming.get() };
            let (sent, _) = self.outgoing.pieces();
            let (_, receives) = self.settings.shapes();
            let operations = match self.settings.work {
                Work::Stream => sent / receives.pieces,
                _ => incoming.got,
            };
            // SAFETY: as above.
            let times = unsafe { incoming.times.bytes() };
            (operations, &mut times[..incoming.timed * size_of::<u32>()])
        };
        let took = |which: usize| {
            let [began, ended] = [&self.began, &self.ended].map(|at| &at[which]);
            ended.load(Ordering::Acquire) - began.load(Ordering::Acquire)
        };
        key.tell_bytes("Operations", &mut (operations as u64).to_le_bytes())?;
        key.tell_bytes("Elapsed", &mut took(0).to_le_bytes())?;
        key.tell_bytes("Ticks", &mut took(1).to_le_bytes())?;
        key.tell_bytes("Times", bytes)
    }

    pub(crate) fn fail(&self, status: NTSTATUS) {
        self.failure.store(status, Ordering::Release);
        self.done.set();
        self.gone.set();
    }

    /// The stream is not what it should be: it ends at once.
    fn abort(&self) {
        self.fail(STATUS_UNSUCCESSFUL);
        if !self.is_client() {
            // SAFETY: connected, as it received; a server says goodbye once, here or when the peer ends.
            unsafe {
                let irp = self.goodbye.arm(Some(events::said_goodbye), self.context());
                self.peer().disconnect(WSK_FLAG_ABORTIVE, irp);
            }
        }
    }

    fn now(&self) -> u64 {
        let mut counter = 0;
        // SAFETY: a local.
        unsafe { KeQueryInterruptTimePrecise(&raw mut counter) }
    }

    pub(crate) fn stamp(&self, at: &[AtomicU64; 2]) {
        at[0].store(self.now(), Ordering::Release);
        at[1].store(ticks(), Ordering::Release);
    }

    /// Whether the time is over, asking the clock.
    fn is_over(&self) -> bool {
        let began = self.began[0].load(Ordering::Acquire);
        if !self.over.load(Ordering::Relaxed) && self.now() >= began + self.settings.time {
            self.over.store(true, Ordering::Relaxed);
        }
        self.over.load(Ordering::Relaxed)
    }

    /// Everything is done: the thread that waits goes on.
    fn finish(&self) {
        self.stamp(&self.ended);
        self.done.set();
    }

    /// Sends what is asked for and may be sent.
    pub(crate) fn pump(&self) {
        self.outgoing.run(|| {
            if let Some(queues) = &self.queues {
                let (peer, context) = (self.peer(), self.context());
                return self.outgoing.send_posted(queues, peer, events::sent, context);
            }
            let limit = self.limit();
            self.outgoing
                .send_up_to(limit, self.peer(), events::sent, self.context());
        });
    }

    /// Pieces to be sent by now, in all.
    fn limit(&self) -> usize {
        let (sent, done) = self.outgoing.pieces();
        let (shape, _) = self.settings.shapes();
        if self.result().is_err() {
            return sent;
        }
        if self.settings.work != Work::Stream || !self.is_client() {
            return self.asked.load(Ordering::Acquire) * shape.pieces;
        }
        if !self.is_over() {
            // What was copied is the consumer's again at once: as many sends as there are, a window each at most.
            return if shape.is_copied() {
                sent + outgoing::SENDS * shape.batch
            } else {
                (done / shape.pieces + self.settings.window) * shape.pieces
            };
        }
        if sent == done {
            self.done.set();
        }
        sent
    }

    /// The other side's first byte is here.
    fn greet(&self, incoming: &mut Incoming) {
        if !self.is_client() {
            let greeting = &self.greeting;
            // SAFETY: connected, as it received; once.
            unsafe {
                let irp = greeting.irp.arm(Some(events::greeted), self.context());
                self.peer().send(greeting.buffer.get(), irp);
            }
            return;
        }
        self.stamp(&self.began);
        incoming.last = ticks();
        let first = match self.settings.work {
            Work::PingPong => 1,
            Work::Stream | Work::Calls | Work::Consumer => 0,
            Work::Read => self.settings.window,
        };
        self.asked.store(first, Ordering::Release);
        self.pump();
    }

    /// Some bytes of the stream.
    pub(crate) fn take(&self, incoming: &mut Incoming, mut bytes: &[u8]) {
        if !incoming.greeted && !bytes.is_empty() {
            incoming.greeted = true;
            bytes = &bytes[1..];
            self.greet(incoming);
        }
        if let Some(queues) = &self.queues {
            if consumer::take(queues, &mut incoming.parser, bytes).is_err() {
                self.abort();
            }
            return;
        }
        // SAFETY: only receive events touch it, one at a time.
        let place = unsafe { incoming.place.bytes() };
        let whole = if incoming.shape.is_framed() {
            match incoming.parser.take(bytes, place) {
                Ok(whole) => whole,
                Err(_) => return self.abort(),
            }
        } else {
            let have = incoming.loose + bytes.len();
            incoming.loose = have % incoming.shape.size;
            have / incoming.shape.size
        };
        if whole > 0 {
            incoming.got += whole;
            self.react(incoming, whole);
        }
    }

    /// Messages have come.
    fn react(&self, incoming: &mut Incoming, whole: usize) {
        let (settings, got) = (&self.settings, incoming.got);
        if !self.is_client() {
            if settings.work != Work::Stream {
                self.asked.fetch_add(whole, Ordering::AcqRel);
                self.pump();
            }
            return;
        }
        if settings.window == 1 {
            incoming.note_time();
        }
        let over = if got.is_multiple_of(LOOK) || settings.window > 1 {
            self.is_over()
        } else {
            self.over.load(Ordering::Relaxed)
        };
        if !over {
            self.asked.store(got + settings.window, Ordering::Release);
            self.pump();
        } else if got == self.asked.load(Ordering::Acquire) {
            self.finish();
        }
    }
}

impl Incoming {
    /// Another round trip is over, and the next one starts.
    fn note_time(&mut self) {
        let (now, at) = (ticks(), self.timed * size_of::<u32>());
        let took = (now - self.last) as u32;
        self.last = now;
        // SAFETY: only receive events touch it, one at a time.
        let times = unsafe { self.times.bytes() };
        if let Some(place) = times.get_mut(at..at + size_of::<u32>()) {
            place.copy_from_slice(&took.to_le_bytes());
            self.timed += 1;
        }
    }
}

impl Handle {
    pub(crate) fn into_raw(self) -> *mut Connection {
        self.0.as_ptr()
    }

    /// # Safety
    /// From `into_raw`, once; or null.
    pub(crate) unsafe fn from_raw(raw: *mut Connection) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }

    /// Closes the sockets when the peer has ended the connection, and frees everything. At PASSIVE_LEVEL.
    pub(crate) fn close(self) {
        let socket = self.peer();
        if !socket.0.is_null() {
            if self.is_client() && self.queues.is_some() {
                // Whoever waits for nothing is told of no failure.
                let _ = self.end(Some(PATIENCE));
            } else if !self.is_client() {
                self.gone.wait(Some(PATIENCE));
            }
            // SAFETY: whoever closes is alone: it is the end of `DriverEntry`, or the unload.
            let _ = unsafe { socket.close() };
        }
        if let Some(listener) = self.listener.take() {
            // SAFETY: as above.
            let _ = unsafe { listener.close() };
        }
        // SAFETY: at PASSIVE_LEVEL. No send is left (its socket is closed), so nobody queues the DPC again.
        unsafe { KeFlushQueuedDpcs() };
        let at = self.0;
        // SAFETY: nobody else has it: no event, completion or DPC is left. The memory is a block's, which `open` let go of.
        unsafe {
            at.drop_in_place();
            wdk_sys::ntddk::ExFreePoolWithTag(at.as_ptr().cast(), block::TAG);
        }
    }
}

fn ticks() -> u64 {
    // SAFETY: every x64 processor has it.
    unsafe { _rdtsc() }
}
