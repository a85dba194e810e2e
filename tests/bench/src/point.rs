//! What is measured: the points of the comparison.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What moves the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// A send into a posted receive.
    Send,
    /// An RDMA write.
    Write,
    /// An RDMA read.
    Read,
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Half of the time a message takes there and one takes back; of a read, the whole time from its request to its
    /// bytes. NDK tells nobody of a write: ours has an empty send behind it, which goes out with it.
    Time(Verb),
    /// One-way rate.
    Rate(Verb),
    /// Processor time of both sides for a GiB of writes.
    Processor,
    /// Connections made, used once and ended, one after the other.
    Connect,
    /// Processor time of both ends of a connection that nothing happens on.
    Idle,
    /// Kernel memory of a connection nothing happens on.
    IdleMemory,
    /// The checksum alone.
    Crc,
}

/// How both sides wait for what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// They poll, each on a processor of its own.
    Poll,
    /// They poll for 50 µs, then sleep.
    Hybrid,
    /// They sleep at once.
    Sleep,
}

impl Wait {
    /// How long a machine's network thread polls before it sleeps.
    pub(crate) fn spin(self) -> Duration {
        match self {
            // Longer than any gap between two messages.
            Self::Poll => Duration::from_micros(500),
            Self::Hybrid => Duration::from_micros(50),
            Self::Sleep => Duration::ZERO,
        }
    }
}

/// What TCP's segments are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    /// Loopback's packets of 64 KiB.
    Loopback,
    /// Ethernet's frames.
    Ethernet,
}

/// What a point is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Microseconds: fewer are better.
    Microseconds,
    /// MiB a second.
    MebibytesPerSecond,
    /// Operations a second.
    PerSecond,
    /// Seconds of a processor for a GiB: fewer are better.
    SecondsPerGibibyte,
    /// Hundredths of a processor: fewer are better.
    Percent,
    /// Bytes: fewer are better.
    Bytes,
}

impl Unit {
    /// How tables write it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::MebibytesPerSecond => "MiB/s",
            Self::PerSecond => "/s",
            Self::SecondsPerGibibyte => "s/GiB",
            Self::Percent => "%",
            Self::Bytes => "B",
        }
    }

    /// Whether a smaller number is the better one.
    #[must_use]
    pub fn smaller_is_better(self) -> bool {
        !matches!(self, Self::MebibytesPerSecond | Self::PerSecond)
    }

    /// `per_second` operations of `size` bytes a second, in this unit.
    #[must_use]
    pub fn of_rate(self, per_second: f64, size: usize) -> f64 {
        match self {
            Self::MebibytesPerSecond => per_second * size as f64 / f64::from(1 << 20),
            _ => per_second,
        }
    }
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// `write 1 MiB w16`.
    pub name: String,
    /// What happens.
    pub kind: Kind,
    /// Bytes a message.
    pub size: usize,
    /// Messages outstanding at most, on each connection.
    pub window: usize,
    /// Connections at once.
    pub connections: usize,
    /// How both sides wait.
    pub wait: Wait,
    /// What TCP's segments are made for.
    pub segment: Segment,
    /// What the number means.
    pub unit: Unit,
}

impl Point {
    fn new(name: String, kind: Kind, size: usize, window: usize, unit: Unit) -> Self {
        Self {
            name,
            kind,
            size,
            window,
            connections: 1,
            wait: Wait::Poll,
            segment: Segment::Loopback,
            unit,
        }
    }

    /// Whether peers do the same: on one connection, over loopback as it is, polling or sleeping.
    pub(crate) fn is_for_peers(&self) -> bool {
        let timed = matches!(self.kind, Kind::Time(_));
        self.connections == 1
            && self.segment == Segment::Loopback
            && !(timed && self.wait == Wait::Hybrid)
    }

    /// `send 64 B time`.
    pub(crate) fn time(verb: Verb, size: usize) -> Self {
        let name = format!("{} {} time", word(verb), bytes(size));
        Self::new(name, Kind::Time(verb), size, 1, Unit::Microseconds)
    }

    /// `write 1 MiB w16`; in operations a second when messages are small.
    pub(crate) fn rate(verb: Verb, size: usize, window: usize) -> Self {
        let name = format!("{} {} w{window}", word(verb), bytes(size));
        let unit = if size < 1024 {
            Unit::PerSecond
        } else {
            Unit::MebibytesPerSecond
        };
        Self::new(name, Kind::Rate(verb), size, window, unit)
    }

    /// `processor of write 1 MiB w16`.
    pub(crate) fn processor(size: usize) -> Self {
        let name = format!("processor of write {} w16", bytes(size));
        let point = Self::new(name, Kind::Processor, size, 16, Unit::SecondsPerGibibyte);
        point.waiting(Wait::Hybrid, "")
    }

    /// A point without messages.
    pub(crate) fn plain(name: &str, kind: Kind, unit: Unit) -> Self {
        Self::new(name.to_owned(), kind, 0, 1, unit).waiting(Wait::Hybrid, "")
    }

    /// `CRC32C 4 KiB`.
    pub(crate) fn crc(size: usize) -> Self {
        let name = format!("CRC32C {}", bytes(size));
        Self::new(name, Kind::Crc, size, 1, Unit::MebibytesPerSecond)
    }

    /// The same with another way of waiting.
    pub(crate) fn waiting(mut self, wait: Wait, suffix: &str) -> Self {
        self.wait = wait;
        self.name += suffix;
        self
    }

    /// The same with segments for Ethernet.
    pub(crate) fn in_frames(mut self) -> Self {
        self.segment = Segment::Ethernet;
        self.name += ", Ethernet segments";
        self
    }

    /// The same on many connections at once.
    pub(crate) fn on(mut self, connections: usize) -> Self {
        self.connections = connections;
        self.name += &format!(", {connections} connections");
        self
    }
}

fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Send => "send",
        Verb::Write => "write",
        Verb::Read => "read",
    }
}

pub(crate) fn bytes(size: usize) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..0x10_0000 => format!("{} KiB", size >> 10),
        _ => format!("{} MiB", size >> 20),
    }
}
