//! Messages on the wire: plain, or as FPDUs with a header, padding and a CRC32C.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::ops::Range;

use softrnic::crc32c;

use super::{Shape, socket::Socket};

/// MPA length and an untagged DDP header.
const HEADER: usize = 20;
/// Payload of an FPDU at most, in a segment of loopback, whose MTU is 64 KiB.
pub(crate) const LOOPBACK: usize = 65_408;
/// The same in a segment of Ethernet.
pub(crate) const ETHERNET: usize = 1408;
/// Below this, frames are received into one buffer and copied: one call for many of them.
pub(super) const IN_PLACE: usize = 16 << 10;
pub(super) const STAGE: usize = 256 << 10;

/// Bytes between a frame's payload and its CRC.
fn padding(payload: usize) -> usize {
    (HEADER + payload).wrapping_neg() & 3
}

fn header(payload: usize, number: u32, offset: usize, last: bool) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..2].copy_from_slice(&((HEADER - 2 + payload) as u16).to_be_bytes());
    header[2] = if last { 0x41 } else { 0x01 };
    header[3] = 0x43;
    header[12..16].copy_from_slice(&number.to_be_bytes());
    header[16..20].copy_from_slice(&(offset as u32).to_be_bytes());
    header
}

fn payload_of(header: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([header[0], header[1]])) + 2 - HEADER
}

fn offset_of(header: &[u8]) -> usize {
    u32::from_be_bytes([header[16], header[17], header[18], header[19]]) as usize
}

fn is_last(header: &[u8]) -> bool {
    header[2] & 0x40 != 0
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

/// The sending side.
pub(crate) struct Sender {
    shape: Shape,
    payload: Vec<u8>,
    headers: Vec<[u8; HEADER]>,
    trailers: Vec<([u8; 8], usize)>,
    number: u32,
}

impl Sender {
    pub(crate) fn new(shape: Shape) -> Self {
        let payload = (0..shape.size)
            .map(|index| (index * 31 + (index >> 8)) as u8)
            .collect();
        Self {
            shape,
            payload,
            headers: Vec::new(),
            trailers: Vec::new(),
            number: 0,
        }
    }

    /// The message that is sent.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &[u8] {
        &self.payload
    }

    /// Sends `messages` of them in one call, if the socket takes them.
    pub(crate) fn send(&mut self, socket: &Socket, messages: usize) -> io::Result<()> {
        if !self.shape.framed {
            let mut buffers = vec![IoSlice::new(&self.payload); messages];
            return socket.write_all(&mut buffers);
        }
        self.headers.clear();
        self.trailers.clear();
        for _ in 0..messages {
            self.frame_message();
        }
        let bodies = (0..messages).flat_map(|_| self.payload.chunks(self.shape.fpdu));
        let mut buffers = Vec::with_capacity(3 * self.headers.len());
        for ((body, header), (trailer, length)) in bodies.zip(&self.headers).zip(&self.trailers) {
            buffers.push(IoSlice::new(header));
            buffers.push(IoSlice::new(body));
            buffers.push(IoSlice::new(&trailer[..*length]));
        }
        socket.write_all(&mut buffers)
    }

    fn frame_message(&mut self) {
        self.number = self.number.wrapping_add(1);
        let mut offset = 0;
        for body in self.payload.chunks(self.shape.fpdu) {
            let last = offset + body.len() == self.payload.len();
            let header = header(body.len(), self.number, offset, last);
            let padding = padding(body.len());
            let mut trailer = [0; 8];
            let crc = crc32c::update(crc32c::update(0, &header), body);
            let crc = crc32c::update(crc, &trailer[..padding]);
            trailer[padding..padding + 4].copy_from_slice(&crc.to_le_bytes());
            self.headers.push(header);
            self.trailers.push((trailer, padding + 4));
            offset += body.len();
        }
    }
}

/// The receiving side: puts messages where they belong and says how many are whole.
pub(crate) struct Receiver {
    shape: Shape,
    place: Vec<u8>,
    stage: Vec<u8>,
    staged: usize,
    loose: usize,
    next: [u8; HEADER],
    has_next: bool,
    /// Of a frame that comes in pieces: bytes that were seen of it, their checksum, and its own.
    seen: usize,
    crc: u32,
    trailer: [u8; 4],
}

