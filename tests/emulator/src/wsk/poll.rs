//! Waiting for host sockets: epoll with a wake-up.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use super::host::{Tcp, check};

/// The epoll instance and wake-up of one network thread.
#[derive(Debug)]
pub(crate) struct Poll {
    epoll: OwnedFd,
    wake: OwnedFd,
}

/// The key that [`Poll::wait`] swallows: the wake-up itself.
const WAKE: u64 = 0;

impl Poll {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: no memory is passed.
        let epoll = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: `epoll` was just made and has no other owner.
        let epoll = unsafe { OwnedFd::from_raw_fd(epoll) };
        // SAFETY: no memory is passed.
        let wake = check(unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })?;
        // SAFETY: `wake` was just made and has no other owner.
        let wake = unsafe { OwnedFd::from_raw_fd(wake) };
        let poll = Self { epoll, wake };
        poll.add(poll.wake.as_raw_fd(), WAKE, libc::EPOLLIN)?;
        Ok(poll)
    }

    /// Watches a socket, edge-triggered, under a key other than 0.
    pub(crate) fn watch(&self, tcp: &Tcp, key: u64) -> io::Result<()> {
        self.add(
            tcp.raw(),
            key,
            libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLET,
        )
    }

    fn add(&self, fd: RawFd, key: u64, events: i32) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: key,
        };
        // SAFETY: the event lives over the call.
        check(unsafe {
            libc::epoll_ctl(self.epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &mut event)
        })
        .map(drop)
    }

    pub(crate) fn wake(&self) {
        let one: u64 = 1;
        // SAFETY: eight bytes are read from `one`. A full counter has woken the thread already.
        unsafe { libc::write(self.wake.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    /// Waits for events: `None` is for ever. Calls `each(key, events)`.
    pub(crate) fn wait(
        &self,
        timeout: Option<std::time::Duration>,
        mut each: impl FnMut(u64, u32),
    ) -> usize {
        let mut events = [const { MaybeUninit::uninit() }; 64];
        let count = self.wait_for_events(&mut events, timeout);
        let count = usize::try_from(count).unwrap_or(0);
        for event in &events[..count] {
            // SAFETY: the host has written so many.
            let event = unsafe { event.assume_init_ref() };
            if event.u64 == WAKE {
                let mut counter = 0_u64;
                // SAFETY: eight bytes are written to `counter`.
                unsafe { libc::read(self.wake.as_raw_fd(), (&raw mut counter).cast(), 8) };
            } else {
                each(event.u64, event.events);
            }
        }
        count
    }
}

impl Poll {
    /// To the nanosecond; to the millisecond where the host has no such call (below valgrind).
    fn wait_for_events(
        &self,
        events: &mut [MaybeUninit<libc::epoll_event>],
        timeout: Option<std::time::Duration>,
    ) -> isize {
        let time = timeout.map(|limit| libc::timespec {
            tv_sec: limit.as_secs() as _,
            tv_nsec: limit.subsec_nanos().into(),
        });
        let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the array is as long as said; a null time waits for ever, a null mask changes none.
        let count = unsafe {
            libc::syscall(
                libc::SYS_epoll_pwait2,
                self.epoll.as_raw_fd(),
                events.as_mut_ptr(),
                events.len(),
                time,
                std::ptr::null::<libc::sigset_t>(),
                0_usize,
            )
        };
        // Containers of old refuse a call they do not know with EPERM.
        let unknown = [Some(libc::ENOSYS), Some(libc::EPERM)];
        if count >= 0 || !unknown.contains(&io::Error::last_os_error().raw_os_error()) {
            return count as isize;
        }
        let limit = timeout.map_or(-1, |limit| limit.as_millis().min(1000) as i32 + 1);
        let (list, room) = (events.as_mut_ptr().cast(), events.len() as i32);
        // SAFETY: as above.
        unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), list, room, limit) as isize }
    }
}
