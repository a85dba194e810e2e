//! Requests leave their queue in post order, and their completions become visible (NDK-CQ-19).

use crate::rdma::request::Progress;
use crate::rdma::{Completion, Flags, Status};

use super::super::api::{Queues, Side};
use super::Connection;

impl<Q: Queues> Connection<Q> {
    /// Retires what is done, oldest first, up to the first that is not.
    pub(super) fn retire(&mut self) {
        let Some(queues) = &self.queues else { return };
        let send = &queues.queue_pair().send;
        if send.is_empty() {
            return;
        }
        let Some(mut window) = send.window() else {
            return;
        };
        let cause = self.ending.cause();
        while let Some(request) = window.get(0) {
            let status = match request.progress {
                Progress::Handed { until } if until <= self.outgoing.sent => Status::Ok,
                Progress::Done(status) => status,
                Progress::Leaving(stag) if !queues.regions().is_leaving(stag) => Status::Ok,
                Progress::Handed { .. }
                | Progress::Leaving(_)
                | Progress::Started
                | Progress::Queued => break,
            };
            if let Some(draft) = request.op.draft().filter(|_| status != Status::Ok) {
                drop(queues.regions().discard(draft));
            }
            let (context, kind) = (request.context, request.op.kind());
            // NDK-POST-14: failures are always seen.
            let silent = request.flags.contains(Flags::SILENT) && status == Status::Ok;
            window.retire();
            self.outgoing.retired();
            if !silent {
                let completion = Completion {
                    context,
                    status,
                    kind,
                    cause,
                    ..Completion::default()
                };
                self.incoming
                    .complete(queues, Side::Initiator, completion, false);
            }
        }
    }

    /// NDK-FLUSH-01: receives come back now; initiator requests that are not on their way do so in
    /// their turn. One being framed is finished, for the stream must stay whole.
    pub(super) fn cancel_pending(&mut self) {
        self.cancel_receives();
        let current = self.outgoing.current;
        self.mark(|n, progress| match progress {
            Progress::Queued | Progress::Leaving(_) => Some(Status::Cancelled),
            // A read: its response will find nobody.
            Progress::Started if current != Some(n) => Some(Status::Cancelled),
            Progress::Started | Progress::Handed { .. } | Progress::Done(_) => None,
        });
    }

    /// The link is gone, and with it everything that read our memory: all comes back.
    pub(super) fn cancel_all(&mut self) {
        self.cancel_receives();
        self.outgoing.current = None;
        let sent = self.outgoing.sent;
        // NDK-FLUSH-03: what is finished keeps its status.
        self.mark(|_, progress| match progress {
            Progress::Handed { until } if until <= sent => None,
            Progress::Done(_) => None,
            Progress::Queued
            | Progress::Leaving(_)
            | Progress::Started
            | Progress::Handed { .. } => Some(Status::Cancelled),
        });
        self.retire();
    }

    /// The request that brought the connection down says so (NDK-DISC-12).
    pub(super) fn blame(&mut self, n: Option<usize>, status: Status) {
        self.mark(|at, progress| match progress {
            Progress::Started if Some(at) == n => Some(status),
            _ => None,
        });
    }

    fn mark(&mut self, verdict: impl Fn(usize, Progress) -> Option<Status>) {
        let Some(queues) = &self.queues else { return };
        let Some(mut window) = queues.queue_pair().send.window() else {
            return;
        };
        let mut n = 0;
        while let Some(request) = window.get_mut(n) {
            if let Some(status) = verdict(n, request.progress) {
                request.progress = Progress::Done(status);
                self.outgoing.next = self.outgoing.next.max(n + 1);
            }
            n += 1;
        }
    }
}
