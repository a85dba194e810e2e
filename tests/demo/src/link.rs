//! One end's resources for one connection, and its completions.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use softrnic_consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_RESULT};
use softrnic_consumer::{Adapter, Buffer, Cq, CqHandle, Mr, NtStatus, Pd, Qp, QpLimits};

use crate::message::{HEADER, Message};

/// Bytes of the largest message, payload included.
pub(crate) const MESSAGE: usize = 8 * 1024;
/// Receives kept posted, and messages in flight at most.
pub(crate) const SLOTS: usize = 256;
/// How long an end waits for the other before it gives up.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// The peer disconnected or died.
    PeerGone,
    /// Nothing happened for too long.
    Silence,
    /// The peer said something that makes no sense here.
    Nonsense,
    /// Data arrived, but not what was sent.
    Corrupt(u64),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(what, status) => write!(f, "{what} could not be posted: {status}"),
            Self::Completion(what, status) => write!(f, "{what} failed: {status}"),
            Self::PeerGone => f.write_str("the peer ended the connection before the work was done"),
            Self::Silence => write!(f, "nothing came from the peer for {} s", PATIENCE.as_secs()),
            Self::Nonsense => f.write_str("the peer sent a message the demo does not know"),
            Self::Corrupt(bytes) => write!(f, "{bytes} bytes arrived wrong"),
        }
    }
}

impl std::error::Error for LinkError {}

/// A completion as the CQ gave it.
#[derive(Clone, Copy, Debug)]
struct Done {
    context: usize,
    status: NtStatus,
    bytes: u32,
}

#[derive(Default)]
struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    done: VecDeque<Done>,
    gone: bool,
}

impl Inbox {
    fn drain(&self, cq: CqHandle) {
        let mut results = [NDK_RESULT::default(); 64];
        loop {
            let count = cq.poll(&mut results);
            if count == 0 {
                break;
            }
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.done.extend(results[..count].iter().map(|r| Done {
                context: r.RequestContext as usize,
                status: NtStatus(r.Status),
                bytes: r.BytesTransferred,
            }));
        }
        self.arrived.notify_all();
        cq.arm(NDK_CQ_NOTIFY_ANY);
    }

    fn next(&self) -> Result<Done, LinkError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut state, _) = self
            .arrived
            .wait_timeout_while(state, PATIENCE, |s| s.done.is_empty() && !s.gone)
            .unwrap_or_else(PoisonError::into_inner);
        let gone = state.gone;
        state.done.pop_front().ok_or(if gone {
            LinkError::PeerGone
        } else {
            LinkError::Silence
        })
    }
}

/// PD, CQ, QP, message buffers and the completions of one connection.
pub(crate) struct Link {
    inbox: Arc<Inbox>,
    outgoing: (Buffer, Mr),
    incoming: (Buffer, Mr),
    free: Vec<usize>,
    transfers: usize,
    messages: VecDeque<(Message, Vec<u8>)>,
    /// The queue pair to connect.
    pub(crate) qp: Arc<Qp>,
    /// The protection domain for more memory.
    pub(crate) pd: Arc<Pd>,
    _cq: Arc<Cq>,
}

impl Link {
    /// Makes everything a connection needs on `adapter` and posts its receives.
    pub(crate) fn new(adapter: &Arc<Adapter>) -> Result<Self, LinkError> {
        Self::make(adapter).map_err(|(what, status)| LinkError::Post(what, status))
    }

    fn make(adapter: &Arc<Adapter>) -> Result<Self, (&'static str, NtStatus)> {
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
        let link = Self {
            inbox,
            outgoing,
            incoming,
            free: (0..SLOTS).collect(),
            transfers: 0,
            messages: VecDeque::new(),
            qp,
            pd,
            _cq: cq.clone(),
        };
        for slot in 0..SLOTS {
            link.post_receive(slot)
                .map_err(|_| ("a receive", NtStatus::INTERNAL_ERROR))?;
        }
        cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        Ok(link)
    }

    /// What the disconnect event callback must call.
    pub(crate) fn on_disconnect(&self) -> impl Fn() + Send + Sync + 'static {
        let inbox = self.inbox.clone();
        move || {
            inbox
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .gone = true;
            inbox.arrived.notify_all();
        }
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
        self.qp
            .handle()
            .send(SEND | slot, &[sge], 0)
            .ok()
            .map_err(|s| LinkError::Post("a send", s))
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
        while self.messages.is_empty()
            && !self
                .inbox
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .done
                .is_empty()
        {
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

    /// Takes one completion.
    fn step(&mut self) -> Result<(), LinkError> {
        let done = self.inbox.next()?;
        let slot = done.context & (RECEIVE - 1);
        let (what, handle): (
            &'static str,
            fn(&mut Self, usize, u32) -> Result<(), LinkError>,
        ) = match done.context & !(RECEIVE - 1) {
            RECEIVE => ("a receive", Self::received),
            SEND => ("a send", |link, slot, _| {
                link.free.push(slot);
                Ok(())
            }),
            TRANSFER => ("an RDMA transfer", |link, _, _| {
                link.transfers -= 1;
                Ok(())
            }),
            _ => return Err(LinkError::Nonsense),
        };
        done.status
            .ok()
            .map_err(|s| LinkError::Completion(what, s))?;
        handle(self, slot, done.bytes)
    }

    fn received(&mut self, slot: usize, bytes: u32) -> Result<(), LinkError> {
        let all = self.incoming.0.read(slot * MESSAGE, bytes as usize);
        self.post_receive(slot)?;
        let message = Message::decode(&all).ok_or(LinkError::Nonsense)?;
        self.messages.push_back((message, all[HEADER..].to_vec()));
        Ok(())
    }

    fn post_receive(&self, slot: usize) -> Result<(), LinkError> {
        let (buffer, mr) = &self.incoming;
        let sge = mr.sge(buffer, slot * MESSAGE, MESSAGE);
        self.qp
            .handle()
            .receive(RECEIVE | slot, &[sge])
            .ok()
            .map_err(|s| LinkError::Post("a receive", s))
    }
}
