//! What the transport answers, as WSK says it, becomes the status that the function's page names; whatever failed can be
//! tried again.

use std::sync::Arc;

use softrnic_emulator::wsk::{Call, Fault, Pace};
use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_OP_FLAG_DEFER};
use softrnic_functional::consumer::{
    ConnectParameters, Connector, Listener, NtStatus, QpLimits, Request, SharedEndpoint,
};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{A_WHILE, End, Flag, SOON, Stage, connect, join, listen, pattern};

// Statuses of WSK that are none of NDKPI.
const ACCESS_DENIED: NtStatus = NtStatus(0xC000_0022_u32 as i32);
const FILE_FORCED_CLOSED: NtStatus = NtStatus(0xC000_00B6_u32 as i32);
const INVALID_ADDRESS_COMPONENT: NtStatus = NtStatus(0xC000_0207_u32 as i32);
const CONNECTION_RESET: NtStatus = NtStatus(0xC000_020D_u32 as i32);
const UNSUCCESSFUL: NtStatus = NtStatus(0xC000_0001_u32 as i32);

/// Which call says what, and what the consumer is to hear.
type Row = (Call, NtStatus, NtStatus);

/// A local port cannot be had.
const LOCAL: [Row; 7] = [
    (
        Call::Socket,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    ),
    (
        Call::Bind,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    ),
    (
        Call::Bind,
        NtStatus::TOO_MANY_ADDRESSES,
        NtStatus::TOO_MANY_ADDRESSES,
    ),
    // WSK-SOCK-07: said for "in use".
    (
        Call::Bind,
        NtStatus::ADDRESS_ALREADY_EXISTS,
        NtStatus::SHARING_VIOLATION,
    ),
    (Call::Bind, ACCESS_DENIED, NtStatus::SHARING_VIOLATION),
    (
        Call::Bind,
        INVALID_ADDRESS_COMPONENT,
        NtStatus::INVALID_ADDRESS,
    ),
    (
        Call::GetLocalAddress,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    ),
];

/// WSK-SOCK-12: the address went while it was asked for, and with it the only thing that was wanted.
const GONE: Row = (Call::Bind, FILE_FORCED_CLOSED, NtStatus::INVALID_ADDRESS);

/// The peer cannot be reached.
const REMOTE: [Row; 7] = [
    (
        Call::Connect,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    ),
    (
        Call::Connect,
        NtStatus::NETWORK_UNREACHABLE,
        NtStatus::NETWORK_UNREACHABLE,
    ),
    (
        Call::Connect,
        NtStatus::HOST_UNREACHABLE,
        NtStatus::HOST_UNREACHABLE,
    ),
    (
        Call::Connect,
        NtStatus::CONNECTION_REFUSED,
        NtStatus::CONNECTION_REFUSED,
    ),
    (Call::Connect, NtStatus::IO_TIMEOUT, NtStatus::IO_TIMEOUT),
    (
        Call::Connect,
        NtStatus::ADDRESS_ALREADY_EXISTS,
        NtStatus::ADDRESS_ALREADY_EXISTS,
    ),
    (Call::Connect, UNSUCCESSFUL, NtStatus::CONNECTION_ABORTED),
];

/// Lets WSK fail so, at once and with the IRP; `call` is what the consumer does, and its answer.
fn each(stage: &Stage, rows: &[Row], mut call: impl FnMut() -> NtStatus) {
    let wsk = &stage.machine().wsk;
    for (at, said, told) in rows {
        let fault = Fault::of(*at, said.0);
        for fault in [fault, fault.pended()] {
            wsk.fail(fault);
            assert_eq!(call(), *told, "{fault:?}");
            assert_eq!(wsk.heal(), 0, "{fault:?} has not come");
        }
    }
}

/// The answer to a call that pends.
fn pended(request: &Request) -> NtStatus {
    assert_eq!(request.returned(), NtStatus::PENDING);
    request.wait()
}

/// A client and a server, and where it listens.
struct Ends {
    active: End,
    passive: End,
    incoming: softrnic_emulator::sync::Receiver<Connector>,
    to: std::net::SocketAddr,
    listener: Listener,
}

impl Ends {
    fn new(stage: &Stage) -> Self {
        let limits = QpLimits::default();
        let (active, passive) = (
            End::new(&stage.open(0), limits),
            End::new(&stage.open(1), limits),
        );
        let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
        Self {
            to: listener.local_address().expect("listening"),
            active,
            passive,
            incoming,
            listener,
        }
    }

    fn connector(&self) -> Connector {
        Connector::new(&self.active.adapter).expect("made")
    }

    /// NDK-CON-08: the queue pair is as before.
    fn assert_connects(mut self, stage: &Stage) {
        let from = stage.address(0, 0);
        connect(
            &mut self.active,
            &mut self.passive,
            from,
            self.to,
            &self.incoming,
        );
        self.passive.post_receive(1, 0, 64);
        self.active.post_send(2, 0, 8, 0);
        assert_eq!(self.passive.received.take(1)[0].bytes, 8);
        self.passive.listener = Some(self.listener);
    }
}

