//! TCP without a host: connections between the machines of a simulation, in virtual time, with the
//! weather that the seed makes.
//!
//! Every end of every connection, and all that is on its way, is one [`Network`] under one lock. A thread of
//! the simulation's own, the wire, delivers what is due. The calls and their errors are those of the host's
//! sockets, which take the same place.

mod arrival;
mod endpoint;
mod mailbox;
mod weather;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;

use endpoint::Id;
pub(super) use mailbox::Mailbox;
pub use weather::Weather;
use wire::Network;

use crate::sync::Mutex;

static NETWORK: OnceLock<Mutex<Network>> = OnceLock::new();

/// Sets the weather of the simulation's network. Without effect once a socket is there.
pub fn set_weather(weather: Weather) {
    NETWORK.get_or_init(|| Mutex::new(Network::new(weather)));
}

/// From now on no connection is reset, refused or held up.
pub fn calm() {
    network().lock().calm();
}

/// Another weather from now on, for what is sent from now on.
pub fn change_weather(weather: Weather) {
    network().lock().change(weather);
}

/// Forgets the connections that came last and are over.
pub fn forget() {
    network().lock().forget();
}

fn network() -> &'static Mutex<Network> {
    NETWORK.get_or_init(|| Mutex::new(Network::new(Weather::default())))
}

/// One simulated socket.
#[derive(Debug)]
pub(super) struct Tcp(Id);

impl Tcp {
    pub(super) fn new(v6: bool) -> Self {
        wire::start();
        Self(network().lock().open(v6))
    }

    pub(super) fn watch(&self, mailbox: &Mailbox, key: u64) {
        network().lock().watch(self.0, mailbox, key);
    }

    pub(super) fn bind(&self, address: &SocketAddr) -> io::Result<()> {
        network().lock().bind(self.0, *address)
    }

    pub(super) fn listen(&self) -> io::Result<()> {
        network().lock().listen(self.0)
    }

    pub(super) fn connect(&self, address: &SocketAddr) -> io::Result<bool> {
        network().lock().connect(self.0, *address)
    }

    pub(super) fn accept(&self) -> Option<Self> {
        network().lock().accept(self.0).map(Self)
    }

    pub(super) fn local(&self) -> io::Result<SocketAddr> {
        let network = network().lock();
        network
            .end(self.0)
            .local
            .ok_or_else(|| failed(libc::EINVAL))
    }

    pub(super) fn peer(&self) -> io::Result<SocketAddr> {
        network().lock().end(self.0).peer_address()
    }

    /// # Safety
    /// Every element describes readable memory for the time of the call.
    pub(super) unsafe fn send(&self, parts: &[libc::iovec]) -> io::Result<usize> {
        let parts = parts.iter().map(|part| {
            // SAFETY: the caller's promise.
            unsafe { std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len) }
        });
        network().lock().send(self.0, parts)
    }

    /// # Safety
    /// `buffer` is writable for `length` bytes.
    pub(super) unsafe fn receive(
        &self,
        buffer: *mut u8,
        length: usize,
    ) -> io::Result<Option<usize>> {
        // SAFETY: the caller's promise.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, length) };
        network().lock().receive(self.0, buffer)
    }

    pub(super) fn unacknowledged(&self) -> u64 {
        network().lock().end(self.0).unacknowledged()
    }

    pub(super) fn take_error(&self) -> Option<i32> {
        network().lock().end_mut(self.0).error.take()
    }

    pub(super) fn shutdown_write(&self) -> io::Result<()> {
        network().lock().shutdown_write(self.0)
    }

    pub(super) fn abort(&self) {
        network().lock().abort(self.0);
    }

    pub(super) fn close(&self) {
        network().lock().close(self.0);
    }

    pub(super) fn fin_acknowledged(&self) -> bool {
        network().lock().end(self.0).fin_acknowledged()
    }

    pub(super) fn set_option(&self, level: i32, name: i32, value: i32) {
        let mut network = network().lock();
        network.end_mut(self.0).options.insert((level, name), value);
    }

    pub(super) fn option_value(&self, level: i32, name: i32) -> i32 {
        let network = network().lock();
        network
            .end(self.0)
            .options
            .get(&(level, name))
            .copied()
            .unwrap_or(0)
    }
}

fn failed(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}
