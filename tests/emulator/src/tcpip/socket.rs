//! A TCP socket of the machine's TCP/IP, for Winsock Kernel: the calls and errors are those of the host's sockets, which
//! take the same place.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use smoltcp::socket::tcp::{RecvError, Socket};
use smoltcp::wire::IpListenEndpoint;

use super::Ready;
use super::end::{self, End};
use super::net::{Inside, Net};
use super::ready::{READABLE, WRITABLE};
use crate::machine::Machine;
use crate::sync::Mutex;

fn failed(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

enum Role {
    Fresh,
    Listener(Vec<(Arc<Net>, u64)>),
    End(Arc<Net>, u64),
    Closed,
}

struct State {
    role: Role,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    watcher: Option<(Ready, u64)>,
    options: BTreeMap<(i32, i32), i32>,
}

/// One socket.
pub(crate) struct Tcp {
    machine: &'static Machine,
    id: u64,
    v6: bool,
    state: Mutex<State>,
}

impl fmt::Debug for Tcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tcp({})", self.id)
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.close();
    }
}

impl Tcp {
    pub(crate) fn new(machine: &'static Machine, v6: bool) -> Self {
        Self::with(machine, v6, Role::Fresh)
    }

    fn with(machine: &'static Machine, v6: bool, role: Role) -> Self {
        Self {
            machine,
            id: machine.tcpip.new_id(),
            v6,
            state: Mutex::new(State {
                role,
                local: None,
                remote: None,
                watcher: None,
                options: BTreeMap::new(),
            }),
        }
    }

    /// The end, if there is one.
    fn end(&self) -> Option<(Arc<Net>, u64)> {
        match &self.state.lock().role {
            Role::End(net, id) => Some((Arc::clone(net), *id)),
            Role::Fresh | Role::Listener(_) | Role::Closed => None,
        }
    }

