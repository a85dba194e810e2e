//! What offloads do with bytes: checksums, segments cut and joined, tags. RFC 1071, RFC 9293 section 3.1.

use crate::ndis::offload::{
    Beside, IP_FAILED, IP_GOOD, MAKE_IP, MAKE_TCP, MAKE_UDP, TCP_FAILED, TCP_GOOD, UDP_FAILED,
    UDP_GOOD,
};

/// Bytes of an Ethernet header.
pub(crate) const HEADER: usize = 14;
const TCP: u8 = 6;
const UDP: u8 = 17;
/// Of a TCP header's flags.
const FIN: u8 = 1;
const PSH: u8 = 8;
const ACK: u8 = 16;
const CWR: u8 = 128;

/// Where things are in a frame without a tag. Without extension headers, of which there are none here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) is_ipv6: bool,
    protocol: u8,
    /// Of TCP, UDP or whatever follows IP.
    pub(crate) body: usize,
    /// Of what IP says is its end.
    end: usize,
    fragment: bool,
}

fn word(frame: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*frame.get(at..)?.first_chunk()?))
}

fn put(frame: &mut [u8], at: usize, value: u16) {
    frame[at..at + 2].copy_from_slice(&value.to_be_bytes());
}

fn sequence(frame: &[u8], at: usize) -> u32 {
    let bytes = frame[at..].first_chunk().expect("a TCP header is there");
    u32::from_be_bytes(*bytes)
}

impl Places {
    /// Of a frame of IP's.
    pub(crate) fn of(frame: &[u8]) -> Option<Self> {
        match word(frame, 12)? {
            0x0800 => {
                let header = usize::from(*frame.get(HEADER)? & 0xF) * 4;
                let end = HEADER + usize::from(word(frame, HEADER + 2)?);
                (header >= 20 && end >= HEADER + header && end <= frame.len()).then_some(())?;
                Some(Self {
                    is_ipv6: false,
                    protocol: *frame.get(HEADER + 9)?,
                    body: HEADER + header,
                    end,
                    fragment: word(frame, HEADER + 6)? & 0x3FFF != 0,
                })
            }
            0x86DD => {
                let body = HEADER + 40;
                let end = body + usize::from(word(frame, HEADER + 4)?);
                (end <= frame.len()).then_some(())?;
                Some(Self {
                    is_ipv6: true,
                    protocol: *frame.get(HEADER + 6)?,
                    body,
                    end,
                    fragment: false,
                })
            }
            _ => None,
        }
    }

    /// Where the checksum of TCP or UDP is.
    fn checksum(&self) -> Option<usize> {
        match self.protocol {
            TCP if self.end >= self.body + 20 => Some(self.body + 16),
            UDP if self.end >= self.body + 8 => Some(self.body + 6),
            _ => None,
        }
    }

    /// Where TCP's data begins.
    fn data(&self, frame: &[u8]) -> Option<usize> {
        let header = usize::from(*frame.get(self.body + 12)? >> 4) * 4;
        let data = self.body + header;
        (self.protocol == TCP && !self.fragment && header >= 20 && data <= self.end).then_some(data)
    }

    /// The sum of the pseudo header, for so many bytes behind IP's header.
    fn pseudo(&self, frame: &[u8], length: usize) -> u32 {
        let addresses = match self.is_ipv6 {
            true => &frame[HEADER + 8..HEADER + 40],
            false => &frame[HEADER + 12..HEADER + 20],
        };
        sum(addresses) + u32::from(self.protocol) + length as u32
    }
}

fn sum(bytes: &[u8]) -> u32 {
    let pairs = bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u32::from(u16::from_be_bytes([high, low])),
        [high] => u32::from(high) << 8,
        _ => 0,
    });
    pairs.sum()
}

fn fold(mut sum: u32) -> u16 {
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum as u16
}

/// The verdicts of a NIC on the checksums of a frame.
pub(crate) fn verdicts(frame: &[u8]) -> u32 {
    let Some(places) = Places::of(frame) else {
        return 0;
    };
    let mut all = 0;
    if !places.is_ipv6 {
        let good = fold(sum(&frame[HEADER..places.body])) == 0xFFFF;
        all |= if good { IP_GOOD } else { IP_FAILED };
    }
    let Some(at) = places.checksum().filter(|_| !places.fragment) else {
        return all;
    };
    let absent = places.protocol == UDP && word(frame, at) == Some(0);
    let body = &frame[places.body..places.end];
    let good = absent || fold(places.pseudo(frame, body.len()) + sum(body)) == 0xFFFF;
    all | match (places.protocol, good) {
        (TCP, true) => TCP_GOOD,
        (TCP, false) => TCP_FAILED,
        (_, true) => UDP_GOOD,
        (_, false) => UDP_FAILED,
    }
}

