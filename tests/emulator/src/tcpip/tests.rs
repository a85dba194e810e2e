//! Connections between two machines, over their NICs and a switch.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::{Options, Tcp};
use crate::nic::{Nic, NicOptions, Switch, Weather};
use crate::{Machine, clock, sched};

const LIMIT: Duration = Duration::from_secs(20);

/// A machine with TCP/IP on a NIC.
struct Host {
    machine: &'static Machine,
    nic: Nic,
    ip: IpAddr,
}

impl Host {
    fn new(switch: &Arc<Switch>, ip: &str, options: NicOptions, gives_up: Duration) -> Self {
        let machine = Machine::new(crate::Options {
            pool: crate::pool::PoolMode::Cheap,
            ..crate::Options::default()
        });
        let ip: IpAddr = ip.parse().expect("an address");
        let attached = machine.attach();
        machine.start_tcpip(Options {
            nics: true,
            buffer: 64 << 10,
            gives_up,
            ..Options::default()
        });
        let nic = machine.add_nic(switch, options);
        machine.ndis.settle(machine);
        nic.add_address(ip, if ip.is_ipv6() { 64 } else { 24 });
        drop(attached);
        Self { machine, nic, ip }
    }

    fn socket(&self) -> Tcp {
        Tcp::new(self.machine, self.ip.is_ipv6())
    }

    fn end(self) {
        let attached = self.machine.attach();
        self.nic.halt();
        self.machine.stop();
        drop(attached);
    }
}

/// Waits until `look` finds something.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let end = clock::after(LIMIT);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(clock::nanoseconds() < end, "it takes too long");
        sched::yield_now();
    }
}

fn send(socket: &Tcp, bytes: &[u8]) -> usize {
    let part = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: readable memory.
    unsafe { socket.send(&[part]) }.expect("sends")
}

fn receive(socket: &Tcp, buffer: &mut [u8]) -> std::io::Result<Option<usize>> {
    // SAFETY: writable memory.
    unsafe { socket.receive(buffer.as_mut_ptr(), buffer.len()) }
}

struct Pair {
    hosts: [Host; 2],
    listener: Tcp,
    ends: [Tcp; 2],
}

impl Pair {
    fn new(weather: Weather, ips: [&str; 2], varies: bool) -> Self {
        Self::patient(weather, ips, varies, Options::default().gives_up)
    }

    /// Whose peers give up after so long.
    fn patient(weather: Weather, ips: [&str; 2], varies: bool, gives_up: Duration) -> Self {
        let switch = Switch::new(weather);
        let options = |seed| NicOptions {
            varies,
            seed,
            ..NicOptions::default()
        };
        let hosts = [
            Host::new(&switch, ips[0], options(1), gives_up),
            Host::new(&switch, ips[1], options(2), gives_up),
        ];
        let listener = hosts[1].socket();
        let to = SocketAddr::new(hosts[1].ip, 5445);
        listener.bind(&to).expect("binds");
        listener.listen().expect("listens");
        let client = hosts[0].socket();
        client
            .bind(&SocketAddr::new(hosts[0].ip, 0))
            .expect("binds");
        client.connect(&to).expect("connects");
        let server = until(|| listener.accept());
        until(|| client.is_settled().then_some(()));
        assert_eq!(client.peer().expect("connected"), to);
        assert_eq!(
            server.peer().expect("connected"),
            client.local().expect("bound")
        );
        Self {
            hosts,
            listener,
            ends: [client, server],
        }
    }

    /// Sends so many bytes one way, and sees that they arrive.
    fn transfer(&self, from: usize, length: usize) {
        let bytes: Vec<u8> = (0..length).map(|at| (at * 7 + at / 251) as u8).collect();
        let (mut sent, mut got, mut buffer) = (0, Vec::new(), vec![0; 16 << 10]);
        until(|| {
            sent += send(&self.ends[from], &bytes[sent..]);
            if let Ok(Some(count)) = receive(&self.ends[1 - from], &mut buffer) {
                got.extend_from_slice(&buffer[..count]);
            }
            (got.len() == length).then_some(())
        });
        assert!(got == bytes, "what arrives is what was sent");
        until(|| (self.ends[from].unacknowledged() == 0).then_some(()));
    }

    fn end(self) {
        drop(self.ends);
        drop(self.listener);
        self.hosts.into_iter().for_each(Host::end);
    }
}

const V4: [&str; 2] = ["192.168.77.1", "192.168.77.2"];
const V6: [&str; 2] = ["fd00::1", "fd00::2"];

