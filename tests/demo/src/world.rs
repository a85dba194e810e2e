//! One end's emulated computer, with the driver loaded and one adapter running.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{Host, HostError, Patience};
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::nic::{NicOptions, Switch, Weather};
use softrnic_emulator::pool::PoolMode;
use softrnic_emulator::wsk::SendCompletion;
use softrnic_emulator::wsk::pcap::Capture;
use softrnic_emulator::{Machine, Options as MachineOptions, wsk};

use crate::Options;
use crate::error::DemoError;
use crate::report::{self, Outcome};
use crate::wait;

/// Why there is no machine with a running adapter.
#[derive(Debug)]
pub(crate) enum WorldError {
    /// The image could not be built.
    Build(softrnic_build::Error),
    /// The machine, the driver or the adapter did not start.
    Host(HostError),
    /// The capture file could not be written.
    Capture(PathBuf, io::Error),
    /// A machine that was asked for was not made.
    Missing,
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(e) => write!(f, "{e}"),
            Self::Host(e) => write!(f, "{e}"),
            Self::Capture(path, e) => write!(
                f,
                "the capture file {} cannot be written: {e}",
                path.display()
            ),
            Self::Missing => f.write_str("a machine is missing"),
        }
    }
}

impl std::error::Error for WorldError {}

/// A machine with its adapter.
pub(crate) struct World {
    name: &'static str,
    host: Host,
    patience: Patience,
}

impl World {
    /// Builds the image if need be and starts one machine for each name and address. What goes over the first one's wire is
    /// captured, if anything is.
    pub(crate) fn start_all(
        ends: &[(&'static str, IpAddr)],
        options: &Options,
        outcome: &mut Outcome,
    ) -> Result<Vec<Self>, DemoError> {
        let capture = options.pcap.as_ref().map(|path| {
            Capture::create(path)
                .map(Arc::new)
                .map_err(|e| WorldError::Capture(path.clone(), e))
        });
        let capture = capture.transpose()?;
        eprintln!("building softrnic.sys if it is not up to date …");
        let image = softrnic_build::image().map_err(WorldError::Build)?;
        outcome.image_sha256.clone_from(&image.sha256);
        outcome.built.clone_from(&image.built_by);
        report::expect_violations(options, &image.sha256, capture.clone());
        let mut worlds = Vec::new();
        let switch = options.through_nic.then(|| Switch::new(Weather::default()));
        for (name, ip) in ends {
            match Self::start((name, *ip), &image.path, switch.as_ref(), options) {
                Ok(world) => worlds.push(world),
                Err(e) => {
                    outcome.leaks += worlds.drain(..).map(Self::finish).sum::<u64>();
                    return Err(e.into());
                }
            }
        }
        if let (Some(capture), Some(world)) = (capture, worlds.first_mut()) {
            world.machine().wsk.set_tap(Some(capture.clone()));
            outcome.capture = Some(capture);
        }
        Ok(worlds)
    }

    fn start(
        (name, ip): (&'static str, IpAddr),
        image: &Path,
        switch: Option<&Arc<Switch>>,
        options: &Options,
    ) -> Result<Self, WorldError> {
        let machine = MachineOptions {
            name: name.to_owned(),
            pool: if options.cheap {
                PoolMode::Cheap
            } else {
                PoolMode::Special
            },
            ..MachineOptions::default()
        };
        let network = wsk::Options {
            send_completion: if options.complete_at_hand_over {
                SendCompletion::HandOver
            } else {
                SendCompletion::Acknowledged
            },
            ..wsk::Options::default()
        };
        let machine = Machine::new(machine);
        if options.trace {
            trace(name, machine);
        }
        let host = match switch {
            Some(switch) => {
                let offloads = match options.offloads {
                    true => Offloads::ALL,
                    false => Offloads::default(),
                };
                let nic = NicOptions {
                    offloads,
                    ..NicOptions::default()
                };
                let nic = (ip, nic);
                Host::start_through_nics(machine, image, network, switch, &[nic])
            }
            None => Host::start_on(machine, image, network, vec![Host::adapter_at(ip)]),
        };
        let host = host.map_err(WorldError::Host)?;
        Ok(Self {
            name,
            host,
            patience: wait::patience(Duration::from_secs(options.patience)),
        })
    }

    /// How the end is called.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The emulated computer.
    pub(crate) fn machine(&self) -> &'static Machine {
        self.host.machine()
    }

    /// The adapter's interface index.
    pub(crate) fn if_index(&self) -> u32 {
        self.host.adapters()[0].if_index()
    }

    /// How long this end waits for the other.
    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Halts the adapter and unloads the driver; gives the number of allocations it left.
    pub(crate) fn finish(self) -> u64 {
        let leaks = self.host.stop();
        for leak in &leaks {
            eprintln!("leak: {leak:?}");
        }
        leaks.len() as u64
    }
}

/// Prints what the drivers of `machine` tell Event Tracing for Windows and write into the event log, from now on.
fn trace(name: &'static str, machine: &'static Machine) {
    /// `TRACE_LEVEL_INFORMATION`.
    const INFORMATION: u8 = 4;
    let _attached = machine.attach();
    machine
        .event_log
        .follow(move |entry| eprintln!("{name}: event log: {entry}"));
    machine
        .etw
        .enable(INFORMATION, u64::MAX, move |event| match event.decode() {
            Some(event) => eprintln!("{name}: {event}"),
            None => eprintln!("{name}: an event that says not what it is: {event:?}"),
        });
}
