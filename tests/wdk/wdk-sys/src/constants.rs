//! Constants, with the types `wdk-sys` gives them.

use crate::types::*;

pub const APC_LEVEL: u32 = 1;
pub const DISPATCH_LEVEL: u32 = 2;
pub const PASSIVE_LEVEL: u32 = 0;

pub const POOL_FLAG_NON_PAGED: POOL_FLAGS = 0x40;

pub const STATUS_SUCCESS: NTSTATUS = 0;
pub const STATUS_UNSUCCESSFUL: NTSTATUS = 0xC000_0001_u32 as i32;

pub const MDL_MAPPED_TO_SYSTEM_VA: u32 = 0x1;
pub const MDL_PAGES_LOCKED: u32 = 0x2;
pub const MDL_SOURCE_IS_NONPAGED_POOL: u32 = 0x4;
pub const MDL_PARTIAL: u32 = 0x10;
pub const MDL_PARTIAL_HAS_BEEN_MAPPED: u32 = 0x20;
pub const MdlMappingNoExecute: u32 = 0x4000_0000;
pub const PAGE_SHIFT: u32 = 12;
pub const PAGE_SIZE: u32 = 0x1000;
pub const SL_INVOKE_ON_CANCEL: u32 = 0x20;
pub const SL_INVOKE_ON_SUCCESS: u32 = 0x40;
pub const SL_INVOKE_ON_ERROR: u32 = 0x80;
pub const THREAD_ALL_ACCESS: u32 = 0x1F_FFFF;
pub const POOL_FLAG_UNINITIALIZED: POOL_FLAGS = 0x2;
pub const POOL_FLAG_CACHE_ALIGNED: POOL_FLAGS = 0x8;
