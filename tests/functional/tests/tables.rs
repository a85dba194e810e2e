//! The dispatch tables of all objects (NDK-VER-05, NDK-LIFE-27).
//!
//! What a consumer sees is the OS's own table; the provider's is looked at by the emulated OS when it takes an object over: a
//! slot that is null, or that a guarded call may not go to, ends the process.

use std::ptr;

use softrnic_emulator::image::{image_at, is_target};
use softrnic_functional::consumer::SharedEndpoint;
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{SOON, Stage};

// NDK-VER-05, NDK-LIFE-27
#[test]
fn every_table_is_full_of_call_targets() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    let srq = raw::srq(pd, 8, None, ptr::null_mut());
    let _endpoint = SharedEndpoint::new(&adapter, stage.address(0, 0)).expect("an endpoint");
    let objects: [Object; 9] = [
        raw::qp(pd, cq).cast(),
        raw::qp_with_srq(pd, [cq, cq], srq, 0).cast(),
        raw::mr(pd).cast(),
        raw::mw(pd).cast(),
        raw::connector(&adapter).cast(),
        raw::listener(&adapter).cast(),
        srq.cast(),
        cq.cast(),
        pd.cast(),
    ];
    for object in objects {
        assert!(raw::close(object).is_over(SOON));
    }
}

// NDK-LIFE-27: what is looked at says no where it must.
#[test]
fn not_every_address_is_a_call_target() {
    let stage = Stage::new();
    let base = stage.host().image_base();
    let entry = image_at(base).expect("loaded").entry;
    assert!(is_target(entry));
    let inside = entry + 1..entry + 16;
    assert!(!inside.clone().any(is_target), "{inside:x?}");
}
