use std::collections::BTreeSet;

use super::{all, judge};
use crate::{
    point::{Point, Verb},
    rounds::{Role, Row, Series},
};

fn series(contender: &str, role: Role, rounds: &[f64]) -> Series {
    Series {
        contender: contender.to_owned(),
        role,
        rounds: rounds.to_vec(),
    }
}

fn row(point: Point, series: Vec<Series>) -> Row {
    Row {
        point,
        series,
        missing: Vec::new(),
    }
}

#[test]
fn every_row_but_the_budget_has_points_and_no_point_comes_twice() {
    let targets = all();
    let rows: BTreeSet<u8> = targets.iter().map(|target| target.row).collect();
    assert_eq!(rows, (1..=18).chain([20]).collect());

    let names: BTreeSet<&str> = targets.iter().map(|it| it.point.name.as_str()).collect();
    assert_eq!(names.len(), targets.len());
}

#[test]
fn a_time_is_to_be_short_and_a_rate_high() {
    let point = Point::time(Verb::Send, 64);
    let numbers = vec![
        series("softrnic", Role::Ours, &[5.6, 5.6]),
        series("TCP", Role::Reference, &[5.0, 5.0]),
        series("somebody", Role::Peer, &[5.0, 5.0]),
    ];
    let verdicts = judge(&[row(point, numbers)]);
    let told: Vec<_> = verdicts
        .iter()
        .map(|it| (it.against.as_str(), it.at_most, it.met()))
        .collect();
    assert_eq!(
        told,
        [
            ("TCP", true, true),
            ("somebody, the best peer", true, false)
        ]
    );
}

#[test]
fn both_ways_of_completing_sends_are_judged() {
    let point = Point::rate(Verb::Send, 4096, 16);
    let numbers = vec![
        series("softrnic", Role::Ours, &[7.0]),
        series("hand-over", Role::Ours, &[8.0]),
        series("framed TCP", Role::Reference, &[10.0]),
    ];
    let verdicts = judge(&[row(point, numbers)]);
    let met: Vec<_> = verdicts.iter().map(|it| (it.ours, it.met())).collect();
    assert_eq!(met, [("softrnic", false), ("hand-over", true)]);
}

#[test]
fn many_connections_are_compared_with_one() {
    let one = Point::rate(Verb::Write, 4096, 16);
    let rows = [
        row(one.clone(), vec![series("softrnic", Role::Ours, &[10.0])]),
        row(one.on(16), vec![series("softrnic", Role::Ours, &[9.0])]),
    ];
    let verdicts = judge(&rows);
    assert_eq!(verdicts.len(), 1);
    assert_eq!(verdicts[0].against, "write 4 KiB w16");
    assert!((verdicts[0].ratio.median - 0.9).abs() < 1e-9);
    assert!(verdicts[0].met());
}
