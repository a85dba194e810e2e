//! TCP/IP as a protocol of the machine: smoltcp above NDIS, bound to drivers' miniports (and to NICs, if wanted), with
//! sockets for Winsock Kernel. So a connection of a driver's travels down its own miniport.
//!
//! Everything happens on one thread of each interface, as in a DPC; sockets leave their data with it.

mod device;
mod end;
mod listener;
mod net;
mod ready;
mod socket;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use softrnic::sys::*;

use crate::machine::Machine;
use crate::ndis::lists::List;
use crate::ndis::lower::{Description, Identity};
use crate::ndis::protocol::{Binding, Native};
use crate::sync::Mutex;
use net::Net;
pub(crate) use ready::Ready;
pub(crate) use socket::Tcp;

/// How TCP/IP behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// It binds to emulated NICs too, not only to drivers' miniports.
    pub nics: bool,
    /// Of sequence numbers and the like.
    pub seed: u64,
    /// How long a peer may be silent before a connection ends: some retransmissions at smoltcp's slowest, 60 s. One that is
    /// idle is asked well before (keep-alive), whether its socket wants that or not.
    pub gives_up: Duration,
    /// Bytes that a connection holds in each direction.
    pub buffer: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            nics: false,
            seed: 1,
            gives_up: Duration::from_secs(120),
            buffer: 256 << 10,
        }
    }
}

/// A port that a socket has.
struct Bound {
    id: u64,
    address: SocketAddr,
    reuses: bool,
}

/// The TCP/IP of a machine, if it was started.
#[derive(Default)]
pub struct State {
    options: OnceLock<Options>,
    nets: Mutex<Vec<Arc<Net>>>,
    bound: Mutex<Vec<Bound>>,
    next_id: AtomicU64,
}

/// Ports that are given out.
const FIRST_PORT: u16 = 49_152;

impl Machine {
    /// Sockets of drivers go through drivers' adapters from now on, not over the host. Before the first driver registers
    /// with WSK; the caller is a thread of the machine at PASSIVE_LEVEL.
    pub fn start_tcpip(&'static self, options: Options) {
        if self.tcpip.options.set(options).is_ok() {
            let native = Arc::new(Protocol { machine: self });
            self.ndis.add_native(self, native as Arc<dyn Native>);
        }
    }
}

impl State {
    /// Whether it was started.
    pub(crate) fn is_started(&self) -> bool {
        self.options.get().is_some()
    }

    fn options(&self) -> Options {
        self.options.get().cloned().unwrap_or_default()
    }

    fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn wake(&self) {
        self.nets.lock().iter().for_each(|net| net.notify());
    }

    /// The interface that has this address.
    fn net_of(&self, ip: IpAddr) -> Option<Arc<Net>> {
        self.nets.lock().iter().find(|net| net.has(ip)).cloned()
    }

    /// The interface behind which `ip` is, and its address there.
    fn route(&self, ip: IpAddr) -> Option<(Arc<Net>, IpAddr)> {
        let nets = self.nets.lock();
        nets.iter()
            .find_map(|net| Some((Arc::clone(net), net.source_for(ip)?)))
    }

    fn bound_net(&self, binding: &Arc<Binding>) -> Option<Arc<Net>> {
        let nets = self.nets.lock();
        nets.iter()
            .find(|net| Arc::ptr_eq(&net.binding, binding))
            .cloned()
    }

    /// Gives a port to a socket: the one it wants, or a free one.
    fn bind(&self, id: u64, mut address: SocketAddr, reuses: bool) -> Option<SocketAddr> {
        let mut bound = self.bound.lock();
        let taken = |address: &SocketAddr| {
            bound.iter().any(|other| {
                let same = other.address.ip() == address.ip()
                    || other.address.ip().is_unspecified()
                    || address.ip().is_unspecified();
                same && other.address.port() == address.port()
                    && other.address.is_ipv6() == address.is_ipv6()
                    && !(other.reuses && reuses)
            })
        };
        if address.port() == 0 {
            let free = |port: &u16| !taken(&SocketAddr::new(address.ip(), *port));
            let start = FIRST_PORT + (id % 1000) as u16;
            let port = (start..u16::MAX).find(free)?;
            address.set_port(port);
        } else if taken(&address) {
            return None;
        }
        bound.push(Bound {
            id,
            address,
            reuses,
        });
        Some(address)
    }

    fn unbind(&self, id: u64) {
        self.bound.lock().retain(|bound| bound.id != id);
    }
}

/// What NDIS calls.
struct Protocol {
    machine: &'static Machine,
}

impl Protocol {
    fn with(&self, binding: &Arc<Binding>, act: impl FnOnce(&Arc<Net>)) {
        if let Some(net) = self.machine.tcpip.bound_net(binding) {
            act(&net);
        }
    }
}

impl Native for Protocol {
    fn wants(&self, _: &Identity, description: &Description) -> bool {
        !description.connector || self.machine.tcpip.options().nics
    }

    fn bound(&self, binding: &Arc<Binding>) {
        let options = self.machine.tcpip.options();
        let net = Net::new(self.machine, binding, &options);
        self.machine.tcpip.nets.lock().push(Arc::clone(&net));
        self.machine.spawn("tcpip", move || net.run());
        let filter =
            NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_BROADCAST;
        binding.set(OID_GEN_CURRENT_PACKET_FILTER, &filter.to_le_bytes());
        // An adapter that has nothing to do for us may not know what we mean.
        if binding.encapsulate() == NDIS_STATUS_SUCCESS {
            self.with(binding, |net| net.use_offloads());
        }
    }

    fn restarted(&self, binding: &Arc<Binding>) {
        self.with(binding, |net| net.restart());
    }

    fn pause(&self, binding: &Arc<Binding>) {
        self.with(binding, |net| net.pause());
    }

    fn unbound(&self, binding: &Arc<Binding>) {
        self.with(binding, |net| net.end());
        let mut nets = self.machine.tcpip.nets.lock();
        nets.retain(|net| !Arc::ptr_eq(&net.binding, binding));
    }

    fn receive(&self, binding: &Arc<Binding>, lists: &[List], flags: u32) {
        self.with(binding, |net| net.receive(lists));
        if flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0 {
            binding.return_lists(lists);
        }
    }

    fn sent(&self, binding: &Arc<Binding>, lists: &[List]) {
        self.with(binding, |net| net.sent(lists));
    }

    fn status(&self, binding: &Arc<Binding>, indication: &NDIS_STATUS_INDICATION) {
        match indication.StatusCode {
            NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG if binding.is_encapsulating() => {
                self.with(binding, |net| net.use_offloads());
            }
            NDIS_STATUS_L2_MTU_SIZE_CHANGE => self.with(binding, |net| net.use_mtu()),
            _ => self.with(binding, |net| net.notify()),
        }
    }
}
