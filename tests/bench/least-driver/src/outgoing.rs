//! What is sent: messages cut into pieces, joined into sends whose IRPs, memory and descriptions were made before.
//!
//! Small frames are put together in the send's own memory, as that costs less than describing them; large ones are described
//! where they are, with their headers and checksums beside.

use core::{
    cell::{Cell, UnsafeCell},
    mem::size_of,
    ptr::null_mut,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use wdk_sys::{MDL, NTSTATUS, PVOID, ntddk::IoBuildPartialMdl, ntddk::IoFreeMdl};

use crate::{
    block::{Block, Irp, Mdl},
    consumer::{Queues, What},
    frame::{self, HEADER, Kind, TRAILER},
    settings::{Framing, Shape},
    socket::Socket,
    sys::WSK_BUF,
};

/// Sends on their way at most: as many as the driver that ships has batches.
pub(crate) const SENDS: usize = 8;
/// The checksum of a frame and the header of the next, which lie beside each other.
const BESIDE: usize = TRAILER + HEADER;

/// The sending side of a connection.
pub(crate) struct Outgoing {
    shape: Shape,
    payload: Block,
    described: Mdl,
    sends: [Send; SENDS],
    /// The next to be used: they complete in order.
    next: Cell<usize>,
    /// Pieces handed to WSK.
    sent: Cell<usize>,
    /// Pieces whose sends have completed.
    done: AtomicUsize,
    /// Callers of [`Outgoing::run`] that have not been served.
    turns: AtomicUsize,
    /// Whether somebody waits for a send to complete.
    wanting: AtomicBool,
}

/// One `WskSend`.
pub(crate) struct Send {
    irp: Irp,
    busy: AtomicBool,
    pieces: Cell<usize>,
    buffer: UnsafeCell<WSK_BUF>,
    memory: Block,
    chain: Chain,
    /// Of the connection, for the completion routine.
    context: Cell<PVOID>,
}

impl Outgoing {
    pub(crate) fn new(shape: Shape) -> Result<Self, NTSTATUS> {
        let joined = if shape.is_framed() {
            shape.size
        } else {
            shape.batch * shape.piece
        };
        let payload = Block::new(joined)?;
        // SAFETY: nobody else has it yet.
        let bytes = unsafe { payload.bytes() };
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index * 31 + (index >> 8)) as u8;
        }
        // SAFETY: the block lives as long as its description.
        let described = unsafe { Mdl::of(payload.at(), payload.length())? };
        let one = || Send::new(shape, &payload);
        let sends = [
            one()?,
            one()?,
            one()?,
            one()?,
            one()?,
            one()?,
            one()?,
            one()?,
        ];
        Ok(Self {
            shape,
            payload,
            described,
            sends,
            next: Cell::new(0),
            sent: Cell::new(0),
            done: AtomicUsize::new(0),
            turns: AtomicUsize::new(0),
            wanting: AtomicBool::new(false),
        })
    }

    /// Has `work` run with nobody else inside: by the caller, or by whoever runs it now once more. It is all that may call
    /// the functions below, but for `completed`.
    pub(crate) fn run(&self, work: impl Fn()) {
        if self.turns.fetch_add(1, Ordering::AcqRel) != 0 {
            return;
        }
        let mut seen = 1;
        loop {
            work();
            let over = self
                .turns
                .compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire);
            match over {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// Pieces handed to WSK, and those whose sends have completed.
    pub(crate) fn pieces(&self) -> (usize, usize) {
        (self.sent.get(), self.done.load(Ordering::Acquire))
    }

    /// Sends pieces up to `limit` in all, as far as there are sends for them; the others wait for a completion.
    pub(crate) fn send_up_to(
        &self,
        limit: usize,
        socket: Socket,
        routine: Routine,
        context: PVOID,
    ) {
        self.send_with(limit, socket, routine, context, Send::fill);
    }

    /// The same of what was posted.
    pub(crate) fn send_posted(&self, queues: &Queues, socket: Socket, routine: Routine, context: PVOID) {
        self.send_with(queues.posted(), socket, routine, context, |send, from, pieces| {
            send.fill_posted(from, queues, pieces);
        });
    }

    fn send_with(
        &self,
        limit: usize,
        socket: Socket,
        routine: Routine,
        context: PVOID,
        fill: impl Fn(&Send, &Self, usize),
    ) {
        while self.sent.get() < limit {
            let send = &self.sends[self.next.get()];
            self.wanting.store(true, Ordering::SeqCst);
            if send.busy.load(Ordering::SeqCst) {
                return;
            }
            self.wanting.store(false, Ordering::SeqCst);
            let pieces = self.shape.batch.min(limit - self.sent.get());
            fill(send, self, pieces);
            self.next.set((self.next.get() + 1) % SENDS);
            self.sent.set(self.sent.get() + pieces);
            send.pieces.set(pieces);
            send.context.set(context);
            send.busy.store(true, Ordering::SeqCst);
            // SAFETY: not busy, so idle; the buffer is its own, and stays until `completed`.
            unsafe {
                let irp = send
                    .irp
                    .arm(Some(routine), core::ptr::from_ref(send).cast_mut().cast());
                socket.send(send.buffer.get(), irp);
            }
        }
    }

    /// What a send's completion routine does first: gives the send back. Whether somebody waits for that.
    ///
    /// # Safety
    /// `send` is what the routine was given, one of ours.
    pub(crate) unsafe fn completed(&self, send: *const Send) -> bool {
        // SAFETY: the caller's promise.
        let send = unsafe { &*send };
        self.done.fetch_add(send.pieces.get(), Ordering::AcqRel);
        send.busy.store(false, Ordering::SeqCst);
        self.wanting.load(Ordering::SeqCst)
    }
}

/// A completion routine of sends.
pub(crate) type Routine =
    unsafe extern "C" fn(wdk_sys::PDEVICE_OBJECT, *mut wdk_sys::IRP, PVOID) -> NTSTATUS;

impl Send {
    fn new(shape: Shape, payload: &Block) -> Result<Self, NTSTATUS> {
        let in_place = shape.is_framed() && !shape.is_copied();
        let length = match (shape.is_framed(), in_place) {
            (false, _) => 0,
            (true, false) => shape.batch * (shape.piece + BESIDE),
            (true, true) => (shape.batch + 1) * BESIDE,
        };
        let memory = Block::new(length)?;
        let chain = match (shape.is_framed(), in_place) {
            (false, _) => Chain::of(payload)?,
            (true, false) => Chain::of(&memory)?,
            (true, true) => Chain::around(&memory, shape, payload)?,
        };
        Ok(Self {
            irp: Irp::new()?,
            busy: AtomicBool::new(false),
            pieces: Cell::new(0),
            buffer: UnsafeCell::new(WSK_BUF::default()),
            memory,
            chain,
            context: Cell::new(null_mut()),
        })
    }

    /// The connection's, as it was sent with.
    pub(crate) fn context(&self) -> PVOID {
        self.context.get()
    }

    /// Status of the send that has completed.
    pub(crate) fn status(&self) -> NTSTATUS {
        // SAFETY: called by its completion routine alone: idle.
        unsafe { self.irp.result().0 }
    }

    /// Pieces that it has.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces.get()
    }

    /// Makes frames of the next `count` requests.
    fn fill_posted(&self, from: &Outgoing, queues: &Queues, count: usize) {
        let mut length = 0;
        for nth in from.sent.get()..from.sent.get() + count {
            // SAFETY: where sends are made; what is sent now has not completed.
            let Some(request) = (unsafe { queues.request(nth) }) else { break };
            // SAFETY: idle, so nobody else has the memory; the consumer leaves its own alone.
            let (memory, body) = unsafe { (self.memory.bytes(), request.body()) };
            let body = body.as_slice();
            let header = match request.what {
                What::Send => frame::header(body.len(), nth as u32, 0, true),
                What::Write(to) => frame::header_of(Kind::Write, body.len(), to),
                What::Read(_) => frame::header_of(Kind::Read, body.len(), 0),
                What::Response => frame::header_of(Kind::Response, body.len(), 0),
            };
            stage(&mut memory[length..], &header, body, from.shape.framing);
            length += BESIDE + body.len();
        }
        // SAFETY: idle, as above.
        unsafe {
            *self.buffer.get() = WSK_BUF {
                Mdl: self.chain.first().cast(),
                Offset: 0,
                Length: length,
            }
        };
    }

    /// Makes the next `count` pieces of the stream.
    fn fill(&self, from: &Outgoing, count: usize) {
        let shape = &from.shape;
        let (mut length, mut offset) = (0, 0);
        for nth in 0..count {
            let piece = from.sent.get() + nth;
            let at = piece % shape.pieces * shape.piece;
            let size = shape.piece.min(shape.size - at);
            if !shape.is_framed() {
                length += size;
                continue;
            }
            let number = (piece / shape.pieces) as u32;
            let header = frame::header(size, number, at, at + size == shape.size);
            // SAFETY: idle, so nobody else has the memory; the payload is only read.
            let (memory, payload) = unsafe { (self.memory.bytes(), from.payload.bytes()) };
            let body = &payload[at..at + size];
            if shape.is_copied() {
                stage(&mut memory[length..], &header, body, shape.framing);
            } else {
                offset = TRAILER as u32;
                let beside = &mut memory[nth * BESIDE..][..BESIDE + TRAILER];
                beside[TRAILER..BESIDE].copy_from_slice(&header);
                beside[BESIDE..].copy_from_slice(&frame::trailer(&[&header, body], shape.framing));
                self.chain.describe(nth, from, (at, size), nth + 1 == count);
            }
            length += BESIDE + size;
        }
        // SAFETY: idle, as above.
        unsafe {
            *self.buffer.get() = WSK_BUF {
                Mdl: self.chain.first().cast(),
                Offset: offset,
                Length: length,
            }
        };
    }
}

