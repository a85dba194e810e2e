//! What a seed stands for.

use std::fmt;
use std::time::Duration;

use softrnic_consumer::{HostError, Loaded};
use softrnic_emulator::clock;
use softrnic_emulator::image::reached::By;
use softrnic_emulator::image::steps;
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::nic::{self, Nic, NicOptions};
use softrnic_emulator::sched::{self, Ended, Faults, Plan, Random, set_faults, simulate};
use softrnic_emulator::verifier;
use softrnic_emulator::wsk;
use softrnic_emulator::wsk::simulated::{self, Weather, set_weather};
use softrnic_functional::Stage;

use crate::coverage;
use crate::events::{self, Events, Left, Occurrence, Unload};
use crate::site::{Site, Trouble};
use crate::workload;

/// What the consumers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// Two ends send, write and read, then disconnect; the network loses no connection.
    Mannered,
    /// The same over a network that resets connections at any moment.
    Rough,
    /// Connects and disconnects, many at once, some of them refused or given up.
    Storm,
    /// Random calls of several threads, in any order, from inside callbacks too.
    Rude,
    /// A file share over SMB Direct.
    Smb,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Mannered,
        Self::Rough,
        Self::Storm,
        Self::Rude,
        Self::Smb,
    ];

    /// Whether connections break and resources run out in the run of `seed`. A share must be left in peace now and then:
    /// only so is it seen to do all its work.
    fn is_harsh(self, seed: u64) -> bool {
        match self {
            Self::Mannered => false,
            Self::Rough | Self::Storm | Self::Rude => true,
            Self::Smb => Random::new(seed ^ 0x0054_AB1E_0000_0005).one_in(2),
        }
    }

    fn number(self) -> u64 {
        Self::ALL
            .iter()
            .position(|&other| other == self)
            .unwrap_or(0) as u64
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mannered => "mannered",
            Self::Rough => "rough",
            Self::Storm => "storm",
            Self::Rude => "rude",
            Self::Smb => "smb",
        })
    }
}

/// What carries the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Road {
    /// The simulated network's sockets.
    Sockets,
    /// Frames: TCP/IP above the driver's own adapters, NICs below them, and a switch.
    Frames,
}

impl fmt::Display for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sockets => "sockets",
            Self::Frames => "frames",
        })
    }
}

/// What a seed does not choose for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Choice {
    /// Only this workload; otherwise each seed says which.
    #[arg(long)]
    pub workload: Option<Workload>,
    /// Only over this; otherwise each seed says over what.
    #[arg(long)]
    pub road: Option<Road>,
}

impl Choice {
    /// The workloads that are left.
    #[must_use]
    pub fn workloads(self) -> Vec<Workload> {
        self.workload
            .map_or(Workload::ALL.to_vec(), |one| vec![one])
    }

    /// With this workload.
    #[must_use]
    pub fn of(self, workload: Workload) -> Self {
        Self {
            workload: Some(workload),
            ..self
        }
    }
}

/// As options of a command, each with a space before it.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(workload) = self.workload {
            write!(f, " --workload {workload}")?;
        }
        if let Some(road) = self.road {
            write!(f, " --road {road}")?;
        }
        Ok(())
    }
}

/// A seed and what is made of it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The seed.
    pub seed: u64,
    /// What the consumers do.
    pub workload: Workload,
    /// What carries the bytes.
    pub road: Road,
    /// Who runs when.
    pub plan: Plan,
    /// What the network does, when it is one of sockets.
    pub weather: Weather,
    /// What the switch does, when there is one.
    pub switch: nic::Weather,
    /// What the NICs do for TCP/IP, when there are any.
    pub offloads: Offloads,
    /// How WSK behaves.
    pub wsk: wsk::Options,
    /// Connections may break.
    pub harsh: bool,
    /// What happens to the adapters.
    pub events: Vec<Occurrence>,
    /// Whether and when the driver is unloaded.
    pub unload: Option<Unload>,
    /// The consumers do little.
    pub small: bool,
    /// Which calls of the driver fail, and whether they do already when it starts.
    pub faults: Option<(Faults, Since)>,
    /// Every instruction of the image is looked at.
    pub traced: bool,
}

