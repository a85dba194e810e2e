//! Regions: what may be registered, and what a token gives access to.

use softrnic_functional::consumer::abi::{
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_MR_FLAG_ALLOW_REMOTE_READ,
};
use softrnic_functional::consumer::{Buffer, Mr, NtStatus, Pd};
use softrnic_functional::{ALL_ACCESS, End, SOON, Stage, pattern};

// NDK-MR-12, NDK-PD-02, NDK-PD-03
#[test]
fn tokens_are_never_zero_and_never_shared() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::new(4096);
    let pds: Vec<_> = (0..4).map(|_| Pd::new(&adapter).expect("a PD")).collect();
    let mrs: Vec<_> = pds
        .iter()
        .map(|pd| Mr::of(pd, &buffer, ALL_ACCESS).expect("an MR"))
        .collect();
    let mut tokens: Vec<u32> = pds.iter().map(|pd| pd.privileged_token()).collect();
    tokens.extend(mrs.iter().map(Mr::remote_token));
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 8);
    assert_ne!(tokens[0], 0);
}

// RFC 5042 section 6.1: nothing is known of a token from others: neither steps nor openings repeat.
#[test]
fn tokens_do_not_follow_each_other() {
    let stage = Stage::new();
    let drawn: Vec<Vec<u32>> = [0, 1]
        .map(|_| {
            let pd = Pd::new(&stage.open(0)).expect("a PD");
            let mrs: Vec<_> = (0..64)
                .map(|_| Mr::new(&pd, true).expect("an MR"))
                .collect();
            mrs.iter().map(Mr::remote_token).collect()
        })
        .into();
    assert_ne!(drawn[0], drawn[1]);
    for tokens in &drawn {
        let mut steps: Vec<u32> = tokens
            .windows(2)
            .map(|pair| pair[1].wrapping_sub(pair[0]))
            .collect();
        steps.sort_unstable();
        steps.dedup();
        assert!(steps.len() > 60, "{tokens:x?}");
    }
}

// NDK-MR-02, NDK-MR-11
// NdkRegisterMr: STATUS_SUCCESS, STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_STATE.
#[test]
fn more_than_the_list_describes_cannot_be_registered() {
    let stage = Stage::new();
    let pd = Pd::new(&stage.open(0)).expect("a PD");
    let (buffer, mr) = (Buffer::new(4096), Mr::new(&pd, false).expect("an MR"));
    let refused = mr.register(&buffer, 4097, ALL_ACCESS).wait();
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
    let most = pd
        .adapter()
        .info()
        .expect("information")
        .MaxRegistrationSize as usize;
    let refused = mr.register(&buffer, most + 1, ALL_ACCESS).wait();
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
    assert_eq!(
        mr.register(&buffer, 4096, ALL_ACCESS).wait(),
        NtStatus::SUCCESS
    );
    let again = mr.register(&buffer, 4096, ALL_ACCESS).wait();
    assert_eq!(again, NtStatus::INVALID_DEVICE_STATE);
}

// NDK-MR-01
// NdkRegisterMr: STATUS_INVALID_DEVICE_REQUEST.
#[test]
fn a_fast_register_region_does_not_take_a_plain_registration() {
    let stage = Stage::new();
    let pd = Pd::new(&stage.open(0)).expect("a PD");
    let (buffer, mr) = (Buffer::new(4096), Mr::new(&pd, true).expect("an MR"));
    let refused = mr.register(&buffer, 4096, ALL_ACCESS).wait();
    assert_eq!(refused, NtStatus::INVALID_DEVICE_REQUEST);
}

// NDK-MR-10
// RFC5041-8.3-1.
// NdkDeregisterMr: STATUS_SUCCESS, STATUS_INVALID_DEVICE_STATE.
#[test]
fn a_region_can_be_registered_again_after_deregistration() {
    let stage = Stage::new();
    let pd = Pd::new(&stage.open(0)).expect("a PD");
    let (buffer, mr) = (Buffer::new(4096), Mr::new(&pd, false).expect("an MR"));
    for _ in 0..3 {
        assert_eq!(
            mr.register(&buffer, 4096, ALL_ACCESS).wait(),
            NtStatus::SUCCESS
        );
        assert_eq!(mr.deregister().wait(), NtStatus::SUCCESS);
    }
    let again = mr.deregister().wait();
    assert_eq!(again, NtStatus::INVALID_DEVICE_STATE);
}

/// The status of a write of `length` bytes from `active` to `address` under `token`, and whether the connection then ended.
fn write(active: &End, passive: &End, address: u64, token: u32, length: usize) -> bool {
    let sge = [active.mr.sge(&active.buffer, 0, length)];
    let posted = active.qp.handle().write(1, &sge, address, token, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    passive.post_receive(2, 1 << 19, 64);
    active.post_send(3, 0, 1, 0);
    let message = &passive.received.take(1)[0];
    message.status == NtStatus::SUCCESS
}

// NDK-MR-08, NDK-DISC-12: the last byte may be written, the one after it ends the connection.
// RFC5040-7.1-1, RFC5040-8.1.1-3, RFC5041-8.3.1-4, RFC5042-6.2.1-1.
#[test]
fn a_write_beyond_the_region_places_nothing_and_ends_the_connection() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (base, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    let last = base + passive.buffer.len() as u64 - 1;
    active.buffer.write(0, &[0x5A, 0xA5]);
    assert!(write(&active, &passive, last, token, 1));
    assert_eq!(passive.buffer.read(passive.buffer.len() - 1, 1), [0x5A]);
    active.buffer.write(0, &[0x11, 0x22]);
    assert!(!write(&active, &passive, last, token, 2));
    assert!(passive.gone.wait(SOON) && active.gone.wait(SOON));
    assert_eq!(passive.buffer.read(passive.buffer.len() - 1, 1), [0x5A]);
}

// NDK-MR-08: near 2^64 nothing wraps.
#[test]
fn an_address_that_wraps_is_refused() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let token = passive.mr.remote_token();
    assert!(!write(&active, &passive, u64::MAX - 3, token, 8));
}

