//! perftest: bandwidth and latency of sends, writes and reads, each program as the client and as the server.
//!
//! Emulation on both sides sets the pace, so the figures are told and nothing is asked of them.

use std::time::{Duration, Instant};

use softrnic_consumer::NtStatus;

use super::{Case, Siw};
use crate::perftest::{DEPTH, IN, OUT, Perftest};
use crate::run::tell_figure;
use crate::world::{SOON, World};

/// Messages of a bandwidth run, more than the receives that are posted; and their size.
const COUNT: usize = 600;
const SIZE: usize = 16 * 1024;
/// Messages of a latency run, and their size.
const TURNS: usize = 100;
const SMALL: usize = 64;
/// After so many receives a receiver writes their count to the sender, which then sends on. (iWARP knows no wait for
/// receives.)
const CREDIT: usize = DEPTH / 3;
/// Requests outstanding.
const DEEP: usize = 64;

/// How many bytes a run moves, and what the sides do besides.
struct Program {
    name: &'static str,
    /// Steps between the second connection and the transfers: first of all the memory is told.
    before: usize,
    /// Whether its figure is a rate.
    is_rate: bool,
    client: fn(&mut Perftest),
    server: fn(&mut Perftest),
}

const PROGRAMS: [Program; 6] = [
    Program {
        name: "ib_send_bw",
        before: 4,
        is_rate: true,
        client: send_many,
        server: receive_many,
    },
    Program {
        name: "ib_send_lat",
        before: 4,
        is_rate: false,
        client: send_in_turn,
        server: answer_in_turn,
    },
    Program {
        name: "ib_write_bw",
        before: 3,
        is_rate: true,
        client: write_many,
        server: is_written,
    },
    Program {
        name: "ib_write_lat",
        before: 4,
        is_rate: false,
        client: write_second,
        server: write_first,
    },
    Program {
        name: "ib_read_bw",
        before: 3,
        is_rate: true,
        client: read_many,
        server: is_read,
    },
    Program {
        name: "ib_read_lat",
        before: 4,
        is_rate: false,
        client: read_in_turn,
        server: Perftest::meet,
    },
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for program in &PROGRAMS {
        let name = |who: &str| format!("perftest/siw-{who}/{}", program.name);
        let client = Case::new(name("initiates"), |world| siw_initiates(world, program));
        // The server of this one speaks first, which it may only after a ready-to-receive frame.
        cases.push(match program.name {
            "ib_write_lat" => client.with(Siw::STOCK.ready(0xC000)),
            _ => client,
        });
        let server = move |world: &World| siw_responds(world, program);
        cases.push(Case::new(name("responds"), server));
    }
    cases
}

impl Program {
    fn command(&self) -> String {
        let (size, count) = self.run();
        format!("{} -s {size} -n {count}", self.name)
    }

    /// Size and count.
    fn run(&self) -> (usize, usize) {
        if self.is_rate {
            (SIZE, COUNT)
        } else {
            (SMALL, TURNS)
        }
    }

    /// What it measured: the average rate, or the typical time.
    fn figure_of(&self, printed: &str) -> String {
        let is_table = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
        let row = printed.lines().rfind(is_table).unwrap_or_default();
        let column = if self.is_rate { 3 } else { 4 };
        let unit = if self.is_rate { "MB/s" } else { "us" };
        let figure = row.split_whitespace().nth(column).unwrap_or("?");
        format!("{figure} {unit}")
    }
}

/// Their client, which measures.
fn siw_initiates(world: &World, program: &Program) {
    let mut run = Perftest::serve(world, &program.command());
    run.data.buffer.write(IN, &[0; SIZE]);
    ready(&mut run, program);
    (program.server)(&mut run);
    tell_figure(&program.figure_of(&run.finish()));
}

/// Their server; we measure.
fn siw_responds(world: &World, program: &Program) {
    let mut run = Perftest::ask(world, &program.command());
    ready(&mut run, program);
    (program.client)(&mut run);
    run.finish();
}

/// Memory is told, receives are posted, both wait for each other.
fn ready(run: &mut Perftest, program: &Program) {
    let (size, count) = program.run();
    if program.name.starts_with("ib_send") {
        (0..count.min(DEPTH)).for_each(|n| run.data.post_receive(n, IN, size));
    }
    (0..program.before).for_each(|_| run.meet());
}

fn tell_rate(taken: Duration) -> f64 {
    let rate = (COUNT * SIZE) as f64 / taken.as_secs_f64() / f64::from(1 << 20);
    tell_figure(&format!("{rate:.2} MB/s"));
    rate
}

