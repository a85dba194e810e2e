//! A rude consumer: many threads that make random calls the contract allows, in any order and from inside callbacks, and
//! some that it does not allow but answers.
//!
//! What is legal follows from how objects are kept: a [`Pool`] holds one `Arc` of each, whoever calls holds another, and
//! dropping the last closes the object, wherever that happens to be: on any thread, at any level, inside a callback, while
//! requests pend, before or after its antecedents. So nothing is used after its close, closed twice, or closed while called
//! (NDK-LIFE-11, NDK-LIFE-20); all else goes.

mod connections;
mod fast;
mod memory;
mod queues;
mod routes;
mod shared;
mod srq;
mod wrong;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use softrnic_consumer::{Adapter, NtStatus};
pub use softrnic_emulator::sched::Random;
use softrnic_emulator::sync::{Mutex, MutexGuard};
use softrnic_emulator::{Machine, clock, sched};

use crate::raw::{self, Object};
use crate::{Flag, Stage, at_dispatch};

pub use connections::{Connector, Listener};
pub use fast::Fast;
pub use memory::{Mr, Mw, Pd};
pub use queues::{Counts, Cq, Qp};
pub use routes::{Route, Routes};
pub use shared::Shared;
pub use srq::Srq;

/// How long the end of a run may take: a flush or a close beside a peer that does not read waits for its deadline.
const PATIENCE: Duration = Duration::from_secs(60);

/// An object's handle, closed when dropped. What its callbacks use is kept until the close has completed.
pub struct Handle {
    raw: Object,
    world: Arc<World>,
    keep: Option<Box<dyn Any + Send>>,
}

