//! The adapter's keywords, as NDIS keeps them in its registry key.

use core::ptr;

use super::{Handle, header};
use crate::nt::{Result, Status};
use crate::sys::{
    NDIS_CONFIGURATION_OBJECT, NDIS_CONFIGURATION_OBJECT_REVISION_1, NDIS_HANDLE,
    NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1,
    NdisCloseConfiguration, NdisOpenConfigurationEx, NdisParameterInteger, NdisReadConfiguration,
    NdisReadNetworkAddress, UNICODE_STRING,
};

/// An adapter's configuration, open; dropping it closes (NDIS-LIFE-12). `PASSIVE_LEVEL`.
pub(crate) struct Configuration(NDIS_HANDLE);

impl Configuration {
    /// NDK-NDIS-17: of the adapter, not of the driver.
    pub(crate) fn open(adapter: &Handle) -> Result<Self> {
        let mut object = NDIS_CONFIGURATION_OBJECT {
            Header: header(
                NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT,
                NDIS_CONFIGURATION_OBJECT_REVISION_1,
                NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1,
            ),
            NdisHandle: adapter.raw(),
            Flags: 0,
        };
        let mut handle = ptr::null_mut();
        // SAFETY: both are locals, and the adapter handle is alive.
        let status = unsafe { NdisOpenConfigurationEx(&raw mut object, &raw mut handle) };
        Status::from_raw(status).ok().map(|()| Self(handle))
    }

    /// A whole number, or `None` when the keyword is absent or unreadable.
    pub(crate) fn integer(&self, keyword: Keyword) -> Option<u32> {
        let mut name = keyword.counted();
        let mut status = 0;
        let mut value = ptr::null_mut();
        // SAFETY: all are locals; NDIS owns the value until the configuration is closed.
        unsafe {
            NdisReadConfiguration(
                &raw mut status,
                &raw mut value,
                self.0,
                &raw mut name,
                NdisParameterInteger,
            );
        }
        if !Status::from_raw(status).is_success() || value.is_null() {
            return None;
        }
        // SAFETY: a value of the type asked for; the integer lies within the union.
        Some(unsafe { (*value).ParameterData.IntegerData })
    }

    /// The address the administrator chose instead of our own.
    pub(crate) fn network_address(&self) -> Option<[u8; 6]> {
        let mut status = 0;
        let mut address = ptr::null_mut();
        let mut length = 0;
        // SAFETY: all are locals; NDIS owns the address until the configuration is closed.
        unsafe {
            NdisReadNetworkAddress(&raw mut status, &raw mut address, &raw mut length, self.0);
        }
        if !Status::from_raw(status).is_success() || address.is_null() || length != 6 {
            return None;
        }
        // SAFETY: `length` bytes, just checked.
        Some(unsafe { address.cast::<[u8; 6]>().read_unaligned() })
    }
}

impl Drop for Configuration {
    fn drop(&mut self) {
        // SAFETY: open, and closed once.
        unsafe { NdisCloseConfiguration(self.0) };
    }
}

/// A keyword's name in UTF-16.
#[derive(Clone, Copy)]
pub(crate) struct Keyword(&'static [u16]);

impl Keyword {
    pub(crate) const fn new(name: &'static [u16]) -> Self {
        Self(name)
    }

    fn counted(self) -> UNICODE_STRING {
        let bytes = u16::try_from(size_of_val(self.0)).unwrap_or(0);
        UNICODE_STRING {
            Length: bytes,
            MaximumLength: bytes,
            Buffer: self.0.as_ptr().cast_mut(),
        }
    }
}

/// `utf16!("*NetworkDirect")`: the letters of an ASCII name as UTF-16.
macro_rules! keyword {
    ($name:literal) => {{
        const LETTERS: &[u8] = $name.as_bytes();
        const WIDE: [u16; LETTERS.len()] = {
            let mut wide = [0; LETTERS.len()];
            let mut at = 0;
            while at < LETTERS.len() {
                // PANIC: evaluated by the compiler.
                wide[at] = LETTERS[at] as u16;
                at += 1;
            }
            wide
        };
        $crate::ndis::dispatch::Keyword::new(&WIDE)
    }};
}
pub(crate) use keyword;
