//! One end is killed at many moments: the other says so, ends with a documented status, unloads clean and never hangs.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::cut::{Cut, Relay};
use crate::support::{Ended, LIMIT, LITTLE, Running, demo};

/// What NDKPI documents for a connection that is lost while it is made or used.
const DOCUMENTED: [&str; 5] = [
    "STATUS_CANCELLED",
    "STATUS_CONNECTION_ABORTED",
    "STATUS_CONNECTION_INVALID",
    "STATUS_CONNECTION_REFUSED",
    "STATUS_IO_TIMEOUT",
];

/// Bytes of the frame that asks for a connection: the 20 of MPA, the 4 of its enhanced set-up, 20 of the demo's own.
const REQUEST: u64 = 44;

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
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
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

/// The other end was killed at `when`, and this one ended as it should.
#[track_caller]
fn assert_survived(this: &Ended, when: &dyn std::fmt::Debug) {
    let json = this.assert_refused("");
    eprintln!("{when:?}: {} after {:?}", json["error"], this.took);
    assert_documented(&json, this);
}

/// Whether the cut lies where a run may be over before it: how many bytes pass differs a little from run to run.
fn may_be_late(cut: Cut, total: u64) -> bool {
    cut.after + 200 >= total
}

/// The end that outlived `cut` says that the other died, unless all was done before.
#[track_caller]
fn assert_ended(survivor: &Ended, cut: Cut, total: u64) {
    if may_be_late(cut, total) && survivor.code == Some(0) {
        survivor.assert_good();
    } else {
        assert_survived(survivor, &cut);
    }
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
        assert_ended(&client.end(LIMIT), cut, total);
    }
}

#[test]
fn the_client_is_killed_at_any_byte() {
    let total = undisturbed();
    for cut in moments(total) {
        let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--patience", "10"]);
        let address = server.address();
        let relay = Relay::to(address, Some(cut));
        let to = relay.address.to_string();
        let client = Running::start(LITTLE.into_iter().chain(["connect", &to]));
        relay.victim(client.id());
        let client = client.end(LIMIT);
        assert!(
            client.code.is_none() || may_be_late(cut, total),
            "killed: {client:?}"
        );
        if cut.after <= REQUEST {
            // Unless a connection was asked for, the one to serve is still to come. A whole request may be lost all
            // the same, when a reset follows before it was read.
            let to = address.to_string();
            let next = demo(LITTLE.into_iter().chain(["connect", &to]));
            if cut.after < REQUEST || next.code == Some(0) {
                next.assert_good();
                server.end(LIMIT).assert_good();
            } else {
                next.assert_refused("");
                assert_survived(&server.end(LIMIT), &cut);
            }
        } else {
            assert_ended(&server.end(LIMIT), cut, total);
        }
    }
}

/// Without a relay: what the host's TCP itself says when a process dies.
#[test]
fn either_is_killed_at_any_time() {
    let endless = ["--json", "--mib", "100000", "--patience", "10"];
    for n in 0..6 {
        let after = Duration::from_millis(n * n * 12);
        for server_dies in [false, true] {
            let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--patience", "10"]);
            let to = server.address().to_string();
            let client = Running::start(endless.into_iter().chain(["connect", &to]));
            server.line(|line| line.starts_with("connection from").then_some(()));
            thread::sleep(after);
            let (dies, survives) = if server_dies {
                (server, client)
            } else {
                (client, server)
            };
            dies.signal(Signal::SIGKILL);
            assert_survived(&survives.end(LIMIT), &(server_dies, after));
        }
    }
}