// NDK-MR-04: addresses are the region's own; offsets from its first byte are none.
#[test]
fn a_region_does_not_begin_at_zero() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let token = passive.mr.remote_token();
    assert!(!write(&active, &passive, 0, token, 8));
}

#[test]
fn an_invented_token_is_refused() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let base = passive.buffer.virtual_address();
    let token = passive.mr.remote_token() ^ 0x8000_0000;
    assert!(!write(&active, &passive, base, token, 8));
}

// NDK-PD-02: the privileged token is nothing to the peer.
#[test]
fn the_privileged_token_gives_the_peer_no_access() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let base = passive.buffer.virtual_address();
    assert!(!write(
        &active,
        &passive,
        base,
        passive.pd.privileged_token(),
        8
    ));
}

// NDK-MR-10: both tokens are dead when deregistration succeeded.
// RFC5040-8.1.1-4, RFC5040-8.1.1-5, RFC5041-8.3-2, RFC5041-8.3.1-5, RFC5041-8.3.1-6,
// RFC5042-6.2.2-2.
#[test]
fn a_deregistered_region_gives_no_access() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let mr = Mr::of(&passive.pd, &buffer, ALL_ACCESS).expect("an MR");
    let token = mr.remote_token();
    assert!(write(&active, &passive, buffer.virtual_address(), token, 8));
    assert_eq!(mr.deregister().wait(), NtStatus::SUCCESS);
    assert!(!write(
        &active,
        &passive,
        buffer.virtual_address(),
        token,
        8
    ));
}

// NDK-PD-01
// RFC5040-8.1.1-1, RFC5041-8.2-1, RFC5041-8.2-4, RFC5041-8.3.1-2, RFC5042-6.1.1-1,
// RFC5042-6.1.1-2.
#[test]
fn another_domains_region_is_refused_to_the_peer() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (pd, buffer) = (Pd::new(&passive.adapter).expect("a PD"), Buffer::new(4096));
    let mr = Mr::of(&pd, &buffer, ALL_ACCESS).expect("an MR");
    let token = mr.remote_token();
    assert!(!write(
        &active,
        &passive,
        buffer.virtual_address(),
        token,
        8
    ));
}

// NDK-MR-08, NDK-ABI-09: remote write is a right of its own.
#[test]
fn a_region_without_remote_write_is_refused_to_writes() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let flags = NDK_MR_FLAG_ALLOW_LOCAL_WRITE | NDK_MR_FLAG_ALLOW_REMOTE_READ;
    let mr = Mr::of(&passive.pd, &buffer, flags).expect("an MR");
    let token = mr.remote_token();
    assert!(!write(
        &active,
        &passive,
        buffer.virtual_address(),
        token,
        8
    ));
}

// NDK-MR-07: a receive needs local write.
#[test]
fn a_receive_into_a_read_only_region_fails() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let buffer = Buffer::new(4096);
    let mr = Mr::of(&passive.pd, &buffer, 0).expect("an MR");
    let posted = passive.qp.handle().receive(1, &[mr.sge(&buffer, 0, 64)]);
    assert_eq!(posted, NtStatus::SUCCESS);
    active.post_send(2, 0, 8, 0);
    let received = passive.received.take(1)[0];
    assert_eq!(received.status, NtStatus::ACCESS_VIOLATION);
    assert_eq!(buffer.read(0, 8), [0; 8]);
}

// NDK-POST-32
#[test]
fn a_message_longer_than_its_receive_ends_the_connection() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    passive.post_receive(1, 0, 16);
    active.post_send(2, 0, 17, 0);
    assert_eq!(
        passive.received.take(1)[0].status,
        NtStatus::BUFFER_OVERFLOW
    );
    assert!(passive.gone.wait(SOON));
}

// NDK-MR-13: a region that is closed while a read still fills it ends when the read did.
#[test]
fn closing_a_region_under_an_outstanding_read_harms_nobody() {
    let stage = Stage::new();
    for _ in 0..10 {
        let (active, passive) = stage.connected();
        passive.buffer.write(0, &pattern(7, 1 << 20));
        let buffer = Buffer::new(1 << 20);
        let mr = Mr::of(&active.pd, &buffer, ALL_ACCESS).expect("an MR");
        let sge = [mr.sge(&buffer, 0, 1 << 20)];
        let from = passive.buffer.virtual_address();
        let posted = active
            .qp
            .handle()
            .read(1, &sge, from, passive.mr.remote_token(), 0);
        assert_eq!(posted, NtStatus::SUCCESS);
        // Waits for whoever still uses the memory.
        drop(mr);
        assert_eq!(active.done.take(1)[0].context, 1);
    }
}

// NDK-FR-13, NDK-POST-30: a plain region is not the peer's to invalidate; trying ends the connection, not the region.
// RFC5040-8.1.1-7, RFC5042-6.4.5-1.
// NdkSendAndInvalidate: STATUS_SUCCESS.
#[test]
fn a_plain_region_survives_a_send_with_invalidate() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let token = passive.mr.remote_token();
    passive.post_receive(1, 0, 64);
    let sge = [active.mr.sge(&active.buffer, 0, 8)];
    let posted = active.qp.handle().send_and_invalidate(2, &sge, 0, token);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert!(passive.gone.wait(SOON));
    assert!(!passive.received.take(1)[0].status.is_success());
    assert_eq!(passive.mr.deregister().wait(), NtStatus::SUCCESS);
}
