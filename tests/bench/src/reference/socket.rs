//! A socket that polls (a call that would block is made again) or sleeps.

use std::{
    hint,
    io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    os::fd::{AsRawFd, RawFd},
};

pub(crate) struct Socket {
    stream: TcpStream,
}

/// How a side waits for its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Calls until there is something: the fastest answer.
    Poll,
    /// Sleeps until there is something: leaves the processor to the other side's work.
    Sleep,
}

/// A listener on loopback, any port.
pub(crate) fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}

pub(crate) fn connect(to: SocketAddr, wait: Wait) -> io::Result<Socket> {
    Socket::new(TcpStream::connect(to)?, wait)
}

pub(crate) fn accept(listener: &TcpListener, wait: Wait) -> io::Result<Socket> {
    Socket::new(listener.accept()?.0, wait)
}

impl Socket {
    fn new(stream: TcpStream, wait: Wait) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(wait == Wait::Poll)?;
        Ok(Self { stream })
    }

    /// The descriptor, for who waits for many.
    pub(crate) fn raw(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    /// Reads what is there, at least a byte; the end of the stream is an error.
    pub(crate) fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        some(poll(|| (&self.stream).read(bytes))?)
    }

    /// As `read`, into several buffers.
    pub(crate) fn read_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        some(poll(|| (&self.stream).read_vectored(buffers))?)
    }

    pub(crate) fn read_exact(&self, mut bytes: &mut [u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let read = self.read(bytes)?;
            bytes = &mut bytes[read..];
        }
        Ok(())
    }

    /// Says that nothing follows, and waits until the peer has read everything and closed.
    pub(crate) fn wait_until_all_arrived(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        match self.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(io::Error::other("the peer sent something")),
        }
    }

    /// Writes all the buffers with as few calls as the socket takes.
    pub(crate) fn write_all(&self, mut buffers: &mut [IoSlice<'_>]) -> io::Result<()> {
        while !buffers.is_empty() {
            let written = poll(|| (&self.stream).write_vectored(buffers))?;
            IoSlice::advance_slices(&mut buffers, written);
        }
        Ok(())
    }
}

fn some(count: usize) -> io::Result<usize> {
    if count == 0 {
        Err(ErrorKind::UnexpectedEof.into())
    } else {
        Ok(count)
    }
}

fn poll(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => hint::spin_loop(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
