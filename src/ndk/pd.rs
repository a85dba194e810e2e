//! The protection domain: what may be used together (NDK-PD-01).

use super::adapter::Adapter;
use super::cq::Cq;
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::qp::{Qp, Shape};
use super::srq::Srq;
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

    /// `NdkCreateSrq`.
    pub(super) fn create_srq(&self, depth: u32, max_sge: u32) -> Result<Open<Srq>, Status> {
        Srq::create(self.adapter.limits(), depth, max_sge)
    }

    /// `NdkCreateQp`.
    pub(super) fn create_qp(
        &self,
        pd: &Hold<Self>,
        receive_cq: Hold<Cq>,
        initiator_cq: Hold<Cq>,
        shape: Shape,
    ) -> Result<Open<Qp>, Status> {
        // NDK-PD-04.
        if !receive_cq.is_of(&self.adapter) || !initiator_cq.is_of(&self.adapter) {
            return Err(Status::INVALID_PARAMETER);
        }
        Qp::create(pd, receive_cq, initiator_cq, shape)
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
