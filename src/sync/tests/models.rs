//! Two threads, or three: every interleaving, and every value that each load may see.

use loom::sync::Arc;
use loom::thread;

use super::super::primitive::{AtomicUsize, Ordering};
use super::super::ring::Slot;
use super::super::storage::Heap;
use super::super::*;
mod shelf;

/// All of them, without a bound on preemptions.
fn model(check: impl Fn() + Sync + Send + 'static) {
    loom::model(check);
}

type Queue = (CompletionRing<u32, Heap>, Notify);

fn queue(depth: usize) -> Arc<Queue> {
    Arc::new((CompletionRing::new(depth).unwrap(), Notify::new()))
}

/// What a producer or an armer does at the end: callbacks that are due, counted.
fn deliver(queue: &Queue) -> usize {
    let mut calls = 0;
    while queue.1.begin(&queue.0).is_some() {
        calls += 1;
        queue.1.end();
    }
    calls
}

#[test]
fn ring_entry_is_whole_when_seen() {
    model(|| {
        let ring: Arc<Ring<(u32, u32), Vec<Slot<(u32, u32)>>>> =
            Arc::new(Ring::new(vec![Slot::new((0, 0))]));
        let producer = {
            let ring = ring.clone();
            thread::spawn(move || {
                let first = ring.push(|slot| *slot = (1, 1));
                let second = ring.push(|slot| *slot = (2, 2));
                assert!(first.is_ok());
                second.is_ok()
            })
        };
        let mut window = ring.consumer().unwrap();
        if let Some((a, b)) = window.get(0) {
            assert_eq!(a, b);
            window.retire();
        }
        drop(window);
        let both = producer.join().unwrap();
        assert!(ring.len() <= 1 + usize::from(both));
    });
}

#[test]
fn two_flushes_and_a_post_leave_nothing_behind() {
    model(|| {
        let ring: Arc<Ring<u32, Vec<Slot<u32>>>> = Arc::new(Ring::new(vec![Slot::new(0)]));
        fn flush(ring: &Ring<u32, Vec<Slot<u32>>>) -> usize {
            let mut count = 0;
            while !ring.is_empty() {
                let Some(mut window) = ring.consumer() else {
                    return count;
                };
                while window.retire() {
                    count += 1;
                }
            }
            count
        }
        let poster = {
            let ring = ring.clone();
            thread::spawn(move || {
                ring.push(|slot| *slot = 1).unwrap();
                flush(&ring)
            })
        };
        let here = flush(&ring);
        assert_eq!(here + poster.join().unwrap(), 1);
        assert!(ring.is_empty());
    });
}

#[test]
fn completions_of_two_producers_are_all_seen() {
    model(|| {
        let queue = queue(2);
        let other = {
            let queue = queue.clone();
            thread::spawn(move || queue.0.push(1, false).unwrap())
        };
        queue.0.push(2, false).unwrap();
        other.join().unwrap();
        let mut sum = 0;
        assert_eq!(queue.0.pop(2, |_, value| sum += value), 2);
        assert_eq!(sum, 3);
    });
}

#[test]
fn completion_ring_refuses_what_does_not_fit_once() {
    model(|| {
        let queue = queue(1);
        let other = {
            let queue = queue.clone();
            thread::spawn(move || queue.0.push(1, false).is_ok())
        };
        let here = queue.0.push(2, false).is_ok();
        let there = other.join().unwrap();
        assert!(here != there);
        assert_eq!(queue.0.push(3, false), Err(Overrun));
        assert_eq!(queue.0.pop(2, |_, _| {}), 1);
    });
}

// NDK-CQ-08: between an empty poll and the arm.
#[test]
fn arm_never_misses_a_completion() {
    model(|| {
        let queue = queue(1);
        let producer = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.0.push(1, false).unwrap();
                deliver(&queue)
            })
        };
        let polled = queue.0.pop(1, |_, _| {});
        queue.1.arm(Arm::Any);
        let here = deliver(&queue);
        let calls = here + producer.join().unwrap();
        assert_eq!(calls + polled, 1, "told once, or polled before the arm");
    });
}

// NDK-CQ-10: two producers, one solicited.
#[test]
fn solicited_completion_is_told_whoever_commits_it() {
    model(|| {
        let queue = queue(2);
        queue.1.arm(Arm::Solicited);
        let producer = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.0.push(1, true).unwrap();
                deliver(&queue)
            })
        };
        queue.0.push(2, false).unwrap();
        let here = deliver(&queue);
        assert_eq!(here + producer.join().unwrap(), 1);
    });
}

