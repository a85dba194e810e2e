//! What stands behind a token, and how to learn that nobody uses it any more.

use super::adapter::Adapter;
use super::mr::Mr;
use super::mw::{self, Mw};
use super::object::Hold;
use super::pages::{self, LOGICAL};
use super::qp::Qp;
use crate::nt::{Mapping, Ref, Slice, SpinLock};
use crate::rdma::stag::{DRAFTS, Grant};
use crate::rdma::{Access, Domain, Fault, Region, Stag};
use crate::sync::revocable::Pin;
use crate::transport::{Gone, Mapped, Memory};

/// The memory of a token. Whoever uses it last drops it, and with it the hold that keeps its owner
/// from ending (NDK-MR-13).
pub(super) struct Registered {
    bytes: Bytes,
    owner: Owner,
}

enum Bytes {
    /// A consumer's chain.
    Mapped(Ref<Mapping>),
    /// Pages of logical address mappings, looked up whenever they are used: releasing a mapping takes
    /// it away from all of them (NDK-LAM-08). The region begins `skip` bytes into the first.
    Pages {
        list: Slice<u64>,
        count: usize,
        skip: u64,
    },
    /// A part of another region, which is kept in place and may be withdrawn (NDK-MW-04). Without a
    /// pin it was laid ready and is not bound yet.
    Window {
        region: Stag,
        base: u64,
        domain: Domain,
        pin: Option<Pin>,
    },
    /// Handed back.
    Nothing,
}

/// Whose memory it is.
#[derive(Clone)]
pub(super) enum Owner {
    Region(Hold<Mr>),
    Window(Hold<Mw>),
    Mapping(Hold<Adapter>),
}

impl Owner {
    fn adapter(&self) -> &Hold<Adapter> {
        match self {
            Self::Region(mr) => mr.adapter(),
            Self::Window(mw) => mw.adapter(),
            Self::Mapping(adapter) => adapter,
        }
    }

    /// Where a request waits for the memory to be left; none for what requests cannot end.
    pub(super) fn departure(&self) -> Option<&Departure> {
        match self {
            Self::Region(mr) => mr.departure(),
            Self::Window(mw) => Some(mw.departure()),
            Self::Mapping(_) => None,
        }
    }

    /// The memory was left. One that was laid ready and never used leaves nothing.
    fn left(&self) {
        let (departure, token) = match self {
            Self::Region(mr) => (mr.departure(), mr.token()),
            Self::Window(mw) => (Some(mw.departure()), mw.token()),
            Self::Mapping(_) => return,
        };
        if let Some(departure) = departure.filter(|_| !self.adapter().regions().is_leaving(token)) {
            departure.tell();
        }
    }
}

impl Registered {
    pub(super) fn mapped(mapping: Ref<Mapping>, owner: Owner) -> Self {
        let bytes = Bytes::Mapped(mapping);
        Self { bytes, owner }
    }

    /// The first `count` pages of `list`, from `skip` bytes on.
    pub(super) fn pages(list: Slice<u64>, count: usize, skip: u64, mr: Hold<Mr>) -> Self {
        Self {
            bytes: Bytes::Pages { list, count, skip },
            owner: Owner::Region(mr),
        }
    }

    /// Bytes of the region `region` of `domain`, from the address `base` on.
    pub(super) fn window(region: Stag, domain: Domain, base: u64, mw: Hold<Mw>) -> Self {
        Self {
            bytes: Bytes::Window {
                region,
                base,
                domain,
                pin: None,
            },
            owner: Owner::Window(mw),
        }
    }

    /// The turn of the request that laid this region ready: whether it is good now. A window is bound
    /// to what its region is at this moment (NDK-MW-01, NDK-MW-02).
    pub(super) fn settle(region: &mut Region<Self>) -> bool {
        let (base, length, access) = (region.base, region.length, region.access);
        let memory = &mut region.memory;
        let Bytes::Window {
            region,
            domain,
            pin,
            ..
        } = &mut memory.bytes
        else {
            return true;
        };
        let need = mw::needs(access);
        let regions = memory.owner.adapter().regions();
        let whole = regions.access(*region, &[*domain], base, length, need);
        *pin = whole.ok().map(|whole| whole.pin());
        pin.is_some()
    }

    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }
}

