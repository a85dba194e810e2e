//! How hardware iWARP adapters start a connection, said by peers that are nothing but a TCP connection.
//!
//! What each family does is public in its Linux or FreeBSD driver: Chelsio's (`cxgb4`, `cxgbe`) prefers ready-to-receive by
//! Read and knows one kind at a time, also in revision 1; Intel's (`irdma`) insists on the peer-to-peer model, on Read
//! slots, and on a whole MPA frame in one segment.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use softrnic_emulator::wsk::{Direction, Segment, Tap};
use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus, QpLimits, Request};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{End, SOON, Stage, listen};

/// Flags of an MPA frame.
const CRC: u8 = 0x40;
const REJECT: u8 = 0x20;
const ENHANCED: u8 = 0x10;
/// Top bits of the two words of an enhanced block (RFC 6581 section 6).
const PEER_TO_PEER: u16 = 0x8000;
const BY_WRITE: u16 = 0x8000;
const BY_READ: u16 = 0x4000;
const KINDS: u16 = 0xC000;

fn parameters(private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 8,
        outbound_reads: 8,
        private_data: private_data.to_vec(),
    }
}

/// An enhanced block: inbound and outbound Reads with their flags, then `rest`.
fn enhanced(inbound: u16, outbound: u16, rest: &[u8]) -> Vec<u8> {
    let mut block = inbound.to_be_bytes().to_vec();
    block.extend(outbound.to_be_bytes());
    block.extend(rest);
    block
}

/// The two words of a frame's enhanced block.
fn words(frame: &[u8]) -> (u16, u16) {
    let word = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    (word(20), word(22))
}

/// A Read Request for nothing, as Chelsio's adapters fill it: every STag and offset is 1.
fn empty_read_request() -> Vec<u8> {
    let mut ulpdu = vec![0x41, 0x41, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
    ulpdu.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    ulpdu.extend([0; 4]);
    ulpdu.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    peer::fpdu(&ulpdu)
}

/// A tagged message of no bytes at STag and offset 1.
fn empty_tagged(opcode: u8) -> Vec<u8> {
    let mut ulpdu = vec![0xC1, 0x40 | opcode, 0, 0, 0, 1];
    ulpdu.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    peer::fpdu(&ulpdu)
}

fn empty_write() -> Vec<u8> {
    empty_tagged(0)
}

fn empty_read_response() -> Vec<u8> {
    empty_tagged(2)
}

/// A listener, a peer that has sent `request`, and the end that accepts it.
fn accepted(stage: &Stage, request: &[u8]) -> (Peer, End, Request) {
    let mut end = End::new(&stage.open(1), QpLimits::default());
    end.post_receive(1, 0, 64);
    let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
    let mut peer = Peer::connect(listener.local_address().expect("listening"));
    peer.send(request);
    let mut connector = incoming.recv_timeout(SOON).expect("a connect event");
    let data = connector.connection_data().expect("offered").private_data;
    assert!(data.starts_with(b"hi"), "{data:?}");
    let accepting = connector.accept(&end.qp, &parameters(b"yes"), end.on_disconnect());
    end.connector = Some(connector);
    end.listener = Some(listener);
    (peer, end, accepting)
}

/// An end that connects to a peer of ours, who has read the request.
fn connecting(stage: &Stage) -> (Peer, End, Connector, Request, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let to = listener.local_addr().expect("bound");
    let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b"hi"));
    let mut peer = Peer::accept(&listener);
    let request = peer.read_frame();
    (peer, end, connector, connecting, request)
}

/// The first messages of both sides; the peer's is the first or the second FPDU of its direction.
fn talk(peer: &mut Peer, end: &End) {
    peer.send(&peer::fpdu(&peer::send(1, b"from the peer")));
    let done = end.received.take(1)[0];
    assert_eq!((done.status, done.bytes), (NtStatus::SUCCESS, 13));
    end.buffer.write(0, b"from us");
    end.post_send(2, 0, 7, 0);
    assert_eq!(peer.read_fpdu(), peer::fpdu(&peer::send(1, b"from us")));
}

/// Completes a connect whose reply has come.
fn complete(end: &mut End, mut connector: Connector, connecting: &Request) {
    assert_eq!(connecting.wait(), NtStatus::SUCCESS, "NdkConnect");
    let completing = connector.complete_connect(end.on_disconnect());
    assert_eq!(completing.wait(), NtStatus::SUCCESS, "NdkCompleteConnect");
    end.connector = Some(connector);
    end.post_receive(1, 0, 64);
}

// One kind asked for, one kind answered; the frame itself is a Read, answered by an empty Read Response.
#[test]
fn chelsio_connects() {
    let stage = Stage::new();
    let block = enhanced(PEER_TO_PEER | 32, BY_READ | 32, b"hi");
    let request = peer::request(CRC | ENHANCED, 2, &block);
    let (mut peer, end, accepting) = accepted(&stage, &request);
    let reply = peer.read_frame();
    assert_eq!(reply[16..18], [CRC | ENHANCED, 2]);
    let (inbound, outbound) = words(&reply);
    assert_eq!((inbound & KINDS, outbound & KINDS), (PEER_TO_PEER, BY_READ));
    assert_ne!(inbound & !KINDS, 0, "a slot for the Read");
    peer.send(&empty_read_request());
    assert_eq!(peer.read_fpdu(), empty_read_response());
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    talk(&mut peer, &end);
}

