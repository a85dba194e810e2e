//! Logical address mappings: a consumer's MDL chain, in pages that requests can name.
//!
//! Building never pends (NDK-LAM-09, NDK-LAM-11). The mapping is ours until it is released; what it
//! covers is the chain's bytes, not the whole of its first and last page.

use super::adapter::Adapter;
use super::memory::{Owner, Registered};
use super::object::Hold;
use super::pages::{self, LOGICAL, MAX_PAGES, PAGE};
use crate::nt::mdl::Chain;
use crate::nt::{Mapping, Ref, Status};
use crate::rdma::{Access, Region, Stag};

/// How many pages a mapping has and where its bytes begin in the first (NDK-LAM-03).
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) pages: u32,
    pub(super) offset: u32,
}

/// NDK-LAM-01: what may be mapped.
pub(super) fn extent(chain: Chain, length: u64) -> Result<Extent, Status> {
    Mapping::check(chain, length)?;
    let offset = chain.base() % PAGE;
    let pages = (offset + length).div_ceil(PAGE);
    if pages > MAX_PAGES {
        return Err(Status::INSUFFICIENT_RESOURCES);
    }
    Ok(Extent {
        pages: pages as u32,
        offset: offset as u32,
    })
}

/// Builds a mapping; its name. The consumer's MDLs stay as they are (NDK-LAM-06).
pub(super) fn build(
    adapter: &Hold<Adapter>,
    chain: Chain,
    length: u64,
    extent: Extent,
) -> Result<Stag, Status> {
    let mapping = Ref::try_new(Mapping::try_new(chain, length)?)?;
    let regions = adapter.regions();
    let stag = regions.reserve().ok_or(Status::INSUFFICIENT_RESOURCES)?;
    let region = Region {
        base: pages::first(stag) + u64::from(extent.offset),
        length,
        access: Access::empty(),
        domain: LOGICAL,
        // The adapter outlives its mappings (NDK-LIFE-17).
        memory: Registered::mapped(mapping, Owner::Mapping(adapter.clone())),
    };
    // Reserved just now, so it gives no access yet and this does not fail.
    let published = regions.publish(stag, region);
    published.map_err(|_unused| Status::INSUFFICIENT_RESOURCES)?;
    Ok(stag)
}

/// Releases it. A name that is not a mapping's (NDK-LAM-04 is the consumer's promise) is ignored.
pub(super) fn release(adapter: &Adapter, stag: Stag) {
    let regions = adapter.regions();
    if regions.find(stag, &[LOGICAL], Access::empty()).is_ok() {
        drop(regions.release(stag));
    }
}
