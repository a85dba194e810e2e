//! Callbacks may do what the pages let them do, and come where and when they may.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use softrnic_functional::consumer::abi::{NDK_CONNECTOR, NDK_CQ_NOTIFY_ANY};
use softrnic_functional::consumer::{
    Buffer, ConnectParameters, Connector, Listener, NtStatus, QpLimits,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{A_WHILE, End, Flag, SOON, Stage, at_dispatch, listen};

// NDK-IRQL-01, NDK-LIFE-25
#[test]
fn every_object_is_made_and_closed_at_dispatch_level() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::new(8192);
    let closings = at_dispatch(|| {
        let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
        let (qp, mr, mw) = (raw::qp(pd, cq), raw::mr(pd), raw::mw(pd));
        // SAFETY: the region is open, and the memory outlives it.
        let registered = unsafe {
            ((*(*mr).Dispatch).NdkRegisterMr.expect("NDK-VER-05"))(
                mr,
                buffer.mdl(),
                8192,
                1,
                None,
                ptr::null_mut(),
            )
        };
        assert_eq!(NtStatus(registered), NtStatus::SUCCESS);
        let objects: [Object; 7] = [
            raw::connector(&adapter).cast(),
            raw::listener(&adapter).cast(),
            qp.cast(),
            mr.cast(),
            mw.cast(),
            cq.cast(),
            pd.cast(),
        ];
        objects.map(raw::close)
    });
    for closing in closings {
        assert!(closing.is_over(SOON));
    }
}

// NDK-CON-04, NDK-IRQL-01: a connection is made, used and closed at DISPATCH_LEVEL.
// WSK-HAZ-11.
#[test]
fn traffic_runs_at_dispatch_level() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    at_dispatch(|| {
        for n in 0..16 {
            passive.post_receive(n, n * 64, 64);
            active.post_send(n, n * 64, 64, 0);
        }
    });
    assert_eq!(passive.received.take(16).len(), 16);
    let disconnects = at_dispatch(|| (active.disconnect(), passive.disconnect()));
    assert_eq!(disconnects.0.wait(), NtStatus::SUCCESS);
    assert_eq!(disconnects.1.wait(), NtStatus::SUCCESS);
}

/// A connect whose completion callback closes the connector.
struct Suicidal {
    connector: *mut NDK_CONNECTOR,
    status: AtomicU32,
    closed: Mutex<Option<raw::Closing>>,
    called: Flag,
}

unsafe extern "win64" fn close_in_completion(context: *mut c_void, status: i32) {
    // SAFETY: the test keeps the context until the callback has come.
    let this = unsafe { &*context.cast::<Suicidal>() };
    this.status.store(status as u32, Ordering::SeqCst);
    *this.closed.lock().expect("no panic") = Some(raw::close(this.connector.cast()));
    this.called.set();
}

