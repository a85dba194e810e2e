//! `Ps…` and `Ob…`: system threads, handles, references.

use std::ffi::c_void;
use std::sync::atomic::Ordering;

use crate::sync::Mutex;

use crate::bridge;
use crate::bridge::exit::{self, KSTART_ROUTINE};
use crate::export::Export;
use crate::sched;
use crate::thread::{Attachment, Thread, current, enter};
use crate::verifier::{locks, stack, violation};
use crate::wdm::{
    DISPATCH_LEVEL, HANDLE, NTSTATUS, PASSIVE_LEVEL, PVOID, STATUS_INSUFFICIENT_RESOURCES,
    STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER, STATUS_SUCCESS,
};
use crate::zw::Key;

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": PsCreateSystemThread, PsTerminateSystemThread, PsGetCurrentThread,
        KeGetCurrentThread, PsGetCurrentThreadId, PsGetCurrentProcessId, IoGetCurrentProcess,
        PsGetCurrentProcess, ObReferenceObjectByHandle, ObfReferenceObject, ObfDereferenceObject,
        ZwClose;
};

/// Exported variables.
pub const DATA: &[Export] = &[Export {
    module: "ntoskrnl.exe",
    name: "PsThreadType",
    address: crate::export::Address((&raw const PsThreadType).cast()),
}];

/// What a handle stands for.
#[derive(Clone)]
pub(crate) enum Object {
    Thread(&'static Thread),
    Key(Key),
}

/// Where in an image the call was made that the kernel is in; 0: in none.
fn caller() -> usize {
    stack::unwound().first().copied().unwrap_or_default()
}

/// The handles of one machine, with where they were opened.
#[derive(Default)]
pub struct Handles(Mutex<Vec<Option<(Object, usize)>>>);

impl Handles {
    pub(crate) fn open(&self, object: Object) -> HANDLE {
        let caller = caller();
        let mut handles = self.0.lock();
        let free = handles.iter().position(Option::is_none);
        let at = free.unwrap_or_else(|| {
            handles.push(None);
            handles.len() - 1
        });
        handles[at] = Some((object, caller));
        // Kernel handles are negative numbers; each is a multiple of 4.
        (0xFFFF_FFFF_8000_0000 | (at + 1) << 2) as HANDLE
    }

    fn index(handle: HANDLE) -> Option<usize> {
        ((handle as usize & 0x7FFF_FFFF) >> 2).checked_sub(1)
    }

    pub(crate) fn get(&self, handle: HANDLE) -> Option<Object> {
        let handles = self.0.lock();
        let (object, _) = handles.get(Self::index(handle)?)?.as_ref()?;
        Some(object.clone())
    }

    pub(crate) fn close(&self, handle: HANDLE) -> bool {
        let mut handles = self.0.lock();
        let slot = Self::index(handle).and_then(|at| handles.get_mut(at));
        slot.and_then(Option::take).is_some()
    }

    /// Where between `start` and `end` a handle was opened that is open.
    pub(crate) fn left_by(&self, start: usize, end: usize) -> Option<usize> {
        let handles = self.0.lock();
        let mut callers = handles.iter().flatten().map(|(_, caller)| *caller);
        callers.find(|caller| (start..end).contains(caller))
    }

    /// Handles still open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.lock().iter().flatten().count()
    }
}

/// The references to objects that drivers of one machine have: the objects, and where they were referenced.
#[derive(Default)]
pub(crate) struct References(Mutex<Vec<(usize, usize)>>);

impl References {
    fn add(&self, object: usize) {
        self.0.lock().push((object, caller()));
    }

    fn remove(&self, object: usize) {
        let mut references = self.0.lock();
        if let Some(at) = references.iter().rposition(|(other, _)| *other == object) {
            references.remove(at);
        }
    }

    /// Where between `start` and `end` an object was referenced that still is.
    pub(crate) fn left_by(&self, start: usize, end: usize) -> Option<usize> {
        let references = self.0.lock();
        let mut callers = references.iter().map(|(_, caller)| *caller);
        callers.find(|caller| (start..end).contains(caller))
    }
}

