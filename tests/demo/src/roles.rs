//! What each end does on an established connection: the client moves the data, the server gives memory and checks.

use std::time::{Duration, Instant};

use serde::Serialize;
use softrnic_consumer::abi::{
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_MR_FLAG_ALLOW_REMOTE_READ, NDK_MR_FLAG_ALLOW_REMOTE_WRITE,
};
use softrnic_consumer::{Buffer, Mr};

use crate::link::{Link, LinkError, MESSAGE, SLOTS, TRANSFER};
use crate::message::{HEADER, Message};
use crate::pattern;

/// Half of the server's region; the client works on one half while the server checks or fills the other.
const HALF: usize = 16 * 1024 * 1024;
/// Bytes of one RDMA write or read.
const CHUNK: usize = 1024 * 1024;
/// RDMA writes and reads outstanding at most.
const OUTSTANDING: usize = 16;
/// Data messages the server takes before it says so.
const CREDIT_BATCH: u64 = 32;

/// How much to move.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// Bytes by RDMA write, then as many by RDMA read.
    pub(crate) bytes: u64,
    /// Messages by send.
    pub(crate) sends: u64,
    /// Bytes of the file that is copied over SMB Direct.
    pub(crate) file: u64,
}

/// One row of the result table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Operation {
    /// What was done.
    pub(crate) name: &'static str,
    /// Requests posted.
    pub(crate) count: u64,
    /// Payload bytes moved and verified.
    pub(crate) bytes: u64,
    /// Wall time, the checking of every byte included.
    pub(crate) seconds: f64,
    /// Of a copied file: its hash, found the same where it was copied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
}

impl Operation {
    /// Adds `more` to the operations of the same names in `total`.
    pub(crate) fn add(total: &mut Vec<Self>, more: impl IntoIterator<Item = Self>) {
        for one in more {
            match total.iter_mut().find(|sum| sum.name == one.name) {
                Some(sum) => {
                    sum.count += one.count;
                    sum.bytes += one.bytes;
                    sum.seconds += one.seconds;
                }
                None => total.push(one),
            }
        }
    }
}

/// Told how far the work is: the operation and the part done of it, 0 to 1.
pub(crate) type Progress<'a> = &'a (dyn Fn(&'static str, f64) + Sync);

/// The memory a peer lets us read and write.
#[derive(Clone, Copy, Debug)]
struct Region {
    address: u64,
    token: u32,
}

/// Serves so many SMB Direct channels of the client until it has left them; given the link that it was asked for over.
pub(crate) type Copy<'a> = &'a mut dyn FnMut(&Link, u64) -> Result<Vec<Operation>, LinkError>;

/// Serves one connection until the client ends it; gives what was checked here.
pub(crate) fn serve(link: &mut Link, copy: Copy<'_>) -> Result<Vec<Operation>, LinkError> {
    let buffer = Buffer::new(2 * HALF);
    let flags = NDK_MR_FLAG_ALLOW_LOCAL_WRITE
        | NDK_MR_FLAG_ALLOW_REMOTE_READ
        | NDK_MR_FLAG_ALLOW_REMOTE_WRITE;
    let mr = Mr::of(&link.pd, &buffer, flags).map_err(|s| LinkError::Post("a memory region", s))?;
    let mut served = Served::new();
    let (mut taken, mut wrong, mut done) = (0, 0, false);
    loop {
        let (message, bytes) = match link.receive() {
            // The end of a client that said it is done is the end of a good connection.
            Err(LinkError::PeerGone(_)) if done => return Ok(served.operations()),
            other => other?,
        };
        match message {
            Message::Hello => link.send(
                Message::Region {
                    address: buffer.virtual_address(),
                    token: mr.remote_token(),
                    len: 2 * HALF as u64,
                },
                &[],
            )?,
            Message::Verify { offset, len, seed } => {
                let (offset, len) = within(offset, len)?;
                wrong += pattern::check(&buffer, offset, len, seed);
                served.count("RDMA write", len.div_ceil(CHUNK), len);
                link.send(Message::Answer { wrong }, &[])?;
            }
            Message::Fill { offset, len, seed } => {
                let (offset, len) = within(offset, len)?;
                pattern::fill(&buffer, offset, len, seed);
                served.count("RDMA read", len.div_ceil(CHUNK), len);
                link.send(Message::Answer { wrong }, &[])?;
            }
            Message::Data { sequence, len } => {
                let payload = &bytes[HEADER..];
                wrong += wrong_in(payload, (sequence, len), taken);
                taken += 1;
                served.count("send", 1, payload.len());
                if taken % CREDIT_BATCH == 0 {
                    link.send(Message::Credit { taken, wrong }, &[])?;
                }
            }
            Message::Copy { channels } => {
                served.add(copy(link, channels)?);
                link.send(Message::Answer { wrong }, &[])?;
            }
            Message::Done => {
                done = true;
                link.quiet()?;
            }
            Message::Region { .. } | Message::Answer { .. } | Message::Credit { .. } => {
                return Err(LinkError::Nonsense);
            }
        }
    }
}

/// Wrong bytes of data message `sequence` of `len` bytes: all of them, unless it is the one that was `due`.
fn wrong_in(payload: &[u8], (sequence, len): (u64, u64), due: u64) -> u64 {
    if sequence == due && len == payload.len() as u64 {
        pattern::wrong_bytes(sequence, 0, payload)
    } else {
        len.max(1)
    }
}

/// A range that a client named, if it is inside the region.
fn within(offset: u64, len: u64) -> Result<(usize, usize), LinkError> {
    match offset.checked_add(len) {
        Some(end) if end <= 2 * HALF as u64 => Ok((offset as usize, len as usize)),
        _ => Err(LinkError::Nonsense),
    }
}

/// What a server has done for a client.
struct Served {
    since: Instant,
    operations: Vec<Operation>,
}

impl Served {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            operations: Vec::new(),
        }
    }

    /// The time since the last count goes to `name`.
    fn count(&mut self, name: &'static str, count: usize, bytes: usize) {
        let now = Instant::now();
        let seconds = now.duration_since(self.since).as_secs_f64();
        self.since = now;
        let operation = Operation {
            name,
            count: count as u64,
            bytes: bytes as u64,
            seconds,
            sha256: None,
        };
        Operation::add(&mut self.operations, [operation]);
    }

    /// What was done beside, in its own time.
    fn add(&mut self, operations: Vec<Operation>) {
        self.since = Instant::now();
        Operation::add(&mut self.operations, operations);
    }

    /// What was counted, without requests that moved nothing.
    fn operations(self) -> Vec<Operation> {
        self.operations
            .into_iter()
            .filter(|o| o.count > 0)
            .collect()
    }
}

