//! MPA: startup frames and FPDUs.

use crate::receiver::Rule;

/// CRC32C, bit by bit (RFC 3720 appendix B.4): reflected polynomial 0x82f63b78.
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    let mut rest = u32::MAX;
    for byte in bytes {
        rest ^= u32::from(*byte);
        for _ in 0..8 {
            let out = rest & 1 == 1;
            rest >>= 1;
            if out {
                rest ^= 0x82f6_3b78;
            }
        }
    }
    !rest
}

/// A startup frame (RFC 5044 section 7.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub reply: bool,
    /// M: the sender wants markers in what it receives.
    pub markers: bool,
    /// C: the sender wants CRC32C.
    pub crc: bool,
    /// R: rejected.
    pub reject: bool,
    pub revision: u8,
    /// S, and the first four bytes of private data (RFC 6581 section 9).
    pub enhanced: Option<Enhanced>,
    pub private: Vec<u8>,
}

/// RFC 6581: reads and the ready-to-receive frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enhanced {
    /// A: peer-to-peer.
    pub peer: bool,
    /// B, C, D: zero-length Send, Write, Read as ready-to-receive.
    pub send: bool,
    pub write: bool,
    pub read: bool,
    pub ird: u16,
    pub ord: u16,
}

const REQUEST: &[u8; 16] = b"MPA ID Req Frame";
const REPLY: &[u8; 16] = b"MPA ID Rep Frame";

fn bit(set: bool, mask: u16) -> u16 {
    if set { mask } else { 0 }
}

impl Start {
    /// The frame's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut private = Vec::new();
        if let Some(enhanced) = self.enhanced {
            let ird = enhanced.ird | bit(enhanced.peer, 0x8000) | bit(enhanced.send, 0x4000);
            let ord = enhanced.ord | bit(enhanced.write, 0x8000) | bit(enhanced.read, 0x4000);
            private.extend(ird.to_be_bytes());
            private.extend(ord.to_be_bytes());
        }
        private.extend(&self.private);
        let word = bit(self.markers, 0x8000)
            | bit(self.crc, 0x4000)
            | bit(self.reject, 0x2000)
            | bit(self.enhanced.is_some(), 0x1000)
            | u16::from(self.revision);
        let mut frame = if self.reply { REPLY } else { REQUEST }.to_vec();
        frame.extend(word.to_be_bytes());
        frame.extend((private.len() as u16).to_be_bytes());
        frame.extend(private);
        frame
    }

    /// The frame at the beginning of `bytes` and its length; `None` if there is no whole, legal
    /// one of revision 0, 1 or 2.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let key = bytes.get(..16)?;
        let reply = key == REPLY;
        if !reply && key != REQUEST {
            return None;
        }
        let word = u16::from_be_bytes(bytes.get(16..18)?.try_into().ok()?);
        let len = usize::from(u16::from_be_bytes(bytes.get(18..20)?.try_into().ok()?));
        let mut private = bytes.get(20..20 + len)?;
        let revision = word as u8;
        if len > 512 || revision > 2 {
            return None;
        }
        let enhanced = if revision == 2 && word & 0x1000 != 0 {
            let [a, b, c, d] = *private.first_chunk::<4>()?;
            private = &private[4..];
            let (ird, ord) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            Some(Enhanced {
                peer: ird & 0x8000 != 0,
                send: ird & 0x4000 != 0,
                write: ord & 0x8000 != 0,
                read: ord & 0x4000 != 0,
                ird: ird & 0x3fff,
                ord: ord & 0x3fff,
            })
        } else {
            None
        };
        let start = Self {
            reply,
            markers: word & 0x8000 != 0,
            crc: word & 0x4000 != 0,
            reject: word & 0x2000 != 0,
            revision,
            enhanced,
            private: private.to_vec(),
        };
        Some((start, 20 + len))
    }
}

/// What was agreed for one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    pub crc: bool,
    pub markers: bool,
}

/// Writes FPDUs; `bytes` is the stream so far.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    pub framing: Framing,
    pub bytes: Vec<u8>,
}

/// What is wrong with an FPDU on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Added to ULPDU_Length, the CRC being right for it.
    pub length: i32,
    /// XORed into the CRC.
    pub crc: u32,
    /// XORed into FPDUPTR of the markers in this FPDU, if there are any.
    pub marker: u16,
}

