//! Each algorithm alone, then (with `--cfg loom`) in every interleaving of two threads.

#[cfg(loom)]
mod models;
#[cfg(not(loom))]
mod shelf;

#[cfg(not(loom))]
mod alone {
    use super::super::notify::Positions;
    use super::super::ring::{Refused, Slot};
    use super::super::storage::Heap;
    use super::super::*;

    fn ring(depth: usize) -> Ring<u32, Vec<Slot<u32>>> {
        Ring::new((0..depth).map(|_| Slot::new(0)).collect())
    }

    fn completions(depth: usize) -> CompletionRing<u32, Heap> {
        CompletionRing::new(depth).unwrap()
    }

    fn pop_all(ring: &CompletionRing<u32, Heap>) -> Vec<u32> {
        let mut popped = Vec::new();
        ring.pop(usize::MAX, |_, value| popped.push(value));
        popped
    }

    // NDK-POST-10: exactly the depth fits; a retired slot is usable at once.
    #[test]
    fn ring_takes_its_depth_and_a_retired_slot_again() {
        let ring = ring(3);
        for n in 0..3 {
            ring.push(|slot| *slot = n).unwrap();
        }
        assert_eq!(ring.push(|_| {}), Err(Refused::Full));
        let mut window = ring.consumer().unwrap();
        assert_eq!(
            (window.get(0), window.get(2), window.get(3)),
            (Some(&0), Some(&2), None)
        );
        window.retire();
        ring.push(|slot| *slot = 3).unwrap();
        assert_eq!((window.get(0), window.get(2)), (Some(&1), Some(&3)));
    }

    #[test]
    fn ring_has_one_consumer_at_a_time() {
        let ring = ring(1);
        let window = ring.consumer();
        assert!(ring.consumer().is_none());
        assert!(ring.consumer().is_none());
        drop(window);
        assert!(ring.consumer().is_some());
    }

    #[test]
    fn ring_forgets_an_entry_whose_writing_failed() {
        let ring = ring(1);
        assert_eq!(
            ring.try_push(|_| Err(Refused::Contended)),
            Err(Refused::Contended)
        );
        assert!(ring.is_empty());
    }

    #[test]
    fn ring_of_no_depth_is_always_full() {
        assert_eq!(ring(0).push(|_| {}), Err(Refused::Full));
    }

    // NDK-CQ-20: the entry beyond the depth is refused, and so is everything after it.
    #[test]
    fn completion_ring_stays_overrun() {
        let ring = completions(1);
        ring.push(1, false).unwrap();
        assert_eq!(ring.push(2, false), Err(Overrun));
        assert_eq!(pop_all(&ring), [1]);
        assert_eq!(ring.push(3, false), Err(Overrun));
        assert_eq!(ring.resize(4), Err(NotResized::Overrun));
    }

    // NDK-CQ-27: entries that lie across the end of the old storage.
    #[test]
    fn completion_ring_grows_and_shrinks_around_its_entries() {
        let ring = completions(3);
        for n in 0..5 {
            ring.push(n, false).unwrap();
            if n < 2 {
                assert_eq!(pop_all(&ring), [n]);
            }
        }
        assert_eq!(ring.resize(2), Err(NotResized::TooMany));
        ring.resize(7).unwrap();
        for n in 5..9 {
            ring.push(n, false).unwrap();
        }
        assert_eq!(ring.depth(), 7);
        let mut popped = Vec::new();
        ring.pop(5, |_, value| popped.push(value));
        assert_eq!(popped, [2, 3, 4, 5, 6]);
        ring.resize(2).unwrap();
        assert_eq!(ring.push(9, false), Err(Overrun));
        assert_eq!(pop_all(&ring), [7, 8]);
    }

    // NDK-CQ-27: how far the queue has come is not touched.
    #[test]
    fn completion_ring_counts_on_when_it_is_resized() {
        let ring = completions(1);
        ring.push(0, true).unwrap();
        ring.resize(20).unwrap();
        for n in 1..20 {
            ring.push(n, false).unwrap();
        }
        assert_eq!(pop_all(&ring), (0..20).collect::<Vec<_>>());
        assert_eq!((ring.taken(), ring.placed(), ring.solicited()), (20, 20, 1));
    }

