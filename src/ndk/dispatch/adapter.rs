//! Entry points of the adapter, and its opening and closing for the miniport.

use core::ffi::c_void;
use core::ptr::NonNull;

use super::{
    ConnectEvent, CqNotification, CreateCompletion, capabilities, give, hold, query_extension,
    read_address,
};
use crate::ndk::adapter::{Adapter, OpenError};
use crate::ndk::connector::Connector;
use crate::ndk::cq::Cq;
use crate::ndk::host::Host;
use crate::ndk::lam;
use crate::ndk::listener::Listener;
use crate::ndk::object::{self, Face};
use crate::ndk::pages;
use crate::ndk::pd::Pd;
use crate::ndk::shared_endpoint::SharedEndpoint;
use crate::ndk::version::Version;
use crate::nt::mdl::Chain;
use crate::nt::{Processors, Ref, Status};
use crate::rdma::Stag;
use crate::sys::{
    NDK_ADAPTER, NDK_ADAPTER_DISPATCH, NDK_ADAPTER_INFO, NDK_CONNECTOR, NDK_CQ,
    NDK_FN_CONNECT_EVENT_CALLBACK, NDK_FN_CQ_NOTIFICATION_CALLBACK, NDK_FN_CREATE_COMPLETION,
    NDK_FN_REQUEST_COMPLETION, NDK_LISTENER, NDK_LOGICAL_ADDRESS_MAPPING, NDK_OBJECT_TYPE, NDK_PD,
    NDK_SHARED_ENDPOINT, NDK_VERSION, NTSTATUS, NdkObjectTypeAdapter, PGROUP_AFFINITY, PMDL,
    SOCKADDR,
};

impl Face for Adapter {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeAdapter;
    type Dispatch = NDK_ADAPTER_DISPATCH;
    const TABLE: &'static NDK_ADAPTER_DISPATCH = &TABLE;
}

// NDK-ABI-12: the adapter has no close slot; NDIS closes it through the miniport.
static TABLE: NDK_ADAPTER_DISPATCH = NDK_ADAPTER_DISPATCH {
    NdkQueryExtension: Some(query_extension),
    NdkQueryAdapterInfo: Some(query_adapter_info),
    NdkCreateCq: Some(create_cq),
    NdkCreatePd: Some(create_pd),
    NdkCreateSharedEndpoint: Some(create_shared_endpoint),
    NdkCreateConnector: Some(create_connector),
    NdkCreateListener: Some(create_listener),
    NdkBuildLAM: Some(build_lam),
    NdkReleaseLAM: Some(release_lam),
};

/// Opens an adapter for a consumer (`OPEN_NDK_ADAPTER_HANDLER`). `PASSIVE_LEVEL`.
pub(crate) fn open(
    host: &Ref<Host>,
    asked: NDK_VERSION,
) -> Result<NonNull<NDK_ADAPTER>, OpenError> {
    let asked = Version {
        major: asked.Major,
        minor: asked.Minor,
    };
    let open = Adapter::open(host, asked)?;
    NonNull::new(open.into_raw()).ok_or(OpenError::Resources)
}

/// Closes it (`CLOSE_NDK_ADAPTER_HANDLER`). `PASSIVE_LEVEL`; returns when every descendant is
/// closed and every callback has returned (NDK-LIFE-21).
///
/// # Safety
/// `adapter` came from [`open`], and this is its one close.
pub(crate) unsafe fn close(adapter: NonNull<NDK_ADAPTER>) {
    // SAFETY: the caller's promise; `wait_until_empty` waits for `emptied`.
    unsafe { object::close_blocking::<Adapter, _>(adapter.as_ptr(), Adapter::wait_until_empty) };
}

unsafe extern "win64" fn query_adapter_info(
    adapter: *mut NDK_ADAPTER,
    out: *mut NDK_ADAPTER_INFO,
    size: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let (Some(adapter), Some(size)) = (
        unsafe { object::borrow::<Adapter, _>(adapter) },
        NonNull::new(size),
    ) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    let needed = size_of::<NDK_ADAPTER_INFO>() as u32;
    // SAFETY: the caller.
    let room = unsafe { size.read() };
    // NDK-ADP-02: the size is told in both cases; nothing else is written when it was too small.
    // SAFETY: the caller.
    unsafe { size.write(needed) };
    if out.is_null() || room < needed {
        return Status::BUFFER_TOO_SMALL.to_raw();
    }
    // SAFETY: the caller; the room was just checked.
    unsafe {
        out.write(capabilities::adapter_info(
            adapter.version(),
            adapter.limits(),
        ))
    };
    Status::SUCCESS.to_raw()
}

