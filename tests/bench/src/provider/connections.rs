//! Connections: how many a second, and what one that is idle costs.

use std::{
    collections::BTreeMap,
    mem,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use softrnic_consumer::{Adapter, Connector, Cq, Pd, Qp, QpLimits, Request};

use super::side::{OnMachine, PATIENCE, Side, Sides, check, failed, listen_with, parameters};

/// Connections made to weigh one.
const IDLE: usize = 32;
/// Connections after which nothing shared is made any more.
const SHARING: usize = 8;
/// Queues of a weighed connection, small so that the connection itself is what weighs.
const DEPTH: u32 = 16;

/// What the connections of an end share.
struct Shared {
    adapter: Arc<Adapter>,
    pd: Arc<Pd>,
    cq: Arc<Cq>,
}

impl Shared {
    fn new(adapter: &Arc<Adapter>) -> Result<Self, String> {
        let adapter = adapter.clone();
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

    /// A connection that begins, and the request that it waits for.
    fn dial(&self, from: SocketAddr, to: SocketAddr) -> Result<(Connection, Request), String> {
        let qp = self.qp()?;
        let mut connector = Connector::new(&self.adapter).map_err(failed("NdkCreateConnector"))?;
        let connecting = connector.connect(&qp, from, to, &parameters());
        let connection = Connection {
            connector,
            qp,
            accepting: None,
        };
        Ok((connection, connecting))
    }

    fn connect(&self, from: SocketAddr, to: SocketAddr) -> Result<Connection, String> {
        let (mut connection, connecting) = self.dial(from, to)?;
        check(connecting.wait(), "NdkConnect")?;
        let completing = connection.connector.complete_connect(|| ());
        check(completing.wait(), "NdkCompleteConnect")?;
        Ok(connection)
    }

    /// In the connect event's callback: nothing waits for anything here.
    fn accept(&self, mut connector: Connector) -> Result<Connection, String> {
        let qp = self.qp()?;
        let accepting = connector.accept(&qp, &parameters(), || ());
        Ok(Connection {
            connector,
            qp,
            accepting: Some(accepting),
        })
    }
}

/// A connected pair of objects; closing the connector first ends the connection at once.
struct Connection {
    connector: Connector,
    qp: Arc<Qp>,
    /// The accept, at the server.
    accepting: Option<Request>,
}

impl Connection {
    /// Whether the peer has connected, or gone, or this side has made it.
    fn is_settled(&self) -> bool {
        self.accepting.as_ref().is_none_or(|it| !it.is_pending())
    }

    /// Ends the connection, and waits for nothing.
    fn end(mut self) -> Ending {
        let closing = self.connector.close();
        Ending {
            closing,
            _connector: self.connector,
            qp: Some(self.qp),
        }
    }
}

/// A connection whose objects close, the connector first.
struct Ending {
    closing: Request,
    _connector: Connector,
    /// Until it closes, too.
    qp: Option<Arc<Qp>>,
}

impl Ending {
    /// Goes on as far as that needs no waiting; whether it is over.
    fn is_over(&mut self) -> bool {
        if !self.closing.is_pending()
            && let Some(qp) = self.qp.take()
        {
            self.closing = qp.close();
        }
        self.qp.is_none() && !self.closing.is_pending()
    }

    /// Waits for the end of both.
    fn wait(mut self) -> Result<(), String> {
        check(self.closing.wait(), "NdkCloseConnector")?;
        match self.qp.take() {
            Some(qp) => check(qp.close().wait(), "NdkCloseQp"),
            None => Ok(()),
        }
    }
}

/// Connections a second: made, completed and ended, one after the other, each begun inside the callback that completes the last.
/// As a socket's close, an NDK object's is not waited for: while the next one connects, it takes its time.
pub(super) fn per_second(sides: &Sides, time: Duration) -> Result<f64, String> {
    served(sides, false, |from, to| {
        let (done, over) = mpsc::channel();
        let client = Arc::new(Client {
            shared: sides.client.make(Shared::new)?,
            addresses: (from, to),
            until: Instant::now() + time,
            inside: Mutex::default(),
            done: Mutex::new(Some(done)),
        });
        let started = Instant::now();
        sides.client.run(|| client.begin());
        let result = over.recv_timeout(PATIENCE).map_err(|it| it.to_string())?;
        let elapsed = started.elapsed();
        let ended = sides.client.run(|| client.finish());
        // The callback that told may not have returned yet, and must not be the one that closes what all share.
        while Arc::strong_count(&client) > 1 {
            thread::yield_now();
        }
        ended
            .and(result)
            .map(|made| made as f64 / elapsed.as_secs_f64())
    })
}

/// A client that works inside its callbacks.
struct Client {
    shared: OnMachine<Shared>,
    addresses: (SocketAddr, SocketAddr),
    until: Instant,
    inside: Mutex<Making>,
    /// Gets the number of connections made, or why there are no more.
    done: Mutex<Option<Sender<Result<usize, String>>>>,
}

#[derive(Default)]
struct Making {
    made: usize,
    /// The one that is being made.
    current: Option<Connection>,
    endings: Vec<Ending>,
}

impl Client {
    fn inside(&self) -> MutexGuard<'_, Making> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `next` called once `request` is complete, with success; the connection stays here until then.
    fn go_on(
        self: &Arc<Self>,
        connection: Connection,
        request: Request,
        next: fn(&Arc<Self>, Connection) -> Result<(), String>,
    ) {
        self.inside().current = Some(connection);
        let client = self.clone();
        request.then(move |status| {
            let connection = client.inside().current.take();
            let result = check(status, "NdkConnect or NdkCompleteConnect");
            let connection = result.and_then(|()| connection.ok_or_else(|| "gone".to_owned()));
            if let Err(error) = connection.and_then(|it| next(&client, it)) {
                client.tell(Err(error));
            }
        });
    }

    fn begin(self: &Arc<Self>) {
        if let Err(error) = self.try_begin() {
            self.tell(Err(error));
        }
    }

    fn try_begin(self: &Arc<Self>) -> Result<(), String> {
        let (from, to) = self.addresses;
        let (connection, connecting) = self.shared.dial(from, to)?;
        self.go_on(connection, connecting, Self::connected);
        Ok(())
    }

    fn connected(self: &Arc<Self>, mut connection: Connection) -> Result<(), String> {
        let completing = connection.connector.complete_connect(|| ());
        self.go_on(connection, completing, Self::completed);
        Ok(())
    }

    fn completed(self: &Arc<Self>, connection: Connection) -> Result<(), String> {
        let ending = connection.end();
        let mut inside = self.inside();
        inside.made += 1;
        inside.endings.push(ending);
        inside.endings.retain_mut(|it| !it.is_over());
        let made = inside.made;
        drop(inside);
        if Instant::now() < self.until {
            return self.try_begin();
        }
        self.tell(Ok(made));
        Ok(())
    }

    fn tell(&self, result: Result<usize, String>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever does not listen any more has given up.
        let _ = done.take().map(|done| done.send(result));
    }

    fn finish(&self) -> Result<(), String> {
        let endings = mem::take(&mut self.inside().endings);
        endings.into_iter().try_for_each(Ending::wait)
    }
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

/// Kernel memory of a connection that nothing happens on, at each end, beside the queues that were asked for.
pub struct IdleMemory {
    /// Bytes of it, on average.
    pub bytes: f64,
    /// Of what allocations: their tag, their bytes, how many a connection has at each end.
    pub allocations: Vec<(String, usize, f64)>,
}

/// Measures it.
pub(super) fn idle_memory(sides: &Sides) -> Result<IdleMemory, String> {
    with_server(sides, true, |shared, from, to| {
        // What is made once and for all, and what connections share: those that come first bring it along.
        let others: Result<Vec<_>, _> = (0..SHARING).map(|_| shared.connect(from, to)).collect();
        let others = others?;
        thread::sleep(Duration::from_millis(50));
        let before = allocations(sides);
        let asked: Result<Vec<_>, _> = (0..2 * IDLE).map(|_| shared.qp()).collect();
        let queues = allocations(sides);
        drop(asked?);
        let connections: Result<Vec<_>, _> = (0..IDLE).map(|_| shared.connect(from, to)).collect();
        let connections = connections?;
        thread::sleep(Duration::from_millis(50));
        let whole = allocations(sides);
        drop((connections, others));
        let count = |all: &Allocations, kind: &_| all.get(kind).copied().unwrap_or(0) as f64;
        let of_one = |(kind, held): (&(String, usize), &usize)| {
            let asked = count(&queues, kind) - count(&before, kind);
            let more = *held as f64 - count(&before, kind) - asked;
            (kind.0.clone(), kind.1, more / (2 * IDLE) as f64)
        };
        let all: Vec<_> = whole.iter().map(of_one).collect();
        let bytes = all.iter().map(|(_, bytes, each)| *bytes as f64 * each);
        Ok(IdleMemory {
            bytes: bytes.sum(),
            // The rest is of threads and timers that were under way.
            allocations: all.into_iter().filter(|it| it.2 > 0.5).collect(),
        })
    })
}

type Allocations = BTreeMap<(String, usize), usize>;

/// Those of both ends.
fn allocations(sides: &Sides) -> Allocations {
    let mut all = sides.client.allocations();
    for (kind, count) in sides.server.allocations() {
        *all.entry(kind).or_default() += count;
    }
    all
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
            let shared = Shared::new(sides.client.adapter()?)?;
            let all: Result<Vec<_>, _> = (0..count).map(|_| shared.connect(from, to)).collect();
            all
        })?;
        work()
    })
}

