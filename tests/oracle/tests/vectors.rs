//! The model against published bytes.

use sha2::{Digest, Sha256};
use softrnic_oracle::ddp::{self, Place, Read, Segment};
use softrnic_oracle::mpa::{self, Enhanced, Fault, Framing, Next, Start, Writer, crc32c};
use softrnic_oracle::trace::Trace;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|d| d as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn send(msn: u32, data: &[u8]) -> Vec<u8> {
    let place = Place::Untagged {
        word: 0,
        qn: 0,
        msn,
        mo: 0,
    };
    Segment::new(ddp::SEND, true, place, data.to_vec()).bytes()
}

fn stream(framing: Framing, ulpdus: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = Writer::new(framing);
    for ulpdu in ulpdus {
        writer.fpdu(ulpdu, 0, 0, Fault::default());
    }
    writer.bytes
}

const CRC: Framing = Framing {
    crc: true,
    markers: false,
};
const MARKED: Framing = Framing {
    crc: true,
    markers: true,
};

// RFC 3720 appendix B.4.
#[test]
fn sums() {
    let rising: Vec<u8> = (0..32).collect();
    let table: [(&[u8], u32); 5] = [
        (b"", 0),
        (b"123456789", 0xe306_9283),
        (&[0; 32], 0x8a91_36aa),
        (&[0xff; 32], 0x62a8_ab43),
        (&rising, 0x46dd_794e),
    ];
    for (bytes, sum) in table {
        assert_eq!(crc32c(bytes), sum, "{bytes:?}");
    }
}

#[test]
fn fpdus() {
    let read = Read {
        sink_stag: 0x1122_3344,
        sink_to: 0x2000,
        len: 4096,
        source_stag: 0x5566_7788,
        source_to: 0x3000,
    };
    let asked = Place::Untagged {
        word: 0,
        qn: 1,
        msn: 1,
        mo: 0,
    };
    let tagged = Place::Tagged {
        stag: 0x1234_5678,
        to: 0x1000,
    };
    let table = [
        (
            send(1, b"ping"),
            "00164143 00000000 00000000 00000001 00000000 70696e67 a5487fa7",
        ),
        (
            Segment::new(ddp::WRITE, true, tagged, b"hello".to_vec()).bytes(),
            "0013c140 12345678 00000000 00001000 68656c6c 6f000000 4bf8eb4a",
        ),
        (
            Segment::new(ddp::READ_REQUEST, true, asked, read.bytes()).bytes(),
            "002e4141 00000000 00000001 00000001 00000000 11223344 00000000 00002000 00001000
                55667788 00000000 00003000 16667bd9",
        ),
    ];
    for (ulpdu, fpdu) in table {
        let bytes = stream(CRC, std::slice::from_ref(&ulpdu));
        assert_eq!(bytes, hex(fpdu));
        let Next::Ulpdu {
            ulpdu: back, end, ..
        } = mpa::next(&bytes, 0, CRC)
        else {
            panic!("{fpdu}");
        };
        assert_eq!(Segment::parse(&back).unwrap().bytes(), ulpdu);
        assert_eq!((back, end), (ulpdu, bytes.len()));
    }
}

#[test]
fn streams_with_markers() {
    let rising = |len: usize| (0..len).map(|i| i as u8).collect::<Vec<u8>>();
    let table = [
        (
            vec![send(1, &rising(1000))],
            "8c9f6226072d2e3197b3fe9bfc78860db1ffff3fcb87b325f52a0331dc4aa4e7",
        ),
        (
            vec![send(1, &rising(488))],
            "015e3b33240f0b54ea958c72518c26151bd4b828140319bf25597d43bae9f58f",
        ),
        (
            vec![send(1, &rising(484)), send(2, b"ABCD")],
            "1953d25df5721986f198611932fc78a3d03c1f934b768f8a1bf9d63709ff2082",
        ),
    ];
    for (ulpdus, sum) in table {
        let bytes = stream(MARKED, &ulpdus);
        assert_eq!(Sha256::digest(&bytes)[..], hex(sum)[..]);
        let mut at = 0;
        for ulpdu in ulpdus {
            match mpa::next(&bytes, at, MARKED) {
                Next::Ulpdu {
                    ulpdu: back, end, ..
                } if back == ulpdu => at = end,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(mpa::next(&bytes, at, MARKED), Next::End);
    }
}

#[test]
fn startup_frames() {
    let m3 = Start {
        crc: true,
        revision: 2,
        enhanced: Some(Enhanced {
            peer: true,
            write: true,
            read: true,
            ird: 16,
            ord: 16,
            ..Enhanced::default()
        }),
        ..Start::default()
    };
    let bytes = hex("4d504120 49442052 65712046 72616d65 50020004 8010c010");
    assert_eq!(m3.bytes(), bytes);
    assert_eq!(Start::parse(&bytes), Some((m3, 24)));
}

#[test]
fn a_trace_reads_back_as_it_is_written() {
    for name in ["send-kinds", "mpa2-reject", "raw-reset", "raw-dribble"] {
        let trace = Trace::named(name);
        let again = Trace::parse(&trace.name, &trace.text());
        assert_eq!(again, Ok(trace));
    }
}
