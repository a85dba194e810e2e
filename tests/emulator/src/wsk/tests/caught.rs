//! Violations end the process, so a test of one runs itself again and looks at how that ended.

use std::process::Command;

/// Set in the process that is to break the rule.
const MARK: &str = "EMULATOR_BREAKS_A_RULE";

/// Runs `body` in a process of its own (this very test) and expects it to break `rule`.
pub(crate) fn breaks(rule: &str, body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        body();
        println!("nothing was caught");
        std::process::exit(0);
    }
    let thread = std::thread::current();
    let test = thread.name().expect("a test's thread has the test's name");
    let ran = Command::new(std::env::current_exe().expect("we run from a file"))
        .args(["--exact", test, "--nocapture"])
        .env(MARK, "1")
        .output()
        .expect("the test runs again");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let caught = said.contains(&format!("VIOLATION rule={rule} "));
    assert!(
        caught && ran.status.code() == Some(crate::verifier::EXIT_STATUS),
        "{rule} was not caught:\n{said}"
    );
}
