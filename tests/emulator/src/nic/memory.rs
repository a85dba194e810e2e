//! The memory of a received frame: list, net buffer, MDLs and data in one pool block, so that whoever touches any of it
//! after it went back is seen.

use softrnic::sys::*;

use crate::mm::mdl;
use crate::ndis::lists::List;
use crate::pool::{KERNEL, Pool, Request};
use crate::wdm::MDL;

const TAG: u32 = u32::from_le_bytes(*b"NicR");
/// Room for the page numbers of an MDL: frames are at most so many pages long, wherever they begin.
const PAGES: usize = 20;
const MDL_ROOM: usize = size_of::<MDL>() + PAGES * 8;
const MDLS: usize = size_of::<NET_BUFFER_LIST>() + size_of::<NET_BUFFER>();
const DATA: usize = MDLS + 2 * MDL_ROOM;

/// How a frame lies in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    /// Bytes before the frame that its first MDL describes too.
    pub(crate) lead: usize,
    /// Bytes of the frame in the first MDL; 0: all.
    pub(crate) split: usize,
}

/// Makes a list of one frame.
pub(crate) fn make(pool: &Pool, frame: &[u8], layout: Layout, source: NDIS_HANDLE) -> List {
    let memory = pool.allocate(Request {
        size: DATA + layout.lead + frame.len(),
        tag: TAG,
        caller: KERNEL,
        zeroed: true,
    });
    let first = match layout.split {
        0 => frame.len(),
        split => split.min(frame.len()),
    };
    // SAFETY: fresh memory with room for everything, aligned to 16.
    unsafe {
        let list = memory.cast::<NET_BUFFER_LIST>();
        let buffer = list.add(1).cast::<NET_BUFFER>();
        let mdls = [memory.add(MDLS), memory.add(MDLS + MDL_ROOM)].map(<*mut u8>::cast::<MDL>);
        let lead = memory.add(DATA);
        let start = lead.add(layout.lead);
        std::ptr::copy_nonoverlapping(frame.as_ptr(), start, frame.len());
        build(mdls[0], lead, layout.lead + first);
        if first < frame.len() {
            build(mdls[1], start.add(first), frame.len() - first);
            (*mdls[0]).Next = mdls[1];
        }
        (*buffer).MdlChain = mdls[0].cast();
        (*buffer).CurrentMdl = mdls[0].cast();
        (*buffer).CurrentMdlOffset = layout.lead as u32;
        (*buffer).DataOffset = layout.lead as u32;
        (*buffer).stDataLength = frame.len() as u64;
        (*list).FirstNetBuffer = buffer;
        (*list).SourceHandle = source;
        list
    }
}

unsafe fn build(at: *mut MDL, start: *mut u8, length: usize) {
    // SAFETY: the caller's room, and nonpaged memory.
    unsafe {
        mdl::initialize(at, start.cast(), length as u32);
        (*at).Size = MDL_ROOM as i16;
        mdl::MmBuildMdlForNonPagedPool(at);
    }
}

pub(crate) fn release(pool: &Pool, list: usize) {
    pool.free(list, TAG, KERNEL);
}
