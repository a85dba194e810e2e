//! The Terminate: what goes out, and what is made of one that comes (RFC 5040 sections 4.8, 5.4,
//! 6.2.1 and 7.1).

use super::*;
use crate::iwarp::{Close, PeerTerminate};

/// A Terminate with this body.
fn incoming(body: &[u8]) -> Vec<u8> {
    fpdu(&untagged(0x41, 7, 2, 1, 0, body))
}

/// RFC5044-8-11, RFC5041-6.2.2-3, RFC5041-6.2.2-4, RFC5041-7.1-16, RFC5040-6.2.1-1,
/// RFC5040-6.2.1-4.
#[test]
fn a_terminate_goes_out_before_tcp_is_closed() {
    let mut bad_sum = send(1, b"x");
    *bad_sum.last_mut().unwrap() ^= 1;
    for stream in [bad_sum, send(2, b"x"), write(1, 2, b"x")] {
        let mut end = up();
        end.take(&stream, WHOLE);
        assert!(!end.finished, "the Terminate goes first");
        terminate(&end.transmit(WHOLE));
        assert!(end.finished);
        assert_eq!(failure(&end).unwrap().close(), Close::Graceful);
    }
}

/// RFC5040-4.8-1, RFC5040-4.8-2, RFC5040-4.8-7, RFC5040-5.4-1, RFC5040-5.4-2, RFC5040-5.4-3.
#[test]
fn it_is_one_untagged_message_on_queue_two() {
    let mut end = up();
    end.take(&send(9, b"x"), WHOLE);
    let segments = segments(&end.transmit(WHOLE));
    let [only] = &segments[..] else { panic!() };
    assert!(!only.is_tagged() && only.is_last());
    assert_eq!((only.opcode(), only.queue()), (7, 2));
    assert_eq!((only.sequence(), only.offset(), only.stag()), (1, 0, 0));
    // Layer 1, type 2, code 3; length and DDP header follow; thirteen reserved bits.
    assert_eq!(only.payload()[..4], hex("1203c000"));
}

/// RFC5040-4.8-5, RFC5040-4.8-6, RFC5040-4.8-8, RFC5040-4.8-9, RFC5040-4.8-10, RFC5040-4.8-11,
/// RFC5040-7.1-2, RFC5040-7.1-3, RFC5040-7.1-4.
// RFC5040-4.8-4.
#[test]
fn it_quotes_what_its_kind_of_error_calls_for() {
    let refused = write(REGION, 0, b"bounds");
    let request = read_request(1, (1, 2), 16, (REGION, 0));
    let wrong_number = read_request(2, (1, 2), 16, (REGION, 0x1000));
    let rows = [
        // DDP: length and DDP header.
        (
            refused.clone(),
            "1101c000",
            [hex("0014"), refused[2..16].to_vec()].concat(),
        ),
        // Remote protection, of a Read Request: its own header too.
        (
            fpdu(&request),
            "0101e000",
            [hex("002e"), request.clone()].concat(),
        ),
        // DDP, of a Read Request: not that.
        (
            fpdu(&wrong_number),
            "1203c000",
            [hex("002e"), wrong_number[..18].to_vec()].concat(),
        ),
        // Framing: nothing.
        (hex("0000 0000 0000 0000"), "10000000", vec![]),
    ];
    for (stream, code, quote) in rows {
        let mut end = up();
        end.take(&stream, WHOLE);
        assert_eq!(terminate(&end.transmit(WHOLE)), (code.to_owned(), quote));
    }
    // Local: nothing.
    let mut end = up();
    end.machine.fail();
    assert_eq!(
        terminate(&end.transmit(WHOLE)),
        ("00000000".to_owned(), vec![])
    );
    let mut end = up();
    end.memory.outgoing_broken = true;
    end.send(b"gone", false, None);
    assert_eq!(
        terminate(&end.transmit(WHOLE)),
        ("00000000".to_owned(), vec![])
    );
}