/// One seed in so many goes over frames.
const FRAMES: u64 = 8;

/// Since when calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Since the driver is loaded.
    Load,
    /// Since its adapters run.
    Running,
}

impl Scenario {
    /// What `seed` stands for; what `choice` leaves open comes out of it too.
    #[must_use]
    pub fn new(seed: u64, choice: Choice) -> Self {
        let mut random = Random::new(seed);
        let drawn = *random.pick(&Workload::ALL);
        let workload = choice.workload.unwrap_or(drawn);
        let harsh = workload.is_harsh(seed);
        let wsk = wsk::Options {
            send_completion: *random.pick(&[
                wsk::SendCompletion::Acknowledged,
                wsk::SendCompletion::HandOver,
            ]),
            spin: Duration::ZERO,
            receive_buffer: *random.pick(&[50, 500, 4096, 256 << 10]),
            odd_indications: random.one_in(2),
            pace: wsk::Pace::Natural,
            vary_completions: random.one_in(2),
            failures: 0,
            seed: random.number(),
            full_checks: None,
        };
        let mut scenario = Self {
            seed,
            workload,
            road: Road::Sockets,
            switch: nic::Weather::of(seed),
            offloads: Offloads::default(),
            plan: Plan::of(seed),
            weather: Weather::of(random.number(), harsh),
            wsk,
            harsh,
            events: events::draw(&mut random, !harsh),
            small: false,
            faults: harsh.then(|| draw_faults(&mut random)).flatten(),
            unload: events::draw_unload(&mut random),
            traced: false,
        };
        let drawn = match random.one_in(FRAMES) {
            true => Road::Frames,
            false => Road::Sockets,
        };
        scenario.road = choice.road.unwrap_or(drawn);
        if scenario.road == Road::Frames {
            scenario.events.extend(events::draw_of_nics(&mut random));
            if random.one_in(2) {
                scenario.offloads = Offloads::ALL;
            }
        }
        scenario
    }

    /// Plays it, once in the life of a process. What breaks a rule or a promise ends the process.
    #[must_use]
    pub fn play(&self) -> Ended {
        coverage::watch(match self.faults {
            None | Some((Faults::Stack(0), _)) => By::Peace,
            Some(_) => By::Faults,
        });
        let simulation = simulate(self.plan.clone());
        tell_the_end();
        if self.traced {
            steps::trace();
        }
        set_weather(self.weather.clone());
        if let Some(mut stage) = self.set_up() {
            self.act(&mut stage);
            if !self.events.is_empty() || self.faults.is_some() || self.unload.is_some() {
                calm(&stage);
                workload::probe::run(&stage);
            }
        }
        simulation.so_far()
    }

    /// The machine with its driver and adapters; `None` when a call failed that they need.
    fn set_up(&self) -> Option<Stage> {
        let Some((faults, since)) = &self.faults else {
            return Some(self.stage().expect("the image starts"));
        };
        if *since == Since::Load {
            set_faults(Some(faults.clone()));
        }
        let stage = self
            .stage()
            .inspect_err(|why| assert!(events::is_scarcity(why), "{why}"));
        set_faults(stage.is_ok().then(|| faults.clone()));
        stage.ok()
    }

    /// The machine that it needs.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn stage(&self) -> Result<Stage, HostError> {
        if self.road == Road::Sockets {
            return Stage::try_over(self.wsk.clone());
        }
        let nic = NicOptions {
            varies: true,
            buffers: 6,
            seed: self.seed,
            offloads: self.offloads,
            ..NicOptions::default()
        };
        Stage::try_through_nics(false, self.switch.clone(), &nic, self.wsk.clone())
    }

    /// What the consumers must bear.
    fn trouble(&self) -> Trouble {
        let scarce = self.faults.is_some();
        let trouble = Trouble {
            breaks: scarce || self.harsh,
            // Addresses that could not be read, and a transport that could not be captured.
            homeless: scarce,
            refuses: scarce,
            scarce,
            silence: match self.road {
                Road::Sockets => self.weather.vanishes != 0,
                // Frames that cannot be sent, or do not come.
                Road::Frames => true,
            },
            unloads: false,
        };
        trouble.with(&self.events, self.unload.is_some())
    }

    /// The workload while events happen; whatever they left, the adapters run again when it returns.
    pub(crate) fn act(&self, stage: &mut Stage) {
        let random = Random::new(self.seed ^ self.workload.number() << 56);
        let site = Site::of(stage, self.trouble());
        let events = Events::start(stage, &self.events, self.unload, &site.leave);
        match self.workload {
            Workload::Mannered | Workload::Rough => workload::pair::run(&site, random, self.small),
            Workload::Storm => workload::storm::run(&site, random, self.small),
            Workload::Rude => workload::rude::run(&site, random, self.small),
            Workload::Smb => workload::smb::run(&site, random, self.small),
        }
        let left = events.end();
        set_faults(None);
        restore(stage, left, self.faults.is_some());
    }
}

