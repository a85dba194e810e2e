//! Shelves, one thread alone.

use super::super::Shelf;
use super::super::storage::Heap;

#[test]
fn what_is_put_is_taken_once() {
    let shelf = Shelf::<usize, Heap>::new(128).unwrap();
    assert_eq!(shelf.take(), None);
    for place in [3, 70, 127] {
        assert_eq!(shelf.put(place, place), Ok(()));
    }
    let mut taken: Vec<_> = std::iter::from_fn(|| shelf.take()).collect();
    taken.sort_unstable();
    assert_eq!(taken, [3, 70, 127]);
}

#[test]
fn a_place_holds_one_value() {
    let shelf = Shelf::<u32, Heap>::new(6).unwrap();
    assert_eq!(shelf.put(5, 1), Ok(()));
    assert_eq!(shelf.put(5, 2), Err(2));
    assert_eq!(shelf.put(64, 3), Err(3));
    assert_eq!((shelf.take(), shelf.take()), (Some(1), None));
    assert_eq!(shelf.put(5, 4), Ok(()));
    assert_eq!(shelf.take(), Some(4));
}
