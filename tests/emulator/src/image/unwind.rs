//! Walking image frames by the image's own unwind data (`.pdata`, `.xdata`).

use super::Image;

/// A point in a call stack: the next instruction and the stack pointer there.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub ip: usize,
    pub sp: usize,
}

const FLAG_CHAINED: u8 = 4;

mod code {
    pub(super) const PUSH_NONVOL: u8 = 0;
    pub(super) const ALLOC_LARGE: u8 = 1;
    pub(super) const ALLOC_SMALL: u8 = 2;
    pub(super) const SET_FPREG: u8 = 3;
    pub(super) const SAVE_NONVOL: u8 = 4;
    pub(super) const SAVE_NONVOL_FAR: u8 = 5;
    pub(super) const SAVE_XMM128: u8 = 8;
    pub(super) const SAVE_XMM128_FAR: u8 = 9;
}

impl Image {
    /// The caller of the frame at `point`, or nothing when the unwind data does not say.
    ///
    /// Frames that move their stack pointer after the prologue are not followed.
    #[must_use]
    pub fn caller(&self, point: Point) -> Option<Point> {
        let offset = point.ip.checked_sub(self.base)? as u32;
        let size = match self.runtime_function(offset) {
            Some((begin, unwind)) => self.frame_size(offset - begin, unwind)?,
            // A function without unwind data moves nothing.
            None => 0,
        };
        let sp = point.sp + size;
        // SAFETY: the frame is on the stack of the thread that is looked at.
        let ip = unsafe { (sp as *const usize).read_volatile() };
        Some(Point { ip, sp: sp + 8 })
    }

    fn read<T: Copy>(&self, offset: u32) -> Option<T> {
        let end = offset as usize + size_of::<T>();
        // SAFETY: within the image; its read-only sections are mapped.
        (end <= self.size)
            .then(|| unsafe { ((self.base + offset as usize) as *const T).read_unaligned() })
    }

    /// Start and unwind data of the function that `offset` is in.
    fn runtime_function(&self, offset: u32) -> Option<(u32, u32)> {
        let (table, count) = self.functions;
        let entry = |index: u32| self.read::<[u32; 3]>(table + index * 12);
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            let [begin, end, unwind] = entry(middle)?;
            if offset < begin {
                high = middle;
            } else if offset >= end {
                low = middle + 1;
            } else {
                return Some((begin, unwind));
            }
        }
        None
    }

    /// First address and end of every function that has unwind data.
    pub(super) fn function_ranges(&self) -> impl Iterator<Item = (usize, usize)> {
        let (table, count) = self.functions;
        let entries = (0..count).filter_map(move |n| self.read::<[u32; 3]>(table + n * 12));
        entries.map(|[begin, end, _]| (self.base + begin as usize, self.base + end as usize))
    }

    /// How far the stack pointer is below the return address, `into` bytes into the function.
    fn frame_size(&self, into: u32, mut unwind: u32) -> Option<usize> {
        let mut size = 0;
        let mut in_prologue = Some(into);
        loop {
            let [flags, prologue, count, _] = self.read::<[u8; 4]>(unwind)?;
            let position = in_prologue.filter(|&at| at < u32::from(prologue));
            size += self.codes_size(unwind + 4, count, position)?;
            if flags >> 3 & FLAG_CHAINED == 0 {
                return Some(size);
            }
            let after = unwind + 4 + u32::from(count.next_multiple_of(2)) * 2;
            unwind = self.read::<[u32; 3]>(after)?[2];
            in_prologue = None;
        }
    }

    fn codes_size(&self, codes: u32, count: u8, position: Option<u32>) -> Option<usize> {
        let slot = |index: u32| self.read::<u16>(codes + index * 2);
        let (mut index, mut size) = (0, 0);
        while index < u32::from(count) {
            let [at, operation] = slot(index)?.to_le_bytes();
            let (kind, operand) = (operation & 15, operation >> 4);
            let (slots, bytes) = match (kind, operand) {
                (code::PUSH_NONVOL, _) => (1, 8),
                (code::ALLOC_SMALL, _) => (1, usize::from(operand) * 8 + 8),
                (code::ALLOC_LARGE, 0) => (2, usize::from(slot(index + 1)?) * 8),
                (code::ALLOC_LARGE, _) => (3, self.read::<u32>(codes + index * 2 + 2)? as usize),
                (code::SET_FPREG, _) => (1, 0),
                (code::SAVE_NONVOL | code::SAVE_XMM128, _) => (2, 0),
                (code::SAVE_NONVOL_FAR | code::SAVE_XMM128_FAR, _) => (3, 0),
                _ => return None,
            };
            if position.is_none_or(|position| u32::from(at) <= position) {
                size += bytes;
            }
            index += slots;
        }
        Some(size)
    }
}
