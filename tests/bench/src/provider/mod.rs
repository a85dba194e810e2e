//! softrnic.sys, measured: the image that ships, on two emulated machines, over real TCP.
//!
//! Each end's consumer works inside its CQ notification callbacks, as a fast kernel consumer does:
//! no thread of its own stands between the socket and the next request, nor the next connection. Machines
//! are in the verifier's light mode.

mod connections;
mod end;
mod fixed;
pub mod lent;
mod load;
mod side;

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use softrnic_emulator::wsk::SendCompletion;

use crate::{
    machine::{Spent, Whose},
    point::{Kind, Point, Verb},
    rounds::{Contender, Measured, Role},
    targets,
};

pub use connections::IdleMemory;
pub use fixed::{Fixed, idle_memory, run_fixed, sleeps_a_message};
use load::{Until, Work};
use side::{Plan, Setting, Sides};

/// What the verifier leaves out while time is measured; every result says so.
pub const VERIFIER: &str = "light mode: no guard pages, a short quarantine; IRQL, locks and ownership checked; not the stack, the order of \
     results and data in flight";

/// Our names in tables: sends that complete when the peer's TCP has acknowledged them, as on Windows, and sends that
/// complete when TCP has taken them, as the peers' do.
#[must_use]
pub fn names(crc: bool) -> [&'static str; 2] {
    if crc {
        ["softrnic", "hand-over"]
    } else {
        ["softrnic, no CRC", "hand-over, no CRC"]
    }
}

/// The provider with one way of completing sends, with or without CRC.
pub struct Provider {
    name: &'static str,
    image: PathBuf,
    completion: SendCompletion,
    crc: bool,
    /// Machines that were started; each setting once.
    started: Vec<(Setting, Sides)>,
}

impl Provider {
    /// All there are, for the image at `image`. Machines start when they are needed first.
    #[must_use]
    pub fn all(image: &Path) -> Vec<Self> {
        let ways = [SendCompletion::Acknowledged, SendCompletion::HandOver];
        let with = |crc| {
            names(crc)
                .into_iter()
                .zip(ways)
                .map(move |(name, way)| Self {
                    name,
                    image: image.to_path_buf(),
                    completion: way,
                    crc,
                    started: Vec::new(),
                })
        };
        with(true).chain(with(false)).collect()
    }

    /// Halts the adapters and unloads the drivers.
    ///
    /// # Errors
    ///
    /// When a driver left something behind.
    pub fn stop(self) -> Result<(), String> {
        let mut started = self.started.into_iter();
        started.try_for_each(|(_, sides)| sides.stop())
    }

    fn sides(&mut self, point: &Point) -> Result<&Sides, String> {
        let setting = Setting {
            completion: self.completion,
            crc: self.crc,
            wait: point.wait,
            segment: point.segment,
        };
        let known = self.started.iter().position(|(it, _)| *it == setting);
        let at = match known {
            Some(at) => at,
            None => {
                let sides = Sides::start(&self.image, setting)?;
                self.started.push((setting, sides));
                self.started.len() - 1
            }
        };
        Ok(&self.started[at].1)
    }

    fn number(&mut self, point: &Point, time: Duration) -> Result<f64, String> {
        let sides = self.sides(point)?;
        let run = |work| {
            let plan = Plan {
                work,
                size: point.size,
                window: point.window,
                connections: point.connections,
            };
            sides.run(plan, Until::After(time))
        };
        let number = match point.kind {
            Kind::Time(Verb::Read) => run(Work::Stream(Verb::Read))?.microseconds,
            Kind::Time(verb) => run(Work::PingPong(verb))?.microseconds / 2.0,
            Kind::Rate(verb) => {
                let rate = run(Work::Stream(verb))?.rate();
                point.unit.of_rate(rate, point.size)
            }
            Kind::Processor => {
                let outcome = run(Work::Stream(Verb::Write))?;
                let gibibytes = (outcome.operations * point.size) as f64 / f64::from(1 << 30);
                outcome.processor.as_secs_f64() / gibibytes
            }
            Kind::Connect => connections::per_second(sides, time)?,
            Kind::Idle => connections::while_idle(sides, || idle_percent(time))?,
            Kind::IdleMemory => connections::idle_memory(sides)?.bytes,
            Kind::Crc => f64::NAN,
        };
        Ok(number)
    }

    /// Some figures do not depend on when sends complete; the checksum alone is measured elsewhere.
    fn is_mine(&self, point: &Point) -> bool {
        let acknowledged = self.completion == SendCompletion::Acknowledged;
        match point.kind {
            Kind::Crc => false,
            Kind::Idle | Kind::IdleMemory => self.crc && acknowledged,
            _ => self.crc || targets::has_crc_off(point),
        }
    }
}

/// Processor time of this process while nothing happens, in hundredths of a processor.
fn idle_percent(time: Duration) -> f64 {
    let (spent, started) = (Spent::now(Whose::Own), Instant::now());
    thread::sleep(time);
    let processor = spent.since(Whose::Own).processor;
    100.0 * processor.as_secs_f64() / started.elapsed().as_secs_f64()
}

impl Contender for Provider {
    fn name(&self) -> &str {
        self.name
    }

    fn role(&self) -> Role {
        Role::Ours
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        if !self.is_mine(point) {
            return Ok(Measured::NotMine);
        }
        self.number(point, time).map(Measured::Number)
    }
}