/// Puts a frame together.
fn stage(to: &mut [u8], header: &[u8; HEADER], body: &[u8], framing: Framing) {
    let covered = HEADER + body.len();
    to[..HEADER].copy_from_slice(header);
    to[HEADER..covered].copy_from_slice(body);
    let trailer = frame::trailer(&[&to[..covered]], framing);
    to[covered..covered + TRAILER].copy_from_slice(&trailer);
}

/// MDLs of a send: one of everything, or in turn one of what is beside and one of a payload.
struct Chain {
    mdls: Block,
}

impl Chain {
    fn of(memory: &Block) -> Result<Self, NTSTATUS> {
        let chain = Self::with_room(1)?;
        // SAFETY: the block lives as long as the send (both are the connection's).
        chain.put(0, unsafe { Mdl::of(memory.at(), memory.length())? });
        Ok(chain)
    }

    fn around(memory: &Block, shape: Shape, payload: &Block) -> Result<Self, NTSTATUS> {
        let chain = Self::with_room(2 * shape.batch + 1)?;
        for nth in 0..=shape.batch {
            // SAFETY: inside the block, which lives as long as the send.
            let beside = unsafe { Mdl::of(memory.at().add(nth * BESIDE), BESIDE)? };
            chain.put(2 * nth, beside);
        }
        for nth in 0..shape.batch {
            // A payload may begin anywhere in a page.
            let room = Mdl::room(payload.at().wrapping_sub(1), shape.piece + 2)?;
            chain.put(2 * nth + 1, room);
        }
        Ok(chain)
    }