// NDK-LIFE-09: the callback may come before the call returns, and close the object.
#[test]
fn a_connector_may_be_closed_inside_its_connects_completion() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    for port in [9, 11, 13] {
        let connector = raw::connector(&end.adapter);
        let context = Suicidal {
            connector,
            status: AtomicU32::new(0),
            closed: Mutex::default(),
            called: Flag::default(),
        };
        let from: [u8; 16] = [2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let to: [u8; 16] = [2, 0, 0, port, 127, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        // SAFETY: the objects are open; the context lives until the callback has come.
        let returned = unsafe {
            ((*(*connector).Dispatch).NdkConnect.expect("NDK-VER-05"))(
                connector,
                end.qp.raw(),
                from.as_ptr().cast(),
                16,
                to.as_ptr().cast(),
                16,
                1,
                1,
                ptr::null(),
                0,
                Some(close_in_completion),
                (&raw const context).cast_mut().cast(),
            )
        };
        assert_eq!(NtStatus(returned), NtStatus::PENDING);
        assert!(context.called.wait(SOON));
        let refused = NtStatus(context.status.load(Ordering::SeqCst) as i32);
        assert_eq!(refused, NtStatus::CONNECTION_REFUSED);
        let closing = context.closed.lock().expect("no panic").take();
        assert!(closing.expect("it closed").is_over(SOON));
    }
}

// NDK-LIFE-15, NDK-CQ-28: a queue that is closed inside its notification ends after it, with no further callback.
// NdkCloseCq: STATUS_PENDING.
#[test]
fn a_completion_queue_may_be_closed_inside_its_notification() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (sender, closings) = mpsc::channel();
    let sender = Mutex::new(sender);
    let returned = Arc::new(AtomicUsize::new(0));
    let (before, after) = (returned.clone(), returned.clone());
    let own = Arc::new(AtomicUsize::new(0));
    let object = own.clone();
    let receives = Quiet::with(&adapter, 8, move |cq| {
        cq.arm(NDK_CQ_NOTIFY_ANY);
        let seen = before.clone();
        let closing = raw::close_then(object.load(Ordering::SeqCst) as Object, move || {
            assert_eq!(seen.load(Ordering::SeqCst), 1, "NDK-LIFE-15");
        });
        assert_eq!(closing.returned, NtStatus::PENDING);
        sender
            .lock()
            .expect("no panic")
            .send(closing)
            .expect("kept");
        before.store(1, Ordering::SeqCst);
    });
    own.store(receives.cq.raw() as usize, Ordering::SeqCst);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    receives.arm(NDK_CQ_NOTIFY_ANY);
    end.post_receive(1, 0, 64);
    end.qp.handle().flush();
    let closing = closings.recv_timeout(SOON).expect("a notification");
    assert!(!closing.completed.wait(A_WHILE), "NDK-LIFE-17");
    end.post_receive(2, 0, 64);
    end.qp.handle().flush();
    receives.cq.is_closed_already();
    drop(end);
    assert!(closing.is_over(SOON));
    assert_eq!(receives.count(), 1);
    assert_eq!(after.load(Ordering::SeqCst), 1);
}

// NDK-CON-05, NDK-LSN-04: a paused listener is no listener; resumed, it is one again.
// WSK-ACC-01: the socket is WSK's to close.
#[test]
fn a_paused_listener_refuses_and_a_resumed_one_does_not() {
    let stage = Stage::new();
    let (active, adapter) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let (listener, incoming) = listen(&adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let ask = ConnectParameters::default();
    listener.pause(true);
    let mut connector = Connector::new(&active.adapter).expect("made");
    let refused = connector.connect(&active.qp, stage.address(0, 0), to, &ask);
    assert_eq!(refused.wait(), NtStatus::CONNECTION_REFUSED);
    drop(connector);
    assert!(incoming.try_recv().is_err());
    listener.pause(false);
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &ask);
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    drop(offered);
    assert!(!connecting.wait().is_success());
}

// NDK-LSN-04, NDK-LSN-05: a listener paused before it listens begins paused.
#[test]
fn a_pause_before_the_listen_holds() {
    let stage = Stage::new();
    let (active, adapter) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let listener = Listener::new(&adapter, |_| panic!("the listener is paused")).expect("made");
    listener.pause(true);
    let listening = listener.listen(stage.address(1, 0));
    assert!(listening.wait().is_success());
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let ask = ConnectParameters::default();
    let refused = connector.connect(&active.qp, stage.address(0, 0), to, &ask);
    assert_eq!(refused.wait(), NtStatus::CONNECTION_REFUSED);
}

