//! The two ends of the demo: in one process, or each in its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, mpsc};
use std::thread;

use softrnic_consumer::{
    Adapter, ConnectParameters, Connector, GaveUp, NtStatus, Patience, Timeline,
};

use crate::Options;
use crate::copy::Site;
use crate::door::Door;
use crate::error::DemoError;
use crate::link::{Link, LinkError};
use crate::report::{Bars, Outcome};
use crate::roles::{self, Operation, Work};
use crate::wait;
use crate::world::{World, WorldError};

/// The NDK version the demo asks for.
const VERSION: (u16, u16) = (1, 2);
/// Read limits both ends ask for; the provider caps them.
const READS: u32 = 16;
/// What a client of the demo says when it connects; SMB Direct says nothing.
pub(crate) const CLIENT: &[u8] = b"softrnic demo client";

/// Both ends in this process, each on a machine of its own.
pub(crate) fn both_ends(options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    let (client_ip, server_ip) = addresses(options);
    wait::catch_interrupts();
    let result = (|| {
        let mut worlds = World::start_all(
            // The first is the one whose wire is captured.
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

/// The addresses of two ends in this process.
fn addresses(options: &Options) -> (IpAddr, IpAddr) {
    let v4 = |host| Ipv4Addr::new(10, 77, 0, host).into();
    let v6 = |host| Ipv6Addr::new(0xFD00, 0x77, 0, 0, 0, 0, 0, host).into();
    match (options.through_nic, options.ipv6) {
        (false, true) => (Ipv6Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()),
        (false, false) => (
            Ipv4Addr::new(127, 0, 0, 1).into(),
            Ipv4Addr::new(127, 0, 0, 2).into(),
        ),
        (true, true) => (v6(1), v6(2)),
        (true, false) => (v4(1), v4(2)),
    }
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
            let mut door = Door::open(&adapter, at, server.patience())?;
            let _ = address_tx.send(door.address());
            drop(address_tx);
            let connector = door
                .next(server.patience())
                .ok_or(DemoError::Link(LinkError::Interrupted))?;
            serve_one(server.patience(), &adapter, connector, &mut door)
        });
        let _attached = client.machine().attach();
        let moved = match address_rx.recv() {
            Ok(address) => open(client, timeline).and_then(|adapter| {
                connect_and_run(client, &adapter, (from, address), options.work())
            }),
            Err(_) => Err(DemoError::Link(LinkError::PeerGone(None))),
        };
        if moved.is_err() {
            // A server that never got a connection would wait for ever.
            server.patience().stop();
        }
        let served = serving.join().expect("the server thread does not panic");
        match (moved, served) {
            // Whoever saw the other go has nothing to tell when the other knows why.
            (Err(DemoError::Link(LinkError::PeerGone(_))), Err(e)) | (Ok(_), Err(e)) => Err(e),
            (moved, _) => moved,
        }
    })
}

/// `cargo demo serve`: serves `connections`, or until interrupted when that is none.
pub(crate) fn serve(options: &Options, at: SocketAddr, connections: u64) -> Outcome {
    let mut outcome = Outcome::default();
    wait::catch_interrupts();
    let result = (|| {
        if at.ip().is_unspecified() {
            return Err(DemoError::Unspecified(at.ip()));
        }
        let mut worlds = World::start_all(&[("server", at.ip())], options, &mut outcome)?;
        let world = worlds.pop().ok_or(WorldError::Missing)?;
        let result = serve_all(&world, at, connections, &outcome.timeline);
        outcome.leaks += world.finish();
        result
    })();
    outcome.take(result)
}

/// One failed connection fails the whole, and so does an interrupt before the last of those that were to be served.
fn serve_all(
    world: &World,
    at: SocketAddr,
    connections: u64,
    timeline: &Arc<Timeline>,
) -> Result<Vec<Operation>, DemoError> {
    let _attached = world.machine().attach();
    let adapter = open(world, timeline)?;
    let mut door = Door::open(&adapter, at, world.patience())?;
    eprintln!("listening on {}; end with Ctrl-C", door.address());
    let mut tally = Tally::default();
    while connections == 0 || tally.served < connections {
        match door.next(world.patience()) {
            Some(connector) => tally.add(serve_aloud(
                world.patience(),
                &adapter,
                connector,
                &mut door,
            )),
            // To be interrupted is how a server without a number ends.
            None if connections == 0 => break,
            None => return Err(LinkError::Interrupted.into()),
        }
    }
    tally.result()
}

/// Serves one connection and says whose it was and how it ended.
fn serve_aloud(
    patience: &Patience,
    adapter: &Arc<Adapter>,
    connector: Connector,
    door: &mut Door,
) -> Result<Vec<Operation>, DemoError> {
    let peer = connector
        .peer_address()
        .map_or_else(|s| s.to_string(), |a| a.to_string());
    eprintln!("connection from {peer}");
    let served = serve_one(patience, adapter, connector, door);
    match &served {
        Ok(_) => eprintln!("{peer} is done"),
        Err(e) => eprintln!("{peer}: {e}"),
    }
    served
}

/// What came of the connections so far.
#[derive(Default)]
struct Tally {
    served: u64,
    failed: u64,
    last: Option<DemoError>,
    operations: Vec<Operation>,
}