/// Does all of `work` on an established connection.
pub(crate) fn run_client(
    link: &mut Link,
    work: Work,
    progress: Progress<'_>,
    copy: impl FnOnce() -> Result<Vec<Operation>, LinkError>,
) -> Result<Vec<Operation>, LinkError> {
    let region = greet(link)?;
    let buffer = Buffer::new(2 * HALF);
    let mr = Mr::of(&link.pd, &buffer, NDK_MR_FLAG_ALLOW_LOCAL_WRITE)
        .map_err(|s| LinkError::Post("a memory region", s))?;
    let mut mover = Mover {
        link,
        buffer: &buffer,
        mr: &mr,
        region,
        progress,
    };
    let mut operations = vec![
        timed(
            "RDMA write",
            work.bytes.div_ceil(CHUNK as u64),
            work.bytes,
            || mover.write_all(work.bytes),
        )?,
        timed(
            "RDMA read",
            work.bytes.div_ceil(CHUNK as u64),
            work.bytes,
            || mover.read_all(work.bytes),
        )?,
        timed(
            "send",
            work.sends,
            (0..work.sends).map(payload_len).sum(),
            || mover.send_all(work.sends),
        )?,
    ];
    if work.file > 0 {
        let channels = crate::copy::CHANNELS;
        mover.link.send(Message::Copy { channels }, &[])?;
        operations.extend(copy()?);
        mover.answer()?;
    }
    link.send(Message::Done, &[])?;
    link.quiet()?;
    Ok(operations)
}

/// Asks for the server's memory.
fn greet(link: &mut Link) -> Result<Region, LinkError> {
    link.send(Message::Hello, &[])?;
    match link.receive()?.0 {
        Message::Region {
            address,
            token,
            len,
        } if len >= 2 * HALF as u64 => Ok(Region { address, token }),
        _ => Err(LinkError::Nonsense),
    }
}

fn timed(
    name: &'static str,
    count: u64,
    bytes: u64,
    job: impl FnOnce() -> Result<(), LinkError>,
) -> Result<Operation, LinkError> {
    let start = Instant::now();
    job()?;
    Ok(Operation {
        name,
        count,
        bytes,
        seconds: start.elapsed().max(Duration::from_micros(1)).as_secs_f64(),
        sha256: None,
    })
}

struct Mover<'a> {
    link: &'a mut Link,
    buffer: &'a Buffer,
    mr: &'a Mr,
    region: Region,
    progress: Progress<'a>,
}

/// The halves that `total` bytes make: the round, the offset of its half, its length.
fn rounds(total: u64) -> impl Iterator<Item = (u64, usize, usize)> {
    (0..total.div_ceil(HALF as u64)).map(move |round| {
        let len = (total - round * HALF as u64).min(HALF as u64) as usize;
        (round, (round % 2) as usize * HALF, len)
    })
}

