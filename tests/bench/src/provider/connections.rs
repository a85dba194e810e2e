//! Connections: how many a second, and what one that is idle costs.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use softrnic_consumer::{Adapter, Connector, Cq, Pd, Qp, QpLimits};

use super::side::{Side, Sides, check, failed, listen, parameters};

/// Connections made to weigh one.
const IDLE: usize = 32;
/// Connections after which nothing shared is made any more.
const SHARING: usize = 8;
/// Queues of a weighed connection, small so that the connection itself is what weighs.
const DEPTH: u32 = 16;

/// How often the server looks whether it is to end: rarely, as that costs processor time too.
const LOOK: Duration = Duration::from_millis(50);

/// What the connections of an end share.
struct Shared {
    adapter: Arc<Adapter>,
    pd: Arc<Pd>,
    cq: Arc<Cq>,
}

impl Shared {
    fn new(side: &Side) -> Result<Self, String> {
        let adapter = side.adapter()?.clone();
        let pd = Pd::new(&adapter).map_err(failed("NdkCreatePd"))?;
        let cq = Cq::new(&adapter, 4 * DEPTH, |_, _| ()).map_err(failed("NdkCreateCq"))?;
        Ok(Self {
            adapter,
            pd,
            cq: Arc::new(cq),
        })
    }

    fn qp(&self) -> Result<Arc<Qp>, String> {
        let limits = QpLimits {
            receive_depth: DEPTH,
            initiator_depth: DEPTH,
            ..QpLimits::default()
        };
        Qp::new(&self.pd, &self.cq, &self.cq, limits, 0).map_err(failed("NdkCreateQp"))
    }

    fn connect(&self, from: SocketAddr, to: SocketAddr) -> Result<Connection, String> {
        let qp = self.qp()?;
        let mut connector = Connector::new(&self.adapter).map_err(failed("NdkCreateConnector"))?;
        check(
            connector.connect(&qp, from, to, &parameters()).wait(),
            "NdkConnect",
        )?;
        check(
            connector.complete_connect(|| ()).wait(),
            "NdkCompleteConnect",
        )?;
        Ok(Connection {
            _connector: connector,
            _qp: qp,
        })
    }

    fn accept(&self, mut connector: Connector) -> Result<Connection, String> {
        let qp = self.qp()?;
        check(
            connector.accept(&qp, &parameters(), || ()).wait(),
            "NdkAccept",
        )?;
        Ok(Connection {
            _connector: connector,
            _qp: qp,
        })
    }
}

/// A connected pair of objects; closing the connector first ends the connection at once.
struct Connection {
    _connector: Connector,
    _qp: Arc<Qp>,
}

/// Connections a second: made, completed and ended, one after the other.
pub(super) fn per_second(sides: &Sides, time: Duration) -> Result<f64, String> {
    with_server(sides, false, |shared, from, to| {
        let mut made = 0;
        let started = Instant::now();
        while started.elapsed() < time {
            drop(shared.connect(from, to)?);
            made += 1;
        }
        Ok(f64::from(made) / started.elapsed().as_secs_f64())
    })
}

/// What `figure` says while a connection is open and idle.
pub(super) fn while_idle(sides: &Sides, figure: impl FnOnce() -> f64) -> Result<f64, String> {
    with_server(sides, true, |shared, from, to| {
        let connection = shared.connect(from, to)?;
        let figure = figure();
        drop(connection);
        Ok(figure)
    })
}

/// Bytes of kernel memory a connection holds at each end, on average, beside the queues that were asked for.
pub(super) fn idle_memory(sides: &Sides) -> Result<f64, String> {
    with_server(sides, true, |shared, from, to| {
        // What is made once and for all, and what connections share: those that come first bring it along.
        let others: Result<Vec<_>, _> = (0..SHARING).map(|_| shared.connect(from, to)).collect();
        let others = others?;
        thread::sleep(Duration::from_millis(50));
        let memory = || sides.client.memory() + sides.server.memory();
        let before = memory();
        let asked: Result<Vec<_>, _> = (0..2 * IDLE).map(|_| shared.qp()).collect();
        let queues = memory() - before;
        drop(asked?);
        let connections: Result<Vec<_>, _> = (0..IDLE).map(|_| shared.connect(from, to)).collect();
        let connections = connections?;
        thread::sleep(Duration::from_millis(50));
        let whole = memory() - before;
        drop((connections, others));
        Ok(whole.saturating_sub(queues) as f64 / (2 * IDLE) as f64)
    })
}

/// Runs `work` beside so many connections on which nothing happens.
pub(super) fn beside<T>(
    sides: &Sides,
    count: usize,
    work: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    if count == 0 {
        return work();
    }
    served(sides, true, |from, to| {
        let _idle = sides.client.make(|_| {
            let shared = Shared::new(&sides.client)?;
            let all: Result<Vec<_>, _> = (0..count).map(|_| shared.connect(from, to)).collect();
            all
        })?;
        work()
    })
}

/// Runs `client` beside a server that accepts everything.
fn with_server(
    sides: &Sides,
    keep: bool,
    client: impl FnOnce(&Shared, SocketAddr, SocketAddr) -> Result<f64, String>,
) -> Result<f64, String> {
    served(sides, keep, |from, to| {
        let _attached = sides.client.attach();
        Shared::new(&sides.client).and_then(|shared| client(&shared, from, to))
    })
}

/// As [`with_server`], with `client` on no machine.
fn served<T>(
    sides: &Sides,
    keep: bool,
    client: impl FnOnce(SocketAddr, SocketAddr) -> Result<T, String>,
) -> Result<T, String> {
    let (listener, incoming) = listen(&sides.server)?;
    let to = sides.server.run(|| listener.local_address());
    let to = to.map_err(failed("the listener's address"))?;
    let done = &AtomicBool::new(false);
    thread::scope(|scope| {
        let serving = scope.spawn(move || serve(&sides.server, &incoming, done, keep));
        let over = Over(done);
        let result = client(SocketAddr::new(sides.client.address, 0), to);
        drop(over);
        let served = serving
            .join()
            .unwrap_or_else(|_| Err("the server's thread".to_owned()));
        result.and_then(|what| served.map(|()| what))
    })
}

/// Ends the server, also when the client panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn serve(
    side: &Side,
    incoming: &Receiver<Connector>,
    done: &AtomicBool,
    keep: bool,
) -> Result<(), String> {
    let _attached = side.attach();
    let shared = Shared::new(side)?;
    let mut kept = Vec::new();
    while !done.load(Ordering::Acquire) {
        match incoming.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
            // The client may have gone again before its accept is through.
            Ok(connector) => kept.extend(shared.accept(connector).ok().filter(|_| keep)),
        }
    }
    Ok(())
}
