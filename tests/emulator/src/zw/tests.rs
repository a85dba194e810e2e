use std::ptr::null_mut;

use super::{Value, ZwOpenKey, ZwQueryValueKey, ZwSetValueKey};
use crate::ps::ZwClose;
use crate::wdm::{
    HANDLE, OBJECT_ATTRIBUTES, STATUS_BUFFER_OVERFLOW, STATUS_BUFFER_TOO_SMALL,
    STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS, UNICODE_STRING,
};
use crate::{Machine, Options};

const PARTIAL: i32 = 2;

struct Text(
    #[expect(dead_code, reason = "owns what the string points to")] Vec<u16>,
    UNICODE_STRING,
);

fn text(text: &str) -> Text {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let bytes = units.len() as u16 * 2;
    let string = UNICODE_STRING {
        Length: bytes,
        MaximumLength: bytes,
        Buffer: units.as_mut_ptr(),
    };
    Text(units, string)
}

fn open(path: &str) -> Result<HANDLE, i32> {
    let path = text(path);
    let attributes = OBJECT_ATTRIBUTES {
        Length: 48,
        RootDirectory: null_mut(),
        ObjectName: &raw const path.1,
        Attributes: 0x240,
        SecurityDescriptor: null_mut(),
        SecurityQualityOfService: null_mut(),
    };
    let mut handle = null_mut();
    // SAFETY: valid attributes and an out parameter.
    match unsafe { ZwOpenKey(&raw mut handle, 0, &raw const attributes) } {
        STATUS_SUCCESS => Ok(handle),
        status => Err(status),
    }
}

fn query(key: HANDLE, name: &str, length: u32) -> (i32, Vec<u8>, u32) {
    let name = text(name);
    let mut buffer = vec![0u8; length as usize];
    let mut needed = 0;
    // SAFETY: the buffer is as long as it says.
    let status = unsafe {
        let buffer = buffer.as_mut_ptr();
        ZwQueryValueKey(
            key,
            &raw const name.1,
            PARTIAL,
            buffer,
            length,
            &raw mut needed,
        )
    };
    (status, buffer, needed)
}

#[test]
fn a_value_is_found_whatever_the_case_and_its_size_is_told() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    machine
        .registry
        .set(r"\Registry\Machine\Software\Test", "Limit", Value::Dword(7));
    let key = open(r"\REGISTRY\machine\software\TEST").unwrap();
    let (status, bytes, needed) = query(key, "LIMIT", 16);
    assert_eq!((status, needed), (STATUS_SUCCESS, 16));
    assert_eq!(bytes, [0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0]);
    assert_eq!(query(key, "Limit", 14).0, STATUS_BUFFER_OVERFLOW);
    assert_eq!(query(key, "Limit", 4).0, STATUS_BUFFER_TOO_SMALL);
    assert_eq!(query(key, "Other", 16).0, STATUS_OBJECT_NAME_NOT_FOUND);
    // SAFETY: an open key.
    unsafe { ZwClose(key) };
}

#[test]
fn a_value_that_is_set_is_there() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let path = r"\Registry\Machine\Software\Test";
    machine.registry.create(path);
    let key = open(path).unwrap();
    let name = text("Name");
    let data: Vec<u8> = "abc\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    // SAFETY: an open key and `length` bytes.
    unsafe {
        ZwSetValueKey(
            key,
            &raw const name.1,
            0,
            1,
            data.as_ptr(),
            data.len() as u32,
        );
        ZwClose(key);
    }
    assert_eq!(
        machine.registry.get(path, "name"),
        Some(Value::String("abc".into()))
    );
}

#[test]
fn a_key_that_is_not_there_cannot_be_opened() {
    let _attachment = Machine::new(Options::default()).attach();
    assert_eq!(
        open(r"\Registry\Machine\Nothing"),
        Err(STATUS_OBJECT_NAME_NOT_FOUND)
    );
}
