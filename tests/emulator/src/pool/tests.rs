use super::{KERNEL, Pool, PoolMode, Request};

const MODES: [PoolMode; 2] = [PoolMode::Special, PoolMode::Cheap];

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
