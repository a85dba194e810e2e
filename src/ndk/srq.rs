//! The shared receive queue. The adapter reports `MaxSrqDepth` 0, so none can be created
//! (NDK-ADP-08).

use core::convert::Infallible;

use super::object::{Kind, Open, Reaper};
use crate::nt::{Ref, Status};
use crate::rdma::Limits;

/// A shared receive queue that cannot exist.
pub(super) struct Srq(Infallible);

impl Srq {
    /// `NdkCreateSrq`. NDK-SRQ-01: any depth is above the limit.
    pub(super) fn create(limits: &Limits, depth: u32, max_sge: u32) -> Result<Open<Self>, Status> {
        if depth > limits.shared_receive_queue_depth || max_sge > limits.receive_sge {
            return Err(Status::INVALID_PARAMETER);
        }
        Err(Status::NOT_SUPPORTED)
    }
}

impl Kind for Srq {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        match self.0 {}
    }
}
