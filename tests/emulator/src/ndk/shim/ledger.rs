//! What was posted to a QP and not completed: every result must be the next of its queue.
//! NDK-CQ-14, NDK-CQ-19, NDK-CQ-21.

use std::collections::VecDeque;

use softrnic::sys::{NDK_OP_FLAG_SILENT_SUCCESS, PVOID};

use crate::verifier::violation;

/// The two queues of a QP.
#[derive(Default)]
pub(super) struct Ledger {
    receive: VecDeque<Posted>,
    initiator: VecDeque<Posted>,
    /// Receives come from an SRQ: they are not in the ledger.
    pub(super) shared: bool,
}

#[derive(Clone, Copy)]
struct Posted {
    context: usize,
    silent: bool,
}

/// Which queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queue {
    Receive,
    Initiator,
}

impl Ledger {
    fn queue(&mut self, queue: Queue) -> &mut VecDeque<Posted> {
        match queue {
            Queue::Receive => &mut self.receive,
            Queue::Initiator => &mut self.initiator,
        }
    }

    /// Before the provider is told: the completion may come at once.
    pub(super) fn post(&mut self, queue: Queue, context: PVOID, flags: u32) {
        let silent = flags & NDK_OP_FLAG_SILENT_SUCCESS != 0;
        self.queue(queue).push_back(Posted {
            context: context as usize,
            silent,
        });
    }

    /// The post failed: there will be no completion.
    pub(super) fn take_back(&mut self, queue: Queue, context: PVOID) {
        let queue = self.queue(queue);
        if let Some(at) = queue
            .iter()
            .rposition(|posted| posted.context == context as usize)
        {
            queue.remove(at);
        }
    }

    /// A result came: it is the next of a queue, silent requests before it aside.
    pub(super) fn complete(&mut self, queues: &[Queue], context: PVOID) {
        for &queue in queues {
            if queue == Queue::Receive && self.shared {
                return;
            }
            let posted = self.queue(queue);
            let skipped = posted
                .iter()
                .take_while(|p| p.silent && p.context != context as usize)
                .count();
            if posted
                .get(skipped)
                .is_some_and(|next| next.context == context as usize)
            {
                posted.drain(..=skipped);
                return;
            }
        }
        let next: Vec<String> = queues
            .iter()
            .map(|queue| match self.queue(*queue).front() {
                Some(next) => format!("{queue:?}: {:#x}", next.context),
                None => format!("{queue:?}: none"),
            })
            .collect();
        violation(
            "NDK-CQ-19",
            &format!(
                "a result with request context {context:p} is not the next of its queue ({})",
                next.join(", ")
            ),
        );
    }
}
