//! The adapter's keywords, as NDIS keeps them in its registry key.

use core::{ptr, slice};

use super::{Handle, header};
use crate::ndis::frame::InterfaceGuid;
use crate::nt::{Result, Status};
use crate::sys::{
    NDIS_CONFIGURATION_OBJECT, NDIS_CONFIGURATION_OBJECT_REVISION_1, NDIS_CONFIGURATION_PARAMETER,
    NDIS_HANDLE, NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, NDIS_PARAMETER_TYPE,
    NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1, NdisCloseConfiguration, NdisOpenConfigurationEx,
    NdisParameterInteger, NdisParameterString, NdisReadConfiguration, NdisReadNetworkAddress,
    UNICODE_STRING,
};

/// An adapter's configuration, open; dropping it closes (NDIS-LIFE-12). `PASSIVE_LEVEL`.
pub(crate) struct Configuration {
    handle: NDIS_HANDLE,
    /// Of the adapter's interface.
    index: u32,
}

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
        Status::from_raw(status).ok().map(|()| Self {
            handle,
            index: adapter.index(),
        })
    }

    pub(crate) fn interface_index(&self) -> u32 {
        self.index
    }

    /// A whole number, or `None` when the keyword is absent or unreadable.
    pub(crate) fn integer(&self, keyword: Keyword) -> Option<u32> {
        let value = self.read(keyword, NdisParameterInteger)?;
        // SAFETY: a value of the type asked for; the integer lies within the union.
        Some(unsafe { (*value).ParameterData.IntegerData })
    }

    /// NDIS owns the value until the configuration is closed.
    fn read(
        &self,
        keyword: Keyword,
        kind: NDIS_PARAMETER_TYPE,
    ) -> Option<*mut NDIS_CONFIGURATION_PARAMETER> {
        let mut name = counted(keyword.0);
        let mut status = 0;
        let mut value = ptr::null_mut();
        // SAFETY: all are locals.
        unsafe {
            NdisReadConfiguration(
                &raw mut status,
                &raw mut value,
                self.handle,
                &raw mut name,
                kind,
            );
        }
        let read = Status::from_raw(status).is_success() && !value.is_null();
        read.then_some(value)
    }

    /// The interface a text names: `None` when the keyword is absent, empty or unreadable, an error
    /// when it is something else.
    pub(crate) fn interface(&self, keyword: Keyword) -> Option<Result<InterfaceGuid>> {
        let value = self.read(keyword, NdisParameterString)?;
        // SAFETY: a value of the type asked for.
        let text = unsafe { (*value).ParameterData.StringData };
        if text.Buffer.is_null() || text.Length == 0 {
            return None;
        }
        let length = usize::from(text.Length) / size_of::<u16>();
        // SAFETY: a counted string; NDIS owns it until the configuration is closed.
        let letters = unsafe { slice::from_raw_parts(text.Buffer, length) };
        Some(InterfaceGuid::at_end_of(letters).ok_or(Status::INVALID_PARAMETER))
    }

    /// The address the administrator chose instead of our own.
    pub(crate) fn network_address(&self) -> Option<[u8; 6]> {
        let mut status = 0;
        let mut address = ptr::null_mut();
        let mut length = 0;
        // SAFETY: all are locals; NDIS owns the address until the configuration is closed.
        unsafe {
            NdisReadNetworkAddress(
                &raw mut status,
                &raw mut address,
                &raw mut length,
                self.handle,
            );
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
        unsafe { NdisCloseConfiguration(self.handle) };
    }
}

/// A keyword's name in UTF-16.
#[derive(Clone, Copy)]
pub(crate) struct Keyword(&'static [u16]);

impl Keyword {
    pub(crate) const fn new(name: &'static [u16]) -> Self {
        Self(name)
    }
}

/// A string as the kernel passes it.
pub(super) fn counted(letters: &'static [u16]) -> UNICODE_STRING {
    let bytes = u16::try_from(size_of_val(letters)).unwrap_or(0);
    UNICODE_STRING {
        Length: bytes,
        MaximumLength: bytes,
        Buffer: letters.as_ptr().cast_mut(),
    }
}

/// A [`Keyword`] of an ASCII name.
macro_rules! keyword {
    ($name:literal) => {
        $crate::ndis::dispatch::Keyword::new($crate::ndis::dispatch::utf16!($name))
    };
}
pub(crate) use keyword;

/// `utf16!("softrnic")`: the letters of an ASCII name as UTF-16.
macro_rules! utf16 {
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
        const TEXT: &[u16] = &WIDE;
        TEXT
    }};
}
pub(crate) use utf16;
