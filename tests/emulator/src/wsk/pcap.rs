//! A capture of the wire tap: Ethernet, IP and TCP headers are made up around the bytes, with true
//! sequence numbers, so that Wireshark follows the streams and decodes iWARP.

use crate::sync::Mutex;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, Endianness, TsResolution};

use super::tap::{Direction, Segment, Tap};

/// Most payload of one made-up segment: fits an IP packet of any kind.
const MOST: usize = 60_000;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// Writes one capture file for any number of machines; share it among their taps.
///
/// When both ends of a connection are tapped into one capture, only one of them is recorded, so
/// that nothing appears twice.
pub struct Capture {
    inner: Mutex<Inner>,
    started: (SystemTime, std::time::Instant),
}

struct Inner {
    writer: PcapWriter<Output>,
    output: Output,
    flows: HashMap<(SocketAddr, SocketAddr), Flow>,
}

/// The file, shared with the writer so that it can be flushed.
#[derive(Clone)]
struct Output(Arc<Mutex<BufWriter<File>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().flush()
    }
}

/// Sequence numbers of one connection, from the tapped side.
struct Flow {
    /// The side whose tap is recorded.
    recorded: SocketAddr,
    active: bool,
    sent: u32,
    received: u32,
}

impl Capture {
    /// Creates the file.
    pub fn create(path: &Path) -> io::Result<Self> {
        let header = PcapHeader {
            snaplen: 256 * 1024,
            datalink: DataLink::ETHERNET,
            ts_resolution: TsResolution::NanoSecond,
            endianness: Endianness::Little,
            ..PcapHeader::default()
        };
        let output = Output(Arc::new(Mutex::new(BufWriter::with_capacity(
            1 << 20,
            File::create(path)?,
        ))));
        let writer = PcapWriter::with_header(output.clone(), header).map_err(io::Error::other)?;
        let inner = Mutex::new(Inner {
            writer,
            output,
            flows: HashMap::new(),
        });
        Ok(Self {
            inner,
            started: (SystemTime::now(), std::time::Instant::now()),
        })
    }

    /// Writes what is buffered.
    pub fn flush(&self) -> io::Result<()> {
        self.inner.lock().output.flush()
    }

    fn now(&self) -> Duration {
        let since = self
            .started
            .0
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        since + self.started.1.elapsed()
    }
}

impl Tap for Capture {
    fn segment(&self, local: SocketAddr, remote: SocketAddr, segment: &Segment<'_>) {
        let now = self.now();
        let mut inner = self.inner.lock();
        // A file that can be written no more ends the recording, not the run.
        let _ = inner.record(now, local, remote, segment);
    }
}

impl Inner {
    fn record(
        &mut self,
        now: Duration,
        local: SocketAddr,
        remote: SocketAddr,
        segment: &Segment<'_>,
    ) -> io::Result<()> {
        let key = if local < remote {
            (local, remote)
        } else {
            (remote, local)
        };
        if let Segment::Open { active } = segment {
            return self.open(now, key, local, remote, *active);
        }
        let Some(flow) = self.flows.get(&key).filter(|flow| flow.recorded == local) else {
            return Ok(());
        };
        let (mut out, mut back) = ((local, flow.sent), (remote, flow.received));
        let (direction, flags, parts) = match segment {
            Segment::Open { .. } => return Ok(()),
            Segment::Data { direction, parts } => (direction, PSH | ACK, Some(parts.to_vec())),
            Segment::Fin { direction } => (direction, FIN | ACK, None),
            Segment::Reset { direction } => (direction, RST | ACK, None),
        };
        let (from, to) = match direction {
            Direction::Out => (&mut out, &mut back),
            Direction::In => (&mut back, &mut out),
        };
        match parts {
            Some(bytes) => {
                for piece in bytes.chunks(MOST) {
                    self.packet(now, from.0, to.0, (from.1, to.1), flags, piece)?;
                    from.1 = from.1.wrapping_add(piece.len() as u32);
                }
            }
            None => {
                self.packet(now, from.0, to.0, (from.1, to.1), flags, &[])?;
                from.1 = from.1.wrapping_add(u32::from(flags & FIN != 0));
            }
        }
        if let Some(flow) = self.flows.get_mut(&key) {
            (flow.sent, flow.received) = (out.1, back.1);
        }
        Ok(())
    }

