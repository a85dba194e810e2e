//! What a connection needs around it: a byte stream, batches for it, and somebody to tell.

use crate::iwarp::Trailer;

use super::api::{Failure, ReadLimits};

/// Batches that may be on their way at a time, per connection: enough to keep TCP busy while the
/// oldest waits to be acknowledged (WSK-TX-05), few enough to bound what a silent peer can hold
/// (WSK-TX-08).
pub(crate) const BATCHES: usize = 8;
/// Bytes that a small batch takes by value.
pub(crate) const SMALL: usize = 1024;

/// A region's bytes are not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

/// Bytes of many frames, handed to TCP in one call. Calls come frame after frame as
/// `begin (bytes | copy | describe)* (end | cancel)`.
pub(crate) trait Batch<M> {
    /// Room for a whole frame: `copied` bytes by value, `described` ones left in place? In how many pieces those lie is
    /// only seen as they are described.
    /// `summed`: its end asks for its CRC.
    fn begin(&mut self, copied: usize, described: usize, summed: bool) -> bool;
    /// Whether it is a connection's own or a light one: no large one was to be had.
    fn is_small(&self) -> bool;
    /// Appends a copy of these bytes.
    fn bytes(&mut self, bytes: &[u8]);
    /// Appends a copy of a region's bytes; false when they are not there.
    #[must_use]
    fn copy(&mut self, memory: &M, offset: u64, length: u32) -> bool;
    /// Appends a region's bytes in place; false when there is no room for the description.
    fn describe(&mut self, memory: &M, offset: u64, length: u32) -> Result<bool, Gone>;
    /// The frame is whole: appends the CRC32C since `begin`, or what else is asked.
    fn end(&mut self, trailer: Trailer);
    /// Forgets everything since `begin`.
    fn cancel(&mut self);
    /// Bytes of whole frames.
    fn length(&self) -> usize;
    /// Bytes that can be appended by value.
    fn room(&self) -> usize;
}

/// The stream below.
pub(crate) trait Link {
    type Batch;

    /// An empty batch, if one is at home: any, but a large one first if `large`.
    fn batch(&mut self, large: bool) -> Option<Self::Batch>;
    /// Takes a batch back home, unused.
    fn keep(&mut self, batch: Self::Batch);
    /// Sends it; it comes home by itself, and `Connection::sent` tells of `lot`, also when it failed. Whether more may
    /// follow: behind one that failed at once there would be a hole in the stream.
    fn send(&mut self, lot: usize, batch: Self::Batch) -> bool;
    /// Indications stopped because not all was taken; go on.
    fn resume(&mut self);
    /// FIN after everything sent; `Connection::fin_done` follows.
    fn disconnect(&mut self);
    /// Ends the stream, abortively unless both sides have sent FIN, and cancels what is under way;
    /// `Connection::link_closed` follows, after every batch has come back.
    fn close(&mut self);
    /// After `Connection::link_closed`: connects again, to the same peer; `Connection::connected`
    /// follows. At most once in a connection's life.
    fn redial(&mut self);
}

/// Who is told. The names are `Events`'; the others feed what a consumer may ask at any time.
pub(crate) trait Up {
    /// Passive: a good request is here; accept, reject or close.
    fn offered(&self);
    /// The peer's private data, once; false when there is no room to keep it.
    #[must_use]
    fn peer_said(&self, private_data: &[u8]) -> bool;
    fn reads_in_force(&self, reads: ReadLimits);
    fn connect_done(&self, result: Result<(), Failure>);
    fn accept_done(&self, result: Result<(), Failure>);
    fn complete_done(&self, result: Result<(), Failure>);
    fn disconnect_done(&self, result: Result<(), Failure>);
    fn disconnected(&self, lost: Option<Failure>);
    /// Why the stream ended, for the log; nobody's answer.
    fn terminated(&self, by_peer: bool, layer_and_type: u8, code: u8);
    fn closed(&self);
}
