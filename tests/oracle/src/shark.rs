//! What Wireshark's dissectors read in a connection: a third reading, of nobody here. Only where
//! `tshark` is installed (Debian: package `tshark`).
//!
//! The dissector knows MPA by the key of the request frame, so a capture must hold a connection's
//! beginning. RPC-over-RDMA and SMB Direct take short Sends for theirs, and are switched off.

use std::collections::HashMap;
use std::io::{Error, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use pcap_file::pcap::{PcapPacket, PcapWriter};

use crate::ddp::{self, Place, Read, Segment};
use crate::trace::Side;

/// Is there a `tshark` to ask?
#[must_use]
pub fn is_installed() -> bool {
    let asked = Command::new("tshark").arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

/// One FPDU as it was read, its payload left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub length: u64,
    pub opcode: u64,
    pub last: bool,
    pub place: Place,
    pub read: Option<Read>,
}

impl Seen {
    /// What ought to be read of this ULPDU; `None` if it has no header.
    #[must_use]
    pub fn expected(ulpdu: &[u8]) -> Option<Self> {
        let segment = Segment::parse(ulpdu).ok()?;
        let invalidates = matches!(segment.opcode, 4 | 6);
        Some(Self {
            length: ulpdu.len() as u64,
            opcode: segment.opcode.into(),
            last: segment.last,
            place: match segment.place {
                Place::Untagged { qn, msn, mo, .. } if !invalidates => Place::Untagged {
                    word: 0,
                    qn,
                    msn,
                    mo,
                },
                place => place,
            },
            read: Read::parse(&segment.data).filter(|_| segment.opcode == ddp::READ_REQUEST),
        })
    }
}

/// A capture's connections, in their order: the FPDUs of the initiator's and the responder's
/// direction, and whether anything was called malformed.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    pub fpdus: [Vec<Seen>; 2],
    pub malformed: bool,
}

const FIELDS: &[&str] = &[
    "tcp.stream",
    "iwarp_mpa.ulpdulength",
    "iwarp_rdma.opcode",
    "iwarp_ddp.last_flag",
    "iwarp_ddp.tagged_flag",
    "iwarp_ddp.stag",
    "iwarp_ddp.tagged_offset",
    "iwarp_ddp.qn",
    "iwarp_ddp.msn",
    "iwarp_ddp.mo",
    "iwarp_rdma.inval_stag",
    "iwarp_rdma.sinkstag",
    "iwarp_rdma.sinkto",
    "iwarp_rdma.rdmardsz",
    "iwarp_rdma.srcstag",
    "iwarp_rdma.srcto",
    "iwarp_mpa.bad_length",
    "_ws.malformed",
    "tcp.srcport",
    "iwarp_mpa.req",
];

/// Reads a capture with Wireshark's dissectors.
pub fn decode(capture: &Path) -> Result<Vec<Connection>, Error> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r"]).arg(capture);
    command.args(["-o", "tcp.try_heuristic_first:TRUE"]);
    command.args(["--enable-heuristic", "iwarp_mpa_tcp"]);
    command.args(["--disable-protocol", "rpcordma"]);
    command.args(["--disable-protocol", "smb_direct"]);
    command.args(["-T", "fields", "-E", "aggregator=,"]);
    FIELDS.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    let mut connections: Vec<Connection> = Vec::new();
    let mut initiators = HashMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut frame = Frame(FIELDS.iter().copied().zip(line.split('\t')).collect());
        let stream = frame.next("tcp.stream") as usize;
        connections.resize(connections.len().max(stream + 1), Connection::default());
        let port = frame.next("tcp.srcport");
        if frame.has("iwarp_mpa.req") {
            initiators.insert(stream, port);
        }
        let from = usize::from(initiators.get(&stream) != Some(&port));
        let connection = &mut connections[stream];
        connection.malformed |= frame.has("iwarp_mpa.bad_length") || frame.has("_ws.malformed");
        while frame.has("iwarp_rdma.opcode") {
            connection.fpdus[from].push(frame.fpdu());
        }
    }
    Ok(connections)
}

/// A frame's fields, each a list with an entry for every FPDU that has it.
struct Frame<'a>(HashMap<&'static str, &'a str>);

