//! Markers in what we send, found by a walk of its own (RFC 5044 sections 4.2 to 4.4). What we
//! receive with markers is in `tests::markers`.

use super::*;

const SPACING: usize = 512;

/// A stream with markers taken apart.
struct Walk {
    /// Where each marker stands, its four bytes, and what its pointer must be.
    markers: Vec<(usize, [u8; 4], u16)>,
    ulpdus: Vec<Vec<u8>>,
}

/// Everything at a multiple of 512 is a marker. The sum of each FPDU must be right: from the
/// marker before its length field, if one is there, to its CRC.
fn walk(stream: &[u8]) -> Walk {
    let is_marker = |at: &usize| at % SPACING < 4;
    let places: Vec<usize> = (0..stream.len()).filter(|at| !is_marker(at)).collect();
    let mut pointers = vec![0; stream.len().div_ceil(SPACING)];
    let mut ulpdus = Vec::new();
    let mut rest = &places[..];
    while !rest.is_empty() {
        let byte = |n: usize| stream[rest[n]];
        let len = usize::from(u16::from_be_bytes([byte(0), byte(1)]));
        let summed = (2 + len).next_multiple_of(4);
        let (first, sum) = (rest[0], rest[summed]);
        let begin = if is_marker(&(first - 1)) {
            first - 4
        } else {
            first
        };
        let crc = crc32c::update(0, &stream[begin..sum]).to_le_bytes();
        assert_eq!(stream[sum..sum + 4], crc, "the FPDU at {first}");
        for at in (first..sum).filter(|at| at % SPACING == 0) {
            pointers[at / SPACING] = (at - first) as u16;
        }
        ulpdus.push((2..2 + len).map(byte).collect());
        rest = &rest[summed + 4..];
    }
    let marker = |(n, expected)| {
        let at = n * SPACING;
        (at, stream[at..at + 4].try_into().unwrap(), expected)
    };
    Walk {
        markers: pointers.into_iter().enumerate().map(marker).collect(),
        ulpdus,
    }
}

/// Sends of every length up to 700, and one long Write, from an end that was asked for markers.
fn marked(mut end: End) -> Vec<u8> {
    for len in 0..700 {
        end.send(&rising(len), false, None);
    }
    end.write(7, 0, &rising(100_000));
    end.transmit(1 << 20)
}

fn streams() -> impl Iterator<Item = Vec<u8>> {
    let sizes = [536, 1460, 65_483].into_iter();
    sizes.map(|emss| marked(initiator(&Config { emss, ..plain() }, "c0010000")))
}

/// RFC5044-4.3-1, RFC5044-4.3-2, RFC5044-4.3-7, RFC5044-7.1.1-6.
#[test]
fn every_512_bytes_and_nowhere_else() {
    for stream in streams() {
        let walk = walk(&stream);
        let payload: usize = walk.ulpdus.iter().map(|ulpdu| ulpdu.len()).sum();
        let headers = 18 * 700 + 14 * (walk.ulpdus.len() - 700);
        // Long Sends of small segments have more headers than one.
        assert!(payload >= headers + 700 * 699 / 2 + 100_000);
        assert_eq!(walk.markers[0], (0, [0; 4], 0));
    }
}

/// RFC5044-4.2-1, RFC5044-4.2-2, RFC5044-4.2-4, RFC5044-4.3-3, RFC5044-4.3-8, RFC5044-4.3-9.
#[test]
fn pointers_lead_back_to_the_length_field() {
    let mut between = 0;
    for stream in streams() {
        for (at, marker, expected) in walk(&stream).markers {
            assert_eq!(marker[..2], [0, 0], "reserved, {at}");
            let pointer = u16::from_be_bytes([marker[2], marker[3]]);
            assert_eq!(pointer, expected, "{at}");
            assert_eq!(pointer % 4, 0);
            between += usize::from(at > 0 && pointer == 0);
        }
    }
    assert!(between > 0, "none stood between FPDUs");
}

/// RFC5044-4.3-5, RFC5044-4.4-12.
#[test]
fn the_crc_covers_them() {
    // `walk` computes each sum over the markers.
    for stream in streams() {
        assert!(walk(&stream).ulpdus.len() > 700);
    }
}

/// RFC5044-4.3-1, RFC5044-7.1.1-6.
#[test]
fn a_responder_inserts_them_too() {
    for request in ["c0010000", "d0020004 80108010"] {
        let mut end = responder(&config(), request);
        end.take(&send(1, b"first"), WHOLE);
        let stream = marked(end);
        assert_eq!(stream[..4], [0; 4]);
        assert!(walk(&stream).ulpdus.len() > 700);
    }
}

/// RFC5044-7.1.1-5.
#[test]
fn none_unless_the_peer_asks() {
    let mut responder = responder(&plain(), "40010000");
    responder.take(&send(1, b"first"), WHOLE);
    for end in [initiator(&plain(), "40010000"), responder] {
        assert!(segments(&marked(end)).len() > 700);
    }
}
