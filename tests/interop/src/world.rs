//! What a case finds: our machine with softrnic.sys and one adapter on the link to the guest.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{
    Adapter, ConnectParameters, ConnectionData, Connector, Host, Listener, NtStatus, QpLimits,
    Request, Timeline,
};
use softrnic_emulator::ndis::AdapterOptions;
use softrnic_emulator::sync::Receiver;
use softrnic_emulator::{Attachment, Options, wsk};
use softrnic_functional::{End, listen};

use crate::cases::Case;
use crate::net::Link;
use crate::recording;
use crate::shell::Shell;

/// How long a case waits for what must come: the guest is an emulated machine, often on a busy one.
pub(crate) const SOON: Duration = Duration::from_secs(60);
/// Read limits our side asks for.
const READS: u32 = 16;

/// Our side, and a shell at the other.
pub(crate) struct World {
    host: Host,
    attachment: Attachment,
    link: Link,
    port: u16,
    timeline: Arc<Timeline>,
    /// Commands of the guest.
    pub(crate) guest: Shell,
}

impl World {
    /// Loads the image at `path` and starts an adapter for `case`, which may use `port`.
    pub(crate) fn start(path: &Path, case: &Case, port: u16) -> Self {
        let link = case.link;
        let keyword = |&(name, value): &(&str, u32)| (name.to_owned(), value.into());
        let adapters = vec![AdapterOptions {
            keywords: case.keywords.iter().map(keyword).collect(),
            ..Host::adapter_at(link.host)
        }];
        let host = Host::start(path, Options::default(), wsk::Options::default(), adapters)
            .expect("the image starts");
        recording::begin(&case.name, host.machine());
        let attachment = host.machine().attach();
        Self {
            host,
            attachment,
            link,
            port,
            timeline: Arc::default(),
            guest: Shell,
        }
    }

    /// Unloads the driver, which must have left nothing behind.
    pub(crate) fn finish(self) {
        drop(self.attachment);
        let leaks = self.host.stop();
        assert!(leaks.is_empty(), "allocations left behind: {leaks:?}");
        recording::forget();
    }

    /// The guest's address.
    pub(crate) fn theirs(&self) -> IpAddr {
        self.link.guest
    }

    /// Our address.
    pub(crate) fn ours(&self) -> IpAddr {
        self.link.host
    }

    /// The port of the case's connections.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A queue pair with its memory.
    pub(crate) fn end(&self) -> End {
        self.end_with(QpLimits::default())
    }

    /// A queue pair made with `limits`.
    pub(crate) fn end_with(&self, limits: QpLimits) -> End {
        let (machine, index) = (self.host.machine(), self.host.adapters()[0].if_index());
        let adapter = Adapter::open(machine, index, (1, 2), "softrnic", &self.timeline);
        End::new(&adapter.expect("the adapter opens"), limits)
    }

    /// A listener at our address.
    pub(crate) fn listen(&self, end: &End) -> (Listener, Receiver<Connector>) {
        listen(&end.adapter, SocketAddr::new(self.ours(), self.port))
    }

    /// Connects `end` to the guest; gives what the peer said, or the status and the private data of its refusal.
    pub(crate) fn connect(
        &self,
        end: &mut End,
        private_data: &[u8],
    ) -> Result<ConnectionData, (NtStatus, Vec<u8>)> {
        self.connecting(end, private_data).finish(end)
    }

    /// Begins to connect `end` to the guest.
    pub(crate) fn connecting(&self, end: &End, private_data: &[u8]) -> Connecting {
        let mut connector = Connector::new(&end.adapter).expect("a connector is made");
        let (from, to) = (
            SocketAddr::new(self.ours(), 0),
            SocketAddr::new(self.theirs(), self.port),
        );
        let request = connector.connect(&end.qp, from, to, &parameters(private_data));
        Connecting { connector, request }
    }

    /// Accepts the next connection of `incoming` with `end`; gives what the peer said.
    pub(crate) fn accept(
        &self,
        end: &mut End,
        incoming: &Receiver<Connector>,
        private_data: &[u8],
    ) -> ConnectionData {
        let mut connector = incoming.recv_timeout(SOON).expect("a connect event comes");
        let data = connector.connection_data().expect("a request has data");
        let accepting = connector.accept(&end.qp, &parameters(private_data), end.on_disconnect());
        assert_eq!(accepting.wait(), NtStatus::SUCCESS, "NdkAccept");
        end.connector = Some(connector);
        data
    }
}

/// A connect that was begun.
pub(crate) struct Connecting {
    connector: Connector,
    request: Request,
}

impl Connecting {
    /// Waits for the peer's answer; what it said, or the status and the private data of its refusal.
    pub(crate) fn finish(mut self, end: &mut End) -> Result<ConnectionData, (NtStatus, Vec<u8>)> {
        let status = self.request.wait();
        let data = self.connector.connection_data();
        if status != NtStatus::SUCCESS {
            return Err((status, data.map_or(Vec::new(), |data| data.private_data)));
        }
        let completing = self.connector.complete_connect(end.on_disconnect());
        assert_eq!(completing.wait(), NtStatus::SUCCESS, "NdkCompleteConnect");
        end.connector = Some(self.connector);
        Ok(data.expect("a connection has data"))
    }
}

/// Connection parameters with `private_data`.
pub(crate) fn parameters(private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: private_data.to_vec(),
    }
}

/// Ends the connection of `end` from our side, once everything posted is done.
pub(crate) fn disconnect(end: &End) {
    assert_eq!(end.disconnect().wait(), NtStatus::SUCCESS, "NdkDisconnect");
}

/// Waits until the peer ended the connection of `end`.
pub(crate) fn wait_for_end(end: &End) {
    assert!(end.gone.wait(SOON), "the disconnect event comes");
}
