//! `ProviderErrorCode`: what the provider knows about a failed request, in version 2.1 (docs/provider-codes.md).

use softrnic_functional::consumer::{Mr, NtStatus, QpLimits};
use softrnic_functional::{End, SOON, Stage};

/// A connection whose active end speaks `version`.
fn connected(stage: &Stage, version: (u16, u16)) -> (End, End) {
    let limits = QpLimits::default();
    let adapter = stage.try_open(0, version).expect("it opens");
    let (mut active, mut passive) = (End::new(&adapter, limits), End::new(&stage.open(1), limits));
    stage.join(&mut active, &mut passive);
    (active, passive)
}

/// Statuses and codes of `count` initiator results.
fn codes(end: &End, count: usize) -> Vec<(NtStatus, u32)> {
    let done = end.done.take(count);
    done.iter().map(|done| (done.status, done.code)).collect()
}

// NDK-VER-06, NDK-ABI-04: the peer's Terminate: received (1), remote protection (01), base or bounds (01); the requests that
// end with the connection say the same, those before it nothing.
// NDK_RESULT: STATUS_SUCCESS, STATUS_REMOTE_RESOURCES, STATUS_CANCELLED. ProviderErrorCode: 0x00010101.
#[test]
fn a_terminate_is_told_with_what_it_ends() {
    let stage = Stage::new();
    let (active, passive) = connected(&stage, (2, 1));
    active.post_read(1, &passive, 0, 64);
    assert_eq!(codes(&active, 1), [(NtStatus::SUCCESS, 0)]);
    active.post_receive(2, 0, 64);
    let beyond = passive.buffer.virtual_address() + passive.buffer.len() as u64;
    let (sge, token) = (
        [active.mr.sge(&active.buffer, 0, 8)],
        passive.mr.remote_token(),
    );
    let posted = active.qp.handle().read(3, &sge, beyond, token, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(
        codes(&active, 1),
        [(NtStatus::REMOTE_RESOURCES, 0x0001_0101)]
    );
    let received = active.received.take(1)[0];
    assert_eq!(
        (received.status, received.code),
        (NtStatus::CANCELLED, 0x0001_0101)
    );
}

// NDK-VER-06: ours: sent (2), untagged buffer (12), message too long (05). The receive that it was about says what was
// wrong here (3).
// NDK_RESULT: STATUS_BUFFER_OVERFLOW. ProviderErrorCode: 0x00030003, 0x00021205.
#[test]
fn a_terminate_of_ours_is_told_too() {
    let stage = Stage::new();
    let (active, passive) = connected(&stage, (2, 0));
    active.post_receive(1, 0, 16);
    active.post_receive(2, 16, 16);
    passive.post_send(3, 0, 17, 0);
    let received = active.received.take(2);
    let told = [0, 1].map(|n| (received[n].status, received[n].code));
    let expected = [
        (NtStatus::BUFFER_OVERFLOW, 0x0003_0003),
        (NtStatus::CANCELLED, 0x0002_1205),
    ];
    assert_eq!(told, expected);
}

// NDK-VER-06: failures of the local side.
// NDK_RESULT: STATUS_ACCESS_VIOLATION. ProviderErrorCode: 0x00030001, 0x00030002.
#[test]
fn local_failures_have_codes_of_their_own() {
    let stage = Stage::new();
    let (active, _passive) = connected(&stage, (2, 1));
    let mut sge = active.mr.sge(&active.buffer, 0, 8);
    sge.MemoryRegionToken ^= 0x4000_0000;
    assert_eq!(active.qp.handle().send(1, &[sge], 0), NtStatus::SUCCESS);
    assert_eq!(
        codes(&active, 1),
        [(NtStatus::ACCESS_VIOLATION, 0x0003_0001)]
    );
    let (active, _passive) = connected(&stage, (2, 1));
    let idle = Mr::fast(&active.pd, 1).expect("an FRMR");
    let posted = active.qp.handle().invalidate(2, idle.raw().cast(), 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(
        codes(&active, 1),
        [(NtStatus::ACCESS_VIOLATION, 0x0003_0002)]
    );
}

// NDK-VER-06, NDK-DISC-13: the peer has not ended in time.
// NDK_RESULT: STATUS_CANCELLED. ProviderErrorCode: 0x00040002.
#[test]
fn a_peer_that_takes_too_long_is_told() {
    let stage = Stage::configured(&[("NetworkDirectDisconnectTimeout", 1)]);
    let (active, _passive) = connected(&stage, (2, 1));
    active.post_receive(1, 0, 8);
    assert_eq!(active.disconnect().wait(), NtStatus::IO_TIMEOUT);
    let received = active.received.take(1)[0];
    let told = (received.status, received.code);
    assert_eq!(told, (NtStatus::CANCELLED, 0x0004_0002));
}

// NDK-VER-06: what the consumer cancels itself needs no explanation; a lost connection is one.
// NDK_RESULT: STATUS_CANCELLED. ProviderErrorCode: 0x00040001.
#[test]
fn cancelled_requests_say_why() {
    let stage = Stage::new();
    let (active, _passive) = connected(&stage, (2, 1));
    active.post_receive(1, 0, 8);
    active.qp.handle().flush();
    let flushed = active.received.take(1)[0];
    assert_eq!((flushed.status, flushed.code), (NtStatus::CANCELLED, 0));
    let (active, mut passive) = connected(&stage, (2, 1));
    active.post_receive(1, 0, 8);
    // A close without disconnect resets the connection.
    drop(passive.connector.take());
    assert!(active.gone.wait(SOON));
    let lost = active.received.take(1)[0];
    assert_eq!((lost.status, lost.code), (NtStatus::CANCELLED, 0x0004_0001));
}

// NDK-VER-07: versions without the member get none, whatever happened.
#[test]
fn older_versions_are_told_nothing() {
    let stage = Stage::new();
    let (active, passive) = connected(&stage, (1, 2));
    let beyond = passive.buffer.virtual_address() + passive.buffer.len() as u64;
    let (sge, token) = (
        [active.mr.sge(&active.buffer, 0, 8)],
        passive.mr.remote_token(),
    );
    let posted = active.qp.handle().read(3, &sge, beyond, token, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(codes(&active, 1), [(NtStatus::REMOTE_RESOURCES, 0)]);
}
