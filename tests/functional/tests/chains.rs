//! Callbacks that bring about the next callback: never two of them are on one stack, however long the chain.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use softrnic_emulator::verifier::depth;
use softrnic_emulator::wsk::{Call, Fault};
use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_ALLOW_REMOTE_READ};
use softrnic_functional::consumer::{
    Buffer, ConnectParameters, Connector, CqHandle, Mr, Mw, NtStatus, QpHandle, QpLimits,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Depth, Object};
use softrnic_functional::{ALL_ACCESS, End, Flag, SOON, Stage, listen};

/// Links of a chain, each of which is pulled by the callback of the one before.
struct Chain {
    links: Vec<usize>,
    next: AtomicUsize,
    depth: Depth,
    over: Flag,
}

impl Chain {
    fn new(links: Vec<usize>) -> Arc<Self> {
        Arc::new(Self {
            links,
            next: AtomicUsize::new(0),
            depth: Depth::default(),
            over: Flag::default(),
        })
    }

    /// Pulls the next link.
    fn pull(&self, pull: impl FnOnce(usize)) {
        match self.links.get(self.next.fetch_add(1, Ordering::SeqCst)) {
            Some(link) => pull(*link),
            None => self.over.set(),
        }
    }

    fn assert_flat(&self) {
        assert!(self.over.wait(SOON), "the chain broke at {:?}", self.next);
        assert_eq!(self.depth.deepest(), 1, "callbacks on one stack");
    }
}

// NDK-IRQL-05, NDK-LIFE-26: a notification flushes the next queue pair, whose results notify through a queue of their own.
#[test]
fn notifications_that_bring_about_notifications() {
    const LENGTH: usize = 200;
    let stage = Stage::new();
    let adapter = stage.open(0);
    let chain: Arc<Mutex<Option<Arc<Chain>>>> = Arc::default();
    let ends: Vec<(Quiet, End)> = (0..LENGTH)
        .map(|_| {
            let own = chain.clone();
            let quiet = Quiet::with(&adapter, 8, move |_: CqHandle| {
                let chain = own.lock().expect("no panic").clone().expect("begun");
                // SAFETY: the number is a handle of a queue pair that lives until the chain is over.
                let flush = |qp: usize| unsafe { *(qp as *const QpHandle) }.flush();
                chain.depth.count(|| chain.pull(flush));
            });
            let end = quiet::end(&adapter, &quiet, &quiet, QpLimits::default());
            end.post_receive(1, 0, 64);
            quiet.arm(NDK_CQ_NOTIFY_ANY);
            (quiet, end)
        })
        .collect();
    let handles: Vec<QpHandle> = ends.iter().map(|(_, end)| end.qp.handle()).collect();
    let links = handles.iter().map(|qp| std::ptr::from_ref(qp) as usize);
    let links = Chain::new(links.collect());
    *chain.lock().expect("no panic") = Some(links.clone());
    links.pull(|_| handles[0].flush());
    links.assert_flat();
}

fn close_window(chain: &Arc<Chain>, window: usize) {
    let again = chain.clone();
    let _ = raw::close_then(window as Object, move || again.depth.count(|| ()));
}

// NDK-IRQL-05, NDK-MW-04: the close of a window ends a deregistration, whose callback closes the next window.
#[test]
fn deregistrations_that_wait_for_windows() {
    const LENGTH: usize = 2_000;
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let (qp, flags) = (active.qp.handle(), NDK_OP_FLAG_ALLOW_REMOTE_READ);
    let pairs: Vec<(Mr, Mw)> = (0..LENGTH)
        .map(|n| {
            let mr = Mr::of(&active.pd, &buffer, ALL_ACCESS).expect("registered");
            let mw = Mw::new(&active.pd).expect("made");
            let at = buffer.virtual_address();
            let posted = qp.bind(n, (&mr, &mw), at, 64, flags);
            assert_eq!(posted, NtStatus::SUCCESS);
            assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
            (mr, mw)
        })
        .collect();
    let chain = Chain::new(pairs.iter().map(|(_, mw)| mw.raw() as usize).collect());
    for (mr, mw) in &pairs {
        mw.is_closed_already();
        let (mr, again) = (mr.raw(), chain.clone());
        let returned = raw::request(
            |completion, context| {
                // SAFETY: the region is open.
                unsafe {
                    ((*(*mr).Dispatch).NdkDeregisterMr.expect("NDK-VER-05"))(
                        mr, completion, context,
                    )
                }
            },
            move |_| {
                again
                    .depth
                    .count(|| again.pull(|window| close_window(&again, window)))
            },
        );
        assert_eq!(returned, NtStatus::PENDING, "NDK-MW-04");
    }
    chain.pull(|window| close_window(&chain, window));
    chain.assert_flat();
    drop(pairs);
}