impl Tally {
    fn add(&mut self, connection: Result<Vec<Operation>, DemoError>) {
        self.served += 1;
        match connection {
            Ok(operations) => Operation::add(&mut self.operations, operations),
            Err(e) => {
                self.failed += 1;
                self.last = Some(e);
            }
        }
    }

    /// What all of them moved, when none failed.
    fn result(self) -> Result<Vec<Operation>, DemoError> {
        match self.last {
            None => Ok(self.operations),
            Some(only) if self.served == 1 => Err(only),
            Some(last) => Err(DemoError::Connections {
                failed: self.failed,
                of: self.served,
                last: Box::new(last),
            }),
        }
    }
}

/// `cargo demo connect`.
pub(crate) fn connect(options: &Options, to: SocketAddr) -> Outcome {
    let mut outcome = Outcome::default();
    wait::catch_interrupts();
    let result = (|| {
        if to.ip().is_unspecified() {
            return Err(DemoError::Unspecified(to.ip()));
        }
        let from = source_for(to).ok_or(DemoError::Unreachable(to))?;
        let mut worlds = World::start_all(&[("client", from)], options, &mut outcome)?;
        let world = worlds.pop().ok_or(WorldError::Missing)?;
        let result = (|| {
            let _attached = world.machine().attach();
            let adapter = open(&world, &outcome.timeline)?;
            connect_and_run(&world, &adapter, (from, to), options.work())
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

fn parameters(private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: READS,
        outbound_reads: READS,
        private_data: private_data.to_vec(),
    }
}

fn serve_one(
    patience: &Patience,
    adapter: &Arc<Adapter>,
    mut connector: Connector,
    door: &mut Door,
) -> Result<Vec<Operation>, DemoError> {
    let mut link = Link::new(adapter, patience)?;
    let site = Site { adapter, patience };
    let accepting = connector.accept(
        &link.qp.clone(),
        &parameters(b"softrnic demo server"),
        link.on_disconnect(),
    );
    let result = patience
        .settle(&accepting)
        .map_err(DemoError::from)
        .and_then(|accepted| {
            adapter.note(format_args!("NdkAccept completed: {accepted}"));
            accepted.ok().map_err(DemoError::Accept)?;
            Ok(roles::serve(&mut link, &mut |link, channels| {
                adapter.note(format_args!("SMB Direct: {channels} channels to come"));
                let served =
                    site.serve(channels, || door.smb_direct(patience, || link.is_gone()))?;
                adapter.note("SMB Direct: every channel left");
                Ok(served)
            })?)
        });
    end(patience, adapter, connector, &mut link, result)
}

fn connect_and_run(
    world: &World,
    adapter: &Arc<Adapter>,
    (from, to): (IpAddr, SocketAddr),
    work: Work,
) -> Result<Vec<Operation>, DemoError> {
    let patience = world.patience();
    let mut link = Link::new(adapter, patience)?;
    let site = Site { adapter, patience };
    let mut connector =
        Connector::new(adapter).map_err(|s| DemoError::Setup("NdkCreateConnector", s))?;
    let connecting = connector.connect(
        &link.qp.clone(),
        SocketAddr::new(from, 0),
        to,
        &parameters(CLIENT),
    );
    let result = match patience.settle(&connecting) {
        Ok(connected) => {
            adapter.note(format_args!("NdkConnect completed: {connected}"));
            connected
                .ok()
                .map_err(|status| DemoError::of_connect(status, from, to))
        }
        Err(GaveUp::Silence(_)) => Err(DemoError::NoAnswer(to, NtStatus::IO_TIMEOUT)),
        Err(e) => Err(e.into()),
    };
    let result = result.and_then(|()| {
        let completing = connector.complete_connect(link.on_disconnect());
        let complete = patience.settle(&completing)?;
        adapter.note(format_args!("NdkCompleteConnect completed: {complete}"));
        complete.ok().map_err(|s| DemoError::Connect(to, s))?;
        let bars = Bars::new();
        let progress = &|name, part| bars.show(name, part);
        Ok(roles::run_client(&mut link, work, progress, || {
            adapter.note("SMB Direct: a file there and back");
            let copied = site.copy((from, to), work.file, progress)?;
            adapter.note("SMB Direct: the hashes are the same");
            Ok(copied)
        })?)
    });
    end(patience, adapter, connector, &mut link, result)
}

/// Ends the connection: gracefully after good work, by closing the connector after a failure. Then every request must
/// have completed.
fn end<T>(
    patience: &Patience,
    adapter: &Arc<Adapter>,
    mut connector: Connector,
    link: &mut Link,
    result: Result<T, DemoError>,
) -> Result<T, DemoError> {
    let result = result.and_then(|value| {
        let disconnecting = connector.disconnect();
        let status = patience.settle(&disconnecting)?;
        adapter.note(format_args!("NdkDisconnect completed: {status}"));
        status.ok().map_err(DemoError::Disconnect)?;
        Ok(value)
    });
    link.qp.handle().flush();
    let closed = connector.close().wait();
    adapter.note(format_args!("NdkCloseConnector completed: {closed}"));
    let lost = link.flushed();
    result.and_then(|value| match lost {
        0 => Ok(value),
        lost => Err(DemoError::Lost(lost)),
    })
}
