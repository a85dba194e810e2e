//! What goes wrong before there is a connection: a clear message, a non-zero exit, a clean unload.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use softrnic_emulator::wsk::host_has_ipv6;

use crate::support::{Ended, LIMIT, LITTLE, Running, demo};

/// A TCP server that is not iWARP: `manners` is done to each connection.
fn stranger(manners: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            manners(stream);
        }
    });
    address
}

fn connect(to: &str, more: &[&str]) -> Ended {
    demo(
        LITTLE
            .into_iter()
            .chain(["connect", to])
            .chain(more.iter().copied()),
    )
}

#[test]
fn no_address_at_all() {
    for wrong in [
        "127.0.0.1",
        "here",
        "127.0.0.1:99999",
        "[::1]",
        "no.such.host.invalid:5445",
    ] {
        for form in ["serve", "connect"] {
            let ended = demo([form, wrong, "--json"]);
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert_eq!(ended.json()["ok"], false);
            assert!(
                ended.stderr.contains("is not an address and port"),
                "{ended:?}"
            );
        }
    }
}

#[test]
fn an_address_of_nobody_here() {
    for foreign in ["192.0.2.1:0", "[2001:db8::1]:0"] {
        if foreign.contains('[') && !host_has_ipv6() {
            continue;
        }
        let json = demo(["serve", foreign, "--json"]).assert_refused("not an address of this host");
        assert_eq!(json["status"], "STATUS_INVALID_ADDRESS");
    }
}

#[test]
fn an_address_that_stands_for_all() {
    for form in ["serve", "connect"] {
        for any in ["0.0.0.0:5445", "[::]:5445"] {
            demo([form, any, "--json"]).assert_refused("stands for any address");
        }
    }
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = taken.local_addr().expect("bound").to_string();
    let json = demo(["serve", &at, "--json"]).assert_refused("is in use");
    assert_eq!(json["status"], "STATUS_SHARING_VIOLATION");
}

#[test]
fn a_port_in_use_by_another_serve() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json"]);
    let at = server.address().to_string();
    demo(["serve", &at, "--json"]).assert_refused("is in use");
    connect(&at, &[]).assert_good();
    server.end(LIMIT).assert_good();
}

#[test]
fn nobody_listens() {
    // Bound, so that no one else gets the port, and not listening.
    let taken = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    taken.bind(&any.into()).expect("a port");
    let at = taken.local_addr().expect("bound").as_socket();
    let at = at.expect("of IPv4").to_string();
    let json = connect(&at, &[]).assert_refused("refused the connection");
    assert_eq!(json["status"], "STATUS_CONNECTION_REFUSED");
}

#[test]
fn a_stranger_that_answers_garbage() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH_9.6\r\n",
        &[0; 4096],
        // The right key, the rest wrong.
        b"MPA ID Rep Frame\xff\xff\xff\xff",
    ] {
        let at = stranger(move |mut stream| {
            let _ = stream.write_all(garbage);
            let _ = stream.read(&mut [0; 64]);
            // Says no more, and stays.
            std::mem::forget(stream);
        });
        // What is too short to be known as garbage ends by the clock.
        let ended = connect(&at.to_string(), &["--patience", "3"]);
        let json = ended.assert_refused("speak iWARP");
        assert!(
            ["STATUS_CONNECTION_ABORTED", "STATUS_IO_TIMEOUT"]
                .contains(&json["status"].as_str().unwrap_or_default()),
            "{ended:?}"
        );
    }
}

#[test]
fn a_stranger_that_says_nothing() {
    let at = stranger(std::mem::forget);
    let ended = connect(&at.to_string(), &["--patience", "2"]);
    let json = ended.assert_refused("speak iWARP");
    assert_eq!(json["status"], "STATUS_IO_TIMEOUT");
    assert!(ended.took < Duration::from_secs(30), "{ended:?}");
}

#[test]
fn a_stranger_that_hangs_up() {
    let at = stranger(drop);
    let json = connect(&at.to_string(), &[]).assert_refused("does not speak iWARP");
    assert!(
        ["STATUS_CONNECTION_REFUSED", "STATUS_CONNECTION_ABORTED"]
            .contains(&json["status"].as_str().unwrap_or_default()),
        "{json}"
    );
}

#[test]
fn strangers_do_not_harm_a_server() {
    let mut server = Running::start(["serve", "127.0.0.1:0", "--json", "--patience", "3"]);
    let address = server.address();
    let mut kept = Vec::new();
    for bytes in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        b"MPA ID Req Frame\x40\x02\xff\xff",
        &[0xFF; 1000],
    ] {
        let mut gone = TcpStream::connect(address).expect("it listens");
        let _ = gone.write_all(bytes);
        drop(gone);
        let mut stays = TcpStream::connect(address).expect("it listens");
        let _ = stays.write_all(bytes);
        kept.push(stays);
    }
    // None of them was a connection: the one this server serves is still to come.
    connect(&address.to_string(), &[]).assert_good();
    server.end(LIMIT).assert_good();
    drop(kept);
}

#[test]
fn a_capture_that_cannot_be_written() {
    let ended = demo(["--json", "--pcap", "/nowhere/at/all.pcap"]);
    ended.assert_refused("/nowhere/at/all.pcap cannot be written");
    assert!(!ended.stderr.contains("building"), "{ended:?}");
}
