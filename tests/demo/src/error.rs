//! Why the demo could not do its work, said so that one knows what to do.

use std::fmt;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use softrnic_consumer::{GaveUp, NtStatus};

use crate::link::LinkError;
use crate::world::WorldError;

/// Why the demo could not do its work.
#[derive(Debug)]
pub(crate) enum DemoError {
    /// The image or the emulated machine could not be set up.
    World(WorldError),
    /// `NdkOpen…`, `NdkCreate…` and so on failed.
    Setup(&'static str, NtStatus),
    /// The address to listen on is not free.
    InUse(SocketAddr),
    /// The address is not one of this host.
    NotOurs(IpAddr),
    /// The address stands for many.
    Unspecified(IpAddr),
    /// Listening failed otherwise.
    Listen(SocketAddr, NtStatus),
    /// Nobody listens there, or the peer said no.
    Refused(SocketAddr),
    /// The peer took the TCP connection and ended it during start-up.
    NotIwarp(SocketAddr, NtStatus),
    /// The peer did not answer in time.
    NoAnswer(SocketAddr, NtStatus),
    /// There is no way to that address.
    Unreachable(SocketAddr),
    /// Connecting failed otherwise.
    Connect(SocketAddr, NtStatus),
    /// The connection was asked for and given up before it was there.
    Accept(NtStatus),
    /// The connection was made and did not finish its job.
    Link(LinkError),
    /// The disconnect did not end well.
    Disconnect(NtStatus),
    /// Requests that never completed.
    Lost(usize),
    /// Some of a server's connections failed.
    Connections {
        /// How many.
        failed: u64,
        /// How many there were.
        of: u64,
        /// Why the last of them did.
        last: Box<DemoError>,
    },
}

impl DemoError {
    /// What a failed `NdkConnect` to `to` means.
    pub(crate) fn of_connect(status: NtStatus, from: IpAddr, to: SocketAddr) -> Self {
        match status {
            // NDK-CON-05: the same status for nobody there and for a peer that ended it; TCP knows which.
            NtStatus::CONNECTION_REFUSED if listens(to) => Self::NotIwarp(to, status),
            NtStatus::CONNECTION_REFUSED => Self::Refused(to),
            NtStatus::CONNECTION_ABORTED => Self::NotIwarp(to, status),
            NtStatus::IO_TIMEOUT => Self::NoAnswer(to, status),
            NtStatus::NETWORK_UNREACHABLE | NtStatus::HOST_UNREACHABLE => Self::Unreachable(to),
            NtStatus::INVALID_ADDRESS => Self::NotOurs(from),
            status => Self::Connect(to, status),
        }
    }

    /// What a failed `NdkListen` at `at` means.
    pub(crate) fn of_listen(status: NtStatus, at: SocketAddr) -> Self {
        match status {
            NtStatus::SHARING_VIOLATION => Self::InUse(at),
            NtStatus::INVALID_ADDRESS => Self::NotOurs(at.ip()),
            status => Self::Listen(at, status),
        }
    }

    /// The status the driver gave, where one decided.
    pub(crate) fn status(&self) -> Option<NtStatus> {
        match self {
            Self::InUse(_) => Some(NtStatus::SHARING_VIOLATION),
            Self::NotOurs(_) => Some(NtStatus::INVALID_ADDRESS),
            Self::Refused(_) => Some(NtStatus::CONNECTION_REFUSED),
            Self::Setup(_, s)
            | Self::Listen(_, s)
            | Self::Connect(_, s)
            | Self::NotIwarp(_, s)
            | Self::NoAnswer(_, s)
            | Self::Accept(s)
            | Self::Disconnect(s)
            | Self::Link(
                LinkError::Post(_, s) | LinkError::Completion(_, s) | LinkError::PeerGone(Some(s)),
            ) => Some(*s),
            Self::Link(LinkError::SmbDirect(e)) => e.status(),
            Self::Connections { last, .. } => last.status(),
            _ => None,
        }
    }
}

/// Whether something takes TCP connections at `to`.
fn listens(to: SocketAddr) -> bool {
    TcpStream::connect_timeout(&to, Duration::from_secs(1)).is_ok()
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(e) => write!(f, "{e}"),
            Self::Setup(what, status) => write!(f, "{what} failed: {status}"),
            Self::InUse(a) if a.port() < 1024 => write!(
                f,
                "{a} is in use, or its port needs privileges: choose a port from 1024 on"
            ),
            Self::InUse(a) => write!(
                f,
                "{a} is in use: end what listens there, or choose another port"
            ),
            Self::NotOurs(ip) => write!(
                f,
                "{ip} is not an address of this host: choose one that `ip address` lists"
            ),
            Self::Unspecified(ip) => write!(
                f,
                "{ip} stands for any address: an adapter needs one of its own, such as 127.0.0.1"
            ),
            Self::Listen(a, status) => write!(f, "cannot listen on {a}: {status}"),
            Self::Refused(a) => write!(
                f,
                "{a} refused the connection: start `cargo demo serve {a}` first"
            ),
            Self::NotIwarp(a, status) => write!(
                f,
                "{a} took the connection and ended it during start-up ({status}): what listens there does not speak iWARP, or says no"
            ),
            Self::NoAnswer(a, _) => write!(
                f,
                "{a} did not answer: is the host up, does a firewall let TCP port {} pass, and does what listens there speak iWARP?",
                a.port()
            ),
            Self::Unreachable(a) => write!(f, "there is no route to {a}"),
            Self::Connect(a, status) => write!(f, "cannot connect to {a}: {status}"),
            Self::Accept(status) => write!(
                f,
                "the peer gave up before the connection was made: {status}"
            ),
            Self::Link(e) => write!(f, "{e}"),
            Self::Disconnect(status) => write!(f, "the disconnect ended with {status}"),
            Self::Lost(count) => write!(
                f,
                "{count} requests never completed, though the connection is closed"
            ),
            Self::Connections { failed, of, last } => {
                write!(f, "{failed} of {of} connections failed; the last: {last}")
            }
        }
    }
}

impl std::error::Error for DemoError {}

impl From<LinkError> for DemoError {
    fn from(e: LinkError) -> Self {
        Self::Link(e)
    }
}

impl From<GaveUp> for DemoError {
    fn from(gave_up: GaveUp) -> Self {
        Self::Link(gave_up.into())
    }
}

impl From<WorldError> for DemoError {
    fn from(e: WorldError) -> Self {
        Self::World(e)
    }
}
