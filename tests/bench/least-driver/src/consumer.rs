//! The data path of NDKPI on top of a connection: the least that a consumer can post to and be called back by.
//!
//! One queue pair and its completion queues, with rings of a fixed size. An element's virtual address is the memory: nothing
//! is registered, counted or looked up, and nobody closes these objects, which go with their connection.

use core::{
    cell::{Cell, UnsafeCell},
    mem::{MaybeUninit, size_of},
    ptr::{NonNull, from_ref},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use wdk_sys::{NTSTATUS, PVOID};

use crate::{
    block::Block,
    connection::Connection,
    frame::{ASKED, Kind, Parser, Wrong},
    registry::Key,
    sys::*,
    table,
};

/// Requests of a kind that may be posted, and results that may wait.
pub(crate) const DEPTH: usize = 64;
/// A request as it was posted.
#[derive(Clone, Copy)]
pub(crate) struct Posted {
    context: PVOID,
    at: *mut u8,
    length: usize,
    pub(crate) what: What,
    silent: bool,
}

/// What is sent for a request.
#[derive(Clone, Copy)]
pub(crate) enum What {
    Send,
    /// To the peer's address.
    Write(u64),
    /// From the peer's address.
    Read(u64),
    /// What the peer reads.
    Response,
}

/// The payload of a frame.
pub(crate) enum Body<'a> {
    Bytes(&'a [u8]),
    Asked([u8; ASKED]),
}

impl Body<'_> {
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Asked(asked) => asked,
        }
    }
}

impl Posted {
    /// # Safety
    /// The consumer's arguments of a post, which it leaves alone until the request completes.
    unsafe fn new(context: PVOID, list: *const NDK_SGE, count: u32) -> Option<Self> {
        let (at, length) = match count {
            0 => (NonNull::dangling().as_ptr(), 0),
            // SAFETY: one element (caller); both forms of its address are one number.
            1 => unsafe { ((*list).Address.VirtualAddress.cast(), (*list).Length as usize) },
            _ => return None,
        };
        Some(Self {
            context,
            at,
            length,
            what: What::Send,
            silent: false,
        })
    }

    /// The answer to what a peer asked for.
    fn answer(asked: &[u8; ASKED]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = *asked;
        Self {
            context: core::ptr::null_mut(),
            at: u64::from_be_bytes([a, b, c, d, e, f, g, h]) as *mut u8,
            length: u32::from_be_bytes([i, j, k, l]) as usize,
            what: What::Response,
            silent: true,
        }
    }

    /// What its frame carries.
    ///
    /// # Safety
    /// As `bytes`.
    pub(crate) unsafe fn body<'a>(&self) -> Body<'a> {
        match self.what {
            What::Read(from) => {
                let mut asked = [0; ASKED];
                asked[..8].copy_from_slice(&from.to_be_bytes());
                asked[8..12].copy_from_slice(&(self.length as u32).to_be_bytes());
                Body::Asked(asked)
            }
            // SAFETY: the caller's promise.
            _ => Body::Bytes(unsafe { self.bytes() }),
        }
    }

    /// Its bytes.
    ///
    /// # Safety
    /// It has not completed, and nobody else has them meanwhile.
    pub(crate) unsafe fn bytes<'a>(&self) -> &'a mut [u8] {
        // SAFETY: the consumer's memory, ours until the request completes.
        unsafe { core::slice::from_raw_parts_mut(self.at, self.length) }
    }
}

/// A queue with one who puts and one who takes. All zeroes are an empty one.
struct Ring<T> {
    items: UnsafeCell<[MaybeUninit<T>; DEPTH]>,
    put: AtomicUsize,
    taken: AtomicUsize,
}

impl<T: Copy> Ring<T> {
    /// # Safety
    /// Called by one at a time.
    unsafe fn put(&self, item: T) -> bool {
        let put = self.put.load(Ordering::Relaxed);
        if put - self.taken.load(Ordering::Acquire) == DEPTH {
            return false;
        }
        // SAFETY: a free place, which nobody reads before `put` moves.
        unsafe { (*self.items.get())[put % DEPTH].write(item) };
        self.put.store(put + 1, Ordering::SeqCst);
        true
    }

    /// The item that is the `nth` ever put, if it is there and not taken.
    ///
    /// # Safety
    /// Only by who takes.
    unsafe fn get(&self, nth: usize) -> Option<T> {
        let there = nth < self.put.load(Ordering::Acquire);
        // SAFETY: written before `put` moved past it, and not taken yet.
        there.then(|| unsafe { (*self.items.get())[nth % DEPTH].assume_init() })
    }

