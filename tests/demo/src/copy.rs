//! The stage of its own: a file is copied to the server and back over SMB Direct, and its hashes are compared.
//!
//! Each channel is a connection like the demo's own, at the same address; they belong to one session.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use softrnic_consumer::{Adapter, Buffer, Connector, Patience};
use softrnic_smbdirect::share::{Copied, Direction, Served, Server, Share, copy, digest};
use softrnic_smbdirect::{Channel, ChannelError, Mapped, Settings, Violation};

use crate::link::LinkError;
use crate::pattern;
use crate::roles::{Operation, Progress};
use crate::wait;

/// Channels of the session.
pub(crate) const CHANNELS: u64 = 2;
/// Channels that a client may ask for.
const MOST_CHANNELS: u64 = 32;
const WRITE: &str = "SMB Direct write";
const READ: &str = "SMB Direct read";
/// What makes the file, and what is in the memory it is read back into.
const FILE: u64 = 0x5445;
const OVERWRITTEN: u64 = 0xDEAD;

/// One end's part in it.
pub(crate) struct Site<'a> {
    pub(crate) adapter: &'a Arc<Adapter>,
    pub(crate) patience: &'a Patience,
}

impl Site<'_> {
    /// The protocol's settings, with this end's patience in place of its minutes.
    fn settings(&self) -> Settings {
        Settings {
            negotiation: self.patience.limit,
            keepalive: self.patience.limit / 2,
            answer: self.patience.limit / 2,
            ..Settings::client()
        }
    }

    /// What a channel's end means for the demo.
    fn error(&self, error: ChannelError) -> LinkError {
        match error {
            ChannelError::Gone(status) => LinkError::PeerGone(status),
            ChannelError::Stopped => LinkError::Interrupted,
            ChannelError::Silence(limit) => LinkError::Silence(limit),
            ChannelError::Protocol(Violation::Silent | Violation::Slow) => {
                LinkError::Silence(self.patience.limit)
            }
            other => LinkError::SmbDirect(other),
        }
    }

    /// Serves `count` channels, whose connectors come from `next`, until their client has left them all.
    pub(crate) fn serve(
        &self,
        count: u64,
        mut next: impl FnMut() -> Result<Connector, LinkError>,
    ) -> Result<Vec<Operation>, LinkError> {
        if count > MOST_CHANNELS {
            return Err(LinkError::Nonsense);
        }
        let (server, start) = (Server::default(), Instant::now());
        let patience = wait::patience(self.patience.limit);
        let served: Result<Vec<Served>, LinkError> = thread::scope(|scope| {
            let mut threads = Vec::new();
            for _ in 0..count {
                let (server, patience) = (&server, &patience);
                match next() {
                    Ok(connector) => {
                        threads
                            .push(scope.spawn(move || self.serve_one(server, connector, patience)));
                    }
                    Err(e) => {
                        // Channels that are there do not wait for those that will not come.
                        patience.stop();
                        return Err(e);
                    }
                }
            }
            let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("no panic");
            let served: Vec<Result<Served, ChannelError>> = threads.into_iter().map(join).collect();
            served
                .into_iter()
                .map(|one| one.map_err(|e| self.error(e)))
                .collect()
        });
        let (mut written, mut read) = (Copied::default(), Copied::default());
        for one in served? {
            written = plus(written, one.writes, one.written);
            read = plus(read, one.reads, one.read);
        }
        // Both ways went on at once as far as this end can tell.
        let half = start.elapsed() / 2;
        Ok(vec![
            operation(WRITE, written, half, None),
            operation(READ, read, half, None),
        ])
    }

    fn serve_one(
        &self,
        server: &Server,
        connector: Connector,
        patience: &Patience,
    ) -> Result<Served, ChannelError> {
        let _attached = self.adapter.machine().attach();
        let mut channel = Channel::accept(connector, self.adapter, self.settings(), patience)?;
        let served = server.serve(&mut channel)?;
        channel.close()?;
        Ok(served)
    }

    /// Copies a file of `bytes` bytes to the server at `to` and back.
    pub(crate) fn copy(
        &self,
        (from, to): (IpAddr, SocketAddr),
        bytes: u64,
        progress: Progress<'_>,
    ) -> Result<Vec<Operation>, LinkError> {
        let copied = self.copy_over((SocketAddr::new(from, 0), to), bytes as usize, progress);
        copied.map_err(|e| match e {
            Failed::Channel(e) => self.error(e),
            Failed::Hash => LinkError::OtherFile,
        })
    }

    fn copy_over(
        &self,
        addresses: (SocketAddr, SocketAddr),
        len: usize,
        progress: Progress<'_>,
    ) -> Result<Vec<Operation>, Failed> {
        let file = Mapped::new(self.adapter, Buffer::new(len))
            .map_err(|status| ChannelError::Call("the file's mapping", status))?;
        let mut shares: Vec<Share> = Vec::new();
        for _ in 0..CHANNELS {
            let (settings, session) = (self.settings(), shares.first().map_or(0, Share::session));
            let channel = Channel::connect(self.adapter, addresses, settings, self.patience)?;
            shares.push(Share::bind(channel, session)?);
        }
        shares[0].create(len as u64)?;
        let mut stage = Stage {
            shares,
            file,
            len,
            progress,
        };
        pattern::fill(stage.file.buffer(), 0, len, FILE);
        let hash = digest(&stage.file, len);
        let written = stage.run(WRITE, Direction::Up, hash)?;
        pattern::fill(stage.file.buffer(), 0, len, OVERWRITTEN);
        let read = stage.run(READ, Direction::Down, hash)?;
        for share in stage.shares {
            share.leave()?;
        }
        Ok(vec![written, read])
    }
}

/// Why the file was not copied.
enum Failed {
    Channel(ChannelError),
    /// A hash is another than the file's.
    Hash,
}

impl From<ChannelError> for Failed {
    fn from(e: ChannelError) -> Self {
        Self::Channel(e)
    }
}

/// The client's end of the session.
struct Stage<'a> {
    shares: Vec<Share>,
    file: Mapped,
    len: usize,
    progress: Progress<'a>,
}

impl Stage<'_> {
    /// Copies one way; `hash` is that of the file then, where it was copied to.
    fn run(
        &mut self,
        name: &'static str,
        direction: Direction,
        hash: [u8; 32],
    ) -> Result<Operation, Failed> {
        let (start, done) = (Instant::now(), AtomicUsize::new(0));
        let copied = copy(&mut self.shares, &self.file, direction, &|bytes| {
            let done = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
            (self.progress)(name, done as f64 / self.len as f64);
        })?;
        let copy = match direction {
            Direction::Up => self.shares[0].digest()?,
            Direction::Down => digest(&self.file, self.len),
        };
        if copy != hash {
            return Err(Failed::Hash);
        }
        Ok(operation(name, copied, start.elapsed(), Some(hash)))
    }
}

fn plus(sum: Copied, requests: u64, bytes: u64) -> Copied {
    Copied {
        requests: sum.requests + requests,
        bytes: sum.bytes + bytes,
    }
}

fn operation(
    name: &'static str,
    copied: Copied,
    time: Duration,
    hash: Option<[u8; 32]>,
) -> Operation {
    let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Operation {
        name,
        count: copied.requests,
        bytes: copied.bytes,
        seconds: time.max(Duration::from_micros(1)).as_secs_f64(),
        sha256: hash.map(hex),
    }
}
