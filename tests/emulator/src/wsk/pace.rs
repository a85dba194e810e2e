//! When requests complete: inside their calls, soon after, or as late as somebody likes.
//!
//! A request is carried out as ever; only the completion of its IRP is kept back here, until its time has come, until
//! [`super::State::release`], or until its socket closes, which first completes what pends (WSK-CLS-02). What is kept back is
//! completed by the network thread alone, between callbacks.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::abi::PIRP;
use super::faults::Call;
use super::host::NtStatus;
use super::kernel;
use super::network::{Command, Network};
use super::send::Done;
use super::socket::Socket;
use crate::clock;
use crate::sync::{Condvar, Mutex};

/// The longest that the seed keeps a completion back, in nanoseconds.
const LONGEST: usize = 2_000_000;

/// When a request completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pace {
    /// As its nature is: inside the call what needs nobody else, later what does.
    #[default]
    Natural,
    /// Inside the call, where Windows may do that and what it waits for is there.
    Prompt,
    /// Soon after it was carried out, by another thread.
    Soon,
    /// When it is released, and before its socket's close completes. As an option: within two milliseconds.
    Held,
}

/// A completion that is kept back.
struct Kept {
    number: u64,
    irp: usize,
    /// Whose request it is; 0: nobody's, for it makes a socket.
    socket: usize,
    call: Call,
    /// In [`clock::nanoseconds`]; none: when it is released.
    due: Option<u64>,
    /// Once the request is carried out.
    result: Option<(NtStatus, usize)>,
    /// Its routine is running: nobody else completes it, and a close waits for it.
    is_completing: bool,
    /// The socket, of what is sent and of a close.
    of: Option<Arc<Socket>>,
}

#[derive(Default)]
struct Inside {
    chosen: VecDeque<(Call, Pace)>,
    kept: Vec<Kept>,
    last: u64,
}

impl Inside {
    fn find(&mut self, irp: PIRP) -> Option<&mut Kept> {
        let mut kept = self.kept.iter_mut();
        kept.find(|kept| kept.irp == irp as usize && !kept.is_completing)
    }

    /// What is sent on one socket completes in its order.
    fn is_first(&self, at: usize) -> bool {
        let this = self.kept.get(at);
        this.is_some_and(|this| !is_sending(this.call) || !self.is_sending(this.socket, at))
    }

    /// Whether one of the first `count` is of what this socket sends.
    fn is_sending(&self, socket: usize, count: usize) -> bool {
        let mut first = self.kept.iter().take(count);
        first.any(|kept| kept.socket == socket && is_sending(kept.call))
    }

    /// Takes the first that `is` true of and that is carried out.
    fn take(&mut self, is: impl Fn(&Kept) -> bool) -> Option<Taken> {
        let at = (0..self.kept.len()).find(|&at| {
            let ready = |kept: &Kept| !kept.is_completing && kept.result.is_some() && is(kept);
            self.kept.get(at).is_some_and(ready) && self.is_first(at)
        })?;
        let kept = self.kept.get_mut(at)?;
        let (status, information) = kept.result?;
        kept.is_completing = true;
        let done = Done {
            irp: kept.irp as PIRP,
            status,
            information,
        };
        Some((kept.number, done, kept.call, kept.of.take()))
    }
}

type Taken = (u64, Done, Call, Option<Arc<Socket>>);

/// The completions that are kept back on a machine.
#[derive(Default)]
pub(super) struct Paces {
    inside: Mutex<Inside>,
    changed: Condvar,
    /// Chosen and kept ones: most machines have none.
    count: AtomicUsize,
    prompted: AtomicUsize,
}

thread_local! {
    /// The request that is to complete inside its call, which is on this stack.
    static PROMPT: Cell<usize> = const { Cell::new(0) };
}

/// Whether this request is to complete inside its call.
pub(super) fn is_prompt(irp: PIRP) -> bool {
    PROMPT.get() == irp as usize
}

