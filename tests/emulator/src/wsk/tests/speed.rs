//! What the engine costs beside plain sockets. Numbers are printed, never asserted.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::{Options, SendCompletion};
use super::client::*;
use crate::pool::PoolMode;
use crate::wsk::abi::*;

#[test]
#[ignore = "a measurement"]
fn half_round_trip_and_stream_rate() {
    raw();
    for completion in [SendCompletion::Acknowledged, SendCompletion::HandOver] {
        engine(completion);
    }
}

fn engine(completion: SendCompletion) {
    let options = Options {
        send_completion: completion,
        spin: Duration::from_millis(5),
        ..Options::default()
    };
    let (a, b) = (
        Fake::new(PoolMode::Cheap, options.clone()),
        Fake::new(PoolMode::Cheap, options),
    );
    drop(b.machine.attach());
    let acceptor = Acceptor::default();
    let (listener, address) = b.listener("127.0.0.1:0", &acceptor);
    let here = Arc::new(Side::default());
    let _on_a = a.machine.attach();
    let socket = a.connect(address, &here).expect("connects");
    let there = acceptor.wait();
    let accepted = there.socket.load(Ordering::Acquire);
    // Each side answers from inside its receive event.
    let (count, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let echo = |socket: usize, count: Option<Arc<AtomicUsize>>, stop: Arc<AtomicUsize>| {
        let mut ring: Vec<(OwnIrp, Memory)> = (0..64)
            .map(|_| (OwnIrp::new(), Memory::new(vec![1; 64])))
            .collect();
        let mut next = 0;
        let ring = SendRing(std::mem::take(&mut ring));
        Box::new(move |data: &[u8]| {
            let _ = data;
            let mut ring = RingRef(&ring);
            if let Some(count) = &count {
                count.fetch_add(1, Ordering::Relaxed);
            }
            if stop.load(Ordering::Relaxed) == 0 {
                let slot = ring.slot(next % 64);
                next += 1;
                let mut buffer = slot.1.buffer(0, 64);
                start_send(socket as *mut WSK_SOCKET, &mut buffer, &slot.0);
            }
        }) as Box<dyn FnMut(&[u8]) + Send>
    };
    *there.on_data.lock().expect("no panic") = Some(echo(accepted, None, Arc::clone(&stop)));
    *here.on_data.lock().expect("no panic") = Some(echo(
        socket as usize,
        Some(Arc::clone(&count)),
        Arc::clone(&stop),
    ));
    let start = Instant::now();
    send_all(socket, &[1; 64]);
    while start.elapsed() < Duration::from_secs(1) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (trips, elapsed) = (count.load(Ordering::Relaxed), start.elapsed());
    stop.store(1, Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(100));
    println!(
        "{completion:?}: half round trip {:?}",
        elapsed / (2 * trips.max(1)) as u32
    );
    stream(completion, socket, &there);
    std::mem::forget((a, b, acceptor, listener, here, there));
}

struct SendRing(Vec<(OwnIrp, Memory)>);
// SAFETY: used by one network thread only.
unsafe impl Send for SendRing {}
struct RingRef<'a>(&'a SendRing);
impl RingRef<'_> {
    fn slot(&mut self, index: usize) -> &'static mut (OwnIrp, Memory) {
        // SAFETY: used by one network thread only; the ring lives as long as the process.
        unsafe { &mut *(&raw const self.0.0[index]).cast_mut() }
    }
}

fn stream(completion: SendCompletion, socket: *mut WSK_SOCKET, there: &Side) {
    let got = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&got);
    let mut sink = vec![0_u8; 256 * 1024];
    *there.on_data.lock().expect("no panic") = Some(Box::new(move |data| {
        sink[..data.len()].copy_from_slice(data);
        counter.fetch_add(data.len() as u64, Ordering::Relaxed);
    }));
    let mut ring: Vec<(OwnIrp, Memory)> = (0..16)
        .map(|_| (OwnIrp::new(), Memory::new(vec![3; 1 << 20])))
        .collect();
    let start = Instant::now();
    let total = 3000;
    for n in 0..total {
        let (irp, memory) = &mut ring[n % 16];
        if n >= 16 {
            assert_eq!(irp.wait().0, 0);
        }
        let mut buffer = memory.buffer(0, 1 << 20);
        start_send(socket, &mut buffer, irp);
    }
    while got.load(Ordering::Relaxed) < (total as u64) << 20 {
        std::thread::sleep(Duration::from_micros(100));
    }
    let elapsed = start.elapsed();
    println!(
        "{completion:?}: stream {:.2} GB/s",
        (total << 20) as f64 / elapsed.as_secs_f64() / 1e9
    );
    for (irp, _) in &ring {
        irp.wait();
    }
}

fn raw() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = listener.local_addr().expect("has an address");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("accepts");
        stream.set_nodelay(true).expect("sets");
        stream.set_nonblocking(true).expect("sets");
        let mut buffer = vec![0; 256 * 1024];
        for _ in 0..100_000 {
            spin_read(&mut stream, &mut buffer[..64]);
            stream.write_all(&buffer[..64]).expect("writes");
        }
        stream.set_nonblocking(false).expect("sets");
        let mut sink = vec![0_u8; 256 * 1024];
        loop {
            let got = stream.read(&mut buffer).expect("reads");
            if got == 0 {
                break;
            }
            sink[..got].copy_from_slice(&buffer[..got]);
        }
    });
    let mut stream = std::net::TcpStream::connect(address).expect("connects");
    stream.set_nodelay(true).expect("sets");
    stream.set_nonblocking(true).expect("sets");
    let mut buffer = vec![0; 1 << 20];
    let start = Instant::now();
    for _ in 0..100_000 {
        stream.write_all(&buffer[..64]).expect("writes");
        spin_read(&mut stream, &mut buffer[..64]);
    }
    println!("raw: half round trip {:?}", start.elapsed() / 200_000);
    stream.set_nonblocking(false).expect("sets");
    let start = Instant::now();
    for _ in 0..3000 {
        stream.write_all(&buffer).expect("writes");
    }
    drop(stream);
    server.join().expect("ends");
    println!(
        "raw: stream {:.2} GB/s",
        (3000_u64 << 20) as f64 / start.elapsed().as_secs_f64() / 1e9
    );
}

fn spin_read(stream: &mut std::net::TcpStream, buffer: &mut [u8]) {
    let mut have = 0;
    while have < buffer.len() {
        match stream.read(&mut buffer[have..]) {
            Ok(got) => have += got,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::yield_now()
            }
            Err(error) => panic!("{error}"),
        }
    }
}
