//! One end is killed at many moments: the other says so, ends with a documented status, unloads clean and never hangs.

#[path = "support/cut.rs"]
mod cut;
mod support;

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;

use cut::{Cut, Relay};
use support::{Ended, LIMIT, LITTLE, Running, demo};

/// What NDKPI documents for a connection that is lost while it is made or used.
const DOCUMENTED: [&str; 5] = [
    "STATUS_CANCELLED",
    "STATUS_CONNECTION_ABORTED",
    "STATUS_CONNECTION_INVALID",
    "STATUS_CONNECTION_REFUSED",
    "STATUS_IO_TIMEOUT",
];

/// The moments, in bytes on the wire of `total`: through start-up frame by frame, then across write, read and sends to
/// the last bytes of the disconnect.
fn moments(total: u64) -> Vec<Cut> {
    let startup = [0, 1, 19, 44, 45, 63, 88, 89, 108, 109, 172, 236, 300];
    let working = (1..=12).map(|n| total * n / 13);
    let ending = [100, 64, 1].map(|left| total - left);
    startup
        .into_iter()
        .chain(working)
        .chain(ending)
        .enumerate()
        .map(|(n, after)| Cut {
            after,
            reset: n % 2 == 1,
        })
        .collect()
}

/// The bytes that pass in a run that nobody disturbs.
fn undisturbed() -> u64 {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--connections", "1"]);
    let relay = Relay::to(server.address(), None);
    let to = relay.address.to_string();
    demo(LITTLE.into_iter().chain(["connect", &to])).assert_good();
    server.end(LIMIT).assert_good();
    relay.passed()
}

fn assert_documented(json: &Value, ended: &Ended) {
    if let Some(status) = json["status"].as_str() {
        assert!(DOCUMENTED.contains(&status), "{status}: {ended:?}");
    }
}

/// The client outlived its server.
#[track_caller]
fn assert_survived(client: Ended, when: &dyn std::fmt::Debug) {
    eprintln!(
        "{when:?}: {:?} after {:?}",
        client.json()["error"],
        client.took
    );
    let json = client.assert_refused("");
    assert_documented(&json, &client);
}

/// What `server` says of the connection that has ended.
fn verdict(server: &mut Running) -> String {
    server.line(|line| {
        (line.starts_with("127.0.0.1:") && (line.contains(": ") || line.ends_with("is done")))
            .then(|| line.to_owned())
    })
}

/// Whether the cut lies where a run may be over before it: how many bytes pass differs a little from run to run.
fn may_be_late(cut: Cut, total: u64) -> bool {
    cut.after + 200 >= total
}

#[test]
fn the_server_is_killed_at_any_byte() {
    let total = undisturbed();
    for cut in moments(total) {
        let mut server = Running::start(["serve", "127.0.0.1:0"]);
        let relay = Relay::to(server.address(), Some(cut));
        relay.victim(server.id());
        let to = relay.address.to_string();
        let client = Running::start(
            LITTLE
                .into_iter()
                .chain(["connect", &to, "--patience", "10"]),
        );
        let client = client.end(LIMIT);
        if may_be_late(cut, total) && client.code == Some(0) {
            client.assert_good();
        } else {
            assert_survived(client, &cut);
        }
    }
}

#[test]
fn the_client_is_killed_at_any_byte() {
    let total = undisturbed();
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--patience", "10"]);
    let address = server.address();
    for cut in moments(total) {
        let relay = Relay::to(address, Some(cut));
        let to = relay.address.to_string();
        let client = Running::start(LITTLE.into_iter().chain(["connect", &to]));
        relay.victim(client.id());
        let client = client.end(LIMIT);
        let late = may_be_late(cut, total);
        assert!(client.code.is_none() || late, "killed: {client:?}");
        // The server's consumer hears of a request that was answered; one of 44 bytes that a reset
        // follows may be lost in its TCP.
        if cut.after > 44 {
            let verdict = verdict(&mut server);
            eprintln!("{cut:?}: {verdict}");
            assert!(late || !verdict.ends_with("is done"), "{cut:?}: {verdict}");
        }
    }
    // It still serves, and ends clean.
    let to = address.to_string();
    demo(LITTLE.into_iter().chain(["connect", &to])).assert_good();
    server.signal(Signal::SIGTERM);
    let ended = server.end(LIMIT);
    ended.assert_good();
}

/// Without a relay: what the host's TCP itself says when a process dies.
#[test]
fn either_is_killed_at_any_time() {
    let endless = ["--json", "--mib", "100000", "--patience", "10"];
    for n in 0..6 {
        let after = Duration::from_millis(n * n * 12);
        let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--patience", "10"]);
        let to = server.address().to_string();
        let client = Running::start(endless.into_iter().chain(["connect", &to]));
        server.line(|line| line.starts_with("connection from").then_some(()));
        thread::sleep(after);
        client.signal(Signal::SIGKILL);
        let said = verdict(&mut server);
        eprintln!("client killed after {after:?}: {said}");
        assert!(!said.ends_with("is done"), "{said}");
        let client = Running::start(endless.into_iter().chain(["connect", &to]));
        server.line(|line| line.starts_with("connection from").then_some(()));
        thread::sleep(after);
        server.signal(Signal::SIGKILL);
        assert_survived(client.end(LIMIT), &after);
    }
}
