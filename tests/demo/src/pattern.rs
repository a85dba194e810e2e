//! The bytes the demo moves: every byte depends on its position and on a seed, so that a byte in the wrong place or of the
//! wrong round is seen.

use softrnic_consumer::Buffer;

const BLOCK: usize = 64 * 1024;

/// The eight bytes at word `index` of the pattern for `seed`.
fn word(seed: u64, index: u64) -> u64 {
    let x = (seed ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^ (x >> 29)
}

/// Fills `out`, which begins at byte `start` (a multiple of 8) of the pattern for `seed`.
pub(crate) fn generate(seed: u64, start: u64, out: &mut [u8]) {
    let first = start / 8;
    let (words, rest) = out.as_chunks_mut::<8>();
    let last = first + words.len() as u64;
    for (index, bytes) in (first..).zip(words) {
        *bytes = word(seed, index).to_le_bytes();
    }
    rest.copy_from_slice(&word(seed, last).to_le_bytes()[..rest.len()]);
}

/// The number of bytes of `got`, which should begin at byte `start` of the pattern for `seed`, that are wrong.
pub(crate) fn wrong_bytes(seed: u64, start: u64, got: &[u8]) -> u64 {
    let first = start / 8;
    let (words, rest) = got.as_chunks::<8>();
    let last = first + words.len() as u64;
    let whole: u64 = (first..)
        .zip(words)
        .map(|(index, bytes)| differing(&word(seed, index).to_le_bytes(), bytes))
        .sum();
    whole + differing(&word(seed, last).to_le_bytes(), rest)
}

/// The number of positions at which `got` is not what the beginning of `expected` is.
#[inline]
fn differing(expected: &[u8; 8], got: &[u8]) -> u64 {
    if *got == expected[..got.len()] {
        return 0;
    }
    got.iter().zip(expected).filter(|(a, b)| a != b).count() as u64
}

/// Fills `len` bytes of `buffer` from `offset` with the pattern for `seed`.
pub(crate) fn fill(buffer: &Buffer, offset: usize, len: usize, seed: u64) {
    let mut block = vec![0; BLOCK.min(len)];
    for start in (0..len).step_by(BLOCK) {
        let part = BLOCK.min(len - start);
        generate(seed, start as u64, &mut block[..part]);
        buffer.write(offset + start, &block[..part]);
    }
}

/// The number of wrong bytes among the `len` bytes of `buffer` from `offset`.
pub(crate) fn check(buffer: &Buffer, offset: usize, len: usize, seed: u64) -> u64 {
    (0..len)
        .step_by(BLOCK)
        .map(|start| {
            let part = BLOCK.min(len - start);
            wrong_bytes(seed, start as u64, &buffer.read(offset + start, part))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_flipped_byte_is_one_wrong_byte() {
        let mut bytes = vec![0; 1001];
        generate(7, 0, &mut bytes);
        assert_eq!(wrong_bytes(7, 0, &bytes), 0);
        bytes[500] ^= 1;
        assert_eq!(wrong_bytes(7, 0, &bytes), 1);
    }

    #[test]
    fn another_seed_or_place_is_seen() {
        let mut bytes = vec![0; 64];
        generate(7, 0, &mut bytes);
        assert!(wrong_bytes(8, 0, &bytes) > 32);
        assert!(wrong_bytes(7, 8, &bytes) > 32);
    }
}
