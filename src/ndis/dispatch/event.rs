//! Events the miniport sends up through NDIS: its own, and those of the NIC below.

use core::marker::PhantomData;

use super::{Ends, Handle, header};
use crate::nt::{Result, Status};
use crate::sys::{
    NDIS_OBJECT_TYPE_DEFAULT, NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2, NET_PNP_EVENT,
    NET_PNP_EVENT_NOTIFICATION, NET_PNP_EVENT_NOTIFICATION_REVISION_2, NdisMNetPnPEvent,
    NetEventNDKDisable, NetEventNDKEnable,
};

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    NetworkDirectEnabled,
    /// NDK-NDIS-08: telling it returns when every NDK adapter is closed.
    NetworkDirectDisabled,
}

impl Event {
    /// NDK-NDIS-07: `PASSIVE_LEVEL`, never from an OID request.
    pub(crate) fn tell(self, adapter: &Handle) -> Result<()> {
        let code = match self {
            Self::NetworkDirectEnabled => NetEventNDKEnable,
            Self::NetworkDirectDisabled => NetEventNDKDisable,
        };
        let mut notification = NET_PNP_EVENT_NOTIFICATION {
            Header: header(
                NDIS_OBJECT_TYPE_DEFAULT,
                NET_PNP_EVENT_NOTIFICATION_REVISION_2,
                NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2,
            ),
            NetPnPEvent: NET_PNP_EVENT {
                NetEvent: code,
                ..Default::default()
            },
            ..Default::default()
        };
        // SAFETY: the adapter handle is alive: the worker that tells is joined before halt ends.
        Status::from_raw(unsafe { NdisMNetPnPEvent(adapter.raw(), &raw mut notification) }).ok()
    }
}

/// What NDIS tells of the NIC, to be told to those above the adapter.
pub(crate) struct Notice<'a>(
    *mut NET_PNP_EVENT_NOTIFICATION,
    PhantomData<&'a mut NET_PNP_EVENT_NOTIFICATION>,
);

impl Notice<'_> {
    /// # Safety
    /// NDIS lends the notification for the call in which this is used.
    pub(super) unsafe fn new(notification: *mut NET_PNP_EVENT_NOTIFICATION) -> Self {
        Self(notification, PhantomData)
    }

    /// NDIS-PROT-04, as it came: nothing of it is of this driver's. `PASSIVE_LEVEL`; the caller knows that the
    /// adapter has started and is not halted.
    pub(in crate::ndis) fn pass(&self, ends: &Ends) -> Result<()> {
        // SAFETY: the adapter is there (caller), the notification is valid (`new`).
        Status::from_raw(unsafe { NdisMNetPnPEvent(ends.adapter(), self.0) }).ok()
    }
}
