//! IP addresses of the machine's interfaces: what `netio.sys` tells a driver about them, and which
//! addresses are the machine's own.

pub mod address;
mod interface;
pub mod stand_in;
mod table;
#[cfg(test)]
mod tests;

use crate::sync::{Mutex, MutexGuard, Turn};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys::{
    AF_INET, AF_INET6, AF_UNSPEC, IpDadStatePreferred, IpPrefixOriginManual, IpSuffixOriginManual,
    MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW, MibAddInstance, MibDeleteInstance,
    MibInitialNotification, NET_LUID, PUNICAST_IPADDRESS_CHANGE_CALLBACK, PVOID, SCOPE_ID,
};

use crate::bridge;
use crate::export::Export;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{
    NTSTATUS, PASSIVE_LEVEL, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER,
    STATUS_SUCCESS,
};
use interface::{
    ConvertInterfaceAliasToLuid, ConvertInterfaceIndexToLuid, ConvertInterfaceLuidToAlias,
    ConvertInterfaceLuidToIndex,
};
use table::{FreeMibTable, GetUnicastIpAddressTable};

pub const EXPORTS: &[Export] = crate::exports! {
    "netio.sys": NotifyUnicastIpAddressChange, CancelMibChangeNotify2, GetUnicastIpAddressTable, FreeMibTable,
        ConvertInterfaceLuidToIndex, ConvertInterfaceIndexToLuid, ConvertInterfaceLuidToAlias,
        ConvertInterfaceAliasToLuid
};

/// One address of one interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub luid: u64,
    pub if_index: u32,
    pub ip: IpAddr,
    pub prefix: u8,
}

/// A driver that wants to know about changes.
struct Notification {
    family: u16,
    callback: PUNICAST_IPADDRESS_CHANGE_CALLBACK,
    context: usize,
    /// Callbacks in progress: cancelling waits for them.
    busy: Turn,
    /// No more callbacks: who was about to make one finds out in its turn.
    cancelled: AtomicBool,
}

/// The addresses of a machine.
#[derive(Default)]
pub struct State {
    addresses: Mutex<Vec<Address>>,
    interfaces: Mutex<Vec<(u64, u32)>>,
    notifications: Mutex<Vec<Arc<Notification>>>,
    tables: Mutex<Vec<usize>>,
}

impl State {
    fn addresses(&self) -> MutexGuard<'_, Vec<Address>> {
        self.addresses.lock()
    }

    /// Makes an interface known; NDIS does it for each adapter.
    pub(crate) fn add_interface(&self, luid: u64, if_index: u32) {
        self.interfaces.lock().push((luid, if_index));
    }

    /// Gives an interface an address. The caller is a thread of the machine at PASSIVE_LEVEL.
    pub fn add_address(&self, address: Address) {
        self.addresses().push(address);
        self.notify(&address, MibAddInstance);
    }

    /// Takes an address away again.
    pub fn remove_address(&self, luid: u64, ip: IpAddr) {
        let mut gone = Vec::new();
        self.addresses().retain(|address| {
            let keep = address.luid != luid || address.ip != ip;
            if !keep {
                gone.push(*address);
            }
            keep
        });
        for address in gone {
            self.notify(&address, MibDeleteInstance);
        }
    }

    /// Removes an interface with its addresses.
    pub(crate) fn remove_interface(&self, luid: u64) {
        let gone: Vec<Address> = self
            .addresses()
            .iter()
            .copied()
            .filter(|address| address.luid == luid)
            .collect();
        for address in gone {
            self.remove_address(luid, address.ip);
        }
        self.interfaces.lock().retain(|(other, _)| *other != luid);
    }

    /// Whether `ip` is an address of this machine. A machine without addresses has them all.
    #[must_use]
    pub fn owns(&self, ip: IpAddr) -> bool {
        let addresses = self.addresses();
        addresses.is_empty() || addresses.iter().any(|address| address.ip == ip)
    }

    /// The addresses of one interface, with prefix lengths.
    pub(crate) fn addresses_of(&self, luid: u64) -> Vec<(IpAddr, u8)> {
        let all = self.addresses();
        let own = all.iter().filter(|address| address.luid == luid);
        own.map(|address| (address.ip, address.prefix)).collect()
    }

    /// Whether an interface has the address.
    pub(crate) fn has(&self, ip: IpAddr) -> bool {
        self.addresses().iter().any(|address| address.ip == ip)
    }

    /// What a driver whose image spans `[base, end)` must have undone when it is unloaded.
    pub(crate) fn check_unloaded(&self, base: usize, end: usize) {
        let all = self.notifications.lock();
        let within = |n: &Arc<Notification>| {
            n.callback
                .is_some_and(|call| (base..end).contains(&(call as usize)))
        };
        if all.iter().any(within) {
            violation(
                "IP-NOTIFY",
                "the driver was unloaded with an address notification registered",
            );
        }
    }

    fn notify(&self, address: &Address, kind: MIB_NOTIFICATION_TYPE) {
        let all = self.notifications.lock().clone();
        for notification in all.iter().filter(|n| is_of_family(address.ip, n.family)) {
            notification.call(Some(address), kind);
        }
    }
}

