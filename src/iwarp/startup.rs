//! MPA start-up: gathering the peer's frame, building ours, and what the two agree on
//! (RFC 5044 section 7.1, RFC 6581 section 9).

use super::api::{Config, ReadLimits, ReadyKinds, Revision};
use super::error::{CallError, Error};
use super::legacy;
use super::wire::mpa::{self, Block, Header, NOT_NEGOTIATED};

/// The zero-length message by which an initiator shows that it is ready to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    Send,
    Write,
    Read,
}

/// What the two frames agreed on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agreement {
    pub(super) crc: bool,
    /// We wanted markers in what the peer sends.
    pub(super) markers_in: bool,
    /// The peer wants markers in what we send.
    pub(super) markers_out: bool,
    /// The initiator sends this first.
    pub(super) ready: Option<Ready>,
    /// Reads in force.
    pub(super) reads: ReadLimits,
    /// The most inbound Reads we let pass.
    pub(super) inbound_limit: u16,
}

/// A startup frame held by value: ours until it is sent, or the peer's for its private data.
pub(super) struct Frame {
    bytes: [u8; mpa::FRAME_MAX],
    len: usize,
}

/// A whole, well-formed frame of the peer's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    pub(super) header: Header,
    pub(super) block: Option<Block>,
    /// What a revision 1 peer of SMB Direct says in front of its private data.
    pub(super) legacy: Option<ReadLimits>,
}

impl Parsed {
    /// The peer's limits as it said them; what it doesn't negotiate is above every limit.
    pub(super) fn reads(&self) -> Option<ReadLimits> {
        let block = self.block.map(|block| ReadLimits {
            ird: block.ird,
            ord: block.ord,
        });
        block.or(self.legacy)
    }

    /// Where the consumer's part of the private data starts.
    fn private_start(&self) -> usize {
        let block = self.block.map_or(0, |_| mpa::BLOCK_LEN);
        let legacy = self.legacy.map_or(0, |_| legacy::LEN);
        mpa::HEADER_LEN + block + legacy
    }
}

