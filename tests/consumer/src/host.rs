//! An emulated computer with the driver loaded and its adapters running: what a consumer finds when it starts.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use softrnic_emulator::ndis::{Adapter as NdisAdapter, AdapterOptions, Keyword};
use softrnic_emulator::nic::{Nic, NicOptions, Switch};
use softrnic_emulator::pool::Leak;
use softrnic_emulator::{Driver, Machine, Options, clock, sched, tcpip, wsk};

use crate::NtStatus;

/// Why there is no computer with running adapters. What had been started was stopped again.
#[derive(Debug)]
pub enum HostError {
    /// The image could not be mapped or bound.
    Load(String),
    /// `DriverEntry` failed.
    Entry(NtStatus),
    /// An adapter did not start.
    Adapter(NtStatus),
    /// An adapter has no link: it does not find its NIC.
    NoLink,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(e) => write!(f, "softrnic.sys could not be loaded: {e}"),
            Self::Entry(e) => write!(f, "DriverEntry failed: {e}"),
            Self::Adapter(e) => write!(f, "an adapter did not start: {e}"),
            Self::NoLink => f.write_str("an adapter does not find its NIC"),
        }
    }
}

impl std::error::Error for HostError {}

/// A driver that runs, and its adapters.
pub struct Loaded {
    /// The driver.
    pub driver: Driver,
    /// In the order they were asked for.
    pub adapters: Vec<NdisAdapter>,
}

impl Loaded {
    /// Halts the adapters, the last one first, and unloads the driver. On a thread of the machine.
    ///
    /// # Panics
    /// When anything is left: NDIS-REG-08.
    pub fn unload(self) {
        for adapter in self.adapters.into_iter().rev() {
            adapter.halt();
        }
        let leaks = self.driver.unload();
        assert!(leaks.is_empty(), "the driver left {leaks:?}");
    }
}

/// A machine, its driver and its adapters.
pub struct Host {
    machine: &'static Machine,
    /// Where the image is.
    path: PathBuf,
    /// `None` while it is unloaded.
    driver: Option<Driver>,
    adapters: Vec<NdisAdapter>,
    /// What each adapter was started with.
    configs: Vec<AdapterOptions>,
    /// What the adapters are paired with, if they are.
    nics: Vec<Nic>,
}

/// How long an adapter may take to find its NIC.
const PAIRING: Duration = Duration::from_secs(10);

fn await_links(adapters: &[NdisAdapter]) -> Result<(), HostError> {
    let until = clock::after(PAIRING);
    while !adapters.iter().all(|adapter| adapter.link().0) {
        if clock::nanoseconds() >= until {
            return Err(HostError::NoLink);
        }
        sched::sleep_until(clock::after(Duration::from_millis(1)));
    }
    Ok(())
}

// SAFETY: through a shared reference only the machine and the adapters are reached, which may be used from any thread;
// the driver is used by `start` and `stop` alone.
unsafe impl Sync for Host {}
// SAFETY: as above; nothing of it belongs to a thread.
unsafe impl Send for Host {}

impl Host {
    /// Loads the image at `path` into a new machine and starts an adapter for each entry of `adapters`.
    ///
    /// # Errors
    /// When the image does not load, `DriverEntry` fails, or an adapter does not start.
    pub fn start(
        path: &Path,
        machine: Options,
        network: wsk::Options,
        adapters: Vec<AdapterOptions>,
    ) -> Result<Self, HostError> {
        Self::start_on(Machine::new(machine), path, network, adapters)
    }

    /// As [`Self::start`], on a machine that somebody has made and nobody has used.
    ///
    /// # Errors
    /// As for [`Self::start`]; the machine is stopped then.
    pub fn start_on(
        machine: &'static Machine,
        path: &Path,
        network: wsk::Options,
        adapters: Vec<AdapterOptions>,
    ) -> Result<Self, HostError> {
        machine.wsk.configure(network);
        let attached = machine.attach();
        let started = Self::load(machine, path, adapters.clone());
        drop(attached);
        let loaded = started.inspect_err(|_| machine.stop())?;
        Ok(Self::of(machine, path, loaded, adapters, Vec::new()))
    }

