//! An end whose completion queues are polled and armed by the test alone.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use softrnic_consumer::abi::NDK_RESULT_EX;
use softrnic_consumer::{Adapter, Cq, CqHandle, Mr, NtStatus, Pd, Qp, QpLimits};

use crate::{ALL_ACCESS, Done, End, Results};

/// A completion queue that only counts its notifications.
pub struct Quiet {
    /// The queue.
    pub cq: Arc<Cq>,
    /// The status of each notification so far.
    pub notices: Arc<Mutex<Vec<NtStatus>>>,
}

impl Quiet {
    /// A queue of `depth` entries that does nothing when it is notified.
    #[must_use]
    pub fn new(adapter: &Arc<Adapter>, depth: u32) -> Self {
        Self::with(adapter, depth, |_| {})
    }

    /// A queue that calls `then` in each notification.
    #[must_use]
    pub fn with(
        adapter: &Arc<Adapter>,
        depth: u32,
        then: impl Fn(CqHandle) + Send + Sync + 'static,
    ) -> Self {
        let notices: Arc<Mutex<Vec<NtStatus>>> = Arc::default();
        let seen = notices.clone();
        let cq = Cq::new(adapter, depth, move |cq, status| {
            seen.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(status);
            then(cq);
        });
        Self {
            cq: Arc::new(cq.expect("a CQ is made")),
            notices,
        }
    }

    /// Notifications so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Whether there are `count` notifications within `limit`.
    #[must_use]
    pub fn reaches(&self, count: usize, limit: Duration) -> bool {
        let until = std::time::Instant::now() + limit;
        while self.count() < count {
            if std::time::Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// Arms it.
    pub fn arm(&self, kind: u32) {
        self.cq.handle().arm(kind);
    }

    /// Removes up to `N` results.
    #[must_use]
    pub fn poll<const N: usize>(&self) -> Vec<Done> {
        let mut results = [NDK_RESULT_EX::default(); N];
        let count = self.cq.handle().poll_ex(&mut results);
        results[..count]
            .iter()
            .map(|result| Done {
                context: result.RequestContext as usize,
                status: NtStatus(result.Status),
                bytes: result.BytesTransferred,
                kind: result.Type,
                output: result.TypeSpecificCompletionOutput,
                code: result.ProviderErrorCode,
            })
            .collect()
    }

    /// Waits until `count` results were removed.
    ///
    /// # Panics
    /// When they do not come soon.
    #[must_use]
    pub fn take(&self, count: usize) -> Vec<Done> {
        let until = std::time::Instant::now() + crate::SOON;
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.extend(self.poll::<1>());
            assert!(
                std::time::Instant::now() < until,
                "{} of {count} results came",
                taken.len()
            );
        }
        taken
    }
}

/// An end that uses `receive` and `initiator`.
#[must_use]
pub fn end(adapter: &Arc<Adapter>, receive: &Quiet, initiator: &Quiet, limits: QpLimits) -> End {
    let pd = Pd::new(adapter).expect("a PD is made");
    let qp = Qp::new(&pd, &receive.cq, &initiator.cq, limits, 0x5151).expect("a QP is made");
    let buffer = softrnic_consumer::Buffer::new(1 << 20);
    let mr = Mr::of(&pd, &buffer, ALL_ACCESS).expect("an MR is registered");
    let unused = Arc::new(Results::default());
    unused.notifications.store(0, Ordering::Relaxed);
    End {
        connector: None,
        listener: None,
        received: unused.clone(),
        done: unused,
        gone: Arc::default(),
        qp,
        mr,
        buffer,
        pd,
        adapter: adapter.clone(),
    }
}
