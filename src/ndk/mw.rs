//! The memory window. Windows exist as objects and cannot be bound yet: the adapter reports
//! `MaxWindowSize` 0 (NDK-MW-06), and `NdkBind` fails.

use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use crate::nt::{Ref, Status};

pub(super) struct Mw {
    pd: Hold<Pd>,
}

impl Mw {
    /// `NdkCreateMw`.
    pub(super) fn create(pd: &Hold<Pd>) -> Result<Open<Self>, Status> {
        Object::create(pd.adapter().version(), Self { pd: pd.clone() })
    }
}

impl Kind for Mw {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.pd.adapter().reaper())
    }
}
