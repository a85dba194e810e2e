//! No dispatch slot is null (NDK-VER-05).

use softrnic_functional::raw::{self, Object};
use softrnic_functional::{SOON, Stage};

/// The slots of the table of `object`, which has `count` of them.
fn slots<T>(object: *mut T, count: usize) -> Vec<usize> {
    // SAFETY: an open object's dispatch pointer stands at offset 40 (NDK-ABI-01); its table has `count` pointers.
    unsafe {
        let table = *object.byte_add(40).cast::<*const usize>();
        std::slice::from_raw_parts(table, count).to_vec()
    }
}

// NDK-VER-05
#[test]
fn no_table_has_a_null_slot() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    let (qp, mr, mw) = (raw::qp(pd, cq), raw::mr(pd), raw::mw(pd));
    let (connector, listener) = (raw::connector(&adapter), raw::listener(&adapter));
    let tables = [
        slots(adapter.raw(), 9),
        slots(pd, 8),
        slots(cq, 7),
        slots(qp, 11),
        slots(mr, 7),
        slots(mw, 3),
        slots(connector, 13),
        slots(listener, 5),
    ];
    for table in tables {
        assert!(!table.contains(&0), "{table:x?}");
    }
    let objects: [Object; 7] = [
        connector.cast(),
        listener.cast(),
        qp.cast(),
        mr.cast(),
        mw.cast(),
        cq.cast(),
        pd.cast(),
    ];
    for object in objects {
        assert!(raw::close(object).is_over(SOON));
    }
}
