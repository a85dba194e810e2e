//! `rping`, the tool everyone starts with: the client offers memory, the server reads it, then writes it back.
//!
//! Client and server tell each other of memory and of progress in messages of 16 bytes: address, key and length, big-endian.
//! A client's first message is its source, its second its sink; a server answers each when it has read, or written.

use softrnic_consumer::NtStatus;
use softrnic_functional::{End, pattern};

use super::Case;
use crate::world::{World, disconnect, wait_for_end};

const MESSAGE: usize = 16;
/// Where in our buffer messages come and go, and where data lies.
const INBOX: usize = 0;
const OUTBOX: usize = 64;
const DATA: usize = 4096;
const SINK: usize = DATA + 65536;

/// Rounds of every run.
const ROUNDS: usize = 4;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (how, options, size) in [
        ("plain", "-v", 64),
        ("verify-1000", "-V", 1000),
        ("verify-65535", "-V", 65535),
    ] {
        let client = move |world: &World| siw_initiates(world, options, size);
        let server = move |world: &World| siw_responds(world, options, size);
        let name = |who: &str, family: &str| format!("rping/siw-{who}/{family}/{how}");
        cases.push(Case::new(name("initiates", "ipv4"), client));
        cases.push(Case::new(name("initiates", "ipv6"), client).six());
        cases.push(Case::new(name("responds", "ipv4"), server));
        cases.push(Case::new(name("responds", "ipv6"), server).six());
    }
    // As a client this mode ends with a call that iWARP does not have (rdma_establish).
    cases.push(Case::new(
        "rping/siw-responds/ipv4/own-queue-pair",
        |world| {
            siw_responds(world, "-q", 100);
        },
    ));
    cases.push(Case::new("rping/siw-responds/ipv4/persistent", persistent));
    cases
}

/// Their `rping -c`, our server.
fn siw_initiates(world: &World, options: &str, size: usize) {
    let mut end = world.end();
    end.post_receive(0, INBOX, MESSAGE);
    let (listener, incoming) = world.listen(&end);
    let (address, port) = (world.ours(), world.port());
    let rping = world.guest.start(&format!(
        "rping -c -a {address} -p {port} -C {ROUNDS} -S {size} {options}"
    ));
    world.accept(&mut end, &incoming, &[]);
    end.listener = Some(listener);
    for _ in 0..ROUNDS {
        let (address, key, length) = told(&end);
        assert_eq!(length as usize, size);
        read(&end, DATA, address, key, size);
        tell(&end, 0, 0, 0);
        let (address, key, length) = told(&end);
        assert_eq!(length as usize, size);
        write(&end, DATA, address, key, size);
        tell(&end, 0, 0, 0);
    }
    wait_for_end(&end);
    rping.succeed();
    disconnect(&end);
}

/// Their `rping -s`, our client.
fn siw_responds(world: &World, options: &str, size: usize) {
    let (address, port) = (world.theirs(), world.port());
    let rping = world.guest.start(&format!(
        "rping -s -a {address} -p {port} -C {ROUNDS} -S {size} {options}"
    ));
    world.guest.wait_for_listener(port);
    ping(world, size);
    rping.end();
}

/// Their server that takes one client after the other.
fn persistent(world: &World) {
    let (address, port) = (world.theirs(), world.port());
    let rping = format!("rping -s -P -a {address} -p {port} -C {ROUNDS} -S 500");
    let _running = world.guest.start(&rping);
    world.guest.wait_for_listener(port);
    (0..3).for_each(|_| ping(world, 500));
}

/// One connection as a client.
fn ping(world: &World, size: usize) {
    let mut end = world.end();
    end.post_receive(0, INBOX, MESSAGE);
    world.connect(&mut end, &[]).expect("siw accepts");
    for round in 0..ROUNDS {
        // rping treats its memory as text: it prints it, and writes back up to the first zero.
        let letter = |byte: &u8| b'!' + byte % 90;
        let mut data: Vec<u8> = pattern(round as u8, size).iter().map(letter).collect();
        data[size - 1] = 0;
        end.buffer.write(DATA, &data);
        end.buffer.write(SINK, &vec![0xEE; size]);
        let (base, key) = (end.buffer.virtual_address(), end.mr.remote_token());
        tell(&end, base + DATA as u64, key, size as u32);
        told(&end);
        tell(&end, base + SINK as u64, key, size as u32);
        told(&end);
        let back = end.buffer.read(SINK, size);
        assert!(back == data, "the same data came back");
    }
    disconnect(&end);
}

/// The peer's next message; the next receive is posted.
fn told(end: &End) -> (u64, u32, u32) {
    let done = end.received.take(1)[0];
    assert_eq!(
        (done.status, done.bytes),
        (NtStatus::SUCCESS, MESSAGE as u32)
    );
    let message = end.buffer.read(INBOX, MESSAGE);
    end.post_receive(0, INBOX, MESSAGE);
    let word = |at: usize| u32::from_be_bytes(message[at..at + 4].try_into().expect("4 bytes"));
    let address = u64::from(word(0)) << 32 | u64::from(word(4));
    (address, word(8), word(12))
}

fn tell(end: &End, address: u64, key: u32, length: u32) {
    let mut message = address.to_be_bytes().to_vec();
    message.extend(key.to_be_bytes());
    message.extend(length.to_be_bytes());
    end.buffer.write(OUTBOX, &message);
    end.post_send(1, OUTBOX, MESSAGE, 0);
    assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS, "send");
}

fn read(end: &End, offset: usize, address: u64, key: u32, len: usize) {
    let sge = end.mr.sge(&end.buffer, offset, len);
    let posted = end.qp.handle().read(2, &[sge], address, key, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS, "read");
}

fn write(end: &End, offset: usize, address: u64, key: u32, len: usize) {
    let sge = end.mr.sge(&end.buffer, offset, len);
    let posted = end.qp.handle().write(3, &[sge], address, key, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS, "write");
}