/// Half of a turn, as perftest counts where both sides send.
fn tell_time(taken: Duration, halves: u32) {
    let time = taken.as_secs_f64() * 1e6 / TURNS as f64 / f64::from(halves);
    tell_figure(&format!("{time:.2} us"));
}

/// Posts `COUNT` requests, some at a time.
fn many(run: &Perftest, post: impl Fn(usize)) -> Duration {
    let start = Instant::now();
    for n in 0..COUNT {
        post(n);
        if n >= DEEP {
            run.done(1);
        }
    }
    run.done(DEEP);
    start.elapsed()
}

fn send_many(run: &mut Perftest) {
    let taken = many(run, |n| {
        until(|| n < credit(run) + DEPTH);
        run.data.post_send(n, OUT, SIZE, 0);
    });
    tell_rate(taken);
    until(|| credit(run) >= COUNT / CREDIT * CREDIT);
    run.meet();
}

/// Receives of ours that the peer has counted.
fn credit(run: &Perftest) -> usize {
    let bytes = run.data.buffer.read(IN, 4).try_into().expect("4 bytes");
    u32::from_le_bytes(bytes) as usize
}

fn receive_many(run: &mut Perftest) {
    for n in 1..=COUNT {
        received(run, SIZE);
        if n + DEPTH <= COUNT {
            run.data.post_receive(n, IN, SIZE);
        }
        if n % CREDIT == 0 {
            run.data.buffer.write(OUT, &(n as u32).to_le_bytes());
            run.write(4);
            run.done(1);
        }
    }
    run.meet();
}

fn received(run: &Perftest, size: usize) {
    let done = run.data.received.take(1)[0];
    let told = (done.status, done.bytes as usize);
    assert_eq!(told, (NtStatus::SUCCESS, size));
}

fn send_in_turn(run: &mut Perftest) {
    let start = Instant::now();
    for n in 0..TURNS {
        run.data.post_send(n, OUT, SMALL, 0);
        run.done(1);
        received(run, SMALL);
    }
    tell_time(start.elapsed(), 2);
    run.meet();
}

fn answer_in_turn(run: &mut Perftest) {
    for n in 0..TURNS {
        received(run, SMALL);
        run.data.post_send(n, OUT, SMALL, 0);
        run.done(1);
    }
    run.meet();
}

fn write_many(run: &mut Perftest) {
    let rate = tell_rate(many(run, |_| run.write(SIZE)));
    after_transfers(run, rate);
}

fn is_written(run: &mut Perftest) {
    after_transfers(run, 0.0);
    assert!(run.data.buffer.read(IN, SIZE) != [0; SIZE], "was written");
}

fn read_many(run: &mut Perftest) {
    run.data.buffer.write(IN, &[0; SIZE]);
    let rate = tell_rate(many(run, |_| run.read(SIZE)));
    assert!(run.data.buffer.read(IN, SIZE) != [0; SIZE], "was read");
    after_transfers(run, rate);
}

fn is_read(run: &mut Perftest) {
    after_transfers(run, 0.0);
}

/// The side that only bears the transfers waits here for their end.
fn after_transfers(run: &mut Perftest, rate: f64) {
    run.meet();
    run.report(SIZE, COUNT, rate);
    run.meet();
}

fn read_in_turn(run: &mut Perftest) {
    let start = Instant::now();
    for _ in 0..TURNS {
        run.read(SMALL);
        run.done(1);
    }
    tell_time(start.elapsed(), 1);
    run.meet();
}

/// Both write a number to the other's last byte, each when the one before has come. The server begins.
fn write_first(run: &mut Perftest) {
    for n in 1..=TURNS {
        write_number(run, n);
        await_number(run, n);
    }
}

fn write_second(run: &mut Perftest) {
    let start = Instant::now();
    for n in 1..=TURNS {
        await_number(run, n);
        write_number(run, n);
    }
    tell_time(start.elapsed(), 2);
}

fn write_number(run: &Perftest, n: usize) {
    run.data.buffer.write(OUT + SMALL - 1, &[n as u8]);
    run.write(SMALL);
    run.done(1);
}

fn await_number(run: &Perftest, n: usize) {
    until(|| run.data.buffer.read(IN + SMALL - 1, 1) == [n as u8]);
}

/// Looks at memory until it is as wanted: nothing else tells of a write.
fn until(is_there: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < SOON, "it is never written");
        std::thread::yield_now();
    }
}
