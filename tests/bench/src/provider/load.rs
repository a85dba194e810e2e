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
    abi::{NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_DEFER, NDK_RESULT, NDK_SGE},
};

use super::side::{PATIENCE, check};
use crate::statistics;

/// What is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// A send there, a send back.
    PingPong,
    /// Sends one way.
    Send,
    /// RDMA writes one way.
    Write,
    /// RDMA reads.
    Read,
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
    round_trips: Vec<f64>,
    sent_at: Option<Instant>,
    failure: Option<String>,
    finished: bool,
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
    /// The peer's memory; none at the passive end.
    active: Option<Region>,
    posting: OnceLock<Posting>,
    posted: AtomicUsize,
    completed: AtomicUsize,
    received: AtomicUsize,
    ending: AtomicBool,
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Load {
    pub(super) fn active(work: Work, size: usize, window: usize, peer: Region) -> Self {
        Self::new(work, size, window, Some(peer))
    }

    pub(super) fn passive(work: Work, size: usize, window: usize) -> Self {
        Self::new(work, size, window, None)
    }

    fn new(work: Work, size: usize, window: usize, active: Option<Region>) -> Self {
        Self {
            work,
            size,
            window,
            active,
            posting: OnceLock::new(),
            posted: AtomicUsize::new(0),
            completed: AtomicUsize::new(0),
            received: AtomicUsize::new(0),
            ending: AtomicBool::new(false),
            progress: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// A ping-pong takes its initiator completions when it comes by.
    pub(super) fn wants_initiated(&self) -> bool {
        self.active.is_some() && self.work != Work::PingPong
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

    /// Runs the work from the active end; `peer` is the passive one's load.
    pub(super) fn run(&self, peer: &Self, until: Until) -> Result<f64, String> {
        let started = Instant::now();
        self.lock().until = Some(match until {
            Until::After(time) => End {
                at: Some(started + time),
                count: usize::MAX,
            },
            Until::Count(count) => End { at: None, count },
        });
        self.post(1)?;
        self.wait_until_finished()?;
        if self.work == Work::PingPong {
            return Ok(statistics::median(&self.lock().round_trips).unwrap_or(f64::NAN) / 2.0);
        }
        let operations = self.completed.load(Ordering::Acquire);
        // What was completed here may still be on its way there: a last message follows it.
        let sent = if self.work == Work::Send {
            operations
        } else {
            0
        };
        if self.work != Work::Read {
            self.send_last()?;
            peer.wait_for_received(sent + 1)?;
        }
        Ok(operations as f64 / started.elapsed().as_secs_f64())
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
        let posting = self.posting()?;
        let list = &[posting.sge];
        self.posted.fetch_add(count, Ordering::AcqRel);
        for left in (0..count).rev() {
            let flags = if left > 0 { NDK_OP_FLAG_DEFER } else { 0 };
            let status = match (self.work, self.active) {
                (Work::Write, Some(to)) => posting.qp.write(0, list, to.address, to.token, flags),
                (Work::Read, Some(from)) => {
                    posting.qp.read(0, list, from.address, from.token, flags)
                }
                _ => posting.qp.send(0, list, flags),
            };
            check(status, "a request")?;
        }
        Ok(())
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
                (Work::PingPong, None) => self.answer(count),
                (Work::PingPong, Some(_)) => self.next_round(),
                _ => Ok(()),
            }
        });
        self.note(result);
        if self.active.is_none() && self.work != Work::PingPong {
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
        if let Some(sent_at) = progress.sent_at {
            progress
                .round_trips
                .push((now - sent_at).as_secs_f64() * 1e6);
        }
        progress.sent_at = Some(now);
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
            if !self.is_over(&self.lock(), completed, Instant::now()) {
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