impl Writer {
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self {
            framing,
            bytes: Vec::new(),
        }
    }

    /// Appends an FPDU around `ulpdu`. `pad` gives the pad bytes' value, `unchecked` the CRC field's
    /// where no CRC was agreed on: both are the sender's to choose.
    pub fn fpdu(&mut self, ulpdu: &[u8], pad: u8, unchecked: u32, fault: Fault) {
        let length = (ulpdu.len() as i32 + fault.length) as u16;
        let mut inner = length.to_be_bytes().to_vec();
        inner.extend(ulpdu);
        inner.resize(inner.len().next_multiple_of(4), pad);
        let begin = self.bytes.len();
        // RFC 5044 section 4.3: at every 512th octet, counted from the stream's first.
        let mut field = None;
        for octet in inner {
            self.marker(field, fault.marker);
            field = field.or(Some(self.bytes.len()));
            self.bytes.push(octet);
        }
        self.marker(field, fault.marker);
        let crc = match self.framing.crc {
            true => crc32c(&self.bytes[begin..]) ^ fault.crc,
            false => unchecked,
        };
        self.bytes.extend(crc.to_le_bytes());
    }

    /// A marker, if one is due here. `field`: where the FPDU's length field stands, once it does.
    fn marker(&mut self, field: Option<usize>, fault: u16) {
        let here = self.bytes.len();
        if self.framing.markers && here.is_multiple_of(512) {
            let pointer = field.map_or(0, |field| here - field) as u16;
            self.bytes.extend([0, 0]);
            self.bytes.extend((pointer ^ fault).to_be_bytes());
        }
    }
}

/// What follows in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A ULPDU; the stream goes on at `end`. `sum`: the value of its CRC field.
    Ulpdu {
        ulpdu: Vec<u8>,
        end: usize,
        sum: u32,
    },
    /// The stream ends between two FPDUs.
    End,
    /// The stream ends inside an FPDU.
    Partial,
    Broken(Rule),
}

/// Takes the FPDU at `at` of `stream`, which begins with the direction's first FPDU (or marker).
#[must_use]
pub fn next(stream: &[u8], at: usize, framing: Framing) -> Next {
    let mut walk = Walk {
        stream,
        at,
        framing,
        raw: Vec::new(),
        field: None,
        astray: false,
    };
    let Some(length) = walk.take(2) else {
        // A marker in front of an FPDU that never comes is nothing unfinished.
        let rest = stream.len() - at;
        let idle = rest == 0 || framing.markers && rest == 4 && at.is_multiple_of(512);
        return if idle { Next::End } else { Next::Partial };
    };
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    // RFC 5044 section 4.1: an FPDU with its markers is below 64 KiB.
    if length == 0 || length > 64_768 {
        return Next::Broken(Rule::Length);
    }
    let padded = (2 + length).next_multiple_of(4) - 2;
    let Some(mut ulpdu) = walk.take(padded) else {
        return Next::Partial;
    };
    ulpdu.truncate(length);
    walk.pass_marker();
    let covered = std::mem::take(&mut walk.raw);
    let Some(sum) = walk.take(4) else {
        return Next::Partial;
    };
    let sum = u32::from_le_bytes([sum[0], sum[1], sum[2], sum[3]]);
    if framing.crc && sum != crc32c(&covered) {
        return Next::Broken(Rule::Crc);
    }
    if walk.astray {
        return Next::Broken(Rule::Marker);
    }
    Next::Ulpdu {
        ulpdu,
        end: walk.at,
        sum,
    }
}

/// Goes through a stream, past its markers.
struct Walk<'a> {
    stream: &'a [u8],
    at: usize,
    framing: Framing,
    /// Everything passed, markers included.
    raw: Vec<u8>,
    /// Where the length field stands.
    field: Option<usize>,
    astray: bool,
}

impl Walk<'_> {
    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::new();
        for _ in 0..count {
            self.pass_marker();
            self.field = self.field.or(Some(self.at));
            let octet = *self.stream.get(self.at)?;
            self.at += 1;
            self.raw.push(octet);
            taken.push(octet);
        }
        Some(taken)
    }

    fn pass_marker(&mut self) {
        if !self.framing.markers || !self.at.is_multiple_of(512) {
            return;
        }
        let Some(marker) = self.stream.get(self.at..self.at + 4) else {
            self.at = self.stream.len();
            return;
        };
        let pointer = usize::from(u16::from_be_bytes([marker[2], marker[3]]) & !3);
        self.astray |= pointer != self.field.map_or(0, |field| self.at - field);
        self.raw.extend(marker);
        self.at += 4;
    }
}
