//! Objects of a connection are closed in every order there is, in every state of the connection, on any level, and from
//! inside every callback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};

use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_FN_REQUEST_COMPLETION};
use softrnic_functional::consumer::{
    Adapter, ConnectParameters, Connector, Listener, Mw, NtStatus, QpLimits,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Closing, Object};
use softrnic_functional::{End, Flag, SOON, Stage, at_dispatch, listen};

/// The `n`th order of so many things.
fn order(mut n: usize, things: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..things).collect();
    (1..=things)
        .rev()
        .map(|count| {
            let place = n % count;
            n /= count;
            left.remove(place)
        })
        .collect()
}

/// One end whose objects are closed one by one: connector, queue pair, completion queue, region, window, domain.
struct Parts {
    end: End,
    connector: Connector,
    cq: Quiet,
    mw: Mw,
    /// What the next notification closes.
    noticed: Arc<Mutex<Option<Arc<Doomed>>>>,
}

const PARTS: usize = 6;

impl Parts {
    fn new(adapter: &Arc<Adapter>) -> Self {
        let noticed: Arc<Mutex<Option<Arc<Doomed>>>> = Arc::default();
        let own = noticed.clone();
        let cq = Quiet::with(adapter, 64, move |_| {
            if let Some(doomed) = own.lock().expect("no panic").take() {
                doomed.close();
            }
        });
        let limits = QpLimits {
            receive_depth: 8,
            initiator_depth: 8,
            ..QpLimits::default()
        };
        let end = quiet::end(adapter, &cq, &cq, limits);
        Self {
            connector: Connector::new(adapter).expect("made"),
            mw: Mw::new(&end.pd).expect("made"),
            end,
            cq,
            noticed,
        }
    }

    fn objects(&self) -> [Object; PARTS] {
        [
            self.connector.raw().cast(),
            self.end.qp.raw().cast(),
            self.cq.cq.raw().cast(),
            self.end.mr.raw().cast(),
            self.mw.raw().cast(),
            self.end.pd.raw().cast(),
        ]
    }

    /// Whoever has the objects closes them.
    fn are_closed_already(&mut self) {
        self.connector.is_closed_already();
        self.end.qp.is_closed_already();
        self.cq.cq.is_closed_already();
        self.end.mr.is_closed_already();
        self.mw.is_closed_already();
        self.end.pd.is_closed_already();
    }

    fn close_in(&mut self, order: &[usize]) -> Vec<Closing> {
        self.are_closed_already();
        let objects = self.objects();
        order
            .iter()
            .map(|part| raw::close(objects[*part]))
            .collect()
    }

    fn connect(&mut self, stage: &Stage, to: SocketAddr) -> softrnic_functional::consumer::Request {
        let ask = ConnectParameters::default();
        let from = stage.address(0, 0);
        self.connector.connect(&self.end.qp, from, to, &ask)
    }
}

fn assert_closed(closings: &[Closing], what: &str) {
    for (n, closing) in closings.iter().enumerate() {
        assert!(closing.is_over(SOON), "close {n} of {what} does not end");
    }
}

/// Closes parts in each order, after `prepare` has brought them into some state; every other time at DISPATCH_LEVEL.
fn in_every_order<T>(what: &str, stage: &Stage, mut prepare: impl FnMut(&mut Parts) -> T) {
    let adapter = stage.open(0);
    for n in 0..(1..=PARTS).product() {
        let mut parts = Parts::new(&adapter);
        let others = prepare(&mut parts);
        let order = order(n, PARTS);
        let closings = if n % 2 == 0 {
            parts.close_in(&order)
        } else {
            at_dispatch(|| parts.close_in(&order))
        };
        assert_closed(&closings, &format!("{what}, order {order:?}"));
        drop(others);
    }
}

// NDK-LIFE-12, NDK-LIFE-17, NDK-LIFE-18, NDK-LIFE-25: with receives posted.
#[test]
fn unconnected_objects_close_in_every_order() {
    let stage = Stage::new();
    in_every_order("unconnected", &stage, |parts| {
        parts.end.post_receive(1, 0, 64);
    });
}

// NDK-LIFE-14, NDK-LIFE-15, NDK-CON-26: while the connect pends.
#[test]
fn connecting_objects_close_in_every_order() {
    let stage = Stage::new();
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connects = Vec::new();
    in_every_order("connecting", &stage, |parts| {
        connects.push(parts.connect(&stage, to));
        // Half of them when the peer knows, half whenever that is.
        let heard = connects.len() % 2 == 0;
        heard.then(|| incoming.recv_timeout(SOON).expect("a connect event"))
    });
    assert!(
        connects
            .iter()
            .all(|connect| connect.wait_for(SOON).is_some())
    );
    drop(incoming.try_iter().collect::<Vec<_>>());
}

