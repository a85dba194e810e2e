use super::block::{Block, LINE, POISON};
use super::{KERNEL, Pool, PoolMode, QUARANTINE, Request, SHORT_QUARANTINE};

const MODES: [PoolMode; 3] = [PoolMode::Special, PoolMode::Cheap, PoolMode::Light];

fn request(size: usize, zeroed: bool) -> Request {
    Request {
        size,
        tag: 0x3132_3334,
        caller: KERNEL,
        zeroed,
    }
}

#[test]
fn zeroed_memory_is_zero_even_when_it_was_used_before() {
    for mode in MODES {
        let pool = Pool::new(mode);
        for size in [1, 16, 100, 4096, 10_000] {
            for _ in 0..3 {
                let memory = pool.allocate(request(size, true));
                // SAFETY: a live block of that size.
                let bytes = unsafe { std::slice::from_raw_parts_mut(memory, size) };
                assert!(bytes.iter().all(|&b| b == 0), "{mode:?} {size}");
                bytes.fill(7);
                pool.free(memory as usize, 0, KERNEL);
            }
        }
        assert_eq!(pool.usage(), (0, 0));
    }
}

#[test]
fn memory_of_a_page_or_more_starts_at_a_page() {
    for mode in MODES {
        let pool = Pool::new(mode);
        for (size, align) in [(1, 16), (24, 16), (4096, 4096), (5000, 4096)] {
            let memory = pool.allocate(request(size, false));
            assert_eq!(memory as usize % align, 0, "{mode:?} {size}");
            pool.free(memory as usize, 0, KERNEL);
        }
    }
}

#[test]
fn a_block_is_found_by_any_address_in_it() {
    let pool = Pool::new(PoolMode::Special);
    let memory = pool.allocate(request(100, true)) as usize;
    assert_eq!(pool.block_at(memory + 99), Some((memory, 100)));
    assert_eq!(pool.block_at(memory + 100), None);
    pool.free(memory, 0, KERNEL);
    assert_eq!(pool.block_at(memory), None);
}

#[test]
fn memory_over_its_quarantine_is_used_again_and_is_then_as_it_was_asked_for() {
    over_its_quarantine(PoolMode::Cheap, QUARANTINE);
    over_its_quarantine(PoolMode::Light, SHORT_QUARANTINE);
}

fn over_its_quarantine(mode: PoolMode, quarantine: usize) {
    let pool = Pool::new(mode);
    let make = |size, zeroed| pool.allocate(request(size, zeroed));
    let free = |memory: *mut u8| pool.free(memory as usize, 0, KERNEL);
    let size = 10_000;
    let first = make(size, false);
    // SAFETY: a live block of that size.
    unsafe { first.write_bytes(7, size) };
    free(first);
    (1..quarantine).for_each(|_| free(make(24, false)));
    let early = make(size, true);
    assert_ne!(early, first, "{mode:?}");
    free(early);
    let again = make(size, true);
    assert_eq!(again, first, "{mode:?}");
    // SAFETY: a live block of that size.
    let bytes = unsafe { std::slice::from_raw_parts(again, size) };
    assert!(bytes.iter().all(|&b| b == 0));
    free(again);
    assert_eq!(pool.usage(), (0, 0));
}

#[test]
fn no_more_memory_waits_than_is_agreed() {
    let pool = Pool::new(PoolMode::Cheap);
    let size = 1 << 20;
    let all: Vec<_> = (0..64)
        .map(|_| pool.allocate(request(size, false)))
        .collect();
    all.iter().for_each(|&it| pool.free(it as usize, 0, KERNEL));
    (0..QUARANTINE).for_each(|_| pool.free(pool.allocate(request(24, false)) as usize, 0, KERNEL));
    let waits = pool.inner.lock().spare.bytes();
    assert!((size..=16 * size).contains(&waits), "{waits}");
}

#[test]
fn the_first_byte_that_was_changed_is_found_wherever_it_is() {
    let mut memory = [POISON; 4 * LINE + 7];
    let base = memory.as_ptr() as usize;
    for (from, to) in [
        (0, memory.len()),
        (3, 200),
        (5, 9),
        (8, 16),
        (1, 64),
        (9, 9),
    ] {
        let differs = || Block::differs(base + from, base + to, POISON);
        assert_eq!(differs(), None);
        for at in from..to {
            memory[at] ^= 1;
            memory[to - 1] ^= 2;
            assert_eq!(differs(), Some(base + at), "{from} {to}");
            memory[at] = POISON;
            memory[to - 1] = POISON;
        }
    }
}
