//! Framed messages on many connections at once: one thread a side looks after all of them, as a network thread of ours does.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    Shape,
    frame::{Receiver, STAGE, Sender},
    measure::is_the_end,
    socket::{self, Socket, Wait},
};
use crate::machine;

/// Events taken in one call.
const EVENTS: usize = 64;

/// Messages a second, one way, `shape.window` of them outstanding at most on each of `connections`: those that the
/// receiver has not put in their places. Both sides poll.
pub(super) fn stream(shape: Shape, connections: usize, time: Duration) -> io::Result<f64> {
    let listener = socket::listen()?;
    let to = listener.local_addr()?;
    let (mut active, mut passive) = (Vec::new(), Vec::new());
    for _ in 0..connections {
        active.push(socket::connect(to, Wait::Poll)?);
        passive.push(socket::accept(&listener, Wait::Poll)?);
    }
    let received: Vec<AtomicUsize> = passive.iter().map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let _pinned = machine::pin(1);
            receive_all(shape, passive, &received)
        });
        let _pinned = machine::pin(0);
        let rate = send_all(shape, &active, &received, time);
        drop(active);
        let ended = other.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the passive side")))?;
        rate
    })
}

fn send_all(
    shape: Shape,
    sockets: &[Socket],
    received: &[AtomicUsize],
    time: Duration,
) -> io::Result<f64> {
    let mut sender = Sender::new(shape);
    let mut sent = vec![0; sockets.len()];
    let started = Instant::now();
    while started.elapsed() < time {
        let before = sent.iter().sum::<usize>();
        for ((socket, sent), received) in sockets.iter().zip(&mut sent).zip(received) {
            let outstanding = *sent - received.load(Ordering::Acquire);
            let messages = shape.batch.min(shape.window - outstanding);
            if messages > 0 {
                sender.send(socket, messages)?;
                *sent += messages;
            }
        }
        if sent.iter().sum::<usize>() == before {
            thread::yield_now();
        }
    }
    // What is on its way has a while to arrive; a receiver that failed never counts it.
    let patience = Instant::now() + Duration::from_secs(10);
    for (sent, received) in sent.iter().zip(received) {
        while received.load(Ordering::Acquire) < *sent {
            if Instant::now() > patience {
                return Err(io::Error::other("not everything arrives"));
            }
            thread::yield_now();
        }
    }
    Ok(sent.iter().sum::<usize>() as f64 / started.elapsed().as_secs_f64())
}

/// Until every connection has ended.
fn receive_all(shape: Shape, sockets: Vec<Socket>, received: &[AtomicUsize]) -> io::Result<()> {
    let poll = Poll::new(&sockets)?;
    let mut receivers: Vec<Receiver> = sockets
        .iter()
        .map(|_| Receiver::without_buffer(shape))
        .collect();
    let mut buffer = vec![0; STAGE];
    let (mut open, mut ready) = (sockets.len(), Vec::new());
    while open > 0 {
        poll.ready(&mut ready)?;
        if ready.is_empty() {
            thread::yield_now();
        }
        for &nth in &ready {
            match receivers[nth].receive_through(&sockets[nth], &mut buffer) {
                Ok(messages) => {
                    received[nth].fetch_add(messages, Ordering::AcqRel);
                }
                Err(error) if is_the_end(&error) => {
                    poll.forget(&sockets[nth])?;
                    open -= 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// `epoll`.
struct Poll(std::os::fd::OwnedFd);

impl Poll {
    fn new(sockets: &[Socket]) -> io::Result<Self> {
        use std::os::fd::FromRawFd;
        // SAFETY: takes no pointers.
        let made = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: just made, and nobody else's.
        let poll = Self(unsafe { std::os::fd::OwnedFd::from_raw_fd(made) });
        for (nth, socket) in sockets.iter().enumerate() {
            let mut event = libc::epoll_event {
                events: libc::EPOLLIN as u32,
                u64: nth as u64,
            };
            // SAFETY: both are open; the event is a local.
            let added = unsafe {
                libc::epoll_ctl(
                    poll.raw(),
                    libc::EPOLL_CTL_ADD,
                    socket.raw(),
                    &raw mut event,
                )
            };
            check(added)?;
        }
        Ok(poll)
    }

    fn raw(&self) -> i32 {
        use std::os::fd::AsRawFd;
        self.0.as_raw_fd()
    }

    /// Puts the numbers of those that have something into `ready`, without waiting.
    fn ready(&self, ready: &mut Vec<usize>) -> io::Result<()> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS];
        // SAFETY: as many events as said, in a local.
        let waited = unsafe { libc::epoll_wait(self.raw(), events.as_mut_ptr(), EVENTS as i32, 0) };
        let count = match check(waited) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            other => other?,
        };
        ready.clear();
        ready.extend(events.iter().take(count as usize).map(|it| it.u64 as usize));
        Ok(())
    }

    fn forget(&self, socket: &Socket) -> io::Result<()> {
        let none = std::ptr::null_mut();
        // SAFETY: both are open; the call reads no event.
        let removed =
            unsafe { libc::epoll_ctl(self.raw(), libc::EPOLL_CTL_DEL, socket.raw(), none) };
        check(removed).map(drop)
    }
}

fn check(result: i32) -> io::Result<i32> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::stream;
    use crate::{
        point::{Point, Verb},
        reference::Reference,
    };

    #[test]
    fn every_message_of_every_connection_arrives() {
        let point = Point::rate(Verb::Write, 4096, 16).on(40);
        let shape = Reference::framed().shape(&point);
        let rate = stream(shape, point.connections, Duration::from_millis(20));
        assert!(rate.expect("all arrive") > 0.0);
    }
}
