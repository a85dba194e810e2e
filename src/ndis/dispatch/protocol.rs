//! The protocol's registration and entry points.
//!
//! The binding context is a reference that NDIS has from the open until the close has ended
//! ([`Opening`](super::Opening)); every entry point borrows it.

use core::mem::{ManuallyDrop, offset_of};
use core::ptr;

use super::{NDIS_MAJOR, NDIS_MINOR, Notice, Offer, configuration::counted, header, status, utf16};
use crate::ndis::{
    VERSION_MAJOR, VERSION_MINOR,
    lower::{self, Binding, PnpEvent},
    nbl,
};
use crate::nt::{Ref, Result, SpinLock, Status, Work, Worker};
use crate::sys::{self, NDIS_HANDLE, NDIS_STATUS};

/// NDIS-REG-06: the service's name.
const NAME: &[u16] = utf16!("softrnic");

/// The driver as a protocol.
pub(super) struct Protocol {
    handle: Registered,
    /// Asks NDIS for another round of binds.
    again: Work<Self>,
    /// Does that; made when it is first needed.
    worker: SpinLock<Option<Worker>>,
}

struct Registered(NDIS_HANDLE);

// SAFETY: an NDIS handle belongs to no thread.
unsafe impl Send for Registered {}
// SAFETY: NDIS serialises what it must.
unsafe impl Sync for Registered {}

/// There while the driver is loaded.
static PROTOCOL: SpinLock<Option<Ref<Protocol>>> = SpinLock::new(None);

/// From `DriverEntry`. NIC offers that come before an adapter waits are declined; each adapter that
/// comes has them made again.
pub(super) fn register() -> Result<()> {
    let mut characteristics = characteristics();
    let mut handle = ptr::null_mut();
    // SAFETY: locals, which NDIS copies; the context is not used.
    let status = unsafe {
        sys::NdisRegisterProtocolDriver(ptr::null_mut(), &raw mut characteristics, &raw mut handle)
    };
    Status::from_raw(status).ok()?;
    let registered = Registered(handle);
    *PROTOCOL.lock() = Some(Protocol::create(registered)?);
    Ok(())
}

/// NDIS-REG-08, NDIS-REG-09: every adapter is halted, so no binding needs one; NDIS has what is
/// still bound unbound. `PASSIVE_LEVEL`.
pub(super) fn deregister() {
    // Waiting happens after the lock is released.
    let protocol = PROTOCOL.lock().take();
    if let Some(protocol) = protocol {
        let worker = protocol.worker.lock().take();
        drop(worker);
        drop(protocol);
    }
}

/// An adapter waits for its NIC: NDIS is to offer again what was declined. `PASSIVE_LEVEL`.
///
/// Not from the adapter's own worker: its halt waits for that, and NDIS may be binding meanwhile.
pub(crate) fn look_for_nics() -> Result<()> {
    let protocol = PROTOCOL.lock().clone().ok_or(Status::NOT_SUPPORTED)?;
    let missing = protocol.worker.lock().is_none();
    if missing {
        let worker = Worker::try_new()?;
        let spare = protocol.worker.lock().replace(worker);
        drop(spare);
    }
    if let Some(worker) = protocol.worker.lock().as_ref() {
        worker.queue(&protocol.again, protocol.clone());
    }
    Ok(())
}

impl Protocol {
    fn create(handle: Registered) -> Result<Ref<Self>> {
        Ref::try_new(Self {
            again: Work::try_new(Self::enumerate)?,
            handle,
            worker: SpinLock::new(None),
        })
    }

    fn enumerate(this: Ref<Self>) {
        // SAFETY: registered: deregistering waits for the worker.
        unsafe { sys::NdisReEnumerateProtocolBindings(this.handle.0) };
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: registered, and deregistered once.
        unsafe { sys::NdisDeregisterProtocolDriver(self.0) };
    }
}