/// Nothing is lost or late any more.
pub(crate) fn calm(stage: &Stage) {
    simulated::calm();
    if let Some(nic) = stage.host().nics().first() {
        nic.switch().change(nic::Weather::default());
    }
}

/// The driver and its adapters are there again; calls may have failed when `fails`.
fn restore(stage: &mut Stage, left: Left, fails: bool) {
    let machine = stage.machine();
    let configs = [0, 1].map(|n| stage.host().config(n));
    let host = stage.host_mut();
    if let Some(driver) = left.driver {
        host.put_back_driver(Loaded {
            driver,
            adapters: Vec::new(),
        });
        for (adapter, config) in left.adapters.into_iter().zip(configs) {
            match adapter {
                Some(adapter) => host.put_back(adapter),
                None => host.add(config).expect("the adapter comes back"),
            }
        }
    } else {
        host.reload();
    }
    // A binding that could not be made when a call failed: NDIS asks again when the NIC comes anew.
    let again = |nic: Nic| {
        let (switch, options) = (nic.switch(), nic.options());
        nic.halt();
        machine.add_nic(&switch, options)
    };
    let nics: Vec<Nic> = left.nics.into_iter().map(again).collect();
    if nics.is_empty() {
        return;
    }
    host.put_back_nics(nics);
    if fails && host.await_links().is_err() {
        // Its protocol could not be registered when it was loaded again.
        host.reload();
    }
    host.await_links().expect("each adapter finds its NIC");
    machine.ndis.settle(machine);
    // An adapter that could not read its address once may have another now, and smoltcp announces none.
    sched::sleep_until(clock::after(FORGETS));
}

/// After so long TCP/IP asks again where a neighbour is.
const FORGETS: Duration = Duration::from_secs(61);

/// In a quarter of the seeds, one call in so many.
fn draw_faults(random: &mut Random) -> Option<(Faults, Since)> {
    let times = *random.pick(&[0, 0, 0, 10, 40, 200]);
    let stream = Random::new(random.number());
    let since = *random.pick(&[Since::Load, Since::Running, Since::Running]);
    (times != 0).then_some((Faults::OneIn(times, stream), since))
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} {} {}", self.seed, self.workload, self.road)?;
        writeln!(f, "  {:?}", self.plan)?;
        match self.road {
            Road::Sockets => writeln!(f, "  {:?}", self.weather)?,
            Road::Frames => writeln!(f, "  {:?}\n  {:?}", self.switch, self.offloads)?,
        }
        writeln!(f, "  {:?}", self.wsk)?;
        writeln!(f, "  {:?} {:?}", self.events, self.unload)?;
        if self.small {
            writeln!(f, "  little work")?;
        }
        write!(f, "  {:?}", self.faults)
    }
}

/// Lines of the log that a failure shows.
const LAST: usize = 60;

/// A run that fails says what happened last.
pub(crate) fn tell_the_end() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        print_log();
        before(info);
    }));
    verifier::on_violation(|_| print_log());
}

fn print_log() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let log = sched::simulation().map(|simulation| simulation.log());
        let log = log.unwrap_or_default();
        let lines = std::env::var("SOFTRNIC_LOG")
            .ok()
            .and_then(|lines| lines.parse().ok());
        let first = log.len().saturating_sub(lines.unwrap_or(LAST));
        for line in log[first..].iter().chain(&sched::failed_calls()) {
            eprintln!("{line}");
        }
    });
}
