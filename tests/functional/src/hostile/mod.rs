//! Hostile peers against the image that ships (`docs/hostile.md`).
//!
//! The rows of one file share a machine: each gets a connection of its own, on an adapter whose
//! neighbour connection moves data before and after. The rows run one after the other, in the first
//! test that asks; each test then tells how its own row went.

mod peer;
#[path = "../../../../src/iwarp/tests/hostile/rows.rs"]
mod rows;
mod victim;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use softrnic_consumer::{
    Adapter, ConnectParameters, Connector, Listener, NtStatus, QpLimits, Request,
};
use softrnic_emulator::sync::Receiver;

pub use crate::peer::Peer;
use crate::{End, SOON, Stage, listen};
pub use peer::{Ended, Pace, hex, read_request, send, tagged, untagged, write};
pub use victim::{Guarded, UNTOUCHED, Victim, region};

/// A revision 1 Request without private data: CRC, no markers.
pub const REQUEST: &str = "4d504120 49442052 65712046 72616d65 40010000";
/// What a peer of revision 2 replies to the Request of an end here: it takes CRCs, 16 Reads each way, and a Write as the
/// ready-to-receive frame.
pub const REPLY_TO_ENDS: &str = "4d504120 49442052 65702046 72616d65 50020004 80108010";
/// The Reply that [`REQUEST`] gets.
pub const REPLY: &str = "4d504120 49442052 65702046 72616d65 40010000";

/// The row's bytes as they stand in the table.
#[must_use]
pub fn bytes_of(id: &str) -> Vec<u8> {
    rows::bytes_of(rows::found(id).2)
}

/// What the row must be answered with.
#[must_use]
pub fn answer_to(id: &str) -> &'static str {
    rows::found(id).3
}

/// `F01` of `f01_a_length_of_zero`.
#[must_use]
pub fn id_of(test: &str) -> String {
    test[..3].to_uppercase()
}

/// The machine of a file's rows.
pub struct World {
    neighbour: (End, End),
    listener: Listener,
    incoming: Receiver<Connector>,
    /// The adapter that is attacked.
    pub server: Arc<Adapter>,
    /// The machine.
    pub stage: Stage,
}

impl World {
    /// Two adapters with these keywords.
    #[must_use]
    pub fn new(keywords: &[(&str, u32)]) -> Self {
        let stage = Stage::configured(keywords);
        let neighbour = stage.connected();
        let server = neighbour.1.adapter.clone();
        let (listener, incoming) = listen(&server, stage.address(1, 0));
        Self {
            neighbour,
            listener,
            incoming,
            server,
            stage,
        }
    }

    /// A TCP connection to the listener.
    #[must_use]
    pub fn peer(&self) -> Peer {
        Peer::connect(self.listener.local_address().expect("it listens"))
    }

    /// The connector offered for `peer`: none of another peer was.
    ///
    /// # Panics
    /// When another peer's was, or none.
    #[must_use]
    pub fn offered(&self, peer: &Peer) -> Connector {
        let connector = self.incoming.recv_timeout(SOON).expect("it is offered");
        let address = connector.peer_address().expect("it has a peer");
        assert_eq!(address, peer.address(), "an earlier peer was offered");
        connector
    }

    /// An end on the attacked adapter that is not connected.
    #[must_use]
    pub fn end(&self) -> End {
        End::new(&self.server, QpLimits::default())
    }

    /// A connection that takes two Reads at a time, its peer done with the start-up; one 64-byte
    /// receive is posted.
    #[must_use]
    pub fn victim(&self) -> Victim {
        let victim = self.victim_with(2);
        victim.post_receive(1);
        victim
    }

    /// The same with `inbound` Reads and no receive.
    ///
    /// # Panics
    /// When the start-up does not work out.
    #[must_use]
    pub fn victim_with(&self, inbound: u32) -> Victim {
        self.attacked(self.end(), inbound)
    }

    /// Two connections whose queue pairs share a protection domain.
    #[must_use]
    pub fn two_of_one_domain(&self) -> (Victim, Victim) {
        let one = self.victim_with(2);
        let other = End::within(one.end.pd.clone(), QpLimits::default());
        (one, self.attacked(other, 2))
    }

    /// A connection of `end`.
    ///
    /// # Panics
    /// When the start-up does not work out.
    #[must_use]
    pub fn attacked(&self, end: End, inbound: u32) -> Victim {
        let mut peer = self.peer();
        peer.send(&hex(REQUEST));
        let mut connector = self.offered(&peer);
        let parameters = ConnectParameters {
            inbound_reads: inbound,
            outbound_reads: 2,
            private_data: Vec::new(),
        };
        let accepting = connector.accept(&end.qp, &parameters, end.on_disconnect());
        assert_eq!(peer.read_frame(), hex(REPLY));
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        Victim::new(end, Some(connector), peer)
    }

