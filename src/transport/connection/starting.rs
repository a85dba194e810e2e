//! What becomes of a posted request when its turn comes: a message for the machine, or a result at
//! once.

use crate::iwarp::Request;
use crate::rdma::stag::Grant;
use crate::rdma::{Access, Flags, Limits, Op, Payload, SendRequest, Sge, SgeList, Stag, Status};

use super::super::api::Queues;

/// What becomes of a request whose turn it is.
pub(super) enum Begin {
    Message(Request),
    /// It is done here and now.
    Done(Status),
}

pub(super) fn begin<Q: Queues>(queues: &Q, request: &SendRequest, position: u64) -> Begin {
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
            // Responses go to the oldest read and nowhere else, so the sink's name is a cookie: no
            // region of ours is told to the peer (NDK-ADP-10).
            let sink_stag = Stag(position as u32 | 1 << 31);
            let message = Request::Read {
                len,
                stag: remote.token,
                to: remote.address,
                sink_stag,
                sink_to: 0,
            };
            (message, Access::LOCAL_WRITE)
        }
        // NDK-FR-10: in order with the messages around it.
        Op::Invalidate(stag) => return Begin::Done(invalidate(queues, stag)),
        // What a fast-register or bind publishes was checked and laid ready at the post.
        Op::FastRegister(_) | Op::Bind(_) => return Begin::Done(Status::Internal),
    };
    match &request.payload {
        Payload::Sges(list) if !all_accessible(queues, list, need) => {
            Begin::Done(Status::AccessViolation)
        }
        _ => Begin::Message(message),
    }
}

/// NDK-MR-07: all of it, before any of it is sent or asked for.
fn all_accessible<Q: Queues>(queues: &Q, list: &SgeList, need: Access) -> bool {
    list.as_slice()
        .iter()
        .filter(|sge| sge.length != 0)
        .all(|sge| local(queues, sge, need).is_some())
}

pub(super) fn local<'a, Q: Queues>(
    queues: &'a Q,
    sge: &Sge,
    need: Access,
) -> Option<Grant<'a, Q::Memory>> {
    let domain = queues.queue_pair().domain;
    queues
        .regions()
        .access(sge.token, domain, sge.address, u64::from(sge.length), need)
        .ok()
}

/// NDK-FR-13, 14.
fn invalidate<Q: Queues>(queues: &Q, stag: Stag) -> Status {
    match queues
        .regions()
        .invalidate(stag, queues.queue_pair().domain, Access::empty())
    {
        Ok(region) => {
            drop(region);
            Status::Ok
        }
        Err(_) => Status::InvalidToken,
    }
}
