//! The machine that measures: a network of its own, processors for those who poll, and what they spend.

use std::{fs, io, time::Duration};

use serde::{Deserialize, Serialize};

/// What the network measured on is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Whether nothing else uses it.
    pub private: bool,
    /// Its congestion control. (`bbr` paces on loopback too and halves every rate.)
    pub congestion_control: String,
}

const CONGESTION_CONTROL: &str = "/proc/sys/net/ipv4/tcp_congestion_control";
/// That a connection does not begin with what an earlier one between the same addresses came to: contenders have addresses of their
/// own, and would each begin with the worst that its earlier points met.
const NO_METRICS_SAVE: &str = "/proc/sys/net/ipv4/tcp_no_metrics_save";

/// Moves this process to a network namespace of its own, with loopback up and `reno`: as root, or in a user namespace where
/// those are allowed; else it stays where it is. Called before there is a second thread.
#[must_use]
pub fn private_network() -> Network {
    let private = unshare().and_then(|()| loopback_up()).is_ok();
    if private {
        let _ = fs::write(CONGESTION_CONTROL, "reno");
        let _ = fs::write(NO_METRICS_SAVE, "1");
    }
    let found = fs::read_to_string(CONGESTION_CONTROL).unwrap_or_default();
    Network {
        private,
        congestion_control: found.trim().to_owned(),
    }
}

impl Network {
    /// Why figures measured here say little.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        if !self.private {
            return Some(format!(
                "not in a network of its own (neither root nor user namespaces), with {} for congestion control: figures \
                 are not comparable with those of another run",
                self.congestion_control
            ));
        }
        (self.congestion_control == "bbr").then(|| "bbr paces on loopback, too".to_owned())
    }
}

fn unshare() -> io::Result<()> {
    // SAFETY: takes no pointers; this thread is the only one (caller).
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) }).or_else(|_| unshare_as_user())
}

/// In a user namespace anybody may have a network; who owns what stays as it was.
fn unshare_as_user() -> io::Result<()> {
    // SAFETY: neither takes pointers or can fail.
    let (user, group) = unsafe { (libc::getuid(), libc::getgid()) };
    // SAFETY: takes no pointers; this thread is the only one (caller).
    check(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) })?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn loopback_up() -> io::Result<()> {
    // SAFETY: takes no pointers.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    check(socket)?;
    // SAFETY: all-zero is a valid `ifreq`.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request is a whole `ifreq` and outlives the call.
    let result = check(unsafe { libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw const request) });
    // SAFETY: the descriptor is ours and not used again.
    unsafe { libc::close(socket) };
    result
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Keeps the calling thread, and the threads it starts, on one processor until dropped. Does
/// nothing on a machine that has too few.
pub struct Pinned {
    before: libc::cpu_set_t,
}

/// See [`Pinned`]. Two sides that both poll must not share a processor: each would wait for the
/// other's time slice to end.
#[must_use]
pub fn pin(processor: usize) -> Pinned {
    // SAFETY: all-zero is the empty set.
    let (mut before, mut only): (libc::cpu_set_t, libc::cpu_set_t) = unsafe { std::mem::zeroed() };
    // SAFETY: the set outlives the call and has the size given.
    unsafe { libc::sched_getaffinity(0, size_of_val(&before), &raw mut before) };
    // SAFETY: a whole set; the number is far below its size.
    unsafe { libc::CPU_SET(processor, &mut only) };
    set_affinity(&only);
    Pinned { before }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        set_affinity(&self.before);
    }
}

/// A failure leaves things as they were.
fn set_affinity(set: &libc::cpu_set_t) {
    // SAFETY: the set outlives the call and has the size given.
    unsafe { libc::sched_setaffinity(0, size_of_val(set), set) };
}

/// Whose processor time, or switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This process's.
    Own,
    /// That of its children that have ended.
    Children,
}

/// What a process has spent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Processor time, the kernel's part included.
    pub(crate) processor: Duration,
    /// How often a thread went to sleep, and so had to be woken.
    pub(crate) sleeps: u64,
}

impl Spent {
    /// Up to now.
    pub(crate) fn now(whose: Whose) -> Self {
        let who = match whose {
            Whose::Own => libc::RUSAGE_SELF,
            Whose::Children => libc::RUSAGE_CHILDREN,
        };
        // SAFETY: all-zero is a valid `rusage`.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the structure outlives the call.
        unsafe { libc::getrusage(who, &raw mut usage) };
        let time = |time: libc::timeval| {
            Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
        };
        Self {
            processor: time(usage.ru_utime) + time(usage.ru_stime),
            sleeps: usage.ru_nvcsw as u64,
        }
    }

    /// What was spent since.
    pub(crate) fn since(self, whose: Whose) -> Self {
        let now = Self::now(whose);
        Self {
            processor: now.processor.saturating_sub(self.processor),
            sleeps: now.sleeps.saturating_sub(self.sleeps),
        }
    }
}

/// What the figures were measured on: the processor's name, how many there are, and the kernel.
#[must_use]
pub fn description() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let names = cpus
        .lines()
        .filter_map(|line| line.strip_prefix("model name"));
    let names: Vec<&str> = names
        .map(|name| name.trim_start_matches([' ', '\t', ':']))
        .collect();
    let name = names.first().copied().unwrap_or("unknown processor");
    format!("{} × {name}, Linux {}", names.len(), kernel.trim())
}
