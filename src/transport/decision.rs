//! Whether a connection waits for its consumer's yes or no, for those who ask outside of a turn.

use core::sync::atomic::{AtomicU8, Ordering};

use super::api::Failure;

/// Where a connection stands with its consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Decision {
    /// There is nothing to decide, or it was decided.
    None,
    Open,
    /// There was, and the peer has given up.
    Lost,
}

/// The last one that a turn has left.
pub(super) struct Standing(AtomicU8);

impl Standing {
    pub(super) fn new() -> Self {
        Self(AtomicU8::new(Decision::None as u8))
    }

    pub(super) fn set(&self, decision: Decision) {
        self.0.store(decision as u8, Ordering::Release);
    }

    /// What a turn has found. It opens where the consumer is told of it, and not here.
    pub(super) fn follow(&self, decision: impl FnOnce() -> Decision) {
        if self.0.load(Ordering::Relaxed) == Decision::Open as u8 {
            self.set(decision());
        }
    }

    /// NDK-CON-21: whether there is something to reject, or why not.
    pub(super) fn rejectable(&self) -> Result<(), Failure> {
        match self.0.load(Ordering::Acquire) {
            now if now == Decision::Open as u8 => Ok(()),
            now if now == Decision::Lost as u8 => Err(Failure::Aborted),
            _ => Err(Failure::ConnectionInvalid),
        }
    }
}
