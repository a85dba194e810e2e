//! Two emulated machines, the driver on each, and runs of traffic between them.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::{Deref, DerefMut},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use softrnic_consumer::{
    Adapter, ConnectParameters, Connector, Host, Listener, NtStatus, QpLimits, Timeline,
};
use softrnic_emulator::{
    Attachment, Machine, Options,
    ndis::{AdapterOptions, Keyword},
    pool::PoolMode,
    wsk::{self, SendCompletion},
};

use super::{
    end::End,
    load::{Load, Until, Work},
};

/// How long a network thread polls before it sleeps: longer than any gap between two messages.
const SPIN: Duration = Duration::from_micros(500);
/// The path is loopback, whose packets have 64 KiB: segments, and so FPDUs, are to be as large.
const LOOPBACK_FRAME: &str = "65549";
/// How long anything may take that is not measured.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
const READS: u32 = 16;

/// One machine with one adapter.
pub(super) struct Side {
    host: Host,
    adapter: Option<OnMachine<Arc<Adapter>>>,
    pub(super) address: IpAddr,
}

impl Side {
    fn start(
        name: &str,
        address: IpAddr,
        image: &Path,
        completion: SendCompletion,
    ) -> Result<Self, String> {
        let machine = Options {
            name: name.to_owned(),
            pool: PoolMode::Cheap,
            ..Options::default()
        };
        let network = wsk::Options {
            send_completion: completion,
            spin: SPIN,
            ..wsk::Options::default()
        };
        let frame = Keyword::Text(LOOPBACK_FRAME.to_owned());
        let keywords = vec![("*JumboPacket".to_owned(), frame)];
        let adapters = vec![AdapterOptions {
            keywords,
            ..Host::adapter_at(address)
        }];
        let host = Host::start(image, machine, network, adapters).map_err(|e| e.to_string())?;
        let mut side = Self {
            host,
            adapter: None,
            address,
        };
        let if_index = side.host.adapters().first().ok_or("no adapter")?.if_index();
        let machine = side.host.machine();
        let timeline = Arc::new(Timeline::default());
        let adapter = side.run(|| Adapter::open(machine, if_index, (1, 2), name, &timeline));
        let inner = Some(adapter.map_err(failed("opening the adapter"))?);
        side.adapter = Some(OnMachine { machine, inner });
        Ok(side)
    }

    /// Attaches this thread to the machine.
    pub(super) fn attach(&self) -> Attachment {
        self.host.machine().attach()
    }

    pub(super) fn adapter(&self) -> Result<&Arc<Adapter>, String> {
        self.adapter
            .as_deref()
            .ok_or_else(|| "the adapter is closed".to_owned())
    }

    /// Runs `work` on a thread of the machine.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let _attached = self.attach();
        work()
    }

    /// Makes something of the machine's.
    pub(super) fn make<T>(
        &self,
        make: impl FnOnce(&Arc<Adapter>) -> Result<T, String>,
    ) -> Result<OnMachine<T>, String> {
        let adapter = self.adapter()?;
        let inner = self.run(|| make(adapter))?;
        Ok(OnMachine {
            machine: self.host.machine(),
            inner: Some(inner),
        })
    }

    /// Bytes of kernel memory in use.
    pub(super) fn memory(&self) -> usize {
        self.host.machine().pool.usage().0
    }

    fn stop(mut self) -> Result<(), String> {
        self.adapter = None;
        match self.host.stop() {
            leaks if leaks.is_empty() => Ok(()),
            leaks => Err(format!("left behind: {leaks:?}")),
        }
    }
}

/// A client and a server.
pub(super) struct Sides {
    pub(super) client: Side,
    pub(super) server: Side,
}

impl Sides {
    pub(super) fn start(image: &Path, completion: SendCompletion) -> Result<Self, String> {
        let client = Ipv4Addr::new(127, 0, 0, 1).into();
        let server = Ipv4Addr::new(127, 0, 0, 2).into();
        Ok(Self {
            client: Side::start("client", client, image, completion)?,
            server: Side::start("server", server, image, completion)?,
        })
    }

