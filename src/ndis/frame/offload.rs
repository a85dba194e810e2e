//! What the NIC below does for those who use it: checksums, cutting large sends into segments,
//! joining received segments. The adapter passes it on, less what the administrator or the layers
//! above switched off; it does nothing of it itself.
//!
//! The words are those of `NDIS_OFFLOAD` and `NDIS_OFFLOAD_PARAMETERS`, read and written without
//! pointers.

/// IPv4, then IPv6: the order of every pair in here.
pub(in crate::ndis) const FAMILIES: usize = 2;

/// Where the IP header follows the Ethernet header; `NDIS_ENCAPSULATION_IEEE_802_3`.
pub(in crate::ndis) const PLAIN: u32 = 2;
/// As `PLAIN`, with an 802.1Q tag beside the frame (`…_P_AND_Q_IN_OOB`) or in it (`…_P_AND_Q`).
const TAGGED: u32 = 8;
const TAGGED_WITHIN: u32 = 4;

/// Two-bit fields of a word of [`Checksums`]. What else is in it says which options headers may have.
const TCP: u32 = 0b11 << 4;
const UDP: u32 = 0b11 << 6;
const IP: u32 = 0b11 << 8;

/// Checksums of one family in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Checksums {
    pub(in crate::ndis) encapsulation: u32,
    pub(in crate::ndis) fields: u32,
}

/// Large sends of one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct LargeSends {
    pub(in crate::ndis) encapsulation: u32,
    /// Bytes in one.
    pub(in crate::ndis) most: u32,
    /// Segments in one.
    pub(in crate::ndis) least: u32,
    /// Which options headers may have; of IPv6 only.
    pub(in crate::ndis) fields: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Offloads {
    pub(in crate::ndis) send: [Checksums; FAMILIES],
    pub(in crate::ndis) receive: [Checksums; FAMILIES],
    pub(in crate::ndis) large: [LargeSends; FAMILIES],
    /// Received segments are joined.
    pub(in crate::ndis) joins: [bool; FAMILIES],
}

/// A checksum, sent and received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Ways {
    pub(in crate::ndis) send: bool,
    pub(in crate::ndis) receive: bool,
}

/// What may be used of what there is: by the keywords, then by `OID_TCP_OFFLOAD_PARAMETERS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Switches {
    /// Of IPv4's own header.
    pub(in crate::ndis) ip: Ways,
    pub(in crate::ndis) tcp: [Ways; FAMILIES],
    pub(in crate::ndis) udp: [Ways; FAMILIES],
    pub(in crate::ndis) large: [bool; FAMILIES],
    pub(in crate::ndis) joins: [bool; FAMILIES],
}

impl Ways {
    const BOTH: Self = Self {
        send: true,
        receive: true,
    };

    /// As keywords have it: 1 is sent, 2 is received.
    pub(in crate::ndis) fn of_keyword(value: u32) -> Self {
        Self {
            send: value & 1 != 0,
            receive: value & 2 != 0,
        }
    }

    /// As `NDIS_OFFLOAD_PARAMETERS` has it; `None` is unknown.
    fn of_parameter(value: u8, now: Self) -> Option<Self> {
        let (send, receive) = match value {
            0 => return Some(now),
            1 => (false, false),
            2 => (true, false),
            3 => (false, true),
            4 => (true, true),
            _ => return None,
        };
        Some(Self { send, receive })
    }
}

/// Why a request was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) enum Senseless {
    /// So many bytes are needed.
    Length(usize),
    /// A value that means nothing.
    Value,
    /// Something there never is.
    Absent,
}

impl Switches {
    pub(in crate::ndis) const ALL: Self = Self {
        ip: Ways::BOTH,
        tcp: [Ways::BOTH; FAMILIES],
        udp: [Ways::BOTH; FAMILIES],
        large: [true; FAMILIES],
        joins: [true; FAMILIES],
    };

    /// As a set of `OID_TCP_OFFLOAD_PARAMETERS` has them; what it does not mention stays.
    pub(in crate::ndis) fn changed(self, parameters: &[u8]) -> Result<Self, Senseless> {
        /// Of revision 1; receive coalescing came later.
        const LEAST: usize = 20;
        if parameters.len() < LEAST {
            return Err(Senseless::Length(LEAST));
        }
        let at = |place: usize| parameters.get(place).copied().unwrap_or(0);
        // Large sends of version 1, IPsec and connections; tunnels: what is on there is 2 or more.
        let absent = [9, 10, 13, 14, 20, 21, 24];
        if absent.iter().any(|place| at(*place) > 1) {
            return Err(Senseless::Absent);
        }
        let ways = |place, now| Ways::of_parameter(at(place), now).ok_or(Senseless::Value);
        let switch = |place, now| match at(place) {
            0 => Ok(now),
            1 => Ok(false),
            2 => Ok(true),
            _ => Err(Senseless::Value),
        };
        let ([tcp4, tcp6], [udp4, udp6]) = (self.tcp, self.udp);
        let ([large4, large6], [joins4, joins6]) = (self.large, self.joins);
        Ok(Self {
            ip: ways(4, self.ip)?,
            tcp: [ways(5, tcp4)?, ways(7, tcp6)?],
            udp: [ways(6, udp4)?, ways(8, udp6)?],
            large: [switch(11, large4)?, switch(12, large6)?],
            joins: [switch(22, joins4)?, switch(23, joins6)?],
        })
    }

