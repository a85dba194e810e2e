//! Objects live and end in the order that the object lifetime page promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use softrnic_functional::consumer::NtStatus;
use softrnic_functional::raw::{self, Depth, Object};
use softrnic_functional::{A_WHILE, End, SOON, Stage, listen};

/// NDK-LIFE-17: `antecedent` outlives its close until `successor` is closed.
fn assert_waits(antecedent: Object, successor: Object) {
    let waiting = raw::close(antecedent);
    assert_eq!(waiting.returned, NtStatus::PENDING);
    assert!(
        !waiting.completed.wait(A_WHILE),
        "closed before its successor"
    );
    assert!(raw::close(successor).is_over(SOON));
    assert!(waiting.is_over(SOON), "never closed");
    assert_eq!(waiting.completed.count(), 1);
}

// NDK-LIFE-01, NDK-LIFE-04: what the header says, whatever version was asked for.
// NdkQueryExtension: STATUS_NOT_SUPPORTED. NdkCloseQp, NdkCloseMr, NdkCloseMw, NdkCloseConnector, NdkCloseListener,
// NdkCloseCq, NdkClosePd: STATUS_SUCCESS.
#[test]
fn every_object_is_born_with_its_type_and_our_highest_version() {
    let stage = Stage::new();
    let adapter = stage.try_open(0, (1, 0)).expect("1.0 is served");
    let pd = raw::pd(&adapter);
    let cq = raw::cq(&adapter, 8);
    let objects: [(Object, i32); 7] = [
        (raw::qp(pd, cq).cast(), 2),
        (raw::mr(pd).cast(), 4),
        (raw::mw(pd).cast(), 5),
        (raw::connector(&adapter).cast(), 8),
        (raw::listener(&adapter).cast(), 9),
        (cq.cast(), 3),
        (pd.cast(), 6),
    ];
    for (object, kind) in objects {
        let header = raw::header(object);
        assert_eq!(header.ObjectType, kind);
        assert_eq!((header.Version.Major, header.Version.Minor), (1, 2));
        // NDK-VER-08
        assert_eq!(raw::query_extension(object), NtStatus::NOT_SUPPORTED);
        // NDK-LIFE-12: nothing keeps it.
        assert_eq!(raw::close(object).returned, NtStatus::SUCCESS);
    }
}

// NDK-PD-05, NDK-LIFE-17.
// NdkClosePd: STATUS_PENDING.
#[test]
fn a_protection_domain_waits_for_its_regions_windows_and_queue_pairs() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = raw::pd(&adapter);
    assert_waits(pd.cast(), raw::mr(pd).cast());
    let pd = raw::pd(&adapter);
    assert_waits(pd.cast(), raw::mw(pd).cast());
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    assert_waits(pd.cast(), raw::qp(pd, cq).cast());
    assert!(raw::close(cq.cast()).is_over(SOON));
}

// NdkCloseCq: STATUS_PENDING.
#[test]
fn a_completion_queue_waits_for_its_queue_pairs() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    assert_waits(cq.cast(), raw::qp(pd, cq).cast());
    assert!(raw::close(pd.cast()).is_over(SOON));
}

// NDK-LSN-08, NDK-LSN-09: the listener waits for its connectors and refuses meanwhile.
// NdkCloseListener: STATUS_SUCCESS, STATUS_PENDING.
#[test]
fn a_listener_waits_for_its_connectors() {
    let stage = Stage::new();
    let (mut active, mut passive) = stage.connected();
    let listener = passive.listener.take().expect("listening");
    let closing = listener.close();
    assert_eq!(closing.returned(), NtStatus::PENDING);
    assert_eq!(
        closing.wait_for(A_WHILE),
        None,
        "closed before its connector"
    );
    drop(active.connector.take());
    drop(passive.connector.take());
    assert_eq!(closing.wait_for(SOON), Some(NtStatus::SUCCESS));
}

