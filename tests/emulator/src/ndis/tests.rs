//! A small miniport driver of host functions, and what NDIS makes of it.

pub(crate) mod fake;
mod life;
mod rules;