// NDK-LIFE-14, NDK-LIFE-15, NDK-DISC-11, NDK-FLUSH-08: with requests of every kind under way, and sometimes a disconnect.
#[test]
fn connected_objects_close_in_every_order() {
    let stage = Stage::new();
    let server = stage.open(1);
    let passive = Parts::new(&server);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut disconnects = Vec::new();
    in_every_order("connected", &stage, |parts| {
        let connecting = parts.connect(&stage, to);
        let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
        let peer = quiet::end(&server, &passive.cq, &passive.cq, QpLimits::default());
        let accepting = accepted.accept(&peer.qp, &ConnectParameters::default(), || {});
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        let completing = parts.connector.complete_connect(|| {});
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        parts.end.post_receive(1, 0, 64);
        parts.end.post_send(2, 0, 60_000, 0);
        parts.end.post_write(3, &peer, 0, 10_000);
        parts.end.post_read(4, &peer, 0, 10_000);
        if disconnects.len() % 3 == 0 {
            disconnects.push(Some(parts.connector.disconnect()));
        } else {
            disconnects.push(None);
        }
        // Closed after the others, in this order.
        (accepted, peer)
    });
    let all = disconnects.iter().flatten();
    assert!(
        all.into_iter()
            .all(|request| request.wait_for(SOON).is_some())
    );
}

/// All of an end's objects, closed from a callback of theirs.
#[derive(Default)]
struct Doomed {
    objects: Mutex<Vec<usize>>,
    closings: Mutex<Vec<Closing>>,
    over: Flag,
}

impl Doomed {
    fn of(parts: &mut Parts, turn: usize) -> Arc<Self> {
        parts.are_closed_already();
        let mut objects = parts.objects().map(|object| object as usize);
        objects.rotate_left(turn);
        Arc::new(Self {
            objects: Mutex::new(objects.to_vec()),
            ..Self::default()
        })
    }

    /// In the callback.
    fn close(&self) {
        let objects = std::mem::take(&mut *self.objects.lock().expect("no panic"));
        let closings = objects.iter().map(|object| raw::close(*object as Object));
        let closings: Vec<_> = closings.collect();
        self.closings.lock().expect("no panic").extend(closings);
        self.over.set();
    }

    fn assert_closed(&self, what: &str) {
        assert!(self.over.wait(SOON), "{what} does not come");
        let closings = std::mem::take(&mut *self.closings.lock().expect("no panic"));
        assert_eq!(closings.len(), PARTS);
        assert_closed(&closings, what);
    }
}

type Call = unsafe extern "win64" fn(
    *mut softrnic_functional::consumer::abi::NDK_CONNECTOR,
    NDK_FN_REQUEST_COMPLETION,
    *mut std::ffi::c_void,
) -> i32;

/// Starts a request whose completion dooms the objects.
fn doom(
    doomed: &Arc<Doomed>,
    call: impl FnOnce(NDK_FN_REQUEST_COMPLETION, *mut std::ffi::c_void) -> i32,
) {
    let own = doomed.clone();
    let returned = raw::request(call, move |_| own.close());
    assert_eq!(returned, NtStatus::PENDING);
}

