//! Shelves: alone, and with two who take and bring back.

#[cfg(not(loom))]
mod alone {
    use super::super::super::Shelf;
    use super::super::super::storage::Heap;

    #[test]
    fn what_is_put_is_taken_once() {
        let shelf = Shelf::<usize, Heap>::new(65).unwrap();
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
        let shelf = Shelf::<u32, Heap>::new(1).unwrap();
        assert_eq!(shelf.put(5, 1), Ok(()));
        assert_eq!(shelf.put(5, 2), Err(2));
        assert_eq!(shelf.put(64, 3), Err(3));
        assert_eq!((shelf.take(), shelf.take()), (Some(1), None));
        assert_eq!(shelf.put(5, 4), Ok(()));
        assert_eq!(shelf.take(), Some(4));
    }
}

#[cfg(loom)]
mod models {
    use loom::sync::Arc;
    use loom::thread;

    use super::super::super::Shelf;
    use super::super::super::storage::Heap;

    /// Two take and bring back: nobody has what another has, and in the end all of it is there.
    #[test]
    fn shelf_lends_each_value_to_one_at_a_time() {
        loom::model(|| {
            let shelf = Arc::new(Shelf::<usize, Heap>::new(2).unwrap());
            for place in 0..2 {
                shelf.put(place, place).unwrap();
            }
            let other = {
                let shelf = shelf.clone();
                thread::spawn(move || {
                    // Two values for two threads that take one each.
                    let value = shelf.take().unwrap();
                    shelf.put(value, value).unwrap();
                })
            };
            let value = shelf.take().unwrap();
            shelf.put(value, value).unwrap();
            other.join().unwrap();
            let both = (shelf.take().unwrap(), shelf.take().unwrap());
            assert!(both == (0, 1) || both == (1, 0));
            assert_eq!(shelf.take(), None);
        });
    }
}
