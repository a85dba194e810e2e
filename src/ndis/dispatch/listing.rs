//! The answers of OID_NDK_CONNECTIONS and OID_NDK_LOCAL_ENDPOINTS, written row by row.
//!
//! NDK-OID-06: iWARP is TCP, so every item has two rows: the addresses consumers know, then TCP's.

use core::mem::offset_of;
use core::net::SocketAddr;

use super::oid::Written;
use crate::ndis::upper::Refusal;
use crate::ndk::listing::{Connection, LocalEndpoint, Snapshot};
use crate::sys;

const YES: u8 = 1;

pub(super) fn connections(rows: &Snapshot<Connection>, to: &mut [u8]) -> Result<Written, Refusal> {
    let layout = Layout {
        revision: sys::NDIS_NDK_CONNECTIONS_REVISION_1,
        first: offset_of!(sys::NDIS_NDK_CONNECTIONS, Connections),
        row: size_of::<sys::NDIS_NDK_CONNECTION_ENTRY>(),
    };
    let mut table = Table::start(&layout, rows.iter().count() * 2, to)?;
    let remote = offset_of!(sys::NDIS_NDK_CONNECTION_ENTRY, Remote);
    for row in rows.iter() {
        for (local, peer) in [row.nd, row.tcp] {
            let at = table.next_row();
            table.address(at, local);
            table.address(at + remote, peer);
        }
    }
    Ok(table.written())
}

pub(super) fn local_endpoints(
    rows: &Snapshot<LocalEndpoint>,
    to: &mut [u8],
) -> Result<Written, Refusal> {
    let layout = Layout {
        revision: sys::NDIS_NDK_LOCAL_ENDPOINTS_REVISION_1,
        first: offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, LocalEndpoints),
        row: size_of::<sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY>(),
    };
    let mut table = Table::start(&layout, rows.iter().count() * 2, to)?;
    let listener = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY, Listener);
    for row in rows.iter() {
        let at = table.next_row();
        table.address(at, row.nd);
        // NDK-OID-07: a listener or a shared endpoint, of the kernel's.
        table.put(at + listener, &[u8::from(row.listener)]);
        let at = table.next_row();
        table.address(at, row.tcp);
    }
    Ok(table.written())
}

// Both structures begin alike: header, flags, count, and whether rows come in pairs.
const FLAGS: usize = offset_of!(sys::NDIS_NDK_CONNECTIONS, Flags);
const COUNT: usize = offset_of!(sys::NDIS_NDK_CONNECTIONS, Count);
const MAPPED: usize = offset_of!(
    sys::NDIS_NDK_CONNECTIONS,
    NDConnectionsMappedtoTCPConnections
);
const _: () = {
    assert!(FLAGS == offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, Flags));
    assert!(COUNT == offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, Count));
    type Endpoints = sys::NDIS_NDK_LOCAL_ENDPOINTS;
    assert!(MAPPED == offset_of!(Endpoints, NDLocalEndpointsMappedtoTCPLocalEndpoints));
};

/// What differs between the two.
struct Layout {
    revision: u8,
    first: usize,
    row: usize,
}

/// An answer being written. Its length was checked, so every write fits.
struct Table<'a> {
    to: &'a mut [u8],
    row: usize,
    next: usize,
}

impl<'a> Table<'a> {
    /// NDK-OID-05: a buffer too small gets nothing.
    fn start(layout: &Layout, count: usize, to: &'a mut [u8]) -> Result<Self, Refusal> {
        let length = layout.first + count * layout.row;
        let to = to.get_mut(..length).ok_or(Refusal::Length(length))?;
        to.fill(0);
        let mut table = Self {
            to,
            row: layout.row,
            next: layout.first,
        };
        // NDK-OID-04: the size as far as its field goes.
        let size = u16::try_from(length).unwrap_or(u16::MAX);
        table.put(0, &[sys::NDIS_OBJECT_TYPE_DEFAULT, layout.revision]);
        table.put(
            offset_of!(sys::NDIS_OBJECT_HEADER, Size),
            &size.to_ne_bytes(),
        );
        table.put(
            COUNT,
            &u32::try_from(count).unwrap_or(u32::MAX).to_ne_bytes(),
        );
        table.put(MAPPED, &[YES]);
        Ok(table)
    }

    fn next_row(&mut self) -> usize {
        let at = self.next;
        self.next += self.row;
        at
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(room) = self.to.get_mut(at..at + bytes.len()) {
            room.copy_from_slice(bytes);
        }
    }

    /// A `SOCKADDR_INET`.
    fn address(&mut self, at: usize, address: SocketAddr) {
        self.put(at + 2, &address.port().to_be_bytes());
        match address {
            SocketAddr::V4(v4) => {
                self.put(at, &sys::AF_INET.to_ne_bytes());
                self.put(at + 4, &v4.ip().octets());
            }
            SocketAddr::V6(v6) => {
                self.put(at, &sys::AF_INET6.to_ne_bytes());
                self.put(at + 4, &v6.flowinfo().to_ne_bytes());
                self.put(at + 8, &v6.ip().octets());
                self.put(at + 24, &v6.scope_id().to_ne_bytes());
            }
        }
    }

    fn written(&self) -> Written {
        Written {
            bytes: self.to.len(),
            needed: 0,
        }
    }
}