/// NDIS-REG-02: all zero but what is said here.
fn characteristics() -> sys::NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
    sys::NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
            sys::NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
            sys::NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
        ),
        MajorNdisVersion: NDIS_MAJOR,
        MinorNdisVersion: NDIS_MINOR,
        MajorDriverVersion: VERSION_MAJOR,
        MinorDriverVersion: VERSION_MINOR,
        Name: counted(NAME),
        #[cfg(feature = "chimney")]
        SetOptionsHandler: Some(super::chimney::set_protocol_options),
        BindAdapterHandlerEx: Some(bind_adapter),
        UnbindAdapterHandlerEx: Some(unbind_adapter),
        OpenAdapterCompleteHandlerEx: Some(open_adapter_complete),
        CloseAdapterCompleteHandlerEx: Some(close_adapter_complete),
        NetPnPEventHandler: Some(net_pnp_event),
        OidRequestCompleteHandler: Some(oid_request_complete),
        StatusHandlerEx: Some(status_indicated),
        ReceiveNetBufferListsHandler: Some(receive_net_buffer_lists),
        SendNetBufferListsCompleteHandler: Some(send_net_buffer_lists_complete),
        ..Default::default()
    }
}

/// The binding behind a context.
///
/// # Safety
/// `context` is one `Opening::open` gave NDIS, and the close has not ended.
pub(super) unsafe fn binding(context: NDIS_HANDLE) -> ManuallyDrop<Ref<Binding>> {
    // SAFETY: NDIS has a reference (caller); here it is only borrowed, for the call.
    ManuallyDrop::new(unsafe { Ref::from_raw(context.cast_const().cast()) })
}

unsafe extern "win64" fn bind_adapter(
    _driver: NDIS_HANDLE,
    context: NDIS_HANDLE,
    parameters: *mut sys::NDIS_BIND_PARAMETERS,
) -> NDIS_STATUS {
    let protocol = PROTOCOL.lock().as_ref().map(|protocol| protocol.handle.0);
    // SAFETY: NDIS passes parameters that are valid for the call.
    let (Some(protocol), Some(parameters)) = (protocol, unsafe { parameters.as_ref() }) else {
        return sys::NDIS_STATUS_NOT_SUPPORTED;
    };
    // SAFETY: NDIS's own parameters and context, in its call of the bind handler.
    let offer = unsafe { Offer::new(protocol, context, parameters) };
    match lower::bind(&offer) {
        // By its severity no error (`NDIS_STATUS_NOT_ACCEPTED`, of a NIC that was pulled out meanwhile): NDIS would take the
        // NIC for bound (NDIS-PROT-01).
        Err(status) if status.is_success() => sys::NDIS_STATUS_FAILURE,
        result => Status::from(result).to_raw(),
    }
}

unsafe extern "win64" fn unbind_adapter(_unbind: NDIS_HANDLE, context: NDIS_HANDLE) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of an open binding. It goes away in here, so it is held.
    let binding = unsafe { Ref::clone_raw(context.cast_const().cast::<Binding>()) };
    Binding::unbind(&binding);
    sys::NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn open_adapter_complete(context: NDIS_HANDLE, status: NDIS_STATUS) {
    // SAFETY: NDIS passes the context of a binding being opened.
    unsafe { binding(context) }.opening().ended(status);
}

unsafe extern "win64" fn close_adapter_complete(context: NDIS_HANDLE) {
    // SAFETY: NDIS passes the context of a binding being closed; its reference goes after this.
    let binding = unsafe { binding(context) };
    binding.opening().ended(sys::NDIS_STATUS_SUCCESS);
}

unsafe extern "win64" fn oid_request_complete(
    context: NDIS_HANDLE,
    _request: *mut sys::NDIS_OID_REQUEST,
    status: NDIS_STATUS,
) {
    // SAFETY: NDIS passes the context of an open binding.
    unsafe { binding(context) }.opening().ended(status);
}

unsafe extern "win64" fn net_pnp_event(
    context: NDIS_HANDLE,
    notification: *mut sys::NET_PNP_EVENT_NOTIFICATION,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes a notification that is valid for the call.
    let Some(told) = (unsafe { notification.as_ref() }) else {
        return sys::NDIS_STATUS_INVALID_PARAMETER;
    };
    if context.is_null() {
        // NDIS-PROT-04: of no binding, so not for those above one. All bindings are as they were;
        // those that came new are offered.
        return sys::NDIS_STATUS_SUCCESS;
    }
    // SAFETY: NDIS's own event; the context is an open binding's.
    let (binding, event) = unsafe { (binding(context), read(&told.NetPnPEvent)) };
    // SAFETY: used in this call only.
    let notice = unsafe { Notice::new(notification) };
    Status::from(binding.handle(event, &notice)).to_raw()
}