    #[test]
    fn completion_ring_pops_no_more_than_asked() {
        let ring = completions(4);
        for n in 0..4 {
            ring.push(n, false).unwrap();
        }
        let mut popped = Vec::new();
        assert_eq!(ring.pop(3, |at, value| popped.push((at, value))), 3);
        assert_eq!(popped, [(0, 0), (1, 1), (2, 2)]);
        assert_eq!(pop_all(&ring), [3]);
    }

    #[test]
    fn completion_ring_goes_round_many_times() {
        let ring = completions(3);
        for n in 0..100 {
            ring.push(n, n % 7 == 0).unwrap();
            assert_eq!(pop_all(&ring), [n]);
        }
        assert_eq!(
            (ring.placed(), ring.taken(), ring.solicited()),
            (100, 100, 99)
        );
    }

    /// A queue whose counters the test moves.
    struct Counters(usize, usize, usize);

    impl Positions for Counters {
        fn taken(&self) -> usize {
            self.0
        }
        fn placed(&self) -> usize {
            self.1
        }
        fn solicited(&self) -> usize {
            self.2
        }
    }

    // NDK-CQ-02
    #[test]
    fn notify_fires_once_per_arm() {
        let notify = Notify::new();
        assert_eq!(notify.begin(&Counters(0, 1, 0)), None);
        notify.arm(Arm::Any);
        assert_eq!(notify.begin(&Counters(0, 1, 0)), Some(Notice::Completions));
        notify.end();
        assert_eq!(notify.begin(&Counters(0, 2, 0)), None);
    }

    // NDK-CQ-03, NDK-CQ-05
    #[test]
    fn notify_needs_something_newer_than_the_last_callback() {
        let notify = Notify::new();
        notify.arm(Arm::Any);
        assert!(notify.begin(&Counters(0, 1, 0)).is_some());
        notify.end();
        notify.arm(Arm::Any);
        assert_eq!(notify.begin(&Counters(0, 1, 0)), None);
        assert!(notify.begin(&Counters(0, 2, 0)).is_some());
    }

    // NDK-CQ-03: what was polled meanwhile is not new.
    #[test]
    fn notify_does_not_call_for_an_empty_queue() {
        let notify = Notify::new();
        notify.arm(Arm::Any);
        assert_eq!(notify.begin(&Counters(5, 5, 0)), None);
    }

    // NDK-CQ-07
    #[test]
    fn notify_waits_for_the_running_callback() {
        let notify = Notify::new();
        notify.arm(Arm::Any);
        assert!(notify.begin(&Counters(0, 1, 0)).is_some());
        notify.arm(Arm::Any);
        assert_eq!(notify.begin(&Counters(0, 2, 0)), None);
        notify.end();
        assert!(notify.begin(&Counters(0, 2, 0)).is_some());
    }

    // NDK-CQ-09: all nine cells.
    #[test]
    fn notify_merges_double_arms_to_the_more_permissive() {
        let arms = [Arm::Errors, Arm::Solicited, Arm::Any];
        for first in arms {
            for second in arms {
                let notify = Notify::new();
                notify.arm(first);
                notify.arm(second);
                let strongest = first.max(second);
                let plain = notify.begin(&Counters(0, 1, 0)).is_some();
                assert_eq!(plain, strongest == Arm::Any, "{first:?} {second:?}");
                let solicited = plain || notify.begin(&Counters(0, 2, 2)).is_some();
                assert_eq!(
                    solicited,
                    strongest >= Arm::Solicited,
                    "{first:?} {second:?}"
                );
            }
        }
    }

    // NDK-CQ-11, NDK-CQ-20
    #[test]
    fn notify_tells_an_overrun_to_any_arm_once() {
        let notify = Notify::new();
        notify.arm(Arm::Errors);
        assert_eq!(notify.begin(&Counters(0, 1, 1)), None);
        notify.overrun();
        assert_eq!(notify.begin(&Counters(0, 1, 1)), Some(Notice::Overrun));
        notify.end();
        notify.arm(Arm::Errors);
        assert_eq!(notify.begin(&Counters(0, 1, 1)), None);
    }

    #[test]
    fn actor_gives_the_turn_to_the_first() {
        let actor = Actor::new(0);
        let mut turn = actor.post(1).unwrap();
        assert!(actor.post(2).is_none());
        assert!(!actor.leave(4));
        assert_eq!(turn.take(), 7);
        *turn += 1;
        turn.finish(0).unwrap();
        assert!(!actor.is_busy());
    }

