//! The machine's sink: frames into a batch, payload copied when small, described in place when large.

use crate::iwarp::{AccessError, FrameSize, Frames, PayloadError, Source, Trailer};
use crate::rdma::limits::MAX_INLINE;
use crate::rdma::stag::Grant;
use crate::rdma::{Access, Payload, Stag};

use super::super::api::Queues;
use super::super::link::{Batch, Gone};
use super::pins::Pins;
use super::placing::refused;

/// Payload from here on stays in place; below, copying it is cheaper than describing it.
const IN_PLACE: usize = 16 * 1024;

/// Payload that is left in place from here on where there is no room for a copy of it.
const DESCRIBED: usize = 512;

// A request's own bytes are no memory to describe: they are always copied.
const _: () = assert!(MAX_INLINE < DESCRIBED);

/// The machine's sink: one batch, and the regions its payload comes from.
pub(super) struct Framer<'a, Q: Queues, B> {
    pub(super) batch: &'a mut B,
    pub(super) queues: Option<&'a Q>,
    /// Of the request being framed.
    pub(super) payload: Option<&'a Payload>,
    pub(super) pins: &'a mut Pins,
    /// Payload of a frame at most, all of it copied: what is left to do where a whole segment fits nowhere.
    pub(super) cut: Option<usize>,
    /// This frame's payload is copied.
    pub(super) by_value: bool,
    /// Whether a whole frame of the request's has payload that lies in place.
    pub(super) in_place: &'a mut bool,
    /// The same, of the frame that is not whole yet.
    pub(super) describes: bool,
    /// Where the bytes before came from, if there are more: those follow there, as a rule.
    pub(super) source: Option<Grant<'a, Q::Memory>>,
}

impl<'a, Q: Queues, B: Batch<Q::Memory>> Framer<'a, Q, B> {
    /// Appends a region's bytes.
    fn append(&mut self, grant: &Grant<'a, Q::Memory>, length: u32) -> Result<(), PayloadError> {
        let gone = PayloadError::Access(AccessError::InvalidStag);
        if self.by_value {
            return match self.batch.copy(&grant.memory, grant.offset, length) {
                true => Ok(()),
                false => Err(gone),
            };
        }
        if !self.pins.keep(grant) {
            return Err(PayloadError::Full);
        }
        match self.batch.describe(&grant.memory, grant.offset, length) {
            Ok(true) => Ok(()),
            Ok(false) => Err(PayloadError::Full),
            Err(Gone) => Err(gone),
        }
    }

    fn request(&mut self, offset: u32, len: u32) -> Result<(), PayloadError> {
        let gone = PayloadError::Access(AccessError::Bounds);
        let queues = self.queues.ok_or(gone)?;
        match self.payload {
            Some(Payload::Inline { bytes, length }) => {
                let (from, to) = (offset as usize, offset as usize + len as usize);
                let whole = bytes
                    .get(..usize::from(*length))
                    .and_then(|bytes| bytes.get(from..to));
                self.batch.bytes(whole.ok_or(gone)?);
                Ok(())
            }
            Some(Payload::Sges(list)) => {
                let (mut at, mut left) = (u64::from(offset), len);
                while left > 0 {
                    let piece = list.at(at, left).ok_or(gone)?;
                    let grant = match self.known(piece.token) {
                        Some(mut grant) => {
                            let domain = [queues.queue_pair().domain];
                            let length = u64::from(piece.length);
                            grant
                                .again(&domain, piece.address, length, Access::empty())
                                .map(|()| grant)
                        }
                        None => queues.local(&piece, Access::empty()),
                    };
                    let grant = grant.map_err(|_| gone)?;
                    self.append(&grant, piece.length)?;
                    if at + u64::from(piece.length) < list.length() {
                        self.source = Some(grant);
                    }
                    at += u64::from(piece.length);
                    left -= piece.length;
                }
                self.describes = !self.by_value;
                Ok(())
            }
            None => Err(gone),
        }
    }

    fn region(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), PayloadError> {
        let queues = self
            .queues
            .ok_or(PayloadError::Access(AccessError::InvalidStag))?;
        let (domains, length) = (queues.queue_pair().open_to_peer(), u64::from(len));
        let need = Access::REMOTE_READ;
        let grant = match self.known(stag) {
            Some(mut grant) => grant.again(&domains, to, length, need).map(|()| grant),
            None => queues.regions().access(stag, &domains, to, length, need),
        };
        let grant = grant.map_err(|fault| PayloadError::Access(refused(fault)))?;
        self.append(&grant, len)?;
        self.source = Some(grant);
        Ok(())
    }

    /// The region of the bytes before, if it is this one.
    fn known(&mut self, stag: Stag) -> Option<Grant<'a, Q::Memory>> {
        self.source.take().filter(|grant| grant.stag == stag)
    }
}

impl<Q: Queues, B: Batch<Q::Memory>> Frames for Framer<'_, Q, B> {
    fn begin(&mut self, size: FrameSize) -> bool {
        self.by_value = size.payload < IN_PLACE || self.cut.is_some();
        if self.by_value && self.batch.begin(size.copied + size.payload, 0, size.summed) {
            return true;
        }
        // What is to be copied fits in the next batch; where there is none, it stays in place, if that is worth it.
        let stays = self.batch.is_small() && self.cut.is_none() && size.payload >= DESCRIBED;
        if self.by_value && !stays {
            return false;
        }
        self.by_value = false;
        self.batch.begin(size.copied, size.payload, size.summed)
    }

    fn largest(&self) -> usize {
        self.cut.unwrap_or(usize::MAX)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.batch.bytes(bytes);
    }

    fn payload(&mut self, source: Source, len: u32) -> Result<(), PayloadError> {
        match source {
            Source::Request { offset } => self.request(offset, len),
            Source::Region { stag, to } => self.region(stag, to, len),
        }
    }

    fn end(&mut self, trailer: Trailer) {
        self.batch.end(trailer);
        *self.in_place |= core::mem::take(&mut self.describes);
    }

    fn cancel(&mut self) {
        self.batch.cancel();
        self.describes = false;
    }
}
