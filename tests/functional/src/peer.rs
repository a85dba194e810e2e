//! An iWARP peer that is nothing but a TCP connection: what it says is written out in the tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use softrnic::crc32c;
use softrnic_consumer::{ConnectParameters, NtStatus, QpLimits, Request};

use crate::{A_WHILE, End, SOON, Stage, listen};

/// Bytes of an MPA frame before its private data (RFC 5044 section 7.1.1).
const FIXED: usize = 20;

/// One end of a TCP connection to the driver.
pub struct Peer(pub(crate) TcpStream);

impl Peer {
    /// Connects to a listener of the driver.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn connect(to: SocketAddr) -> Self {
        Self::over(TcpStream::connect(to).expect("a connection"))
    }

    /// Takes the next connection the driver makes.
    ///
    /// # Panics
    /// When the listener breaks.
    #[must_use]
    pub fn accept(listener: &TcpListener) -> Self {
        Self::over(listener.accept().expect("a connection").0)
    }

    /// Takes a connection that the driver has made already, if there is one.
    ///
    /// # Panics
    /// When the listener breaks.
    #[must_use]
    pub fn accept_now(listener: &TcpListener) -> Option<Self> {
        listener.set_nonblocking(true).expect("an option");
        let there = listener.accept();
        listener.set_nonblocking(false).expect("an option");
        match there {
            Ok((stream, _)) => Some(Self::over(stream)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
            Err(error) => panic!("a listener: {error}"),
        }
    }

    /// Its TCP keeps about so much for it from now on: the driver's waits until it reads.
    ///
    /// # Panics
    /// When the host refuses.
    pub fn keep_at_most(&self, bytes: usize) {
        let socket = socket2::SockRef::from(&self.0);
        socket.set_recv_buffer_size(bytes).expect("an option");
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(SOON)).expect("a socket");
        Self(stream)
    }

    /// Sends these bytes.
    ///
    /// # Panics
    /// When the driver has gone.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("sent");
    }

    /// The next `count` bytes.
    ///
    /// # Panics
    /// When they do not come soon.
    #[must_use]
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).expect("bytes come");
        bytes
    }

    /// The next MPA request or reply, whole.
    #[must_use]
    pub fn read_frame(&mut self) -> Vec<u8> {
        let mut frame = self.read(FIXED);
        let length = u16::from_be_bytes([frame[18], frame[19]]);
        frame.extend(self.read(length.into()));
        frame
    }

    /// The next FPDU without markers: from its length field to the end of its CRC.
    #[must_use]
    pub fn read_fpdu(&mut self) -> Vec<u8> {
        let mut fpdu = self.read(2);
        let length = usize::from(u16::from_be_bytes([fpdu[0], fpdu[1]]));
        fpdu.extend(self.read((2 + length).next_multiple_of(4) - 2 + 4));
        fpdu
    }

    /// Whether nothing comes for a while.
    ///
    /// # Panics
    /// When the socket is broken.
    #[must_use]
    pub fn hears_nothing(&self) -> bool {
        let quiet = |wait| self.0.set_read_timeout(Some(wait)).expect("a socket");
        quiet(A_WHILE);
        let heard = self.0.peek(&mut [0]);
        quiet(SOON);
        heard.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Everything up to the driver's FIN; `None` when it resets instead.
    #[must_use]
    pub fn read_to_end(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).ok().map(|_| bytes)
    }

    /// Whether the driver ends the connection soon, in whichever way, though nothing is said to it.
    ///
    /// # Panics
    /// When it says something instead.
    #[must_use]
    pub fn is_left(&mut self) -> bool {
        match self.0.read(&mut [0; 64]) {
            Ok(count) => {
                assert_eq!(count, 0, "bytes instead of an end");
                true
            }
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }

    /// Whether the driver's socket is gone, or goes soon: what is sent is answered by a reset.
    #[must_use]
    pub fn is_reset(&mut self) -> bool {
        let until = std::time::Instant::now() + SOON;
        while std::time::Instant::now() < until {
            if self.0.write_all(&[0; 16]).is_err() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        false
    }

    /// Sends FIN.
    pub fn finish(&self) {
        let _gone = self.0.shutdown(std::net::Shutdown::Write);
    }
}

/// What the driver's ends ask for.
#[must_use]
pub fn parameters(private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 4,
        outbound_reads: 4,
        private_data: private_data.to_vec(),
    }
}

/// A peer of adapter 1 that sent `request`, the end that accepts it with `private_data`, and that
/// end's `NdkAccept`.
///
/// # Panics
/// When nobody hears of the request.
#[must_use]
pub fn accepted(stage: &Stage, request: &[u8], private_data: &[u8]) -> (Peer, End, Request) {
    accepted_with(stage, request, private_data, QpLimits::default())
}

