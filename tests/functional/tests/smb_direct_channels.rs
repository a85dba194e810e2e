//! Several SMB Direct channels of one session: a file copied over all of them at once, and one of them lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use softrnic_functional::consumer::Buffer;
use softrnic_functional::smb::{Outcome, Smb};
use softrnic_functional::smbdirect::share::{
    Copied, Direction, STATUS_ACCESS_DENIED, Served, Server, Share, copy, digest,
};
use softrnic_functional::smbdirect::{Access, ChannelError, Mapped};
use softrnic_functional::{Stage, pattern};

/// A file that is no whole number of pieces.
const FILE: usize = (40 << 20) + 12_345;

/// `count` channels of one session, and the threads that serve them.
fn session(smb: &Smb, server: &Arc<Server>, count: usize) -> (Vec<Share>, Vec<Outcome<Served>>) {
    let (mut shares, mut serving): (Vec<Share>, _) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (channel, thread) = smb.share(server);
        let session = shares.first().map_or(0, Share::session);
        shares.push(Share::bind(channel, session).expect("bound"));
        serving.push(thread);
    }
    (shares, serving)
}

fn file(smb: &Smb, seed: u8) -> Mapped {
    let file = Mapped::new(&smb.client, Buffer::at_offset(FILE, 777)).expect("mapped");
    if seed != 0 {
        file.buffer().write(0, &pattern(seed, FILE));
    }
    file
}

// MS-SMBD 3.1.1, MS-SMB2 3.2.4.1.7: however many channels a session has, the file is the same, there and back.
#[test]
fn a_file_is_copied_both_ways_over_all_channels_of_a_session() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let server: Arc<Server> = Arc::default();
    for count in [1, 4] {
        let (mut shares, serving) = session(&smb, &server, count);
        let (out, back) = (file(&smb, count as u8), file(&smb, 0));
        shares[0].create(FILE as u64).expect("made");
        let moved = AtomicUsize::new(0);
        let progress = |bytes| {
            moved.fetch_add(bytes, Ordering::Relaxed);
        };
        let whole = Copied {
            requests: 6,
            bytes: FILE as u64,
        };
        assert_eq!(copy(&mut shares, &out, Direction::Up, &progress), Ok(whole));
        assert_eq!(
            copy(&mut shares, &back, Direction::Down, &progress),
            Ok(whole)
        );
        assert_eq!(moved.into_inner(), 2 * FILE);
        let theirs = shares[count - 1].digest().expect("a digest");
        assert_eq!([digest(&out, FILE), digest(&back, FILE)], [theirs; 2]);
        for share in shares {
            share.leave().expect("left");
        }
        let served = serving
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        let sums = served
            .map(|one| one.expect("served"))
            .map(|one| (one.read, one.written));
        let sum = sums.reduce(|a, b| (a.0 + b.0, a.1 + b.1));
        assert_eq!(sum, Some((FILE as u64, FILE as u64)));
        assert_eq!(server.sessions(), 0);
    }
}

// A channel that is lost takes nothing with it: the session, its file and the other channels go on, and another may join.
#[test]
fn a_session_outlives_a_channel() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let server: Arc<Server> = Arc::default();
    let (mut shares, mut serving) = session(&smb, &server, 3);
    let (out, back) = (file(&smb, 5), file(&smb, 0));
    shares[0].create(FILE as u64).expect("made");
    copy(&mut shares, &out, Direction::Up, &|_| ()).expect("copied");
    let mut lost = shares.remove(0);
    lost.transfer(&back, (0, 8 << 20), Access::Write)
        .expect("asked");
    assert_eq!(lost.channel().abort(), Ok(()));
    assert!(serving.remove(0).join().expect("no panic").is_err());
    let (channel, thread) = smb.share(&server);
    shares.push(Share::bind(channel, shares[0].session()).expect("joined"));
    serving.push(thread);
    copy(&mut shares, &back, Direction::Down, &|_| ()).expect("copied");
    assert_eq!(digest(&back, FILE), shares[2].digest().expect("a digest"));
    assert_eq!(server.sessions(), 1);
    for share in shares {
        share.leave().expect("left");
    }
    for thread in serving {
        thread.join().expect("no panic").expect("served");
    }
    assert_eq!(server.sessions(), 0);
}

// A channel reaches the session it was bound to and no other.
#[test]
fn sessions_are_apart() {
    let stage = Stage::new();
    let smb = Smb::new(&stage);
    let server: Arc<Server> = Arc::default();
    let (mut one, one_serving) = session(&smb, &server, 1);
    let (mut other, other_serving) = session(&smb, &server, 1);
    assert_ne!(one[0].session(), other[0].session());
    one[0].create(4096).expect("made");
    other[0].create(4096).expect("made");
    one[0].write_small(0, b"one").expect("written");
    assert_eq!(other[0].read_small(0, 3), Ok(vec![0; 3]));
    let (channel, thread) = smb.share(&server);
    let denied = Share::bind(channel, 4711).map(drop);
    assert_eq!(denied, Err(ChannelError::Refused(STATUS_ACCESS_DENIED)));
    assert!(thread.join().expect("no panic").is_err());
    for share in [one, other].into_iter().flatten() {
        share.leave().expect("left");
    }
    for thread in [one_serving, other_serving].into_iter().flatten() {
        thread.join().expect("no panic").expect("served");
    }
}
