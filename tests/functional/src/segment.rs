//! TCP segments in Ethernet frames, made and read independently of the emulator: what offloads are checked with.

use softrnic_emulator::nic::Mac;

/// Bytes before TCP's header, by family.
pub const BEFORE_TCP: [usize; 2] = [14 + 20, 14 + 40];
/// Bytes of a TCP header without options.
pub const TCP: usize = 20;
pub const ACK: u8 = 16;

/// One segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    pub is_ipv6: bool,
    pub to: Mac,
    pub from: Mac,
    pub sequence: u32,
    pub data: &'a [u8],
}

/// The one's complement sum of RFC 1071.
fn sum(parts: &[&[u8]]) -> u16 {
    let mut total = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            let low = pair.get(1).copied().unwrap_or(0);
            total += u32::from(u16::from_be_bytes([pair[0], low]));
        }
    }
    while total > 0xFFFF {
        total = (total & 0xFFFF) + (total >> 16);
    }
    total as u16
}

fn pseudo(frame: &[u8], is_ipv6: bool, length: usize) -> Vec<u8> {
    let addresses = if is_ipv6 {
        &frame[22..54]
    } else {
        &frame[26..34]
    };
    [addresses, &[0, 6], &(length as u16).to_be_bytes()].concat()
}

impl Segment<'_> {
    fn tcp(&self) -> Vec<u8> {
        let ports = [0x13, 0x88, 0x13, 0x89];
        let tail = [TCP as u8 / 4 * 16, ACK, 0x40, 0, 0, 0, 0, 0];
        let (sequence, acknowledged) = (self.sequence.to_be_bytes(), 7_u32.to_be_bytes());
        [&ports[..], &sequence, &acknowledged, &tail, self.data].concat()
    }

    /// With neither checksum made.
    #[must_use]
    pub fn unsummed(&self) -> Vec<u8> {
        let tcp = self.tcp();
        let (kind, ip) = if self.is_ipv6 {
            let length = (tcp.len() as u16).to_be_bytes();
            let addresses = [[0xFD; 16], [0xFC; 16]].concat();
            let head = [0x60, 0, 0, 0, length[0], length[1], 6, 64];
            ([0x86, 0xDD], [&head[..], &addresses].concat())
        } else {
            let length = (20 + tcp.len() as u16).to_be_bytes();
            let head = [0x45, 0, length[0], length[1], 0, 1, 0x40, 0, 64, 6, 0, 0];
            ([8, 0], [&head[..], &[10, 0, 0, 1, 10, 0, 0, 2]].concat())
        };
        [&self.to[..], &self.from, &kind, &ip, &tcp].concat()
    }

    /// As TCP/IP gives it to an adapter that makes the checksums: the pseudo header's sum is in TCP's place, of a large
    /// send without the length.
    #[must_use]
    pub fn for_adapter(&self, is_large: bool) -> Vec<u8> {
        let mut frame = self.unsummed();
        let length = if is_large { 0 } else { TCP + self.data.len() };
        let left = sum(&[&pseudo(&frame, self.is_ipv6, length)]);
        self.put_sum(&mut frame, left);
        frame
    }

    /// As it is on the wire.
    #[must_use]
    pub fn whole(&self) -> Vec<u8> {
        let mut frame = self.unsummed();
        if !self.is_ipv6 {
            let made = !sum(&[&frame[14..34]]);
            frame[24..26].copy_from_slice(&made.to_be_bytes());
        }
        let length = TCP + self.data.len();
        let made = !sum(&[&pseudo(&frame, self.is_ipv6, length), &self.tcp()]);
        self.put_sum(&mut frame, made);
        frame
    }

    fn put_sum(&self, frame: &mut [u8], value: u16) {
        let at = BEFORE_TCP[usize::from(self.is_ipv6)] + 16;
        frame[at..at + 2].copy_from_slice(&value.to_be_bytes());
    }
}

/// The bytes of TCP's data in a whole frame, which may be padded.
#[must_use]
pub fn data(frame: &[u8]) -> &[u8] {
    let is_ipv6 = frame[12..14] == [0x86, 0xDD];
    let end = match is_ipv6 {
        true => 54 + usize::from(u16::from_be_bytes([frame[18], frame[19]])),
        false => 14 + usize::from(u16::from_be_bytes([frame[16], frame[17]])),
    };
    &frame[BEFORE_TCP[usize::from(is_ipv6)] + TCP..end]
}
