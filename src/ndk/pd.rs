//! The protection domain: what may be used together (NDK-PD-01).

use super::adapter::Adapter;
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::qp::{Around, Qp, Shape};
use crate::nt::{Ref, Status};
use crate::rdma::{Domain, Stag};

pub(super) struct Pd {
    domain: Domain,
    /// NDK-PD-03: reserved like any other token, so it is nobody else's; NDK-PD-02: it never gives
    /// access to the peer, for no region is ever behind it.
    privileged: Stag,
    adapter: Hold<Adapter>,
}

impl Pd {
    /// `NdkCreatePd`.
    pub(super) fn create(adapter: &Hold<Adapter>) -> Result<Open<Self>, Status> {
        let privileged = adapter
            .regions()
            .reserve()
            .ok_or(Status::INSUFFICIENT_RESOURCES)?;
        let pd = Self {
            domain: adapter.new_domain(),
            privileged,
            adapter: adapter.clone(),
        };
        Object::create(adapter.version(), pd)
    }

    /// `NdkCreateQp`, `NdkCreateQpWithSrq`.
    pub(super) fn create_qp(
        pd: &Hold<Self>,
        around: Around,
        shape: Shape,
    ) -> Result<Open<Qp>, Status> {
        // NDK-PD-04, NDK-PD-01.
        let queues = [&around.receive_cq, &around.initiator_cq];
        if !queues.iter().all(|cq| cq.is_of(&pd.adapter))
            || around.srq.as_ref().is_some_and(|srq| srq.pd() != pd)
        {
            return Err(Status::INVALID_PARAMETER);
        }
        Qp::create(pd, around, shape)
    }

    /// `NdkGetPrivilegedMemoryRegionToken`.
    pub(super) fn privileged_token(&self) -> u32 {
        self.privileged.0
    }

    pub(super) fn domain(&self) -> Domain {
        self.domain
    }

    pub(super) fn adapter(&self) -> &Hold<Adapter> {
        &self.adapter
    }
}

impl Kind for Pd {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }
}

impl Drop for Pd {
    fn drop(&mut self) {
        // No region was ever behind it.
        let _ = self.adapter.regions().release(self.privileged);
    }
}
