//! `IoCreateDevice`, `IoDeleteDevice` and symbolic links: names in one namespace for each machine. No
//! request comes to such a device: nobody opens it.

use std::collections::BTreeMap;
use std::mem::size_of;

use crate::sync::Mutex;

use crate::export::Export;
use crate::pool::Request;
use crate::rtl;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    APC_LEVEL, DEVICE_OBJECT, DRIVER_OBJECT, NTSTATUS, PASSIVE_LEVEL, PVOID,
    STATUS_INSUFFICIENT_RESOURCES, STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_NAME_NOT_FOUND,
    STATUS_SUCCESS, UNICODE_STRING,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoCreateDevice, IoDeleteDevice, IoCreateSymbolicLink, IoDeleteSymbolicLink;
};

const TAG: u32 = u32::from_le_bytes(*b"Devi");
const DEVICE_TYPE: i16 = 3;
const DO_DEVICE_INITIALIZING: u32 = 0x80;

/// Names of devices and symbolic links, in upper case, and the device's address (0: a link).
#[derive(Default)]
pub struct Names(Mutex<BTreeMap<String, usize>>);

impl Names {
    /// `false` when the name is taken.
    fn add(&self, name: &str, device: usize) -> bool {
        let mut names = self.0.lock();
        let name = name.to_uppercase();
        if names.contains_key(&name) {
            return false;
        }
        names.insert(name, device);
        true
    }

    fn remove_device(&self, device: usize) {
        self.0.lock().retain(|_, found| *found != device);
    }

    /// `false` when there is no such link.
    fn remove_link(&self, name: &str) -> bool {
        self.0.lock().remove(&name.to_uppercase()) == Some(0)
    }
}

/// The driver object that keeps `object` there: its own, or that of its device; 0 for no object.
///
/// # Safety
/// `object` is null, a driver object or a device object.
pub(super) unsafe fn driver_of(object: PVOID) -> usize {
    if object.is_null() {
        return 0;
    }
    // SAFETY: both kinds begin with their type.
    unsafe {
        match object.cast::<i16>().read() {
            DEVICE_TYPE => (*object.cast::<DEVICE_OBJECT>()).DriverObject as usize,
            _ => object as usize,
        }
    }
}

/// The devices of a driver whose DriverEntry has returned are ready.
///
/// # Safety
/// The driver's object, whose list of devices nobody changes meanwhile.
pub(super) unsafe fn initialized(driver: *mut DRIVER_OBJECT) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut device = (*driver).DeviceObject;
        while !device.is_null() {
            (*device).Flags &= !DO_DEVICE_INITIALIZING;
            device = (*device).NextDevice;
        }
    }
}

/// PASSIVE_LEVEL. The name may be null.
pub unsafe extern "win64" fn IoCreateDevice(
    driver: *mut DRIVER_OBJECT,
    extension: u32,
    name: *const UNICODE_STRING,
    kind: u32,
    characteristics: u32,
    _exclusive: u8,
    out: *mut *mut DEVICE_OBJECT,
) -> NTSTATUS {
    let thread = enter("IoCreateDevice", PASSIVE_LEVEL);
    let size = size_of::<DEVICE_OBJECT>() + extension as usize;
    // SAFETY: the driver passes its object, a name or null, and an out parameter.
    unsafe {
        let request = Request {
            size,
            tag: TAG,
            caller: (*driver).DriverStart as usize,
            zeroed: true,
        };
        let device = thread
            .machine
            .pool
            .allocate(request)
            .cast::<DEVICE_OBJECT>();
        if device.is_null() {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if !name.is_null() && !thread.machine.names.add(&rtl::text(name), device as usize) {
            thread.machine.pool.free(device as usize, TAG, 0);
            return STATUS_OBJECT_NAME_COLLISION;
        }
        (*device).Type = DEVICE_TYPE;
        (*device).Size = size as u16;
        (*device).DriverObject = driver;
        (*device).NextDevice = (*driver).DeviceObject;
        (*device).Flags = DO_DEVICE_INITIALIZING;
        (*device).Characteristics = characteristics;
        (*device).DeviceType = kind;
        (*device).StackSize = 1;
        if extension != 0 {
            (*device).DeviceExtension = device.add(1).cast();
        }
        (*driver).DeviceObject = device;
        out.write(device);
    }
    STATUS_SUCCESS
}

/// At most APC_LEVEL.
pub unsafe extern "win64" fn IoDeleteDevice(device: *mut DEVICE_OBJECT) {
    let thread = enter("IoDeleteDevice", APC_LEVEL);
    // SAFETY: the driver passes its device, which is in its driver's list.
    unsafe {
        let mut place = &raw mut (*(*device).DriverObject).DeviceObject;
        while !(*place).is_null() && *place != device {
            place = &raw mut (**place).NextDevice;
        }
        if (*place).is_null() {
            violation("IO-DEVICE", "IoDeleteDevice of a device that is not there");
        }
        *place = (*device).NextDevice;
    }
    thread.machine.names.remove_device(device as usize);
    thread.machine.pool.free(device as usize, TAG, 0);
}

/// PASSIVE_LEVEL.
pub unsafe extern "win64" fn IoCreateSymbolicLink(
    name: *const UNICODE_STRING,
    _target: *const UNICODE_STRING,
) -> NTSTATUS {
    let thread = enter("IoCreateSymbolicLink", PASSIVE_LEVEL);
    // SAFETY: the driver passes a name.
    let name = unsafe { rtl::text(name) };
    match thread.machine.names.add(&name, 0) {
        true => STATUS_SUCCESS,
        false => STATUS_OBJECT_NAME_COLLISION,
    }
}

/// PASSIVE_LEVEL.
pub unsafe extern "win64" fn IoDeleteSymbolicLink(name: *const UNICODE_STRING) -> NTSTATUS {
    let thread = enter("IoDeleteSymbolicLink", PASSIVE_LEVEL);
    // SAFETY: the driver passes a name.
    let name = unsafe { rtl::text(name) };
    match thread.machine.names.remove_link(&name) {
        true => STATUS_SUCCESS,
        false => STATUS_OBJECT_NAME_NOT_FOUND,
    }
}
