//! The host's limit of open descriptors: each connection needs one in each process.

use std::io;

/// Descriptors beside those of connections.
const BESIDE: u64 = 200;

/// Sees to it that so many connections can be open at once in one process: raises the soft limit, if need be.
///
/// # Errors
/// Which limit is in the way, and what helps.
pub fn allow(connections: u64) -> Result<(), String> {
    let wanted = connections + BESIDE;
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: writes the structure.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error().to_string());
    }
    if limit.rlim_cur >= wanted {
        return Ok(());
    }
    if limit.rlim_max < wanted {
        return Err(format!(
            "{connections} connections need {wanted} open descriptors in each process, and the hard limit \
             (RLIMIT_NOFILE, `ulimit -Hn`) is {}: raise it (`prlimit --nofile={wanted}` or LimitNOFILE= as root), or ask \
             for fewer --connections",
            limit.rlim_max
        ));
    }
    limit.rlim_cur = wanted;
    // SAFETY: reads the structure.
    match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } {
        0 => Ok(()),
        _ => Err(format!(
            "the limit of open descriptors cannot be raised to {wanted}: {}",
            io::Error::last_os_error()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::allow;

    #[test]
    fn too_many_are_refused_with_the_limits_name() {
        let why = allow(u64::from(u32::MAX)).expect_err("no host has that many");
        assert!(
            why.contains("RLIMIT_NOFILE") && why.contains("--connections"),
            "{why}"
        );
        assert_eq!(allow(1), Ok(()));
    }
}
