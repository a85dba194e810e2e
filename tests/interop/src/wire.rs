//! What goes over the link, read beside it: the two byte streams of a case's TCP connection.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::net::IpAddr;

use socket2::{Domain, Protocol, Socket, Type};
use softrnic_oracle::mpa::{Framing, Start};
use softrnic_oracle::sender;

use crate::world::World;

/// All that is sent and received, whatever the protocol: `ETH_P_ALL`.
const EVERYTHING: u16 = 3;
/// Segmentation may be the link's, so packets may be as long as IP has them.
const LONGEST: usize = 1 << 16;
const TCP: u8 = 6;
const SYN: u8 = 2;

/// Keeps what goes over all links from its making on.
pub(crate) struct Wire {
    socket: Socket,
}

/// One direction of a connection.
#[derive(Default)]
struct Stream {
    /// The first byte's number.
    start: Option<u32>,
    /// By number; what was sent again is there once.
    segments: BTreeMap<u32, Vec<u8>>,
}

/// The ULPDUs of either direction.
pub(crate) struct Said {
    pub(crate) by_us: Vec<Vec<u8>>,
    pub(crate) by_them: Vec<Vec<u8>>,
}

impl Wire {
    pub(crate) fn open() -> Self {
        let all = Protocol::from(i32::from(EVERYTHING.to_be()));
        let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(all));
        let socket = socket.unwrap_or_else(|e| panic!("a socket beside the link: {e}"));
        socket.set_nonblocking(true).expect("an option of sockets");
        Self { socket }
    }

    /// What was said in the connection of `world`'s port until now.
    pub(crate) fn said(mut self, world: &World) -> Said {
        let (mut ours, mut theirs) = (Stream::default(), Stream::default());
        let mut packet = vec![0; LONGEST];
        loop {
            match self.socket.read(&mut packet) {
                Ok(len) => {
                    let Some(segment) = Segment::of(&packet[..len], world.port()) else {
                        continue;
                    };
                    let is_ours = segment.from == world.ours();
                    let stream = if is_ours { &mut ours } else { &mut theirs };
                    stream.add(&segment);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => panic!("beside the link: {e}"),
            }
        }
        let (ours, theirs) = (ours.bytes(), theirs.bytes());
        let start = |stream: &[u8]| Start::parse(stream).expect("a start-up frame was sent");
        let (own, peer) = (start(&ours), start(&theirs));
        let framing = |other: &Start| Framing {
            crc: own.0.crc || peer.0.crc,
            markers: other.markers,
        };
        let ulpdus = |stream: &[u8], framing| {
            let ulpdus = sender::ulpdus(stream, framing);
            ulpdus.into_iter().map(|(_, ulpdu)| ulpdu).collect()
        };
        Said {
            by_us: ulpdus(&ours[own.1..], framing(&peer.0)),
            by_them: ulpdus(&theirs[peer.1..], framing(&own.0)),
        }
    }
}

/// A TCP segment.
struct Segment<'a> {
    from: IpAddr,
    number: u32,
    flags: u8,
    data: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Of this packet, if it is one from or to `port`.
    fn of(packet: &'a [u8], port: u16) -> Option<Self> {
        let (from, tcp) = match packet.first()? >> 4 {
            4 => over_four(packet)?,
            6 => over_six(packet)?,
            _ => return None,
        };
        let word = |at: usize| Some(u16::from_be_bytes(tcp.get(at..at + 2)?.try_into().ok()?));
        if word(0)? != port && word(2)? != port {
            return None;
        }
        Some(Self {
            from,
            number: u32::from(word(4)?) << 16 | u32::from(word(6)?),
            flags: *tcp.get(13)?,
            data: tcp.get(usize::from(tcp.get(12)? >> 4) * 4..)?,
        })
    }
}

/// Sender and TCP's part of an IPv4 packet (RFC 791 section 3.1).
fn over_four(packet: &[u8]) -> Option<(IpAddr, &[u8])> {
    let from: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
    let header = usize::from(packet[0] & 15) * 4;
    let length = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    (packet[9] == TCP).then_some((from.into(), packet.get(header..length)?))
}

/// The same of an IPv6 packet without extensions (RFC 8200 section 3).
fn over_six(packet: &[u8]) -> Option<(IpAddr, &[u8])> {
    const HEADER: usize = 40;
    let from: [u8; 16] = packet.get(8..24)?.try_into().ok()?;
    let length = usize::from(u16::from_be_bytes([packet[4], packet[5]]));
    let tcp = packet.get(HEADER..HEADER + length)?;
    (packet[6] == TCP).then_some((from.into(), tcp))
}

impl Stream {
    fn add(&mut self, segment: &Segment<'_>) {
        if segment.flags & SYN != 0 {
            self.start = Some(segment.number.wrapping_add(1));
        }
        let Some(start) = self.start else { return };
        let at = segment.number.wrapping_sub(start);
        let before = self.segments.get(&at).map_or(0, Vec::len);
        if segment.flags & SYN == 0 && segment.data.len() > before {
            self.segments.insert(at, segment.data.to_vec());
        }
    }

    /// The stream up to the first gap.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, data) in self.segments {
            let known = bytes.len().wrapping_sub(at as usize);
            if let Some(rest) = data.get(known..) {
                bytes.extend(rest);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{SYN, Segment, Stream};

    fn segment(number: u32, flags: u8, data: &[u8]) -> Segment<'_> {
        Segment {
            from: std::net::Ipv4Addr::LOCALHOST.into(),
            number,
            flags,
            data,
        }
    }

    #[test]
    fn a_stream_is_put_together_whatever_is_sent_again() {
        let mut stream = Stream::default();
        let start = u32::MAX - 2;
        stream.add(&segment(start, SYN, &[]));
        for (number, data) in [
            (1, &b"ab"[..]),
            (3, b"c"),
            (2, b"bcd"),
            (1, b"a"),
            (9, b"x"),
        ] {
            stream.add(&segment(start.wrapping_add(number), 0x10, data));
        }
        assert_eq!(stream.bytes(), b"abcd");
    }
}
