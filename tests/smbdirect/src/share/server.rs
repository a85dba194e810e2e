//! The serving side: sessions, each with its file, and the channels that belong to them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use softrnic_consumer::{Adapter, Buffer};

use super::request::{Command, Request, STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER};
use crate::channel::{Access, Channel, ChannelError, Mapped, Message};

/// Bytes that a file may have.
const MOST: u64 = 1 << 31;

/// The sessions of a server.
#[derive(Default)]
pub struct Server {
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    last: u64,
    open: BTreeMap<u64, Arc<Session>>,
}

/// A session's file; channels work on it at the same time.
#[derive(Default)]
struct Session {
    file: Mutex<Option<Arc<Mapped>>>,
}

/// What one channel was served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Requests that were answered.
    pub requests: u64,
    /// Those that read.
    pub reads: u64,
    /// Bytes that the client read.
    pub read: u64,
    /// Those that wrote.
    pub writes: u64,
    /// Bytes that it wrote.
    pub written: u64,
}

impl Served {
    fn count(&mut self, request: &Request) {
        self.requests += 1;
        match request.command {
            Command::Read => {
                self.reads += 1;
                self.read += request.length;
            }
            Command::Write => {
                self.writes += 1;
                self.written += request.length;
            }
            Command::Bind | Command::Create | Command::Digest | Command::Leave => {}
        }
    }
}

/// What an answer says: a status, and data.
type Answer = Result<Vec<u8>, u32>;

impl Server {
    /// Serves a channel until its client leaves and disconnects.
    ///
    /// # Errors
    /// When the connection ends before that, or the client makes no sense.
    pub fn serve(&self, channel: &mut Channel) -> Result<Served, ChannelError> {
        let mut served = Served::default();
        let mut bound = Bound {
            server: self,
            session: None,
        };
        loop {
            let request = next(channel)?;
            let answer = bound.perform(channel, &request)?;
            let left = request.command == Command::Leave && answer.is_ok();
            if answer.is_ok() {
                served.count(&request);
            }
            bound.answer(channel, &request, answer)?;
            if left {
                return gone(channel).map(|()| served);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sessions that have channels.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.lock().open.len()
    }
}

fn next(channel: &mut Channel) -> Result<Request, ChannelError> {
    let Message { bytes, .. } = channel.receive()?;
    Request::decode(&bytes).ok_or(ChannelError::Nonsense("what is no request"))
}

/// The client has left: the end of the connection is all that is to come.
fn gone(channel: &mut Channel) -> Result<(), ChannelError> {
    match channel.receive() {
        Ok(_) => Err(ChannelError::Nonsense("a request after it left")),
        Err(ChannelError::Gone(_)) => Ok(()),
        Err(e) => Err(e),
    }
}

/// The session of one channel; it leaves it when it is dropped, and the last one takes the session with it.
struct Bound<'a> {
    server: &'a Server,
    session: Option<(u64, Arc<Session>)>,
}

impl Bound<'_> {
    /// Does what was asked for; the answer, unless the connection is over.
    fn perform(
        &mut self,
        channel: &mut Channel,
        request: &Request,
    ) -> Result<Answer, ChannelError> {
        if request.command == Command::Bind {
            return Ok(self.bind(request.session));
        }
        match &self.session {
            Some((id, session)) if *id == request.session => match request.command {
                Command::Create => Ok(session.create(channel.adapter(), request.length)),
                Command::Read => session.transfer(channel, request, Access::Write),
                Command::Write => session.transfer(channel, request, Access::Read),
                Command::Digest => Ok(session.digest()),
                Command::Bind | Command::Leave => Ok(Ok(Vec::new())),
            },
            _ => Ok(Err(STATUS_ACCESS_DENIED)),
        }
    }

    /// Joins session `id`, or a new one; the answer's data is its number.
    fn bind(&mut self, id: u64) -> Answer {
        if self.session.is_some() {
            return Err(STATUS_INVALID_PARAMETER);
        }
        let mut sessions = self.server.lock();
        let id = if id == 0 {
            sessions.last += 1;
            let id = sessions.last;
            sessions.open.insert(id, Arc::default());
            id
        } else {
            id
        };
        let session = sessions.open.get(&id).ok_or(STATUS_ACCESS_DENIED)?.clone();
        self.session = Some((id, session));
        Ok(id.to_le_bytes().to_vec())
    }

