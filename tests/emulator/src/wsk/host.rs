//! Host TCP sockets: the few system calls the WSK engine stands on, each with its errors as the
//! NTSTATUS that Windows' transport gives for the same thing.
//!
//! Nothing here knows the emulated kernel. Every socket is non-blocking.

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use crate::ip::stand_in;

/// A status as Windows numbers them.
pub(crate) type NtStatus = i32;

/// The statuses WSK reports, by their Windows names.
pub(crate) mod status {
    use super::NtStatus;
    pub(crate) const SUCCESS: NtStatus = 0;
    pub(crate) const PENDING: NtStatus = 0x103;
    pub(crate) const EVENT_PENDING: NtStatus = 0x4000_0013;
    pub(crate) const UNSUCCESSFUL: NtStatus = 0xC000_0001_u32 as i32;
    pub(crate) const INVALID_PARAMETER: NtStatus = 0xC000_000D_u32 as i32;
    pub(crate) const ACCESS_DENIED: NtStatus = 0xC000_0022_u32 as i32;
    pub(crate) const INSUFFICIENT_RESOURCES: NtStatus = 0xC000_009A_u32 as i32;
    pub(crate) const DEVICE_NOT_READY: NtStatus = 0xC000_00A3_u32 as i32;
    pub(crate) const IO_TIMEOUT: NtStatus = 0xC000_00B5_u32 as i32;
    pub(crate) const NOT_SUPPORTED: NtStatus = 0xC000_00BB_u32 as i32;
    pub(crate) const REQUEST_NOT_ACCEPTED: NtStatus = 0xC000_00D0_u32 as i32;
    pub(crate) const CANCELLED: NtStatus = 0xC000_0120_u32 as i32;
    pub(crate) const INVALID_DEVICE_STATE: NtStatus = 0xC000_0184_u32 as i32;
    pub(crate) const INVALID_ADDRESS_COMPONENT: NtStatus = 0xC000_0207_u32 as i32;
    pub(crate) const TOO_MANY_ADDRESSES: NtStatus = 0xC000_0209_u32 as i32;
    pub(crate) const ADDRESS_ALREADY_EXISTS: NtStatus = 0xC000_020A_u32 as i32;
    pub(crate) const CONNECTION_DISCONNECTED: NtStatus = 0xC000_020C_u32 as i32;
    pub(crate) const CONNECTION_RESET: NtStatus = 0xC000_020D_u32 as i32;
    pub(crate) const DATA_NOT_ACCEPTED: NtStatus = 0xC000_021B_u32 as i32;
    pub(crate) const CONNECTION_REFUSED: NtStatus = 0xC000_0236_u32 as i32;
    pub(crate) const NETWORK_UNREACHABLE: NtStatus = 0xC000_023C_u32 as i32;
    pub(crate) const HOST_UNREACHABLE: NtStatus = 0xC000_023D_u32 as i32;
    pub(crate) const CONNECTION_ABORTED: NtStatus = 0xC000_0241_u32 as i32;
    pub(crate) const FILE_FORCED_CLOSED: NtStatus = 0xC000_00B6_u32 as i32;
    pub(crate) const NOINTERFACE: NtStatus = 0xC000_02B9_u32 as i32;
}

/// How long a request that is to complete inside its call waits for the host.
const PROMPT: Duration = Duration::from_millis(500);

/// One host TCP socket.
#[derive(Debug)]
pub(crate) struct Tcp {
    /// The descriptor, or -1 once closed.
    fd: AtomicI32,
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.close();
    }
}

impl Tcp {
    pub(crate) fn new(v6: bool) -> io::Result<Self> {
        let family = if v6 { libc::AF_INET6 } else { libc::AF_INET };
        // SAFETY: no memory is passed.
        let fd = check(unsafe {
            libc::socket(
                family,
                libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
                0,
            )
        })?;
        Ok(Self {
            fd: AtomicI32::new(fd),
        })
    }

    pub(crate) fn raw(&self) -> RawFd {
        self.fd.load(Ordering::Relaxed)
    }

    pub(crate) fn bind(&self, address: &SocketAddr) -> io::Result<()> {
        let (storage, length) = to_host(&stand_in::to_host(*address));
        // SAFETY: `storage` holds `length` initialised bytes.
        check(unsafe { libc::bind(self.raw(), (&raw const storage).cast(), length) }).map(drop)
    }

