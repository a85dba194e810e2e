//! Where the consumers work, and what they must bear there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use std::time::Duration;

use softrnic_consumer::{Adapter, Connector, Listener, NtStatus, Pd, QpLimits, Request, Timeline};
use softrnic_emulator::sched::{self, Join};
use softrnic_emulator::sync::{Receiver, channel};
use softrnic_emulator::{Machine, clock};
use softrnic_functional::{End, Flag, Stage};

use crate::events::Occurrence;

/// What may go wrong without anybody being to blame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Connections end at any moment, and connects fail.
    pub breaks: bool,
    /// Network Direct is off now and then.
    pub refuses: bool,
    /// The adapters lose their addresses now and then.
    pub homeless: bool,
    /// Memory and other resources run out.
    pub scarce: bool,
    /// Peers fall silent.
    pub silence: bool,
    /// The driver is unloaded: consumers are asked to leave.
    pub unloads: bool,
}

impl Trouble {
    /// The same, with what `events` bring, and an unload if there is one.
    #[must_use]
    pub fn with(mut self, events: &[Occurrence], unloads: bool) -> Self {
        self.unloads |= unloads;
        self.breaks |= unloads;
        self.homeless |= unloads;
        self.refuses |= unloads;
        for Occurrence { event, .. } in events {
            self.breaks |= event.breaks();
            self.homeless |= event.breaks();
            self.refuses |= event.refuses();
        }
        self
    }

    /// What an adapter's opening may end with.
    fn allows_opening(self, status: NtStatus) -> bool {
        let refused = [NtStatus::NDIS_ADAPTER_NOT_READY, NO_ADAPTER];
        self.refuses && refused.contains(&status) || self.allows_making(status)
    }

    /// What making an object may end with.
    #[must_use]
    pub fn allows_making(self, status: NtStatus) -> bool {
        self.scarce && status == NtStatus::INSUFFICIENT_RESOURCES
    }

    /// What a listen may end with.
    fn allows_listening(self, status: NtStatus) -> bool {
        // The address was gone before it listened, or while it began to.
        let gone = [NtStatus::INVALID_ADDRESS, NtStatus::CANCELLED];
        self.homeless && gone.contains(&status) || self.allows_making(status)
    }

    /// Whether a request that connects may end with `status`.
    #[must_use]
    pub fn allows_connecting(self, status: NtStatus) -> bool {
        status == NtStatus::SUCCESS
            || self.breaks && NOT_CONNECTED.contains(&status)
            || self.allows_listening(status)
    }

    /// Whether a request of a queue pair may end with `status`.
    #[must_use]
    pub fn allows_result(self, status: NtStatus) -> bool {
        status == NtStatus::SUCCESS || self.breaks && LOST.contains(&status)
    }
}

/// What the system says of an interface that is not there.
const NO_ADAPTER: NtStatus = NtStatus(0xC000_0225_u32 as i32);

/// What a request may end with when its connection is lost, beside success: NDK-DISC, NDK-FLUSH.
const LOST: &[NtStatus] = &[
    NtStatus::CANCELLED,
    NtStatus::CONNECTION_ABORTED,
    NtStatus::CONNECTION_INVALID,
    NtStatus::IO_TIMEOUT,
];

/// What a connect or an accept may end with over a network that breaks.
const NOT_CONNECTED: &[NtStatus] = &[
    NtStatus::CONNECTION_REFUSED,
    NtStatus::CONNECTION_ABORTED,
    NtStatus::CONNECTION_INVALID,
    NtStatus::IO_TIMEOUT,
    NtStatus::CANCELLED,
    NtStatus::NETWORK_UNREACHABLE,
    NtStatus::HOST_UNREACHABLE,
];

/// Two adapters of a machine, and what happens there.
pub struct Site {
    machine: &'static Machine,
    interfaces: [u32; 2],
    addresses: [IpAddr; 2],
    timeline: Arc<Timeline>,
    /// What the consumers must bear.
    pub trouble: Trouble,
    /// Set when they must close all they have.
    pub leave: Arc<Flag>,
}

/// A server that listens, and a client of the other adapter.
pub struct Meeting {
    /// The client's adapter.
    pub client: Arc<Adapter>,
    /// The server's.
    pub server: Arc<Adapter>,
    /// Where it listens.
    pub to: SocketAddr,
    /// Closed when its connectors are (NDK-LSN-08).
    pub listener: Listener,
    /// Where they arrive.
    pub incoming: Receiver<Connector>,
}

/// How often a thread looks whether it still has to wait.
const LOOK: Duration = Duration::from_millis(20);

impl Site {
    /// The first two adapters of `stage`.
    #[must_use]
    pub fn of(stage: &Stage, trouble: Trouble) -> Arc<Self> {
        Arc::new(Self {
            machine: stage.machine(),
            interfaces: [0, 1].map(|n| stage.host().adapters()[n].if_index()),
            addresses: [0, 1].map(|n| stage.address(n, 0).ip()),
            timeline: Arc::default(),
            trouble,
            leave: Arc::default(),
        })
    }

