//! `Zw…`: the registry of each machine, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sync::Mutex;

use crate::export::Export;
use crate::ps::Object;
use crate::rtl;
use crate::thread::enter;
use crate::wdm::{
    HANDLE, NTSTATUS, OBJECT_ATTRIBUTES, PASSIVE_LEVEL, STATUS_BUFFER_OVERFLOW,
    STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER,
    STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS, UNICODE_STRING,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ZwOpenKey, ZwCreateKey, ZwQueryValueKey, ZwSetValueKey, ZwDeleteValueKey;
};

/// A registry value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Dword(u32),
    Qword(u64),
    String(String),
    /// Type and bytes of anything else.
    Raw(u32, Vec<u8>),
}

impl Value {
    fn kind(&self) -> u32 {
        match self {
            Self::String(_) => 1,
            Self::Dword(_) => 4,
            Self::Qword(_) => 11,
            Self::Raw(kind, _) => *kind,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Dword(value) => value.to_le_bytes().to_vec(),
            Self::Qword(value) => value.to_le_bytes().to_vec(),
            Self::String(text) => text
                .encode_utf16()
                .chain([0])
                .flat_map(u16::to_le_bytes)
                .collect(),
            Self::Raw(_, bytes) => bytes.clone(),
        }
    }

    fn from_bytes(kind: u32, bytes: &[u8]) -> Self {
        match (kind, bytes) {
            (4, &[a, b, c, d]) => Self::Dword(u32::from_le_bytes([a, b, c, d])),
            (1, text) => {
                let units = text
                    .chunks_exact(2)
                    .map(|c| u16::from_le_bytes([c[0], c[1]]));
                let units: Vec<u16> = units.take_while(|&u| u != 0).collect();
                Self::String(String::from_utf16_lossy(&units))
            }
            _ => Self::Raw(kind, bytes.to_vec()),
        }
    }
}

/// The path of an open key, upper case.
#[derive(Clone)]
pub(crate) struct Key(Arc<str>);

/// The registry: key path → value name → (name as written, value).
#[derive(Default)]
pub struct Registry(Mutex<BTreeMap<String, Values>>);

type Values = BTreeMap<String, (String, Value)>;

impl Registry {
    /// Sets a value, making the key if needed. `key` starts with `\Registry\Machine\`.
    pub fn set(&self, key: &str, name: &str, value: Value) {
        let mut keys = self.0.lock();
        let values = keys.entry(key.to_uppercase()).or_default();
        values.insert(name.to_uppercase(), (name.into(), value));
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, key: &str, name: &str) -> Option<Value> {
        let keys = self.0.lock();
        keys.get(&key.to_uppercase())?
            .get(&name.to_uppercase())
            .map(|(_, value)| value.clone())
    }

    /// Makes a key without values.
    pub fn create(&self, key: &str) {
        self.0.lock().entry(key.to_uppercase()).or_default();
    }

    fn exists(&self, key: &str) -> bool {
        let below = format!("{key}\\");
        self.0
            .lock()
            .keys()
            .any(|k| k == key || k.starts_with(&below))
    }
}

/// The path an object attributes structure names.
unsafe fn path(attributes: *const OBJECT_ATTRIBUTES) -> Result<String, NTSTATUS> {
    // SAFETY: the driver passes initialised attributes.
    let (root, name) = unsafe {
        (
            (*attributes).RootDirectory,
            rtl::text((*attributes).ObjectName),
        )
    };
    let name = name.trim_end_matches('\\').to_uppercase();
    if root.is_null() {
        return Ok(name);
    }
    let Key(base) = key(root)?;
    Ok(if name.is_empty() {
        base.to_string()
    } else {
        format!("{base}\\{name}")
    })
}

fn key(handle: HANDLE) -> Result<Key, NTSTATUS> {
    match crate::thread::current().machine.handles.get(handle) {
        Some(Object::Key(key)) => Ok(key),
        Some(_) => Err(crate::wdm::STATUS_OBJECT_TYPE_MISMATCH),
        None => Err(STATUS_INVALID_HANDLE),
    }
}

fn status(result: Result<(), NTSTATUS>) -> NTSTATUS {
    result.err().unwrap_or(STATUS_SUCCESS)
}

pub unsafe extern "win64" fn ZwOpenKey(
    handle: *mut HANDLE,
    _access: u32,
    attributes: *const OBJECT_ATTRIBUTES,
) -> NTSTATUS {
    let machine = enter("ZwOpenKey", PASSIVE_LEVEL).machine;
    // SAFETY: the driver passes an out parameter and initialised attributes.
    status(unsafe { path(attributes) }.and_then(|path| {
        if !machine.registry.exists(&path) {
            return Err(STATUS_OBJECT_NAME_NOT_FOUND);
        }
        // SAFETY: as above.
        unsafe { handle.write(machine.handles.open(Object::Key(Key(path.into())))) };
        Ok(())
    }))
}

