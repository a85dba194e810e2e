//! What is on its way, and what becomes of it: segments, acknowledgements, FINs and resets, each with the
//! moment at which it arrives.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use super::Weather;
use super::arrival::Arrival;
use super::endpoint::{Endpoint, Fin, Id, State};
use super::failed;
use super::mailbox::Mailbox;
use crate::clock;
use crate::sched::{self, Random};

#[derive(Debug)]
pub(super) struct Network {
    weather: Weather,
    random: Random,
    ends: Vec<Endpoint>,
    /// By when it arrives, and the order in which it was sent.
    under_way: BTreeMap<(u64, u64), (Id, Arrival)>,
    sent: u64,
    next_port: u16,
}

const READABLE: i32 = libc::EPOLLIN;
const WRITABLE: i32 = libc::EPOLLOUT;
const ENDED: i32 = libc::EPOLLIN | libc::EPOLLRDHUP;
const BROKEN: i32 = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLERR | libc::EPOLLHUP;
/// Ports that are given out.
const FIRST_PORT: u16 = 49_152;
/// A listener's connections that nobody has accepted.
const BACKLOG: usize = 1024;

fn wire_key() -> usize {
    static WIRE: u8 = 0;
    &raw const WIRE as usize
}

/// Starts the thread that delivers.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        sched::spawn("wire", || {
            loop {
                let next = super::network().lock().deliver(clock::nanoseconds());
                let nothing_new = || super::network().lock().next_arrival() == next;
                sched::park(wire_key(), next, nothing_new);
            }
        });
    });
}

impl Network {
    pub(super) fn new(weather: Weather) -> Self {
        Self {
            random: Random::new(weather.seed),
            weather,
            ends: Vec::new(),
            under_way: BTreeMap::new(),
            sent: 0,
            next_port: FIRST_PORT,
        }
    }

    pub(super) fn calm(&mut self) {
        let weather = &mut self.weather;
        (weather.resets, weather.refusals, weather.stalls) = (0, 0, 0);
        weather.vanishes = 0;
    }

    pub(super) fn change(&mut self, weather: Weather) {
        self.weather = weather;
    }

    /// Nobody has the number of an end that is closed, but what is on its way to it, and its peer.
    pub(super) fn forget(&mut self) {
        if !self.under_way.is_empty() {
            return;
        }
        while self.ends.last().is_some_and(|last| last.closed) {
            let id = self.ends.len() - 1;
            self.ends.pop();
            for end in &mut self.ends {
                end.peer = end.peer.filter(|&peer| peer != id);
            }
        }
    }

    pub(super) fn end(&self, id: Id) -> &Endpoint {
        &self.ends[id]
    }

    pub(super) fn end_mut(&mut self, id: Id) -> &mut Endpoint {
        &mut self.ends[id]
    }

    pub(super) fn open(&mut self, v6: bool) -> Id {
        self.ends.push(Endpoint::new(v6, self.weather.window));
        self.ends.len() - 1
    }

    pub(super) fn watch(&mut self, id: Id, mailbox: &Mailbox, key: u64) {
        let end = &mut self.ends[id];
        end.watcher = Some((mailbox.clone(), key));
        // As a poller does for what is ready already.
        end.notify(READABLE | WRITABLE);
    }

    pub(super) fn bind(&mut self, id: Id, mut address: SocketAddr) -> io::Result<()> {
        if address.port() == 0 {
            address.set_port(self.free_port()?);
        } else if self.is_taken(id, address) {
            return Err(failed(libc::EADDRINUSE));
        }
        self.ends[id].local = Some(address);
        Ok(())
    }