fn make_ip(frame: &mut [u8], body: usize) {
    put(frame, HEADER + 10, 0);
    let made = !fold(sum(&frame[HEADER..body]));
    put(frame, HEADER + 10, made);
}

/// Makes the checksums that are asked for, as hardware does: over the bytes that are there, with the sum of the pseudo
/// header that TCP/IP left in the checksum's place.
pub(crate) fn make_checksums(frame: &mut [u8], asked: u32) {
    let Some(places) = Places::of(frame) else {
        return;
    };
    if asked & MAKE_IP != 0 && !places.is_ipv6 {
        make_ip(frame, places.body);
    }
    let wanted = match places.protocol {
        TCP => MAKE_TCP,
        UDP => MAKE_UDP,
        _ => 0,
    };
    if let Some(at) = places.checksum().filter(|_| asked & wanted != 0) {
        let made = !fold(sum(&frame[places.body..places.end]));
        put(frame, at, made);
    }
}

/// Prepares a frame for a NIC that makes the checksum: the sum of the pseudo header, of a large send without the length.
/// Where TCP's header is; `None` when it is no TCP.
pub(crate) fn leave_pseudo(frame: &mut [u8], is_large: bool) -> Option<Places> {
    let places = Places::of(frame)?;
    places.data(frame)?;
    let length = if is_large {
        0
    } else {
        places.end - places.body
    };
    let left = fold(places.pseudo(frame, length));
    put(frame, places.body + 16, left);
    Some(places)
}

/// Cuts a large send into segments.
pub(crate) fn segments(frame: &[u8], large: u32) -> Vec<Vec<u8>> {
    let mss = (large & 0xF_FFFF) as usize;
    // TCP/IP need not have written the length, which may be more than fits there.
    let Some((places, data)) = places_of_large(frame).filter(|_| mss != 0) else {
        return Vec::new();
    };
    let pieces: Vec<&[u8]> = frame[data..].chunks(mss).collect();
    let last = pieces.len().saturating_sub(1);
    let mut at = 0;
    let mut all = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let mut one = [&frame[..data], piece].concat();
        let flags = &mut one[places.body + 13];
        *flags &= if index == last { 0xFF } else { !(FIN | PSH) };
        *flags &= if index == 0 { 0xFF } else { !CWR };
        let number = sequence(frame, places.body + 4).wrapping_add(at as u32);
        one[places.body + 4..places.body + 8].copy_from_slice(&number.to_be_bytes());
        if !places.is_ipv6 {
            let id = word(frame, HEADER + 4)
                .unwrap_or(0)
                .wrapping_add(index as u16);
            put(&mut one, HEADER + 4, id);
        }
        let length = one.len() - places.body;
        set_length(&mut one, &places);
        let left = word(frame, places.body + 16).unwrap_or(0);
        let start = fold(u32::from(left) + length as u32);
        put(&mut one, places.body + 16, start);
        make_checksums(&mut one, MAKE_TCP | MAKE_IP);
        at += piece.len();
        all.push(one);
    }
    all
}

fn places_of_large(frame: &[u8]) -> Option<(Places, usize)> {
    let is_ipv6 = word(frame, 12)? == 0x86DD;
    let body = match is_ipv6 {
        true => HEADER + 40,
        false => HEADER + usize::from(*frame.get(HEADER)? & 0xF) * 4,
    };
    let places = Places {
        is_ipv6,
        protocol: TCP,
        body,
        end: frame.len(),
        fragment: false,
    };
    let data = places.data(frame)?;
    Some((places, data))
}

fn set_length(frame: &mut [u8], places: &Places) {
    let (at, from) = match places.is_ipv6 {
        true => (HEADER + 4, places.body),
        false => (HEADER + 2, HEADER),
    };
    let length = (frame.len() - from) as u16;
    put(frame, at, length);
}

/// A frame, and what goes beside it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) frame: Vec<u8>,
    pub(crate) beside: Beside,
    /// Bytes of data in the first of the segments it is made of.
    pub(crate) unit: usize,
}

