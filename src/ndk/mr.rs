//! The memory region: registration of a consumer's MDL chain, and its tokens.

use super::dispatch::RequestCompletion;
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use crate::nt::mdl::Chain;
use crate::nt::{Mapping, Ref, SpinLock, Status};
use crate::rdma::{Access, Region, Stag};
use crate::transport::Memory;

/// How far the region is.
enum State {
    Unregistered,
    Registered,
    /// Deregistration waits for requests that still use the memory.
    Leaving(RequestCompletion),
}

pub(super) struct Mr {
    /// Local and remote token in one; it gives access while registered. NDK-MR-12: never 0.
    token: Stag,
    /// NDK-MR-01: created for fast registration only.
    fast_register: bool,
    state: SpinLock<State>,
    pd: Hold<Pd>,
}

/// The memory of a registered region. Whoever uses it last drops it, and with it the hold that
/// keeps the region from ending (NDK-MR-13).
pub(super) struct Registered {
    mapping: Ref<Mapping>,
    region: Hold<Mr>,
}

impl Mr {
    /// `NdkCreateMr`.
    pub(super) fn create(pd: &Hold<Pd>, fast_register: bool) -> Result<Open<Self>, Status> {
        let token = pd
            .adapter()
            .regions()
            .reserve()
            .ok_or(Status::INSUFFICIENT_RESOURCES)?;
        let mr = Self {
            token,
            fast_register,
            state: SpinLock::new(State::Unregistered),
            pd: pd.clone(),
        };
        Object::create(pd.adapter().version(), mr)
    }

    /// `NdkRegisterMr`: never pending, for mapping needs no wait.
    pub(super) fn register(
        mr: &Hold<Self>,
        chain: Chain,
        length: u64,
        access: Access,
    ) -> Result<(), Status> {
        // NDK-MR-01.
        if mr.fast_register {
            return Err(Status::INVALID_DEVICE_REQUEST);
        }
        // NDK-MR-11.
        if length > mr.pd.adapter().limits().registration_size as u64 {
            return Err(Status::INVALID_PARAMETER);
        }
        {
            let mut state = mr.state.lock();
            if !matches!(*state, State::Unregistered) {
                return Err(Status::INVALID_DEVICE_STATE);
            }
            *state = State::Registered;
        }
        // NDK-MR-02, NDK-MR-03, NDK-MR-05: through MDLs of our own, contiguity checked.
        let mapping = match Mapping::try_new(chain, length).and_then(Ref::try_new) {
            Ok(mapping) => mapping,
            Err(status) => {
                *mr.state.lock() = State::Unregistered;
                return Err(status);
            }
        };
        let region = Region {
            base: mapping.base(),
            length,
            access,
            domain: mr.pd.domain(),
            memory: Registered {
                mapping,
                region: mr.clone(),
            },
        };
        // The token was reserved at creation and gives no access, so this does not fail; if it
        // did, dropping the region would unregister it again.
        mr.pd
            .adapter()
            .regions()
            .publish(mr.token, region)
            .map_err(|_unused| Status::INVALID_DEVICE_STATE)
    }

    /// `NdkDeregisterMr`. NDK-MR-10: the tokens are dead when this returns; pending while requests
    /// still use the memory.
    pub(super) fn deregister(&self, completion: RequestCompletion) -> Status {
        {
            let mut state = self.state.lock();
            if !matches!(*state, State::Registered) {
                return Status::INVALID_DEVICE_STATE;
            }
            *state = State::Leaving(completion);
        }
        match self.pd.adapter().regions().withdraw(self.token) {
            Some(region) => {
                // Nobody uses it: it ends here, and so does the request, inline.
                *self.state.lock() = State::Unregistered;
                drop(region);
                Status::SUCCESS
            }
            None => Status::PENDING,
        }
    }

    /// `NdkGetLocalTokenFromMr`.
    pub(super) fn local_token(&self) -> u32 {
        self.token.0
    }

    /// `NdkGetRemoteTokenFromMr`.
    pub(super) fn remote_token(&self) -> u32 {
        self.token.0
    }
}

impl Kind for Mr {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.pd.adapter().reaper())
    }

    fn closing(mr: &Hold<Self>) {
        // NDK-MR-14: close implies deregistration. Outside of any lock, for the drop calls up.
        drop(mr.pd.adapter().regions().withdraw(mr.token));
    }
}

impl Drop for Mr {
    fn drop(&mut self) {
        // Withdrawn by `closing`, or never registered.
        let _ = self.pd.adapter().regions().release(self.token);
    }
}

impl Memory for Registered {
    fn write(&self, offset: u64, bytes: &[u8]) {
        // The range was checked against the region, which is as long as the mapping.
        let written = usize::try_from(offset).map(|offset| self.mapping.copy_in(offset, bytes));
        debug_assert!(matches!(written, Ok(Ok(()))));
    }
}

impl AsRef<Ref<Mapping>> for Registered {
    fn as_ref(&self) -> &Ref<Mapping> {
        &self.mapping
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let state = core::mem::replace(&mut *self.region.state.lock(), State::Unregistered);
        if let State::Leaving(completion) = state {
            completion.complete(Status::SUCCESS);
        }
    }
}
