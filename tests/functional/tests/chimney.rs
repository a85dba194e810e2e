//! TCP chimney offload, which the second image passes through from TCP/IP above its adapter to the NIC below (docs/chimney.md).

use std::sync::Arc;

use softrnic::sys::{self, *};
use softrnic_emulator::ndis::{Ended, OffloadStack};
use softrnic_emulator::nic::{NicOptions, Segment};
use softrnic_emulator::sync::channel;
use softrnic_emulator::{Machine, Options};
use softrnic_functional::paired::{OWN, PEER, Paired, frame};
use softrnic_functional::{SOON, pattern};

const SUCCESS: i32 = NDIS_STATUS_SUCCESS;
/// How many connections the NIC carries.
const MANY: u32 = 8;

/// How a NIC answers: inside each call, or now and then later, by a seed.
fn paces() -> impl Iterator<Item = NicOptions> {
    (0..=6).map(|seed| NicOptions {
        connections: MANY,
        varies: seed != 0,
        seed,
        ..NicOptions::default()
    })
}

fn prompt() -> NicOptions {
    paces().next().expect("a pace")
}

/// The second image, its adapter paired with a NIC that carries connections, and TCP/IP above it.
fn paired(options: NicOptions) -> (Paired, OffloadStack) {
    let image = softrnic_build::chimney_image().expect("the second image builds");
    let mut paired = Paired::of(&image, Machine::new(Options::default()), options);
    paired.add_adapter(&[]);
    paired.wait_up();
    let above = paired.machine.offload_stack(&paired.adapter().guid());
    above.wait_capacity(MANY);
    (paired, above)
}

fn done(transferred: usize) -> Ended {
    Ended {
        status: SUCCESS,
        transferred,
        left: Vec::new(),
    }
}

/// As the lead byte says, with nothing taken from it.
fn undone(status: i32, data: &[u8]) -> Ended {
    Ended {
        status,
        transferred: 0,
        left: data.to_vec(),
    }
}

fn data(bytes: &[u8]) -> Segment {
    Segment::Data(bytes.to_vec())
}

/// Runs on a thread of the machine beside the test, and gives what comes of it when the test asks.
fn beside<T: Send + 'static>(
    machine: &'static Machine,
    what: impl FnOnce() -> T + Send + 'static,
) -> impl FnOnce() -> T {
    let (tx, rx) = channel();
    let thread = std::thread::spawn(move || {
        let _attached = machine.attach();
        tx.send(what());
    });
    move || {
        let result = rx.recv_timeout(SOON).expect("it ends");
        thread.join().expect("it does not panic");
        result
    }
}

// CHIM-01: what the NIC says goes up as it is, while the NIC is there; to whom asks, too.
#[test]
fn what_the_nic_can_is_what_the_adapter_can() {
    let (mut paired, above) = paired(prompt());
    let oids = [
        OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG,
        OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES,
    ];
    for oid in oids {
        let answer = paired.adapter().oid_query(oid, 64);
        assert_eq!((answer.status, answer.bytes), (SUCCESS, 20));
        assert_eq!(answer.data[12..16], MANY.to_le_bytes());
        let short = paired.adapter().oid_query(oid, 19);
        assert_eq!(
            (short.status, short.needed),
            (NDIS_STATUS_INVALID_LENGTH, 20)
        );
    }
    paired.nic().set_capacity(3);
    above.wait_capacity(3);
    paired.nic.take().expect("a NIC").halt();
    above.wait_capacity(0);
    for oid in oids {
        let answer = paired.adapter().oid_query(oid, 64);
        assert_eq!(answer.status, NDIS_STATUS_NOT_SUPPORTED);
    }
    above.end();
}

#[test]
fn a_nic_that_carries_none_promises_none() {
    let image = softrnic_build::chimney_image().expect("the second image builds");
    let machine = Machine::new(Options::default());
    let mut paired = Paired::of(&image, machine, NicOptions::default());
    paired.add_adapter(&[]);
    paired.wait_up();
    let above = machine.offload_stack(&paired.adapter().guid());
    assert_eq!((above.capacity(), above.told()), (0, vec![]));
    let set = paired
        .adapter()
        .oid_set(OID_TCP_CONNECTION_OFFLOAD_PARAMETERS, &[0; 60]);
    assert_eq!(set.status, NDIS_STATUS_NOT_SUPPORTED);
    above.end();
}

