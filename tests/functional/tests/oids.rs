//! Requests to the adapter: of any length, in any state, by any path.

use softrnic::sys;
use softrnic_emulator::ndis::{Adapter, OidAnswer};
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::paired::{Paired, USUAL};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const NOT_SUPPORTED: i32 = sys::NDIS_STATUS_NOT_SUPPORTED;
const INVALID_LENGTH: i32 = sys::NDIS_STATUS_INVALID_LENGTH;

/// Longer than anything that is asked for or set.
const MOST: usize = 400;
/// Counters may be read by half.
const HALF: [u32; 2] = [sys::OID_GEN_XMIT_OK, sys::OID_GEN_RCV_OK];

/// All that the adapter says it knows, and some that it does not.
fn all(adapter: &Adapter) -> Vec<u32> {
    let unknown = [0, 0x0101_FFFF, 0xFF01_0101, u32::MAX];
    let known = adapter.supported_oids();
    assert!(unknown.iter().all(|oid| !known.contains(oid)));
    known.into_iter().chain(unknown).collect()
}

/// What a query of `oid` says, whose whole answer has `whole` bytes, to a buffer of `length`.
fn check_query(answer: &OidAnswer, whole: &OidAnswer, (oid, length): (u32, usize)) {
    let told = (answer.status, answer.bytes, answer.needed);
    let half = HALF.contains(&oid) && length >= 4;
    let expected = match whole.status {
        SUCCESS if length >= whole.bytes as usize => (SUCCESS, whole.bytes, whole.needed),
        SUCCESS if half => (SUCCESS, 4, whole.bytes),
        SUCCESS => (INVALID_LENGTH, 0, whole.bytes),
        _ => (NOT_SUPPORTED, 0, 0),
    };
    assert_eq!(told, expected, "{oid:#x}, {length} bytes");
}

// NDIS-OID-02, NDIS-OID-07: each answer is as long as it must be, or none, by either path; no length does harm.
#[test]
fn queries_of_any_length_are_answered() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    let paths: [fn(&Adapter, u32, usize) -> OidAnswer; 2] =
        [Adapter::oid_query, Adapter::direct_oid_query];
    let both = |oid| paths.iter().map(move |path| (oid, path));
    for (oid, path) in all(adapter).into_iter().flat_map(both) {
        let whole = path(adapter, oid, MOST);
        for length in 0..MOST {
            check_query(&path(adapter, oid, length), &whole, (oid, length));
        }
    }
}

// NDIS-OID-02, NDIS-OID-04, NDIS-OID-07, NDIS-OID-11: whatever is set, it is taken or refused, and the adapter lives; the verifier
// knows what may not be refused, and that a length which is wrong comes with one that is not.
#[test]
fn sets_of_any_length_are_taken_or_refused() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    for oid in all(adapter) {
        for (length, byte) in (0..MOST).flat_map(|length| [0, 1, 0x80, 0xFF].map(|b| (length, b))) {
            let answer = adapter.oid_set(oid, &vec![byte; length]);
            assert!(answer.bytes as usize <= length, "{oid:#x}: {answer:?}");
            if answer.status != SUCCESS {
                assert_eq!(answer.bytes, 0, "{oid:#x}, {length} bytes: {answer:?}");
            }
        }
    }
    assert_eq!(
        adapter.oid_set(sys::OID_NDK_SET_STATE, &[1]).status,
        SUCCESS
    );
    let filter = adapter.oid_set(sys::OID_GEN_CURRENT_PACKET_FILTER, &USUAL.to_le_bytes());
    assert_eq!(filter.status, SUCCESS);
    assert_eq!(
        adapter.oid_set(sys::OID_GEN_VLAN_ID, &[0; 4]).status,
        SUCCESS
    );
    let above = paired.watch();
    paired.wait_up();
    paired.passes(&above);
    above.end();
}

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

// NDIS-OID-05: a cancel of a request that is none changes nothing.
#[test]
fn unknown_requests_are_not_cancelled() {
    let paired = Paired::new(NicOptions::default());
    let adapter = paired.adapter();
    let cancel = || {
        for id in [0, 1, usize::MAX] {
            adapter.cancel_oids(std::ptr::without_provenance_mut(id));
        }
    };
    cancel();
    paired.during(&[&cancel], || {
        for _ in 0..500 {
            let answer = adapter.oid_query(sys::OID_GEN_STATISTICS, 152);
            assert_eq!(answer.status, SUCCESS);
            let answer = adapter.direct_oid_query(sys::OID_NDK_STATISTICS, 248);
            assert_eq!(answer.status, SUCCESS);
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
