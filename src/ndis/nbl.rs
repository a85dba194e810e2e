//! The only file that follows net buffer lists.

use super::{dispatch::Handle, upper::Refused};
use crate::sys::{
    NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL, NDIS_SEND_FLAGS_DISPATCH_LEVEL,
    NDIS_STATUS_MEDIA_DISCONNECTED, NDIS_STATUS_NOT_ACCEPTED, NDIS_STATUS_PAUSED, NET_BUFFER_LIST,
    NdisMSendNetBufferListsComplete,
};

/// A chain of lists TCP/IP sent: ours until completed. NDIS-NBL-02: dropping it completes it, so
/// each is completed exactly once.
#[must_use = "sends must be completed"]
pub(super) struct Lists<'a> {
    adapter: &'a Handle,
    first: *mut NET_BUFFER_LIST,
    /// Of the completion: whether this is `DISPATCH_LEVEL` (NDIS-NBL-07).
    flags: u32,
}

impl<'a> Lists<'a> {
    /// # Safety
    /// `first` starts a chain of lists that NDIS gives to the miniport with these send flags.
    pub(super) unsafe fn sent(
        adapter: &'a Handle,
        first: *mut NET_BUFFER_LIST,
        flags: u32,
    ) -> Self {
        let at_dispatch = flags & NDIS_SEND_FLAGS_DISPATCH_LEVEL != 0;
        let flags = if at_dispatch {
            NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL
        } else {
            0
        };
        Self {
            adapter,
            first,
            flags,
        }
    }

    /// How many frames the chain has.
    pub(super) fn frames(&self) -> u64 {
        let mut frames = 0;
        self.each(|list| {
            // SAFETY: the list is ours, with its net buffers.
            let mut buffer = unsafe { (*list).FirstNetBuffer };
            while !buffer.is_null() {
                frames += 1;
                // SAFETY: as above.
                buffer = unsafe { (*buffer).Next };
            }
        });
        frames
    }

    /// Gives every list back, unsent. No lock is held (NDIS-NBL-06).
    pub(super) fn complete(mut self, refused: Refused) {
        let status = match refused {
            Refused::Paused => NDIS_STATUS_PAUSED,
            Refused::Disconnected => NDIS_STATUS_MEDIA_DISCONNECTED,
            // NDIS-LIFE-16.
            Refused::Removed => NDIS_STATUS_NOT_ACCEPTED,
        };
        // SAFETY: the list is ours; only its status is changed (NDIS-NBL-02).
        self.each(|list| unsafe { (*list).Status = status });
        self.give_back();
    }

    fn each(&self, mut f: impl FnMut(*mut NET_BUFFER_LIST)) {
        let mut list = self.first;
        while !list.is_null() {
            f(list);
            // SAFETY: the list is ours until completed.
            list = unsafe { (*list).Next };
        }
    }

    fn give_back(&mut self) {
        let first = core::mem::take(&mut self.first);
        if !first.is_null() {
            // SAFETY: the chain is ours, and is not touched any more.
            unsafe { NdisMSendNetBufferListsComplete(self.adapter.raw(), first, self.flags) };
        }
    }
}

impl Drop for Lists<'_> {
    fn drop(&mut self) {
        self.give_back();
    }
}
