//! softrnic.sys, measured: the image that ships, on two emulated machines, over real TCP.
//!
//! Each end's consumer works inside its CQ notification callbacks, as a fast kernel consumer does:
//! no thread of its own stands between the socket and the next request. Machines use the cheap
//! pool; everything else of the verifier is on.

mod connections;
mod end;
mod load;
mod side;

use std::{path::Path, thread, time::Duration};

use softrnic_emulator::wsk::SendCompletion;

use crate::{
    callgrind,
    point::{Kind, Point, Unit},
    rounds::{Contender, Measured},
};

use load::{Until, Work};
use side::Sides;

/// The provider over one way of completing sends.
pub struct Provider {
    name: &'static str,
    image: std::path::PathBuf,
    sides: Sides,
}

impl Provider {
    /// Sends complete when the peer's TCP has acknowledged them, as on Windows.
    ///
    /// # Errors
    ///
    /// When the image does not start.
    pub fn acknowledged(image: &Path) -> Result<Self, String> {
        Self::start("softrnic", image, SendCompletion::Acknowledged)
    }

    /// Sends complete when TCP has taken them, as the peers of other projects do.
    ///
    /// # Errors
    ///
    /// When the image does not start.
    pub fn handed_over(image: &Path) -> Result<Self, String> {
        Self::start("hand-over", image, SendCompletion::HandOver)
    }

    fn start(name: &'static str, image: &Path, completion: SendCompletion) -> Result<Self, String> {
        let sides = Sides::start(image, completion)?;
        Ok(Self {
            name,
            image: image.to_path_buf(),
            sides,
        })
    }

    /// Halts the adapters and unloads the drivers.
    ///
    /// # Errors
    ///
    /// When a driver left something behind.
    pub fn stop(self) -> Result<(), String> {
        self.sides.stop()
    }

    /// Operations a second.
    fn rate(&self, work: Work, point: &Point, time: Duration) -> Result<f64, String> {
        self.sides
            .run(work, point.size, point.window, Until::After(time))
    }
}

impl Contender for Provider {
    fn name(&self) -> &str {
        self.name
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let first = self.name == "softrnic";
        let measured = match point.kind {
            Kind::HalfRoundTrip => self.rate(Work::PingPong, point, time)?,
            Kind::Send => self.rate(Work::Send, point, time)?,
            Kind::Write => self.rate(Work::Write, point, time)?,
            Kind::Read => self.rate(Work::Read, point, time)?,
            Kind::Connect => connections::per_second(&self.sides, time)?,
            // These do not depend on when sends complete.
            Kind::IdleMemory if first => connections::idle_memory(&self.sides)?,
            Kind::Instructions if first => match callgrind::instructions(&self.image, point.size) {
                Ok(counted) => counted,
                Err(why) => return Ok(Measured::Missing(why)),
            },
            Kind::IdleMemory | Kind::Instructions => return Ok(Measured::NotMine),
        };
        Ok(Measured::Number(match point.unit {
            Unit::MebibytesPerSecond => measured * point.size as f64 / f64::from(1 << 20),
            _ => measured,
        }))
    }
}

/// Makes `operations` round trips of `size` bytes and nothing else: what callgrind counts.
///
/// # Errors
///
/// When the image does not start or the traffic stops.
pub fn round_trips(image: &Path, size: usize, operations: usize) -> Result<(), String> {
    let run = || {
        let sides = Sides::start(image, SendCompletion::Acknowledged)?;
        sides.run(Work::PingPong, size, 1, Until::Count(operations))?;
        sides.stop()
    };
    // Below valgrind only a thread's stack is all there from the start.
    thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|_| Err("the thread that measures panicked".to_owned()))
}
