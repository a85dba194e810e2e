//! The rude consumer of the functional tests: random calls of several threads, in any order.

use std::sync::Arc;
use std::time::Duration;

use softrnic_emulator::sched::{self, Random};
use softrnic_functional::rude::{self, Bears, Place};

use crate::site::Site;

/// Plays it, for some milliseconds of its time; for few when `small`.
pub fn run(site: &Arc<Site>, mut random: Random, small: bool) {
    let (Some(client), Some(server)) = (site.open(0), site.open(1)) else {
        return;
    };
    let place = Place {
        machine: site.machine(),
        adapters: [client, server],
        addresses: [0, 1].map(|n| site.address(n)),
        bears: Bears {
            scarcity: site.trouble.scarce,
            leave: site.leave.clone(),
        },
    };
    let most = if small { 1 } else { 20 };
    let time = Duration::from_micros(random.between(100, most * 1000));
    let threads = random.between(1, 3) as usize;
    let seen = rude::run_at(place, random.number(), threads, (time, time));
    sched::note(|| format!("{seen:?}"));
}