/// A listener whose connect events arrive here.
fn server(stage: &Stage) -> Server {
    let adapter = stage.open(1);
    let (listener, incoming) = listen(&adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    Server {
        _listener: listener,
        adapter,
        incoming,
        to,
    }
}

struct Server {
    _listener: Listener,
    adapter: Arc<Adapter>,
    incoming: softrnic_emulator::sync::Receiver<Connector>,
    to: SocketAddr,
}

// NDK-LIFE-09, NDK-LIFE-10, NDK-LIFE-15, NDK-LIFE-16, NDK-IRQL-03: from the completion of a connect that failed, and of one
// that was answered.
#[test]
fn everything_closes_inside_a_connects_completion() {
    let stage = Stage::new();
    let (adapter, server) = (stage.open(0), server(&stage));
    for turn in 0..2 * PARTS {
        let answered = turn >= PARTS;
        let nowhere = stage.address(1, 9);
        let to = if answered { server.to } else { nowhere };
        let mut parts = Parts::new(&adapter);
        parts.end.post_receive(1, 0, 64);
        let doomed = Doomed::of(&mut parts, turn % PARTS);
        let (route, ask) = ((stage.address(0, 0), to), ConnectParameters::default());
        doom(&doomed, |completion, context| {
            let callback = (completion, context);
            parts
                .connector
                .connect_with(&parts.end.qp, route, &ask, callback)
                .0
        });
        if answered {
            // Rejected, which answers it.
            drop(server.incoming.recv_timeout(SOON).expect("a connect event"));
        }
        doomed.assert_closed("a connect's completion");
    }
}

/// Connected parts and the peer's end.
fn connected(
    stage: &Stage,
    adapter: &Arc<Adapter>,
    server: &Server,
    on_disconnect: impl Fn() + Send + Sync + 'static,
) -> (Parts, End) {
    let mut parts = Parts::new(adapter);
    let connecting = parts.connect(stage, server.to);
    let heard = server.incoming.recv_timeout(SOON);
    let mut accepted = heard.expect("a connect event");
    let mut peer = End::new(&server.adapter, QpLimits::default());
    let accepting = accepted.accept(&peer.qp, &ConnectParameters::default(), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let completing = parts.connector.complete_connect(on_disconnect);
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    peer.connector = Some(accepted);
    parts.end.post_receive(1, 0, 64);
    (parts, peer)
}

// As above: from the disconnect event, from a disconnect's completion, from a notification.
// WSK-CLS-03: the socket's close comes behind the event.
#[test]
fn everything_closes_inside_an_event() {
    let stage = Stage::new();
    let (adapter, server) = (stage.open(0), server(&stage));
    for turn in 0..3 * PARTS {
        let place: Arc<Mutex<Option<Arc<Doomed>>>> = Arc::default();
        let own = place.clone();
        let (mut parts, mut peer) = connected(&stage, &adapter, &server, move || {
            if let Some(doomed) = &*own.lock().expect("no panic") {
                doomed.close();
            }
        });
        let what = [
            "disconnect event",
            "disconnect's completion",
            "notification",
        ][turn / PARTS];
        let doomed = Doomed::of(&mut parts, turn % PARTS);
        match turn / PARTS {
            0 => {
                *place.lock().expect("no panic") = Some(doomed.clone());
                peer.connector = None;
            }
            1 => {
                let connector = parts.connector.raw();
                doom(&doomed, |completion, context| {
                    // SAFETY: the connector is open.
                    unsafe {
                        let call: Call =
                            (*(*connector).Dispatch).NdkDisconnect.expect("NDK-VER-05");
                        call(connector, completion, context)
                    }
                });
                peer.connector = None;
            }
            _ => {
                *parts.noticed.lock().expect("no panic") = Some(doomed.clone());
                parts.cq.arm(NDK_CQ_NOTIFY_ANY);
                parts.end.qp.handle().flush();
            }
        }
        doomed.assert_closed(what);
    }
}

// NDK-LIFE-09, NDK-LIFE-15: a listener in its listen's completion and in its own connect event, with the connector it got.
#[test]
fn a_listener_closes_inside_its_callbacks() {
    let stage = Stage::new();
    let (adapter, client) = (stage.open(1), stage.open(0));
    for _ in 0..10 {
        let listener = raw::listener(&adapter);
        let (sender, closings) = mpsc::channel();
        let (at, length) = softrnic_functional::consumer::encode_address(stage.address(1, 0));
        let address = listener as usize;
        let returned = raw::request(
            // SAFETY: the listener is open; the address is read during the call.
            |completion, context| unsafe {
                ((*(*listener).Dispatch).NdkListen.expect("NDK-VER-05"))(
                    listener,
                    at.as_ptr().cast(),
                    length,
                    completion,
                    context,
                )
            },
            move |_| drop(sender.send(raw::close(address as Object))),
        );
        assert_eq!(returned, NtStatus::PENDING);
        let closing = closings.recv_timeout(SOON).expect("listens");
        assert!(closing.is_over(SOON));
    }
    for _ in 0..10 {
        let (sender, closings) = mpsc::channel();
        let own = Arc::new(Mutex::new(0_usize));
        let object = own.clone();
        let listener = Listener::new(&adapter, move |mut connector| {
            connector.is_closed_already();
            let listener = *object.lock().expect("no panic") as Object;
            let both = [listener, connector.raw().cast()].map(raw::close);
            drop(sender.send(both));
        })
        .expect("made");
        assert!(listener.listen(stage.address(1, 0)).wait().is_success());
        *own.lock().expect("no panic") = listener.raw() as usize;
        let to = listener.local_address().expect("bound");
        listener.is_closed_already();
        let mut parts = Parts::new(&client);
        let connecting = parts.connect(&stage, to);
        let closings = closings.recv_timeout(SOON).expect("a connect event");
        assert_closed(&closings, "listener and connector");
        assert!(connecting.wait_for(SOON).is_some());
    }
}
