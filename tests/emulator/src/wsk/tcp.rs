//! The TCP below WSK: the host's, the simulation's, or the machine's own TCP/IP.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::{host, poll, simulated};
use crate::machine::Machine;
use crate::{sched, tcpip};

/// One TCP socket.
#[derive(Debug)]
pub(super) enum Tcp {
    Host(host::Tcp),
    Simulated(simulated::Tcp),
    /// Through the machine's adapters.
    Own(tcpip::Tcp),
}

impl Tcp {
    pub(super) fn new(machine: &'static Machine, v6: bool) -> io::Result<Self> {
        match sched::simulation() {
            _ if machine.tcpip.is_started() => Ok(Self::Own(tcpip::Tcp::new(machine, v6))),
            Some(_) => Ok(Self::Simulated(simulated::Tcp::new(v6))),
            None => host::Tcp::new(v6).map(Self::Host),
        }
    }

    pub(super) fn bind(&self, address: &SocketAddr) -> io::Result<()> {
        match self {
            Self::Host(tcp) => tcp.bind(address),
            Self::Simulated(tcp) => tcp.bind(address),
            Self::Own(tcp) => tcp.bind(address),
        }
    }

    pub(super) fn listen(&self) -> io::Result<()> {
        match self {
            Self::Host(tcp) => tcp.listen(),
            Self::Simulated(tcp) => tcp.listen(),
            Self::Own(tcp) => tcp.listen(),
        }
    }

    /// Starts to connect; `true` when it is connected already.
    pub(super) fn connect(&self, address: &SocketAddr) -> io::Result<bool> {
        match self {
            Self::Host(tcp) => tcp.connect(address),
            Self::Simulated(tcp) => tcp.connect(address),
            Self::Own(tcp) => tcp.connect(address),
        }
    }

    /// The next connection of the backlog.
    pub(super) fn accept(&self) -> io::Result<Option<Self>> {
        match self {
            Self::Host(tcp) => Ok(tcp.accept()?.map(Self::Host)),
            Self::Simulated(tcp) => Ok(tcp.accept().map(Self::Simulated)),
            Self::Own(tcp) => Ok(tcp.accept().map(Self::Own)),
        }
    }