    pub(super) fn stop(self) -> Result<(), String> {
        let client = self.client.stop();
        self.server.stop().and(client)
    }

    /// Makes a connection, moves messages of `size` bytes with `window` outstanding, and ends it.
    /// Gives operations a second, or half of the median round trip in microseconds.
    pub(super) fn run(
        &self,
        work: Work,
        size: usize,
        window: usize,
        until: Until,
    ) -> Result<f64, String> {
        let pair = self.connect(work, size, window)?;
        self.client
            .run(|| pair.client.load.run(&pair.server.load, until))
    }

    fn connect(&self, work: Work, size: usize, window: usize) -> Result<Pair, String> {
        let (listener, incoming) = listen(&self.server)?;
        let to = self.server.run(|| listener.local_address());
        let to = to.map_err(failed("the listener's address"))?;
        let mut server = self
            .server
            .make(|adapter| End::new(adapter, Load::passive(work, size, window)))?;
        let region = self.server.run(|| server.region());
        let load = Load::active(work, size, window, region);
        let mut client = self.client.make(|adapter| End::new(adapter, load))?;
        let from = SocketAddr::new(self.client.address, 0);
        let connecting = self.client.run(|| client.connect(from, to))?;
        let connector = incoming
            .recv_timeout(PATIENCE)
            .map_err(|error| error.to_string())?;
        let accepting = self.server.run(|| server.accept(connector));
        self.client.run(|| {
            check(connecting.wait(), "NdkConnect")?;
            client.complete_connect()
        })?;
        self.server.run(|| check(accepting.wait(), "NdkAccept"))?;
        Ok(Pair {
            client,
            server,
            _listener: listener,
        })
    }
}

/// Two connected ends, in the order they close: the client's close ends the connection at once,
/// and the listener's waits for the connector that came from it (NDK-LSN-08).
struct Pair {
    client: OnMachine<End>,
    server: OnMachine<End>,
    _listener: OnMachine<Listener>,
}

/// Something that must be used and closed by a thread of its machine.
pub(super) struct OnMachine<T> {
    machine: &'static Machine,
    inner: Option<T>,
}

impl<T> Deref for OnMachine<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("there until dropped")
    }
}

impl<T> DerefMut for OnMachine<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("there until dropped")
    }
}

impl<T> Drop for OnMachine<T> {
    fn drop(&mut self) {
        let _attached = self.machine.attach();
        self.inner = None;
    }
}

/// A listener of `side`, and where its connectors arrive.
pub(super) fn listen(side: &Side) -> Result<(OnMachine<Listener>, Receiver<Connector>), String> {
    let (sender, incoming) = mpsc::channel();
    let sender = Mutex::new(sender);
    let listener = side.make(|adapter| {
        let listener = Listener::new(adapter, move |connector| {
            let _ = sender
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .send(connector);
        });
        listener.map_err(failed("NdkCreateListener"))
    })?;
    let at = SocketAddr::new(side.address, 0);
    side.run(|| check(listener.listen(at).wait(), "NdkListen"))?;
    Ok((listener, incoming))
}

pub(super) fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: Vec::new(),
    }
}

/// Queues that hold `window` requests, and as many again that wait to be taken from the CQ.
pub(super) fn limits(window: usize) -> QpLimits {
    let depth = (4 * window.max(16)) as u32;
    QpLimits {
        receive_depth: depth,
        initiator_depth: depth,
        ..QpLimits::default()
    }
}

pub(super) fn check(status: NtStatus, what: &'static str) -> Result<(), String> {
    status.ok().map_err(failed(what))
}

pub(super) fn failed(what: &'static str) -> impl Fn(NtStatus) -> String {
    move |status| format!("{what}: {status}")
}
