//! What may happen to a connection: the bits of its actor, the lowest two being those that may rest (`sync::Actor`).

/// A batch came back, sent. It may rest while nothing waits for that.
pub(super) const SENT: u32 = 1;
/// A receive was posted. It may rest while the stream is not held for one.
pub(super) const RECEIVE: u32 = 1 << 1;
/// An indication found the runner busy and was not taken.
pub(super) const REFUSED: u32 = 1 << 2;
pub(super) const CONNECT: u32 = 1 << 3;
pub(super) const CONNECTED: u32 = 1 << 4;
pub(super) const ACCEPTED: u32 = 1 << 5;
pub(super) const COMPLETE: u32 = 1 << 6;
pub(super) const ACCEPT: u32 = 1 << 7;
pub(super) const REJECT: u32 = 1 << 8;
pub(super) const DISCONNECT: u32 = 1 << 9;
pub(super) const FLUSH: u32 = 1 << 10;
pub(super) const CLOSE: u32 = 1 << 11;
pub(super) const FIN: u32 = 1 << 12;
pub(super) const RESET: u32 = 1 << 13;
pub(super) const FIN_DONE: u32 = 1 << 14;
pub(super) const LINK_CLOSED: u32 = 1 << 15;
pub(super) const TIMER: u32 = 1 << 16;
/// The listener needs its place for others, or closes: it ends, unless its request is whole.
pub(super) const UNWANTED: u32 = 1 << 17;
/// A deferred request was posted.
pub(super) const LINGER: u32 = 1 << 18;
/// A request was posted.
pub(super) const DOORBELL: u32 = 1 << 19;
/// A batch came back that was not sent, which never rests: the connection is over (WSK-TX-04).
pub(super) const SEND_FAILED: u32 = 1 << 20;
/// Something was posted.
pub(super) const POSTED: u32 = DOORBELL | LINGER | RECEIVE;
