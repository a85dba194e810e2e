//! MPA start-up: gathering the peer's frame, building ours, and what the two agree on
//! (RFC 5044 section 7.1, RFC 6581 section 9).

use super::api::{Config, ReadLimits, Revision};
use super::error::{CallError, Error};
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

/// A startup frame held by value: ours until it is sent, the peer's for its private data.
pub(super) struct Frame {
    bytes: [u8; mpa::FRAME_MAX],
    len: usize,
}

/// A whole, well-formed frame of the peer's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    pub(super) header: Header,
    pub(super) block: Option<Block>,
}

impl Parsed {
    /// The peer's limits, where it said them.
    pub(super) fn reads(&self) -> Option<ReadLimits> {
        let block = self.block?;
        let negotiated = block.ird != NOT_NEGOTIATED && block.ord != NOT_NEGOTIATED;
        negotiated.then_some(ReadLimits {
            ird: block.ird,
            ord: block.ord,
        })
    }

    /// Where the consumer's part of the private data starts.
    fn private_start(&self) -> usize {
        mpa::HEADER_LEN + self.block.map_or(0, |_| mpa::BLOCK_LEN)
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
        let block = self.as_slice().get(mpa::HEADER_LEN..);
        let block = block
            .and_then(|private| private.first_chunk::<{ mpa::BLOCK_LEN }>())
            .filter(|_| header.enhanced)
            .map(|block| Block::parse(*block));
        Ok((taken, Some(Parsed { header, block })))
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
        block: Option<Block>,
        private_data: &[u8],
    ) -> Result<(), CallError> {
        let block = block.map(|block| block.emit());
        let block = block.as_ref().map_or(&[][..], |block| block);
        let private_len = block.len() + private_data.len();
        let header = Header {
            private_len: u16::try_from(private_len).map_err(|_| CallError::PrivateData)?,
            ..header
        };
        if private_len > mpa::PRIVATE_MAX {
            return Err(CallError::PrivateData);
        }
        self.len = 0;
        for part in [&header.emit(key)[..], block, private_data] {
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
        let block = match config.revision {
            Revision::One => None,
            Revision::Two => {
                if config.peer_to_peer {
                    // A ready-to-receive Read needs a slot on either side, and some peers refuse
                    // to do without.
                    offer = ReadLimits {
                        ird: offer.ird.max(1),
                        ord: offer.ord.max(1),
                    };
                }
                Some(Block {
                    peer_to_peer: config.peer_to_peer,
                    // It would use up a receive of the peer's consumer.
                    send: false,
                    write: config.peer_to_peer,
                    read: config.peer_to_peer,
                    ird: offer.ird,
                    ord: offer.ord,
                })
            }
        };
        let header = Header {
            markers: config.markers,
            crc: config.crc,
            rejected: false,
            enhanced: block.is_some(),
            revision: match config.revision {
                Revision::One => 1,
                Revision::Two => 2,
            },
            private_len: 0,
        };
        self.build(&mpa::REQUEST_KEY, header, block, private_data)?;
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
        let (agreement, block) = answer(config, request, reads);
        let header = Header {
            markers: config.markers,
            crc: config.crc,
            rejected: false,
            enhanced: block.is_some(),
            revision: request.header.revision,
            private_len: 0,
        };
        self.build(&mpa::REPLY_KEY, header, block, private_data)?;
        Ok(agreement)
    }

    /// The responder's refusal.
    pub(super) fn build_reject(
        &mut self,
        config: &Config,
        request: &Parsed,
        private_data: &[u8],
    ) -> Result<(), CallError> {
        let block = request.block.map(|_| Block {
            peer_to_peer: false,
            send: false,
            write: false,
            read: false,
            ird: config.caps.ird,
            ord: config.caps.ord,
        });
        let header = Header {
            markers: false,
            crc: config.crc,
            rejected: true,
            enhanced: block.is_some(),
            revision: request.header.revision,
            private_len: 0,
        };
        self.build(&mpa::REPLY_KEY, header, block, private_data)
    }
}

/// Responder: the limits and the ready-to-receive frame it settles on.
fn answer(config: &Config, request: &Parsed, reads: ReadLimits) -> (Agreement, Option<Block>) {
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
    let Some(theirs) = request.block else {
        return (agreement, None);
    };
    // Exactly one kind, and one that was asked for: some initiators stumble over two.
    agreement.ready = match (theirs.peer_to_peer, theirs.write, theirs.read, theirs.send) {
        (false, ..) => None,
        (true, true, ..) => Some(Ready::Write),
        (true, false, true, _) => Some(Ready::Read),
        (true, false, false, true) => Some(Ready::Send),
        // It must name one, and did not.
        (true, false, false, false) => Some(Ready::Write),
    };
    let ird = negotiate(own.ird, theirs.ord);
    let ord = negotiate(own.ord, theirs.ird);
    agreement.reads = ReadLimits {
        ird: ird.in_force,
        ord: ord.in_force,
    };
    let mut told_ird = ird.told;
    if agreement.ready == Some(Ready::Read) {
        told_ird = told_ird.max(1);
    }
    let block = Block {
        peer_to_peer: theirs.peer_to_peer,
        send: agreement.ready == Some(Ready::Send),
        write: agreement.ready == Some(Ready::Write),
        read: agreement.ready == Some(Ready::Read),
        ird: told_ird,
        ord: ord.told,
    };
    (agreement, Some(block))
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
    let Some(theirs) = reply.block else {
        return Ok(agreement);
    };
    if theirs.peer_to_peer != config.peer_to_peer {
        return Err(Error::NoMatchingRtr);
    }
    agreement.ready = match (theirs.peer_to_peer, theirs.write, theirs.read) {
        (false, ..) => None,
        (true, true, _) => Some(Ready::Write),
        (true, false, true) => Some(Ready::Read),
        (true, false, false) => return Err(Error::NoMatchingRtr),
    };
    if theirs.ird != NOT_NEGOTIATED {
        agreement.reads.ord = offer.ord.min(theirs.ird);
    }
    if theirs.ord != NOT_NEGOTIATED {
        if theirs.ord > config.caps.ird.max(offer.ird) {
            return Err(Error::InsufficientIrd { wanted: theirs.ord });
        }
        agreement.inbound_limit = offer.ird.max(theirs.ord);
        agreement.reads.ird = offer.ird.min(theirs.ord);
    }
    Ok(agreement)
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