    /// # Safety
    /// Only by who takes.
    unsafe fn oldest(&self) -> Option<T> {
        // SAFETY: the caller's promise.
        unsafe { self.get(self.taken.load(Ordering::Relaxed)) }
    }

    /// # Safety
    /// Called by one at a time.
    unsafe fn take(&self) -> Option<T> {
        let taken = self.taken.load(Ordering::Relaxed);
        // SAFETY: the caller is who takes.
        let item = unsafe { self.get(taken)? };
        self.taken.store(taken + 1, Ordering::SeqCst);
        Some(item)
    }
}

/// A completion queue. The object comes first: it is what the consumer has.
#[repr(C)]
struct Completions {
    cq: NDK_CQ,
    results: Ring<NDK_RESULT>,
    /// Results that were there when the consumer was called last.
    notified: AtomicUsize,
    armed: AtomicBool,
    running: AtomicBool,
    callback: Cell<NDK_FN_CQ_NOTIFICATION_CALLBACK>,
    context: Cell<PVOID>,
}

impl Completions {
    /// Something the consumer has not been called for nor taken.
    fn has_news(&self) -> bool {
        let seen = self.notified.load(Ordering::SeqCst);
        let seen = seen.max(self.results.taken.load(Ordering::SeqCst));
        self.results.put.load(Ordering::SeqCst) > seen
    }

    /// Calls the consumer if it has armed and there is news: once an arm, and not while it is being called (NDK-CQ-02,
    /// NDK-CQ-03, NDK-CQ-07). Whoever puts a result, arms, or has called looks afterwards, so one of them finds what the
    /// others left (NDK-CQ-08).
    fn notify(&self) {
        while self.armed.load(Ordering::SeqCst) && self.has_news() {
            if self.running.swap(true, Ordering::SeqCst) {
                return;
            }
            if self.has_news() && self.armed.swap(false, Ordering::SeqCst) {
                let put = self.results.put.load(Ordering::SeqCst);
                self.notified.store(put, Ordering::SeqCst);
                if let Some(callback) = self.callback.get() {
                    // SAFETY: the consumer's callback with the context it came with; nothing is held.
                    unsafe { callback(self.context.get(), STATUS_SUCCESS) };
                }
            }
            self.running.store(false, Ordering::SeqCst);
        }
    }
}

/// The queues of a connection. The queue pair comes first: it is what the consumer has.
#[repr(C)]
pub(crate) struct Queues {
    qp: NDK_QP,
    /// Of the queue pair, for results.
    context: Cell<PVOID>,
    connection: Cell<*const Connection>,
    receives: Ring<Posted>,
    /// And, where the peer reads, what it asked for: a side does one or the other.
    requests: Ring<Posted>,
    /// Requests that the peer has not answered.
    reads: Ring<Posted>,
    /// What the peer asks for, as far as it has come.
    asked: UnsafeCell<[u8; ASKED]>,
    received: Completions,
    initiated: Completions,
    /// A notification is made: whoever makes it sends what is posted meanwhile. Its consumer may hold a spin lock as it posts, and
    /// no WSK call is made with one held (WSK-HAZ-01).
    calling: AtomicBool,
}

/// A connection's, in nonpaged pool, zeroed and then filled.
pub(crate) struct Handle(Block);

impl core::ops::Deref for Handle {
    type Target = Queues;

    fn deref(&self) -> &Queues {
        // SAFETY: nonpaged memory of that size, for which zeroes are a value; `open` filled it.
        unsafe { &*self.0.at().cast() }
    }
}

impl Handle {
    /// Makes the objects; the key says who is called back with what, and is told where they are.
    pub(crate) fn open(key: &Key) -> Result<Self, NTSTATUS> {
        let block = Block::new(size_of::<Queues>())?;
        let at = block.at().cast::<Queues>();
        let pointer = |name| key.address(name).map(|at| at as PVOID);
        let callback = key.address("Notification")?;
        // SAFETY: a callback's address, as whoever set the key promises, or none.
        let callback: NDK_FN_CQ_NOTIFICATION_CALLBACK = unsafe { core::mem::transmute(callback) };
        // SAFETY: ours alone until it is told of.
        unsafe {
            (*at).qp.Header = table::header(NdkObjectTypeQp);
            (*at).qp.Dispatch = &raw const table::QP.0;
            (*at).context.set(pointer("QueuePair")?);
            for (cq, name) in [(&raw mut (*at).received, "Received"), (&raw mut (*at).initiated, "Initiated")] {
                (*cq).cq.Header = table::header(NdkObjectTypeCq);
                (*cq).cq.Dispatch = &raw const table::CQ.0;
                (*cq).callback.set(callback);
                (*cq).context.set(pointer(name)?);
            }
        }
        let queues = Self(block);
        let objects = [from_ref(&queues.qp) as usize, from_ref(&queues.received) as usize, from_ref(&queues.initiated) as usize];
        for (name, object) in ["QueuePairAt", "ReceivedAt", "InitiatedAt"].into_iter().zip(objects) {
            key.tell_bytes(name, &mut (object as u64).to_le_bytes())?;
        }
        Ok(queues)
    }

