//! Budgets: what an operation may take at most. They are counted, not timed, and so the same on every machine.
//!
//! A line of `tests/bench/budgets.txt` is `operation: instructions, calls out: reason`, and an operation without a line
//! has no budget. Nothing may be allocated. One line is `idle connection memory: bytes: reason`. Who needs more raises the
//! budget and says why; who needs a good deal less lowers it.

use std::collections::BTreeMap;

use super::{BESIDE, Operation, Profile};

/// Where budgets are written down, from the project's folder.
pub const FILE: &str = "tests/bench/budgets.txt";
/// Start-up is counted twice and taken away once; it may differ by a call.
const NONE: f64 = 0.005;
/// Counts differ so much from run to run: threads meet at other moments.
const NOISE: f64 = 1.01;
/// A budget that is so much too large hides what comes next.
const SLACK: f64 = 1.10;

/// In front of the bytes that a connection may take on which nothing happens.
const IDLE: &str = "idle connection memory: ";

/// What an operation may take.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Budget {
    instructions: f64,
    calls: f64,
}

/// An operation takes no more for it that there are other connections.
const FLAT: f64 = 1.10;

/// Compares `profile` with the budgets in `text`.
///
/// # Errors
///
/// Every operation that takes too much, or has too large a budget; lines that are none.
pub fn check(profile: &Profile, text: &str) -> Result<(), String> {
    if let Some(why) = &profile.missing {
        return Err(why.clone());
    }
    let budgets = read(text)?;
    let known = |name: &String| profile.operations.iter().any(|one| one.name == *name);
    let unknown = budgets.keys().filter(|name| !known(name));
    let mut findings: Vec<String> = unknown
        .map(|name| format!("{name}: no such operation"))
        .collect();
    for one in &profile.operations {
        if let Some((alone, _)) = one.name.split_once(BESIDE) {
            findings.extend(grows(profile, alone, one));
        }
        if one.allocations() > NONE {
            findings.push(format!("{}: {} allocations", one.name, one.allocations()));
        }
        if let Some(budget) = budgets.get(&one.name) {
            findings.extend(compare(one, *budget));
        }
    }
    let bytes: f64 = profile.memory.iter().map(|it| it.1 as f64 * it.2).sum();
    if let Some(budget) = idle(text)?.filter(|budget| bytes > *budget) {
        findings.push(format!("{IDLE}{bytes:.0} bytes, budget {budget}"));
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(format!("{FILE}: {}", findings.join("\n")))
    }
}

/// Whether `beside` takes more than the same operation does alone.
fn grows(profile: &Profile, alone: &str, beside: &Operation) -> Option<String> {
    let alone = profile.operations.iter().find(|one| one.name == alone)?;
    let grown = beside.instructions / alone.instructions;
    (grown > FLAT).then(|| format!("{}: {grown:.2} times what it is alone", beside.name))
}

fn compare(one: &Operation, budget: Budget) -> Vec<String> {
    let calls = one.calls.values().sum();
    let pairs = [
        ("instructions", one.instructions, budget.instructions),
        ("calls out", calls, budget.calls),
    ];
    let told = pairs.into_iter().filter_map(|(what, counted, budget)| {
        let does = if counted > budget * NOISE {
            "takes more"
        } else if counted * SLACK < budget {
            "takes less: lower the budget"
        } else {
            return None;
        };
        Some(format!(
            "{}: {counted:.1} {what}, budget {budget}: {does}",
            one.name
        ))
    });
    told.collect()
}

/// Bytes of an idle connection.
fn idle(text: &str) -> Result<Option<f64>, String> {
    let Some(line) = text.lines().find_map(|line| line.strip_prefix(IDLE)) else {
        return Ok(None);
    };
    let budget = line.split_once(": ").and_then(|(bytes, reason)| {
        let bytes = bytes.parse().ok()?;
        (!reason.trim().is_empty()).then_some(bytes)
    });
    let malformed = || format!("{FILE}: not `{IDLE}bytes: reason`: {IDLE}{line}");
    budget.map(Some).ok_or_else(malformed)
}

