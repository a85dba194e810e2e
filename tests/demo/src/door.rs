//! Where a serving end gets its connections: the demo's own, and those of SMB Direct that a client has announced.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use softrnic_consumer::{Adapter, Connector, Listener, Patience, SLICE};

use crate::connection::CLIENT;
use crate::error::DemoError;
use crate::link::LinkError;

/// A listener and the connections that were asked for and not taken yet.
pub(crate) struct Door {
    address: SocketAddr,
    /// Clients that came while a session's channels were waited for.
    waiting: VecDeque<Connector>,
    incoming: Receiver<Connector>,
    _listener: Listener,
}

impl Door {
    /// Listens at `at`.
    pub(crate) fn open(
        adapter: &Arc<Adapter>,
        at: SocketAddr,
        patience: &Patience,
    ) -> Result<Self, DemoError> {
        let (tx, incoming) = mpsc::channel();
        let tx = Mutex::new(tx);
        let listener = Listener::new(adapter, move |connector| {
            // A connector that nobody takes is closed by its drop, which is an implicit reject (NDK-CON-22).
            let _ = tx
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .send(connector);
        })
        .map_err(|s| DemoError::Setup("NdkCreateListener", s))?;
        let listening = patience.settle(&listener.listen(at))?;
        listening
            .ok()
            .map_err(|status| DemoError::of_listen(status, at))?;
        let address = listener
            .local_address()
            .map_err(|s| DemoError::Setup("NdkGetLocalAddress", s))?;
        Ok(Self {
            address,
            waiting: VecDeque::new(),
            incoming,
            _listener: listener,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection; `None` when the end was asked to stop.
    pub(crate) fn next(&mut self, patience: &Patience) -> Option<Connector> {
        while !patience.is_over() {
            if let Some(connector) = self.waiting.pop_front() {
                return Some(connector);
            }
            match self.incoming.recv_timeout(SLICE) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
                Ok(connector) => return Some(connector),
            }
        }
        None
    }

    /// The next connection of SMB Direct, unless its client is gone before.
    pub(crate) fn smb_direct(
        &mut self,
        patience: &Patience,
        is_gone: impl Fn() -> bool,
    ) -> Result<Connector, LinkError> {
        let start = Instant::now();
        loop {
            match self.incoming.recv_timeout(SLICE) {
                Ok(connector) if is_demos(&connector) => self.waiting.push_back(connector),
                Ok(connector) => return Ok(connector),
                Err(_) if patience.is_over() => return Err(LinkError::Interrupted),
                Err(_) if is_gone() => return Err(LinkError::PeerGone(None)),
                Err(_) if start.elapsed() >= patience.limit => {
                    return Err(LinkError::Silence(patience.limit));
                }
                Err(_) => {}
            }
        }
    }
}

/// Whether a client of the demo asks for its own connection.
fn is_demos(connector: &Connector) -> bool {
    connector
        .connection_data()
        .is_ok_and(|data| data.private_data.starts_with(CLIENT))
}