    /// Whose they are: before anybody posts.
    pub(crate) fn belong_to(&self, connection: *const Connection) {
        self.connection.set(connection);
    }
}

impl Queues {
    /// A message is whole. `notify_received` follows.
    ///
    /// # Safety
    /// In a receive event, one at a time.
    unsafe fn ended(&self, kind: Option<Kind>, length: usize) -> Result<(), Wrong> {
        // SAFETY: only receive events take receives and reads, and put their results. Where the peer reads nobody posts, so
        // that answers are put by receive events alone.
        unsafe {
            match kind {
                Some(Kind::Read) => {
                    let answer = Posted::answer(&*self.asked.get());
                    return self.requests.put(answer).then_some(()).ok_or(Wrong);
                }
                Some(Kind::Response) => {
                    let read = self.reads.take().ok_or(Wrong)?;
                    self.complete(&self.initiated, &read, 0);
                }
                _ => {
                    let receive = self.receives.take().ok_or(Wrong)?;
                    self.complete(&self.received, &receive, length);
                }
            }
        }
        Ok(())
    }

    /// After a receive event, which completes reads as well.
    pub(crate) fn notify_received(&self) {
        self.notify(&self.received);
        self.notify(&self.initiated);
    }

    fn notify(&self, queue: &Completions) {
        self.calling.store(true, Ordering::SeqCst);
        queue.notify();
        self.calling.store(false, Ordering::SeqCst);
        self.pump();
    }

    fn pump(&self) {
        // SAFETY: set before anybody posts, and there as long as these are.
        unsafe { (*self.connection.get()).pump() };
    }

    /// The `nth` request ever posted, if there is one.
    ///
    /// # Safety
    /// Where sends are made; it has not completed.
    pub(crate) unsafe fn request(&self, nth: usize) -> Option<Posted> {
        // SAFETY: only what has completed is taken (caller).
        unsafe { self.requests.get(nth) }
    }

    /// Requests ever posted.
    pub(crate) fn posted(&self) -> usize {
        self.requests.put.load(Ordering::Acquire)
    }

    /// The oldest requests were sent; whether their consumer is to be called for it.
    ///
    /// # Safety
    /// In the completion routine of the send that had them: sends complete in order, one at a time.
    pub(crate) unsafe fn sent(&self, count: usize) -> bool {
        for _ in 0..count {
            // SAFETY: the caller is who takes requests and puts their results.
            unsafe {
                if let Some(request) = self.requests.take()
                    && !request.silent
                {
                    self.complete(&self.initiated, &request, 0);
                }
            }
        }
        self.initiated.armed.load(Ordering::SeqCst) && self.initiated.has_news()
    }

    pub(crate) fn notify_initiated(&self) {
        self.notify(&self.initiated);
    }

    /// # Safety
    /// The caller is who puts results there.
    unsafe fn complete(&self, to: &Completions, request: &Posted, length: usize) {
        // SAFETY: the caller's promise. The consumer polls before as many results wait as it may post.
        unsafe {
            to.results.put(NDK_RESULT {
                Status: STATUS_SUCCESS,
                BytesTransferred: length as u32,
                QPContext: self.context.get(),
                RequestContext: request.context,
            });
        }
    }

