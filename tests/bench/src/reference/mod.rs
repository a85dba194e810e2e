//! Raw TCP: what the same job costs with nothing but sockets.
//!
//! Two threads, one connection over loopback. Where time counts both poll; where rate does, the
//! better of polling and sleeping counts, as it differs with the size. `plain` moves the
//! bytes; `framed` adds what iWARP must add: headers, padding and a CRC32C computed by one side
//! and checked by the other. Nothing on the way to the provider can be cheaper.

mod frame;
mod measure;
mod socket;

use std::{io, time::Duration};

use self::socket::Wait;
use crate::{
    point::{Kind, Point},
    rounds::{Contender, Measured},
};

/// Plain TCP in tables.
pub const PLAIN: &str = "TCP";
/// TCP with framing and CRC in tables.
pub const FRAMED: &str = "framed TCP";

/// Messages handed to the socket in one call take this many bytes at most.
const JOINED: usize = 256 << 10;

/// How a reference run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes a message.
    size: usize,
    /// Messages outstanding.
    window: usize,
    /// Messages a socket call.
    batch: usize,
    /// With headers, padding and CRC.
    framed: bool,
}

/// Raw TCP, plain or framed.
pub struct Reference {
    framed: bool,
}

impl Reference {
    /// The bytes alone.
    #[must_use]
    pub fn plain() -> Self {
        Self { framed: false }
    }

    /// With MPA framing and CRC32C.
    #[must_use]
    pub fn framed() -> Self {
        Self { framed: true }
    }

    /// At 64 bytes the plain reference is one call a message: the wall every peer stands at.
    fn batch(&self, point: &Point) -> usize {
        let joined = point.window.min(JOINED / point.size.max(1)).max(1);
        if point.size <= 64 && !self.framed {
            1
        } else {
            joined
        }
    }
}

impl Contender for Reference {
    fn name(&self) -> &str {
        if self.framed { FRAMED } else { PLAIN }
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let (size, window) = (point.size, point.window);
        let shape = Shape {
            size,
            window,
            batch: self.batch(point),
            framed: self.framed,
        };
        let measured = match point.kind {
            Kind::HalfRoundTrip => measure::half_round_trip(shape, time),
            Kind::Send | Kind::Write => better(|wait| measure::stream(wait, shape, time / 2)),
            Kind::Read => better(|wait| measure::read(wait, shape, time / 2)),
            Kind::Connect if !self.framed => measure::connect(time),
            Kind::Connect | Kind::IdleMemory | Kind::Instructions => return Ok(Measured::NotMine),
        };
        let rate = measured.map_err(|error| error.to_string())?;
        Ok(Measured::Number(match point.unit {
            crate::point::Unit::MebibytesPerSecond => rate * size as f64 / f64::from(1 << 20),
            _ => rate,
        }))
    }
}

/// The larger of the rates with both ways of waiting.
fn better(mut measure: impl FnMut(Wait) -> io::Result<f64>) -> io::Result<f64> {
    Ok(measure(Wait::Sleep)?.max(measure(Wait::Poll)?))
}