// NDK-LIFE-18: the antecedent's completion does not come before the successor's has returned.
// NdkCloseQp, NdkCloseConnector: STATUS_PENDING.
#[test]
fn a_close_waits_for_the_successors_callback_to_return() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let End { connector, qp, .. } = active;
    let mut connector = connector.expect("connected");
    let waiting = qp.close();
    assert!(waiting.is_pending(), "NDK-CON-28");
    let returning = Arc::new(AtomicBool::new(false));
    let about_to_return = returning.clone();
    let closing = raw::close_then(connector.raw().cast(), move || {
        // At DISPATCH_LEVEL nothing waits, so this spins.
        let until = std::time::Instant::now() + A_WHILE;
        while std::time::Instant::now() < until {
            std::hint::spin_loop();
        }
        about_to_return.store(true, Ordering::SeqCst);
    });
    connector.is_closed_already();
    assert_eq!(closing.returned, NtStatus::PENDING);
    assert_eq!(waiting.wait(), NtStatus::SUCCESS);
    assert!(returning.load(Ordering::SeqCst), "NDK-LIFE-18");
}

// NDK-LIFE-26: closes that complete each other do not grow the stack: of 10 000 callbacks never two are on one.
#[test]
fn a_chain_of_closes_ends_on_a_bounded_stack() {
    const LENGTH: usize = 5_000;
    struct Chain {
        pairs: Vec<(usize, usize)>,
        next: AtomicUsize,
        depth: Arc<Depth>,
        over: softrnic_functional::Flag,
    }
    fn step(chain: &Arc<Chain>) {
        let n = chain.next.fetch_add(1, Ordering::SeqCst);
        let Some(&(pd, mr)) = chain.pairs.get(n) else {
            return chain.over.set();
        };
        let again = chain.clone();
        let waiting = raw::close_then(pd as Object, move || again.depth.count(|| step(&again)));
        assert_eq!(waiting.returned, NtStatus::PENDING);
        // Its end completes the domain's close, whose callback closes the next pair.
        let depth = chain.depth.clone();
        let _ = raw::close_then(mr as Object, move || depth.count(|| ()));
    }
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pairs = (0..LENGTH).map(|_| {
        let pd = raw::pd(&adapter);
        (pd as usize, raw::mr(pd) as usize)
    });
    let chain = Arc::new(Chain {
        pairs: pairs.collect(),
        next: AtomicUsize::new(0),
        depth: Arc::default(),
        over: Default::default(),
    });
    step(&chain);
    assert!(chain.over.wait(SOON), "the chain broke at {:?}", chain.next);
    assert_eq!(chain.depth.deepest(), 1);
}

// NDK-LIFE-14, NDK-LIFE-16: the pending Connect completes, then the close, and nothing after it.
// NdkConnect: STATUS_CANCELLED.
#[test]
fn closing_a_connecting_connector_completes_its_connect_first() {
    let stage = Stage::new();
    let (active, adapter) = (End::new(&stage.open(0), Default::default()), stage.open(1));
    let (listener, incoming) = listen(&adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector =
        softrnic_functional::consumer::Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &Default::default());
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    assert!(connecting.is_pending(), "NDK-CON-01");
    let closing = connector.close();
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
    assert!(!connecting.is_pending(), "NDK-LIFE-15");
    assert_eq!(connecting.wait(), NtStatus::CANCELLED);
    drop(offered);
}

// NDK-LIFE-21: the adapter's close returns only after the last object is gone.
#[test]
fn closing_the_adapter_waits_for_what_is_still_closing() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    // Fire and forget: nobody waits for these.
    let mut connector = active.connector.take().expect("connected");
    let closing = raw::close(connector.raw().cast());
    connector.is_closed_already();
    drop(connector);
    drop(active);
    drop(passive);
    assert!(closing.is_over(SOON));
}

// NDK-LIFE-23: two openings of one adapter are independent.
#[test]
fn two_openings_of_one_adapter_do_not_touch_each_other() {
    let stage = Stage::new();
    let (first, second) = (stage.open(0), stage.open(0));
    let pd = raw::pd(&first);
    drop(second);
    assert!(raw::close(pd.cast()).is_over(SOON));
}
