//! The stage of a behaviour test: one machine with the driver loaded and two adapters running.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use softrnic_consumer::{Adapter, Host, HostError, NtStatus, QpLimits, Timeline};
use softrnic_emulator::ndis::AdapterOptions;
use softrnic_emulator::nic::{NicOptions, Switch, Weather};
use softrnic_emulator::{Attachment, Machine, Options, wsk};

use crate::{End, join};

/// One machine with two adapters, and the test thread attached to it.
pub struct Stage {
    host: Option<Host>,
    attachment: Option<Attachment>,
    addresses: [IpAddr; 2],
    timeline: Arc<Timeline>,
}

impl Stage {
    /// IPv4.
    #[must_use]
    pub fn new() -> Self {
        Self::over(wsk::Options::default())
    }

    /// IPv4 at addresses that no other stage of this host has: for ports that a test must have.
    #[must_use]
    pub fn apart() -> Self {
        static STAGES: AtomicU32 = AtomicU32::new(0);
        let process = std::process::id() % 0x1_0000;
        let stage = STAGES.fetch_add(1, Ordering::Relaxed) % 0x7F;
        let first = 0x7F00_0000 + (process << 8) + 2 * stage + 1;
        let addresses = [first, first + 1].map(|address| Ipv4Addr::from(address).into());
        Self::start(addresses[0], addresses[1], wsk::Options::default())
    }

    /// IPv6.
    #[must_use]
    pub fn ipv6() -> Self {
        let localhost = Ipv6Addr::LOCALHOST.into();
        Self::start(localhost, localhost, wsk::Options::default())
    }

    /// IPv4 over a network that behaves as `network` says.
    #[must_use]
    pub fn over(network: wsk::Options) -> Self {
        let second = Ipv4Addr::new(127, 0, 0, 2);
        Self::start(Ipv4Addr::LOCALHOST.into(), second.into(), network)
    }

