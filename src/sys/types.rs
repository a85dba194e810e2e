//! The few plain types the other declarations need. What belongs to WDM is opaque here: `sys`
//! imports nothing, and callers cast to `wdk_sys`'s types.

pub use core::ffi::c_void;

pub type PVOID = *mut c_void;
pub type NTSTATUS = i32;
pub type NDIS_STATUS = i32;
pub type NDIS_HANDLE = PVOID;
pub type PMDL = PVOID;
pub type PIRP = PVOID;
pub type PDRIVER_OBJECT = PVOID;
pub type PEPROCESS = PVOID;
pub type PETHREAD = PVOID;
pub type PGROUP_AFFINITY = PVOID;

/// A counted UTF-16 string; lengths are in bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct UNICODE_STRING {
    pub Length: u16,
    pub MaximumLength: u16,
    pub Buffer: *mut u16,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GUID {
    pub Data1: u32,
    pub Data2: u16,
    pub Data3: u16,
    pub Data4: [u8; 8],
}

impl GUID {
    #[must_use]
    pub const fn new(data1: u32, data2: u16, data3: u16, data4: [u8; 8]) -> Self {
        Self {
            Data1: data1,
            Data2: data2,
            Data3: data3,
            Data4: data4,
        }
    }
}

/// Declares that all zeroes is a value of these types, and gives it as `Default`.
///
/// Only for `repr(C)` types made of integers, raw pointers, `Option`al function pointers, and
/// arrays, structures and unions of those.
macro_rules! zeroable {
    ($($type:ty),* $(,)?) => {$(
        impl Default for $type {
            fn default() -> Self {
                // SAFETY: every field of the type, named by the list's author, is one for which
                // all zeroes is valid (see the macro's documentation).
                unsafe { core::mem::zeroed() }
            }
        }
    )*};
}
pub(crate) use zeroable;

zeroable!(UNICODE_STRING, GUID);
