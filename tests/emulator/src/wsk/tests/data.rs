//! Bytes there and back, and what holds them up.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::{Options, SendCompletion};
use super::client::*;
use crate::pool::PoolMode;
use crate::wsk::abi::*;

fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|index| (index * 7 + index / 251) as u8)
        .collect()
}

fn both_ways(at: &str, options: Options) {
    let fake = Fake::new(PoolMode::Special, options);
    let acceptor = Acceptor::default();
    let (listener, address) = fake.listener(at, &acceptor);
    let here = Arc::new(Side::default());
    let socket = fake.connect(address, &here).expect("connects");
    let there = acceptor.wait();
    let accepted = there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET;
    let data = pattern(3_000_000);
    assert_eq!(send_all(socket, &data), (0, data.len()));
    assert_eq!(there.wait_bytes(data.len()), data);
    assert_eq!(send_all(accepted, &data[..100]), (0, 100));
    assert_eq!(here.wait_bytes(100), data[..100]);
    for socket in [socket, accepted, listener] {
        close(socket);
    }
    fake.finish();
}

#[test]
fn bytes_arrive_both_ways_over_v4() {
    both_ways("127.0.0.1:0", Options::default());
}

#[test]
fn bytes_arrive_both_ways_over_v6() {
    if !crate::wsk::host_has_ipv6() {
        return;
    }
    both_ways(
        "[::1]:0",
        Options {
            send_completion: SendCompletion::HandOver,
            ..Options::default()
        },
    );
}

#[test]
fn oddly_cut_indications_carry_the_same_bytes() {
    let options = Options {
        odd_indications: true,
        seed: 42,
        receive_buffer: 3000,
        ..Options::default()
    };
    both_ways("127.0.0.1:0", options);
}

#[test]
fn late_and_pending_completions_carry_the_same_bytes() {
    let options = Options {
        vary_completions: true,
        seed: 7,
        ..Options::default()
    };
    both_ways("127.0.0.1:0", options);
}

#[test]
fn a_chain_is_sent_in_order_from_its_offset() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let socket = fake
        .connect(address, &Arc::new(Side::default()))
        .expect("connects");
    let there = acceptor.wait();
    let mut parts: Vec<Memory> = (0..400_u32)
        .map(|n| Memory::new(pattern(50 + n as usize)))
        .collect();
    let all: Vec<u8> = parts.iter().flat_map(|part| part.bytes.clone()).collect();
    for index in (1..parts.len()).rev() {
        let next = &raw mut *parts[index].mdl;
        parts[index - 1].mdl.Next = next;
    }
    let irp = OwnIrp::new();
    let mut buffer = parts[0].buffer(10, all.len() - 30);
    assert_eq!(start_send(socket, &mut buffer, &irp), STATUS_PENDING);
    assert_eq!(irp.wait(), (0, all.len() - 30));
    assert_eq!(there.wait_bytes(all.len() - 30), all[10..all.len() - 20]);
    drop(irp);
    close(socket);
    close(there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET);
    close(listener);
    fake.finish();
}

#[test]
fn data_not_accepted_waits_for_a_receive() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    *acceptor.prepare.lock().expect("no panic") = Some(Box::new(|side| {
        side.answers
            .lock()
            .expect("no panic")
            .extend([Answer::NotAccepted, Answer::Partial(3)]);
    }));
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let socket = fake
        .connect(address, &Arc::new(Side::default()))
        .expect("connects");
    let there = acceptor.wait();
    let accepted = there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET;
    assert_eq!(send_all(socket, b"0123456789"), (0, 10));
    there.wait_events(1);
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(there.has_bytes(), 0);
    let irp = OwnIrp::new();
    // A zero-length receive completes and resumes the event, which takes three bytes.
    assert_eq!(
        start_receive(accepted, &mut WSK_BUF::default(), 0, &irp),
        STATUS_PENDING
    );
    assert_eq!(irp.wait(), (0, 0));
    there.wait_events(2);
    assert_eq!(there.wait_bytes(3), b"012");
    // A real receive takes four, and then the event has the rest.
    let mut memory = Memory::new(vec![0; 4]);
    let mut buffer = memory.buffer(0, 4);
    assert_eq!(
        start_receive(accepted, &mut buffer, WSK_FLAG_WAITALL, &irp),
        STATUS_PENDING
    );
    assert_eq!(irp.wait(), (0, 4));
    assert_eq!(memory.bytes, b"3456");
    assert_eq!(there.wait_bytes(6), b"012789");
    drop(irp);
    for socket in [socket, accepted, listener] {
        close(socket);
    }
    fake.finish();
}

