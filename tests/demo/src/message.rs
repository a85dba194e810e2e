//! What the two ends of the demo say to each other by RDMA send. Little-endian, 40 bytes; a data message carries its payload behind.

/// Bytes of a message before any payload.
pub(crate) const HEADER: usize = 40;

/// What every message begins with; the kind follows. Wireshark takes sends for RPC over RDMA when bytes 12 to 15 make a
/// small number: text does not.
const MAGIC: &[u8; 15] = b"softrnic demo: ";

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Client to server, first of all.
    Hello,
    /// Server to client: the memory the client may read and write.
    Region { address: u64, token: u32, len: u64 },
    /// Client to server: `len` bytes at `offset` of the region should hold the pattern for `seed`.
    Verify { offset: u64, len: u64, seed: u64 },
    /// Client to server: put the pattern for `seed` at `offset` of the region.
    Fill { offset: u64, len: u64, seed: u64 },
    /// Server to client: the answer to `Verify` or `Fill`.
    Answer { wrong: u64 },
    /// Client to server: message `sequence`; `len` bytes of the pattern for `sequence` follow.
    Data { sequence: u64, len: u64 },
    /// Server to client: this many data messages were taken, and how many bytes of them were wrong so far.
    Credit { taken: u64, wrong: u64 },
    /// Client to server, last of all: the work is done.
    Done,
    /// Client to server: the next connections, so many, are SMB Direct's. Answered when their client has left.
    Copy { channels: u64 },
}

impl Message {
    /// The bytes on the wire, without payload.
    pub(crate) fn encode(self) -> [u8; HEADER] {
        let (kind, fields): (u8, [u64; 3]) = match self {
            Self::Hello => (1, [0; 3]),
            Self::Region {
                address,
                token,
                len,
            } => (2, [address, token.into(), len]),
            Self::Verify { offset, len, seed } => (3, [offset, len, seed]),
            Self::Fill { offset, len, seed } => (4, [offset, len, seed]),
            Self::Answer { wrong } => (5, [wrong, 0, 0]),
            Self::Data { sequence, len } => (6, [sequence, len, 0]),
            Self::Credit { taken, wrong } => (7, [taken, wrong, 0]),
            Self::Done => (8, [0; 3]),
            Self::Copy { channels } => (9, [channels, 0, 0]),
        };
        let mut bytes = [0; HEADER];
        bytes[..15].copy_from_slice(MAGIC);
        bytes[15] = kind;
        for (slot, field) in bytes[16..].chunks_exact_mut(8).zip(fields) {
            slot.copy_from_slice(&field.to_le_bytes());
        }
        bytes
    }

    /// Reads a message; `None` when the bytes are not one.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, fields) = bytes.get(..HEADER)?.strip_prefix(MAGIC)?.split_first()?;
        let mut words = fields
            .chunks_exact(8)
            .map(|c| u64::from_le_bytes(c.try_into().expect("chunks of eight")));
        let [a, b, c]: [u64; 3] = [words.next()?, words.next()?, words.next()?];
        Some(match kind {
            1 => Self::Hello,
            2 => Self::Region {
                address: a,
                token: u32::try_from(b).ok()?,
                len: c,
            },
            3 => Self::Verify {
                offset: a,
                len: b,
                seed: c,
            },
            4 => Self::Fill {
                offset: a,
                len: b,
                seed: c,
            },
            5 => Self::Answer { wrong: a },
            6 => Self::Data {
                sequence: a,
                len: b,
            },
            7 => Self::Credit { taken: a, wrong: b },
            8 => Self::Done,
            9 => Self::Copy { channels: a },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_survives_the_wire() {
        for message in [
            Message::Hello,
            Message::Region {
                address: 1 << 40,
                token: 9,
                len: 3,
            },
            Message::Verify {
                offset: 1,
                len: 2,
                seed: 3,
            },
            Message::Fill {
                offset: 1,
                len: 2,
                seed: 3,
            },
            Message::Answer { wrong: 4 },
            Message::Data {
                sequence: 5,
                len: 6,
            },
            Message::Credit { taken: 7, wrong: 8 },
            Message::Done,
            Message::Copy { channels: 2 },
        ] {
            assert_eq!(Message::decode(&message.encode()), Some(message));
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(Message::decode(&[0; HEADER]), None);
        assert_eq!(
            Message::decode(&Message::Hello.encode()[..HEADER - 1]),
            None
        );
    }
}