// What TCP/IP sets for all connections reaches the NIC.
#[test]
fn the_parameters_of_connections_reach_the_nic() {
    let (paired, above) = paired(prompt());
    let parameters = pattern(1, 60);
    let set = paired
        .adapter()
        .oid_set(OID_TCP_CONNECTION_OFFLOAD_PARAMETERS, &parameters);
    assert_eq!((set.status, set.bytes), (SUCCESS, 60));
    paired.wait(|paired| paired.nic().offload_parameters() == Some(pattern(1, 60)));
    above.end();
}

// CHIM-01: a Windows without the chimney says NOT_SUPPORTED, and the driver does without.
#[test]
fn without_a_chimney_in_windows_frames_still_pass() {
    let image = softrnic_build::chimney_image().expect("the second image builds");
    let machine = Machine::new(Options::default());
    machine.ndis.take_chimney_out();
    let mut paired = Paired::of(&image, machine, prompt());
    paired.add_adapter(&[]);
    let above = paired.watch();
    paired.wait_up();
    assert_eq!(above.send(&[&[&frame(PEER, OWN, b"down")]]), [SUCCESS]);
    assert!(paired.peer.receive(SOON).is_some());
    above.end();
}

// The image that ships has none of it: nothing is said, and nothing can be offloaded.
#[test]
fn the_image_that_ships_offers_none() {
    let mut paired = Paired::without_adapter(prompt());
    paired.add_adapter(&[]);
    paired.wait_up();
    let above = paired.machine.offload_stack(&paired.adapter().guid());
    assert_eq!((above.capacity(), above.told()), (0, vec![]));
    let answer = paired
        .adapter()
        .oid_query(OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG, 64);
    assert_eq!(answer.status, NDIS_STATUS_NOT_SUPPORTED);
    above.end();
}

// CHIM-02, CHIM-03, CHIM-04, CHIM-05, CHIM-06, CHIM-07, CHIM-09, CHIM-10, CHIM-17: data, then FIN; one list down and back, with the NIC's
// own verdict. CHIM-15: whether its end comes inside the call or later. CHIM-01: by the handlers of both edges.
#[test]
fn a_graceful_disconnect_sends_its_data_and_then_fin() {
    for options in paces() {
        let (paired, above) = paired(options);
        for bytes in [&b""[..], b"the last words"] {
            let connection = above.offload().expect("offloaded");
            assert_eq!(connection.disconnect(bytes).wait(), done(bytes.len()));
            let mut expected = vec![data(bytes), Segment::Fin];
            expected.retain(|segment| *segment != data(b""));
            assert_eq!(paired.nic().wire(0), expected);
            let (status, knew) = connection.terminate();
            let knew = knew.expect("its state");
            assert_eq!((status, knew.state), (SUCCESS, TcpConnectionFinWait2));
            assert_eq!(knew.sent as usize, bytes.len());
        }
        above.end();
    }
}

// CHIM-09: sends are completed before the disconnect behind them, in their order.
#[test]
fn what_was_sent_before_a_disconnect_is_completed_before_it() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        paired.nic().silence(true);
        let sends = [&b"one"[..], b"two"].map(|bytes| connection.send(bytes));
        let last = connection.disconnect(b"three");
        // Not held back for the acknowledgement.
        let wire = [data(b"one"), data(b"two"), data(b"three"), Segment::Fin];
        assert_eq!(paired.nic().wire(0), wire);
        assert!(!last.has_ended());
        paired.nic().silence(false);
        assert_eq!(last.wait(), done(5));
        let statuses = sends.map(|send| send.wait().status);
        assert_eq!(statuses, [SUCCESS, SUCCESS]);
        assert_eq!(above.order(), ["Send", "Send", "Disconnect"]);
        connection.terminate();
        above.end();
    }
}