/// Access to `length` bytes at a logical address (NDK-LAM-08).
pub(super) fn logical(
    adapter: &Adapter,
    address: u64,
    length: u64,
) -> Result<Grant<'_, Registered>, Fault> {
    let mapping = pages::mapping_of(address);
    adapter
        .regions()
        .access(mapping, &[LOGICAL], address, length, Access::empty())
}

impl Mapped for Registered {
    fn visit(
        &self,
        offset: u64,
        length: u64,
        visit: &mut dyn FnMut(&Ref<Mapping>, usize, usize) -> bool,
    ) -> Result<bool, Gone> {
        match &self.bytes {
            Bytes::Mapped(mapping) => Ok(visit(mapping, offset as usize, length as usize)),
            Bytes::Pages { list, count, skip } => {
                let listed = list.get(..*count).unwrap_or_default();
                for run in pages::runs(listed, skip + offset, length) {
                    let grant = logical(self.owner.adapter(), run.address, run.length);
                    let grant = grant.map_err(|_| Gone)?;
                    if !grant.memory.visit(grant.offset, run.length, visit)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Bytes::Window {
                region,
                base,
                domain,
                ..
            } => {
                let regions = self.owner.adapter().regions();
                let address = base.checked_add(offset).ok_or(Gone)?;
                let grant = regions.access(*region, &[*domain], address, length, Access::empty());
                let grant = grant.map_err(|_| Gone)?;
                grant.memory.visit(grant.offset, length, visit)
            }
            Bytes::Nothing => Err(Gone),
        }
    }
}

impl Memory for Registered {
    fn write(&self, offset: u64, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        let written = self.visit(offset, bytes.len() as u64, &mut |mapping, at, length| {
            let Some((head, tail)) = rest.split_at_checked(length) else {
                return false;
            };
            rest = tail;
            mapping.copy_in(at, head).is_ok()
        });
        written == Ok(true)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let bytes = core::mem::replace(&mut self.bytes, Bytes::Nothing);
        match (&self.owner, bytes) {
            (Owner::Region(mr), Bytes::Pages { list, .. }) => mr.take_back(list),
            (Owner::Region(mr), _) => Mr::deregistered(mr),
            (owner, Bytes::Window { region, pin, .. }) => {
                if let Some(pin) = pin {
                    owner.adapter().regions().unpin(region, pin);
                }
            }
            (Owner::Window(_) | Owner::Mapping(_), _) => {}
        }
        self.owner.left();
    }
}

/// The queue pairs that wait for the memory of a token to be left: the one that has invalidated it,
/// and those whose next request makes something else of the token.
pub(super) struct Departure(SpinLock<Waiting>);

#[derive(Default)]
struct Waiting {
    invalidating: Option<Hold<Qp>>,
    /// As many as there can be regions laid ready.
    following: [Option<Hold<Qp>>; DRAFTS],
}

impl Departure {
    pub(super) fn new() -> Self {
        Self(SpinLock::new(Waiting::default()))
    }

    /// `qp` is to be told; false when somebody is already, so that one of two who invalidate at the
    /// same time is refused (NDK-FR-14).
    pub(super) fn claim(&self, qp: &Hold<Qp>) -> bool {
        let mut waiting = self.0.lock();
        let free = waiting.invalidating.is_none();
        if free {
            waiting.invalidating = Some(qp.clone());
        }
        free
    }

    /// The invalidating one does not wait any more.
    pub(super) fn forget(&self) {
        // Dropped without the lock: the hold may be a queue pair's last.
        let waiting = self.0.lock().invalidating.take();
        drop(waiting);
    }

    /// `qp` has a request that follows; it is to look again. One that waits here for a request that
    /// was cancelled since makes room.
    pub(super) fn follow(&self, qp: &Hold<Qp>) {
        let mut stale = None;
        {
            let mut waiting = self.0.lock();
            let following = &mut waiting.following;
            if following.iter().flatten().any(|waiting| waiting == qp) {
                return;
            }
            let free = following.iter().position(Option::is_none).unwrap_or(0);
            if let Some(place) = following.get_mut(free) {
                stale = place.replace(qp.clone());
            }
        }
        if let Some(stale) = stale {
            stale.remind();
        }
    }

    /// The memory was left.
    fn tell(&self) {
        let Waiting {
            invalidating,
            following,
        } = core::mem::take(&mut *self.0.lock());
        for qp in [invalidating].into_iter().chain(following).flatten() {
            qp.remind();
        }
    }
}