// FreeBSD's default, and Linux's after a fall-back: revision 1, and an empty Read all the same.
#[test]
fn chelsio_connects_in_revision_1() {
    let stage = Stage::new();
    let (mut peer, end, accepting) = accepted(&stage, &peer::request(CRC, 1, b"hi"));
    assert_eq!(peer.read_frame(), peer::reply(CRC, 1, b"yes"));
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    peer.send(&empty_read_request());
    assert_eq!(peer.read_fpdu(), empty_read_response());
    talk(&mut peer, &end);
}

// Its own kind, whatever was asked for, and more slots than we need.
#[test]
fn chelsio_answers() {
    let stage = Stage::new();
    let (mut peer, mut end, connector, connecting, _) = connecting(&stage);
    let block = enhanced(PEER_TO_PEER | 32, BY_READ | 8, b"yes");
    peer.send(&peer::reply(CRC | ENHANCED, 2, &block));
    complete(&mut end, connector, &connecting);
    let ready = peer.read_fpdu();
    assert_eq!(ready[2..4], [0x41, 0x41], "a Read Request comes first");
    assert_eq!(ready[32..36], [0; 4], "for nothing");
    peer.send(&{
        let mut ulpdu = vec![0xC1, 0x42];
        ulpdu.extend(&ready[20..32]);
        peer::fpdu(&ulpdu)
    });
    talk(&mut peer, &end);
}

// Two kinds offered: answering both would make it terminate. 0x3FFF stands for a limit that is not negotiated.
#[test]
fn intel_connects() {
    for reads in [32, 0x3FFF] {
        let stage = Stage::new();
        let block = enhanced(PEER_TO_PEER | reads, KINDS | reads, b"hi");
        let request = peer::request(CRC | ENHANCED, 2, &block);
        let (mut peer, end, accepting) = accepted(&stage, &request);
        let (inbound, outbound) = words(&peer.read_frame());
        assert_eq!(inbound & KINDS, PEER_TO_PEER);
        assert_eq!(outbound & KINDS, BY_WRITE);
        peer.send(&empty_write());
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        let connector = end.connector.as_ref().expect("accepted");
        let data = connector.connection_data().expect("connected");
        assert!((1..=8).contains(&data.outbound_reads), "{data:?}");
        talk(&mut peer, &end);
    }
}

#[test]
fn intel_answers() {
    let stage = Stage::new();
    let (mut peer, mut end, connector, connecting, request) = connecting(&stage);
    let (inbound, outbound) = words(&request);
    assert_eq!(request[16..18], [CRC | ENHANCED, 2]);
    assert_eq!(inbound & KINDS, PEER_TO_PEER, "or it resets the connection");
    assert_eq!(outbound & KINDS, KINDS);
    assert!(inbound & !KINDS > 0 && outbound & !KINDS > 0, "as well");
    let block = enhanced(PEER_TO_PEER | 8, BY_WRITE | 8, b"yes");
    peer.send(&peer::reply(CRC | ENHANCED, 2, &block));
    complete(&mut end, connector, &connecting);
    let ready = peer.read_fpdu();
    assert_eq!(
        ready[..4],
        [0, 14, 0xC1, 0x40],
        "an empty Write comes first"
    );
    talk(&mut peer, &end);
}

/// The first piece that a machine sends on each connection.
#[derive(Default)]
struct FirstPieces(Mutex<Vec<(SocketAddr, Vec<u8>)>>);

impl Tap for FirstPieces {
    fn segment(&self, local: SocketAddr, _: SocketAddr, segment: &Segment<'_>) {
        let mut seen = self.0.lock().expect("unpoisoned");
        if let Segment::Data { direction, parts } = segment
            && *direction == Direction::Out
            && seen.iter().all(|(address, _)| *address != local)
        {
            seen.push((local, parts.to_vec()));
        }
    }
}

// Intel's adapters read an MPA frame from one segment: ours leave in one send.
#[test]
fn frames_leave_in_one_piece() {
    let stage = Stage::new();
    let pieces = Arc::new(FirstPieces::default());
    stage.machine().wsk.set_tap(Some(pieces.clone()));
    let (peer, end, connector, connecting, request) = connecting(&stage);
    drop(peer);
    drop((connector, connecting, end));
    let asked = peer::request(CRC, 1, b"hi");
    let (mut peer, end, _accepting) = accepted(&stage, &asked);
    let reply = peer.read_frame();
    drop((peer, end));
    stage.machine().wsk.set_tap(None);
    let seen = pieces.0.lock().expect("unpoisoned");
    assert!(seen.iter().any(|(_, piece)| *piece == request), "{seen:?}");
    assert!(seen.iter().any(|(_, piece)| *piece == reply), "{seen:?}");
}

// A soft-iWARP of 2017 refuses whoever asks for CRC, and gives what it was asked back.
#[test]
fn an_old_peer_without_crc() {
    let stage = Stage::new();
    let (mut peer, end, connector, connecting, request) = connecting(&stage);
    peer.send(&peer::reply(request[16] | REJECT, 2, &request[20..24]));
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    drop((connector, end));

    let keywords = [("NetworkDirectCrc", 0), ("NetworkDirectMpaRevision", 1)];
    let stage = Stage::configured(&keywords);
    let (mut peer, mut end, connector, connecting, request) = self::connecting(&stage);
    assert_eq!(request, peer::request(0, 1, b"hi"));
    peer.send(&peer::reply(0, 1, b"yes"));
    complete(&mut end, connector, &connecting);
    end.buffer.write(0, b"plain");
    end.post_send(2, 0, 5, 0);
    let fpdu = peer.read_fpdu();
    assert_eq!(fpdu[20..25], *b"plain");
}