    /// The handshake. If both ends are tapped, the one that tells first is the one recorded.
    fn open(
        &mut self,
        now: Duration,
        key: (SocketAddr, SocketAddr),
        local: SocketAddr,
        remote: SocketAddr,
        active: bool,
    ) -> io::Result<()> {
        let told = self
            .flows
            .get(&key)
            .is_some_and(|flow| flow.recorded != local && flow.active != active);
        if told {
            return Ok(());
        }
        let (client, server) = if active {
            (local, remote)
        } else {
            (remote, local)
        };
        self.packet(now, client, server, (0, 0), SYN, &[])?;
        self.packet(now, server, client, (0, 1), SYN | ACK, &[])?;
        self.packet(now, client, server, (1, 1), ACK, &[])?;
        self.flows.insert(
            key,
            Flow {
                recorded: local,
                active,
                sent: 1,
                received: 1,
            },
        );
        Ok(())
    }

    fn packet(
        &mut self,
        now: Duration,
        from: SocketAddr,
        to: SocketAddr,
        (sequence, acknowledged): (u32, u32),
        flags: u8,
        payload: &[u8],
    ) -> io::Result<()> {
        let mut frame = Vec::with_capacity(74 + payload.len());
        let ether_type: u16 = if from.is_ipv4() { 0x0800 } else { 0x86DD };
        // Locally administered addresses, told apart by the ports.
        frame.extend_from_slice(&[2, 0, 0, 0]);
        frame.extend_from_slice(&to.port().to_be_bytes());
        frame.extend_from_slice(&[2, 0, 0, 0]);
        frame.extend_from_slice(&from.port().to_be_bytes());
        frame.extend_from_slice(&ether_type.to_be_bytes());
        let mut tcp = Vec::with_capacity(20 + payload.len());
        tcp.extend_from_slice(&from.port().to_be_bytes());
        tcp.extend_from_slice(&to.port().to_be_bytes());
        tcp.extend_from_slice(&sequence.to_be_bytes());
        let number = if flags & ACK != 0 { acknowledged } else { 0 };
        tcp.extend_from_slice(&number.to_be_bytes());
        tcp.extend_from_slice(&[5 << 4, flags, 0xFF, 0xFF, 0, 0, 0, 0]);
        tcp.extend_from_slice(payload);
        ip(&mut frame, from.ip(), to.ip(), &mut tcp);
        frame.extend_from_slice(&tcp);
        let length = frame.len() as u32;
        let packet = PcapPacket::new(now, length, &frame);
        self.writer
            .write_packet(&packet)
            .map(drop)
            .map_err(io::Error::other)
    }
}

/// Appends the IP header and puts the checksum into the TCP segment.
fn ip(frame: &mut Vec<u8>, from: IpAddr, to: IpAddr, tcp: &mut [u8]) {
    let length = tcp.len() as u32;
    let mut pseudo = Vec::with_capacity(40);
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let mut header = vec![0x45, 0];
            header.extend_from_slice(&(20 + length as u16).to_be_bytes());
            header.extend_from_slice(&[0, 0, 0x40, 0, 64, 6, 0, 0]);
            header.extend_from_slice(&from.octets());
            header.extend_from_slice(&to.octets());
            let sum = checksum(&[&header]);
            header[10..12].copy_from_slice(&sum.to_be_bytes());
            frame.extend_from_slice(&header);
            pseudo.extend_from_slice(&from.octets());
            pseudo.extend_from_slice(&to.octets());
        }
        (from, to) => {
            let octets = |ip: IpAddr| match ip {
                IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
                IpAddr::V6(v6) => v6.octets(),
            };
            frame.extend_from_slice(&[0x60, 0, 0, 0]);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
            frame.extend_from_slice(&[6, 64]);
            frame.extend_from_slice(&octets(from));
            frame.extend_from_slice(&octets(to));
            pseudo.extend_from_slice(&octets(from));
            pseudo.extend_from_slice(&octets(to));
        }
    }
    pseudo.extend_from_slice(&6_u32.to_be_bytes());
    pseudo.extend_from_slice(&length.to_be_bytes());
    let sum = checksum(&[&pseudo, tcp]);
    tcp[16..18].copy_from_slice(&sum.to_be_bytes());
}

/// The Internet checksum over pieces of even length (but the last).
fn checksum(pieces: &[&[u8]]) -> u16 {
    let mut sum = 0_u64;
    for piece in pieces {
        let (pairs, rest) = piece.as_chunks::<2>();
        sum += pairs
            .iter()
            .map(|pair| u64::from(u16::from_be_bytes(*pair)))
            .sum::<u64>();
        if let [last] = rest {
            sum += u64::from(*last) << 8;
        }
    }
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}
