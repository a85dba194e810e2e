//! A rude consumer: random legal calls of many threads, and illegal ones that the contract answers. The verifier stays
//! silent, every request completes, every close too, nothing is left behind, and things go forward.
//!
//! `SOFTRNIC_CASES=1000 cargo test -p softrnic-functional --test rude` runs so many cases from a new seed;
//! `SOFTRNIC_SEED=…` repeats one of them, as far as threads can be made to repeat anything.

use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use softrnic_emulator::wsk;
use softrnic_functional::Stage;
use softrnic_functional::rude::{self, Random};

const THREADS: usize = 4;
const TIME: Duration = Duration::from_millis(1500);

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Says what ran when a panic ends it, or a violation ends the process.
fn say(seed: u64) {
    let _ = writeln!(std::io::stderr(), "rude consumer: SOFTRNIC_SEED={seed}");
}

// NDK-LIFE-08, NDK-LIFE-09, NDK-LIFE-10, NDK-LIFE-14 to NDK-LIFE-18, NDK-LIFE-21, NDK-LIFE-25, NDK-IRQL-01, NDK-IRQL-03,
// NDK-POST-01, NDK-POST-05, NDK-POST-06.
#[test]
fn anything_goes() {
    let network = wsk::Options {
        odd_indications: true,
        vary_completions: true,
        ..wsk::Options::default()
    };
    let (cases, mut seeds) = match (variable("SOFTRNIC_CASES"), variable("SOFTRNIC_SEED")) {
        (cases, Some(seed)) => (cases.unwrap_or(1), Random::new(seed)),
        (Some(cases), None) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            (
                cases,
                Random::new(now.expect("after 1970").as_nanos() as u64),
            )
        }
        (None, None) => (12, Random::new(20_261_121)),
    };
    let first = variable("SOFTRNIC_SEED");
    for case in 0..cases {
        let seed = first
            .filter(|_| case == 0)
            .unwrap_or_else(|| seeds.number());
        say(seed);
        let stage = Stage::over(network.clone());
        let seen = rude::run(&stage, seed, THREADS, TIME);
        assert!(seen.all(), "seed {seed}: {seen:?}");
    }
}
