//! Memory that RDMA reaches: mapped once, lent to the peer for one request by fast registration.

use std::sync::Arc;

use softrnic_consumer::abi::{
    NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE, NDK_OP_FLAG_SILENT_SUCCESS,
    NDK_SGE,
};
use softrnic_consumer::{Adapter, Buffer, FastRegister, Lam, Mr, NtStatus, Pd, logical_sge};

use super::{Channel, ChannelError, Kind};
use crate::wire::Descriptor;

const PAGE: usize = 4096;

/// Memory with its logical addresses. It must outlive what was posted or lent of it.
pub struct Mapped {
    lam: Lam,
    buffer: Buffer,
}

impl Mapped {
    /// Maps all of `buffer`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>, buffer: Buffer) -> Result<Self, NtStatus> {
        let lam = Lam::of(adapter, &buffer)?;
        Ok(Self { lam, buffer })
    }

    /// The memory.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Elements for `len` bytes at `offset`: one for each run of adjacent pages.
    #[must_use]
    pub fn sges(&self, pd: &Pd, offset: usize, len: usize) -> Vec<NDK_SGE> {
        let runs = runs(self.lam.pages(), self.lam.offset as usize + offset, len);
        let element = |(address, len)| logical_sge(pd, address, len);
        runs.into_iter().map(element).collect()
    }
}

/// Addresses and lengths of the runs of adjacent pages that `len` bytes at `start` of `pages` lie in.
pub(super) fn runs(pages: &[u64], start: usize, len: usize) -> Vec<(u64, usize)> {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    let (mut at, end) = (start, start + len);
    while at < end {
        let part = (PAGE - at % PAGE).min(end - at);
        let address = pages[at / PAGE] + (at % PAGE) as u64;
        match runs.last_mut() {
            Some((from, len)) if *from + *len as u64 == address => *len += part,
            _ => runs.push((address, part)),
        }
        at += part;
    }
    runs
}

/// What the peer may do with memory it is lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read it.
    Read,
    /// Write it.
    Write,
}

/// Memory that the peer was lent: given back with [`Channel::take_back`].
#[must_use = "a loan is taken back"]
#[derive(Debug)]
pub struct Loan {
    regions: Vec<usize>,
    descriptors: Vec<Descriptor>,
}

impl Loan {
    /// What the peer is told.
    #[must_use]
    pub fn descriptors(&self) -> &[Descriptor] {
        &self.descriptors
    }
}

impl Channel {
    /// Lends `len` bytes at `offset` of `memory` to the peer: as many fast-registered regions as the adapter needs for them,
    /// in force for whatever is posted from now on.
    ///
    /// # Errors
    /// When a region cannot be made or registered.
    pub fn lend(
        &mut self,
        memory: &Mapped,
        (offset, len): (usize, usize),
        access: Access,
    ) -> Result<Loan, ChannelError> {
        let mut loan = Loan {
            regions: Vec::new(),
            descriptors: Vec::new(),
        };
        let (mut at, end) = (offset, offset + len);
        while at < end {
            let in_page = (memory.lam.offset as usize + at) % PAGE;
            let part = (self.region_pages * PAGE - in_page).min(end - at);
            let region = self.free_region()?;
            loan.regions.push(region);
            let descriptor = self.register(region, memory, (at, part), access)?;
            loan.descriptors.push(descriptor);
            at += part;
        }
        Ok(loan)
    }

    fn free_region(&mut self) -> Result<usize, ChannelError> {
        if let Some(region) = self.free_regions.pop() {
            return Ok(region);
        }
        let region = Mr::fast(&self.pd, self.region_pages as u32)
            .map_err(|status| ChannelError::Call("a region", status))?;
        self.regions.push(region);
        Ok(self.regions.len() - 1)
    }

    fn register(
        &mut self,
        region: usize,
        memory: &Mapped,
        (at, len): (usize, usize),
        access: Access,
    ) -> Result<Descriptor, ChannelError> {
        let (start, mr) = (memory.lam.offset as usize + at, &self.regions[region]);
        let pages = start / PAGE..(start + len).div_ceil(PAGE);
        let base = memory.buffer.virtual_address() + at as u64;
        let ask = FastRegister {
            pages: &memory.lam.pages()[pages],
            offset: (start % PAGE) as u32,
            len,
            base,
            flags: NDK_OP_FLAG_SILENT_SUCCESS
                | match access {
                    Access::Read => NDK_OP_FLAG_ALLOW_REMOTE_READ,
                    Access::Write => NDK_OP_FLAG_ALLOW_REMOTE_WRITE,
                },
        };
        let context = Kind::Register.context(region);
        let posted = self.qp.handle().fast_register(context, mr, &ask);
        let token = mr.remote_token();
        match posted.ok() {
            Ok(()) => Ok(Descriptor::new(base, token, len as u32)),
            Err(status) => Err(self.refused(Kind::Register, status)),
        }
    }

    /// Ends a loan: what the peer has not invalidated is invalidated here. The memory is the caller's own when this returns.
    ///
    /// # Errors
    /// When the connection is over.
    pub fn take_back(&mut self, loan: Loan, invalidated: &[u32]) -> Result<(), ChannelError> {
        for region in &loan.regions {
            let mr = &self.regions[*region];
            if invalidated.contains(&mr.remote_token()) {
                continue;
            }
            let context = Kind::Invalidate.context(*region);
            let posted = self.qp.handle().invalidate(context, mr.raw().cast(), 0);
            posted
                .ok()
                .map_err(|status| self.refused(Kind::Invalidate, status))?;
            self.outstanding.invalidations += 1;
        }
        while self.outstanding.invalidations > 0 {
            self.turn()?;
        }
        self.free_regions.extend(loan.regions);
        Ok(())
    }
}
