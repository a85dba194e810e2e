//! `Etw…`: event providers; what they write goes to the machine's tracing session, if it has one.

mod decode;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub use decode::{Decoded, Value};

use crate::bridge;
use crate::export::Export;
use crate::sched;
use crate::sync::Mutex;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    BOOLEAN, HIGH_LEVEL, NTSTATUS, PASSIVE_LEVEL, PVOID, STATUS_INVALID_HANDLE, STATUS_NO_MEMORY,
    STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": EtwRegister, EtwUnregister, EtwSetInformation, EtwProviderEnabled,
        EtwEventEnabled, EtwWrite, EtwWriteTransfer, EtwActivityIdControl;
};

#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
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
    /// What the block is, in its lowest byte: `EVENT_DATA_DESCRIPTOR_TYPE_…`.
    pub Reserved: u32,
}

const EVENT_DATA_DESCRIPTOR_TYPE_EVENT_METADATA: u32 = 1;
const EVENT_DATA_DESCRIPTOR_TYPE_PROVIDER_METADATA: u32 = 2;

const EVENT_CONTROL_CODE_DISABLE_PROVIDER: u32 = 0;
const EVENT_CONTROL_CODE_ENABLE_PROVIDER: u32 = 1;

type EnableCallback = unsafe extern "win64" fn(*const [u8; 16], u32, u8, u64, u64, PVOID, PVOID);

