//! What a hostile peer is connected to: a queue pair, and regions between canaries.

use softrnic_consumer::abi::{
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_MR_FLAG_ALLOW_REMOTE_READ, NDK_MR_FLAG_ALLOW_REMOTE_WRITE,
};
use softrnic_consumer::{Buffer, Connector, Mr, NtStatus, Pd};

use super::Pace;
use super::rows;
use crate::peer::Peer;
use crate::{A_WHILE, ALL_ACCESS, End, SOON};
use std::sync::Arc;

/// What regions hold before a row.
pub const UNTOUCHED: u8 = 0x55;
/// What lies around them.
const CANARY: u8 = 0xc5;
/// Where in its first page a region begins, so that canaries share its pages.
const OFFSET: usize = 0x800;
/// Where the rows say that A to E begin.
const ROW_BASE: u64 = 0x1000;
/// Where the rows say that F begins.
const ROW_SINK: u64 = 0x2000;

/// Registered memory between canaries.
pub struct Guarded {
    /// The region.
    pub mr: Mr,
    /// Its memory.
    pub buffer: Buffer,
}

impl Guarded {
    /// `len` bytes, registered with `flags`.
    ///
    /// # Panics
    /// When there is no memory.
    #[must_use]
    pub fn new(pd: &Arc<Pd>, len: usize, flags: u32) -> Self {
        let buffer = Buffer::at_offset(len, OFFSET);
        buffer.write(0, &vec![UNTOUCHED; len]);
        buffer.fill_margins(CANARY);
        let mr = Mr::of(pd, &buffer, flags).expect("a region is registered");
        Self { mr, buffer }
    }

    /// The token peers are told.
    #[must_use]
    pub fn token(&self) -> u32 {
        self.mr.remote_token()
    }

    /// The address of its first byte.
    #[must_use]
    pub fn base(&self) -> u64 {
        self.buffer.virtual_address()
    }

    /// All of it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.buffer.read(0, self.buffer.len())
    }

    fn assert_canaries(&self) {
        assert!(
            self.buffer.margins().iter().all(|byte| *byte == CANARY),
            "bytes around a region have changed"
        );
    }
}

/// The side that is attacked. Fields close in the order that needs no waiting.
pub struct Victim {
    /// Queue pair, results, disconnect events.
    pub end: End,
    /// The regions that the rows call A (all), B (read), C (write), D (another domain), E (was
    /// deregistered), F (no remote right), and the 64 bytes of the receive that is posted.
    pub regions: [Guarded; 7],
    _stranger: Arc<Pd>,
    /// The other side.
    pub peer: Peer,
}

/// Indexes into [`Victim::regions`].
pub mod region {
    pub const A: usize = 0;
    pub const B: usize = 1;
    pub const C: usize = 2;
    pub const D: usize = 3;
    pub const E: usize = 4;
    pub const F: usize = 5;
    pub const RECEIVE: usize = 6;
}

/// The rows' names for regions A to F.
const ROW_STAGS: [u32; 6] = [
    0x1234_5601,
    0x2222_2202,
    0x3333_3303,
    0x4444_4404,
    0x5555_5505,
    0x6666_6606,
];

impl Victim {
    pub(super) fn new(mut end: End, connector: Option<Connector>, peer: Peer) -> Self {
        end.connector = connector;
        let stranger = Pd::new(&end.adapter).expect("a PD is made");
        let own = |len, flags| Guarded::new(&end.pd, len, flags);
        let local = NDK_MR_FLAG_ALLOW_LOCAL_WRITE;
        let regions = [
            own(0x1000, ALL_ACCESS),
            own(0x1000, local | NDK_MR_FLAG_ALLOW_REMOTE_READ),
            own(0x1000, local | NDK_MR_FLAG_ALLOW_REMOTE_WRITE),
            Guarded::new(&stranger, 0x1000, ALL_ACCESS),
            own(0x1000, ALL_ACCESS),
            own(0x100, local),
            own(64, local),
        ];
        let gone = regions[region::E].mr.deregister();
        assert_eq!(gone.wait(), NtStatus::SUCCESS);
        Self {
            end,
            regions,
            _stranger: stranger,
            peer,
        }
    }