impl Frame {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; mpa::FRAME_MAX],
            len: 0,
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn private_data(&self, parsed: &Parsed) -> &[u8] {
        self.as_slice()
            .get(parsed.private_start()..)
            .unwrap_or_default()
    }

    /// Takes bytes of the peer's frame. Judged as early as possible: the key byte by byte, the
    /// fixed part when it is complete; never more is taken than the frame declares.
    pub(super) fn gather(
        &mut self,
        bytes: &[u8],
        key: &[u8; 16],
        config: &Config,
    ) -> Result<(usize, Option<Parsed>), Error> {
        let mut taken = self.fill(mpa::HEADER_LEN, bytes);
        if self
            .as_slice()
            .iter()
            .zip(key)
            .any(|(got, want)| got != want)
        {
            return Err(Error::StartupKey);
        }
        let Some((fixed, _)) = self.as_slice().split_first_chunk::<{ mpa::HEADER_LEN }>() else {
            return Ok((taken, None));
        };
        let header = Header::parse(fixed, key)?;
        let whole = mpa::HEADER_LEN + usize::from(header.private_len);
        taken += self.fill(whole, bytes.get(taken..).unwrap_or_default());
        if self.len < whole {
            return Ok((taken, None));
        }
        Ok((taken, Some(self.parsed(header, config))))
    }

    /// What a whole frame says.
    fn parsed(&self, header: Header, config: &Config) -> Parsed {
        let private = self.as_slice().get(mpa::HEADER_LEN..).unwrap_or_default();
        let block = private
            .first_chunk::<{ mpa::BLOCK_LEN }>()
            .filter(|_| header.enhanced)
            .map(|block| Block::parse(*block));
        // A refusal's private data is the consumer's alone.
        let legacy = config.legacy_reads && header.revision == 1 && !header.rejected;
        Parsed {
            header,
            block,
            legacy: legacy.then(|| legacy::parse(private)).flatten(),
        }
    }

    /// Takes bytes from the front of `bytes` until `wanted` are held; how many were taken.
    fn fill(&mut self, wanted: usize, bytes: &[u8]) -> usize {
        let room = self.bytes.get_mut(self.len..wanted).unwrap_or_default();
        let taken = room.len().min(bytes.len());
        if let (Some(to), Some(from)) = (room.get_mut(..taken), bytes.get(..taken)) {
            // PANIC: both are `taken` long.
            to.copy_from_slice(from);
        }
        self.len += taken;
        taken
    }

    /// Builds our frame.
    fn build(
        &mut self,
        key: &[u8; 16],
        header: Header,
        front: Front,
        private_data: &[u8],
    ) -> Result<(), CallError> {
        let (block, legacy);
        let front: &[u8] = match front {
            Front::Nothing => &[],
            Front::Block(reads) => {
                block = reads.emit();
                &block
            }
            Front::Legacy(reads) => {
                legacy = legacy::emit(reads);
                &legacy
            }
        };
        let private_len = front.len() + private_data.len();
        let header = Header {
            private_len: u16::try_from(private_len).map_err(|_| CallError::PrivateData)?,
            ..header
        };
        if private_len > mpa::PRIVATE_MAX {
            return Err(CallError::PrivateData);
        }
        self.clear();
        for part in [&header.emit(key)[..], front, private_data] {
            self.fill(self.len + part.len(), part);
        }
        Ok(())
    }

    /// The initiator's Request. Returns the limits it offered.
    pub(super) fn build_request(
        &mut self,
        config: &Config,
        private_data: &[u8],
        reads: ReadLimits,
    ) -> Result<ReadLimits, CallError> {
        let mut offer = ReadLimits {
            ird: reads.ird.min(config.caps.ird),
            ord: reads.ord.min(config.caps.ord),
        };
        let two = config.revision == Revision::Two;
        let p2p = two && config.peer_to_peer;
        let legacy = !two && config.legacy_reads;
        if p2p || legacy {
            // A ready-to-receive Read needs a slot on either side, some peers refuse to do without,
            // and the legacy header has no 0.
            offer = ReadLimits {
                ird: offer.ird.max(1),
                ord: offer.ord.max(1),
            };
        }
        let front = match (two, legacy) {
            (true, _) => Front::Block(Block {
                peer_to_peer: p2p,
                send: p2p && config.ready.send,
                write: p2p && config.ready.write,
                read: p2p && config.ready.read,
                ird: offer.ird,
                ord: offer.ord,
            }),
            (false, true) => Front::Legacy(offer),
            (false, false) => Front::Nothing,
        };
        let header = Header {
            markers: config.markers,
            crc: config.crc,
            rejected: false,
            enhanced: two,
            revision: if two { 2 } else { 1 },
            private_len: 0,
        };
        self.build(&mpa::REQUEST_KEY, header, front, private_data)?;
        Ok(offer)
    }

    /// The responder's accepting Reply, and what it makes of the two frames.
    pub(super) fn build_reply(
        &mut self,
        config: &Config,
        request: &Parsed,
        private_data: &[u8],
        reads: ReadLimits,
    ) -> Result<Agreement, CallError> {
        let (agreement, front) = answer(config, request, reads);
        let header = Header {
            markers: config.markers,
            // On if either asks (RFC 5044 section 7.1.1); some initiators want to hear it.
            crc: config.crc || request.header.crc,
            rejected: false,
            enhanced: request.block.is_some(),
            revision: request.header.revision,
            private_len: 0,
        };
        self.build(&mpa::REPLY_KEY, header, front, private_data)?;
        Ok(agreement)
    }

    /// The responder's refusal.
    pub(super) fn build_reject(
        &mut self,
        config: &Config,
        request: &Parsed,
        private_data: &[u8],
    ) -> Result<(), CallError> {
        let front = match request.block {
            None => Front::Nothing,
            Some(_) => Front::Block(Block {
                peer_to_peer: false,
                send: false,
                write: false,
                read: false,
                ird: config.caps.ird,
                ord: config.caps.ord,
            }),
        };
        let header = Header {
            markers: false,
            crc: config.crc || request.header.crc,
            rejected: true,
            enhanced: request.block.is_some(),
            revision: request.header.revision,
            private_len: 0,
        };
        self.build(&mpa::REPLY_KEY, header, front, private_data)
    }
}

/// What stands in front of the consumer's private data.
enum Front {
    Nothing,
    Block(Block),
    Legacy(ReadLimits),
}

