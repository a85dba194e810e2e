//! What a good driver sees.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::super::{AdapterOptions, Keyword};
use super::fake::{FakeDriver, Mood, world};

#[test]
fn an_adapter_starts_answers_sends_and_halts() {
    let driver = FakeDriver::new(Mood::Good);
    let options = AdapterOptions {
        keywords: vec![("*NetworkDirect".into(), Keyword::from("7"))],
        addresses: vec![("127.0.0.9".parse().expect("an address"), 8)],
        ..AdapterOptions::default()
    };
    let adapter = driver.start(options).expect("starts");
    assert_eq!(world().keyword.load(Ordering::Acquire), 7);
    assert!(
        driver
            .machine
            .ip
            .owns("127.0.0.9".parse().expect("an address"))
    );
    assert_eq!(
        adapter.oid_query(OID_GEN_VENDOR_ID, 4).number(),
        Some(0x0055_AA00)
    );
    let short = adapter.oid_query(OID_GEN_VENDOR_ID, 2);
    assert_eq!(
        (short.status, short.needed),
        (NDIS_STATUS_BUFFER_TOO_SHORT, 4)
    );
    assert_eq!(
        adapter.oid_set(0x1234, &[1]).status,
        NDIS_STATUS_NOT_SUPPORTED
    );
    assert_eq!(
        adapter.send(&[b"one", b"two"]),
        [NDIS_STATUS_MEDIA_DISCONNECTED; 2]
    );
    adapter.pause();
    adapter.restart().expect("restarts");
    adapter.halt();
    driver.finish();
}

#[test]
fn a_pause_and_an_oid_may_pend() {
    let driver = FakeDriver::new(Mood::PausePends);
    let adapter = driver.start(AdapterOptions::default()).expect("starts");
    adapter.pause();
    adapter.halt();
    driver.finish();
    let driver = FakeDriver::new(Mood::OidPends);
    let adapter = driver.start(AdapterOptions::default()).expect("starts");
    assert_eq!(
        adapter.oid_query(OID_GEN_VENDOR_ID, 4).status,
        NDIS_STATUS_SUCCESS
    );
    adapter.surprise_remove();
    driver.finish();
}
