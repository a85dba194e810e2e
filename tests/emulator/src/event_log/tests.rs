use super::{Entry, IO_ERROR_LOG_PACKET, Severity, fill, strings};

fn packet(dump: u16, count: u16, offset: u16) -> IO_ERROR_LOG_PACKET {
    // SAFETY: all fields are numbers.
    let mut packet: IO_ERROR_LOG_PACKET = unsafe { std::mem::zeroed() };
    packet.DumpDataSize = dump;
    packet.NumberOfStrings = count;
    packet.StringOffset = offset;
    packet
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn strings_come_one_after_the_other() {
    let mut bytes = vec![0xFF; 48];
    bytes.extend(wide("one\0\0three\0rest"));
    assert_eq!(
        strings(&packet(8, 3, 48), &bytes),
        Ok(vec!["one".into(), String::new(), "three".into()])
    );
    assert!(strings(&packet(8, 4, 48), &bytes).is_err(), "no end");
    assert!(strings(&packet(6, 3, 48), &bytes).is_err(), "6 bytes");
    assert!(strings(&packet(12, 3, 48), &bytes).is_err(), "within");
    assert!(strings(&packet(8, 3, 49), &bytes).is_err(), "odd");
    assert!(strings(&packet(8, 1, 400), &bytes).is_err(), "beyond");
    assert!(strings(&packet(200, 0, 0), &bytes).is_err(), "too long");
    assert_eq!(strings(&packet(0, 0, 0), &bytes), Ok(vec![]));
}

#[test]
fn strings_take_their_places_in_the_text() {
    let strings = ["a".to_owned(), "b".to_owned()];
    assert_eq!(fill("%3%%, %2 of %1; %4 %x", &strings), "b%, a of ; %4 %x");
}

#[test]
fn an_entry_is_one_line() {
    let mut entry = Entry {
        source: "driver".into(),
        code: 0xA000_0007,
        sequence: 1,
        strings: vec!["x".into()],
        text: Some("Text.".into()),
    };
    assert_eq!(entry.severity(), Severity::Warning);
    assert_eq!(entry.to_string(), "driver Warning 7: Text.");
    entry.text = None;
    assert_eq!(
        entry.to_string(),
        "driver Warning 7: no text for 0xa0000007: [\"x\"]"
    );
}