pub unsafe extern "win64" fn ZwCreateKey(
    handle: *mut HANDLE,
    access: u32,
    attributes: *const OBJECT_ATTRIBUTES,
    _title: u32,
    _class: *const UNICODE_STRING,
    _options: u32,
    disposition: *mut u32,
) -> NTSTATUS {
    const REG_CREATED_NEW_KEY: u32 = 1;
    const REG_OPENED_EXISTING_KEY: u32 = 2;
    let machine = enter("ZwCreateKey", PASSIVE_LEVEL).machine;
    // SAFETY: the driver passes initialised attributes and an out parameter or null.
    unsafe {
        let path = match path(attributes) {
            Ok(path) => path,
            Err(status) => return status,
        };
        let existed = machine.registry.exists(&path);
        machine.registry.create(&path);
        if !disposition.is_null() {
            let what = if existed {
                REG_OPENED_EXISTING_KEY
            } else {
                REG_CREATED_NEW_KEY
            };
            disposition.write(what);
        }
        ZwOpenKey(handle, access, attributes)
    }
}

pub unsafe extern "win64" fn ZwQueryValueKey(
    handle: HANDLE,
    name: *const UNICODE_STRING,
    class: i32,
    buffer: *mut u8,
    length: u32,
    needed: *mut u32,
) -> NTSTATUS {
    let machine = enter("ZwQueryValueKey", PASSIVE_LEVEL).machine;
    let Key(path) = match key(handle) {
        Ok(key) => key,
        Err(status) => return status,
    };
    // SAFETY: the driver passes a valid string.
    let wanted = unsafe { rtl::text(name) }.to_uppercase();
    let found = {
        let keys = machine.registry.0.lock();
        keys.get(&*path)
            .and_then(|values| values.get(&wanted))
            .cloned()
    };
    let Some((name, value)) = found else {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    };
    let Some((information, header)) = information(class, &name, &value) else {
        return STATUS_INVALID_PARAMETER;
    };
    let copied = information.len().min(length as usize);
    // SAFETY: the driver passes `length` bytes and an out parameter.
    unsafe {
        needed.write(information.len() as u32);
        if copied < header {
            return STATUS_BUFFER_TOO_SMALL;
        }
        std::ptr::copy_nonoverlapping(information.as_ptr(), buffer, copied);
    }
    if copied < information.len() {
        STATUS_BUFFER_OVERFLOW
    } else {
        STATUS_SUCCESS
    }
}

/// The bytes of a `KEY_VALUE_…_INFORMATION`, and how many of them are its fixed part.
fn information(class: i32, name: &str, value: &Value) -> Option<(Vec<u8>, usize)> {
    const BASIC: i32 = 0;
    const FULL: i32 = 1;
    const PARTIAL: i32 = 2;
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let data = value.bytes();
    let word = |value: usize| (value as u32).to_le_bytes();
    let mut out = [word(0), value.kind().to_le_bytes()].concat();
    let header = match class {
        BASIC => {
            out.extend(word(name.len()));
            out.extend(name);
            12
        }
        FULL => {
            let offset = (20 + name.len()).next_multiple_of(8);
            out.extend([word(offset), word(data.len()), word(name.len())].concat());
            out.extend(name);
            out.resize(offset, 0);
            out.extend(data);
            20
        }
        PARTIAL => {
            out.extend(word(data.len()));
            out.extend(data);
            12
        }
        _ => return None,
    };
    Some((out, header))
}

pub unsafe extern "win64" fn ZwSetValueKey(
    handle: HANDLE,
    name: *const UNICODE_STRING,
    _title: u32,
    kind: u32,
    data: *const u8,
    length: u32,
) -> NTSTATUS {
    let machine = enter("ZwSetValueKey", PASSIVE_LEVEL).machine;
    status(key(handle).map(|Key(path)| {
        // SAFETY: the driver passes a valid string and `length` bytes.
        let (name, bytes) = unsafe {
            let bytes = match length {
                0 => &[],
                length => std::slice::from_raw_parts(data, length as usize),
            };
            (rtl::text(name), bytes)
        };
        machine
            .registry
            .set(&path, &name, Value::from_bytes(kind, bytes));
    }))
}

pub unsafe extern "win64" fn ZwDeleteValueKey(
    handle: HANDLE,
    name: *const UNICODE_STRING,
) -> NTSTATUS {
    let machine = enter("ZwDeleteValueKey", PASSIVE_LEVEL).machine;
    status(key(handle).and_then(|Key(path)| {
        // SAFETY: the driver passes a valid string.
        let name = unsafe { rtl::text(name) }.to_uppercase();
        let mut keys = machine.registry.0.lock();
        let removed = keys.get_mut(&*path).and_then(|values| values.remove(&name));
        removed.map(|_| ()).ok_or(STATUS_OBJECT_NAME_NOT_FOUND)
    }))
}

#[cfg(test)]
mod tests;