fn close_connector(chain: &Arc<Chain>, connector: usize) {
    let again = chain.clone();
    let closing = raw::close_then(connector as Object, move || again.depth.count(|| ()));
    assert_eq!(closing.returned, NtStatus::PENDING);
}

// NDK-IRQL-05, NDK-LIFE-14, NDK-LIFE-26: a close cancels a connect, whose callback closes the next connector.
#[test]
fn connects_cancelled_by_closes() {
    const LENGTH: usize = 40;
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let cq = Quiet::new(&client, 8);
    let chain: Arc<Mutex<Option<Arc<Chain>>>> = Arc::default();
    let mut ends: Vec<(End, Connector)> = (0..LENGTH)
        .map(|_| {
            let end = quiet::end(&client, &cq, &cq, QpLimits::default());
            let mut connector = Connector::new(&client).expect("made");
            let own = chain.clone();
            let route = (stage.address(0, 0), to);
            let ask = ConnectParameters::default();
            let pending = raw::request(
                |completion, context| {
                    let callback = (completion, context);
                    connector.connect_with(&end.qp, route, &ask, callback).0
                },
                move |_| {
                    let chain = own.lock().expect("no panic").clone().expect("begun");
                    let depth = &chain.depth;
                    depth.count(|| chain.pull(|next| close_connector(&chain, next)));
                },
            );
            assert_eq!(pending, NtStatus::PENDING);
            (end, connector)
        })
        .collect();
    let offered: Vec<Connector> = (0..LENGTH)
        .map(|_| incoming.recv_timeout(SOON).expect("a connect event"))
        .collect();
    let raw = |(_, connector): &mut (End, Connector)| {
        connector.is_closed_already();
        connector.raw() as usize
    };
    let links = Chain::new(ends.iter_mut().map(raw).collect());
    *chain.lock().expect("no panic") = Some(links.clone());
    links.pull(|first| close_connector(&links, first));
    links.assert_flat();
    drop((offered, ends));
}

/// Connects that fail inside their calls, each made by the callback of the one before.
struct Failing {
    chain: Arc<Chain>,
    ends: Vec<Mutex<(End, Connector)>>,
    route: (SocketAddr, SocketAddr),
}

impl Failing {
    fn connect(self: &Arc<Self>, link: usize) {
        let (again, ask) = (self.clone(), ConnectParameters::default());
        let (end, connector) = &mut *self.ends[link].lock().expect("no panic");
        let returned = raw::request(
            |completion, context| {
                let callback = (completion, context);
                connector
                    .connect_with(&end.qp, self.route, &ask, callback)
                    .0
            },
            move |status| {
                assert_eq!(status, NtStatus::INSUFFICIENT_RESOURCES);
                let chain = &again.chain;
                chain.depth.count(|| chain.pull(|next| again.connect(next)));
            },
        );
        assert_eq!(returned, NtStatus::PENDING);
    }
}

// NDK-IRQL-05, NDK-LIFE-09, NDK-LIFE-26: a connect fails before its call returns, and its callback makes the next one. Two calls
// are on the stack then, and together leave room within the verifier's limit for paths that are longer than this one.
#[test]
fn connects_that_follow_failed_connects() {
    const LENGTH: usize = 40;
    let stage = Stage::new();
    let client = stage.open(0);
    let cq = Quiet::new(&client, 8);
    let ends = (0..LENGTH).map(|_| {
        let end = quiet::end(&client, &cq, &cq, QpLimits::default());
        let connector = Connector::new(&client).expect("made");
        Mutex::new((end, connector))
    });
    let failing = Arc::new(Failing {
        chain: Chain::new((0..LENGTH).collect()),
        ends: ends.collect(),
        route: (stage.address(0, 0), stage.address(1, 9)),
    });
    let refused = Fault::of(Call::Connect, NtStatus::INSUFFICIENT_RESOURCES.0);
    stage.machine().wsk.fail(refused.until_healed());
    let chain = failing.chain.clone();
    chain.pull(|first| failing.connect(first));
    chain.assert_flat();
    stage.machine().wsk.heal();
    let (bytes, chain) = depth::deepest();
    assert!(bytes <= 9 << 10, "{chain} takes {bytes} bytes of stack");
}
