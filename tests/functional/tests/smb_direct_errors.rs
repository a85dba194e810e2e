//! SMB Direct and a peer that breaks its rules, goes silent, or goes away: each ends the connection, once, and nothing hangs.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use softrnic_functional::consumer::{Buffer, NtStatus};
use softrnic_functional::hostile::bytes_of;
use softrnic_functional::smb::{Outcome, Rude, Smb};
use softrnic_functional::smbdirect::share::{
    Command, Request, STATUS_INVALID_PARAMETER, Served, Server, Share,
};
use softrnic_functional::smbdirect::{Access, Channel, ChannelError, Mapped, Settings, Violation};
use softrnic_functional::{Stage, pattern};

/// A message without data that asks for credits and grants as many as this.
fn empty(granted: u8) -> Vec<u8> {
    let mut message = vec![0xFF, 0, granted, 0];
    message.resize(20, 0);
    message
}

/// A message with `data` behind which `remaining` bytes are to come.
fn data(remaining: u32, data: &[u8]) -> Vec<u8> {
    let mut message = empty(10);
    for (field, value) in [(8, remaining), (12, 24), (16, data.len() as u32)] {
        message[field..field + 4].copy_from_slice(&value.to_le_bytes());
    }
    message.resize(24, 0);
    [&message, data].concat()
}

/// A good Negotiate Request.
fn request() -> Vec<u8> {
    bytes_of("S09")
}

/// A good Negotiate Response.
fn response() -> Vec<u8> {
    let mut response = bytes_of("S10");
    response[4..6].copy_from_slice(&[0, 1]);
    response[16..20].copy_from_slice(&(8_u32 << 20).to_le_bytes());
    response
}

/// The outcome of a channel whose peer is `rude`, which is told of the end.
fn ended(rude: Rude, channel: Outcome<()>) -> Result<(), ChannelError> {
    rude.is_left();
    channel.join().expect("no panic")
}

// S01, S02, S06, S07, S08, MS-SMBD 3.1.5.6: a request that breaks a rule.
#[test]
fn a_server_ends_the_connection_of_a_bad_request() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let rules = [
        ("S01", Violation::TooShort),
        ("S02", Violation::Version),
        ("S07", Violation::ReceiveSize),
        ("S08", Violation::FragmentedSize),
    ];
    for (row, rule) in rules {
        let (rude, serving) = smb.rude_client(Settings::server());
        rude.say(&bytes_of(row));
        if rule == Violation::Version {
            let answer = rude.hear();
            assert_eq!(
                (answer.len(), &answer[12..16]),
                (32, &[0xBB, 0, 0, 0xC0][..])
            );
        }
        assert_eq!(
            ended(rude, serving),
            Err(ChannelError::Protocol(rule)),
            "{row}"
        );
    }
    let (rude, serving) = smb.rude_client(Settings::server());
    let mut none = request();
    none[6..8].fill(0);
    rude.say(&none);
    let rule = Violation::NoCreditsRequested;
    assert_eq!(ended(rude, serving), Err(ChannelError::Protocol(rule)));
}

// S10, MS-SMBD 3.1.5.7: a response that breaks a rule.
#[test]
fn a_client_ends_the_connection_of_a_bad_response() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let good = response();
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        bad
    };
    let rules = [
        (bytes_of("S10"), Violation::Version),
        (good[..31].to_vec(), Violation::TooShort),
        (with(8, &[0, 0]), Violation::NoCreditsRequested),
        (with(10, &[0, 0]), Violation::NoCreditsGranted),
        (
            with(12, &[0xBB, 0, 0, 0xC0]),
            Violation::Refused(0xC000_00BB),
        ),
        (with(20, &[0x55, 5, 0, 0]), Violation::PreferredSendSize),
        (with(24, &[127, 0, 0, 0]), Violation::ReceiveSize),
        (with(28, &[0xFF, 0xFF, 1, 0]), Violation::FragmentedSize),
    ];
    for (response, rule) in rules {
        let (rude, connecting) = smb.rude_server(Settings::client());
        assert_eq!(rude.hear().len(), 20, "a request");
        rude.say(&response);
        assert_eq!(ended(rude, connecting), Err(ChannelError::Protocol(rule)));
    }
}

// S03, S04, S05, S06, S09, S14, MS-SMBD 3.1.5.8: a message that breaks a rule, once the connection is negotiated.
#[test]
fn a_bad_message_ends_the_connection() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let rows = [
        ("S03", Violation::Unaligned),
        ("S04", Violation::Outside),
        ("S05", Violation::TooManyFragments),
        ("S06", Violation::NoCreditsRequested),
        ("S09", Violation::Outside),
    ];
    let rows = rows.map(|(row, rule)| (vec![bytes_of(row)], rule));
    let more = [
        (vec![empty(1)[..19].to_vec()], Violation::TooShort),
        (
            vec![data(100, b"12345678"), bytes_of("S14")],
            Violation::Fragment,
        ),
        (vec![empty(255); 258], Violation::TooManyCredits),
    ];
    for (messages, rule) in rows.into_iter().chain(more) {
        let (rude, serving) = smb.rude_client(Settings::server());
        rude.say(&request());
        assert_eq!(rude.hear().len(), 32, "a response");
        for message in messages {
            rude.say(&message);
        }
        assert_eq!(ended(rude, serving), Err(ChannelError::Protocol(rule)));
    }
}

