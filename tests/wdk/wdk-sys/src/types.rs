//! Types, laid out as on 64-bit Windows.

use core::ffi::c_void;

pub type CHAR = i8;
pub type PCHAR = *mut CHAR;
pub type PCSTR = *const CHAR;
pub type UCHAR = u8;
pub type USHORT = u16;
pub type ULONG = u32;
pub type ULONG64 = u64;
pub type ULONG_PTR = u64;
pub type SIZE_T = ULONG_PTR;
pub type PVOID = *mut c_void;
pub type LONG = i32;
pub type NTSTATUS = LONG;
pub type KIRQL = UCHAR;
pub type POOL_FLAGS = ULONG64;
pub type wchar_t = u16;
pub type WCHAR = wchar_t;
pub type PWCH = *mut WCHAR;

#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct _UNICODE_STRING {
    pub Length: USHORT,
    pub MaximumLength: USHORT,
    pub Buffer: PWCH,
}
pub type UNICODE_STRING = _UNICODE_STRING;
pub type PUNICODE_STRING = *mut UNICODE_STRING;
pub type PCUNICODE_STRING = *const UNICODE_STRING;
