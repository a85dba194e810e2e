//! What protocols send goes to the switch. NDIS-NBL-01, NDIS-NBL-04.

use std::sync::Arc;

use softrnic::sys::*;

use super::card::{Card, Waiting};
use super::packet::{self, HEADER};
use crate::ndis::lists::{self, List};
use crate::ndis::offload::{Beside, VERSION_2};
use crate::ndis::protocol::Binding;

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
            () if inside.resetting => Some(NDIS_STATUS_RESET_IN_PROGRESS),
            () if !inside.running => Some(NDIS_STATUS_PAUSED),
            () if !inside.link => Some(NDIS_STATUS_MEDIA_DISCONNECTED),
            () => None,
        };
        drop(inside);
        if let Some(refused) = refused {
            self.inside().statistics.send_errors += 1;
            return refused;
        }
        // SAFETY: the caller's promise.
        let beside = unsafe { Beside::of(list) };
        let mut status = NDIS_STATUS_SUCCESS;
        // SAFETY: as above.
        for buffer in unsafe { lists::buffers(list) } {
            // SAFETY: as above.
            let frame = unsafe { lists::bytes(buffer) }.unwrap_or_default();
            let Some(frames) = self.work_on(frame, beside) else {
                self.inside().statistics.send_errors += 1;
                status = NDIS_STATUS_INVALID_PARAMETER;
                continue;
            };
            for frame in frames {
                if !self.put_frame(frame, beside.tag) {
                    status = NDIS_STATUS_INVALID_LENGTH;
                }
            }
        }
        if beside.large != 0 {
            let done = Beside {
                large: VERSION_2,
                ..beside
            };
            // SAFETY: as above: a large send is said to be done so.
            unsafe { done.put(list) };
        }
        status
    }

    /// What is asked for beside a frame; `None` when the NIC does not do it, or no more.
    fn work_on(&self, mut frame: Vec<u8>, beside: Beside) -> Option<Vec<Vec<u8>>> {
        let mut inside = self.inside();
        beside
            .is_done(&inside.offloads, frame.len())
            .then_some(())?;
        if beside.large != 0 {
            inside.statistics.cut += 1;
            return Some(packet::segments(&frame, beside.large));
        }
        if beside.is_task() {
            inside.statistics.summed += 1;
            packet::make_checksums(&mut frame, beside.checksum);
        }
        Some(vec![frame])
    }

    /// Puts a frame on the wire; false when it has no length of a frame's.
    fn put_frame(&self, mut frame: Vec<u8>, tag: u32) -> bool {
        let mut inside = self.inside();
        let longest = HEADER + inside.mtu as usize;
        if frame.len() > longest || frame.len() < HEADER {
            inside.statistics.send_errors += 1;
            return false;
        }
        if tag != 0 {
            packet::insert_tag(&mut frame, tag);
        }
        frame.resize(frame.len().max(SHORTEST), 0);
        inside.statistics.frames_sent += 1;
        inside.statistics.bytes_sent += frame.len() as u64;
        drop(inside);
        self.switch.carry(self.port, frame.into());
        true
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
