//! The load: what an end's callbacks do with each completion.
//!
//! Only callbacks post once traffic runs: the provider never makes two of them at a time for one
//! CQ (NDK-CQ-12), which is the serialisation posting asks for. The thread that measures posts one
//! request to begin with, and sleeps.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use softrnic_consumer::{
    CqHandle, NtStatus, QpHandle,
    abi::{NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_DEFER, NDK_OP_FLAG_SILENT_SUCCESS, NDK_RESULT, NDK_SGE},
};

use super::side::{PATIENCE, Plan, check};
use crate::{point::Verb, statistics};

/// What is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// One there, one back. A write has an empty send behind it: nobody else tells its peer.
    PingPong(Verb),
    /// One way, or of reads the other.
    Stream(Verb),
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// Operations that are done, at every end that started some.
    pub(super) operations: usize,
    /// From the first to the last.
    pub(super) elapsed: Duration,
    /// Time of a round trip, or of an operation in a window of one, in microseconds ([`statistics::quickest`]).
    pub(super) microseconds: f64,
    /// Processor time of both sides.
    pub(super) processor: Duration,
}

impl Outcome {
    /// Operations a second.
    pub(super) fn rate(&self) -> f64 {
        self.operations as f64 / self.elapsed.as_secs_f64()
    }
}

/// When it ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// After so long.
    After(Duration),
    /// After so many operations.
    Count(usize),
}

/// The peer's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) address: u64,
    pub(super) token: u32,
}

/// The posting side's handles and the one element every request uses.
struct Posting {
    qp: QpHandle,
    initiated: CqHandle,
    sge: NDK_SGE,
}

// SAFETY: the element is plain data; its address is only given to the provider.
unsafe impl Send for Posting {}
// SAFETY: as above.
unsafe impl Sync for Posting {}

#[derive(Default)]
struct Progress {
    until: Option<End>,
    /// In microseconds.
    times: Vec<f64>,
    sent_at: Option<Instant>,
    failure: Option<String>,
    finished: bool,
}

impl Progress {
    /// Another operation is done, and the next one starts.
    fn note_time(&mut self, now: Instant) {
        if let Some(sent_at) = self.sent_at {
            self.times.push((now - sent_at).as_secs_f64() * 1e6);
        }
        self.sent_at = Some(now);
    }
}

#[derive(Clone, Copy)]
struct End {
    at: Option<Instant>,
    count: usize,
}

