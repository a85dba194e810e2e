//! Work queues: the consumer posts, one runner executes and retires.
//!
//! A request occupies its slot until it is retired, which is before its completion becomes
//! visible, so that reposting from the completion always finds room (NDK-POST-10).

use crate::sync::Allocate;
use crate::sync::ring::{Consumer, Refused, Ring, Slot};

use super::request::{ReceiveRequest, SendRequest};

/// Why a post was refused inline; the queue pair stays healthy (NDK-POST-31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostError {
    /// As many requests as the depth are outstanding.
    Full,
    /// Another post to this queue is under way (NDK-POST-03 is the consumer's promise).
    Contended,
    /// More entries or bytes than the queue pair was made for.
    TooMany,
    /// INLINE data is longer than the queue pair's limit.
    InlineTooLong,
}

impl From<Refused> for PostError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::Contended => Self::Contended,
        }
    }
}

/// A queue of requests of one kind.
pub struct WorkQueue<T, A: Allocate> {
    ring: Ring<T, A::Slice<Slot<T>>>,
}

pub type SendQueue<A> = WorkQueue<SendRequest, A>;
pub type ReceiveQueue<A> = WorkQueue<ReceiveRequest, A>;

/// The runner's window on a queue.
pub type Window<'a, T, A> = Consumer<'a, T, <A as Allocate>::Slice<Slot<T>>>;

impl<T: Copy + Default, A: Allocate> WorkQueue<T, A> {
    pub fn new(depth: usize) -> Option<Self> {
        Some(Self {
            ring: Ring::new(A::slice(depth, |_| Slot::new(T::default()))?),
        })
    }

    pub fn depth(&self) -> usize {
        self.ring.depth()
    }

    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Requests not yet retired; exact for the runner, but for what is being posted.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Writes a request in place; the slot still holds an older one. An error leaves nothing posted.
    pub fn post(
        &self,
        write: impl FnOnce(&mut T) -> Result<(), PostError>,
    ) -> Result<(), PostError> {
        self.ring.try_push(write)
    }

    /// The runner's side; `None` while somebody else (a flush) has it.
    pub fn window(&self) -> Option<Window<'_, T, A>> {
        self.ring.consumer()
    }

    /// Retires everything, oldest first, telling each. May run beside posts and other flushes: what
    /// is posted before the last of them returns is retired by one of them.
    pub fn flush(&self, mut cancelled: impl FnMut(T)) {
        while !self.ring.is_empty() {
            let Some(mut window) = self.ring.consumer() else {
                return;
            };
            while let Some(request) = window.get(0).copied() {
                // The slot is free before the completion is seen, as everywhere.
                window.retire();
                cancelled(request);
            }
            window.leave();
        }
    }
}
