//! Each rule broken once, and caught.

use softrnic::sys::*;

use super::super::AdapterOptions;
use super::super::adapter::Adapter;
use super::fake::{FakeDriver, Mood};
use crate::wsk::tests::caught::breaks;

fn with_adapter(mood: Mood, body: impl FnOnce(Adapter)) {
    let driver = FakeDriver::new(mood);
    if let Ok(adapter) = driver.start(AdapterOptions::default()) {
        body(adapter);
    }
    driver.finish();
}

#[test]
fn an_ndis_version_without_ndk() {
    breaks("NDIS-REG-02", || drop(FakeDriver::new(Mood::OldVersion)));
}

#[test]
fn a_mandatory_handler_is_null() {
    breaks("NDIS-REG-03", || {
        drop(FakeDriver::new(Mood::NoPauseHandler))
    });
}

#[test]
fn general_attributes_before_registration() {
    breaks("NDIS-LIFE-04", || {
        with_adapter(Mood::GeneralFirst, Adapter::halt)
    });
}

#[test]
fn no_ndk_attributes() {
    breaks("NDK-NDIS-02", || {
        with_adapter(Mood::NoNdkAttributes, Adapter::halt)
    });
}

#[test]
fn a_configuration_left_open() {
    breaks("NDIS-LIFE-12", || {
        with_adapter(Mood::LeavesConfigurationOpen, Adapter::halt)
    });
}

#[test]
fn a_pause_that_fails() {
    breaks("NDIS-LIFE-08", || {
        with_adapter(Mood::PauseFails, Adapter::halt)
    });
}

#[test]
fn an_oid_completed_and_answered() {
    breaks("NDIS-OID-02", || {
        with_adapter(Mood::OidCompletedTwice, |adapter| {
            drop(adapter.oid_query(OID_GEN_VENDOR_ID, 4))
        });
    });
}

#[test]
fn an_oid_that_writes_behind_its_buffer() {
    breaks("NDIS-OID-07", || {
        with_adapter(Mood::OidWritesTooMuch, |adapter| {
            drop(adapter.oid_query(OID_GEN_VENDOR_ID, 4))
        });
    });
}

#[test]
fn a_set_state_that_pends() {
    breaks("NDK-NDIS-05", || {
        with_adapter(Mood::SetStatePends, |adapter| {
            drop(adapter.oid_set(OID_NDK_SET_STATE, &[0]))
        });
    });
}

#[test]
fn a_pnp_event_inside_an_oid() {
    breaks("NDK-NDIS-07", || {
        with_adapter(Mood::EventInOid, |adapter| {
            drop(adapter.oid_query(OID_GEN_VENDOR_ID, 4))
        });
    });
}

#[test]
fn a_send_completed_twice() {
    breaks("NDIS-NBL-02", || {
        with_adapter(Mood::SendCompletedTwice, |adapter| {
            drop(adapter.send(&[b"frame"]))
        });
    });
}

#[test]
fn an_adapter_not_halted_at_deregistration() {
    breaks("NDIS-REG-08", || with_adapter(Mood::Good, std::mem::forget));
}
