//! The only place that follows net buffer lists: what passes here, the lists themselves in [`list`].
//!
//! A list that passes is cloned, with the original's own memory descriptors: no byte is copied, and
//! no memory is allocated but from NDIS's pool of lists. The clone is ours to give to the other
//! edge; the original stays as it came until the clone is back, which is when it goes home
//! (NDIS-NBL-02, NDIS-NBL-03). A clone knows its original by its parent.
//!
//! Nothing here holds a lock (NDIS-NBL-06).

mod held;
mod list;

use core::{marker::PhantomData, ptr};

pub(super) use self::held::Held;

use self::list::{
    Chain, Chained, clone_for, first_reserved, frames, free, header, is_again, length, set_again,
    set_word, word,
};
use super::{
    dispatch::{Handle, Open},
    frame::{Asked, Rights, Tally},
    lower::Binding,
    pair::{Pair, Passing, Refused},
};
use crate::sys::{
    self, NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL, NDIS_RECEIVE_FLAGS_RESOURCES,
    NDIS_RETURN_FLAGS_DISPATCH_LEVEL, NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL,
    NDIS_SEND_FLAGS_DISPATCH_LEVEL, NDIS_STATUS, NDIS_STATUS_LOW_POWER_STATE,
    NDIS_STATUS_MEDIA_DISCONNECTED, NDIS_STATUS_NOT_ACCEPTED, NDIS_STATUS_NOT_SUPPORTED,
    NDIS_STATUS_PAUSED, NDIS_STATUS_RESET_IN_PROGRESS, NDIS_STATUS_RESOURCES,
    NDIS_STATUS_SEND_ABORTED, NDIS_STATUS_SUCCESS, NET_BUFFER_LIST,
    NdisMSendNetBufferListsComplete,
};

/// Of every flag word: this is `DISPATCH_LEVEL` (NDIS-NBL-07).
const AT_DISPATCH: u32 = 1;
const _: () = assert!(
    NDIS_SEND_FLAGS_DISPATCH_LEVEL == AT_DISPATCH
        && NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL == AT_DISPATCH
        && NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL == AT_DISPATCH
        && NDIS_RETURN_FLAGS_DISPATCH_LEVEL == AT_DISPATCH
);

/// The default port, the only one.
const PORT: u32 = sys::NDIS_DEFAULT_PORT_NUMBER;

/// A chain of lists TCP/IP sent: ours until completed. NDIS-NBL-02: dropping it completes it, so
/// each is completed exactly once.
#[must_use = "sends must be completed"]
pub(super) struct Lists<'a> {
    adapter: sys::NDIS_HANDLE,
    first: *mut NET_BUFFER_LIST,
    flags: u32,
    /// The NIC had them before, and dropped them.
    again: bool,
    alive: PhantomData<&'a ()>,
}

impl<'a> Lists<'a> {
    /// # Safety
    /// `first` starts a chain of lists that NDIS gives to the miniport with these send flags.
    pub(super) unsafe fn sent(
        adapter: &'a Handle,
        first: *mut NET_BUFFER_LIST,
        flags: u32,
    ) -> Self {
        Self {
            adapter: adapter.raw(),
            first,
            flags: flags & AT_DISPATCH,
            again: false,
            alive: PhantomData,
        }
    }