/// Runs `client` beside a server that accepts everything.
fn with_server<T>(
    sides: &Sides,
    keep: bool,
    client: impl FnOnce(&Shared, SocketAddr, SocketAddr) -> Result<T, String>,
) -> Result<T, String> {
    served(sides, keep, |from, to| {
        let _attached = sides.client.attach();
        Shared::new(sides.client.adapter()?).and_then(|shared| client(&shared, from, to))
    })
}

/// As [`with_server`], with `client` on no machine.
fn served<T>(
    sides: &Sides,
    keep: bool,
    client: impl FnOnce(SocketAddr, SocketAddr) -> Result<T, String>,
) -> Result<T, String> {
    let server = Arc::new(Server::new(&sides.server, keep)?);
    let at_work = server.clone();
    let listener = listen_with(&sides.server, move |connector| at_work.take(connector))?;
    let to = sides.server.run(|| listener.local_address());
    let to = to.map_err(failed("the listener's address"))?;
    let result = client(SocketAddr::new(sides.client.address, 0), to);
    let served = sides.server.run(|| server.finish());
    result.and_then(|what| served.map(|()| what))
}

/// A server that accepts everything inside the connect event's callback, where it also ends what its clients have ended.
struct Server {
    shared: OnMachine<Shared>,
    keep: bool,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    connections: Vec<Connection>,
    endings: Vec<Ending>,
    failed: Option<String>,
}

impl Server {
    fn new(side: &Side, keep: bool) -> Result<Self, String> {
        Ok(Self {
            shared: side.make(Shared::new)?,
            keep,
            inside: Mutex::default(),
        })
    }

    /// The connect event's callback. What came before and is not kept has been used and ended by then.
    fn take(&self, connector: Connector) {
        let accepted = self.shared.accept(connector);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside {
            connections,
            endings,
            failed,
        } = &mut *inside;
        if !self.keep {
            let settled = connections.extract_if(.., |it| it.is_settled());
            endings.extend(settled.map(Connection::end));
            endings.retain_mut(|it| !it.is_over());
        }
        match accepted {
            Ok(connection) => connections.push(connection),
            Err(error) => *failed = Some(error),
        }
    }

    /// Ends what is left, once no more clients come.
    fn finish(&self) -> Result<(), String> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside {
            connections,
            mut endings,
            failed,
        } = mem::take(&mut *inside);
        drop(inside);
        endings.extend(connections.into_iter().map(Connection::end));
        endings.into_iter().try_for_each(Ending::wait)?;
        failed.map_or(Ok(()), Err)
    }
}
