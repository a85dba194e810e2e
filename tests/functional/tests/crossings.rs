//! Many things at once: threads that post while others close, connections that end in the middle of everything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use softrnic_emulator::wsk;
use softrnic_functional::consumer::abi::NDK_SGE;
use softrnic_functional::consumer::{Adapter, NtStatus, QpHandle, QpLimits};
use softrnic_functional::{End, Stage, join};

/// What a thread needs to post on an end that others use as well.
#[derive(Clone, Copy)]
struct Poster {
    qp: QpHandle,
    whole: NDK_SGE,
}

// SAFETY: an element only names memory; the handle may be used from any thread.
unsafe impl Send for Poster {}

impl Poster {
    fn of(end: &End) -> Self {
        Self {
            qp: end.qp.handle(),
            whole: end.mr.sge(&end.buffer, 0, end.buffer.len()),
        }
    }

    fn sge(&self, offset: usize, len: usize) -> NDK_SGE {
        let mut sge = self.whole;
        // SAFETY: elements of this test are virtual addresses.
        let start = unsafe { sge.Address.VirtualAddress };
        sge.Address.VirtualAddress = start.wrapping_byte_add(offset);
        sge.Length = len as u32;
        sge
    }

    /// Posts receives, sends, writes and reads; how many were taken.
    fn hammer(self, peer: &Peer, rounds: usize) -> usize {
        let mut taken = 0;
        for round in 0..rounds {
            let (offset, len) = (round % 16 * 4096, 1 + round * 37 % 9000);
            let (sgl, there) = ([self.sge(offset, len)], peer.address + offset as u64);
            let status = match round % 4 {
                0 => self.qp.receive(round, &[self.sge(offset, 9216)]),
                1 => self.qp.send(round, &sgl, 0),
                2 => self.qp.write(round, &sgl, there, peer.token, 0),
                _ => self.qp.read(round, &sgl, there, peer.token, 0),
            };
            taken += usize::from(status == NtStatus::SUCCESS);
            if round % 64 == 63 {
                std::thread::sleep(Duration::from_micros(50));
            }
        }
        taken
    }
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
    let (mut active, mut passive) = (
        End::new(client, QpLimits::default()),
        End::new(server, QpLimits::default()),
    );
    join(&mut active, &mut passive, from, at);
    (active, passive)
}

// NDK-LIFE-10, NDK-FLUSH-08: either end's connector closes while both ends have everything under way; what was taken
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
            let poster = Poster::of(a);
            let first = scope.spawn(move || {
                let _attached = machine.attach();
                poster.hammer(&to_passive, 400)
            });
            let poster = Poster::of(p);
            let second = scope.spawn(move || {
                let _attached = machine.attach();
                poster.hammer(&to_active, 400)
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

/// Something a consumer may do at any moment.
fn act(n: u64, active: &mut End, passive: &mut End) {
    let end = if n.is_multiple_of(2) { active } else { passive };
    match n / 2 % 5 {
        0 => drop(end.connector.take()),
        1 => end.qp.handle().flush(),
        2 => drop(end.mr.deregister()),
        3 => drop(end.connector.as_ref().map(|c| c.disconnect())),
        _ => std::thread::sleep(Duration::from_micros(n % 400)),
    }
}

// NDK-LIFE-10, NDK-DISC-01, NDK-POST-06, NDK-MR-13: closes, disconnects, flushes and deregistrations in any order, at any
// moment; everything that was posted comes back.
// Hostile inputs C11, X16.
// RFC5040-7-3, RFC5041-6.2.2-2.
#[test]
fn ends_may_come_in_any_order() {
    let stage = Stage::over(wsk::Options {
        odd_indications: true,
        vary_completions: true,
        ..wsk::Options::default()
    });
    let (client, server) = (stage.open(0), stage.open(1));
    let (from, at, machine) = (stage.address(0, 0), stage.address(1, 0), stage.machine());
    for seed in 0..120_u64 {
        let (mut active, mut passive) = pair(from, at, &client, &server);
        let (to_passive, to_active) = (Peer::of(&passive), Peer::of(&active));
        let posters = [
            (Poster::of(&active), to_passive),
            (Poster::of(&passive), to_active),
        ];
        let [sent, answered] = std::thread::scope(|scope| {
            let posting = posters.map(|(poster, peer)| {
                scope.spawn(move || {
                    let _attached = machine.attach();
                    poster.hammer(&peer, 300)
                })
            });
            let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            for _ in 0..4 {
                random = random.wrapping_mul(0xD134_2543_DE82_EF95) + 1;
                act(random >> 33, &mut active, &mut passive);
            }
            posting.map(|thread| thread.join().expect("done"))
        });
        drop((active.connector.take(), passive.connector.take()));
        active.qp.handle().flush();
        passive.qp.handle().flush();
        assert_eq!(
            (count(&active, sent), count(&passive, answered)),
            (sent, answered),
            "seed {seed}"
        );
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
// WSK-EVT-07, WSK-EVT-11.
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
