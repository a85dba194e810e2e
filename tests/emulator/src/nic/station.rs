//! A bare end of a cable, for the host: it sends any frame and sees what the switch brings.

use std::sync::Arc;
use std::time::Duration;

use super::Mac;
use super::switch::{Arriving, Outlet, Port, Switch};
use crate::clock;
use crate::sync::{Condvar, Mutex};

/// What is under way to a station.
#[derive(Clone, Default)]
pub(super) struct Inbox(Arc<(Mutex<Arriving>, Condvar)>);

impl Inbox {
    pub(super) fn arrive(&self, at: (u64, u64), frame: &Arc<[u8]>) {
        self.0.0.lock().insert(at, Arc::clone(frame));
        self.0.1.notify_all();
    }
}

/// One end of a cable.
pub struct Station {
    switch: Arc<Switch>,
    port: usize,
    mac: Mac,
    inbox: Inbox,
}

impl Switch {
    /// Plugs a station in.
    #[must_use]
    pub fn station(self: &Arc<Self>, mac: Mac) -> Station {
        let port = self.plug(Port::default());
        let inbox = Inbox::default();
        self.connect(port, mac, Outlet::Station(inbox.clone()));
        Station {
            switch: Arc::clone(self),
            port,
            mac,
            inbox,
        }
    }
}

impl Station {
    #[must_use]
    pub fn mac(&self) -> Mac {
        self.mac
    }

    /// Sends a frame as it is.
    ///
    /// # Panics
    /// When it is shorter than an Ethernet header.
    pub fn send(&self, frame: &[u8]) {
        assert!(frame.len() >= 14, "an Ethernet frame has a header");
        self.switch.carry(self.port, frame.into());
    }

    /// Sends `payload` with an Ethernet header.
    pub fn send_to(&self, to: Mac, kind: u16, payload: &[u8]) {
        let frame = [&to[..], &self.mac, &kind.to_be_bytes(), payload].concat();
        self.send(&frame);
    }

    /// The next frame, if one arrives in time.
    #[must_use]
    pub fn receive(&self, limit: Duration) -> Option<Arc<[u8]>> {
        let until = clock::after(limit);
        let (frames, changed) = &*self.inbox.0;
        let mut frames = frames.lock();
        loop {
            let first = frames.first_key_value().map(|(&(at, _), _)| at);
            let now = clock::nanoseconds();
            if first.is_some_and(|at| at <= now) {
                return frames.pop_first().map(|(_, frame)| frame);
            }
            if now >= until {
                return None;
            }
            let next = first.map_or(until, |at| at.min(until));
            changed.wait_until(&mut frames, Some(next));
        }
    }
}
