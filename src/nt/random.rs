//! Numbers that nobody can guess, from the system's generator.

use super::{
    irql,
    status::{Result, Status},
};
use crate::sys::BCryptGenRandom;

/// `BCRYPT_USE_SYSTEM_PREFERRED_RNG` of bcrypt.h: no algorithm handle is needed, at PASSIVE_LEVEL.
const SYSTEM_PREFERRED: u32 = 2;

/// Random words. PASSIVE_LEVEL.
pub(crate) fn words<const N: usize>() -> Result<[u64; N]> {
    debug_assert!(irql::is_passive());
    let mut words = [0_u64; N];
    let length = size_of_val(&words) as u32;
    // SAFETY: the buffer is a local of this length; the level is checked above.
    let status = unsafe {
        BCryptGenRandom(
            core::ptr::null_mut(),
            words.as_mut_ptr().cast(),
            length,
            SYSTEM_PREFERRED,
        )
    };
    Status::from_raw(status).ok()?;
    Ok(words)
}
