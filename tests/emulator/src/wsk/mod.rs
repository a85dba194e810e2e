//! Winsock Kernel over host TCP: `netio.sys`'s WSK entry points, the provider dispatch and the
//! sockets' dispatch tables, with every rule that binds a client checked.
//!
//! Sends go out on the calling thread; one network thread per machine reads, accepts, connects,
//! makes the event callbacks at DISPATCH_LEVEL and completes what pends.

mod abi;
mod accept;
mod buffer;
mod chain;
mod client;
mod close;
mod connect;
mod control;
mod dispatch;
mod faults;
mod host;
mod kernel;
mod network;
mod pace;
pub mod pcap;
mod poll;
mod provider;
mod receive;
mod send;
pub mod simulated;
mod socket;
pub mod tap;
mod tcp;
#[cfg(test)]
pub(crate) mod tests;

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::export::Export;
use client::{
    Client, WskCaptureProviderNPI, WskDeregister, WskQueryProviderCharacteristics, WskRegister,
    WskReleaseProviderNPI,
};
pub use faults::{Call, Fault};
use network::Network;
pub use pace::Pace;
pub use tap::{Direction, Segment, Tap};

pub const EXPORTS: &[Export] = crate::exports! {
    "netio.sys": WskRegister, WskDeregister, WskCaptureProviderNPI, WskReleaseProviderNPI,
        WskQueryProviderCharacteristics
};

/// Whether this host's TCP has IPv6: in some containers it has not. Tests that need it say so
/// and end.
#[must_use]
pub fn host_has_ipv6() -> bool {
    let has = std::net::TcpListener::bind("[::1]:0").is_ok();
    if !has {
        eprintln!("this host has no IPv6: skipped");
    }
    has
}

/// When the IRP of a `WskSend` completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SendCompletion {
    /// When the peer's TCP has acknowledged the last byte.
    #[default]
    Acknowledged,
    /// When the host's TCP has taken it.
    HandOver,
}

/// How a machine's WSK behaves. Set before the first driver registers.
#[derive(Clone, Debug)]
pub struct Options {
    pub send_completion: SendCompletion,
    /// How long the network thread spins after the last activity before it sleeps.
    pub spin: Duration,
    /// Most bytes read and indicated at once; at most 256 KiB.
    pub receive_buffer: usize,
    /// With full checks: indications in several odd pieces, chosen by the seed.
    pub odd_indications: bool,
    /// When requests complete whose pace nobody chose.
    pub pace: Pace,
    /// By the seed, where the pace is natural: requests complete inside their calls or later, some much later; those of
    /// sends later still.
    pub vary_completions: bool,
    /// By the seed: one request in this many fails for want of resources. 0: none.
    pub failures: usize,
    pub seed: u64,
    /// Checksums over data in flight, poisoned buffers, quarantined sockets. `None`: as the
    /// machine's pool is (special pool means yes).
    pub full_checks: Option<bool>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            send_completion: SendCompletion::default(),
            spin: Duration::from_micros(60),
            receive_buffer: 256 * 1024,
            odd_indications: false,
            pace: Pace::Natural,
            vary_completions: false,
            failures: 0,
            seed: 1,
            full_checks: None,
        }
    }
}

/// The WSK state of a machine.
pub struct State {
    options: Mutex<Options>,
    network: OnceLock<Arc<Network>>,
    clients: Mutex<Vec<Arc<Client>>>,
    faults: faults::Faults,
    paces: pace::Paces,
    full_checks: AtomicBool,
    /// Whether the transport is up: WSK-REG-05, WSK-REG-06.
    ready: Mutex<bool>,
    became_ready: Condvar,
}

impl Default for State {
    fn default() -> Self {
        Self {
            options: Mutex::default(),
            network: OnceLock::new(),
            clients: Mutex::default(),
            faults: faults::Faults::default(),
            paces: pace::Paces::default(),
            full_checks: AtomicBool::new(false),
            ready: Mutex::new(true),
            became_ready: Condvar::new(),
        }
    }
}

impl State {
    /// Sets the options. Without effect once a driver has registered.
    pub fn configure(&self, options: Options) {
        *self.options.lock() = options;
    }

    /// Whether the transport is there (it is, unless told otherwise): an early boot without it.
    pub fn set_ready(&self, ready: bool) {
        *self.ready.lock() = ready;
        self.became_ready.notify_all();
    }

    /// Lets the network thread look whether the machine stops.
    pub(crate) fn wake(&self) {
        if let Some(network) = self.network.get() {
            network.wake();
        }
    }

    /// Records what goes over the machine's wire. The machine must have a registered driver.
    pub fn set_tap(&self, tap: Option<Arc<dyn Tap>>) {
        if let Some(network) = self.network.get() {
            network.set_tap(tap);
        }
    }

    /// What a driver whose image spans `[base, end)` must have undone when it is unloaded: WSK-REG-02.
    pub(crate) fn check_unloaded(&self, base: usize, end: usize) {
        if self
            .clients()
            .iter()
            .any(|client| client.is_within(base, end))
        {
            crate::verifier::violation(
                "WSK-REG-02",
                "the driver was unloaded with its WSK client registered",
            );
        }
    }

    /// An address of the machine is gone: sockets on it are forced closed (WSK-HAZ-09).
    pub(crate) fn address_removed(&self, ip: std::net::IpAddr) {
        if let Some(network) = self.network.get() {
            network.command(network::Command::AddressGone(ip));
        }
    }

    fn wait_ready(&self, milliseconds: u32) -> bool {
        let mut ready = self.ready.lock();
        if milliseconds == softrnic::sys::WSK_NO_WAIT {
            return *ready;
        }
        let limit = Duration::from_millis(milliseconds.into());
        self.became_ready
            .wait_while_for(&mut ready, |ready| !*ready, limit)
    }

    fn clients(&self) -> MutexGuard<'_, Vec<Arc<Client>>> {
        self.clients.lock()
    }

    fn network(&self, machine: &'static crate::Machine) -> &Arc<Network> {
        self.network.get_or_init(|| {
            let options = self.options.lock().clone();
            let special = matches!(machine.options.pool, crate::pool::PoolMode::Special);
            self.full_checks
                .store(options.full_checks.unwrap_or(special), Ordering::Release);
            Network::start(machine, options)
        })
    }
}
