//! What the machine costs by itself. `cargo test --release -p softrnic rates -- --ignored
//! --nocapture` prints it; nothing is asserted. `RATES_MIB` is the amount per row (256; small under
//! callgrind, which counts the instructions).

use super::support::config;
use crate::iwarp::{
    AccessError, Config, FrameSize, Frames, InvalidateError, Machine, PayloadError, ReadLimits,
    ReceiveBuffer, ReceiveFault, Received, Request, Source, Trailer, Transmit, Upper,
};
use crate::{crc32c, rdma::Stag};
use std::time::Instant;

/// One flat buffer: for every receive, every Write, every Read.
struct Flat(Vec<u8>);

impl Flat {
    fn place(&mut self, at: usize, bytes: &[u8]) -> Result<(), AccessError> {
        let to = self
            .0
            .get_mut(at..at + bytes.len())
            .ok_or(AccessError::Bounds)?;
        to.copy_from_slice(bytes);
        Ok(())
    }
}

impl Upper for Flat {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        ReceiveBuffer::Ready {
            capacity: self.0.len() as u64,
        }
    }
    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        self.place(offset as usize, bytes)
    }
    fn receive_done(&mut self, _: Received) {}
    fn receive_failed(&mut self, _: ReceiveFault) {}
    fn check_write(&mut self, _: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        let fits = to as usize + len as usize <= self.0.len();
        fits.then_some(()).ok_or(AccessError::Bounds)
    }
    fn write_place(&mut self, _: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError> {
        self.place(to as usize, bytes)
    }
    fn check_read(&mut self, _: Stag, _: u64, _: u32) -> Result<(), AccessError> {
        Ok(())
    }
    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        self.place(offset as usize, bytes)
    }
    fn read_done(&mut self) {}
    fn invalidate(&mut self, _: Stag) -> Result<(), InvalidateError> {
        Ok(())
    }
}

/// Copies everything, as a staging sink does.
struct Staging<'a> {
    from: &'a [u8],
    out: &'a mut Vec<u8>,
    room: usize,
    start: usize,
}

impl Frames for Staging<'_> {
    fn begin(&mut self, size: FrameSize) -> bool {
        self.start = self.out.len();
        self.start + size.copied + size.payload <= self.room
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }
    fn payload(&mut self, source: Source, len: u32) -> Result<(), PayloadError> {
        let Source::Request { offset } = source else {
            return Err(PayloadError::Full);
        };
        self.out
            .extend_from_slice(&self.from[offset as usize..][..len as usize]);
        Ok(())
    }
    fn end(&mut self, trailer: Trailer) {
        if trailer == Trailer::Crc {
            let crc = crc32c::update(0, &self.out[self.start..]);
            self.out.extend_from_slice(&crc.to_le_bytes());
        }
    }
    fn cancel(&mut self) {}
}

fn pair(emss: u32) -> (Machine, Machine) {
    let config = Config { emss, ..config() };
    let limits = ReadLimits { ird: 16, ord: 16 };
    let (mut client, mut server) = (Machine::initiator(&config), Machine::responder(&config, 0));
    let mut memory = Flat(vec![0; 64]);
    let pass = |from: &mut Machine, to: &mut Machine, memory: &mut Flat| {
        let mut out = Vec::new();
        let mut sink = Staging {
            from: &[],
            out: &mut out,
            room: 1 << 20,
            start: 0,
        };
        assert_eq!(from.poll_transmit(&mut sink), Transmit::Idle);
        assert_eq!(to.receive(&out, memory), out.len());
    };
    client.request(0, b"", limits).unwrap();
    pass(&mut client, &mut server, &mut memory);
    server.accept(0, b"", limits).unwrap();
    pass(&mut server, &mut client, &mut memory);
    client.complete().unwrap();
    pass(&mut client, &mut server, &mut memory);
    (client, server)
}

#[test]
#[ignore = "prints figures, asserts nothing"]
fn rates() {
    let given = std::env::var("RATES_MIB")
        .ok()
        .and_then(|text| text.parse().ok());
    let mebibytes: usize = given.unwrap_or(256);
    for (name, len, emss, write, slice) in [
        ("send", 64u32, 65_483, false, 256 * 1024),
        ("write", 4096, 65_483, true, 256 * 1024),
        ("write", 65_536, 65_483, true, 256 * 1024),
        ("write", 1 << 20, 65_483, true, 256 * 1024),
        ("write", 1 << 20, 1448, true, 256 * 1024),
        ("write", 1 << 20, 1448, true, 1448),
        ("write", 1 << 20, 65_483, true, 1448),
    ] {
        let (mut client, mut server) = pair(emss);
        let payload = vec![7; len as usize];
        let mut memory = Flat(vec![0; 1 << 20]);
        let mut out = Vec::with_capacity(300 * 1024);
        let (mut framing, mut placing) = (0.0, 0.0);
        let messages = ((mebibytes << 20) / len as usize).clamp(1, 400_000);
        let mut done = 0;
        while done < messages {
            let begin = Instant::now();
            out.clear();
            loop {
                let request = match write {
                    true => Request::Write {
                        len,
                        stag: Stag(1),
                        to: 0,
                    },
                    false => Request::Send {
                        len,
                        solicited: false,
                        invalidate: None,
                    },
                };
                if client.can_start(&request) {
                    client.start(request).unwrap();
                }
                let mut sink = Staging {
                    from: &payload,
                    out: &mut out,
                    room: 256 * 1024,
                    start: 0,
                };
                match client.poll_transmit(&mut sink) {
                    Transmit::MessageDone => done += 1,
                    Transmit::Full => break,
                    other => panic!("{other:?}"),
                }
            }
            framing += begin.elapsed().as_secs_f64();
            let begin = Instant::now();
            for piece in out.chunks(slice) {
                assert_eq!(server.receive(piece, &mut memory), piece.len());
            }
            placing += begin.elapsed().as_secs_f64();
        }
        let each = |seconds: f64| seconds * 1e9 / done as f64;
        let rate = |seconds: f64| done as f64 * f64::from(len) / seconds / (1u64 << 30) as f64;
        println!(
            "{name} {len:7} B, MSS {emss:5}, slices of {slice:6}: framed {:9.1} ns {:5.1} GiB/s, \
             placed {:9.1} ns {:5.1} GiB/s",
            each(framing),
            rate(framing),
            each(placing),
            rate(placing)
        );
    }
}
