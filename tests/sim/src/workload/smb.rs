//! SMB Direct between the two ends: a share with one file, written and read by a client, in messages and by RDMA.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{Adapter, Buffer, Connector, NtStatus, Patience, SLICE};
use softrnic_emulator::sched::{self, Random};
use softrnic_emulator::sync::Receiver;
use softrnic_functional::smbdirect::share::{Server, Share};
use softrnic_functional::smbdirect::{Access, Channel, ChannelError, Mapped, Settings, Violation};
use softrnic_functional::{Flag, pattern};

use crate::site::{Meeting, Site, Trouble};

/// How long an end bears silence: a slow network's time.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of the file.
const FILE: usize = 64 << 10;
/// Most bytes of a request: several fragments.
const LONGEST: u64 = 8000;

/// Plays it; with few requests when `small`.
pub fn run(site: &Arc<Site>, random: Random, small: bool) {
    let Some(Meeting {
        client,
        server,
        to,
        listener,
        incoming,
    }) = site.meet()
    else {
        return;
    };
    let (patience, over) = (Patience::new(PATIENCE), Arc::new(Flag::default()));
    let leaver = {
        let patience = patience.clone();
        site.when_leaving(&over, move || patience.stop())
    };
    let serving = {
        let (site, patience, over) = (Arc::clone(site), patience.clone(), Arc::clone(&over));
        site.machine().spawn("share", move || {
            serve(&site, &server, &incoming, (&patience, &over));
        })
    };
    let addresses = (site.address(0), to);
    let used = use_share(&client, addresses, &patience, (random, small));
    let _whole = site.borne("the client", used);
    over.set();
    serving.join().expect("the server breaks no promise");
    if let Some(leaver) = leaver {
        leaver.join().expect("leaving breaks no promise");
    }
    drop(listener);
}

/// Serves whoever connects, until the client needs no server any more: a connect that is lost while it starts may be
/// made again.
fn serve(
    site: &Site,
    server: &Arc<Adapter>,
    incoming: &Receiver<Connector>,
    (patience, over): (&Patience, &Flag),
) {
    loop {
        match incoming.recv_timeout(SLICE) {
            Ok(connector) => {
                let served = serve_one(connector, server, patience);
                let _whole = site.borne("the server", served);
            }
            Err(_) if over.count() > 0 => return,
            Err(_) => {}
        }
    }
}

fn serve_one(
    connector: Connector,
    server: &Arc<Adapter>,
    patience: &Patience,
) -> Result<(), ChannelError> {
    let mut channel = Channel::accept(connector, server, Settings::server(), patience)?;
    let served = Server::default().serve(&mut channel);
    let closed = channel.close();
    assert!(served?.requests > 0, "the client asked for something");
    closed.map(drop)
}

fn use_share(
    client: &Arc<Adapter>,
    addresses: (SocketAddr, SocketAddr),
    patience: &Patience,
    (random, small): (Random, bool),
) -> Result<(), ChannelError> {
    // What is lent is there longer than the connection it is lent to.
    let memory = Mapped::new(client, Buffer::new(FILE))
        .map_err(|status| ChannelError::Call("the client's memory", status))?;
    let channel = Channel::connect(client, addresses, Settings::client(), patience)?;
    let mut share = Share::bind(channel, 0)?;
    work(&mut share, &memory, random, small)?;
    share.leave()
}

/// Writes and reads parts of the file, in messages and by RDMA; what comes back is what was written last.
fn work(
    share: &mut Share,
    memory: &Mapped,
    mut random: Random,
    small: bool,
) -> Result<(), ChannelError> {
    share.create(FILE as u64)?;
    let mut file = vec![0; FILE];
    for turn in 0..random.between(1, if small { 2 } else { 12 }) {
        let by_rdma = random.one_in(2);
        let longest = if by_rdma { FILE as u64 / 2 } else { LONGEST };
        let len = random.between(1, longest) as usize;
        let at = random.index(FILE - len);
        if random.one_in(2) {
            let part = pattern(turn as u8, len);
            file[at..at + len].copy_from_slice(&part);
            write(share, memory, (at, &part), by_rdma)?;
        } else {
            let part = read(share, memory, (at, len), by_rdma)?;
            assert!(part == file[at..at + len], "what was written comes back");
        }
    }
    Ok(())
}

fn write(
    share: &mut Share,
    memory: &Mapped,
    (at, part): (usize, &[u8]),
    by_rdma: bool,
) -> Result<(), ChannelError> {
    if !by_rdma {
        return share.write_small(at as u64, part);
    }
    memory.buffer().write(at, part);
    share.transfer(memory, (at, part.len()), Access::Read)?;
    share.answer().map(drop)
}

fn read(
    share: &mut Share,
    memory: &Mapped,
    (at, len): (usize, usize),
    by_rdma: bool,
) -> Result<Vec<u8>, ChannelError> {
    if !by_rdma {
        return share.read_small(at as u64, len as u64);
    }
    memory.buffer().write(at, &vec![0; len]);
    share.transfer(memory, (at, len), Access::Write)?;
    share.answer()?;
    Ok(memory.buffer().read(at, len))
}

impl Site {
    /// What an end of a share came to; `None` when something here explains that it came to nothing.
    fn borne<T>(&self, who: &str, ended: Result<T, ChannelError>) -> Option<T> {
        let tell = |error: &ChannelError| {
            sched::note(|| format!("{who}: {error}"));
            assert!(explains(self.trouble, *error), "{who}: {error}");
        };
        ended.inspect_err(tell).ok()
    }
}

/// Whether a share may end like this.
fn explains(trouble: Trouble, error: ChannelError) -> bool {
    match error {
        ChannelError::Call(_, status) => trouble.allows_connecting(status),
        ChannelError::Completion(_, status) => trouble.allows_result(status),
        ChannelError::Gone(status) => {
            trouble.breaks && status.is_none_or(|status| trouble.allows_result(status))
        }
        // What the server could not make.
        ChannelError::Refused(status) => trouble.allows_making(NtStatus(status as i32)),
        ChannelError::Stopped => trouble.unloads,
        ChannelError::Protocol(Violation::Slow | Violation::Silent) => trouble.silence,
        ChannelError::Protocol(_)
        | ChannelError::Silence(_)
        | ChannelError::Unsendable(_)
        | ChannelError::Nonsense(_)
        | ChannelError::Lost(_) => false,
    }
}
