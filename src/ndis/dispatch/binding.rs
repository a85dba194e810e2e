//! One binding: opened, asked, closed. Each call waits for its end at `PASSIVE_LEVEL`, whether NDIS
//! ends it at once or later.

use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use super::{Offer, header};
use crate::ndis::{
    frame::{Address, FAMILIES, Header, PLAIN},
    lower::Binding,
};
use crate::nt::{Event, Ref, Result, Status};
use crate::sys;

/// The binding's handle, and the end of the call in progress. The caller makes one call at a time.
pub(in crate::ndis) struct Opening {
    handle: AtomicPtr<sys::c_void>,
    /// Of the last call that ended later.
    status: AtomicI32,
    /// That end; made with the binding, for no close may want memory.
    ended: Event,
}

impl Opening {
    pub(in crate::ndis) fn try_new() -> Result<Self> {
        Ok(Self {
            handle: AtomicPtr::new(ptr::null_mut()),
            status: AtomicI32::new(0),
            ended: Event::try_synchronization(false)?,
        })
    }

    pub(in crate::ndis) fn raw(&self) -> sys::NDIS_HANDLE {
        self.handle.load(Ordering::Relaxed)
    }

    /// NDIS-PROT-01. Inside the bind handler. NDIS has a reference to `binding` from here on, until
    /// this fails or [`Opening::close`] returns.
    pub(in crate::ndis) fn open(&self, binding: &Ref<Binding>, offer: &Offer<'_>) -> Result<()> {
        let mut medium = sys::NdisMedium802_3;
        let mut selected = 0;
        let mut parameters = sys::NDIS_OPEN_PARAMETERS {
            Header: header(
                sys::NDIS_OBJECT_TYPE_OPEN_PARAMETERS,
                sys::NDIS_OPEN_PARAMETERS_REVISION_1,
                sys::NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1,
            ),
            AdapterName: offer.name(),
            MediumArray: &raw mut medium,
            MediumArraySize: 1,
            SelectedMediumIndex: &raw mut selected,
            ..Default::default()
        };
        let context = Ref::into_raw(binding.clone());
        // SAFETY: the protocol is registered, the context is a reference of NDIS's own, and the
        // locals live until the call has ended: a pended one is waited for.
        let result = self.finish(unsafe {
            sys::NdisOpenAdapterEx(
                offer.protocol(),
                context.cast_mut().cast(),
                &raw mut parameters,
                offer.context(),
                self.handle.as_ptr(),
            )
        });
        if result.is_err() {
            // SAFETY: not opened: NDIS has no use for the reference it got.
            drop(unsafe { Ref::from_raw(context) });
        }
        result
    }

    /// NDIS-PROT-02: cannot fail, and no call comes up any more when it returns; `binding`, the
    /// context of those calls, is NDIS's no more.
    pub(in crate::ndis) fn close(&self, binding: &Ref<Binding>) {
        // SAFETY: open, closed once, by the caller that makes one call at a time.
        let _ = self.finish(unsafe { sys::NdisCloseAdapterEx(self.raw()) });
        // SAFETY: the reference `open` gave NDIS.
        drop(unsafe { Ref::from_raw(Ref::as_ptr(binding)) });
    }

    /// `OID_GEN_CURRENT_PACKET_FILTER`.
    pub(in crate::ndis) fn set_packet_filter(&self, filter: u32) -> Result<()> {
        let mut filter = filter;
        // SAFETY: a number that lives for the call.
        unsafe {
            self.set(
                sys::OID_GEN_CURRENT_PACKET_FILTER,
                (&raw mut filter).cast(),
                size_of::<u32>(),
            )
        }
    }

    /// `OID_802_3_MULTICAST_LIST`.
    pub(in crate::ndis) fn set_groups(&self, groups: &[Address]) -> Result<()> {
        let first = groups.as_ptr().cast_mut();
        // SAFETY: the addresses live for the call, and a set only reads them.
        unsafe {
            self.set(
                sys::OID_802_3_MULTICAST_LIST,
                first.cast(),
                size_of_val(groups),
            )
        }
    }

