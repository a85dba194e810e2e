//! One interface of TCP/IP: smoltcp over one binding, and the thread that drives it.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::socket::tcp::Socket;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpCidr, IpListenEndpoint};
use softrnic::sys::*;

use super::Options;
use super::device::Frames;
use super::end::End;
use super::listener::{self, Listener};
use super::ready::BROKEN;
use crate::clock;
use crate::machine::Machine;
use crate::ndis::Sending;
use crate::ndis::lists::{self, List};
use crate::ndis::lower::Mac;
use crate::ndis::offload::Beside;
use crate::ndis::protocol::Binding;
use crate::processor;
use crate::sched;
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// NDIS-NBL-08: within this a send is completed.
const LIMIT: Duration = Duration::from_secs(30);
/// Frames that are sent in one call.
const MOST: usize = 8;

pub(super) struct Inside {
    iface: Interface,
    frames: Frames,
    pub(super) sockets: SocketSet<'static>,
    pub(super) ends: BTreeMap<u64, End>,
    pub(super) listeners: BTreeMap<u64, Listener>,
    addresses: Vec<IpCidr>,
    is_running: bool,
    is_over: bool,
    /// Something is there to do.
    is_due: bool,
    /// Frames that the adapter has.
    sending: HashMap<usize, Sending>,
}

/// One interface.
pub(super) struct Net {
    machine: &'static Machine,
    pub(super) binding: Arc<Binding>,
    luid: u64,
    gives_up: u64,
    buffer: usize,
    inside: Mutex<Inside>,
    changed: Condvar,
}

fn instant(now: u64) -> Instant {
    Instant::from_micros((now / 1000) as i64)
}

impl Net {
    pub(super) fn new(
        machine: &'static Machine,
        binding: &Arc<Binding>,
        options: &Options,
    ) -> Arc<Self> {
        let description = binding.lower.description();
        let identity = binding.lower.identity();
        let mut frames = Frames {
            mtu: description.mtu as usize,
            ..Frames::default()
        };
        let seed = options.seed ^ u64::from(identity.if_index);
        let iface = interface(EthernetAddress(description.mac).into(), seed, &mut frames);
        Arc::new(Self {
            machine,
            binding: Arc::clone(binding),
            luid: identity.luid,
            gives_up: options.gives_up.as_nanos() as u64,
            buffer: options.buffer,
            inside: Mutex::new(Inside {
                iface,
                frames,
                sockets: SocketSet::new(Vec::new()),
                ends: BTreeMap::new(),
                listeners: BTreeMap::new(),
                addresses: Vec::new(),
                is_running: false,
                is_over: false,
                is_due: true,
                sending: HashMap::new(),
            }),
            changed: Condvar::new(),
        })
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }

    /// Its thread looks soon.
    pub(super) fn notify(&self) {
        self.inside().is_due = true;
        self.changed.notify_all();
    }