// NDK-CON-06, NDK-CON-07, NDK-CON-08.
// NdkConnect: STATUS_PENDING, STATUS_INSUFFICIENT_RESOURCES, STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE,
// STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT, STATUS_SHARING_VIOLATION, STATUS_INVALID_ADDRESS,
// STATUS_TOO_MANY_ADDRESSES, STATUS_ADDRESS_ALREADY_EXISTS, STATUS_CONNECTION_ABORTED.
// WSK-SOCK-07, WSK-IRP-06, WSK-HAZ-08.
#[test]
fn a_connect_says_what_the_transport_said() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    each(&stage, &[LOCAL, REMOTE].concat(), || {
        let (mut connector, from) = (ends.connector(), stage.address(0, 0));
        let ask = ConnectParameters::default();
        pended(&connector.connect(&ends.active.qp, from, ends.to, &ask))
    });
    ends.assert_connects(&stage);
}

// NDK-CON-06, NDK-SEP-02: the port is there already, so nothing is said of it.
// NdkConnectWithSharedEndpoint: STATUS_PENDING, STATUS_INSUFFICIENT_RESOURCES, STATUS_NETWORK_UNREACHABLE,
// STATUS_HOST_UNREACHABLE, STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT, STATUS_ADDRESS_ALREADY_EXISTS,
// STATUS_CONNECTION_ABORTED.
#[test]
fn a_shared_connect_says_what_the_transport_said() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let address = stage.address(0, 0);
    let endpoint = SharedEndpoint::new(&ends.active.adapter, address).expect("made");
    let taken = (
        Call::Bind,
        NtStatus::ADDRESS_ALREADY_EXISTS,
        NtStatus::ADDRESS_ALREADY_EXISTS,
    );
    each(&stage, &[&LOCAL[..2], &REMOTE, &[taken]].concat(), || {
        let (mut connector, ask) = (ends.connector(), ConnectParameters::default());
        pended(&connector.connect_shared(&ends.active.qp, &endpoint, ends.to, &ask))
    });
    // The option that shares the port, behind the one that can be done without.
    let wsk = &stage.machine().wsk;
    wsk.fail(Fault::of(Call::ControlSocket, NtStatus::INSUFFICIENT_RESOURCES.0).after(1));
    let (mut connector, ask) = (ends.connector(), ConnectParameters::default());
    let refused = connector.connect_shared(&ends.active.qp, &endpoint, ends.to, &ask);
    assert_eq!(refused.wait(), NtStatus::INSUFFICIENT_RESOURCES);
    drop(connector);
    ends.assert_connects(&stage);
}

// WSK-OPT-03: keep-alive is a wish.
#[test]
fn a_connection_does_without_what_is_optional() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let wsk = &stage.machine().wsk;
    wsk.fail(Fault::of(Call::ControlSocket, UNSUCCESSFUL.0));
    ends.assert_connects(&stage);
    assert_eq!(wsk.heal(), 0);
}

// NDK-LSN-03: the listener is as before, and may listen.
// NdkListen: STATUS_SUCCESS, STATUS_PENDING, STATUS_INSUFFICIENT_RESOURCES, STATUS_SHARING_VIOLATION,
// STATUS_INVALID_ADDRESS, STATUS_TOO_MANY_ADDRESSES.
// WSK-OPT-02: a port that others could share is none.
#[test]
fn a_listen_says_what_the_transport_said() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let listener = Listener::new(&adapter, drop).expect("made");
    let option = (
        Call::ControlSocket,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    );
    let address = stage.address(0, 0);
    each(&stage, &[&LOCAL[..], &[option, GONE]].concat(), || {
        pended(&listener.listen(address))
    });
    assert_eq!(pended(&listener.listen(address)), NtStatus::SUCCESS);
}

// NDK-CON-07, NDK-SEP-03.
// NdkCreateSharedEndpoint: STATUS_INSUFFICIENT_RESOURCES, STATUS_SHARING_VIOLATION, STATUS_INVALID_ADDRESS,
// STATUS_TOO_MANY_ADDRESSES.
#[test]
fn a_shared_endpoint_says_what_the_transport_said() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let make = || SharedEndpoint::new(&adapter, stage.address(0, 0)).err();
    let option = (
        Call::ControlSocket,
        NtStatus::INSUFFICIENT_RESOURCES,
        NtStatus::INSUFFICIENT_RESOURCES,
    );
    each(&stage, &[&LOCAL[..], &[option, GONE]].concat(), || {
        make().expect("refused")
    });
    assert_eq!(make(), None);
}