    pub(crate) fn listen(&self) -> io::Result<()> {
        // SAFETY: no memory is passed.
        check(unsafe { libc::listen(self.raw(), 1024) }).map(drop)
    }

    /// Starts to connect; `true` when it is connected already.
    pub(crate) fn connect(&self, address: &SocketAddr) -> io::Result<bool> {
        let (storage, length) = to_host(&stand_in::to_host(*address));
        // SAFETY: `storage` holds `length` initialised bytes.
        match check(unsafe { libc::connect(self.raw(), (&raw const storage).cast(), length) }) {
            Ok(_) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The next connection of the host's backlog.
    pub(crate) fn accept(&self) -> io::Result<Option<Self>> {
        // SAFETY: null address pointers are allowed.
        let fd = unsafe {
            libc::accept4(
                self.raw(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
            )
        };
        match check(fd) {
            Ok(fd) => Ok(Some(Self {
                fd: AtomicI32::new(fd),
            })),
            Err(error) if would_block(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn local(&self) -> io::Result<SocketAddr> {
        self.name(libc::getsockname)
    }

    pub(crate) fn peer(&self) -> io::Result<SocketAddr> {
        self.name(libc::getpeername)
    }

    fn name(
        &self,
        get: unsafe extern "C" fn(RawFd, *mut libc::sockaddr, *mut libc::socklen_t) -> i32,
    ) -> io::Result<SocketAddr> {
        // SAFETY: all zero is a valid sockaddr_storage.
        let mut storage: libc::sockaddr_storage = unsafe { zeroed() };
        let mut length = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        // SAFETY: the buffer is as long as `length` says.
        check(unsafe { get(self.raw(), (&raw mut storage).cast(), &mut length) })?;
        from_host(&storage).map(stand_in::from_host)
    }

    /// Sends as much as the host takes now. Zero: it takes nothing at present.
    ///
    /// # Safety
    /// Every element describes readable memory for the time of the call.
    pub(crate) unsafe fn send(&self, parts: &[libc::iovec], more: bool) -> io::Result<usize> {
        // SAFETY: all zero is a valid msghdr.
        let mut message: libc::msghdr = unsafe { zeroed() };
        message.msg_iov = parts.as_ptr().cast_mut();
        message.msg_iovlen = parts.len();
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT | if more { libc::MSG_MORE } else { 0 };
        loop {
            // SAFETY: the caller vouches for the memory; the header lives on this stack.
            let sent = unsafe { libc::sendmsg(self.raw(), &message, flags) };
            if sent >= 0 {
                return Ok(sent as usize);
            }
            let error = io::Error::last_os_error();
            match error.raw_os_error() {
                Some(libc::EINTR) => {}
                Some(code)
                    if code == libc::EAGAIN
                        || code == libc::EWOULDBLOCK
                        || code == libc::ENOBUFS =>
                {
                    return Ok(0);
                }
                _ => return Err(error),
            }
        }
    }

    /// Reads what is there: `None` when nothing is, `Some(0)` at the peer's FIN.
    ///
    /// # Safety
    /// `buffer` is writable for `length` bytes.
    pub(crate) unsafe fn receive(
        &self,
        buffer: *mut u8,
        length: usize,
    ) -> io::Result<Option<usize>> {
        loop {
            // SAFETY: the caller vouches for the buffer.
            let got = unsafe { libc::recv(self.raw(), buffer.cast(), length, libc::MSG_DONTWAIT) };
            if got >= 0 {
                return Ok(Some(got as usize));
            }
            let error = io::Error::last_os_error();
            if would_block(&error) {
                return Ok(None);
            }
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }

    /// Bytes (and our FIN, as one) that the peer's TCP has not acknowledged yet.
    pub(crate) fn unacknowledged(&self) -> io::Result<u64> {
        let mut bytes: libc::c_int = 0;
        // SAFETY: SIOCOUTQ writes one int.
        check(unsafe { libc::ioctl(self.raw(), libc::TIOCOUTQ, &mut bytes) })?;
        Ok(bytes.max(0) as u64)
    }

    /// Waits until all that was given to TCP is acknowledged, which the peer's kernel does by itself; not for long.
    pub(crate) fn is_acknowledged(&self) -> bool {
        let until = Instant::now() + PROMPT;
        while self.unacknowledged().is_ok_and(|bytes| bytes > 0) {
            if Instant::now() > until {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }

    /// Waits until a connect has an answer, whichever; not for long.
    pub(crate) fn settles(&self) -> bool {
        let mut poll = libc::pollfd {
            fd: self.raw(),
            events: libc::POLLOUT,
            revents: 0,
        };
        // SAFETY: one element.
        unsafe { libc::poll(&raw mut poll, 1, PROMPT.as_millis() as i32) > 0 }
    }

    /// The pending error of the socket, which reading clears.
    pub(crate) fn take_error(&self) -> Option<i32> {
        match self.option_value(libc::SOL_SOCKET, libc::SO_ERROR) {
            Ok(0) => None,
            Ok(code) => Some(code),
            Err(_) => Some(libc::EBADF),
        }
    }

    pub(crate) fn shutdown_write(&self) -> io::Result<()> {
        // SAFETY: no memory is passed.
        check(unsafe { libc::shutdown(self.raw(), libc::SHUT_WR) }).map(drop)
    }

    /// Ends the connection with an RST; the descriptor stays.
    pub(crate) fn abort(&self) {
        let nowhere = libc::sockaddr {
            sa_family: libc::AF_UNSPEC as _,
            sa_data: [0; 14],
        };
        let length = size_of::<libc::sockaddr>() as libc::socklen_t;
        // SAFETY: the address lives over the call. Connecting to no family dissolves a connection.
        unsafe { libc::connect(self.raw(), &nowhere, length) };
    }

    /// Closes the host socket before the value goes; nobody may use it meanwhile (WSK-CLS-01).
    pub(crate) fn close(&self) {
        let fd = self.fd.swap(-1, Ordering::AcqRel);
        if fd >= 0 {
            // SAFETY: the descriptor was ours and is nobody's now.
            drop(unsafe { OwnedFd::from_raw_fd(fd) });
        }
    }

    /// Whether TCP has left the states in which our FIN is under way.
    pub(crate) fn fin_acknowledged(&self) -> bool {
        const FIN_WAIT1: u8 = 4;
        const CLOSING: u8 = 11;
        const LAST_ACK: u8 = 9;
        self.tcp_state()
            .is_none_or(|state| ![FIN_WAIT1, CLOSING, LAST_ACK].contains(&state))
    }

    fn tcp_state(&self) -> Option<u8> {
        // SAFETY: all zero is a valid tcp_info.
        let mut info: libc::tcp_info = unsafe { zeroed() };
        let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
        // SAFETY: the buffer is as long as `length` says.
        let got = unsafe {
            libc::getsockopt(
                self.raw(),
                libc::IPPROTO_TCP,
                libc::TCP_INFO,
                (&raw mut info).cast(),
                &mut length,
            )
        };
        (got == 0).then_some(info.tcpi_state)
    }

    pub(crate) fn set_option(&self, level: i32, name: i32, value: i32) -> io::Result<()> {
        if self.set_raw(level, name, &value) {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }

    pub(crate) fn option_value(&self, level: i32, name: i32) -> io::Result<i32> {
        let mut value: libc::c_int = 0;
        let mut length = size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: the buffer is as long as `length` says.
        check(unsafe {
            libc::getsockopt(
                self.raw(),
                level,
                name,
                (&raw mut value).cast(),
                &mut length,
            )
        })?;
        Ok(value)
    }

    fn set_raw<T>(&self, level: i32, name: i32, value: &T) -> bool {
        // SAFETY: `value` is readable for its size.
        let done = unsafe {
            libc::setsockopt(
                self.raw(),
                level,
                name,
                std::ptr::from_ref(value).cast(),
                size_of::<T>() as libc::socklen_t,
            )
        };
        done == 0
    }
}

/// The NTSTATUS for a host error of a connect attempt.
pub(crate) fn connect_status(error: i32) -> NtStatus {
    match error {
        libc::ECONNREFUSED => status::CONNECTION_REFUSED,
        libc::ETIMEDOUT => status::IO_TIMEOUT,
        libc::ENETUNREACH | libc::ENETDOWN => status::NETWORK_UNREACHABLE,
        libc::EHOSTUNREACH | libc::EHOSTDOWN => status::HOST_UNREACHABLE,
        libc::ECONNRESET => status::CONNECTION_REFUSED,
        libc::EADDRNOTAVAIL | libc::EADDRINUSE | libc::EISCONN => status::ADDRESS_ALREADY_EXISTS,
        libc::EAGAIN => status::TOO_MANY_ADDRESSES,
        libc::EAFNOSUPPORT | libc::EINVAL => status::INVALID_ADDRESS_COMPONENT,
        libc::EACCES | libc::EPERM => status::ACCESS_DENIED,
        libc::ENOMEM | libc::ENOBUFS | libc::EMFILE | libc::ENFILE => {
            status::INSUFFICIENT_RESOURCES
        }
        _ => status::UNSUCCESSFUL,
    }
}

/// The NTSTATUS for a host error of a bind or listen.
pub(crate) fn bind_status(error: &io::Error) -> NtStatus {
    match error.raw_os_error().unwrap_or(0) {
        libc::EADDRINUSE => status::ADDRESS_ALREADY_EXISTS,
        libc::EADDRNOTAVAIL => status::INVALID_ADDRESS_COMPONENT,
        other => connect_status(other),
    }
}

/// The NTSTATUS for the host error that ended an established connection.
pub(crate) fn broken_status(error: i32) -> NtStatus {
    match error {
        libc::ECONNRESET | libc::EPIPE => status::CONNECTION_RESET,
        libc::ETIMEDOUT => status::IO_TIMEOUT,
        libc::ENETUNREACH | libc::ENETDOWN => status::NETWORK_UNREACHABLE,
        libc::EHOSTUNREACH | libc::EHOSTDOWN => status::HOST_UNREACHABLE,
        libc::ENOMEM | libc::ENOBUFS => status::INSUFFICIENT_RESOURCES,
        _ => status::CONNECTION_ABORTED,
    }
}

fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

pub(super) fn check(result: i32) -> io::Result<i32> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn to_host(address: &SocketAddr) -> (libc::sockaddr_storage, libc::socklen_t) {
    // SAFETY: all zero is a valid sockaddr_storage.
    let mut storage: libc::sockaddr_storage = unsafe { zeroed() };
    let place = &raw mut storage;
    match address {
        SocketAddr::V4(v4) => {
            // SAFETY: all zero is a valid sockaddr_in.
            let mut host: libc::sockaddr_in = unsafe { zeroed() };
            host.sin_family = libc::AF_INET as _;
            host.sin_port = v4.port().to_be();
            host.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
            // SAFETY: sockaddr_storage is larger than and aligned for every sockaddr.
            unsafe { place.cast::<libc::sockaddr_in>().write(host) };
            (storage, size_of::<libc::sockaddr_in>() as _)
        }
        SocketAddr::V6(v6) => {
            // SAFETY: all zero is a valid sockaddr_in6.
            let mut host: libc::sockaddr_in6 = unsafe { zeroed() };
            host.sin6_family = libc::AF_INET6 as _;
            host.sin6_port = v6.port().to_be();
            host.sin6_addr.s6_addr = v6.ip().octets();
            host.sin6_scope_id = v6.scope_id();
            // SAFETY: as above.
            unsafe { place.cast::<libc::sockaddr_in6>().write(host) };
            (storage, size_of::<libc::sockaddr_in6>() as _)
        }
    }
}

fn from_host(storage: &libc::sockaddr_storage) -> io::Result<SocketAddr> {
    let place = std::ptr::from_ref(storage);
    match i32::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that it is a sockaddr_in.
            let host = unsafe { place.cast::<libc::sockaddr_in>().read() };
            let ip = Ipv4Addr::from(host.sin_addr.s_addr.to_ne_bytes());
            Ok(SocketAddr::V4(SocketAddrV4::new(
                ip,
                u16::from_be(host.sin_port),
            )))
        }
        libc::AF_INET6 => {
            // SAFETY: the family says that it is a sockaddr_in6.
            let host = unsafe { place.cast::<libc::sockaddr_in6>().read() };
            let ip = Ipv6Addr::from(host.sin6_addr.s6_addr);
            Ok(SocketAddr::V6(SocketAddrV6::new(
                ip,
                u16::from_be(host.sin6_port),
                0,
                host.sin6_scope_id,
            )))
        }
        _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
}

/// Whether an address is the wildcard of its family.
pub(crate) fn is_wildcard(ip: IpAddr) -> bool {
    ip.is_unspecified()
}
