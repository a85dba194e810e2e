//! Seeds that pass, and that are the same run every time. A seed that failed once, and what it showed, is
//! kept here for good.

use std::process::{Command, Output};

fn sim(arguments: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(arguments)
        .output();
    run.expect("sim runs")
}

#[test]
fn five_hundred_seeds() {
    let output = sim(&["--seeds", "500", "--json"]);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{error}");
    let result: serde_json::Value = serde_json::from_str(out.lines().last().unwrap_or_default())
        .expect("the last line is JSON");
    assert_eq!(
        (&result["seeds"], &result["failures"]),
        (&500.into(), &0.into()),
        "{error}"
    );
}

/// Seeds that failed once, with what they were without then.
const FAILED: [(&str, &str, &str); 12] = [
    // No memory for the second try of a connect.
    ("147", "storm", "timers,unload,vanishing"),
    ("336", "storm", "timers,unload,vanishing"),
    // A connection that is lost between a read and the send behind it.
    ("307486", "rough", "timers,unload,vanishing"),
    // A halt beside a change of the other adapter's address: no callback comes after its cancelling.
    ("404684", "rough", "timers,unload,vanishing"),
    // An address that goes while a listener begins.
    ("603902", "storm", "timers,unload,vanishing"),
    // A timer that expires a tick before it is due, on a disconnect that hangs.
    ("131", "rough", "resets,unload,vanishing"),
    ("285", "mannered", "work,unload"),
    // A send that failed, and one behind it that did not.
    ("1902", "rough", "timers,unload,vanishing"),
    // NDIS refused to be told that Network Direct is on, and was not told again.
    ("10000280", "smb", "resets,tightness,timers,work"),
    ("10005525", "storm", "resets,vanishing,oddity"),
    // The emulator slept over what a socket had left unread.
    ("10005047", "mannered", "event-0,tightness"),
    // The emulator opened Network Direct of an adapter that it had halted meanwhile.
    (
        "50003264",
        "rough",
        "resets,stalls,tightness,oddity,timers,work",
    ),
];

#[test]
fn seeds_that_failed_once_pass() {
    for (seed, workload, without) in FAILED {
        let output = sim(&[
            "--replay",
            seed,
            "--workload",
            workload,
            "--without",
            without,
        ]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

// NDIS-REG-07, NDIS-LIFE-06: each call that may fail does, once for each way to it.
#[test]
fn every_call_of_a_storm_may_fail() {
    let output = sim(&[
        "--exhaust-faults",
        "--workload",
        "storm",
        "--seeds",
        "1",
        "--json",
    ]);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{error}");
    let result: serde_json::Value = serde_json::from_str(out.lines().last().unwrap_or_default())
        .expect("the last line is JSON");
    assert_eq!(result["failures"], 0, "{error}");
    assert!(result["stacks"].as_u64() > Some(100), "{out}");
    for call in ["allocation", "WskSocket", "WskSend", "PsCreateSystemThread"] {
        assert!(result["calls"][call].as_u64() > Some(0), "{call}: {out}");
    }
}

/// Every instruction of the image: its stack and its time at DISPATCH_LEVEL are within their budgets.
#[test]
fn the_driver_keeps_to_its_budgets() {
    let output = sim(&[
        "--trace",
        "--seeds",
        "1",
        "--workload",
        "mannered",
        "--json",
    ]);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{error}");
    let result: serde_json::Value = serde_json::from_str(out.lines().last().unwrap_or_default())
        .expect("the last line is JSON");
    let number = |name: &str| result[name].as_u64().unwrap_or_default();
    assert!(number("instructions") > 100_000, "{out}");
    // As much as a send and its completion take at least: the trace sees into calls and back.
    assert!(number("dispatch_instructions") > 1_000, "{out}");
    assert!(
        number("dispatch_instructions") < number("dispatch_limit"),
        "{out}"
    );
    assert!(number("stack_bytes") > 4_000, "{out}");
    assert!(number("stack_bytes") < number("stack_limit"), "{out}");
}

/// The log of a seed, in a process of its own.
fn log(seed: &str, workload: &str) -> String {
    let output = sim(&["--replay", seed, "--workload", workload, "--log"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_seed_is_the_same_run_every_time() {
    for workload in ["mannered", "rough", "storm", "rude", "smb"] {
        let mut logs = Vec::new();
        for seed in ["1", "2", "3", "4", "5", "6"] {
            let first = log(seed, workload);
            assert!(first.lines().count() > 50, "{workload} {seed}:\n{first}");
            assert!(
                first == log(seed, workload),
                "{workload} {seed} is another run the second time"
            );
            logs.push(first);
        }
        logs.sort();
        logs.dedup();
        assert_eq!(logs.len(), 6, "{workload}: another seed is another run");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