impl Frame<'_> {
    fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|text| !text.is_empty())
    }

    fn next(&mut self, field: &str) -> u64 {
        let Some(text) = self.0.get_mut(field) else {
            return 0;
        };
        let (first, rest) = text.split_once(',').unwrap_or((text, ""));
        *text = rest;
        let number = match first.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => first.parse(),
        };
        number.unwrap_or_default()
    }

    fn fpdu(&mut self) -> Seen {
        let (length, opcode) = (
            self.next("iwarp_mpa.ulpdulength"),
            self.next("iwarp_rdma.opcode"),
        );
        let last = self.next("iwarp_ddp.last_flag") == 1;
        let place = match self.next("iwarp_ddp.tagged_flag") == 1 {
            true => Place::Tagged {
                stag: self.next("iwarp_ddp.stag") as u32,
                to: self.next("iwarp_ddp.tagged_offset"),
            },
            false => Place::Untagged {
                word: match opcode {
                    4 | 6 => self.next("iwarp_rdma.inval_stag") as u32,
                    _ => 0,
                },
                qn: self.next("iwarp_ddp.qn") as u32,
                msn: self.next("iwarp_ddp.msn") as u32,
                mo: self.next("iwarp_ddp.mo") as u32,
            },
        };
        let asks = opcode == u64::from(ddp::READ_REQUEST) && self.has("iwarp_rdma.sinkstag");
        let read = asks.then(|| Read {
            sink_stag: self.next("iwarp_rdma.sinkstag") as u32,
            sink_to: self.next("iwarp_rdma.sinkto"),
            len: self.next("iwarp_rdma.rdmardsz") as u32,
            source_stag: self.next("iwarp_rdma.srcstag") as u32,
            source_to: self.next("iwarp_rdma.srcto"),
        });
        Seen {
            length,
            opcode,
            last,
            place,
            read,
        }
    }
}

/// Writes captures of connections that never were on a network.
pub struct Capture<W: Write> {
    writer: PcapWriter<W>,
    packets: u64,
    connections: u16,
}

/// Ethernet, IPv4, TCP, without options.
const HEADERS: usize = 14 + 20 + 20;
const PORTS: [u16; 2] = [20_000, 7471];

impl<W: Write> Capture<W> {
    pub fn new(out: W) -> Result<Self, Error> {
        Ok(Self {
            writer: PcapWriter::new(out).map_err(Error::other)?,
            packets: 0,
            connections: 0,
        })
    }

    /// Adds a connection; each piece becomes one TCP segment and has at most 60 kB.
    pub fn add(&mut self, pieces: &[(Side, &[u8])]) -> Result<(), Error> {
        let mut next = [1u32, 1];
        self.packet(Side::Initiator, 0x02, [0, 0], &[])?;
        self.packet(Side::Responder, 0x12, [0, 1], &[])?;
        self.packet(Side::Initiator, 0x10, next, &[])?;
        for (side, bytes) in pieces {
            let sequence = [next[*side as usize], next[side.other() as usize]];
            self.packet(*side, 0x18, sequence, bytes)?;
            next[*side as usize] += bytes.len() as u32;
        }
        self.connections += 1;
        Ok(())
    }

    fn packet(
        &mut self,
        side: Side,
        flags: u8,
        [sequence, acknowledged]: [u32; 2],
        bytes: &[u8],
    ) -> Result<(), Error> {
        let mut ports = [PORTS[0] + self.connections, PORTS[1]];
        let mut hosts = [1u8, 2];
        if side == Side::Responder {
            ports.reverse();
            hosts.reverse();
        }
        let total = (HEADERS - 14 + bytes.len()) as u16;
        let mut packet = vec![
            2, 0, 0, 0, 0, hosts[1], 2, 0, 0, 0, 0, hosts[0], 8, 0, 0x45, 0,
        ];
        packet.extend(total.to_be_bytes());
        packet.extend([
            0, 0, 0x40, 0, 64, 6, 0, 0, 10, 9, 0, hosts[0], 10, 9, 0, hosts[1],
        ]);
        ports
            .iter()
            .for_each(|port| packet.extend(port.to_be_bytes()));
        packet.extend(sequence.to_be_bytes());
        packet.extend(acknowledged.to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(bytes);
        self.packets += 1;
        let at = Duration::from_micros(self.packets);
        let packet = PcapPacket::new_owned(at, packet.len() as u32, packet);
        self.writer.write_packet(&packet).map_err(Error::other)?;
        Ok(())
    }
}
