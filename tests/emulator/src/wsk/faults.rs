//! Failures of WSK that somebody chooses: which call answers what, once or until it is healed.
//!
//! A call that is chosen is not carried out: nothing happened but the answer. Calls that close and release never fail
//! (WSK-CLS-05). Beside what is chosen, [`super::Options::failures`] lets some requests run out of resources by the seed, and
//! a simulation any call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::abi::PIRP;
use super::host::{NtStatus, status};
use super::kernel;
use super::socket::Socket;
use crate::sched;
use crate::sync::Mutex;

/// The calls that can fail, or complete at a [pace](super::Pace) of their own. At `PASSIVE_LEVEL` those of a client, at most `DISPATCH_LEVEL` the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Register,
    CaptureProviderNpi,
    ControlClient,
    Socket,
    SocketConnect,
    ControlSocket,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Receive,
    Disconnect,
    GetLocalAddress,
    GetRemoteAddress,
    /// Never fails.
    CloseSocket,
}

impl Call {
    /// The call with this name in the tables; none for those that do nothing here.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "WskBind" => Self::Bind,
            "WskListen" => Self::Listen,
            "WskAccept" => Self::Accept,
            "WskConnect" => Self::Connect,
            "WskSend" => Self::Send,
            "WskReceive" => Self::Receive,
            "WskDisconnect" => Self::Disconnect,
            "WskGetLocalAddress" => Self::GetLocalAddress,
            "WskGetRemoteAddress" => Self::GetRemoteAddress,
            "WskCloseSocket" => Self::CloseSocket,
            _ => return None,
        })
    }

    /// Its name.
    fn name(self) -> &'static str {
        match self {
            Self::Register => "WskRegister",
            Self::CaptureProviderNpi => "WskCaptureProviderNPI",
            Self::ControlClient => "WskControlClient",
            Self::Socket => "WskSocket",
            Self::SocketConnect => "WskSocketConnect",
            Self::ControlSocket => "WskControlSocket",
            Self::Bind => "WskBind",
            Self::Listen => "WskListen",
            Self::Accept => "WskAccept",
            Self::Connect => "WskConnect",
            Self::Send => "WskSend",
            Self::Receive => "WskReceive",
            Self::Disconnect => "WskDisconnect",
            Self::GetLocalAddress => "WskGetLocalAddress",
            Self::GetRemoteAddress => "WskGetRemoteAddress",
            Self::CloseSocket => "WskCloseSocket",
        }
    }

    /// Whether [`super::Options::failures`] counts it.
    fn runs_out(self) -> bool {
        matches!(
            self,
            Self::Socket
                | Self::Bind
                | Self::Connect
                | Self::Listen
                | Self::Send
                | Self::GetLocalAddress
                | Self::GetRemoteAddress
        )
    }
}

/// A failure to come.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    call: Call,
    status: NtStatus,
    /// Calls that go well before it.
    after: usize,
    pends: bool,
    stays: bool,
}

impl Fault {
    /// The next such call answers `status`, from inside it.
    #[must_use]
    pub fn of(call: Call, status: i32) -> Self {
        Self {
            call,
            status,
            after: 0,
            pends: false,
            stays: false,
        }
    }

    /// Not the next one: so many go well before.
    #[must_use]
    pub fn after(self, calls: usize) -> Self {
        Self {
            after: calls,
            ..self
        }
    }

    /// The request pends, and its IRP completes with the status. Only calls that take an IRP do.
    #[must_use]
    pub fn pended(self) -> Self {
        Self {
            pends: true,
            ..self
        }
    }

    /// Each such call from then on, until [`super::State::heal`].
    #[must_use]
    pub fn until_healed(self) -> Self {
        Self {
            stays: true,
            ..self
        }
    }

    /// The same of a call without an IRP.
    pub(super) fn status(self) -> NtStatus {
        self.status
    }
}

/// The failures to come.
#[derive(Default)]
pub(super) struct Faults {
    chosen: Mutex<Vec<Fault>>,
    /// Whether there are any.
    any: AtomicBool,
}

impl Faults {
    fn push(&self, fault: Fault) {
        let mut chosen = self.chosen.lock();
        chosen.push(fault);
        self.any.store(true, Ordering::Release);
    }

    fn clear(&self) -> usize {
        let mut chosen = self.chosen.lock();
        self.any.store(false, Ordering::Release);
        std::mem::take(&mut *chosen).len()
    }

    /// The first of those for `call` counts it.
    fn take(&self, call: Call) -> Option<Fault> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut chosen = self.chosen.lock();
        let place = chosen.iter().position(|fault| fault.call == call)?;
        let fault = chosen.get_mut(place)?;
        if let Some(after) = fault.after.checked_sub(1) {
            fault.after = after;
            return None;
        }
        let fault = *fault;
        if !fault.stays {
            chosen.remove(place);
        }
        Some(fault)
    }
}

impl super::State {
    /// Lets a call fail. Several for the same call come one after the other. Anywhere, from any thread.
    ///
    /// # Panics
    /// Of a close, which never fails.
    pub fn fail(&self, fault: Fault) {
        assert_ne!(fault.call, Call::CloseSocket, "a close never fails");
        self.faults.push(fault);
    }

    /// Nothing that was chosen fails any more, or has a pace of its own; how many were left.
    pub fn heal(&self) -> usize {
        self.faults.clear() + self.paces.heal()
    }

    /// A request was begun: settles when it completes, and fails it if it is to; then what its call returns.
    pub(super) fn begins(
        &self,
        call: Call,
        socket: Option<&Arc<Socket>>,
        irp: PIRP,
    ) -> Option<NtStatus> {
        let fault = (call != Call::CloseSocket)
            .then(|| self.fault(call))
            .flatten();
        self.set_pace(call, socket, irp, fault.is_some_and(|fault| fault.pends));
        fault.map(|fault| kernel::complete(irp, fault.status, 0))
    }

    /// How this call fails, if it does.
    pub(super) fn fault(&self, call: Call) -> Option<Fault> {
        let chosen = self.faults.take(call);
        let runs_out = || {
            let counted = call.runs_out() && self.network.get().is_some_and(|it| it.fails_now());
            counted || sched::fails(call.name())
        };
        chosen.or_else(|| runs_out().then(|| Fault::of(call, status::INSUFFICIENT_RESOURCES)))
    }
}
