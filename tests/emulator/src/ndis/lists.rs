//! Net buffer lists as NDIS and NICs read them: chains, the bytes that net buffers describe, and what must be as it was
//! when a list comes back (NDIS-NBL-02).

use softrnic::sys::*;

use crate::mm::mdl;
use crate::pool::PoolMode;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, MDL};

/// A list that somebody lent.
pub(crate) type List = *mut NET_BUFFER_LIST;

/// The lists of a chain, in order.
///
/// # Safety
/// The chain is valid.
pub(crate) unsafe fn chain(first: List) -> Vec<List> {
    let mut all = Vec::new();
    let mut next = first;
    while !next.is_null() {
        all.push(next);
        // SAFETY: the caller's promise.
        next = unsafe { (*next).Next };
    }
    all
}

/// Makes a chain of the lists; its first.
///
/// # Safety
/// The lists are the caller's.
pub(crate) unsafe fn link(lists: &[List]) -> List {
    let mut next = std::ptr::null_mut();
    for &list in lists.iter().rev() {
        // SAFETY: the caller's promise.
        unsafe { (*list).Next = next };
        next = list;
    }
    next
}

/// The net buffers of a list, in order.
///
/// # Safety
/// The list is valid.
pub(crate) unsafe fn buffers(list: List) -> Vec<*mut NET_BUFFER> {
    let mut all = Vec::new();
    // SAFETY: the caller's promise.
    let mut next = unsafe { (*list).FirstNetBuffer };
    while !next.is_null() {
        all.push(next);
        // SAFETY: as above.
        next = unsafe { (*next).Next };
    }
    all
}

/// How many bytes a net buffer has: the header writes 32 of the 64 bits.
pub(crate) fn length(buffer: &NET_BUFFER) -> usize {
    buffer.stDataLength as u32 as usize
}

/// The pieces of memory that a net buffer's data lies in; `None` when its MDLs end before its data does, or are not mapped.
///
/// # Safety
/// The net buffer and its MDLs are valid.
pub(crate) unsafe fn pieces(buffer: *const NET_BUFFER) -> Option<Vec<(*mut u8, usize)>> {
    // SAFETY: the caller's promise.
    let buffer = unsafe { &*buffer };
    let (mut skip, mut left) = (buffer.DataOffset as usize, length(buffer));
    let mut next = buffer.MdlChain.cast::<MDL>();
    let mut all = Vec::new();
    while left > 0 {
        if next.is_null() {
            return None;
        }
        // SAFETY: as above.
        let count = unsafe { (*next).ByteCount } as usize;
        if skip < count {
            let here = (count - skip).min(left);
            let start = mdl::system_address(next)?;
            // SAFETY: within what the MDL describes.
            all.push((unsafe { start.add(skip) }, here));
            left -= here;
            skip = 0;
        } else {
            skip -= count;
        }
        // SAFETY: as above.
        next = unsafe { (*next).Next };
    }
    Some(all)
}

/// The bytes of a net buffer.
///
/// # Safety
/// As of [`pieces`].
pub(crate) unsafe fn bytes(buffer: *const NET_BUFFER) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    let pieces = unsafe { pieces(buffer) }?;
    let mut all = Vec::new();
    for (start, count) in pieces {
        // SAFETY: mapped memory of that length.
        all.extend_from_slice(unsafe { std::slice::from_raw_parts(start, count) });
    }
    Some(all)
}

/// Whether `CurrentMdl` and its offset say the same as `DataOffset`.
unsafe fn is_consistent(buffer: &NET_BUFFER) -> bool {
    let (mut skip, mut next) = (buffer.DataOffset, buffer.MdlChain.cast::<MDL>());
    while !next.is_null() {
        // SAFETY: the chain is valid by the caller's promise.
        let mdl = unsafe { &*next };
        if std::ptr::eq(next, buffer.CurrentMdl.cast()) {
            return skip == buffer.CurrentMdlOffset && skip <= mdl.ByteCount;
        }
        if skip < mdl.ByteCount {
            return false;
        }
        skip -= mdl.ByteCount;
        next = mdl.Next;
    }
    false
}

/// A list that somebody hands over has net buffers, and these have data.
///
/// # Safety
/// The list is valid.
pub(crate) unsafe fn expect_whole(list: List, call: &str) {
    // SAFETY: the caller's promise.
    let buffers = unsafe { buffers(list) };
    let whole = |&buffer: &*mut NET_BUFFER| {
        // SAFETY: as above.
        unsafe { length(&*buffer) > 0 && is_consistent(&*buffer) && pieces(buffer).is_some() }
    };
    if buffers.is_empty() || !buffers.iter().all(whole) {
        violation(
            "NDIS-NBL-WHOLE",
            &format!(
                "{call} with a list without net buffers, or whose MDLs do not hold their data"
            ),
        );
    }
}

/// What of a list must be as it was when it comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    first: usize,
    buffers: Vec<(usize, usize, usize, u32, u32, u64)>,
    /// Of the data, where everything is checked.
    digest: u64,
}

impl Shape {
    /// # Safety
    /// The list is valid.
    pub(crate) unsafe fn of(list: List) -> Self {
        // SAFETY: the caller's promise.
        let (first, all) = unsafe { ((*list).FirstNetBuffer as usize, buffers(list)) };
        let describe = |&buffer: &*mut NET_BUFFER| {
            // SAFETY: as above.
            let it = unsafe { &*buffer };
            (
                buffer as usize,
                it.MdlChain as usize,
                it.CurrentMdl as usize,
                it.CurrentMdlOffset,
                it.DataOffset,
                it.stDataLength,
            )
        };
        let full = thread::current().machine.pool.mode() == PoolMode::Special;
        // SAFETY: as above.
        let data = |&buffer: &*mut NET_BUFFER| unsafe { bytes(buffer) }.unwrap_or_default();
        let digest = match full {
            true => all.iter().map(data).fold(0, |sum, data| fold(sum, &data)),
            false => 0,
        };
        Self {
            first,
            buffers: all.iter().map(describe).collect(),
            digest,
        }
    }
}

fn fold(start: u64, data: &[u8]) -> u64 {
    data.iter()
        .fold(start ^ 0xCBF2_9CE4_8422_2325, |sum, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        })
}

/// NDIS-NBL-06.
pub(crate) fn no_lock_held(call: &str) {
    if !thread::current().held_locks().is_empty() {
        violation("NDIS-NBL-06", &format!("{call} with a spin lock held"));
    }
}

/// NDIS-NBL-07: a flag that says DISPATCH_LEVEL says the truth.
pub(crate) fn expect_level(call: &str, says_dispatch: bool) {
    let irql = thread::current().irql();
    if says_dispatch && irql != DISPATCH_LEVEL {
        let text = format!("{call} at IRQL {irql} with the flag of DISPATCH_LEVEL");
        violation("NDIS-NBL-07", &text);
    }
}
