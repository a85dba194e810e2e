//! One recorded connection, with our machine in the place of one end.

use super::super::support::*;
use crate::iwarp::{Config, Event, Machine, ReadLimits, Request, Revision};
use crate::rdma::Stag;
use softrnic_oracle::ddp;
use softrnic_oracle::mpa::{Enhanced, Framing, Start};
use softrnic_oracle::receiver::{self, Delivery, Means, Outstanding, Receiver};
use softrnic_oracle::sender::{self, Message, What};
use softrnic_oracle::trace::{Side, Step, Trace, pattern};
use std::collections::VecDeque;

/// What siw's connection manager would take at most is more than ours.
const CAP: u16 = 16;

/// How a replay went.
pub(super) struct Replay {
    pub(super) end: End,
    /// What our machine sent, from the first byte on.
    pub(super) sent: Vec<u8>,
    /// The whole connection, as it was.
    pub(super) wire: Vec<(Side, Vec<u8>)>,
    /// The independent reading of what it was sent, and how that ended.
    pub(super) model: Receiver,
    pub(super) model_end: receiver::End,
    /// The recorded streams after their startup frames: of the end replaced, and of its peer.
    pub(super) ours: Vec<u8>,
    pub(super) framing: Framing,
    pub(super) own_start: Option<Start>,
    pub(super) peer_start: Option<Start>,
    /// A ready-to-receive frame stands in front of what we sent, and of what was recorded.
    pub(super) ready_sent: bool,
    pub(super) ready_recorded: bool,
    /// Regions that were made to hold what the peer read.
    pub(super) shown: Vec<Stag>,
}

/// Replays `trace` with our machine as `side`; `None` if that end was made by hand and never sent a
/// startup frame that any end could send.
pub(super) fn replay(trace: &Trace, side: Side, piece: usize) -> Option<Replay> {
    let (own_start, own) = split(&trace.stream(side));
    let (peer_start, peer) = split(&trace.stream(side.other()));
    if side == Side::Initiator && own_start.is_none() {
        return None;
    }
    let crc = |start: &Option<Start>| start.as_ref().is_some_and(|start| start.crc);
    let framing = Framing {
        crc: crc(&own_start) || crc(&peer_start),
        markers: false,
    };
    let mut messages: VecDeque<Message> = sender::messages(&own, framing).into();
    let ready = ready(messages.front(), own_start.as_ref(), side);
    if ready.is_some() {
        messages.pop_front();
    }
    let gave_up = messages
        .iter()
        .any(|message| message.opcode == ddp::TERMINATE);
    messages.retain(is_posted);
    let mut script = Script {
        trace,
        side,
        own_start: own_start.as_ref(),
        messages,
        ready,
        taken: 0,
        skipped: trace.stream(side).len() - own.len(),
        shown: 0,
        unshown: trace.stream(side.other()).len() - peer.len(),
        asked: asked(&sender::messages(&peer, framing), &own, framing),
        asked_before: Vec::new(),
        gave_up,
        fixed: table(own_start.as_ref()),
    };
    let mut end = script.end();
    let mut model = script.model(&end, framing);
    let model_end = model.judge(&peer);
    // Nobody is told of the answer to a ready-to-receive Read.
    if matches!(script.ready, Some(What::Read(_))) && !model.delivered.is_empty() {
        assert_eq!(model.delivered.remove(0), Delivery::Read(vec![]));
    }
    let mut wire = vec![(side, end.transmit(1 << 20))];
    for (from, step) in &trace.steps {
        script.step(&mut end, *from == side, step, piece);
        if let (true, Step::Bytes(bytes)) = (*from != side, step) {
            wire.push((*from, bytes.clone()));
        }
        wire.push((side, end.transmit(1 << 20)));
    }
    let ours = wire.iter().filter(|(from, _)| *from == side);
    let sent = ours.flat_map(|(_, bytes)| bytes.clone()).collect();
    let agreed = peer_start.as_ref().and_then(|start| start.enhanced);
    let shown = script.asked_before.iter().map(|stag| Stag(*stag)).collect();
    Some(Replay {
        end,
        sent,
        wire,
        model,
        model_end,
        ours: own,
        framing,
        ready_sent: side == Side::Initiator && agreed.is_some_and(|e| e.peer),
        ready_recorded: ready.is_some(),
        shown,
        own_start: own_start.clone(),
        peer_start,
    })
}

