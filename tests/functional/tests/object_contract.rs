//! What the object lifetime pages promise of every object: whose its words are, how often who is called, at which level,
//! and that a close needs nothing.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_OBJECT_HEADER};
use softrnic_functional::consumer::{
    ConnectParameters, Connector, Listener, NtStatus, QpLimits, encode_address,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{End, Flag, SOON, Stage, at_dispatch, connect, listen};

/// Two connected ends whose queues only count, and all their objects.
struct Quietly {
    ends: [End; 2],
    cqs: [Quiet; 2],
    objects: Vec<Object>,
}

impl Quietly {
    fn connected(stage: &Stage) -> Self {
        let adapters = [stage.open(0), stage.open(1)];
        let cqs = [0, 1].map(|n| Quiet::new(&adapters[n], 64));
        let limits = QpLimits {
            receive_depth: 16,
            initiator_depth: 16,
            ..QpLimits::default()
        };
        let mut ends = [0, 1].map(|n| quiet::end(&adapters[n], &cqs[n], &cqs[n], limits));
        let (listener, incoming) = listen(&adapters[1], stage.address(1, 0));
        let to = listener.local_address().expect("bound");
        let [active, passive] = &mut ends;
        connect(active, passive, stage.address(0, 0), to, &incoming);
        passive.listener = Some(listener);
        let mut objects = Vec::new();
        for (end, cq) in ends.iter().zip(&cqs) {
            let connector = end.connector.as_ref().expect("connected").raw();
            objects.extend([
                end.adapter.raw().cast(),
                end.pd.raw().cast(),
                end.mr.raw().cast(),
                end.qp.raw().cast(),
                cq.cq.raw().cast(),
                connector.cast::<NDK_OBJECT_HEADER>(),
            ]);
        }
        Self { ends, cqs, objects }
    }
}

/// The four reserved words.
fn reserved(object: Object) -> [usize; 4] {
    raw::header(object).NdkReserved.rf.map(|word| word as usize)
}

/// The dispatch pointer behind the header.
fn dispatch(object: Object) -> *mut usize {
    object.wrapping_add(1).cast()
}

// NDK-LIFE-02, NDK-LIFE-03: data flows while every object's dispatch pointer leads nowhere, and the system's words are as
// the system left them.
#[test]
fn the_provider_never_looks_at_what_it_gave_away() {
    let stage = Stage::new();
    let connected = Quietly::connected(&stage);
    let ([active, passive], [sent, received]) = (&connected.ends, &connected.cqs);
    let before: Vec<_> = connected.objects.iter().copied().map(reserved).collect();
    sent.arm(NDK_CQ_NOTIFY_ANY);
    received.arm(NDK_CQ_NOTIFY_ANY);
    for context in 0..4 {
        passive.post_receive(context, 0, 64);
    }
    let tables = at_dispatch(|| {
        for context in 0..4 {
            active.post_send(context, 64, 64, 0);
        }
        // Sent when this level is left.
        // SAFETY: live objects, which nobody calls until the tables are back.
        let swap = |object: &Object| unsafe { dispatch(*object).replace(0xDEAD_0000_0000) };
        connected.objects.iter().map(swap).collect::<Vec<_>>()
    });
    assert!(sent.reaches(1, SOON) && received.reaches(1, SOON));
    for (object, table) in connected.objects.iter().zip(tables) {
        // SAFETY: as above.
        unsafe { dispatch(*object).write(table) };
    }
    assert_eq!((sent.take(4).len(), received.take(4).len()), (4, 4));
    let after: Vec<_> = connected.objects.iter().copied().map(reserved).collect();
    assert_eq!(before, after);
}

/// What a create completion was given.
#[derive(Default)]
struct Created {
    calls: AtomicUsize,
    object: AtomicUsize,
    called: Flag,
}

unsafe extern "win64" fn created(context: *mut c_void, _status: i32, object: Object) {
    // SAFETY: the test keeps the context until all is closed.
    let created = unsafe { &*context.cast::<Created>() };
    created.calls.fetch_add(1, Ordering::SeqCst);
    created.object.store(object as usize, Ordering::SeqCst);
    created.called.set();
}

// NDK-LIFE-05, NDK-LIFE-06, NDK-LIFE-07: a create that pends calls back once, with the object, and leaves the out-parameter
// alone; one that ends at once, well or not, never calls back.
// NdkCreatePd: STATUS_SUCCESS. NdkCreateCq: STATUS_INVALID_PARAMETER. NdkCreateSharedEndpoint: STATUS_PENDING.
#[test]
fn creates_call_back_when_they_pend_and_only_then() {
    const POISON: usize = 0x5A5A_5A5A;
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (raw, inline, pended) = (adapter.raw(), Created::default(), Created::default());
    let context = |created: &Created| ptr::from_ref(created).cast_mut().cast::<c_void>();
    let mut out = [POISON; 3];
    let (at, length) = encode_address(stage.address(0, 0));
    // SAFETY: the adapter is open, the places and contexts outlive the calls and their callbacks.
    let statuses = unsafe {
        let table = &*(*raw).Dispatch;
        let cq = table.NdkCreateCq.expect("NDK-VER-05");
        let none = ptr::null_mut();
        [
            table.NdkCreatePd.expect("NDK-VER-05")(
                raw,
                Some(created),
                context(&inline),
                (&raw mut out[0]).cast(),
            ),
            cq(
                raw,
                u32::MAX,
                None,
                none,
                ptr::null_mut(),
                Some(created),
                context(&inline),
                (&raw mut out[1]).cast(),
            ),
            table.NdkCreateSharedEndpoint.expect("NDK-VER-05")(
                raw,
                at.as_ptr().cast(),
                length,
                Some(created),
                context(&pended),
                (&raw mut out[2]).cast(),
            ),
        ]
    };
    let expected = [
        NtStatus::SUCCESS,
        NtStatus::INVALID_PARAMETER,
        NtStatus::PENDING,
    ];
    assert_eq!(statuses.map(NtStatus), expected);
    assert!(pended.called.wait(SOON));
    assert_eq!((out[1], out[2]), (POISON, POISON), "NDK-LIFE-06");
    let shared = pended.object.load(Ordering::SeqCst) as Object;
    assert!(raw::close(shared).is_over(SOON));
    assert!(raw::close(out[0] as Object).is_over(SOON));
    drop(adapter);
    let calls = [&inline, &pended].map(|created| created.calls.load(Ordering::SeqCst));
    assert_eq!(calls, [0, 1], "NDK-LIFE-05");
}

/// Makes a request; whether it pended. Its context is gone after its completion.
fn count(
    pends: &mut usize,
    calls: &Arc<AtomicUsize>,
    call: impl FnOnce(softrnic_functional::consumer::abi::NDK_FN_REQUEST_COMPLETION, *mut c_void) -> i32,
) {
    let calls = calls.clone();
    let returned = raw::request(call, move |_| {
        calls.fetch_add(1, Ordering::SeqCst);
    });
    *pends += usize::from(returned.is_pending());
}

// NDK-LIFE-08, NDK-IRQL-08: as many completions as requests that pended, with contexts that are gone after them.
#[test]
fn requests_call_back_when_they_pend_and_only_then() {
    let stage = Stage::new();
    let mut end = End::new(&stage.open(0), QpLimits::default());
    let (calls, mut pends) = (Arc::new(AtomicUsize::new(0)), 0);
    let ask = ConnectParameters::default();
    let (from, nowhere) = (stage.address(0, 0), stage.address(1, 9));
    for foreign in [false, true, false, true] {
        let mut connector = Connector::new(&end.adapter).expect("made");
        let from = if foreign { nowhere } else { from };
        count(&mut pends, &calls, |completion, context| {
            let callback = (completion, context);
            connector
                .connect_with(&end.qp, (from, nowhere), &ask, callback)
                .0
        });
    }
    let (mr, listener) = (end.mr.raw(), raw::listener(&end.adapter));
    let (at, length) = encode_address(from);
    // SAFETY: all objects are open; addresses are read during the calls.
    unsafe {
        let deregister = (*(*mr).Dispatch).NdkDeregisterMr.expect("NDK-VER-05");
        let listen = (*(*listener).Dispatch).NdkListen.expect("NDK-VER-05");
        for _ in 0..2 {
            count(&mut pends, &calls, |completion, context| {
                deregister(mr, completion, context)
            });
            count(&mut pends, &calls, |completion, context| {
                listen(listener, at.as_ptr().cast(), length, completion, context)
            });
        }
    }
    assert!(raw::close(listener.cast()).is_over(SOON));
    assert!((3..8).contains(&pends), "some pend, some do not: {pends}");
    end.connector = None;
    drop(end);
    assert_eq!(calls.load(Ordering::SeqCst), pends, "NDK-LIFE-21");
}

// NDK-LIFE-12, NDK-LIFE-13: every close works when there is no memory for anything, and asks for none.
// WSK-CLS-09, WSK-IRP-11: the sockets' too.
#[test]
fn closes_need_no_memory() {
    let stage = Stage::new();
    let (mut active, mut passive) = stage.connected();
    let (adapter, pool) = (stage.open(0), &stage.machine().pool);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    let objects: [Object; 7] = [
        pd.cast(),
        cq.cast(),
        raw::qp(pd, cq).cast(),
        raw::mr(pd).cast(),
        raw::mw(pd).cast(),
        raw::connector(&adapter).cast(),
        raw::listener(&adapter).cast(),
    ];
    active.post_receive(1, 0, 64);
    passive.post_receive(1, 0, 64);
    pool.fail_at(1);
    let closings = objects.map(raw::close);
    assert!(closings.iter().all(|closing| closing.is_over(SOON)));
    let connectors = [&mut active, &mut passive].map(|end| end.connector.take());
    let closings = connectors.map(|connector| connector.expect("connected").close());
    assert!(closings.iter().all(|closing| closing.wait().is_success()));
    drop((active, passive));
    assert!(pool.failure_is_due(), "a close allocated");
    pool.fail_at(0);
}

// NDK-LIFE-24: closes that nobody waits for, with a callback that does nothing and no context.
#[test]
fn closes_may_be_forgotten() {
    let stage = Stage::new();
    let (mut active, _passive) = stage.connected();
    let regions = [raw::mr(active.pd.raw()), raw::mr(active.pd.raw())];
    for region in regions {
        raw::close_and_forget(region.cast());
    }
    let mut connector = active.connector.take().expect("connected");
    raw::close_and_forget(connector.raw().cast());
    connector.is_closed_already();
    drop(connector);
    // The domain's and the adapter's closes wait for them.
    drop(active);
}

/// The level of each kind of callback, and what was locked.
#[derive(Default)]
struct Levels(Mutex<Vec<(&'static str, u8, usize)>>);

impl Levels {
    fn note(&self, what: &'static str) {
        let thread = softrnic_emulator::current();
        let seen = (what, thread.irql(), thread.held_locks().len());
        self.0.lock().expect("no panic").push(seen);
    }
}

// NDK-IRQL-02, NDK-LIFE-10: every kind of callback comes at DISPATCH_LEVEL at most, with no lock held.
// WSK-HAZ-12: some of them inside callbacks of WSK.
#[test]
fn callbacks_come_at_dispatch_level_and_with_nothing_locked() {
    let stage = Stage::new();
    let levels = Arc::new(Levels::default());
    let mut active = End::new(&stage.open(0), QpLimits::default());
    let adapter = stage.open(1);
    let own = levels.clone();
    let notified = Quiet::with(&adapter, 64, move |_| own.note("notification"));
    let passive = quiet::end(&adapter, &notified, &notified, QpLimits::default());
    let ((sender, incoming), own) = (mpsc::channel(), levels.clone());
    let listener = Listener::new(&adapter, move |connector| {
        own.note("connect event");
        drop(sender.send(connector));
    });
    let listener = listener.expect("made");
    assert!(listener.listen(stage.address(1, 0)).wait().is_success());
    let to = listener.local_address().expect("bound");
    let (ask, own) = (ConnectParameters::default(), levels.clone());
    let mut connector = Connector::new(&active.adapter).expect("made");
    let answered = Arc::new(Flag::default());
    let seen = answered.clone();
    let returned = raw::request(
        |completion, context| {
            let route = (stage.address(0, 0), to);
            let callback = (completion, context);
            connector.connect_with(&active.qp, route, &ask, callback).0
        },
        move |_| {
            own.note("request completion");
            seen.set();
        },
    );
    assert!(returned.is_pending());
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let (own, gone) = (levels.clone(), passive.gone.clone());
    let accepting = accepted.accept(&passive.qp, &ask, move || {
        own.note("disconnect event");
        gone.set();
    });
    assert!(answered.wait(SOON));
    let completing = connector.complete_connect(active.on_disconnect());
    assert!(completing.wait().is_success() && accepting.wait().is_success());
    active.connector = Some(connector);
    passive.post_receive(1, 0, 64);
    notified.arm(NDK_CQ_NOTIFY_ANY);
    active.post_send(1, 0, 8, 0);
    assert!(notified.reaches(1, SOON));
    let own = levels.clone();
    // NDK-CON-28: its connector keeps it, so this pends.
    let closing = raw::close_then(active.qp.raw().cast(), move || own.note("close completion"));
    active.qp.is_closed_already();
    active.connector = None;
    assert!(closing.is_over(SOON) && passive.gone.wait(SOON));
    drop((active, accepted, passive, listener));
    let seen = levels.0.lock().expect("no panic").clone();
    for kind in [
        "notification",
        "connect event",
        "request completion",
        "disconnect event",
        "close completion",
    ] {
        let mut of_kind = seen.iter().filter(|(what, ..)| *what == kind);
        let fine = |(_, irql, locks): &(&str, u8, usize)| *irql <= 2 && *locks == 0;
        assert!(of_kind.clone().count() > 0, "{kind}: {seen:?}");
        assert!(of_kind.all(fine), "{seen:?}");
    }
}
