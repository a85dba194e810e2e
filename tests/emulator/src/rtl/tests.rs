use super::memcpy;

#[test]
fn copies_of_every_small_length_and_overlap_are_exact() {
    let original: Vec<u8> = (0..200).map(|i| (i * 7 + 3) as u8).collect();
    for length in 0..=130 {
        for (from, to) in [(0, 20), (5, 9), (9, 5), (33, 32), (20, 20), (70, 0)] {
            let mut expected = original.clone();
            expected.copy_within(from..from + length, to);
            let mut actual = original.clone();
            let base = actual.as_mut_ptr();
            // SAFETY: both ranges lie within the vector.
            unsafe { memcpy(base.add(to).cast(), base.add(from).cast(), length) };
            assert_eq!(actual, expected, "{length} bytes from {from} to {to}");
        }
    }
}