    fn answer(
        &self,
        channel: &mut Channel,
        request: &Request,
        answer: Answer,
    ) -> Result<(), ChannelError> {
        // Only what was used may be invalidated: a refused request leaves the client's tokens alone.
        let token = request.descriptors.first().map(|first| first.token.get());
        let token = token.filter(|_| request.invalidate && answer.is_ok());
        let answer = match answer {
            Ok(data) => request.answer(0, data),
            Err(status) => request.answer(status, Vec::new()),
        };
        channel.send(answer.encode(), token)
    }
}

impl Drop for Bound<'_> {
    fn drop(&mut self) {
        if let Some((id, session)) = self.session.take() {
            let mut sessions = self.server.lock();
            // The list's and this one's: no other channel has it.
            if Arc::strong_count(&session) == 2 {
                sessions.open.remove(&id);
            }
        }
    }
}

impl Session {
    fn create(&self, adapter: &Arc<Adapter>, length: u64) -> Answer {
        if length == 0 || length > MOST {
            return Err(STATUS_INVALID_PARAMETER);
        }
        let file = Mapped::new(adapter, Buffer::new(length as usize));
        let file = file.map_err(|status| status.0 as u32)?;
        *self.lock() = Some(Arc::new(file));
        Ok(Vec::new())
    }

    fn digest(&self) -> Answer {
        let file = self.lock().clone().ok_or(STATUS_INVALID_PARAMETER)?;
        Ok(super::digest(&file, file.buffer().len()).to_vec())
    }

    /// Moves what a request asks for between the file and the client's memory, which is accessed so, or the messages.
    fn transfer(
        &self,
        channel: &mut Channel,
        request: &Request,
        access: Access,
    ) -> Result<Answer, ChannelError> {
        let Some(file) = self.lock().clone() else {
            return Ok(Err(STATUS_INVALID_PARAMETER));
        };
        if !is_sound(request, access, &file, channel) {
            return Ok(Err(STATUS_INVALID_PARAMETER));
        }
        if request.descriptors.is_empty() {
            return Ok(Ok(inline(request, access, &file)));
        }
        let mut at = request.offset as usize;
        for descriptor in &request.descriptors {
            let len = descriptor.length.get() as usize;
            let sges = file.sges(channel.pd(), at, len);
            match access {
                Access::Write => channel.write(&sges, descriptor)?,
                Access::Read => channel.read(&sges, descriptor)?,
            }
            at += len;
        }
        channel.transfers_done()?;
        Ok(Ok(Vec::new()))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Mapped>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what is asked for is inside the file, and the descriptors or the data are exactly that long (S12).
fn is_sound(request: &Request, access: Access, file: &Mapped, channel: &Channel) -> bool {
    let inside = request
        .offset
        .checked_add(request.length)
        .is_some_and(|end| end <= file.buffer().len() as u64);
    let lengths = || {
        request
            .descriptors
            .iter()
            .map(|one| u64::from(one.length.get()))
    };
    let described = if request.descriptors.is_empty() {
        let data = match access {
            Access::Read => request.data.len() as u64,
            Access::Write => request.length,
        };
        data == request.length
            && data <= Request::room(channel.agreed().max_fragmented_send_size) as u64
    } else {
        lengths().all(|length| length > 0)
            && lengths().sum::<u64>() == request.length
            && request.length <= channel.agreed().max_read_write_size.into()
    };
    inside && request.length > 0 && described
}

/// Data in the messages themselves.
fn inline(request: &Request, access: Access, file: &Mapped) -> Vec<u8> {
    let (at, length) = (request.offset as usize, request.length as usize);
    match access {
        Access::Write => file.buffer().read(at, length),
        Access::Read => {
            file.buffer().write(at, &request.data);
            Vec::new()
        }
    }
}
