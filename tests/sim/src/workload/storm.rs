//! Many connections that come and go at once.

use softrnic_consumer::{Adapter, ConnectParameters, Connector, Listener, NtStatus, QpLimits};
use softrnic_emulator::clock;
use softrnic_emulator::sched::{self, Random};
use softrnic_emulator::sync::Receiver;
use softrnic_functional::at_dispatch;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::site::{Meeting, Site};

/// Connections that are tried at once, at most.
const MOST: u64 = 6;

/// Nanoseconds, at DISPATCH_LEVEL at a stretch, at most.
const LONG_WORK: u64 = 100_000;

/// Plays it; with two connects at most when `small`.
pub fn run(site: &Arc<Site>, mut random: Random, small: bool) {
    let Some(Meeting {
        client,
        server,
        to,
        listener,
        incoming,
    }) = site.meet()
    else {
        return;
    };
    let mut listener = Some(listener);
    let count = random.between(1, if small { 2 } else { MOST });
    let machine = site.machine();
    let serving = {
        let (site, server) = (Arc::clone(site), Arc::clone(&server));
        let random = Random::new(random.number());
        machine.spawn("server", move || serve(&site, &server, &incoming, random))
    };
    let clients: Vec<_> = (0..count)
        .map(|_| {
            let (site, client) = (Arc::clone(site), Arc::clone(&client));
            let random = Random::new(random.number());
            machine.spawn("client", move || come_and_go(&site, &client, to, random))
        })
        .collect();
    if random.one_in(2) {
        // Under those who are just coming.
        pause(site, &mut random);
        if random.one_in(2) {
            // By a consumer that goes on working at that level: no DPC comes to its processor meanwhile.
            let closing = at_dispatch(|| {
                let closing = listener.as_ref().map(Listener::close);
                sched::sleep_until(clock::nanoseconds() + random.below(LONG_WORK));
                closing
            });
            let closed = closing.map(|closing| closing.wait());
            assert_eq!(closed, Some(NtStatus::SUCCESS), "NdkCloseListener");
        }
        listener = None;
    }
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
fn serve(site: &Site, server: &Arc<Adapter>, incoming: &Receiver<Connector>, mut random: Random) {
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
                let Some(end) = site.end(server, small()) else {
                    continue;
                };
                let request = connector.accept(&end.qp, &parameters(), end.on_disconnect());
                accepted.push((connector, end, request));
            }
        }
    }
    for (connector, _end, request) in accepted {
        let _ = site.connects("NdkAccept", &request);
        drop(connector);
    }
}

/// Connects, waits a while or not, and goes: by a disconnect, or by closing the connector.
fn come_and_go(site: &Site, client: &Arc<Adapter>, to: SocketAddr, mut random: Random) {
    let (Some(end), Some(mut connector)) = (site.end(client, small()), site.connector(client))
    else {
        return;
    };
    let connecting = connector.connect(&end.qp, site.address(0), to, &parameters());
    if random.one_in(4) {
        // Given up at any moment.
        pause(site, &mut random);
        drop(connector);
        let _ = site.connects("NdkConnect, closed", &connecting);
        return;
    }
    if !site.connects("NdkConnect", &connecting) {
        return;
    }
    let completing = connector.complete_connect(end.on_disconnect());
    let _ = site.connects("NdkCompleteConnect", &completing);
    pause(site, &mut random);
    if random.one_in(2) {
        let _ = connector.disconnect().wait();
    }
}

fn pause(site: &Site, random: &mut Random) {
    let longest = *random.pick(&[1, 20_000, 400_000, 30_000_000]);
    site.pause(random.below(longest));
}