    /// # Safety
    /// `first` starts a chain of lists that NDIS gave to the pair's miniport.
    unsafe fn unsent(passing: &'a Passing<'_>, first: *mut NET_BUFFER_LIST, again: bool) -> Self {
        Self {
            adapter: Open::of(passing).adapter,
            first,
            flags: 0,
            again,
            alive: PhantomData,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        Chained(self.first).count()
    }

    /// Not completed: the chain is the caller's.
    fn into_chain(mut self) -> *mut NET_BUFFER_LIST {
        core::mem::replace(&mut self.first, ptr::null_mut())
    }

    /// How many frames the chain has.
    pub(super) fn frames(&self) -> u64 {
        Chained(self.first)
            // SAFETY: the list is ours, with its net buffers.
            .map(|list| unsafe { frames(list) }.count() as u64)
            .sum()
    }

    /// Gives every list back, unsent.
    pub(super) fn complete(self, refused: Refused) {
        let status = match refused {
            Refused::Paused => NDIS_STATUS_PAUSED,
            Refused::Disconnected => NDIS_STATUS_MEDIA_DISCONNECTED,
            // NDIS-LIFE-16.
            Refused::Removed => NDIS_STATUS_NOT_ACCEPTED,
            Refused::Asleep => NDIS_STATUS_LOW_POWER_STATE,
            Refused::Resetting => NDIS_STATUS_RESET_IN_PROGRESS,
            Refused::Cancelled => NDIS_STATUS_SEND_ABORTED,
        };
        for list in Chained(self.first) {
            // SAFETY: the list is ours; only its status is changed (NDIS-NBL-02).
            unsafe { (*list).Status = status };
        }
    }

    /// Gives the lists to the NIC, in their order (NDIS-NBL-01). What there is no memory for comes
    /// back at once. The NIC pads what is short.
    pub(super) fn pass(mut self, passing: &Passing<'_>) {
        let open = Open::of(passing);
        let (mut down, mut unsent) = (Chain::EMPTY, Chain::EMPTY);
        let mut tally = Tally::default();
        for list in Chained(core::mem::replace(&mut self.first, ptr::null_mut())) {
            // SAFETY: the list is ours, so are its clone and the chains they go to.
            unsafe {
                match clone_to_send(passing.pair().rights(), list, &open) {
                    Ok(clone) => {
                        (*list).Next = ptr::null_mut();
                        set_again(clone, self.again);
                        down.push(clone);
                    }
                    Err(status) => {
                        (*list).Status = status;
                        tally.discards += frames(list).count() as u64;
                        unsent.push(list);
                    }
                }
            }
        }
        passing.pair().counters().sent(&tally);
        self.first = unsent.first;
        let flags = self.flags;
        drop(self);
        if down.count > 0 {
            passing.lists_set_out(down.count);
            // SAFETY: the binding is open while we pass; the clones are given away.
            unsafe { sys::NdisSendNetBufferLists(open.binding, down.first, PORT, flags) };
        }
    }
}

impl Drop for Lists<'_> {
    fn drop(&mut self) {
        if !self.first.is_null() {
            // SAFETY: the chain is ours, and is not touched any more.
            unsafe { NdisMSendNetBufferListsComplete(self.adapter, self.first, self.flags) };
        }
    }
}

/// # Safety
/// `list` is ours.
unsafe fn clone_to_send(
    rights: &Rights,
    list: *mut NET_BUFFER_LIST,
    open: &Open,
) -> Result<*mut NET_BUFFER_LIST, NDIS_STATUS> {
    // SAFETY: the caller's promise; the clone is ours.
    unsafe {
        // The NIC below may be another than the one the layers above know of.
        let tag = rights.send(&asked(list)).ok_or(NDIS_STATUS_NOT_SUPPORTED)?;
        let clone = clone_for(open.binding, list, open.pool).ok_or(NDIS_STATUS_RESOURCES)?;
        sys::NdisCopySendNetBufferListInfo(clone, list);
        set_word(clone, sys::Ieee8021QNetBufferListInfo, tag);
        Ok(clone)
    }
}

/// What a list to be sent asks the NIC for.
///
/// # Safety
/// `list` is ours.
unsafe fn asked(list: *mut NET_BUFFER_LIST) -> Asked {
    // SAFETY: the caller's promise.
    unsafe {
        let large = word(list, sys::TcpLargeSendNetBufferListInfo);
        let longest = || frames(list).map(|frame| length(frame)).max().unwrap_or(0);
        Asked {
            checksum: word(list, sys::TcpIpChecksumNetBufferListInfo),
            large,
            tag: word(list, sys::Ieee8021QNetBufferListInfo),
            bytes: if large == 0 { 0 } else { longest() },
        }
    }
}

