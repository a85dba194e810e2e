//! The forms of the command: one process or two, both IP versions, a separator or none, one JSON line at the end.

use nix::sys::signal::Signal;
use softrnic_emulator::wsk::host_has_ipv6;

use crate::support::{LIMIT, LITTLE, Running, demo};

#[test]
fn one_process_does_all_work() {
    let ended = demo(LITTLE);
    let json = ended.assert_good();
    let names: Vec<_> = json["operations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|o| o["name"].as_str().expect("a name"))
        .collect();
    let rows = [
        "RDMA write",
        "RDMA read",
        "send",
        "SMB Direct write",
        "SMB Direct read",
    ];
    assert_eq!(names, rows);
    assert_eq!(json["operations"][0]["bytes"], 2 << 20);
    assert_eq!(json["operations"][1]["bytes"], 2 << 20);
    assert_eq!(json["operations"][2]["count"], 500);
    for copied in [&json["operations"][3], &json["operations"][4]] {
        assert_eq!(copied["bytes"], 2 << 20);
        assert_eq!(copied["sha256"].as_str().map(str::len), Some(64));
        assert_eq!(copied["sha256"], json["operations"][3]["sha256"]);
    }
    assert!(json["bytes"].as_u64() > Some(8 << 20));
    for what in [
        "NdkListen(",
        "NdkConnect(",
        "NdkConnectEventCallback",
        "NdkAccept",
        "NdkCompleteConnect",
        "NdkDisconnectEventCallback",
        "NdkDisconnect completed: STATUS_SUCCESS",
        "NdkCloseConnector completed: STATUS_SUCCESS",
        "SMB Direct: the hashes are the same",
        "0 violations, 0 leaks: clean",
    ] {
        assert!(ended.stderr.contains(what), "{what}: {ended:?}");
    }
}

#[test]
fn one_process_through_its_nics() {
    for ipv6 in [&[][..], &["--ipv6"]] {
        let options = ["--through-nic", "--cheap"].iter().chain(ipv6);
        demo(options.copied().chain(LITTLE)).assert_good();
    }
    let refused = demo(["--through-nic", "serve", "--json", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(2));
    assert_eq!(refused.json()["ok"], false);
}

#[test]
fn a_separator_in_front_changes_nothing() {
    demo(["--"].into_iter().chain(LITTLE)).assert_good();
    let refused = demo(["--", "serve", "--json", "127.0.0.1:99999"]);
    assert!(refused.stderr.contains("not an address and port"));
}

#[test]
fn one_process_over_ipv6() {
    if !host_has_ipv6() {
        return;
    }
    let ended = demo(LITTLE.into_iter().chain(["--ipv6"]));
    ended.assert_good();
    assert!(ended.stderr.contains("NdkListen([::1]:0)"), "{ended:?}");
}

#[test]
fn without_json_standard_output_is_empty() {
    let ended = demo(["--mib", "1", "--sends", "10", "--file", "1"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "");
}

#[test]
fn less_checking_and_completion_at_hand_over() {
    let json = demo(
        LITTLE
            .into_iter()
            .chain(["--cheap", "--complete-at-hand-over"]),
    )
    .assert_good();
    assert_eq!(json["send_completion"], "hand-over");
}

#[test]
fn nothing_to_move_is_fine() {
    let json = demo(["--json", "--mib", "0", "--sends", "0", "--file", "0"]).assert_good();
    assert_eq!(json["bytes"], 0);
}

#[test]
fn two_processes() {
    for at in ["127.0.0.3:0", "[::1]:0"] {
        if at.contains('[') && !host_has_ipv6() {
            continue;
        }
        let mut server = Running::start(["serve", at, "--json", "--connections", "2"]);
        let address = server.address().to_string();
        for _ in 0..2 {
            let client = demo(LITTLE.into_iter().chain(["connect", &address]));
            assert_eq!(client.assert_good()["operations"][2]["count"], 500);
        }
        let served = server.end(LIMIT).assert_good();
        assert_eq!(served["operations"][2]["count"], 1000);
        assert_eq!(served["operations"][0]["bytes"], 4 << 20);
        assert_eq!(served["operations"][3]["bytes"], 4 << 20);
        assert_eq!(served["operations"][4]["bytes"], 4 << 20);
    }
}

#[test]
fn a_server_ends_after_one_connection() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
    let address = server.address().to_string();
    demo(LITTLE.into_iter().chain(["connect", &address])).assert_good();
    assert_eq!(
        server.end(LIMIT).assert_good()["operations"][2]["count"],
        500
    );
}

#[test]
fn one_bad_connection_of_many_is_told_of_at_the_end() {
    for count in ["2", "0"] {
        let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--connections", count]);
        let address = server.address().to_string();
        let dies = Running::start(["connect", &address, "--mib", "100000"]);
        server.line(|line| line.starts_with("connection from").then_some(()));
        dies.signal(Signal::SIGKILL);
        dies.end(LIMIT);
        demo(LITTLE.into_iter().chain(["connect", &address])).assert_good();
        if count == "0" {
            server.line(|line| line.ends_with("is done").then_some(()));
            server.signal(Signal::SIGTERM);
        }
        server
            .end(LIMIT)
            .assert_refused("1 of 2 connections failed");
    }
}

#[test]
fn an_interrupt_is_how_a_server_without_a_number_ends() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--connections", "0"]);
        server.address();
        server.signal(signal);
        server.end(LIMIT).assert_good();
    }
}

#[test]
fn an_interrupt_before_the_connection_is_a_failure() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
    server.address();
    server.signal(Signal::SIGINT);
    server.end(LIMIT).assert_refused("interrupted");
}

#[test]
fn an_interrupted_client_ends_clean() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
    let address = server.address().to_string();
    let client = Running::start(["connect", &address, "--json", "--mib", "100000"]);
    server.line(|line| line.starts_with("connection from").then_some(()));
    client.signal(Signal::SIGTERM);
    client.end(LIMIT).assert_refused("interrupted");
    server
        .end(LIMIT)
        .assert_refused("the peer ended the connection");
}

#[test]
fn an_interrupted_server_drops_its_client() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
    let address = server.address().to_string();
    let client = Running::start(["connect", &address, "--json", "--mib", "100000"]);
    server.line(|line| line.starts_with("connection from").then_some(()));
    server.signal(Signal::SIGINT);
    server.end(LIMIT).assert_refused("interrupted");
    client.end(LIMIT).assert_refused("");
}

#[test]
fn a_command_line_that_makes_no_sense_says_so_in_json_too() {
    let ended = demo(["--json", "--mib", "many"]);
    assert_eq!(ended.code, Some(2));
    let json = ended.json();
    assert_eq!(json["ok"], false);
    assert!(json["error"].as_str().is_some_and(|e| e.contains("many")));
}
