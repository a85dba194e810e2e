//! CRC32C (Castagnoli), the checksum of every MPA FPDU.
//!
//! `update(0, bytes)` is the value of `bytes`; `update(update(0, a), b)` that of `a` followed by
//! `b`. On the wire it stands least significant byte first (RFC 5044 section 4.4, as in iSCSI).
//!
//! With SSE4.2 and PCLMULQDQ three chains of the `crc32` instruction run interleaved (its latency
//! is three cycles, its throughput one) and are joined by carry-less multiplication; without them,
//! eight tables. Only integer and XMM registers are touched, which x64 kernel code may use freely.

const POLYNOMIAL: u32 = 0x82f6_3b78; // bit-reflected

/// The CRC32C of what `crc` covers followed by `bytes`.
#[inline]
pub fn update(crc: u32, bytes: &[u8]) -> u32 {
    // SAFETY: a slice is readable for its length (the borrow keeps it so).
    unsafe { update_raw(crc, bytes.as_ptr(), bytes.len()) }
}

/// As [`update`], over memory that others may change meanwhile (a consumer's buffer): no
/// reference to it is ever formed.
///
/// # Safety
/// `start` must be readable for `len` bytes until the function returns.
#[inline]
pub unsafe fn update_raw(crc: u32, start: *const u8, len: usize) -> u32 {
    #[cfg(target_arch = "x86_64")]
    if x86::available() {
        // SAFETY: the processor has both features; the range is the caller's promise.
        return unsafe { x86::update(crc, start, len) };
    }
    // SAFETY: the caller's promise.
    unsafe { table::update(crc, start, len) }
}

/// `value * x mod P`, bit-reflected.
const fn times_x(value: u32) -> u32 {
    (value >> 1) ^ if value & 1 != 0 { POLYNOMIAL } else { 0 }
}

