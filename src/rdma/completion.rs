//! Completions and the queue they wait in.

use crate::sync::{Allocate, Arm, CompletionRing, NotResized, Notice, Notify, Overrun};

/// How a request ended. `ndk` turns it into NTSTATUS, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    #[default]
    Ok,
    /// Flushed (NDK-FLUSH-01).
    Cancelled,
    /// A local token, range or right is wrong.
    AccessViolation,
    /// The message is longer than the receive it met (NDK-POST-32).
    BufferOverflow,
    /// The request itself is beyond a limit.
    DataOverrun,
    /// The peer refused it with a Terminate.
    RemoteError,
    /// The token cannot be invalidated, or the region cannot be registered.
    InvalidToken,
}

/// What a completion is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Receive,
    /// A receive whose sender invalidated the token in `output`.
    ReceiveAndInvalidate,
    Send,
    Write,
    Read,
    FastRegister,
    Bind,
    Invalidate,
}

/// What ended the connection, in the results of the requests that it took along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    /// The consumer itself, or it has not ended.
    #[default]
    Own,
    /// A Terminate, the peer's or ours: layer and type, and code, as on the wire.
    Terminate {
        by_peer: bool,
        layer_and_type: u8,
        code: u8,
    },
    /// TCP lost it, or closed in the middle of something.
    Lost,
    /// The peer did not do its part in time.
    TimedOut,
    /// The peer does not speak the protocol.
    Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Completion {
    pub context: u64,
    pub qp_context: u64,
    pub status: Status,
    pub kind: Kind,
    /// Bytes received; 0 for the others (NDK-CQ-15).
    pub bytes: u32,
    pub output: u64,
    /// Of a failed request.
    pub cause: Cause,
}

/// Completions of any number of queue pairs, polled by one consumer, with its notification.
pub struct CompletionQueue<A: Allocate> {
    ring: CompletionRing<Completion, A>,
    notify: Notify,
}

impl<A: Allocate> CompletionQueue<A> {
    pub fn new(depth: usize) -> Option<Self> {
        Some(Self {
            ring: CompletionRing::new(depth)?,
            notify: Notify::new(),
        })
    }

    pub fn depth(&self) -> usize {
        self.ring.depth()
    }

    /// Adds one; an overrun makes the queue dead and is told by the next `begin`. Errors count as
    /// solicited (NDK-CQ-10).
    pub fn push(&self, completion: Completion, solicited: bool) -> Result<(), Overrun> {
        let solicited = solicited || completion.status != Status::Ok;
        self.ring
            .push(completion, solicited)
            .inspect_err(|_| self.notify.overrun())
    }

    /// Removes up to `most`, oldest first (NDK-CQ-13).
    pub fn pop(&self, most: usize, take: impl FnMut(usize, Completion)) -> usize {
        self.ring.pop(most, take)
    }

    /// Changes the depth; entries, arm and what was told stay as they are (NDK-CQ-27).
    pub fn resize(&self, depth: usize) -> Result<(), NotResized> {
        self.ring.resize(depth)
    }

    /// Arms. The caller runs the `begin` loop next.
    pub fn arm(&self, arm: Arm) {
        self.notify.arm(arm);
    }

    /// The notification callback is to be called now, once; `end` after it, and ask again.
    pub fn begin(&self) -> Option<Notice> {
        self.notify.begin(&self.ring)
    }

    pub fn end(&self) {
        self.notify.end();
    }

    /// Whether `begin` would find something now.
    pub fn is_due(&self) -> bool {
        self.notify.is_due(&self.ring)
    }
}
