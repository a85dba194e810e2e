//! The machine that measures: a network of its own, processors of its own.

use std::{fs, io};

/// What the network measured on is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Whether nothing else uses it.
    pub private: bool,
    /// Its congestion control. (`bbr` paces on loopback too and halves every rate.)
    pub congestion_control: String,
}

const CONGESTION_CONTROL: &str = "/proc/sys/net/ipv4/tcp_congestion_control";

/// Moves this process to a network namespace of its own, with loopback up and `reno`; stays where
/// it is when that is not allowed. Called before there is a second thread.
#[must_use]
pub fn private_network() -> Network {
    let private = unshare().and_then(|()| loopback_up()).is_ok();
    if private {
        let _ = fs::write(CONGESTION_CONTROL, "reno");
    }
    let found = fs::read_to_string(CONGESTION_CONTROL).unwrap_or_default();
    Network {
        private,
        congestion_control: found.trim().to_owned(),
    }
}

fn unshare() -> io::Result<()> {
    // SAFETY: takes no pointers; this thread is the only one (caller).
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) })
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

/// Keeps this thread on one processor; does nothing on a machine that has too few.
pub fn pin(processor: usize) {
    set_affinity(|set| {
        // SAFETY: `set` is a whole set, and the macro checks the number against its size.
        unsafe { libc::CPU_SET(processor, set) };
    });
}

/// Lets this thread run anywhere again.
pub fn unpin() {
    set_affinity(|set| {
        for processor in 0..std::thread::available_parallelism()
            .map_or(1, usize::from)
            .max(64)
        {
            // SAFETY: as in `pin`.
            unsafe { libc::CPU_SET(processor, set) };
        }
    });
}

fn set_affinity(fill: impl FnOnce(&mut libc::cpu_set_t)) {
    // SAFETY: all-zero is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    fill(&mut set);
    // SAFETY: the set outlives the call and has the size given. A failure leaves things as they
    // were, which is what `pin` promises.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
}
