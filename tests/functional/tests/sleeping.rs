//! The system sleeps: the adapter, its NIC, or both, and what is said meanwhile.

use softrnic::sys;
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::A_WHILE;
use softrnic_functional::paired::{OWN, PEER, Paired, USUAL, frame};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
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

/// What an adapter that sleeps answers, as always.
const OF_POWER: [u32; 5] = [
    sys::OID_PNP_QUERY_POWER,
    sys::OID_PNP_SET_POWER,
    sys::OID_PNP_REMOVE_WAKE_UP_PATTERN,
    sys::OID_PM_REMOVE_WOL_PATTERN,
    sys::OID_PM_REMOVE_PROTOCOL_OFFLOAD,
];

// NDIS-OID-10, NDIS-OID-04, NDIS-PM-02: while the adapter is in any state but D0 it answers what is about its power, and nothing
// else, by either path; what it knew before it knows afterwards. What takes a wake-up away is not refused even then.
#[test]
fn a_sleeping_adapter_answers_nothing_but_its_power() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    let power = |state: i32| adapter.oid_set(sys::OID_PNP_SET_POWER, &state.to_le_bytes());
    let filter = || adapter.oid_query(sys::OID_GEN_CURRENT_PACKET_FILTER, 4);
    let above = paired.watch();
    paired.wait_up();
    above.end();
    let unknown = 0x0101_FFFF;
    let oids = adapter.supported_oids();
    let others = oids.iter().chain([&unknown]);
    let others: Vec<u32> = others
        .filter(|oid| !OF_POWER.contains(oid))
        .copied()
        .collect();
    for state in [
        sys::NdisDeviceStateD1,
        sys::NdisDeviceStateD2,
        sys::NdisDeviceStateD3,
    ] {
        adapter.pause();
        assert_eq!(power(state).status, SUCCESS);
        for &oid in &others {
            for answer in [
                adapter.oid_query(oid, 400),
                adapter.direct_oid_query(oid, 400),
            ] {
                let said = (answer.status, answer.bytes, answer.needed);
                assert_eq!(said, (LOW_POWER_STATE, 0, 0), "{oid:#x}");
            }
        }
        let promiscuous = sys::NDIS_PACKET_TYPE_PROMISCUOUS.to_le_bytes();
        let set = adapter.oid_set(sys::OID_GEN_CURRENT_PACKET_FILTER, &promiscuous);
        assert_eq!((set.status, set.bytes), (LOW_POWER_STATE, 0));
        let gone = adapter.oid_set(sys::OID_PM_REMOVE_WOL_PATTERN, &[0; 4]);
        let asked = adapter.oid_query(sys::OID_PNP_QUERY_POWER, 4);
        assert_eq!((gone.status, asked.status), (SUCCESS, SUCCESS));
        assert_eq!(power(sys::NdisDeviceStateD0).status, SUCCESS);
        assert_eq!(filter().number(), Some(USUAL.into()));
        adapter.restart().expect("restarts");
    }
}
