//! The host's hold on an adapter, and the calls that move it between its states, as NDIS and PnP
//! make them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::configuration::Keyword;
use super::driver::MiniportDriver;
use super::lower::Lower;
use super::miniport::{LifeState, Miniport, PATIENCE};
use super::protocol::Binding;
use super::succeeded;
use crate::machine::{Driver, Machine};
use crate::verifier::violation;
use crate::wdm::STATUS_OBJECT_NAME_COLLISION;
use crate::{bridge, ip};

/// Ethernet, in an interface's LUID.
const IF_TYPE: u64 = 6;

/// `NdisDeviceStateD0`, `NdisDeviceStateD3`.
const POWER_D0: NDIS_DEVICE_POWER_STATE = 1;
const POWER_D3: NDIS_DEVICE_POWER_STATE = 4;

/// What an adapter is made with.
#[derive(Clone, Debug, Default)]
pub struct AdapterOptions {
    /// Keywords of the adapter's instance key, with their values.
    pub keywords: Vec<(String, Keyword)>,
    /// The addresses TCP/IP has on the adapter, with prefix lengths.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Its interface index; `None`: the next that is free.
    pub if_index: Option<u32>,
    /// Leave it paused: no restart after initialisation.
    pub paused: bool,
}

impl Machine {
    /// Makes an adapter of the driver and starts it: initialize, restart, addresses.
    /// The caller is a thread of the machine at PASSIVE_LEVEL.
    pub fn add_adapter(
        &'static self,
        driver: &Driver,
        options: AdapterOptions,
    ) -> Result<Adapter, NDIS_STATUS> {
        let (base, end) = (driver.image.base, driver.image.base + driver.image.size);
        let found = self
            .ndis
            .drivers()
            .iter()
            .find(|driver| driver.is_within(base, end))
            .cloned();
        let driver = found.ok_or(NDIS_STATUS_ADAPTER_NOT_FOUND)?;
        Adapter::start(self, driver, options)
    }
}

/// The host's hold on an adapter. Halt it before the driver is unloaded.
pub struct Adapter {
    pub(super) miniport: Arc<Miniport>,
}

