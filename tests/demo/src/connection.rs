//! The two ends of the demo: in one process, or each in its own.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use softrnic_consumer::{Adapter, ConnectParameters, Connector, Listener, NtStatus, Timeline};

use crate::Options;
use crate::link::{Link, LinkError};
use crate::report::{Bars, Outcome};
use crate::roles::{self, Operation, Work};
use crate::world::{self, World, WorldError};

/// The NDK version the demo asks for.
const VERSION: (u16, u16) = (1, 2);
/// Read limits both ends ask for; the provider caps them.
const READS: u32 = 16;

/// Why the demo could not do its work.
#[derive(Debug)]
pub(crate) enum DemoError {
    /// The image or the emulated machine could not be set up.
    World(WorldError),
    /// `NdkOpen…`, `NdkCreate…` and so on failed.
    Setup(&'static str, NtStatus),
    /// The address to listen on is not free.
    InUse(SocketAddr),
    /// The address is not one of this host.
    NotOurs(IpAddr),
    /// Listening failed otherwise.
    Listen(SocketAddr, NtStatus),
    /// Nobody listens there, or the peer said no.
    Refused(SocketAddr),
    /// The peer did not answer.
    TimedOut(SocketAddr),
    /// There is no way to that address.
    Unreachable(SocketAddr),
    /// The peer took the TCP connection and ended it during start-up.
    NotIwarp(SocketAddr),
    /// Connecting failed otherwise.
    Connect(SocketAddr, NtStatus),
    /// The connection was made and did not finish its job.
    Link(LinkError),
    /// The disconnect did not end well.
    Disconnect(NtStatus),
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(e) => write!(f, "{e}"),
            Self::Setup(what, status) => write!(f, "{what} failed: {status}"),
            Self::InUse(a) => write!(
                f,
                "{a} is in use: end what listens there, or choose another port"
            ),
            Self::NotOurs(ip) => write!(
                f,
                "{ip} is not an address of this host: choose one that `ip address` lists"
            ),
            Self::Listen(a, status) => write!(f, "cannot listen on {a}: {status}"),
            Self::Refused(a) => write!(
                f,
                "{a} refused the connection: start `cargo demo serve {a}` first"
            ),
            Self::TimedOut(a) => write!(
                f,
                "{a} did not answer: is the host up, and does a firewall let TCP port {} pass?",
                a.port()
            ),
            Self::Unreachable(a) => write!(f, "there is no route to {a}"),
            Self::NotIwarp(a) => write!(
                f,
                "{a} took the connection but ended it during start-up: what listens there does not speak iWARP"
            ),
            Self::Connect(a, status) => write!(f, "cannot connect to {a}: {status}"),
            Self::Link(e) => write!(f, "{e}"),
            Self::Disconnect(status) => write!(f, "the disconnect ended with {status}"),
        }
    }
}

impl std::error::Error for DemoError {}

impl From<LinkError> for DemoError {
    fn from(e: LinkError) -> Self {
        Self::Link(e)
    }
}

impl From<WorldError> for DemoError {
    fn from(e: WorldError) -> Self {
        Self::World(e)
    }
}

/// Both ends in this process, each on a machine of its own.
pub(crate) fn both_ends(options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    let (client_ip, server_ip): (IpAddr, IpAddr) = match options.ipv6 {
        true => (Ipv6Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()),
        false => (
            Ipv4Addr::new(127, 0, 0, 1).into(),
            Ipv4Addr::new(127, 0, 0, 2).into(),
        ),
    };
    let result = (|| {
        let mut worlds = World::start_all(
            &[("client", client_ip), ("server", server_ip)],
            options,
            &mut outcome,
        )?;
        let (server, client) = (
            worlds.pop().ok_or(WorldError::Missing)?,
            worlds.pop().ok_or(WorldError::Missing)?,
        );
        let result = run_both(
            options,
            &client,
            &server,
            client_ip,
            SocketAddr::new(server_ip, 0),
            &outcome.timeline,
        );
        let ends = [client.finish(), server.finish()];
        ends.into_iter().for_each(|leaks| outcome.leaks += leaks);
        result
    })();
    outcome.take(result)
}

