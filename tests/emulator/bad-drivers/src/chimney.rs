//! A driver in the middle of a TCP chimney that does the least it must, but for one flaw. Its NIC answers inside each call, so
//! that one operation goes on at a time.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use crate::Case;
use crate::kernel::{ExFreePool, KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock};
use crate::protocol::{self, binding};
use crate::sys::*;
use crate::{kernel, ndis};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("chimney-nothing", || with(Flaw::None)),
    ("chimney-null-handler", || with(Flaw::NullHandler)),
    ("chimney-returns-success", || with(Flaw::ReturnsSuccess)),
    ("chimney-flags-changed", || with(Flaw::FlagsChanged)),
    ("chimney-own-list", || with(Flaw::OwnList)),
    ("chimney-completes-twice", || with(Flaw::CompletesTwice)),
    ("chimney-completes-early", || with(Flaw::CompletesEarly)),
    ("chimney-context-left", || with(Flaw::ContextLeft)),
    ("chimney-aborts-data", || with(Flaw::AbortsData)),
    ("chimney-send-kept", || with(Flaw::SendKept)),
    ("chimney-second-send-kept", || with(Flaw::SecondSendKept)),
    ("chimney-status-changed", || with(Flaw::StatusChanged)),
    ("chimney-completes-more", || with(Flaw::CompletesMore)),
    ("chimney-handle-changed", || with(Flaw::HandleChanged)),
    ("chimney-node-changed", || with(Flaw::NodeChanged)),
    ("chimney-locked", || with(Flaw::Locked)),
    ("chimney-pauses-early", || with(Flaw::PausesEarly)),
];

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum Flaw {
    Absent,
    None,
    NullHandler,
    ReturnsSuccess,
    FlagsChanged,
    OwnList,
    CompletesTwice,
    CompletesEarly,
    ContextLeft,
    AbortsData,
    SendKept,
    SecondSendKept,
    StatusChanged,
    CompletesMore,
    HandleChanged,
    NodeChanged,
    Locked,
    PausesEarly,
}

static FLAW: AtomicI32 = AtomicI32::new(Flaw::Absent as i32);
static ADAPTER: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static HANDLERS: AtomicPtr<NDIS_TCP_OFFLOAD_EVENT_HANDLERS> = AtomicPtr::new(null_mut());
static KEPT: AtomicPtr<NET_BUFFER_LIST> = AtomicPtr::new(null_mut());
static SENDS: AtomicU32 = AtomicU32::new(0);
static OBJECTS: AtomicU32 = AtomicU32::new(0);

type Node = *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST;
type NodeBelow = *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST;
type List = *mut NET_BUFFER_LIST;

fn has(flaw: Flaw) -> bool {
    FLAW.load(Ordering::Relaxed) == flaw as i32
}

fn adapter() -> NDIS_HANDLE {
    ADAPTER.load(Ordering::Relaxed)
}

/// No tail call before this: the function is to be seen on the stack.
fn stay() {
    core::hint::black_box([0_u8; 16]);
}

fn with(flaw: Flaw) {
    FLAW.store(flaw as i32, Ordering::Relaxed);
    ndis::register();
    protocol::register();
}

/// An offloaded object.
#[repr(C)]
struct Entry {
    handle: NDIS_OFFLOAD_HANDLE,
    below: PVOID,
    above: NDIS_HANDLE,
    place: *mut PVOID,
}

/// Neither itself nor any NIC that carries nothing.
pub(crate) fn declines(parameters: &NDIS_BIND_PARAMETERS) -> bool {
    !has(Flaw::Absent) && parameters.TcpConnectionOffloadCapabilities.is_null()
}

type Options = Option<unsafe extern "win64" fn(NDIS_HANDLE, PVOID) -> NDIS_STATUS>;

pub(crate) fn options() -> Options {
    (!has(Flaw::Absent)).then_some(set_options as _)
}

pub(crate) fn protocol_options() -> Options {
    (!has(Flaw::Absent)).then_some(set_protocol_options as _)
}

