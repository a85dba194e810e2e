//! Receive buffers: memory that data is read into, with the MDLs and the indication list that
//! describe it to the client.

use super::abi::{MDL, WSK_BUF, WSK_DATA_INDICATION};
use super::kernel;

const PAGE: usize = 4096;
/// Most elements of one indication list.
const NODES: usize = 4;
const SOURCE_IS_NONPAGED_POOL: i16 = 0x0004;

#[repr(C)]
struct PagedMdl {
    mdl: MDL,
    pages: [usize; Buffer::CAPACITY / PAGE + 1],
}

/// One receive buffer. Its list describes at most one range at a time.
pub(super) struct Buffer {
    memory: *mut u8,
    /// The first describes the whole buffer; the others are cut to measure for odd lists.
    mdls: Box<[PagedMdl; 2 * NODES + 1]>,
    nodes: Box<[WSK_DATA_INDICATION; NODES]>,
    /// Received bytes not yet accepted: `[start, end)`.
    pub(super) start: usize,
    pub(super) end: usize,
}

// SAFETY: a buffer has one owner at a time: the network thread, its socket, or (retained) the client.
unsafe impl Send for Buffer {}

impl Buffer {
    pub(super) const CAPACITY: usize = 256 * 1024;

    pub(super) fn new() -> Box<Self> {
        let memory = kernel::allocate_pages(Self::CAPACITY);
        let mut buffer = Box::new(Self {
            memory,
            // SAFETY: all zero is a valid MDL and a valid indication (integers and null pointers).
            mdls: Box::new(unsafe { std::mem::zeroed() }),
            // SAFETY: as above.
            nodes: Box::new(unsafe { std::mem::zeroed() }),
            start: 0,
            end: 0,
        });
        buffer.describe(0, 0, Self::CAPACITY);
        buffer
    }

    pub(super) fn memory(&self) -> *mut u8 {
        self.memory
    }

    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// The bytes not yet accepted.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `[start, end)` was filled by the host; the buffer is ours.
        unsafe { std::slice::from_raw_parts(self.memory.add(self.start), self.len()) }
    }

    /// Overwrites what the client has given back, so that a kept pointer is noticed.
    pub(super) fn poison(&mut self, start: usize, end: usize) {
        // SAFETY: the range lies in the buffer, which nobody else owns now.
        unsafe { std::ptr::write_bytes(self.memory.add(start), 0xDD, end - start) };
    }

    /// One element for everything there is.
    pub(super) fn list(&mut self) -> *mut WSK_DATA_INDICATION {
        let mdl = &raw mut self.mdls[0].mdl;
        self.nodes[0] = WSK_DATA_INDICATION {
            Next: std::ptr::null_mut(),
            Buffer: WSK_BUF {
                Mdl: mdl.cast(),
                Offset: self.start as u32,
                Length: self.len(),
            },
        };
        &raw mut self.nodes[0]
    }

    /// Several elements, each of one or two MDLs larger than what they carry, some empty: all that
    /// WSK-RX-12 allows. `random` is asked for each choice.
    pub(super) fn odd_list(
        &mut self,
        mut random: impl FnMut(usize) -> usize,
    ) -> *mut WSK_DATA_INDICATION {
        let nodes = 1 + random(NODES);
        let mut at = self.start;
        for node in 0..nodes {
            let last = node + 1 == nodes;
            let length = if last {
                self.end - at
            } else {
                random(self.end - at + 1)
            };
            self.nodes[node] = self.odd_node(node, at, length, &mut random);
            at += length;
        }
        for node in 0..nodes - 1 {
            let next = &raw mut self.nodes[node + 1];
            self.nodes[node].Next = next;
        }
        &raw mut self.nodes[0]
    }

    fn odd_node(
        &mut self,
        node: usize,
        at: usize,
        length: usize,
        random: &mut impl FnMut(usize) -> usize,
    ) -> WSK_DATA_INDICATION {
        let (first, second) = (1 + 2 * node, 2 + 2 * node);
        let lead = random(at.min(60) + 1);
        let slack = random((Self::CAPACITY - at - length).min(60) + 1);
        let middle = at + random(length + 1);
        let two = middle > at && middle < at + length;
        if two {
            self.describe(first, at - lead, middle);
            self.describe(second, middle, at + length + slack);
            let next = &raw mut self.mdls[second].mdl;
            self.mdls[first].mdl.Next = next;
        } else {
            self.describe(first, at - lead, at + length + slack);
        }
        let mdl = &raw mut self.mdls[first].mdl;
        WSK_DATA_INDICATION {
            Next: std::ptr::null_mut(),
            Buffer: WSK_BUF {
                Mdl: mdl.cast(),
                Offset: lead as u32,
                Length: length,
            },
        }
    }

    /// Makes MDL number `index` describe `[start, end)` of the memory.
    fn describe(&mut self, index: usize, start: usize, end: usize) {
        let entry = &mut self.mdls[index];
        let first_page = start / PAGE * PAGE;
        let va = self.memory.wrapping_add(start);
        entry.mdl.Next = std::ptr::null_mut();
        entry.mdl.Size = size_of::<PagedMdl>() as i16;
        entry.mdl.MdlFlags = SOURCE_IS_NONPAGED_POOL;
        entry.mdl.MappedSystemVa = va.cast();
        entry.mdl.StartVa = self.memory.wrapping_add(first_page).cast();
        entry.mdl.ByteCount = (end - start) as u32;
        entry.mdl.ByteOffset = (start - first_page) as u32;
        let pages = (end - first_page).div_ceil(PAGE);
        for page in 0..pages {
            entry.pages[page] =
                kernel::page_number(self.memory.wrapping_add(first_page + page * PAGE));
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        kernel::free_pages(self.memory, Self::CAPACITY);
    }
}
