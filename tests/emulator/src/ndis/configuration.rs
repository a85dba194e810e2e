//! The adapter's configuration: keywords kept in memory, as the registry keeps them.

#![expect(
    non_upper_case_globals,
    reason = "the constants have the names of the Windows headers"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use softrnic::sys::*;

use super::miniport::Miniport;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::PASSIVE_LEVEL;

/// A keyword's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keyword {
    Integer(u32),
    /// As administrators' tools store most of them, numbers included.
    Text(String),
}

impl From<u32> for Keyword {
    fn from(value: u32) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Keyword {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

/// An open configuration: its address is the handle.
struct Open {
    adapter: Option<Arc<Miniport>>,
    keywords: BTreeMap<String, Keyword>,
    /// What was handed out, alive until the close.
    #[expect(
        clippy::vec_box,
        reason = "the driver keeps pointers to them while the vector grows"
    )]
    answers: Vec<Box<NDIS_CONFIGURATION_PARAMETER>>,
    texts: Vec<Vec<u16>>,
    address: [u8; 6],
}

const MAGIC: u64 = 0x4346_4748_414E_444C;

/// What the handle points at.
struct Handle {
    magic: u64,
    open: Open,
}

/// PASSIVE_LEVEL. Each open is closed (NDIS-LIFE-12).
pub(super) unsafe extern "win64" fn NdisOpenConfigurationEx(
    object: *mut NDIS_CONFIGURATION_OBJECT,
    handle: *mut NDIS_HANDLE,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisOpenConfigurationEx", PASSIVE_LEVEL);
    // SAFETY: the driver passes a configuration object.
    let object = unsafe { &*object };
    if object.Header.Type != NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT
        || object.Header.Size < NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1
    {
        violation("NDIS-CONFIG", "a configuration object with a wrong header");
    }
    let ndis = &thread.machine.ndis;
    let is = |address: usize| address == object.NdisHandle as usize;
    let adapter = ndis
        .adapters()
        .iter()
        .find(|adapter| is(Arc::as_ptr(adapter) as usize))
        .cloned();
    // NDK-NDIS-17: a driver's handle opens driver-wide parameters, of which there are none.
    if adapter.is_none()
        && !ndis
            .drivers()
            .iter()
            .any(|driver| is(Arc::as_ptr(driver) as usize))
    {
        violation(
            "NDIS-CONFIG",
            "NdisOpenConfigurationEx with an unknown NDIS handle",
        );
    }
    if crate::sched::fails("NdisOpenConfigurationEx") {
        return NDIS_STATUS_RESOURCES;
    }
    if let Some(adapter) = &adapter {
        adapter.configuration_opened();
    }
    let keywords = adapter
        .as_ref()
        .map(|adapter| adapter.keywords())
        .unwrap_or_default();
    let open = Open {
        adapter,
        keywords,
        answers: Vec::new(),
        texts: Vec::new(),
        address: [0; 6],
    };
    // SAFETY: the driver passes an out parameter.
    unsafe { handle.write(Box::into_raw(Box::new(Handle { magic: MAGIC, open })).cast()) };
    NDIS_STATUS_SUCCESS
}

/// PASSIVE_LEVEL.
pub(super) unsafe extern "win64" fn NdisCloseConfiguration(handle: NDIS_HANDLE) {
    let _ = thread::enter("NdisCloseConfiguration", PASSIVE_LEVEL);
    let _ = opened(handle, "NdisCloseConfiguration");
    // SAFETY: the magic number says that it is an open handle of ours.
    let mut closed = unsafe { Box::from_raw(handle.cast::<Handle>()) };
    closed.magic = 0;
    if let Some(adapter) = &closed.open.adapter {
        adapter.configuration_closed();
    }
}

fn opened<'a>(handle: NDIS_HANDLE, call: &str) -> &'a mut Open {
    let place = handle.cast::<Handle>();
    // SAFETY: drivers pass handles of ours; the number tells closed ones, most of the time.
    if place.is_null() || unsafe { (*place).magic } != MAGIC {
        violation(
            "NDIS-CONFIG",
            &format!("{call} with a handle that is not open"),
        );
    }
    // SAFETY: as above; configuration calls are made by one thread at a time.
    unsafe { &mut (*place).open }
}

