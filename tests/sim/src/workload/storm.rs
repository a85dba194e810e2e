//! Many connections that come and go at once.

use softrnic_consumer::{ConnectParameters, Connector, NtStatus, QpLimits};
use softrnic_emulator::clock;
use softrnic_emulator::sched::{self, Random};
use softrnic_functional::{End, Stage};
use std::sync::Arc;
use std::time::Duration;

use super::{NOT_CONNECTED, listen};

/// Connections that are tried at once, at most.
const MOST: u64 = 6;

/// Plays it.
pub fn run(stage: &Stage, mut random: Random) {
    let (client, server) = (stage.open(0), stage.open(1));
    let Some((listener, incoming)) = listen(&server, stage.address(1, 0), true) else {
        return;
    };
    let to = listener.local_address().expect("a listener has an address");
    let count = random.between(1, MOST);
    let serving = {
        let (server, random) = (Arc::clone(&server), Random::new(random.number()));
        stage
            .machine()
            .spawn("server", move || serve(&server, &incoming, random))
    };
    let clients: Vec<_> = (0..count)
        .map(|_| {
            let (client, random) = (Arc::clone(&client), Random::new(random.number()));
            let from = stage.address(0, 0);
            stage
                .machine()
                .spawn("client", move || come_and_go(&client, from, to, random))
        })
        .collect();
    for client in clients {
        client.join().expect("no client breaks a promise");
    }
    serving.join().expect("the server breaks no promise");
    drop(listener);
}

fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 2,
        outbound_reads: 2,
        private_data: Vec::new(),
    }
}

fn small() -> QpLimits {
    QpLimits {
        receive_depth: 4,
        initiator_depth: 4,
        ..QpLimits::default()
    }
}

/// Accepts, refuses or ignores what comes, until nothing comes any more.
fn serve(
    server: &Arc<softrnic_consumer::Adapter>,
    incoming: &softrnic_emulator::sync::Receiver<Connector>,
    mut random: Random,
) {
    let mut accepted = Vec::new();
    while let Ok(mut connector) = incoming.recv_timeout(Duration::from_secs(2)) {
        match random.below(4) {
            0 => {
                let status = connector.reject(b"no");
                assert!(
                    [
                        NtStatus::SUCCESS,
                        NtStatus::PENDING,
                        NtStatus::CONNECTION_ABORTED,
                        NtStatus::CONNECTION_INVALID
                    ]
                    .contains(&status),
                    "NdkReject: {status:?}"
                );
            }
            1 => drop(connector),
            _ => {
                let end = End::new(server, small());
                let request = connector.accept(&end.qp, &parameters(), end.on_disconnect());
                accepted.push((connector, end, request));
            }
        }
    }
    for (connector, _end, request) in accepted {
        let status = request.wait();
        assert!(
            status == NtStatus::SUCCESS || NOT_CONNECTED.contains(&status),
            "NdkAccept: {status:?}"
        );
        drop(connector);
    }
}

/// Connects, waits a while or not, and goes: by a disconnect, or by closing the connector.
fn come_and_go(
    client: &Arc<softrnic_consumer::Adapter>,
    from: std::net::SocketAddr,
    to: std::net::SocketAddr,
    mut random: Random,
) {
    let end = End::new(client, small());
    let mut connector = Connector::new(client).expect("a connector is made");
    let connecting = connector.connect(&end.qp, from, to, &parameters());
    if random.one_in(4) {
        // Given up at any moment.
        pause(&mut random);
        drop(connector);
        let status = connecting.wait();
        assert!(
            status == NtStatus::SUCCESS || NOT_CONNECTED.contains(&status),
            "NdkConnect, closed: {status:?}"
        );
        return;
    }
    let status = connecting.wait();
    if status != NtStatus::SUCCESS {
        assert!(NOT_CONNECTED.contains(&status), "NdkConnect: {status:?}");
        return;
    }
    let completed = connector.complete_connect(end.on_disconnect()).wait();
    assert!(
        completed == NtStatus::SUCCESS || NOT_CONNECTED.contains(&completed),
        "NdkCompleteConnect: {completed:?}"
    );
    pause(&mut random);
    if random.one_in(2) {
        let _ = connector.disconnect().wait();
    }
}

fn pause(random: &mut Random) {
    let longest = *random.pick(&[1, 20_000, 400_000, 30_000_000]);
    sched::sleep_until(clock::nanoseconds() + random.below(longest));
}
