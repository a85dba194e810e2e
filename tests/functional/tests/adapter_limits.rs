//! What the adapter says about itself is so.

use softrnic_functional::consumer::abi::{
    NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED, NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED,
    NDK_ADAPTER_INFO, NDK_SGE,
};
use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus, QpLimits};
use softrnic_functional::{End, SOON, Stage, join, listen};

fn information(stage: &Stage) -> NDK_ADAPTER_INFO {
    stage.open(0).info().expect("information")
}

/// `count` entries of 8 bytes, one behind the other.
fn entries(end: &End, count: usize) -> Vec<NDK_SGE> {
    (0..count)
        .map(|n| end.mr.sge(&end.buffer, n * 8, 8))
        .collect()
}

// NDK-ADP-06: a read has as many entries as the adapter says of reads, and no more.
#[test]
fn reads_have_a_limit_of_their_own() {
    let stage = Stage::new();
    let info = information(&stage);
    let most = info.MaxReadRequestSge as usize;
    let (active, passive) = stage.connected_with(QpLimits {
        initiator_sge: info.MaxInitiatorRequestSge,
        ..QpLimits::default()
    });
    let (from, token) = (passive.buffer.virtual_address(), passive.mr.remote_token());
    passive.buffer.write(0, &[7; 256]);
    let read = |count| {
        let list = entries(&active, count);
        active.qp.handle().read(1, &list, from, token, 0)
    };
    assert!(!read(most + 1).is_success(), "one too many");
    assert_eq!(read(most), NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    assert_eq!(active.buffer.read(0, most * 8), vec![7; most * 8]);
}

// NDK-ADP-07: the sum of a request's lengths may be the limit; one byte more is refused, not cut off.
#[test]
fn the_transfer_length_limit_is_exact() {
    let stage = Stage::new();
    let limit = information(&stage).MaxTransferLength;
    let (active, _passive) = stage.connected();
    let list = |last: u32| {
        let mut list = entries(&active, 2);
        list[0].Length = limit - 100;
        list[1].Length = last;
        list
    };
    let qp = active.qp.handle();
    let refused = qp.send(1, &list(101), 0);
    assert!(!refused.is_success(), "a send: {refused}");
    let refused = qp.receive(1, &list(101));
    assert!(!refused.is_success(), "a receive: {refused}");
    // At the limit it is taken, and fails for memory that is not registered.
    assert_eq!(qp.send(2, &list(100), 0), NtStatus::SUCCESS);
    assert!(!active.done.take(1)[0].status.is_success());
}

// NDK-ADP-11: whoever sees a write's last byte sees all of it.
#[test]
fn the_last_byte_comes_last() {
    const LENGTH: usize = 256 << 10;
    let stage = Stage::new();
    let flags = information(&stage).AdapterFlags;
    assert_ne!(flags & NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED, 0);
    let (active, passive) = stage.connected();
    for round in 1..=40_u8 {
        active.buffer.write(0, &vec![round; LENGTH]);
        active.post_write(1, &passive, 0, LENGTH);
        let until = std::time::Instant::now() + SOON;
        while passive.buffer.read(LENGTH - 1, 1) != [round] {
            assert!(std::time::Instant::now() < until, "the write arrives");
        }
        assert_eq!(passive.buffer.read(0, LENGTH), vec![round; LENGTH]);
        assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    }
}

// NDK-ADP-12: a connection from an address to itself works, as the flag says.
// WSK-HAZ-03.
#[test]
fn an_adapter_connects_to_itself() {
    let stage = Stage::new();
    let flags = information(&stage).AdapterFlags;
    assert_ne!(flags & NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED, 0);
    let adapter = stage.open(0);
    let (mut active, mut passive) = (
        End::new(&adapter, QpLimits::default()),
        End::new(&adapter, QpLimits::default()),
    );
    join(
        &mut active,
        &mut passive,
        stage.address(0, 0),
        stage.address(0, 0),
    );
    passive.post_receive(1, 0, 64);
    active.post_send(2, 0, 64, 0);
    assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
}

// NDK-ADP-14: private data of the greatest size passes both ways, and one byte more does not.
#[test]
fn private_data_of_the_greatest_size_passes_both_ways() {
    let stage = Stage::new();
    let info = information(&stage);
    let (active, passive) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&stage.open(1), QpLimits::default()),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let data = |length: u32| ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: softrnic_functional::pattern(length as u8, length as usize),
    };
    let from = stage.address(0, 0);
    let mut long = Connector::new(&active.adapter).expect("made");
    let refused = long.connect(&active.qp, from, to, &data(info.MaxCallerData + 1));
    assert!(!refused.wait().is_success());
    let (asked, answered) = (data(info.MaxCallerData), data(info.MaxCalleeData));
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, from, to, &asked);
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let heard = accepted.connection_data().expect("known").private_data;
    assert_eq!(heard[..asked.private_data.len()], asked.private_data);
    let longer = data(info.MaxCalleeData + 1);
    let refused = accepted.accept(&passive.qp, &longer, passive.on_disconnect());
    assert!(!refused.wait().is_success());
    let accepting = accepted.accept(&passive.qp, &answered, passive.on_disconnect());
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let heard = connector.connection_data().expect("known").private_data;
    assert_eq!(heard[..answered.private_data.len()], answered.private_data);
    let completing = connector.complete_connect(active.on_disconnect());
    assert!(completing.wait().is_success() && accepting.wait().is_success());
    drop((connector, accepted));
}

// NDK-ADP-17: the same for every opening and version, and no vendor's own.
#[test]
fn vendor_and_device_are_stable() {
    const LOCALLY_ADMINISTERED: u32 = 0x02_00_00;
    let stage = Stage::new();
    let ids = [(0, (1, 0)), (0, (1, 2)), (1, (2, 1))].map(|(adapter, version)| {
        let info = stage.try_open(adapter, version).expect("opens").info();
        let info = info.expect("information");
        (info.VendorId, info.DeviceId)
    });
    assert!(ids.iter().all(|id| *id == (0x02_53_52, 1)), "{ids:x?}");
    assert_ne!(ids[0].0 & LOCALLY_ADMINISTERED, 0);
}
