//! Wireshark's dissectors over what our machine says in every recorded connection.

use super::each;
use softrnic_oracle::mpa::Start;
use softrnic_oracle::sender;
use softrnic_oracle::shark::{self, Capture, Connection, Seen};
use softrnic_oracle::trace::Side;
use std::fs;

/// What a connection should be read as, and its name.
struct Expected {
    name: String,
    side: Side,
    fpdus: Vec<Seen>,
}

/// Every FPDU of ours is found, and read field by field as the model reads it.
#[test]
fn wireshark_reads_what_we_send() {
    if !shark::is_installed() {
        eprintln!("skipped: no tshark (Debian: apt-get install tshark)");
        return;
    }
    let path = std::env::temp_dir().join(format!("softrnic-{}.pcap", std::process::id()));
    let mut capture = Capture::new(fs::File::create(&path).unwrap()).unwrap();
    let mut expected = Vec::new();
    each(1 << 20, |trace, side, replay| {
        let start = Start::parse(&replay.sent).map_or(0, |(_, len)| len);
        let ulpdus = sender::ulpdus(&replay.sent[start..], replay.framing);
        let pieces = replay.wire.iter().flat_map(|(from, bytes)| {
            let pieces = bytes.chunks(1448).map(|piece| (*from, piece));
            pieces.collect::<Vec<_>>()
        });
        capture.add(&pieces.collect::<Vec<_>>()).unwrap();
        expected.push(Expected {
            name: trace.name.clone(),
            side,
            fpdus: ulpdus
                .iter()
                .filter_map(|(_, ulpdu)| Seen::expected(ulpdu))
                .collect(),
        });
    });
    drop(capture);
    let connections = shark::decode(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(connections.len(), expected.len());
    let fpdus: usize = expected.iter().map(|expected| expected.fpdus.len()).sum();
    assert!(fpdus > 1000, "{fpdus}");
    for (connection, expected) in connections.iter().zip(&expected) {
        same(connection, expected);
    }
}

/// Where it calls something malformed: frames made wrong by hand, and our Terminates of layer RDMAP
/// that quote a tagged header of 14 bytes, where the dissector wants one of 18.
const MALFORMED: &[&str] = &[
    "raw-mixed-message Responder",
    "raw-mpa-too-much-data Responder",
    "raw-read-response-unasked Responder",
    "raw-short-length Responder",
];

fn same(connection: &Connection, expected: &Expected) {
    let name = format!("{} {:?}", expected.name, expected.side);
    let read = &connection.fpdus[expected.side as usize];
    assert_eq!(*read, expected.fpdus, "{name}");
    let listed = MALFORMED.contains(&name.as_str());
    assert_eq!(connection.malformed, listed, "{name}");
}
