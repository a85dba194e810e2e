use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use softrnic_emulator::pool::PoolMode;

use super::{
    Framing, Work, image,
    machines::{Job, Machines, Side},
};
use crate::{
    point::{Point, Verb, Wait},
    reference::{
        Reference,
        frame::{ETHERNET, LOOPBACK, Receiver, Sender},
        socket,
    },
};

fn job(work: Work, size: usize, fpdu: usize) -> Job {
    Job {
        work,
        framing: Framing::Checked,
        size,
        fpdu,
        window: 16,
        joined: 256 << 10,
        time: Duration::from_millis(10),
    }
}

/// Every page is guarded, and everything that is sent is held against what it was: the verifier ends the process at the
/// first fault.
#[test]
fn every_work_is_done_under_the_whole_verifier_and_leaves_nothing() {
    let image = image().expect("the image builds");
    let machines = Machines::start(Wait::Hybrid, PoolMode::Special);
    for work in [Work::PingPong, Work::Stream, Work::Read] {
        for (size, fpdu) in [
            (8, LOOPBACK),
            (4096, LOOPBACK),
            (4096, ETHERNET),
            (64 << 10, LOOPBACK),
            (1 << 20, LOOPBACK),
        ] {
            for (framing, window) in [
                (Framing::Checked, 1),
                (Framing::Checked, 16),
                (Framing::Unchecked, 16),
                (Framing::None, 16),
            ] {
                // A ping-pong has one message on its way.
                let window = if work == Work::PingPong { 1 } else { window };
                let job = Job {
                    framing,
                    window,
                    ..job(work, size, fpdu)
                };
                let outcome = machines.run(&image, job).expect("it does its work");
                assert!(outcome.rate > 0.0, "{job:?}: {outcome:?}");
                let timed = work != Work::Stream && window == 1;
                assert_eq!(outcome.microseconds > 0.0, timed, "{job:?}: {outcome:?}");
            }
        }
    }
    machines.stop();
}

#[test]
fn connections_come_and_go_under_the_whole_verifier() {
    let image = image().expect("the image builds");
    let machines = Machines::start(Wait::Hybrid, PoolMode::Special);
    for _ in 0..3 {
        let job = job(Work::Calls, 4, LOOPBACK);
        let outcome = machines.run(&image, job).expect("it does its work");
        assert!(outcome.rate > 0.0, "{outcome:?}");
    }
    machines.stop();
}

fn server(last: u8) -> Side {
    Side::start("server", last, PoolMode::Special, Wait::Hybrid)
}

#[test]
fn its_frames_are_those_of_the_reference() {
    let image = image().expect("the image builds");
    let side = server(3);
    for size in [64, 4096, 64 << 10, 1 << 20] {
        let server = side
            .listen(&image, job(Work::PingPong, size, LOOPBACK))
            .expect("it listens");
        let shape = Reference::framed().shape(&Point::time(Verb::Send, size));
        let (mut sender, mut receiver) = (Sender::new(shape), Receiver::new(shape));
        let connection = socket::connect(server.address(), socket::Wait::Sleep).expect("there");
        let mut greeting = [0];
        connection
            .write_all(&mut [std::io::IoSlice::new(&greeting)])
            .expect("it is greeted");
        connection.read_exact(&mut greeting).expect("it greets");
        for _ in 0..3 {
            sender.send(&connection, 1).expect("taken");
            while receiver.receive(&connection).expect("good frames") == 0 {}
            assert_eq!(receiver.message(), sender.message(), "{size}");
        }
        connection.wait_until_all_arrived().expect("it ends, too");
        drop(connection);
        server.stop().expect("nothing is left");
    }
}

#[test]
fn a_frame_with_a_changed_byte_ends_the_connection() {
    let image = image().expect("the image builds");
    let side = server(4);
    let server = side
        .listen(&image, job(Work::PingPong, 64, LOOPBACK))
        .expect("it listens");
    let mut connection = TcpStream::connect(server.address()).expect("there");
    let mut greeting = [0];
    connection.write_all(&greeting).expect("it is greeted");
    connection.read_exact(&mut greeting).expect("it greets");
    // A header of 64 bytes' payload, whose checksum is not 0.
    let mut frame = [0; 20 + 64 + 4];
    frame[1] = 18 + 64;
    connection.write_all(&frame).expect("taken");
    let answer = connection.read(&mut [0]);
    assert!(!matches!(answer, Ok(1)), "{answer:?}");
    server.stop().expect("nothing is left");
}