// CHIM-08, CHIM-11: RST; what was being sent and received is given back first, each list by its own completion.
#[test]
fn an_abortive_disconnect_resets_and_gives_everything_back_first() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        paired.nic().silence(true);
        let sends = [&b"one"[..], b"two"].map(|bytes| connection.send(bytes));
        let receive = connection.receive(10);
        assert_eq!(connection.abort().wait(), done(0));
        let aborted = NDIS_STATUS_REQUEST_ABORTED;
        let [one, two] = sends.map(|send| send.wait());
        assert_eq!(
            [one, two],
            [undone(aborted, b"one"), undone(aborted, b"two")]
        );
        assert_eq!(receive.wait().status, aborted);
        assert_eq!(above.order(), ["Send", "Send", "Receive", "Disconnect"]);
        assert_eq!(paired.nic().wire(0).last(), Some(&Segment::Reset));
        assert_eq!(connection.terminate().0, SUCCESS);
        above.end();
    }
}

// CHIM-09, CHIM-13: after FIN the connection goes on receiving, and is gone only when it is terminated.
#[test]
fn a_connection_outlives_its_disconnect() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        assert_eq!(connection.disconnect(b"bye").wait(), done(3));
        let posted = connection.receive(5);
        paired.nic().peer_sends(0, b"hello, and more");
        let posted = posted.wait();
        assert_eq!((posted.status, posted.left), (SUCCESS, b"hello".to_vec()));
        paired.wait(|_| connection.received() == b", and more");
        paired.nic().peer_closes(0);
        paired.wait(|_| connection.events() == [(TcpIndicateDisconnect, 0)]);
        assert_eq!(
            connection.query().expect("its state").state,
            TcpConnectionTimeWait
        );
        assert_eq!(paired.nic().objects(), 3);
        let (status, knew) = connection.terminate();
        assert_eq!((status, knew.expect("its state").received), (SUCCESS, 15));
        assert_eq!(paired.nic().objects(), 0);
        above.end();
    }
}

// CHIM-10, CHIM-12: a disconnect that fails says why, as the NIC did, and keeps its data; no other fails.
#[test]
fn a_disconnect_of_what_is_uploaded_or_reset_fails_as_the_nic_says() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        paired.nic().silence(true);
        let last = connection.disconnect(b"too late");
        connection.terminate();
        assert_eq!(
            last.wait(),
            undone(NDIS_STATUS_UPLOAD_IN_PROGRESS, b"too late")
        );

        let connection = above.offload().expect("offloaded");
        let last = connection.disconnect(b"in vain");
        paired.nic().peer_resets(0);
        assert_eq!(last.wait(), undone(NDIS_STATUS_REQUEST_ABORTED, b"in vain"));
        paired.wait(|_| connection.events() == [(TcpIndicateAbort, 0)]);
        connection.terminate();

        paired.nic().silence(false);
        let connection = above.offload().expect("offloaded");
        let last = connection.disconnect(b"in time");
        assert_eq!(last.wait(), done(7), "neither of both");
        connection.terminate();
        above.end();
    }
}

// Sends, posted receives and indications; refused data is kept by the NIC.
#[test]
fn data_passes_both_ways() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        let big = pattern(7, 5000);
        assert_eq!(connection.send(&big).wait().status, SUCCESS);
        assert_eq!(paired.nic().wire(0), [data(&big)]);
        paired.nic().peer_sends(0, b"taken");
        paired.wait(|_| connection.received() == b"taken");
        above.refuse_data(true);
        paired.nic().peer_sends(0, b"refused");
        let posted = connection.receive(7).wait();
        assert_eq!((posted.transferred, posted.left), (7, b"refused".to_vec()));
        above.refuse_data(false);
        let segment = [&[0; 20][..], b"another way"].concat();
        assert_eq!(connection.forward(&segment).wait().status, SUCCESS);
        paired.wait(|_| connection.received().ends_with(b"another way"));
        connection.terminate();
        above.end();
    }
}

// Indicated lists may be kept beyond the connection's end; CHIM-16: they too are waited for.
#[test]
fn received_lists_come_back_when_they_are_returned() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        above.keep();
        for bytes in [&b"one"[..], b"two"] {
            paired.nic().peer_sends(0, bytes);
        }
        paired.wait(|_| connection.received() == b"onetwo");
        connection.terminate();
        assert!(above.release() > 0);
        above.end();
    }
}