    /// IPv4, with these keywords in the keys of both adapters.
    #[must_use]
    pub fn configured(keywords: &[(&str, u32)]) -> Self {
        let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)];
        Self::configured_at(addresses.map(IpAddr::from), keywords, Options::default())
    }

    /// Connections go as frames through the adapters, NICs that behave as `nic` says, and a switch with this weather.
    #[must_use]
    pub fn through_nics(ipv6: bool, weather: Weather, nic: &NicOptions) -> Self {
        let network = wsk::Options::default();
        Self::try_through_nics(ipv6, weather, nic, network).expect("the image starts")
    }

    /// As [`Self::through_nics`], where starting may fail, with WSK as `network` says.
    ///
    /// # Errors
    /// Why there is no stage.
    pub fn try_through_nics(
        ipv6: bool,
        weather: Weather,
        nic: &NicOptions,
        network: wsk::Options,
    ) -> Result<Self, HostError> {
        let address = |host: u16| -> IpAddr {
            match ipv6 {
                true => Ipv6Addr::new(0xFD00, 0x77, 0, 0, 0, 0, 0, host).into(),
                false => Ipv4Addr::new(10, 77, 0, host as u8).into(),
            }
        };
        let addresses = [1, 2].map(address);
        let nics = addresses.map(|ip| (ip, nic.clone()));
        let image = softrnic_build::image().expect("the image builds");
        let machine = Machine::new(Options::default());
        let switch = Switch::new(weather);
        let host = Host::start_through_nics(machine, &image.path, network, &switch, &nics)?;
        Ok(Self::of(host, addresses))
    }

    /// At `addresses`, with these keywords in the keys of both adapters.
    #[must_use]
    pub fn configured_at(
        addresses: [IpAddr; 2],
        keywords: &[(&str, u32)],
        machine: Options,
    ) -> Self {
        let adapters = addresses.map(|address| AdapterOptions {
            keywords: keywords
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            ..Host::adapter_at(address)
        });
        Self::with_adapters(addresses, adapters, machine, wsk::Options::default())
    }

    /// As [`Self::over`], where starting may fail.
    ///
    /// # Errors
    /// Why there is no stage.
    pub fn try_over(network: wsk::Options) -> Result<Self, HostError> {
        let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)].map(IpAddr::from);
        let adapters = addresses.map(Host::adapter_at);
        Self::try_with_adapters(addresses, adapters, Options::default(), network)
    }

    fn start(first: IpAddr, second: IpAddr, network: wsk::Options) -> Self {
        let addresses = [first, second];
        let adapters = addresses.map(Host::adapter_at);
        Self::with_adapters(addresses, adapters, Options::default(), network)
    }

    fn with_adapters(
        addresses: [IpAddr; 2],
        adapters: [AdapterOptions; 2],
        machine: Options,
        network: wsk::Options,
    ) -> Self {
        Self::try_with_adapters(addresses, adapters, machine, network).expect("the image starts")
    }

    fn try_with_adapters(
        addresses: [IpAddr; 2],
        adapters: [AdapterOptions; 2],
        machine: Options,
        network: wsk::Options,
    ) -> Result<Self, HostError> {
        let image = softrnic_build::image().expect("the image builds");
        let host = Host::start(&image.path, machine, network, adapters.into())?;
        Ok(Self::of(host, addresses))
    }

    fn of(host: Host, addresses: [IpAddr; 2]) -> Self {
        let attachment = host.machine().attach();
        Self {
            host: Some(host),
            attachment: Some(attachment),
            addresses,
            timeline: Arc::default(),
        }
    }

    /// The emulated computer.
    #[must_use]
    pub fn machine(&self) -> &'static Machine {
        self.host().machine()
    }

    /// The machine, its driver and adapters.
    #[must_use]
    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("there until dropped")
    }

    /// As [`Self::host`], to take adapters out of it or to add some.
    pub fn host_mut(&mut self) -> &mut Host {
        self.host.as_mut().expect("there until dropped")
    }

    /// The address of adapter `n`, with `port`.
    #[must_use]
    pub fn address(&self, n: usize, port: u16) -> SocketAddr {
        SocketAddr::new(self.addresses[n], port)
    }

    /// Opens NDK on adapter `n`.
    #[must_use]
    pub fn open(&self, n: usize) -> Arc<Adapter> {
        self.try_open(n, (1, 2)).expect("the adapter opens")
    }

    /// Opens NDK on adapter `n` for `version`.
    ///
    /// # Errors
    /// What the provider answered.
    pub fn try_open(&self, n: usize, version: (u16, u16)) -> Result<Arc<Adapter>, NtStatus> {
        let if_index = self.host().adapters()[n].if_index();
        Adapter::open(
            self.machine(),
            if_index,
            version,
            ["client", "server"][n],
            &self.timeline,
        )
    }

    /// A connection from adapter 0 to adapter 1 with default limits.
    #[must_use]
    pub fn connected(&self) -> (End, End) {
        self.connected_with(QpLimits::default())
    }

    /// A connection whose queue pairs are made with `limits`.
    #[must_use]
    pub fn connected_with(&self, limits: QpLimits) -> (End, End) {
        let (mut active, mut passive) = (
            End::new(&self.open(0), limits),
            End::new(&self.open(1), limits),
        );
        self.join(&mut active, &mut passive);
        (active, passive)
    }

    /// Connects an end on adapter 0 to one on adapter 1.
    pub fn join(&self, active: &mut End, passive: &mut End) {
        join(active, passive, self.address(0, 0), self.address(1, 0));
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.attachment.take());
        if std::thread::panicking() {
            // What the failed test left open cannot be unloaded; the process ends soon.
            std::mem::forget(self.host.take());
        } else if let Some(host) = self.host.take() {
            let leaks = host.stop();
            assert!(
                leaks.is_empty(),
                "the driver left allocations behind: {leaks:?}"
            );
        }
    }
}
