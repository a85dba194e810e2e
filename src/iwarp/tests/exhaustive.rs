//! Header parsing and the arithmetic of segments over whole small domains: every control byte,
//! every length, every place of a small message. What is expected is written here from the RFCs,
//! in words of its own: nothing of the parsers is used to judge them.

use super::super::error::Error;
use super::super::reads::{Outbound, Reads};
use super::super::wire::ddp::{Control, Header, TAGGED_LEN, Tagged, UNTAGGED_LEN, Untagged};
use super::super::wire::rdmap::{Opcode, READ_REQUEST_ULPDU, ReadRequest};
use super::super::wire::{fpdu, mpa, terminate};
use crate::rdma::Stag;

const OPCODES: [Opcode; 8] = [
    Opcode::Write,
    Opcode::ReadRequest,
    Opcode::ReadResponse,
    Opcode::Send,
    Opcode::SendInvalidate,
    Opcode::SendSolicited,
    Opcode::SendSolicitedInvalidate,
    Opcode::Terminate,
];

/// RFC 5041 sections 4.1 to 4.3, RFC 5040 section 4.1: what two control bytes mean, and which of
/// several faults is told.
fn meaning_of(length: u16, ddp: u8, rdmap: u8) -> Result<Control, Error> {
    let (tagged, last) = (ddp & 0x80 != 0, ddp & 0x40 != 0);
    let opcode = rdmap % 16;
    let short = Error::UlpduLength { length };
    if length < if tagged { 14 } else { 18 } {
        return Err(short);
    }
    match (tagged, ddp % 4) {
        (_, 1) => {}
        (true, _) => return Err(Error::TaggedVersion),
        (false, _) => return Err(Error::UntaggedVersion),
    }
    if rdmap / 64 != 1 {
        return Err(Error::RdmapVersion);
    }
    // RFC 7306's opcodes come after 7, and are none of ours.
    let opcode = *OPCODES
        .get(usize::from(opcode))
        .ok_or(Error::Opcode { opcode })?;
    // RFC 5040 figure 4: a Read Request's header is 28 bytes.
    if !tagged && opcode == Opcode::ReadRequest && length < 18 + 28 {
        return Err(short);
    }
    Ok(Control {
        tagged,
        last,
        opcode,
    })
}

#[test]
fn every_pair_of_control_bytes_means_what_the_rfcs_say() {
    let lengths = (0..=80).chain([255, 256, 1000, 32_767, 32_768, 64_768, 65_535]);
    for length in lengths {
        for bytes in 0..=u16::MAX {
            let [ddp, rdmap] = bytes.to_be_bytes();
            let expected = meaning_of(length, ddp, rdmap);
            assert_eq!(
                Control::parse(length, ddp, rdmap),
                expected,
                "{length} {ddp:02x} {rdmap:02x}"
            );
            let Ok(control) = expected else { continue };
            let wanted = control.header_len(length);
            assert!(wanted <= usize::from(length));
            let least = if control.tagged { 14 } else { 18 };
            assert!(wanted >= least, "the header is never cut");
        }
    }
}

/// Each bit of a header belongs to one field, and comes back from where it was put.
#[test]
fn every_header_bit_is_read_where_it_is_written() {
    for opcode in OPCODES {
        for last in [false, true] {
            for bit in 0..96 {
                let (stag, to) = ((1_u128 << bit >> 64) as u32, (1_u128 << bit) as u64);
                let header = Tagged {
                    last,
                    opcode,
                    stag: Stag(stag),
                    to,
                };
                let fpdu = header.emit(7);
                assert_eq!(read(&fpdu, TAGGED_LEN + 7), Header::Tagged(header));
            }
            for bit in 0..128 {
                let field = |number: u32| (1_u128 << bit >> (32 * number)) as u32;
                let header = Untagged {
                    last,
                    opcode,
                    invalidate: Stag(field(0)),
                    queue: field(1),
                    sequence: field(2),
                    offset: field(3),
                };
                let fpdu = header.emit(28);
                assert_eq!(read(&fpdu, UNTAGGED_LEN + 28), Header::Untagged(header));
            }
        }
    }
}

fn read(fpdu: &[u8], ulpdu: usize) -> Header {
    let length = u16::from_be_bytes([fpdu[0], fpdu[1]]);
    assert_eq!(usize::from(length), ulpdu);
    let control = Control::parse(length, fpdu[2], fpdu[3]).unwrap();
    for cut in 0..fpdu.len() - 2 {
        assert_eq!(Header::parse(control, &fpdu[2..2 + cut]), None, "cut short");
    }
    Header::parse(control, &fpdu[2..]).unwrap()
}

