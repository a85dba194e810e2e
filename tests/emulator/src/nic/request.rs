//! The requests a NIC answers.

use std::sync::Arc;

use softrnic::sys::*;

use super::card::Card;
use crate::ndis::lower::Lower;
use crate::ndis::protocol::Binding;

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
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(status) = binding.note_filter(request) {
                return status;
            }
            match (*request).RequestType {
                NdisRequestSetInformation => set(request),
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

unsafe fn set(request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
    // SAFETY: the caller's promise: a set.
    let set = unsafe { &mut (*request).DATA.SET_INFORMATION };
    match set.Oid {
        OID_GEN_CURRENT_LOOKAHEAD | OID_GEN_INTERRUPT_MODERATION | OID_GEN_LINK_PARAMETERS => {
            set.BytesRead = set.InformationBufferLength;
            NDIS_STATUS_SUCCESS
        }
        _ => NDIS_STATUS_NOT_SUPPORTED,
    }
}