    /// An end of the attacked adapter that connects to `listener`; its Request is not read yet.
    ///
    /// # Panics
    /// When it does not connect.
    #[must_use]
    pub fn asking(&self, listener: &TcpListener) -> (Peer, End, Connector, Request) {
        let end = self.end();
        let mut connector = Connector::new(&end.adapter).expect("made");
        let to = listener.local_addr().expect("bound");
        let parameters = ConnectParameters {
            inbound_reads: 16,
            outbound_reads: 16,
            private_data: Vec::new(),
        };
        let from = self.stage.address(1, 0);
        let connecting = connector.connect(&end.qp, from, to, &parameters);
        (Peer::accept(listener), end, connector, connecting)
    }

    /// A connection that the attacked side asked `listener` for, and that is up; one 64-byte receive is posted.
    ///
    /// # Panics
    /// When the start-up does not work out.
    #[must_use]
    pub fn victim_that_asked(&self, listener: &TcpListener) -> Victim {
        let (mut peer, end, mut connector, connecting) = self.asking(listener);
        let _request = peer.read_frame();
        peer.send(&hex(REPLY_TO_ENDS));
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        let completing = connector.complete_connect(end.on_disconnect());
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        let _ready_to_receive = peer.fpdu();
        let victim = Victim::new(end, Some(connector), peer);
        victim.post_receive(1);
        victim
    }

    /// The other connection of the adapter moves data both ways, by Send and by Write.
    ///
    /// # Panics
    /// When it does not.
    pub fn assert_neighbour(&self) {
        let (one, other) = &self.neighbour;
        for (from, to) in [(one, other), (other, one)] {
            let bytes = crate::pattern(7, 3000);
            from.buffer.write(0, &bytes);
            to.buffer.write(0, &[0; 3000]);
            to.post_receive(1, 0x4000, 64);
            from.post_write(2, to, 0, 3000);
            from.post_send(3, 0, 64, 0);
            assert_eq!(to.received.take(1)[0].status, NtStatus::SUCCESS);
            assert!(
                from.done
                    .take(2)
                    .iter()
                    .all(|done| done.status == NtStatus::SUCCESS)
            );
            assert_eq!(to.buffer.read(0, 3000), bytes);
            assert_eq!((from.gone.count(), to.gone.count()), (0, 0));
        }
    }

    /// Bytes and allocations that the driver holds.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        self.stage.host().memory_in_use()
    }
}

/// What runs a row: it gets the row's id.
pub type Check = fn(&World, &str);

/// How the rows of a file went.
pub struct Outcomes(OnceLock<Failures>);

/// What each row's check said when it panicked.
type Failures = BTreeMap<&'static str, Option<String>>;

impl Outcomes {
    /// None has run.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Runs all rows unless they have run, and tells how `name` went.
    ///
    /// # Panics
    /// When it went badly.
    pub fn tell(&self, rows: &[(&'static str, Check)], name: &str) {
        let outcomes = self.0.get_or_init(|| run(rows));
        if let Some(Some(failure)) = outcomes.get(name) {
            panic!("{failure}");
        }
        assert!(outcomes.contains_key(name), "{name} did not run");
    }
}

impl Default for Outcomes {
    fn default() -> Self {
        Self::new()
    }
}

fn run(rows: &[(&'static str, Check)]) -> Failures {
    let world = World::new(&[]);
    world.assert_neighbour();
    let outcome = |check: Check, name: &str| {
        let attempt = || {
            check(&world, &id_of(name));
            world.assert_neighbour();
        };
        let failure = catch_unwind(AssertUnwindSafe(attempt)).err()?;
        let text = failure.downcast_ref::<String>().cloned();
        let text = text.or_else(|| failure.downcast_ref::<&str>().map(ToString::to_string));
        Some(text.unwrap_or_default())
    };
    let outcomes: Failures = rows
        .iter()
        .map(|(name, check)| (*name, outcome(*check, name)))
        .collect();
    if outcomes.values().any(Option::is_some) {
        // What a failed row left open cannot be unloaded.
        std::mem::forget(world);
    }
    outcomes
}

/// One test for each name; a name begins with its row's id, which the check before it is given.
#[macro_export]
macro_rules! row_tests {
    ($($check:path: $($name:ident)*;)*) => {
        static ROWS: &[(&str, $crate::hostile::Check)] =
            &[$($((stringify!($name), $check as $crate::hostile::Check)),*),*];
        static OUTCOMES: $crate::hostile::Outcomes = $crate::hostile::Outcomes::new();
        $($(
            #[test]
            fn $name() {
                OUTCOMES.tell(ROWS, stringify!($name));
            }
        )*)*
    };
}