#[test]
fn every_bit_of_a_read_request_is_read_where_it_is_written() {
    for bit in 0..224 {
        let mut bytes = [0; READ_REQUEST_ULPDU];
        bytes[UNTAGGED_LEN + bit / 8] = 0x80 >> (bit % 8);
        let request = ReadRequest::parse(&bytes).unwrap();
        assert_eq!(request.emit(), bytes[UNTAGGED_LEN..]);
        let one = |from: usize, width: usize| match bit.checked_sub(from) {
            Some(bit) if bit < width => 1_u64 << (width - 1 - bit),
            _ => 0,
        };
        let expected = ReadRequest {
            sink_stag: Stag(one(0, 32) as u32),
            sink_to: one(32, 64),
            len: one(96, 32) as u32,
            source_stag: Stag(one(128, 32) as u32),
            source_to: one(160, 64),
        };
        assert_eq!(request, expected);
        for cut in 0..READ_REQUEST_ULPDU {
            assert_eq!(ReadRequest::parse(&bytes[..cut]), None);
        }
    }
}

/// RFC 5044 section 4: an FPDU is a multiple of four bytes, and one of ours fits a TCP segment.
#[test]
fn every_fpdu_is_a_multiple_of_four_and_fits_its_segment() {
    for ulpdu in 0..=usize::from(u16::MAX) {
        let pad = fpdu::pad(ulpdu);
        assert!(pad < 4 && (2 + ulpdu + pad).is_multiple_of(4), "{ulpdu}");
        assert_eq!(fpdu::total(ulpdu), 2 + ulpdu + pad + 4);
        let parsed = fpdu::parse_length((ulpdu as u16).to_be_bytes());
        assert_eq!(parsed.is_ok(), (1..=64_768).contains(&ulpdu));
    }
    for emss in 0..=70_000 {
        for markers in [false, true] {
            let ulpdu = fpdu::mulpdu(emss, markers);
            assert!((128..=64_768).contains(&ulpdu), "{emss}");
            let total = fpdu::total(ulpdu);
            // At worst the first marker stands in front of the FPDU.
            let on_the_wire = match markers {
                false => total,
                true => total + 4 * total.div_ceil(512 - 4),
            };
            let segment = emss as usize;
            assert!(on_the_wire <= segment || ulpdu == 128, "{emss} {markers}");
            // And wastes no more than a marker and the padding could have taken.
            let waste = if markers { 16 } else { 8 };
            assert!(
                on_the_wire + waste > segment || ulpdu == 64_768,
                "{emss} {markers}: {ulpdu}"
            );
        }
    }
}

/// RFC 5044 section 7.1, RFC 6581 section 6: key, revision, length, in that order.
#[test]
fn every_fixed_part_of_a_start_up_frame_means_what_the_rfcs_say() {
    let lengths = [0, 1, 3, 4, 5, 511, 512, 513, 0x8000, u16::MAX];
    for flags in 0..=u8::MAX {
        for revision in 0..=u8::MAX {
            for length in lengths {
                start_up_header(flags, revision, length);
            }
        }
    }
    for length in 0..=u16::MAX {
        for flags in [0, 0x10] {
            start_up_header(flags, 2, length);
        }
    }
}

fn start_up_header(flags: u8, revision: u8, length: u16) {
    let mut bytes = [0; mpa::HEADER_LEN];
    bytes[..16].copy_from_slice(&mpa::REQUEST_KEY);
    bytes[16] = flags;
    bytes[17] = revision;
    bytes[18..].copy_from_slice(&length.to_be_bytes());
    let enhanced = revision == 2 && flags & 0x10 != 0;
    let expected = match (revision, length) {
        (1 | 2, 0..=512) if enhanced && length < 4 => Err(Error::StartupBlock),
        (1 | 2, 0..=512) => Ok(mpa::Header {
            markers: flags & 0x80 != 0,
            crc: flags & 0x40 != 0,
            rejected: flags & 0x20 != 0,
            enhanced,
            revision,
            private_len: length,
        }),
        (1 | 2, _) => Err(Error::StartupLength { declared: length }),
        _ => Err(Error::StartupRevision { revision }),
    };
    let parsed = mpa::Header::parse(&bytes, &mpa::REQUEST_KEY);
    assert_eq!(parsed, expected, "{flags:02x} {revision} {length}");
    if let Ok(header) = parsed {
        let again = header.emit(&mpa::REQUEST_KEY);
        let known = if revision == 2 { 0xf0 } else { 0xe0 };
        bytes[16] &= known;
        assert_eq!(again, bytes, "written as it was read");
    }
    let other = mpa::Header::parse(&bytes, &mpa::REPLY_KEY);
    assert_eq!(other, Err(Error::StartupKey));
}

#[test]
fn every_read_limit_and_ready_bit_comes_back() {
    for word in 0..=u16::MAX {
        let [high, low] = word.to_be_bytes();
        for other in [0x0000, 0x4000, 0x8000, 0xc000, 0x3fff, 0xffff_u16] {
            let [first, second] = other.to_be_bytes();
            let block = mpa::Block::parse([high, low, first, second]);
            let peer = word & 0x8000 != 0;
            let expected = mpa::Block {
                peer_to_peer: peer,
                send: peer && word & 0x4000 != 0,
                write: peer && other & 0x8000 != 0,
                read: peer && other & 0x4000 != 0,
                ird: word & 0x3fff,
                ord: other & 0x3fff,
            };
            assert_eq!(block, expected, "{word:04x} {other:04x}");
            assert_eq!(mpa::Block::parse(block.emit()), block);
            // The second half likewise.
            let ord = mpa::Block::parse([first, second, high, low]).ord;
            assert_eq!(ord, word & 0x3fff);
        }
    }
}

