//! The Windows types the engine uses: WSK's from `softrnic::sys`, WDM's from the core.

pub(super) use crate::wdm::{IRP, MDL};
pub(super) use softrnic::sys::*;