impl Notification {
    fn call(&self, address: Option<&Address>, kind: MIB_NOTIFICATION_TYPE) {
        let _busy = self.busy.take();
        let live = !self.cancelled.load(Ordering::Acquire);
        let Some(callback) = self.callback.filter(|_| live) else {
            return;
        };
        let mut row = address.map(row);
        let place = row
            .as_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut);
        bridge::callback("IpAddressChangeCallback", || {
            // SAFETY: the driver's callback, called as documented.
            unsafe { callback(self.context as PVOID, place, kind) }
        });
    }
}

fn is_of_family(ip: IpAddr, family: u16) -> bool {
    match family {
        AF_UNSPEC => true,
        AF_INET => ip.is_ipv4(),
        AF_INET6 => ip.is_ipv6(),
        _ => false,
    }
}

/// The row that describes an address.
fn row(address: &Address) -> MIB_UNICASTIPADDRESS_ROW {
    MIB_UNICASTIPADDRESS_ROW {
        Address: address::to_windows(&(address.ip, 0).into()),
        InterfaceLuid: NET_LUID {
            Value: address.luid,
        },
        InterfaceIndex: address.if_index,
        PrefixOrigin: IpPrefixOriginManual,
        SuffixOrigin: IpSuffixOriginManual,
        ValidLifetime: u32::MAX,
        PreferredLifetime: u32::MAX,
        OnLinkPrefixLength: address.prefix,
        SkipAsSource: 0,
        DadState: IpDadStatePreferred,
        ScopeId: SCOPE_ID { Value: 0 },
        CreationTimeStamp: 0,
    }
}

/// PASSIVE_LEVEL. With `initial`, the callback runs once before this returns.
pub unsafe extern "win64" fn NotifyUnicastIpAddressChange(
    family: u16,
    callback: PUNICAST_IPADDRESS_CHANGE_CALLBACK,
    context: PVOID,
    initial: u8,
    handle: *mut PVOID,
) -> NTSTATUS {
    let thread = thread::enter("NotifyUnicastIpAddressChange", PASSIVE_LEVEL);
    if callback.is_none() || handle.is_null() || !matches!(family, AF_UNSPEC | AF_INET | AF_INET6) {
        return STATUS_INVALID_PARAMETER;
    }
    if crate::sched::fails("NotifyUnicastIpAddressChange") {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    let notification = Arc::new(Notification {
        family,
        callback,
        context: context as usize,
        busy: Turn::default(),
        cancelled: AtomicBool::new(false),
    });
    // SAFETY: the caller passes an out parameter.
    unsafe { handle.write(Arc::as_ptr(&notification).cast_mut().cast()) };
    thread
        .machine
        .ip
        .notifications
        .lock()
        .push(Arc::clone(&notification));
    if initial != 0 {
        notification.call(None, MibInitialNotification);
    }
    STATUS_SUCCESS
}

/// PASSIVE_LEVEL. Waits for callbacks in progress; not from inside one.
pub unsafe extern "win64" fn CancelMibChangeNotify2(handle: PVOID) -> NTSTATUS {
    let thread = thread::enter("CancelMibChangeNotify2", PASSIVE_LEVEL);
    let found = {
        let mut all = thread.machine.ip.notifications.lock();
        let at = all
            .iter()
            .position(|n| std::ptr::eq(Arc::as_ptr(n), handle.cast()));
        at.map(|at| all.remove(at))
    };
    let Some(notification) = found else {
        violation(
            "IP-NOTIFY",
            "CancelMibChangeNotify2 with a handle that is not registered",
        );
    };
    notification.cancelled.store(true, Ordering::Release);
    drop(notification.busy.take());
    STATUS_SUCCESS
}
