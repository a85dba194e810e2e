//! The rules a segment must keep: before any of it is placed (`admit`), and once it is whole and
//! verified (`deliver`).

use super::super::api::{ReceiveBuffer, ReceiveFault, Received, Upper};
use super::super::error::Error;
use super::super::reads::Reads;
use super::super::wire::ddp::{Header, Tagged, Untagged};
use super::super::wire::rdmap::{
    Opcode, QUEUE_READ_REQUEST, QUEUE_SEND, READ_REQUEST_ULPDU, ReadRequest,
};
use super::super::wire::terminate;
use super::{Message, Rx, Target};

/// May the segment be placed now?
pub(super) enum Admitted {
    Yes(Target),
    /// No receive is posted: hold the stream.
    Wait,
}

impl Rx {
    /// All checks that come before placing. No effect unless the answer is `Yes`.
    #[inline]
    pub(super) fn admit<U: Upper>(
        &mut self,
        header: &Header,
        len: u32,
        upper: &mut U,
        reads: &Reads,
    ) -> Result<Admitted, Error> {
        let opcode = header.opcode();
        let mismatch = Error::OpcodeModel {
            opcode: opcode as u8,
        };
        match (header, opcode) {
            (Header::Tagged(header), Opcode::Write) => {
                if len > 0 {
                    upper
                        .check_write(header.stag, header.to, len)
                        .map_err(Error::WriteAccess)?;
                }
                Ok(Admitted::Yes(Target::Write(header.stag, header.to)))
            }
            (Header::Tagged(header), Opcode::ReadResponse) => {
                let offset = reads.match_response(header, len)?;
                Ok(Admitted::Yes(Target::Read(offset)))
            }
            (
                Header::Untagged(header),
                Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate,
            ) => self.admit_send(header, len, upper),
            (Header::Untagged(header), Opcode::ReadRequest) => {
                self.check_read_request(header, len)?;
                Ok(Admitted::Yes(Target::Nowhere))
            }
            (Header::Untagged(_), Opcode::Terminate) => Ok(Admitted::Yes(Target::Nowhere)),
            (
                Header::Tagged(_),
                Opcode::ReadRequest
                | Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Terminate,
            )
            | (Header::Untagged(_), Opcode::Write | Opcode::ReadResponse) => Err(mismatch),
        }
    }

    /// A Send's segment: in sequence, contiguous, and inside its receive.
    fn admit_send<U: Upper>(
        &mut self,
        header: &Untagged,
        len: u32,
        upper: &mut U,
    ) -> Result<Admitted, Error> {
        check_place(header, QUEUE_SEND, self.send_sequence)?;
        let received = self.message.map_or(0, |message| message.received);
        // A message of no bytes is exactly one segment (RFC 5041 section 5.1), so an empty
        // segment that is not the last one carries a message on for ever.
        if header.offset != received || (len == 0 && !header.last) {
            return Err(Error::MessageOffset);
        }
        let message = match self.message {
            Some(message) if message.opcode != header.opcode => return Err(Error::OpcodeChanged),
            Some(message) => message,
            None => match upper.receive_begin() {
                ReceiveBuffer::Ready { capacity } => Message {
                    opcode: header.opcode,
                    capacity,
                    received: 0,
                },
                ReceiveBuffer::Wait => return Ok(Admitted::Wait),
                ReceiveBuffer::Refused(_) => return Err(Error::NoReceive),
            },
        };
        self.message = Some(message);
        let fits = received
            .checked_add(len)
            .is_some_and(|end| u64::from(end) <= message.capacity);
        if !fits {
            upper.receive_failed(ReceiveFault::Overflow);
            return Err(Error::MessageTooLong);
        }
        Ok(Admitted::Yes(Target::Receive(received)))
    }

    fn check_read_request(&self, header: &Untagged, len: u32) -> Result<(), Error> {
        check_place(header, QUEUE_READ_REQUEST, self.read_sequence)?;
        if header.offset != 0 {
            return Err(Error::MessageOffset);
        }
        if !header.last || len != 0 {
            return Err(Error::ReadRequestShape);
        }
        Ok(())
    }

    /// The segment is valid and in place; `ulpdu` holds its headers.
    #[inline]
    pub(super) fn deliver<U: Upper>(
        &mut self,
        header: &Header,
        len: u32,
        ulpdu: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<(), Error> {
        let last = header.last();
        let first = !self.started;
        match header {
            Header::Tagged(Tagged { opcode, .. }) => match opcode {
                Opcode::ReadResponse => {
                    let done = reads.deliver_response(len, last);
                    if done.is_some_and(|read| !read.silent) {
                        upper.read_done();
                    }
                }
                // `admit` lets no other opcode through.
                Opcode::Write
                | Opcode::ReadRequest
                | Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Terminate => self.write_open = !last,
            },
            Header::Untagged(header) => match header.opcode {
                Opcode::ReadRequest => {
                    self.deliver_read_request(header, ulpdu, first, upper, reads)?;
                }
                Opcode::Terminate => {
                    let (terminate, read) = terminate::parse(header, ulpdu)?;
                    self.blamed = read;
                    return Err(Error::PeerTerminated(terminate));
                }
                // `admit` lets no other opcode through.
                Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Write
                | Opcode::ReadResponse => self.deliver_send(header, len, upper)?,
            },
        }
        self.started = true;
        Ok(())
    }

    fn deliver_send<U: Upper>(
        &mut self,
        header: &Untagged,
        len: u32,
        upper: &mut U,
    ) -> Result<(), Error> {
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        message.received = message.received.saturating_add(len);
        if !header.last {
            return Ok(());
        }
        let len = message.received;
        // RFC 5040 section 5.3: the STag is invalid before the message is delivered.
        let invalidated = header.opcode.invalidates().then_some(header.invalidate);
        if let Some(stag) = invalidated {
            upper.invalidate(stag).map_err(Error::Invalidate)?;
        }
        self.message = None;
        self.send_sequence = self.send_sequence.wrapping_add(1);
        upper.receive_done(Received {
            len,
            solicited: header.opcode.solicited(),
            invalidated,
        });
        Ok(())
    }

    fn deliver_read_request<U: Upper>(
        &mut self,
        header: &Untagged,
        ulpdu: &[u8],
        first: bool,
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<(), Error> {
        let Some(request) = ReadRequest::parse(ulpdu) else {
            // `Control::parse` saw to the length.
            return Err(Error::UlpduLength {
                length: READ_REQUEST_ULPDU as u16,
            });
        };
        self.read_sequence = self.read_sequence.wrapping_add(1);
        // Peers send a zero-length Read as ready-to-receive even in revision 1.
        let ready = first && request.len == 0;
        reads.accept(request, header.sequence, ready)?;
        if request.len > 0 {
            upper
                .check_read(request.source_stag, request.source_to, request.len)
                .map_err(Error::ReadAccess)?;
        }
        Ok(())
    }
}

/// Queue and sequence number, in that order.
fn check_place(header: &Untagged, queue: u32, sequence: u32) -> Result<(), Error> {
    if header.queue != queue {
        return Err(Error::QueueNumber);
    }
    if header.sequence != sequence {
        return Err(Error::SequenceNumber);
    }
    Ok(())
}
