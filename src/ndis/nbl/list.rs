//! One list at a time: clones, the frames it describes, the words beside it, chains.

use core::ptr;

use crate::ndis::frame::Header;
use crate::sys::{
    self, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS, NDIS_HANDLE, NET_BUFFER, NET_BUFFER_LIST,
};

/// A clone of `list`, from the edge of this handle, with `list` as its parent.
///
/// # Safety
/// `list` is ours, and stays as it is until the clone is freed; the pool is alive.
pub(super) unsafe fn clone_for(
    source: NDIS_HANDLE,
    list: *mut NET_BUFFER_LIST,
    pool: NDIS_HANDLE,
) -> Option<*mut NET_BUFFER_LIST> {
    let flags = NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS;
    // SAFETY: the caller's promise; net buffers come from NDIS's own pool.
    let clone = unsafe { sys::NdisAllocateCloneNetBufferList(list, pool, ptr::null_mut(), flags) };
    if clone.is_null() {
        return None;
    }
    // SAFETY: the clone is ours, in no chain yet.
    unsafe {
        (*clone).SourceHandle = source;
        (*clone).ParentNetBufferList = list;
        (*clone).NblFlags |= (*list).NblFlags & KEPT_FLAGS;
    }
    Some(clone)
}

/// What an original says of its data is true of the clone's, which is the same.
const KEPT_FLAGS: u32 = sys::NDIS_NBL_FLAGS_SEND_READ_ONLY
    | sys::NDIS_NBL_FLAGS_RECV_READ_ONLY
    | sys::NDIS_NBL_FLAGS_IS_IPV4
    | sys::NDIS_NBL_FLAGS_IS_IPV6
    | sys::NDIS_NBL_FLAGS_IS_TCP
    | sys::NDIS_NBL_FLAGS_IS_UDP;

/// # Safety
/// `clone` is from `clone_for`, ours, and not used afterwards.
pub(super) unsafe fn free(clone: *mut NET_BUFFER_LIST) {
    // SAFETY: the caller's promise; the flags are those it was made with.
    unsafe { sys::NdisFreeCloneNetBufferList(clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) };
}

/// # Safety
/// `list` is ours.
pub(super) unsafe fn first_reserved(list: *mut NET_BUFFER_LIST) -> *mut NET_BUFFER_LIST {
    // SAFETY: the caller's promise.
    let [next, _] = unsafe { (*list).MiniportReserved };
    next.cast()
}

/// # Safety
/// `frame` is null or of a list of ours.
pub(super) unsafe fn header(frame: *mut NET_BUFFER) -> Option<Header> {
    const LENGTH: u32 = Header::LENGTH as u32;
    // SAFETY: the caller's promise.
    if frame.is_null() || unsafe { length(frame) } < u64::from(LENGTH) {
        return None;
    }
    let mut storage = [0_u8; Header::LENGTH];
    // SAFETY: as above; the storage is of the length asked for.
    let bytes = unsafe { sys::NdisGetDataBuffer(frame, LENGTH, (&raw mut storage).cast(), 1, 0) };
    if bytes.is_null() {
        return None;
    }
    // SAFETY: that many bytes, in the frame or in the storage.
    Some(Header::read(&unsafe {
        bytes.cast::<[u8; Header::LENGTH]>().read_unaligned()
    }))
}

/// # Safety
/// `frame` is of a list of ours.
pub(super) unsafe fn length(frame: *mut NET_BUFFER) -> u64 {
    // SAFETY: the caller's promise. The field is `DataLength` of 32 bits, or one of 64 of which NDIS
    // uses no more.
    unsafe { (*frame).stDataLength & u64::from(u32::MAX) }
}

/// The net buffers of a list.
///
/// # Safety
/// `list` is ours while the iterator is used.
pub(super) unsafe fn frames(list: *mut NET_BUFFER_LIST) -> impl Iterator<Item = *mut NET_BUFFER> {
    // SAFETY: the caller's promise.
    let mut next = unsafe { (*list).FirstNetBuffer };
    core::iter::from_fn(move || {
        let frame = next;
        // SAFETY: as above.
        next = unsafe { frame.as_ref() }?.Next;
        Some(frame)
    })
}