    /// Does something with the end and its socket.
    fn at_end<R>(&self, act: impl FnOnce(&mut End, &mut Socket<'static>) -> R) -> Option<R> {
        let (net, id) = self.end()?;
        let mut inside = net.inside();
        let Inside { ends, sockets, .. } = &mut *inside;
        let end = ends.get_mut(&id)?;
        let socket = sockets.get_mut::<Socket<'static>>(end.handle);
        Some(act(end, socket))
    }

    /// The interface's thread looks soon.
    fn kick(&self) {
        if let Some((net, _)) = self.end() {
            net.notify();
        }
    }

    pub(crate) fn watch(&self, ready: &Ready, key: u64) {
        let mut state = self.state.lock();
        let watcher = Some((ready.clone(), key));
        state.watcher.clone_from(&watcher);
        match &state.role {
            Role::Listener(all) => {
                for (net, id) in all {
                    if let Some(listener) = net.inside().listeners.get_mut(id) {
                        listener.watcher.clone_from(&watcher);
                    }
                }
            }
            Role::End(net, id) => {
                if let Some(end) = net.inside().ends.get_mut(id) {
                    end.watcher = watcher;
                }
            }
            Role::Fresh | Role::Closed => {}
        }
        drop(state);
        // As a poller does for what is ready already.
        ready.post(key, READABLE | WRITABLE);
    }

    pub(crate) fn bind(&self, address: &SocketAddr) -> io::Result<()> {
        let reuses = self.option_value(libc::SOL_SOCKET, libc::SO_REUSEADDR) != 0;
        let bound = self.machine.tcpip.bind(self.id, *address, reuses);
        let bound = bound.ok_or_else(|| failed(libc::EADDRINUSE))?;
        self.state.lock().local = Some(bound);
        Ok(())
    }

    pub(crate) fn listen(&self) -> io::Result<()> {
        let mut state = self.state.lock();
        let local = state.local.ok_or_else(|| failed(libc::EINVAL))?;
        let wants = |ip: IpAddr| {
            ip.is_ipv6() == self.v6 && (local.ip().is_unspecified() || local.ip() == ip)
        };
        let mut all = Vec::new();
        for net in self.machine.tcpip.nets.lock().iter() {
            let addresses = net.addresses().into_iter().map(|cidr| cidr.address());
            let endpoint = |address| IpListenEndpoint {
                addr: Some(address),
                port: local.port(),
            };
            let wanted = addresses.filter(|&address| wants(address.into()));
            let endpoints: Vec<IpListenEndpoint> = wanted.map(endpoint).collect();
            if !endpoints.is_empty() {
                let id = self.machine.tcpip.new_id();
                net.inside().listen(net, id, endpoints);
                all.push((Arc::clone(net), id));
            }
        }
        all.iter().for_each(|(net, _)| net.notify());
        state.role = Role::Listener(all);
        Ok(())
    }

    /// Starts to connect.
    pub(crate) fn connect(&self, remote: &SocketAddr) -> io::Result<bool> {
        let local = self.state.lock().local;
        let own = local
            .map(|local| local.ip())
            .filter(|ip| !ip.is_unspecified());
        let tcpip = &self.machine.tcpip;
        let found = match own {
            Some(ip) => tcpip.net_of(ip).map(|net| (net, ip)),
            None => tcpip.route(remote.ip()),
        };
        let (net, ip) = found.ok_or_else(|| failed(libc::ENETUNREACH))?;
        let local = match local.map(|local| local.port()).filter(|&port| port != 0) {
            Some(port) => SocketAddr::new(ip, port),
            None => tcpip
                .bind(self.id, SocketAddr::new(ip, 0), false)
                .ok_or_else(|| failed(libc::EADDRINUSE))?,
        };
        let id = net.inside().connect(&net, local, *remote).map_err(failed)?;
        let mut state = self.state.lock();
        (state.local, state.remote) = (Some(local), Some(*remote));
        if let Some(end) = net.inside().ends.get_mut(&id) {
            end.watcher.clone_from(&state.watcher);
        }
        state.role = Role::End(Arc::clone(&net), id);
        drop(state);
        net.notify();
        Ok(false)
    }

    pub(crate) fn accept(&self) -> Option<Self> {
        let state = self.state.lock();
        let Role::Listener(all) = &state.role else {
            return None;
        };
        for (net, id) in all {
            let mut inside = net.inside();
            let Inside {
                listeners,
                ends,
                sockets,
                ..
            } = &mut *inside;
            let Some(end_id) = listeners.get_mut(id).and_then(|it| it.ready.pop_front()) else {
                continue;
            };
            let Some(end) = ends.get(&end_id) else {
                continue;
            };
            let socket = sockets.get::<Socket<'_>>(end.handle);
            let address = |it: smoltcp::wire::IpEndpoint| SocketAddr::new(it.addr.into(), it.port);
            let (local, remote) = (socket.local_endpoint(), socket.remote_endpoint());
            let accepted = Self::with(self.machine, self.v6, Role::End(Arc::clone(net), end_id));
            let mut new = accepted.state.lock();
            (new.local, new.remote) = (local.map(address), remote.map(address));
            drop(new);
            return Some(accepted);
        }
        None
    }

    pub(crate) fn local(&self) -> io::Result<SocketAddr> {
        self.state.lock().local.ok_or_else(|| failed(libc::EINVAL))
    }

    pub(crate) fn peer(&self) -> io::Result<SocketAddr> {
        let connected = self.at_end(|end, _| end.is_connected && !end.is_broken);
        let remote = self.state.lock().remote.filter(|_| connected == Some(true));
        remote.ok_or_else(|| failed(libc::ENOTCONN))
    }

    /// Sends as much as is taken now.
    ///
    /// # Safety
    /// Every element describes readable memory for the time of the call.
    pub(crate) unsafe fn send(&self, parts: &[libc::iovec]) -> io::Result<usize> {
        let sent = self.at_end(|end, socket| {
            if !socket.may_send() {
                return Err(end.failure());
            }
            let mut total = 0;
            for part in parts {
                // SAFETY: the caller's promise.
                let bytes =
                    unsafe { std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len) };
                let taken = socket.send_slice(bytes).unwrap_or(0);
                total += taken;
                if taken < bytes.len() {
                    break;
                }
            }
            end.sent += total as u64;
            Ok(total)
        });
        self.kick();
        sent.unwrap_or_else(|| Err(failed(libc::EPIPE)))
    }

