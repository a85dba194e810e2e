//! A callback of each kind is held back while its object is closed elsewhere: the close waits (NDK-LIFE-15).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_ALLOW_REMOTE_READ};
use softrnic_functional::consumer::{
    Buffer, ConnectParameters, Connector, Listener, Mr, Mw, NtStatus, Pd, QpLimits, Srq,
    encode_address,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{A_WHILE, ALL_ACCESS, End, Flag, SOON, Stage, at_dispatch, listen};

/// A callback that does not return before it is let go.
#[derive(Clone, Default)]
struct Held {
    inside: Arc<Flag>,
    free: Arc<AtomicBool>,
}

impl Held {
    /// The callback. At DISPATCH_LEVEL nothing waits, so this spins.
    fn stay(&self) {
        self.inside.set();
        let until = Instant::now() + 2 * SOON;
        while !self.free.load(Ordering::SeqCst) && Instant::now() < until {
            std::hint::spin_loop();
        }
    }

    /// Has `call`, one of the object's own functions, bring the callback about on another thread, and closes `object`
    /// meanwhile, but not before the call has returned (NDK-LIFE-11): at DISPATCH_LEVEL the callback does not come inside it.
    fn keeps_called(&self, stage: &Stage, object: Object, call: impl FnOnce() + Send) {
        let returned = Flag::default();
        let call = || {
            at_dispatch(|| {
                call();
                returned.set();
            });
        };
        self.keeps_after(stage, object, call, || assert!(returned.wait(SOON)));
    }

    /// Has `trigger`, which calls nothing of the object, bring the callback about, and closes `object` meanwhile.
    fn keeps(&self, stage: &Stage, object: Object, trigger: impl FnOnce() + Send) {
        self.keeps_after(stage, object, trigger, || ());
    }

    fn keeps_after(
        &self,
        stage: &Stage,
        object: Object,
        trigger: impl FnOnce() + Send,
        ready: impl FnOnce(),
    ) {
        let (machine, object) = (stage.machine(), object as usize);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let _attached = machine.attach();
                trigger();
            });
            assert!(self.inside.wait(SOON), "the callback comes");
            ready();
            let closing = raw::close(object as Object);
            assert_eq!(closing.returned, NtStatus::PENDING);
            assert!(!closing.completed.wait(A_WHILE), "the callback still runs");
            self.free.store(true, Ordering::SeqCst);
            assert!(closing.is_over(SOON));
        });
    }
}

// NDK-LIFE-15, NDK-CQ-28: a queue's notification. Its queue pair is closed before, so nothing else keeps it.
#[test]
fn a_notification_keeps_its_queue() {
    let (stage, held) = (Stage::new(), Held::default());
    let adapter = stage.open(0);
    let callback = held.clone();
    let queue = Quiet::with(&adapter, 8, move |_| callback.stay());
    let end = quiet::end(&adapter, &queue, &queue, QpLimits::default());
    end.post_receive(1, 0, 64);
    drop(end);
    queue.cq.is_closed_already();
    let cq = queue.cq.handle();
    held.keeps_called(&stage, queue.cq.raw().cast(), || cq.arm(NDK_CQ_NOTIFY_ANY));
}

// NDK-LIFE-15: the notification of a shared receive queue.
#[test]
fn a_notification_keeps_its_shared_queue() {
    let (stage, held) = (Stage::new(), Held::default());
    let pd = Pd::new(&stage.open(0)).expect("a PD");
    let callback = held.clone();
    let srq = Srq::new(&pd, (8, 4, 2), move |_| callback.stay()).expect("an SRQ");
    srq.is_closed_already();
    held.keeps_called(&stage, srq.raw().cast(), || {
        // Fewer than two receives are there.
        assert_eq!(srq.modify(0, 2).returned(), NtStatus::SUCCESS);
    });
}

