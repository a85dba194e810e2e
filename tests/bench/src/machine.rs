//! The machine that measures: a network of its own, and processors for those who poll.

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