    #[test]
    fn actor_turn_goes_on_while_inputs_come() {
        let actor = Actor::new(());
        let mut turn = actor.post(1).unwrap();
        turn.take();
        assert!(actor.post(2).is_none());
        let mut turn = turn.finish(0).unwrap_err();
        assert_eq!(turn.take(), 2);
        turn.finish(0).unwrap();
    }

    #[test]
    fn actor_deferred_inputs_wait_for_the_next_turn() {
        let actor = Actor::new(());
        let mut turn = actor.post(1).unwrap();
        turn.take();
        turn.defer(8);
        assert!(actor.leave(2));
        assert_eq!(actor.post(0).unwrap().take(), 10);
    }

    #[test]
    fn gate_names_the_last_one_out_once() {
        let gate = Gate::new();
        assert!(gate.enter());
        gate.hold();
        assert_eq!(gate.stop(), None);
        assert!(!gate.enter());
        assert_eq!(gate.leave(), None);
        assert!(gate.leave().is_some());
        assert_eq!(gate.stop(), None);
    }

    #[test]
    fn gate_stopped_empty_is_last_at_once() {
        let gate = Gate::new();
        assert!(gate.stop().is_some());
    }

    #[test]
    fn valve_names_those_who_wait_to_the_first_who_leaves_nobody_inside() {
        let valve = Valve::new(0b100);
        assert_eq!(valve.enter(), Err(0b100));
        assert_eq!(valve.leave(1), 0, "turned back, and nobody waits");
        valve.open(0b100);
        assert_eq!(valve.enter(), Ok(()));
        valve.hold(2);
        assert!(valve.shut(0b01), "three are inside");
        assert!(valve.shut(0b10), "they are, for this one too");
        assert_eq!(valve.enter(), Err(0b11));
        assert_eq!(
            valve.leave(3),
            0,
            "the one that was refused is inside still"
        );
        assert_eq!(valve.leave(1), 0b11, "both, and once");
        assert_eq!(valve.enter(), Err(0b11));
        assert_eq!(valve.leave(1), 0);
        valve.open(0b10);
        assert_eq!(valve.reasons(), 0b01);
    }

    #[test]
    fn valve_that_is_empty_or_open_wakes_nobody() {
        let valve = Valve::new(0);
        assert_eq!(valve.enter(), Ok(()));
        valve.refuse(0b100);
        assert_eq!(valve.leave(1), 0, "refusing waits for nobody");
        assert!(!valve.shut(0b01), "nobody to wait for");
        assert_eq!(valve.reasons(), 0b101);
    }

    #[test]
    fn valve_that_one_of_two_left_is_occupied() {
        let valve = Valve::new(0);
        assert_eq!(valve.enter(), Ok(()));
        assert_eq!(valve.enter(), Ok(()));
        assert_eq!(valve.leave(1), 0, "nobody waits");
        assert!(valve.shut(0b01), "one is inside");
        assert_eq!(valve.leave(1), 0b01);
    }

    #[test]
    fn revoked_value_comes_back_when_unused() {
        let place = Revocable::new(5);
        assert_eq!(place.revoke(), Some(5));
        assert!(place.access().is_none());
        assert_eq!(place.fill(6), Ok(()));
        assert_eq!(place.access().map(|value| *value), Some(6));
    }

    #[test]
    fn revoked_value_is_dropped_by_the_last_user() {
        let value = std::rc::Rc::new(());
        let place = Revocable::new(value.clone());
        let access = place.access().unwrap();
        let pin = access.pin();
        assert!(place.revoke().is_none());
        assert!(place.access().is_none());
        drop(access);
        assert_eq!(std::rc::Rc::strong_count(&value), 2);
        place.unpin(pin);
        assert_eq!(std::rc::Rc::strong_count(&value), 1);
        assert!(place.is_empty());
    }

    #[test]
    fn once_is_filled_once() {
        let once = Once::new();
        assert_eq!(once.get(), None);
        assert_eq!(once.fill(1), Ok(()));
        assert_eq!(once.fill(2), Err(2));
        assert_eq!(once.get_or_fill(|| Some(3)), Some(&1));
    }

    #[test]
    fn ring_says_how_much_is_in_it() {
        let ring = ring(3);
        assert_eq!((ring.depth(), ring.len()), (3, 0));
        ring.push(|slot| *slot = 1).unwrap();
        let mut window = ring.consumer().unwrap();
        assert_eq!((window.len(), window.is_empty()), (1, false));
        assert!(window.retire());
        assert!(window.is_empty() && !window.retire());
        assert_eq!(ring.len(), 0);
    }

