//! What the driver writes for Event Tracing for Windows, as a session on its machine sees it.

use std::sync::Arc;
use std::time::Instant;

use softrnic_emulator::Machine;
use softrnic_emulator::etw::Decoded;
use softrnic_emulator::sync::{Condvar, Mutex};

use crate::SOON;

/// {cb8113b8-fc0d-5d54-27d9-3d83733bc949}, as it lies in memory: what tools make of the name `softrnic`.
const PROVIDER: [u8; 16] = [
    0xb8, 0x13, 0x81, 0xcb, 0x0d, 0xfc, 0x54, 0x5d, 0x27, 0xd9, 0x3d, 0x83, 0x73, 0x3b, 0xc9, 0x49,
];

/// `TRACE_LEVEL_…`.
pub const ERROR: u8 = 2;
/// As above.
pub const WARNING: u8 = 3;
/// As above.
pub const VERBOSE: u8 = 5;

/// The events that a session took, in order.
#[derive(Default)]
pub struct Events {
    taken: Mutex<Vec<Decoded>>,
    came: Condvar,
}

impl Events {
    /// Begins the machine's session. On a thread of the machine.
    ///
    /// # Panics
    /// Later, when an event does not say what is in it.
    #[must_use]
    pub fn of(machine: &'static Machine, level: u8, keywords: u64) -> Arc<Self> {
        let events = Arc::new(Self::default());
        let sink = Arc::clone(&events);
        machine.etw.enable(level, keywords, move |event| {
            assert_eq!(event.provider, PROVIDER);
            let event = event.decode().expect("an event that tools can read");
            sink.taken.lock().push(event);
            sink.came.notify_all();
        });
        events
    }

    /// What came so far, a line each, but for requests.
    pub fn lines(&self) -> Vec<String> {
        let taken = self.taken.lock();
        let told = taken.iter().filter(|event| event.name != "Request");
        told.map(ToString::to_string).collect()
    }

    /// The first event of this name, when it has come.
    ///
    /// # Panics
    /// When it does not come soon.
    #[must_use]
    pub fn wait(&self, name: &str) -> Decoded {
        let until = Instant::now() + SOON;
        let mut taken = self.taken.lock();
        loop {
            if let Some(event) = taken.iter().find(|event| event.name == name) {
                return event.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            let missing = |taken: &mut Vec<Decoded>| taken.iter().all(|event| event.name != name);
            assert!(
                self.came.wait_while_for(&mut taken, missing, left),
                "no {name} among {taken:#?}"
            );
        }
    }
}
