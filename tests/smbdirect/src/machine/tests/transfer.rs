//! Negotiated sizes, fragments, reassembly.

use proptest::prelude::*;

use super::*;

fn pattern(seed: u8, len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| {
            (i as u8)
                .wrapping_mul(31)
                .wrapping_add((i >> 8) as u8 ^ seed)
        })
        .collect()
}

fn with_credits(credits: u16) -> Settings {
    Settings {
        receive_credit_max: credits,
        send_credit_target: credits,
        ..Settings::client()
    }
}

// MS-SMBD 3.1.5.6, 3.1.5.7: each size is the smaller of what one sends and the other receives.
#[test]
fn the_smaller_sizes_are_agreed_on() {
    let client = Settings {
        max_send_size: 4096,
        max_receive_size: 8192,
        max_fragmented_size: 200_000,
        ..Settings::client()
    };
    let server = Settings {
        max_read_write_size: 1 << 20,
        ..Settings::server()
    };
    let mut pair = Pair::new(client, server);
    pair.drive();
    let agreed = pair.ends.map(|mut end| end.event());
    let client = Agreed {
        max_send_size: 1364,
        max_receive_size: 1364,
        max_fragmented_send_size: 1 << 20,
        max_read_write_size: 1 << 20,
    };
    let server = Agreed {
        max_fragmented_send_size: 200_000,
        ..client
    };
    assert_eq!(
        agreed,
        [client, server].map(|agreed| Some(Event::Open(agreed)))
    );
}

#[test]
fn messages_of_every_length_arrive_whole_in_both_directions() {
    for credits in [1, 2, 3, 4, 16, 255] {
        let mut pair = Pair::open(with_credits(credits), with_credits(credits));
        let lengths = [1, 1339, 1340, 1341, 2680, 2681, 65_536, 200_000, 1 << 20];
        let messages = lengths.map(|len| pattern(credits as u8, len));
        for message in &messages {
            pair.send(0, message.clone());
            pair.send(1, message.clone());
        }
        pair.drive();
        for told in &pair.told {
            assert!(*told == messages, "{credits} credits");
        }
        assert!(pair.ends.iter().all(Machine::is_drained));
    }
}

// MS-SMBD 2.2.3: data at the next multiple of 8, the sum of what is here and what is to come counted down.
#[test]
fn fragments_say_what_is_to_come() {
    let mut pair = Pair::open(Settings::client(), Settings::server());
    pair.send(0, pattern(1, 3000));
    let sent: Vec<_> = std::iter::from_fn(|| pair.ends[0].transmit()).collect();
    let seen = |message: &Transmit| {
        let header = header_of(message);
        let lengths = (header.data_length.get(), header.remaining_data_length.get());
        (message.bytes.len(), header.data_offset.get(), lengths)
    };
    let expected = [
        (1364, 24, (1340, 1660)),
        (1364, 24, (1340, 320)),
        (344, 24, (320, 0)),
    ];
    assert_eq!(sent.iter().map(seen).collect::<Vec<_>>(), expected);
}

// The token is invalidated when all of the message is there, not before.
#[test]
fn the_last_fragment_invalidates() {
    let mut pair = Pair::open(Settings::client(), Settings::server());
    pair.send(1, pattern(1, 10));
    let message = Outgoing {
        bytes: pattern(2, 5000),
        invalidate: Some(0xABCD),
    };
    pair.ends[1].send(message).expect("open");
    let sent: Vec<_> = std::iter::from_fn(|| pair.ends[1].transmit()).collect();
    let tokens: Vec<_> = sent.iter().map(|message| message.invalidate).collect();
    assert_eq!(tokens, [None, None, None, None, Some(0xABCD)]);
    pair.under_way[0].extend(sent);
    pair.drive();
    assert_eq!(pair.invalidated[0], [(0xABCD, 0)]);
    assert_eq!(pair.told[0].len(), 2);
}

#[test]
fn what_the_peer_does_not_take_is_refused() {
    let small = Settings {
        max_fragmented_size: 131_072,
        ..Settings::server()
    };
    let mut machine = Machine::client(Settings::client(), Duration::ZERO);
    let message = |len| Outgoing {
        bytes: vec![0; len],
        invalidate: None,
    };
    assert_eq!(machine.send(message(1)), Err(SendError::NotOpen));
    let mut pair = Pair::open(Settings::client(), small);
    for (len, taken) in [(0, false), (1, true), (131_072, true), (131_073, false)] {
        let expected = if taken {
            Ok(())
        } else {
            Err(SendError::Length)
        };
        assert_eq!(pair.ends[0].send(message(len)), expected, "{len}");
    }
    pair.drive();
    assert_eq!(pair.told[1].len(), 2);
}

// An empty message between fragments grants credits and is no fragment.
#[test]
fn an_empty_message_between_fragments_is_none() {
    let (mut machine, _) = server(Settings::server(), 8);
    let fragment = |remaining: u32, data: &[u8]| {
        let header = DataTransfer {
            remaining_data_length: remaining.into(),
            data_offset: 24.into(),
            data_length: (data.len() as u32).into(),
            ..empty()
        };
        [header.as_bytes(), &[0; 4], data].concat()
    };
    for message in [
        fragment(3, b"ab"),
        empty().as_bytes().to_vec(),
        fragment(0, b"cde"),
    ] {
        machine.received(&message, Duration::ZERO).expect("good");
    }
    assert_eq!(machine.event(), Some(Event::Message(b"abcde".to_vec())));
    assert_eq!(machine.event(), None);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: proptest::test_runner::RngSeed::Fixed(5445),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // Whatever is sent when, by whichever end, with however few credits: all of it arrives, in order, and both ends come
    // to rest.
    #[test]
    fn nothing_is_lost_however_turns_fall(
        credits in (1_u16..6, 1_u16..6),
        moves in prop::collection::vec((0_usize..2, prop::option::of(1_usize..9000)), 1..80),
    ) {
        let mut pair = Pair::open(with_credits(credits.0), with_credits(credits.1));
        let mut sent: [Vec<Vec<u8>>; 2] = Default::default();
        for (n, (end, length)) in moves.into_iter().enumerate() {
            match length {
                Some(length) => {
                    let message = pattern(n as u8, length);
                    pair.send(end, message.clone());
                    sent[1 - end].push(message);
                }
                None => {
                    pair.step(end);
                }
            }
        }
        pair.drive();
        prop_assert!(pair.told == sent);
    }
}
