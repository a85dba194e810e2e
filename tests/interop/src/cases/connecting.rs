//! How connections come about: private data, refusals, read limits.

use softrnic_consumer::NtStatus;
use softrnic_functional::pattern;

use super::{Case, Siw, both_roles};
use crate::pair::{IN, OUT, Pair, REGION, Role, Terms};
use crate::peer::Peer;
use crate::world::{SOON, World};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_roles("connecting", "private-data", private_data));
    for (name, siw) in [
        ("revision-2", Siw::STOCK),
        ("revision-1", Siw::STOCK.revision_1()),
        ("crc", Siw::STOCK.crc()),
    ] {
        let name = |who: &str| format!("connecting/{who}/refused/{name}");
        cases.push(Case::new(name("siw-responds"), they_refuse).with(siw));
        cases.push(Case::new(name("siw-initiates"), we_refuse).with(siw));
    }
    cases.push(Case::new(
        "connecting/siw-responds/too-much-data",
        too_much_data,
    ));
    cases.push(Case::new(
        "connecting/siw-responds/nobody-listens",
        nobody_there,
    ));
    cases.push(Case::new(
        "connecting/siw-initiates/nobody-listens",
        nobody_here,
    ));
    cases.extend(both_roles("connecting", "few-reads", few_reads));
    cases
}

/// What either consumer says arrives at the other, whole.
fn private_data(world: &World, role: Role) {
    let (from_us, from_them) = (pattern(1, 56), pattern(2, 120));
    let terms = Terms {
        from_us: &from_us,
        from_them: &from_them,
        ..Terms::default()
    };
    let (mut pair, learned) = Pair::on(world, role, terms);
    assert_eq!(learned.ours.private_data, from_them);
    let heard = learned.asked.map(|asked| asked.private_data);
    assert_eq!(heard.unwrap_or(learned.event.private_data), from_us);
    pair.they_disconnect();
}

fn they_refuse(world: &World) {
    let (mut end, mut peer) = (world.end(), Peer::start(world.guest));
    peer.listen(world.theirs(), world.port());
    let connecting = world.connecting(&end, b"please");
    assert_eq!(peer.request().private_data, b"please");
    peer.reject(b"no room");
    let refused = connecting.finish(&mut end).expect_err("siw refused");
    assert_eq!(refused, (NtStatus::CONNECTION_REFUSED, b"no room".to_vec()));
}

fn we_refuse(world: &World) {
    let (end, mut peer) = (world.end(), Peer::start(world.guest));
    let (_listener, incoming) = world.listen(&end);
    peer.open(world.ours(), world.port());
    peer.begin("connect", (8, 8), b"please");
    let connector = incoming.recv_timeout(SOON).expect("a connect event comes");
    let data = connector.connection_data().expect("a request has data");
    assert_eq!(data.private_data, b"please");
    assert_eq!(connector.reject(b"no room"), NtStatus::SUCCESS);
    let event = peer.begun();
    assert_eq!(event.name, "RDMA_CM_EVENT_REJECTED");
    assert_eq!(event.private_data, b"no room");
}

/// siw takes 256 bytes, the four of the read limits among them, where RFC 5044 allows 512: it resets the connection.
fn too_much_data(world: &World) {
    let (mut end, mut peer) = (world.end(), Peer::start(world.guest));
    peer.listen(world.theirs(), world.port());
    let (status, _) = world
        .connect(&mut end, &pattern(1, 300))
        .expect_err("siw takes less");
    assert_eq!(status, NtStatus::CONNECTION_REFUSED);
    drop(end);
    // The longest it takes arrives.
    let mut end = world.end();
    let longest = pattern(1, 252);
    let connecting = world.connecting(&end, &longest);
    assert_eq!(peer.request().private_data, longest);
    peer.reject(&[]);
    let refused = connecting.finish(&mut end).expect_err("it was refused");
    assert_eq!(refused.0, NtStatus::CONNECTION_REFUSED);
}

fn nobody_there(world: &World) {
    let refused = world.connect(&mut world.end(), &[]);
    let (status, _) = refused.expect_err("nobody listens");
    assert_eq!(status, NtStatus::CONNECTION_REFUSED);
}

fn nobody_here(world: &World) {
    let mut peer = Peer::start(world.guest);
    peer.open(world.ours(), world.port());
    peer.begin("connect", (8, 8), &[]);
    let refused = peer.answer().expect_err("nobody listens");
    assert!(refused.contains("refused"), "{refused}");
}

/// A peer with few read slots: more reads than it takes at once are held back, and all succeed.
fn few_reads(world: &World, role: Role) {
    const COUNT: usize = 12;
    const LEN: usize = 20_000;
    let terms = Terms {
        reads: (2, 1),
        ..Terms::default()
    };
    let (mut pair, learned) = Pair::on(world, role, terms);
    assert!(learned.ours.outbound_reads >= 1, "{:?}", learned.ours);
    pair.peer.fill(REGION, OUT, COUNT * LEN, 3);
    (0..COUNT).for_each(|n| pair.read_from(OUT + n * LEN, IN + n * LEN, LEN));
    let read = pair.end.done.take(COUNT);
    assert!(read.iter().all(|done| done.status == NtStatus::SUCCESS));
    assert!(pair.end.buffer.read(IN, COUNT * LEN) == pattern(3, COUNT * LEN));

    pair.end.buffer.write(OUT, &pattern(4, COUNT * LEN));
    for n in 0..COUNT {
        let from = pair.ours(OUT + n * LEN);
        pair.peer
            .transfer("read", (REGION, IN + n * LEN, LEN), from);
    }
    (0..COUNT).for_each(|_| assert_eq!(pair.peer.done("read"), LEN));
    pair.peer.check(REGION, IN, COUNT * LEN, 4);
    pair.we_disconnect();
}
