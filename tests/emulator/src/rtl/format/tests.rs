use super::format;

fn formatted(template: &std::ffi::CStr, arguments: &[u64]) -> String {
    // SAFETY: the tests pass what their templates name.
    unsafe { format(template.as_ptr().cast(), arguments.as_ptr()) }
}

#[test]
fn integers_have_the_width_their_size_says() {
    let all_ones = u64::MAX;
    assert_eq!(
        formatted(c"%d %u %I64u", &[all_ones, all_ones, all_ones]),
        format!("-1 {} {}", u32::MAX, u64::MAX)
    );
}

#[test]
fn padding_and_precision_are_applied() {
    assert_eq!(
        formatted(c"[%5d][%-5d][%05x][%.3u]", &[7, 7, 0xAB, 7]),
        "[    7][7    ][000ab][007]"
    );
}

#[test]
fn a_string_with_a_precision_need_not_be_terminated() {
    let text = *b"abcdef";
    assert_eq!(formatted(c"%.*s|", &[3, text.as_ptr() as u64]), "abc|");
}

#[test]
fn a_counted_string_prints_its_text() {
    let mut units: Vec<u16> = "adapter".encode_utf16().collect();
    let string = crate::wdm::UNICODE_STRING {
        Length: 14,
        MaximumLength: 14,
        Buffer: units.as_mut_ptr(),
    };
    assert_eq!(formatted(c"%wZ", &[&raw const string as u64]), "adapter");
}