// NDK-DISC-01, NDK-DISC-03: a transport that cannot say goodbye has lost the connection, and it ends.
// NdkDisconnect: STATUS_PENDING, STATUS_CONNECTION_ABORTED.
#[test]
fn a_disconnect_that_cannot_be_said_ends_the_connection() {
    let stage = Stage::new();
    let fault = Fault::of(Call::Disconnect, NtStatus::INSUFFICIENT_RESOURCES.0);
    for fault in [fault, fault.pended()] {
        let (active, passive) = stage.connected();
        active.post_receive(1, 0, 64);
        stage.machine().wsk.fail(fault);
        let disconnecting = active.disconnect();
        assert_eq!(pended(&disconnecting), NtStatus::CONNECTION_ABORTED);
        assert_eq!(active.received.take(1)[0].status, NtStatus::CANCELLED);
        assert!(passive.gone.wait(SOON), "the peer hears of it");
    }
}

// NDK-POST-31, NDK-DISC-05: what cannot be sent, and what cannot be received any more, ends the connection.
// NDK_RESULT: STATUS_CANCELLED.
#[test]
fn a_stream_that_breaks_ends_the_connection() {
    let stage = Stage::new();
    let fault = Fault::of(Call::Send, CONNECTION_RESET.0);
    for fault in [fault, fault.pended()] {
        let (active, passive) = stage.connected();
        active.post_receive(1, 0, 64);
        stage.machine().wsk.fail(fault);
        active.post_long(2);
        assert_eq!(active.done.take(1)[0].status, NtStatus::CANCELLED);
        assert_eq!(active.received.take(1)[0].status, NtStatus::CANCELLED);
        assert!(active.gone.wait(SOON) && passive.gone.wait(SOON));
    }
}

// WSK-TX-04, NDK-DISC-05: one that fails while its connection is busy, here with a callback, ends it all the same: nothing else
// ever happens to this one.
#[test]
fn a_send_that_fails_during_a_callback_ends_the_connection() {
    let (stage, inside, failed) = (Stage::new(), Arc::<Flag>::default(), Arc::<Flag>::default());
    let (client, machine) = (stage.open(0), stage.machine());
    let wsk = &machine.wsk;
    let (entered, leave) = (inside.clone(), failed.clone());
    let queue = Quiet::with(&client, 8, move |_| {
        entered.set();
        assert!(leave.wait(SOON));
    });
    let limits = QpLimits::default();
    let mut active = quiet::end(&client, &queue, &queue, limits);
    let mut passive = End::new(&stage.open(1), limits);
    let (from, at) = (stage.address(0, 0), stage.address(1, 0));
    join(&mut active, &mut passive, from, at);
    queue.arm(NDK_CQ_NOTIFY_ANY);
    wsk.pace(Call::Send, Pace::Held);
    wsk.fail(Fault::of(Call::Send, CONNECTION_RESET.0).pended());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = machine.attach();
            // Copied, it is done as soon as it is on its way.
            active.post_send(1, 0, 64, 0);
        });
        assert!(inside.wait(SOON), "it is done");
        assert_eq!(wsk.release(), 1);
        std::thread::sleep(A_WHILE);
        failed.set();
    });
    assert!(active.gone.wait(SOON), "the connection ends");
    assert!(passive.gone.wait(SOON), "the peer hears of it");
    assert_eq!(wsk.heal(), 0);
}

// WSK-TX-04, RFC 5040 §5.5: a send that fails leaves no hole in the stream: what was posted behind what is lost never
// arrives, for the peer would take it for proof of all before it.
#[test]
fn nothing_arrives_behind_a_send_that_failed() {
    const LEN: usize = 512 << 10;
    let stage = Stage::new();
    let mut failed = 0;
    for fault in 0..16 {
        let (active, passive) = stage.connected();
        active.buffer.write(0, &pattern(7, LEN));
        passive.post_receive(1, 0, 64);
        let sge = active.mr.sge(&active.buffer, 0, LEN);
        let (to, token) = (
            passive.buffer.virtual_address() + LEN as u64,
            passive.mr.remote_token(),
        );
        let resources = Fault::of(Call::Send, NtStatus::INSUFFICIENT_RESOURCES.0);
        let resources = resources.after(fault / 2);
        let resources = if fault % 2 == 1 {
            resources.pended()
        } else {
            resources
        };
        stage.machine().wsk.fail(resources);
        // Both go in one turn.
        let posts = active.qp.handle();
        let posted = posts.write(2, &[sge], to, token, NDK_OP_FLAG_DEFER);
        assert_eq!(posted, NtStatus::SUCCESS);
        active.post_send(3, 0, 64, 0);
        let arrived = passive.received.take(1)[0].status == NtStatus::SUCCESS;
        assert_eq!(stage.machine().wsk.heal() == 1, arrived, "fault {fault}");
        if arrived {
            assert!(passive.buffer.read(LEN, LEN) == pattern(7, LEN));
        } else {
            failed += 1;
            assert!(passive.gone.wait(SOON), "the peer hears of it");
        }
    }
    assert!(failed > 2, "several turns of the stream were met");
}
