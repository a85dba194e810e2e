//! What is measured: the points of the comparison.

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Half of the time a message takes there and one takes back.
    HalfRoundTrip,
    /// One-way rate of sends.
    Send,
    /// One-way rate of RDMA writes.
    Write,
    /// Rate of RDMA reads.
    Read,
    /// Connections made, used once and ended, one after the other.
    Connect,
    /// Kernel memory of a connection nothing happens on.
    IdleMemory,
    /// Instructions of the provider an operation takes, both sides, sockets left out.
    Instructions,
}

/// What a point is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds: fewer are better.
    Microseconds,
    /// MiB a second.
    MebibytesPerSecond,
    /// Operations a second.
    PerSecond,
    /// Bytes: fewer are better.
    Bytes,
    /// Instructions: fewer are better.
    Instructions,
}

impl Unit {
    /// How tables write it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::MebibytesPerSecond => "MiB/s",
            Self::PerSecond => "/s",
            Self::Bytes => "B",
            Self::Instructions => "instr",
        }
    }

    /// Whether a smaller number is the better one.
    #[must_use]
    pub fn smaller_is_better(self) -> bool {
        matches!(self, Self::Microseconds | Self::Bytes | Self::Instructions)
    }
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// `write 1 MiB w16`.
    pub name: String,
    /// What happens.
    pub kind: Kind,
    /// Bytes a message.
    pub size: usize,
    /// Messages outstanding at most.
    pub window: usize,
    /// What the number means.
    pub unit: Unit,
}

impl Point {
    fn new(name: &str, kind: Kind, size: usize, window: usize, unit: Unit) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            size,
            window,
            unit,
        }
    }
}

/// Every point, in the order of the table.
#[must_use]
pub fn all() -> Vec<Point> {
    let mut points = Vec::new();
    for size in [64, 4096] {
        let name = format!("half round trip {}", bytes(size));
        points.push(Point::new(
            &name,
            Kind::HalfRoundTrip,
            size,
            1,
            Unit::Microseconds,
        ));
    }
    for (word, kind) in [
        ("write", Kind::Write),
        ("read", Kind::Read),
        ("send", Kind::Send),
    ] {
        for size in [4096, 65_536, 1 << 20] {
            let name = format!("{word} {} w16", bytes(size));
            points.push(Point::new(&name, kind, size, 16, Unit::MebibytesPerSecond));
        }
    }
    points.push(Point::new(
        "send rate 64 B w128",
        Kind::Send,
        64,
        128,
        Unit::PerSecond,
    ));
    points.push(Point::new(
        "connections",
        Kind::Connect,
        0,
        1,
        Unit::PerSecond,
    ));
    points.push(Point::new(
        "idle connection memory",
        Kind::IdleMemory,
        0,
        0,
        Unit::Bytes,
    ));
    for size in [64, 4096] {
        let name = format!("instructions of a send {}", bytes(size));
        points.push(Point::new(
            &name,
            Kind::Instructions,
            size,
            1,
            Unit::Instructions,
        ));
    }
    points
}

fn bytes(size: usize) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..0x10_0000 => format!("{} KiB", size >> 10),
        _ => format!("{} MiB", size >> 20),
    }
}