// NDK-LIFE-15, NDK-MR-10: the completion of a deregistration that waited for a window.
#[test]
fn a_deregistrations_completion_keeps_its_region() {
    let (stage, held) = (Stage::new(), Held::default());
    let (_active, passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let mr = Mr::of(&passive.pd, &buffer, ALL_ACCESS).expect("an MR");
    let mw = Mw::new(&passive.pd).expect("an MW");
    let (qp, at) = (passive.qp.handle(), buffer.virtual_address());
    let bound = qp.bind(1, (&mr, &mw), at, 64, NDK_OP_FLAG_ALLOW_REMOTE_READ);
    assert_eq!(bound, NtStatus::SUCCESS);
    assert_eq!(passive.done.take(1)[0].status, NtStatus::SUCCESS);
    let (raw_mr, callback) = (mr.raw(), held.clone());
    let deregistering = raw::request(
        // SAFETY: the region is open.
        |completion, context| unsafe {
            ((*(*raw_mr).Dispatch).NdkDeregisterMr.expect("NDK-VER-05"))(
                raw_mr, completion, context,
            )
        },
        move |_| callback.stay(),
    );
    assert_eq!(deregistering, NtStatus::PENDING);
    mr.is_closed_already();
    // The window stays, for its close would keep the region as well; so would what goes on below the post.
    let window = mw.raw() as usize;
    held.keeps(&stage, mr.raw().cast(), || {
        let posted = at_dispatch(|| qp.invalidate(2, window as Object, 0));
        assert_eq!(posted, NtStatus::SUCCESS);
    });
}

// NDK-LIFE-15: the completion of a Listen.
#[test]
fn a_listens_completion_keeps_its_listener() {
    let (stage, held) = (Stage::new(), Held::default());
    let adapter = stage.open(0);
    let listener = raw::listener(&adapter) as usize;
    let (address, length) = encode_address(stage.address(0, 0));
    let callback = held.clone();
    held.keeps_called(&stage, listener as Object, move || {
        let listener = listener as *mut softrnic_functional::consumer::abi::NDK_LISTENER;
        let listening = raw::request(
            // SAFETY: the listener is open; the address is read during the call.
            |completion, context| unsafe {
                ((*(*listener).Dispatch).NdkListen.expect("NDK-VER-05"))(
                    listener,
                    address.as_ptr().cast(),
                    length,
                    completion,
                    context,
                )
            },
            move |_| callback.stay(),
        );
        assert_eq!(listening, NtStatus::PENDING);
    });
}

// NDK-LIFE-15: a connect event. Its connector is closed inside it, so that it does not keep the listener.
#[test]
fn a_connect_event_keeps_its_listener() {
    let (stage, held) = (Stage::new(), Held::default());
    let (client, server) = (stage.open(0), stage.open(1));
    let callback = held.clone();
    let listener = Listener::new(&server, move |mut connector| {
        connector.is_closed_already();
        drop(raw::close(connector.raw().cast()));
        callback.stay();
    });
    let listener = listener.expect("a listener");
    assert_eq!(
        listener.listen(stage.address(1, 0)).wait(),
        NtStatus::SUCCESS
    );
    let to = listener.local_address().expect("bound");
    let (active, from) = (End::new(&client, QpLimits::default()), stage.address(0, 0));
    listener.is_closed_already();
    held.keeps(&stage, listener.raw().cast(), || {
        let mut connector = Connector::new(&active.adapter).expect("a connector");
        let ask = ConnectParameters::default();
        let connecting = connector.connect(&active.qp, from, to, &ask);
        assert!(!connecting.wait().is_success());
    });
}

// NDK-LIFE-15: the completion of a Connect.
#[test]
fn a_connects_completion_keeps_its_connector() {
    let (stage, held) = (Stage::new(), Held::default());
    let active = End::new(&stage.open(0), QpLimits::default());
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("a connector");
    let (callback, ask) = (held.clone(), ConnectParameters::default());
    let ends = (stage.address(0, 0), to);
    let connecting = raw::request(
        |completion, context| {
            let how = (completion, context);
            connector.connect_with(&active.qp, ends, &ask, how).0
        },
        move |_| callback.stay(),
    );
    assert_eq!(connecting, NtStatus::PENDING);
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    connector.is_closed_already();
    held.keeps(&stage, connector.raw().cast(), || drop(offered));
}

// NDK-LIFE-15: the disconnect event.
#[test]
fn a_disconnect_event_keeps_its_connector() {
    let (stage, held) = (Stage::new(), Held::default());
    let (active, passive) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&stage.open(1), QpLimits::default()),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut own = Connector::new(&active.adapter).expect("a connector");
    let ask = ConnectParameters::default();
    let connecting = own.connect(&active.qp, stage.address(0, 0), to, &ask);
    let mut theirs = incoming.recv_timeout(SOON).expect("a connect event");
    let accepting = theirs.accept(&passive.qp, &ask, || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let callback = held.clone();
    let completing = own.complete_connect(move || callback.stay());
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    own.is_closed_already();
    held.keeps(&stage, own.raw().cast(), || drop(theirs));
}

// NDK-CQ-07, NDK-CQ-08: while a notification runs on one processor, the next waits, whoever armed and whatever completes on
// another; then it comes.
#[test]
fn a_notification_waits_for_the_one_before() {
    let (stage, held) = (Stage::new(), Held::default());
    let adapter = stage.open(0);
    let callback = held.clone();
    let queue = Quiet::with(&adapter, 8, move |_| callback.stay());
    let ends = [1, 2].map(|_| quiet::end(&adapter, &queue, &queue, QpLimits::default()));
    let [one, other] = ends.each_ref().map(|end| end.qp.handle());
    let sges = ends.each_ref().map(|end| [end.mr.sge(&end.buffer, 0, 64)]);
    assert_eq!(one.receive(1, &sges[0]), NtStatus::SUCCESS);
    queue.arm(NDK_CQ_NOTIFY_ANY);
    let machine = stage.machine();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _attached = machine.attach();
            one.flush();
        });
        assert!(held.inside.wait(SOON), "the first comes");
        queue.arm(NDK_CQ_NOTIFY_ANY);
        assert_eq!(other.receive(2, &sges[1]), NtStatus::SUCCESS);
        other.flush();
        assert!(!queue.reaches(2, A_WHILE), "beside the first");
        held.free.store(true, Ordering::SeqCst);
        assert!(queue.reaches(2, SOON), "NDK-CQ-08");
    });
}
