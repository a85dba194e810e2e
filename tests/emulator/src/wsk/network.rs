//! The network thread of a machine: it makes every event callback, completes what pends, and
//! hands over what the host did not take at once. It spins for a short while after the last
//! activity, then sleeps until the host has something.

use crate::sync::Mutex;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::time::Duration;

use super::abi::PIRP;
use super::buffer::Buffer;
use super::socket::{Category, Socket, State};
use super::tap::{Direction, Segment, Tap};
use super::tcp::Poll;
use super::{Options, accept, close, connect, kernel, receive, send};
use crate::clock;
use crate::sched::{self, Random};

/// What other threads ask of the network thread.
pub(super) enum Command {
    /// Watch a socket that begins to connect, listen, or is connected.
    Watch(Arc<Socket>),
    /// Something changed: look at the socket.
    Service(Arc<Socket>),
    /// Sends or a disconnect wait for acknowledgement.
    Track(Arc<Socket>),
    /// Completions that were kept back may be due.
    Look,
    /// A socket was closed inside the call.
    Bury(Arc<Socket>),
    /// An address of the machine is gone.
    AddressGone(IpAddr),
    Abort(Arc<Socket>, PIRP),
    Close(Arc<Socket>, PIRP),
}

// SAFETY: IRPs in commands belong to their pending requests.
unsafe impl Send for Command {}

/// The WSK engine of one machine, shared by its sockets.
pub(super) struct Network {
    pub(super) options: Options,
    pub(super) machine: &'static crate::Machine,
    poll: Poll,
    commands: Mutex<Vec<Command>>,
    pending_commands: AtomicUsize,
    sleeping: AtomicBool,
    tap: Mutex<Option<Arc<dyn Tap>>>,
    tapped: AtomicBool,
    random: Mutex<Random>,
}

/// At most this often is the host asked for acknowledgements while the thread spins.
const ACK_POLL_BUSY: Duration = Duration::from_micros(4);
/// Sockets asked for then; the others come next. Windows asks nobody: of many, most questions would be this kernel's own.
const ACK_POLL_MOST: usize = 8;
/// First and longest sleep between two questions for acknowledgements.
const ACK_POLL_FIRST: Duration = Duration::from_micros(30);
const ACK_POLL_LONGEST: Duration = Duration::from_millis(2);
/// What the poller says at the end of a stream.
const HANGUP: u32 = (libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32;
/// At most this often is the poller asked while sockets are read directly.
const GATHER_BUSY: Duration = Duration::from_micros(15);
/// Sockets read directly while spinning, without asking the poller first.
const HOT: usize = 2;

impl Network {
    pub(super) fn start(machine: &'static crate::Machine, options: Options) -> Arc<Self> {
        let network = Arc::new(Self {
            random: Mutex::new(Random::new(options.seed)),
            options,
            machine,
            poll: Poll::new(machine).expect("the host gives us an epoll instance"),
            commands: Mutex::default(),
            pending_commands: AtomicUsize::new(0),
            sleeping: AtomicBool::new(false),
            tap: Mutex::default(),
            tapped: AtomicBool::new(false),
        });
        let runner = Arc::clone(&network);
        machine.spawn("network", move || Runner::new(runner).run());
        network
    }

    pub(super) fn set_tap(&self, tap: Option<Arc<dyn Tap>>) {
        self.tapped.store(tap.is_some(), Ordering::Release);
        *self.tap.lock() = tap;
    }

    /// A number below `limit` from the seeded stream.
    pub(super) fn random(&self, limit: usize) -> usize {
        self.random.lock().index(limit)
    }

    /// Whether this request is one to fail.
    pub(super) fn fails_now(&self) -> bool {
        self.options.failures != 0 && self.random(self.options.failures) == 0
    }

    pub(super) fn command(&self, command: Command) {
        self.commands.lock().push(command);
        self.pending_commands.fetch_add(1, Ordering::Release);
        // Pairs with the fence of the sleeper: one of the two sees the other.
        fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::Relaxed) {
            self.poll.wake();
        }
    }

    pub(super) fn wake(&self) {
        self.poll.wake();
    }

    /// Sends wait on the socket: the thread watches for acknowledgements.
    pub(super) fn track(&self, socket: &Arc<Socket>) {
        if !socket.tracked.swap(true, Ordering::AcqRel) {
            self.command(Command::Track(Arc::clone(socket)));
        }
    }

    /// The thread looks at the socket soon.
    pub(super) fn kick(&self, socket: &Arc<Socket>) {
        if !socket.kicked.swap(true, Ordering::AcqRel) {
            self.command(Command::Service(Arc::clone(socket)));
        }
    }

    /// Shows the tap what goes over the wire.
    #[inline]
    pub(super) fn tap(
        &self,
        socket: &Socket,
        direction: Direction,
        parts: &[libc::iovec],
        length: usize,
    ) {
        if self.tapped.load(Ordering::Relaxed) {
            self.tap_segment(socket, &Segment::data(direction, parts, length));
        }
    }

    pub(super) fn tap_open(&self, socket: &Socket, active: bool) {
        if self.tapped.load(Ordering::Relaxed) {
            self.tap_segment(socket, &Segment::open(active));
        }
    }

    pub(super) fn tap_fin(&self, socket: &Socket) {
        self.tap_end(socket, Direction::Out, false);
    }

    pub(super) fn tap_end(&self, socket: &Socket, direction: Direction, reset: bool) {
        if self.tapped.load(Ordering::Relaxed) {
            self.tap_segment(socket, &Segment::end(direction, reset));
        }
    }

    #[cold]
    fn tap_segment(&self, socket: &Socket, segment: &Segment<'_>) {
        let tap = self.tap.lock().clone();
        if let (Some(tap), Some((local, remote))) = (tap, socket.path.get()) {
            tap.segment(*local, *remote, segment);
        }
    }
}

