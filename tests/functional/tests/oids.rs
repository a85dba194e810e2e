//! Requests to the adapter: in any state, by any path.

use softrnic::sys;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{Paired, USUAL};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;

// NDIS-OID-06: direct requests come at DISPATCH_LEVEL, several at a time and beside the others, which come one by one.
#[test]
fn direct_requests_come_together() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    let ask = || {
        let answer = adapter.direct_oid_query(sys::OID_NDK_STATISTICS, 248);
        assert_eq!((answer.status, answer.bytes), (SUCCESS, 248));
    };
    paired.during(&[&ask, &ask, &ask], || {
        for _ in 0..2000 {
            let answer = adapter.oid_query(sys::OID_GEN_STATISTICS, 152);
            assert_eq!(answer.status, SUCCESS);
            let filter = adapter.oid_set(sys::OID_GEN_CURRENT_PACKET_FILTER, &USUAL.to_le_bytes());
            assert_eq!(filter.status, SUCCESS);
        }
    });
}

// NDIS-LIFE-01: requests are answered whether the adapter is paused or runs; what it was told while it was paused holds.
#[test]
fn requests_are_answered_in_every_state() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    for paused in [true, false] {
        if paused {
            adapter.pause();
        } else {
            adapter.restart().expect("restarts");
        }
        let filter = USUAL
            | if paused {
                0
            } else {
                sys::NDIS_PACKET_TYPE_PROMISCUOUS
            };
        let set = adapter.oid_set(sys::OID_GEN_CURRENT_PACKET_FILTER, &filter.to_le_bytes());
        let kept = adapter.oid_query(sys::OID_GEN_CURRENT_PACKET_FILTER, 4);
        let counted = adapter.oid_query(sys::OID_GEN_STATISTICS, 152);
        assert_eq!((set.status, counted.status), (SUCCESS, SUCCESS));
        assert_eq!(kept.number(), Some(filter.into()));
    }
}
