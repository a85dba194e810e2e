//! One connection, as either process has it: small queues, one message at a time.

use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_SGE};
use softrnic_consumer::{
    Adapter, Arrival, Buffer, Completed, ConnectParameters, Connector, Cq, Inbox, Mr, NtStatus, Pd,
    Qp, QpLimits, Request,
};

/// Bytes of a message: the first says what the receiver shall do.
pub const MESSAGE: usize = 64;
/// Places for messages, two for each connection.
const PLACES: usize = 1 << 15;
/// All that a request of a connection may take; a busy host is slow.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Context of a receive.
pub const RECEIVE: usize = 1;
/// Context of a send.
pub const SEND: usize = 2;
/// Context of the last send of a connection.
pub const LAST: usize = 3;

/// What the connections of an adapter share.
pub struct Common {
    adapter: Arc<Adapter>,
    pd: Arc<Pd>,
    mr: Mr,
    buffer: Buffer,
}

impl Common {
    /// On an adapter that is open.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>) -> Result<Arc<Self>, NtStatus> {
        let pd = Pd::new(adapter)?;
        let buffer = Buffer::new(PLACES * MESSAGE);
        let mr = Mr::of(
            &pd,
            &buffer,
            softrnic_consumer::abi::NDK_MR_FLAG_ALLOW_LOCAL_WRITE,
        )?;
        Ok(Arc::new(Self {
            adapter: Arc::clone(adapter),
            pd,
            mr,
            buffer,
        }))
    }

    /// The adapter.
    #[must_use]
    pub fn adapter(&self) -> &Arc<Adapter> {
        &self.adapter
    }

    fn sge(&self, place: usize) -> NDK_SGE {
        self.mr.sge(&self.buffer, place % PLACES * MESSAGE, MESSAGE)
    }
}

/// A connection's objects. Fields close in this order.
pub struct Link {
    connector: Connector,
    /// What its queues and its disconnect event brought.
    pub inbox: Arc<Inbox>,
    qp: Arc<Qp>,
    _cq: Arc<Cq>,
    common: Arc<Common>,
    number: usize,
}

fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    }
}

impl Link {
    /// Not connected yet; one receive is posted. `heard` is told on each notification and disconnect, where the provider
    /// calls: it must not block.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(
        common: &Arc<Common>,
        connector: Connector,
        number: usize,
        heard: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, NtStatus> {
        let limits = QpLimits {
            receive_depth: 2,
            initiator_depth: 2,
            receive_sge: 1,
            initiator_sge: 1,
            inline_data: 0,
        };
        let inbox = Arc::new(Inbox::default());
        let sink = inbox.clone();
        let cq = Cq::new(common.adapter(), 4, move |cq, _| {
            sink.drain(cq);
            heard();
        })?;
        let cq = Arc::new(cq);
        let qp = Qp::new(&common.pd, &cq, &cq, limits, number)?;
        cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        let link = Self {
            connector,
            inbox,
            qp,
            _cq: cq,
            common: Arc::clone(common),
            number,
        };
        link.post_receive()?;
        Ok(link)
    }

    /// Connects.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn connect(
        &mut self,
        from: std::net::SocketAddr,
        to: std::net::SocketAddr,
    ) -> Result<(), NtStatus> {
        let connecting = self.connector.connect(&self.qp, from, to, &parameters());
        settled(&connecting)?;
        let told = self.inbox.on_disconnect();
        settled(&self.connector.complete_connect(told))
    }

    /// Accepts; `gone` is told when the peer disconnects.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn accept(&mut self, gone: impl Fn() + Send + Sync + 'static) -> Result<(), NtStatus> {
        let told = self.inbox.on_disconnect();
        let event = move || {
            told();
            gone();
        };
        settled(&self.connector.accept(&self.qp, &parameters(), event))
    }

    /// Posts the receive of one message.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn post_receive(&self) -> Result<(), NtStatus> {
        let sge = self.common.sge(2 * self.number);
        self.qp.handle().receive(RECEIVE, &[sge]).ok()
    }

    /// Sends a message that begins with `word`; its completion has the context.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn post_send(&self, word: u8, context: usize) -> Result<(), NtStatus> {
        let place = (2 * self.number + 1) % PLACES;
        self.common.buffer.write(place * MESSAGE, &[word]);
        let sge = self.common.sge(place);
        self.qp.handle().send(context, &[sge], 0).ok()
    }

    /// The first byte of the message received last.
    #[must_use]
    pub fn word(&self) -> u8 {
        let place = 2 * self.number % PLACES;
        self.common.buffer.read(place * MESSAGE, 1)[0]
    }

    /// Sends a message and waits for the same one to come back. The peer may go with it when `parts`: then it is enough
    /// that it came.
    ///
    /// # Errors
    /// What failed.
    pub fn echo(&self, word: u8, parts: bool) -> Result<(), String> {
        let failed = |status: NtStatus| format!("a post: {status}");
        self.post_send(word, SEND).map_err(failed)?;
        let mut open = [RECEIVE, SEND].to_vec();
        while !open.is_empty() {
            let Some(done) = self.next() else {
                return Err("an echo does not come".into());
            };
            let cut = parts && done.context == SEND && done.status == NtStatus::CANCELLED;
            if done.status != NtStatus::SUCCESS && !cut {
                return Err(format!("an echo: {done:?}"));
            }
            open.retain(|&one| one != done.context);
        }
        if self.word() != word {
            return Err("another message came back".into());
        }
        match parts {
            true => Ok(()),
            false => self.post_receive().map_err(failed),
        }
    }

    /// The next result. Once the peer is gone what is left is asked for: the event says nothing of it (NDK-DISC-08).
    fn next(&self) -> Option<Completed> {
        match self.inbox.wait(PATIENCE) {
            Arrival::Completed(done) => Some(done),
            Arrival::Nothing => None,
            Arrival::Gone => {
                self.qp.handle().flush();
                self.inbox.result(PATIENCE)
            }
        }
    }

    /// Waits until the peer has disconnected.
    ///
    /// # Errors
    /// When it does not.
    pub fn wait_gone(&self) -> Result<(), String> {
        match self.inbox.is_gone(PATIENCE) {
            true => Ok(()),
            false => Err("the peer does not disconnect".into()),
        }
    }

    /// Disconnects, and waits until that is done: whether the peer took part is its matter.
    pub fn disconnect(&self) {
        let _ = self.connector.disconnect().wait_for(PATIENCE);
    }
}

fn settled(request: &Request) -> Result<(), NtStatus> {
    request.wait_for(PATIENCE).unwrap_or(NtStatus::PENDING).ok()
}