unsafe extern "win64" fn create_cq(
    adapter: *mut NDK_ADAPTER,
    depth: u32,
    notification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    notification_context: *mut c_void,
    affinity: PGROUP_AFFINITY,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_CQ,
) -> NTSTATUS {
    // SAFETY: the caller.
    let preferred = unsafe { Processors::from_raw(affinity) };
    // SAFETY: the caller.
    let notification = unsafe { CqNotification::new(notification, notification_context) };
    // SAFETY: the caller.
    let made = unsafe { hold::<Adapter, _>(adapter) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    unsafe {
        give(
            made.and_then(|adapter| Cq::create(&adapter, depth, notification, preferred)),
            out,
        )
    }
}

unsafe extern "win64" fn create_pd(
    adapter: *mut NDK_ADAPTER,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_PD,
) -> NTSTATUS {
    // SAFETY: the caller.
    let made = unsafe { hold::<Adapter, _>(adapter) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    unsafe { give(made.and_then(|adapter| Pd::create(&adapter)), out) }
}

unsafe extern "win64" fn create_shared_endpoint(
    adapter: *mut NDK_ADAPTER,
    address: *const SOCKADDR,
    length: u32,
    completion: NDK_FN_CREATE_COMPLETION,
    context: *mut c_void,
    _out: *mut *mut NDK_SHARED_ENDPOINT,
) -> NTSTATUS {
    // SAFETY: the caller.
    let adapter = unsafe { hold::<Adapter, _>(adapter) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    let address = unsafe { read_address(address, length) };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { CreateCompletion::new(completion, context) };
    // NDK-LIFE-06: a pended create leaves the out-parameter alone.
    match adapter.and_then(|adapter| SharedEndpoint::create(&adapter, address?, completion)) {
        Ok(()) => Status::PENDING.to_raw(),
        Err(status) => status.to_raw(),
    }
}

unsafe extern "win64" fn create_connector(
    adapter: *mut NDK_ADAPTER,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_CONNECTOR,
) -> NTSTATUS {
    // SAFETY: the caller.
    let made = unsafe { hold::<Adapter, _>(adapter) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    unsafe { give(made.and_then(|adapter| Connector::create(&adapter)), out) }
}

unsafe extern "win64" fn create_listener(
    adapter: *mut NDK_ADAPTER,
    event: NDK_FN_CONNECT_EVENT_CALLBACK,
    event_context: *mut c_void,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_LISTENER,
) -> NTSTATUS {
    // SAFETY: the caller.
    let event = unsafe { ConnectEvent::new(event, event_context) };
    // SAFETY: the caller.
    let made = unsafe { hold::<Adapter, _>(adapter) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    unsafe {
        give(
            made.and_then(|adapter| Listener::create(&adapter, event)),
            out,
        )
    }
}

unsafe extern "win64" fn build_lam(
    adapter: *mut NDK_ADAPTER,
    mdl: PMDL,
    length: usize,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
    lam: *mut NDK_LOGICAL_ADDRESS_MAPPING,
    size: *mut u32,
    offset: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let adapter = unsafe { hold::<Adapter, _>(adapter) };
    let (Some(adapter), Some(size), false) = (adapter, NonNull::new(size), mdl.is_null()) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    // SAFETY: NDK-LAM-01: the pages stay locked and the chain as it is until the release.
    let chain = unsafe { Chain::from_raw(mdl) };
    let extent = match lam::extent(chain, length as u64) {
        Ok(extent) => extent,
        Err(status) => return status.to_raw(),
    };
    // NDK-LAM-02, NDK-ABI-06.
    let needed = (LAM_HEADER + size_of::<u64>() * extent.pages as usize) as u32;
    // SAFETY: the caller.
    let room = unsafe { size.replace(needed) };
    if lam.is_null() || room < needed {
        return Status::BUFFER_TOO_SMALL.to_raw();
    }
    match lam::build(&adapter, chain, length as u64, extent) {
        Ok(stag) => {
            // SAFETY: the caller; the room was just checked.
            unsafe { write_lam(lam, stag, extent.pages) };
            if let Some(offset) = NonNull::new(offset) {
                // SAFETY: the caller.
                unsafe { offset.write(extent.offset) };
            }
            Status::SUCCESS.to_raw()
        }
        Err(status) => status.to_raw(),
    }
}

/// The mapping's header: its page addresses follow (NDK-ABI-06).
const LAM_HEADER: usize = core::mem::offset_of!(NDK_LOGICAL_ADDRESS_MAPPING, AdapterPageArray);

/// NDK-LAM-03, NDK-LAM-04.
///
/// # Safety
/// `lam` is writable for a mapping of `count` pages.
unsafe fn write_lam(lam: *mut NDK_LOGICAL_ADDRESS_MAPPING, stag: Stag, count: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        (&raw mut (*lam).AdapterContext).write(stag.0 as usize as *mut c_void);
        (&raw mut (*lam).AdapterPageCount).write(count);
    }
    let array = lam.wrapping_byte_add(LAM_HEADER).cast::<u64>();
    for (page, n) in (pages::first(stag)..)
        .step_by(pages::PAGE as usize)
        .zip(0..count as usize)
    {
        // SAFETY: `n` is below `count`.
        unsafe { array.add(n).write(page) };
    }
}

unsafe extern "win64" fn release_lam(
    adapter: *mut NDK_ADAPTER,
    lam: *mut NDK_LOGICAL_ADDRESS_MAPPING,
) {
    // SAFETY: the caller.
    if let (Some(adapter), Some(lam)) = (unsafe { hold::<Adapter, _>(adapter) }, NonNull::new(lam))
    {
        // SAFETY: the caller; what the build wrote there (NDK-LAM-04).
        let context = unsafe { (&raw const (*lam.as_ptr()).AdapterContext).read() };
        lam::release(&adapter, Stag(context as usize as u32));
    }
}
