//! How a channel comes to be: its objects and receives first, then the connection, then the negotiation.

use std::net::SocketAddr;
use std::sync::Arc;

use softrnic_consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_VERSION};
use softrnic_consumer::{
    Adapter, ConnectParameters, Connector, Cq, Inbox, NtStatus, Patience, Pd, Qp, QpLimits, Request,
};

use super::slots::Slots;
use super::{Channel, ChannelError, Outstanding, TRANSFERS, now};
use crate::machine::{Agreed, Event, Machine, Settings};

/// Sends posted at most.
const SENDS: usize = 256;
/// Fast registrations and invalidations posted at most.
const MEMORY: usize = 192;
/// Reads of the peer that are asked for; the provider caps them.
const READS: u32 = 16;

fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: Vec::new(),
    }
}

/// NDK-VER-03: `NdkSendAndInvalidate` and results that tell of it came with NDK 1.2.
pub(super) fn invalidates(version: NDK_VERSION) -> bool {
    (version.Major, version.Minor) >= (1, 2)
}

impl Channel {
    /// Connects from `from` to a server at `to` and negotiates.
    ///
    /// # Errors
    /// Why there is no connection; nothing of it is left then.
    pub fn connect(
        adapter: &Arc<Adapter>,
        (from, to): (SocketAddr, SocketAddr),
        settings: Settings,
        patience: &Patience,
    ) -> Result<Self, ChannelError> {
        let connector =
            Connector::new(adapter).map_err(|s| ChannelError::Call("a connector", s))?;
        let machine = Machine::client(settings, now());
        let mut channel = Self::unconnected(connector, machine, settings, patience, adapter)?;
        let qp = channel.qp.clone();
        let connector = channel.connector_mut();
        let connecting = connector.connect(&qp, from, to, &parameters());
        channel = channel.settle("the connect", &connecting)?;
        let on_disconnect = channel.inbox.on_disconnect();
        let completing = channel.connector_mut().complete_connect(on_disconnect);
        channel = channel.settle("the end of the connect", &completing)?;
        channel.negotiate()
    }

    /// Accepts a connection that was asked for, and negotiates.
    ///
    /// # Errors
    /// Why there is no connection; nothing of it is left then.
    pub fn accept(
        connector: Connector,
        adapter: &Arc<Adapter>,
        settings: Settings,
        patience: &Patience,
    ) -> Result<Self, ChannelError> {
        let machine = Machine::server(settings, now());
        let mut channel = Self::unconnected(connector, machine, settings, patience, adapter)?;
        let (qp, on_disconnect) = (channel.qp.clone(), channel.inbox.on_disconnect());
        let accepting = channel
            .connector_mut()
            .accept(&qp, &parameters(), on_disconnect);
        channel = channel.settle("the accept", &accepting)?;
        // The peer has its time from here on: it may have waited for our consumer until now.
        channel.machine = Machine::server(settings, now());
        channel.negotiate()
    }

    fn unconnected(
        connector: Connector,
        machine: Machine,
        settings: Settings,
        patience: &Patience,
        adapter: &Arc<Adapter>,
    ) -> Result<Self, ChannelError> {
        let info = adapter
            .info()
            .map_err(|s| ChannelError::Call("the adapter's query", s))?;
        let mut channel = Objects::new(adapter, &settings)
            .map_err(|(what, status)| ChannelError::Call(what, status))?
            .channel(connector, machine, settings, patience);
        channel.region_pages = info.FRMRPageCount as usize;
        channel.invalidates = invalidates(info.Version);
        channel.most_sge = info.MaxInitiatorRequestSge.min(info.MaxReadRequestSge) as usize;
        for slot in 0..settings.receives() as usize {
            channel.post_receive(slot)?;
        }
        channel._cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        Ok(channel)
    }

    fn connector_mut(&mut self) -> &mut Connector {
        self.connector.as_mut().expect("there until it is closed")
    }

    /// Waits for a step of the connection. One that fails leaves nothing to be said to the peer.
    fn settle(mut self, what: &'static str, request: &Request) -> Result<Self, ChannelError> {
        let settled = self.patience.settle(request).map_err(ChannelError::from);
        let status = settled.and_then(|s| s.ok().map_err(|s| ChannelError::Call(what, s)));
        match status {
            Ok(()) => Ok(self),
            Err(e) => Err(self.abort().err().unwrap_or(e)),
        }
    }

    fn negotiate(mut self) -> Result<Self, ChannelError> {
        loop {
            self.turn()?;
            if let Some(Event::Open(agreed)) = self.machine.event() {
                self.agreed = agreed;
                return Ok(self);
            }
        }
    }
}

/// What a channel is made of.
struct Objects {
    adapter: Arc<Adapter>,
    inbox: Arc<Inbox>,
    pd: Arc<Pd>,
    cq: Arc<Cq>,
    qp: Arc<Qp>,
    outgoing: Slots,
    incoming: Slots,
}

impl Objects {
    fn new(adapter: &Arc<Adapter>, settings: &Settings) -> Result<Self, (&'static str, NtStatus)> {
        let limits = QpLimits {
            receive_depth: settings.receives(),
            initiator_depth: (SENDS + TRANSFERS + MEMORY) as u32,
            receive_sge: 1,
            initiator_sge: adapter
                .info()
                .map_err(|s| ("the adapter's query", s))?
                .MaxInitiatorRequestSge,
            inline_data: 0,
        };
        let inbox = Arc::new(Inbox::default());
        let sink = inbox.clone();
        let depth = limits.receive_depth + limits.initiator_depth;
        let cq = Cq::new(adapter, depth, move |cq, _| sink.drain(cq));
        let cq = Arc::new(cq.map_err(|s| ("a completion queue", s))?);
        let pd = Pd::new(adapter).map_err(|s| ("a protection domain", s))?;
        let qp = Qp::new(&pd, &cq, &cq, limits, 0).map_err(|s| ("a queue pair", s))?;
        let slots = |count: usize, size: u32| {
            Slots::new(&pd, count, size as usize).map_err(|s| ("a memory region", s))
        };
        Ok(Self {
            outgoing: slots(SENDS, settings.max_send_size)?,
            incoming: slots(settings.receives() as usize, settings.max_receive_size)?,
            adapter: adapter.clone(),
            inbox,
            pd,
            cq,
            qp,
        })
    }

    fn channel(
        self,
        connector: Connector,
        machine: Machine,
        settings: Settings,
        patience: &Patience,
    ) -> Channel {
        Channel {
            connector: Some(connector),
            machine,
            agreed: Agreed::default(),
            settings,
            patience: patience.clone(),
            inbox: self.inbox,
            outgoing: self.outgoing,
            incoming: self.incoming,
            outstanding: Outstanding::default(),
            invalidated: Vec::new(),
            heard: 0,
            qp: self.qp,
            regions: Vec::new(),
            free_regions: Vec::new(),
            region_pages: 0,
            most_sge: 0,
            invalidates: false,
            pd: self.pd,
            _cq: self.cq,
            adapter: self.adapter,
        }
    }
}