// NDK-CQ-03: a callback always finds an entry.
#[test]
fn callback_finds_an_entry() {
    model(|| {
        let queue = queue(2);
        queue.1.arm(Arm::Any);
        let produce = |queue: Arc<Queue>| {
            move || {
                queue.0.push(1, false).unwrap();
                if queue.1.begin(&queue.0).is_some() {
                    assert!(queue.0.pop(2, |_, _| {}) > 0);
                    queue.1.end();
                }
            }
        };
        let other = thread::spawn(produce(queue.clone()));
        produce(queue.clone())();
        other.join().unwrap();
    });
}

// NDK-CQ-27: a resize beside posting and polling loses nothing and keeps the order.
#[test]
fn resize_beside_push_and_pop_keeps_every_entry_in_order() {
    model(|| {
        let queue = queue(2);
        let producer = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.0.push(1, false).unwrap();
                queue.0.push(2, false).unwrap();
            })
        };
        let resizer = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.0.resize(3).unwrap();
                queue.0.resize(2).unwrap();
            })
        };
        let mut seen = Vec::new();
        queue.0.pop(1, |_, value| seen.push(value));
        producer.join().unwrap();
        resizer.join().unwrap();
        queue.0.pop(2, |_, value| seen.push(value));
        assert_eq!(seen, [1, 2]);
    });
}

// NDK-CQ-27: an arm from before a resize is answered once for what comes after it.
#[test]
fn resize_keeps_the_arm() {
    model(|| {
        let queue = queue(1);
        queue.1.arm(Arm::Any);
        let producer = {
            let queue = queue.clone();
            thread::spawn(move || {
                queue.0.push(1, false).unwrap();
                deliver(&queue)
            })
        };
        queue.0.resize(2).unwrap();
        let here = deliver(&queue);
        assert_eq!(here + producer.join().unwrap(), 1);
    });
}

/// Leaves an input; if nobody runs, takes down what comes until the turn ends.
fn run(actor: &Actor<u32>, input: u32, may_rest: u32) {
    let Some(mut turn) = actor.post(input) else {
        return;
    };
    loop {
        let inputs = turn.take();
        *turn |= inputs;
        match turn.finish(may_rest) {
            Ok(()) => return,
            Err(again) => turn = again,
        }
    }
}

/// Of the inputs 1 and 2; `asked`: whoever left one was told to have it run.
fn nothing_is_lost(actor: &Actor<u32>, asked: bool) {
    let mut turn = actor.post(0).unwrap();
    let rest = turn.take();
    assert!(rest == 0 || asked, "left behind and nobody asked to run it");
    assert_eq!(*turn | rest, 3);
}

#[test]
fn actor_loses_no_input_and_runs_one_at_a_time() {
    model(|| {
        let actor = Arc::new(Actor::new(0_u32));
        let other = {
            let actor = actor.clone();
            thread::spawn(move || run(&actor, 1, 0))
        };
        run(&actor, 2, 0);
        other.join().unwrap();
        assert!(!actor.is_busy());
        assert_eq!(*actor.post(4).unwrap(), 3);
    });
}

#[test]
fn actor_left_input_is_run_by_somebody() {
    model(|| {
        let actor = Arc::new(Actor::new(0_u32));
        let other = {
            let actor = actor.clone();
            // A completion routine: leaves, and has a DPC run it if nobody does.
            thread::spawn(move || actor.leave(1))
        };
        run(&actor, 2, 0);
        nothing_is_lost(&actor, other.join().unwrap());
    });
}

#[test]
fn actor_input_that_rested_is_found_when_it_is_waited_for() {
    model(|| {
        let actor = Arc::new(Actor::new(0_u32));
        let left = actor.clone();
        let other = thread::spawn(move || left.leave_to_rest(1));
        // The first turn does not wait for it, the second does.
        for may_rest in [1, 0] {
            run(&actor, 2, may_rest);
        }
        nothing_is_lost(&actor, other.join().unwrap());
    });
}

#[test]
fn gate_has_one_last() {
    model(|| {
        let gate = Arc::new(Gate::new());
        let other = {
            let gate = gate.clone();
            thread::spawn(move || gate.enter() && gate.leave().is_some())
        };
        let stopper = gate.stop().is_some();
        let user = other.join().unwrap();
        assert!(stopper != user);
    });
}

