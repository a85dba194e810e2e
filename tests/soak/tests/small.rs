//! The soak in small: what runs for hours runs for seconds first.

use std::process::Command;

#[test]
fn a_thousandth_of_it_leaves_memory_as_it_was() {
    let run = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args([
            "--connections",
            "64",
            "--cycles",
            "400",
            "--loads",
            "4",
            "--json",
        ])
        .output();
    let run = run.expect("soak runs");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
    let last = run
        .stdout
        .split(|&byte| byte == b'\n')
        .rfind(|line| !line.is_empty());
    let result: serde_json::Value =
        serde_json::from_slice(last.unwrap_or_default()).expect("the last line is JSON");
    assert_eq!(result["flat"], true, "{result:#}");
    for (phase, connections) in [("alive", 64), ("cycles", 400), ("loads", 32)] {
        assert_eq!(result[phase]["connections"], connections, "{result:#}");
    }
}

#[test]
fn more_connections_than_descriptors_are_refused_at_once() {
    let run = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["--connections", "4000000000"])
        .output();
    let run = run.expect("soak runs");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    assert!(errors.contains("RLIMIT_NOFILE"), "{errors}");
}
