//! What somebody chose to fail fails so, and nothing else does.

use std::sync::Arc;

use super::super::{Call, Fault, Options};
use super::client::*;
use crate::pool::PoolMode;
use crate::wsk::host::status;

/// A machine, and a listener that connects can reach.
struct Scene {
    fake: Fake,
    acceptor: Box<Acceptor>,
    listener: *mut crate::wsk::abi::WSK_SOCKET,
    to: std::net::SocketAddr,
}

impl Scene {
    fn new() -> Self {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let acceptor = Box::new(Acceptor::default());
        let (listener, to) = fake.listener("127.0.0.1:0", &acceptor);
        Self {
            fake,
            acceptor,
            listener,
            to,
        }
    }

    /// The status of a connect; the sockets of one that went well are closed.
    fn connect(&self) -> i32 {
        let side = Arc::new(Side::default());
        match self.fake.connect(self.to, &side) {
            Ok(socket) => {
                let accepted = self.acceptor.wait();
                close(socket);
                let socket = accepted.socket.load(std::sync::atomic::Ordering::Acquire);
                close(socket as *mut _);
                0
            }
            Err(status) => status,
        }
    }

    fn finish(self) {
        assert_eq!(self.fake.machine.wsk.heal(), 0, "all have come");
        close(self.listener);
        drop(self.acceptor);
        self.fake.finish();
    }
}

#[test]
fn a_chosen_call_fails_once() {
    let scene = Scene::new();
    let wsk = &scene.fake.machine.wsk;
    wsk.fail(Fault::of(Call::Connect, status::HOST_UNREACHABLE));
    wsk.fail(Fault::of(Call::Connect, status::NETWORK_UNREACHABLE).pended());
    assert_eq!(scene.connect(), status::HOST_UNREACHABLE);
    assert_eq!(scene.connect(), status::NETWORK_UNREACHABLE);
    assert_eq!(scene.connect(), 0);
    scene.finish();
}

#[test]
fn calls_before_the_chosen_one_go_well() {
    let scene = Scene::new();
    let wsk = &scene.fake.machine.wsk;
    wsk.fail(Fault::of(Call::Connect, status::IO_TIMEOUT).after(1));
    assert_eq!(scene.connect(), 0);
    assert_eq!(scene.connect(), status::IO_TIMEOUT);
    assert_eq!(scene.connect(), 0);
    scene.finish();
}

#[test]
fn some_failures_stay_until_they_are_healed() {
    let scene = Scene::new();
    let wsk = &scene.fake.machine.wsk;
    wsk.fail(Fault::of(Call::Connect, status::IO_TIMEOUT).until_healed());
    for _ in 0..3 {
        assert_eq!(scene.connect(), status::IO_TIMEOUT);
    }
    assert_eq!(wsk.heal(), 1);
    assert_eq!(scene.connect(), 0);
    scene.finish();
}

#[test]
fn a_call_without_an_irp_answers_at_once() {
    let scene = Scene::new();
    let wsk = &scene.fake.machine.wsk;
    wsk.fail(Fault::of(Call::ControlSocket, status::INSUFFICIENT_RESOURCES).pended());
    let enabled = enable(scene.listener, crate::wsk::abi::WSK_EVENT_ACCEPT);
    assert_eq!(enabled, status::INSUFFICIENT_RESOURCES);
    assert_eq!(scene.connect(), 0);
    scene.finish();
}
