//! Each rule that a peer can break, broken.

use super::*;

const NOW: Duration = Duration::ZERO;

/// What a server says of `request`.
fn judged(request: &[u8]) -> (Result<(), Violation>, Machine) {
    let mut machine = Machine::server(Settings::server(), NOW);
    (machine.received(request, NOW), machine)
}

// S01, S02, S06, S07, S08; MS-SMBD 3.1.5.6.
#[test]
fn bad_requests_end_the_connection() {
    let good = good_request();
    let bad = [
        (
            NegotiateRequest {
                credits_requested: 0.into(),
                ..good
            },
            Violation::NoCreditsRequested,
        ),
        (
            NegotiateRequest {
                max_receive_size: 127.into(),
                ..good
            },
            Violation::ReceiveSize,
        ),
        (
            NegotiateRequest {
                max_fragmented_size: 131_071.into(),
                ..good
            },
            Violation::FragmentedSize,
        ),
    ];
    for (request, rule) in bad {
        let (judged, mut machine) = judged(request.as_bytes());
        assert_eq!(judged, Err(rule));
        assert_eq!(
            (machine.transmit(), machine.event()),
            (None, None),
            "{rule}"
        );
    }
    assert_eq!(judged(&good.as_bytes()[..19]).0, Err(Violation::TooShort));
    assert_eq!(judged(&[]).0, Err(Violation::TooShort));
    let least = NegotiateRequest {
        credits_requested: 1.into(),
        preferred_send_size: 0.into(),
        max_receive_size: 128.into(),
        max_fragmented_size: 131_072.into(),
        ..good
    };
    assert_eq!(judged(least.as_bytes()).0, Ok(()));
}

// S02, MS-SMBD 3.1.5.6: the one violation that is answered.
#[test]
fn other_versions_are_answered_and_end_the_connection() {
    for (min, max, common) in [
        (0x0200, 0x0300, false),
        (0, 0x00FF, false),
        (0x0001, 0x0200, true),
    ] {
        let request = NegotiateRequest {
            min_version: min.into(),
            max_version: max.into(),
            ..good_request()
        };
        let (judged, mut machine) = judged(request.as_bytes());
        let answer = machine.transmit().expect("an answer");
        let answer = NegotiateResponse::read_from_bytes(&answer.bytes).expect("32 bytes");
        let status = if common {
            0
        } else {
            crate::wire::NOT_SUPPORTED
        };
        assert_eq!(answer.status, status);
        assert_eq!(
            judged,
            if common {
                Ok(())
            } else {
                Err(Violation::Version)
            }
        );
    }
}

// S10, MS-SMBD 3.1.5.7.
#[test]
fn bad_responses_end_the_connection() {
    let good = good_response();
    let bad = [
        (
            NegotiateResponse::refusal(),
            Violation::Refused(crate::wire::NOT_SUPPORTED),
        ),
        (
            NegotiateResponse {
                negotiated_version: 0x0200.into(),
                ..good
            },
            Violation::Version,
        ),
        (
            NegotiateResponse {
                credits_requested: 0.into(),
                ..good
            },
            Violation::NoCreditsRequested,
        ),
        (
            NegotiateResponse {
                credits_granted: 0.into(),
                ..good
            },
            Violation::NoCreditsGranted,
        ),
        (
            NegotiateResponse {
                preferred_send_size: 1365.into(),
                ..good
            },
            Violation::PreferredSendSize,
        ),
        (
            NegotiateResponse {
                max_receive_size: 127.into(),
                ..good
            },
            Violation::ReceiveSize,
        ),
        (
            NegotiateResponse {
                max_fragmented_size: 131_071.into(),
                ..good
            },
            Violation::FragmentedSize,
        ),
    ];
    let client = || {
        let mut machine = Machine::client(Settings::client(), NOW);
        assert!(machine.transmit().is_some());
        machine
    };
    for (response, rule) in bad {
        let mut machine = client();
        assert_eq!(machine.received(response.as_bytes(), NOW), Err(rule));
        assert_eq!(
            (machine.transmit(), machine.event()),
            (None, None),
            "{rule}"
        );
    }
    assert_eq!(
        client().received(&good.as_bytes()[..31], NOW),
        Err(Violation::TooShort)
    );
    assert_eq!(client().received(good.as_bytes(), NOW), Ok(()));
}