    /// Reads what is there: `None` when nothing is, `Some(0)` at the peer's FIN.
    ///
    /// # Safety
    /// `buffer` is writable for `length` bytes.
    pub(crate) unsafe fn receive(
        &self,
        buffer: *mut u8,
        length: usize,
    ) -> io::Result<Option<usize>> {
        // SAFETY: the caller's promise.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, length) };
        let mut total = 0;
        let got = self.at_end(|end, socket| {
            // What lies at the end and at the start of the ring.
            while total < buffer.len() {
                match socket.recv_slice(&mut buffer[total..]) {
                    Ok(0) => break,
                    Ok(count) => total += count,
                    Err(_) if total > 0 => break,
                    Err(RecvError::Finished) => return Ok(Some(0)),
                    Err(RecvError::InvalidState) if end.is_broken => {
                        return match end.error.take() {
                            Some(error) => Err(failed(error)),
                            None => Ok(Some(0)),
                        };
                    }
                    Err(RecvError::InvalidState) => return Ok(end.is_connected.then_some(0)),
                }
            }
            end.read += total as u64;
            Ok((total > 0).then_some(total))
        });
        if total > 0 {
            self.kick();
        }
        got.unwrap_or_else(|| Err(failed(libc::ENOTCONN)))
    }

    pub(crate) fn unacknowledged(&self) -> u64 {
        self.at_end(|_, socket| end::unacknowledged(socket))
            .unwrap_or(0)
    }

    /// Whether a connect has an answer.
    pub(crate) fn is_settled(&self) -> bool {
        self.at_end(|end, _| end.is_connected || end.is_broken)
            .unwrap_or(false)
    }

    pub(crate) fn take_error(&self) -> Option<i32> {
        self.at_end(|end, _| end.error.take()).flatten()
    }

    pub(crate) fn shutdown_write(&self) -> io::Result<()> {
        let done = self.at_end(|end, socket| {
            let connected = end.is_connected && !end.is_broken;
            if connected {
                socket.close();
            }
            connected
        });
        self.kick();
        match done {
            Some(true) => Ok(()),
            Some(false) | None => Err(failed(libc::ENOTCONN)),
        }
    }

    /// Ends the connection with an RST.
    pub(crate) fn abort(&self) {
        self.at_end(|end, socket| {
            end.is_broken = true;
            socket.abort();
        });
        self.kick();
    }

    pub(crate) fn close(&self) {
        let role = std::mem::replace(&mut self.state.lock().role, Role::Closed);
        self.machine.tcpip.unbind(self.id);
        match role {
            Role::Fresh | Role::Closed => {}
            Role::Listener(all) => {
                for (net, id) in all {
                    let mut inside = net.inside();
                    let Inside {
                        listeners,
                        ends,
                        sockets,
                        ..
                    } = &mut *inside;
                    let Some(mut listener) = listeners.remove(&id) else {
                        continue;
                    };
                    listener.close(sockets);
                    for end in listener.ready.drain(..) {
                        close_end(ends.get_mut(&end), sockets);
                    }
                    drop(inside);
                    net.notify();
                }
            }
            Role::End(net, id) => {
                let mut inside = net.inside();
                let Inside { ends, sockets, .. } = &mut *inside;
                close_end(ends.get_mut(&id), sockets);
                drop(inside);
                net.notify();
            }
        }
    }

    pub(crate) fn fin_acknowledged(&self) -> bool {
        let done = self.at_end(|end, socket| end.is_broken || end::fin_acknowledged(socket));
        done.unwrap_or(true)
    }

    pub(crate) fn set_option(&self, level: i32, name: i32, value: i32) {
        self.state.lock().options.insert((level, name), value);
        if (level, name) == (libc::IPPROTO_TCP, libc::TCP_NODELAY) {
            self.at_end(|_, socket| socket.set_nagle_enabled(value == 0));
        }
    }

    pub(crate) fn option_value(&self, level: i32, name: i32) -> i32 {
        let state = self.state.lock();
        state.options.get(&(level, name)).copied().unwrap_or(0)
    }
}

/// The owner is gone. Unread data, or an end nobody shut: the peer is told by a reset.
fn close_end(end: Option<&mut End>, sockets: &mut smoltcp::iface::SocketSet<'static>) {
    let Some(end) = end else { return };
    end.is_closed = true;
    end.watcher = None;
    let socket = sockets.get_mut::<Socket<'static>>(end.handle);
    if socket.recv_queue() > 0 || socket.may_send() || !end.is_connected {
        end.is_broken = true;
        socket.abort();
    }
}
