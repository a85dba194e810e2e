//! One thread at a time, chosen by a seed, in virtual time.
//!
//! A thread of a simulation is a host thread that runs while it has the turn. It gives the turn away
//! where it may (`may_switch`), where it must (`park`), and at its end; who has it next comes out of the
//! seed's stream. When everybody waits, time jumps to the first deadline; when nobody has one, the run is
//! hung, and says who waits where.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::Random;
use crate::image::preemption::{self, Density};

/// What a simulation is made with.
#[derive(Clone, Debug)]
pub struct Plan {
    /// All choices come from it.
    pub seed: u64,
    /// At one in this many places where another thread may run, one does. 0: never.
    pub switches: u64,
    /// How far time goes at each of those places at most, in nanoseconds.
    pub step: u64,
    /// At which of an image's instructions another thread may run. `None`: at none.
    pub preemption: Option<Density>,
    /// When timers expire.
    pub timers: Timers,
}

/// When timers expire: Windows looks at them when its clock ticks, and counts from its last tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// From one tick to the next, in nanoseconds; 0: they expire when they should.
    pub tick: u64,
    /// How much later they expire at most, in nanoseconds.
    pub late: u64,
}

impl Timers {
    /// They expire when they should.
    pub const EXACT: Self = Self { tick: 0, late: 0 };

    /// In half of the seeds the clock ticks, and in half of those timers are late too.
    fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x71C4_0000_7135_0001);
        let tick = *random.pick(&[0, 0, 1_000_000, 15_625_000]);
        let late = *random.pick(&[0, 0, 50_000_000, 2_000_000_000]);
        match tick {
            0 => Self::EXACT,
            tick => Self { tick, late },
        }
    }

    /// When one expires that is set at `now` to expire at `exact`: up to a tick too early, or too late.
    fn expiry(self, exact: u64, relative: bool, now: u64, late: u64) -> u64 {
        if self.tick == 0 {
            return exact;
        }
        let early = if relative { now % self.tick } else { 0 };
        let due = (exact - early.min(exact)).max(now + 1);
        due.next_multiple_of(self.tick).saturating_add(late)
    }
}

impl Plan {
    /// What `seed` says: rare switches and frequent ones both find faults the other does not.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5EED_0F71_A500_0001);
        Self {
            seed,
            switches: *random.pick(&[2, 3, 5, 9, 17, 40, 100]),
            step: *random.pick(&[50, 200, 1000]),
            preemption: random.one_in(3).then(|| Density {
                atomic: *random.pick(&[1, 4, 16]),
                other: *random.pick(&[0, 50, 400]),
            }),
            timers: Timers::of(seed),
        }
    }
}

/// The number of a thread of the simulation, in the order in which they began.
pub type Task = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Parked {
        key: usize,
        deadline: Option<u64>,
    },
    /// Woken from a park, by somebody (true) or by the time.
    Woken(bool),
    Ended,
}

#[derive(Debug)]
struct Member {
    name: String,
    state: State,
    host: Option<std::thread::Thread>,
}

#[derive(Debug)]
struct Inner {
    random: Random,
    plan: Plan,
    members: Vec<Member>,
    switches: u64,
    /// Everything the scheduler decided and that was noted, folded into one number.
    digest: u64,
    log: Vec<String>,
}

/// The scheduler of a simulation.
#[derive(Debug)]
pub struct Simulation {
    inner: Mutex<Inner>,
    now: AtomicU64,
    turn: AtomicUsize,
    /// Places left until the next switch.
    countdown: AtomicU64,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How often the turn went to another thread.
    pub switches: u64,
    /// Virtual nanoseconds.
    pub nanoseconds: u64,
    /// Equal for equal runs: who ran when.
    pub digest: u64,
}

thread_local! {
    static ME: Cell<Option<Task>> = const { Cell::new(None) };
}

/// Where virtual time begins: a machine that was started a while ago.
const START: u64 = 1_000_000_000;

impl Simulation {
    pub(super) fn new(plan: Plan) -> Self {
        let mut random = Random::new(plan.seed);
        let countdown = pause(&mut random, &plan);
        Self {
            inner: Mutex::new(Inner {
                random,
                plan,
                members: Vec::new(),
                switches: 0,
                digest: 0,
                log: Vec::new(),
            }),
            now: AtomicU64::new(START),
            turn: AtomicUsize::new(0),
            countdown: AtomicU64::new(countdown),
        }
    }

    /// The calling host thread is one of the simulation's, and has the turn.
    pub(super) fn adopt(&self, name: &str) {
        let task = self.announce(name);
        self.inner.lock().members[task].host = Some(std::thread::current());
        ME.set(Some(task));
        self.turn.store(task, Ordering::SeqCst);
    }