    /// As [`Self::start_on`], with a NIC in the switch for each of `addresses`, an adapter paired with it, and TCP/IP on the
    /// adapter: connections go through the adapters' frame path.
    ///
    /// # Errors
    /// As for [`Self::start`]; and when an adapter does not find its NIC.
    pub fn start_through_nics(
        machine: &'static Machine,
        path: &Path,
        network: wsk::Options,
        switch: &Arc<Switch>,
        addresses: &[(IpAddr, NicOptions)],
    ) -> Result<Self, HostError> {
        machine.wsk.configure(network);
        let attached = machine.attach();
        machine.start_tcpip(tcpip::Options::default());
        let (mut nics, mut adapters) = (Vec::new(), Vec::new());
        for (ip, options) in addresses {
            let nic = machine.add_nic(switch, options.clone());
            adapters.push(Self::paired_at(*ip, &nic));
            nics.push(nic);
        }
        let started = Self::load(machine, path, adapters.clone()).and_then(|loaded| {
            let paired = await_links(&loaded.adapters);
            match paired {
                Ok(()) => Ok(loaded),
                Err(why) => {
                    loaded.unload();
                    Err(why)
                }
            }
        });
        machine.ndis.settle(machine);
        drop(attached);
        let loaded = started.inspect_err(|_| machine.stop())?;
        Ok(Self::of(machine, path, loaded, adapters, nics))
    }

    fn of(
        machine: &'static Machine,
        path: &Path,
        loaded: Loaded,
        mut configs: Vec<AdapterOptions>,
        nics: Vec<Nic>,
    ) -> Self {
        for (config, adapter) in configs.iter_mut().zip(&loaded.adapters) {
            config.if_index = Some(adapter.if_index());
        }
        Self {
            machine,
            path: path.to_owned(),
            driver: Some(loaded.driver),
            adapters: loaded.adapters,
            configs,
            nics,
        }
    }

    /// Waits until every adapter has found its NIC. On a thread of the machine.
    ///
    /// # Errors
    /// When one does not.
    pub fn await_links(&self) -> Result<(), HostError> {
        await_links(&self.adapters)
    }

    /// The configuration of an adapter at `ip` that is paired with `nic`: its own address is the NIC's, but for the maker.
    fn paired_at(ip: IpAddr, nic: &Nic) -> AdapterOptions {
        let [.., high, low] = nic.mac();
        let address = format!("0253524E{high:02X}{low:02X}");
        AdapterOptions {
            keywords: vec![
                ("PairedAdapter".into(), Keyword::from(&*nic.guid())),
                ("NetworkAddress".into(), Keyword::from(&*address)),
            ],
            addresses: vec![(ip, if ip.is_ipv4() { 24 } else { 64 })],
            ..AdapterOptions::default()
        }
    }

    /// The NICs below the adapters, in the order they were asked for.
    #[must_use]
    pub fn nics(&self) -> &[Nic] {
        &self.nics
    }

    /// Loads the image at `path` into a machine that has none, and starts an adapter for each entry of `adapters`. On a
    /// thread of the machine.
    ///
    /// # Errors
    /// As for [`Self::start`]; the driver is unloaded again then.
    pub fn load(
        machine: &'static Machine,
        path: &Path,
        adapters: Vec<AdapterOptions>,
    ) -> Result<Loaded, HostError> {
        let mut driver = machine
            .load(path, "softrnic.sys")
            .map_err(|e| HostError::Load(e.to_string()))?;
        let status = NtStatus(driver.start());
        let mut loaded = Loaded {
            driver,
            adapters: Vec::new(),
        };
        let mut started = status.ok().map_err(HostError::Entry);
        for config in adapters {
            started = started.and_then(|()| {
                let adapter = machine.add_adapter(&loaded.driver, config);
                let adapter = adapter.map_err(|e| HostError::Adapter(NtStatus(e)))?;
                loaded.adapters.push(adapter);
                Ok(())
            });
        }
        match started {
            Ok(()) => Ok(loaded),
            Err(e) => {
                loaded.unload();
                Err(e)
            }
        }
    }