// SAFETY: NDK objects may be used from any thread.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    fn new(world: &Arc<World>, raw: Object, keep: impl Any + Send) -> Self {
        world.opened.fetch_add(1, Ordering::SeqCst);
        Self {
            raw,
            world: world.clone(),
            keep: Some(Box::new(keep)),
        }
    }

    fn raw<T>(&self) -> *mut T {
        self.raw.cast()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let (keep, world) = (self.keep.take(), self.world.clone());
        world.asked.fetch_add(1, Ordering::SeqCst);
        let closing = raw::close_then(self.raw, move || {
            drop(keep);
            world.closed.fetch_add(1, Ordering::SeqCst);
        });
        if !closing.returned.is_pending() {
            self.world.closed.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Objects of one kind that anybody may pick.
pub struct Pool<T>(Mutex<Vec<Arc<T>>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Pool<T> {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<T>>> {
        self.0.lock()
    }

    fn add(&self, object: Arc<T>) {
        self.all().push(object);
    }

    fn len(&self) -> usize {
        self.all().len()
    }

    fn pick(&self, random: &mut Random) -> Option<Arc<T>> {
        let all = self.all();
        (!all.is_empty()).then(|| all[random.index(all.len())].clone())
    }

    /// The first that `fits`, from a place chosen at random.
    fn pick_one(&self, random: &mut Random, fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let all = self.all();
        let start = random.index(all.len().max(1));
        let mut turn = all[start..].iter().chain(&all[..start]);
        turn.find(|object| fits(object)).cloned()
    }

    /// Takes one out: dropped, it closes when nobody calls it any more.
    fn remove(&self, random: &mut Random) -> Option<Arc<T>> {
        let mut all = self.all();
        (!all.is_empty()).then(|| {
            let at = random.index(all.len());
            all.swap_remove(at)
        })
    }

    /// Takes this one out.
    fn forget(&self, object: &Arc<T>) -> Option<Arc<T>> {
        let mut all = self.all();
        let at = all.iter().position(|other| Arc::ptr_eq(other, object))?;
        Some(all.swap_remove(at))
    }
}

/// Everything there is, and what happened so far.
pub struct World {
    adapters: Mutex<Vec<Arc<Adapter>>>,
    addresses: [std::net::SocketAddr; 2],
    pds: Pool<Pd>,
    mrs: Pool<Mr>,
    fast: Pool<Fast>,
    mws: Pool<Mw>,
    cqs: Pool<Cq>,
    qps: Pool<Qp>,
    srqs: Pool<Srq>,
    connectors: Pool<Connector>,
    listeners: Pool<Listener>,
    shared: Pool<Shared>,
    routes: Routes,
    /// What was posted and has not come back, by queue pair; the number is its context.
    counts: Mutex<Vec<Arc<Counts>>>,
    opened: AtomicUsize,
    asked: AtomicUsize,
    closed: AtomicUsize,
    /// Requests that pend.
    pending: AtomicUsize,
    choices: AtomicU64,
    /// The threads are done; callbacks do nothing more of their own.
    over: AtomicBool,
    bears: Bears,
    seen: Seen,
}

/// That something goes forward.
#[derive(Debug, Default)]
pub struct Seen {
    /// Connections that were there, counted on both sides.
    pub established: AtomicUsize,
    /// Requests that came back well.
    pub succeeded: AtomicUsize,
    /// Requests that came back otherwise.
    pub failed: AtomicUsize,
    /// Disconnect events.
    pub lost: AtomicUsize,
    /// Fast registrations that were taken.
    pub registered: AtomicUsize,
}

impl Seen {
    /// Whether everything happened now and then.
    #[must_use]
    pub fn all(&self) -> bool {
        let counts = [
            &self.established,
            &self.succeeded,
            &self.failed,
            &self.lost,
            &self.registered,
        ];
        counts
            .iter()
            .all(|count| count.load(Ordering::Relaxed) >= 3)
    }
}

impl World {
    fn new(place: Place, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            adapters: Mutex::new(place.adapters.into()),
            addresses: place.addresses,
            pds: Pool::default(),
            mrs: Pool::default(),
            fast: Pool::default(),
            mws: Pool::default(),
            cqs: Pool::default(),
            qps: Pool::default(),
            srqs: Pool::default(),
            connectors: Pool::default(),
            listeners: Pool::default(),
            shared: Pool::default(),
            routes: Routes::default(),
            counts: Mutex::default(),
            opened: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            pending: AtomicUsize::new(0),
            choices: AtomicU64::new(seed),
            over: AtomicBool::new(false),
            bears: place.bears,
            seen: Seen::default(),
        })
    }

    fn adapter(&self, n: usize) -> Arc<Adapter> {
        let adapters = self.adapters.lock();
        adapters[n].clone()
    }

    /// Whether a call that may run out of resources went well.
    ///
    /// # Panics
    /// When nothing here explains that it did not.
    fn went_well(&self, call: &str, status: NtStatus) -> bool {
        let explained = status == NtStatus::INSUFFICIENT_RESOURCES && self.bears.scarcity;
        assert!(status == NtStatus::SUCCESS || explained, "{call}: {status}");
        status == NtStatus::SUCCESS
    }

    /// An object, or nothing where resources may run out.
    fn made<T>(&self, call: &str, made: Result<T, NtStatus>) -> Option<T> {
        made.inspect_err(|&status| {
            self.went_well(call, status);
        })
        .ok()
    }

    /// Whether its consumer shall do nothing more.
    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst) || self.bears.leave.count() > 0
    }

    /// For callbacks, which have no generator of their own.
    fn choose(&self) -> Random {
        Random::new(
            self.choices
                .fetch_add(0xD134_2543_DE82_EF95, Ordering::Relaxed),
        )
    }

    /// One thing a consumer may do, at the level it is called at.
    fn act(self: &Arc<Self>, random: &mut Random) {
        if self.is_over() {
            return;
        }
        match random.below(44) {
            0 => Pd::create(self, random),
            1 => Cq::create(self, random),
            2 => Mr::create(self, random),
            3 => Mw::create(self, random),
            4 | 5 => Qp::create(self, random),
            6 => Srq::create(self, random),
            7 => Listener::create(self, random),
            8 => Shared::create(self, random),
            9..12 => Connector::connect(self, random),
            12 => Connector::go_on(self, random),
            13 => Connector::disconnect(self, random),
            14 => Connector::ask(self, random),
            15 => Mr::change(self, random),
            16 => Mw::bind(self, random),
            17 => Cq::poll(self, random),
            18 => Srq::change(self, random),
            19 => Listener::pause(self, random),
            20 => Qp::flush(self, random),
            21 => self.close(random),
            22 => wrong::act(self, random),
            23 => Fast::create(self, random),
            24 | 25 => Fast::change(self, random),
            26 => Cq::resize(self, random),
            _ => Qp::post(self, random),
        }
    }

    /// Closes something, in use or not.
    fn close(&self, random: &mut Random) {
        match random.below(13) {
            0 => drop(self.pds.remove(random)),
            1 => drop(self.cqs.remove(random)),
            2 | 3 => drop(self.mrs.remove(random)),
            4 => drop(self.mws.remove(random)),
            5 => drop(self.qps.remove(random)),
            6 => drop(self.srqs.remove(random)),
            7..10 => drop(self.connectors.remove(random)),
            10 => drop(self.listeners.remove(random)),
            11 => drop(self.fast.remove(random)),
            _ => drop(self.shared.remove(random)),
        }
    }

    fn run(self: &Arc<Self>, seed: u64, (time, long): (Duration, Duration)) {
        let mut random = Random::new(seed);
        let start = clock::nanoseconds();
        let spent = || Duration::from_nanos(clock::nanoseconds() - start);
        while !self.is_over() && (spent() < time || (!self.seen.all() && spent() < long)) {
            if random.one_in(3) {
                at_dispatch(|| self.act(&mut random));
            } else {
                self.act(&mut random);
            }
            if random.one_in(8) {
                // The network's turn.
                sched::sleep_until(clock::after(Duration::from_micros(200)));
            }
        }
    }

    /// Everything that was posted comes back, where there is a queue for it to come back to.
    fn drain(&self) {
        // Not with the pool locked: a callback may come.
        let all = self.qps.all().clone();
        all.iter().for_each(|qp| qp.end());
        drop(all);
        wait("results of requests", || {
            let all = self.qps.all().clone();
            let left = all.iter().filter(|qp| !qp.is_quiet(self)).count();
            (left, 0)
        });
    }

    fn there(&self) -> usize {
        self.pds.len()
            + self.cqs.len()
            + self.mrs.len()
            + self.fast.len()
            + self.mws.len()
            + self.qps.len()
            + self.srqs.len()
            + self.connectors.len()
            + self.listeners.len()
            + self.shared.len()
    }

    /// Closes all, and waits until all is closed: what a request gives that was still pending, too.
    fn end(self: &Arc<Self>, mut random: Random) {
        let random = std::cell::RefCell::new(&mut random);
        wait(
            "requests and objects asked to close, objects closed",
            || {
                // Peers' requests come as long as there is a listener.
                while self.there() != 0 {
                    self.close(&mut random.borrow_mut());
                }
                let (asked, closed) = (&self.asked, &self.closed);
                // Before the number of objects: it is larger by then.
                let pending = self.pending.load(Ordering::SeqCst);
                let all = self.opened.load(Ordering::SeqCst);
                let asked = asked.load(Ordering::SeqCst);
                assert!(asked <= all, "closed twice");
                let left = all - asked;
                (
                    pending + asked + left * 1_000_000,
                    closed.load(Ordering::SeqCst),
                )
            },
        );
        // NDK-LIFE-21: the adapters' closes.
        let adapters = std::mem::take(&mut *self.adapters.lock());
        drop(adapters);
    }
}