impl Paces {
    fn with<R>(&self, change: impl FnOnce(&mut Inside) -> R) -> R {
        let mut inside = self.inside.lock();
        let result = change(&mut inside);
        let count = inside.chosen.len() + inside.kept.len();
        self.count.store(count, Ordering::Release);
        result
    }

    fn is_idle(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The pace that somebody chose for this call.
    fn chosen(&self, call: Call) -> Option<Pace> {
        if self.is_idle() {
            return None;
        }
        self.with(|inside| {
            let at = inside.chosen.iter().position(|(of, _)| *of == call)?;
            inside.chosen.remove(at).map(|(_, pace)| pace)
        })
    }

    /// A request begins whose completion is to be kept back.
    fn keep(&self, call: Call, of: Option<&Arc<Socket>>, irp: PIRP, due: Option<u64>) {
        let keeps = matches!(call, Call::Send | Call::CloseSocket);
        self.with(|inside| {
            inside.last += 1;
            inside.kept.push(Kept {
                number: inside.last,
                irp: irp as usize,
                socket: key(of),
                call,
                due,
                result: None,
                is_completing: false,
                of: of.filter(|_| keeps).cloned(),
            });
        });
    }

    /// Whether the completion of this request is kept back.
    pub(super) fn keeps(&self, irp: PIRP) -> bool {
        !self.is_idle() && self.inside.lock().find(irp).is_some()
    }

    /// The request is carried out; `false` when it may complete at once. It is marked pending.
    pub(super) fn put_off(&self, irp: PIRP, result: NtStatus, information: usize) -> bool {
        if self.is_idle() {
            return false;
        }
        let mut inside = self.inside.lock();
        let Some(kept) = inside.find(irp) else {
            return false;
        };
        kept.result = Some((result, information));
        drop(inside);
        self.changed.notify_all();
        true
    }

    /// Whether nothing of this socket is kept back, or being completed.
    pub(super) fn is_quiet(&self, socket: &Arc<Socket>) -> bool {
        let of = key(Some(socket));
        self.is_idle() || self.inside.lock().kept.iter().all(|kept| kept.socket != of)
    }

    /// Whether completions of what this socket sends are kept back.
    fn is_sending(&self, socket: Option<&Arc<Socket>>) -> bool {
        !self.is_idle() && self.inside.lock().is_sending(key(socket), usize::MAX)
    }

    /// On the network thread: completes all that is due; whether there was any.
    pub(super) fn complete_due(&self) -> bool {
        if self.is_idle() {
            return false;
        }
        let now = clock::nanoseconds();
        let mut any = false;
        while self.complete(|kept| kept.due.is_some_and(|due| due <= now)) {
            any = true;
        }
        any
    }

    /// On the network thread: completes what a socket that closes still has.
    pub(super) fn complete_of(&self, socket: &Arc<Socket>) {
        let of = key(Some(socket));
        while !self.is_idle() && self.complete(|kept| kept.socket == of) {}
    }

    fn complete(&self, is: impl Fn(&Kept) -> bool) -> bool {
        let Some((number, done, call, socket)) = self.inside.lock().take(is) else {
            return false;
        };
        match socket {
            Some(socket) if call == Call::CloseSocket => socket.closed(),
            Some(socket) if done.status < 0 => {
                let now = clock::nanoseconds();
                socket.transmit().told.get_or_insert(now);
            }
            _ => {}
        }
        kernel::finish(done.irp, done.status, done.information);
        self.with(|inside| inside.kept.retain(|kept| kept.number != number));
        true
    }

    /// When the next one is due, of those that are carried out.
    pub(super) fn next_due(&self) -> Option<u64> {
        if self.is_idle() {
            return None;
        }
        let inside = self.inside.lock();
        // Those behind another wait for it, whenever they were due.
        let next = inside.kept.iter().enumerate().filter(|&(at, kept)| {
            kept.result.is_some() && !kept.is_completing && inside.is_first(at)
        });
        next.filter_map(|(_, kept)| kept.due).min()
    }

    fn held(inside: &Inside) -> usize {
        let held = |kept: &&Kept| kept.due.is_none() && kept.result.is_some();
        inside.kept.iter().filter(held).count()
    }

    /// A request completed inside its call because it was to.
    pub(super) fn prompted(&self) {
        self.prompted.fetch_add(1, Ordering::Relaxed);
    }

    /// Forgets what was chosen and has not come; how many.
    pub(super) fn heal(&self) -> usize {
        self.with(|inside| std::mem::take(&mut inside.chosen).len())
    }
}

/// Whether this call is one of those of a socket that complete one after the other.
fn is_sending(call: Call) -> bool {
    matches!(call, Call::Send | Call::Disconnect)
}

fn key(socket: Option<&Arc<Socket>>) -> usize {
    socket.map_or(0, |socket| Arc::as_ptr(socket) as usize)
}

/// What the options, or the seed, say of a request.
fn drawn(network: &Network) -> (Pace, Option<u64>) {
    let within = |nanoseconds| Some(clock::nanoseconds() + network.random(nanoseconds) as u64);
    match network.options.pace {
        Pace::Natural if network.options.vary_completions => match network.random(8) {
            0 => (Pace::Held, within(LONGEST)),
            1..=3 => (Pace::Soon, Some(0)),
            4 | 5 => (Pace::Prompt, None),
            _ => (Pace::Natural, None),
        },
        Pace::Held => (Pace::Held, within(LONGEST)),
        pace => (pace, Some(0)),
    }
}

impl super::State {
    /// When the next such request completes; several for the same call come one after the other. Anywhere.
    pub fn pace(&self, call: Call, pace: Pace) {
        self.paces
            .with(|inside| inside.chosen.push_back((call, pace)));
    }

