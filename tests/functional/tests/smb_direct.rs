//! SMB Direct over the shipped image: negotiation, messages in fragments, RDMA at SMB's sizes, invalidation, keep-alive.

use std::sync::Arc;
use std::time::Duration;

use softrnic_functional::consumer::Buffer;
use softrnic_functional::smb::Smb;
use softrnic_functional::smbdirect::share::{Command, Request, Served, Server, Share, digest};
use softrnic_functional::smbdirect::{
    Access, Agreed, Channel, ChannelError, Mapped, Message, Settings,
};
use softrnic_functional::{SOON, Stage, pattern};

const BOTH: (Settings, Settings) = (Settings::client(), Settings::server());
/// What SMB moves with one request.
const PIECE: usize = 8 << 20;

/// Memory of `len` bytes that begin in the middle of a page.
fn mapped(channel: &Channel, len: usize) -> Mapped {
    let buffer = Buffer::at_offset(len, 1234);
    Mapped::new(channel.adapter(), buffer).expect("mapped")
}

/// Answers every message with itself until the peer disconnects.
fn echo(channel: &mut Channel) -> Result<(), ChannelError> {
    loop {
        match channel.receive() {
            Ok(Message { bytes, .. }) => channel.send(bytes, None)?,
            Err(ChannelError::Gone(_)) => return Ok(()),
            Err(e) => return Err(e),
        }
    }
}

// NDK-CON-18, MS-SMBD 2.1: a listener at SMB's port is reached at TCP 5445, which is SMB Direct's own port, by either name;
// MS-SMBD 3.1.5.6, 3.1.5.7.
#[test]
fn both_ends_negotiate_at_the_ports_of_smb() {
    let stage = Stage::apart();
    let smb = Smb::at(&stage, 445);
    for port in [445, 5445] {
        let (channel, serving) = smb.serve_at(port, BOTH, echo);
        let mut channel = channel.expect("a channel");
        let agreed = Agreed {
            max_send_size: 1364,
            max_receive_size: 1364,
            max_fragmented_send_size: 1 << 20,
            max_read_write_size: 8 << 20,
        };
        assert_eq!(*channel.agreed(), agreed);
        channel.send(b"hello".to_vec(), None).expect("sent");
        assert_eq!(channel.receive().expect("an answer").bytes, b"hello");
        assert!(channel.close().expect("closed").is_success());
        serving.join().expect("no panic").expect("served");
    }
}

// MS-SMBD 3.1.5.1, 3.1.5.8: messages of every length arrive whole, in order, in 1364-byte receives, both ways at once, with
// many credits and with few.
#[test]
fn messages_in_fragments_arrive_whole() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    for credits in [3, 16, 255] {
        let few = |settings| Settings {
            receive_credit_max: credits,
            send_credit_target: credits,
            ..settings
        };
        let (mut channel, serving) = smb.serve((few(BOTH.0), few(BOTH.1)), echo);
        let lengths = [1, 1340, 1341, 2680, 70_000, 1 << 20, 5, 300_000];
        let messages = lengths.map(|len| pattern(credits as u8, len));
        for message in &messages {
            channel.send(message.clone(), None).expect("sent");
        }
        for message in &messages {
            let answer = channel.receive().expect("an answer");
            assert!(answer.bytes == *message, "{} bytes", message.len());
        }
        channel.close().expect("closed");
        serving.join().expect("no panic").expect("served");
    }
}

/// Asks for `command` of all of `memory` by hand; the descriptors and what the answer invalidated.
fn by_hand(
    channel: &mut Channel,
    memory: &Mapped,
    (command, session): (Command, u64),
    invalidate: bool,
) -> (Vec<u32>, Vec<u32>) {
    let len = memory.buffer().len();
    let access = match command {
        Command::Read => Access::Write,
        _ => Access::Read,
    };
    let loan = channel.lend(memory, (0, len), access).expect("lent");
    let tokens = loan.descriptors().iter().map(|one| one.token.get());
    let tokens: Vec<u32> = tokens.collect();
    let request = Request {
        invalidate,
        length: len as u64,
        descriptors: loan.descriptors().to_vec(),
        ..Request::new(command, session)
    };
    channel.send(request.encode(), None).expect("asked");
    let Message { bytes, invalidated } = channel.receive().expect("an answer");
    assert_eq!(Request::decode(&bytes).expect("an answer").status, 0);
    channel.take_back(loan, &invalidated).expect("taken back");
    (tokens, invalidated)
}

fn session(channel: &mut Channel, length: usize) -> u64 {
    channel
        .send(Request::new(Command::Bind, 0).encode(), None)
        .expect("asked");
    let bound = Request::decode(&channel.receive().expect("bound").bytes).expect("an answer");
    let session = u64::from_le_bytes(bound.data.try_into().expect("a number"));
    let create = Request {
        length: length as u64,
        ..Request::new(Command::Create, session)
    };
    channel.send(create.encode(), None).expect("asked");
    assert_eq!(
        Request::decode(&channel.receive().expect("made").bytes)
            .expect("an answer")
            .status,
        0
    );
    session
}

