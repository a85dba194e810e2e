//! Pools of net buffer lists, and clones: `NdisAllocateNetBufferListPool` and its like. NDIS-NBL-POOL.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::Arc;

use softrnic::sys::*;

use super::State;
use super::lists::{self, List};
use crate::import_with_caller;
use crate::mm::mdl;
use crate::pool::{Pool, Request};
use crate::sync::Mutex;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, MDL};

const RULE: &str = "NDIS-NBL-POOL";
/// Of lists that no pool of a driver's pays for.
const TAG: u32 = u32::from_le_bytes(*b"NDnb");

/// A pool that a driver made; its address is the handle.
pub struct ListPool {
    tag: u32,
    with_buffer: bool,
    caller: usize,
    live: Mutex<HashMap<usize, Made>>,
}

/// What a list came from, and what goes with it.
#[derive(Clone, Debug)]
enum Made {
    List,
    Clone {
        original: usize,
        flags: u32,
        mdls: Vec<usize>,
    },
}

impl ListPool {
    /// Who made it.
    pub(super) fn is_within(&self, base: usize, end: usize) -> bool {
        (base..end).contains(&self.caller)
    }

    /// Memory for a list and so many net buffers.
    fn allocate(&self, pool: &Pool, buffers: usize, caller: usize) -> Option<List> {
        let size = size_of::<NET_BUFFER_LIST>() + buffers * size_of::<NET_BUFFER>();
        let memory = pool.allocate(Request {
            size,
            tag: self.tag,
            caller,
            zeroed: true,
        });
        let list = memory.cast::<NET_BUFFER_LIST>();
        if list.is_null() {
            return None;
        }
        // SAFETY: fresh, zeroed memory of that size.
        unsafe {
            (*list).NdisPoolHandle = std::ptr::from_ref(self).cast_mut().cast();
            let mut link = &raw mut (*list).FirstNetBuffer;
            for index in 0..buffers {
                let buffer = list.add(1).cast::<NET_BUFFER>().add(index);
                *link = buffer;
                link = &raw mut (*buffer).Next;
            }
        }
        Some(list)
    }
}

import_with_caller! {
    /// At most DISPATCH_LEVEL. The pool is freed when all its lists are.
    NdisAllocateNetBufferListPool(handle: NDIS_HANDLE, parameters: *mut NET_BUFFER_LIST_POOL_PARAMETERS) -> PVOID => 2, allocate_pool
}