/// Three clients that took nothing go on at once, so that the thread cannot keep an eye on each of them.
#[test]
fn what_comes_while_nothing_is_taken_is_not_forgotten() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let pair = |answers: &[Answer]| {
        let answers = answers.to_vec();
        let refuse: Prepare =
            Box::new(move |side| side.answers.lock().expect("no panic").extend(&answers));
        *acceptor.prepare.lock().expect("no panic") = Some(refuse);
        let here = fake.connect(address, &Arc::new(Side::default()));
        (here.expect("connects"), acceptor.wait())
    };
    let refusing: Vec<_> = (0..3).map(|_| pair(&[Answer::NotAccepted])).collect();
    let (signal, signalled) = pair(&[]);
    for (socket, side) in &refusing {
        send_all(*socket, b"a");
        side.wait_events(1);
        send_all(*socket, b"b");
    }
    // By now the thread has been told of all.
    for count in 1..=2 {
        send_all(signal, b"s");
        signalled.wait_bytes(count);
    }
    let sockets: Vec<usize> = refusing
        .iter()
        .map(|(_, side)| side.socket.load(Ordering::Acquire))
        .collect();
    let irps: Arc<Vec<OwnIrp>> = Arc::new(sockets.iter().map(|_| OwnIrp::new()).collect());
    let going_on = Arc::clone(&irps);
    *signalled.on_data.lock().expect("no panic") = Some(Box::new(move |_| {
        for (socket, irp) in sockets.iter().zip(going_on.iter()) {
            let socket = *socket as *mut WSK_SOCKET;
            let started = start_receive(socket, &mut WSK_BUF::default(), 0, irp);
            assert_eq!(started, STATUS_PENDING);
        }
    }));
    send_all(signal, b"s");
    for ((socket, side), irp) in refusing.iter().zip(irps.iter()) {
        assert_eq!(irp.wait(), (0, 0));
        assert_eq!(side.wait_bytes(2), b"ab");
        close(*socket);
        close(side.socket.load(Ordering::Acquire) as *mut WSK_SOCKET);
    }
    *signalled.on_data.lock().expect("no panic") = None;
    close(signal);
    close(signalled.socket.load(Ordering::Acquire) as *mut WSK_SOCKET);
    close(listener);
    drop(irps);
    fake.finish();
}

#[test]
fn a_kept_list_stays_until_it_is_released() {
    let fake = Fake::new(PoolMode::Special, Options::default());
    let acceptor = Acceptor::default();
    *acceptor.prepare.lock().expect("no panic") = Some(Box::new(|side| {
        side.answers
            .lock()
            .expect("no panic")
            .push_back(Answer::Keep)
    }));
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let socket = fake
        .connect(address, &Arc::new(Side::default()))
        .expect("connects");
    let there = acceptor.wait();
    let accepted = there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET;
    send_all(socket, b"kept");
    there.wait_bytes(4);
    send_all(socket, b"more");
    assert_eq!(there.wait_bytes(8), b"keptmore");
    let kept = there.take_kept();
    assert_eq!(kept.len(), 1);
    // SAFETY: the list is retained from this socket.
    let released =
        unsafe { connection(accepted).WskRelease.expect("filled")(accepted, kept[0] as *mut _) };
    assert_eq!(released, 0);
    for socket in [socket, accepted, listener] {
        close(socket);
    }
    fake.finish();
}

#[test]
fn a_capture_holds_the_stream_once() {
    let path = std::env::temp_dir().join(format!("wsk-capture-{}.pcap", std::process::id()));
    let capture = Arc::new(crate::wsk::pcap::Capture::create(&path).expect("creates"));
    let fake = Fake::new(PoolMode::Special, Options::default());
    fake.machine
        .wsk
        .set_tap(Some(Arc::clone(&capture) as Arc<dyn crate::wsk::Tap>));
    let acceptor = Acceptor::default();
    let (listener, address) = fake.listener("127.0.0.1:0", &acceptor);
    let socket = fake
        .connect(address, &Arc::new(Side::default()))
        .expect("connects");
    let there = acceptor.wait();
    send_all(socket, b"on the wire");
    there.wait_bytes(11);
    close(socket);
    there.wait_disconnects(1);
    close(there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET);
    close(listener);
    fake.finish();
    capture.flush().expect("flushes");
    let mut reader = pcap_file::pcap::PcapReader::new(std::fs::File::open(&path).expect("opens"))
        .expect("a capture");
    let mut payload = Vec::new();
    let mut packets = 0;
    while let Some(packet) = reader.next_packet() {
        payload.extend_from_slice(&packet.expect("a packet").data[54..]);
        packets += 1;
    }
    std::fs::remove_file(&path).expect("removes");
    assert_eq!((payload.as_slice(), packets), (&b"on the wire"[..], 5));
}