// NDK-CON-18: ND port 445 is TCP 5445, and is 445 again in what consumers are told.
// MS-SMBD-2.1-1.
#[test]
fn the_port_of_smb_is_mapped_and_not_seen() {
    let stage = Stage::apart();
    let (active, adapter) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let (listener, incoming) = listen(&adapter, stage.address(1, 445));
    assert_eq!(
        listener.local_address().expect("bound"),
        stage.address(1, 445)
    );
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(
        &active.qp,
        stage.address(0, 0),
        stage.address(1, 445),
        &ConnectParameters::default(),
    );
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    assert_eq!(
        offered.local_address().expect("known"),
        stage.address(1, 445)
    );
    assert_eq!(
        connector.peer_address().expect("known"),
        stage.address(1, 445)
    );
    assert_eq!(
        offered.peer_address().expect("known"),
        connector.local_address().expect("known")
    );
    drop(offered);
    assert!(!connecting.wait().is_success());
}

/// Two connected ends whose active connector has registered with the Ex form.
struct WithReason {
    active: End,
    passive: End,
    connector: Connector,
    offered: Connector,
    /// NDK-LSN-08: its close waits for the connector that came from it.
    _listener: Listener,
    /// The reason, and that the event came.
    seen: Arc<(AtomicU32, Flag)>,
}

fn connected_with_reason(stage: &Stage) -> WithReason {
    let (active, passive) = (
        End::new(
            &stage.try_open(0, (2, 1)).expect("2.1"),
            QpLimits::default(),
        ),
        End::new(&stage.open(1), QpLimits::default()),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let ask = ConnectParameters::default();
    let seen = Arc::new((AtomicU32::new(77), Flag::default()));
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &ask);
    let mut offered = incoming.recv_timeout(SOON).expect("a connect event");
    let accepting = offered.accept(&passive.qp, &ask, passive.on_disconnect());
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let told = seen.clone();
    let completing = connector.complete_connect_ex(move |reason| {
        told.0.store(reason, Ordering::SeqCst);
        told.1.set();
    });
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    WithReason {
        active,
        passive,
        connector,
        offered,
        _listener: listener,
        seen,
    }
}

// NDK-VER-11, NDK-DISC-16: who registers with the Ex form is called with a reason, who does not is called without.
// NdkCompleteConnectEx: STATUS_SUCCESS.
#[test]
fn both_forms_of_the_disconnect_event_come_as_registered() {
    let stage = Stage::new();
    let mut ends = connected_with_reason(&stage);
    assert_eq!(ends.offered.close().wait(), NtStatus::SUCCESS);
    assert!(ends.seen.1.wait(SOON));
    // Closed without disconnect: lost, says docs/provider-codes.md.
    assert_eq!(ends.seen.0.load(Ordering::SeqCst), 0x0004_0001);
    assert_eq!(ends.passive.gone.count(), 0, "NDK-DISC-11");
    drop((ends.connector, ends.active));
}

// NDK-DISC-16: a graceful end has no reason.
#[test]
fn a_graceful_end_has_no_reason() {
    let stage = Stage::new();
    let ends = connected_with_reason(&stage);
    let leaving = ends.offered.disconnect();
    assert!(ends.seen.1.wait(SOON));
    assert_eq!(ends.seen.0.load(Ordering::SeqCst), 0);
    assert_eq!(ends.connector.disconnect().wait(), NtStatus::SUCCESS);
    assert_eq!(leaving.wait(), NtStatus::SUCCESS);
    drop((ends.connector, ends.offered));
}

// NDK-DISC-16: of a Terminate, which way it went, and its numbers.
#[test]
fn a_terminate_is_the_reason() {
    let stage = Stage::new();
    let ends = connected_with_reason(&stage);
    let sge = ends.passive.mr.sge(&ends.passive.buffer, 0, 64);
    let posted = ends.passive.qp.handle().write(1, &[sge], 0, 0x0BAD_BAD0, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert!(ends.seen.1.wait(SOON));
    // Sent: tagged buffer, invalid STag.
    assert_eq!(ends.seen.0.load(Ordering::SeqCst), 0x0002_1100);
    assert!(ends.passive.gone.wait(SOON));
    drop((ends.connector, ends.offered));
}