    /// Virtual nanoseconds.
    #[must_use]
    pub fn nanoseconds(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Breakpoints for an image that was just loaded, when the plan wants some.
    pub(crate) fn loaded(&self, image: &crate::image::Image) {
        let plan = self.inner.lock().plan.clone();
        if let Some(density) = plan.preemption {
            preemption::plant(image, plan.seed, density);
        }
    }

    /// What the run came to so far.
    #[must_use]
    pub fn so_far(&self) -> Ended {
        let inner = self.inner.lock();
        Ended {
            switches: inner.switches,
            nanoseconds: self.nanoseconds() - START,
            digest: inner.digest,
        }
    }

    /// Something happened: one more line of the log, with the time and who did it.
    pub fn note(&self, what: &str) {
        let me = ME.get();
        let now = self.nanoseconds() - START;
        let mut inner = self.inner.lock();
        let who = me.map_or("-", |me| inner.members[me].name.as_str());
        let line = format!("{now:>14} {who:<20} {what}");
        inner.digest = line
            .bytes()
            .fold(inner.digest, |digest, byte| fold(digest, byte.into()));
        inner.log.push(line);
    }

    /// What was noted so far, a line each.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.inner.lock().log.clone()
    }

    /// When a timer expires that is set now to expire at `exact`.
    pub(crate) fn expiry(&self, exact: u64, relative: bool) -> u64 {
        let mut inner = self.inner.lock();
        let timers = inner.plan.timers;
        let late = match timers.late {
            0 => 0,
            most => inner.random.below(most),
        };
        drop(inner);
        timers.expiry(exact, relative, self.nanoseconds(), late)
    }

    /// Forgets the log, and the threads that ended last: for a simulation that goes on and on. All they were waited for
    /// have been.
    pub fn forget(&self) {
        let mut inner = self.inner.lock();
        inner.log.clear();
        while inner
            .members
            .last()
            .is_some_and(|last| last.state == State::Ended)
        {
            inner.members.pop();
        }
    }

    /// A number below `limit` from the seed's stream.
    pub fn random(&self, limit: u64) -> u64 {
        self.inner.lock().random.below(limit)
    }

    /// A thread is about to begin: it takes part in the choice from now on. Whoever makes the host
    /// thread calls this before, and the thread itself [`begin`](Self::begin).
    pub fn announce(&self, name: &str) -> Task {
        let mut inner = self.inner.lock();
        inner.members.push(Member {
            name: name.to_owned(),
            state: State::Ready,
            host: None,
        });
        inner.members.len() - 1
    }

    /// The calling host thread is `task`; returns when it has the turn.
    pub fn begin(&self, task: Task) {
        self.inner.lock().members[task].host = Some(std::thread::current());
        ME.set(Some(task));
        self.await_turn(task);
    }

    /// The calling thread runs no more; who waits for `task` to end goes on.
    pub fn end(&self, task: Task) {
        let mut inner = self.inner.lock();
        inner.members[task].state = State::Ended;
        inner.wake(Self::key_of(task), usize::MAX);
        ME.set(None);
        self.pass(inner);
    }

    /// Waits until `task` has ended.
    pub fn join(&self, task: Task) {
        while self.inner.lock().members[task].state != State::Ended {
            self.park(Self::key_of(task), None);
        }
    }

    fn key_of(task: Task) -> usize {
        // No object is there.
        usize::MAX - task
    }

    /// Another thread may run here.
    pub(super) fn may_switch(&self) {
        if ME.get().is_none() {
            return;
        }
        // Only the thread that has the turn is here.
        let left = self.countdown.load(Ordering::Relaxed);
        if left != 0 {
            return self.countdown.store(left - 1, Ordering::Relaxed);
        }
        self.give_way(false);
    }

    /// Another thread runs at one in two such places.
    pub(super) fn preempt(&self) {
        if ME.get().is_some() && self.random(2) == 0 {
            self.give_way(false);
        }
    }

    /// Another thread runs, if one can: the caller spins for it.
    pub(super) fn yield_now(&self) {
        self.give_way(true);
    }

    fn give_way(&self, spins: bool) {
        let Some(me) = ME.get() else { return };
        let mut inner = self.inner.lock();
        let Inner { random, plan, .. } = &mut *inner;
        let step = random.below(plan.step) + u64::from(spins) * plan.step;
        self.now.fetch_add(step, Ordering::Relaxed);
        self.countdown.store(pause(random, plan), Ordering::Relaxed);
        self.pass(inner);
        self.await_turn(me);
    }

    /// Waits on `key` until it is unparked or `deadline` has passed; false when it has passed.
    pub(crate) fn park(&self, key: usize, deadline: Option<u64>) -> bool {
        let Some(me) = ME.get() else {
            // Not one of ours: it looks again and again.
            std::thread::yield_now();
            return true;
        };
        let mut inner = self.inner.lock();
        inner.members[me].state = State::Parked { key, deadline };
        self.pass(inner);
        self.await_turn(me);
        let mut inner = self.inner.lock();
        let woken = inner.members[me].state != State::Woken(false);
        inner.members[me].state = State::Ready;
        woken
    }

