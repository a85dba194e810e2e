//! The memory region: registration of a consumer's MDL chain, and its tokens.

use super::adapter::Adapter;
use super::dispatch::RequestCompletion;
use super::fast_register::FastRegister;
use super::memory::{Departure, Owner, Registered};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use crate::nt::mdl::Chain;
use crate::nt::{Mapping, Ref, Slice, SpinLock, Status};
use crate::rdma::{Access, Region, Stag};

/// What the region was created for (NDK-MR-01).
enum Form {
    Plain(SpinLock<State>),
    Fast(FastRegister, Departure),
}

/// How far a plain region is.
enum State {
    Unregistered,
    Registered,
    /// Deregistration waits for requests that still use the memory.
    Leaving(RequestCompletion),
    /// Nobody uses it any more; the consumer is about to be told.
    Left(RequestCompletion),
}

pub(super) struct Mr {
    /// Local and remote token in one; it gives access while registered. NDK-MR-12: never 0.
    /// NDK-FR-09: the same for every registration.
    token: Stag,
    form: Form,
    pd: Hold<Pd>,
}

impl Mr {
    /// `NdkCreateMr`.
    pub(super) fn create(pd: &Hold<Pd>, fast_register: bool) -> Result<Open<Self>, Status> {
        let token = pd
            .adapter()
            .regions()
            .reserve()
            .ok_or(Status::INSUFFICIENT_RESOURCES)?;
        let form = if fast_register {
            Form::Fast(FastRegister::new(), Departure::new())
        } else {
            Form::Plain(SpinLock::new(State::Unregistered))
        };
        let mr = Self {
            token,
            form,
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
        let plain = mr.plain()?;
        // NDK-MR-11.
        if length > mr.adapter().limits().registration_size as u64 {
            return Err(Status::INVALID_PARAMETER);
        }
        {
            let mut state = plain.lock();
            if !matches!(*state, State::Unregistered) {
                return Err(Status::INVALID_DEVICE_STATE);
            }
            *state = State::Registered;
        }
        // NDK-MR-02, NDK-MR-03, NDK-MR-05: through MDLs of our own, contiguity checked.
        let mapping = match Mapping::try_new(chain, length).and_then(Ref::try_new) {
            Ok(mapping) => mapping,
            Err(status) => {
                *plain.lock() = State::Unregistered;
                return Err(status);
            }
        };
        let region = Region {
            base: mapping.base(),
            length,
            access,
            domain: mr.pd.domain(),
            memory: Registered::mapped(mapping, Owner::Region(mr.clone())),
        };
        // The token was reserved at creation and gives no access, so this does not fail; if it
        // did, dropping the region would unregister it again.
        mr.adapter()
            .regions()
            .publish(mr.token, region)
            .map_err(|_unused| Status::INVALID_DEVICE_STATE)
    }

    /// `NdkDeregisterMr`. NDK-MR-10: the tokens are dead when this returns; pending while requests
    /// still use the memory, and while windows are bound to it (NDK-MW-04).
    pub(super) fn deregister(&self, completion: RequestCompletion) -> Status {
        let plain = match self.plain() {
            Ok(plain) => plain,
            Err(status) => return status,
        };
        {
            let mut state = plain.lock();
            if !matches!(*state, State::Registered) {
                return Status::INVALID_DEVICE_STATE;
            }
            *state = State::Leaving(completion);
        }
        match self.adapter().regions().withdraw(self.token) {
            Some(region) => {
                // Nobody uses it: it ends here, and so does the request, inline.
                *plain.lock() = State::Unregistered;
                drop(region);
                Status::SUCCESS
            }
            None => Status::PENDING,
        }
    }

    /// The last user of a registration is out, wherever that is.
    pub(super) fn deregistered(mr: &Hold<Self>) {
        let Form::Plain(state) = &mr.form else {
            return;
        };
        let left = {
            let mut state = state.lock();
            match core::mem::replace(&mut *state, State::Unregistered) {
                State::Leaving(completion) | State::Left(completion) => {
                    *state = State::Left(completion);
                    true
                }
                State::Unregistered | State::Registered => false,
            }
        };
        if left {
            mr.clone().answer_later();
        }
    }

    /// The last user of a fast registration is out.
    pub(super) fn take_back(&self, list: Slice<u64>) {
        if let Some(fast) = self.fast() {
            fast.take_back(list);
        }
    }

    /// `NdkInitializeFastRegisterMr`: never pending.
    pub(super) fn initialize(&self, pages: u32, remote_access: bool) -> Result<(), Status> {
        let fast = self.fast().ok_or(Status::INVALID_DEVICE_REQUEST)?;
        fast.initialize(pages, remote_access)
    }

    /// Local and remote token.
    pub(super) fn token(&self) -> Stag {
        self.token
    }

    /// The lists of a region for fast registration.
    pub(super) fn fast(&self) -> Option<&FastRegister> {
        match &self.form {
            Form::Fast(fast, _) => Some(fast),
            Form::Plain(_) => None,
        }
    }

    /// NDK-FR-13: plain registrations end by deregistration only.
    pub(super) fn departure(&self) -> Option<&Departure> {
        match &self.form {
            Form::Fast(_, departure) => Some(departure),
            Form::Plain(_) => None,
        }
    }

    pub(super) fn pd(&self) -> &Hold<Pd> {
        &self.pd
    }

    pub(super) fn adapter(&self) -> &Hold<Adapter> {
        self.pd.adapter()
    }

    /// NDK-MR-01.
    fn plain(&self) -> Result<&SpinLock<State>, Status> {
        match &self.form {
            Form::Plain(state) => Ok(state),
            Form::Fast(..) => Err(Status::INVALID_DEVICE_REQUEST),
        }
    }
}

impl Kind for Mr {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter().reaper())
    }

    fn answer(&self) {
        let Form::Plain(state) = &self.form else {
            return;
        };
        let state = core::mem::replace(&mut *state.lock(), State::Unregistered);
        if let State::Left(completion) = state {
            completion.complete(Status::SUCCESS);
        }
    }

    fn closing(mr: &Hold<Self>) {
        // NDK-MR-14: close implies deregistration or invalidation. Outside of any lock, for the drop
        // calls up.
        let regions = mr.adapter().regions();
        regions.discard_all(mr.token);
        drop(regions.withdraw(mr.token));
    }
}

impl Drop for Mr {
    fn drop(&mut self) {
        // Withdrawn by `closing`, or never registered.
        let _ = self.adapter().regions().release(self.token);
    }
}
