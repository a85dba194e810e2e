//! libfabric's `tcp` provider with message endpoints: of all peers the nearest to NDK.
//!
//! Its library is loaded by a process of its own for every measurement: this program, with the hidden command `fabric`.

mod abi;
mod end;
mod library;
mod program;

use std::{
    env,
    process::{Command, Stdio},
    time::Duration,
};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{Installed, running::Running};
use crate::{
    point::{Kind, Point, Verb, Wait},
    rounds::{Contender, Measured, Role},
};

pub use program::run;

/// What the program is to do.
#[derive(Args, Clone, Debug)]
pub struct Job {
    /// The library.
    #[arg(long)]
    pub library: std::path::PathBuf,
    /// The operation.
    #[arg(long, value_enum)]
    pub operation: Operation,
    /// Bytes a message.
    #[arg(long)]
    pub size: usize,
    /// Operations outstanding.
    #[arg(long)]
    pub window: usize,
    /// How long.
    #[arg(long)]
    pub seconds: f64,
    /// Sleep in the completion queue, don't poll.
    #[arg(long)]
    pub sleep: bool,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Operation {
    /// A send there, a send back.
    SendTime,
    /// A write there, a write back; each side looks at its memory.
    WriteTime,
    /// Sends one way.
    Send,
    /// Writes one way.
    Write,
    /// Reads.
    Read,
    /// Connections made and ended.
    Connect,
}

/// What the program prints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Operations that are done.
    pub operations: usize,
    /// How long they took.
    pub seconds: f64,
    /// Time of one, of those that go there and back half of it; in microseconds.
    pub microseconds: f64,
    /// Processor time of both sides, in seconds.
    pub processor: f64,
}

/// libfabric, measured.
pub(super) struct Fabric {
    installed: Installed,
}

impl Fabric {
    pub(super) fn new(installed: Installed) -> Self {
        Self { installed }
    }

    fn figures(
        &self,
        operation: Operation,
        point: &Point,
        time: Duration,
    ) -> Result<Figures, String> {
        let this = env::current_exe().map_err(|error| error.to_string())?;
        let word = operation.to_possible_value().ok_or("a hidden operation")?;
        let mut program = Command::new(this);
        program
            .env("LD_LIBRARY_PATH", self.installed.search_path())
            .args(["fabric", "--library"])
            .arg(&self.installed.path)
            .args(["--operation", word.get_name()])
            .args(["--size", &point.size.max(1).to_string()])
            .args(["--window", &point.window.to_string()])
            .args(["--seconds", &time.as_secs_f64().to_string()]);
        if point.wait == Wait::Sleep {
            program.arg("--sleep");
        }
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        let said = Running::start(&mut program)?.output(time)?;
        serde_json::from_str(&said).map_err(|error| error.to_string())
    }
}

/// The operation that does what `point` does.
fn operation(point: &Point) -> Option<Operation> {
    if !point.is_for_peers() {
        return None;
    }
    match point.kind {
        Kind::Time(Verb::Send) => Some(Operation::SendTime),
        Kind::Time(Verb::Write) => Some(Operation::WriteTime),
        Kind::Rate(Verb::Send) => Some(Operation::Send),
        Kind::Rate(Verb::Write) | Kind::Processor => Some(Operation::Write),
        Kind::Time(Verb::Read) | Kind::Rate(Verb::Read) => Some(Operation::Read),
        Kind::Connect => Some(Operation::Connect),
        Kind::Idle | Kind::IdleMemory | Kind::Crc => None,
    }
}

impl Contender for Fabric {
    fn name(&self) -> &str {
        &self.installed.name
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let Some(operation) = operation(point) else {
            return Ok(Measured::NotMine);
        };
        let figures = self.figures(operation, point, time)?;
        let rate = figures.operations as f64 / figures.seconds;
        Ok(Measured::Number(match point.kind {
            Kind::Time(_) => figures.microseconds,
            Kind::Processor => {
                let gibibytes = (figures.operations * point.size) as f64 / f64::from(1 << 30);
                figures.processor / gibibytes
            }
            _ => point.unit.of_rate(rate, point.size),
        }))
    }
}
