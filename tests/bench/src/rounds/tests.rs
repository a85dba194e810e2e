use std::{cell::RefCell, time::Duration};

use super::{Contender, Measured, Role, run};
use crate::point::{Point, Verb};

/// Has its numbers ready; fails when they are used up.
struct Scripted {
    name: &'static str,
    role: Role,
    numbers: Vec<f64>,
}

impl Contender for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn role(&self) -> Role {
        self.role
    }

    fn measure(&mut self, _: &Point, _: Duration) -> Result<Measured, String> {
        let next = self.numbers.pop().ok_or("used up")?;
        Ok(Measured::Number(next))
    }
}

fn scripted(name: &'static str, role: Role, numbers: &[f64]) -> Scripted {
    let numbers = numbers.iter().rev().copied().collect();
    Scripted {
        name,
        role,
        numbers,
    }
}

fn rows(contenders: &mut [&mut dyn Contender], point: Point) -> Result<Vec<super::Row>, String> {
    run(contenders, vec![point], 2, Duration::ZERO, |_, _| ())
}

#[test]
fn a_peer_that_fails_is_left_out_and_named() {
    let mut ours = scripted("ours", Role::Ours, &[6.0, 9.0]);
    let mut good = scripted("good", Role::Peer, &[3.0, 3.0]);
    let mut bad = scripted("bad", Role::Peer, &[1.0]);
    let point = Point::rate(Verb::Send, 4096, 1);
    let rows = rows(&mut [&mut ours, &mut good, &mut bad], point).expect("peers may fail");

    assert_eq!(rows[0].of("bad"), None);
    assert_eq!(rows[0].missing[0].contender, "bad");
    assert_eq!(rows[0].missing[0].why, "used up");
    assert_eq!(rows[0].of("good"), Some(&[3.0, 3.0][..]));
    assert_eq!(rows[0].ratio("ours", "good").map(|it| it.median), Some(2.5));
}

#[test]
fn short_times_are_taken_in_turns_and_the_least_of_a_round_counts() {
    let numbers = [5.0, 4.0, 6.0, 7.0, 9.0, 8.0];
    let mut ours = scripted("ours", Role::Ours, &numbers);
    let of = rows(&mut [&mut ours], Point::time(Verb::Send, 64)).expect("numbers");
    assert_eq!(of[0].of("ours"), Some(&[4.0, 7.0][..]));
    let mut ours = scripted("ours", Role::Ours, &numbers);
    let of = rows(&mut [&mut ours], Point::time(Verb::Send, 65_536)).expect("numbers");
    assert_eq!(of[0].of("ours"), Some(&[5.0, 4.0][..]));
}

/// Notes that it was its turn.
struct Noting<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

impl Contender for Noting<'_> {
    fn name(&self) -> &str {
        self.0
    }

    fn role(&self) -> Role {
        Role::Reference
    }

    fn measure(&mut self, _: &Point, _: Duration) -> Result<Measured, String> {
        self.1.borrow_mut().push(self.0);
        Ok(Measured::Number(1.0))
    }
}

#[test]
fn each_comes_once_in_a_turn_and_before_each_other_one_in_every_second_round() {
    let names = ["a", "b", "c"];
    let taken = RefCell::default();
    let [mut a, mut b, mut c] = names.map(|name| Noting(name, &taken));
    let all: &mut [&mut dyn Contender] = &mut [&mut a, &mut b, &mut c];
    let point = Point::rate(Verb::Read, 4096, 16);
    let rows = run(all, vec![point], 7, Duration::ZERO, |_, _| ()).expect("numbers");

    let series = rows[0].series.iter().map(|one| one.contender.as_str());
    assert_eq!(series.collect::<Vec<_>>(), names, "told in their own order");
    let taken = taken.borrow();
    let rounds: Vec<_> = taken.chunks(3).collect();
    assert_eq!(rounds.len(), 7);
    for (one, other) in [("a", "b"), ("a", "c"), ("b", "c")] {
        let place = |round: &[&str], name| round.iter().position(|it| *it == name).expect("there");
        let sooner = rounds.iter().filter(|it| place(it, one) < place(it, other));
        assert!(
            (3..=4).contains(&sooner.count()),
            "{one} and {other}: {rounds:?}"
        );
    }
}

#[test]
fn what_is_ours_must_not_fail() {
    let mut ours = scripted("ours", Role::Ours, &[]);
    let failed = rows(&mut [&mut ours], Point::rate(Verb::Send, 4096, 1));
    assert_eq!(failed, Err("ours: send 4 KiB w1: used up".to_owned()));
}

#[test]
fn the_best_peer_is_the_fastest_whatever_the_unit() {
    let mut ours = scripted("ours", Role::Ours, &[10.0; 8]);
    let mut one = scripted("one", Role::Peer, &[5.0; 8]);
    let mut two = scripted("two", Role::Peer, &[20.0; 8]);
    let contenders: &mut [&mut dyn Contender] = &mut [&mut ours, &mut one, &mut two];
    let rate = rows(contenders, Point::rate(Verb::Send, 4096, 1)).expect("numbers");
    let time = rows(contenders, Point::time(Verb::Send, 64)).expect("numbers");

    let best = |row: &super::Row| {
        row.against_best_peer("ours")
            .map(|(name, _)| name.to_owned())
    };
    assert_eq!(best(&rate[0]).as_deref(), Some("two"));
    assert_eq!(best(&time[0]).as_deref(), Some("one"));
}

#[test]
fn what_is_no_figure_is_measured_again() {
    let mut ours = scripted("ours", Role::Ours, &[f64::NAN, 3.0, 4.0]);
    let rows = rows(&mut [&mut ours], Point::rate(Verb::Send, 64, 1)).expect("numbers");
    assert_eq!(rows[0].of("ours"), Some(&[3.0, 4.0][..]));
}