/// Responder: the limits and the ready-to-receive frame it settles on.
fn answer(config: &Config, request: &Parsed, reads: ReadLimits) -> (Agreement, Front) {
    let own = ReadLimits {
        ird: reads.ird.min(config.caps.ird),
        ord: reads.ord.min(config.caps.ord),
    };
    let mut agreement = Agreement {
        crc: config.crc || request.header.crc,
        markers_in: config.markers,
        markers_out: request.header.markers,
        ready: None,
        reads: own,
        inbound_limit: own.ird,
    };
    let Some(said) = request.reads() else {
        return (agreement, Front::Nothing);
    };
    let ird = negotiate(own.ird, said.ord);
    let ord = negotiate(own.ord, said.ird);
    agreement.reads = ReadLimits {
        ird: ird.in_force,
        ord: ord.in_force,
    };
    let Some(theirs) = request.block else {
        let told = ReadLimits {
            ird: ird.told.max(1),
            ord: ord.told.max(1),
        };
        // What it was told, it may do.
        agreement.inbound_limit = agreement.inbound_limit.max(1);
        return (agreement, Front::Legacy(told));
    };
    let ready = theirs.peer_to_peer.then(|| settle(config.ready, &theirs));
    agreement.ready = ready;
    let told_ird = match ready {
        Some(Ready::Read) => ird.told.max(1),
        Some(Ready::Write | Ready::Send) | None => ird.told,
    };
    let block = Block {
        peer_to_peer: theirs.peer_to_peer,
        send: ready == Some(Ready::Send),
        write: ready == Some(Ready::Write),
        read: ready == Some(Ready::Read),
        ird: told_ird,
        ord: ord.told,
    };
    (agreement, Front::Block(block))
}

/// Responder: exactly one kind, and one that was offered if any was: some initiators stumble over
/// two. Those we prefer come first.
fn settle(preferred: ReadyKinds, offered: &Block) -> Ready {
    let kinds = [
        (Ready::Write, preferred.write, offered.write),
        (Ready::Read, preferred.read, offered.read),
        (Ready::Send, preferred.send, offered.send),
    ];
    let both = kinds
        .iter()
        .find(|(_, preferred, offered)| *preferred && *offered);
    let theirs = kinds.iter().find(|(_, _, offered)| *offered);
    let ours = kinds.iter().find(|(_, preferred, _)| *preferred);
    both.or(theirs)
        .or(ours)
        .map_or(Ready::Write, |(kind, _, _)| *kind)
}

struct Limit {
    in_force: u16,
    told: u16,
}

/// Our limit against what the peer will use of it or allow.
fn negotiate(own: u16, theirs: u16) -> Limit {
    if theirs == NOT_NEGOTIATED {
        return Limit {
            in_force: own,
            told: NOT_NEGOTIATED,
        };
    }
    let both = own.min(theirs);
    Limit {
        in_force: both,
        told: both,
    }
}

/// Initiator: what a well-formed, accepting Reply means after the Request it answers.
pub(super) fn agree(
    config: &Config,
    offer: ReadLimits,
    reply: &Parsed,
) -> Result<Agreement, Error> {
    let mut agreement = Agreement {
        crc: config.crc || reply.header.crc,
        markers_in: config.markers,
        markers_out: reply.header.markers,
        ready: None,
        reads: offer,
        inbound_limit: offer.ird,
    };
    let Some(said) = reply.reads() else {
        return Ok(agreement);
    };
    if let Some(theirs) = &reply.block {
        agreement.ready = chosen(config, theirs)?;
    }
    if said.ird != NOT_NEGOTIATED {
        agreement.reads.ord = offer.ord.min(said.ird);
    }
    if said.ord != NOT_NEGOTIATED {
        // The legacy header has no way to say no: there what we offered holds.
        if said.ord > config.caps.ird.max(offer.ird) && reply.block.is_some() {
            return Err(Error::InsufficientIrd { wanted: said.ord });
        }
        agreement.inbound_limit = offer.ird.max(said.ord.min(config.caps.ird));
        agreement.reads.ird = offer.ird.min(said.ord);
    }
    Ok(agreement)
}

/// Initiator: the ready-to-receive frame to send, one that was offered and is named in the Reply.
fn chosen(config: &Config, reply: &Block) -> Result<Option<Ready>, Error> {
    if reply.peer_to_peer != config.peer_to_peer {
        return Err(Error::NoMatchingRtr);
    }
    if !reply.peer_to_peer {
        return Ok(None);
    }
    let ready = config.ready;
    match (
        ready.write && reply.write,
        ready.read && reply.read,
        ready.send && reply.send,
    ) {
        (true, _, _) => Ok(Some(Ready::Write)),
        (false, true, _) => Ok(Some(Ready::Read)),
        (false, false, true) => Ok(Some(Ready::Send)),
        (false, false, false) => Err(Error::NoMatchingRtr),
    }
}

/// Initiator: does the Reply answer the Request in its own terms? Before accept or reject is
/// looked at.
pub(super) fn check_reply(config: &Config, reply: &Parsed) -> Result<(), Error> {
    let revision = reply.header.revision;
    match config.revision {
        Revision::One if revision > 1 => Err(Error::StartupRevision { revision }),
        Revision::One => Ok(()),
        Revision::Two if reply.block.is_none() => Err(Error::ReplyNotEnhanced),
        Revision::Two => Ok(()),
    }
}