    pub(crate) fn unpark_all(&self, key: usize) {
        self.inner.lock().wake(key, usize::MAX);
    }

    pub(crate) fn unpark_one(&self, key: usize) {
        self.inner.lock().wake(key, 1);
    }

    /// Somebody gets the turn. When everybody waits, time goes on to the first deadline.
    fn pass(&self, mut inner: parking_lot::MutexGuard<'_, Inner>) {
        let expired = inner.expire(self.nanoseconds());
        if !expired && !inner.somebody_is_ready() {
            let Some(deadline) = inner.first_deadline() else {
                let waiting = inner.waiting();
                drop(inner);
                hung(&waiting);
            };
            self.now.store(deadline, Ordering::Relaxed);
            inner.expire(deadline);
        }
        let next = inner.pick();
        inner.decided(next, self.nanoseconds());
        self.turn.store(next, Ordering::SeqCst);
        // One that has not begun yet finds the turn when it does.
        if let Some(host) = &inner.members[next].host {
            host.unpark();
        }
    }

    fn await_turn(&self, me: Task) {
        while self.turn.load(Ordering::SeqCst) != me {
            std::thread::park();
        }
    }
}

/// How many places are passed by before the next switch.
fn pause(random: &mut Random, plan: &Plan) -> u64 {
    match plan.switches {
        0 => u64::MAX,
        every => random.below(every * 2 - 1),
    }
}

fn fold(digest: u64, value: u64) -> u64 {
    (digest.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Inner {
    /// Wakes up to `most` of those parked on `key`: which ones comes out of the stream.
    fn wake(&mut self, key: usize, most: usize) {
        let parked =
            |member: &Member| matches!(member.state, State::Parked { key: its, .. } if its == key);
        let mut all: Vec<Task> = (0..self.members.len())
            .filter(|&task| parked(&self.members[task]))
            .collect();
        for _ in 0..most.min(all.len()) {
            let at = self.random.below(all.len() as u64) as usize;
            self.members[all.swap_remove(at)].state = State::Woken(true);
        }
    }

    /// Wakes those whose deadline has passed; whether there were any.
    fn expire(&mut self, now: u64) -> bool {
        let mut any = false;
        for member in &mut self.members {
            if matches!(member.state, State::Parked { deadline: Some(at), .. } if at <= now) {
                member.state = State::Woken(false);
                any = true;
            }
        }
        any
    }

    fn somebody_is_ready(&self) -> bool {
        self.members.iter().any(Member::is_ready)
    }

    fn first_deadline(&self) -> Option<u64> {
        let deadlines = self.members.iter().filter_map(|member| match member.state {
            State::Parked { deadline, .. } => deadline,
            _ => None,
        });
        deadlines.min()
    }

    fn decided(&mut self, next: Task, now: u64) {
        self.switches += 1;
        self.digest = fold(self.digest, now ^ (next as u64) << 48);
    }

    /// Who waits, and where.
    fn waiting(&self) -> Vec<String> {
        let waits = |member: &&Member| matches!(member.state, State::Parked { .. });
        let all = self.members.iter().filter(waits);
        all.map(|member| member.name.clone()).collect()
    }

    fn pick(&mut self) -> Task {
        let ready = self
            .members
            .iter()
            .filter(|member| member.is_ready())
            .count();
        let at = self.random.below(ready as u64) as usize;
        let mut ready = (0..self.members.len()).filter(|&task| self.members[task].is_ready());
        ready.nth(at).unwrap_or_default()
    }
}

impl Member {
    fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready | State::Woken(_))
    }
}

/// Nobody can go on, and no time will come that changes it.
#[cold]
fn hung(waiting: &[String]) -> ! {
    let text = format!(
        "every thread waits for another, for ever: {}",
        waiting.join(", ")
    );
    crate::verifier::violation("SIM-HUNG", &text)
}

#[cfg(test)]
mod tests {
    use super::Timers;

    #[test]
    fn timers_expire_when_the_clock_ticks() {
        let timers = Timers { tick: 10, late: 0 };
        // Relative to the last tick, at 40: a tick too early by up to one.
        assert_eq!(timers.expiry(45 + 20, true, 45, 0), 60);
        assert_eq!(timers.expiry(49 + 21, true, 49, 0), 70);
        // Never before the next tick, however short.
        assert_eq!(timers.expiry(46, true, 45, 0), 50);
        assert_eq!(timers.expiry(50, true, 50, 0), 60);
        // Absolute: at the first tick after it; and late.
        assert_eq!(timers.expiry(61, false, 45, 0), 70);
        assert_eq!(timers.expiry(61, false, 45, 5), 75);
        assert_eq!(Timers::EXACT.expiry(61, true, 45, 0), 61);
    }
}
