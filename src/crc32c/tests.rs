use super::{POLYNOMIAL, table, update, update_raw};
use proptest::prelude::*;

/// One bit at a time, straight from the definition.
fn bitwise(crc: u32, bytes: &[u8]) -> u32 {
    let mut crc = !crc;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 != 0 { POLYNOMIAL } else { 0 };
        }
    }
    !crc
}

fn tabled(crc: u32, bytes: &[u8]) -> u32 {
    // SAFETY: a slice is readable for its length.
    unsafe { table::update(crc, bytes.as_ptr(), bytes.len()) }
}

const READ_10: [u8; 48] = [
    0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14,
    0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
];

// RFC5041-3-6, RFC5044-4.4-1, RFC5044-4.4-10.
#[test]
fn published_values() {
    let rising: Vec<u8> = (0..32).collect();
    let falling: Vec<u8> = (0..32).rev().collect();
    let cases: [(&[u8], u32); 8] = [
        (b"", 0),
        (b"a", 0xc1d0_4330),
        (b"123456789", 0xe306_9283),
        (&[0; 32], 0x8a91_36aa),
        (&[0xff; 32], 0x62a8_ab43),
        (&rising, 0x46dd_794e),
        (&falling, 0x113f_db5c),
        (&READ_10, 0xd996_3a56),
    ];
    for (bytes, value) in cases {
        assert_eq!(update(0, bytes), value);
        assert_eq!(tabled(0, bytes), value);
    }
}

#[test]
fn every_length_around_the_block_sizes_agrees_with_the_definition() {
    let bytes: Vec<u8> = (0..20_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for len in (0..800)
        .chain(6_100..6_200)
        .chain(12_250..12_320)
        .chain([19_999])
    {
        let expected = bitwise(0, &bytes[..len]);
        assert_eq!(update(0, &bytes[..len]), expected, "{len}");
        assert_eq!(tabled(0, &bytes[..len]), expected, "{len}");
    }
}

#[test]
fn data_followed_by_its_wire_value_gives_the_residue() {
    let mut bytes = b"123456789".to_vec();
    bytes.extend(update(0, &bytes).to_le_bytes());
    assert_eq!(update(0, &bytes), 0x4867_4bc7);
}

proptest! {
    #[test]
    fn any_bytes_at_any_alignment_and_cut(
        bytes in proptest::collection::vec(any::<u8>(), 0..9000),
        skip in 0usize..16,
        cut in any::<prop::sample::Index>(),
        start in any::<u32>(),
    ) {
        let bytes = &bytes[skip.min(bytes.len())..];
        let (a, b) = bytes.split_at(cut.index(bytes.len() + 1));
        let expected = bitwise(start, bytes);
        prop_assert_eq!(update(start, bytes), expected);
        prop_assert_eq!(tabled(start, bytes), expected);
        prop_assert_eq!(update(update(start, a), b), expected);
        // SAFETY: a slice is readable for its length.
        prop_assert_eq!(unsafe { update_raw(start, bytes.as_ptr(), bytes.len()) }, expected);
    }
}

/// `cargo test --release -p softrnic crc32c -- --ignored --nocapture`: the rates of this machine.
#[test]
#[ignore = "prints figures, asserts nothing"]
fn rates() {
    for len in [64usize, 1408, 4096, 65_536] {
        let bytes = vec![0x5a; len];
        let rounds = (1usize << 30) / len.max(256);
        let begin = std::time::Instant::now();
        let mut crc = 0;
        for _ in 0..rounds {
            crc = update(crc & 1, std::hint::black_box(&bytes));
        }
        let nanoseconds = begin.elapsed().as_nanos() as f64 / rounds as f64;
        std::hint::black_box(crc);
        println!(
            "{len:6} B {nanoseconds:9.1} ns {:6.1} GiB/s",
            len as f64 / nanoseconds / 1.073_741_824
        );
    }
}
