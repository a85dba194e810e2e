//! Which adapter goes with which NIC. Either may come first, and go and come again.

use core::fmt;

use super::InterfaceGuid;

/// Why an adapter gets no NIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) enum NotPaired {
    /// Another adapter has it.
    Taken,
    /// As many pairs as are kept.
    Full,
}

impl fmt::Display for NotPaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// `P` is the pair, a counted reference.
pub(in crate::ndis) struct Table<P, const ROWS: usize> {
    rows: [Option<Row<P>>; ROWS],
}

struct Row<P> {
    nic: InterfaceGuid,
    pair: P,
    /// The adapter is there.
    upper: bool,
    /// The NIC is bound, or being bound or unbound.
    lower: bool,
}

impl<P: Clone, const ROWS: usize> Table<P, ROWS> {
    pub(in crate::ndis) const fn new() -> Self {
        Self {
            rows: [const { None }; ROWS],
        }
    }

    /// An adapter comes that wants this NIC. It gets the pair its predecessor left with the NIC
    /// still bound, or begins with `new`.
    pub(in crate::ndis) fn adapter_comes(
        &mut self,
        nic: InterfaceGuid,
        new: P,
    ) -> Result<P, NotPaired> {
        if let Some(row) = self.row(nic) {
            if row.upper {
                return Err(NotPaired::Taken);
            }
            row.upper = true;
            return Ok(row.pair.clone());
        }
        let free = self.rows.iter_mut().find(|row| row.is_none());
        let row = free.ok_or(NotPaired::Full)?.insert(Row {
            nic,
            pair: new,
            upper: true,
            lower: false,
        });
        Ok(row.pair.clone())
    }

    /// Its adapter goes. What is given back is to be dropped without the table's lock.
    pub(in crate::ndis) fn adapter_goes(&mut self, nic: InterfaceGuid) -> Option<P> {
        self.row(nic)?.upper = false;
        self.forget_if_unused(nic)
    }

    /// A NIC is offered: the pair that waits for it, or `None` when no adapter wants it or it is
    /// bound already.
    pub(in crate::ndis) fn nic_comes(&mut self, nic: InterfaceGuid) -> Option<P> {
        let row = self.row(nic)?;
        if row.lower {
            return None;
        }
        row.lower = true;
        Some(row.pair.clone())
    }

    /// The NIC is unbound. As with `adapter_goes`.
    pub(in crate::ndis) fn nic_goes(&mut self, nic: InterfaceGuid) -> Option<P> {
        self.row(nic)?.lower = false;
        self.forget_if_unused(nic)
    }

    fn row(&mut self, nic: InterfaceGuid) -> Option<&mut Row<P>> {
        self.rows.iter_mut().flatten().find(|row| row.nic == nic)
    }

    fn forget_if_unused(&mut self, nic: InterfaceGuid) -> Option<P> {
        let unused = |row: &Row<P>| row.nic == nic && !row.upper && !row.lower;
        let place = self
            .rows
            .iter_mut()
            .find(|row| row.as_ref().is_some_and(unused));
        place?.take().map(|row| row.pair)
    }
}