/// Waits until both numbers are the same.
fn wait(what: &str, numbers: impl Fn() -> (usize, usize)) {
    let until = clock::after(PATIENCE);
    loop {
        let (all, there) = numbers();
        if all == there {
            return;
        }
        assert!(clock::nanoseconds() < until, "{what}: {there} of {all}");
        sched::sleep_until(clock::after(Duration::from_millis(2)));
    }
}

/// What a rude consumer must bear, beside what it brings upon itself.
#[derive(Clone, Default)]
pub struct Bears {
    /// Memory and other resources run out.
    pub scarcity: bool,
    /// Set when it must close all it has, whatever it is doing.
    pub leave: Arc<Flag>,
}

/// Where a rude consumer is let loose.
pub struct Place {
    /// The computer.
    pub machine: &'static Machine,
    /// Two adapters, open.
    pub adapters: [Arc<Adapter>; 2],
    /// Their addresses.
    pub addresses: [std::net::SocketAddr; 2],
    /// What may happen there.
    pub bears: Bears,
}

/// Lets `threads` threads loose for some time, and on until everything has happened that should.
pub fn run(stage: &Stage, seed: u64, threads: usize, time: Duration) -> Seen {
    let place = Place {
        machine: stage.machine(),
        adapters: [stage.open(0), stage.open(1)],
        addresses: [stage.address(0, 0), stage.address(1, 0)],
        bears: Bears::default(),
    };
    run_at(place, seed, threads, (time, PATIENCE))
}

/// The same anywhere: at least for the first time, at most for the second.
///
/// # Panics
/// When a thread breaks a promise.
pub fn run_at(place: Place, seed: u64, threads: usize, time: (Duration, Duration)) -> Seen {
    let machine = place.machine;
    let world = World::new(place, seed);
    let mut random = Random::new(seed);
    for _ in 0..4 {
        Pd::create(&world, &mut random);
        Cq::create(&world, &mut random);
        Mr::create(&world, &mut random);
        Listener::create(&world, &mut random);
    }
    let threads: Vec<_> = (0..threads)
        .map(|_| {
            let (world, seed) = (world.clone(), random.number());
            machine.spawn("rude", move || world.run(seed, time))
        })
        .collect();
    for thread in threads {
        thread.join().expect("no promise is broken");
    }
    world.over.store(true, Ordering::SeqCst);
    world.drain();
    world.end(random);
    // What callbacks kept of it goes with them.
    let world = wait_alone(world);
    world.seen
}

/// The world, when nobody else has it any more.
fn wait_alone(mut world: Arc<World>) -> World {
    let until = clock::after(PATIENCE);
    loop {
        match Arc::try_unwrap(world) {
            Ok(world) => return world,
            Err(shared) => world = shared,
        }
        assert!(clock::nanoseconds() < until, "somebody keeps the world");
        sched::sleep_until(clock::after(Duration::from_millis(2)));
    }
}
