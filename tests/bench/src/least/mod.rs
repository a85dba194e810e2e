//! The least driver, measured: what the interface costs that every driver's messages cross.
//!
//! An image of its own (`tests/bench/least-driver`), built as softrnic.sys is, on two machines made as softrnic.sys's are.
//! It does the references' job over Winsock Kernel and nothing else: `WSK` moves the bytes, `WSK, framed` the frames of framed
//! TCP, `WSK, framed, no CRC` the same with no checksum in them. What a reference of sockets takes is the network's part of a figure; what this takes more is that of IRPs,
//! indications, completions and the checks on all of them; what softrnic.sys takes beyond it is its own.

pub(crate) mod machines;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, time::Duration};

use softrnic_emulator::pool::PoolMode;

use self::machines::{Job, Machines};
use crate::{
    point::{Kind, Point, Segment, Verb, Wait},
    reference,
    rounds::{Contender, Measured, Role},
    targets,
};

/// The bytes alone, in tables.
pub const WSK: &str = "WSK";
/// With framing, and the payload where it belongs, in tables.
pub const PLACED: &str = "WSK, framed, no CRC";
/// With a CRC as well, in tables.
pub const FRAMED: &str = "WSK, framed";

/// The least driver, with one kind of framing.
pub struct Least {
    image: PathBuf,
    framing: Framing,
    /// Machines that were started; each way of waiting once.
    started: Vec<(Wait, Machines)>,
}

/// What its messages do; the values that the driver knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    PingPong = 0,
    Stream = 1,
    Read = 2,
    Calls = 3,
    /// What a consumer posts.
    Consumer = 4,
}

/// What is around each piece of a message; the values that the driver knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    None = 0,
    /// Frames whose checksum is zero, and not looked at.
    Unchecked = 1,
    Checked = 2,
}

/// Where the driver's image is, built when it was stale.
pub(crate) fn image() -> Result<PathBuf, String> {
    let folder = softrnic_build::root().join("tests/bench/least-driver");
    let shared = ["src/crc32c.rs", "src/sys"].map(|part| softrnic_build::root().join(part));
    let image = softrnic_build::driver_with(&folder, "least-driver", &shared);
    image.map(|it| it.path).map_err(|error| error.to_string())
}

impl Least {
    /// All kinds, of one image that is built when it is stale. Machines start when they are needed first.
    ///
    /// # Errors
    ///
    /// When the image does not build.
    pub fn all() -> Result<[Self; 3], String> {
        let image = image()?;
        let framings = [Framing::None, Framing::Unchecked, Framing::Checked];
        Ok(framings.map(|framing| Self {
            image: image.clone(),
            framing,
            started: Vec::new(),
        }))
    }

    /// Stops the machines.
    pub fn stop(self) {
        self.started
            .iter()
            .for_each(|(_, machines)| machines.stop());
    }

    /// What is done at a point, if it is one of messages on one connection, or of connections.
    fn work(&self, point: &Point) -> Option<Work> {
        let plain = self.framing == Framing::None;
        let cut = !plain || point.segment == Segment::Loopback;
        let compared = self.framing != Framing::Unchecked || targets::has_crc_off(point);
        match point.kind {
            _ if point.connections > 1 || !cut || !compared => None,
            Kind::Time(Verb::Read) | Kind::Rate(Verb::Read) => Some(Work::Read),
            Kind::Time(_) => Some(Work::PingPong),
            Kind::Rate(_) | Kind::Processor => Some(Work::Stream),
            Kind::Connect if plain => Some(Work::Calls),
            _ => None,
        }
    }

    fn machines(&mut self, wait: Wait) -> &Machines {
        let known = self.started.iter().position(|(it, _)| *it == wait);
        let at = known.unwrap_or_else(|| {
            self.started
                .push((wait, Machines::start(wait, PoolMode::Light)));
            self.started.len() - 1
        });
        &self.started[at].1
    }

    fn number(&mut self, point: &Point, work: Work, time: Duration) -> Result<f64, String> {
        let job = Job {
            work,
            framing: self.framing,
            size: point.size.max(4),
            fpdu: reference::fpdu(point),
            window: point.window,
            joined: reference::JOINED,
            time,
        };
        let image = self.image.clone();
        let outcome = self.machines(point.wait).run(&image, job)?;
        Ok(match point.kind {
            Kind::Time(Verb::Read) => outcome.microseconds,
            Kind::Time(_) => outcome.microseconds / 2.0,
            Kind::Processor => {
                let bytes = outcome.operations as f64 * point.size as f64;
                outcome.processor.as_secs_f64() / (bytes / f64::from(1 << 30))
            }
            _ => point.unit.of_rate(outcome.rate, point.size),
        })
    }
}

impl Contender for Least {
    fn name(&self) -> &str {
        match self.framing {
            Framing::None => WSK,
            Framing::Unchecked => PLACED,
            Framing::Checked => FRAMED,
        }
    }

    fn role(&self) -> Role {
        Role::Reference
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let Some(work) = self.work(point) else {
            return Ok(Measured::NotMine);
        };
        self.number(point, work, time).map(Measured::Number)
    }
}
