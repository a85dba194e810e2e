//! The host's limit of open descriptors: each socket of an emulated machine needs one.

use std::io;

/// Sees to it that this process, and those that it starts, may have `wanted` open, as far as the host allows; how many they may have.
///
/// # Errors
/// The host's.
pub fn raise(wanted: u64) -> io::Result<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: writes the structure.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if limit.rlim_cur >= wanted {
        return Ok(limit.rlim_cur);
    }
    let higher = libc::rlimit {
        rlim_cur: wanted,
        rlim_max: limit.rlim_max.max(wanted),
    };
    let within = libc::rlimit {
        rlim_cur: limit.rlim_max.min(wanted),
        rlim_max: limit.rlim_max,
    };
    // Only root raises the hard limit.
    for new in [higher, within] {
        // SAFETY: reads the structure.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const new) } == 0 {
            return Ok(new.rlim_cur);
        }
    }
    Err(io::Error::last_os_error())
}

#[cfg(test)]
mod tests {
    use super::raise;

    #[test]
    fn what_is_allowed_stays_allowed() {
        let now = raise(1).expect("a limit");
        assert!(now >= 1);
        assert_eq!(raise(now).expect("a limit"), now);
        let most = raise(u64::from(u32::MAX)).expect("a limit");
        assert!((now..u64::from(u32::MAX)).contains(&most), "{most}");
    }
}
