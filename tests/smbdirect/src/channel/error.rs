//! Why a channel did not do its work.

use std::fmt;
use std::time::Duration;

use softrnic_consumer::{GaveUp, NtStatus};

use crate::machine::{SendError, Violation};

/// Why a channel did not do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelError {
    /// The peer broke a rule of MS-SMBD.
    Protocol(Violation),
    /// A call failed: an object could not be made, a request could not be posted, a connection was not made.
    Call(&'static str, NtStatus),
    /// A request failed.
    Completion(&'static str, NtStatus),
    /// The peer disconnected or died; a request was completed with this status for it.
    Gone(Option<NtStatus>),
    /// A call stayed pending for too long.
    Silence(Duration),
    /// This end was asked to stop.
    Stopped,
    /// The message cannot be sent here.
    Unsendable(SendError),
    /// The peer's upper layer said something that makes no sense.
    Nonsense(&'static str),
    /// The peer's upper layer refused a request with this status.
    Refused(u32),
    /// Requests that never completed, though the connection is closed.
    Lost(usize),
}

impl ChannelError {
    /// The status the driver gave, where one decided.
    #[must_use]
    pub fn status(&self) -> Option<NtStatus> {
        match self {
            Self::Call(_, status) | Self::Completion(_, status) => Some(*status),
            Self::Gone(status) => *status,
            Self::Protocol(_)
            | Self::Silence(_)
            | Self::Stopped
            | Self::Unsendable(_)
            | Self::Nonsense(_)
            | Self::Refused(_)
            | Self::Lost(_) => None,
        }
    }
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(violation) => write!(f, "the peer broke SMB Direct: {violation}"),
            Self::Call(what, status) => write!(f, "{what} was refused: {status}"),
            Self::Completion(what, status) => write!(f, "{what} failed: {status}"),
            Self::Gone(None) => f.write_str("the peer ended the connection"),
            Self::Gone(Some(status)) => write!(f, "the peer ended the connection: {status}"),
            Self::Silence(limit) => write!(f, "no answer for {} s", limit.as_secs()),
            Self::Stopped => f.write_str("interrupted"),
            Self::Unsendable(SendError::NotOpen) => f.write_str("nothing can be sent here"),
            Self::Unsendable(SendError::Length) => f.write_str("the peer takes no such message"),
            Self::Nonsense(what) => write!(f, "the peer sent {what}"),
            Self::Refused(status) => write!(f, "the peer refused a request: {status:#010x}"),
            Self::Lost(count) => write!(f, "{count} requests never completed"),
        }
    }
}

impl std::error::Error for ChannelError {}

impl From<GaveUp> for ChannelError {
    fn from(gave_up: GaveUp) -> Self {
        match gave_up {
            GaveUp::Silence(limit) => Self::Silence(limit),
            GaveUp::Stopped => Self::Stopped,
        }
    }
}
