//! IRPs of the client's own, and requests made with them.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::abi::*;
use super::client::connection;
use crate::io::irp::{IoAllocateIrp, IoFreeIrp, IoReuseIrp};
use crate::wdm::{DEVICE_OBJECT, IO_STACK_LOCATION, STATUS_MORE_PROCESSING_REQUIRED};

const ALWAYS: u8 = 0xE0;

/// An IRP of the client's own, reusable.
pub(super) struct OwnIrp {
    irp: *mut IRP,
    done: Arc<Done>,
}

#[derive(Default)]
struct Done {
    result: Mutex<Option<(i32, usize)>>,
    changed: Condvar,
}

unsafe extern "win64" fn completed(
    _: *mut DEVICE_OBJECT,
    irp: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the context is the `Done` that `OwnIrp` keeps alive until it saw the result.
    unsafe {
        let done = &*context.cast::<Done>();
        *done.result.lock().expect("no panic") =
            Some(((*irp).IoStatus.Status, (*irp).IoStatus.Information));
        done.changed.notify_all();
    }
    STATUS_MORE_PROCESSING_REQUIRED
}

// SAFETY: a request has the IRP from its start until `wait` saw its end; the rest is shared by a lock.
unsafe impl Send for OwnIrp {}
// SAFETY: as above.
unsafe impl Sync for OwnIrp {}

impl OwnIrp {
    pub(super) fn new() -> Self {
        // SAFETY: attached thread, PASSIVE_LEVEL.
        let irp = unsafe { IoAllocateIrp(1, 0) };
        Self {
            irp,
            done: Arc::default(),
        }
    }

    /// `IoReuseIrp` and `IoSetCompletionRoutine`.
    pub(super) fn prepare(&self) -> PIRP {
        *self.done.result.lock().expect("no panic") = None;
        // SAFETY: the IRP is the client's and not in use.
        unsafe {
            IoReuseIrp(self.irp, 0);
            let next: *mut IO_STACK_LOCATION = (*self.irp).CurrentStackLocation.sub(1);
            (*next).CompletionRoutine = Some(completed);
            (*next).Context = Arc::as_ptr(&self.done).cast_mut().cast();
            (*next).Control = ALWAYS;
        }
        self.irp.cast()
    }

    /// The IRP as it is.
    pub(super) fn raw(&self) -> PIRP {
        self.irp.cast()
    }

    pub(super) fn wait(&self) -> (i32, usize) {
        let result = self.done.result.lock().expect("no panic");
        let limit = Duration::from_secs(10);
        let (result, waited) = self
            .done
            .changed
            .wait_timeout_while(result, limit, |r| r.is_none())
            .expect("no panic");
        assert!(!waited.timed_out(), "an IRP did not complete");
        result.expect("waited for it")
    }

    pub(super) fn is_done(&self) -> bool {
        self.done.result.lock().expect("no panic").is_some()
    }
}

impl Drop for OwnIrp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: completed, or never used.
            unsafe { IoFreeIrp(self.irp) };
        }
    }
}

/// Makes a call with a fresh IRP and waits for it.
pub(super) fn request(call: impl FnOnce(PIRP) -> NTSTATUS) -> (i32, usize) {
    let irp = OwnIrp::new();
    let returned = call(irp.prepare());
    let (status, information) = irp.wait();
    assert!(
        returned == STATUS_PENDING || returned == status,
        "the call returned {returned:#x} and the IRP {status:#x}"
    );
    (status, information)
}

/// Memory with an MDL, as non-paged pool has it.
pub(super) struct Memory {
    pub(super) mdl: Box<MDL>,
    pub(super) bytes: Vec<u8>,
}

impl Memory {
    pub(super) fn new(mut bytes: Vec<u8>) -> Self {
        let mdl = Box::new(MDL {
            Next: std::ptr::null_mut(),
            Size: 48,
            MdlFlags: 4,
            Process: 0,
            MappedSystemVa: bytes.as_mut_ptr().cast(),
            StartVa: ((bytes.as_ptr() as usize) & !0xFFF) as PVOID,
            ByteCount: bytes.len() as u32,
            ByteOffset: (bytes.as_ptr() as usize & 0xFFF) as u32,
        });
        Self { mdl, bytes }
    }

    pub(super) fn buffer(&mut self, offset: usize, length: usize) -> WSK_BUF {
        WSK_BUF {
            Mdl: (&raw mut *self.mdl).cast(),
            Offset: offset as u32,
            Length: length,
        }
    }
}

/// Starts a send; the IRP is the caller's to wait for.
pub(super) fn start_send(socket: *mut WSK_SOCKET, buffer: &mut WSK_BUF, irp: &OwnIrp) -> i32 {
    // SAFETY: as documented; the caller keeps the memory until the IRP is done.
    unsafe {
        connection(socket).WskSend.expect("filled")(socket, buffer, WSK_FLAG_NODELAY, irp.prepare())
    }
}

pub(super) fn send_all(socket: *mut WSK_SOCKET, bytes: &[u8]) -> (i32, usize) {
    let mut memory = Memory::new(bytes.to_vec());
    let mut buffer = memory.buffer(0, bytes.len());
    let irp = OwnIrp::new();
    assert_eq!(start_send(socket, &mut buffer, &irp), STATUS_PENDING);
    irp.wait()
}

pub(super) fn start_receive(
    socket: *mut WSK_SOCKET,
    buffer: &mut WSK_BUF,
    flags: u32,
    irp: &OwnIrp,
) -> i32 {
    // SAFETY: as documented; the caller keeps the memory until the IRP is done.
    unsafe { connection(socket).WskReceive.expect("filled")(socket, buffer, flags, irp.prepare()) }
}