    /// Posts the 64-byte receive.
    pub fn post_receive(&self, context: usize) {
        let receive = &self.regions[region::RECEIVE];
        let sge = receive.mr.sge(&receive.buffer, 0, 64);
        let posted = self.end.qp.handle().receive(context, &[sge]);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// Posts a Read of 256 bytes into F and takes its request off the wire: sink STag and offset.
    pub fn post_read(&mut self) -> (u32, u64) {
        let sink = &self.regions[region::F];
        let sge = sink.mr.sge(&sink.buffer, 0, 256);
        let posted = self.end.qp.handle().read(77, &[sge], 0x5000, 9, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        let request = self.peer.fpdu();
        let word = |at: usize| u32::from_be_bytes(request[at..at + 4].try_into().expect("4 bytes"));
        assert_eq!((request[3], word(32)), (0x41, 256), "a Read Request");
        let to = u64::from(word(24)) << 32 | u64::from(word(28));
        (word(20), to)
    }

    /// The row's bytes with our tokens and addresses; `sink` replaces F in tagged segments.
    #[must_use]
    pub fn input(&self, id: &str, sink: Option<(u32, u64)>) -> Vec<u8> {
        let mut stream = rows::bytes_of(rows::found(id).2);
        let mut at = 0;
        while let Some(end) = fpdu_end(&stream, at) {
            let sum: [u8; 4] = stream[end - 4..end].try_into().expect("4 bytes");
            let right = softrnic::crc32c::update(0, &stream[at..end - 4]).to_le_bytes() == sum;
            self.rename(&mut stream[at..end - 4], sink);
            if right {
                let crc = softrnic::crc32c::update(0, &stream[at..end - 4]);
                stream[end - 4..end].copy_from_slice(&crc.to_le_bytes());
            }
            at = end;
        }
        self.rename(&mut stream[at..], sink);
        stream
    }

    /// An FPDU that is right, with our tokens and addresses in place of the rows'; `sink` as for [`input`](Self::input).
    #[must_use]
    pub fn named(&self, mut fpdu: Vec<u8>, sink: Option<(u32, u64)>) -> Vec<u8> {
        let sum = fpdu.len() - 4;
        self.rename(&mut fpdu[..sum], sink);
        let crc = softrnic::crc32c::update(0, &fpdu[..sum]);
        fpdu[sum..].copy_from_slice(&crc.to_le_bytes());
        fpdu
    }

    /// Replaces the rows' STags, and the offset behind one.
    fn rename(&self, frame: &mut [u8], sink: Option<(u32, u64)>) {
        for at in (4..frame.len().saturating_sub(3)).step_by(4) {
            let stag = u32::from_be_bytes(frame[at..at + 4].try_into().expect("4 bytes"));
            // T02, I02: the right index with a wrong key is ours with one bit of it flipped.
            let wrong_key = [0x1234_5602, 0x1234_5699].contains(&stag);
            let Some(region) = ROW_STAGS.iter().position(|row| *row == stag) else {
                if wrong_key {
                    let other = self.regions[region::A].token() ^ 1 << 31;
                    frame[at..at + 4].copy_from_slice(&other.to_be_bytes());
                    self.relocate(frame, at + 4, ROW_BASE, self.regions[region::A].base());
                }
                continue;
            };
            let own = (self.regions[region].token(), self.regions[region].base());
            let (token, base) = match sink {
                Some(sink) if region == region::F => sink,
                _ => own,
            };
            frame[at..at + 4].copy_from_slice(&token.to_be_bytes());
            let row_base = if region == region::F {
                ROW_SINK
            } else {
                ROW_BASE
            };
            self.relocate(frame, at + 4, row_base, base);
        }
    }

    /// An offset near a region of the rows moves with it; any other one stays.
    fn relocate(&self, frame: &mut [u8], at: usize, row_base: u64, base: u64) {
        let Some(bytes) = frame.get_mut(at..at + 8) else {
            return;
        };
        let to = u64::from_be_bytes(bytes.try_into().expect("8 bytes"));
        if (0x800..0x4000).contains(&to) {
            let to = base.wrapping_add(to).wrapping_sub(row_base);
            bytes.copy_from_slice(&to.to_be_bytes());
        }
    }

    /// Says a row.
    pub fn is_told(&mut self, id: &str, pace: Pace) {
        let bytes = self.input(id, None);
        self.peer.say(&bytes, pace);
    }

    /// Nothing was written that was not granted.
    ///
    /// # Panics
    /// When something was.
    pub fn assert_canaries(&self) {
        for region in &self.regions {
            region.assert_canaries();
        }
        for region in [region::B, region::D, region::E] {
            self.assert_untouched(region);
        }
    }

    /// Nothing was written to this region at all.
    ///
    /// # Panics
    /// When something was.
    pub fn assert_untouched(&self, region: usize) {
        let bytes = self.regions[region].bytes();
        assert!(bytes.iter().all(|byte| *byte == UNTOUCHED), "{region}");
    }

    /// The connection has ended: the posted receive came back once with `status`, the event came once.
    ///
    /// # Panics
    /// When it has not.
    pub fn assert_lost(&self, status: NtStatus) {
        let results = self.end.received.take(1);
        assert_eq!(results[0].status, status, "{results:?}");
        assert!(self.end.gone.wait(SOON), "the consumer hears of it");
        assert_eq!(self.end.gone.count(), 1, "once");
        assert_eq!(self.end.received.settle_now(), []);
        self.assert_canaries();
    }

    /// The connection works: something goes out and arrives.
    ///
    /// # Panics
    /// When it does not.
    pub fn assert_alive(&mut self) {
        self.end.buffer.write(0, b"alive");
        self.end.post_send(99, 0, 5, 0);
        let frame = self.peer.fpdu();
        assert_eq!(&frame[20..], b"alive");
        assert_eq!(self.end.done.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(self.end.gone.count(), 0);
        self.assert_canaries();
    }

    /// The consumer's disconnect, which the peer answers.
    ///
    /// # Panics
    /// When it does not succeed.
    pub fn disconnect(&mut self) {
        let leaving = self.end.disconnect();
        self.peer.finish();
        assert_eq!(leaving.wait(), NtStatus::SUCCESS);
    }

    /// Nothing more happens within a while.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        std::thread::sleep(A_WHILE);
        self.end.received.settle_now().is_empty() && self.end.gone.count() == 0
    }
}

/// Where the FPDU at `at` ends, if it is whole.
fn fpdu_end(stream: &[u8], at: usize) -> Option<usize> {
    let len = stream.get(at..at + 2)?;
    let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
    let end = at + (2 + len).next_multiple_of(4) + 4;
    (len > 0 && end <= stream.len()).then_some(end)
}
