//! RDMA writes of large messages, with CRC: softrnic to siw, siw to softrnic, and siw to siw within the guest. Figures to be told
//! beside each other; the guest's processor is emulated, and sets the pace of all three.

use std::time::Instant;

use super::{Case, Siw};
use crate::perftest::Perftest;
use crate::run::tell_figure;
use crate::world::World;

/// Bytes of a message, and messages.
const LOADS: [(usize, usize); 2] = [(64 * 1024, 480), (1024 * 1024, 60)];
/// Requests outstanding.
const DEEP: usize = 16;
/// Steps in which sides that write tell of their memory and wait for each other.
const MEETINGS: usize = 3;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (size, count) in LOADS {
        let mut add = |who: &str, run: fn(&World, usize, usize)| {
            let case = Case::new(format!("speed/{who}/{size}"), move |world: &World| {
                run(world, size, count);
            });
            cases.push(case.with(Siw::STOCK.crc()));
        };
        add("softrnic-to-siw", to_siw);
        add("siw-to-softrnic", from_siw);
        add("siw-to-siw", among_siw);
    }
    cases
}

fn command(size: usize, count: usize) -> String {
    format!("ib_write_bw -s {size} -n {count} -t {DEEP}")
}

fn to_siw(world: &World, size: usize, count: usize) {
    let mut run = Perftest::ask(world, &command(size, count));
    (0..MEETINGS).for_each(|_| run.meet());
    let start = Instant::now();
    for n in 0..count {
        run.write(size);
        if n >= DEEP {
            run.done(1);
        }
    }
    run.done(DEEP);
    let rate = (count * size) as f64 / start.elapsed().as_secs_f64() / f64::from(1 << 20);
    tell_figure(&format!("{rate:.2} MB/s"));
    run.meet();
    run.report(size, count, rate);
    run.meet();
    run.finish();
}

fn from_siw(world: &World, size: usize, count: usize) {
    let mut run = Perftest::serve(world, &command(size, count));
    run.lend_all();
    (0..MEETINGS).for_each(|_| run.meet());
    run.meet();
    run.report(size, count, 0.0);
    run.meet();
    tell_figure(&average(&run.finish()));
}

fn among_siw(world: &World, size: usize, count: usize) {
    let (port, command) = (world.port(), command(size, count));
    let server = world.guest.start(&format!("{command} -R -p {port}"));
    world.guest.wait_for_listener(port);
    let printed = world
        .guest
        .run(&format!("{command} -R -p {port} {}", world.theirs()));
    server.succeed();
    tell_figure(&average(&printed));
}

/// The average rate in the last row of numbers that the program printed.
fn average(printed: &str) -> String {
    let is_row = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let row = printed.lines().rfind(is_row).unwrap_or_default();
    let figure = row.split_whitespace().nth(3);
    format!("{} MB/s", figure.expect("perftest's table"))
}
