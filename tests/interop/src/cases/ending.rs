//! How connections end: in good order from either side, by a death, and over a link that was cut.

use softrnic_consumer::NtStatus;

use super::{Case, both_roles};
use crate::net;
use crate::pair::{IN, OUT, Pair, REGION, Role};
use crate::world::{World, disconnect, wait_for_end};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_roles("ending", "by-us", |world, role| {
        Pair::new(world, role).we_disconnect();
    }));
    cases.extend(both_roles("ending", "by-siw", |world, role| {
        Pair::new(world, role).they_disconnect();
    }));
    cases.extend(both_roles("ending", "by-both", by_both));
    cases.extend(both_roles("ending", "after-messages", after_messages));
    cases.extend(both_roles("ending", "by-reset", by_reset));
    for how in ["error", "destroy", "exit", "killed"] {
        let what = format!("peer-{how}");
        cases.extend(both_roles("ending", &what, move |world, role| {
            peer_stops(world, role, how);
        }));
    }
    cases.extend(both_roles("ending", "killed-with-work", killed_with_work));
    cases.extend(both_roles("ending", "link-cut-and-mended", cut_and_mended));
    cases.extend(both_roles("ending", "link-cut-for-good", cut_for_good));
    cases
}

fn by_both(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.peer.say("disconnect");
    disconnect(&pair.end);
    pair.peer.expect("disconnect");
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
}

/// What was sent before the end arrives before it.
fn after_messages(world: &World, role: Role) {
    const COUNT: u64 = 5;
    let mut pair = Pair::new(world, role);
    (0..COUNT).for_each(|n| pair.peer.receive(n, REGION, IN, 40_000));
    (0..COUNT).for_each(|n| pair.end.post_send(n as usize, OUT, 40_000, 0));
    pair.we_disconnect();
    for n in 0..COUNT {
        let done = pair.peer.poll();
        assert_eq!((done.id, done.status, done.bytes), (n, 0, 40_000));
    }
    let done = pair.end.done.take(COUNT as usize);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
}

/// We close the connector of a living connection.
fn by_reset(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.end.post_receive(1, IN, 64);
    drop(pair.end.connector.take());
    assert_eq!(pair.end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
}

/// The peer's queue pair fails or goes, or its process ends.
fn peer_stops(world: &World, role: Role, how: &str) {
    let mut pair = Pair::new(world, role);
    pair.end.post_receive(1, IN, 64);
    if how == "killed" {
        world.guest.run("killall -9 peer");
    } else {
        pair.peer.say(how);
    }
    wait_for_end(&pair.end);
    disconnect(&pair.end);
    drop(pair.end.connector.take());
    assert_eq!(pair.end.received.take(1)[0].status, NtStatus::CANCELLED);
}

/// The peer's process dies with our writes and reads on their way: every request comes back.
fn killed_with_work(world: &World, role: Role) {
    const COUNT: usize = 16;
    let mut pair = Pair::new(world, role);
    for n in 0..COUNT {
        pair.write_to(0, 100_000);
        pair.read_from(0, IN, 50_000);
        pair.end.post_receive(n, IN, 64);
    }
    pair.peer.say("exit");
    wait_for_end(&pair.end);
    drop(pair.end.connector.take());
    assert_eq!(pair.end.done.take(2 * COUNT).len(), 2 * COUNT);
    let received = pair.end.received.take(COUNT);
    assert!(
        received
            .iter()
            .all(|done| done.status == NtStatus::CANCELLED)
    );
}

/// TCP bears a cut: what was lost is sent again.
fn cut_and_mended(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.peer.receive(1, REGION, IN, 64_000);
    net::cut(true);
    pair.end.post_send(1, OUT, 50_000, 0);
    net::cut(false);
    assert_eq!(pair.peer.done("recv"), 50_000);
    assert_eq!(pair.done().status, NtStatus::SUCCESS);
    pair.sends(70_001, 9);
    pair.we_disconnect();
}

/// Nobody answers any more: the disconnect has a bound, and everything comes back. The peer learns of it when it next
/// sends.
fn cut_for_good(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.end.post_receive(1, IN, 64);
    net::cut(true);
    pair.end.post_send(2, OUT, 50_000, 0);
    let status = pair.end.disconnect().wait();
    net::cut(false);
    assert_eq!(status, NtStatus::IO_TIMEOUT);
    drop(pair.end.connector.take());
    assert_eq!(pair.end.received.take(1)[0].status, NtStatus::CANCELLED);
    // Good or cancelled: what was copied into frames is done with, whoever gets it.
    let _ = pair.done();
    pair.peer.send(3, REGION, OUT, 100, "-");
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
}
