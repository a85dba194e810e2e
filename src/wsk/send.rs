//! What one `WskSend` sends: bytes copied into staging memory and consumers' pages described in
//! place, in the order they were appended.

use wdk_sys::{IRP, PVOID};

use super::base::Routine;
use crate::{
    crc32c,
    nt::{
        Box, Mapping, Ref, Result, Slice, Tag,
        irp::Irp,
        mdl::{Arena, Mark, OutOfRange, Staging},
    },
    sys::WSK_BUF,
};

/// How much a batch can take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchLimits {
    /// Bytes to copy into.
    pub(crate) staging: usize,
    /// Consumers' mappings to describe ranges of in place.
    pub(crate) mappings: usize,
    /// MDLs, of such ranges and of the bytes copied between them.
    pub(crate) mdls: usize,
    /// Bytes of the largest batch to describe, for the page numbers of its MDLs.
    pub(crate) bytes: usize,
}

/// An IRP with staging memory and MDLs, used for one send after the other. All its memory is made
/// with it.
pub(crate) struct SendBatch(Box<Parts>);

/// A filling of a batch, to go back to.
#[derive(Clone, Copy)]
pub(crate) struct BatchMark {
    arena: Mark,
    pinned: usize,
    staged: usize,
    described: usize,
    length: usize,
}

pub(super) struct Parts {
    irp: Irp,
    buffer: WSK_BUF,
    /// The core of the socket that sends it.
    socket: PVOID,
    // Field order: the MDLs go before what they describe.
    arena: Arena,
    staging: Staging,
    /// Mappings that MDLs of this batch describe.
    pins: Slice<Option<Ref<Mapping>>>,
    pinned: usize,
    /// Staging bytes in use, and those of them with an MDL already.
    staged: usize,
    described: usize,
    length: usize,
    crc: u32,
    summed: bool,
    /// The owner's.
    name: usize,
}

// SAFETY: the pointers are of the request under way, which owns the batch then.
unsafe impl Send for Parts {}
// SAFETY: as above.
unsafe impl Sync for Parts {}

/// An MDL's header and the two pages more than its bytes fill, in words.
const MDL_WORDS: usize = 6 + 2;
const PAGE: usize = 4096;

impl SendBatch {
    pub(crate) fn try_new(limits: BatchLimits) -> Result<Self> {
        let words = limits.mdls * MDL_WORDS + (limits.bytes + limits.staging) / PAGE;
        let parts = Parts {
            irp: Irp::try_new()?,
            buffer: WSK_BUF {
                Mdl: core::ptr::null_mut(),
                Offset: 0,
                Length: 0,
            },
            socket: core::ptr::null_mut(),
            arena: Arena::try_new(words)?,
            staging: Staging::try_new(limits.staging)?,
            pins: Slice::try_from_fn(Tag::SEND, limits.mappings, |_| Ok(None))?,
            pinned: 0,
            staged: 0,
            described: 0,
            length: 0,
            crc: 0,
            summed: true,
            name: 0,
        };
        Box::try_new(Tag::SEND, parts).map(Self)
    }

    /// Bytes appended.
    pub(crate) fn len(&self) -> usize {
        self.0.length
    }

    /// A number the batch carries along, for its owner to know it by.
    pub(crate) fn name(&self) -> usize {
        self.0.name
    }

    pub(crate) fn set_name(&mut self, name: usize) {
        self.0.name = name;
    }