/// RFC5040-4.8-12: a Read that was answered in part is quoted as what is left of it.
#[test]
fn a_read_half_answered_is_quoted_as_it_stands() {
    let mut end = up();
    end.take(
        &fpdu(&read_request(1, (0x11, 0x22), 4096, (REGION, 0x1000))),
        WHOLE,
    );
    let mut sink = Sink::new(&end.memory, 1500);
    let _full = end.machine.poll_transmit(&mut sink);
    let done = segments(&sink.bytes)[0].payload().len();
    end.memory.region_mut(REGION).valid = false;
    let (code, quote) = terminate(&end.transmit(WHOLE));
    assert_eq!(code, "0100e000");
    let (done32, done64) = (done as u32, done as u64);
    let left = read_request(
        1,
        (0x11, 0x22 + done64),
        4096 - done32,
        (REGION, 0x1000 + done64),
    );
    assert_eq!(quote, [hex("002e"), left].concat());
}

/// RFC5040-7.1-5.
#[test]
fn the_first_error_is_the_one_that_is_told() {
    for cut in CUTS {
        let mut end = up();
        let stream = [
            send(1, b"good"),
            write(REGION, 0, b"first"),
            write(9, 0, b"second"),
        ];
        end.take(&stream.concat(), cut);
        end.machine.fail();
        end.collect();
        assert_eq!(terminate(&end.transmit(WHOLE)).0, "1101c000");
        assert!(matches!(failure(&end), Some(Error::WriteAccess(_))));
    }
}

/// RFC5040-5.4-7, RFC5040-6.1-1.
#[test]
fn nothing_is_sent_after_it() {
    let mut end = up();
    end.send(b"before", false, None);
    end.read(8, 0, 4);
    let before = end.transmit(WHOLE);
    assert_eq!(segments(&before).len(), 2);
    end.send(b"after", false, None);
    end.take(&fpdu(&read_request(1, (1, 2), 16, (REGION, 0x1000))), WHOLE);
    end.take(&send(5, b"wrong"), WHOLE);
    terminate(&end.transmit(WHOLE));
    assert!(end.finished);
    end.machine.fail();
    end.machine.disconnect();
    assert_eq!(end.transmit(WHOLE), []);
}

/// RFC5040-5.4-4, RFC5040-5.4-5, RFC5040-5.4-6, RFC5040-5.4-8, RFC5040-6.2.1-2, RFC5040-6.2.1-3.
#[test]
fn the_peers_is_taken_always_told_and_never_answered() {
    let quoted = [&hex("1205c000 0013"), &untagged(0x41, 3, 0, 1, 0, b"")[..]].concat();
    let bodies = [hex("12050000"), hex("00ff0000"), hex("ffffffff"), quoted];
    for body in bodies {
        for cut in CUTS {
            let mut end = up();
            // Without a receive, with Reads outstanding, in the middle of a message.
            end.memory.receives.clear();
            end.read(8, 0, 16);
            end.transmit(WHOLE);
            end.take(&fpdu(&tagged(0x81, 0, REGION, 0x1000, b"begun")), cut);
            end.send(b"not any more", false, None);
            end.take(&incoming(&body), cut);
            let expected = PeerTerminate {
                layer_and_type: body[0],
                code: body[1],
                quotes_read: false,
            };
            assert_eq!(failure(&end), Some(Error::PeerTerminated(expected)));
            assert_eq!(end.transmit(WHOLE), []);
            assert!(end.finished);
        }
    }
}

/// RFC5040-4.8-7: reserved bits of one that comes are not looked at.
#[test]
fn reserved_bits_of_the_peers_are_not_looked_at() {
    let mut end = up();
    end.take(&incoming(&hex("12051fff")), WHOLE);
    assert!(matches!(failure(&end), Some(Error::PeerTerminated(_))));
}
