//! Connecting, disconnecting, aborting and closing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::Options;
use super::client::*;
use crate::pool::PoolMode;
use crate::wsk::abi::*;

struct Pair {
    fake: Fake,
    acceptor: Box<Acceptor>,
    listener: *mut WSK_SOCKET,
    here: Arc<Side>,
    socket: *mut WSK_SOCKET,
    there: Arc<Side>,
    accepted: *mut WSK_SOCKET,
}

impl Pair {
    fn new() -> Self {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let acceptor = Box::new(Acceptor::default());
        let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
        let here = Arc::new(Side::default());
        let socket = fake.connect(address, &here).expect("connects");
        let there = acceptor.wait();
        let accepted = there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET;
        Self {
            fake,
            acceptor,
            listener,
            here,
            socket,
            there,
            accepted,
        }
    }

    fn finish(self) {
        close(self.listener);
        drop(self.acceptor);
        self.fake.finish();
    }
}

#[test]
fn a_graceful_disconnect_is_an_event_after_the_data() {
    let pair = Pair::new();
    send_all(pair.socket, b"last words");
    assert_eq!(disconnect(pair.socket, 0), 0);
    assert_eq!(pair.there.wait_disconnects(1), [0]);
    assert_eq!(pair.there.wait_bytes(10), b"last words");
    // Half closed: the other direction still works.
    assert_eq!(send_all(pair.accepted, b"bye"), (0, 3));
    assert_eq!(pair.here.wait_bytes(3), b"bye");
    assert_eq!(disconnect(pair.accepted, 0), 0);
    assert_eq!(pair.here.wait_disconnects(1), [0]);
    close(pair.socket);
    close(pair.accepted);
    pair.finish();
}

#[test]
fn an_abort_resets_the_peer() {
    let pair = Pair::new();
    assert_eq!(disconnect(pair.socket, WSK_FLAG_ABORTIVE), 0);
    assert_eq!(pair.there.wait_disconnects(1), [WSK_FLAG_ABORTIVE]);
    assert_eq!(
        request(|irp| {
            let mut memory = Memory::new(b"late".to_vec());
            let mut buffer = memory.buffer(0, 4);
            // SAFETY: as documented; the send fails inline.
            unsafe {
                connection(pair.accepted).WskSend.expect("filled")(
                    pair.accepted,
                    &raw mut buffer,
                    0,
                    irp,
                )
            }
        })
        .0,
        STATUS_CONNECTION_RESET
    );
    close(pair.socket);
    close(pair.accepted);
    pair.finish();
}

#[test]
fn closing_an_open_connection_resets_the_peer() {
    let pair = Pair::new();
    close(pair.accepted);
    assert_eq!(pair.here.wait_disconnects(1), [WSK_FLAG_ABORTIVE]);
    close(pair.socket);
    pair.finish();
}

#[test]
fn a_hung_disconnect_is_ended_by_an_abort() {
    let pair = Pair::new();
    // The peer takes nothing, so that more than the host's buffers hold stays unsent.
    pair.there
        .answers
        .lock()
        .expect("no panic")
        .push_back(Answer::NotAccepted);
    let mut memory = Memory::new(vec![7; 32 << 20]);
    let mut buffer = memory.buffer(0, 32 << 20);
    let send = OwnIrp::new();
    assert_eq!(start_send(pair.socket, &mut buffer, &send), STATUS_PENDING);
    let graceful = OwnIrp::new();
    let (socket, null) = (pair.socket, std::ptr::null_mut());
    // SAFETY: as documented.
    unsafe {
        connection(socket).WskDisconnect.expect("filled")(socket, null, 0, graceful.prepare())
    };
    std::thread::sleep(std::time::Duration::from_millis(30));
    assert!(!send.is_done() && !graceful.is_done());
    assert_eq!(disconnect(pair.socket, WSK_FLAG_ABORTIVE), 0);
    assert_eq!(send.wait().0, STATUS_CANCELLED);
    assert_eq!(graceful.wait().0, STATUS_CANCELLED);
    drop((send, graceful));
    close(pair.socket);
    close(pair.accepted);
    pair.finish();
}

#[test]
fn a_pending_receive_ends_with_the_close() {
    let pair = Pair::new();
    let mut memory = Memory::new(vec![0; 8]);
    let mut buffer = memory.buffer(0, 8);
    let irp = OwnIrp::new();
    start_receive(pair.socket, &mut buffer, 0, &irp);
    close(pair.socket);
    assert_eq!(irp.wait().0, STATUS_CANCELLED);
    drop(irp);
    close(pair.accepted);
    pair.finish();
}

#[test]
fn an_address_that_goes_takes_its_sockets_along() {
    let pair = Pair::new();
    let address = local_address(pair.listener).ip();
    pair.fake.machine.wsk.address_removed(address);
    assert_eq!(pair.here.wait_disconnects(1), [WSK_FLAG_ABORTIVE]);
    assert_eq!(pair.there.wait_disconnects(1), [WSK_FLAG_ABORTIVE]);
    pair.acceptor.wait_dead();
    let mut empty = WSK_BUF::default();
    let (status, _) = request(|irp| {
        // SAFETY: as documented; a forced-closed socket fails every call but close (WSK-SOCK-12).
        unsafe {
            connection(pair.socket).WskReceive.expect("filled")(pair.socket, &raw mut empty, 0, irp)
        }
    });
    assert_eq!(status, STATUS_FILE_FORCED_CLOSED);
    close(pair.socket);
    close(pair.accepted);
    pair.finish();
}

#[test]
fn a_refused_connection_says_so() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("binds")
        .local_addr()
        .expect("has an address");
    let side = Arc::new(Side::default());
    assert_eq!(fake.connect(free, &side), Err(STATUS_CONNECTION_REFUSED));
    fake.finish();
}

#[test]
fn an_accept_that_is_refused_resets_the_peer() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    acceptor.refuse.store(1, Ordering::Relaxed);
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let side = Arc::new(Side::default());
    let socket = fake
        .connect(address, &side)
        .expect("the host accepts before we refuse");
    assert_eq!(side.wait_disconnects(1), [WSK_FLAG_ABORTIVE]);
    close(socket);
    close(listener);
    fake.finish();
}

#[test]
fn a_port_in_use_is_an_existing_address() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let context: *const Acceptor = &acceptor;
    let second = fake.socket(
        false,
        WSK_FLAG_LISTEN_SOCKET,
        context.cast_mut().cast(),
        (&raw const LISTEN.0).cast(),
    );
    assert_eq!(bind(second, address), STATUS_ADDRESS_ALREADY_EXISTS);
    close(second);
    close(listener);
    fake.finish();
}

#[test]
fn an_address_of_nobody_cannot_be_bound() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let at: SocketAddr = "192.0.2.1:0".parse().expect("an address");
    let socket = fake.socket(
        false,
        WSK_FLAG_CONNECTION_SOCKET,
        std::ptr::null_mut(),
        std::ptr::null(),
    );
    assert_eq!(bind(socket, at), 0xC000_0207_u32 as i32);
    close(socket);
    fake.finish();
}
