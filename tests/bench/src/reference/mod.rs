//! Raw TCP: what the same job costs with nothing but sockets.
//!
//! Two threads, one connection over loopback. Where time counts both poll, or both sleep, as the point says; where rate
//! does, the better of polling and sleeping counts, as it differs with the size. `plain` moves the bytes; `framed` adds
//! what iWARP must add: headers, padding and a CRC32C computed by one side and checked by the other. Nothing on the way
//! to the provider can be cheaper. `buffered` does the same as a driver of the emulated kernel must: what arrives is read into
//! a buffer and copied from there to its place, where Windows lends the memory it arrived in and the other two read it in place.

pub(crate) mod frame;
mod many;
mod measure;
pub(crate) mod socket;

use std::{io, time::Duration};

use self::socket::Wait;
use crate::{
    point::{self, Kind, Point, Segment, Verb},
    rounds::{Contender, Measured, Role},
};

/// Plain TCP in tables.
pub const PLAIN: &str = "TCP";
/// TCP with framing and CRC in tables.
pub const FRAMED: &str = "framed TCP";
/// The same, through a buffer.
pub const BUFFERED: &str = "framed TCP, buffered";

/// Messages handed to the socket in one call take this many bytes at most.
pub(crate) const JOINED: usize = 256 << 10;

/// How a reference run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes a message.
    size: usize,
    /// Messages asked for at once, of reads. (What was sent is done when TCP has it, as the peers count.)
    window: usize,
    /// Messages a socket call.
    batch: usize,
    /// With headers, padding and CRC.
    framed: bool,
    /// Received into a buffer first.
    buffered: bool,
    /// Payload of an FPDU at most.
    fpdu: usize,
}

/// Payload of an FPDU at most.
pub(crate) fn fpdu(point: &Point) -> usize {
    match point.segment {
        Segment::Loopback => frame::LOOPBACK,
        Segment::Ethernet => frame::ETHERNET,
    }
}

/// Raw TCP, plain or framed.
pub struct Reference {
    framed: bool,
    buffered: bool,
}

impl Reference {
    /// The bytes alone.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            framed: false,
            buffered: false,
        }
    }

    /// With MPA framing and CRC32C.
    #[must_use]
    pub fn framed() -> Self {
        Self {
            framed: true,
            buffered: false,
        }
    }

    /// As `framed`, received into a buffer first.
    #[must_use]
    pub fn buffered() -> Self {
        Self {
            framed: true,
            buffered: true,
        }
    }

    /// At 64 bytes, and of reads, the plain reference is one call a message: the wall every peer stands at.
    fn batch(&self, point: &Point) -> usize {
        let joined = point.window.min(JOINED / point.size.max(1)).max(1);
        let read = matches!(point.kind, Kind::Time(Verb::Read) | Kind::Rate(Verb::Read));
        if !self.framed && (point.size <= 64 || read) {
            1
        } else {
            joined
        }
    }

    pub(crate) fn shape(&self, point: &Point) -> Shape {
        Shape {
            size: point.size,
            window: point.window,
            batch: self.batch(point),
            framed: self.framed,
            buffered: self.buffered,
            fpdu: fpdu(point),
        }
    }

    fn is_framed(&self) -> bool {
        self.framed && !self.buffered
    }

    fn number(&self, point: &Point, time: Duration) -> io::Result<Option<f64>> {
        let shape = self.shape(point);
        let wait = match point.wait {
            point::Wait::Poll | point::Wait::Hybrid => Wait::Poll,
            point::Wait::Sleep => Wait::Sleep,
        };
        let of_rate = |rate| point.unit.of_rate(rate, point.size);
        Ok(Some(match point.kind {
            Kind::Rate(Verb::Send | Verb::Write) if point.connections > 1 && self.is_framed() => {
                of_rate(many::stream(shape, point.connections, time)?)
            }
            _ if point.connections > 1 => return Ok(None),
            // Small frames are read into a buffer in any case.
            _ if self.buffered && point.size < frame::IN_PLACE => return Ok(None),
            Kind::Time(Verb::Read) => measure::read(wait, shape, time)?.microseconds,
            Kind::Time(_) => measure::half_round_trip(wait, shape, time)?,
            Kind::Rate(Verb::Read) => of_rate(better(|wait| {
                Ok(measure::read(wait, shape, time / 2)?.rate)
            })?),
            Kind::Rate(_) => of_rate(better(|wait| {
                Ok(measure::stream(wait, shape, time / 2)?.rate)
            })?),
            Kind::Processor => measure::stream(Wait::Sleep, shape, time)?.seconds_per_gibibyte,
            Kind::Connect if !self.framed => measure::connect(time)?,
            Kind::Connect | Kind::Idle | Kind::IdleMemory | Kind::Crc => return Ok(None),
        }))
    }
}

impl Contender for Reference {
    fn name(&self) -> &str {
        match (self.framed, self.buffered) {
            (false, _) => PLAIN,
            (true, false) => FRAMED,
            (true, true) => BUFFERED,
        }
    }

    fn role(&self) -> Role {
        Role::Reference
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let number = self
            .number(point, time)
            .map_err(|error| error.to_string())?;
        Ok(number.map_or(Measured::NotMine, Measured::Number))
    }
}

/// The larger of the rates with both ways of waiting.
fn better(mut measure: impl FnMut(Wait) -> io::Result<f64>) -> io::Result<f64> {
    Ok(measure(Wait::Sleep)?.max(measure(Wait::Poll)?))
}

/// How often a thread sleeps for a message, in a ping-pong of two that sleep.
///
/// # Errors
///
/// When the sockets fail.
pub fn sleeps_a_message(time: Duration) -> Result<f64, String> {
    let point = Point::time(Verb::Send, 64);
    let shape = Reference::plain().shape(&point);
    measure::sleeps_a_message(shape, time).map_err(|error| error.to_string())
}