    pub(super) fn socket(&self) -> Socket<'static> {
        let mut socket = listener::socket(self.buffer);
        let limit = smoltcp::time::Duration::from_micros(self.gives_up / 1000);
        socket.set_timeout(Some(limit));
        // The limit counts an idle peer's silence, too, so it is asked in time.
        socket.set_keep_alive(Some(limit / 4));
        socket
    }

    pub(super) fn has(&self, ip: IpAddr) -> bool {
        self.addresses()
            .iter()
            .any(|cidr| IpAddr::from(cidr.address()) == ip)
    }

    /// Its own address towards a neighbour.
    pub(super) fn source_for(&self, ip: IpAddr) -> Option<IpAddr> {
        let addresses = self.addresses();
        let near = addresses.iter().find(|cidr| cidr.contains_addr(&ip.into()));
        near.map(|cidr| cidr.address().into())
    }

    /// The addresses that the machine has on the adapter.
    pub(super) fn addresses(&self) -> Vec<IpCidr> {
        let all = self.machine.ip.addresses_of(self.luid);
        all.into_iter()
            .map(|(ip, prefix)| IpCidr::new(ip.into(), prefix))
            .collect()
    }

    pub(super) fn run(self: &Arc<Self>) {
        while !self.machine.is_stopping() {
            self.join_groups();
            let addresses = self.addresses();
            let mut inside = self.inside();
            if inside.is_over {
                return;
            }
            inside.is_due = false;
            inside.set_addresses(addresses);
            inside.poll(self);
            let (frames, lists) = self.take_frames(&mut inside);
            if lists.is_empty() && frames == 0 {
                let now = clock::nanoseconds();
                let Inside { iface, sockets, .. } = &mut *inside;
                let next = iface.poll_delay(instant(now), sockets);
                let next = next.map(|wait| now + wait.total_micros() * 1000 + 1000);
                let until = next.into_iter().chain(sched::look_again()).min();
                if !inside.is_due {
                    self.changed.wait_until(&mut inside, until);
                }
                continue;
            }
            drop(inside);
            self.send(lists);
        }
    }

    /// Frames that smoltcp wants to send, as lists; how many there were.
    fn take_frames(&self, inside: &mut Inside) -> (usize, Vec<List>) {
        let frames = inside.frames.take_to_send();
        if !inside.is_running {
            return (frames.len(), Vec::new());
        }
        let mut lists = Vec::new();
        for told in &frames {
            let none = std::ptr::null_mut();
            let sending = Sending::new(self.machine, &[&told.frame], &self.binding, none);
            // SAFETY: a fresh list.
            unsafe { told.beside.put(sending.list()) };
            lists.push(sending.list());
            inside.sending.insert(sending.list() as usize, sending);
        }
        (frames.len(), lists)
    }

    fn send(&self, lists: Vec<List>) {
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        for some in lists.chunks(MOST) {
            self.binding.send(some.to_vec());
        }
        processor::lower(thread, old);
    }

    /// The groups in which neighbours of the machine's IPv6 addresses ask for them.
    fn join_groups(&self) {
        let mut groups: Vec<Mac> = Vec::new();
        for cidr in self.addresses() {
            if let IpAddr::V6(ip) = cidr.address().into() {
                let [.., a, b, c] = ip.octets();
                groups.push([0x33, 0x33, 0xFF, a, b, c]);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        let mut now = self.binding.multicast();
        now.sort_unstable();
        if groups != now && !self.inside().is_over {
            self.binding.set(OID_802_3_MULTICAST_LIST, &groups.concat());
        }
    }

    pub(super) fn receive(&self, all: &[List]) {
        let mut inside = self.inside();
        for &list in all {
            // SAFETY: lent for the time of the call at least.
            let (buffers, beside) = unsafe { (lists::buffers(list), Beside::of(list)) };
            for buffer in buffers {
                // SAFETY: as above.
                if let Some(frame) = unsafe { lists::bytes(buffer) } {
                    inside.frames.take(frame, beside);
                }
            }
        }
        inside.is_due = true;
        drop(inside);
        self.changed.notify_all();
    }

    pub(super) fn sent(&self, all: &[List]) {
        let mut inside = self.inside();
        let done = all
            .iter()
            .map(|&list| inside.sending.remove(&(list as usize)));
        let done: Vec<Option<Sending>> = done.collect();
        drop(inside);
        drop(done);
        self.changed.notify_all();
    }

    /// What the adapter does from now on, once it knows how frames begin.
    pub(super) fn use_offloads(&self) {
        let offloads = self.binding.lower.description().offloads;
        self.inside().frames.offloads = offloads;
        self.notify();
    }

    /// What the adapter's frames carry from now on.
    pub(super) fn use_mtu(&self) {
        let mtu = self.binding.lower.description().mtu;
        self.inside().set_mtu(mtu as usize);
        self.notify();
    }

    pub(super) fn restart(&self) {
        self.inside().is_running = true;
        self.notify();
    }

    pub(super) fn pause(&self) {
        let mut inside = self.inside();
        inside.is_running = false;
        let busy = |inside: &mut Inside| !inside.sending.is_empty();
        if !self.changed.wait_while_for(&mut inside, busy, LIMIT) {
            drop(inside);
            violation(
                "NDIS-NBL-08",
                &format!("sends were not completed within {LIMIT:?}"),
            );
        }
    }

    /// The adapter goes: all connections are lost.
    pub(super) fn end(&self) {
        let mut inside = self.inside();
        inside.is_over = true;
        for end in inside.ends.values_mut() {
            end.is_broken = true;
            end.error = Some(libc::ENETDOWN);
            end.notify(BROKEN);
        }
        drop(inside);
        self.changed.notify_all();
    }
}

fn interface(address: HardwareAddress, seed: u64, frames: &mut Frames) -> Interface {
    let mut config = Config::new(address);
    config.random_seed = seed;
    Interface::new(config, frames, instant(clock::nanoseconds()))
}

impl Inside {
    /// smoltcp asks for it once, so this is another interface with the same sockets. What neighbours said of themselves is said to
    /// it again: a connection that has to ask for its neighbour in the middle is one that smoltcp forgets to go on with, and then
    /// keeps alive with a byte of its own in place of one that was lost.
    fn set_mtu(&mut self, mtu: usize) {
        if mtu == self.frames.mtu {
            return;
        }
        self.frames.mtu = mtu;
        self.iface = interface(self.iface.hardware_addr(), mtu as u64, &mut self.frames);
        let addresses = std::mem::take(&mut self.addresses);
        self.set_addresses(addresses);
        let known = self.frames.neighbours.iter().rev().cloned();
        known.for_each(|frame| self.frames.received.push_front(frame));
    }

    fn set_addresses(&mut self, addresses: Vec<IpCidr>) {
        if addresses == self.addresses {
            return;
        }
        self.iface.update_ip_addrs(|all| {
            all.clear();
            addresses.iter().for_each(|&cidr| _ = all.push(cidr));
        });
        self.addresses = addresses;
    }

    /// Lets smoltcp work, and tells the sockets what changed.
    fn poll(&mut self, net: &Net) {
        let now = clock::nanoseconds();
        self.iface
            .poll(instant(now), &mut self.frames, &mut self.sockets);
        let mut new = Vec::new();
        for (&id, listener) in &mut self.listeners {
            let connected = listener.look(&mut self.sockets, || net.socket());
            new.extend(connected.into_iter().map(|handle| (id, handle)));
        }
        for (listener, handle) in new {
            let socket = self.sockets.get::<Socket<'_>>(handle);
            let end = End::new(handle, socket, now, true);
            let id = net.machine.tcpip.new_id();
            self.ends.insert(id, end);
            if let Some(listener) = self.listeners.get_mut(&listener) {
                listener.offer(id);
            }
        }
        let sockets = &mut self.sockets;
        let gives_up = net.gives_up;
        self.ends.retain(|_, end| {
            let socket = sockets.get::<Socket<'_>>(end.handle);
            let stays = end.look(socket, now, gives_up);
            if !stays {
                drop(sockets.remove(end.handle));
            }
            stays
        });
    }

    /// Listens from now on: who comes before its thread looks is not refused.
    pub(super) fn listen(&mut self, net: &Net, id: u64, at: Vec<IpListenEndpoint>) {
        let mut listener = Listener::new(at);
        let _none = listener.look(&mut self.sockets, || net.socket());
        self.listeners.insert(id, listener);
    }

    /// Begins to connect.
    pub(super) fn connect(
        &mut self,
        net: &Net,
        local: std::net::SocketAddr,
        remote: std::net::SocketAddr,
    ) -> Result<u64, i32> {
        self.set_addresses(net.addresses());
        let mut socket = net.socket();
        let begun = socket.connect(self.iface.context(), remote, local);
        begun.map_err(|_| libc::EADDRNOTAVAIL)?;
        let end =
            |handle, socket: &Socket<'_>| End::new(handle, socket, clock::nanoseconds(), false);
        let handle = self.sockets.add(socket);
        let end = end(handle, self.sockets.get(handle));
        let id = net.machine.tcpip.new_id();
        self.ends.insert(id, end);
        Ok(id)
    }
}
