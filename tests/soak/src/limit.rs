//! The host's limit of open descriptors: each connection needs one in each process.

use softrnic_emulator::descriptors;

/// Descriptors beside those of connections.
const BESIDE: u64 = 200;

/// Sees to it that so many connections can be open at once in one process: raises the limit, if need be.
///
/// # Errors
/// Which limit is in the way, and what helps.
pub fn allow(connections: u64) -> Result<(), String> {
    let wanted = connections + BESIDE;
    let allowed = descriptors::raise(wanted)
        .map_err(|error| format!("the limit of open descriptors (RLIMIT_NOFILE): {error}"))?;
    if allowed >= wanted {
        return Ok(());
    }
    Err(format!(
        "{connections} connections need {wanted} open descriptors in each process, and the hard limit \
         (RLIMIT_NOFILE, `ulimit -Hn`) is {allowed}: raise it (`prlimit --nofile={wanted}` or LimitNOFILE= as root), or ask \
         for fewer --connections"
    ))
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