    /// Whether another open socket stands in the way.
    fn is_taken(&self, id: Id, address: SocketAddr) -> bool {
        let reuse = |end: &Endpoint| {
            end.options
                .contains_key(&(libc::SOL_SOCKET, libc::SO_REUSEADDR))
        };
        let mine = reuse(&self.ends[id]);
        self.ends.iter().any(|end| {
            let overlaps = end.local.is_some_and(|local| {
                local.port() == address.port()
                    && local.is_ipv6() == address.is_ipv6()
                    && (local.ip() == address.ip()
                        || local.ip().is_unspecified()
                        || address.ip().is_unspecified())
            });
            overlaps && !end.closed && (end.state == State::Listening || !mine || !reuse(end))
        })
    }

    fn free_port(&mut self) -> io::Result<u16> {
        for _ in FIRST_PORT..u16::MAX {
            let port = self.next_port;
            self.next_port = if port == u16::MAX {
                FIRST_PORT
            } else {
                port + 1
            };
            let taken =
                |end: &Endpoint| !end.closed && end.local.is_some_and(|local| local.port() == port);
            if !self.ends.iter().any(taken) {
                return Ok(port);
            }
        }
        Err(failed(libc::EADDRINUSE))
    }

    pub(super) fn listen(&mut self, id: Id) -> io::Result<()> {
        self.ends[id].state = State::Listening;
        Ok(())
    }

    pub(super) fn connect(&mut self, id: Id, remote: SocketAddr) -> io::Result<bool> {
        if self.ends[id].local.is_none() {
            self.bind(id, SocketAddr::new(unspecified(remote), 0))?;
        }
        let end = &mut self.ends[id];
        if let Some(local) = end
            .local
            .as_mut()
            .filter(|local| local.ip().is_unspecified())
        {
            local.set_ip(remote.ip());
        }
        end.state = State::Connecting;
        end.remote = Some(remote);
        self.send_to(id, Arrival::Syn(remote));
        Ok(false)
    }

    pub(super) fn accept(&mut self, id: Id) -> Option<Id> {
        self.ends[id].backlog.pop_front()
    }

