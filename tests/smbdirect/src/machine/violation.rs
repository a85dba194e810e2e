//! How a peer can break MS-SMBD: one variant a rule. Each ends the connection.

use std::fmt;

/// The rule that the peer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A message shorter than its header.
    TooShort,
    /// A message longer than the receives we offered.
    TooLong,
    /// None of the client's versions is ours, or the server chose another.
    Version,
    /// A message that asks for no credits.
    NoCreditsRequested,
    /// A server that lets us send nothing.
    NoCreditsGranted,
    /// More credits than a connection can have.
    TooManyCredits,
    /// A server that will send more at once than we receive.
    PreferredSendSize,
    /// Receives smaller than the protocol allows.
    ReceiveSize,
    /// Messages in fragments smaller than the protocol allows.
    FragmentedSize,
    /// The server said no.
    Refused(u32),
    /// A message for which the peer had no credit.
    OverCredit,
    /// Data that does not begin at a multiple of 8.
    Unaligned,
    /// Data that begins in the header or ends beyond the message.
    Outside,
    /// A message in fragments that is longer than we take.
    TooManyFragments,
    /// A fragment that does not go on where the one before it ended.
    Fragment,
    /// The negotiation took too long.
    Slow,
    /// A keep-alive was never answered.
    Silent,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::TooShort => "a message shorter than its header",
            Self::TooLong => "a message longer than our receives",
            Self::Version => "no common version",
            Self::NoCreditsRequested => "a message that asks for no credits",
            Self::NoCreditsGranted => "a negotiation without credits",
            Self::TooManyCredits => "more credits than there can be",
            Self::PreferredSendSize => "a send size larger than our receives",
            Self::ReceiveSize => "a receive size below 128",
            Self::FragmentedSize => "a fragmented size below 131072",
            Self::Refused(status) => return write!(f, "refused with status {status:#010x}"),
            Self::OverCredit => "a message without a credit for it",
            Self::Unaligned => "a data offset that is no multiple of 8",
            Self::Outside => "data outside of its message",
            Self::TooManyFragments => "a fragmented message that is too long",
            Self::Fragment => "a fragment out of turn",
            Self::Slow => "no negotiation in time",
            Self::Silent => "a keep-alive without answer",
        };
        f.write_str(what)
    }
}

impl std::error::Error for Violation {}