/// # Safety
/// `event` is one NDIS passes in this call.
unsafe fn read(event: &sys::NET_PNP_EVENT) -> PnpEvent {
    match event.NetEvent {
        sys::NetEventPause => PnpEvent::Pause,
        // SAFETY: such an event has restart parameters, or null.
        sys::NetEventRestart => PnpEvent::Restart(unsafe { mtu_of(event.Buffer) }),
        sys::NetEventSetPower if !event.Buffer.is_null() => {
            let state = event.Buffer.cast::<sys::NDIS_DEVICE_POWER_STATE>();
            // SAFETY: such an event has a power state.
            if unsafe { state.read_unaligned() } == sys::NdisDeviceStateD0 {
                PnpEvent::Wake
            } else {
                PnpEvent::Sleep
            }
        }
        sys::NetEventQueryPower | sys::NetEventQueryRemoveDevice => PnpEvent::Query,
        sys::NetEventBindsComplete
        | sys::NetEventPortActivation
        | sys::NetEventPortDeactivation
        | sys::NetEventNDKEnable
        | sys::NetEventNDKDisable => PnpEvent::OfTheNic,
        _ => PnpEvent::Other,
    }
}

/// What the NIC carries after the restart, filters included; `None` when NDIS does not say.
///
/// # Safety
/// `parameters` is null, or the restart parameters of this call.
unsafe fn mtu_of(parameters: sys::PVOID) -> Option<u32> {
    let parameters = parameters.cast::<sys::NDIS_PROTOCOL_RESTART_PARAMETERS>();
    // SAFETY: the caller's promise.
    let mut next = unsafe { parameters.as_ref() }?.RestartAttributes;
    while !next.is_null() {
        // SAFETY: NDIS's list; what is there is as long as it says, general attributes among it.
        unsafe {
            let is_general = (*next).Oid == sys::OID_GEN_MINIPORT_RESTART_ATTRIBUTES;
            let least = offset_of!(sys::NDIS_RESTART_GENERAL_ATTRIBUTES, MaxXmitLinkSpeed);
            if is_general && (*next).DataLength as usize >= least {
                let general = (&raw const (*next).Data).cast();
                let general: *const sys::NDIS_RESTART_GENERAL_ATTRIBUTES = general;
                return Some((&raw const (*general).MtuSize).read_unaligned());
            }
            next = (*next).Next;
        }
    }
    None
}

unsafe extern "win64" fn status_indicated(
    context: NDIS_HANDLE,
    indication: *mut sys::NDIS_STATUS_INDICATION,
) {
    #[cfg(feature = "chimney")]
    // SAFETY: NDIS passes the context of an open binding, and an indication valid for the call.
    unsafe {
        let heard = indication.as_ref();
        heard.inspect(|heard| super::chimney::hear(&binding(context), heard));
    }
    // SAFETY: NDIS passes an indication that is valid for the call.
    let said = unsafe {
        indication
            .as_ref()
            .and_then(|indication| status::read(indication))
    };
    if let Some(said) = said {
        // SAFETY: NDIS passes the context of an open binding.
        unsafe { binding(context) }.hear(said);
    }
}

unsafe extern "win64" fn receive_net_buffer_lists(
    context: NDIS_HANDLE,
    lists: *mut sys::NET_BUFFER_LIST,
    _port: u32,
    _count: u32,
    flags: u32,
) {
    // SAFETY: NDIS passes the context of an open binding.
    let binding = unsafe { binding(context) };
    // SAFETY: NDIS's chain, ours as its flags say.
    unsafe { nbl::received(&binding, lists, flags) };
}

unsafe extern "win64" fn send_net_buffer_lists_complete(
    context: NDIS_HANDLE,
    lists: *mut sys::NET_BUFFER_LIST,
    flags: u32,
) {
    // SAFETY: NDIS passes the context of an open binding.
    let binding = unsafe { binding(context) };
    // SAFETY: lists this driver sent on the binding, its own again.
    unsafe { nbl::sent(binding.pair(), lists, flags) };
}