// NDK-LIFE-15: a close is complete when nobody is, or will be, in a callback; and it is once.
#[test]
fn no_callback_runs_when_the_close_is_complete() {
    model(|| {
        let closed = Arc::new(loom::cell::Cell::new(0));
        let object = Arc::new((Gate::new(), queue(1)));
        object.1.1.arm(Arm::Any);
        let event = {
            let (object, closed) = (object.clone(), closed.clone());
            thread::spawn(move || {
                let (gate, queue) = &*object;
                if !gate.enter() {
                    return;
                }
                queue.0.push(1, false).unwrap();
                while queue.1.begin(&queue.0).is_some() {
                    // Also a race with the close below would be a failure of the model.
                    assert_eq!(closed.get(), 0, "a callback after the close");
                    queue.1.end();
                }
                if gate.leave().is_some() {
                    closed.set(closed.get() + 1);
                }
            })
        };
        if object.0.stop().is_some() {
            closed.set(closed.get() + 1);
        }
        event.join().unwrap();
        assert_eq!(closed.get(), 1);
    });
}

// NDK-LIFE-17, NDK-LIFE-18: an antecedent ends after its successor, whoever is closed first.
#[test]
fn an_antecedent_ends_after_its_successor() {
    model(|| {
        let ended = Arc::new(loom::cell::Cell::new(0));
        let gates = Arc::new((Gate::new(), Gate::new()));
        // The successor's hold, and a user of the successor.
        assert!(gates.0.enter() && gates.1.enter());
        let last = |gates: &(Gate, Gate), ended: &loom::cell::Cell<u32>| {
            ended.set(ended.get() * 10 + 2);
            if gates.0.leave().is_some() {
                ended.set(ended.get() * 10 + 1);
            }
        };
        let user = {
            let (gates, ended) = (gates.clone(), ended.clone());
            thread::spawn(move || {
                if gates.1.leave().is_some() {
                    last(&gates, &ended);
                }
            })
        };
        let closer = {
            let (gates, ended) = (gates.clone(), ended.clone());
            thread::spawn(move || {
                if gates.1.stop().is_some() {
                    last(&gates, &ended);
                }
            })
        };
        if gates.0.stop().is_some() {
            ended.set(ended.get() * 10 + 1);
        }
        user.join().unwrap();
        closer.join().unwrap();
        assert_eq!(
            ended.get(),
            21,
            "the successor, then the antecedent, each once"
        );
    });
}

// NDK-POST-01, NDK-FLUSH-01: a request that is posted while the connection ends comes back, once.
#[test]
fn a_post_beside_the_end_comes_back() {
    const POSTED: u32 = 1;
    const END: u32 = 2;
    struct Connection {
        over: bool,
        returned: usize,
    }
    type Pair = (Ring<u32, Vec<Slot<u32>>>, Actor<Connection>);
    fn bring(pair: &Pair, input: u32) {
        let Some(mut turn) = pair.1.post(input) else {
            return;
        };
        loop {
            let inputs = turn.take();
            turn.over |= inputs & END != 0;
            if turn.over {
                let mut window = pair.0.consumer().expect("one runner");
                while window.retire() {
                    turn.returned += 1;
                }
            }
            match turn.finish(0) {
                Ok(()) => return,
                Err(again) => turn = again,
            }
        }
    }
    model(|| {
        let state = Connection {
            over: false,
            returned: 0,
        };
        let pair: Arc<Pair> = Arc::new((Ring::new(vec![Slot::new(0)]), Actor::new(state)));
        let poster = {
            let pair = pair.clone();
            thread::spawn(move || {
                pair.0.push(|slot| *slot = 1).unwrap();
                bring(&pair, POSTED);
            })
        };
        bring(&pair, END);
        poster.join().unwrap();
        assert!(pair.0.is_empty());
        assert_eq!(pair.1.post(0).unwrap().returned, 1);
    });
}

// NDK-CQ-18, NDK-MR-13: two processors place while the region is invalidated.
#[test]
fn two_placements_beside_an_invalidation() {
    model(|| {
        let value = std::sync::Arc::new(());
        let place = Arc::new(Revocable::new(value.clone()));
        let user = |place: Arc<Revocable<std::sync::Arc<()>>>| {
            move || {
                if let Some(access) = place.access() {
                    assert!(std::sync::Arc::strong_count(&access) >= 2);
                }
            }
        };
        let first = thread::spawn(user(place.clone()));
        let second = thread::spawn(user(place.clone()));
        drop(place.revoke());
        assert!(place.access().is_none());
        first.join().unwrap();
        second.join().unwrap();
        assert!(place.is_empty());
        assert_eq!(std::sync::Arc::strong_count(&value), 1);
    });
}