    pub(super) fn send<'a>(
        &mut self,
        id: Id,
        parts: impl Iterator<Item = &'a [u8]>,
    ) -> io::Result<usize> {
        self.check_writable(id)?;
        let end = &mut self.ends[id];
        let free = self
            .weather
            .send_buffer
            .saturating_sub(end.unsent.len() as u64 + end.in_flight);
        let mut room = match free {
            0 | 1 => free,
            free if self.random.one_in(4) => 1 + self.random.below(free),
            free => free,
        } as usize;
        let mut taken = 0;
        for part in parts {
            let some = &part[..part.len().min(room)];
            end.unsent.extend(some);
            room -= some.len();
            taken += some.len();
        }
        self.transmit(id);
        Ok(taken)
    }

    fn check_writable(&mut self, id: Id) -> io::Result<()> {
        let end = &mut self.ends[id];
        if let Some(error) = end.error.take() {
            return Err(failed(error));
        }
        match (end.state, end.fin) {
            (State::Connected, Fin::Open) => Ok(()),
            _ => Err(failed(libc::EPIPE)),
        }
    }

    pub(super) fn receive(&mut self, id: Id, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let end = &mut self.ends[id];
        let count = end.arrived.len().min(buffer.len());
        if count > 0 {
            for (place, byte) in buffer.iter_mut().zip(end.arrived.drain(..count)) {
                *place = byte;
            }
            // What was read makes room: the peer hears of it by and by.
            if let Some(peer) = end.peer {
                self.send_to(peer, Arrival::Room(count as u64));
            }
            return Ok(Some(count));
        }
        match (end.error.take(), end.state, end.peer_fin) {
            (Some(error), ..) => Err(failed(error)),
            (None, State::Broken, _) | (None, _, true) => Ok(Some(0)),
            (None, ..) => Ok(None),
        }
    }

    pub(super) fn shutdown_write(&mut self, id: Id) -> io::Result<()> {
        if self.ends[id].state != State::Connected {
            return Err(failed(libc::ENOTCONN));
        }
        if self.ends[id].fin == Fin::Open {
            self.ends[id].fin = Fin::Wanted;
            self.transmit(id);
        }
        Ok(())
    }

    pub(super) fn abort(&mut self, id: Id) {
        let end = &mut self.ends[id];
        let peer = end.peer.filter(|_| end.state == State::Connected);
        end.break_off(None);
        if let Some(peer) = peer {
            self.send_to(peer, Arrival::Reset);
        }
    }

    pub(super) fn close(&mut self, id: Id) {
        let end = &mut self.ends[id];
        if std::mem::replace(&mut end.closed, true) {
            return;
        }
        end.watcher = None;
        let waiting = std::mem::take(&mut end.backlog);
        // Unread data, or an end nobody shut: the peer is told by a reset.
        let unfinished = !end.arrived.is_empty() || end.fin == Fin::Open;
        if end.state == State::Connected && unfinished {
            self.abort(id);
        }
        for id in waiting {
            self.close(id);
        }
    }

    fn reset_both(&mut self, id: Id) {
        for end in [Some(id), self.ends[id].peer].into_iter().flatten() {
            self.send_to(end, Arrival::Reset);
        }
    }

    /// The path between both ends is gone, and nobody says so.
    fn vanish(&mut self, id: Id) {
        let at = clock::nanoseconds() + self.weather.gives_up;
        for end in [Some(id), self.ends[id].peer].into_iter().flatten() {
            self.ends[end].deaf = true;
            self.sent += 1;
            self.under_way
                .insert((at, self.sent), (end, Arrival::TimedOut));
        }
        sched::unpark_all(wire_key());
    }

    /// Puts on its way what the peer has room for, in segments; then the FIN.
    fn transmit(&mut self, id: Id) {
        let Some(peer) = self.ends[id].peer else {
            return;
        };
        loop {
            let end = &mut self.ends[id];
            let room = end.window.min(end.unsent.len() as u64);
            if room == 0 {
                break;
            }
            let most = room.min(self.weather.segment);
            let length = if self.random.one_in(8) {
                1 + self.random.below(most)
            } else {
                most
            };
            end.in_flight += length;
            end.window -= length;
            let segment = end.unsent.drain(..length as usize).collect();
            if self.random.one_in(self.weather.resets) {
                return self.reset_both(id);
            }
            if !self.ends[id].deaf && self.random.one_in(self.weather.vanishes) {
                return self.vanish(id);
            }
            self.send_to(peer, Arrival::Data(segment));
        }
        let end = &mut self.ends[id];
        if end.unsent.is_empty() && end.fin == Fin::Wanted {
            end.fin = Fin::Sent;
            self.send_to(peer, Arrival::Fin);
        }
    }

    /// Puts something on its way to `id`, behind all that goes there already.
    fn send_to(&mut self, id: Id, arrival: Arrival) {
        if self.ends[id].deaf {
            return;
        }
        let (low, high) = self.weather.latency;
        let mut delay = self.random.between(low, high);
        if let Arrival::Data(bytes) = &arrival {
            delay += bytes.len() as u64 * self.weather.pace / 1024;
        }
        if self.random.one_in(self.weather.stalls) {
            delay += self.random.below(self.weather.stall);
        }
        let end = &mut self.ends[id];
        let at = (clock::nanoseconds() + delay).max(end.last_arrival);
        end.last_arrival = at;
        self.sent += 1;
        self.under_way.insert((at, self.sent), (id, arrival));
        sched::unpark_all(wire_key());
    }

    fn next_arrival(&self) -> Option<u64> {
        self.under_way.first_key_value().map(|(&(at, _), _)| at)
    }

    /// Delivers what has arrived by `now`; when the next thing does.
    fn deliver(&mut self, now: u64) -> Option<u64> {
        while let Some(first) = self.under_way.first_entry()
            && first.key().0 <= now
        {
            let (id, arrival) = first.remove();
            self.arrive(id, arrival);
        }
        self.next_arrival()
    }

    fn arrive(&mut self, id: Id, arrival: Arrival) {
        sched::note(|| format!("at end {id}: {arrival}"));
        match arrival {
            Arrival::Syn(to) => self.knock(id, to),
            Arrival::Established => {
                if self.ends[id].state == State::Connecting {
                    self.ends[id].state = State::Connected;
                    self.ends[id].notify(WRITABLE);
                }
            }
            Arrival::Refused => {
                if self.ends[id].state == State::Connecting {
                    self.ends[id].break_off(Some(libc::ECONNREFUSED));
                    self.ends[id].notify(BROKEN);
                }
            }
            Arrival::Data(bytes) => self.data(id, bytes),
            Arrival::Fin => self.peer_fin(id),
            Arrival::Acknowledged(bytes) => {
                let end = &mut self.ends[id];
                end.in_flight = end.in_flight.saturating_sub(bytes);
                end.notify(WRITABLE);
            }
            Arrival::Room(bytes) => {
                self.ends[id].window += bytes;
                self.transmit(id);
            }
            Arrival::FinAcknowledged => {
                let end = &mut self.ends[id];
                end.fin = Fin::Acknowledged;
                end.notify(WRITABLE);
            }
            Arrival::Reset => self.lost(id, libc::ECONNRESET),
            Arrival::TimedOut => self.lost(id, libc::ETIMEDOUT),
        }
    }

    /// A connect arrives at whoever listens there.
    fn knock(&mut self, from: Id, to: SocketAddr) {
        let listens = |end: &Endpoint| {
            end.state == State::Listening
                && !end.closed
                && end.backlog.len() < BACKLOG
                && end.v6 == to.is_ipv6()
                && end.local.is_some_and(|local| {
                    local.port() == to.port()
                        && (local.ip() == to.ip() || local.ip().is_unspecified())
                })
        };
        let listener = self.ends.iter().position(listens);
        let Some(listener) = listener.filter(|_| !self.random.one_in(self.weather.refusals)) else {
            return self.send_to(from, Arrival::Refused);
        };
        if self.ends[from].closed || self.ends[from].state != State::Connecting {
            return;
        }
        let id = self.open(to.is_ipv6());
        self.ends[from].peer = Some(id);
        let remote = self.ends[from].local;
        let end = &mut self.ends[id];
        (end.state, end.local, end.remote, end.peer) =
            (State::Connected, Some(to), remote, Some(from));
        self.ends[listener].backlog.push_back(id);
        self.ends[listener].notify(READABLE);
        self.send_to(from, Arrival::Established);
    }

    fn lost(&mut self, id: Id, why: i32) {
        if self.ends[id].state != State::Broken {
            self.ends[id].break_off(Some(why));
            self.ends[id].notify(BROKEN);
        }
    }

    fn data(&mut self, id: Id, bytes: Vec<u8>) {
        let end = &mut self.ends[id];
        if end.closed || end.state != State::Connected {
            let peer = end
                .peer
                .filter(|&peer| self.ends[peer].state == State::Connected);
            if let Some(peer) = peer {
                self.send_to(peer, Arrival::Reset);
            }
            return;
        }
        let length = bytes.len() as u64;
        end.arrived.extend(bytes);
        end.notify(READABLE);
        if let Some(peer) = end.peer {
            self.send_to(peer, Arrival::Acknowledged(length));
        }
    }

    fn peer_fin(&mut self, id: Id) {
        let end = &mut self.ends[id];
        if end.state != State::Connected {
            return;
        }
        end.peer_fin = true;
        end.notify(ENDED);
        if let Some(peer) = end.peer {
            self.send_to(peer, Arrival::FinAcknowledged);
        }
    }
}

fn unspecified(like: SocketAddr) -> IpAddr {
    match like {
        SocketAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    }
}
