//! A shelf, with two who take and bring back.

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
