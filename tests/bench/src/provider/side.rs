//! Two emulated machines, the driver on each, and runs of traffic between them.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::{Deref, DerefMut},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    time::{Duration, Instant},
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
    load::{Load, Outcome, Until, Work},
};
use crate::{
    machine::{self, Spent, Whose},
    point::{Segment, Wait},
};

/// The path is loopback, whose packets have 64 KiB: segments, and so FPDUs, are to be as large.
const LOOPBACK_FRAME: &str = "65549";
/// How long anything may take that is not measured.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
const READS: u32 = 16;

/// What machines are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) completion: SendCompletion,
    pub(super) crc: bool,
    pub(super) wait: Wait,
    pub(super) segment: Segment,
}

impl Setting {
    fn keywords(self) -> Vec<(String, Keyword)> {
        let crc = Keyword::from(u32::from(self.crc));
        let mut keywords = vec![("NetworkDirectCrc".to_owned(), crc)];
        if self.segment == Segment::Loopback {
            let frame = Keyword::Text(LOOPBACK_FRAME.to_owned());
            keywords.push(("*JumboPacket".to_owned(), frame));
        }
        keywords
    }
}

/// What is to be done, on how many connections at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) work: Work,
    pub(super) size: usize,
    /// Outstanding on each connection.
    pub(super) window: usize,
    pub(super) connections: usize,
}

/// One machine with one adapter.
pub(super) struct Side {
    host: Host,
    adapter: Option<OnMachine<Arc<Adapter>>>,
    pub(super) address: IpAddr,
}

impl Side {
    fn start(name: &str, address: IpAddr, image: &Path, setting: Setting) -> Result<Self, String> {
        let machine = Options {
            name: name.to_owned(),
            pool: PoolMode::Light,
            ..Options::default()
        };
        let network = wsk::Options {
            send_completion: setting.completion,
            spin: setting.wait.spin(),
            ..wsk::Options::default()
        };
        let adapters = vec![AdapterOptions {
            keywords: setting.keywords(),
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

    /// Allocations in use, by tag and bytes.
    pub(super) fn allocations(&self) -> BTreeMap<(String, usize), usize> {
        self.host.machine().pool.usage_by_size()
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
    /// Starts both; where they poll, each on a processor of its own.
    pub(super) fn start(image: &Path, setting: Setting) -> Result<Self, String> {
        let side = |name, processor, last| {
            let _pinned = (setting.wait == Wait::Poll).then(|| machine::pin(processor));
            let address = Ipv4Addr::new(127, 0, 0, last).into();
            Side::start(name, address, image, setting)
        };
        Ok(Self {
            client: side("client", 0, 1)?,
            server: side("server", 1, 2)?,
        })
    }

    pub(super) fn stop(self) -> Result<(), String> {
        let client = self.client.stop();
        self.server.stop().and(client)
    }

    /// Where the image lies in memory, at the client and at the server.
    pub(super) fn bases(&self) -> Result<[usize; 2], String> {
        let base = |side: &Side| side.host.machine().image().map(|image| image.base);
        let both = base(&self.client).zip(base(&self.server));
        both.map(<[usize; 2]>::from)
            .ok_or_else(|| "no image".to_owned())
    }

    /// Makes the connections, moves messages on all of them, and ends them.
    pub(super) fn run(&self, plan: Plan, until: Until) -> Result<Outcome, String> {
        let pairs = self.pairs(plan)?;
        self.client.run(|| together(&pairs, until))
    }

    fn pairs(&self, plan: Plan) -> Result<Vec<Pair>, String> {
        (0..plan.connections).map(|_| self.connect(plan)).collect()
    }

    fn connect(&self, plan: Plan) -> Result<Pair, String> {
        let (listener, incoming) = listen(&self.server)?;
        let to = self.server.run(|| listener.local_address());
        let to = to.map_err(failed("the listener's address"))?;
        let mut server = self
            .server
            .make(|adapter| End::new(adapter, Load::passive(plan)))?;
        let region = self.server.run(|| server.region());
        let load = Load::active(plan, region);
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
        // A write of the peer's answers ours.
        let region = self.client.run(|| client.region());
        server.load.answer_to(region);
        Ok(Pair {
            client,
            server,
            _listener: listener,
        })
    }
}

/// Starts the load of every pair, and waits for all.
fn together(pairs: &[Pair], until: Until) -> Result<Outcome, String> {
    let (spent, started) = (Spent::now(Whose::Own), Instant::now());
    for pair in pairs {
        pair.client.load.start(started, until)?;
    }
    let mut all = Outcome::default();
    for pair in pairs {
        let (operations, microseconds) = pair.client.load.finish(&pair.server.load)?;
        all.operations += operations;
        all.microseconds = microseconds;
    }
    all.elapsed = started.elapsed();
    all.processor = spent.since(Whose::Own).processor;
    Ok(all)
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
    let listener = listen_with(side, move |connector| {
        let _ = sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(connector);
    })?;
    Ok((listener, incoming))
}

/// A listener of `side` with this connect event callback.
pub(super) fn listen_with(
    side: &Side,
    incoming: impl Fn(Connector) + Send + Sync + 'static,
) -> Result<OnMachine<Listener>, String> {
    let listener =
        side.make(|adapter| Listener::new(adapter, incoming).map_err(failed("NdkCreateListener")))?;
    let at = SocketAddr::new(side.address, 0);
    side.run(|| check(listener.listen(at).wait(), "NdkListen"))?;
    Ok(listener)
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
