//! A hostile peer against the machine: every row of `docs/hostile.md`, in one piece and cut, ends
//! as the row says. The memory above the machine panics when anything is placed outside of what
//! was granted.

use super::support::*;
use crate::crc32c;
use crate::iwarp::{Close, Config, Error, Event, Machine, ReadLimits, Request, Revision};
use crate::rdma::Stag;
use rows::found;

/// One test for each name; a name begins with its row's id, which `check` is given.
macro_rules! row_tests {
    ($check:path: $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                $check(&super::id_of(stringify!($name)))
            }
        )*
    };
}

mod access;
mod consumer;
mod ends;
mod framing;
mod headers;
mod invalidate;
mod reads;
mod rows;
mod startup;

/// All at once.
const WHOLE: usize = usize::MAX >> 1;
/// How the bytes are cut.
const CUTS: [usize; 4] = [WHOLE, 1, 3, 7];

const READ: Rights = Rights {
    read: true,
    write: false,
    invalidatable: true,
};
const WRITE: Rights = Rights {
    read: false,
    write: true,
    invalidatable: true,
};
const BOTH: Rights = Rights {
    read: true,
    write: true,
    invalidatable: true,
};
const NEITHER: Rights = Rights {
    read: false,
    write: false,
    invalidatable: true,
};

const A: u32 = 0x1234_5601;
const B: u32 = 0x2222_2202;
const C: u32 = 0x3333_3303;
const D: u32 = 0x4444_4404;
const E: u32 = 0x5555_5505;
const F: u32 = 0x6666_6606;
const G: u32 = 0x7777_7707;
/// What the regions hold before a row.
const UNTOUCHED: u8 = 0x55;

/// `F01` of `f01_a_length_of_zero`.
fn id_of(test: &str) -> String {
    test[..3].to_uppercase()
}

fn region(stag: u32, rights: Rights, base: u64, len: usize) -> Region {
    Region {
        stag: Stag(stag),
        foreign: false,
        valid: true,
        rights,
        base,
        bytes: vec![UNTOUCHED; len],
    }
}

/// Regions A to G, one 64-byte receive, `ird` inbound Reads allowed, stream up, nothing sent.
fn fixture_with(crc: bool, ird: u16) -> End {
    fixture_as(&Config { crc, ..config() }, ird)
}

/// The fixture, its peer's stream with markers.
fn fixture_with_markers() -> End {
    fixture_as(
        &Config {
            markers: true,
            ..config()
        },
        2,
    )
}

fn fixture_as(config: &Config, ird: u16) -> End {
    let limits = ReadLimits { ird, ord: 2 };
    let config = Config {
        revision: Revision::One,
        caps: limits,
        ..*config
    };
    let crc = config.crc;
    let mut end = End::new(Machine::initiator(&config));
    end.machine.request(0, b"", limits).unwrap();
    end.transmit(WHOLE);
    let flags = if crc { "40" } else { "00" };
    end.take(
        &hex(&format!(
            "4d504120 49442052 65702046 72616d65 {flags}010000"
        )),
        WHOLE,
    );
    end.machine.complete().unwrap();
    end.collect();
    end.memory.regions = vec![
        region(A, BOTH, 0x1000, 0x1000),
        region(B, READ, 0x1000, 0x1000),
        region(C, WRITE, 0x1000, 0x1000),
        Region {
            foreign: true,
            ..region(D, BOTH, 0x1000, 0x1000)
        },
        Region {
            valid: false,
            ..region(E, BOTH, 0x1000, 0x1000)
        },
        region(F, NEITHER, 0x2000, 0x100),
        region(G, BOTH, 0, 0),
    ];
    end.memory.receives.push_back(64);
    end
}

fn fixture() -> End {
    fixture_with(true, 2)
}

/// The fixture with one Read outstanding: 256 bytes to sink F, offset 0x2000.
fn reading() -> End {
    reading_with(true)
}

fn reading_with(crc: bool) -> End {
    let mut end = fixture_with(crc, 2);
    let request = Request::Read {
        len: 256,
        stag: Stag(9),
        to: 0,
        sink_stag: Stag(F),
        sink_to: 0x2000,
    };
    end.requests.push_back((request, vec![UNTOUCHED; 256]));
    end.transmit(WHOLE);
    end
}

fn input(id: &str) -> Vec<u8> {
    rows::bytes_of(found(id).2)
}

/// An FPDU around these bytes from the control field on.
fn fpdu(ulpdu: &[u8]) -> Vec<u8> {
    let mut frame = (ulpdu.len() as u16).to_be_bytes().to_vec();
    frame.extend(ulpdu);
    frame.resize(frame.len().next_multiple_of(4), 0);
    let crc = crc32c::update(0, &frame);
    frame.extend(crc.to_le_bytes());
    frame
}

/// A tagged segment.
fn tagged(control: [u8; 2], stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    let (stag, to) = (stag.to_be_bytes(), to.to_be_bytes());
    fpdu(&[&control[..], &stag, &to, payload].concat())
}

/// A Send's segment that is a whole message.
fn send(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let sequence = sequence.to_be_bytes();
    fpdu(
        &[
            &hex("4143 00000000 00000000"),
            &sequence[..],
            &[0; 4],
            payload,
        ]
        .concat(),
    )
}

