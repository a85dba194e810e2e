//! Every input that is kept, every seed and everything that was ever found, once.

use softrnic_fuzz::{TARGETS, corpus, target};

fn replay(name: &str) {
    let target = target(name).expect("a target");
    let mut inputs = corpus::read(name).expect("a corpus");
    assert!(!inputs.is_empty(), "nothing is kept for {name}");
    if name == "image" {
        // Each is a connection: enough of them.
        inputs.truncate(150);
    } else {
        inputs.extend((target.seeds)());
    }
    inputs.extend(corpus::found(name).expect("what was found"));
    for input in &inputs {
        let run = std::panic::AssertUnwindSafe(|| (target.run)(input));
        assert!(
            std::panic::catch_unwind(run).is_ok(),
            "{name}: {input:02x?}"
        );
    }
}

macro_rules! replayed {
    ($($target:ident)*) => {
        $(#[test] fn $target() { replay(stringify!($target)); })*

        #[test]
        fn all_targets_are_replayed() {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

replayed! { startup fpdus segments machine image }
