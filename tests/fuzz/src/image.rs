//! Target `image`: a TCP peer without manners connects to the shipped image in its emulated kernel, or the image to it.
//!
//! Coverage is that of the image as it ships: breakpoints at the lines of its PDB, each removed when it
//! is hit. What ends a run besides the checks here is the kernel's verifier.

use std::cell::RefCell;
use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use softrnic_emulator::image::coverage::{self, Marks};
use softrnic_emulator::pool;
use softrnic_emulator::sync::Receiver;
use softrnic_functional::consumer::{Connector, Listener, NtStatus};
use softrnic_functional::hostile::{Ended, Pace, Victim, World};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{A_WHILE, listen};

use crate::cursor::Cursor;

/// A machine serves so many connections; then the driver is unloaded and must leave nothing.
const CONNECTIONS: usize = 250;
/// The other connection is used once in so many.
const NEIGHBOUR: usize = 25;

/// How long to wait for a connect's end before looking for its second attempt.
const AGAIN: Duration = Duration::from_millis(1);
/// How long a connect may take, on a busy machine.
const LONGEST: Duration = Duration::from_secs(50);

/// More than there are lines.
const MOST: usize = 1 << 16;

/// libFuzzer takes these for coverage, and clears them before each input.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static NOW: [AtomicU8; MOST] = [const { AtomicU8::new(0) }; MOST];
static EVER: [AtomicU8; MOST] = [const { AtomicU8::new(0) }; MOST];

thread_local! { static SITE: RefCell<Option<Site>> = const { RefCell::new(None) }; }

/// What is attacked, and what else lives there.
struct Site {
    listener: Listener,
    incoming: Receiver<Connector>,
    /// Where the attacked side connects to.
    peers: TcpListener,
    world: World,
    served: usize,
}

/// One connection. Panics when memory was touched that was not granted, or the neighbour suffers.
pub(crate) fn run(input: &[u8]) {
    SITE.with_borrow_mut(|site| {
        let here = site.get_or_insert_with(Site::new);
        here.serve(input);
        here.served += 1;
        if here.served.is_multiple_of(NEIGHBOUR) {
            here.world.assert_neighbour();
        }
        if here.served == CONNECTIONS {
            *site = None;
            tell();
        }
    });
}

/// Unloads the driver, which must leave nothing behind.
pub fn close() {
    let _already_gone = SITE.try_with(|site| site.take());
    tell();
}

/// An allocation of the driver's that nobody frees, for the test of what [`close`] finds.
///
/// # Panics
/// When no input has run.
pub fn leak() {
    SITE.with_borrow(|site| {
        let machine = site
            .as_ref()
            .expect("an input has run")
            .world
            .stage
            .machine();
        let image = machine.image().expect("the driver is loaded");
        machine.pool.allocate(pool::Request {
            size: 64,
            tag: u32::from_le_bytes(*b"Leak"),
            caller: image.base + 1,
            zeroed: true,
        });
    });
}

/// Says how many lines of the driver were reached since the process began, and how many there are. Each unload says it:
/// a run that is stopped does not come to its end.
fn tell() {
    let reached = EVER.iter().filter(|mark| mark.load(Ordering::SeqCst) != 0);
    eprintln!(
        "image: reached {} of {} lines",
        reached.count(),
        lines().len()
    );
}

/// Offsets of the lines of the driver's own source.
fn lines() -> &'static [usize] {
    static LINES: OnceLock<Vec<usize>> = OnceLock::new();
    LINES.get_or_init(|| {
        let image = softrnic_build::image().expect("the image builds");
        let own =
            |file: &str| softrnic_functional::source::of_driver(&file.replace('\\', "/")).is_some();
        let mut lines = coverage::lines(&image.path, own).expect("the image has a PDB");
        assert!(!lines.is_empty(), "no line of the driver is in the PDB");
        lines.truncate(MOST);
        lines
    })
}

impl Site {
    fn new() -> Self {
        let world = World::new(&[]);
        let image = world.stage.machine().image().expect("the driver is loaded");
        let marks = Marks {
            now: &NOW,
            ever: &EVER,
        };
        coverage::plant(&image, lines(), marks);
        let (listener, incoming) = listen(&world.server, world.stage.address(1, 0));
        Self {
            listener,
            incoming,
            peers: TcpListener::bind("127.0.0.3:0").expect("bound"),
            world,
            served: 0,
        }
    }