impl Mover<'_> {
    fn write_all(&mut self, total: u64) -> Result<(), LinkError> {
        let mut unanswered = 0;
        for (round, offset, len) in rounds(total) {
            if unanswered == 2 {
                self.answer()?;
                unanswered -= 1;
            }
            pattern::fill(self.buffer, offset, len, round);
            self.each_chunk(offset, len, |mover, at, part| {
                let sge = mover.mr.sge(mover.buffer, at, part);
                mover
                    .link
                    .qp
                    .handle()
                    .write(
                        TRANSFER,
                        &[sge],
                        mover.region.address + at as u64,
                        mover.region.token,
                        0,
                    )
                    .ok()
                    .map_err(|s| mover.link.refused("an RDMA write", s))
            })?;
            self.link.send(
                Message::Verify {
                    offset: offset as u64,
                    len: len as u64,
                    seed: round,
                },
                &[],
            )?;
            unanswered += 1;
            // The next round in this half must not begin before these writes are done with the buffer.
            self.link.transfers_down_to(OUTSTANDING / 2)?;
            (self.progress)(
                "RDMA write",
                (round * HALF as u64 + len as u64) as f64 / total as f64,
            );
        }
        for _ in 0..unanswered {
            self.answer()?;
        }
        self.link.transfers_down_to(0)
    }

    fn read_all(&mut self, total: u64) -> Result<(), LinkError> {
        let mut coming = rounds(total);
        let mut asked = coming.next();
        self.ask(asked)?;
        while let Some((round, offset, len)) = asked {
            // The server fills the one half while the other is read.
            asked = coming.next();
            self.ask(asked)?;
            self.answer()?;
            self.each_chunk(offset, len, |mover, at, part| {
                let sge = mover.mr.sge(mover.buffer, at, part);
                mover
                    .link
                    .qp
                    .handle()
                    .read(
                        TRANSFER,
                        &[sge],
                        mover.region.address + at as u64,
                        mover.region.token,
                        0,
                    )
                    .ok()
                    .map_err(|s| mover.link.refused("an RDMA read", s))
            })?;
            self.link.transfers_down_to(0)?;
            match pattern::check(self.buffer, offset, len, !round) {
                0 => (self.progress)(
                    "RDMA read",
                    (round * HALF as u64 + len as u64) as f64 / total as f64,
                ),
                wrong => return Err(LinkError::Corrupt(wrong)),
            }
        }
        Ok(())
    }

    /// Asks the server to fill the memory of `round`.
    fn ask(&mut self, round: Option<(u64, usize, usize)>) -> Result<(), LinkError> {
        round.map_or(Ok(()), |(round, offset, len)| {
            self.link.send(
                Message::Fill {
                    offset: offset as u64,
                    len: len as u64,
                    seed: !round,
                },
                &[],
            )
        })
    }

    fn send_all(&mut self, total: u64) -> Result<(), LinkError> {
        let mut credits = Credits { taken: 0 };
        let mut payload = vec![0; MESSAGE - HEADER];
        for sequence in 0..total {
            while sequence - credits.taken >= SLOTS as u64 / 2 {
                let message = self.link.receive()?;
                credits.note(message.0)?;
            }
            let len = payload_len(sequence) as usize;
            pattern::generate(sequence, 0, &mut payload[..len]);
            self.link.send(
                Message::Data {
                    sequence,
                    len: len as u64,
                },
                &payload[..len],
            )?;
            while let Some(message) = self.link.try_receive()? {
                credits.note(message.0)?;
            }
            if sequence % 1024 == 0 {
                (self.progress)("send", sequence as f64 / total as f64);
            }
        }
        // The answer comes behind all data messages and tells of every wrong byte so far.
        self.link.send(
            Message::Verify {
                offset: 0,
                len: 0,
                seed: 0,
            },
            &[],
        )?;
        while credits.taken < total / CREDIT_BATCH * CREDIT_BATCH {
            let message = self.link.receive()?;
            credits.note(message.0)?;
        }
        self.answer()?;
        (self.progress)("send", 1.0);
        Ok(())
    }

    fn each_chunk(
        &mut self,
        offset: usize,
        len: usize,
        post: impl Fn(&mut Self, usize, usize) -> Result<(), LinkError>,
    ) -> Result<(), LinkError> {
        for start in (0..len).step_by(CHUNK) {
            self.link.transfers_down_to(OUTSTANDING - 1)?;
            post(self, offset + start, CHUNK.min(len - start))?;
            self.link.transfer_posted();
        }
        Ok(())
    }

    fn answer(&mut self) -> Result<(), LinkError> {
        match self.link.receive()?.0 {
            Message::Answer { wrong: 0 } => Ok(()),
            Message::Answer { wrong } => Err(LinkError::Corrupt(wrong)),
            _ => Err(LinkError::Nonsense),
        }
    }
}

struct Credits {
    taken: u64,
}

impl Credits {
    fn note(&mut self, message: Message) -> Result<(), LinkError> {
        match message {
            Message::Credit { taken, wrong: 0 } => {
                self.taken = taken;
                Ok(())
            }
            Message::Credit { wrong, .. } => Err(LinkError::Corrupt(wrong)),
            _ => Err(LinkError::Nonsense),
        }
    }
}

/// Payload bytes of data message `sequence`: sizes from nothing to what a message holds, small ones more often.
fn payload_len(sequence: u64) -> u64 {
    let x = sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    match x % 8 {
        0 => 0,
        1..=5 => x % 1024,
        _ => x % (MESSAGE - HEADER) as u64,
    }
}