    pub(super) fn local(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Host(tcp) => tcp.local(),
            Self::Simulated(tcp) => tcp.local(),
            Self::Own(tcp) => tcp.local(),
        }
    }

    pub(super) fn peer(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Host(tcp) => tcp.peer(),
            Self::Simulated(tcp) => tcp.peer(),
            Self::Own(tcp) => tcp.peer(),
        }
    }

    /// Sends as much as is taken now. Zero: nothing is at present.
    ///
    /// # Safety
    /// Every element describes readable memory for the time of the call.
    pub(super) unsafe fn send(&self, parts: &[libc::iovec], more: bool) -> io::Result<usize> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Self::Host(tcp) => tcp.send(parts, more),
                Self::Simulated(tcp) => tcp.send(parts),
                Self::Own(tcp) => tcp.send(parts),
            }
        }
    }

    /// Reads what is there: `None` when nothing is, `Some(0)` at the peer's FIN.
    ///
    /// # Safety
    /// `buffer` is writable for `length` bytes.
    pub(super) unsafe fn receive(
        &self,
        buffer: *mut u8,
        length: usize,
    ) -> io::Result<Option<usize>> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Self::Host(tcp) => tcp.receive(buffer, length),
                Self::Simulated(tcp) => tcp.receive(buffer, length),
                Self::Own(tcp) => tcp.receive(buffer, length),
            }
        }
    }

    /// Bytes (and our FIN, as one) that the peer's TCP has not acknowledged yet.
    pub(super) fn unacknowledged(&self) -> io::Result<u64> {
        match self {
            Self::Host(tcp) => tcp.unacknowledged(),
            Self::Simulated(tcp) => Ok(tcp.unacknowledged()),
            Self::Own(tcp) => Ok(tcp.unacknowledged()),
        }
    }

    /// Waits, not for long, until all that was given to TCP is acknowledged; whether it is.
    pub(super) fn is_acknowledged(&self) -> bool {
        match self {
            Self::Host(tcp) => tcp.is_acknowledged(),
            // Time stands still while one waits there.
            Self::Simulated(tcp) => tcp.unacknowledged() == 0,
            Self::Own(tcp) => tcp.unacknowledged() == 0,
        }
    }

    /// Waits, not for long, until a connect has an answer; whether it has.
    pub(super) fn settles(&self) -> bool {
        match self {
            Self::Host(tcp) => tcp.settles(),
            Self::Simulated(_) => false,
            Self::Own(tcp) => tcp.is_settled(),
        }
    }

    /// The pending error of the socket, which reading clears.
    pub(super) fn take_error(&self) -> Option<i32> {
        match self {
            Self::Host(tcp) => tcp.take_error(),
            Self::Simulated(tcp) => tcp.take_error(),
            Self::Own(tcp) => tcp.take_error(),
        }
    }

    pub(super) fn shutdown_write(&self) -> io::Result<()> {
        match self {
            Self::Host(tcp) => tcp.shutdown_write(),
            Self::Simulated(tcp) => tcp.shutdown_write(),
            Self::Own(tcp) => tcp.shutdown_write(),
        }
    }

    /// Ends the connection with an RST.
    pub(super) fn abort(&self) {
        match self {
            Self::Host(tcp) => tcp.abort(),
            Self::Simulated(tcp) => tcp.abort(),
            Self::Own(tcp) => tcp.abort(),
        }
    }

    /// Closes the socket before the value goes; nobody may use it meanwhile (WSK-CLS-01).
    pub(super) fn close(&self) {
        match self {
            Self::Host(tcp) => tcp.close(),
            Self::Simulated(tcp) => tcp.close(),
            Self::Own(tcp) => tcp.close(),
        }
    }

    /// Whether TCP has left the states in which our FIN is under way.
    pub(super) fn fin_acknowledged(&self) -> bool {
        match self {
            Self::Host(tcp) => tcp.fin_acknowledged(),
            Self::Simulated(tcp) => tcp.fin_acknowledged(),
            Self::Own(tcp) => tcp.fin_acknowledged(),
        }
    }

    pub(super) fn set_option(&self, level: i32, name: i32, value: i32) -> io::Result<()> {
        match self {
            Self::Host(tcp) => tcp.set_option(level, name, value),
            Self::Simulated(tcp) => {
                tcp.set_option(level, name, value);
                Ok(())
            }
            Self::Own(tcp) => {
                tcp.set_option(level, name, value);
                Ok(())
            }
        }
    }

    pub(super) fn option_value(&self, level: i32, name: i32) -> io::Result<i32> {
        match self {
            Self::Host(tcp) => tcp.option_value(level, name),
            Self::Simulated(tcp) => Ok(tcp.option_value(level, name)),
            Self::Own(tcp) => Ok(tcp.option_value(level, name)),
        }
    }
}

/// What a network thread waits with.
#[derive(Debug)]
pub(super) enum Poll {
    Host(poll::Poll),
    Simulated(simulated::Mailbox),
    Own(tcpip::Ready),
}

impl Poll {
    pub(super) fn new(machine: &Machine) -> io::Result<Self> {
        match sched::simulation() {
            _ if machine.tcpip.is_started() => Ok(Self::Own(tcpip::Ready::default())),
            Some(_) => Ok(Self::Simulated(simulated::Mailbox::default())),
            None => poll::Poll::new().map(Self::Host),
        }
    }

    /// Watches a socket, edge-triggered, under a key other than 0.
    pub(super) fn watch(&self, tcp: &Tcp, key: u64) -> io::Result<()> {
        match (self, tcp) {
            (Self::Host(poll), Tcp::Host(tcp)) => poll.watch(tcp, key),
            (Self::Simulated(mailbox), Tcp::Simulated(tcp)) => {
                tcp.watch(mailbox, key);
                Ok(())
            }
            (Self::Own(ready), Tcp::Own(tcp)) => {
                tcp.watch(ready, key);
                Ok(())
            }
            _ => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }

    pub(super) fn wake(&self) {
        match self {
            Self::Host(poll) => poll.wake(),
            Self::Simulated(mailbox) => mailbox.wake(),
            Self::Own(ready) => ready.wake(),
        }
    }

    /// Waits for events: `None` is for ever. Calls `each(key, events)`.
    pub(super) fn wait(&self, timeout: Option<Duration>, each: impl FnMut(u64, u32)) -> usize {
        match self {
            Self::Host(poll) => poll.wait(timeout, each),
            Self::Simulated(mailbox) => mailbox.wait(timeout, each),
            Self::Own(ready) => ready.wait(timeout, each),
        }
    }
}