impl Receiver {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            shape,
            place: vec![0; shape.size.max(STAGE)],
            stage: vec![0; STAGE + 2 * (LOOPBACK + HEADER + 8)],
            staged: 0,
            loose: 0,
            next: [0; HEADER],
            has_next: false,
            seen: 0,
            crc: 0,
            trailer: [0; 4],
        }
    }

    /// The message that was received last.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &[u8] {
        &self.place[..self.shape.size]
    }

    /// As `new`, with a buffer only while one is lent.
    pub(crate) fn without_buffer(shape: Shape) -> Self {
        let mut receiver = Self::new(shape);
        receiver.stage = Vec::new();
        receiver
    }

    /// As `receive`, whatever came as far as it came, through a buffer that many share.
    pub(crate) fn receive_through(
        &mut self,
        socket: &Socket,
        buffer: &mut Vec<u8>,
    ) -> io::Result<usize> {
        std::mem::swap(&mut self.stage, buffer);
        let received = self.receive_buffered(socket);
        std::mem::swap(&mut self.stage, buffer);
        received
    }

    /// Waits for bytes and says how many messages they completed.
    pub(crate) fn receive(&mut self, socket: &Socket) -> io::Result<usize> {
        let piece = if self.shape.framed {
            self.shape.size.min(self.shape.fpdu)
        } else {
            self.shape.size
        };
        match (self.shape.framed, piece >= IN_PLACE) {
            _ if self.shape.buffered => self.receive_buffered(socket),
            (false, in_place) => self.receive_plain(socket, in_place),
            (true, false) => self.receive_staged(socket),
            (true, true) => self.receive_in_place(socket),
        }
    }

    fn receive_plain(&mut self, socket: &Socket, in_place: bool) -> io::Result<usize> {
        let size = self.shape.size;
        let room = if in_place {
            self.loose..size
        } else {
            0..self.place.len()
        };
        let have = self.loose + socket.read(&mut self.place[room])?;
        self.loose = have % size;
        Ok(have / size)
    }

    fn receive_staged(&mut self, socket: &Socket) -> io::Result<usize> {
        self.staged += socket.read(&mut self.stage[self.staged..])?;
        let (mut at, mut whole) = (0, 0);
        while self.staged - at >= HEADER {
            let payload = payload_of(&self.stage[at..]);
            let length = HEADER + payload + padding(payload) + 4;
            let Some(frame) = self.stage[at..self.staged].get(..length) else {
                break;
            };
            let (covered, crc) = frame.split_at(length - 4);
            if crc32c::update(0, covered).to_le_bytes() != crc {
                return Err(wrong("CRC"));
            }
            let to = offset_of(frame);
            self.place[to..to + payload].copy_from_slice(&frame[HEADER..HEADER + payload]);
            whole += usize::from(is_last(frame));
            at += length;
        }
        self.stage.copy_within(at..self.staged, 0);
        self.staged -= at;
        Ok(whole)
    }

    /// Whatever came, as far as it came: nothing of it waits for the rest of its frame.
    fn receive_buffered(&mut self, socket: &Socket) -> io::Result<usize> {
        let have = socket.read(&mut self.stage[..STAGE])?;
        self.take_all(have)
    }

    /// What the buffer has.
    fn take_all(&mut self, have: usize) -> io::Result<usize> {
        let (mut at, mut whole) = (0, 0);
        while at < have {
            let (taken, ended) = self.take(at..have)?;
            at += taken;
            whole += usize::from(ended);
        }
        Ok(whole)
    }

    /// The next part of a frame out of the buffer: its header, its payload, or what is behind. How much that was, and whether
    /// it ended a message.
    fn take(&mut self, from: Range<usize>) -> io::Result<(usize, bool)> {
        let Self {
            stage, place, next, ..
        } = self;
        let bytes = &stage[from];
        if self.seen < HEADER {
            let taken = bytes.len().min(HEADER - self.seen);
            next[self.seen..self.seen + taken].copy_from_slice(&bytes[..taken]);
            self.seen += taken;
            if self.seen == HEADER {
                self.crc = crc32c::update(0, next);
            }
            return Ok((taken, false));
        }
        let payload = payload_of(next);
        let covered = HEADER + payload + padding(payload);
        if self.seen < covered {
            let offset = self.seen - HEADER;
            let taken = bytes.len().min(covered - self.seen);
            let body = taken.min(payload.saturating_sub(offset));
            let to = offset_of(next) + offset.min(payload);
            place[to..to + body].copy_from_slice(&bytes[..body]);
            self.crc = crc32c::update(self.crc, &bytes[..taken]);
            self.seen += taken;
            return Ok((taken, false));
        }
        let there = self.seen - covered;
        let taken = bytes.len().min(4 - there);
        self.trailer[there..there + taken].copy_from_slice(&bytes[..taken]);
        self.seen += taken;
        if there + taken < 4 {
            return Ok((taken, false));
        }
        if self.crc.to_le_bytes() != self.trailer {
            return Err(wrong("CRC"));
        }
        self.seen = 0;
        Ok((taken, is_last(next)))
    }

    /// One frame: its payload goes to its place, its trailer and the next header beside it.
    fn receive_in_place(&mut self, socket: &Socket) -> io::Result<usize> {
        if !self.has_next {
            socket.read_exact(&mut self.next)?;
        }
        let (payload, to) = (payload_of(&self.next), offset_of(&self.next));
        let last = is_last(&self.next);
        let padding = padding(payload);
        let needed = payload + padding + 4;
        let mut beside = [0; HEADER + 8];
        let mut have = 0;
        while have < needed {
            let rest = &mut self.place[to + have.min(payload)..to + payload];
            let after = have.saturating_sub(payload)..needed + HEADER - payload;
            let buffers = &mut [IoSliceMut::new(rest), IoSliceMut::new(&mut beside[after])];
            have += socket.read_vectored(buffers)?;
        }
        let crc = crc32c::update(0, &self.next);
        let crc = crc32c::update(crc, &self.place[to..to + payload]);
        let crc = crc32c::update(crc, &beside[..padding]);
        if crc.to_le_bytes() != beside[padding..padding + 4] {
            return Err(wrong("CRC"));
        }
        let over = have - needed;
        self.next[..over].copy_from_slice(&beside[padding + 4..padding + 4 + over]);
        self.has_next = over == HEADER;
        if over > 0 && over < HEADER {
            socket.read_exact(&mut self.next[over..])?;
            self.has_next = true;
        }
        Ok(usize::from(last))
    }
}

