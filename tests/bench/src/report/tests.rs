use super::markdown;
use crate::{
    machine::Network,
    point::{Point, Verb},
    profile::Profile,
    results::Results,
    rounds::{Missing, Role, Row, Series},
};

fn results(private: bool) -> Results {
    let series = |contender: &str, role, rounds: &[f64]| Series {
        contender: contender.to_owned(),
        role,
        rounds: rounds.to_vec(),
    };
    let row = Row {
        point: Point::time(Verb::Send, 64),
        series: vec![
            series("softrnic", Role::Ours, &[5.5, 5.0, 6.6]),
            series("somebody", Role::Peer, &[7.0, 8.0, 9.0]),
            series("TCP", Role::Reference, &[5.0, 5.0, 5.0]),
        ],
        missing: vec![Missing {
            contender: "another".to_owned(),
            why: "it ended\nwith 1".to_owned(),
        }],
    };
    Results {
        date: "2026-11-22".to_owned(),
        machine: "2 × some processor".to_owned(),
        network: Network {
            private,
            congestion_control: "reno".to_owned(),
        },
        image_sha256: "abc".to_owned(),
        verifier: "cheap".to_owned(),
        command: "cargo dev bench".to_owned(),
        rounds: 3,
        seconds: 0.25,
        missing: Vec::new(),
        rows: vec![row],
        profile: Profile::default(),
    }
}

#[test]
fn every_verdict_stands_with_its_ratio_and_the_spread_of_the_rounds() {
    let text = markdown(&results(true));
    let line = "| 1 | send 64 B time | softrnic | TCP | ≤ 1.15 | 1.10 (1.00–1.32) | met |";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("2 of 2 met."), "{text}");
}

#[test]
fn figures_come_with_the_references_first_and_ours_last() {
    let text = markdown(&results(true));
    assert!(
        text.contains("| µs | TCP | somebody | softrnic |"),
        "{text}"
    );
    assert!(
        text.contains("| send 64 B time | 5.00 | 8.00 | 5.50 |"),
        "{text}"
    );
}

#[test]
fn who_failed_is_named_on_one_line() {
    let text = markdown(&results(true));
    assert!(
        text.contains("- another: send 64 B time: it ended with 1\n"),
        "{text}"
    );
}

#[test]
fn figures_of_a_shared_network_are_doubted() {
    assert!(markdown(&results(false)).contains("**Take care:** not in a network of its own"));
    assert!(!markdown(&results(true)).contains("Take care"));
}

#[test]
fn the_report_is_the_same_when_made_of_the_json() {
    let results = results(true);
    let json = results.json().expect("JSON");
    assert_eq!(json["medians"]["send 64 B time"]["softrnic"], 5.5);
    assert_eq!(json["verdicts"][0]["met"], true);
    assert_eq!(Results::from_json(&json.to_string()), Ok(results));
}
