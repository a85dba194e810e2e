//! The life of a connection as a table: which phase an input leads to, and that every other
//! input is illegal there.

/// Where a connection stands. What belongs to a phase beyond its name is kept by `startup`
/// (frames and what they agreed on), `rx` and `tx` (the two directions of the stream).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Initiator: nothing asked for yet.
    Idle,
    /// Initiator: the MPA Request waits for the sink.
    RequestQueued,
    AwaitReply,
    /// Initiator: accepted; the consumer completes or gives up. Early FPDUs are held.
    Replied,
    /// Initiator: the ready-to-receive FPDU waits for the sink.
    ReadyQueued,
    /// Responder: waits for the MPA Request.
    AwaitRequest,
    /// Responder: the consumer accepts or rejects.
    Requested,
    ReplyQueued,
    RejectQueued,
    /// Responder: must not send before the first FPDU has come (RFC 5044 section 7.1.2).
    AwaitFirst,
    Streaming,
    /// The peer's direction has ended cleanly.
    PeerClosed,
    /// Our direction is ending.
    Ending,
    /// Our direction has ended; what the peer still sends counts until its FIN.
    HalfClosed,
    /// A Terminate waits for the sink; inbound bytes do not count any more.
    TerminateQueued,
    /// Nothing more to send; inbound bytes are dropped.
    Finished,
}

/// What moves a connection on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Request,
    /// The frame that was waiting is in the sink.
    Framed,
    GoodReply,
    Refusal,
    /// The consumer completes; no ready-to-receive frame was agreed on.
    Complete,
    /// The consumer completes; a ready-to-receive frame goes first.
    CompleteReady,
    GoodRequest,
    Accept,
    Reject,
    FirstFpdu,
    /// The peer's FIN at a clean boundary.
    Fin,
    Disconnect,
    /// Every message that was begun is in the sink.
    Drained,
    /// An error the peer is told of.
    Terminate,
    /// An error without a Terminate: TCP is gone, or the peer terminated first.
    Break,
}

impl Phase {
    #[cfg(test)]
    pub(super) const ALL: [Self; 16] = [
        Self::Idle,
        Self::RequestQueued,
        Self::AwaitReply,
        Self::Replied,
        Self::ReadyQueued,
        Self::AwaitRequest,
        Self::Requested,
        Self::ReplyQueued,
        Self::RejectQueued,
        Self::AwaitFirst,
        Self::Streaming,
        Self::PeerClosed,
        Self::Ending,
        Self::HalfClosed,
        Self::TerminateQueued,
        Self::Finished,
    ];

    /// The phase `input` leads to; `None` if it is illegal here.
    pub(super) fn on(self, input: Input) -> Option<Self> {
        TRANSITIONS
            .iter()
            .find(|(from, on, _)| *from == self && *on == input)
            .map(|(_, _, to)| *to)
    }
}