// S11: a message without a credit is seen, and is the last.
#[test]
fn a_message_without_a_credit_ends_the_connection() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let few = Settings {
        receive_credit_max: 4,
        ..Settings::server()
    };
    let (rude, serving) = smb.rude_client(few);
    rude.say(&request());
    assert_eq!(rude.hear()[10..12], [4, 0], "credits");
    // It grants none, so that the server cannot grant more.
    for _ in 0..5 {
        rude.say(&empty(0));
    }
    let rule = ChannelError::Protocol(Violation::OverCredit);
    assert_eq!(ended(rude, serving), Err(rule));
}

// RFC 5040 section 7.2: a Send longer than the receive it meets fails that receive, and the connection.
#[test]
fn a_message_longer_than_a_receive_ends_the_connection() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let (rude, serving) = smb.rude_client(Settings::server());
    rude.say(&request());
    assert_eq!(rude.hear().len(), 32, "a response");
    rude.say(&[0x55; 1365]);
    let failed = ChannelError::Completion("a receive", NtStatus::BUFFER_OVERFLOW);
    assert_eq!(ended(rude, serving), Err(failed));
}

// S12: descriptors that are not what the request says are refused, and the connection goes on; memory beyond what was lent
// is out of reach, and the connection ends.
#[test]
fn descriptors_are_held_to_what_they_describe() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let (channel, serving) = smb.share(&Arc::default());
    let mut share = Share::bind(channel, 0).expect("bound");
    share.create(1 << 20).expect("made");
    let memory = Mapped::new(&smb.client, Buffer::new(1 << 20)).expect("mapped");
    let channel = share.channel();
    let loan = channel
        .lend(&memory, (0, 8192), Access::Write)
        .expect("lent");
    let good = loan.descriptors()[0];
    let with_length = |length: u32| {
        let mut descriptor = good;
        descriptor.length = length.into();
        descriptor
    };
    let read = |length: u64, descriptors: Vec<_>| Request {
        length,
        descriptors,
        ..Request::new(Command::Read, 1)
    };
    let unsound = [
        read(8191, vec![good]),
        read(8193, vec![good]),
        read(8192, vec![good, with_length(0)]),
        read(2 << 20, vec![with_length(2 << 20)]),
        read(u64::MAX, vec![good]),
        Request {
            offset: u64::MAX,
            ..read(8192, vec![good])
        },
        Request {
            offset: (1 << 20) - 8191,
            ..read(8192, vec![good])
        },
    ];
    for request in unsound {
        let said = format!("{request:?}");
        share.ask(request, None).expect("asked");
        let refused = Err(ChannelError::Refused(STATUS_INVALID_PARAMETER));
        assert_eq!(share.answer().map(drop), refused, "{said}");
    }
    share.ask(read(8192, vec![good]), None).expect("asked");
    share.answer().expect("the connection is as good as before");
    // It says that it lent more than it did.
    share
        .ask(read(8200, vec![with_length(8200)]), None)
        .expect("asked");
    assert!(share.answer().is_err());
    assert!(matches!(
        serving.join().expect("no panic"),
        Err(ChannelError::Gone(_) | ChannelError::Completion(..))
    ));
    assert_eq!(memory.buffer().read(8192, 8), [0; 8]);
}

// S13, MS-SMBD 3.1.6.2: a peer that does not answer a keep-alive is left.
#[test]
fn s13_a_keep_alive_never_answered() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let short = |settings| Settings {
        keepalive: Duration::from_millis(20),
        answer: Duration::from_millis(20),
        ..settings
    };
    let silent = Err(ChannelError::Protocol(Violation::Silent));
    let (rude, serving) = smb.rude_client(short(Settings::server()));
    rude.say(&request());
    assert_eq!(rude.hear().len(), 32, "a response");
    assert_eq!(ended(rude, serving), silent, "no credit to ask with");
    let (rude, connecting) = smb.rude_server(short(Settings::client()));
    assert_eq!(rude.hear().len(), 20, "a request");
    rude.say(&response());
    // The first message grants the credits for an answer; the one that wants it comes last.
    let mut asked = rude.hear();
    while asked[4] != 1 {
        asked = rude.hear();
    }
    assert_eq!(asked.len(), 20);
    assert_eq!(ended(rude, connecting), silent);
}

