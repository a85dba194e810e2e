use super::{Operation, Profile, counts::Counts, operation, places::Place, report};

fn place(offset: u64) -> Place {
    let (function, layer) = match offset {
        0..10 => ("ndk::qp::send", "ndk"),
        10..20 => ("wsk::socket::send", "wsk"),
        _ => ("memcpy", "core"),
    };
    Place {
        function: function.to_owned(),
        layer: layer.to_owned(),
    }
}

fn counted() -> Operation {
    let counts = Counts {
        copied: 1280,
        instructions: [(1, 300), (2, 100), (12, 50), (30, 10)].into(),
        out: [
            (("KeSetEvent".to_owned(), 1), 10),
            (("KeSetEvent".to_owned(), 12), 30),
            (("wsk_send".to_owned(), 0), 10),
            (("ExAllocatePool2".to_owned(), 12), 5),
        ]
        .into(),
        into: [("wsk::event".to_owned(), 20)].into(),
    };
    operation("send 64 B".to_owned(), &counts, 10.0, &place)
}

#[test]
fn counts_are_for_one_operation_and_by_layer() {
    let found = counted();
    assert_eq!(found.instructions, 46.0);
    let layers = [("core", 1.0), ("ndk", 40.0), ("wsk", 5.0)];
    let layers = layers.map(|(layer, count)| (layer.to_owned(), count));
    assert_eq!(found.layers, layers.into());
    assert_eq!(found.functions[0], ("ndk::qp::send".to_owned(), 40.0));
}

#[test]
fn calls_are_counted_by_callee_and_by_caller() {
    let found = counted();
    assert_eq!(found.calls["KeSetEvent"], 4.0);
    let first = ("KeSetEvent from wsk::socket::send".to_owned(), 3.0);
    assert_eq!(found.callers[0], first);
    assert_eq!(found.allocations(), 0.5);
    assert_eq!(found.entries["wsk::event"], 2.0);
}

#[test]
fn the_report_has_a_line_an_operation() {
    let profile = Profile {
        operations: vec![Operation {
            delivered: 64,
            ..counted()
        }],
        ..Profile::default()
    };
    let text = report(&profile);
    let line = "| send 64 B | 46 | 5.50 | 1.00 | 0.00 | 0.50 | 2.00 |";
    assert!(text.contains(line), "{text}");
}

#[test]
fn without_valgrind_the_report_says_what_is_missing() {
    let profile = Profile {
        missing: Some("valgrind is missing".to_owned()),
        ..Profile::default()
    };
    assert!(report(&profile).contains("Not counted: valgrind is missing"));
}

#[test]
fn memory_is_told_largest_first() {
    let of = |tag: &str, bytes, count| (tag.to_owned(), bytes, count);
    let profile = Profile {
        operations: vec![counted()],
        memory: vec![of("Mdl ", 56, 1.0), of("Irp ", 312, 5.0)],
        ..Profile::default()
    };
    let text = report(&profile);
    let lines = "| 5.00 `Irp ` | 312 | 1560 |\n| 1.00 `Mdl ` | 56 | 56.00 |\n";
    assert!(text.contains(lines), "{text}");
}