unsafe extern "win64" fn allocate_pool(
    handle: NDIS_HANDLE,
    parameters: *mut NET_BUFFER_LIST_POOL_PARAMETERS,
    caller: usize,
) -> *mut c_void {
    let thread = thread::enter("NdisAllocateNetBufferListPool", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    if !handle.is_null() && !ndis.is_handle(handle) {
        violation(RULE, "a pool for a handle that NDIS did not give");
    }
    // SAFETY: the driver passes parameters.
    let wanted = unsafe { &*parameters };
    let right = wanted.Header.Type == NDIS_OBJECT_TYPE_DEFAULT
        && wanted.Header.Revision == NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1
        && wanted.Header.Size >= NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    if !right || wanted.DataSize != 0 || wanted.ContextSize != 0 {
        violation(
            RULE,
            "pool parameters with a wrong header, or with data or contexts, which are not emulated",
        );
    }
    if crate::sched::fails("NdisAllocateNetBufferListPool") {
        return std::ptr::null_mut();
    }
    let pool = Arc::new(ListPool {
        tag: wanted.PoolTag,
        with_buffer: wanted.fAllocateNetBuffer != 0,
        caller,
        live: Mutex::default(),
    });
    let address = Arc::as_ptr(&pool).cast_mut().cast();
    ndis.list_pools.lock().push(pool);
    address
}

/// At most DISPATCH_LEVEL. All its lists are freed.
pub unsafe extern "win64" fn NdisFreeNetBufferListPool(handle: NDIS_HANDLE) {
    let thread = thread::enter("NdisFreeNetBufferListPool", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    let pool = ndis.list_pool(handle, "NdisFreeNetBufferListPool");
    let left = pool.live.lock().len();
    if left != 0 {
        let text = format!("a pool is freed with {left} of its lists allocated");
        violation(RULE, &text);
    }
    ndis.list_pools
        .lock()
        .retain(|other| !Arc::ptr_eq(other, &pool));
}

/// At most DISPATCH_LEVEL. From a pool made with `fAllocateNetBuffer`; no contexts.
pub unsafe extern "win64" fn NdisAllocateNetBufferAndNetBufferList(
    handle: NDIS_HANDLE,
    context_size: u16,
    back_fill: u16,
    mdls: PMDL,
    offset: u32,
    length: u64,
) -> List {
    let thread = thread::enter("NdisAllocateNetBufferAndNetBufferList", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    let pool = ndis.list_pool(handle, "NdisAllocateNetBufferAndNetBufferList");
    if !pool.with_buffer || context_size != 0 || back_fill != 0 {
        violation(
            RULE,
            "a list with its net buffer from a pool without them, or with a context, which is not emulated",
        );
    }
    if crate::sched::fails("NdisAllocateNetBufferAndNetBufferList") {
        return std::ptr::null_mut();
    }
    let made = pool.allocate(&thread.machine.pool, 1, pool.caller);
    let Some(list) = made else {
        return std::ptr::null_mut();
    };
    // SAFETY: fresh, with one net buffer; the MDLs are the driver's.
    unsafe { describe((*list).FirstNetBuffer, mdls.cast(), offset, length) };
    pool.live.lock().insert(list as usize, Made::List);
    list
}

/// The net buffer has `length` bytes from `offset` of the MDLs.
unsafe fn describe(buffer: *mut NET_BUFFER, mdls: *mut MDL, offset: u32, length: u64) {
    let (mut current, mut rest) = (mdls, offset);
    // SAFETY: the caller's net buffer and MDLs.
    unsafe {
        while !current.is_null() && rest >= (*current).ByteCount && !(*current).Next.is_null() {
            rest -= (*current).ByteCount;
            current = (*current).Next;
        }
        (*buffer).MdlChain = mdls.cast();
        (*buffer).CurrentMdl = current.cast();
        (*buffer).CurrentMdlOffset = rest;
        (*buffer).DataOffset = offset;
        (*buffer).stDataLength = length;
    }
}

/// At most DISPATCH_LEVEL. Of no clone, and of nothing that others have.
pub unsafe extern "win64" fn NdisFreeNetBufferList(list: List) {
    let thread = thread::enter("NdisFreeNetBufferList", DISPATCH_LEVEL);
    match take(list, "NdisFreeNetBufferList") {
        Made::List => thread.machine.pool.free(list as usize, 0, 0),
        Made::Clone { .. } => violation(RULE, "NdisFreeNetBufferList of a clone"),
    }
}

/// Its pool forgets a list that is freed.
fn take(list: List, call: &str) -> Made {
    let ndis = &thread::current().machine.ndis;
    if ndis.is_lent(list) {
        violation(RULE, &format!("{call} of a list that was lent"));
    }
    let made = ndis.pool_of(list as usize);
    let made = made.and_then(|pool| pool.live.lock().remove(&(list as usize)));
    made.unwrap_or_else(|| violation(RULE, &format!("{call} of a list that is not allocated")))
}

import_with_caller! {
    /// At most DISPATCH_LEVEL. A list over the same data, from the start of the used part.
    NdisAllocateCloneNetBufferList(original: List, lists: NDIS_HANDLE, buffers: NDIS_HANDLE, flags: u32) -> List => 4, clone
}

unsafe extern "win64" fn clone(
    original: List,
    handle: NDIS_HANDLE,
    buffers: NDIS_HANDLE,
    flags: u32,
    caller: usize,
) -> List {
    let thread = thread::enter("NdisAllocateCloneNetBufferList", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    if !buffers.is_null() || flags & !NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS != 0 {
        violation(
            RULE,
            "a clone with unknown flags, or from an unknown pool of net buffers",
        );
    }
    let pool = match handle.is_null() {
        true => ndis.own_list_pool(),
        false => ndis.list_pool(handle, "NdisAllocateCloneNetBufferList"),
    };
    if crate::sched::fails("NdisAllocateCloneNetBufferList") {
        return std::ptr::null_mut();
    }
    // SAFETY: the driver's, or lent to it.
    let sources = unsafe { lists::buffers(original) };
    let Some(list) = pool.allocate(&thread.machine.pool, sources.len(), caller) else {
        return std::ptr::null_mut();
    };
    let mut mdls = Vec::new();
    // SAFETY: as many net buffers as there are sources, whose MDLs are valid.
    unsafe {
        for (&source, target) in sources.iter().zip(lists::buffers(list)) {
            let (mut first, mut offset) = ((*source).CurrentMdl, (*source).CurrentMdlOffset);
            if flags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS == 0 {
                first = partial(source, &pool, caller, &mut mdls).cast();
                offset = 0;
            }
            describe(target, first.cast(), offset, (*source).stDataLength);
        }
    }
    let original = original as usize;
    ndis.clones.lock().insert(list as usize, original);
    let made = Made::Clone {
        original,
        flags,
        mdls,
    };
    pool.live.lock().insert(list as usize, made);
    list
}

/// New MDLs for the data of a net buffer: partial ones of its own.
unsafe fn partial(
    source: *const NET_BUFFER,
    pool: &ListPool,
    caller: usize,
    made: &mut Vec<usize>,
) -> *mut MDL {
    let mut first = std::ptr::null_mut();
    let mut link = &raw mut first;
    // SAFETY: the driver's net buffer; the memory is as large as an MDL of the range has to be.
    unsafe {
        let (mut skip, mut left) = ((*source).CurrentMdlOffset, (*source).stDataLength as u32);
        let mut from = (*source).CurrentMdl.cast::<MDL>();
        while left > 0 && !from.is_null() {
            let length = ((*from).ByteCount - skip).min(left);
            let start = (*from).StartVa as usize + ((*from).ByteOffset + skip) as usize;
            let memory = thread::current().machine.pool.allocate(Request {
                size: mdl::MmSizeOfMdl(start as PVOID, length as usize),
                tag: pool.tag,
                caller,
                zeroed: true,
            });
            if memory.is_null() {
                violation(RULE, "no memory for the MDLs of a clone");
            }
            let target = memory.cast::<MDL>();
            mdl::initialize(target, start as PVOID, length);
            mdl::IoBuildPartialMdl(from, target, start as PVOID, length);
            made.push(target as usize);
            *link = target;
            link = &raw mut (*target).Next;
            left -= length;
            skip = 0;
            from = (*from).Next;
        }
    }
    first
}

/// At most DISPATCH_LEVEL. With the flags it was made with.
pub unsafe extern "win64" fn NdisFreeCloneNetBufferList(list: List, flags: u32) {
    let thread = thread::enter("NdisFreeCloneNetBufferList", DISPATCH_LEVEL);
    let Made::Clone {
        flags: made_with,
        mdls,
        original,
    } = take(list, "NdisFreeCloneNetBufferList")
    else {
        violation(RULE, "NdisFreeCloneNetBufferList of what is no clone")
    };
    if flags != made_with {
        let text =
            format!("a clone of {original:#x} made with flags {made_with} is freed with {flags}");
        violation(RULE, &text);
    }
    thread.machine.ndis.clones.lock().remove(list as usize);
    let pool = &thread.machine.pool;
    mdls.iter().for_each(|&mdl| pool.free(mdl, 0, 0));
    pool.free(list as usize, 0, 0);
}

/// Which lists are clones of which.
#[derive(Default)]
pub(crate) struct Clones {
    original: HashMap<usize, usize>,
    clones: HashMap<usize, Vec<usize>>,
}

impl Clones {
    fn insert(&mut self, clone: usize, original: usize) {
        self.original.insert(clone, original);
        self.clones.entry(original).or_default().push(clone);
    }

    fn remove(&mut self, clone: usize) {
        let Some(original) = self.original.remove(&clone) else {
            return;
        };
        if let Some(all) = self.clones.get_mut(&original) {
            all.retain(|&other| other != clone);
            if all.is_empty() {
                self.clones.remove(&original);
            }
        }
    }

    fn of(&self, original: usize) -> Vec<usize> {
        self.clones.get(&original).cloned().unwrap_or_default()
    }
}

impl State {
    pub(super) fn list_pool(&self, handle: NDIS_HANDLE, call: &str) -> Arc<ListPool> {
        let found = self.list_pools.lock();
        let found = found
            .iter()
            .find(|pool| std::ptr::eq(Arc::as_ptr(pool), handle.cast()))
            .cloned();
        found.unwrap_or_else(|| violation(RULE, &format!("{call} with a handle that is no pool")))
    }

    fn pool_of(&self, list: usize) -> Option<Arc<ListPool>> {
        let pools = self.list_pools.lock();
        let has = |pool: &&Arc<ListPool>| pool.live.lock().contains_key(&list);
        pools.iter().find(has).cloned()
    }

    /// Where clones come from when the driver names no pool.
    fn own_list_pool(&self) -> Arc<ListPool> {
        let mut pools = self.list_pools.lock();
        if let Some(own) = pools.iter().find(|pool| pool.caller == 0) {
            return Arc::clone(own);
        }
        let own = Arc::new(ListPool {
            tag: TAG,
            with_buffer: true,
            caller: 0,
            live: Mutex::default(),
        });
        pools.push(Arc::clone(&own));
        own
    }

    /// A list goes to somebody else.
    pub(crate) fn lend(&self, list: List) -> bool {
        self.lent.lock().insert(list as usize)
    }

    /// A list comes back; nobody may use its data any more, so no clone of it may be lent (NDIS-NBL-03).
    pub(crate) fn give_back(&self, list: List) {
        self.lent.lock().remove(&(list as usize));
        let clones = self.clones.lock().of(list as usize);
        if clones.iter().any(|&clone| self.is_lent(clone as List)) {
            violation(
                "NDIS-NBL-03",
                "a net buffer list is given back while somebody has a clone of it",
            );
        }
    }

    pub(super) fn is_lent(&self, list: List) -> bool {
        self.lent.lock().contains(&(list as usize))
    }
}

/// Copies what goes with a list that is sent.
pub unsafe extern "win64" fn NdisCopySendNetBufferListInfo(to: List, from: List) {
    let _ = thread::enter("NdisCopySendNetBufferListInfo", DISPATCH_LEVEL);
    let places = [
        TcpIpChecksumNetBufferListInfo,
        TcpLargeSendNetBufferListInfo,
        Ieee8021QNetBufferListInfo,
        MediaSpecificInformation,
        NetBufferListCancelId,
        NetBufferListProtocolId,
    ];
    // SAFETY: the driver's lists, or lent to it.
    unsafe { copy_places(to, from, &places) };
}

/// Copies what goes with a list that is received.
pub unsafe extern "win64" fn NdisCopyReceiveNetBufferListInfo(to: List, from: List) {
    let _ = thread::enter("NdisCopyReceiveNetBufferListInfo", DISPATCH_LEVEL);
    let places = [
        TcpIpChecksumNetBufferListInfo,
        Ieee8021QNetBufferListInfo,
        MediaSpecificInformation,
        NetBufferListProtocolId,
        NetBufferListHashValue,
        NetBufferListHashInfo,
        TcpRecvSegCoalesceInfo,
    ];
    // SAFETY: as above.
    unsafe {
        copy_places(to, from, &places);
        (*to).NblFlags = (*from).NblFlags;
    }
}

unsafe fn copy_places(to: List, from: List, places: &[usize]) {
    for &place in places {
        // SAFETY: the caller's promise.
        unsafe { (*to).NetBufferListInfo[place] = (*from).NetBufferListInfo[place] };
    }
}

/// At most DISPATCH_LEVEL. A place where so many bytes lie together, `storage` if they do not; null when there are too few.
pub unsafe extern "win64" fn NdisGetDataBuffer(
    buffer: *mut NET_BUFFER,
    needed: u32,
    storage: PVOID,
    multiple: u32,
    offset: u32,
) -> PVOID {
    let _ = thread::enter("NdisGetDataBuffer", DISPATCH_LEVEL);
    let needed = needed as usize;
    // SAFETY: the driver's net buffer, or lent to it.
    let pieces = unsafe {
        if needed == 0 || needed > lists::length(&*buffer) {
            return std::ptr::null_mut();
        }
        lists::pieces(buffer)
    };
    let Some(pieces) = pieces else {
        return std::ptr::null_mut();
    };
    let (first, together) = pieces[0];
    let aligned = multiple <= 1 || first as usize % multiple as usize == offset as usize;
    if together >= needed && aligned {
        return first.cast();
    }
    if storage.is_null() || crate::sched::fails("NdisGetDataBuffer") {
        return std::ptr::null_mut();
    }
    let mut at = 0;
    for (start, count) in pieces {
        let here = count.min(needed - at);
        // SAFETY: the storage has room for what is needed, by the driver's word.
        unsafe { std::ptr::copy_nonoverlapping(start, storage.cast::<u8>().add(at), here) };
        at += here;
    }
    storage
}
