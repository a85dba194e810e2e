//! A listener that closes at any moment of a peer's arrival: the peer goes with it, whatever was done for it by then.

use std::sync::{Arc, mpsc};

use softrnic_emulator::interlude::Moment;
use softrnic_functional::consumer::{Listener, NtStatus};
use softrnic_functional::peer::Peer;
use softrnic_functional::{SOON, Stage};

// NDK-LSN-10, WSK-CLS-05, WSK-REG-11, WSK-ACC-07, WSK-EVT-08, WSK-EVT-11: between any two kernel calls of the accept event another processor closes
// the listener. A peer that was among the waiting then, and not yet connected, would never be let go, and be waited for in the
// unload.
#[test]
fn a_listener_may_close_anywhere_in_an_accept() {
    // A silent peer's own time is longer than anything here waits.
    let stage = Stage::configured(&[("NetworkDirectRequestTimeout", 120)]);
    let (machine, server) = (stage.machine(), stage.open(1));
    for call in 1.. {
        let listener = Arc::new(Listener::new(&server, |_| ()).expect("a listener is made"));
        let listening = listener.listen(stage.address(1, 0));
        assert_eq!(listening.wait(), NtStatus::SUCCESS);
        let to = listener.local_address().expect("listening");
        let (told, closes) = mpsc::channel();
        let (moment, closed) = (Moment::Inside("WskAcceptEvent", call), listener.clone());
        machine.interlude.plan(moment, move || {
            let closer = std::thread::spawn(move || {
                let _attached = machine.attach();
                told.send(closed.close())
            });
            let _told = closer.join();
        });
        let mut peer = Peer::connect(to);
        if !machine.interlude.came(SOON) {
            assert!(call > 10, "an accept takes only {call} kernel calls");
            break;
        }
        assert!(peer.is_left(), "kernel call {call}");
        let closing = closes.recv_timeout(SOON).expect("the listener closes");
        assert_eq!(closing.wait(), NtStatus::SUCCESS, "kernel call {call}");
    }
}