/// One event as written.
#[derive(Debug, Clone, Default)]
pub struct Event {
    pub provider: [u8; 16],
    pub descriptor: EVENT_DESCRIPTOR,
    /// What the provider and the event say of themselves, if they do.
    pub provider_metadata: Vec<u8>,
    pub metadata: Vec<u8>,
    /// The other data blocks, one after the other.
    pub data: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Provider {
    handle: u64,
    id: [u8; 16],
    /// 0: none.
    callback: usize,
    context: usize,
}

/// Where events go.
type Sink = Box<dyn Fn(&Event) + Send + Sync>;

/// A tracing session: what it takes of every provider, and where it goes.
struct Session {
    level: u8,
    /// One of these keywords; an event without keywords is always taken.
    any: u64,
    sink: Sink,
}

/// The event providers of one machine, and its tracing session.
#[derive(Default)]
pub struct Providers {
    registered: Mutex<Vec<Provider>>,
    session: Mutex<Option<Arc<Session>>>,
    enabled: AtomicBool,
    /// Held over enable callbacks: unregistering waits for one that runs.
    telling: Mutex<()>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Providers {
    /// Enables every provider for everything; what they write goes to `sink`.
    pub fn capture(&self, sink: impl Fn(&Event) + Send + Sync + 'static) {
        self.enable(u8::MAX, u64::MAX, sink);
    }

    /// Enables every provider, those that register later too, up to `level` and for `keywords`. The calling thread is
    /// attached, for it tells those that are there.
    pub fn enable(&self, level: u8, keywords: u64, sink: impl Fn(&Event) + Send + Sync + 'static) {
        let session = Session {
            level,
            any: keywords,
            sink: Box::new(sink),
        };
        *self.session.lock() = Some(Arc::new(session));
        self.enabled.store(true, Ordering::SeqCst);
        self.tell_all();
    }

    /// Ends the session: providers are disabled.
    pub fn disable(&self) {
        *self.session.lock() = None;
        self.enabled.store(false, Ordering::SeqCst);
        self.tell_all();
    }

    pub(crate) fn registered_in(&self, start: usize, end: usize) -> bool {
        let registered = self.registered.lock();
        let mut callbacks = registered.iter().map(|provider| provider.callback);
        callbacks.any(|callback| (start..end).contains(&callback))
    }

    fn session(&self) -> Option<Arc<Session>> {
        let enabled = self.enabled.load(Ordering::Relaxed);
        enabled.then(|| self.session.lock().clone()).flatten()
    }

    fn takes(&self, level: u8, keyword: u64) -> bool {
        self.session()
            .is_some_and(|session| session.takes(level, keyword))
    }

    fn find(&self, handle: u64) -> Option<Provider> {
        let registered = self.registered.lock();
        registered.iter().find(|p| p.handle == handle).copied()
    }

    fn tell_all(&self) {
        let registered = self.registered.lock().clone();
        for provider in registered {
            self.tell(provider.handle);
        }
    }

    /// Calls the enable callback, unless the provider has gone meanwhile.
    fn tell(&self, handle: u64) {
        let telling = self.telling.lock();
        let Some(provider) = self.find(handle).filter(|p| p.callback != 0) else {
            return;
        };
        let session = self.session();
        let (code, level, any) = match &session {
            Some(session) => (
                EVENT_CONTROL_CODE_ENABLE_PROVIDER,
                session.level,
                session.any,
            ),
            None => (EVENT_CONTROL_CODE_DISABLE_PROVIDER, 0, 0),
        };
        bridge::callback("EnableCallback", || {
            // SAFETY: the driver registered this function for these arguments.
            unsafe {
                let callback: EnableCallback = std::mem::transmute(provider.callback);
                let context = provider.context as PVOID;
                callback(
                    &raw const provider.id,
                    code,
                    level,
                    any,
                    0,
                    std::ptr::null_mut(),
                    context,
                );
            }
        });
        drop(telling);
    }
}

impl Session {
    fn takes(&self, level: u8, keyword: u64) -> bool {
        level <= self.level && (keyword == 0 || keyword & self.any != 0)
    }
}

/// PASSIVE_LEVEL. The enable callback runs inside when a session is there already.
pub unsafe extern "win64" fn EtwRegister(
    provider: *const [u8; 16],
    callback: usize,
    context: PVOID,
    handle: *mut u64,
) -> NTSTATUS {
    let machine = enter("EtwRegister", PASSIVE_LEVEL).machine;
    if sched::fails("EtwRegister") {
        return STATUS_NO_MEMORY;
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the driver passes a GUID and an out parameter.
    unsafe {
        let id = provider.read();
        machine.etw.registered.lock().push(Provider {
            handle: number,
            id,
            callback,
            context: context as usize,
        });
        handle.write(number);
    }
    if machine.etw.session().is_some() {
        machine.etw.tell(number);
    }
    STATUS_SUCCESS
}

/// PASSIVE_LEVEL. No enable callback runs when it has returned.
pub extern "win64" fn EtwUnregister(handle: u64) -> NTSTATUS {
    let machine = enter("EtwUnregister", PASSIVE_LEVEL).machine;
    let _telling = machine.etw.telling.lock();
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
    match machine.etw.find(handle) {
        Some(_) => STATUS_SUCCESS,
        None => STATUS_INVALID_HANDLE,
    }
}

pub extern "win64" fn EtwProviderEnabled(handle: u64, level: u8, keyword: u64) -> BOOLEAN {
    let providers = &enter("EtwProviderEnabled", HIGH_LEVEL).machine.etw;
    (providers.takes(level, keyword) && providers.find(handle).is_some()).into()
}

pub unsafe extern "win64" fn EtwEventEnabled(
    handle: u64,
    descriptor: *const EVENT_DESCRIPTOR,
) -> BOOLEAN {
    let providers = &enter("EtwEventEnabled", HIGH_LEVEL).machine.etw;
    // SAFETY: the driver passes a descriptor.
    let descriptor = unsafe { &*descriptor };
    let takes = providers.takes(descriptor.Level, descriptor.Keyword);
    (takes && providers.find(handle).is_some()).into()
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
    let Some(session) = providers.session() else {
        return STATUS_SUCCESS;
    };
    let Some(provider) = providers.find(handle) else {
        return STATUS_INVALID_HANDLE;
    };
    // SAFETY: the driver passes a descriptor.
    let descriptor = unsafe { descriptor.read() };
    if !session.takes(descriptor.Level, descriptor.Keyword) {
        return STATUS_SUCCESS;
    }
    let mut event = Event {
        provider: provider.id,
        descriptor,
        ..Event::default()
    };
    for index in 0..count as usize {
        // SAFETY: the driver passes `count` blocks, each of which is readable.
        let (kind, bytes) = unsafe { block(&*data.add(index)) };
        match kind {
            EVENT_DATA_DESCRIPTOR_TYPE_PROVIDER_METADATA => &mut event.provider_metadata,
            EVENT_DATA_DESCRIPTOR_TYPE_EVENT_METADATA => &mut event.metadata,
            _ => &mut event.data,
        }
        .extend_from_slice(bytes);
    }
    (session.sink)(&event);
    STATUS_SUCCESS
}

/// What a block is, and its bytes.
///
/// # Safety
/// The block's memory is readable.
unsafe fn block(block: &EVENT_DATA_DESCRIPTOR) -> (u32, &[u8]) {
    let bytes = match block.Size {
        0 => &[],
        // SAFETY: the caller's promise.
        size => unsafe { std::slice::from_raw_parts(block.Ptr as *const u8, size as usize) },
    };
    (block.Reserved & 0xFF, bytes)
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