/// A word in memory order. If the bytes change under us, any value will do: the sum is over what
/// was read, it indexes nothing, and the caller decides what a wrong sum means.
///
/// # Safety
/// `at` must be readable for eight bytes.
#[inline(always)]
unsafe fn word(at: *const u8) -> u64 {
    // SAFETY: the caller's promise; an unaligned read has no alignment to keep.
    u64::from_le(unsafe { at.cast::<u64>().read_unaligned() })
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{times_x, word};
    use core::arch::x86_64::{
        __cpuid, _mm_clmulepi64_si128, _mm_crc32_u8, _mm_crc32_u32, _mm_crc32_u64,
        _mm_cvtsi64_si128, _mm_cvtsi128_si64,
    };
    use core::sync::atomic::{AtomicU8, Ordering};

    /// The most words in one chain; three chains make a block of 6 KiB.
    const CHAIN: usize = 256;
    /// Below this many words one chain is faster than three and their joining.
    const INTERLEAVED: usize = 24;

    /// `SHIFT[n]` moves a CRC over `n` words: x^(64 n - 33) mod P. The 33 is what the product's
    /// alignment (1) and the reduction by the `crc32` instruction (32) add by themselves.
    static SHIFT: [u32; 2 * CHAIN + 1] = shifts();

    const fn shifts() -> [u32; 2 * CHAIN + 1] {
        let mut shifts = [0; 2 * CHAIN + 1];
        let mut power = 1; // x^31
        let mut n = 1;
        while n < shifts.len() {
            shifts[n] = power;
            let mut i = 0;
            while i < 64 {
                power = times_x(power);
                i += 1;
            }
            n += 1;
        }
        shifts
    }

    /// Are the instructions there? Asked once, then remembered.
    #[inline]
    pub(super) fn available() -> bool {
        const UNKNOWN: u8 = 0;
        const NO: u8 = 1;
        const YES: u8 = 2;
        static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);

        #[cold]
        fn ask() -> u8 {
            const PCLMULQDQ: u32 = 1 << 1;
            const SSE4_2: u32 = 1 << 20;
            let wanted = PCLMULQDQ | SSE4_2;
            match __cpuid(1).ecx & wanted == wanted {
                true => YES,
                false => NO,
            }
        }

        // Relaxed: every processor finds the same answer, and nothing hangs on it.
        let mut state = STATE.load(Ordering::Relaxed);
        if state == UNKNOWN {
            state = ask();
            STATE.store(state, Ordering::Relaxed);
        }
        state == YES
    }

    /// # Safety
    /// [`available`]; `at` readable for `len` bytes.
    #[target_feature(enable = "sse4.2,pclmulqdq")]
    pub(super) unsafe fn update(crc: u32, mut at: *const u8, len: usize) -> u32 {
        let mut crc = u64::from(!crc);
        let mut words = len / 8;
        while words >= INTERLEAVED {
            let chain = if words / 3 < CHAIN { words / 3 } else { CHAIN };
            // SAFETY: `3 * chain <= words`, all inside the range.
            crc = unsafe { block(crc, at, chain) };
            words -= 3 * chain;
            at = at.wrapping_add(24 * chain);
        }
        for _ in 0..words {
            // SAFETY: `words` whole words are left.
            crc = _mm_crc32_u64(crc, unsafe { word(at) });
            at = at.wrapping_add(8);
        }
        // The high half of a 64-bit result is zero.
        // SAFETY: `len % 8` bytes are left.
        !unsafe { tail(crc as u32, at, len % 8) }
    }

    /// The last bytes, fewer than a word.
    ///
    /// # Safety
    /// SSE4.2; `at` readable for `len` bytes.
    #[inline]
    #[target_feature(enable = "sse4.2")]
    unsafe fn tail(mut crc: u32, mut at: *const u8, len: usize) -> u32 {
        if len & 4 != 0 {
            // SAFETY: at least four bytes are left.
            let half = unsafe { at.cast::<u32>().read_unaligned() };
            crc = _mm_crc32_u32(crc, u32::from_le(half));
            at = at.wrapping_add(4);
        }
        for _ in 0..len % 4 {
            // SAFETY: `len % 4` bytes are left.
            crc = _mm_crc32_u8(crc, unsafe { at.read() });
            at = at.wrapping_add(1);
        }
        crc
    }

    /// Three adjacent stretches of `chain` words each.
    ///
    /// # Safety
    /// SSE4.2 and PCLMULQDQ; `a` readable for `24 * chain` bytes; `0 < chain <= CHAIN`.
    #[inline]
    #[target_feature(enable = "sse4.2,pclmulqdq")]
    unsafe fn block(crc: u64, mut a: *const u8, chain: usize) -> u64 {
        let (mut first, mut second, mut third) = (crc, 0, 0);
        let stride = chain * 8;
        for _ in 0..chain {
            let (b, c) = (a.wrapping_add(stride), a.wrapping_add(2 * stride));
            // SAFETY: `a` runs over the first stretch, so all three are inside the range.
            unsafe {
                first = _mm_crc32_u64(first, word(a));
                second = _mm_crc32_u64(second, word(b));
                third = _mm_crc32_u64(third, word(c));
            }
            a = a.wrapping_add(8);
        }
        // PANIC: `2 * chain <= 2 * CHAIN`, the last index of SHIFT.
        third ^ moved(first, SHIFT[2 * chain]) ^ moved(second, SHIFT[chain])
    }

    /// `crc` as it is after as many zero words as `shift` stands for.
    #[inline]
    #[target_feature(enable = "sse4.2,pclmulqdq")]
    fn moved(crc: u64, shift: u32) -> u64 {
        let product = _mm_clmulepi64_si128::<0>(
            _mm_cvtsi64_si128(crc as i64),
            _mm_cvtsi64_si128(i64::from(shift)),
        );
        _mm_crc32_u64(0, _mm_cvtsi128_si64(product) as u64)
    }
}

mod table {
    use super::{times_x, word};

    /// `T[k][b]`: byte `b` followed by `k` zero bytes.
    static T: [[u32; 256]; 8] = tables();

    const fn tables() -> [[u32; 256]; 8] {
        let mut t = [[0; 256]; 8];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = times_x(value);
                bit += 1;
            }
            t[0][byte] = value;
            byte += 1;
        }
        let mut k = 1;
        while k < 8 {
            let mut byte = 0;
            while byte < 256 {
                let before = t[k - 1][byte];
                t[k][byte] = (before >> 8) ^ t[0][(before & 0xff) as usize];
                byte += 1;
            }
            k += 1;
        }
        t
    }

    /// # Safety
    /// `at` must be readable for `len` bytes.
    pub(super) unsafe fn update(crc: u32, mut at: *const u8, len: usize) -> u32 {
        let mut crc = !crc;
        for _ in 0..len / 8 {
            // SAFETY: whole words are left.
            let bytes = (unsafe { word(at) } ^ u64::from(crc)).to_le_bytes();
            at = at.wrapping_add(8);
            crc = 0;
            // PANIC: a byte is below 256; both arrays have eight entries.
            for (k, byte) in bytes.iter().rev().enumerate() {
                crc ^= T[k][*byte as usize];
            }
        }
        for _ in 0..len % 8 {
            // SAFETY: `len % 8` bytes are left.
            let byte = unsafe { at.read() };
            at = at.wrapping_add(1);
            // PANIC: masked to eight bits.
            crc = (crc >> 8) ^ T[0][((crc ^ u32::from(byte)) & 0xff) as usize];
        }
        !crc
    }
}

#[cfg(test)]
mod tests;
