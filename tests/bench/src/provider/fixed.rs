//! A fixed number of operations and nothing else: what callgrind counts, and what sleeps are counted of.

use std::{path::Path, thread};

use softrnic_emulator::{rtl, wsk::SendCompletion};

use super::{
    connections::{self, IdleMemory},
    load::{Until, Work},
    side::{Plan, Setting, Sides},
};
use crate::{
    machine::{Spent, Whose},
    point::{Segment, Verb, Wait},
    valgrind,
};

/// An operation, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Sends and writes go there and come back.
    pub verb: Verb,
    /// Bytes.
    pub size: usize,
    /// Connections that are open; the operations run on one of them.
    pub connections: usize,
}

fn setting(wait: Wait) -> Setting {
    Setting {
        completion: SendCompletion::Acknowledged,
        crc: true,
        wait,
        segment: Segment::Loopback,
    }
}

fn run(sides: &Sides, fixed: Fixed, operations: usize) -> Result<(), String> {
    let work = match fixed.verb {
        Verb::Read => Work::Stream(Verb::Read),
        verb => Work::PingPong(verb),
    };
    let plan = Plan {
        work,
        size: fixed.size,
        window: 1,
        connections: 1,
    };
    sides.run(plan, Until::Count(operations)).map(drop)
}

/// What a run says that counts nothing itself.
#[derive(Clone, Debug)]
pub struct Said {
    /// Where the image lies in memory: at the client, at the server.
    pub bases: [usize; 2],
    /// Bytes that it copied in each part, on both sides, by calls.
    pub copied: Vec<u64>,
}

/// Makes so many operations in each part, on a connection of its own, beside those that stay. Callgrind counts each part alone.
///
/// # Errors
///
/// When the image does not start or the traffic stops.
pub fn run_fixed(image: &Path, fixed: Fixed, parts: &[usize]) -> Result<Said, String> {
    let body = || {
        let sides = Sides::start(image, setting(Wait::Hybrid))?;
        let bases = sides.bases()?;
        let copied = connections::beside(&sides, fixed.connections - 1, || {
            rtl::count_copies();
            valgrind::start();
            let part = |&operations: &usize| {
                let before = rtl::copied();
                run(&sides, fixed, operations)?;
                valgrind::dump();
                Ok(rtl::copied() - before)
            };
            parts.iter().map(part).collect()
        })?;
        sides.stop()?;
        Ok(Said { bases, copied })
    };
    // Below valgrind only a thread's stack is all there from the start.
    thread::scope(|scope| scope.spawn(body).join())
        .unwrap_or_else(|_| Err("the thread that measures panicked".to_owned()))
}

/// How often a thread sleeps for a message, in a ping-pong where nobody polls.
///
/// # Errors
///
/// As [`run_fixed`].
pub fn sleeps_a_message(image: &Path) -> Result<f64, String> {
    const ROUND_TRIPS: usize = 2000;
    let sides = Sides::start(image, setting(Wait::Sleep))?;
    let fixed = Fixed {
        verb: Verb::Send,
        size: 64,
        connections: 1,
    };
    run(&sides, fixed, 100)?;
    let before = Spent::now(Whose::Own);
    run(&sides, fixed, ROUND_TRIPS)?;
    let sleeps = before.since(Whose::Own).sleeps;
    sides.stop()?;
    Ok(sleeps as f64 / (2 * ROUND_TRIPS) as f64)
}

/// Memory of a connection that nothing happens on.
///
/// # Errors
///
/// As [`run_fixed`].
pub fn idle_memory(image: &Path) -> Result<IdleMemory, String> {
    let sides = Sides::start(image, setting(Wait::Hybrid))?;
    let memory = connections::idle_memory(&sides)?;
    sides.stop()?;
    Ok(memory)
}