/// A message with `length` bytes of data said to be at `offset`.
fn message(offset: u32, length: u32, remaining: u32, bytes: usize) -> Vec<u8> {
    let header = DataTransfer {
        remaining_data_length: remaining.into(),
        data_offset: offset.into(),
        data_length: length.into(),
        ..empty()
    };
    let mut message = header.as_bytes().to_vec();
    message.resize(bytes, 0x55);
    message
}

// S03, S04, S05, S06, S09, S14; MS-SMBD 3.1.5.8.
#[test]
fn bad_messages_end_the_connection() {
    let none = DataTransfer {
        credits_requested: 0.into(),
        ..empty()
    };
    let bad = [
        (vec![], Violation::TooShort),
        (empty().as_bytes()[..19].to_vec(), Violation::TooShort),
        (none.as_bytes().to_vec(), Violation::NoCreditsRequested),
        (message(25, 8, 0, 40), Violation::Unaligned),
        (message(4, 0, 0, 20), Violation::Unaligned),
        (message(0xFFFF_FFF8, 0x10, 0, 20), Violation::Outside),
        (message(24, 9, 0, 32), Violation::Outside),
        (message(40, 8, 0, 40), Violation::Outside),
        (message(16, 8, 0, 40), Violation::Outside),
        (message(24, u32::MAX, 0, 32), Violation::Outside),
        (message(24, 8, u32::MAX, 32), Violation::TooManyFragments),
        (
            message(24, 8, (1 << 20) - 7, 32),
            Violation::TooManyFragments,
        ),
        (message(0, 0, 5, 20), Violation::Fragment),
        (message(24, 8, 0, 1365), Violation::TooLong),
        // Read as a message, its sizes are offsets and lengths.
        (good_request().as_bytes().to_vec(), Violation::Outside),
    ];
    for (bytes, rule) in bad {
        let (mut machine, _) = server(Settings::server(), 255);
        assert_eq!(machine.received(&bytes, NOW), Err(rule));
        // It is over: no later byte counts, and nothing goes out.
        assert_eq!(machine.received(empty().as_bytes(), NOW), Err(rule));
        assert_eq!((machine.transmit(), machine.event()), (None, None));
        assert_eq!(
            (machine.elapsed(NOW), machine.deadline()),
            (Err(rule), None)
        );
    }
}

// S14: what is to come can only become less, by what came.
#[test]
fn a_fragment_goes_on_where_the_last_one_ended() {
    for (second, good) in [
        ((8, 92), true),
        ((8, 91), false),
        ((8, 93), false),
        ((8, 200), false),
    ] {
        let (mut machine, _) = server(Settings::server(), 255);
        machine
            .received(&message(24, 8, 100, 32), NOW)
            .expect("the first");
        let judged = machine.received(&message(24, second.0, second.1, 32), NOW);
        assert_eq!(
            judged,
            if good {
                Ok(())
            } else {
                Err(Violation::Fragment)
            }
        );
    }
}

// S11
#[test]
fn one_message_more_than_granted_ends_the_connection() {
    let (mut machine, response) = server(
        Settings {
            receive_credit_max: 4,
            ..Settings::server()
        },
        4,
    );
    assert_eq!(response.credits_granted, 4);
    for _ in 0..4 {
        machine.received(empty().as_bytes(), NOW).expect("granted");
    }
    assert_eq!(
        machine.received(empty().as_bytes(), NOW),
        Err(Violation::OverCredit)
    );
}
