//! Calls of images that fail because the simulation wants it: allocations, and every other call that may.
//!
//! A call is known by its name and by the stack of the image that made it: the same place reached another way
//! is another call, for what has to be undone there is different.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::Random;
use crate::image::image_at;
use crate::verifier::stack;

/// Which calls fail.
#[derive(Clone, Debug)]
pub enum Faults {
    /// One in so many, by a stream.
    OneIn(u64, Random),
    /// The first with this stack; 0: none does, but stacks are counted.
    Stack(u64),
}

/// A call that may fail, as it was met first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of its stack: the same in every process.
    pub stack: u64,
    /// The function.
    pub call: &'static str,
}

struct State {
    faults: Faults,
    met: BTreeSet<Place>,
    /// The calls that failed, with their return addresses.
    failed: Vec<(&'static str, Vec<usize>)>,
}

static ACTIVE: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State {
    faults: Faults::Stack(0),
    met: BTreeSet::new(),
    failed: Vec::new(),
});

/// From now on calls fail as `faults` says. `None`: none does.
pub fn set_faults(faults: Option<Faults>) {
    ACTIVE.store(faults.is_some(), Ordering::SeqCst);
    if let Some(faults) = faults {
        STATE.lock().faults = faults;
    }
}

/// The calls that might have failed, where their stacks were counted.
#[must_use]
pub fn places_met() -> Vec<Place> {
    STATE.lock().met.iter().cloned().collect()
}

/// The calls that failed, with the functions that made them.
#[must_use]
pub fn failed_calls() -> Vec<String> {
    let failed = STATE.lock().failed.clone();
    let lines = failed.iter().map(|(call, frames)| {
        let frames = frames.iter().map(|&frame| stack::describe(frame));
        format!("{call} failed\n{}", frames.collect::<Vec<_>>().join("\n"))
    });
    lines.collect()
}

/// Whether this call by an image, which may fail, is to.
#[inline]
pub(crate) fn fails(call: &'static str) -> bool {
    ACTIVE.load(Ordering::Relaxed) && decide(call)
}

#[cold]
fn decide(call: &'static str) -> bool {
    let mut state = STATE.lock();
    let frames = match &mut state.faults {
        Faults::OneIn(times, random) => {
            if !random.one_in(*times) {
                return false;
            }
            stack::unwound()
        }
        Faults::Stack(wanted) => {
            let wanted = *wanted;
            let frames = stack::unwound();
            let place = Place {
                stack: number(call, &frames),
                call,
            };
            let fails = place.stack == wanted;
            if !frames.is_empty() && !state.met.insert(place) || !fails {
                return false;
            }
            frames
        }
    };
    if frames.is_empty() {
        // Not an image's call.
        return false;
    }
    state.failed.push((call, frames));
    drop(state);
    super::note(|| format!("{call} fails"));
    true
}

/// The same for the same stack, wherever the image lies; never 0.
fn number(call: &str, frames: &[usize]) -> u64 {
    let offset = |&frame: &usize| (frame - image_at(frame).map_or(0, |image| image.base)) as u64;
    let parts = call.bytes().map(u64::from).chain(frames.iter().map(offset));
    let mix = |all: u64, part: u64| (all.rotate_left(5) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    parts.fold(0, mix) | 1
}
