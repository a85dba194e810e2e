//! What a peer without manners does beyond the others.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use crate::peer::{self, Peer, fpdu};

/// Bytes from hexadecimal digits and spaces; `aa*16` is sixteen bytes `aa`.
#[must_use]
pub fn hex(text: &str) -> Vec<u8> {
    super::rows::bytes_of(text)
}

/// A tagged segment.
#[must_use]
pub fn tagged(control: [u8; 2], stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    let (stag, to) = (stag.to_be_bytes(), to.to_be_bytes());
    fpdu(&[&control[..], &stag, &to, payload].concat())
}

/// An RDMA Write that is a whole message.
#[must_use]
pub fn write(stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    tagged([0xc1, 0x40], stag, to, payload)
}

/// An untagged segment that is a whole message of queue 0.
#[must_use]
pub fn untagged(control: [u8; 2], stag: u32, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let (stag, sequence) = (stag.to_be_bytes(), sequence.to_be_bytes());
    fpdu(&[&control[..], &stag, &[0; 4], &sequence, &[0; 4], payload].concat())
}

/// A Send that is a whole message.
#[must_use]
pub fn send(sequence: u32, payload: &[u8]) -> Vec<u8> {
    fpdu(&peer::send(sequence, payload))
}

/// A Read Request of `len` bytes from `stag`, `to`; its sink is 0x11, 0x22.
#[must_use]
pub fn read_request(sequence: u32, stag: u32, to: u64, len: u32) -> Vec<u8> {
    let sequence = sequence.to_be_bytes();
    let (len, stag, to) = (len.to_be_bytes(), stag.to_be_bytes(), to.to_be_bytes());
    let head = hex("4141 00000000 00000001");
    let sink = hex("00000000 00000011 00000000 00000022");
    fpdu(&[&head[..], &sequence, &sink, &len, &stag, &to].concat())
}

/// How a peer ends what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With FIN.
    Fin,
    /// With a reset.
    Reset,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    Whole,
    /// Each byte by itself.
    Bytes,
}

impl Peer {
    /// The peer's own address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("connected")
    }

    /// Writes, unless the other side has gone; whether it had not.
    pub fn say(&mut self, bytes: &[u8], pace: Pace) -> bool {
        let piece = match pace {
            Pace::Whole => bytes.len().max(1),
            Pace::Bytes => 1,
        };
        let mut pieces = bytes.chunks(piece);
        pieces.all(|piece| self.0.write_all(piece).is_ok())
    }

    /// Writes what can be written within `time`; how much that was.
    pub fn push(&mut self, bytes: &[u8], time: Duration) -> usize {
        let until = std::time::Instant::now() + time;
        self.0
            .set_write_timeout(Some(Duration::from_millis(20)))
            .expect("an option of sockets");
        let mut sent = 0;
        while sent < bytes.len() && std::time::Instant::now() < until {
            sent += self.0.write(&bytes[sent..]).unwrap_or(0);
        }
        sent
    }

    /// Reads one FPDU and verifies it: its length field and ULPDU.
    ///
    /// # Panics
    /// When none comes, or its CRC is wrong.
    #[must_use]
    pub fn fpdu(&mut self) -> Vec<u8> {
        let frame = self.read_fpdu();
        let len = 2 + usize::from(u16::from_be_bytes([frame[0], frame[1]]));
        assert_eq!(frame, fpdu(&frame[2..len]), "pad and CRC");
        frame[..len].to_vec()
    }

    /// Reads to the end, however it comes.
    ///
    /// # Panics
    /// When the other side stays.
    #[must_use]
    pub fn rest(&mut self) -> (Vec<u8>, Ended) {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => return (bytes, Ended::Fin),
                Ok(count) => bytes.extend(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return (bytes, Ended::Reset);
                }
                // A fuzzing engine has a timer.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("the other side stays: {error}"),
            }
        }
    }

    /// Reads the one Terminate and the FIN that must come; layer, type, code and flags.
    ///
    /// # Panics
    /// When anything else comes.
    #[must_use]
    pub fn terminate(&mut self) -> String {
        let frame = self.fpdu();
        let head = hex("4147 00000000 00000002 00000001 00000000");
        assert_eq!(frame[2..20], head[..], "a Terminate");
        assert_eq!(self.rest(), (Vec::new(), Ended::Fin), "and no more");
        let control = frame[20..24].iter();
        control.map(|byte| format!("{byte:02x}")).collect()
    }

    /// Ends with a reset.
    ///
    /// # Panics
    /// When the host refuses the option.
    pub fn reset(self) {
        socket2::SockRef::from(&self.0)
            .set_linger(Some(Duration::ZERO))
            .expect("an option of sockets");
    }
}