/// The startup frame, and what follows it.
fn split(stream: &[u8]) -> (Option<Start>, Vec<u8>) {
    match Start::parse(stream) {
        Some((start, len)) => (Some(start), stream[len..].to_vec()),
        None => (None, Vec::new()),
    }
}

/// The ready-to-receive frame our end sent, if there was one.
fn ready(first: Option<&Message>, own_start: Option<&Start>, side: Side) -> Option<What> {
    let enhanced = own_start?.enhanced?;
    let first = first?;
    let empty = match first.what {
        What::Tagged { .. } => first.opcode == ddp::WRITE && first.data.is_empty(),
        What::Read(read) => read.len == 0,
        What::Send { .. } | What::Other => false,
    };
    (side == Side::Initiator && enhanced.peer && empty).then_some(first.what)
}

/// Did a consumer post it?
fn is_posted(message: &Message) -> bool {
    match message.what {
        What::Tagged { .. } => message.opcode == ddp::WRITE,
        What::Send { .. } | What::Read(_) => true,
        What::Other => false,
    }
}

/// The peer's Read Requests and what the recorded end answered.
fn asked(peer: &[Message], own: &[u8], framing: Framing) -> VecDeque<Asked> {
    let own = sender::messages(own, framing);
    let mut answers = own.into_iter().filter(|m| m.opcode == ddp::READ_RESPONSE);
    let reads = peer.iter().filter_map(|message| match message.what {
        What::Read(read) => Some((message.at, read)),
        What::Tagged { .. } | What::Send { .. } | What::Other => None,
    });
    let asked = |(at, read)| Asked {
        at,
        read,
        answer: answers
            .next()
            .map(|message| message.data)
            .unwrap_or_default(),
    };
    reads.map(asked).collect()
}

/// A Read Request of the peer's: where it begins in its stream, and the answer it got.
struct Asked {
    at: usize,
    read: ddp::Read,
    answer: Vec<u8>,
}

/// The recorded programs' table of their memory: address, STag, length of each region.
fn table(start: Option<&Start>) -> Option<Vec<(u64, u32, usize)>> {
    let rows = start?.private.strip_prefix(b"IWT1")?.get(..80)?;
    let word = |row: &[u8], at: usize| u32::from_be_bytes(row[at..at + 4].try_into().unwrap());
    let row = |row: &[u8]| {
        let base = u64::from(word(row, 0)) << 32 | u64::from(word(row, 4));
        (base, word(row, 8), word(row, 12) as usize)
    };
    Some(rows.chunks(16).map(row).collect())
}

/// STag, offset and length of all that a peer writes and reads.
fn uses(peer: &[u8]) -> Vec<(u32, u64, usize)> {
    let messages = sender::messages(peer, Framing::default()).into_iter();
    let uses = messages.filter_map(|message| match message.what {
        What::Tagged { stag, to } if message.opcode == ddp::WRITE => {
            Some((stag, to, message.data.len()))
        }
        What::Read(read) => Some((read.source_stag, read.source_to, read.len as usize)),
        What::Tagged { .. } | What::Send { .. } | What::Other => None,
    });
    uses.collect()
}

/// What to do when, and for which end.
struct Script<'a> {
    trace: &'a Trace,
    side: Side,
    own_start: Option<&'a Start>,
    messages: VecDeque<Message>,
    ready: Option<What>,
    /// Bytes of our end's recorded stream passed so far, and its startup frame's.
    taken: usize,
    skipped: usize,
    /// The peer's Read Requests not here yet; how much of its stream after the startup frame is,
    /// and how much of that frame is not.
    asked: VecDeque<Asked>,
    shown: usize,
    unshown: usize,
    asked_before: Vec<u32>,
    /// The end replaced sent a Terminate.
    gave_up: bool,
    fixed: Option<Vec<(u64, u32, usize)>>,
}