    fn serve(&self, input: &[u8]) {
        let mut input = Cursor::new(input);
        let [flags, cut] = [input.byte(), input.byte()];
        match flags & 3 {
            0 => self.connected(self.world.victim(), None, &mut input, cut),
            1 => self.starting(input.rest(), cut),
            2 => {
                let mut victim = self.world.victim_that_asked(&self.peers);
                let sink = (flags & 4 == 0).then(|| victim.post_read());
                self.connected(victim, sink, &mut input, cut);
            }
            _ => self.replying(input.rest(), cut),
        }
    }

    /// The input is all that the peer says to a Request, and to the second one of revision 1 where the first fails; a
    /// consumer takes what comes of it.
    fn replying(&self, bytes: &[u8], cut: u8) {
        let (first, end, mut connector, connecting) = self.world.asking(&self.peers);
        let mut peers = vec![first];
        let replies = |peer: &mut Peer| {
            let _request = peer.read_frame();
            say(peer, bytes, cut);
            peer.finish();
        };
        replies(&mut peers[0]);
        let start = Instant::now();
        let connected = loop {
            assert!(start.elapsed() < LONGEST, "it connects and connects");
            if let Some(status) = connecting.wait_for(AGAIN) {
                break status;
            }
            if let Some(mut peer) = Peer::accept_now(&self.peers) {
                replies(&mut peer);
                peers.push(peer);
            }
        };
        assert!(peers.len() <= 2, "fallen back more than once");
        if connected == NtStatus::SUCCESS {
            let completed = connector.complete_connect(end.on_disconnect()).wait();
            if completed == NtStatus::SUCCESS {
                let _ended_already = connector.disconnect().wait();
            }
        }
        drop(connector);
        for mut peer in peers {
            let _how = peer.rest();
        }
        assert!(end.gone.count() <= 1, "once");
    }

    /// The input is all that the peer says; nobody answers.
    fn starting(&self, bytes: &[u8], cut: u8) {
        let mut peer = Peer::connect(self.listener.local_address().expect("it listens"));
        say(&mut peer, bytes, cut);
        peer.finish();
        let (_, ended) = peer.rest();
        assert!(matches!(ended, Ended::Fin | Ended::Reset));
        self.incoming.try_iter().for_each(drop);
    }

    /// The input is what the peer says once the connection is up; `sink` is that of a Read that waits for its answer.
    fn connected(
        &self,
        mut victim: Victim,
        sink: Option<(u32, u64)>,
        input: &mut Cursor<'_>,
        cut: u8,
    ) {
        let stream = stream(&victim, sink, input);
        say(&mut victim.peer, &stream, cut);
        victim.peer.finish();
        // Where a Send finds no receive, FIN is not seen before the consumer gives up.
        let _heard = victim.end.gone.wait(A_WHILE);
        let leaving = victim.end.disconnect();
        let _ended_already = leaving.wait();
        let _what_it_says = victim.peer.rest();
        assert!(victim.end.gone.count() <= 1, "once");
        victim.assert_canaries();
    }
}

/// FPDUs around the input's ULPDUs, with the victim's tokens and right CRCs, and bytes as they are.
fn stream(victim: &Victim, sink: Option<(u32, u64)>, input: &mut Cursor<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    while !input.is_empty() {
        let kind = input.byte();
        let len = usize::from(input.short() & 0x3ff);
        match kind & 3 {
            3 => stream.extend(input.take(len)),
            _ => stream.extend(victim.named(peer::fpdu(input.take(len)), sink)),
        }
    }
    stream
}

/// Whole, by the byte, or in two parts.
fn say(peer: &mut Peer, bytes: &[u8], cut: u8) {
    match cut {
        0..128 => peer.say(bytes, Pace::Whole),
        128..144 if bytes.len() < 128 => peer.say(bytes, Pace::Bytes),
        _ => {
            let (first, second) = bytes.split_at(usize::from(cut).min(bytes.len()));
            peer.say(first, Pace::Whole) && peer.say(second, Pace::Whole)
        }
    };
}
