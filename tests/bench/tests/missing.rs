//! What this machine cannot measure is named, and everything else is measured.

use std::process::Command;

use serde_json::Value;

#[test]
fn without_valgrind_every_other_figure_is_there() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--json", "--rounds", "1", "--seconds", "0.01"])
        .args(["--only", "64 B"])
        .env("SOFTRNIC_VALGRIND", "/nowhere/valgrind")
        .output()
        .expect("the benchmark starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let points = json["points"].as_array().expect("points");
    let (missing, measured): (Vec<_>, Vec<_>) =
        points.iter().partition(|point| !point["missing"].is_null());

    assert_eq!(measured.len(), 2, "{json}");
    for point in measured {
        let median = point["results"]["softrnic"]["median"].as_f64();
        assert!(median > Some(0.0), "{point}");
    }
    assert_eq!(missing.len(), 1, "{json}");
    assert_eq!(missing[0]["name"], "instructions of a send 64 B");
    let why = missing[0]["missing"].as_str().expect("text");
    assert!(why.starts_with("/nowhere/valgrind is missing: apt-get install"));
    assert!(
        said.contains("not measured: instructions of a send 64 B"),
        "{said}"
    );
}
