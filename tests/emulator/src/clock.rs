//! Time as the emulated machines see it.
//!
//! One place to read it, so that virtual time can take its place.

use std::time::Duration;

use crate::sched;

/// `KeQueryPerformanceCounter` counts at 10 MHz, as current Windows does.
pub const PERFORMANCE_FREQUENCY: i64 = 10_000_000;

/// 1601-01-01 to 1970-01-01 in units of 100 ns.
const EPOCH_DIFFERENCE: u64 = 116_444_736_000_000_000;

/// When simulations begin: 2025-01-01, in nanoseconds since 1970.
const SIMULATED_EPOCH: u64 = 1_735_689_600_000_000_000;

fn read(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is a valid out parameter.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Nanoseconds since the host started; in a simulation, since that began.
#[must_use]
pub fn nanoseconds() -> u64 {
    match sched::simulation() {
        Some(simulation) => simulation.nanoseconds(),
        None => read(libc::CLOCK_MONOTONIC),
    }
}

/// Interrupt time: units of 100 ns since start.
#[must_use]
pub fn interrupt_time() -> u64 {
    nanoseconds() / 100
}

/// System time: units of 100 ns since 1601.
#[must_use]
pub fn system_time() -> u64 {
    let since_1970 = match sched::simulation() {
        Some(simulation) => SIMULATED_EPOCH + simulation.nanoseconds(),
        None => read(libc::CLOCK_REALTIME),
    };
    since_1970 / 100 + EPOCH_DIFFERENCE
}

/// When a Windows due time is reached, in [`nanoseconds`]: negative is relative, positive is
/// absolute system time (both in units of 100 ns).
#[must_use]
pub fn deadline(due_time: i64) -> u64 {
    let wait = if due_time <= 0 {
        due_time.unsigned_abs()
    } else {
        (due_time as u64).saturating_sub(system_time())
    };
    nanoseconds().saturating_add(wait.saturating_mul(100))
}

/// The end of `limit` from now, in [`nanoseconds`].
#[must_use]
pub fn after(limit: Duration) -> u64 {
    plus(nanoseconds(), limit)
}

/// The end of `limit` from `start`.
#[must_use]
pub fn plus(start: u64, limit: Duration) -> u64 {
    start.saturating_add(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX))
}

/// What is left until `deadline`.
#[must_use]
pub fn until(deadline: u64) -> Duration {
    Duration::from_nanos(deadline.saturating_sub(nanoseconds()))
}
