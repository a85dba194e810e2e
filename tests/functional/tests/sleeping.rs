//! The system sleeps: the adapter, its NIC, or both, and what is said meanwhile.

use softrnic::sys;
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::A_WHILE;
use softrnic_functional::paired::{OWN, PEER, Paired, frame};

const PAUSED: i32 = sys::NDIS_STATUS_PAUSED;
const LOW_POWER_STATE: i32 = sys::NDIS_STATUS_LOW_POWER_STATE;

#[derive(Clone, Copy)]
enum Edge {
    Adapter,
    Nic,
}
use Edge::{Adapter, Nic};

impl Edge {
    fn sleep(self, paired: &Paired) {
        match self {
            Adapter => paired.adapter().sleep().expect("it sleeps"),
            Nic => paired.nic().sleep(),
        }
    }

    fn wake(self, paired: &Paired) {
        match self {
            Adapter => paired.adapter().wake().expect("it wakes"),
            Nic => paired.nic().wake(),
        }
    }
}

// NDIS-PM-01, NDIS-PM-02, NDIS-NBL-10: each edge has its own power, and frames pass while both are awake, in whatever order they
// fall asleep and wake up.
#[test]
fn frames_pass_while_both_edges_are_awake() {
    let both = [[Adapter, Nic], [Nic, Adapter]];
    for (varies, (sleep, wake)) in [false, true]
        .into_iter()
        .flat_map(|varies| both.iter().map(move |sleep| (varies, sleep)))
        .flat_map(|(varies, sleep)| both.iter().map(move |wake| (varies, (sleep, wake))))
    {
        let paired = Paired::new(NicOptions {
            varies,
            ..NicOptions::default()
        });
        let above = paired.watch();
        paired.wait_up();
        let down = frame(PEER, OWN, b"down");
        let expect_refused = |refused| assert_eq!(paired.adapter().send(&[&down]), [refused]);
        let asleep = |edge| match edge {
            Adapter => PAUSED,
            Nic => LOW_POWER_STATE,
        };
        sleep[0].sleep(&paired);
        expect_refused(asleep(sleep[0]));
        sleep[1].sleep(&paired);
        expect_refused(PAUSED);
        wake[0].wake(&paired);
        expect_refused(asleep(wake[1]));
        wake[1].wake(&paired);
        paired.wait_up();
        paired.passes(&above);
        above.end();
    }
}

// NDIS-STAT-02, NDIS-STAT-03, NDIS-PM-01: of a link that changes while the adapter sleeps it says nothing; when it is awake, what
// is so then. Offloads likewise. The verifier watches, too.
#[test]
fn a_sleeping_adapter_says_nothing() {
    let paired = Paired::new(NicOptions::default());
    let above = paired.watch();
    paired.wait_up();
    paired.adapter().sleep().expect("it sleeps");
    // The pause has waited for what was being told before.
    let told = above.links().len();
    paired.nic().set_link(false);
    paired.nic().set_link(true);
    paired.nic().set_offloads(Offloads::ALL);
    paired.nic().set_link(false);
    std::thread::sleep(A_WHILE);
    assert_eq!(above.links().len(), told, "nothing is told");
    paired.adapter().wake().expect("it wakes");
    paired.wait(|_| above.links().len() > told);
    assert!(!above.links()[told].0, "the link is down");
    paired.nic().set_link(true);
    paired.wait_up();
    paired.passes(&above);
    above.end();
}