impl Script<'_> {
    /// Our end, before the first byte.
    fn end(&self) -> End {
        let enhanced = self.own_start.and_then(|start| start.enhanced);
        let config = Config {
            crc: self.side == Side::Initiator && self.own_start.is_some_and(|start| start.crc),
            markers: false,
            revision: match self.own_start.map(|start| start.revision) {
                Some(0 | 1) => Revision::One,
                Some(2..) | None => Revision::Two,
            },
            peer_to_peer: enhanced.is_some_and(|enhanced| enhanced.peer),
            // MTU 1500 with time stamps.
            emss: 1448,
            caps: ReadLimits { ird: CAP, ord: CAP },
            ..config()
        };
        let mut end = match self.side {
            Side::Initiator => End::new(Machine::initiator(&config)),
            Side::Responder => End::new(Machine::responder(&config, 0)),
        };
        self.memory(&mut end.memory);
        if self.side == Side::Initiator {
            let (data, limits) = self.wishes();
            end.machine.request(0, data, limits).unwrap();
        }
        end
    }

    /// The options of the end replaced, if its program was iwtrace.
    fn iwtrace(&self) -> Option<&str> {
        self.trace.programs[self.side as usize].strip_prefix("iwtrace")
    }

    /// Private data and read limits of the end replaced.
    fn wishes(&self) -> (&[u8], ReadLimits) {
        let enhanced = self.own_start.and_then(|start| start.enhanced);
        let limits = enhanced.map_or(LIMITS, |enhanced| ReadLimits {
            ird: enhanced.ird,
            ord: enhanced.ord,
        });
        (self.own_start.map_or(&[], |start| &start.private), limits)
    }

    /// Regions and receives as the recorded program had them; of other programs, as their peer
    /// used them.
    fn memory(&self, memory: &mut Memory) {
        let option = |name: &str| {
            let mut words = self.iwtrace()?.split(' ');
            words.find(|word| *word == name)?;
            words.next()?.parse().ok()
        };
        let usual = if self.iwtrace().is_some() { 16 } else { 1024 };
        let (count, len) = (
            option("-n").unwrap_or(usual),
            option("-l").unwrap_or(65_536),
        );
        memory.receives.extend(vec![len; count]);
        memory.refuse = true;
        let (_, peer) = split(&self.trace.stream(self.side.other()));
        let uses = uses(&peer);
        for (index, (base, stag, len)) in self.fixed.iter().flatten().enumerate() {
            let shift = index + 0x40 * usize::from(self.side == Side::Initiator);
            // No more of it than the peer names: a thousand replays fill much memory.
            let reach = uses.iter().filter(|(at, ..)| at == stag);
            let reach = reach.map(|(_, to, len)| to.saturating_sub(*base) as usize + len);
            let used = reach.max().unwrap_or(0).min(*len);
            let period: Vec<u8> = (0..65_536).map(|k| pattern(k + 256 * shift)).collect();
            memory.regions.push(Region {
                stag: Stag(*stag),
                foreign: index == 4,
                valid: true,
                rights: Rights {
                    read: index != 3,
                    write: !matches!(index, 2 | 3),
                    invalidatable: true,
                },
                base: *base,
                bytes: period.repeat(used.div_ceil(65_536))[..used].to_vec(),
            });
        }
        if self.fixed.is_none() && self.trace.is_real(self.side.other()) {
            self.used(memory, &uses);
        }
    }

    /// What the peer wrote and read, one region an STag.
    fn used(&self, memory: &mut Memory, uses: &[(u32, u64, usize)]) {
        for (stag, to, len) in uses.iter().copied() {
            // Page by page would be more than it is worth: no program uses more than this.
            let known = memory
                .regions
                .iter()
                .any(|region| region.stag == Stag(stag));
            if len > 0 && !known {
                memory.regions.push(Region {
                    stag: Stag(stag),
                    foreign: false,
                    valid: true,
                    rights: Rights {
                        read: true,
                        write: true,
                        invalidatable: true,
                    },
                    base: to & !0xf_ffff,
                    bytes: vec![0; 2 << 20],
                });
            }
        }
    }

    /// The independent reading, with the same memory.
    fn model(&self, end: &End, framing: Framing) -> Receiver {
        let region = |region: &Region| receiver::Region {
            stag: region.stag.0,
            base: region.base,
            bytes: region.bytes.clone(),
            read: region.rights.read,
            write: region.rights.write,
            other: region.foreign,
            valid: region.valid,
        };
        let posted = self.messages.iter().map(|message| message.what);
        let reads = self
            .ready
            .into_iter()
            .chain(posted)
            .filter_map(|what| match what {
                What::Read(read) => Some(Outstanding {
                    sink_stag: read.sink_stag,
                    sink_to: read.sink_to,
                    len: read.len,
                }),
                What::Tagged { .. } | What::Send { .. } | What::Other => None,
            });
        let means = Means {
            regions: end.memory.regions.iter().map(region).collect(),
            receives: end.memory.receives.clone(),
            outstanding: reads.collect(),
            // How many are unanswered at a time is not in the stream.
            ird: 1 << 20,
        };
        Receiver::new(framing, means)
    }

    fn step(&mut self, end: &mut End, own: bool, step: &Step, piece: usize) {
        match (own, step) {
            (true, Step::Bytes(bytes)) => {
                self.taken += bytes.len();
                self.post(end);
            }
            // Where siw gave up, our machine decides for itself.
            (true, Step::Fin) if self.gave_up => {}
            (true, Step::Fin) => end.machine.disconnect(),
            (true, Step::Reset) => {}
            (false, Step::Reset) => end.machine.handle_reset(),
            (false, Step::Bytes(bytes)) => {
                self.show(end, bytes.len());
                end.take(&lowered(bytes), piece);
                self.consumer(end);
            }
            (false, Step::Fin) => end.machine.handle_fin(),
        }
        end.collect();
    }

    /// Posts what our end had begun to send by now.
    fn post(&mut self, end: &mut End) {
        let begun = |message: &Message, taken: usize, skipped: usize| message.at + skipped < taken;
        while let Some(message) = self.messages.front() {
            if !begun(message, self.taken, self.skipped) {
                return;
            }
            let message = self.messages.pop_front().unwrap();
            end.requests.push_back(request(message));
        }
    }

    /// A program other than iwtrace changes what its peer reads, from one Read to the next: before
    /// `len` more bytes of the peer's are taken, the memory it asks for gets what it was answered.
    fn show(&mut self, end: &mut End, len: usize) {
        let startup = self.unshown.min(len);
        self.unshown -= startup;
        self.shown += len - startup;
        while let Some(asked) = self.asked.pop_front_if(|asked| asked.at < self.shown) {
            if self.fixed.is_some() {
                continue;
            }
            let named = |region: &&mut Region| region.stag == Stag(asked.read.source_stag);
            if let Some(region) = end.memory.regions.iter_mut().find(named) {
                self.asked_before.push(asked.read.source_stag);
                let at = (asked.read.source_to - region.base) as usize;
                region.bytes[at..][..asked.answer.len()].copy_from_slice(&asked.answer);
            }
        }
    }

    /// The consumer's part of start-up.
    fn consumer(&mut self, end: &mut End) {
        let (data, limits) = self.wishes();
        let rejects = self
            .iwtrace()
            .is_some_and(|options| options.contains(" -R"));
        match end.events.last() {
            Some(Event::PeerRequest { .. }) if rejects => {
                end.machine.reject(data).ok();
            }
            Some(Event::PeerRequest { .. }) => {
                end.machine.accept(0, data, limits).ok();
            }
            Some(Event::PeerReply { .. }) => {
                end.machine.complete().ok();
                end.collect();
                // Bytes behind the Reply were held.
                end.take(&[], 1 << 20);
            }
            _ => {}
        }
    }
}

