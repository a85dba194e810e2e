//! A TCP relay between the two ends that kills one of them when so many bytes have passed: a client's own connection and
//! the SMB Direct channels it makes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::SockRef;

/// When and how the relay kills.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    /// After this many bytes, both directions together.
    pub(crate) after: u64,
    /// The survivor sees a reset, not the end of the stream.
    pub(crate) reset: bool,
}

/// What passed so far, and who dies.
struct State {
    passed: u64,
    ended: bool,
    victim: Option<Pid>,
    /// Both halves of every connection, while it is relayed.
    streams: Vec<Weak<TcpStream>>,
}

/// One client's relay.
pub(crate) struct Relay {
    /// Where to connect to.
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Relay {
    /// Relays connections to `to`. With `cut`, the victim (named before or after the connection is made) is killed at
    /// that byte, and nothing passes any more.
    pub(crate) fn to(to: SocketAddr, cut: Option<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let state = Arc::new(Mutex::new(State {
            passed: 0,
            ended: false,
            victim: None,
            streams: Vec::new(),
        }));
        let shared = state.clone();
        listener.set_nonblocking(true).expect("a socket");
        thread::spawn(move || {
            while let Some(near) = next(&listener, &shared) {
                let Ok(far) = TcpStream::connect(to) else {
                    return;
                };
                let (near, far) = (Arc::new(near), Arc::new(far));
                remember(&shared, [&near, &far]);
                if cut.is_some_and(|cut| cut.after == 0) {
                    return end(&shared, cut.is_some_and(|cut| cut.reset));
                }
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to, shared) = (from.clone(), to.clone(), shared.clone());
                    thread::spawn(move || pump(&shared, &from, &to, cut));
                }
            }
        });
        Self { address, state }
    }

    /// Who is to be killed.
    pub(crate) fn victim(&self, victim: Pid) {
        self.state.lock().expect("no holder panics").victim = Some(victim);
    }

    /// Bytes that passed.
    pub(crate) fn passed(&self) -> u64 {
        self.state.lock().expect("no holder panics").passed
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.state.lock().expect("no holder panics").ended = true;
    }
}

/// The next connection, until the end.
fn next(listener: &TcpListener, state: &Mutex<State>) -> Option<TcpStream> {
    while !state.lock().expect("no holder panics").ended {
        match listener.accept() {
            Ok((near, _)) => {
                near.set_nonblocking(false).expect("a socket");
                return Some(near);
            }
            Err(_) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}

fn remember(state: &Mutex<State>, streams: [&Arc<TcpStream>; 2]) {
    let mut state = state.lock().expect("no holder panics");
    for stream in streams {
        let _ = stream.set_nodelay(true);
        state.streams.push(Arc::downgrade(stream));
    }
}

fn pump(state: &Mutex<State>, mut from: &TcpStream, mut to: &TcpStream, cut: Option<Cut>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let count = match from.read(&mut bytes) {
            _ if state.lock().expect("no holder panics").ended => return,
            Ok(0) => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            Ok(count) => count,
            Err(_) => {
                // The reset of one side is the reset of the other.
                let _ = SockRef::from(to).set_linger(Some(Duration::ZERO));
                let _ = to.shutdown(Shutdown::Both);
                return;
            }
        };
        let mut held = state.lock().expect("no holder panics");
        let left = cut.map_or(u64::MAX, |cut| cut.after.saturating_sub(held.passed));
        let pass = (count as u64).min(left) as usize;
        held.passed += pass as u64;
        drop(held);
        let failed = to.write_all(&bytes[..pass]).is_err();
        if let Some(cut) = cut.filter(|_| pass as u64 == left) {
            return end(state, cut.reset);
        }
        if failed {
            let _ = from.shutdown(Shutdown::Both);
            return;
        }
    }
}

/// Kills the victim and ends both halves of every connection for the survivor.
fn end(state: &Mutex<State>, reset: bool) {
    let victim = loop {
        if let Some(victim) = state.lock().expect("no holder panics").victim {
            break victim;
        }
        thread::sleep(Duration::from_millis(1));
    };
    let _ = kill(victim, Signal::SIGKILL);
    let mut state = state.lock().expect("no holder panics");
    state.ended = true;
    for stream in state
        .streams
        .drain(..)
        .filter_map(|stream| stream.upgrade())
    {
        if reset {
            let _ = SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
        }
        let _ = stream.shutdown(if reset {
            Shutdown::Read
        } else {
            Shutdown::Both
        });
    }
}