/// The NIC is done with what it was given: the originals go home with its verdict. NDIS-LIFE-18: those that
/// it dropped because it is being reset wait until that is over, and go out once more.
///
/// # Safety
/// `first` starts a chain of clones that NDIS gives back with these flags, from a send on the
/// pair's binding.
pub(super) unsafe fn sent(pair: &Pair, first: *mut NET_BUFFER_LIST, flags: u32) {
    let (mut originals, mut dropped) = (Chain::EMPTY, Chain::EMPTY);
    let mut tally = Tally::default();
    for clone in Chained(first) {
        // SAFETY: the clone is ours again, and its original was ours all the time.
        unsafe {
            let list = (*clone).ParentNetBufferList;
            if (*clone).Status == NDIS_STATUS_RESET_IN_PROGRESS && !is_again(clone) {
                free(clone);
                dropped.push(list);
                continue;
            }
            (*list).Status = (*clone).Status;
            // The NIC says here what became of a large send.
            let large = word(clone, sys::TcpLargeSendNetBufferListInfo);
            set_word(list, sys::TcpLargeSendNetBufferListInfo, large);
            count_sent(clone, &mut tally);
            free(clone);
            originals.push(list);
        }
    }
    pair.counters().sent(&tally);
    let inside = pair.lists_come_back(originals.count + dropped.count);
    let passing = inside.passing();
    if dropped.count > 0 {
        // SAFETY: the originals are ours.
        let dropped = unsafe { Lists::unsent(&passing, dropped.first, true) };
        if let Some(lists) = pair.hold_dropped(&passing, dropped) {
            pair.give_back(lists, Refused::Resetting);
        }
    }
    if originals.count > 0 {
        let adapter = Open::of(&passing).adapter;
        // SAFETY: the adapter waits for `inside`; the originals are given away.
        unsafe { NdisMSendNetBufferListsComplete(adapter, originals.first, flags & AT_DISPATCH) };
    }
}

/// The NIC received frames. Those that are the adapter's go up; NDIS-PROT-06: the rest goes back at
/// once, and so does everything while either edge is paused (NDIS-PROT-03).
///
/// # Safety
/// `first` starts a chain of lists that NDIS indicates on the binding with these flags.
pub(super) unsafe fn received(binding: &Binding, first: *mut NET_BUFFER_LIST, flags: u32) {
    // Lent: the lists are NDIS's again when the call returns, and their chain is left as it is.
    let lent = flags & NDIS_RECEIVE_FLAGS_RESOURCES != 0;
    let level = flags & AT_DISPATCH;
    let pair = binding.pair();
    let entered = pair.enter();
    let Ok(passing) = entered.passing() else {
        if !lent {
            // SAFETY: the binding is open during a call of its own; the lists are given back.
            unsafe { sys::NdisReturnNetBufferLists(binding.opening().raw(), first, level) };
        }
        return;
    };
    let open = Open::of(&passing);
    let (mut up, mut back) = (Chain::EMPTY, Chain::EMPTY);
    let mut tally = Tally::default();
    for list in Chained(first) {
        // SAFETY: the list is ours, for the call if lent, and so is its clone.
        unsafe {
            if let Some(clone) = take(pair, list, &open, &mut tally) {
                up.push(clone);
            } else if !lent {
                back.push(list);
            }
        }
    }
    pair.counters().received(&tally);
    if back.count > 0 {
        // SAFETY: the binding is open; the lists are given back.
        unsafe { sys::NdisReturnNetBufferLists(open.binding, back.first, level) };
    }
    // SAFETY: the clones are ours.
    unsafe { indicate(&passing, &open, up, level, lent) };
}

/// # Safety
/// `up` has clones of ours, which are given away unless `lent`.
unsafe fn indicate(passing: &Passing<'_>, open: &Open, up: Chain, level: u32, lent: bool) {
    let Ok(count) = u32::try_from(up.count) else {
        return;
    };
    if count == 0 {
        return;
    }
    if lent {
        // The chain is ours again after the call, and this is how we know it then.
        for clone in Chained(up.first) {
            // SAFETY: ours, and the miniport's place in it is for the miniport.
            unsafe { (*clone).MiniportReserved = [(*clone).Next.cast(), ptr::null_mut()] };
        }
    } else {
        passing.lists_set_out(up.count);
    }
    let flags = level
        | if lent {
            NDIS_RECEIVE_FLAGS_RESOURCES
        } else {
            0
        };
    // SAFETY: the adapter is there while we pass.
    unsafe {
        sys::NdisMIndicateReceiveNetBufferLists(open.adapter, up.first, PORT, count, flags);
    }
    let mut clone = if lent { up.first } else { ptr::null_mut() };
    while !clone.is_null() {
        // SAFETY: NDIS-NBL-05: ours again, as the flag says.
        unsafe {
            let next = first_reserved(clone);
            free(clone);
            clone = next;
        }
    }
}

