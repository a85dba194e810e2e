//! The requests a NIC answers.

use std::sync::Arc;

use softrnic::sys::*;

use super::card::Card;
use crate::ndis::lower::Lower;
use crate::ndis::protocol::Binding;
use crate::processor;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

const HEADER: u32 = 14;

impl Card {
    /// # Safety
    /// The request is valid.
    pub(super) unsafe fn answer(
        &self,
        binding: &Arc<Binding>,
        request: *mut NDIS_OID_REQUEST,
    ) -> NDIS_STATUS {
        if self.inside().gone {
            return NDIS_STATUS_NOT_ACCEPTED;
        }
        if self.inside().resetting {
            self.inside().statistics.asked_in_reset += 1;
            return NDIS_STATUS_RESET_IN_PROGRESS;
        }
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(status) = binding.note_filter(request) {
                return status;
            }
            match (*request).RequestType {
                NdisRequestSetInformation => self.set(request),
                NdisRequestQueryInformation | NdisRequestQueryStatistics => self.query(request),
                _ => NDIS_STATUS_NOT_SUPPORTED,
            }
        }
    }

    unsafe fn query(&self, request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
        // SAFETY: the caller's promise: a query.
        let query = unsafe { &mut (*request).DATA.QUERY_INFORMATION };
        let Some(data) = self.value(query.Oid) else {
            return NDIS_STATUS_NOT_SUPPORTED;
        };
        query.BytesNeeded = data.len() as u32;
        if (query.InformationBufferLength as usize) < data.len() {
            return NDIS_STATUS_INVALID_LENGTH;
        }
        let to = query.InformationBuffer.cast::<u8>();
        // SAFETY: the buffer is as long as it says.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), to, data.len()) };
        query.BytesWritten = data.len() as u32;
        NDIS_STATUS_SUCCESS
    }

    unsafe fn set(&self, request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
        // SAFETY: the caller's promise: a set.
        let set = unsafe { &mut (*request).DATA.SET_INFORMATION };
        let status = match set.Oid {
            OID_GEN_CURRENT_LOOKAHEAD | OID_GEN_INTERRUPT_MODERATION | OID_GEN_LINK_PARAMETERS => {
                NDIS_STATUS_SUCCESS
            }
            OID_OFFLOAD_ENCAPSULATION => match self.inside().offloads.structure() {
                none if none.Checksum.IPv4Transmit[0] | none.Checksum.IPv4Receive[0] == 0 => {
                    NDIS_STATUS_INVALID_PARAMETER
                }
                _ => NDIS_STATUS_SUCCESS,
            },
            // SAFETY: as above.
            OID_TCP_OFFLOAD_PARAMETERS => unsafe { self.change_joins(set) },
            OID_TCP_CONNECTION_OFFLOAD_PARAMETERS if self.options.connections > 0 => {
                let length = set.InformationBufferLength as usize;
                let first = set.InformationBuffer.cast::<u8>();
                // SAFETY: the buffer is as long as it says.
                let given = unsafe { std::slice::from_raw_parts(first, length) };
                self.inside().offload.parameters = Some(given.to_vec());
                NDIS_STATUS_SUCCESS
            }
            _ => NDIS_STATUS_NOT_SUPPORTED,
        };
        if status == NDIS_STATUS_SUCCESS {
            set.BytesRead = set.InformationBufferLength;
        }
        status
    }

    /// Those that it joins by its options can be switched off, and on again.
    unsafe fn change_joins(&self, set: &NDIS_OID_REQUEST_SET) -> NDIS_STATUS {
        let mut offloads = self.inside().offloads;
        // SAFETY: the caller's promise.
        let status = unsafe { offloads.change_joins(set) };
        let able = self.options.offloads.joins;
        let unable = |(on, able): (&bool, bool)| *on && !able;
        if offloads.joins.iter().zip(able).any(unable) {
            return NDIS_STATUS_INVALID_PARAMETER;
        }
        self.inside().offloads = offloads;
        let thread = thread::current();
        let old = thread.irql();
        let old = if old < DISPATCH_LEVEL {
            processor::raise(thread, DISPATCH_LEVEL)
        } else {
            old
        };
        self.tell_offloads();
        if old < DISPATCH_LEVEL {
            processor::lower(thread, old);
        }
        status
    }

    fn value(&self, oid: u32) -> Option<Vec<u8>> {
        let description = self.description();
        let number = |number: u32| Some(number.to_le_bytes().to_vec());
        match oid {
            OID_GEN_MAXIMUM_TOTAL_SIZE
            | OID_GEN_TRANSMIT_BLOCK_SIZE
            | OID_GEN_RECEIVE_BLOCK_SIZE => number(description.mtu + HEADER),
            OID_GEN_MAXIMUM_FRAME_SIZE | OID_GEN_CURRENT_LOOKAHEAD | OID_GEN_MAXIMUM_LOOKAHEAD => {
                number(description.mtu)
            }
            OID_GEN_CURRENT_PACKET_FILTER => number(self.stack().filter()),
            OID_GEN_VENDOR_ID => number(0x00FF_FFFF),
            OID_802_3_MAXIMUM_LIST_SIZE => number(description.multicast),
            OID_GEN_LINK_SPEED => number((description.speed / 100) as u32),
            OID_GEN_MAC_OPTIONS => number(description.mac_options),
            OID_802_3_PERMANENT_ADDRESS | OID_802_3_CURRENT_ADDRESS => Some(self.mac.to_vec()),
            OID_802_3_MULTICAST_LIST => Some(self.stack().multicast().concat()),
            OID_GEN_VENDOR_DESCRIPTION => Some(b"An emulated NIC\0".to_vec()),
            OID_GEN_XMIT_OK => Some(self.inside().statistics.frames_sent.to_le_bytes().to_vec()),
            OID_GEN_RCV_OK => Some(
                self.inside()
                    .statistics
                    .frames_received
                    .to_le_bytes()
                    .to_vec(),
            ),
            _ => None,
        }
    }
}