#[test]
fn state_is_updated_queried_and_invalidated_below() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        assert_eq!(connection.send(b"four").wait().status, SUCCESS);
        assert_eq!(connection.query().expect("its state").sent, 4);
        assert_eq!(connection.update(), Some(SUCCESS));
        assert_eq!(connection.invalidate(), Some(SUCCESS));
        assert!(paired.nic().is_invalid(0));
        connection.terminate();
        assert_eq!(connection.update(), None);
        above.end();
    }
}

// What the NIC asks for goes up: one connection, a neighbor, everything.
#[test]
fn the_nic_is_heard() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        paired.nic().ask_neighbor();
        assert_eq!(above.neighbors_asked(), 1);
        paired.nic().ask_retrieve(0, UploadRequested);
        assert_eq!(connection.wait_gone().0, SUCCESS);
        assert_eq!(
            connection.events(),
            [(TcpIndicateRetrieve, UploadRequested)]
        );
        let connection = above.offload().expect("offloaded");
        paired.nic().tell_status(NDIS_STATUS_OFFLOAD_PAUSE);
        paired.nic().tell_status(NDIS_STATUS_UPLOAD_ALL);
        assert_eq!(connection.wait_gone().0, SUCCESS);
        assert!(
            above
                .told()
                .ends_with(&[NDIS_STATUS_OFFLOAD_PAUSE, NDIS_STATUS_UPLOAD_ALL])
        );
        above.end();
    }
}

// CHIM-14: objects that connections share, in one tree with new ones, and with placeholders at the end.
#[test]
fn connections_share_a_path() {
    for options in paces() {
        let (paired, above) = paired(options);
        let first = above.offload().expect("offloaded");
        let second = above.offload_beside(&first).expect("offloaded");
        assert_eq!((paired.nic().offloaded(), paired.nic().objects()), (2, 4));
        assert_eq!(second.send(b"second").wait().status, SUCCESS);
        assert_eq!(paired.nic().wire(1), [data(b"second")]);
        assert_eq!(second.terminate().0, SUCCESS);
        assert_eq!((paired.nic().offloaded(), paired.nic().objects()), (1, 3));
        assert_eq!(first.send(b"first").wait().status, SUCCESS);
        assert_eq!(paired.nic().wire(0), [data(b"first")]);
        first.terminate();
        above.end();
    }
}

// CHIM-14: trees that go down at one time, with nodes for the same objects.
#[test]
fn connections_are_offloaded_beside_each_other() {
    for options in paces() {
        let (paired, above) = paired(options);
        let first = above.offload().expect("offloaded");
        paired.nic().hold(true);
        let others = [(); 4].map(|()| above.start_offload(Some(&first)));
        paired.nic().hold(false);
        let others = others.map(|other| other.wait_offloaded().expect("offloaded"));
        assert_eq!((paired.nic().offloaded(), paired.nic().objects()), (5, 7));
        let updates = others
            .clone()
            .map(|it| beside(paired.machine, move || it.update()));
        assert!(updates.into_iter().all(|update| update() == Some(SUCCESS)));
        let ends = others.map(|it| beside(paired.machine, move || it.terminate().0));
        assert!(ends.into_iter().all(|end| end() == SUCCESS));
        assert_eq!(first.terminate().0, SUCCESS);
        above.end();
    }
}

// CHIM-14: an offload that fails leaves nothing behind, and the next one can succeed.
#[test]
fn an_offload_that_the_nic_refuses_leaves_nothing() {
    for options in paces() {
        let (paired, above) = paired(options);
        paired.nic().refuse_offload();
        assert_eq!(above.offload().err(), Some(NDIS_STATUS_FAILURE));
        let connection = above.offload().expect("offloaded");
        connection.terminate();
        above.end();
    }
}