fn read(text: &str) -> Result<BTreeMap<String, Budget>, String> {
    let of_operation = |line: &&str| !line.starts_with('#') && !line.starts_with(IDLE);
    let lines = text.lines().filter(|line| !line.is_empty());
    let lines = lines.filter(of_operation);
    let budget = |line: &str| {
        let (name, rest) = line.split_once(": ")?;
        let (numbers, reason) = rest.split_once(": ")?;
        let (instructions, calls) = numbers.split_once(", ")?;
        let budget = Budget {
            instructions: instructions.parse().ok()?,
            calls: calls.parse().ok()?,
        };
        (!reason.trim().is_empty()).then(|| (name.to_owned(), budget))
    };
    lines
        .map(|line| {
            budget(line).ok_or_else(|| {
                format!("{FILE}: not `operation: instructions, calls out: reason`: {line}")
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{check, read};
    use crate::profile::{Operation, Profile};

    fn profile(instructions: f64, calls: &[(&str, f64)]) -> Profile {
        let calls = calls
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        let one = Operation {
            name: "send 64 B".to_owned(),
            instructions,
            calls: calls.collect(),
            ..Operation::default()
        };
        Profile {
            operations: vec![one],
            ..Profile::default()
        }
    }

    const BUDGET: &str = "# comment\n\nsend 64 B: 1000, 10: measured first\n";

    #[test]
    fn what_fits_passes_and_noise_is_not_much() {
        assert_eq!(
            check(&profile(1005.0, &[("KeSetEvent", 10.0)]), BUDGET),
            Ok(())
        );
    }

    #[test]
    fn more_of_anything_fails() {
        let more = check(&profile(1020.0, &[("KeSetEvent", 10.0)]), BUDGET);
        assert!(
            more.is_err_and(|why| why.contains("1020.0 instructions, budget 1000: takes more"))
        );
        let more = check(&profile(1000.0, &[("KeSetEvent", 11.0)]), BUDGET);
        assert!(more.is_err_and(|why| why.contains("11.0 calls out, budget 10: takes more")));
    }

    #[test]
    fn a_budget_that_is_too_large_is_to_be_lowered() {
        let less = check(&profile(800.0, &[("KeSetEvent", 10.0)]), BUDGET);
        assert!(less.is_err_and(|why| why.contains("lower the budget")));
    }

    #[test]
    fn an_allocation_fails_whatever_the_budget() {
        let calls = [("KeSetEvent", 9.5), ("ExAllocatePool2", 0.5)];
        let allocates = check(&profile(1000.0, &calls), BUDGET);
        assert!(allocates.is_err_and(|why| why.contains("0.5 allocations")));
    }

    #[test]
    fn an_operation_that_takes_more_beside_others_fails() {
        let mut both = profile(1000.0, &[("KeSetEvent", 10.0)]);
        let mut beside = both.operations[0].clone();
        beside.name += ", one of 256 connections";
        beside.instructions = 1050.0;
        both.operations.push(beside);
        assert_eq!(check(&both, BUDGET), Ok(()));
        both.operations[1].instructions = 1150.0;
        let grown = check(&both, BUDGET);
        assert!(grown.is_err_and(|why| why.contains("1.15 times what it is alone")));
    }

    #[test]
    fn a_line_without_a_reason_is_none() {
        assert!(read("send 64 B: 1000, 10").is_err());
        assert!(read("send 64 B: 1000, 10: ").is_err());
        assert!(read("send 64 B: many, 10: why").is_err());
    }

    #[test]
    fn an_idle_connection_has_a_budget() {
        let mut idle = profile(1000.0, &[("KeSetEvent", 10.0)]);
        idle.memory = vec![
            ("sRob".to_owned(), 4096, 1.0),
            ("Irp ".to_owned(), 512, 2.0),
        ];
        let budget = |bytes| format!("{BUDGET}idle connection memory: {bytes}: why\n");
        assert_eq!(check(&idle, &budget(5120)), Ok(()));
        let more = check(&idle, &budget(5119));
        assert!(more.is_err_and(|why| why.contains("5120 bytes, budget 5119")));
        assert!(check(&idle, &format!("{BUDGET}idle connection memory: 1\n")).is_err());
    }

    #[test]
    fn a_budget_for_nothing_is_noticed() {
        let text = format!("{BUDGET}send 8 B: 1, 1: once\n");
        let found = check(&profile(1000.0, &[("KeSetEvent", 10.0)]), &text);
        assert!(found.is_err_and(|why| why.contains("send 8 B: no such operation")));
    }
}
