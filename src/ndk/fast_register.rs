//! Fast registration: page lists made ahead, and the request that fills one.
//!
//! What a request asks for is checked and copied when it is posted (NDK-FR-07) and waits beside the
//! region's token; its turn in the initiator queue makes it the token's region (NDK-FR-10).

use super::memory::{Registered, logical};
use super::mr::Mr;
use super::object::Hold;
use super::pages::{self, PAGE};
use super::qp::{Qp, Request};
use crate::nt::{Slice, SpinLock, Status, Tag};
use crate::rdma::{Access, Limits, Op, Region};

/// Lists of one region: one in use, one for the request that follows the invalidation of the first.
const LISTS: usize = 2;

/// What `NdkInitializeFastRegisterMr` makes.
pub(super) struct FastRegister(SpinLock<State>);

struct State {
    lists: [Option<Slice<u64>>; LISTS],
    /// Lists made and not at home.
    lent: usize,
    /// Pages of each list; 0 before the first initialisation.
    pages: u32,
    remote_access: bool,
}

/// What a fast-register request says.
pub(super) struct Ask<'a> {
    pub(super) pages: &'a [u64],
    /// Where the region begins in the first page (FBO).
    pub(super) offset: u32,
    pub(super) length: u64,
    /// The address of the region's first byte: an index only.
    pub(super) base: u64,
    pub(super) access: Access,
}

impl FastRegister {
    pub(super) fn new() -> Self {
        Self(SpinLock::new(State {
            lists: [const { None }; LISTS],
            lent: 0,
            pages: 0,
            remote_access: false,
        }))
    }

    /// NDK-FR-01: may be called again, with other numbers, while the region is not in use.
    pub(super) fn initialize(&self, pages: u32, remote_access: bool) -> Result<(), Status> {
        if pages == 0 {
            return Err(Status::INVALID_PARAMETER);
        }
        if pages > Limits::ADAPTER.fast_register_pages {
            return Err(Status::IMPLEMENTATION_LIMIT);
        }
        let list = || Slice::try_from_fn(Tag::REGION, pages as usize, |_| Ok(0)).map(Some);
        let mut lists = [list()?, list()?];
        {
            let mut state = self.0.lock();
            if state.lent != 0 {
                return Err(Status::INVALID_DEVICE_STATE);
            }
            core::mem::swap(&mut state.lists, &mut lists);
            state.pages = pages;
            state.remote_access = remote_access;
        }
        // The old ones are freed without the lock.
        drop(lists);
        Ok(())
    }

    /// A list for `ask`, and the rules about what the region was initialised for.
    fn lend(&self, ask: &Ask<'_>) -> Result<Slice<u64>, Status> {
        let mut state = self.0.lock();
        if state.pages == 0 {
            return Err(Status::INVALID_DEVICE_STATE);
        }
        let remote = Access::REMOTE_READ | Access::REMOTE_WRITE;
        // NDK-FR-04.
        if ask.access.intersects(remote) && !state.remote_access {
            return Err(Status::ACCESS_VIOLATION);
        }
        // NDK-FR-05.
        if ask.pages.len() > state.pages as usize {
            return Err(Status::INVALID_PARAMETER);
        }
        let list = state.lists.iter_mut().find_map(Option::take);
        let list = list.ok_or(Status::INSUFFICIENT_RESOURCES)?;
        state.lent += 1;
        Ok(list)
    }

    pub(super) fn take_back(&self, list: Slice<u64>) {
        let mut state = self.0.lock();
        if let Some(home) = state.lists.iter_mut().find(|home| home.is_none()) {
            *home = Some(list);
        }
        state.lent = state.lent.saturating_sub(1);
    }
}

/// `NdkFastRegister`.
pub(super) fn post(qp: &Qp, mr: &Hold<Mr>, ask: &Ask<'_>, request: Request) -> Status {
    qp.manage(request, || {
        // NDK-MR-01, NDK-PD-01.
        let fast = mr.fast().ok_or(Status::INVALID_DEVICE_REQUEST)?;
        if !qp.shares_domain(mr.pd()) {
            return Err(Status::INVALID_PARAMETER);
        }
        check(ask)?;
        let mut list = fast.lend(ask)?;
        for (to, from) in list.iter_mut().zip(ask.pages) {
            *to = *from;
        }
        let (count, skip) = (ask.pages.len(), u64::from(ask.offset));
        let region = Region {
            base: ask.base,
            length: ask.length,
            access: open(ask.access),
            domain: mr.pd().domain(),
            // From here on its drop gives the list back.
            memory: Registered::pages(list, count, skip, mr.clone()),
        };
        // NDK-LAM-08, NDK-LAM-12: every byte is in a mapping of this adapter.
        let reached = pages::runs(ask.pages, skip, ask.length)
            .all(|run| logical(mr.adapter(), run.address, run.length).is_ok());
        if !reached {
            return Err(Status::INVALID_PARAMETER);
        }
        let draft = mr.adapter().regions().prepare(mr.token(), region);
        Ok(Op::FastRegister(
            draft.map_err(|_unused| Status::INSUFFICIENT_RESOURCES)?,
        ))
    })
}

/// NDK-FR-05, NDK-FR-06.
fn check(ask: &Ask<'_>) -> Result<(), Status> {
    let offset = u64::from(ask.offset);
    let room = (ask.pages.len() as u64 * PAGE).checked_sub(offset);
    let good = ask.length != 0
        && offset < PAGE
        && room.is_some_and(|room| ask.length <= room)
        && ask.base % PAGE == offset
        && ask.base.checked_add(ask.length).is_some()
        && ask.pages.iter().all(|page| page % PAGE == 0);
    if good {
        Ok(())
    } else {
        Err(Status::INVALID_PARAMETER)
    }
}

/// What the consumer granted, and that requests can end it: the peer's only if it may use it.
pub(super) fn open(granted: Access) -> Access {
    let remote = Access::REMOTE_READ | Access::REMOTE_WRITE;
    let ends = if granted.intersects(remote) {
        Access::INVALIDATE | Access::REMOTE_INVALIDATE
    } else {
        Access::INVALIDATE
    };
    granted | ends
}
