//! What NDIS tells a binding: pause, restart, power, and status. NDIS-PROT-03, NDIS-PROT-04.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::miniport::PATIENCE;
use super::super::succeeded;
use super::Above;
use super::binding::{Binding, Inside, Life};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::PASSIVE_LEVEL;

/// The attributes that come with a restart, as NDIS lays them out.
#[repr(C, align(16))]
struct Attributes {
    head: NDIS_RESTART_ATTRIBUTES,
    /// The rest of the data.
    rest: [u8; 80],
}

const RESTART_PARAMETERS: NDIS_OBJECT_HEADER = NDIS_OBJECT_HEADER {
    Type: NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS,
    Revision: NDIS_PROTOCOL_RESTART_PARAMETERS_REVISION_1,
    Size: NDIS_SIZEOF_PROTOCOL_RESTART_PARAMETERS_REVISION_1,
};

impl Binding {
    /// Tells the driver, and waits until it says that it is done.
    fn tell(&self, event: NET_PNP_EVENT_CODE, buffer: PVOID, length: usize) -> NDIS_STATUS {
        let _turn = self.turn.take();
        let handlers = self.protocol.handlers();
        let Some(handler) = handlers.and_then(|all| all.NetPnPEventHandler) else {
            return NDIS_STATUS_SUCCESS;
        };
        let mut notification = NET_PNP_EVENT_NOTIFICATION {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NET_PNP_EVENT_NOTIFICATION_REVISION_2,
                Size: NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2,
            },
            ..Default::default()
        };
        notification.NetPnPEvent.NetEvent = event;
        notification.NetPnPEvent.Buffer = buffer;
        notification.NetPnPEvent.BufferLength = length as u32;
        let place = &raw mut notification;
        *self.notification.lock() = place as usize;
        self.event.open();
        let answer = bridge::callback("ProtocolNetPnPEvent", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.context, place) }
        });
        let late = ("NDIS-PROT-04", PATIENCE);
        let what = "ProtocolNetPnPEvent";
        let status = self.event.finish(answer, what, "NDIS-PROT-04", late);
        *self.notification.lock() = 0;
        if status == NDIS_STATUS_NOT_SUPPORTED {
            violation(
                "NDIS-PROT-04",
                "ProtocolNetPnPEvent says NDIS_STATUS_NOT_SUPPORTED",
            );
        }
        status
    }

    /// Running → Paused; nothing when it is not running.
    pub(crate) fn pause(self: &Arc<Self>) {
        if self.life() != Life::Running {
            return;
        }
        self.set_life(Life::Pausing);
        match &self.protocol.above {
            Above::Native(native) => native.pause(self),
            Above::Driver(_) => self.pause_driver(),
        }
        self.finish_pause();
    }

    fn pause_driver(&self) {
        let mut parameters = NDIS_PROTOCOL_PAUSE_PARAMETERS {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NDIS_PROTOCOL_PAUSE_PARAMETERS_REVISION_1,
                Size: NDIS_SIZEOF_PROTOCOL_PAUSE_PARAMETERS_REVISION_1,
            },
            ..Default::default()
        };
        let place = (&raw mut parameters).cast();
        let status = self.tell(NetEventPause, place, size_of_val(&parameters));
        if !succeeded(status) {
            violation(
                "NDIS-PROT-03",
                &format!("NetEventPause ended with {status:#x}"),
            );
        }
    }

    /// NDIS-PROT-03: all sends are completed and all receives are back when a pause ends.
    fn finish_pause(&self) {
        let mine = |binding: &Binding| std::ptr::eq(binding, self);
        self.machine
            .ndis
            .chimney
            .expect_none("NetEventPause ended", mine);
        let mut inside = self.inside();
        inside.life = Life::Paused;
        let busy = |inside: &mut Inside| inside.indicating != 0;
        let returned = self.changed.wait_while_for(&mut inside, busy, PATIENCE);
        let (sent, received) = (inside.sent.len(), inside.received.len());
        drop(inside);
        if sent != 0 || received != 0 || !returned {
            violation(
                "NDIS-PROT-03",
                &format!(
                    "NetEventPause ended with {sent} sends and {received} receives outstanding"
                ),
            );
        }
    }

    /// Paused → Running; nothing when it is not paused.
    pub(crate) fn restart(self: &Arc<Self>) {
        if self.life() != Life::Paused {
            return;
        }
        self.set_life(Life::Restarting);
        match &self.protocol.above {
            Above::Native(native) => native.restarted(self),
            Above::Driver(_) => self.restart_driver(),
        }
        self.set_life(Life::Running);
    }

    fn restart_driver(&self) {
        let (description, identity) = (self.lower.description(), self.lower.identity());
        // SAFETY: integers and null pointers.
        let mut attributes: Attributes = unsafe { std::mem::zeroed() };
        attributes.head.Oid = OID_GEN_MINIPORT_RESTART_ATTRIBUTES;
        attributes.head.DataLength = size_of::<NDIS_RESTART_GENERAL_ATTRIBUTES>() as u32;
        let general = NDIS_RESTART_GENERAL_ATTRIBUTES {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES,
                Revision: NDIS_RESTART_GENERAL_ATTRIBUTES_REVISION_2,
                Size: size_of::<NDIS_RESTART_GENERAL_ATTRIBUTES>() as u16,
            },
            MtuSize: description.mtu,
            MaxXmitLinkSpeed: description.speed,
            MaxRcvLinkSpeed: description.speed,
            LookaheadSize: description.mtu,
            MacOptions: description.mac_options,
            SupportedPacketFilters: description.filters,
            MaxMulticastListSize: description.multicast,
            AccessType: NET_IF_ACCESS_BROADCAST,
            ConnectionType: NET_IF_CONNECTION_DEDICATED,
            ..Default::default()
        };
        let data = (&raw mut attributes.head.Data).cast::<NDIS_RESTART_GENERAL_ATTRIBUTES>();
        // SAFETY: the data and the rest have room for it.
        unsafe { data.write_unaligned(general) };
        let mut parameters = NDIS_PROTOCOL_RESTART_PARAMETERS {
            Header: RESTART_PARAMETERS,
            RestartAttributes: &raw mut attributes.head,
            BoundIfIndex: identity.if_index,
            BoundIfNetluid: NET_LUID {
                Value: identity.luid,
            },
            ..Default::default()
        };
        let place = (&raw mut parameters).cast();
        let status = self.tell(NetEventRestart, place, size_of_val(&parameters));
        if !succeeded(status) {
            violation(
                "NDIS-PROT-04",
                &format!("NetEventRestart ended with {status:#x}"),
            );
        }
    }

    /// The adapter below changes its power state: QueryPower, then, whatever was said to that, SetPower.
    pub(crate) fn power(self: &Arc<Self>, state: NDIS_DEVICE_POWER_STATE) {
        let mut state = state;
        let mut event = NET_PNP_EVENT {
            Buffer: (&raw mut state).cast(),
            BufferLength: size_of_val(&state) as u32,
            ..Default::default()
        };
        event.NetEvent = NetEventQueryPower;
        self.hear(&event);
        event.NetEvent = NetEventSetPower;
        let status = self.hear(&event);
        if !succeeded(status) {
            let text = format!("NetEventSetPower ended with {status:#x}");
            violation("NDIS-PROT-04", &text);
        }
    }

    /// Something happens to the adapter below; what the protocol says of it. One that is being opened or closed is told
    /// nothing.
    pub(crate) fn hear(self: &Arc<Self>, event: &NET_PNP_EVENT) -> NDIS_STATUS {
        let open = |life| !matches!(life, Life::Opening | Life::Closing | Life::Closed);
        if !self.begin_indication(open) {
            return NDIS_STATUS_SUCCESS;
        }
        let status = match &self.protocol.above {
            Above::Native(native) => native.event(self, event),
            Above::Driver(_) => {
                let length = event.BufferLength as usize;
                self.tell(event.NetEvent, event.Buffer, length)
            }
        };
        self.end_indication();
        status
    }

    /// The adapter below tells something.
    pub(crate) fn status(self: &Arc<Self>, indication: &mut NDIS_STATUS_INDICATION) {
        let open = |life| !matches!(life, Life::Opening | Life::Closing | Life::Closed);
        if !self.begin_indication(open) {
            return;
        }
        if indication.StatusCode == NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG {
            let now = self.lower.description().offloads;
            let mut inside = self.inside();
            inside.offloads = inside.offloads.union(now);
        }
        match &self.protocol.above {
            Above::Native(native) => native.status(self, indication),
            Above::Driver(handlers) => {
                if let Some(handler) = handlers.StatusHandlerEx {
                    bridge::callback("ProtocolStatusEx", || {
                        // SAFETY: the driver's handler, called as documented.
                        unsafe { handler(self.context, indication) }
                    });
                }
            }
        }
        self.end_indication();
    }
}

/// PASSIVE_LEVEL: ends an event that returned PENDING.
pub(in crate::ndis) unsafe extern "win64" fn NdisCompleteNetPnPEvent(
    handle: NDIS_HANDLE,
    notification: *mut NET_PNP_EVENT_NOTIFICATION,
    status: NDIS_STATUS,
) {
    let thread = thread::enter("NdisCompleteNetPnPEvent", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let binding = ndis.binding(handle, "NdisCompleteNetPnPEvent");
    let pends = *binding.notification.lock() == notification as usize;
    if !pends || !binding.event.complete(status) {
        violation(
            "NDIS-PROT-04",
            "NdisCompleteNetPnPEvent without an event that pends",
        );
    }
}
