//! Target `startup`: a peer's first bytes, whatever they are.

use crate::bench::{Bench, Outcome};
use crate::cursor::Cursor;
use crate::iwarp::{Config, Event, Machine, ReadLimits, ReadyKinds, Revision};
use crate::support::{LIMITS, config};

/// A configuration and a consumer by choice of the input; the rest of it is what the peer sends.
pub(crate) fn run(input: &[u8]) {
    let whole = once(input, 0);
    let split = once(input, input.get(5).copied().unwrap_or(0).max(1));
    whole.assert_same(split);
}

/// Configuration from five bytes.
pub(crate) fn configured(input: &mut Cursor<'_>) -> (Config, bool) {
    let [flags, ready, ird, ord, emss] = [(); 5].map(|()| input.byte());
    let bit = |byte: u8, at: u8| byte >> at & 1 == 1;
    let config = Config {
        crc: bit(flags, 0),
        markers: bit(flags, 1),
        revision: match bit(flags, 2) {
            true => Revision::Two,
            false => Revision::One,
        },
        peer_to_peer: bit(flags, 3),
        ready: ReadyKinds {
            send: bit(ready, 0),
            write: bit(ready, 1),
            read: bit(ready, 2),
        },
        legacy_reads: bit(flags, 4),
        caps: ReadLimits {
            ird: ird.into(),
            ord: ord.into(),
        },
        emss: 128 + u32::from(emss) * 16,
        ..config()
    };
    (config, bit(flags, 5))
}

fn once(input: &[u8], cut: u8) -> Outcome {
    let mut input = Cursor::new(input);
    let (config, initiator) = configured(&mut input);
    let (_, answer) = (input.byte(), input.byte());
    let data = vec![0xda; usize::from(answer >> 2) * 8];
    let machine = match initiator {
        true => Machine::initiator(&config),
        false => Machine::responder(&config, 0),
    };
    let mut bench = Bench::new(machine, cut);
    if initiator {
        let _refused = bench.end.machine.request(0, &data, LIMITS);
        bench.transmit(4096);
    }
    bench.give(input.rest());
    check_private_data(&bench, &config);
    if answer & 1 == 0 {
        answered(&mut bench, &data, answer & 2 != 0);
    }
    bench.transmit(4096);
    bench.push();
    bench.finish();
    bench.transmit(4096);
    bench.outcome()
}

/// The consumer's answer to what came.
fn answered(bench: &mut Bench, data: &[u8], reject: bool) {
    match bench.end.events.last() {
        Some(Event::PeerRequest { .. }) if reject => {
            let _refused = bench.end.machine.reject(data);
        }
        Some(Event::PeerRequest { .. }) => {
            let _refused = bench.end.machine.accept(0, data, LIMITS);
        }
        Some(Event::PeerReply { .. }) => {
            assert_eq!(bench.end.machine.complete(), Ok(()));
        }
        _ => {}
    }
    bench.collect();
}

/// What the consumer is told is what the RFCs say the frame says.
fn check_private_data(bench: &Bench, config: &Config) {
    let announced = matches!(
        bench.end.events.first(),
        Some(Event::PeerRequest { .. } | Event::PeerReply { .. } | Event::PeerReject { .. })
    );
    if announced && !config.legacy_reads {
        let start = bench.peer_start().expect("a frame that is none was taken");
        assert_eq!(bench.end.said, start.private);
    }
}
