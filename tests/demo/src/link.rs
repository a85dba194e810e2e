//! One end's resources for one connection, and its completions.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use softrnic_consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_MR_FLAG_ALLOW_LOCAL_WRITE};
use softrnic_consumer::{
    Adapter, Arrival, Buffer, Completed, Cq, GaveUp, Inbox, Mr, NtStatus, Patience, Pd, Qp,
    QpLimits, SLICE,
};
use softrnic_smbdirect::ChannelError;

use crate::message::{HEADER, Message};

/// Bytes of the largest message, payload included.
pub(crate) const MESSAGE: usize = 8 * 1024;
/// Receives kept posted, and messages in flight at most.
pub(crate) const SLOTS: usize = 256;
/// How long the disconnect event may lag behind the first cancelled completion, and flushed completions behind the close.
const LAG: Duration = Duration::from_secs(5);

const RECEIVE: usize = 1 << 32;
const SEND: usize = 2 << 32;
/// Context of RDMA writes and reads.
pub(crate) const TRANSFER: usize = 3 << 32;

/// Why a connection did not do its job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkError {
    /// A request could not be posted.
    Post(&'static str, NtStatus),
    /// A request completed with a failure.
    Completion(&'static str, NtStatus),
    /// The peer disconnected or died; a request was completed with this status for it.
    PeerGone(Option<NtStatus>),
    /// Nothing happened for too long.
    Silence(Duration),
    /// The end was asked to stop.
    Interrupted,
    /// The peer said something that makes no sense here.
    Nonsense,
    /// Data arrived, but not what was sent.
    Corrupt(u64),
    /// An SMB Direct channel failed.
    SmbDirect(ChannelError),
    /// The copied file is another than the one there was.
    OtherFile,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(what, status) => write!(f, "{what} could not be posted: {status}"),
            Self::Completion(what, status) => write!(f, "{what} failed: {status}"),
            Self::PeerGone(None) => {
                f.write_str("the peer ended the connection before the work was done")
            }
            Self::PeerGone(Some(status)) => write!(
                f,
                "the peer ended the connection before the work was done: {status}"
            ),
            Self::Silence(limit) => {
                write!(f, "nothing came from the peer for {} s", limit.as_secs())
            }
            Self::Interrupted => f.write_str("interrupted"),
            Self::Nonsense => f.write_str("the peer sent a message the demo does not know"),
            Self::Corrupt(bytes) => write!(f, "{bytes} bytes arrived wrong"),
            Self::SmbDirect(e) => write!(f, "SMB Direct: {e}"),
            Self::OtherFile => f.write_str("the file that was copied has another hash than before"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<GaveUp> for LinkError {
    fn from(gave_up: GaveUp) -> Self {
        match gave_up {
            GaveUp::Silence(limit) => Self::Silence(limit),
            GaveUp::Stopped => Self::Interrupted,
        }
    }
}

/// The next completion.
fn next(inbox: &Inbox, patience: &Patience) -> Result<Completed, LinkError> {
    let start = Instant::now();
    loop {
        // Before the wait: on a busy connection there is always something.
        if patience.is_over() {
            return Err(LinkError::Interrupted);
        }
        match inbox.wait(SLICE) {
            Arrival::Completed(completed) => return Ok(completed),
            Arrival::Gone => return Err(LinkError::PeerGone(None)),
            Arrival::Nothing if start.elapsed() >= patience.limit => {
                return Err(LinkError::Silence(patience.limit));
            }
            Arrival::Nothing => {}
        }
    }
}

/// PD, CQ, QP, message buffers and the completions of one connection.
pub(crate) struct Link {
    inbox: Arc<Inbox>,
    outgoing: (Buffer, Mr),
    incoming: (Buffer, Mr),
    free: Vec<usize>,
    transfers: usize,
    receives: usize,
    patience: Patience,
    messages: VecDeque<(Message, Vec<u8>)>,
    /// The queue pair to connect.
    pub(crate) qp: Arc<Qp>,
    /// The protection domain for more memory.
    pub(crate) pd: Arc<Pd>,
    _cq: Arc<Cq>,
}

impl Link {
    /// Makes everything a connection needs on `adapter` and posts its receives.
    pub(crate) fn new(adapter: &Arc<Adapter>, patience: &Patience) -> Result<Self, LinkError> {
        Self::make(adapter, patience).map_err(|(what, status)| LinkError::Post(what, status))
    }

    fn make(adapter: &Arc<Adapter>, patience: &Patience) -> Result<Self, (&'static str, NtStatus)> {
        let inbox = Arc::new(Inbox::default());
        let pd = Pd::new(adapter).map_err(|s| ("a protection domain", s))?;
        let sink = inbox.clone();
        let cq = Arc::new(
            Cq::new(adapter, 4 * SLOTS as u32, move |cq, _| sink.drain(cq))
                .map_err(|s| ("a completion queue", s))?,
        );
        let limits = QpLimits {
            receive_depth: SLOTS as u32,
            initiator_depth: 2 * SLOTS as u32,
            ..QpLimits::default()
        };
        let qp = Qp::new(&pd, &cq, &cq, limits, 0).map_err(|s| ("a queue pair", s))?;
        let buffer = || -> Result<(Buffer, Mr), NtStatus> {
            let buffer = Buffer::new(SLOTS * MESSAGE);
            let mr = Mr::of(&pd, &buffer, NDK_MR_FLAG_ALLOW_LOCAL_WRITE)?;
            Ok((buffer, mr))
        };
        let (outgoing, incoming) = (
            buffer().map_err(|s| ("a memory region", s))?,
            buffer().map_err(|s| ("a memory region", s))?,
        );
        let mut link = Self {
            inbox,
            outgoing,
            incoming,
            free: (0..SLOTS).collect(),
            transfers: 0,
            receives: 0,
            patience: patience.clone(),
            messages: VecDeque::new(),
            qp,
            pd,
            _cq: cq.clone(),
        };
        for slot in 0..SLOTS {
            link.post_receive(slot).map_err(|e| match e {
                LinkError::Post(what, status) => (what, status),
                _ => ("a receive", NtStatus::INTERNAL_ERROR),
            })?;
        }
        cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        Ok(link)
    }

    /// What the disconnect event callback must call.
    pub(crate) fn on_disconnect(&self) -> impl Fn() + Send + Sync + 'static {
        self.inbox.on_disconnect()
    }

    /// Whether the disconnect event has come.
    pub(crate) fn is_gone(&self) -> bool {
        self.inbox.is_gone(Duration::ZERO)
    }

    /// Sends `message` with `payload` behind it; waits for a free slot if need be.
    pub(crate) fn send(&mut self, message: Message, payload: &[u8]) -> Result<(), LinkError> {
        while self.free.is_empty() {
            self.step()?;
        }
        let Some(slot) = self.free.pop() else {
            return Err(LinkError::Nonsense);
        };
        let (buffer, mr) = &self.outgoing;
        buffer.write(slot * MESSAGE, &message.encode());
        buffer.write(slot * MESSAGE + HEADER, payload);
        let sge = mr.sge(buffer, slot * MESSAGE, HEADER + payload.len());
        let posted = self.qp.handle().send(SEND | slot, &[sge], 0).ok();
        posted.map_err(|s| {
            self.free.push(slot);
            self.refused("a send", s)
        })
    }

    /// The next message from the peer.
    pub(crate) fn receive(&mut self) -> Result<(Message, Vec<u8>), LinkError> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(message);
            }
            self.step()?;
        }
    }

    /// The next message, if one is here already.
    pub(crate) fn try_receive(&mut self) -> Result<Option<(Message, Vec<u8>)>, LinkError> {
        while self.messages.is_empty() && !self.inbox.is_empty() {
            self.step()?;
        }
        Ok(self.messages.pop_front())
    }

    /// Counts an RDMA write or read that was posted with context [`TRANSFER`].
    pub(crate) fn transfer_posted(&mut self) {
        self.transfers += 1;
    }

    /// Waits until at most `limit` writes and reads are outstanding.
    pub(crate) fn transfers_down_to(&mut self, limit: usize) -> Result<(), LinkError> {
        while self.transfers > limit {
            self.step()?;
        }
        Ok(())
    }

    /// Waits until everything posted but the receives is done.
    pub(crate) fn quiet(&mut self) -> Result<(), LinkError> {
        while self.transfers > 0 || self.free.len() < SLOTS {
            self.step()?;
        }
        Ok(())
    }

    /// Takes the completions that the end of the connection made; gives the number of requests that have none.
    pub(crate) fn flushed(&mut self) -> usize {
        let start = Instant::now();
        loop {
            let missing = self.receives + self.transfers + (SLOTS - self.free.len());
            if missing == 0 || start.elapsed() >= LAG {
                return missing;
            }
            if let Some(completed) = self.inbox.result(SLICE) {
                self.count(completed.context);
            }
        }
    }

    /// One request less is outstanding.
    fn count(&mut self, context: usize) {
        match context & !(RECEIVE - 1) {
            RECEIVE => self.receives = self.receives.saturating_sub(1),
            SEND => self.free.push(context & (RECEIVE - 1)),
            _ => self.transfers = self.transfers.saturating_sub(1),
        }
    }

    /// Takes one completion.
    fn step(&mut self) -> Result<(), LinkError> {
        let done = next(&self.inbox, &self.patience)?;
        self.count(done.context);
        if done.status != NtStatus::SUCCESS {
            return Err(self.failure(done));
        }
        match done.context & !(RECEIVE - 1) {
            RECEIVE => self.received(done.context & (RECEIVE - 1), done.bytes),
            _ => Ok(()),
        }
    }

    /// What a refused post means: an end of the connection is told of by its event, and to whoever posts after it.
    pub(crate) fn refused(&self, what: &'static str, status: NtStatus) -> LinkError {
        if status == NtStatus::CONNECTION_INVALID && self.inbox.is_gone(LAG) {
            LinkError::PeerGone(Some(status))
        } else {
            LinkError::Post(what, status)
        }
    }

    /// What a failed completion means: an end of the connection cancels what is outstanding (NDK-DISC-12).
    fn failure(&self, done: Completed) -> LinkError {
        if done.status == NtStatus::CANCELLED && self.inbox.is_gone(LAG) {
            return LinkError::PeerGone(Some(done.status));
        }
        let what = match done.context & !(RECEIVE - 1) {
            RECEIVE => "a receive",
            SEND => "a send",
            _ => "an RDMA transfer",
        };
        LinkError::Completion(what, done.status)
    }

    fn received(&mut self, slot: usize, bytes: u32) -> Result<(), LinkError> {
        let all = self.incoming.0.read(slot * MESSAGE, bytes as usize);
        self.post_receive(slot)?;
        let message = Message::decode(&all).ok_or(LinkError::Nonsense)?;
        self.messages.push_back((message, all));
        Ok(())
    }

    fn post_receive(&mut self, slot: usize) -> Result<(), LinkError> {
        let (buffer, mr) = &self.incoming;
        let sge = mr.sge(buffer, slot * MESSAGE, MESSAGE);
        self.qp
            .handle()
            .receive(RECEIVE | slot, &[sge])
            .ok()
            .map_err(|s| self.refused("a receive", s))?;
        self.receives += 1;
        Ok(())
    }
}
