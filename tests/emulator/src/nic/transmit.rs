//! What protocols send goes to the switch. NDIS-NBL-01, NDIS-NBL-04.

use std::sync::Arc;

use softrnic::sys::*;

use super::card::{Card, Waiting};
use crate::ndis::lists::{self, List};
use crate::ndis::protocol::Binding;

/// Bytes of an Ethernet header.
const HEADER: usize = 14;
/// The shortest frame, without its checksum: shorter ones are padded.
const SHORTEST: usize = 60;

impl Card {
    /// Lists to send: at once, or on the NIC's thread, but never out of order.
    pub(super) fn start(&self, binding: &Arc<Binding>, lists: Vec<List>) {
        let late = self.chance(2);
        let mut inside = self.inside();
        let queues = late || !inside.waiting.is_empty();
        let new = lists.iter().map(|&list| Waiting {
            binding: Arc::clone(binding),
            list: list as usize,
        });
        if queues {
            inside.waiting.extend(new);
            drop(inside);
            return self.notify();
        }
        let new: Vec<Waiting> = new.collect();
        drop(inside);
        self.transmit(new);
    }

    /// Sends, and completes at the bindings.
    pub(super) fn transmit(&self, waiting: Vec<Waiting>) {
        for one in &waiting {
            let list = one.list as List;
            // SAFETY: the list is the NIC's until it is completed.
            unsafe { (*list).Status = self.put(list) };
        }
        complete(&waiting);
    }

    /// Puts the net buffers of a list on the wire.
    unsafe fn put(&self, list: List) -> NDIS_STATUS {
        let inside = self.inside();
        let refused = match () {
            () if inside.gone => Some(NDIS_STATUS_NOT_ACCEPTED),
            () if !inside.running => Some(NDIS_STATUS_PAUSED),
            () if !inside.link => Some(NDIS_STATUS_MEDIA_DISCONNECTED),
            () => None,
        };
        drop(inside);
        if let Some(refused) = refused {
            self.inside().statistics.send_errors += 1;
            return refused;
        }
        let mut status = NDIS_STATUS_SUCCESS;
        // SAFETY: the caller's promise.
        for buffer in unsafe { lists::buffers(list) } {
            // SAFETY: as above.
            let mut frame = unsafe { lists::bytes(buffer) }.unwrap_or_default();
            let longest = HEADER + self.options.mtu as usize;
            let mut inside = self.inside();
            if frame.len() > longest || frame.len() < HEADER {
                inside.statistics.send_errors += 1;
                status = NDIS_STATUS_INVALID_LENGTH;
                continue;
            }
            frame.resize(frame.len().max(SHORTEST), 0);
            inside.statistics.frames_sent += 1;
            inside.statistics.bytes_sent += frame.len() as u64;
            drop(inside);
            self.switch.carry(self.port, frame.into());
        }
        status
    }

    /// What waits with this cancel id does not go out.
    pub(super) fn cancel(&self, id: PVOID) {
        // SAFETY: a list that waits is the NIC's.
        let has = |one: &Waiting| unsafe {
            (*(one.list as List)).NetBufferListInfo[NetBufferListCancelId] == id
        };
        let mut inside = self.inside();
        let all = std::mem::take(&mut inside.waiting);
        let (cancelled, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(has);
        inside.waiting.extend(rest);
        drop(inside);
        for one in &cancelled {
            // SAFETY: as above.
            unsafe { (*(one.list as List)).Status = NDIS_STATUS_SEND_ABORTED };
        }
        complete(&cancelled);
    }
}

/// One call for each run of the same binding's.
fn complete(done: &[Waiting]) {
    for run in done.chunk_by(|one, other| Arc::ptr_eq(&one.binding, &other.binding)) {
        let lists: Vec<List> = run.iter().map(|one| one.list as List).collect();
        run[0].binding.complete_sends(&lists);
    }
}
