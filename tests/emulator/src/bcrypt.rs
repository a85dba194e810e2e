//! `BCryptGenRandom`, the one cryptographic call that network drivers make.

use std::io::Read;

use crate::export::Export;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    HIGH_LEVEL, NTSTATUS, PASSIVE_LEVEL, PVOID, STATUS_INSUFFICIENT_RESOURCES,
    STATUS_INVALID_PARAMETER, STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ksecdd.sys": BCryptGenRandom;
};

const RNG_USE_ENTROPY_IN_BUFFER: u32 = 1;
const USE_SYSTEM_PREFERRED_RNG: u32 = 2;
const STATUS_INVALID_HANDLE: NTSTATUS = 0xC000_0008_u32 as i32;

/// Without an algorithm, which nobody here can open: the system's generator, at PASSIVE_LEVEL only.
pub unsafe extern "win64" fn BCryptGenRandom(
    algorithm: PVOID,
    buffer: *mut u8,
    length: u32,
    flags: u32,
) -> NTSTATUS {
    let system = flags & USE_SYSTEM_PREFERRED_RNG != 0;
    let highest = if system { PASSIVE_LEVEL } else { HIGH_LEVEL };
    let _ = enter("BCryptGenRandom", highest);
    if flags & !(RNG_USE_ENTROPY_IN_BUFFER | USE_SYSTEM_PREFERRED_RNG) != 0 {
        return STATUS_INVALID_PARAMETER;
    }
    if !system || !algorithm.is_null() {
        return STATUS_INVALID_HANDLE;
    }
    if buffer.is_null() && length != 0 {
        return STATUS_INVALID_PARAMETER;
    }
    if crate::sched::fails("BCryptGenRandom") {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    let mut random = vec![0; length as usize];
    let filled =
        std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random));
    if let Err(error) = filled {
        violation(
            "BCRYPT-RANDOM",
            &format!("the host has no random bytes: {error}"),
        );
    }
    // SAFETY: the caller's buffer of this length.
    unsafe { std::ptr::copy_nonoverlapping(random.as_ptr(), buffer, random.len()) };
    STATUS_SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Machine, Options};

    #[test]
    fn random_bytes_need_the_system_flag_and_no_algorithm() {
        let machine = Machine::new(Options::default());
        let attachment = machine.attach();
        let mut bytes = [0_u8; 32];
        let mut ask = |algorithm: usize, flags| {
            // SAFETY: a buffer of this length.
            unsafe { BCryptGenRandom(algorithm as PVOID, bytes.as_mut_ptr(), 32, flags) }
        };
        assert_eq!(ask(0, 0), STATUS_INVALID_HANDLE);
        assert_eq!(ask(8, 2), STATUS_INVALID_HANDLE);
        assert_eq!(ask(0, 6), STATUS_INVALID_PARAMETER);
        assert_eq!(ask(0, 2), STATUS_SUCCESS);
        assert_ne!(bytes, [0; 32]);
        drop(attachment);
        machine.stop();
    }
}
