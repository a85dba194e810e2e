//! The IP addresses of an interface, and being told when they change (netio).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::{ptr, slice};

use super::miniport::miniport;
use crate::ndis::upper::Miniport;
use crate::nt::{Ref, Result, Slice, Status, Tag};
use crate::sys::{
    self, AF_INET, AF_INET6, AF_UNSPEC, CancelMibChangeNotify2, FreeMibTable,
    GetUnicastIpAddressTable, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE, NotifyUnicastIpAddressChange, PVOID,
};

/// While it lives, changes of any interface's addresses reach [`Miniport::addresses_changed`].
/// Dropping it waits for calls in progress. `PASSIVE_LEVEL`.
pub(crate) struct Watch(PVOID);

// SAFETY: a notification handle belongs to no thread.
unsafe impl Send for Watch {}

impl Watch {
    /// The miniport drops the watch before it ends.
    pub(crate) fn start(miniport: &Ref<Miniport>) -> Result<Self> {
        let mut handle = ptr::null_mut();
        // SAFETY: the context outlives the watch: `Miniport::halt` drops the watch first.
        let status = unsafe {
            NotifyUnicastIpAddressChange(
                AF_UNSPEC,
                Some(changed),
                Ref::as_ptr(miniport).cast_mut().cast(),
                0,
                &raw mut handle,
            )
        };
        Status::from_raw(status).ok().map(|()| Self(handle))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // SAFETY: started, and cancelled once. The status could only say that the handle is bad.
        let _ = unsafe { CancelMibChangeNotify2(self.0) };
    }
}

/// NDIS-LIFE-17: waits for netio alone, so halt, which waits for this, cannot be in its way.
unsafe extern "win64" fn changed(
    context: PVOID,
    _row: *mut MIB_UNICASTIPADDRESS_ROW,
    _kind: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the watch is alive, so the miniport is.
    let miniport = unsafe { miniport(context) };
    miniport.addresses_changed();
}

/// The usable addresses of the interface `luid`. `PASSIVE_LEVEL`.
pub(crate) fn addresses_of(luid: u64) -> Result<Slice<IpAddr>> {
    let table = Table::read()?;
    let mine = |row: &&MIB_UNICASTIPADDRESS_ROW| {
        // SAFETY: every member of the union is the same number.
        let owner = unsafe { row.InterfaceLuid.Value };
        owner == luid
            && matches!(
                row.DadState,
                sys::IpDadStatePreferred | sys::IpDadStateDeprecated
            )
    };
    let count = table.rows().iter().filter(mine).filter_map(address).count();
    let mut rows = table.rows().iter().filter(mine).filter_map(address);
    Slice::try_from_fn(Tag::OBJECT, count, |_| {
        rows.next().ok_or(Status::INTERNAL_ERROR)
    })
}

fn address(row: &MIB_UNICASTIPADDRESS_ROW) -> Option<IpAddr> {
    // SAFETY: the family overlays the start of both.
    match unsafe { row.Address.si_family } {
        AF_INET => {
            // SAFETY: the family says so; bytes in network order.
            let octets = unsafe { row.Address.Ipv4.sin_addr.S_un_b };
            Some(IpAddr::V4(Ipv4Addr::from(octets)))
        }
        AF_INET6 => {
            // SAFETY: the family says so.
            let octets = unsafe { row.Address.Ipv6.sin6_addr.Byte };
            Some(IpAddr::V6(Ipv6Addr::from(octets)))
        }
        _ => None,
    }
}

/// All interfaces' addresses, in netio's memory.
struct Table(*mut MIB_UNICASTIPADDRESS_TABLE);

impl Table {
    fn read() -> Result<Self> {
        let mut table = ptr::null_mut();
        // SAFETY: a local to write to.
        let status = unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &raw mut table) };
        Status::from_raw(status).ok()?;
        if table.is_null() {
            return Err(Status::INTERNAL_ERROR);
        }
        Ok(Self(table))
    }

    fn rows(&self) -> &[MIB_UNICASTIPADDRESS_ROW] {
        // SAFETY: netio wrote the count and that many rows after it.
        unsafe {
            let first = (&raw const (*self.0).Table).cast();
            slice::from_raw_parts(first, (*self.0).NumEntries as usize)
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: netio's table, freed once.
        unsafe { FreeMibTable(self.0.cast()) };
    }
}