// MS-SMBD 3.1.4.3 to 3.1.4.6, NDK-FR-05, NDK-FR-10, NDK-LAM-12, NDK-CQ-16: 8 MiB each way by RDMA, in as many fast-registered
// regions as that takes; the answer invalidates the first if it is asked to, and only then.
#[test]
fn eight_megabytes_go_by_rdma_with_and_without_remote_invalidation() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let (mut channel, serving) = smb.share(&Arc::default());
    let session = session(&mut channel, PIECE);
    let (out, back) = (mapped(&channel, PIECE), mapped(&channel, PIECE));
    out.buffer().write(0, &pattern(7, PIECE));
    for invalidate in [true, false, true] {
        for (memory, command) in [(&out, Command::Write), (&back, Command::Read)] {
            let (tokens, invalidated) =
                by_hand(&mut channel, memory, (command, session), invalidate);
            assert_eq!(
                tokens.len(),
                9,
                "a region is 256 pages, and the memory is odd"
            );
            let first = &tokens[..usize::from(invalidate)];
            assert_eq!(invalidated, first, "{command:?}");
        }
        assert!(back.buffer().read(0, PIECE) == pattern(7, PIECE));
        back.buffer().write(0, &vec![0; PIECE]);
    }
    channel.close().expect("closed");
    let left = serving.join().expect("no panic");
    assert!(
        matches!(left, Err(ChannelError::Gone(_))),
        "it did not take leave: {left:?}"
    );
}

// MS-SMBD 3.1.4.4, NDK-FR-13: a loan that was taken back, by the peer's invalidation or our own, gives no access: the peer's
// write ends the connection and places nothing.
#[test]
fn what_was_taken_back_is_out_of_reach() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    for by_the_peer in [true, false] {
        let (mut channel, serving) = smb.serve(BOTH, move |channel| {
            let told = channel.receive()?.bytes;
            let request = Request::decode(&told).expect("a request");
            let descriptor = request.descriptors[0];
            let source = mapped(channel, 4096);
            source.buffer().write(0, &[0xEE; 4096]);
            channel.send(
                b"used".to_vec(),
                by_the_peer.then(|| descriptor.token.get()),
            )?;
            channel.receive()?;
            channel.write(&source.sges(channel.pd(), 0, 4096), &descriptor)?;
            channel.receive().map(drop)
        });
        let memory = mapped(&channel, 4096);
        let loan = channel
            .lend(&memory, (0, 4096), Access::Write)
            .expect("lent");
        let request = Request {
            descriptors: loan.descriptors().to_vec(),
            ..Request::new(Command::Read, 1)
        };
        channel.send(request.encode(), None).expect("told");
        let used = channel.receive().expect("used");
        assert_eq!(used.invalidated.len(), usize::from(by_the_peer));
        channel
            .take_back(loan, &used.invalidated)
            .expect("taken back");
        channel.send(b"go".to_vec(), None).expect("sent");
        let ended = channel.receive();
        assert!(
            matches!(
                ended,
                Err(ChannelError::Gone(_) | ChannelError::Completion(..))
            ),
            "{ended:?}"
        );
        let _ = channel.close();
        assert!(serving.join().expect("no panic").is_err());
        assert_eq!(memory.buffer().read(0, 4096), [0; 4096]);
    }
}

// What is too small for RDMA travels in the messages; a file is the same by either way.
#[test]
fn small_reads_and_writes_travel_in_messages() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let server: Arc<Server> = Arc::default();
    let (channel, serving) = smb.share(&server);
    let mut share = Share::bind(channel, 0).expect("bound");
    share.create(1 << 20).expect("made");
    let memory = mapped(share.channel(), 1 << 20);
    memory.buffer().write(0, &pattern(3, 1 << 20));
    for (at, len) in [
        (0, 1),
        (1, 4095),
        (4096, 1340),
        (5436, 500_000),
        (505_436, 543_140),
    ] {
        let part = memory.buffer().read(at, len);
        share.write_small(at as u64, &part).expect("written");
        assert!(share.read_small(at as u64, len as u64).expect("read") == part);
    }
    assert_eq!(share.digest().expect("a digest"), digest(&memory, 1 << 20));
    share.leave().expect("left");
    let served = Served {
        requests: 14,
        reads: 5,
        read: 1 << 20,
        writes: 5,
        written: 1 << 20,
    };
    assert_eq!(serving.join().expect("no panic"), Ok(served));
    assert_eq!(server.sessions(), 0);
}

// MS-SMBD 3.1.6.2: idle ends ask each other whether they are there, again and again, and the connection is as good as before.
#[test]
fn idle_ends_keep_each_other_alive() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let soon = |settings| Settings {
        keepalive: Duration::from_millis(10),
        answer: SOON,
        ..settings
    };
    let (mut channel, serving) = smb.serve((soon(BOTH.0), soon(BOTH.1)), echo);
    let before = channel.messages_received();
    while channel.messages_received() < before + 5 {
        channel.idle(Duration::from_millis(1)).expect("alive");
    }
    channel.send(b"still here".to_vec(), None).expect("sent");
    assert_eq!(channel.receive().expect("an answer").bytes, b"still here");
    channel.close().expect("closed");
    serving.join().expect("no panic").expect("served");
}