    /// Requests that are carried out, and held.
    pub fn held(&self) -> usize {
        Paces::held(&self.paces.inside.lock())
    }

    /// Waits until so many requests are carried out, and held; whether they are.
    #[must_use]
    pub fn holds(&self, count: usize, limit: Duration) -> bool {
        let mut inside = self.paces.inside.lock();
        let fewer = |inside: &mut Inside| Paces::held(inside) < count;
        self.paces.changed.wait_while_for(&mut inside, fewer, limit)
    }

    /// What is held completes; how many that were. Those that are not carried out yet are held no longer.
    pub fn release(&self) -> usize {
        let released = self.paces.with(|inside| {
            let held = Paces::held(inside);
            for kept in inside.kept.iter_mut().filter(|kept| kept.due.is_none()) {
                kept.due = Some(0);
            }
            held
        });
        self.look();
        released
    }

    /// Requests so far that completed inside their calls because they were to, and would not have otherwise.
    pub fn prompted(&self) -> usize {
        self.paces.prompted.load(Ordering::Relaxed)
    }

    /// The network thread looks for what is due.
    pub(super) fn look(&self) {
        if let Some(network) = self.network.get() {
            network.command(Command::Look);
        }
    }

    /// A request begins: from here on it is known when it completes.
    pub(super) fn set_pace(&self, call: Call, of: Option<&Arc<Socket>>, irp: PIRP, pends: bool) {
        PROMPT.set(0);
        let Some(network) = self.network.get() else {
            return;
        };
        let (pace, due) = match self.paces.chosen(call) {
            Some(Pace::Held) => (Pace::Held, None),
            Some(pace) => (pace, Some(0)),
            None if pends => (Pace::Soon, Some(0)),
            None => drawn(network),
        };
        match pace {
            _ if is_sending(call) && pace != Pace::Held && self.paces.is_sending(of) => {
                self.paces.keep(call, of, irp, Some(0));
            }
            Pace::Natural => {}
            Pace::Prompt => PROMPT.set(irp as usize),
            Pace::Soon | Pace::Held => self.paces.keep(call, of, irp, due),
        }
    }
}