    #[test]
    fn actor_inputs_rest_until_a_turn_waits_for_them() {
        let actor = Actor::new(());
        let mut turn = actor.post(1).unwrap();
        turn.take();
        assert!(!actor.leave_to_rest(2));
        turn.finish(2).unwrap();
        assert!(!actor.leave_to_rest(2), "it may rest");
        assert!(actor.is_busy());
        // What may not rest does not, and finds what did.
        assert!(actor.leave(4));
        let mut turn = actor.post(0).unwrap();
        assert_eq!(turn.take(), 6);
        assert!(actor.post(4).is_none());
        let mut turn = turn.finish(2).unwrap_err();
        assert_eq!(turn.take(), 4);
        turn.finish(0).unwrap();
        assert!(actor.leave_to_rest(2), "it is waited for");
        let mut turn = actor.post(0).unwrap();
        turn.take();
        turn.finish(2).unwrap();
        assert!(!actor.is_busy());
        assert!(actor.leave_to_rest(1), "that one may not");
    }

    #[test]
    fn actor_is_busy_while_something_waits_or_somebody_runs() {
        let actor = Actor::new(());
        assert!(!actor.is_busy());
        assert!(actor.leave(1));
        assert!(actor.is_busy());
        let mut turn = actor.post(0).unwrap();
        turn.take();
        assert!(actor.is_busy());
        turn.finish(0).unwrap();
        assert!(!actor.is_busy());
    }

    #[test]
    fn gate_says_who_is_inside() {
        let gate = Gate::new();
        assert!(gate.enter() && gate.enter());
        assert_eq!((gate.users(), gate.is_stopped()), (2, false));
        assert_eq!(gate.stop(), None);
        assert_eq!((gate.users(), gate.is_stopped()), (2, true));
        assert_eq!(gate.leave(), None);
        assert_eq!(gate.users(), 1);
    }

    #[test]
    fn mailbox_holds_one_value_at_a_time() {
        let mailbox = Mailbox::new();
        let look = || {
            let mut seen = None;
            mailbox.look(|value: &u32| seen = Some(*value));
            seen
        };
        assert_eq!((look(), mailbox.take()), (None, None));
        assert_eq!(mailbox.put(1), Ok(()));
        assert_eq!(mailbox.put(2), Err(2));
        assert_eq!((look(), look()), (Some(1), Some(1)));
        mailbox.look(|_| assert_eq!(mailbox.take(), None, "it is being looked at"));
        assert_eq!(
            (mailbox.take(), mailbox.take(), look()),
            (Some(1), None, None)
        );
        assert_eq!(mailbox.put(3), Ok(()));
        assert_eq!(mailbox.take(), Some(3));
    }

    #[test]
    fn revoked_place_is_left_by_users_and_pins_one_after_the_other() {
        let value = std::rc::Rc::new(());
        let place = Revocable::new(value.clone());
        assert!(!place.is_empty() && !place.is_leaving());
        let users = [place.access().unwrap(), place.access().unwrap()];
        let pins = [users[0].pin(), users[1].pin()];
        assert!(place.revoke().is_none());
        assert!(place.revoke().is_none(), "it is once");
        for user in users {
            assert!(place.is_leaving() && !place.is_empty());
            drop(user);
        }
        for pin in pins {
            assert!(place.is_leaving() && !place.is_empty());
            assert_eq!(std::rc::Rc::strong_count(&value), 2);
            place.unpin(pin);
        }
        assert!(place.is_empty() && !place.is_leaving());
        assert_eq!(std::rc::Rc::strong_count(&value), 1);
        assert!(place.revoke().is_none(), "nothing is there");
    }

    #[test]
    fn pin_of_a_place_that_is_not_revoked_ends_quietly() {
        let place = Revocable::new(5);
        let pin = place.access().unwrap().pin();
        let user = place.access().unwrap();
        place.unpin(pin);
        assert_eq!(*user, 5);
        drop(user);
        assert_eq!(place.access().map(|value| *value), Some(5));
        assert_eq!(place.revoke(), Some(5));
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "a pin of another place")]
    fn pin_of_another_place_is_an_error_of_ours() {
        let (full, empty) = (Revocable::new(1), Revocable::<u32>::empty());
        empty.unpin(full.access().unwrap().pin());
    }
}
