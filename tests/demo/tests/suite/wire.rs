//! `--pcap`: the capture holds what iWARP is made of.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use pcap_file::pcap::PcapReader;
use softrnic::crc32c;
use softrnic_emulator::wsk::host_has_ipv6;

use crate::support::{LIMIT, LITTLE, Running, demo};

const ETHERNET: usize = 14;

/// The byte streams of a connection: from the client, from the server.
type Streams = [Vec<u8>; 2];

/// The connections in the file at `path`, in the order of their SYNs. No byte is missing and none is there twice.
fn connections(path: &Path) -> Vec<Streams> {
    let file = File::open(path).expect("the capture is there");
    let mut reader = PcapReader::new(file).expect("a capture");
    let mut ends: HashMap<(u16, u16), (Vec<u8>, u32)> = HashMap::new();
    let mut clients = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let packet = packet.expect("a whole packet");
        let ip = &packet.data[ETHERNET..];
        let tcp = match ip[0] >> 4 {
            4 => &ip[20..],
            _ => &ip[40..],
        };
        let port = |at| u16::from_be_bytes([tcp[at], tcp[at + 1]]);
        let ports = (port(0), port(2));
        let sequence = u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]);
        let (flags, payload) = (tcp[13], &tcp[usize::from(tcp[12] >> 4) * 4..]);
        if flags & 0x12 == 0x02 {
            clients.push(ports);
        }
        let (stream, next) = ends.entry(ports).or_insert((Vec::new(), sequence));
        assert_eq!(sequence, *next, "bytes in order, none twice");
        let counted = u32::from(flags & 0x02 != 0) + u32::from(flags & 0x01 != 0);
        *next = next.wrapping_add(payload.len() as u32 + counted);
        stream.extend_from_slice(payload);
    }
    let mut stream = |ports| ends.remove(&ports).expect("an end").0;
    let both = |(client, server)| [stream((client, server)), stream((server, client))];
    clients.into_iter().map(both).collect()
}

/// What a stream begins with: the length of the MPA frame with its `key`.
fn startup(stream: &[u8], key: &[u8; 16]) -> usize {
    assert_eq!(&stream[..16], key);
    assert_eq!(stream[16] & 0x40, 0x40, "CRCs are asked for");
    assert_eq!(stream[17], 2, "revision 2: enhanced set-up");
    20 + usize::from(u16::from_be_bytes([stream[18], stream[19]]))
}

/// The RDMAP opcodes of a stream's FPDUs, each of which has a right CRC.
fn opcodes(mut stream: &[u8]) -> HashMap<u8, usize> {
    let mut seen = HashMap::new();
    while let [a, b, ddp, rdmap, ..] = *stream {
        let covered = (2 + usize::from(u16::from_be_bytes([a, b]))).next_multiple_of(4);
        let (fpdu, rest) = stream.split_at(covered);
        let (crc, rest) = rest.split_at(4);
        assert_eq!(crc32c::update(0, fpdu).to_le_bytes(), crc);
        assert_eq!(ddp & 3, 1, "DDP version");
        assert_eq!(rdmap >> 6, 1, "RDMAP version");
        *seen.entry(rdmap & 0xF).or_default() += 1;
        stream = rest;
    }
    assert!(stream.is_empty(), "whole FPDUs");
    seen
}

/// What both streams are made of.
fn both_opcodes([client, server]: &Streams) -> [HashMap<u8, usize>; 2] {
    let from_client = opcodes(&client[startup(client, b"MPA ID Req Frame")..]);
    let from_server = opcodes(&server[startup(server, b"MPA ID Rep Frame")..]);
    [from_client, from_server]
}

/// All of the work is in the capture at `path`.
fn assert_iwarp(path: &Path) {
    let connections = connections(path);
    let (own, channels) = connections.split_first().expect("a connection");
    let [from_client, from_server] = both_opcodes(own);
    let bytes = 2 << 20;
    // RDMA write, read request, send; read response, send.
    assert!(from_client[&0] >= bytes / 65536);
    assert_eq!(from_client[&1], 2, "one read request a MiB");
    assert!(from_client[&3] >= 500);
    assert!(from_server[&2] >= bytes / 65536);
    assert!(from_server[&3] > 0);
    assert!(own.iter().all(|stream| stream.len() > bytes));
    assert_eq!((from_client.len(), from_server.len()), (3, 2));
    assert_smb_direct(channels);
    std::fs::remove_file(path).expect("ours");
}

/// A file went there and back over two channels: the server read and wrote, and invalidated what it had been lent.
fn assert_smb_direct(channels: &[Streams]) {
    assert_eq!(channels.len(), 2);
    let sum = |end: usize, opcode| -> usize {
        let seen = channels
            .iter()
            .map(|one| both_opcodes(one)[end].get(&opcode).copied());
        seen.flatten().sum()
    };
    let (write, read, response, send, invalidate) = (0, 1, 2, 3, 4);
    assert_eq!(sum(1, read), 2, "2 MiB in as many regions");
    assert_eq!(sum(1, invalidate), 2, "an answer to each request");
    assert!(sum(0, response) >= 2 && sum(1, write) >= 2);
    assert!(sum(0, send) > 6 && sum(1, send) > 4);
    assert_eq!(sum(0, read), 0, "an SMB Direct client does neither");
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn both_ends_are_one_conversation() {
    for (name, more) in [("both4.pcap", None), ("both6.pcap", Some("--ipv6"))] {
        if more.is_some() && !host_has_ipv6() {
            continue;
        }
        let path = file(name);
        let text = path.to_str().expect("plain");
        demo(LITTLE.into_iter().chain(["--pcap", text]).chain(more)).assert_good();
        assert_iwarp(&path);
    }
}

#[test]
fn each_of_two_processes_captures() {
    let (served, connected) = (file("serve.pcap"), file("connect.pcap"));
    let mut server = Running::start([
        "serve",
        "127.0.0.1:0",
        "--json",
        "--pcap",
        served.to_str().expect("plain"),
    ]);
    let address = server.address().to_string();
    let path = connected.to_str().expect("plain");
    demo(
        LITTLE
            .into_iter()
            .chain(["connect", &address, "--pcap", path]),
    )
    .assert_good();
    server.end(LIMIT).assert_good();
    assert_iwarp(&served);
    assert_iwarp(&connected);
}
