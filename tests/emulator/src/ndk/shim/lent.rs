//! Queues of a driver that has no adapter: the OS stands between them and their consumer as it does between those that an
//! adapter was asked for. So the cost of that can be measured of a driver that does nothing else.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::callback::cq_notification;
use super::record::{Kind, Record};
use crate::Machine;

/// A consumer's notification callback and its context.
pub type Notified = (NDK_FN_CQ_NOTIFICATION_CALLBACK, PVOID);

/// A queue pair, and the completion queues of its receives and of what it initiates.
pub struct Lent {
    qp: &'static Record,
    cqs: [&'static Record; 2],
}

impl Lent {
    /// Before the driver makes them: each CQ's consumer, and the consumer's context of the queue pair.
    #[must_use]
    pub fn new(machine: &'static Machine, consumers: [Notified; 2], context: PVOID) -> Self {
        let cqs = consumers.map(|(callback, context)| {
            let cq = Record::new(machine, Kind::Cq, &[]);
            let callback = callback.map_or(0, |callback| callback as usize);
            cq.callback.store(callback, Ordering::Release);
            cq.context.store(context, Ordering::Release);
            cq
        });
        let qp = Record::new(machine, Kind::Qp, &cqs);
        for (place, cq) in [&qp.receive_cq, &qp.initiator_cq].into_iter().zip(cqs) {
            place.store(std::ptr::from_ref(cq) as usize, Ordering::Release);
        }
        qp.context.store(context, Ordering::Release);
        Self { qp, cqs }
    }

    /// What the driver calls back: the OS.
    #[must_use]
    pub fn notification() -> usize {
        cq_notification as unsafe extern "win64" fn(PVOID, NTSTATUS) as usize
    }

    /// The contexts it is given: of its queue pair and of its CQs.
    #[must_use]
    pub fn contexts(&self) -> [usize; 3] {
        let [received, initiated] = self.cqs;
        [self.qp, received, initiated].map(|record| record.as_context() as usize)
    }

    /// Takes the driver's objects over, as if it had created them just now.
    ///
    /// # Safety
    /// They are the driver's, in the order of [`Self::contexts`], and stay until [`Self::end`].
    pub unsafe fn adopt(&self, [qp, received, initiated]: [usize; 3]) {
        let [receives, initiates] = self.cqs;
        for (record, object) in [(receives, received), (initiates, initiated), (self.qp, qp)] {
            record.adopt(object as *mut NDK_OBJECT_HEADER);
        }
    }

    /// The driver has let go of its objects.
    pub fn end(self) {
        let [receives, initiates] = self.cqs;
        for record in [self.qp, receives, initiates] {
            record.close_begins();
            record.close_returned();
            record.close_completes();
            record.gone();
        }
    }
}