/// A header of that type, for a structure of that size.
fn header(kind: u8, size: usize) -> NDIS_OBJECT_HEADER {
    NDIS_OBJECT_HEADER {
        Type: kind,
        Revision: 1,
        Size: size as u16,
    }
}

unsafe extern "win64" fn set_options(handle: NDIS_HANDLE, _: PVOID) -> NDIS_STATUS {
    let mut state = NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
        Header: header(
            NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
            size_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>(),
        ),
        Flags: 0,
        InitiateOffloadHandler: Some(initiate),
        TerminateOffloadHandler: Some(terminate),
        UpdateOffloadHandler: Some(refuse),
        InvalidateOffloadHandler: Some(refuse),
        QueryOffloadHandler: match has(Flaw::NullHandler) {
            true => None,
            false => Some(refuse),
        },
    };
    let mut data = NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
        Header: header(
            NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS,
            size_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>(),
        ),
        Flags: 0,
        OffloadType: NdisTcpChimneyOffload,
        TcpOffloadSendHandler: Some(send),
        TcpOffloadReceiveHandler: Some(send),
        TcpOffloadDisconnectHandler: Some(disconnect),
        TcpOffloadForwardHandler: Some(send),
        TcpOffloadReceiveReturnHandler: Some(returned),
    };
    // SAFETY: the handle of this driver.
    unsafe {
        NdisSetOptionalHandlers(handle, (&raw mut state).cast());
        NdisSetOptionalHandlers(handle, (&raw mut data).cast())
    }
}

unsafe extern "win64" fn set_protocol_options(handle: NDIS_HANDLE, _: PVOID) -> NDIS_STATUS {
    let mut state = NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
        Header: header(
            NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
            size_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>(),
        ),
        Flags: 0,
        InitiateOffloadCompleteHandler: Some(initiated),
        TerminateOffloadCompleteHandler: Some(terminated),
        UpdateOffloadCompleteHandler: Some(initiated),
        InvalidateOffloadCompleteHandler: Some(initiated),
        QueryOffloadCompleteHandler: Some(initiated),
        IndicateOffloadEventHandler: Some(neighbor),
    };
    let mut data = NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
        Header: header(
            NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS,
            size_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>(),
        ),
        Flags: 0,
        OffloadType: NdisTcpChimneyOffload,
        TcpOffloadSendCompleteHandler: Some(sent),
        TcpOffloadReceiveCompleteHandler: Some(sent),
        TcpOffloadDisconnectCompleteHandler: Some(disconnected),
        TcpOffloadForwardCompleteHandler: Some(sent),
        TcpOffloadEventHandler: Some(event),
        TcpOffloadReceiveIndicateHandler: Some(received),
    };
    // SAFETY: the handle of this driver.
    unsafe {
        NdisSetOptionalHandlers(handle, (&raw mut state).cast());
        NdisSetOptionalHandlers(handle, (&raw mut data).cast())
    }
}

/// The adapter is being initialised.
pub(crate) unsafe fn initialized(adapter: NDIS_HANDLE) {
    if has(Flaw::Absent) {
        return;
    }
    ADAPTER.store(adapter, Ordering::Relaxed);
    let mut handlers = null_mut();
    // SAFETY: the adapter that is being initialised.
    unsafe { NdisMGetOffloadHandlers(adapter, NdisTcpChimneyOffload, &mut handlers) };
    HANDLERS.store(handlers.cast(), Ordering::Relaxed);
}

/// The NIC pauses: everything is to be taken back first.
pub(crate) unsafe fn pauses() {
    if has(Flaw::Absent) || has(Flaw::PausesEarly) || OBJECTS.load(Ordering::Relaxed) == 0 {
        return;
    }
    let mut said = NDIS_STATUS_INDICATION {
        Header: header(
            NDIS_OBJECT_TYPE_STATUS_INDICATION,
            usize::from(NDIS_SIZEOF_STATUS_INDICATION_REVISION_1),
        ),
        SourceHandle: adapter(),
        StatusCode: NDIS_STATUS_UPLOAD_ALL,
        ..Default::default()
    };
    // SAFETY: the adapter runs.
    unsafe { NdisMIndicateStatusEx(adapter(), &mut said) };
}