/// PASSIVE_LEVEL. The value stays valid until the configuration is closed.
pub(super) unsafe extern "win64" fn NdisReadConfiguration(
    status: *mut NDIS_STATUS,
    value: *mut *mut NDIS_CONFIGURATION_PARAMETER,
    handle: NDIS_HANDLE,
    keyword: *mut UNICODE_STRING,
    kind: NDIS_PARAMETER_TYPE,
) {
    let _ = thread::enter("NdisReadConfiguration", PASSIVE_LEVEL);
    let open = opened(handle, "NdisReadConfiguration");
    // SAFETY: the driver passes a counted string.
    let name = unsafe { text(&*keyword) };
    let found = open.keywords.get(&name.to_ascii_lowercase()).cloned();
    let found = found.filter(|_| !crate::sched::fails("NdisReadConfiguration"));
    let answer = found.and_then(|found| open.answer(&found, kind));
    // SAFETY: the driver passes out parameters.
    unsafe {
        match answer {
            Some(place) => {
                value.write(place);
                status.write(NDIS_STATUS_SUCCESS);
            }
            None => status.write(NDIS_STATUS_FAILURE),
        }
    }
}

/// PASSIVE_LEVEL. Fails unless the keyword `NetworkAddress` is set.
pub(super) unsafe extern "win64" fn NdisReadNetworkAddress(
    status: *mut NDIS_STATUS,
    address: *mut PVOID,
    length: *mut u32,
    handle: NDIS_HANDLE,
) {
    let _ = thread::enter("NdisReadNetworkAddress", PASSIVE_LEVEL);
    let open = opened(handle, "NdisReadNetworkAddress");
    let parsed = match open.keywords.get("networkaddress") {
        Some(Keyword::Text(text)) => parse_address(text),
        _ => None,
    };
    let parsed = parsed.filter(|_| !crate::sched::fails("NdisReadNetworkAddress"));
    // SAFETY: the driver passes out parameters; the bytes live until the close.
    unsafe {
        let Some(bytes) = parsed else {
            return status.write(NDIS_STATUS_FAILURE);
        };
        open.address = bytes;
        address.write((&raw mut open.address).cast());
        length.write(6);
        status.write(NDIS_STATUS_SUCCESS);
    }
}

fn parse_address(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let mut bytes = [0; 6];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// # Safety
/// The string describes readable memory.
pub(super) unsafe fn text(string: &UNICODE_STRING) -> String {
    // SAFETY: the function's contract.
    let units =
        unsafe { std::slice::from_raw_parts(string.Buffer, usize::from(string.Length) / 2) };
    String::from_utf16_lossy(units)
}

impl Open {
    /// The value in the form asked for, converted as NDIS converts it.
    fn answer(
        &mut self,
        found: &Keyword,
        kind: NDIS_PARAMETER_TYPE,
    ) -> Option<*mut NDIS_CONFIGURATION_PARAMETER> {
        let mut parameter = NDIS_CONFIGURATION_PARAMETER {
            ParameterType: kind,
            ..Default::default()
        };
        match kind {
            NdisParameterInteger | NdisParameterHexInteger => {
                let radix = if kind == NdisParameterInteger { 10 } else { 16 };
                parameter.ParameterData.IntegerData = match found {
                    Keyword::Integer(value) => *value,
                    Keyword::Text(text) => u32::from_str_radix(text.trim(), radix).ok()?,
                };
            }
            NdisParameterString => {
                let text = match found {
                    Keyword::Integer(value) => value.to_string(),
                    Keyword::Text(text) => text.clone(),
                };
                let mut units: Vec<u16> = text.encode_utf16().collect();
                let bytes = (units.len() * 2) as u16;
                let buffer = units.as_mut_ptr();
                parameter.ParameterData.StringData = UNICODE_STRING {
                    Length: bytes,
                    MaximumLength: bytes,
                    Buffer: buffer,
                };
                self.texts.push(units);
            }
            _ => return None,
        }
        self.answers.push(Box::new(parameter));
        self.answers.last_mut().map(|answer| &raw mut **answer)
    }
}