#[rustfmt::skip]
const TRANSITIONS: &[(Phase, Input, Phase)] = &[
    (Phase::Idle,            Input::Request,       Phase::RequestQueued),
    (Phase::Idle,            Input::Disconnect,    Phase::Finished),
    (Phase::Idle,            Input::Break,         Phase::Finished),

    (Phase::RequestQueued,   Input::Framed,        Phase::AwaitReply),
    (Phase::RequestQueued,   Input::Disconnect,    Phase::Finished),
    (Phase::RequestQueued,   Input::Break,         Phase::Finished),

    (Phase::AwaitReply,      Input::GoodReply,     Phase::Replied),
    (Phase::AwaitReply,      Input::Refusal,       Phase::Finished),
    (Phase::AwaitReply,      Input::Disconnect,    Phase::Finished),
    (Phase::AwaitReply,      Input::Terminate,     Phase::TerminateQueued),
    (Phase::AwaitReply,      Input::Break,         Phase::Finished),

    (Phase::Replied,         Input::Complete,      Phase::Streaming),
    (Phase::Replied,         Input::CompleteReady, Phase::ReadyQueued),
    (Phase::Replied,         Input::Disconnect,    Phase::Finished),
    (Phase::Replied,         Input::Terminate,     Phase::TerminateQueued),
    (Phase::Replied,         Input::Break,         Phase::Finished),

    (Phase::ReadyQueued,     Input::Framed,        Phase::Streaming),
    (Phase::ReadyQueued,     Input::Disconnect,    Phase::Finished),
    (Phase::ReadyQueued,     Input::Terminate,     Phase::TerminateQueued),
    (Phase::ReadyQueued,     Input::Break,         Phase::Finished),

    (Phase::AwaitRequest,    Input::GoodRequest,   Phase::Requested),
    (Phase::AwaitRequest,    Input::Disconnect,    Phase::Finished),
    (Phase::AwaitRequest,    Input::Break,         Phase::Finished),

    (Phase::Requested,       Input::Accept,        Phase::ReplyQueued),
    (Phase::Requested,       Input::Reject,        Phase::RejectQueued),
    (Phase::Requested,       Input::Disconnect,    Phase::Finished),
    (Phase::Requested,       Input::Break,         Phase::Finished),

    (Phase::ReplyQueued,     Input::Framed,        Phase::AwaitFirst),
    (Phase::ReplyQueued,     Input::Disconnect,    Phase::Finished),
    (Phase::ReplyQueued,     Input::Break,         Phase::Finished),

    (Phase::RejectQueued,    Input::Framed,        Phase::Finished),
    (Phase::RejectQueued,    Input::Disconnect,    Phase::RejectQueued),
    (Phase::RejectQueued,    Input::Break,         Phase::Finished),

    (Phase::AwaitFirst,      Input::FirstFpdu,     Phase::Streaming),
    (Phase::AwaitFirst,      Input::Fin,           Phase::PeerClosed),
    (Phase::AwaitFirst,      Input::Disconnect,    Phase::Finished),
    (Phase::AwaitFirst,      Input::Terminate,     Phase::TerminateQueued),
    (Phase::AwaitFirst,      Input::Break,         Phase::Finished),

    (Phase::Streaming,       Input::Fin,           Phase::PeerClosed),
    (Phase::Streaming,       Input::Disconnect,    Phase::Ending),
    (Phase::Streaming,       Input::Terminate,     Phase::TerminateQueued),
    (Phase::Streaming,       Input::Break,         Phase::Finished),

    (Phase::PeerClosed,      Input::Disconnect,    Phase::Ending),
    (Phase::PeerClosed,      Input::Terminate,     Phase::TerminateQueued),
    (Phase::PeerClosed,      Input::Break,         Phase::Finished),

    (Phase::Ending,          Input::Fin,           Phase::Ending),
    (Phase::Ending,          Input::Disconnect,    Phase::Ending),
    (Phase::Ending,          Input::Drained,       Phase::HalfClosed),
    (Phase::Ending,          Input::Terminate,     Phase::TerminateQueued),
    (Phase::Ending,          Input::Break,         Phase::Finished),

    (Phase::HalfClosed,      Input::Fin,           Phase::Finished),
    (Phase::HalfClosed,      Input::Disconnect,    Phase::HalfClosed),
    (Phase::HalfClosed,      Input::Break,         Phase::Finished),

    (Phase::TerminateQueued, Input::Framed,        Phase::Finished),
    (Phase::TerminateQueued, Input::Disconnect,    Phase::TerminateQueued),
    (Phase::TerminateQueued, Input::Fin,           Phase::TerminateQueued),
    (Phase::TerminateQueued, Input::Break,         Phase::Finished),

    (Phase::Finished,        Input::Disconnect,    Phase::Finished),
    (Phase::Finished,        Input::Fin,           Phase::Finished),
    (Phase::Finished,        Input::Break,         Phase::Finished),
];
