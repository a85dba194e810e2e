//! The driver's service key.

use core::{mem::size_of, ptr::null_mut};

use wdk_sys::{
    HANDLE, NTSTATUS, OBJECT_ATTRIBUTES, PCUNICODE_STRING, PUNICODE_STRING, PVOID, UNICODE_STRING,
    ntddk::ZwClose,
};

use crate::sys::STATUS_INVALID_PARAMETER;

#[link(name = "ntoskrnl.exe", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "system" {
    fn ZwOpenKey(key: *mut HANDLE, access: u32, attributes: *const OBJECT_ATTRIBUTES) -> NTSTATUS;
    fn ZwQueryValueKey(
        key: HANDLE,
        name: PCUNICODE_STRING,
        class: i32,
        information: PVOID,
        length: u32,
        needed: *mut u32,
    ) -> NTSTATUS;
    fn ZwSetValueKey(
        key: HANDLE,
        name: PCUNICODE_STRING,
        index: u32,
        kind: u32,
        data: PVOID,
        length: u32,
    ) -> NTSTATUS;
}

const REG_BINARY: u32 = 3;
const REG_DWORD: u32 = 4;
/// Letters of a value's name at most.
const NAME: usize = 16;

/// An open key.
pub(crate) struct Key(HANDLE);

impl Key {
    /// # Safety
    /// A path that the kernel gave.
    pub(crate) unsafe fn open(path: PCUNICODE_STRING) -> Result<Self, NTSTATUS> {
        const KEY_ALL_ACCESS: u32 = 0xF_003F;
        const CASE_INSENSITIVE_KERNEL_HANDLE: u32 = 0x240;
        let attributes = OBJECT_ATTRIBUTES {
            Length: size_of::<OBJECT_ATTRIBUTES>() as u32,
            RootDirectory: null_mut(),
            ObjectName: path.cast_mut() as PUNICODE_STRING,
            Attributes: CASE_INSENSITIVE_KERNEL_HANDLE,
            SecurityDescriptor: null_mut(),
            SecurityQualityOfService: null_mut(),
        };
        let mut key = null_mut();
        // SAFETY: the path is the kernel's (caller); the rest are locals.
        succeed(unsafe { ZwOpenKey(&raw mut key, KEY_ALL_ACCESS, &raw const attributes) })?;
        Ok(Self(key))
    }

    /// The DWORD of that name.
    pub(crate) fn number(&self, name: &str) -> Result<u32, NTSTATUS> {
        let mut information = [0_u32; 4];
        match self.value(name, &mut information)? {
            [_, REG_DWORD, 4, value] => Ok(*value),
            _ => Err(STATUS_INVALID_PARAMETER),
        }
    }

    /// The address of that name, as bytes.
    pub(crate) fn address(&self, name: &str) -> Result<usize, NTSTATUS> {
        let mut information = [0_u32; 5];
        match self.value(name, &mut information)? {
            [_, REG_BINARY, 8, low, high] => Ok((u64::from(*high) << 32 | u64::from(*low)) as usize),
            _ => Err(STATUS_INVALID_PARAMETER),
        }
    }

    /// TitleIndex, Type, DataLength, the data.
    fn value<'a, const N: usize>(&self, name: &str, information: &'a mut [u32; N]) -> Result<&'a [u32; N], NTSTATUS> {
        const PARTIAL: i32 = 2;
        let mut needed = 0;
        let status = with_name(name, |name| {
            let (at, length) = (information.as_mut_ptr().cast(), size_of_val(information));
            // SAFETY: the buffer is as long as said; the rest are locals.
            unsafe { ZwQueryValueKey(self.0, name, PARTIAL, at, length as u32, &raw mut needed) }
        });
        succeed(status).map(|()| &*information)
    }

    /// Tells a number.
    pub(crate) fn tell(&self, name: &str, mut value: u32) -> Result<(), NTSTATUS> {
        let at = (&raw mut value).cast();
        // SAFETY: the value is a local of that many bytes.
        unsafe { self.set(name, REG_DWORD, at, size_of::<u32>()) }
    }

    /// Tells bytes.
    pub(crate) fn tell_bytes(&self, name: &str, bytes: &mut [u8]) -> Result<(), NTSTATUS> {
        // SAFETY: a slice is readable for its length.
        unsafe { self.set(name, REG_BINARY, bytes.as_mut_ptr().cast(), bytes.len()) }
    }

    /// # Safety
    /// `length` readable bytes at `at`.
    unsafe fn set(&self, name: &str, kind: u32, at: PVOID, length: usize) -> Result<(), NTSTATUS> {
        succeed(with_name(name, |name| {
            // SAFETY: the caller's promise, and a local name.
            unsafe { ZwSetValueKey(self.0, name, 0, kind, at, length as u32) }
        }))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: open, and closed once.
        let _ = unsafe { ZwClose(self.0) };
    }
}

/// The kernel's form of a name of ASCII letters.
fn with_name(name: &str, call: impl FnOnce(PCUNICODE_STRING) -> NTSTATUS) -> NTSTATUS {
    let mut units = [0_u16; NAME];
    let letters = name.bytes().take(NAME).enumerate();
    letters.for_each(|(at, letter)| units[at] = letter.into());
    let bytes = 2 * name.len().min(NAME) as u16;
    let name = UNICODE_STRING {
        Length: bytes,
        MaximumLength: bytes,
        Buffer: units.as_mut_ptr(),
    };
    call(&raw const name)
}

/// A status as a result.
pub(crate) fn succeed(status: NTSTATUS) -> Result<(), NTSTATUS> {
    if status < 0 { Err(status) } else { Ok(()) }
}