fn run_both(
    options: &Options,
    client: &World,
    server: &World,
    from: IpAddr,
    at: SocketAddr,
    timeline: &Arc<Timeline>,
) -> Result<Vec<Operation>, DemoError> {
    let (address_tx, address_rx) = mpsc::channel();
    thread::scope(|scope| {
        let serving = scope.spawn(|| {
            let _attached = server.machine().attach();
            let adapter = open(server, timeline)?;
            let (_listener, incoming) = listen(&adapter, at, &address_tx)?;
            drop(address_tx);
            let connector =
                next_connector(server, &incoming).ok_or(DemoError::Link(LinkError::PeerGone))?;
            serve_one(&adapter, connector)
        });
        let _attached = client.machine().attach();
        let moved = match address_rx.recv() {
            Ok(address) => open(client, timeline).and_then(|adapter| {
                connect_and_run(&adapter, from, address, options.work(), &Bars::new(options))
            }),
            Err(_) => Err(DemoError::Link(LinkError::PeerGone)),
        };
        if moved.is_err() && !serving.is_finished() {
            // A server that never got a connection would wait for ever.
            server.interrupt();
        }
        let served = serving.join().expect("the server thread does not panic");
        match (moved, served) {
            (Err(DemoError::Link(LinkError::PeerGone)), Err(e)) | (Ok(_), Err(e)) => Err(e),
            (moved, _) => moved,
        }
    })
}

/// `cargo demo serve`.
pub(crate) fn serve(options: &Options, at: SocketAddr, connections: Option<u64>) -> Outcome {
    let mut outcome = Outcome::default();
    world::catch_interrupts();
    let result = (|| {
        let mut worlds = World::start_all(&[("server", at.ip())], options, &mut outcome)?;
        let world = worlds.pop().ok_or(WorldError::Missing)?;
        let result = serve_all(
            &world,
            at,
            connections.unwrap_or(u64::MAX),
            &outcome.timeline,
        );
        outcome.leaks += world.finish();
        result
    })();
    outcome.take(result.map(|()| Vec::new()))
}

fn serve_all(
    world: &World,
    at: SocketAddr,
    connections: u64,
    timeline: &Arc<Timeline>,
) -> Result<(), DemoError> {
    let _attached = world.machine().attach();
    let adapter = open(world, timeline)?;
    let (address_tx, address_rx) = mpsc::channel();
    let (_listener, incoming) = listen(&adapter, at, &address_tx)?;
    if let Ok(address) = address_rx.recv() {
        eprintln!("listening on {address}; end with Ctrl-C");
    }
    let mut served = 0;
    while served < connections {
        let Some(connector) = next_connector(world, &incoming) else {
            break;
        };
        let peer = connector
            .peer_address()
            .map_or_else(|s| s.to_string(), |a| a.to_string());
        eprintln!("connection from {peer}");
        // A peer that dies is told of and does not end the server.
        match serve_one(&adapter, connector) {
            Ok(()) => eprintln!("{peer} is done"),
            Err(e) => eprintln!("{peer}: {e}"),
        }
        served += 1;
    }
    Ok(())
}

/// The next connector of a connect event; `None` when the end was asked to stop.
fn next_connector(world: &World, incoming: &Receiver<Connector>) -> Option<Connector> {
    while !world.interrupted() {
        match incoming.recv_timeout(Duration::from_millis(50)) {
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
            Ok(connector) => return Some(connector),
        }
    }
    None
}

/// `cargo demo connect`.
pub(crate) fn connect(options: &Options, to: SocketAddr) -> Outcome {
    let mut outcome = Outcome::default();
    let result = (|| {
        let from = source_for(to).ok_or(DemoError::Unreachable(to))?;
        let mut worlds = World::start_all(&[("client", from)], options, &mut outcome)?;
        let world = worlds.pop().ok_or(WorldError::Missing)?;
        let result = (|| {
            let _attached = world.machine().attach();
            let adapter = open(&world, &outcome.timeline)?;
            connect_and_run(&adapter, from, to, options.work(), &Bars::new(options))
        })();
        outcome.leaks += world.finish();
        result
    })();
    outcome.take(result)
}

