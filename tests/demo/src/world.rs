//! One end's emulated computer: a machine with the driver loaded and one adapter running.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic_emulator::ndis::{Adapter, AdapterConfig};
use softrnic_emulator::{Driver, Machine, Options as MachineOptions, PoolMode, SendCompletion};

use crate::Options;
use crate::connection::DemoError;
use crate::report::Outcome;

/// Why there is no machine with a running adapter.
#[derive(Debug)]
pub(crate) enum WorldError {
    /// The image could not be built.
    Build(softrnic_build::Error),
    /// The image could not be loaded.
    Load(String),
    /// `DriverEntry` or the adapter's start failed.
    Start(&'static str, String),
    /// A file could not be written.
    File(String),
    /// A machine that was asked for was not made.
    Missing,
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(e) => write!(f, "{e}"),
            Self::Load(e) => write!(f, "softrnic.sys could not be loaded: {e}"),
            Self::Start(what, e) => write!(f, "{what} failed: {e}"),
            Self::File(e) => f.write_str(e),
            Self::Missing => f.write_str("a machine is missing"),
        }
    }
}

impl std::error::Error for WorldError {}

/// A machine, its driver and its adapter.
pub(crate) struct World {
    name: &'static str,
    machine: &'static Machine,
    driver: Driver,
    adapter: Adapter,
    interrupted: AtomicBool,
}

impl World {
    /// Builds the image if need be and starts one machine for each name and address.
    pub(crate) fn start_all(ends: &[(&'static str, IpAddr)], options: &Options, outcome: &mut Outcome) -> Result<Vec<Self>, DemoError> {
        eprintln!("building softrnic.sys where it is not up to date …");
        let image = softrnic_build::image().map_err(WorldError::Build)?;
        outcome.image_sha256.clone_from(&image.sha256);
        outcome.built.clone_from(&image.built_by);
        let worlds = ends.iter().map(|(name, ip)| Self::start(name, *ip, &image.path, options)).collect::<Result<Vec<_>, _>>()?;
        Ok(worlds)
    }

    fn start(name: &'static str, ip: IpAddr, image: &Path, options: &Options) -> Result<Self, WorldError> {
        let machine = Machine::new(MachineOptions {
            name: name.to_owned(),
            pool: if options.cheap { PoolMode::RedZones } else { PoolMode::Special },
            send_completion: if options.complete_at_hand_over { SendCompletion::HandOver } else { SendCompletion::Acknowledged },
            ..MachineOptions::default()
        });
        let _attached = machine.attach();
        let driver = machine.load(image, "softrnic.sys").map_err(|e| WorldError::Load(e.to_string()))?;
        driver.start().map_err(|e| WorldError::Start("DriverEntry", format!("{e:?}")))?;
        let adapter = machine.add_adapter(&driver, AdapterConfig { addresses: vec![ip], ..AdapterConfig::default() }).map_err(|e| WorldError::Start("the adapter's start", format!("{e:?}")))?;
        Ok(Self { name, machine, driver, adapter, interrupted: AtomicBool::new(false) })
    }

    /// How the end is called.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The emulated computer.
    pub(crate) fn machine(&self) -> &'static Machine {
        self.machine
    }

    /// The adapter's interface index.
    pub(crate) fn if_index(&self) -> u32 {
        self.adapter.if_index()
    }

    /// Asks a serving end to stop.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Halts the adapter and unloads the driver; gives the number of allocations it left.
    pub(crate) fn finish(self) -> u64 {
        let attached = self.machine.attach();
        self.adapter.halt();
        let leaks = self.driver.unload();
        drop(attached);
        self.machine.stop();
        leaks
    }
}
