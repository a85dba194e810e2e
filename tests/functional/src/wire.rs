//! What ends connections on the wire of a stage's machine, as its sockets see it.

use std::net::SocketAddr;
use std::sync::Arc;

use softrnic_emulator::sync::Mutex;
use softrnic_emulator::wsk::{Direction, Segment, Tap};

use crate::Stage;

/// An end of one direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The machine's socket sent FIN.
    OurFin,
    /// The peer's came.
    TheirFin,
    /// The machine's socket reset the connection.
    OurReset,
    /// The peer did.
    TheirReset,
}

/// Every ending since it was made, in order.
#[derive(Default)]
pub struct Wire(Mutex<Vec<Ending>>);

impl Wire {
    /// Looks at the wire of `stage` from now on.
    #[must_use]
    pub fn of(stage: &Stage) -> Arc<Self> {
        let wire = Arc::new(Self::default());
        stage.machine().wsk.set_tap(Some(wire.clone()));
        wire
    }

    /// What came since it was asked last.
    #[must_use]
    pub fn endings(&self) -> Vec<Ending> {
        std::mem::take(&mut *self.0.lock())
    }
}

impl Tap for Wire {
    fn segment(&self, _local: SocketAddr, _remote: SocketAddr, segment: &Segment<'_>) {
        let ending = match segment {
            Segment::Open { .. } | Segment::Data { .. } => return,
            Segment::Fin {
                direction: Direction::Out,
            } => Ending::OurFin,
            Segment::Fin {
                direction: Direction::In,
            } => Ending::TheirFin,
            Segment::Reset {
                direction: Direction::Out,
            } => Ending::OurReset,
            Segment::Reset {
                direction: Direction::In,
            } => Ending::TheirReset,
        };
        self.0.lock().push(ending);
    }
}