/// Lists being chained, in order.
///
/// # Invariants
/// All lists of the chain are ours; `last` is null exactly when it is empty.
pub(super) struct Chain {
    pub(super) first: *mut NET_BUFFER_LIST,
    last: *mut NET_BUFFER_LIST,
    pub(super) count: usize,
}

impl Chain {
    pub(super) const EMPTY: Self = Self {
        first: ptr::null_mut(),
        last: ptr::null_mut(),
        count: 0,
    };

    /// # Safety
    /// `list` is ours and in no chain that is used any more.
    pub(super) unsafe fn push(&mut self, list: *mut NET_BUFFER_LIST) {
        // SAFETY: the caller's promise.
        unsafe { (*list).Next = ptr::null_mut() };
        if self.last.is_null() {
            self.first = list;
        } else {
            // SAFETY: the last one is ours.
            unsafe { (*self.last).Next = list };
        }
        self.last = list;
        self.count += 1;
    }

    /// # Safety
    /// `first` starts a chain that is ours, and used no more.
    pub(super) unsafe fn append(&mut self, first: *mut NET_BUFFER_LIST) {
        for list in Chained(first) {
            // SAFETY: the caller's promise; the next was read before.
            unsafe { self.push(list) };
        }
    }

    /// Those for which `goes` is true, out of the chain; both keep their order.
    pub(super) fn extract(&mut self, goes: impl Fn(*mut NET_BUFFER_LIST) -> bool) -> Self {
        let (mut stays, mut gone) = (Self::EMPTY, Self::EMPTY);
        for list in Chained(self.first) {
            let chain = if goes(list) { &mut gone } else { &mut stays };
            // SAFETY: ours, by the invariant; the next was read before.
            unsafe { chain.push(list) };
        }
        *self = stays;
        gone
    }
}

/// A clone that is sent again says so where only its owner looks.
///
/// # Safety
/// `clone` is ours.
pub(super) unsafe fn set_again(clone: *mut NET_BUFFER_LIST, again: bool) {
    // SAFETY: the caller's promise.
    let [mark, ..] = unsafe { &mut (*clone).ProtocolReserved };
    *mark = ptr::without_provenance_mut(usize::from(again));
}

/// # Safety
/// `clone` is ours, back from the NIC.
pub(super) unsafe fn is_again(clone: *mut NET_BUFFER_LIST) -> bool {
    // SAFETY: the caller's promise.
    let [mark, ..] = unsafe { (*clone).ProtocolReserved };
    !mark.is_null()
}

/// The cancel id as a number.
///
/// # Safety
/// `list` is ours.
pub(super) unsafe fn cancel_id(list: *mut NET_BUFFER_LIST) -> usize {
    // SAFETY: the caller's promise.
    let id = unsafe { (*list).NetBufferListInfo.get(sys::NetBufferListCancelId) };
    id.map_or(0, |id| id.addr())
}

/// The lists of a chain of ours; each may be given away or chained anew once it was seen.
pub(super) struct Chained(pub(super) *mut NET_BUFFER_LIST);

impl Iterator for Chained {
    type Item = *mut NET_BUFFER_LIST;

    fn next(&mut self) -> Option<Self::Item> {
        let list = self.0;
        // SAFETY: made of a chain that is ours, and the next is read before this one goes.
        self.0 = unsafe { list.as_ref() }?.Next;
        Some(list)
    }
}

/// What goes with a list at this place; all that is used of it is in the low half.
///
/// # Safety
/// `list` is ours.
pub(super) unsafe fn word(list: *mut NET_BUFFER_LIST, place: usize) -> u32 {
    // SAFETY: the caller's promise.
    let value = unsafe { (*list).NetBufferListInfo.get(place).copied() };
    value.map_or(0, |value| value.addr() as u32)
}

/// # Safety
/// `list` is ours.
pub(super) unsafe fn set_word(list: *mut NET_BUFFER_LIST, place: usize, word: u32) {
    // SAFETY: the caller's promise.
    if let Some(value) = unsafe { (*list).NetBufferListInfo.get_mut(place) } {
        *value = ptr::without_provenance_mut(word as usize);
    }
}
