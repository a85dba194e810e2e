//! SMB Direct between the two ends: a share with one file, written and read by a client, in messages and by RDMA.

use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{Buffer, Patience};
use softrnic_emulator::sched::Random;
use softrnic_functional::pattern;
use softrnic_functional::smbdirect::share::{Server, Share};
use softrnic_functional::smbdirect::{Access, Channel, Mapped, Settings};

use crate::site::Site;

/// How long an end bears silence: a slow network's time.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of the file.
const FILE: usize = 64 << 10;
/// Most bytes of a request: several fragments.
const LONGEST: u64 = 8000;

/// Plays it; with few requests when `small`.
pub fn run(site: &Arc<Site>, mut random: Random, small: bool) {
    let (Some(client), Some(server)) = (site.open(0), site.open(1)) else {
        return;
    };
    let Some((listener, incoming)) = site.listen(&server, 1) else {
        return;
    };
    let to = listener.local_address().expect("a listener has an address");
    let patience = Patience::new(PATIENCE);
    let serving = {
        let patience = patience.clone();
        site.machine().spawn("share", move || {
            let connector = incoming.recv_timeout(PATIENCE).expect("a connect event");
            let mut channel = Channel::accept(connector, &server, Settings::server(), &patience)
                .expect("the channel is accepted");
            let served = Server::default().serve(&mut channel);
            assert!(served.expect("the client leaves in peace").requests > 0);
            let _ = channel.close().expect("all comes back");
        })
    };
    let addresses = (site.address(0), to);
    let channel = Channel::connect(&client, addresses, Settings::client(), &patience);
    let mut share = Share::bind(channel.expect("a channel"), 0).expect("a session");
    work(&mut share, &mut random, small);
    share.leave().expect("it leaves in peace");
    serving.join().expect("the server breaks no promise");
    drop(listener);
}

/// Writes and reads parts of the file, in messages and by RDMA; what comes back is what was written last.
fn work(share: &mut Share, random: &mut Random, small: bool) {
    share.create(FILE as u64).expect("a file");
    let adapter = share.channel().adapter();
    let memory = Mapped::new(adapter, Buffer::new(FILE)).expect("memory of the client's");
    let mut file = vec![0; FILE];
    for turn in 0..random.between(1, if small { 2 } else { 12 }) {
        let by_rdma = random.one_in(2);
        let longest = if by_rdma { FILE as u64 / 2 } else { LONGEST };
        let len = random.between(1, longest) as usize;
        let at = random.index(FILE - len);
        if random.one_in(2) {
            let part = pattern(turn as u8, len);
            file[at..at + len].copy_from_slice(&part);
            if by_rdma {
                memory.buffer().write(at, &part);
                transfer(share, &memory, (at, len), Access::Read);
            } else {
                share.write_small(at as u64, &part).expect("written");
            }
        } else {
            let part = if by_rdma {
                memory.buffer().write(at, &vec![0; len]);
                transfer(share, &memory, (at, len), Access::Write);
                memory.buffer().read(at, len)
            } else {
                share.read_small(at as u64, len as u64).expect("read")
            };
            assert!(part == file[at..at + len], "what was written comes back");
        }
    }
}

fn transfer(share: &mut Share, memory: &Mapped, part: (usize, usize), access: Access) {
    share.transfer(memory, part, access).expect("asked for");
    let answer = share.answer();
    assert!(answer.is_ok(), "{access:?} of {part:?}: {answer:?}");
}