    /// `OID_OFFLOAD_ENCAPSULATION`: frames of both families begin with Ethernet's header.
    pub(in crate::ndis) fn set_encapsulation(&self) -> Result<()> {
        let ethernet = [sys::NDIS_OFFLOAD_SET_ON, PLAIN, Header::LENGTH as u32];
        let mut request = sys::NDIS_OFFLOAD_ENCAPSULATION {
            Header: header(
                sys::NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION,
                sys::NDIS_OFFLOAD_ENCAPSULATION_REVISION_1,
                sys::NDIS_SIZEOF_OFFLOAD_ENCAPSULATION_REVISION_1,
            ),
            IPv4: ethernet,
            IPv6: ethernet,
        };
        let length = size_of_val(&request);
        // SAFETY: a structure that lives for the call.
        unsafe {
            self.set(
                sys::OID_OFFLOAD_ENCAPSULATION,
                (&raw mut request).cast(),
                length,
            )
        }
    }

    /// `OID_TCP_OFFLOAD_PARAMETERS`: whether received segments of each family are joined; `None`
    /// leaves it. The administrator's setting of the NIC stays as it is.
    pub(in crate::ndis) fn set_joins(&self, joins: [Option<bool>; FAMILIES]) -> Result<()> {
        let [four, six] = joins.map(|joins| match joins {
            None => sys::NDIS_OFFLOAD_PARAMETERS_NO_CHANGE,
            Some(false) => sys::NDIS_OFFLOAD_PARAMETERS_RSC_DISABLED,
            Some(true) => sys::NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED,
        });
        let mut request = sys::NDIS_OFFLOAD_PARAMETERS {
            Header: header(
                sys::NDIS_OBJECT_TYPE_DEFAULT,
                sys::NDIS_OFFLOAD_PARAMETERS_REVISION_3,
                sys::NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3,
            ),
            Flags: sys::NDIS_OFFLOAD_PARAMETERS_SKIP_REGISTRY_UPDATE,
            RscIPv4: four,
            RscIPv6: six,
            ..Default::default()
        };
        let length = usize::from(sys::NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3);
        // SAFETY: a structure of at least that length that lives for the call.
        unsafe {
            self.set(
                sys::OID_TCP_OFFLOAD_PARAMETERS,
                (&raw mut request).cast(),
                length,
            )
        }
    }

    #[cfg(feature = "chimney")]
    pub(in crate::ndis) fn set_offload_parameters(
        &self,
        parameters: &super::chimney::Parameters,
    ) -> Result<()> {
        let bytes = parameters.bytes();
        let first = bytes.as_ptr().cast_mut().cast();
        // SAFETY: the bytes live for the call, and a set only reads them.
        unsafe {
            self.set(
                sys::OID_TCP_CONNECTION_OFFLOAD_PARAMETERS,
                first,
                bytes.len(),
            )
        }
    }

    /// # Safety
    /// `value` is readable for `length` bytes during the call, and the binding is open.
    unsafe fn set(&self, oid: u32, value: sys::PVOID, length: usize) -> Result<()> {
        let mut request = sys::NDIS_OID_REQUEST {
            Header: header(
                sys::NDIS_OBJECT_TYPE_OID_REQUEST,
                sys::NDIS_OID_REQUEST_REVISION_1,
                sys::NDIS_SIZEOF_OID_REQUEST_REVISION_1,
            ),
            RequestType: sys::NdisRequestSetInformation,
            DATA: sys::NDIS_OID_REQUEST_DATA {
                SET_INFORMATION: sys::NDIS_OID_REQUEST_SET {
                    Oid: oid,
                    InformationBuffer: value,
                    InformationBufferLength: u32::try_from(length).unwrap_or(u32::MAX),
                    ..Default::default()
                },
            },
            ..Default::default()
        };
        // SAFETY: the request and its buffer live until the call has ended: a pended one is
        // waited for; the caller's promise for the rest.
        self.finish(unsafe { sys::NdisOidRequest(self.raw(), &raw mut request) })
    }

    /// The end of a call: now, or when [`Opening::ended`] is told of it.
    fn finish(&self, status: sys::NDIS_STATUS) -> Result<()> {
        let status = if status == sys::NDIS_STATUS_PENDING {
            self.ended.wait();
            self.status.load(Ordering::Acquire)
        } else {
            status
        };
        if status == sys::NDIS_STATUS_SUCCESS {
            Ok(())
        } else {
            Err(Status::from_raw(status))
        }
    }

    /// The call in progress has ended. Any level up to `DISPATCH_LEVEL`.
    pub(super) fn ended(&self, status: sys::NDIS_STATUS) {
        self.status.store(status, Ordering::Release);
        self.ended.set();
    }
}