    /// Whether `bytes` more can be appended in any way: then `stage` and `stage_from` of so many in
    /// all do not fail for want of room.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.room() >= bytes
    }

    /// Bytes that can still be copied.
    pub(crate) fn room(&self) -> usize {
        self.0.staging.bytes().len() - self.0.staged
    }

    /// Whether anything was described in place.
    pub(crate) fn describes(&self) -> bool {
        self.0.pinned > 0
    }

    /// What was copied, in order.
    pub(crate) fn staged(&self) -> &[u8] {
        let parts = &*self.0;
        parts
            .staging
            .bytes()
            .get(..parts.staged)
            .unwrap_or_default()
    }

    /// Whether `described` bytes in `ranges` ranges can be described in place, with `copied` bytes
    /// copied between them. The ranges of one mapping count by the MDLs they touch.
    pub(crate) fn can_describe(&self, copied: usize, described: usize, ranges: usize) -> bool {
        // A staged run before each range, the ranges, and the last run.
        self.has_room(copied)
            && self.0.pinned + ranges <= self.0.pins.len()
            && self
                .0
                .arena
                .has_room(2 * ranges + 1, described + self.unsealed() + copied)
    }

    /// A frame starts at the next byte, and its checksum, if there is to be one.
    pub(crate) fn start_frame(&mut self, summed: bool) {
        self.0.crc = 0;
        self.0.summed = summed;
    }

    /// The CRC32C of everything appended since `start_frame`, where that was to be summed.
    pub(crate) fn crc(&self) -> u32 {
        self.0.crc
    }

    /// Copies `bytes`; `false`, and nothing appended, without room.
    pub(crate) fn stage(&mut self, bytes: &[u8]) -> bool {
        self.stage_with(bytes.len(), |to| {
            to.copy_from_slice(bytes);
            Ok(())
        })
        .unwrap_or(false)
    }

    /// Ends a frame with these bytes, which no checksum covers; `false`, and nothing appended, without room.
    pub(crate) fn end_frame(&mut self, trailer: [u8; 4]) -> bool {
        let parts = &mut *self.0;
        let staging = parts.staging.bytes_mut();
        let Some(to) = staging
            .get_mut(parts.staged..)
            .and_then(<[u8]>::first_chunk_mut)
        else {
            return false;
        };
        *to = trailer;
        parts.staged += trailer.len();
        parts.length += trailer.len();
        true
    }

    /// Copies `length` bytes at `offset` of `mapping`; `Ok(false)`, and nothing appended, without
    /// room.
    pub(crate) fn stage_from(
        &mut self,
        mapping: &Mapping,
        offset: usize,
        length: usize,
    ) -> Result<bool, OutOfRange> {
        self.stage_with(length, |to| mapping.copy_out(offset, to))
    }

    /// Describes `length` bytes at `offset` of `mapping` in place, keeping the mapping until the
    /// batch is reset; `Ok(false)`, and nothing appended, when there is no room for the description.
    pub(crate) fn describe(
        &mut self,
        mapping: &Ref<Mapping>,
        offset: usize,
        length: usize,
    ) -> Result<bool, OutOfRange> {
        if !mapping.contains(offset, length) {
            return Err(OutOfRange);
        }
        if length == 0 {
            return Ok(true);
        }
        if !self.append_mdls(mapping, offset, length)? {
            return Ok(false);
        }
        let parts = &mut *self.0;
        if parts.summed {
            parts.crc = mapping.crc(offset, length, parts.crc)?;
        }
        parts.length += length;
        Ok(true)
    }

    /// A point to go back to.
    pub(crate) fn mark(&self) -> BatchMark {
        let parts = &*self.0;
        BatchMark {
            arena: parts.arena.mark(),
            pinned: parts.pinned,
            staged: parts.staged,
            described: parts.described,
            length: parts.length,
        }
    }

    /// Forgets what was appended since `mark`, which is of this batch and its present filling.
    pub(crate) fn rewind(&mut self, mark: BatchMark) {
        let parts = &mut *self.0;
        parts.arena.rewind(mark.arena);
        for pin in parts.pins.iter_mut().take(parts.pinned).skip(mark.pinned) {
            drop(pin.take());
        }
        parts.pinned = mark.pinned.min(parts.pinned);
        parts.staged = mark.staged.min(parts.staged);
        parts.described = mark.described.min(parts.described);
        parts.length = mark.length.min(parts.length);
    }

    /// Makes it empty: to be called when it came back.
    pub(crate) fn reset(&mut self) {
        let parts = &mut *self.0;
        parts.arena.reset();
        for pin in parts.pins.iter_mut().take(parts.pinned) {
            drop(pin.take());
        }
        (parts.pinned, parts.staged, parts.described, parts.length) = (0, 0, 0, 0);
        parts.crc = 0;
    }

    fn stage_with(
        &mut self,
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), OutOfRange>,
    ) -> Result<bool, OutOfRange> {
        let parts = &mut *self.0;
        let range = parts.staged..parts.staged.saturating_add(length);
        let Some(to) = parts.staging.bytes_mut().get_mut(range) else {
            return Ok(false);
        };
        fill(to)?;
        if parts.summed {
            // The copy is still in the cache.
            parts.crc = crc32c::update(parts.crc, to);
        }
        parts.staged += length;
        parts.length += length;
        Ok(true)
    }

    fn append_mdls(
        &mut self,
        mapping: &Ref<Mapping>,
        offset: usize,
        length: usize,
    ) -> Result<bool, OutOfRange> {
        if !self.can_describe(0, length, 1) || !self.pin(mapping) {
            return Ok(false);
        }
        let unsealed = self.unsealed();
        let parts = &mut *self.0;
        let mark = parts.arena.mark();
        let sealed = unsealed == 0
            || parts
                .staging
                .describe(parts.described, unsealed, &mut parts.arena);
        // The run that follows needs an MDL as well.
        if !sealed
            || !mapping.describe(offset, length, &mut parts.arena)?
            || !parts
                .arena
                .has_room(1, parts.staging.bytes().len() - parts.staged)
        {
            parts.arena.rewind(mark);
            return Ok(false);
        }
        parts.described = parts.staged;
        Ok(true)
    }

    fn unsealed(&self) -> usize {
        self.0.staged - self.0.described
    }

    /// Keeps `mapping`; `false` without a place for it.
    fn pin(&mut self, mapping: &Ref<Mapping>) -> bool {
        let parts = &mut *self.0;
        let last = parts
            .pinned
            .checked_sub(1)
            .and_then(|last| parts.pins.get(last));
        if last
            .and_then(Option::as_ref)
            .is_some_and(|last| Ref::same(last, mapping))
        {
            return true;
        }
        let Some(place) = parts.pins.get_mut(parts.pinned) else {
            return false;
        };
        *place = Some(mapping.clone());
        parts.pinned += 1;
        true
    }

    /// Makes the chain complete; `false` when it is empty.
    pub(super) fn seal(&mut self) -> bool {
        let unsealed = self.unsealed();
        let parts = &mut *self.0;
        let mut mdl = parts.arena.chain();
        if mdl.is_null() {
            // All of it staged: the staging memory's own MDL will do.
            mdl = parts.staging.mdl();
        } else if unsealed != 0
            && !parts
                .staging
                .describe(parts.described, unsealed, &mut parts.arena)
        {
            return false;
        } else {
            parts.described = parts.staged;
        }
        parts.buffer = WSK_BUF {
            Mdl: mdl,
            Offset: 0,
            Length: parts.length,
        };
        parts.length != 0
    }

    /// Gives the batch to a send whose completion calls `routine` with it.
    pub(super) fn start(
        self,
        routine: Routine,
        socket: PVOID,
    ) -> (*mut Parts, *mut WSK_BUF, *mut IRP) {
        let parts = self.0.leak().as_ptr();
        // SAFETY: leaked, so ours alone until the send is started; the IRP is idle (a batch under
        // way is not ours), and stays with the batch until `routine` takes it back.
        unsafe {
            (*parts).socket = socket;
            let irp = (*parts).irp.arm(Some(routine), parts.cast());
            (parts, &raw mut (*parts).buffer, irp)
        }
    }

    /// In the completion routine: the batch, and the socket it was started with.
    ///
    /// # Safety
    ///
    /// `context` is the first of what `start` gave, and the send is over.
    pub(super) unsafe fn take_back(context: PVOID) -> (Self, PVOID) {
        // SAFETY: leaked by `start` from a box of this tag, taken back once (caller).
        let parts = unsafe {
            Box::from_leaked(
                Tag::SEND,
                core::ptr::NonNull::new_unchecked(context.cast::<Parts>()),
            )
        };
        let socket = parts.socket;
        (Self(parts), socket)
    }
}
