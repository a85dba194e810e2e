//! How a stream ends (RFC 5041 section 6.2, RFC 5044 sections 7.2 and 8, RFC 5040 section 6.2).

use super::*;
use crate::iwarp::{CallError, Request, Transmit};

/// RFC5044-3-9, RFC5044-7.2-1, RFC5041-3-9, RFC5041-6.2.1-4.
#[test]
fn a_fin_between_messages_is_told() {
    let mut end = up();
    end.take(&send(1, b"last"), WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(end.events.last(), Some(&Event::PeerClosed));
    assert_eq!(failure(&end), None);
}

/// RFC5044-8-1.
#[test]
fn a_fin_in_the_middle_is_an_error() {
    let begun = fpdu(&untagged(0x01, 3, 0, 1, 0, b"begun"));
    for at in 1..begun.len() {
        let mut end = up();
        end.take(&begun[..at], WHOLE);
        end.machine.handle_fin();
        end.collect();
        assert_eq!(failure(&end), Some(Error::FinInFpdu), "{at}");
    }
    let mut end = up();
    end.take(&begun, WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Some(Error::FinInMessage));
}

/// RFC5044-8-5, RFC5041-6.2.2-1, RFC5041-7-1.
#[test]
fn every_end_of_tcp_is_told_as_what_it_was() {
    let mut end = up();
    end.machine.handle_reset();
    end.collect();
    assert_eq!(failure(&end), Some(Error::Reset));

    let mut end = up();
    end.read(8, 0, 16);
    end.transmit(WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Some(Error::FinWithReads));
}

/// RFC5044-8-10, RFC5041-3-8, RFC5041-7.1-15, RFC5040-7-2.
#[test]
fn nothing_counts_after_an_error() {
    for cut in CUTS {
        let mut end = up();
        let mut stream = send(7, b"wrong number");
        stream.extend(send(1, b"right number"));
        stream.extend(write(REGION, 0x1000, b"write"));
        stream.extend(fpdu(&read_request(1, (1, 2), 16, (REGION, 0x1000))));
        end.take(&stream, cut);
        assert_eq!(end.inbox, [], "dropped, not held");
        terminate(&end.transmit(WHOLE));
        end.take(&stream, cut);
        assert_eq!(end.transmit(WHOLE), []);
        assert_eq!(end.memory.seen, []);
        assert!(
            end.memory
                .region(REGION)
                .bytes
                .iter()
                .all(|byte| *byte == 0x55)
        );
        let failures = |event: &&Event| matches!(event, Event::Failed(_));
        assert_eq!(end.events.iter().filter(failures).count(), 1);
    }
}

/// RFC5041-6.2-1.
#[test]
fn a_stream_left_alone_stays() {
    let mut end = up();
    assert_eq!(end.machine.poll_timeout(), None);
    end.machine.handle_timeout(u64::MAX);
    end.take(&send(1, b"late"), WHOLE);
    assert_eq!(end.memory.seen, [received(b"late")]);
    assert!(!end.finished);
    assert_eq!(failure(&end), None);
}

/// RFC5041-6.2.1-1, RFC5041-6.2.1-2.
#[test]
fn a_disconnect_finishes_what_was_begun_and_starts_nothing() {
    let mut end = up_with(536);
    end.send(&rising(2000), false, None);
    let first = {
        let (request, payload) = end.requests.pop_front().unwrap();
        end.memory.outgoing = payload;
        end.machine.start(request).unwrap();
        let mut sink = Sink::new(&end.memory, 600);
        assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Full);
        sink.bytes
    };
    end.machine.disconnect();
    let later = Request::Send {
        len: 0,
        solicited: false,
        invalidate: None,
    };
    assert_eq!(end.machine.start(later), Err(CallError::Phase));
    let rest = end.transmit(WHOLE);
    assert!(end.finished);
    let segments = segments(&[first, rest].concat());
    let payload: Vec<u8> = segments.iter().flat_map(|s| s.payload().to_vec()).collect();
    assert_eq!(payload, rising(2000));
    assert!(segments.last().unwrap().is_last());
    assert_eq!(failure(&end), None);
}

/// RFC5041-6.2.1-4, RFC5041-6.2.1-5.
#[test]
fn a_half_closed_stream_still_sends_and_then_closes() {
    let mut end = up();
    end.machine.handle_fin();
    end.collect();
    end.send(b"still here", false, None);
    assert_eq!(segments(&end.transmit(WHOLE))[0].payload(), b"still here");
    assert!(!end.finished);
    end.machine.disconnect();
    assert_eq!(end.transmit(WHOLE), []);
    assert!(end.finished, "TCP is to be closed gracefully now");
    assert_eq!(failure(&end), None);
}