/// What only the network thread touches.
pub(super) struct Runner {
    pub(super) network: Arc<Network>,
    live: BTreeMap<u64, Arc<Socket>>,
    tracked: Vec<Arc<Socket>>,
    /// Commands taken from the queue: the two change places.
    commands: Vec<Command>,
    /// Sockets to look at in this round.
    ready: Vec<Arc<Socket>>,
    /// Read from these without waiting for the poller.
    hot: Vec<Arc<Socket>>,
    /// Buffers the next receives read into, the one used last at the end.
    #[expect(
        clippy::vec_box,
        reason = "indications point into a buffer: it stays where it is"
    )]
    pub(super) buffers: RefCell<Vec<Box<Buffer>>>,
    /// In [`clock::nanoseconds`], as the next.
    spin_until: u64,
    next_ack_poll: u64,
    /// Of the tracked sockets, the one to be asked next.
    next_tracked: usize,
    ack_sleep: Duration,
    /// Closed sockets, kept so that a call after close is seen for what it is.
    graveyard: std::collections::VecDeque<Arc<Socket>>,
}

impl Runner {
    fn new(network: Arc<Network>) -> Self {
        let now = clock::nanoseconds();
        Self {
            network,
            live: BTreeMap::new(),
            tracked: Vec::new(),
            commands: Vec::new(),
            ready: Vec::new(),
            hot: Vec::new(),
            buffers: RefCell::default(),
            spin_until: now,
            next_ack_poll: now,
            next_tracked: 0,
            ack_sleep: ACK_POLL_FIRST,
            graveyard: std::collections::VecDeque::new(),
        }
    }

