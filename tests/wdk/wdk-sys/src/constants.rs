//! Constants, with the types `wdk-sys` gives them.

use crate::types::*;

pub const APC_LEVEL: u32 = 1;
pub const DISPATCH_LEVEL: u32 = 2;
pub const PASSIVE_LEVEL: u32 = 0;

pub const POOL_FLAG_NON_PAGED: POOL_FLAGS = 0x40;

pub const STATUS_SUCCESS: NTSTATUS = 0;
pub const STATUS_UNSUCCESSFUL: NTSTATUS = 0xC000_0001_u32 as i32;