/// One end's part of the work.
pub(super) struct Load {
    work: Work,
    size: usize,
    window: usize,
    active: bool,
    /// The peer's memory.
    peer: OnceLock<Region>,
    posting: OnceLock<Posting>,
    posted: AtomicUsize,
    completed: AtomicUsize,
    received: AtomicUsize,
    ending: AtomicBool,
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Load {
    pub(super) fn active(plan: Plan, peer: Region) -> Self {
        let load = Self::new(plan, true);
        load.answer_to(peer);
        load
    }

    pub(super) fn passive(plan: Plan) -> Self {
        Self::new(plan, false)
    }

    fn new(plan: Plan, active: bool) -> Self {
        Self {
            work: plan.work,
            size: plan.size,
            window: plan.window,
            active,
            peer: OnceLock::new(),
            posting: OnceLock::new(),
            posted: AtomicUsize::new(0),
            completed: AtomicUsize::new(0),
            received: AtomicUsize::new(0),
            ending: AtomicBool::new(false),
            progress: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Messages received.
    #[cfg(test)]
    pub(super) fn messages(&self) -> usize {
        self.received.load(Ordering::Acquire)
    }

    /// Where the peer's memory is. Before the peer starts.
    pub(super) fn answer_to(&self, peer: Region) {
        let _ = self.peer.set(peer);
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// A ping-pong takes its initiator completions when it comes by.
    pub(super) fn wants_initiated(&self) -> bool {
        self.active && matches!(self.work, Work::Stream(_))
    }

    /// Posts the receives; the objects exist from now on.
    pub(super) fn prepare(
        &self,
        qp: QpHandle,
        initiated: CqHandle,
        sge: NDK_SGE,
    ) -> Result<(), String> {
        let posting = self.posting.get_or_init(|| Posting { qp, initiated, sge });
        for _ in 0..2 * self.window.max(16) {
            check(posting.qp.receive(0, &[posting.sge]), "NdkReceive")?;
        }
        Ok(())
    }

    /// Starts the work from the active end.
    pub(super) fn start(&self, now: Instant, until: Until) -> Result<(), String> {
        self.lock().until = Some(match until {
            Until::After(time) => End {
                at: Some(now + time),
                count: usize::MAX,
            },
            Until::Count(count) => End { at: None, count },
        });
        self.post(1)
    }

    /// Waits until it is done; `peer` is the passive end's load. Gives the operations, and their time.
    pub(super) fn finish(&self, peer: &Self) -> Result<(usize, f64), String> {
        self.wait_until_finished()?;
        let time = statistics::quickest(&self.lock().times).unwrap_or(f64::NAN);
        let completed = self.completed.load(Ordering::Acquire);
        // What was completed here may still be on its way there: a last message follows it.
        match self.work {
            Work::PingPong(_) => return Ok((self.lock().times.len(), time)),
            Work::Stream(Verb::Read) => {}
            Work::Stream(verb) => {
                self.send_last()?;
                let sent = if verb == Verb::Send { completed } else { 0 };
                peer.wait_for_received(sent + 1)?;
            }
        }
        Ok((completed, time))
    }

    fn wait_until_finished(&self) -> Result<(), String> {
        let progress = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(progress, PATIENCE * 4, |p| !p.finished);
        let (mut progress, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = progress.failure.take() {
            return Err(failure);
        }
        let (posted, completed) = (&self.posted, &self.completed);
        if timeout.timed_out() {
            return Err(format!(
                "stopped: {posted:?} posted, {completed:?} completed"
            ));
        }
        Ok(())
    }

    fn wait_for_received(&self, count: usize) -> Result<(), String> {
        let progress = self.lock();
        let missing = |_: &mut Progress| self.received.load(Ordering::Acquire) < count;
        let waited = self.changed.wait_timeout_while(progress, PATIENCE, missing);
        let (_progress, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            Err("the last message did not arrive".to_owned())
        } else {
            Ok(())
        }
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn posting(&self) -> Result<&Posting, String> {
        self.posting.get().ok_or_else(|| "not prepared".to_owned())
    }

    /// Posts `count` operations, to go out together.
    fn post(&self, count: usize) -> Result<(), String> {
        self.posted.fetch_add(count, Ordering::AcqRel);
        for left in (0..count).rev() {
            let flags = if left > 0 { NDK_OP_FLAG_DEFER } else { 0 };
            check(self.post_one(flags)?, "a request")?;
        }
        Ok(())
    }

    fn post_one(&self, flags: u32) -> Result<NtStatus, String> {
        let posting = self.posting()?;
        let (qp, list) = (posting.qp, &[posting.sge]);
        let peer = || self.peer.get().copied().ok_or("no peer");
        Ok(match self.work {
            Work::PingPong(Verb::Write) => {
                let to = peer()?;
                let flags = flags | NDK_OP_FLAG_DEFER | NDK_OP_FLAG_SILENT_SUCCESS;
                let written = qp.write(0, list, to.address, to.token, flags);
                check(written, "a write")?;
                qp.send(
                    0,
                    &[],
                    flags & !NDK_OP_FLAG_DEFER & !NDK_OP_FLAG_SILENT_SUCCESS,
                )
            }
            Work::Stream(Verb::Write) => {
                let to = peer()?;
                qp.write(0, list, to.address, to.token, flags)
            }
            Work::Stream(Verb::Read) => {
                let from = peer()?;
                qp.read(0, list, from.address, from.token, flags)
            }
            _ => qp.send(0, list, flags),
        })
    }

    fn send_last(&self) -> Result<(), String> {
        let posting = self.posting()?;
        check(posting.qp.send(0, &[posting.sge], 0), "NdkSend")
    }

    /// The notification callback of the receive CQ.
    pub(super) fn received(&self, cq: CqHandle) {
        let result = self.take(cq).and_then(|count| {
            self.repost_receives(count)?;
            self.received.fetch_add(count, Ordering::AcqRel);
            match (self.work, self.active) {
                (Work::PingPong(_), false) => self.answer(count),
                (Work::PingPong(_), true) => self.next_round(),
                (Work::Stream(_), _) => Ok(()),
            }
        });
        self.note(result);
        if !self.active && matches!(self.work, Work::Stream(_)) {
            drop(self.lock());
            self.changed.notify_all();
        }
        cq.arm(NDK_CQ_NOTIFY_ANY);
    }

    /// The notification callback of the initiator CQ.
    pub(super) fn initiated(&self, cq: CqHandle) {
        let result = self
            .take(cq)
            .and_then(|count| self.keep_the_window_full(count));
        self.note(result);
        cq.arm(NDK_CQ_NOTIFY_ANY);
    }

    /// The disconnect event callback.
    pub(super) fn disconnected(&self) {
        self.note(Err("the connection ended".to_owned()));
    }

    /// Takes what a CQ has; the number of results, all good.
    fn take(&self, cq: CqHandle) -> Result<usize, String> {
        let mut results = [NDK_RESULT::default(); 64];
        let mut taken = 0;
        loop {
            let count = cq.poll(&mut results);
            if count == 0 {
                return Ok(taken);
            }
            for result in results.iter().take(count) {
                check(NtStatus(result.Status), "a completion")?;
            }
            taken += count;
        }
    }

    fn repost_receives(&self, count: usize) -> Result<(), String> {
        let posting = self.posting()?;
        (0..count).try_for_each(|_| check(posting.qp.receive(0, &[posting.sge]), "NdkReceive"))
    }

    fn answer(&self, count: usize) -> Result<(), String> {
        self.post(count)?;
        self.take(self.posting()?.initiated).map(drop)
    }

    fn next_round(&self) -> Result<(), String> {
        let now = Instant::now();
        let mut progress = self.lock();
        progress.note_time(now);
        let over = self.is_over(&progress, self.received.load(Ordering::Acquire), now);
        progress.finished |= over;
        drop(progress);
        if over {
            self.changed.notify_all();
            return Ok(());
        }
        self.post(1)?;
        self.take(self.posting()?.initiated).map(drop)
    }

    fn keep_the_window_full(&self, count: usize) -> Result<(), String> {
        let completed = self.completed.fetch_add(count, Ordering::AcqRel) + count;
        let outstanding = self.posted.load(Ordering::Acquire)
            - completed.min(self.posted.load(Ordering::Acquire));
        if !self.ending.load(Ordering::Acquire) {
            let (now, mut progress) = (Instant::now(), self.lock());
            if self.window == 1 {
                progress.note_time(now);
            }
            let over = self.is_over(&progress, completed, now);
            drop(progress);
            if !over {
                return self.post(self.window - outstanding);
            }
            self.ending.store(true, Ordering::Release);
        }
        if outstanding == 0 {
            self.lock().finished = true;
            self.changed.notify_all();
        }
        Ok(())
    }

    fn is_over(&self, progress: &Progress, operations: usize, now: Instant) -> bool {
        progress
            .until
            .is_none_or(|end| end.at.is_some_and(|at| now >= at) || operations >= end.count)
    }

    fn note(&self, result: Result<(), String>) {
        if let Err(failure) = result {
            let mut progress = self.lock();
            if !progress.finished {
                progress.failure = Some(failure);
                progress.finished = true;
                self.changed.notify_all();
            }
        }
    }
}
