//! One channel of a client's session.

use std::collections::VecDeque;

use super::request::{Command, Request};
use crate::channel::{Access, Channel, ChannelError, Loan, Mapped, Message};

/// A channel that is bound to a session.
pub struct Share {
    channel: Channel,
    session: u64,
    last: u64,
    /// Requests that were sent and not answered, oldest first, with the memory lent for them.
    asked: VecDeque<(u64, Option<Loan>)>,
    invalidates: bool,
}

impl Share {
    /// Binds `channel` to `session`; to a new one, if that is 0.
    ///
    /// # Errors
    /// When the server refuses, or the connection is over.
    pub fn bind(channel: Channel, session: u64) -> Result<Self, ChannelError> {
        let invalidates = channel.can_invalidate();
        let mut share = Self {
            channel,
            session,
            last: 0,
            asked: VecDeque::new(),
            invalidates,
        };
        share.ask(Request::new(Command::Bind, session), None)?;
        let bound = share.answer()?;
        let id = bound
            .data
            .try_into()
            .map_err(|_| ChannelError::Nonsense("no session"))?;
        share.session = u64::from_le_bytes(id);
        Ok(share)
    }

    /// The session's number, for more channels.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.session
    }

    /// The channel.
    pub fn channel(&mut self) -> &mut Channel {
        &mut self.channel
    }

    /// Requests that are not answered yet.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.asked.len()
    }

    /// Makes the session's file.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn create(&mut self, length: u64) -> Result<(), ChannelError> {
        let request = Request {
            length,
            ..Request::new(Command::Create, self.session)
        };
        self.ask(request, None)?;
        self.answer().map(drop)
    }

    /// The file's SHA-256.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn digest(&mut self) -> Result<[u8; 32], ChannelError> {
        self.ask(Request::new(Command::Digest, self.session), None)?;
        let digest = self.answer()?.data;
        digest
            .try_into()
            .map_err(|_| ChannelError::Nonsense("no digest"))
    }

    /// Writes `data` at `offset` of the file, in the message.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn write_small(&mut self, offset: u64, data: &[u8]) -> Result<(), ChannelError> {
        let request = Request {
            offset,
            length: data.len() as u64,
            data: data.to_vec(),
            ..Request::new(Command::Write, self.session)
        };
        self.ask(request, None)?;
        self.answer().map(drop)
    }

    /// Reads `length` bytes at `offset` of the file, in the message.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn read_small(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, ChannelError> {
        let request = Request {
            offset,
            length,
            ..Request::new(Command::Read, self.session)
        };
        self.ask(request, None)?;
        self.answer().map(|answer| answer.data)
    }

    /// Asks the server to write `len` bytes at `offset` of the file into the same place of `memory`
    /// ([`Access::Write`]), or to read them from there ([`Access::Read`]), by RDMA.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn transfer(
        &mut self,
        memory: &Mapped,
        (offset, len): (usize, usize),
        access: Access,
    ) -> Result<(), ChannelError> {
        let loan = self.channel.lend(memory, (offset, len), access)?;
        let command = match access {
            Access::Read => Command::Write,
            Access::Write => Command::Read,
        };
        let request = Request {
            invalidate: self.invalidates,
            offset: offset as u64,
            length: len as u64,
            descriptors: loan.descriptors().to_vec(),
            ..Request::new(command, self.session)
        };
        self.ask(request, Some(loan))
    }

    /// Sends a request; [`Share::answer`] waits for its answer and takes back what was lent for it.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn ask(&mut self, mut request: Request, loan: Option<Loan>) -> Result<(), ChannelError> {
        self.last += 1;
        request.id = self.last;
        self.asked.push_back((request.id, loan));
        self.channel.send(request.encode(), None)
    }

    /// The answer to the oldest request.
    ///
    /// # Errors
    /// As for [`Share::bind`].
    pub fn answer(&mut self) -> Result<Request, ChannelError> {
        let Message { bytes, invalidated } = self.channel.receive()?;
        let answer = Request::decode(&bytes).ok_or(ChannelError::Nonsense("what is no answer"))?;
        let (id, loan) = self
            .asked
            .pop_front()
            .ok_or(ChannelError::Nonsense("an answer to nothing"))?;
        if answer.id != id {
            return Err(ChannelError::Nonsense("an answer out of turn"));
        }
        if let Some(loan) = loan {
            self.channel.take_back(loan, &invalidated)?;
        }
        match answer.status {
            0 => Ok(answer),
            status => Err(ChannelError::Refused(status)),
        }
    }

    /// Leaves the session and disconnects.
    ///
    /// # Errors
    /// As for [`Share::bind`], and when the disconnect does not end well.
    pub fn leave(mut self) -> Result<(), ChannelError> {
        self.ask(Request::new(Command::Leave, self.session), None)?;
        self.answer()?;
        let status = self.channel.close()?;
        status
            .ok()
            .map_err(|status| ChannelError::Call("the disconnect", status))
    }
}