// Memory is wanted to begin with; to end, never (CHIM-13).
#[test]
fn an_offload_without_memory_fails_and_an_end_needs_none() {
    let (paired, above) = paired(prompt());
    for nth in 1..=3 {
        paired.machine.pool.fail_at(nth);
        assert_eq!(above.offload().err(), Some(NDIS_STATUS_RESOURCES));
        assert!(!paired.machine.pool.failure_is_due());
    }
    let connection = above.offload().expect("offloaded");
    paired.machine.pool.fail_at(1);
    assert_eq!(connection.update(), Some(NDIS_STATUS_FAILURE));
    paired.machine.pool.fail_at(1);
    assert_eq!(connection.send(b"no memory").wait().status, SUCCESS);
    assert_eq!(connection.disconnect(b"needed").wait(), done(6));
    assert_eq!(connection.terminate().0, SUCCESS);
    assert!(
        paired.machine.pool.failure_is_due(),
        "nothing was allocated"
    );
    paired.machine.pool.fail_at(0);
    above.end();
}

// CHIM-16: a NIC that is paused with disconnects outstanding waits until TCP/IP has taken everything back.
#[test]
fn a_nic_that_pauses_has_everything_taken_back_first() {
    for options in paces() {
        let (paired, above) = paired(options);
        let connections = [(); 3].map(|()| above.offload().expect("offloaded"));
        paired.nic().hold(true);
        let ends: Vec<_> = connections.iter().map(|it| it.disconnect(b"bye")).collect();
        let nic = Arc::new(paired.nic().hand());
        let pausing = Arc::clone(&nic);
        let paused = beside(paired.machine, move || pausing.pause());
        paired.wait(|_| above.told().contains(&NDIS_STATUS_UPLOAD_ALL));
        assert!(
            ends.iter().all(|end| !end.has_ended()),
            "the NIC says nothing"
        );
        paired.nic().hold(false);
        paused();
        for end in ends {
            assert_eq!(end.wait().status, SUCCESS);
        }
        assert!(connections.iter().all(|it| it.wait_gone().0 == SUCCESS));
        // What is new waits until it runs again.
        assert_eq!(above.offload().err(), Some(NDIS_STATUS_FAILURE));
        nic.restart();
        let again = above.offload().expect("offloaded");
        again.terminate();
        above.end();
    }
}

// CHIM-16, below and above: the NIC sleeps, is pulled out or disabled; the adapter is paused, halted or removed.
#[test]
fn whatever_goes_waits_for_what_is_offloaded() {
    for (options, way) in paces().flat_map(|options| (0..6).map(move |way| (options.clone(), way)))
    {
        let (mut paired, above) = paired(options);
        let connection = above.offload().expect("offloaded");
        let receive = connection.receive(10);
        paired.nic().silence(true);
        let send = connection.send(b"unanswered");
        let last = connection.disconnect(b"bye");
        match way {
            0 => {
                paired.nic().sleep();
                paired.nic().wake();
            }
            1 => paired.nic.take().expect("a NIC").remove(),
            2 => paired.nic.take().expect("a NIC").halt(),
            3 => paired.adapter().pause(),
            4 => paired.take_adapter().halt(),
            _ => paired.take_adapter().surprise_remove(),
        }
        let upload = NDIS_STATUS_UPLOAD_IN_PROGRESS;
        assert_eq!(send.wait(), undone(upload, b"unanswered"));
        assert_eq!(last.wait(), undone(upload, b"bye"));
        assert_eq!(receive.wait().status, upload);
        assert_eq!(connection.wait_gone().0, SUCCESS);
        above.end();
    }
}

// CHIM-15, CHIM-16: disconnects from several threads, while the NIC pauses and runs again.
#[test]
fn disconnects_race_with_the_nic() {
    for seed in 1..=6 {
        let (paired, above) = paired(NicOptions {
            connections: MANY,
            varies: true,
            seed,
            ..NicOptions::default()
        });
        let connections: Vec<_> = (0..6)
            .map(|_| above.offload().expect("offloaded"))
            .collect();
        let threads: Vec<_> = connections
            .into_iter()
            .map(|connection| {
                beside(paired.machine, move || {
                    let Some(last) = connection.try_disconnect(b"bye") else {
                        return connection.wait_gone().0;
                    };
                    let ended = last.wait();
                    assert!([SUCCESS, sys::NDIS_STATUS_UPLOAD_IN_PROGRESS].contains(&ended.status));
                    connection.terminate().0
                })
            })
            .collect();
        paired.nic().pause();
        paired.nic().restart();
        assert!(threads.into_iter().all(|thread| thread() == SUCCESS));
        assert_eq!(paired.nic().objects(), 0);
        above.end();
    }
}
