//! The machine of one connection.

use super::api::{Config, Event, Frames, ReadLimits, Request, Ticks, Transmit, Upper};
use super::error::CallError;

/// One iWARP connection, either role. See the module for how it is driven.
pub struct Machine {
    event: Option<Event>,
}

impl Machine {
    /// The side that connected TCP. Follow with `request`.
    pub fn initiator(_config: &Config) -> Self {
        Self { event: None }
    }
    /// The side that accepted TCP, at `now`. Waits for the peer's Request.
    pub fn responder(_config: &Config, _now: Ticks) -> Self {
        Self { event: None }
    }
    /// Initiator: queue the MPA Request.
    pub fn request(
        &mut self,
        _now: Ticks,
        _private_data: &[u8],
        _reads: ReadLimits,
    ) -> Result<(), CallError> {
        Err(CallError::Phase)
    }
    /// Initiator, after `PeerReply`: open the stream (NdkCompleteConnect).
    pub fn complete(&mut self) -> Result<(), CallError> {
        Err(CallError::Phase)
    }
    /// Responder, after `PeerRequest`: queue the accepting Reply.
    pub fn accept(
        &mut self,
        _now: Ticks,
        _private_data: &[u8],
        _reads: ReadLimits,
    ) -> Result<(), CallError> {
        Err(CallError::Phase)
    }
    /// Responder, after `PeerRequest`: queue the refusing Reply; then `poll_transmit` says `Finished`.
    pub fn reject(&mut self, _private_data: &[u8]) -> Result<(), CallError> {
        Err(CallError::Phase)
    }
    /// Ends our direction: messages already begun are finished, then `poll_transmit` says `Finished`.
    pub fn disconnect(&mut self) {}
    /// The driver cannot go on (a completion queue overran, say): Terminate, then `Finished`.
    pub fn fail(&mut self) {}
    /// Bytes of the TCP stream, in order. Returns how many were taken; fewer than given means the
    /// stream is held (no receive posted, or `complete` not called yet): give the rest again later.
    pub fn receive(&mut self, _bytes: &[u8], _upper: &mut impl Upper) -> usize {
        0
    }
    /// May `start` be called with this request now?
    pub fn can_start(&self, _request: &Request) -> bool {
        false
    }
    /// Gives the next message to send. Only when `can_start`.
    pub fn start(&mut self, _request: Request) -> Result<(), CallError> {
        Err(CallError::Phase)
    }
    /// Frames what there is to send, until the sink is full or a message is done.
    pub fn poll_transmit(&mut self, _frames: &mut impl Frames) -> Transmit {
        Transmit::Idle
    }
    /// The next event, if any. Call after every input until `None`.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.event.take()
    }
    /// TCP's FIN from the peer, after all its bytes were given to (and taken by) `receive`.
    pub fn handle_fin(&mut self) {}
    /// TCP was reset or timed out.
    pub fn handle_reset(&mut self) {}
    /// It is `now`; call when `poll_timeout` passed.
    pub fn handle_timeout(&mut self, _now: Ticks) {}
    /// When `handle_timeout` is to be called, if ever.
    pub fn poll_timeout(&self) -> Option<Ticks> {
        None
    }
    /// The peer's private data, without the IRD/ORD block; from the event that announces it on.
    pub fn private_data(&self) -> &[u8] {
        &[]
    }
    /// The limits in force: before the negotiation the caps.
    pub fn reads(&self) -> ReadLimits {
        ReadLimits::default()
    }
    /// Our Reads not answered yet (for the read fence).
    pub fn reads_outstanding(&self) -> usize {
        0
    }
}