    /// The configuration of an adapter that has just `address`.
    #[must_use]
    pub fn adapter_at(address: IpAddr) -> AdapterOptions {
        AdapterOptions {
            addresses: vec![(address, if address.is_ipv4() { 8 } else { 128 })],
            ..AdapterOptions::default()
        }
    }

    /// What adapter `n` was started with: what makes it again, with its interface index, when it is gone.
    #[must_use]
    pub fn config(&self, n: usize) -> AdapterOptions {
        self.configs[n].clone()
    }

    /// Takes the NICs out, in the order they were asked for.
    pub fn take_nics(&mut self) -> Vec<Nic> {
        std::mem::take(&mut self.nics)
    }

    /// Takes NICs back.
    pub fn put_back_nics(&mut self, nics: Vec<Nic>) {
        self.nics.extend(nics);
    }

    /// The emulated computer.
    #[must_use]
    pub fn machine(&self) -> &'static Machine {
        self.machine
    }

    /// The adapters as NDIS sees them, in the order they were asked for.
    #[must_use]
    pub fn adapters(&self) -> &[NdisAdapter] {
        &self.adapters
    }

    /// Takes an adapter out, to be halted by the caller.
    pub fn take(&mut self, n: usize) -> NdisAdapter {
        self.adapters.remove(n)
    }

    /// Takes an adapter back, at the end.
    pub fn put_back(&mut self, adapter: NdisAdapter) {
        self.adapters.push(adapter);
    }

    /// Takes the driver out, to be unloaded by the caller.
    pub fn take_driver(&mut self) -> Option<Driver> {
        self.driver.take()
    }

    /// Takes a driver back, and its adapters behind those that are there.
    pub fn put_back_driver(&mut self, loaded: Loaded) {
        self.driver = Some(loaded.driver);
        self.adapters.extend(loaded.adapters);
    }

    /// Unloads the driver, if it is there, and loads it again with the adapters it was started with. On a thread of the
    /// machine.
    ///
    /// # Panics
    /// When it leaves anything, or does not start.
    pub fn reload(&mut self) {
        let adapters = std::mem::take(&mut self.adapters);
        if let Some(driver) = self.driver.take() {
            Loaded { driver, adapters }.unload();
        }
        let again = Self::load(self.machine, &self.path, self.configs.clone());
        self.put_back_driver(again.expect("the driver comes back"));
    }

    /// Starts one adapter more, at the end. On a thread of the machine.
    ///
    /// # Errors
    /// When it does not start.
    ///
    /// # Panics
    /// When the driver was taken out.
    pub fn add(&mut self, config: AdapterOptions) -> Result<(), HostError> {
        let added = self.machine.add_adapter(self.driver(), config);
        self.adapters
            .push(added.map_err(|e| HostError::Adapter(NtStatus(e)))?);
        Ok(())
    }

    fn driver(&self) -> &Driver {
        self.driver.as_ref().expect("the driver is loaded")
    }

    /// Where the driver is.
    ///
    /// # Panics
    /// When the driver was taken out.
    #[must_use]
    pub fn image_base(&self) -> usize {
        self.driver().image.base
    }

    /// Bytes and allocations that the driver holds.
    #[must_use]
    pub fn memory_in_use(&self) -> (usize, usize) {
        self.machine.pool.usage_of(self.image_base())
    }

    /// Halts the adapters, unloads the driver and stops the machine; gives the allocations left behind.
    pub fn stop(mut self) -> Vec<Leak> {
        let attached = self.machine.attach();
        for adapter in self.adapters.drain(..).rev() {
            adapter.halt();
        }
        let leaks = self.driver.take().map(Driver::unload);
        self.nics.drain(..).for_each(Nic::halt);
        drop(attached);
        self.machine.stop();
        leaks.unwrap_or_default()
    }
}