/// The root's words that are kept while a tree is below: one tree at a time.
static SOURCE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Neighbor, path, connection.
unsafe fn each(root: Node, mut visit: impl FnMut(Node)) {
    let mut next = root;
    while !next.is_null() {
        let node = next;
        // SAFETY: the tree is the driver's.
        next = unsafe { (*node).DependentBlockList };
        visit(node);
    }
}

unsafe fn make_over(root: Node) {
    // SAFETY: the tree is the driver's; places are TCP/IP's.
    unsafe {
        SOURCE.store((*root).SourceHandle, Ordering::Relaxed);
        each(root, |node| {
            let place = (*node).MiniportOffloadContext;
            let handle = match place.is_null() {
                true => null_mut(),
                false => (*place).cast(),
            };
            (*node.cast::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()).OffloadHandle = handle;
        });
    }
}

unsafe fn restore(root: Node) {
    let mut source = SOURCE.load(Ordering::Relaxed);
    if has(Flaw::NodeChanged) {
        source = null_mut();
    }
    // SAFETY: the tree is the driver's, made over.
    unsafe {
        each(root, |node| {
            let entry = (*node.cast::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()).OffloadHandle;
            let entry = entry.cast::<Entry>();
            if let Some(entry) = entry.as_ref() {
                (*node).MiniportOffloadContext = entry.place;
                (*node).NdisOffloadHandle = entry.above;
            }
            (*node).SourceHandle = source;
        });
    }
}

unsafe extern "win64" fn initiate(_: PVOID, root: Node) {
    // SAFETY: the tree is the driver's; all of it is new.
    unsafe {
        each(root, |node| {
            let entry = kernel::pool(size_of::<Entry>()).cast::<Entry>();
            entry.write(Entry {
                handle: NDIS_OFFLOAD_HANDLE::default(),
                below: null_mut(),
                above: (*node).NdisOffloadHandle,
                place: (*node).MiniportOffloadContext,
            });
            (*entry).handle.MiniportOffloadContext = (&raw mut (*entry).below).cast();
            *(*node).MiniportOffloadContext = entry.cast();
            OBJECTS.fetch_add(1, Ordering::Relaxed);
        });
        make_over(root);
        NdisInitiateOffload(binding(), root.cast());
        stay();
    }
}

unsafe extern "win64" fn initiated(_: NDIS_HANDLE, root: NodeBelow) {
    let root: Node = root.cast();
    // SAFETY: the tree that went down.
    unsafe {
        restore(root);
        NdisMInitiateOffloadComplete(adapter(), root);
        stay();
    }
}

unsafe extern "win64" fn terminate(_: PVOID, root: Node) {
    // SAFETY: the tree is the driver's.
    unsafe {
        make_over(root);
        NdisTerminateOffload(binding(), root.cast());
        stay();
    }
}

unsafe extern "win64" fn terminated(_: NDIS_HANDLE, root: NodeBelow) {
    let root: Node = root.cast();
    // SAFETY: the tree that went down; its objects are gone.
    unsafe {
        restore(root);
        each(root, |node| {
            let place = (*node).MiniportOffloadContext;
            ExFreePool((*place).cast());
            OBJECTS.fetch_sub(1, Ordering::Relaxed);
        });
        NdisMTerminateOffloadComplete(adapter(), root);
        stay();
    }
}

/// Never asked for.
unsafe extern "win64" fn refuse(_: PVOID, _: Node) {}

unsafe extern "win64" fn send(_: PVOID, connection: PVOID, list: List) -> NDIS_STATUS {
    // SAFETY: the connection's place, with its entry.
    unsafe {
        let entry = connection.cast::<*mut Entry>().read();
        if has(Flaw::HandleChanged) {
            (*entry).handle.NdisReserved[0] = null_mut();
        }
        let answer = NdisOffloadTcpSend(entry.cast(), list);
        stay();
        answer
    }
}

