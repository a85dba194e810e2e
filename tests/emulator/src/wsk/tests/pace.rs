//! Requests complete when somebody wants them to, and before their socket's close does.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::{Call, Options, Pace};
use super::client::*;
use crate::pool::PoolMode;
use crate::wsk::abi::*;

/// How long what must come is waited for.
const SOON: Duration = Duration::from_secs(10);

/// A machine with a listener, and a connection to it.
struct Scene {
    fake: Fake,
    acceptor: Box<Acceptor>,
    listener: *mut WSK_SOCKET,
    socket: *mut WSK_SOCKET,
    there: Arc<Side>,
}

impl Scene {
    /// Connected at `pace`.
    fn new(pace: Pace) -> Self {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let acceptor = Box::new(Acceptor::default());
        let (listener, to) = fake.listener("127.0.0.1:0", &acceptor);
        fake.machine.wsk.pace(Call::Connect, pace);
        let socket = fake.connect(to, &Arc::default()).expect("connects");
        let there = acceptor.wait();
        Self {
            fake,
            acceptor,
            listener,
            socket,
            there,
        }
    }

    fn finish(self) {
        assert_eq!(self.fake.machine.wsk.heal(), 0, "all have come");
        close(self.there.socket.load(Ordering::Acquire) as *mut _);
        close(self.listener);
        drop(self.acceptor);
        self.fake.finish();
    }
}

/// A graceful disconnect that is not waited for.
fn start_disconnect(socket: *mut WSK_SOCKET, irp: &OwnIrp) -> i32 {
    let null = std::ptr::null_mut();
    let start = connection(socket).WskDisconnect.expect("filled");
    // SAFETY: as documented.
    unsafe { start(socket, null, 0, irp.prepare()) }
}

#[test]
fn a_request_completes_inside_its_call() {
    let scene = Scene::new(Pace::Prompt);
    let wsk = &scene.fake.machine.wsk;
    assert_eq!(wsk.prompted(), 1);
    wsk.pace(Call::Send, Pace::Prompt);
    let mut memory = Memory::new(vec![7; 100]);
    let (mut buffer, irp) = (memory.buffer(0, 100), OwnIrp::new());
    start_send(scene.socket, &mut buffer, &irp);
    assert!(irp.is_done());
    wsk.pace(Call::Disconnect, Pace::Prompt);
    let last = OwnIrp::new();
    start_disconnect(scene.socket, &last);
    assert!(last.is_done());
    drop((irp, last));
    assert_eq!(wsk.prompted(), 3);
    assert_eq!(scene.there.wait_bytes(100).len(), 100);
    close(scene.socket);
    scene.finish();
}

#[test]
fn a_request_is_held_until_it_is_released() {
    let scene = Scene::new(Pace::Soon);
    let wsk = &scene.fake.machine.wsk;
    wsk.pace(Call::Disconnect, Pace::Held);
    let irp = OwnIrp::new();
    assert_eq!(start_disconnect(scene.socket, &irp), STATUS_PENDING);
    assert!(wsk.holds(1, SOON));
    assert_eq!(scene.there.wait_disconnects(1), [0], "it is carried out");
    assert!(!irp.is_done());
    assert_eq!((wsk.release(), irp.wait()), (1, (0, 0)));
    assert_eq!((wsk.held(), wsk.release()), (0, 0));
    drop(irp);
    close(scene.socket);
    scene.finish();
}

// WSK-CLS-02: what pends completes before the close does, with what came of it.
#[test]
fn a_close_releases_what_its_socket_has() {
    let scene = Scene::new(Pace::Natural);
    let wsk = &scene.fake.machine.wsk;
    wsk.pace(Call::Send, Pace::Held);
    let mut memory = Memory::new(vec![7; 10]);
    let mut buffer = memory.buffer(0, 10);
    let (first, second, last) = (OwnIrp::new(), OwnIrp::new(), OwnIrp::new());
    start_send(scene.socket, &mut buffer, &first);
    start_send(scene.socket, &mut buffer, &second);
    start_disconnect(scene.socket, &last);
    assert_eq!(scene.there.wait_disconnects(1), [0]);
    let all = [&first, &second, &last];
    assert!(all.iter().all(|irp| !irp.is_done()), "in their order");
    close(scene.socket);
    assert!(all.iter().all(|irp| irp.is_done()));
    assert_eq!(first.wait(), (0, 10));
    drop((first, second, last));
    scene.finish();
}

#[test]
fn a_close_itself_may_be_held_or_inside_its_call() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let wsk = &fake.machine.wsk;
    let socket = || {
        let null = std::ptr::null_mut();
        fake.socket(false, WSK_FLAG_CONNECTION_SOCKET, null, std::ptr::null())
    };
    wsk.pace(Call::CloseSocket, Pace::Prompt);
    close(socket());
    assert_eq!(wsk.prompted(), 1);
    wsk.pace(Call::CloseSocket, Pace::Held);
    let held = socket() as usize;
    let machine = fake.machine;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = machine.attach();
            close(held as *mut _);
        });
        assert!(wsk.holds(1, SOON));
        assert_eq!(wsk.release(), 1);
    });
    fake.finish();
}