impl Told {
    pub(crate) fn new(frame: Vec<u8>, beside: Beside) -> Self {
        let data = |places: Places| Some(places.end - places.data(&frame)?);
        let unit = Places::of(&frame).and_then(data).unwrap_or(0);
        Self {
            frame,
            beside,
            unit,
        }
    }
}

/// Which segments may be joined.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joining {
    /// IPv4, IPv6.
    pub(crate) families: [bool; 2],
    /// All but the last have as many bytes.
    pub(crate) equal: bool,
    /// Bytes of data in one.
    pub(crate) most: usize,
}

/// Joins neighbours that are segments of one stream, one after the other; `joined` counts them.
pub(crate) fn join(all: impl IntoIterator<Item = Told>, how: Joining) -> Vec<Told> {
    let mut joined: Vec<Told> = Vec::new();
    for next in all {
        if let Some(last) = joined.last_mut()
            && follows(last, &next, how)
        {
            append(last, &next);
            continue;
        }
        joined.push(next);
    }
    joined
}

fn follows(last: &Told, next: &Told, how: Joining) -> bool {
    let pair = Places::of(&last.frame).zip(Places::of(&next.frame));
    let Some((one, two)) = pair else { return false };
    let data = one.data(&last.frame).zip(two.data(&next.frame));
    let Some((from, to)) = data else { return false };
    let (before, more) = (one.end - from, two.end - to);
    let same =
        |range: std::ops::Range<usize>| last.frame.get(range.clone()) == next.frame.get(range);
    let ip = match one.is_ipv6 {
        true => same(HEADER + 6..HEADER + 40),
        false => {
            one.body == HEADER + 20 && same(HEADER + 8..HEADER + 10) && same(HEADER + 12..one.body)
        }
    };
    let plain = |frame: &[u8], places: &Places| frame[places.body + 13] & !PSH == ACK;
    // A segment that was pushed ends what is joined.
    let pushed = last.frame[one.body + 13] & PSH != 0;
    let fits = !how.equal || before.is_multiple_of(last.unit.max(1)) && more <= last.unit;
    how.families[usize::from(one.is_ipv6)]
        && (one.is_ipv6, one.body, from) == (two.is_ipv6, two.body, to)
        && same(0..HEADER)
        && ip
        && same(one.body..one.body + 4)
        && same(one.body + 20..from)
        && plain(&last.frame, &one)
        && plain(&next.frame, &two)
        && !pushed
        && (last.beside.checksum, last.beside.tag) == (next.beside.checksum, next.beside.tag)
        && before > 0
        && more > 0
        && before + more <= how.most
        && fits
        && sequence(&last.frame, one.body + 4).wrapping_add(before as u32)
            == sequence(&next.frame, two.body + 4)
}

fn append(last: &mut Told, next: &Told) {
    let (Some(one), Some(two)) = (Places::of(&last.frame), Places::of(&next.frame)) else {
        return;
    };
    let data = two.data(&next.frame).unwrap_or(two.end);
    // Padding of a short frame is no data.
    last.frame.truncate(one.end);
    last.frame.extend_from_slice(&next.frame[data..two.end]);
    // The acknowledgement and window are the newest's, and it may push.
    last.frame[one.body + 8..one.body + 12]
        .copy_from_slice(&next.frame[two.body + 8..two.body + 12]);
    last.frame[one.body + 13] |= next.frame[two.body + 13];
    last.frame[one.body + 14..one.body + 16]
        .copy_from_slice(&next.frame[two.body + 14..two.body + 16]);
    set_length(&mut last.frame, &one);
    if !one.is_ipv6 {
        make_ip(&mut last.frame, one.body);
    }
    last.beside.joined = last.beside.joined.max(1) + 1;
}

/// Puts a tag into a frame.
pub(crate) fn insert_tag(frame: &mut Vec<u8>, tag: u32) {
    let control = (tag & 0b111) << 13 | (tag >> 3 & 1) << 12 | tag >> 4 & 0xFFF;
    let [high, low] = (control as u16).to_be_bytes();
    frame.splice(12..12, [0x81, 0x00, high, low]);
}

/// Takes the tag out of a frame; 0 when there is none.
pub(crate) fn take_tag(frame: &mut Vec<u8>) -> u32 {
    if word(frame, 12) != Some(0x8100) || frame.len() < HEADER + 4 {
        return 0;
    }
    let control = u32::from(word(frame, HEADER).unwrap_or(0));
    frame.drain(12..16);
    control >> 13 | (control >> 12 & 1) << 3 | (control & 0xFFF) << 4
}