#[cfg(test)]
mod tests {
    use super::{Receiver, Sender, Shape};

    const SHAPE: Shape = Shape {
        size: 1000,
        window: 1,
        batch: 1,
        framed: true,
        buffered: true,
        fpdu: 333,
    };

    /// Two messages on the wire.
    fn stream(sender: &mut Sender) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..2 {
            (sender.headers, sender.trailers) = (Vec::new(), Vec::new());
            sender.frame_message();
            let bodies = sender.payload.chunks(SHAPE.fpdu);
            for ((body, header), (trailer, length)) in
                bodies.zip(&sender.headers).zip(&sender.trailers)
            {
                bytes.extend([&header[..], body, &trailer[..*length]].concat());
            }
        }
        bytes
    }

    fn received(receiver: &mut Receiver, bytes: &[u8], piece: usize) -> std::io::Result<usize> {
        let mut whole = 0;
        for piece in bytes.chunks(piece) {
            receiver.stage[..piece.len()].copy_from_slice(piece);
            whole += receiver.take_all(piece.len())?;
        }
        Ok(whole)
    }

    #[test]
    fn frames_in_pieces_of_any_size_are_put_together() {
        let mut sender = Sender::new(SHAPE);
        let bytes = stream(&mut sender);
        for piece in 1..=bytes.len() {
            let mut receiver = Receiver::new(SHAPE);
            let whole = received(&mut receiver, &bytes, piece).expect("good CRCs");
            assert_eq!(whole, 2, "pieces of {piece}");
            assert_eq!(receiver.place[..SHAPE.size], sender.payload[..]);
        }
    }

    #[test]
    fn a_changed_byte_of_a_buffered_frame_is_seen() {
        let mut bytes = stream(&mut Sender::new(SHAPE));
        bytes[500] ^= 1;
        assert!(received(&mut Receiver::new(SHAPE), &bytes, 64).is_err());
    }
}
