//! What becomes of a posted request when its turn comes: a message for the machine, or a result at
//! once.

use crate::iwarp::Request;
use crate::rdma::stag::Grant;
use crate::rdma::{
    Access, Draft, Fault, Flags, Limits, NotEnacted, Op, Payload, Remote, SendRequest, SgeList,
    Stag, Status,
};

use super::super::api::Queues;

/// What becomes of a request whose turn it is.
pub(super) enum Begin<'a, M> {
    /// With access to the first memory that its frames come from, if there is any.
    Message(Request, Option<Grant<'a, M>>),
    /// It is done here and now.
    Done(Status),
    /// It is done when this token's region is not in use any more.
    Leaving(Stag),
    /// Not yet; the doorbell will ring.
    Later,
}

pub(super) fn begin<'a, Q: Queues>(
    queues: &'a Q,
    request: &SendRequest,
    position: u64,
) -> Begin<'a, Q::Memory> {
    let length = request.payload.length();
    let (Ok(len), true) = (
        u32::try_from(length),
        length <= u64::from(Limits::ADAPTER.transfer_length),
    ) else {
        return Begin::Done(Status::DataOverrun);
    };
    let solicited = request.flags.contains(Flags::SOLICITED);
    let (message, need) = match request.op {
        Op::Send => (
            Request::Send {
                len,
                solicited,
                invalidate: None,
            },
            Access::empty(),
        ),
        Op::SendAndInvalidate(stag) => (
            Request::Send {
                len,
                solicited,
                invalidate: Some(stag),
            },
            Access::empty(),
        ),
        Op::Write(remote) => (
            Request::Write {
                len,
                stag: remote.token,
                to: remote.address,
            },
            Access::empty(),
        ),
        Op::Read(remote) => {
            if !sink_can_be_invalidated(queues, request) {
                return Begin::Done(Status::AccessViolation);
            }
            (read(len, remote, position), Access::LOCAL_WRITE)
        }
        // NDK-FR-10: in order with the messages around it.
        Op::Invalidate(stag) => return invalidate(queues, stag),
        Op::FastRegister(draft) | Op::Bind(draft) => return enact(queues, draft),
    };
    let first = match &request.payload {
        Payload::Sges(list) => access_all(queues, list, need),
        Payload::Inline { .. } => Ok(None),
    };
    match first {
        Ok(first) => Begin::Message(message, first),
        Err(_) => Begin::Done(Status::AccessViolation),
    }
}

/// Responses go to the oldest read and nowhere else, so the sink's name is a cookie: no region of ours
/// is told to the peer (NDK-ADP-10).
fn read(len: u32, remote: Remote, position: u64) -> Request {
    Request::Read {
        len,
        stag: remote.token,
        to: remote.address,
        sink_stag: Stag(position as u32 | 1 << 31),
        sink_to: 0,
    }
}

/// NDK-MR-07: all of it, before any of it is sent or asked for. The first is kept.
fn access_all<'a, Q: Queues>(
    queues: &'a Q,
    list: &SgeList,
    need: Access,
) -> Result<Option<Grant<'a, Q::Memory>>, Fault> {
    let mut first = None;
    for sge in list.as_slice().iter().filter(|sge| sge.length != 0) {
        let grant = queues.local(sge, need)?;
        let _first = first.get_or_insert(grant);
    }
    Ok(first)
}

/// NDK-FR-15: what cannot be invalidated later had better not be read into.
fn sink_can_be_invalidated<Q: Queues>(queues: &Q, request: &SendRequest) -> bool {
    let Payload::Sges(list) = &request.payload else {
        return true;
    };
    let domain = [queues.queue_pair().domain];
    !request.flags.contains(Flags::INVALIDATE_LOCAL)
        || list.as_slice().first().is_some_and(|sge| {
            let sink = queues
                .regions()
                .find(sge.token, &domain, Access::INVALIDATE);
            sink.is_ok()
        })
}

/// NDK-FR-13, NDK-FR-14.
fn invalidate<Q: Queues>(queues: &Q, stag: Stag) -> Begin<'_, Q::Memory> {
    match queues.invalidate(stag, Access::INVALIDATE) {
        Ok(true) => Begin::Done(Status::Ok),
        Ok(false) => Begin::Leaving(stag),
        Err(_) => Begin::Done(Status::InvalidToken),
    }
}

/// What the token is to give access to was checked and laid ready at the post.
fn enact<Q: Queues>(queues: &Q, draft: Draft) -> Begin<'_, Q::Memory> {
    match queues.enact(draft) {
        Ok(()) => Begin::Done(Status::Ok),
        Err(NotEnacted::Leaving) => Begin::Later,
        Err(NotEnacted::Invalid) => Begin::Done(Status::InvalidToken),
    }
}
