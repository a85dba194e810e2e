//! Addresses that the host does not have: its sockets use a loopback address in their stead, the same for
//! all machines of the process. A socket that is bound to no address connects from the host's own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{PoisonError, RwLock};

/// The address and its stand-in.
static ALL: RwLock<Vec<(Ipv4Addr, Ipv4Addr)>> = RwLock::new(Vec::new());

/// Makes sure that the host can use `ip`, if it is one of version 4.
pub fn provide(ip: IpAddr) {
    let IpAddr::V4(ip) = ip else { return };
    if ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok() {
        return;
    }
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    if all.iter().all(|(known, _)| *known != ip) {
        // Another process has others.
        let [_, _, middle, low] = std::process::id().to_be_bytes();
        let stand_in = Ipv4Addr::new(127, 64 | all.len() as u8, middle, low.max(1));
        all.push((ip, stand_in));
    }
}

fn replaced(
    address: SocketAddr,
    pick: impl Fn(&(Ipv4Addr, Ipv4Addr)) -> (Ipv4Addr, Ipv4Addr),
) -> SocketAddr {
    let all = ALL.read().unwrap_or_else(PoisonError::into_inner);
    let found = all.iter().map(pick).find(|(from, _)| address.ip() == *from);
    found.map_or(address, |(_, to)| {
        SocketAddr::new(to.into(), address.port())
    })
}

/// What the host is to be told.
pub(crate) fn to_host(address: SocketAddr) -> SocketAddr {
    replaced(address, |&(ip, stand_in)| (ip, stand_in))
}

/// What the host's word means.
pub(crate) fn from_host(address: SocketAddr) -> SocketAddr {
    replaced(address, |&(ip, stand_in)| (stand_in, ip))
}