fn accepted_with(
    stage: &Stage,
    request: &[u8],
    private_data: &[u8],
    limits: QpLimits,
) -> (Peer, End, Request) {
    let mut end = End::new(&stage.open(1), limits);
    let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
    let mut peer = Peer::connect(listener.local_address().expect("listening"));
    peer.send(request);
    let mut connector = incoming.recv_timeout(SOON).expect("a connect event");
    let accepting = connector.accept(&end.qp, &parameters(private_data), end.on_disconnect());
    end.connector = Some(connector);
    end.listener = Some(listener);
    (peer, end, accepting)
}

/// A peer of adapter 1, connected in revision 1, that has sent a Send of no bytes; and the driver's
/// end.
///
/// # Panics
/// When the driver does not answer.
#[must_use]
pub fn connected(stage: &Stage) -> (Peer, End) {
    connected_with(stage, QpLimits::default())
}

/// As [`connected`], with other limits of the queue pair.
///
/// # Panics
/// When the driver does not answer.
#[must_use]
pub fn connected_with(stage: &Stage, limits: QpLimits) -> (Peer, End) {
    let asking = request(0x40, 1, b"");
    let (mut peer, end, accepting) = accepted_with(stage, &asking, b"", limits);
    assert_eq!(peer.read_frame(), reply(0x40, 1, b""));
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    end.post_receive(0, 0, 8);
    peer.send(&fpdu(&send(1, b"")));
    assert_eq!(end.received.take(1)[0].bytes, 0);
    (peer, end)
}

/// An MPA request of these flags and revision.
#[must_use]
pub fn request(flags: u8, revision: u8, private_data: &[u8]) -> Vec<u8> {
    frame(b"MPA ID Req Frame", flags, revision, private_data)
}

/// An MPA reply of these flags and revision.
#[must_use]
pub fn reply(flags: u8, revision: u8, private_data: &[u8]) -> Vec<u8> {
    frame(b"MPA ID Rep Frame", flags, revision, private_data)
}

fn frame(key: &[u8; 16], flags: u8, revision: u8, private_data: &[u8]) -> Vec<u8> {
    let mut frame = key.to_vec();
    frame.extend([flags, revision]);
    frame.extend((private_data.len() as u16).to_be_bytes());
    frame.extend(private_data);
    frame
}

/// The FPDU around this ULPDU, with padding and CRC.
#[must_use]
pub fn fpdu(ulpdu: &[u8]) -> Vec<u8> {
    let mut fpdu = (ulpdu.len() as u16).to_be_bytes().to_vec();
    fpdu.extend(ulpdu);
    fpdu.resize(fpdu.len().next_multiple_of(4), 0);
    let crc = crc32c::update(0, &fpdu);
    fpdu.extend(crc.to_le_bytes());
    fpdu
}

/// The ULPDU of a Send in one segment, message `sequence`.
#[must_use]
pub fn send(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut ulpdu = vec![0x41, 0x43, 0, 0, 0, 0, 0, 0, 0, 0];
    ulpdu.extend(sequence.to_be_bytes());
    ulpdu.extend([0; 4]);
    ulpdu.extend(payload);
    ulpdu
}

/// The FPDU that answers `request`, an FPDU with a read request in it, with `payload` (RFC 5040 section 4.5).
#[must_use]
pub fn response(request: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut ulpdu = vec![0xC1, 0x42];
    // The sink's token and address.
    ulpdu.extend(&request[20..32]);
    ulpdu.extend(payload);
    fpdu(&ulpdu)
}

/// FPDUs with a marker at every 512th byte of the stream they make up (RFC 5044 section 4.3), their
/// CRCs made anew over the markers (section 4.4).
#[must_use]
pub fn marked(fpdus: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for fpdu in fpdus {
        let (covered, _) = fpdu.split_at(fpdu.len() - 4);
        let before = stream.len();
        let mut start = before;
        for (at, word) in covered.chunks(4).enumerate() {
            if stream.len() % 512 == 0 {
                let back = if at == 0 { 0 } else { stream.len() - start };
                stream.extend((back as u32).to_be_bytes());
                if at == 0 {
                    start = stream.len();
                }
            }
            stream.extend(word);
        }
        if stream.len() % 512 == 0 {
            let back = stream.len() - start;
            stream.extend((back as u32).to_be_bytes());
        }
        let crc = crc32c::update(0, &stream[before..]);
        stream.extend(crc.to_le_bytes());
    }
    stream
}