/// RFC 5040 section 4.8: every Terminate, cut anywhere, is read or refused, and what it quotes is
/// believed only as far as it is there.
#[test]
fn every_terminate_is_read_as_far_as_it_goes() {
    let quoted = Untagged {
        last: true,
        opcode: Opcode::ReadRequest,
        invalidate: Stag(0),
        queue: 1,
        sequence: 77,
        offset: 0,
    };
    let request = ReadRequest {
        sink_stag: Stag(0xabcd),
        ..ReadRequest::default()
    };
    let mut ulpdu = vec![0; UNTAGGED_LEN + 4];
    ulpdu.extend(quoted.emit(28));
    ulpdu.extend(request.emit());
    let (with_header, with_request) = (UNTAGGED_LEN + 4 + 2 + 18, ulpdu.len());
    let header = Untagged {
        last: true,
        opcode: Opcode::Terminate,
        invalidate: Stag(0),
        queue: 2,
        sequence: 1,
        offset: 0,
    };
    for flags in 0..=u8::MAX {
        ulpdu[UNTAGGED_LEN..][..3].copy_from_slice(&[0x01, 0x02, flags]);
        // The D bit; or, when all of the high bits are 0, the same bit as siw writes it.
        let quotes = flags & 0x40 != 0 || flags & 0xfa == 0x02;
        for cut in UNTAGGED_LEN..=ulpdu.len() {
            let parsed = terminate::parse(&header, &ulpdu[..cut]);
            if cut < UNTAGGED_LEN + 4 {
                assert_eq!(parsed, Err(Error::TerminateShape));
                continue;
            }
            let (terminate, read) = parsed.unwrap();
            assert_eq!((terminate.layer_and_type, terminate.code), (0x01, 0x02));
            let believed = read.map(|read| (read.sequence, read.sink));
            let expected = match cut {
                _ if !quotes || cut < with_header => None,
                _ if cut < with_request => Some((77, None)),
                _ => Some((77, Some(Stag(0xabcd)))),
            };
            assert_eq!(believed, expected, "{flags:02x} {cut}");
        }
    }
    for wrong in [
        Untagged {
            last: false,
            ..header
        },
        Untagged { queue: 0, ..header },
        Untagged {
            sequence: 2,
            ..header
        },
    ] {
        let parsed = terminate::parse(&wrong, &ulpdu);
        assert_eq!(parsed, Err(Error::TerminateShape));
    }
}

/// RFC 5040 section 5.2: of a Read of up to six bytes, answered so far to any of them, every
/// segment: only the next bytes, at their place, the last one where the message ends.
#[test]
fn every_segment_of_a_read_response_continues_it_or_is_refused() {
    const BASE: u64 = 100;
    for (len, placed) in (0..=6_u32).flat_map(|len| (0..=len).map(move |placed| (len, placed))) {
        let mut reads = Reads::new(1, 1);
        let read = Outbound {
            sequence: 1,
            sink_stag: Stag(5),
            sink_to: BASE,
            len,
            silent: false,
        };
        assert!(reads.requested(read));
        assert!(reads.deliver_response(placed, false).is_none());
        for (stag, to, segment, last) in segments(BASE) {
            let header = Tagged {
                last,
                opcode: Opcode::ReadResponse,
                stag,
                to,
            };
            let matched = reads.match_response(&header, segment);
            let expected = match (len, segment, last) {
                // Where a Read of nothing goes is nobody's business.
                (1.., ..) if stag != Stag(5) => Err(Error::ReadResponseStag),
                (1.., ..) if to != BASE + u64::from(placed) => Err(Error::ReadResponseRange),
                // An empty one that is not the last could be sent for ever.
                (_, 0, false) => Err(Error::ReadResponseRange),
                _ if segment > len - placed => Err(Error::ReadResponseRange),
                (_, _, true) if segment < len - placed => Err(Error::ReadResponseRange),
                _ => Ok(placed),
            };
            assert_eq!(matched, expected, "{len} {placed} {to} {segment} {last}");
        }
    }
}

fn segments(base: u64) -> impl Iterator<Item = (Stag, u64, u32, bool)> {
    let places = (base - 1..=base + 7).chain([0, u64::MAX]);
    let sizes = (0..=7_u32).chain([u32::MAX]);
    let sizes = move |to| sizes.clone().map(move |size| (to, size));
    places.flat_map(sizes).flat_map(|(to, size)| {
        [(5, false), (5, true), (6, false), (6, true)]
            .map(|(stag, last)| (Stag(stag), to, size, last))
    })
}
