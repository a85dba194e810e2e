//! All pairs of the driver, by the NIC's interface.

use super::Pair;
use crate::ndis::frame::{InterfaceGuid, NotPaired, Table};
use crate::nt::{Ref, SpinLock};

/// More than a machine has network adapters.
const MOST: usize = 64;

static PAIRS: SpinLock<Table<Ref<Pair>, MOST>> = SpinLock::new(Table::new());

/// An adapter's place beside its NIC; dropping it leaves the place.
pub(in crate::ndis) struct Seat(InterfaceGuid);

impl Seat {
    /// With the pair its predecessor left, or `new`.
    pub(in crate::ndis) fn take(
        nic: InterfaceGuid,
        new: Ref<Pair>,
    ) -> Result<(Ref<Pair>, Self), NotPaired> {
        let pair = PAIRS.lock().adapter_comes(nic, new)?;
        Ok((pair, Self(nic)))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The pair may end: not with the lock held.
        let unused = PAIRS.lock().adapter_goes(self.0);
        drop(unused);
    }
}

/// The pair that waits for this NIC, if one does.
pub(in crate::ndis) fn nic_comes(nic: InterfaceGuid) -> Option<Ref<Pair>> {
    PAIRS.lock().nic_comes(nic)
}

/// The NIC is unbound.
pub(in crate::ndis) fn nic_goes(nic: InterfaceGuid) {
    let unused = PAIRS.lock().nic_goes(nic);
    drop(unused);
}