    /// Whether the consumers are asked to leave.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.trouble.unloads && self.leave.count() > 0
    }

    /// Does nothing for so many nanoseconds, unless asked to leave.
    pub fn pause(&self, nanoseconds: u64) {
        if self.trouble.unloads {
            let _asked = self.leave.wait(Duration::from_nanos(nanoseconds));
        } else {
            sched::sleep_until(clock::nanoseconds() + nanoseconds);
        }
    }

    /// Runs `leave` on a thread of its own when the consumers are asked to leave; not once `over` is set.
    #[must_use]
    pub fn when_leaving(
        self: &Arc<Self>,
        over: &Arc<Flag>,
        leave: impl FnOnce() + Send + 'static,
    ) -> Option<Join> {
        let (site, over) = (Arc::clone(self), Arc::clone(over));
        let wait = move || {
            while over.count() == 0 {
                if site.leave.wait(LOOK) {
                    return leave();
                }
            }
        };
        let waits = self.trouble.unloads;
        waits.then(|| self.machine.spawn("leaver", wait))
    }

    /// Opens both adapters, and has the second one listen; `None` when something for it is missing.
    ///
    /// # Panics
    /// When nothing here explains that.
    #[must_use]
    pub fn meet(&self) -> Option<Meeting> {
        let (client, server) = (self.open(0)?, self.open(1)?);
        let (listener, incoming) = self.listen(&server, 1)?;
        let to = listener.local_address().expect("a listener has an address");
        Some(Meeting {
            client,
            server,
            to,
            listener,
            incoming,
        })
    }

    /// The emulated computer.
    #[must_use]
    pub fn machine(&self) -> &'static Machine {
        self.machine
    }

    /// The address of adapter `n`, with a port that is free.
    #[must_use]
    pub fn address(&self, n: usize) -> SocketAddr {
        SocketAddr::new(self.addresses[n], 0)
    }

    /// Opens NDK on adapter `n`; `None` when it is off or gone.
    #[must_use]
    pub fn open(&self, n: usize) -> Option<Arc<Adapter>> {
        let name = ["client", "server"][n];
        let opened = Adapter::open(
            self.machine,
            self.interfaces[n],
            (1, 2),
            name,
            &self.timeline,
        );
        borne("opening", opened, |status| {
            self.trouble.allows_opening(status)
        })
    }

    /// An end on `adapter`; `None` when something for it is missing.
    #[must_use]
    pub fn end(&self, adapter: &Arc<Adapter>, limits: QpLimits) -> Option<End> {
        let end = Pd::new(adapter).and_then(|pd| End::try_within(pd, limits));
        self.made("an end", end)
    }

    /// A connector on `adapter`.
    #[must_use]
    pub fn connector(&self, adapter: &Arc<Adapter>) -> Option<Connector> {
        self.made("a connector", Connector::new(adapter))
    }

    /// A listener on adapter `n`, and where its connectors arrive.
    #[must_use]
    pub fn listen(
        &self,
        adapter: &Arc<Adapter>,
        n: usize,
    ) -> Option<(Listener, Receiver<Connector>)> {
        let (sender, receiver) = channel();
        let arrives = move |connector: Connector| {
            // One that comes too late is refused.
            if let Some(connector) = sender.offer(connector) {
                connector.refuse();
            }
        };
        let listener = Listener::new(adapter, arrives);
        let listener = self.made("a listener", listener)?;
        let listening = listener.listen(self.address(n)).wait().ok();
        borne("NdkListen", listening, |status| {
            self.trouble.allows_listening(status)
        })?;
        Some((listener, receiver))
    }

    /// The final status of a request that connects: whether it succeeded.
    ///
    /// # Panics
    /// When nothing here explains it.
    #[must_use]
    pub fn connected(&self, call: &str, status: NtStatus) -> bool {
        assert!(self.trouble.allows_connecting(status), "{call}: {status:?}");
        status == NtStatus::SUCCESS
    }

    /// As [`Self::connected`], of a request that may pend.
    #[must_use]
    pub fn connects(&self, call: &str, request: &Request) -> bool {
        self.connected(call, request.wait())
    }

    /// The final status of a request of a queue pair: whether it succeeded.
    ///
    /// # Panics
    /// When nothing here explains it.
    #[must_use]
    pub fn done(&self, status: NtStatus) -> bool {
        assert!(self.trouble.allows_result(status), "a result of {status:?}");
        status == NtStatus::SUCCESS
    }

    fn made<T>(&self, what: &str, made: Result<T, NtStatus>) -> Option<T> {
        borne(what, made, |status| self.trouble.allows_making(status))
    }
}

fn borne<T>(
    what: &str,
    result: Result<T, NtStatus>,
    allowed: impl FnOnce(NtStatus) -> bool,
) -> Option<T> {
    result
        .inspect_err(|&status| assert!(allowed(status), "{what}: {status:?}"))
        .ok()
}