#[test]
fn bytes_go_both_ways_and_the_end_comes_after_them() {
    for ips in [V4, V6] {
        let pair = Pair::new(Weather::default(), ips, false);
        pair.transfer(0, 1 << 20);
        pair.transfer(1, 300_000);
        send(&pair.ends[0], b"last");
        pair.ends[0].shutdown_write().expect("shuts");
        let mut buffer = [0; 8];
        let count = until(|| receive(&pair.ends[1], &mut buffer).expect("receives"));
        assert_eq!(&buffer[..count], b"last");
        let end = until(|| receive(&pair.ends[1], &mut buffer).expect("receives"));
        assert_eq!(end, 0);
        until(|| pair.ends[0].fin_acknowledged().then_some(()));
        // The other half is still open.
        send(&pair.ends[1], b"half");
        let count = until(|| receive(&pair.ends[0], &mut buffer).expect("receives"));
        assert_eq!(&buffer[..count], b"half");
        pair.end();
    }
}

#[test]
fn bytes_arrive_whatever_the_weather() {
    let weather = Weather {
        losses: 60,
        duplicates: 40,
        reorders: 30,
        late: 300_000,
        ..Weather::default()
    };
    let pair = Pair::new(weather, V4, true);
    pair.transfer(0, 100_000);
    pair.transfer(1, 100_000);
    pair.end();
}

#[test]
fn nobody_listens() {
    let pair = Pair::new(Weather::default(), V4, false);
    let client = pair.hosts[0].socket();
    client
        .bind(&SocketAddr::new(pair.hosts[0].ip, 0))
        .expect("binds");
    client
        .connect(&SocketAddr::new(pair.hosts[1].ip, 9))
        .expect("begins");
    until(|| client.is_settled().then_some(()));
    assert_eq!(client.take_error(), Some(libc::ECONNREFUSED));
    drop(client);
    pair.end();
}

#[test]
fn an_abort_is_a_reset() {
    let pair = Pair::new(Weather::default(), V4, false);
    pair.ends[0].abort();
    let mut buffer = [0; 8];
    let error = until(|| receive(&pair.ends[1], &mut buffer).err());
    assert_eq!(error.raw_os_error(), Some(libc::ECONNRESET));
    pair.end();
}

#[test]
fn a_port_is_one_listeners() {
    let pair = Pair::new(Weather::default(), V4, false);
    let second = pair.hosts[1].socket();
    let error = second.bind(&SocketAddr::new(pair.hosts[1].ip, 5445));
    assert_eq!(
        error.expect_err("it is taken").raw_os_error(),
        Some(libc::EADDRINUSE)
    );
    drop(second);
    pair.end();
}

/// A reader that reads only when it is told, while the next bytes are on their way: no byte goes untold.
#[test]
fn all_that_arrives_is_told() {
    let pair = Pair::new(Weather::default(), V4, false);
    let (sender, receiver) = (&pair.ends[0], &pair.ends[1]);
    let ready = super::Ready::default();
    receiver.watch(&ready, 7);
    let (rounds, piece) = (3000, [5_u8; 100]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..rounds {
                let mut left = &piece[..];
                while !left.is_empty() {
                    left = &left[send(sender, left)..];
                }
                sched::yield_now();
            }
        });
        let (mut got, mut buffer) = (0, vec![0; 4096]);
        while got < rounds * piece.len() {
            let told = ready.wait(Some(LIMIT), |key, _| assert_eq!(key, 7));
            assert!(told > 0, "{got} bytes, and nothing is told");
            while let Some(count) = receive(receiver, &mut buffer).expect("connected") {
                got += count;
            }
        }
    });
    pair.end();
}

/// An idle peer is asked, and given up only when it does not answer.
#[test]
fn an_idle_connection_stays_while_the_peer_answers() {
    let gives_up = Duration::from_millis(500);
    let pair = Pair::patient(Weather::default(), V4, false, gives_up);
    pair.transfer(0, 10_000);
    sched::sleep_until(clock::after(3 * gives_up));
    pair.transfer(1, 10_000);
    pair.transfer(0, 10_000);
    let attached = pair.hosts[1].machine.attach();
    pair.hosts[1].nic.set_link(false);
    drop(attached);
    let failed = until(|| receive(&pair.ends[0], &mut [0; 8]).err());
    assert_eq!(failed.raw_os_error(), Some(libc::ETIMEDOUT));
    pair.end();
}