/// A recorded Reply answers a Request that may have offered more Reads than ours: the peer would have
/// stayed below what we say.
fn lowered(bytes: &[u8]) -> Vec<u8> {
    match Start::parse(bytes) {
        Some((mut start, len)) if start.reply && start.enhanced.is_some_and(offered_more) => {
            start.enhanced = start.enhanced.map(|e| Enhanced { ord: CAP, ..e });
            [start.bytes(), bytes[len..].to_vec()].concat()
        }
        _ => bytes.to_vec(),
    }
}

/// What siw says of a Request that offered so many, its own most among them.
fn offered_more(reply: Enhanced) -> bool {
    matches!(reply.ord, 32 | 128)
}

/// A recorded message as what a consumer would post, with its payload (of a Read: its sink).
fn request(message: Message) -> (Request, Vec<u8>) {
    let len = message.data.len() as u32;
    match message.what {
        What::Tagged { stag, to } => {
            let stag = Stag(stag);
            (Request::Write { len, stag, to }, message.data)
        }
        What::Send { word, .. } => {
            let invalidates = matches!(message.opcode, 4 | 6);
            let request = Request::Send {
                len,
                solicited: message.opcode >= ddp::SEND_SOLICITED,
                invalidate: invalidates.then_some(Stag(word)),
            };
            (request, message.data)
        }
        What::Read(read) => {
            let request = Request::Read {
                len: read.len,
                stag: Stag(read.source_stag),
                to: read.source_to,
                sink_stag: Stag(read.sink_stag),
                sink_to: read.sink_to,
            };
            (request, vec![0; read.len as usize])
        }
        What::Other => unreachable!("{message:?}"),
    }
}
