//! The measurements. Each runs on two threads: the active side here, the passive one beside it.

use std::{
    io::{self, ErrorKind, IoSlice},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use super::{
    Shape,
    frame::{Receiver, Sender},
    socket::{self, Socket, Wait},
};
use crate::{machine, statistics};

/// An RDMA read request's length on the wire.
const REQUEST: usize = 44;
/// An MPA request or reply without private data.
const START: usize = 20;
/// Acknowledgements taken in one call at most.
const ACKNOWLEDGEMENTS: usize = 4096;

/// Median of half a round trip, in microseconds.
pub(crate) fn half_round_trip(shape: Shape, time: Duration) -> io::Result<f64> {
    let echo = move |socket: &Socket| {
        let (mut sender, mut receiver) = (Sender::new(shape), Receiver::new(shape));
        loop {
            while receiver.receive(socket)? == 0 {}
            sender.send(socket, 1)?;
        }
    };
    pair(Wait::Poll, echo, |socket| {
        let (mut sender, mut receiver) = (Sender::new(shape), Receiver::new(shape));
        let mut times = Vec::new();
        let end = Instant::now() + time;
        loop {
            let started = Instant::now();
            if started >= end {
                break;
            }
            sender.send(socket, 1)?;
            while receiver.receive(socket)? == 0 {}
            times.push(started.elapsed().as_secs_f64() * 1e6 / 2.0);
        }
        Ok(statistics::median(&times).unwrap_or(f64::NAN))
    })
}

/// Messages a second, one way, at most `window` of them not yet acknowledged by the peer.
pub(crate) fn stream(wait: Wait, shape: Shape, time: Duration) -> io::Result<f64> {
    let sink = move |socket: &Socket| {
        let mut receiver = Receiver::new(shape);
        let acknowledgements = [1; ACKNOWLEDGEMENTS];
        loop {
            let mut messages = receiver.receive(socket)?;
            while messages > 0 {
                let some = messages.min(ACKNOWLEDGEMENTS);
                socket.write_all(&mut [IoSlice::new(&acknowledgements[..some])])?;
                messages -= some;
            }
        }
    };
    pair(wait, sink, |socket| {
        let mut sender = Sender::new(shape);
        let mut acknowledgements = [0; ACKNOWLEDGEMENTS];
        let (mut sent, mut acknowledged) = (0, 0);
        let started = Instant::now();
        while started.elapsed() < time {
            while sent - acknowledged >= shape.window {
                acknowledged += socket.read(&mut acknowledgements)?;
            }
            let messages = shape.batch.min(shape.window - (sent - acknowledged));
            sender.send(socket, messages)?;
            sent += messages;
        }
        while acknowledged < sent {
            acknowledged += socket.read(&mut acknowledgements)?;
        }
        Ok(sent as f64 / started.elapsed().as_secs_f64())
    })
}

/// Messages a second that were asked for, `window` requests outstanding.
pub(crate) fn read(wait: Wait, shape: Shape, time: Duration) -> io::Result<f64> {
    let responder = move |socket: &Socket| {
        let mut sender = Sender::new(shape);
        let mut requests = [0; REQUEST * 256];
        let mut have = 0;
        loop {
            have += socket.read(&mut requests[have..])?;
            let mut messages = have / REQUEST;
            have %= REQUEST;
            while messages > 0 {
                let some = messages.min(shape.batch);
                sender.send(socket, some)?;
                messages -= some;
            }
        }
    };
    pair(wait, responder, |socket| {
        let mut receiver = Receiver::new(shape);
        let requests = vec![0x42; REQUEST * shape.window];
        let (mut asked, mut got) = (0, 0);
        let started = Instant::now();
        while started.elapsed() < time {
            let more = shape.window - (asked - got);
            if more > 0 {
                socket.write_all(&mut [IoSlice::new(&requests[..REQUEST * more])])?;
                asked += more;
            }
            got += receiver.receive(socket)?;
        }
        while got < asked {
            got += receiver.receive(socket)?;
        }
        Ok(got as f64 / started.elapsed().as_secs_f64())
    })
}

/// Connections a second: connect, a start-up frame each way, close.
pub(crate) fn connect(time: Duration) -> io::Result<f64> {
    let listener = socket::listen()?;
    thread::scope(|scope| {
        let passive = scope.spawn(|| serve_connections(&listener));
        let mut made = 0;
        let started = Instant::now();
        while started.elapsed() < time {
            let socket = socket::connect(&listener, Wait::Sleep)?;
            let mut frame = [0; START];
            socket.write_all(&mut [IoSlice::new(&frame)])?;
            socket.read_exact(&mut frame)?;
            made += 1;
        }
        let rate = f64::from(made) / started.elapsed().as_secs_f64();
        drop(socket::connect(&listener, Wait::Sleep)?); // nothing sent: the passive side ends
        passive
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the passive side")))?;
        Ok(rate)
    })
}

fn serve_connections(listener: &TcpListener) -> io::Result<()> {
    loop {
        let socket = socket::accept(listener, Wait::Sleep)?;
        let mut frame = [0; START];
        match socket.read_exact(&mut frame) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        socket.write_all(&mut [IoSlice::new(&frame)])?;
    }
}

/// Runs `active` here and `passive` on another thread, over one connection; the active side ends
/// by closing it.
fn pair(
    wait: Wait,
    passive: impl FnOnce(&Socket) -> io::Result<()> + Send,
    active: impl FnOnce(&Socket) -> io::Result<f64>,
) -> io::Result<f64> {
    let listener = socket::listen()?;
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let _pinned = (wait == Wait::Poll).then(|| machine::pin(1));
            passive(&socket::accept(&listener, wait)?)
        });
        let _pinned = (wait == Wait::Poll).then(|| machine::pin(0));
        let result = active(&socket::connect(&listener, wait)?);
        match other
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the passive side")))
        {
            Err(error) if is_the_end(&error) => result,
            Err(error) => Err(error),
            Ok(()) => result,
        }
    })
}

fn is_the_end(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}
