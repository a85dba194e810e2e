//! `Etw…`: event tracing.

use crate::export::Export;

pub const EXPORTS: &[Export] = &[];
