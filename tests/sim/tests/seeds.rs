//! Seeds that pass, and that are the same run every time. A seed that failed once, and what it showed, is
//! kept here for good.

use std::process::{Command, Output};

fn sim(arguments: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(arguments)
        .output();
    run.expect("sim runs")
}

/// What a run came to, in which nothing failed.
fn whole(arguments: &[&str]) -> serde_json::Value {
    let output = sim(arguments);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{error}");
    let result = serde_json::from_str(out.lines().last().unwrap_or_default());
    let result: serde_json::Value = result.expect("the last line is JSON");
    assert_eq!(result["failures"], 0, "{error}");
    result
}

#[test]
fn five_hundred_seeds() {
    let result = whole(&["--seeds", "500", "--json"]);
    assert_eq!(result["seeds"], 500);
}

// NDIS-NBL-01, NDIS-NBL-02, NDIS-PROT-06: whatever a seed makes of NICs, switch and threads.
#[test]
fn sixty_seeds_as_frames() {
    let result = whole(&["--seeds", "60", "--road", "frames", "--json"]);
    assert_eq!(result["seeds"], 60);
}

const SOCKETS: &str = "sockets";
const FRAMES: &str = "frames";

/// Seeds that failed once, with what they were without then.
const FAILED: [(&str, &str, &str, &str); 21] = [
    // No memory for the second try of a connect.
    ("147", "storm", SOCKETS, "timers,unload,vanishing"),
    ("336", "storm", SOCKETS, "timers,unload,vanishing"),
    // A connection that is lost between a read and the send behind it.
    ("307486", "rough", SOCKETS, "timers,unload,vanishing"),
    // A halt beside a change of the other adapter's address: no callback comes after its cancelling.
    ("404684", "rough", SOCKETS, "timers,unload,vanishing"),
    // An address that goes while a listener begins.
    ("603902", "storm", SOCKETS, "timers,unload,vanishing"),
    // A timer that expires a tick before it is due, on a disconnect that hangs.
    ("131", "rough", SOCKETS, "resets,unload,vanishing"),
    ("285", "mannered", SOCKETS, "work,unload"),
    // A send that failed, and one behind it that did not.
    ("1902", "rough", SOCKETS, "timers,unload,vanishing"),
    // NDIS refused to be told that Network Direct is on, and was not told again.
    ("10000280", "smb", SOCKETS, "resets,tightness,timers,work"),
    ("10005525", "storm", SOCKETS, "resets,vanishing,oddity"),
    // The emulator slept over what a socket had left unread.
    ("10005047", "mannered", SOCKETS, "event-0,tightness"),
    // The emulator opened Network Direct of an adapter that it had halted meanwhile.
    (
        "50003264",
        "rough",
        SOCKETS,
        "resets,stalls,tightness,oddity,timers,work",
    ),
    // A socket that was forced closed as it resumed: its DPC queued itself for ever.
    ("60064069", "rough", SOCKETS, "tightness"),
    // The emulator's TCP/IP refused who connected before it had looked at a new listener.
    ("1674", "smb", FRAMES, "event-2,timers"),
    // A NIC that was pulled out while it was bound: what it said was no error, and neither was the bind's end.
    ("93102692", "smb", FRAMES, "work"),
    // The emulator's NIC fell asleep while it was bound.
    (
        "93196057",
        "rude",
        FRAMES,
        "event-1,losses,oddity,timers,work",
    ),
    // The verifier held a connection for one that was kept, whose failed send waited for an older one to complete.
    ("93516482", "rough", SOCKETS, "tightness"),
    // An adapter that could not read its address had another the next time, and the emulator's TCP/IP did not know.
    (
        "93491242",
        "rude",
        FRAMES,
        "event-0,losses,oddity,timers,work",
    ),
    // The emulator's TCP/IP forgot its neighbours when the MTU changed, and then kept a connection alive with a byte of its own.
    ("93492756", "mannered", FRAMES, "unload"),
    // A request that came as its listener closed began what had ended.
    ("95002667", "storm", SOCKETS, "tightness,oddity,work"),
    (
        "95001468",
        "storm",
        SOCKETS,
        "unload,faults,resets,stalls,tightness,timers,work",
    ),
];

#[test]
fn seeds_that_failed_once_pass() {
    for (seed, workload, road, without) in FAILED {
        let output = sim(&[
            "--replay",
            seed,
            "--workload",
            workload,
            "--road",
            road,
            "--without",
            without,
        ]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

/// Fails each call that may fail, once for each way to it.
fn exhaust(workload: &str, road: &str) -> serde_json::Value {
    let found = whole(&[
        "--exhaust-faults",
        "--workload",
        workload,
        "--road",
        road,
        "--seeds",
        "1",
        "--json",
    ]);
    assert!(found["stacks"].as_u64() > Some(100), "{found}");
    found
}

// NDIS-REG-07, NDIS-LIFE-06: each call that may fail does, once for each way to it.
#[test]
fn every_call_of_a_storm_may_fail() {
    let result = exhaust("storm", SOCKETS);
    for call in ["allocation", "WskSocket", "WskSend", "PsCreateSystemThread"] {
        assert!(result["calls"][call].as_u64() > Some(0), "{call}: {result}");
    }
}

// NDIS-REG-07, NDIS-PROT-02: as above, with the calls of the frame path.
#[test]
fn every_call_of_the_frame_path_may_fail() {
    let result = exhaust("mannered", FRAMES);
    for call in ["NdisOpenAdapterEx", "NdisRegisterProtocolDriver"] {
        assert!(result["calls"][call].as_u64() > Some(0), "{call}: {result}");
    }
}

/// Every instruction of the image: its stack and its time at DISPATCH_LEVEL are within their budgets.
#[test]
fn the_driver_keeps_to_its_budgets() {
    let result = whole(&[
        "--trace",
        "--seeds",
        "1",
        "--workload",
        "mannered",
        "--json",
    ]);
    let number = |name: &str| result[name].as_u64().unwrap_or_default();
    assert!(number("instructions") > 100_000, "{result}");
    // As much as a send and its completion take at least: the trace sees into calls and back.
    assert!(number("dispatch_instructions") > 1_000, "{result}");
    assert!(
        number("dispatch_instructions") < number("dispatch_limit"),
        "{result}"
    );
    assert!(number("stack_bytes") > 2_000, "{result}");
    assert!(number("stack_bytes") < number("stack_limit"), "{result}");
}

/// The log of a seed, in a process of its own.
fn log(seed: &str, workload: &str, road: &str) -> String {
    let output = sim(&[
        "--replay",
        seed,
        "--workload",
        workload,
        "--road",
        road,
        "--log",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_seed_is_the_same_run_every_time() {
    for workload in ["mannered", "rough", "storm", "rude", "smb"] {
        let mut logs = Vec::new();
        for (seed, road) in ["1", "2", "3", "4", "5", "6"]
            .into_iter()
            .zip([SOCKETS, FRAMES].into_iter().cycle())
        {
            let first = log(seed, workload, road);
            assert!(first.lines().count() > 50, "{workload} {seed}:\n{first}");
            assert!(
                first == log(seed, workload, road),
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
