//! SipHash-2-4 of one word (Aumasson and Bernstein, 2012): a keyed function whose results say nothing
//! about each other or the key.

/// The hash of `word`, as eight bytes in little-endian order, under `key`.
pub(super) fn of(key: [u64; 2], word: u64) -> u64 {
    let [k0, k1] = key;
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    // The length stands in the highest byte of the last block.
    for block in [word, 8 << 56] {
        v[3] ^= block;
        v = round(round(v));
        v[0] ^= block;
    }
    v[2] ^= 0xff;
    let [v0, v1, v2, v3] = round(round(round(round(v))));
    v0 ^ v1 ^ v2 ^ v3
}

fn round([mut v0, mut v1, mut v2, mut v3]: [u64; 4]) -> [u64; 4] {
    v0 = v0.wrapping_add(v1);
    v1 = v1.rotate_left(13) ^ v0;
    v0 = v0.rotate_left(32);
    v2 = v2.wrapping_add(v3);
    v3 = v3.rotate_left(16) ^ v2;
    v0 = v0.wrapping_add(v3);
    v3 = v3.rotate_left(21) ^ v0;
    v2 = v2.wrapping_add(v1);
    v1 = v1.rotate_left(17) ^ v2;
    v2 = v2.rotate_left(32);
    [v0, v1, v2, v3]
}

#[cfg(test)]
mod tests {
    // The authors' vector for the bytes 0 to 7 under the key of the bytes 0 to 15.
    #[test]
    fn the_authors_vector() {
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        let hash = super::of(key, 0x0706_0504_0302_0100);
        assert_eq!(hash, 0x93f5_f579_9a93_2462);
    }
}