unsafe extern "win64" fn sent(_: NDIS_HANDLE, list: List) {
    let first = SENDS.fetch_add(1, Ordering::Relaxed) == 0;
    let keeps = match first {
        true => has(Flaw::SendKept) || has(Flaw::CompletesMore),
        false => has(Flaw::SecondSendKept),
    };
    if keeps {
        return KEPT.store(list, Ordering::Relaxed);
    }
    // SAFETY: NDIS's table; the list that went down.
    unsafe {
        let handlers = &*HANDLERS.load(Ordering::Relaxed);
        if let Some(complete) = handlers.NdisTcpOffloadSendComplete {
            complete(adapter(), list);
        }
    }
    stay();
}

unsafe extern "win64" fn disconnect(
    _: PVOID,
    connection: PVOID,
    list: List,
    flags: u32,
) -> NDIS_STATUS {
    let mut flags = flags;
    let mut own = NET_BUFFER_LIST::default();
    let mut lock = 0;
    // SAFETY: the connection's place, with its entry; the list is the driver's.
    unsafe {
        let entry = connection.cast::<*mut Entry>().read();
        let mut list = list;
        if has(Flaw::FlagsChanged) && flags == TCP_DISCONNECT_ABORTIVE_CLOSE {
            flags = TCP_DISCONNECT_GRACEFUL_CLOSE;
        }
        if has(Flaw::AbortsData) && flags == TCP_DISCONNECT_ABORTIVE_CLOSE {
            (*(*list).FirstNetBuffer).stDataLength = 1;
        }
        if has(Flaw::OwnList) {
            own.FirstNetBuffer = (*list).FirstNetBuffer;
            list = &mut own;
        }
        if has(Flaw::CompletesEarly) {
            disconnected(null_mut(), list);
        }
        let irql = match has(Flaw::Locked) {
            true => KeAcquireSpinLockRaiseToDpc(&mut lock),
            false => 0,
        };
        NdisOffloadTcpDisconnect(entry.cast(), list, flags);
        if has(Flaw::Locked) {
            KeReleaseSpinLock(&mut lock, irql);
        }
    }
    match has(Flaw::ReturnsSuccess) {
        true => NDIS_STATUS_SUCCESS,
        false => NDIS_STATUS_PENDING,
    }
}

unsafe extern "win64" fn disconnected(_: NDIS_HANDLE, list: List) {
    // SAFETY: NDIS's table; the list that went down.
    unsafe {
        if has(Flaw::ContextLeft) {
            (*list).Context = adapter();
        }
        if has(Flaw::StatusChanged) {
            (*list).Status = NDIS_STATUS_FAILURE;
        }
        if has(Flaw::CompletesMore) {
            (*list).Next = KEPT.load(Ordering::Relaxed);
        }
        let handlers = &*HANDLERS.load(Ordering::Relaxed);
        if let Some(complete) = handlers.NdisTcpOffloadDisconnectComplete {
            complete(adapter(), list);
            if has(Flaw::CompletesTwice) {
                complete(adapter(), list);
            }
        }
        stay();
    }
}

unsafe extern "win64" fn returned(_: PVOID, list: List) -> NDIS_STATUS {
    // SAFETY: a list that was indicated.
    unsafe { NdisOffloadTcpReceiveReturn(binding(), list) };
    NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn neighbor(_: NDIS_HANDLE, _: NodeBelow, _: u32) {}

unsafe extern "win64" fn event(_: PVOID, _: u32, _: u32) {}

unsafe extern "win64" fn received(
    context: PVOID,
    list: List,
    status: NDIS_STATUS,
    consumed: *mut u32,
) -> NDIS_STATUS {
    // SAFETY: the connection's handle, which is its entry's.
    unsafe {
        let entry = context.cast::<Entry>();
        let handlers = &*HANDLERS.load(Ordering::Relaxed);
        match handlers.NdisTcpOffloadReceiveHandler {
            Some(up) => up((*entry).above, list, status, consumed),
            None => NDIS_STATUS_FAILURE,
        }
    }
}