#[test]
fn revoked_value_is_dropped_once_and_never_in_use() {
    model(|| {
        let value = std::sync::Arc::new(());
        let place = Arc::new(Revocable::new(value.clone()));
        let other = {
            let place = place.clone();
            thread::spawn(move || {
                if let Some(access) = place.access() {
                    assert!(std::sync::Arc::strong_count(&access) >= 2);
                    place.unpin(access.pin());
                }
            })
        };
        drop(place.revoke());
        other.join().unwrap();
        assert!(place.is_empty());
        assert_eq!(std::sync::Arc::strong_count(&value), 1);
    });
}

// NDK-CQ-18, NDK-MW-07: what an invalidation's completion rests on: when a revoked place is not being left any more, nobody
// will write there, and all that was written is seen.
#[test]
fn nothing_is_written_after_a_revoked_place_was_left() {
    model(|| {
        let memory = Arc::new(loom::cell::Cell::new(0));
        let place = Arc::new(Revocable::new(memory.clone()));
        let placing = {
            let place = place.clone();
            thread::spawn(move || {
                if let Some(access) = place.access() {
                    // A race with the reads below is a failure of the model.
                    access.set(access.get() + 1);
                }
                if let Some(access) = place.access() {
                    let pin = access.pin();
                    drop(access);
                    place.unpin(pin);
                }
            })
        };
        let gone = place.revoke().is_some() || !place.is_leaving();
        assert!(place.access().is_none());
        if gone {
            let seen = memory.get();
            assert!(seen <= 1);
        }
        placing.join().unwrap();
        assert!(!place.is_leaving() && place.is_empty());
    });
}

// NDK-FR-11: the next registration is published only when the last one was left.
#[test]
fn a_place_is_refilled_only_when_it_was_left() {
    model(|| {
        let place = Arc::new(Revocable::new(1));
        let user = {
            let place = place.clone();
            thread::spawn(move || place.access().map(|access| *access))
        };
        let _ = place.revoke();
        if !place.is_leaving() {
            place.fill(2).unwrap();
            assert_eq!(place.access().as_deref(), Some(&2));
        }
        assert_ne!(user.join().unwrap(), Some(0));
    });
}

#[test]
fn mailbox_hands_a_value_over_whole() {
    model(|| {
        let mailbox = Arc::new(Mailbox::new());
        let other = {
            let mailbox = mailbox.clone();
            thread::spawn(move || mailbox.put((1, 1)).is_ok())
        };
        let early = mailbox.take();
        assert!(other.join().unwrap());
        assert_eq!(early.or_else(|| mailbox.take()), Some((1, 1)));
    });
}

#[test]
fn once_is_whole_when_seen() {
    model(|| {
        let once = Arc::new(Once::new());
        let other = {
            let once = once.clone();
            thread::spawn(move || once.fill((1, 1)).is_ok())
        };
        if let Some((a, b)) = once.get() {
            assert_eq!(a, b);
        }
        assert!(other.join().unwrap());
    });
}

// NDIS-LIFE-08, NDIS-PROT-03: two edges pause while a frame is on its way; each waits for it, and
// hears of its end exactly once.
#[test]
fn valve_tells_each_of_two_closers_once_and_lets_nothing_pass() {
    model(|| {
        struct Shared {
            valve: Valve,
            heard: [AtomicUsize; 2],
            /// What a closer frees when nothing is on its way.
            memory: loom::cell::Cell<u32>,
        }
        let shared = Arc::new(Shared {
            valve: Valve::new(0),
            heard: [AtomicUsize::new(0), AtomicUsize::new(0)],
            memory: loom::cell::Cell::new(0),
        });
        let sender = {
            let shared = shared.clone();
            thread::spawn(move || {
                if shared.valve.enter().is_ok() {
                    assert_eq!(shared.memory.get(), 0);
                }
                let waiting = shared.valve.leave(1);
                for (side, heard) in shared.heard.iter().enumerate() {
                    if waiting & 1 << side != 0 {
                        heard.fetch_add(1, Ordering::Release);
                    }
                }
            })
        };
        let other = {
            let shared = shared.clone();
            thread::spawn(move || shared.valve.shut(0b10))
        };
        let waits = shared.valve.shut(0b01);
        if !waits {
            // Nobody is inside, and nobody passes any more.
            shared.memory.set(1);
        }
        let other_waits = other.join().unwrap();
        sender.join().unwrap();
        for (heard, waits) in shared.heard.iter().zip([waits, other_waits]) {
            assert_eq!(heard.load(Ordering::Acquire), usize::from(waits));
        }
    });
}
