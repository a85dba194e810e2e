//! A seed that fails, made smaller: what its failure does not need is left out, one thing at a time.

use std::fmt;
use std::io;
use std::str::FromStr;

use softrnic_emulator::nic;
use softrnic_emulator::sched::Timers;
use softrnic_emulator::wsk::simulated::Weather;

use crate::fork;
use crate::scenario::Scenario;
use crate::seeds::{complaint, one};

/// Something that can be left out of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The event of this number, counted in the whole scenario.
    Event(usize),
    /// The driver is unloaded.
    Unload,
    /// Calls that fail.
    Faults,
    /// Connections that the network resets, and connects that it refuses.
    Resets,
    /// Connections of which nothing is heard any more.
    Vanishing,
    /// Segments that are held up.
    Stalls,
    /// Frames that are lost, doubled or late.
    Losses,
    /// Small windows, buffers and segments.
    Tightness,
    /// Odd indications and late completions of WSK.
    Oddity,
    /// Other threads between two instructions of the image.
    Preemption,
    /// A clock that ticks, and timers that are late.
    Timers,
    /// Most of what the consumers do.
    Work,
}

const NAMED: [(&str, Part); 11] = [
    ("unload", Part::Unload),
    ("faults", Part::Faults),
    ("resets", Part::Resets),
    ("vanishing", Part::Vanishing),
    ("stalls", Part::Stalls),
    ("losses", Part::Losses),
    ("tightness", Part::Tightness),
    ("oddity", Part::Oddity),
    ("preemption", Part::Preemption),
    ("timers", Part::Timers),
    ("work", Part::Work),
];
const EVENT: &str = "event-";

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Event(number) = self {
            return write!(f, "{EVENT}{number}");
        }
        let named = NAMED.iter().find(|(_, part)| part == self);
        f.write_str(named.map_or("", |(name, _)| name))
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if let Some(number) = name.strip_prefix(EVENT) {
            return number.parse().map(Self::Event).map_err(|e| e.to_string());
        }
        let named = NAMED.iter().find(|(known, _)| *known == name);
        let part = named.map(|(_, part)| *part);
        part.ok_or_else(|| format!("{name} is no part of a scenario"))
    }
}

/// `whole` without these parts.
#[must_use]
pub fn without(whole: &Scenario, parts: &[Part]) -> Scenario {
    let mut scenario = whole.clone();
    let fair = Weather::default();
    for part in parts {
        let weather = &mut scenario.weather;
        match part {
            Part::Event(_) => {}
            Part::Unload => scenario.unload = None,
            Part::Faults => scenario.faults = None,
            Part::Resets => (weather.resets, weather.refusals) = (0, 0),
            Part::Vanishing => weather.vanishes = 0,
            Part::Stalls => weather.stalls = 0,
            Part::Losses => scenario.switch = nic::Weather::default(),
            Part::Tightness => {
                (weather.window, weather.send_buffer) = (fair.window, fair.send_buffer);
                weather.segment = fair.segment;
            }
            Part::Oddity => {
                scenario.wsk.odd_indications = false;
                scenario.wsk.vary_completions = false;
            }
            Part::Preemption => scenario.plan.preemption = None,
            Part::Timers => scenario.plan.timers = Timers::EXACT,
            Part::Work => scenario.small = true,
        }
    }
    let events = whole.events.iter().enumerate();
    let left = events.filter(|(number, _)| !parts.contains(&Part::Event(*number)));
    scenario.events = left.map(|(_, event)| *event).collect();
    scenario
}

/// The parts that `whole` can go without and still fail, as `fails` says of a smaller one.
///
/// # Errors
/// What `fails` fails with.
pub fn needless<E>(
    whole: &Scenario,
    mut fails: impl FnMut(&Scenario) -> Result<bool, E>,
) -> Result<Vec<Part>, E> {
    let events = (0..whole.events.len()).map(Part::Event);
    let mut left_out = Vec::new();
    for part in events.chain(NAMED.map(|(_, part)| part)) {
        let before = format!("{}", without(whole, &left_out));
        left_out.push(part);
        let smaller = without(whole, &left_out);
        // What changes nothing is not worth a run.
        if smaller.to_string() == before || !fails(&smaller)? {
            left_out.pop();
        }
    }
    Ok(left_out)
}

/// What the seed needs to fail as `report` says, and what such a run writes.
///
/// # Errors
/// When the host gives no process.
pub fn shrink(whole: &Scenario, report: &str) -> io::Result<(Vec<Part>, String)> {
    let wanted = kind(report);
    let mut smallest = report.to_owned();
    let parts = needless(whole, |smaller| {
        let mut running = vec![((), fork::start(|| one(smaller))?)];
        let (_, outcome) = fork::wait(&mut running)?;
        let found = complaint(outcome).filter(|found| kind(found) == wanted);
        Ok::<_, io::Error>(found.map(|found| smallest = found).is_some())
    })?;
    Ok((parts, smallest))
}

/// What a failure is recognised by: the rule that was broken, or the place and words of the promise.
fn kind(report: &str) -> String {
    let mut lines = report.lines();
    let place = lines.find(|line| line.starts_with("VIOLATION") || line.contains("panicked at"));
    let Some(place) = place else {
        return report.lines().next().unwrap_or_default().to_owned();
    };
    let words = match place.split_once("panicked at") {
        Some((_, place)) => format!("{place} {}", lines.next().unwrap_or_default()),
        None => place.split(" image=").next().unwrap_or_default().to_owned(),
    };
    words.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Event, Occurrence};
    use crate::scenario::{Choice, Road, Workload};

    fn busy() -> Scenario {
        let mut scenario = Scenario::new(
            7,
            Choice {
                workload: Some(Workload::Rough),
                road: Some(Road::Sockets),
            },
        );
        let happens = |event| Occurrence {
            to: 0,
            after: 1,
            event,
            lasts: 1,
        };
        scenario.events = [Event::Pause, Event::Remove, Event::Sleep]
            .map(happens)
            .into();
        (scenario.weather.resets, scenario.weather.stalls) = (50, 40);
        scenario.wsk.odd_indications = true;
        scenario
    }

    #[test]
    fn only_what_the_failure_needs_is_left() {
        let whole = busy();
        let fails = |smaller: &Scenario| {
            let removes = smaller.events.iter().any(|it| it.event == Event::Remove);
            Ok::<_, ()>(removes && smaller.weather.resets != 0)
        };
        let parts = needless(&whole, fails).expect("nothing fails here");
        let left = without(&whole, &parts);
        assert_eq!(left.events.len(), 1);
        assert_eq!((left.weather.resets, left.weather.stalls), (50, 0));
        assert!(left.small && !left.wsk.odd_indications);
        assert!(parts.contains(&Part::Event(0)) && !parts.contains(&Part::Event(1)));
    }

    #[test]
    fn parts_have_names() {
        let all = NAMED
            .map(|(_, part)| part)
            .into_iter()
            .chain([Part::Event(3)]);
        for part in all {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        assert!("event".parse::<Part>().is_err());
    }

    #[test]
    fn failures_are_recognised() {
        let one = "x\nVIOLATION rule=SIM-HUNG image=- fn=- text=1\n";
        let other = "y\nVIOLATION rule=NDK-CQ-02 image=- fn=- text=1\n";
        assert_ne!(kind(one), kind(other));
        let panic = |thread: u32| {
            format!("z\nthread 'main' ({thread}) panicked at a.rs:1:2:\nlost {thread}")
        };
        assert_eq!(kind(&panic(1)), kind(&panic(22)));
        assert_ne!(kind(&panic(1)), kind(one));
    }
}
