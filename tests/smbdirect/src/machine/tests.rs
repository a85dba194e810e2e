//! Two machines in virtual time, and one machine against a peer that is written out.

mod broken;
mod credits;
mod transfer;

use std::collections::VecDeque;
use std::time::Duration;

use zerocopy::{FromBytes, IntoBytes};

use super::{Agreed, Event, Machine, Outgoing, SendError, Settings, Transmit, Violation};
use crate::wire::{DataTransfer, NegotiateRequest, NegotiateResponse, RESPONSE_REQUESTED};

/// More Sends than any test needs before both ends are quiet: beyond it they answer each other for ever.
const ENDLESS: usize = 20_000;

/// A client and a server, what is under way to each, and what each was told.
struct Pair {
    ends: [Machine; 2],
    under_way: [VecDeque<Transmit>; 2],
    told: [Vec<Vec<u8>>; 2],
    /// Tokens of Sends with Invalidate that arrived, with the number of whole messages before.
    invalidated: [Vec<(u32, usize)>; 2],
    now: Duration,
}

impl Pair {
    fn new(client: Settings, server: Settings) -> Self {
        let now = Duration::from_secs(1000);
        Self {
            ends: [Machine::client(client, now), Machine::server(server, now)],
            under_way: Default::default(),
            told: Default::default(),
            invalidated: Default::default(),
            now,
        }
    }

    fn open(client: Settings, server: Settings) -> Self {
        let mut pair = Self::new(client, server);
        pair.drive();
        for end in &mut pair.ends {
            assert!(matches!(end.event(), Some(Event::Open(_))));
        }
        pair
    }

    /// Lets end `n` send what it may, and gives it the next message under way to it, if there is one.
    fn step(&mut self, n: usize) -> bool {
        self.under_way[1 - n].extend(std::iter::from_fn(|| self.ends[n].transmit()));
        let Some(message) = self.under_way[n].pop_front() else {
            return false;
        };
        if let Some(token) = message.invalidate {
            self.invalidated[n].push((token, self.told[n].len()));
        }
        self.ends[n]
            .received(&message.bytes, self.now)
            .expect("both ends keep the rules");
        true
    }

    /// Until nothing is under way.
    fn drive(&mut self) {
        let mut sends = 0;
        loop {
            let moved = [0, 1].map(|n| self.step(n));
            if moved == [false; 2] && self.under_way.iter().all(VecDeque::is_empty) {
                break;
            }
            sends += 1;
            assert!(sends < ENDLESS, "the ends never become quiet");
        }
        self.take_messages();
    }

    fn take_messages(&mut self) {
        for (end, told) in self.ends.iter_mut().zip(&mut self.told) {
            if matches!(end.state, super::State::Open(_)) {
                while let Some(Event::Message(bytes)) = end.events.front() {
                    told.push(bytes.clone());
                    end.event();
                }
            }
        }
    }

    fn send(&mut self, n: usize, bytes: Vec<u8>) {
        let message = Outgoing {
            bytes,
            invalidate: None,
        };
        self.ends[n].send(message).expect("open");
    }
}

/// A server that took a good request, and what it answered.
fn server(settings: Settings, wanted: u16) -> (Machine, NegotiateResponse) {
    let mut machine = Machine::server(settings, Duration::ZERO);
    let request = NegotiateRequest {
        credits_requested: wanted.into(),
        ..good_request()
    };
    machine
        .received(request.as_bytes(), Duration::ZERO)
        .expect("a good request");
    assert!(matches!(machine.event(), Some(Event::Open(_))));
    let response = machine.transmit().expect("a response");
    let response = NegotiateResponse::read_from_bytes(&response.bytes).expect("32 bytes");
    (machine, response)
}

fn good_request() -> NegotiateRequest {
    NegotiateRequest {
        min_version: 0x0100.into(),
        max_version: 0x0100.into(),
        reserved: 0.into(),
        credits_requested: 255.into(),
        preferred_send_size: 1364.into(),
        max_receive_size: 8192.into(),
        max_fragmented_size: (1 << 20).into(),
    }
}

fn good_response() -> NegotiateResponse {
    NegotiateResponse {
        negotiated_version: 0x0100.into(),
        credits_requested: 255.into(),
        credits_granted: 255.into(),
        status: 0.into(),
        max_read_write_size: (8 << 20).into(),
        preferred_send_size: 1364.into(),
        max_receive_size: 1364.into(),
        max_fragmented_size: (1 << 20).into(),
        ..NegotiateResponse::refusal()
    }
}

/// A message without data.
fn empty() -> DataTransfer {
    DataTransfer {
        credits_requested: 255.into(),
        credits_granted: 0.into(),
        flags: 0.into(),
        reserved: 0.into(),
        remaining_data_length: 0.into(),
        data_offset: 0.into(),
        data_length: 0.into(),
    }
}

fn header_of(message: &Transmit) -> DataTransfer {
    DataTransfer::read_from_prefix(&message.bytes)
        .expect("a header")
        .0
}
