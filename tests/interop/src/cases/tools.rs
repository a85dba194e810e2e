//! rdma-core's other programs, against the consumer each expects.

use softrnic_consumer::NtStatus;
use softrnic_functional::End;

use super::{Case, Siw};
use crate::world::{World, disconnect, wait_for_end};

/// Messages of a `ucmatose` connection, and their length.
const COUNT: usize = 10;
const SIZE: usize = 300;
/// Bytes of `rdma_client`'s message and of its answer.
const MESSAGE: usize = 16;
/// Where our messages lie.
const OUT: usize = 0;
const IN: usize = 64 * 1024;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: &str, run: fn(&World)| {
        cases.push(Case::new(format!("tools/{name}/ipv4"), run));
        cases.push(Case::new(format!("tools/{name}/ipv6"), run).six());
    };
    add("siw-responds/ucmatose", ucmatose_server);
    add("siw-initiates/rdma_client", rdma_client);
    add("siw-responds/rdma_server", rdma_server);
    // Its server speaks first, which over iWARP it may only where the client begins with a ready-to-receive frame.
    let name = "tools/siw-initiates/ucmatose/ipv4";
    cases.push(Case::new(name, ucmatose_client).with(Siw::STOCK.ready(0xC000)));
    let name = "tools/siw-initiates/ucmatose/ipv6";
    cases.push(
        Case::new(name, ucmatose_client)
            .with(Siw::STOCK.ready(0xC000))
            .six(),
    );
    cases
}

fn receives(end: &End, count: usize, len: usize) {
    (0..count).for_each(|n| end.post_receive(n, IN + n * len, len));
}

fn send(end: &End, count: usize, len: usize) {
    (0..count).for_each(|n| end.post_send(n, OUT, len, 0));
    let done = end.done.take(count);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
}

fn receive(end: &End, count: usize, len: usize) {
    for done in end.received.take(count) {
        assert_eq!((done.status, done.bytes as usize), (NtStatus::SUCCESS, len));
    }
}

/// Their client gets our messages, sends as many, and waits for our end of it.
fn ucmatose_client(world: &World) {
    let mut end = world.end();
    receives(&end, COUNT, SIZE);
    let (listener, incoming) = world.listen(&end);
    let (address, port) = (world.ours(), world.port());
    let client = world.guest.start(&format!(
        "ucmatose -s {address} -p {port} -C {COUNT} -S {SIZE}"
    ));
    world.accept(&mut end, &incoming, &[]);
    end.listener = Some(listener);
    send(&end, COUNT, SIZE);
    receive(&end, COUNT, SIZE);
    disconnect(&end);
    client.succeed();
}

/// Their server sends first, then gets ours, then disconnects.
fn ucmatose_server(world: &World) {
    let (address, port) = (world.theirs(), world.port());
    let server = world.guest.start(&format!(
        "ucmatose -b {address} -p {port} -C {COUNT} -S {SIZE}"
    ));
    world.guest.wait_for_listener(port);
    let mut end = world.end();
    receives(&end, COUNT, SIZE);
    world.connect(&mut end, &[]).expect("siw accepts");
    receive(&end, COUNT, SIZE);
    send(&end, COUNT, SIZE);
    wait_for_end(&end);
    disconnect(&end);
    server.succeed();
}

fn rdma_client(world: &World) {
    let mut end = world.end();
    receives(&end, 1, MESSAGE);
    let (listener, incoming) = world.listen(&end);
    let (address, port) = (world.ours(), world.port());
    let client = world
        .guest
        .start(&format!("rdma_client -s {address} -p {port}"));
    world.accept(&mut end, &incoming, &[]);
    end.listener = Some(listener);
    receive(&end, 1, MESSAGE);
    send(&end, 1, MESSAGE);
    wait_for_end(&end);
    disconnect(&end);
    client.succeed();
}

fn rdma_server(world: &World) {
    let (address, port) = (world.theirs(), world.port());
    let server = world
        .guest
        .start(&format!("rdma_server -s {address} -p {port}"));
    world.guest.wait_for_listener(port);
    let mut end = world.end();
    receives(&end, 1, MESSAGE);
    world.connect(&mut end, &[]).expect("siw accepts");
    send(&end, 1, MESSAGE);
    receive(&end, 1, MESSAGE);
    disconnect(&end);
    server.succeed();
}
