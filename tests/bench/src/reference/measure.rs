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
use crate::{
    machine::{self, Spent, Whose},
    statistics,
};

/// An RDMA read request's length on the wire.
const REQUEST: usize = 44;
/// An MPA request or reply without private data.
const START: usize = 20;

/// Half a round trip, in microseconds ([`statistics::quickest`]).
pub(crate) fn half_round_trip(wait: Wait, shape: Shape, time: Duration) -> io::Result<f64> {
    let times = ping_pong(wait, shape, time)?;
    Ok(statistics::quickest(&times).unwrap_or(f64::NAN) / 2.0)
}

/// Sleeps of both sides for each message of a ping-pong.
pub(crate) fn sleeps_a_message(shape: Shape, time: Duration) -> io::Result<f64> {
    let before = Spent::now(Whose::Own);
    let messages = 2 * ping_pong(Wait::Sleep, shape, time)?.len();
    Ok(before.since(Whose::Own).sleeps as f64 / messages.max(1) as f64)
}

/// Every round trip, in microseconds.
fn ping_pong(wait: Wait, shape: Shape, time: Duration) -> io::Result<Vec<f64>> {
    let echo = move |socket: &Socket| {
        let (mut sender, mut receiver) = (Sender::new(shape), Receiver::new(shape));
        loop {
            while receiver.receive(socket)? == 0 {}
            sender.send(socket, 1)?;
        }
    };
    pair(wait, echo, |socket| {
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
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
        Ok(times)
    })
}

/// What a run of many messages was.
pub(crate) struct Run {
    /// Messages a second.
    pub(crate) rate: f64,
    /// The time of one, in microseconds ([`statistics::quickest`]).
    pub(crate) microseconds: f64,
    /// Processor time of both sides for a GiB.
    pub(crate) seconds_per_gibibyte: f64,
}

/// Messages one way; those count that arrived.
pub(crate) fn stream(wait: Wait, shape: Shape, time: Duration) -> io::Result<Run> {
    let sink = move |socket: &Socket| {
        let mut receiver = Receiver::new(shape);
        loop {
            receiver.receive(socket)?;
        }
    };
    pair(wait, sink, |socket| {
        let mut sender = Sender::new(shape);
        let mut sent = 0;
        let (spent, started) = (Spent::now(Whose::Own), Instant::now());
        while started.elapsed() < time {
            sender.send(socket, shape.batch)?;
            sent += shape.batch;
        }
        socket.wait_until_all_arrived()?;
        Ok(run(shape, sent, started, spent, &[]))
    })
}

fn run(shape: Shape, messages: usize, started: Instant, spent: Spent, times: &[f64]) -> Run {
    let elapsed = started.elapsed().as_secs_f64();
    let gibibytes = (messages * shape.size) as f64 / f64::from(1 << 30);
    Run {
        rate: messages as f64 / elapsed,
        microseconds: statistics::quickest(times).unwrap_or(f64::NAN),
        seconds_per_gibibyte: spent.since(Whose::Own).processor.as_secs_f64() / gibibytes,
    }
}

/// Messages that were asked for, `window` requests outstanding.
pub(crate) fn read(wait: Wait, shape: Shape, time: Duration) -> io::Result<Run> {
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
        let (mut asked, mut got, mut times) = (0, 0, Vec::new());
        let (spent, started) = (Spent::now(Whose::Own), Instant::now());
        let mut last = started;
        while started.elapsed() < time {
            let more = shape.window - (asked - got);
            if more > 0 {
                last = Instant::now();
                socket.write_all(&mut [IoSlice::new(&requests[..REQUEST * more])])?;
                asked += more;
            }
            got += receiver.receive(socket)?;
            if shape.window == 1 && got == asked {
                times.push(last.elapsed().as_secs_f64() * 1e6);
            }
        }
        while got < asked {
            got += receiver.receive(socket)?;
        }
        Ok(run(shape, got, started, spent, &times))
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
            let socket = socket::connect(listener.local_addr()?, Wait::Sleep)?;
            let mut frame = [0; START];
            socket.write_all(&mut [IoSlice::new(&frame)])?;
            socket.read_exact(&mut frame)?;
            made += 1;
        }
        let rate = f64::from(made) / started.elapsed().as_secs_f64();
        drop(socket::connect(listener.local_addr()?, Wait::Sleep)?); // nothing sent: the passive side ends
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
fn pair<T>(
    wait: Wait,
    passive: impl FnOnce(&Socket) -> io::Result<()> + Send,
    active: impl FnOnce(&Socket) -> io::Result<T>,
) -> io::Result<T> {
    let listener = socket::listen()?;
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let _pinned = (wait == Wait::Poll).then(|| machine::pin(1));
            passive(&socket::accept(&listener, wait)?)
        });
        let _pinned = (wait == Wait::Poll).then(|| machine::pin(0));
        let result = active(&socket::connect(listener.local_addr()?, wait)?);
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

pub(super) fn is_the_end(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}
