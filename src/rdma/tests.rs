//! The table of states, tokens, and queues.

use super::qp::{Event, Illegal, State};
use super::request::SgeList;
use super::stag::Table;
use super::*;
use crate::sync::Arm;
use crate::sync::storage::Heap;

const DOMAIN: Domain = Domain(1);

fn region(length: u64, access: Access) -> Region<u32> {
    Region {
        base: 0x1000,
        length,
        access,
        domain: DOMAIN,
        memory: 0,
    }
}

fn table() -> Table<u32, Heap> {
    Table::new([42, 0]).unwrap()
}

/// Rows: states. Columns: connect, refused, established, disconnect, flush, fail. Dots are illegal.
#[test]
fn states_and_events() {
    let events = [
        Event::Connect,
        Event::Refused,
        Event::Established,
        Event::Disconnect,
        Event::Flush,
        Event::Fail,
    ];
    let cell = |state: State, event| match state.after(event) {
        Ok(next) => format!("{next:?}").remove(0),
        Err(Illegal(..)) => '.',
    };
    let rows: Vec<String> = State::ALL
        .iter()
        .map(|&state| events.iter().map(|&event| cell(state, event)).collect())
        .collect();
    //              Idle      Connecting Ready     Closing   Error
    assert_eq!(rows, ["C...IE", ".IREEE", "...CEE", "...CEE", "...EEE"]);
}

// NDK-POST-07, NDK-POST-09
#[test]
fn only_a_ready_queue_pair_takes_initiator_requests() {
    let takes: Vec<_> = State::ALL
        .iter()
        .map(|state| state.takes_initiator_requests())
        .collect();
    assert_eq!(takes, [false, false, true, false, false]);
}

// NDK-MR-08: the edges, and the end of the address space.
// RFC5040-8.1.1-3, RFC5041-8.3.1-4, RFC5042-6.2.1-1.
#[test]
fn access_is_checked_to_the_byte() {
    let table = table();
    let stag = table.reserve().unwrap();
    table
        .publish(stag, region(16, Access::LOCAL_WRITE))
        .unwrap();
    let check = |address, length, need| {
        table
            .access(stag, &[DOMAIN], address, length, need)
            .map(|grant| grant.offset)
            .err()
    };
    assert_eq!(check(0x1000, 16, Access::empty()), None);
    assert_eq!(check(0x100f, 1, Access::LOCAL_WRITE), None);
    assert_eq!(check(0x1010, 0, Access::empty()), None);
    assert_eq!(check(0x0fff, 1, Access::empty()), Some(Fault::Bounds));
    assert_eq!(check(0x1000, 17, Access::empty()), Some(Fault::Bounds));
    assert_eq!(check(u64::MAX, 2, Access::empty()), Some(Fault::Wrap));
    assert_eq!(check(0x1000, 1, Access::REMOTE_WRITE), Some(Fault::Rights));
    assert_eq!(
        table
            .access(stag, &[Domain(2)], 0x1000, 1, Access::empty())
            .err(),
        Some(Fault::Domain)
    );
}

