//! `Etw…`: event providers; what they write goes to the machine's sink, if it has one.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::Mutex;

use crate::export::Export;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    BOOLEAN, HIGH_LEVEL, NTSTATUS, PASSIVE_LEVEL, PVOID, STATUS_INVALID_HANDLE, STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": EtwRegister, EtwUnregister, EtwSetInformation, EtwProviderEnabled,
        EtwEventEnabled, EtwWrite, EtwWriteTransfer, EtwActivityIdControl;
};

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct EVENT_DESCRIPTOR {
    pub Id: u16,
    pub Version: u8,
    pub Channel: u8,
    pub Level: u8,
    pub Opcode: u8,
    pub Task: u16,
    pub Keyword: u64,
}

#[repr(C)]
pub struct EVENT_DATA_DESCRIPTOR {
    pub Ptr: u64,
    pub Size: u32,
    pub Reserved: u32,
}

/// One event as written.
#[derive(Debug, Clone)]
pub struct Event {
    pub provider: [u8; 16],
    pub descriptor: EVENT_DESCRIPTOR,
    /// The data blocks, one after the other.
    pub data: Vec<u8>,
}

struct Provider {
    handle: u64,
    id: [u8; 16],
    callback: usize,
}

type Sink = Box<dyn Fn(&Event) + Send + Sync>;

/// The event providers of one machine.
#[derive(Default)]
pub struct Providers {
    registered: Mutex<Vec<Provider>>,
    sink: Mutex<Option<Sink>>,
    enabled: std::sync::atomic::AtomicBool,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Providers {
    /// Enables every provider and sends what they write to `sink`.
    pub fn capture(&self, sink: impl Fn(&Event) + Send + Sync + 'static) {
        *self.sink.lock() = Some(Box::new(sink));
        self.enabled.store(true, Ordering::SeqCst);
    }

    pub(crate) fn registered_in(&self, start: usize, end: usize) -> bool {
        self.registered
            .lock()
            .iter()
            .any(|p| (start..end).contains(&p.callback))
    }

    fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }
}

/// Every provider is enabled for everything when a sink is there, so none is told of changes.
pub unsafe extern "win64" fn EtwRegister(
    provider: *const [u8; 16],
    callback: usize,
    _context: PVOID,
    handle: *mut u64,
) -> NTSTATUS {
    let machine = enter("EtwRegister", PASSIVE_LEVEL).machine;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the driver passes a GUID and an out parameter.
    unsafe {
        let id = provider.read();
        machine.etw.registered.lock().push(Provider {
            handle: number,
            id,
            callback,
        });
        handle.write(number);
    }
    STATUS_SUCCESS
}

pub extern "win64" fn EtwUnregister(handle: u64) -> NTSTATUS {
    let machine = enter("EtwUnregister", PASSIVE_LEVEL).machine;
    let mut registered = machine.etw.registered.lock();
    match registered.iter().position(|p| p.handle == handle) {
        Some(at) => {
            registered.remove(at);
            STATUS_SUCCESS
        }
        None => {
            drop(registered);
            violation(
                "VERIF-ETW-HANDLE",
                "EtwUnregister on a handle that is not registered",
            )
        }
    }
}

pub extern "win64" fn EtwSetInformation(
    handle: u64,
    _class: i32,
    _information: PVOID,
    _length: u32,
) -> NTSTATUS {
    let machine = enter("EtwSetInformation", PASSIVE_LEVEL).machine;
    match machine
        .etw
        .registered
        .lock()
        .iter()
        .any(|p| p.handle == handle)
    {
        true => STATUS_SUCCESS,
        false => STATUS_INVALID_HANDLE,
    }
}

pub extern "win64" fn EtwProviderEnabled(_handle: u64, _level: u8, _keyword: u64) -> BOOLEAN {
    enter("EtwProviderEnabled", HIGH_LEVEL)
        .machine
        .etw
        .is_enabled()
        .into()
}

pub extern "win64" fn EtwEventEnabled(
    _handle: u64,
    _descriptor: *const EVENT_DESCRIPTOR,
) -> BOOLEAN {
    enter("EtwEventEnabled", HIGH_LEVEL)
        .machine
        .etw
        .is_enabled()
        .into()
}

pub unsafe extern "win64" fn EtwWrite(
    handle: u64,
    descriptor: *const EVENT_DESCRIPTOR,
    _activity: *const [u8; 16],
    count: u32,
    data: *const EVENT_DATA_DESCRIPTOR,
) -> NTSTATUS {
    // SAFETY: as documented.
    unsafe { write("EtwWrite", handle, descriptor, count, data) }
}

pub unsafe extern "win64" fn EtwWriteTransfer(
    handle: u64,
    descriptor: *const EVENT_DESCRIPTOR,
    _activity: *const [u8; 16],
    _related: *const [u8; 16],
    count: u32,
    data: *const EVENT_DATA_DESCRIPTOR,
) -> NTSTATUS {
    // SAFETY: as documented.
    unsafe { write("EtwWriteTransfer", handle, descriptor, count, data) }
}

unsafe fn write(
    function: &'static str,
    handle: u64,
    descriptor: *const EVENT_DESCRIPTOR,
    count: u32,
    data: *const EVENT_DATA_DESCRIPTOR,
) -> NTSTATUS {
    let providers = &enter(function, HIGH_LEVEL).machine.etw;
    if !providers.is_enabled() {
        return STATUS_SUCCESS;
    }
    let id = providers
        .registered
        .lock()
        .iter()
        .find(|p| p.handle == handle)
        .map(|p| p.id);
    let Some(provider) = id else {
        return STATUS_INVALID_HANDLE;
    };
    let mut bytes = Vec::new();
    // SAFETY: the driver passes `count` blocks, each of which is readable.
    let descriptor = unsafe {
        for index in 0..count as usize {
            let block = &*data.add(index);
            if block.Size != 0 {
                let block = std::slice::from_raw_parts(block.Ptr as *const u8, block.Size as usize);
                bytes.extend_from_slice(block);
            }
        }
        descriptor.read()
    };
    if let Some(sink) = providers.sink.lock().as_ref() {
        sink(&Event {
            provider,
            descriptor,
            data: bytes,
        });
    }
    STATUS_SUCCESS
}

pub unsafe extern "win64" fn EtwActivityIdControl(code: u32, id: *mut [u8; 16]) -> NTSTATUS {
    let _ = enter("EtwActivityIdControl", HIGH_LEVEL);
    const CREATE_ID: u32 = 3;
    if code == CREATE_ID {
        let number = u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
        // SAFETY: the driver passes an out parameter.
        unsafe { id.write(number.to_le_bytes()) };
    }
    STATUS_SUCCESS
}

#[cfg(test)]
mod tests;
