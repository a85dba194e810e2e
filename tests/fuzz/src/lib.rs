//! Fuzz targets: what each does with an input, and what must hold whatever the input is.
//!
//! A target is a function of bytes that panics when something does not hold. libFuzzer drives it
//! (`cargo dev fuzz`), and a test replays the inputs kept in `corpus/` (plain `cargo test`).

pub mod bench;
pub mod corpus;
pub mod cursor;
#[cfg(feature = "image")]
pub mod image;
pub mod peer;
pub mod seeds;
mod startup;
mod stream;
pub mod totals;
mod whole;

#[path = "../../../src/iwarp/tests/hostile/rows.rs"]
#[expect(
    dead_code,
    reason = "seeds are the rows; what the machine's tests ask of them is theirs"
)]
mod rows;
#[path = "../../../src/iwarp/tests/support.rs"]
#[expect(dead_code, reason = "the machine's tests use more of it")]
mod support;

// What `support` calls `crate::…`.
use softrnic::{crc32c, iwarp, rdma};

/// One kind of input.
pub struct Target {
    /// As `--only` names it.
    pub name: &'static str,
    /// What is fuzzed.
    pub about: &'static str,
    /// Inputs are no longer than this, in bytes.
    pub longest: usize,
    /// Runs one input; panics when a rule does not hold.
    pub run: fn(&[u8]),
    /// What fuzzing begins with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub static TARGETS: &[Target] = &[
    Target {
        name: "startup",
        about: "MPA start-up frames, as initiator and as responder",
        longest: 640,
        run: startup::run,
        seeds: seeds::startup,
    },
    Target {
        name: "fpdus",
        about: "the stream of FPDUs: lengths, markers, CRCs, any split",
        longest: 2048,
        run: stream::fpdus,
        seeds: seeds::fpdus,
    },
    Target {
        name: "segments",
        about: "DDP and RDMAP headers in FPDUs that are right",
        longest: 1024,
        run: stream::segments,
        seeds: seeds::segments,
    },
    Target {
        name: "machine",
        about: "the whole machine: a peer's frames, a consumer's calls, timeouts and ends in any order",
        longest: 512,
        run: whole::run,
        seeds: seeds::machine,
    },
    #[cfg(feature = "image")]
    Target {
        name: "image",
        about: "the shipped image's socket edge",
        longest: 1024,
        run: image::run,
        seeds: seeds::image,
    },
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