// NDK-MR-08, RFC 5041 section 7.1: every range with its ends at or near the edges that arithmetic
// has, against the same question asked in numbers that cannot overflow.
#[test]
fn access_is_checked_for_every_edge() {
    let edges: Vec<u64> = [0, 1 << 32, 1 << 63]
        .into_iter()
        .flat_map(|edge: u64| (0..8).map(move |n| edge.wrapping_sub(4).wrapping_add(n)))
        .collect();
    for &base in &edges {
        for &length in &edges {
            let region = Region {
                base,
                ..region(length, Access::empty())
            };
            for &address in &edges {
                for &size in &edges {
                    let (first, end) =
                        (u128::from(address), u128::from(address) + u128::from(size));
                    let limit = u128::from(base) + u128::from(length);
                    let expected = match first >= u128::from(base) && end <= limit {
                        _ if end >= 1 << 64 => Err(Fault::Wrap),
                        true => Ok(address - base),
                        false => Err(Fault::Bounds),
                    };
                    let checked = region.check(&[DOMAIN], address, size, Access::empty());
                    assert_eq!(
                        checked, expected,
                        "{base:x}+{length:x} {address:x}+{size:x}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_region_at_the_end_of_the_address_space_works() {
    let table = table();
    let stag = table.reserve().unwrap();
    let high = Region {
        base: u64::MAX - 15,
        ..region(15, Access::empty())
    };
    table.publish(stag, high).unwrap();
    assert!(
        table
            .access(stag, &[DOMAIN], u64::MAX - 15, 15, Access::empty())
            .is_ok()
    );
}

// NDK-MR-12
#[test]
fn tokens_differ_and_are_never_zero() {
    let table = table();
    let mut tokens: Vec<_> = (0..3000).map(|_| table.reserve().unwrap().0).collect();
    assert!(!tokens.contains(&0));
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 3000);
}

/// RFC5040-8.1.1-8, RFC5042-6.1.1-4: no run, no step that repeats, the whole range, another one
/// each time.
#[test]
fn a_token_says_nothing_of_the_others() {
    let table = table();
    let tokens: Vec<u32> = (0..256).map(|_| table.reserve().unwrap().0).collect();
    let steps = tokens.windows(2).map(|two| two[1].wrapping_sub(two[0]));
    let mut steps: Vec<u32> = steps.collect();
    steps.sort_unstable();
    steps.dedup();
    assert!(steps.len() > 250, "{}", steps.len());
    for sixteenth in 0..16 {
        assert!(tokens.iter().any(|token| token >> 28 == sixteenth));
    }
    let other = Table::<u32, Heap>::new([44, 0]).unwrap();
    assert!((0..256).all(|n| other.reserve().unwrap().0 != tokens[n]));
    // A token that was given back is not given out again soon.
    let mut again: Vec<u32> = (0..1000)
        .map(|_| {
            let stag = table.reserve().unwrap();
            table.release(stag);
            stag.0
        })
        .collect();
    again.sort_unstable();
    again.dedup();
    assert!(again.len() > 990, "{}", again.len());
}

#[test]
fn a_token_without_a_region_gives_no_access() {
    let table = table();
    let stag = table.reserve().unwrap();
    assert_eq!(
        table
            .access(stag, &[DOMAIN], 0x1000, 1, Access::empty())
            .err(),
        Some(Fault::Token)
    );
    assert_eq!(
        table
            .access(Stag(0), &[DOMAIN], 0, 0, Access::empty())
            .err(),
        Some(Fault::Token)
    );
}

// NDK-FR-11, NDK-FR-09
#[test]
fn a_token_gives_one_region_at_a_time_and_stays_the_same() {
    let table = table();
    let stag = table.reserve().unwrap();
    table.publish(stag, region(1, Access::empty())).unwrap();
    assert!(table.publish(stag, region(2, Access::empty())).is_err());
    assert!(table.withdraw(stag).is_some());
    table.publish(stag, region(2, Access::empty())).unwrap();
    assert!(
        table
            .access(stag, &[DOMAIN], 0x1001, 1, Access::empty())
            .is_ok()
    );
}

// NDK-MR-10, NDK-MR-13
// RFC5040-8.1.1-6, RFC5041-8.3.1-7, RFC5042-6.2.2-2.
#[test]
fn a_withdrawn_region_is_dropped_by_its_last_user() {
    struct Told<'a>(&'a std::cell::Cell<bool>);
    impl Drop for Told<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = std::cell::Cell::new(false);
    let table: Table<Told<'_>, Heap> = Table::new([1, 0]).unwrap();
    let stag = table.reserve().unwrap();
    let region = Region {
        base: 0,
        length: 1,
        access: Access::empty(),
        domain: DOMAIN,
        memory: Told(&dropped),
    };
    assert!(table.publish(stag, region).is_ok());
    let grant = table
        .access(stag, &[DOMAIN], 0, 1, Access::empty())
        .ok()
        .unwrap();
    let pin = grant.pin();
    assert!(table.withdraw(stag).is_none());
    assert!(
        table
            .access(stag, &[DOMAIN], 0, 1, Access::empty())
            .is_err()
    );
    drop(grant);
    assert!(!dropped.get());
    table.unpin(stag, pin);
    assert!(dropped.get());
}

// NDK-FR-14
#[test]
fn a_token_is_invalidated_once() {
    let table = table();
    let stag = table.reserve().unwrap();
    table.publish(stag, region(1, Access::REMOTE_READ)).unwrap();
    assert_eq!(
        table.invalidate(stag, &[Domain(9)], Access::empty()).err(),
        Some(Fault::Domain)
    );
    assert_eq!(
        table
            .invalidate(stag, &[DOMAIN], Access::REMOTE_WRITE)
            .err(),
        Some(Fault::Rights)
    );
    assert!(
        table
            .invalidate(stag, &[DOMAIN], Access::REMOTE_READ)
            .is_ok()
    );
    assert_eq!(
        table.invalidate(stag, &[DOMAIN], Access::REMOTE_READ).err(),
        Some(Fault::Token)
    );
}

#[test]
fn a_released_token_is_dead() {
    let table = table();
    let stag = table.reserve().unwrap();
    table.publish(stag, region(1, Access::empty())).unwrap();
    assert!(table.release(stag).is_some());
    assert_eq!(
        table
            .access(stag, &[DOMAIN], 0x1000, 1, Access::empty())
            .err(),
        Some(Fault::Token)
    );
    assert!(table.publish(stag, region(1, Access::empty())).is_err());
}

#[test]
fn a_list_of_buffers_is_cut_where_asked() {
    let mut list = SgeList::default();
    for (address, length) in [(100, 10), (0, 0), (200, 5)] {
        assert!(list.push(Sge {
            address,
            length,
            token: Stag(1)
        }));
    }
    let piece = |offset, most| list.at(offset, most).map(|sge| (sge.address, sge.length));
    assert_eq!(list.length(), 15);
    assert_eq!(piece(0, 100), Some((100, 10)));
    assert_eq!(piece(9, 100), Some((109, 1)));
    assert_eq!(piece(10, 3), Some((200, 3)));
    assert_eq!(piece(15, 1), None);
}

#[test]
fn a_cleared_payload_is_empty() {
    let mut list = SgeList::default();
    let sge = Sge {
        address: 1,
        length: 2,
        token: Stag(3),
    };
    assert!(list.push(sge));
    let bytes = [7; limits::MAX_INLINE];
    for mut payload in [Payload::Sges(list), Payload::Inline { bytes, length: 5 }] {
        assert!(payload.length() > 0);
        payload.clear();
        assert_eq!(payload.length(), 0);
        assert!(matches!(payload, Payload::Sges(list) if list.as_slice().is_empty()));
    }
}

#[test]
fn only_what_waits_in_the_table_has_a_draft() {
    let table = table();
    let stag = table.reserve().unwrap();
    let draft = table
        .prepare(stag, region(1, Access::empty()))
        .ok()
        .unwrap();
    assert_eq!(Op::FastRegister(draft).draft(), Some(draft));
    assert_eq!(Op::Bind(draft).draft(), Some(draft));
    for op in [Op::Send, Op::SendAndInvalidate(stag), Op::Invalidate(stag)] {
        assert_eq!(op.draft(), None);
    }
}

/// Every list of up to three buffers of up to three bytes, from every offset, in pieces of every
/// size: each byte once, in order.
#[test]
fn every_short_list_of_buffers_is_walked_to_the_byte() {
    for count in 0..=3_u32 {
        for lengths in 0..4_u32.pow(count) {
            let length_of = |n: u32| lengths / 4_u32.pow(n) % 4;
            let mut list = SgeList::default();
            let mut bytes = Vec::new();
            for n in 0..count {
                let (address, length) = (u64::from(n) * 100, length_of(n));
                let token = Stag(n + 1);
                assert!(list.push(Sge {
                    address,
                    length,
                    token
                }));
                bytes.extend((address..address + u64::from(length)).map(|at| (at, token)));
            }
            assert_eq!(list.length(), bytes.len() as u64);
            for start in 0..=bytes.len() + 1 {
                for most in 1..=4 {
                    let walked = walk(&list, start as u64, most);
                    assert_eq!(walked, bytes.get(start..).unwrap_or_default());
                }
            }
        }
    }
}

fn walk(list: &SgeList, mut offset: u64, most: u32) -> Vec<(u64, Stag)> {
    let mut bytes = Vec::new();
    while let Some(piece) = list.at(offset, most) {
        assert!((1..=most).contains(&piece.length));
        let range = piece.address..piece.address + u64::from(piece.length);
        bytes.extend(range.map(|at| (at, piece.token)));
        offset += u64::from(piece.length);
    }
    bytes
}

// NDK-FLUSH-09
#[test]
fn a_flushed_queue_comes_back_in_order() {
    let pair: QueuePair<Heap> = QueuePair::new(0, 3, [DOMAIN, Domain(2)]).unwrap();
    for context in 0..3 {
        pair.receive
            .post(|request| {
                request.context = context;
                Ok(())
            })
            .unwrap();
    }
    assert_eq!(pair.receive.post(|_| Ok(())), Err(PostError::Full));
    let mut contexts = Vec::new();
    pair.receive.flush(|request| contexts.push(request.context));
    assert_eq!(contexts, [0, 1, 2]);
    assert!(pair.receive.is_empty());
}

// NDK-CQ-10: an error counts as solicited.
#[test]
fn an_error_wakes_a_solicited_arm() {
    let queue: CompletionQueue<Heap> = CompletionQueue::new(4).unwrap();
    queue.arm(Arm::Solicited);
    queue.push(Completion::default(), false).unwrap();
    assert_eq!(queue.begin(), None);
    queue
        .push(
            Completion {
                status: Status::Cancelled,
                ..Completion::default()
            },
            false,
        )
        .unwrap();
    assert!(queue.begin().is_some());
}

#[test]
fn a_completion_queue_is_due_once_for_what_it_holds() {
    let queue: CompletionQueue<Heap> = CompletionQueue::new(2).unwrap();
    assert_eq!(queue.depth(), 2);
    queue.arm(Arm::Any);
    assert!(!queue.is_due());
    let context = |context| Completion {
        context,
        ..Completion::default()
    };
    queue.push(context(1), false).unwrap();
    assert!(queue.is_due());
    assert!(queue.begin().is_some());
    // Not while the callback runs; then for an arm and an entry that are new.
    queue.arm(Arm::Any);
    queue.resize(5).unwrap();
    assert_eq!(queue.depth(), 5);
    queue.push(context(2), false).unwrap();
    assert!(!queue.is_due());
    queue.end();
    assert!(queue.is_due());
    let mut seen = Vec::new();
    assert_eq!(queue.pop(5, |at, it| seen.push((at, it.context))), 2);
    assert_eq!(seen, [(0, 1), (1, 2)]);
    assert_eq!(queue.pop(5, |_, _| {}), 0);
}

#[test]
fn a_flush_that_was_asked_for_begins_once() {
    let pair: QueuePair<Heap> = QueuePair::new(3, 4, [DOMAIN, Domain(2)]).unwrap();
    assert_eq!((pair.send.depth(), pair.receive.depth()), (3, 4));
    assert!(!pair.begin_flush());
    pair.ask_flush();
    assert!(pair.begin_flush());
    assert!(!pair.begin_flush());
}

// NDK-POST-09
#[test]
fn receives_come_back_once_the_end_has_begun() {
    let flushes: Vec<_> = State::ALL.iter().map(|state| state.flushes()).collect();
    assert_eq!(flushes, [false, false, false, true, true]);
}

#[test]
fn what_is_laid_ready_is_seen_and_taken_back() {
    let table = table();
    let stag = table.reserve().unwrap();
    let lengths = |draft| {
        let mut seen = Vec::new();
        table.look_at(draft, |region: &Region<u32>| seen.push(region.length));
        seen
    };
    let first = table
        .prepare(stag, region(1, Access::empty()))
        .ok()
        .unwrap();
    let second = table
        .prepare(stag, region(2, Access::empty()))
        .ok()
        .unwrap();
    assert!(table.prepare(stag, region(3, Access::empty())).is_err());
    assert_eq!((lengths(first), lengths(second)), (vec![1], vec![2]));
    assert_eq!(lengths(first), [1], "it is there still");
    assert!(table.discard(first).is_some());
    assert_eq!((lengths(first), lengths(second)), (vec![], vec![2]));
    let again = table
        .prepare(stag, region(4, Access::empty()))
        .ok()
        .unwrap();
    assert_eq!(lengths(again), [4]);
    table.discard_all(stag);
    assert_eq!((lengths(again), lengths(second)), (vec![], vec![]));
}

#[test]
fn a_place_whose_region_is_in_use_is_not_given_out_again() {
    let table = table();
    let stag = table.reserve().unwrap();
    table.publish(stag, region(1, Access::empty())).unwrap();
    let grant = table.find(stag, &[DOMAIN], Access::empty()).ok().unwrap();
    assert!(table.release(stag).is_none());
    // All tokens of all places but that one.
    let mut places: Vec<u32> = (1..2048)
        .map(|_| table.reserve().unwrap().0 & (stag::MAX_REGIONS - 1))
        .collect();
    places.sort_unstable();
    places.dedup();
    assert!(!places.contains(&(stag.0 & (stag::MAX_REGIONS - 1))));
    drop(grant);
}