    fn run(mut self) {
        // The host may delay timeouts by 50 µs otherwise.
        // SAFETY: changes the timer slack of this thread only.
        unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_usize) };
        let mut next_gather = clock::nanoseconds();
        let mut busy = false;
        while !self.network.machine.is_stopping() {
            // A round's end is the beginning of the next: the host's clock is read once.
            let now = clock::nanoseconds();
            if busy {
                self.spin_until = clock::plus(now, self.network.options.spin);
                self.ack_sleep = ACK_POLL_FIRST;
            }
            busy = self.run_commands();
            let spinning = busy || now < self.spin_until;
            busy |= self.read_hot();
            // What the hot ones left unread is `ready`, and the poller does not tell of it again.
            if !spinning && self.ready.is_empty() {
                self.sleep();
            } else if self.hot.is_empty() || now >= next_gather {
                self.gather(Some(Duration::ZERO));
                next_gather = clock::plus(now, GATHER_BUSY);
            }
            busy |= self.serve_ready();
            busy |= self.poll_acknowledgements(now);
            busy |= self.network.machine.wsk.paces.complete_due();
            if !busy && spinning {
                sched::yield_now();
            }
        }
    }

    /// Takes the poller's events into `ready`.
    fn gather(&mut self, timeout: Option<Duration>) -> usize {
        let Self {
            network,
            live,
            ready,
            ..
        } = self;
        network.poll.wait(timeout, |key, events| {
            if let Some(socket) = live.get(&key) {
                if events & HANGUP != 0 {
                    socket.hung_up.store(true, Ordering::Release);
                }
                ready.push(Arc::clone(socket));
            }
        })
    }

    fn sleep(&mut self) {
        let timeout = if self.tracked.is_empty() {
            sched::look_again().map(clock::until)
        } else {
            let now = self.ack_sleep;
            self.ack_sleep = (now * 2).min(ACK_POLL_LONGEST);
            Some(now)
        };
        let due = self.network.machine.wsk.paces.next_due();
        let timeout = timeout.into_iter().chain(due.map(clock::until)).min();
        self.hot.clear();
        self.network.sleeping.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.network.pending_commands.load(Ordering::Relaxed) == 0 {
            self.gather(timeout);
        }
        self.network.sleeping.store(false, Ordering::Relaxed);
        // At once, whenever the round began.
        self.next_ack_poll = 0;
    }

    fn run_commands(&mut self) -> bool {
        if self.network.pending_commands.load(Ordering::Acquire) == 0 {
            return false;
        }
        let mut commands = std::mem::take(&mut self.commands);
        {
            let mut queue = self.network.commands.lock();
            self.network.pending_commands.store(0, Ordering::Relaxed);
            std::mem::swap(&mut *queue, &mut commands);
        }
        for command in commands.drain(..) {
            match command {
                Command::Watch(socket) => self.watch(socket),
                Command::Service(socket) => self.ready.push(socket),
                Command::Track(socket) => self.tracked.push(socket),
                // Each round looks.
                Command::Look => {}
                Command::Bury(socket) => self.bury(&socket),
                Command::AddressGone(ip) => self.force_close(ip),
                Command::Abort(socket, irp) => close::run_abort(&socket, irp),
                Command::Close(socket, irp) => self.run_close(&socket, irp),
            }
        }
        self.commands = commands;
        true
    }

    fn watch(&mut self, socket: Arc<Socket>) {
        let key = Arc::as_ptr(&socket) as u64;
        if socket.is_closing() || self.live.contains_key(&key) {
            return;
        }
        if self.network.poll.watch(&socket.tcp, key).is_err() {
            socket.set_broken(super::host::status::INSUFFICIENT_RESOURCES);
        }
        self.live.insert(key, Arc::clone(&socket));
        self.ready.push(socket);
    }

    /// WSK-SOCK-12: sockets on an address that is gone are dead.
    fn force_close(&mut self, ip: IpAddr) {
        let all: Vec<Arc<Socket>> = self.live.values().cloned().collect();
        for socket in all {
            if socket.tcp.local().is_ok_and(|local| local.ip() == ip) && !socket.is_closing() {
                close::force(&socket);
            }
        }
    }

    fn run_close(&mut self, socket: &Arc<Socket>, irp: PIRP) {
        self.live.remove(&(Arc::as_ptr(socket) as u64));
        for list in [&mut self.tracked, &mut self.ready, &mut self.hot] {
            list.retain(|other| !Arc::ptr_eq(other, socket));
        }
        close::run_close(socket, irp);
        self.bury(socket);
    }

    fn bury(&mut self, socket: &Arc<Socket>) {
        if kernel::full_checks() {
            self.graveyard.push_back(Arc::clone(socket));
            if self.graveyard.len() > 512 {
                self.graveyard.pop_front();
            }
        }
    }

    fn serve_ready(&mut self) -> bool {
        let busy = !self.ready.is_empty();
        let mut ready = std::mem::take(&mut self.ready);
        for socket in ready.drain(..) {
            self.serve(&socket);
        }
        // Keep the allocation, and what was added meanwhile.
        ready.append(&mut self.ready);
        self.ready = ready;
        busy
    }

    /// Everything that may be due on one socket.
    fn serve(&mut self, socket: &Arc<Socket>) {
        socket.kicked.store(false, Ordering::Release);
        if socket.is_closing() {
            return;
        }
        match socket.state() {
            State::New | State::Bound => {}
            State::Listening => {
                if accept::serve(socket) {
                    self.ready.push(Arc::clone(socket));
                }
            }
            State::Connecting => {
                connect::finish(socket);
                if socket.state() == State::Connected {
                    self.serve_connection(socket);
                }
            }
            State::Connected | State::Broken => self.serve_connection(socket),
        }
    }

    fn serve_connection(&mut self, socket: &Arc<Socket>) {
        if send::is_waiting(socket) {
            send::service(socket);
        }
        match receive::serve(self, socket) {
            receive::Progress::More => self.ready.push(Arc::clone(socket)),
            receive::Progress::Drained => self.heat(socket),
            receive::Progress::Idle => {}
        }
    }

    /// Remembers a socket that has just delivered data.
    fn heat(&mut self, socket: &Arc<Socket>) {
        if self.hot.iter().any(|other| Arc::ptr_eq(other, socket)) {
            return;
        }
        if self.hot.len() == HOT {
            self.hot.remove(0);
        }
        self.hot.push(Arc::clone(socket));
    }

    fn read_hot(&mut self) -> bool {
        let mut busy = false;
        for index in 0..self.hot.len() {
            let Some(socket) = self.hot.get(index).cloned() else {
                break;
            };
            if socket.is_closing() || socket.category == Category::Listen {
                continue;
            }
            match receive::serve(self, &socket) {
                receive::Progress::More => {
                    self.ready.push(socket);
                    busy = true;
                }
                receive::Progress::Drained => busy = true,
                receive::Progress::Idle => {}
            }
        }
        busy
    }

    /// Completes sends that the peer has acknowledged.
    fn poll_acknowledgements(&mut self, now: u64) -> bool {
        if self.tracked.is_empty() || now < self.next_ack_poll {
            return false;
        }
        self.next_ack_poll = clock::plus(now, ACK_POLL_BUSY);
        let mut busy = false;
        for _ in 0..self.tracked.len().min(ACK_POLL_MOST) {
            if self.next_tracked >= self.tracked.len() {
                self.next_tracked = 0;
            }
            let index = self.next_tracked;
            let socket = Arc::clone(&self.tracked[index]);
            let serviced = send::service(&socket);
            busy |= serviced.progress;
            if serviced.waiting {
                self.next_tracked += 1;
                continue;
            }
            self.tracked.swap_remove(index);
            socket.tracked.store(false, Ordering::Release);
            // A send may have come between the look and the store.
            if send::is_waiting(&socket) && !socket.is_closing() {
                self.network.track(&socket);
            }
        }
        busy
    }
}