/// The system threads of one machine that have not ended, by start routine.
#[derive(Default)]
pub struct Threads(Mutex<Vec<(usize, &'static Thread)>>);

impl Threads {
    pub(crate) fn running_in(&self, start: usize, end: usize) -> Option<u64> {
        let threads = self.0.lock();
        threads
            .iter()
            .find(|(routine, _)| (start..end).contains(routine))
            .map(|(_, thread)| thread.id)
    }

    /// Whether one of them does something, or will without being woken.
    pub(crate) fn awake_in(&self, start: usize, end: usize) -> bool {
        let threads = self.0.lock();
        threads.iter().any(|(routine, thread)| {
            (start..end).contains(routine) && !thread.rests.load(Ordering::Relaxed)
        })
    }
}

/// The type object of threads: drivers pass its address, only its identity matters.
pub static PsThreadType: ObjectType = ObjectType(c"Thread".as_ptr().cast());

/// A pointer to an object type.
#[repr(transparent)]
pub struct ObjectType(*const u8);
// SAFETY: an address that is only compared.
unsafe impl Sync for ObjectType {}

pub unsafe extern "win64" fn PsCreateSystemThread(
    handle: *mut HANDLE,
    _access: u32,
    _attributes: PVOID,
    _process: HANDLE,
    client: *mut [usize; 2],
    routine: KSTART_ROUTINE,
    context: PVOID,
) -> NTSTATUS {
    let machine = enter("PsCreateSystemThread", PASSIVE_LEVEL).machine;
    if sched::fails("PsCreateSystemThread") {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    let thread = Thread::new(machine);
    let (start, context) = (routine as usize, context as usize);
    machine.threads.0.lock().push((start, thread));
    thread.references.fetch_add(1, Ordering::Relaxed);
    machine.spawn("system", move || run(thread, routine, context));
    // SAFETY: the driver passes out parameters; the client id is optional.
    unsafe {
        handle.write(machine.handles.open(Object::Thread(thread)));
        if !client.is_null() {
            client.write([4, thread.id as usize]);
        }
    }
    STATUS_SUCCESS
}

fn run(thread: &'static Thread, routine: KSTART_ROUTINE, context: usize) {
    let attachment = Attachment::new(thread);
    bridge::measured(thread, "SystemThread", true, || {
        // SAFETY: the driver's routine with its context; the frame is this thread's own.
        unsafe { exit::enter(routine, context as PVOID, thread.exit.as_ptr()) }
    });
    if thread.irql() != PASSIVE_LEVEL {
        violation(
            "VERIF-CALLBACK-IRQL",
            "a system thread ended at a raised IRQL",
        );
    }
    locks::ended(thread);
    drop(attachment);
    let mut threads = thread.machine.threads.0.lock();
    threads.retain(|(_, other)| other.id != thread.id);
    drop(threads);
    thread.header.SignalState.store(1, Ordering::SeqCst);
    sched::unpark_all(thread.address());
}

/// Ends the calling system thread; nothing of the image is on its stack afterwards.
pub unsafe extern "win64" fn PsTerminateSystemThread(_status: NTSTATUS) -> NTSTATUS {
    let thread = enter("PsTerminateSystemThread", PASSIVE_LEVEL);
    match thread.exit.get() {
        0 => STATUS_INVALID_PARAMETER,
        // SAFETY: the frame of this thread's start routine, below this one.
        frame => unsafe { exit::leave(frame) },
    }
}

pub extern "win64" fn PsGetCurrentThread() -> *const Thread {
    current()
}

pub extern "win64" fn KeGetCurrentThread() -> *const Thread {
    current()
}

pub extern "win64" fn PsGetCurrentThreadId() -> HANDLE {
    let _ = enter("PsGetCurrentThreadId", DISPATCH_LEVEL);
    (current().id * 4) as HANDLE
}

/// Everything runs in the system process, whose id is 4.
pub extern "win64" fn PsGetCurrentProcessId() -> HANDLE {
    4 as HANDLE
}

pub extern "win64" fn PsGetCurrentProcess() -> *const c_void {
    std::ptr::from_ref(current().machine).cast()
}

pub extern "win64" fn IoGetCurrentProcess() -> *const c_void {
    let _ = enter("IoGetCurrentProcess", DISPATCH_LEVEL);
    PsGetCurrentProcess()
}

pub unsafe extern "win64" fn ObReferenceObjectByHandle(
    handle: HANDLE,
    _access: u32,
    _object_type: PVOID,
    _mode: i8,
    object: *mut PVOID,
    _information: PVOID,
) -> NTSTATUS {
    let machine = enter("ObReferenceObjectByHandle", PASSIVE_LEVEL).machine;
    match machine.handles.get(handle) {
        Some(Object::Thread(thread)) => {
            thread.references.fetch_add(1, Ordering::Relaxed);
            machine.references.add(thread.address());
            // SAFETY: the driver passes an out parameter.
            unsafe { object.write(thread.address() as PVOID) };
            STATUS_SUCCESS
        }
        Some(Object::Key(_)) => crate::wdm::STATUS_OBJECT_TYPE_MISMATCH,
        None => STATUS_INVALID_HANDLE,
    }
}

pub unsafe extern "win64" fn ObfReferenceObject(object: *const Thread) -> isize {
    let machine = enter("ObfReferenceObject", DISPATCH_LEVEL).machine;
    machine.references.add(object as usize);
    // SAFETY: threads, the only objects handed out, live as long as the process.
    unsafe { (*object).references.fetch_add(1, Ordering::Relaxed) as isize + 1 }
}

pub unsafe extern "win64" fn ObfDereferenceObject(object: *const Thread) -> isize {
    let machine = enter("ObfDereferenceObject", DISPATCH_LEVEL).machine;
    machine.references.remove(object as usize);
    // SAFETY: as above.
    let before = unsafe { (*object).references.fetch_sub(1, Ordering::AcqRel) };
    if before <= 1 {
        violation(
            "VERIF-OB-REFERENCE",
            "an object is dereferenced more often than referenced",
        );
    }
    before as isize - 1
}

pub unsafe extern "win64" fn ZwClose(handle: HANDLE) -> NTSTATUS {
    let machine = enter("ZwClose", PASSIVE_LEVEL).machine;
    if !machine.handles.close(handle) {
        violation(
            "VERIF-HANDLE",
            &format!("ZwClose on {handle:?}, which is not open"),
        );
    }
    STATUS_SUCCESS
}

#[cfg(test)]
mod tests;