/// What the one Terminate in `stream` says.
fn terminate_in(stream: &[u8]) -> String {
    let len = usize::from(u16::from_be_bytes([stream[0], stream[1]]));
    let whole = (2 + len).next_multiple_of(4) + 4;
    assert_eq!(stream.len(), whole, "one FPDU and no more");
    assert_eq!(
        stream[2..20],
        hex("4147 00000000 00000002 00000001 00000000")[..]
    );
    stream[20..24]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn contents(end: &End) -> Vec<Vec<u8>> {
    let regions = end.memory.regions.iter();
    regions.map(|region| region.bytes.clone()).collect()
}

fn failures(end: &End) -> usize {
    let events = end.events.iter();
    events
        .filter(|event| matches!(event, Event::Failed(_)))
        .count()
}

fn failure(end: &End) -> Error {
    match end.events.last() {
        Some(Event::Failed(error)) => *error,
        other => panic!("{other:?}"),
    }
}

/// After the end: nothing counts any more, nothing more is sent, and it was told once.
fn assert_over(end: &mut End, name: &str) {
    let before = (contents(end), end.memory.seen.clone());
    // A good Write to A, and a good Send.
    end.take(&input("T21"), WHOLE);
    end.take(&input("D31"), WHOLE);
    assert_eq!(end.inbox, [], "{name}");
    assert_eq!(before, (contents(end), end.memory.seen.clone()), "{name}");
    assert_eq!(end.transmit(WHOLE), [], "{name}");
    assert!(end.finished, "{name}");
    end.machine.handle_fin();
    end.machine.handle_reset();
    end.collect();
    assert_eq!(failures(end), 1, "{name}");
}

/// The bytes in every cut: in pieces, and in two at each place.
fn cuts(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut ways: Vec<Vec<&[u8]>> = CUTS
        .iter()
        .map(|cut| bytes.chunks(*cut).collect())
        .collect();
    for at in 1..bytes.len().min(100) {
        ways.push(vec![&bytes[..at], &bytes[at..]]);
    }
    ways
}

/// A stream's first marker in front of these bytes, in the first FPDU's CRC if that was right. The
/// rows are shorter than the way to the second marker.
fn marked(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; 4];
    stream.extend(bytes);
    assert!(stream.len() <= 512);
    let len = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let end = 4 + (2 + len).next_multiple_of(4);
    if let Some(sum) = stream.get(end..end + 4).map(<[u8]>::to_vec)
        && sum == crc32c::update(0, &stream[4..end]).to_le_bytes()
    {
        let crc = crc32c::update(0, &stream[..end]).to_le_bytes();
        stream[end..end + 4].copy_from_slice(&crc);
    }
    stream
}

/// One Terminate of the row's code, nothing delivered, and the end is the end.
fn assert_terminates(id: &str, make: fn() -> End) {
    assert_bytes_terminate(id, &input(id), make);
}

fn assert_bytes_terminate(id: &str, bytes: &[u8], make: fn() -> End) {
    for pieces in cuts(bytes) {
        let mut end = make();
        for piece in &pieces {
            end.take(piece, WHOLE);
        }
        let name = format!("{id} in {} pieces, first {}", pieces.len(), pieces[0].len());
        assert_eq!(terminate_in(&end.transmit(WHOLE)), found(id).3, "{name}");
        assert_eq!(failure(&end).close(), Close::Graceful, "{name}");
        let seen = &end.memory.seen;
        assert!(
            seen.iter()
                .all(|seen| matches!(seen, Seen::ReceiveFailed(_))),
            "{name}: {seen:?}"
        );
        assert_over(&mut end, &name);
    }
}

/// A row of `TERMINATED`, with CRC on and off, and with markers; nothing at all is placed.
fn ends_the_stream(id: &str) {
    assert_terminates(id, fixture);
    if found(id).3 != "20020000" {
        assert_terminates(id, || fixture_with(false, 2));
    }
    assert_bytes_terminate(id, &marked(&input(id)), fixture_with_markers);
    // F13 may place as it streams, T16 has a good segment first: both have a test of their own.
    if !["F13", "T16"].contains(&id) {
        let mut end = fixture();
        end.take(&input(id), WHOLE);
        assert_untouched(&end);
    }
}

/// A row of `TERMINATED_WITH_READ_OUTSTANDING`: the Read is not completed.
fn ends_the_stream_of_a_reader(id: &str) {
    assert_terminates(id, reading);
    assert_terminates(id, || reading_with(false));
    let mut end = reading();
    end.take(&input(id), WHOLE);
    assert_untouched(&end);
}

fn assert_untouched(end: &End) {
    for region in &end.memory.regions {
        assert!(region.bytes.iter().all(|byte| *byte == UNTOUCHED));
    }
}

fn received(bytes: &[u8]) -> Seen {
    Seen::Received {
        bytes: bytes.to_vec(),
        solicited: false,
        invalidated: None,
    }
}

/// Good input, in every cut: nothing fails, all is taken, and then `check`.
fn accepted(id: &str, make: impl Fn() -> End, check: impl Fn(&mut End)) {
    let bytes = input(id);
    for pieces in cuts(&bytes) {
        let mut end = make();
        for piece in pieces {
            end.take(piece, WHOLE);
        }
        assert_eq!(failures(&end), 0, "{id}");
        assert_eq!(end.inbox, []);
        check(&mut end);
    }
}
