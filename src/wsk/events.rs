//! What sockets tell the code above.

use core::{marker::PhantomData, slice};

use super::{listener::Incoming, send::SendBatch};
use crate::{
    nt::{Result, Status, mdl},
    sys::WSK_DATA_INDICATION,
};

/// How much of an indication was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    All,
    /// So many bytes. Nothing more is indicated until `Socket::resume_receive` took effect
    /// (WSK-RX-05); then the rest comes again.
    Bytes(usize),
    /// None: as `Bytes(0)`. The transport buffers, and closes the window in the end (WSK-RX-08).
    Nothing,
}

/// Which end of a connection was heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer will send no more; we still may (WSK-DIS-10).
    Fin,
    /// Reset: nothing goes either way any more.
    Reset,
    /// WSK gave the socket up: close it, nothing else works (WSK-SOCK-12).
    Dead,
}

/// Why a connection was not made: what was said to a step before TCP was asked for the peer, or what
/// it said of the peer. WSK-SOCK-07: the same status means the local address in one, and the pair of
/// addresses in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotConnected {
    Here(Status),
    There(Status),
}

/// A connection's events. Each socket calls its owner's, and holds the owner until `closed`
/// returned, which comes last and once.
///
/// "Completion routine" below means: called inside one, possibly from within a call into the socket
/// on this very stack, at IRQL <= DISPATCH_LEVEL. The implementation queues the fact and returns; it
/// may call `close` and `resume_receive`, which only queue as well.
pub(crate) trait Events: Send + Sync + Sized + 'static {
    /// The result of `Socket::connect`, once. In a DPC: WSK may be called. After an error the
    /// socket is only good for `close`.
    fn connected(&self, result: Result<(), NotConnected>);

    /// Data, in order; serial (WSK-EVT-09). In a WSK event callback: other sockets and this one may
    /// be called; nothing may wait (WSK-EVT-07).
    fn received(&self, data: &Indication<'_>) -> Accept;

    /// The peer's end, or the socket's. In a WSK event callback, possibly beside `received`.
    fn disconnected(&self, end: End);

    /// `batch` is ours again: everything of it was sent, or the connection is broken (a short send
    /// is an error, WSK-TX-04). Completion routine.
    fn sent(&self, batch: SendBatch, result: Result<()>);

    /// `Socket::resume_receive` took effect. Completion routine.
    fn resumed(&self, result: Result<()>);

    /// The result of `Socket::disconnect`. Completion routine.
    fn local_disconnect_done(&self, result: Result<()>);

    /// The socket is gone; no other call is running or will be made. Completion routine or DPC.
    fn closed(&self);
}

/// A listener's events. The listener holds the acceptor until `closed` returned.
pub(crate) trait Acceptor: Send + Sync + Sized + 'static {
    /// The result of `Listener::listen`, once. In a DPC: WSK may be called.
    fn listening(&self, result: Result<()>);

    /// A peer connected: `Incoming::accept` takes it, dropping it refuses. In a WSK event callback.
    fn incoming(&self, incoming: Incoming<'_>);

    /// The listener is dead (WSK-ACC-01): close it. In a WSK event callback.
    fn lost(&self);

    /// The listener is gone; no other call is running or will be made. Completion routine or DPC.
    fn closed(&self);
}

/// Data that WSK lends us for the length of a call.
pub(crate) struct Indication<'a> {
    first: *const WSK_DATA_INDICATION,
    length: usize,
    lent: PhantomData<&'a [u8]>,
}

impl<'a> Indication<'a> {
    /// # Safety
    ///
    /// `first` is a list WSK indicates, of `length` bytes in all, valid during `'a`.
    pub(super) unsafe fn new(first: *const WSK_DATA_INDICATION, length: usize) -> Self {
        Self {
            first,
            length,
            lent: PhantomData,
        }
    }

    /// Bytes in all.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The bytes, piece by piece in order. It ends early when a piece cannot be mapped
    /// (WSK-RX-12): the bytes given until then are what can be accepted.
    pub(crate) fn chunks(&self) -> Chunks<'a> {
        Chunks {
            next: self.first,
            mdl: core::ptr::null_mut(),
            skip: 0,
            left: 0,
            lent: PhantomData,
        }
    }
}

/// # Invariants
/// `next` is null or the next element of a list that is valid during `'a`; `mdl` the next MDL of
/// the element before it, which has `left` bytes from `skip` on in the rest of its chain.
pub(crate) struct Chunks<'a> {
    next: *const WSK_DATA_INDICATION,
    mdl: crate::sys::PMDL,
    skip: usize,
    left: usize,
    lent: PhantomData<&'a [u8]>,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            if self.left == 0 || self.mdl.is_null() {
                if !self.next_element() {
                    return None;
                }
                continue;
            }
            let mdl = self.mdl;
            // SAFETY: a member of a valid chain (invariant).
            let (count, next) = unsafe { mdl::extent(mdl) };
            let skip = core::mem::take(&mut self.skip);
            self.mdl = next;
            // WSK-RX-12: an MDL may be larger than what is indicated of it, and empty ones occur.
            let length = count.saturating_sub(skip).min(self.left);
            if length == 0 {
                self.skip = skip.saturating_sub(count);
                continue;
            }
            // SAFETY: WSK indicates locked memory for us to read.
            let Some(address) = (unsafe { mdl::system_address(mdl) }) else {
                self.next = core::ptr::null();
                self.left = 0;
                return None;
            };
            self.left -= length;
            // SAFETY: `length` bytes from `skip` are in the MDL; lent for `'a`, read-only
            // (WSK-RX-12).
            return Some(unsafe { slice::from_raw_parts(address.add(skip), length) });
        }
    }
}

impl Chunks<'_> {
    fn next_element(&mut self) -> bool {
        if self.next.is_null() {
            return false;
        }
        // SAFETY: an element of a valid list (invariant).
        let element = unsafe { &*self.next };
        self.mdl = element.Buffer.Mdl;
        self.skip = element.Buffer.Offset as usize;
        self.left = element.Buffer.Length;
        self.next = element.Next;
        true
    }
}