    /// Joined segments come with no checksum of their own: who wants to look at those has none
    /// joined.
    pub(in crate::ndis) fn joins(&self) -> [bool; FAMILIES] {
        let [four, six] = self.joins;
        let [tcp4, tcp6] = self.tcp;
        [four && tcp4.receive && self.ip.receive, six && tcp6.receive]
    }
}

impl Offloads {
    pub(in crate::ndis) const NONE: Self = Self {
        send: [Checksums {
            encapsulation: 0,
            fields: 0,
        }; FAMILIES],
        receive: [Checksums {
            encapsulation: 0,
            fields: 0,
        }; FAMILIES],
        large: [LargeSends {
            encapsulation: 0,
            most: 0,
            least: 0,
            fields: 0,
        }; FAMILIES],
        joins: [false; FAMILIES],
    };

    /// What of it is to be used by Ethernet frames; all of which will have a tag, if `tagged`.
    pub(in crate::ndis) fn within(&self, switches: &Switches, tagged: bool) -> Self {
        let sent = |of: &dyn Fn(Ways) -> bool, family: usize| fields(switches, family, of);
        let checksums = |all: [Checksums; FAMILIES], way: &dyn Fn(Ways) -> bool| {
            let [four, six] = all;
            [
                four.within(sent(way, 0), tagged),
                six.within(sent(way, 1), tagged),
            ]
        };
        let ([large4, large6], [on4, on6]) = (self.large, switches.large);
        let ([joins4, joins6], [join4, join6]) = (self.joins, switches.joins());
        Self {
            send: checksums(self.send, &|ways| ways.send),
            receive: checksums(self.receive, &|ways| ways.receive),
            large: [large4.within(on4, tagged), large6.within(on6, tagged)],
            joins: [joins4 && join4, joins6 && join6],
        }
    }
}

/// The checksums of a family that are switched on, in one direction.
fn fields(switches: &Switches, family: usize, way: &dyn Fn(Ways) -> bool) -> u32 {
    let at = |ways: &[Ways; FAMILIES]| ways.get(family).is_some_and(|ways| way(*ways));
    let when = |on, field| if on { field } else { 0 };
    when(at(&switches.tcp), TCP)
        | when(at(&switches.udp), UDP)
        | when(family == 0 && way(switches.ip), IP)
}

/// What of these encapsulations frames have; nothing, if theirs is not among them.
fn encapsulation(offered: u32, tagged: bool) -> u32 {
    let needed = if tagged { PLAIN | TAGGED } else { PLAIN };
    if offered & needed == needed {
        offered & (PLAIN | TAGGED | TAGGED_WITHIN)
    } else {
        0
    }
}

impl Checksums {
    fn within(self, wanted: u32, tagged: bool) -> Self {
        let fields = self.fields & (wanted | !(TCP | UDP | IP));
        let encapsulation = encapsulation(self.encapsulation, tagged);
        if encapsulation == 0 || fields & (TCP | UDP | IP) == 0 {
            return Self::default();
        }
        Self {
            encapsulation,
            fields,
        }
    }

    pub(super) fn has_tcp(self) -> bool {
        self.fields & TCP != 0
    }

    pub(super) fn has_udp(self) -> bool {
        self.fields & UDP != 0
    }

    pub(super) fn has_ip(self) -> bool {
        self.fields & IP != 0
    }
}

impl LargeSends {
    fn within(self, on: bool, tagged: bool) -> Self {
        let encapsulation = encapsulation(self.encapsulation, tagged);
        if !on || encapsulation == 0 {
            return Self::default();
        }
        Self {
            encapsulation,
            ..self
        }
    }
}

/// `OID_OFFLOAD_ENCAPSULATION`: frames of both families are Ethernet's, and begin with its header.
pub(in crate::ndis) fn is_encapsulation(request: &[u8]) -> Result<bool, Senseless> {
    /// Whether it is set, to what, and the length of the header before IP's.
    const GROUPS: [usize; FAMILIES] = [4, 16];
    const WHOLE: usize = 28;
    if request.len() < WHOLE {
        return Err(Senseless::Length(WHOLE));
    }
    let word = |at: usize| {
        let bytes = request.get(at..)?.first_chunk()?;
        Some(u32::from_ne_bytes(*bytes))
    };
    let fits = |at: usize| word(at) != Some(1) || word(at + 4) == Some(PLAIN);
    Ok(GROUPS.into_iter().all(fits))
}
