use super::{Cause, causes, markdown};
use crate::{
    point::{Point, Verb},
    rounds::{Role, Row, Series},
};

fn row(point: Point, figures: &[(&str, Role, f64)]) -> Row {
    let series = figures.iter().map(|(contender, role, figure)| Series {
        contender: (*contender).to_owned(),
        role: *role,
        rounds: vec![*figure; 3],
    });
    Row {
        point,
        series: series.collect(),
        missing: Vec::new(),
    }
}

/// A ping-pong of 64 B by these, with framed TCP at 5 µs.
fn time(least: f64, ours: f64) -> [Row; 1] {
    let figures = [
        ("framed TCP", Role::Reference, 5.0),
        ("NDK, framed", Role::Reference, least),
        ("softrnic", Role::Ours, ours),
    ];
    [row(Point::time(Verb::Send, 64), &figures)]
}

/// Against framed TCP, not against the least driver.
fn against_framed(rows: &[Row]) -> Cause {
    let found = causes(rows);
    let mut all = found.into_iter();
    all.find(|(verdict, _)| verdict.against == "framed TCP")
        .expect("not met")
        .1
}

#[test]
fn a_part_that_misses_the_target_by_itself_stands_in_the_way() {
    let cause = against_framed(&time(6.0, 6.3));
    let interface = matches!(
        cause,
        Cause::Part { contender: "NDK, framed", ratio, .. } if (ratio - 1.2).abs() < 1e-9
    );
    assert!(interface, "{cause:?}");
}

#[test]
fn parts_that_meet_it_each_may_miss_it_together() {
    let cause = against_framed(&time(5.4, 5.8));
    assert!(matches!(cause, Cause::Together { .. }), "{cause:?}");
}

#[test]
fn what_is_ours_alone_is_not_explained() {
    let rows = time(5.1, 7.0);
    let cause = against_framed(&rows);
    assert!(
        matches!(cause, Cause::Unknown { beside: Some(_) }),
        "{cause:?}"
    );
    // The distance to the least driver is nobody else's, either.
    assert!(causes(&rows).iter().any(|(verdict, cause)| {
        verdict.against == "NDK, framed" && matches!(cause, Cause::Unknown { .. })
    }));
}

#[test]
fn what_only_acknowledgements_cost_is_theirs() {
    let at = |hand_over| {
        let figures = [
            ("framed TCP", Role::Reference, 2000.0),
            ("softrnic", Role::Ours, 1200.0),
            ("hand-over", Role::Ours, hand_over),
        ];
        let rows = [row(Point::rate(Verb::Write, 4096, 16), &figures)];
        causes(&rows).remove(0).1
    };
    assert_eq!(at(1900.0), Cause::Acknowledged { ratio: 0.95 });
    assert!(matches!(at(1300.0), Cause::Unknown { .. }));
}

#[test]
fn without_a_reference_nothing_is_explained() {
    let figures = [("a peer", Role::Peer, 5.0), ("softrnic", Role::Ours, 6.0)];
    let rows = [row(Point::time(Verb::Send, 64), &figures)];
    assert_eq!(causes(&rows)[0].1, Cause::Unknown { beside: None });
}

#[test]
fn a_peer_that_computes_no_crc_is_out_of_framed_tcp_s_reach() {
    let figures = [
        ("framed TCP", Role::Reference, 5.5),
        ("a peer", Role::Peer, 5.0),
        ("softrnic", Role::Ours, 5.6),
    ];
    let rows = [row(Point::time(Verb::Send, 64), &figures)];
    let found = causes(&rows);
    assert_eq!(found.len(), 1, "{found:?}");
    let crc = matches!(
        found[0].1,
        Cause::Part {
            contender: "framed TCP",
            ..
        }
    );
    assert!(crc, "{found:?}");
}

#[test]
fn what_many_connections_cost_a_reference_they_cost_us() {
    let one = Point::rate(Verb::Write, 4096, 16);
    let at = |point, framed, ours| {
        let figures = [
            ("framed TCP", Role::Reference, framed),
            ("softrnic", Role::Ours, ours),
        ];
        row(point, &figures)
    };
    let rows = [
        at(one.clone(), 2000.0, 1900.0),
        at(one.clone().on(16), 1200.0, 1150.0),
    ];
    let found = causes(&rows);
    assert_eq!(found.len(), 1, "{found:?}");
    let machine = matches!(
        found[0].1,
        Cause::Part { contender: "framed TCP", ratio, .. } if (ratio - 0.6).abs() < 1e-9
    );
    assert!(machine, "{found:?}");
}

#[test]
fn the_section_counts_causes_by_row_and_has_nothing_when_all_is_met() {
    let text = markdown(&time(6.0, 6.3));
    let line =
        "- Row 1, small messages, one at a time: 1 not met: 1 both interfaces, frames and CRC.";
    assert!(text.contains(line), "{text}");
    let line = "| ≤ 1.1 | 1.26 | both interfaces, frames and CRC: NDK, framed itself has 1.20, ours 1.05 of it |";
    assert!(text.contains(line), "{text}");
    assert_eq!(markdown(&time(5.0, 5.0)), "");
}
