//! Version, credits and sizes (MS-SMBD 3.1.5.2 to 3.1.5.7).

use zerocopy::FromBytes;

use super::{Settings, Violation};
use crate::wire::{
    MIN_FRAGMENTED_SIZE, MIN_RECEIVE_SIZE, NegotiateRequest, NegotiateResponse, VERSION,
};

/// What both ends agreed on, as this end sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// Bytes of one Send to the peer, at most.
    pub max_send_size: u32,
    /// Bytes of one Send from the peer, at most.
    pub max_receive_size: u32,
    /// Bytes of a message to the peer, all fragments together, at most.
    pub max_fragmented_send_size: u32,
    /// Bytes of one RDMA read or write, at most.
    pub max_read_write_size: u32,
}

/// What a client learnt from the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) agreed: Agreed,
    /// Credits the server wants.
    pub(super) wanted: u16,
    /// Credits it gave.
    pub(super) granted: u16,
}

/// The client's request.
pub(super) fn request(settings: &Settings) -> NegotiateRequest {
    NegotiateRequest {
        min_version: VERSION.into(),
        max_version: VERSION.into(),
        reserved: 0.into(),
        credits_requested: settings.send_credit_target.into(),
        preferred_send_size: settings.max_send_size.into(),
        max_receive_size: settings.max_receive_size.into(),
        max_fragmented_size: settings.max_fragmented_size.into(),
    }
}

/// The server takes a request: what is agreed on then, and the credits the client wants.
pub(super) fn accept(settings: &Settings, message: &[u8]) -> Result<(Agreed, u16), Violation> {
    let (request, _) =
        NegotiateRequest::read_from_prefix(message).map_err(|_| Violation::TooShort)?;
    if request.min_version > VERSION || request.max_version < VERSION {
        return Err(Violation::Version);
    }
    let (receive, fragmented) = (request.max_receive_size, request.max_fragmented_size);
    check(
        request.credits_requested.get(),
        receive.get(),
        fragmented.get(),
    )?;
    let agreed = Agreed {
        max_send_size: settings.max_send_size.min(receive.get()),
        max_receive_size: received(settings, request.preferred_send_size.get()),
        max_fragmented_send_size: fragmented.get(),
        max_read_write_size: settings.max_read_write_size,
    };
    Ok((agreed, request.credits_requested.get()))
}

/// The server's response, with `granted` credits.
pub(super) fn response(settings: &Settings, agreed: &Agreed, granted: u16) -> NegotiateResponse {
    NegotiateResponse {
        min_version: VERSION.into(),
        max_version: VERSION.into(),
        negotiated_version: VERSION.into(),
        reserved: 0.into(),
        credits_requested: settings.send_credit_target.into(),
        credits_granted: granted.into(),
        status: 0.into(),
        max_read_write_size: agreed.max_read_write_size.into(),
        preferred_send_size: agreed.max_send_size.into(),
        max_receive_size: agreed.max_receive_size.into(),
        max_fragmented_size: settings.max_fragmented_size.into(),
    }
}

/// The client takes the response.
pub(super) fn conclude(settings: &Settings, message: &[u8]) -> Result<Answer, Violation> {
    let (response, _) =
        NegotiateResponse::read_from_prefix(message).map_err(|_| Violation::TooShort)?;
    if response.status != 0 {
        return Err(Violation::Refused(response.status.get()));
    }
    if response.negotiated_version != VERSION {
        return Err(Violation::Version);
    }
    let (receive, fragmented) = (response.max_receive_size, response.max_fragmented_size);
    check(
        response.credits_requested.get(),
        receive.get(),
        fragmented.get(),
    )?;
    if response.credits_granted == 0 {
        return Err(Violation::NoCreditsGranted);
    }
    if response.preferred_send_size > settings.max_receive_size {
        return Err(Violation::PreferredSendSize);
    }
    let (most, theirs) = (settings.max_read_write_size, response.max_read_write_size);
    let agreed = Agreed {
        max_send_size: settings.max_send_size.min(receive.get()),
        max_receive_size: received(settings, response.preferred_send_size.get()),
        max_fragmented_send_size: fragmented.get(),
        max_read_write_size: most.min(theirs.get()),
    };
    Ok(Answer {
        agreed,
        wanted: response.credits_requested.get(),
        granted: response.credits_granted.get(),
    })
}

/// What either message must keep to.
fn check(credits: u16, receive_size: u32, fragmented_size: u32) -> Result<(), Violation> {
    if credits == 0 {
        return Err(Violation::NoCreditsRequested);
    }
    if receive_size < MIN_RECEIVE_SIZE {
        return Err(Violation::ReceiveSize);
    }
    if fragmented_size < MIN_FRAGMENTED_SIZE {
        return Err(Violation::FragmentedSize);
    }
    Ok(())
}

/// What we will receive from a peer that would rather send `preferred` bytes.
fn received(settings: &Settings, preferred: u32) -> u32 {
    settings
        .max_receive_size
        .min(preferred)
        .max(MIN_RECEIVE_SIZE)
}
