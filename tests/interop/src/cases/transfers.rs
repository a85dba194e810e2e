//! Messages, writes and reads of many sizes, in both directions, under each of siw's switches.

use super::{Case, Siw, both_roles};
use crate::pair::{Pair, Role};
use crate::world::World;

/// Around nothing, words, one FPDU, pages and zero copy.
const ODD: &[usize] = &[1, 2, 3, 4, 5, 31, 1423, 1424, 1425, 1429, 4095, 4096, 4097];
const LARGE: &[usize] = &[65_535, 65_536, 500_001];
/// For sweeps.
const FEW: &[usize] = &[1, 1425, 4097, 70_001];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for role in [Role::SiwInitiates, Role::SiwResponds] {
        for (what, sizes) in [("odd", ODD), ("large", LARGE)] {
            let name = |family: &str| format!("transfers/{}/{family}/{what}", role.name());
            let run = move |world: &World| transfers(world, role, sizes);
            cases.push(Case::new(name("ipv4"), run));
            cases.push(Case::new(name("ipv6"), run).six());
        }
        for (what, keywords) in KEYWORDS {
            let name = format!("keywords/{}/{what}", role.name());
            let run = move |world: &World| transfers(world, role, FEW);
            cases.push(Case::new(name, run).set(keywords));
        }
        for (what, siw) in switches() {
            let name = format!("switches/{}/{what}", role.name());
            let run = move |world: &World| transfers(world, role, FEW);
            cases.push(Case::new(name, run).with(siw));
        }
    }
    cases.extend(both_roles("transfers", "empty", empty));
    cases
}

/// What our adapter can be set to, and siw then understands.
const KEYWORDS: &[(&str, &[(&str, u32)])] = &[
    ("no-crc", &[("NetworkDirectCrc", 0)]),
    ("revision-1", &[("NetworkDirectMpaRevision", 1)]),
    ("no-peer-to-peer", &[("NetworkDirectReadyToReceive", 0)]),
    ("ready-by-write", &[("NetworkDirectReadyToReceive", 1)]),
    ("ready-by-read", &[("NetworkDirectReadyToReceive", 2)]),
    ("small-segments", &[("NetworkDirectMaxSegment", 600)]),
];

/// What siw can be switched to.
fn switches() -> Vec<(&'static str, Siw)> {
    let stock = Siw::STOCK;
    let strict = |siw: Siw| Siw {
        crc_strict: true,
        ..siw
    };
    let (gso, nagle) = (
        Siw { gso: true, ..stock },
        Siw {
            nagle: true,
            ..stock
        },
    );
    vec![
        ("crc", stock.crc()),
        ("crc-strict", strict(stock.crc())),
        ("revision-1", stock.revision_1()),
        ("revision-1-crc", stock.revision_1().crc()),
        ("rtr-write", stock.ready(0x8000)),
        ("rtr-read", stock.ready(0x4000)),
        ("rtr-either", stock.ready(0xC000)),
        ("rtr-write-crc", stock.ready(0x8000).crc()),
        ("rtr-read-crc", stock.ready(0x4000).crc()),
        ("gso", gso),
        ("no-zero-copy", stock.without_zero_copy()),
        ("no-zero-copy-crc", stock.without_zero_copy().crc()),
        ("nagle", nagle),
    ]
}

fn transfers(world: &World, role: Role, sizes: &[usize]) {
    let mut pair = Pair::new(world, role);
    for (seed, &len) in (1..).step_by(7).zip(sizes) {
        pair.sends(len, seed);
        pair.writes(len, seed);
        pair.reads(len, seed);
    }
    pair.we_disconnect();
}

/// Messages without a byte.
fn empty(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.sends(0, 1);
    pair.writes(0, 1);
    pair.sends(1, 1);
    pair.they_disconnect();
}
