//! The memory window: a part of a region, opened to the peer of one queue pair for a time.

use super::adapter::Adapter;
use super::fast_register::open;
use super::memory::{Departure, Registered};
use super::mr::Mr;
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use super::qp::{Qp, Request};
use crate::nt::{Ref, Status};
use crate::rdma::{Access, Fault, Op, Region, Stag};

pub(super) struct Mw {
    /// It gives access while bound, the same token each time (NDK-MW-03).
    token: Stag,
    departure: Departure,
    pd: Hold<Pd>,
}

/// What a bind request says.
pub(super) struct Ask {
    pub(super) address: u64,
    pub(super) length: u64,
    pub(super) access: Access,
}

impl Mw {
    /// `NdkCreateMw`: unbound.
    pub(super) fn create(pd: &Hold<Pd>) -> Result<Open<Self>, Status> {
        let token = pd
            .adapter()
            .regions()
            .reserve()
            .ok_or(Status::INSUFFICIENT_RESOURCES)?;
        let mw = Self {
            token,
            departure: Departure::new(),
            pd: pd.clone(),
        };
        Object::create(pd.adapter().version(), mw)
    }

    pub(super) fn token(&self) -> Stag {
        self.token
    }

    pub(super) fn departure(&self) -> &Departure {
        &self.departure
    }

    pub(super) fn pd(&self) -> &Hold<Pd> {
        &self.pd
    }

    pub(super) fn adapter(&self) -> &Hold<Adapter> {
        self.pd.adapter()
    }
}

/// NDK-MW-02: what a window's region must allow; reading always is.
pub(super) fn needs(granted: Access) -> Access {
    if granted.contains(Access::REMOTE_WRITE) {
        Access::LOCAL_WRITE
    } else {
        Access::empty()
    }
}

/// Whether the region is one that the request fits. One for fast registration may be registered by
/// a request before this one, and is looked at in this one's turn.
fn check(mr: &Hold<Mr>, ask: &Ask) -> Result<(), Status> {
    let (regions, domain) = (mr.adapter().regions(), [mr.pd().domain()]);
    let need = needs(ask.access);
    match regions.access(mr.token(), &domain, ask.address, ask.length, need) {
        Ok(_) => Ok(()),
        Err(Fault::Token) if mr.fast().is_some() => Ok(()),
        Err(Fault::Rights) => Err(Status::ACCESS_VIOLATION),
        Err(Fault::Token | Fault::Bounds | Fault::Domain | Fault::Wrap) => {
            Err(Status::INVALID_PARAMETER)
        }
    }
}

/// `NdkBind`. The region stays until the window is invalidated or closed (NDK-MW-04).
pub(super) fn post(
    qp: &Qp,
    (mr, mw): (&Hold<Mr>, &Hold<Mw>),
    ask: &Ask,
    request: Request,
) -> Status {
    qp.manage(request, || {
        // NDK-MW-01.
        if !qp.shares_domain(mr.pd()) || !qp.shares_domain(mw.pd()) {
            return Err(Status::INVALID_PARAMETER);
        }
        // NDK-MW-06.
        if ask.length == 0 || ask.length > mw.adapter().limits().window_size as u64 {
            return Err(Status::INVALID_PARAMETER);
        }
        check(mr, ask)?;
        let region = Region {
            base: ask.address,
            length: ask.length,
            access: open(ask.access),
            // NDK-MW-05: the peer of this queue pair, and nobody else.
            domain: qp.own_domain(),
            memory: Registered::window(mr.token(), mr.pd().domain(), ask.address, mw.clone()),
        };
        let draft = mw.adapter().regions().prepare(mw.token, region);
        Ok(Op::Bind(
            draft.map_err(|_unused| Status::INSUFFICIENT_RESOURCES)?,
        ))
    })
}

impl Kind for Mw {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter().reaper())
    }

    fn closing(mw: &Hold<Self>) {
        // Closing unbinds.
        let regions = mw.adapter().regions();
        regions.discard_all(mw.token);
        drop(regions.withdraw(mw.token));
    }
}

impl Drop for Mw {
    fn drop(&mut self) {
        // Unbound by `closing`, or never bound.
        let _ = self.adapter().regions().release(self.token);
    }
}