impl Adapter {
    pub(super) fn start(
        machine: &'static Machine,
        driver: Arc<MiniportDriver>,
        options: AdapterOptions,
    ) -> Result<Self, NDIS_STATUS> {
        let if_index = match options.if_index {
            Some(index) => index,
            None => machine.ndis.next_interface.fetch_add(1, Ordering::AcqRel) + 2,
        };
        if machine.ndis.adapter_by_index(if_index).is_some() {
            return Err(STATUS_OBJECT_NAME_COLLISION);
        }
        let luid = IF_TYPE << 48 | u64::from(if_index) << 24;
        let mut keywords: BTreeMap<_, _> = [
            ("*iftype", "6"),
            ("*mediatype", "0"),
            ("*physicalmediatype", "14"),
            ("*networkdirect", "1"),
        ]
        .map(|(name, value)| (name.to_string(), Keyword::from(value)))
        .into();
        keywords.extend(
            options
                .keywords
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone())),
        );
        let miniport = Miniport::new(machine, driver, (luid, if_index), keywords);
        let adapter = Self { miniport };
        adapter.initialize()?;
        if !options.paused {
            adapter.restart()?;
        }
        for (ip, prefix) in options.addresses {
            adapter.add_address(ip, prefix);
        }
        let lower: Arc<dyn Lower> = Arc::clone(&adapter.miniport) as Arc<dyn Lower>;
        machine.ndis.offer(machine, &lower);
        Ok(adapter)
    }

    fn initialize(&self) -> Result<(), NDIS_STATUS> {
        let (miniport, ndis) = (&self.miniport, &self.miniport.machine.ndis);
        ndis.adapters().push(Arc::clone(miniport));
        miniport
            .machine
            .ip
            .add_interface(miniport.luid, miniport.if_index);
        let mut parameters = NDIS_MINIPORT_INIT_PARAMETERS {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS,
                Revision: NDIS_MINIPORT_INIT_PARAMETERS_REVISION_1,
                Size: size_of::<NDIS_MINIPORT_INIT_PARAMETERS>() as u16,
            },
            IfIndex: miniport.if_index,
            NetLuid: NET_LUID {
                Value: miniport.luid,
            },
            ..Default::default()
        };
        let (handle, context) = (miniport.handle(), miniport.driver.context);
        let initialize = miniport
            .driver
            .handlers
            .InitializeHandlerEx
            .ok_or(NDIS_STATUS_FAILURE)?;
        let status = bridge::callback("MiniportInitializeEx", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { initialize(handle, context, &raw mut parameters) }
        });
        self.check_configurations_closed("MiniportInitializeEx");
        if !succeeded(status) {
            self.forget();
            return Err(status);
        }
        self.check_attributes();
        let enabled = miniport.ndk_attributes().is_some_and(|ndk| ndk.enabled);
        miniport.set_ndk_enabled(enabled);
        miniport.set_life(LifeState::Paused);
        Ok(())
    }

    /// NDIS-LIFE-04, NDK-NDIS-02, NDK-OID-01.
    fn check_attributes(&self) {
        let attributes = self.miniport.attributes();
        if attributes.general.is_none() {
            violation(
                "NDIS-LIFE-04",
                "MiniportInitializeEx succeeded without general attributes",
            );
        }
        if self.miniport.driver.ndk().is_none() {
            return;
        }
        if attributes.ndk.is_none() {
            violation(
                "NDK-NDIS-02",
                "MiniportInitializeEx succeeded without NDK attributes",
            );
        }
        let ndk = [
            OID_NDK_SET_STATE,
            OID_NDK_STATISTICS,
            OID_NDK_CONNECTIONS,
            OID_NDK_LOCAL_ENDPOINTS,
        ];
        if let Some(oid) = ndk.iter().find(|oid| !attributes.oids.contains(oid)) {
            violation(
                "NDK-OID-01",
                &format!("OID {oid:#x} is not in the list of supported OIDs"),
            );
        }
    }

    fn check_configurations_closed(&self, after: &str) {
        let open = self.miniport.open_configurations();
        if open != 0 {
            violation(
                "NDIS-LIFE-12",
                &format!("{open} configuration handle(s) are open after {after}"),
            );
        }
    }

    fn forget(&self) {
        let machine = self.miniport.machine;
        self.miniport.set_life(LifeState::Halted);
        machine.ip.remove_interface(self.miniport.luid);
        machine
            .ndis
            .adapters()
            .retain(|other| !Arc::ptr_eq(other, &self.miniport));
    }

    fn expect_life(&self, expected: LifeState, call: &str) {
        let now = self.miniport.life();
        assert!(
            now == expected,
            "{call} on an adapter that is {now:?}, not {expected:?}"
        );
    }

    /// Paused → Running: NDIS-LIFE-10.
    pub fn restart(&self) -> Result<(), NDIS_STATUS> {
        self.expect_life(LifeState::Paused, "restart");
        let miniport = &self.miniport;
        let _turn = miniport.stack.turn.take();
        miniport.set_life(LifeState::Restarting);
        miniport.restart.open();
        let mut parameters = NDIS_MINIPORT_RESTART_PARAMETERS {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1,
                Size: NDIS_SIZEOF_MINIPORT_RESTART_PARAMETERS_REVISION_1,
            },
            ..Default::default()
        };
        let handler = miniport
            .driver
            .handlers
            .RestartHandler
            .ok_or(NDIS_STATUS_FAILURE)?;
        let answer = bridge::callback("MiniportRestart", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), &raw mut parameters) }
        });
        let late = ("NDIS-LIFE-10", PATIENCE);
        let status = miniport
            .restart
            .finish(answer, "MiniportRestart", "NDIS-LIFE-10", late);
        if succeeded(status) {
            miniport.set_life(LifeState::Running);
            miniport.stack.restart();
            return Ok(());
        }
        miniport.set_life(LifeState::Paused);
        Err(status)
    }

    /// Running → Paused: NDIS-LIFE-08.
    pub fn pause(&self) {
        self.expect_life(LifeState::Running, "pause");
        let miniport = &self.miniport;
        let _turn = miniport.stack.turn.take();
        miniport.stack.pause();
        miniport.set_life(LifeState::Pausing);
        miniport.pause.open();
        let mut parameters = NDIS_MINIPORT_PAUSE_PARAMETERS {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1,
                Size: size_of::<NDIS_MINIPORT_PAUSE_PARAMETERS>() as u16,
            },
            ..Default::default()
        };
        let Some(handler) = miniport.driver.handlers.PauseHandler else {
            return;
        };
        let answer = bridge::callback("MiniportPause", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), &raw mut parameters) }
        });
        if answer != NDIS_STATUS_SUCCESS && answer != NDIS_STATUS_PENDING {
            violation(
                "NDIS-LIFE-08",
                &format!("MiniportPause returned {answer:#x}"),
            );
        }
        miniport.pause.finish(
            answer,
            "MiniportPause",
            "NDIS-LIFE-08",
            ("NDIS-LIFE-08", PATIENCE),
        );
        if self.outstanding_sends() != 0 {
            violation(
                "NDIS-LIFE-08",
                "MiniportPause ended with sends that are not completed",
            );
        }
        if !miniport.sends.lock().indicated.is_empty() {
            violation(
                "NDIS-LIFE-08",
                "MiniportPause ended with receives that have not come back",
            );
        }
        let luid = miniport.luid;
        let below = |binding: &Binding| binding.lower.identity().luid == luid;
        miniport
            .machine
            .ndis
            .chimney
            .expect_none("MiniportPause ended", below);
        miniport.set_life(LifeState::Paused);
    }

    /// The system goes to sleep, and the adapter with it: NDIS pauses it first (NDIS-PM-01).
    pub fn sleep(&self) -> Result<(), NDIS_STATUS> {
        self.pause();
        self.set_power(POWER_D3)
    }

    /// The system wakes up again.
    pub fn wake(&self) -> Result<(), NDIS_STATUS> {
        self.set_power(POWER_D0)?;
        self.restart()
    }

    /// NDIS-STAT-02: from the one state to the other it says nothing.
    fn set_power(&self, state: NDIS_DEVICE_POWER_STATE) -> Result<(), NDIS_STATUS> {
        let data = state.to_le_bytes();
        let asked = self.oid_query(OID_PNP_QUERY_POWER, data.len()).status;
        let asleep = &self.miniport.asleep;
        asleep.fetch_and(state != POWER_D0, Ordering::AcqRel);
        let set = self.oid_set(OID_PNP_SET_POWER, &data).status;
        let refused = [asked, set].into_iter().find(|status| !succeeded(*status));
        if refused.is_none() {
            asleep.store(state != POWER_D0, Ordering::Release);
        }
        refused.map_or(Ok(()), Err)
    }

    /// Ends the adapter: consumers close their NDK adapters, TCP/IP unbinds, pause, halt.
    pub fn halt(self) {
        self.halt_for(NdisHaltDeviceDisabled);
    }

    /// As [`Self::halt`], for another reason (NDIS-LIFE-14).
    pub fn halt_for(self, action: NDIS_HALT_ACTION) {
        self.end(action);
    }

    /// As [`Self::halt`], by an NDIS that does not have consumers close first: NDK-NDIS-13.
    pub fn halt_unwarned(self) {
        self.halt_now(NdisHaltDeviceDisabled);
    }

    /// The device is gone: NDIS-LIFE-16.
    pub fn surprise_remove(self) {
        self.miniport
            .surprise_removed
            .store(true, Ordering::Release);
        self.pnp_event(NdisDevicePnPEventSurpriseRemoved);
        self.end(NdisHaltDeviceSurpriseRemoved);
    }

    fn end(self, action: NDIS_HALT_ACTION) {
        let miniport = &self.miniport;
        miniport.end_ndk_openings();
        if miniport.ndk_adapters_open() > 0 {
            miniport
                .machine
                .ndis
                .tell_ndk_state(miniport.if_index, false);
            miniport.wait_ndk_closed();
        }
        self.halt_now(action);
    }

    fn halt_now(self, action: NDIS_HALT_ACTION) {
        let miniport = &self.miniport;
        miniport.end_ndk_openings();
        if miniport.life() == LifeState::Running {
            self.pause();
        }
        self.unbind_all();
        let Some(handler) = miniport.driver.handlers.HaltHandlerEx else {
            return;
        };
        bridge::callback("MiniportHaltEx", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), action) }
        });
        self.check_configurations_closed("MiniportHaltEx");
        self.forget();
    }

    /// Tells the miniport of a PnP event.
    pub fn pnp_event(&self, event: NDIS_DEVICE_PNP_EVENT) {
        let mut parameters = NET_DEVICE_PNP_EVENT {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NET_DEVICE_PNP_EVENT_REVISION_1,
                Size: NDIS_SIZEOF_NET_DEVICE_PNP_EVENT_REVISION_1,
            },
            DevicePnPEvent: event,
            ..Default::default()
        };
        let Some(handler) = self.miniport.driver.handlers.DevicePnPEventNotifyHandler else {
            return;
        };
        bridge::callback("MiniportDevicePnPEventNotify", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.miniport.context(), &raw mut parameters) }
        });
    }

    /// Gives the adapter an IP address; drivers that asked are told.
    pub fn add_address(&self, ip: IpAddr, prefix: u8) {
        let (luid, if_index) = (self.miniport.luid, self.miniport.if_index);
        self.miniport.machine.ip.add_address(ip::Address {
            luid,
            if_index,
            ip,
            prefix,
        });
    }

    /// Takes an address away: sockets on it are forced closed, and drivers that asked are told.
    pub fn remove_address(&self, ip: IpAddr) {
        let machine = self.miniport.machine;
        machine.ip.remove_address(self.miniport.luid, ip);
        if !machine.ip.has(ip) {
            machine.wsk.address_removed(ip);
        }
    }

    #[must_use]
    pub fn if_index(&self) -> u32 {
        self.miniport.if_index
    }

    #[must_use]
    pub fn luid(&self) -> u64 {
        self.miniport.luid
    }

    /// The handlers the driver registered.
    #[must_use]
    pub fn driver_handlers(&self) -> NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
        self.miniport.driver_handlers()
    }

    /// Changes a keyword. Drivers read keywords when they initialize.
    pub fn set_keyword(&self, name: &str, value: impl Into<Keyword>) {
        self.miniport.set_keyword(name, value.into());
    }
}