/// The layers above are done with what they were given: the originals go back to the NIC.
///
/// # Safety
/// `first` starts a chain of clones that NDIS returns to the pair's adapter with these flags.
pub(super) unsafe fn returned(pair: &Pair, first: *mut NET_BUFFER_LIST, flags: u32) {
    let mut originals = Chain::EMPTY;
    for clone in Chained(first) {
        // SAFETY: the clone is ours again, and its original was ours all the time.
        unsafe {
            let list = (*clone).ParentNetBufferList;
            free(clone);
            originals.push(list);
        }
    }
    let inside = pair.lists_come_back(originals.count);
    let open = Open::of(&inside.passing());
    // SAFETY: the binding waits for `inside`; the originals are given away.
    unsafe { sys::NdisReturnNetBufferLists(open.binding, originals.first, flags & AT_DISPATCH) };
}

/// A clone of a received list, if its frame is for the adapter and there is memory.
///
/// # Safety
/// `list` is ours.
unsafe fn take(
    pair: &Pair,
    list: *mut NET_BUFFER_LIST,
    open: &Open,
    tally: &mut Tally,
) -> Option<*mut NET_BUFFER_LIST> {
    // SAFETY: the caller's promise; a received list has one net buffer.
    let Some(header) = (unsafe { header((*list).FirstNetBuffer) }) else {
        tally.errors += 1;
        return None;
    };
    let kind = pair.filter().takes(&header)?;
    // SAFETY: the caller's promise.
    let tag = pair
        .rights()
        .receive(unsafe { word(list, sys::Ieee8021QNetBufferListInfo) })?;
    // SAFETY: the caller's promise.
    let Some(clone) = (unsafe { clone_for(open.adapter, list, open.pool) }) else {
        tally.discards += 1;
        return None;
    };
    // SAFETY: both are ours.
    unsafe {
        sys::NdisCopyReceiveNetBufferListInfo(clone, list);
        let verdicts = pair.rights().verdicts(header.contents);
        tell_received(clone, list, verdicts, tag);
        for frame in frames(list) {
            tally.add(kind, length(frame));
        }
    }
    Some(clone)
}

/// What the NIC says of a received list, as far as the layers above asked for it. Hashes are for
/// its own receive side scaling, which is not the adapter's.
///
/// # Safety
/// Both are ours.
unsafe fn tell_received(
    clone: *mut NET_BUFFER_LIST,
    list: *mut NET_BUFFER_LIST,
    verdicts: u32,
    tag: u32,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let joined = word(list, sys::TcpRecvSegCoalesceInfo);
        let said = word(list, sys::TcpIpChecksumNetBufferListInfo);
        // Of joined segments nothing but the NIC's word says that they were whole.
        let told = if joined == 0 { verdicts } else { u32::MAX };
        set_word(clone, sys::TcpIpChecksumNetBufferListInfo, said & told);
        set_word(clone, sys::TcpRecvSegCoalesceInfo, joined);
        set_word(clone, sys::Ieee8021QNetBufferListInfo, tag);
        set_word(clone, sys::NetBufferListHashValue, 0);
        set_word(clone, sys::NetBufferListHashInfo, 0);
    }
}

/// # Safety
/// `clone` is ours, back from the NIC.
unsafe fn count_sent(clone: *mut NET_BUFFER_LIST, tally: &mut Tally) {
    // SAFETY: the caller's promise.
    let status = unsafe { (*clone).Status };
    // SAFETY: as above.
    for frame in unsafe { frames(clone) } {
        match status {
            NDIS_STATUS_SUCCESS => {
                // SAFETY: the frame is the clone's.
                let (header, bytes) = unsafe { (header(frame), length(frame)) };
                match header {
                    Some(header) => tally.add(header.kind(), bytes),
                    // Sent, and cannot be mapped to look at: nearly all are unicast.
                    None => tally.add(super::frame::Kind::Unicast, bytes),
                }
            }
            NDIS_STATUS_PAUSED
            | NDIS_STATUS_MEDIA_DISCONNECTED
            | NDIS_STATUS_RESOURCES
            | NDIS_STATUS_LOW_POWER_STATE
            | NDIS_STATUS_RESET_IN_PROGRESS => tally.discards += 1,
            _ => tally.errors += 1,
        }
    }
}

/// How many lists a chain has.
///
/// # Safety
/// The chain is ours.
#[cfg(feature = "chimney")]
pub(super) unsafe fn count(first: *mut NET_BUFFER_LIST) -> usize {
    Chained(first).count()
}
