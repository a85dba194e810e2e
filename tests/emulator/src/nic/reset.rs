//! A NIC that NDIS resets. NDIS-LIFE-18.

use std::time::Duration;

use softrnic::sys::*;

use super::Nic;
use super::card::{Card, Inside};
use crate::processor;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

/// What it has begun to send it ends within this.
const SOON: Duration = Duration::from_secs(30);

impl Nic {
    /// Protocols are told; what they had sent and what they send now comes back, and nothing is answered, until
    /// [`end_reset`](Self::end_reset). What it received it indicates still.
    pub fn begin_reset(&self) {
        self.card.tell_alone(NDIS_STATUS_RESET_START);
        let mut inside = self.card.inside();
        inside.resetting = true;
        let busy = |inside: &mut Inside| inside.sending || !inside.waiting.is_empty();
        self.card.notify();
        let ended = self.card.changed.wait_while_for(&mut inside, busy, SOON);
        assert!(ended, "the NIC's thread drops what waits");
    }

    pub fn end_reset(&self) {
        self.card.inside().resetting = false;
        self.say_reset_ends();
    }

    /// Protocols are told, and it goes on dropping what they send.
    pub fn say_reset_ends(&self) {
        self.card.tell_alone(NDIS_STATUS_RESET_END);
    }
}

impl Card {
    fn tell_alone(&self, code: NDIS_STATUS) {
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.tell(code, &mut ());
        processor::lower(thread, old);
    }
}