    /// # Safety
    /// The consumer's arguments; posts to the queue come one after the other (NDK-POST-03).
    unsafe fn start(&self, request: Option<Posted>, flags: u32) -> NTSTATUS {
        let Some(mut request) = request else {
            return STATUS_INVALID_PARAMETER;
        };
        request.silent = flags & NDK_OP_FLAG_SILENT_SUCCESS != 0;
        if let What::Read(_) = request.what {
            // SAFETY: the caller's promise.
            if !unsafe { self.reads.put(request) } {
                return STATUS_INSUFFICIENT_RESOURCES;
            }
            // That it was asked for tells nobody anything.
            request.silent = true;
        }
        // SAFETY: the caller's promise.
        if !unsafe { self.requests.put(request) } {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if flags & NDK_OP_FLAG_DEFER == 0 && !self.calling.load(Ordering::SeqCst) {
            self.pump();
        }
        STATUS_SUCCESS
    }
}

/// Some bytes of a stream whose messages go to what a consumer posted. In a receive event.
pub(crate) fn take(queues: &Queues, parser: &mut Parser, mut bytes: &[u8]) -> Result<(), Wrong> {
    while !bytes.is_empty() {
        let kind = parser.kind();
        // SAFETY: in a receive event, one at a time: what it takes is not completed meanwhile. The peer's consumer was given the
        // address and length of a write by ours, which leaves that memory alone.
        let place: &mut [u8] = unsafe {
            match kind {
                None => &mut [],
                Some(Kind::Write) => {
                    let (to, length) = parser.target();
                    core::slice::from_raw_parts_mut(to as *mut u8, length)
                }
                Some(Kind::Read) => (&mut *queues.asked.get()).as_mut_slice(),
                Some(Kind::Response) => queues.reads.oldest().ok_or(Wrong)?.bytes(),
                Some(Kind::Send) => queues.receives.oldest().ok_or(Wrong)?.bytes(),
            }
        };
        let (taken, ended) = parser.step(bytes, place)?;
        bytes = bytes.get(taken..).ok_or(Wrong)?;
        if ended {
            // SAFETY: as above.
            unsafe { queues.ended(kind, parser.length())? };
        }
    }
    Ok(())
}

/// # Safety
/// A queue pair's function, with the consumer's arguments.
pub(crate) unsafe extern "win64" fn send(qp: *mut NDK_QP, context: PVOID, list: *const NDK_SGE, count: u32, flags: u32) -> NTSTATUS {
    // SAFETY: the queue pair begins its queues; the rest is the consumer's.
    unsafe { (*qp.cast::<Queues>()).start(Posted::new(context, list, count), flags) }
}

/// # Safety
/// As `send`.
pub(crate) unsafe extern "win64" fn write(qp: *mut NDK_QP, context: PVOID, list: *const NDK_SGE, count: u32, to: u64, _: u32, flags: u32) -> NTSTATUS {
    // SAFETY: as above.
    unsafe {
        let posted = Posted::new(context, list, count).map(|posted| Posted { what: What::Write(to), ..posted });
        (*qp.cast::<Queues>()).start(posted, flags)
    }
}

/// # Safety
/// As `send`.
pub(crate) unsafe extern "win64" fn read(qp: *mut NDK_QP, context: PVOID, list: *const NDK_SGE, count: u32, from: u64, _: u32, flags: u32) -> NTSTATUS {
    // SAFETY: as above.
    unsafe {
        let posted = Posted::new(context, list, count).map(|posted| Posted { what: What::Read(from), ..posted });
        (*qp.cast::<Queues>()).start(posted, flags)
    }
}

/// # Safety
/// As `send`.
pub(crate) unsafe extern "win64" fn receive(qp: *mut NDK_QP, context: PVOID, list: *const NDK_SGE, count: u32) -> NTSTATUS {
    // SAFETY: as above.
    unsafe {
        match Posted::new(context, list, count) {
            Some(posted) if (*qp.cast::<Queues>()).receives.put(posted) => STATUS_SUCCESS,
            Some(_) => STATUS_INSUFFICIENT_RESOURCES,
            None => STATUS_INVALID_PARAMETER,
        }
    }
}

/// # Safety
/// A completion queue's function, with the consumer's arguments; polls and arms come one after the other (NDK-CQ-01).
pub(crate) unsafe extern "win64" fn get_cq_results(cq: *mut NDK_CQ, results: *mut NDK_RESULT, most: u32) -> u32 {
    // SAFETY: the object begins its queue; the consumer alone takes, and its array has so many places.
    unsafe {
        let queue = &(*cq.cast::<Completions>()).results;
        let mut got = 0;
        while got < most {
            let Some(result) = queue.take() else { break };
            results.add(got as usize).write(result);
            got += 1;
        }
        got
    }
}

/// # Safety
/// As `get_cq_results`.
pub(crate) unsafe extern "win64" fn arm_cq(cq: *mut NDK_CQ, _: u32) {
    // SAFETY: as above.
    let queue = unsafe { &*cq.cast::<Completions>() };
    queue.armed.store(true, Ordering::SeqCst);
    // Within its notification whoever called looks again.
    if !queue.running.load(Ordering::SeqCst) {
        queue.notify();
    }
}