/// The local address from which this host would reach `to`.
fn source_for(to: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if to.is_ipv6() {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn open(world: &World, timeline: &Arc<Timeline>) -> Result<Arc<Adapter>, DemoError> {
    Adapter::open(
        world.machine(),
        world.if_index(),
        VERSION,
        world.name(),
        timeline,
    )
    .map_err(|s| DemoError::Setup("opening the NDK adapter", s))
}

fn listen(
    adapter: &Arc<Adapter>,
    at: SocketAddr,
    address: &mpsc::Sender<SocketAddr>,
) -> Result<(Listener, Receiver<Connector>), DemoError> {
    let (tx, rx) = mpsc::channel();
    let tx = Mutex::new(tx);
    let listener = Listener::new(adapter, move |connector| {
        // A connector that nobody takes is closed by its drop, which is an implicit reject (NDK-CON-22).
        let _ = tx
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(connector);
    })
    .map_err(|s| DemoError::Setup("NdkCreateListener", s))?;
    match listener.listen(at).wait() {
        NtStatus::SUCCESS => {}
        NtStatus::SHARING_VIOLATION => return Err(DemoError::InUse(at)),
        NtStatus::INVALID_ADDRESS => return Err(DemoError::NotOurs(at.ip())),
        status => return Err(DemoError::Listen(at, status)),
    }
    let bound = listener
        .local_address()
        .map_err(|s| DemoError::Setup("NdkGetLocalAddress", s))?;
    let _ = address.send(bound);
    Ok((listener, rx))
}

fn serve_one(adapter: &Arc<Adapter>, mut connector: Connector) -> Result<(), DemoError> {
    let mut link = Link::new(adapter)?;
    let parameters = ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: b"softrnic demo server".to_vec(),
    };
    let accepted = connector.accept(&link.qp.clone(), &parameters, link.on_disconnect());
    let accepted = accepted.wait();
    adapter.note(format_args!("NdkAccept completed: {accepted}"));
    let result = match accepted.ok() {
        Ok(()) => roles::serve(&mut link).map_err(DemoError::from),
        Err(status) => Err(DemoError::Setup("NdkAccept", status)),
    };
    end(adapter, connector, &link, result)
}

fn connect_and_run(
    adapter: &Arc<Adapter>,
    from: IpAddr,
    to: SocketAddr,
    work: Work,
    bars: &Bars,
) -> Result<Vec<Operation>, DemoError> {
    let mut link = Link::new(adapter)?;
    let mut connector =
        Connector::new(adapter).map_err(|s| DemoError::Setup("NdkCreateConnector", s))?;
    let parameters = ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: b"softrnic demo client".to_vec(),
    };
    let connected = connector
        .connect(&link.qp.clone(), SocketAddr::new(from, 0), to, &parameters)
        .wait();
    adapter.note(format_args!("NdkConnect completed: {connected}"));
    let result = connect_error(connected, from, to).and_then(|()| {
        let complete = connector.complete_connect(link.on_disconnect()).wait();
        adapter.note(format_args!("NdkCompleteConnect completed: {complete}"));
        complete.ok().map_err(|s| DemoError::Connect(to, s))?;
        roles::run_client(&mut link, work, &|name, part| bars.show(name, part))
            .map_err(DemoError::from)
    });
    end(adapter, connector, &link, result)
}

fn connect_error(status: NtStatus, from: IpAddr, to: SocketAddr) -> Result<(), DemoError> {
    Err(match status {
        NtStatus::SUCCESS => return Ok(()),
        NtStatus::CONNECTION_REFUSED => DemoError::Refused(to),
        NtStatus::IO_TIMEOUT => DemoError::TimedOut(to),
        NtStatus::NETWORK_UNREACHABLE | NtStatus::HOST_UNREACHABLE => DemoError::Unreachable(to),
        NtStatus::CONNECTION_ABORTED => DemoError::NotIwarp(to),
        NtStatus::INVALID_ADDRESS => DemoError::NotOurs(from),
        status => DemoError::Connect(to, status),
    })
}

/// Ends the connection: gracefully after good work, by closing the connector after a failure.
fn end<T>(
    adapter: &Arc<Adapter>,
    mut connector: Connector,
    link: &Link,
    result: Result<T, DemoError>,
) -> Result<T, DemoError> {
    let result = result.and_then(|value| {
        let status = connector.disconnect().wait();
        adapter.note(format_args!("NdkDisconnect completed: {status}"));
        status.ok().map_err(DemoError::Disconnect)?;
        Ok(value)
    });
    link.qp.handle().flush();
    let closed = connector.close().wait();
    adapter.note(format_args!("NdkCloseConnector completed: {closed}"));
    result
}
