//! What this machine cannot measure is named, and everything else is measured.

use std::process::{Command, Output};

use serde_json::Value;

fn bench(options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(options)
        .env("SOFTRNIC_VALGRIND", "/nowhere/valgrind")
        .output()
        .expect("the benchmark starts")
}

#[test]
fn without_valgrind_and_peers_every_figure_of_ours_is_there() {
    let output = bench(&[
        "--json",
        "--rounds",
        "1",
        "--secs",
        "0.01",
        "--no-peers",
        "--only",
        "64 B",
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");

    let medians = json["medians"].as_object().expect("medians");
    assert_eq!(medians.len(), 6, "{json}");
    for (point, figures) in medians {
        let figure = figures["softrnic"].as_f64();
        assert!(figure > Some(0.0), "{point}: {figures}");
    }
    let why = json["profile"]["missing"].as_str().expect("text");
    assert!(why.starts_with("/nowhere/valgrind is missing: apt-get install"));
    assert!(
        said.contains("Not counted: /nowhere/valgrind is missing"),
        "{said}"
    );
}

#[test]
fn budgets_are_not_kept_without_valgrind() {
    let output = bench(&["budgets"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("/nowhere/valgrind is missing: apt-get install"),
        "{said}"
    );
}
