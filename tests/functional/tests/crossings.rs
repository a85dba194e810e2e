//! Many things at once: threads that post while others close, connections that end in the middle of everything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use softrnic_functional::consumer::{Adapter, NtStatus, QpLimits};
use softrnic_functional::{End, Stage, connect, listen};

/// Posts receives, sends, writes and reads until one is refused or `rounds` are done; how many were taken.
fn hammer(mine: &End, peer: &Peer, rounds: usize) -> usize {
    let sge = |offset, len| mine.mr.sge(&mine.buffer, offset, len);
    let mut taken = 0;
    for round in 0..rounds {
        let (offset, len) = (round % 16 * 4096, 1 + round * 37 % 9000);
        let post = mine.qp.handle();
        let status = match round % 4 {
            0 => post.receive(round, &[sge(offset, 9216)]),
            1 => post.send(round, &[sge(offset, len)], 0),
            2 => post.write(
                round,
                &[sge(offset, len)],
                peer.address + offset as u64,
                peer.token,
                0,
            ),
            _ => post.read(
                round,
                &[sge(offset, len)],
                peer.address + offset as u64,
                peer.token,
                0,
            ),
        };
        taken += usize::from(status == NtStatus::SUCCESS);
        if round % 64 == 63 {
            std::thread::sleep(Duration::from_micros(50));
        }
    }
    taken
}

/// What one end knows of the other's memory.
#[derive(Clone, Copy)]
struct Peer {
    address: u64,
    token: u32,
}

impl Peer {
    fn of(end: &End) -> Self {
        Self {
            address: end.buffer.virtual_address(),
            token: end.mr.remote_token(),
        }
    }
}

fn pair(
    from: SocketAddr,
    at: SocketAddr,
    client: &Arc<Adapter>,
    server: &Arc<Adapter>,
) -> (End, End) {
    let (listener, incoming) = listen(server, at);
    let to = listener.local_address().expect("bound");
    let (mut active, mut passive) = (
        End::new(client, QpLimits::default()),
        End::new(server, QpLimits::default()),
    );
    connect(&mut active, &mut passive, from, to, &incoming);
    passive.listener = Some(listener);
    (active, passive)
}

// NDK-LIFE-10, NDK-QP-08: either end's connector closes while both ends have everything under way; what was taken
// completes, and then nothing comes any more.
#[test]
fn a_close_in_the_middle_of_traffic_brings_everything_back() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let (from, at, machine) = (stage.address(0, 0), stage.address(1, 0), stage.machine());
    for round in 0..40 {
        let (mut active, mut passive) = pair(from, at, &client, &server);
        let (to_passive, to_active) = (Peer::of(&passive), Peer::of(&active));
        let (sent, answered) = std::thread::scope(|scope| {
            let (a, p) = (&active, &passive);
            let first = scope.spawn(move || {
                let _attached = machine.attach();
                hammer(a, &to_passive, 400)
            });
            let second = scope.spawn(move || {
                let _attached = machine.attach();
                hammer(p, &to_active, 400)
            });
            std::thread::sleep(Duration::from_micros(round * 40));
            let closing = [a, p][round as usize % 2];
            let disconnecting = closing.connector.as_ref().map(|c| c.disconnect());
            let taken = (first.join().expect("done"), second.join().expect("done"));
            drop(disconnecting);
            taken
        });
        drop((active.connector.take(), passive.connector.take()));
        active.qp.handle().flush();
        passive.qp.handle().flush();
        let _ = (count(&active, sent), count(&passive, answered));
    }
}

/// Takes the results of `posted` requests.
fn count(end: &End, posted: usize) -> usize {
    let start = std::time::Instant::now();
    let mut results = 0;
    while results < posted {
        assert!(
            start.elapsed() < softrnic_functional::SOON,
            "{results} of {posted} came back"
        );
        results += end.received.settle_now().len() + end.done.settle_now().len();
        std::thread::yield_now();
    }
    results
}

// NDK-CON-05, WSK-HAZ-04: many connections live and die side by side.
#[test]
fn connections_do_not_disturb_each_other() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let (from, at, machine) = (stage.address(0, 0), stage.address(1, 0), stage.machine());
    let finished = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let _attached = machine.attach();
                for round in 0..15 {
                    let (active, passive) = pair(from, at, &client, &server);
                    let len = 1 + round * 3571;
                    active.buffer.write(0, &vec![round as u8; len]);
                    passive.post_receive(1, 0, len);
                    active.post_send(2, 0, len, 0);
                    assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
                    assert_eq!(passive.buffer.read(0, len), vec![round as u8; len]);
                    finished.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(finished.into_inner(), 90);
}
