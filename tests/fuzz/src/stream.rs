//! Targets `fpdus` and `segments`: a connection is up, and the peer says what it likes. The machine
//! is compared with the oracle, whole stream by whole stream.

use crate::bench::{Bench, RECEIVES, oracle_regions};
use crate::cursor::Cursor;
use crate::iwarp::{Config, Error, Machine, ReadLimits, Revision};
use crate::peer;
use crate::support::{LIMITS, config};
use softrnic_oracle::mpa::{Fault, Framing, Writer};
use softrnic_oracle::receiver::{Delivery, End, Means, Outstanding, Receiver, Rule};

/// Lengths of the Reads that are outstanding.
const READS: [u32; 2] = [256, 0];

/// How the connection is made, by choice of the input's first byte.
struct Setup {
    framing: Framing,
    initiator: bool,
    /// How the stream is split in the second run.
    cut: u8,
}

fn setup(input: &mut Cursor<'_>) -> Setup {
    let [flags, cut] = [input.byte(), input.byte()];
    Setup {
        framing: Framing {
            crc: flags & 1 == 0,
            markers: flags & 2 != 0,
        },
        initiator: flags & 4 != 0,
        cut: cut.max(1),
    }
}

/// The rest of the input is the stream.
pub(crate) fn fpdus(input: &[u8]) {
    let mut input = Cursor::new(input);
    let setup = setup(&mut input);
    judged(&setup, input.rest());
}

/// The rest of the input is ULPDUs, each with its length before it; FPDUs are made of them.
pub(crate) fn segments(input: &[u8]) {
    let mut input = Cursor::new(input);
    let setup = setup(&mut input);
    let mut writer = Writer::new(setup.framing);
    while !input.is_empty() {
        let len = usize::from(input.short() & 0x7ff);
        writer.fpdu(input.take(len), 0, 0, Fault::default());
    }
    judged(&setup, &writer.bytes);
}

fn judged(setup: &Setup, stream: &[u8]) {
    let (bench, model) = once(setup, stream, 0);
    let mut model = model;
    let ending = model.judge(stream);
    compare(&bench, &model, &ending);
    let (split, _) = once(setup, stream, setup.cut);
    bench.outcome().assert_same(split.outcome());
}

/// A run, and the oracle before the stream.
fn once(setup: &Setup, stream: &[u8], cut: u8) -> (Bench, Receiver) {
    let mut bench = connected(setup, cut);
    bench.end.memory.receives.extend(RECEIVES);
    bench.end.memory.refuse = true;
    let mut means = Means {
        regions: oracle_regions(),
        receives: RECEIVES.into(),
        ird: bench.end.machine.reads().ird.into(),
        ..Means::default()
    };
    if setup.initiator {
        for len in READS {
            bench.end.read(0x0bad_0bad, 0x5000, len);
            means.outstanding.push_back(Outstanding {
                sink_stag: 0x0c00_0001,
                sink_to: 0x1_0000,
                len,
            });
        }
        bench.transmit(1 << 16);
    }
    let model = Receiver::new(setup.framing, means);
    let started = bench.given.len();
    bench.give(stream);
    assert_eq!(bench.given.len() - started, stream.len());
    bench.transmit(1 << 16);
    (bench, model)
}

/// Revision 1, so that the first FPDU is the input's.
fn connected(setup: &Setup, cut: u8) -> Bench {
    let config = Config {
        crc: setup.framing.crc,
        markers: setup.framing.markers,
        revision: Revision::One,
        caps: ReadLimits { ird: 3, ord: 3 },
        ..config()
    };
    if !setup.initiator {
        let mut bench = Bench::new(Machine::responder(&config, 0), cut);
        bench.give(&peer::plain(false, setup.framing.crc).bytes());
        bench.end.machine.accept(0, &[], LIMITS).expect("accepted");
        bench.transmit(4096);
        return bench;
    }
    let mut bench = Bench::new(Machine::initiator(&config), cut);
    bench.end.machine.request(0, &[], LIMITS).expect("asked");
    bench.transmit(4096);
    bench.give(&peer::plain(true, setup.framing.crc).bytes());
    bench.end.machine.complete().expect("completed");
    bench.collect();
    bench
}

/// Both take it, or both refuse it, and for the same reason; the same is delivered.
fn compare(bench: &Bench, model: &Receiver, ending: &End) {
    let failure = bench.failure();
    let context = || format!("oracle: {ending:?}, machine: {failure:?}");
    match ending {
        // Answering a Read may fail where the peer has invalidated its source since.
        End::Clean | End::Owing => {
            let revoked = model.regions.iter().zip(oracle_regions());
            let revoked = revoked.filter(|(now, before)| now.valid != before.valid);
            // A marker behind the last FPDU is nobody's to the oracle.
            let marker = model.framing.markers && failure == Some(Error::Marker);
            let fine = failure.is_none() || marker || revoked.count() > 0;
            assert!(fine, "{}", context());
        }
        // The part of an FPDU that is there may break a rule already.
        End::Cut => {}
        End::Terminated(..) => assert!(failure.is_some(), "{}", context()),
        End::Broken(rule) => {
            assert!(failure.is_some(), "{}", context());
            // Headers may be judged before the sum over them is.
            if !matches!(rule, Rule::Crc | Rule::Marker | Rule::Length) {
                assert_eq!(bench.terminate(), Some(rule.terminate()), "{}", context());
            }
        }
    }
    let mut expected = model.delivered.clone();
    expected.retain(|delivery| !matches!(delivery, Delivery::Asked(_)));
    assert_eq!(bench.delivered(), expected, "{}", context());
    // What of an FPDU was placed before it turned out broken is not settled.
    if !matches!(ending, End::Cut | End::Broken(Rule::Crc | Rule::Marker)) {
        for (ours, theirs) in bench.end.memory.regions.iter().zip(&model.regions) {
            let same = ours.bytes == theirs.bytes && ours.valid == theirs.valid;
            assert!(same, "memory of {:?}; {}", ours.stag, context());
        }
    }
}