    fn with_room(count: usize) -> Result<Self, NTSTATUS> {
        let mdls = Block::new(count * size_of::<*mut MDL>())?;
        Ok(Self { mdls })
    }

    fn put(&self, nth: usize, mdl: Mdl) {
        // SAFETY: inside the block, which this chain is alone with; `drop` frees what is put there.
        unsafe { self.mdls.at().cast::<*mut MDL>().add(nth).write(mdl.raw()) };
        core::mem::forget(mdl);
    }

    fn get(&self, nth: usize) -> *mut MDL {
        // SAFETY: inside the block: callers keep to the count they made it with.
        unsafe { self.mdls.at().cast::<*mut MDL>().add(nth).read() }
    }

    fn first(&self) -> *mut MDL {
        self.get(0)
    }

    /// Has the `nth` payload be `size` bytes at `at` of the message, between what is beside it.
    fn describe(&self, nth: usize, from: &Outgoing, (at, size): (usize, usize), is_last: bool) {
        let [before, body, behind] = [0, 1, 2].map(|more| self.get(2 * nth + more));
        // SAFETY: the range is inside the payload, which is described; the send is idle, so its MDLs are ours.
        unsafe {
            let start = from.payload.at().add(at).cast();
            IoBuildPartialMdl(from.described.raw(), body, start, size as u32);
            (*before).Next = body;
            (*body).Next = behind;
            if is_last {
                (*behind).Next = null_mut();
            }
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for nth in 0..self.mdls.length() / size_of::<*mut MDL>() {
            let mdl = self.get(nth);
            if !mdl.is_null() {
                // SAFETY: put there by `put`, or still null; freed once.
                unsafe { IoFreeMdl(mdl) };
            }
        }
    }
}