// MS-SMBD 3.1.6.1: a peer that does not negotiate is left.
#[test]
fn a_negotiation_that_never_comes_ends_the_connection() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let short = |settings| Settings {
        negotiation: Duration::from_millis(20),
        ..settings
    };
    let slow = Err(ChannelError::Protocol(Violation::Slow));
    let (rude, serving) = smb.rude_client(short(Settings::server()));
    assert_eq!(ended(rude, serving), slow);
    let (rude, connecting) = smb.rude_server(short(Settings::client()));
    assert_eq!(ended(rude, connecting), slow);
}

// NDK-DISC-11, NDK-DISC-12: a peer that closes in the middle of a message, of the negotiation, or of nothing.
#[test]
fn a_peer_may_vanish_at_any_time() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let scripts = [
        vec![],
        vec![request()],
        vec![request(), empty(10)],
        vec![request(), data(100, b"12345678")],
        vec![request(), data(100, b"12345678"), data(92, b"")],
    ];
    for script in scripts {
        let (rude, serving) = smb.rude_client(Settings::server());
        for message in &script {
            rude.say(message);
        }
        rude.vanish();
        let ended = serving.join().expect("no panic");
        // The last script breaks a rule, too: whichever is seen first.
        let broken = Err(ChannelError::Protocol(Violation::Fragment));
        assert!(
            matches!(ended, Err(ChannelError::Gone(_))) || script.len() == 3 && ended == broken,
            "{script:x?}: {ended:?}"
        );
    }
}

/// A share of a big file with both directions under way.
fn busy(smb: &Smb, server: &Arc<Server>) -> (Share, Outcome<Served>, Mapped) {
    let (channel, serving) = smb.share(server);
    let mut share = Share::bind(channel, 0).expect("bound");
    share.create(16 << 20).expect("made");
    let memory = Mapped::new(&smb.client, Buffer::new(16 << 20)).expect("mapped");
    share
        .transfer(&memory, (0, 8 << 20), Access::Read)
        .expect("asked");
    share
        .transfer(&memory, (8 << 20, 8 << 20), Access::Write)
        .expect("asked");
    (share, serving, memory)
}

// NDK-DISC-11, NDK-FLUSH-02: a client that goes in the middle of 8 MiB by RDMA, both ways, at any point of it.
#[test]
fn a_client_may_vanish_in_the_middle_of_a_transfer() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let server: Arc<Server> = Arc::default();
    for n in 0..12 {
        let (mut share, serving, memory) = busy(&smb, &server);
        let _ = share.channel().idle(Duration::from_micros(n * n * 100));
        let closed = share.channel().abort();
        assert_eq!(closed, Ok(()));
        let ended = serving.join().expect("no panic");
        assert!(ended.is_err(), "it never left: {ended:?}");
        // Nobody writes there any more.
        memory.buffer().write(8 << 20, &pattern(1, 4096));
        assert!(memory.buffer().read(8 << 20, 4096) == pattern(1, 4096));
        assert_eq!(server.sessions(), 0);
    }
}

// NDK-DISC-15, NDK-DISC-01: both ends disconnect at the same moment, with messages and RDMA under way, and both are done.
#[test]
fn both_ends_may_disconnect_at_once() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    for n in 0..20 {
        let both = Arc::new(Barrier::new(2));
        let theirs = both.clone();
        let settings = (Settings::client(), Settings::server());
        let (mut channel, serving) = smb.serve(settings, move |channel: &mut Channel| {
            channel.send(pattern(1, 100_000), None)?;
            theirs.wait();
            channel.close()
        });
        for _ in 0..n {
            channel.send(pattern(2, 10_000), None).expect("sent");
        }
        both.wait();
        let ours = channel.close().expect("closed");
        let theirs = serving.join().expect("no panic").expect("closed");
        assert_eq!((ours, theirs), (NtStatus::SUCCESS, NtStatus::SUCCESS));
    }
}

// An end that is asked to stop while it waits does so, and leaves nothing behind.
#[test]
fn a_channel_that_is_asked_to_stop_stops() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let patience = Smb::patience();
    let stop = patience.clone();
    let (rude, serving) = smb.rude_client_with(Settings::server(), patience);
    rude.say(&request());
    assert_eq!(rude.hear().len(), 32, "a response");
    stop.stop();
    assert_eq!(ended(rude, serving), Err(ChannelError::Stopped));
}

// NDK-FLUSH-05, NDK-CON-22: an accept that the provider refuses leaves nothing behind, and the client is refused.
#[test]
fn an_accept_that_fails_leaves_nothing_behind() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    // A connector goes with objects of the opening it came from.
    let (connecting, accepted) = smb.accept_elsewhere(&stage.open(1));
    let refused = ChannelError::Call("the accept", NtStatus::INVALID_PARAMETER);
    assert_eq!(accepted, Err(refused));
    let refused = ChannelError::Call("the connect", NtStatus::CONNECTION_REFUSED);
    assert_eq!(connecting.join().expect("no panic"), Err(refused));
}
