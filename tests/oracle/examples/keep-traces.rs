//! Turns recorded connections (one a pcap file, Ethernet, IPv4, responder at port 7471) and the log
//! of the two programs into the traces that are kept:
//!
//!     cargo run --release -p softrnic-oracle --example keep-traces -- FOLDER [PATTERN]
//!
//! Retransmissions and empty segments are left out; bytes, their order and the segments they came
//! in are not.

use std::{env, fs, fs::File, path::Path};

use pcap_file::pcap::PcapReader;
use softrnic_oracle::trace::{Side, Step, Trace};

const PORT: u16 = 7471;

fn main() {
    let folder = env::args().nth(1).expect("a folder of pcap files");
    let wanted = env::args().nth(2).unwrap_or_default();
    let folder = Path::new(&folder);
    let log = fs::read_to_string(folder.join("programs.txt")).expect("programs.txt");
    for part in log.split("=== ").skip(1) {
        let (name, said) = part.split_once('\n').expect("a name and more");
        if !name.contains(&wanted) {
            continue;
        }
        let mut trace = Trace {
            name: name.to_owned(),
            ..Trace::default()
        };
        said.lines().for_each(|line| note(&mut trace, line));
        let connections = connections(&folder.join(format!("{name}.pcap")));
        let one = connections.len() == 1;
        for (index, steps) in connections.into_iter().enumerate() {
            trace.steps = steps;
            trace.name = match one {
                true => name.to_owned(),
                false => format!("{name}-{}", index + 1),
            };
            keep(&trace);
        }
    }
}

fn keep(trace: &Trace) {
    let (name, text) = (&trace.name, trace.text());
    assert_eq!(Trace::parse(name, &text).as_ref(), Ok(trace));
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("traces/{name}.txt"));
    fs::write(&out, &text).expect("a file to write");
    println!("{name}: {} bytes", text.len());
}

/// Keeps what the log says of parameters, programs and completions.
fn note(trace: &mut Trace, line: &str) {
    let program = |text: &str| {
        let words = text.split(' ').filter(|word| !word.starts_with("10.9.0."));
        let words: Vec<&str> = words.filter(|word| *word != "-a").collect();
        words.join(" ")
    };
    let sides = ["initiator", "responder"];
    if let Some(parameters) = line.strip_prefix("parameters: ") {
        parameters.clone_into(&mut trace.parameters);
    }
    for (index, side) in sides.iter().enumerate() {
        if let Some(text) = line.strip_prefix(&format!("{side} (10.9.0.{}): ", index + 1)) {
            trace.programs[index] = program(text);
        }
        let Some(text) = line.strip_prefix(&format!("{side}| ")) else {
            continue;
        };
        let said = text.split_once(": ").map_or(text, |(_, said)| said);
        let kept = [
            "received ",
            "receive failed",
            "completed ",
            "completion failed",
        ];
        if kept.iter().any(|kept| said.starts_with(kept)) {
            trace.said[index].push(said.trim_end().to_owned());
        }
    }
}

type Steps = Vec<(Side, Step)>;

/// A connection being put together: the initiator's port, the next sequence number of each side.
struct Connection {
    port: u16,
    next: [u32; 2],
    steps: Steps,
}

/// The file's connections, in the order they began.
fn connections(path: &Path) -> Vec<Steps> {
    let file = File::open(path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    let mut reader = PcapReader::new(file).expect("a pcap file");
    let mut connections = Vec::new();
    while let Some(packet) = reader.next_packet() {
        add(&packet.expect("a packet").data, &mut connections);
    }
    connections.into_iter().map(|c| c.steps).collect()
}

fn add(data: &[u8], connections: &mut Vec<Connection>) {
    let short = |at: usize| u16::from_be_bytes([data[at], data[at + 1]]);
    assert_eq!((short(12), data[14] >> 4, data[23]), (0x0800, 4, 6));
    let end = 14 + usize::from(short(16));
    let tcp = 14 + 4 * usize::from(data[14] & 15);
    let sequence = u32::from_be_bytes(data[tcp + 4..tcp + 8].try_into().unwrap());
    let flags = data[tcp + 13];
    let payload = &data[tcp + 4 * usize::from(data[tcp + 12] >> 4)..end];
    let (side, port) = match short(tcp) {
        PORT => (Side::Responder, short(tcp + 2)),
        port => (Side::Initiator, port),
    };
    let (fin, syn, reset) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
    let known = connections.iter().position(|c| c.port == port);
    let index = known.unwrap_or_else(|| {
        connections.push(Connection {
            port,
            next: [0; 2],
            steps: Vec::new(),
        });
        connections.len() - 1
    });
    let connection = &mut connections[index];
    let expected = &mut connection.next[side as usize];
    if syn {
        *expected = sequence.wrapping_add(1);
    } else if reset {
        connection.steps.push((side, Step::Reset));
    } else if sequence == *expected {
        if !payload.is_empty() {
            connection.steps.push((side, Step::Bytes(payload.to_vec())));
        }
        if fin {
            connection.steps.push((side, Step::Fin));
        }
        *expected = expected.wrapping_add(payload.len() as u32 + u32::from(fin));
    } else {
        let again = (sequence.wrapping_sub(*expected) as i32) < 0;
        assert!(again || payload.is_empty(), "a segment is missing");
    }
}
