//! Two ends that send, write and read, each by the seed; every byte is compared.

use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{ConnectParameters, Connector, NtStatus, QpLimits, Request};
use softrnic_emulator::clock;
use softrnic_emulator::sched::Random;
use softrnic_emulator::sync::{Mutex, Receiver};
use softrnic_functional::{Done, End, Flag, Results, pattern};

use crate::site::Site;

/// Where an end's megabyte has what: own data, slots of receives, the peer's writes, own reads.
const SOURCE: usize = 0;
const SLOTS: usize = 256 << 10;
const TARGET: usize = 512 << 10;
const SINK: usize = 768 << 10;
const PART: usize = 256 << 10;
/// Longest message that is sent.
const SLOT: usize = 4 << 10;
/// Initiator requests outstanding at most.
const DEPTH: usize = 32;

/// How long anything may take: the slowest network needs minutes of its own time for a few megabytes.
const PATIENCE: Duration = Duration::from_secs(1_200);
/// How often a wait looks whether the connection is there.
const LOOK: Duration = Duration::from_millis(100);

/// One request.
#[derive(Clone, Copy, Debug)]
enum Act {
    Send { from: usize, len: usize },
    Write { from: usize, to: usize, len: usize },
    Read { from: usize, to: usize, len: usize },
}

impl Act {
    fn draw(random: &mut Random, longest: u64) -> Self {
        let len = random.below(longest) as usize;
        let mut place = || random.below((PART - len) as u64) as usize;
        let (from, to) = (place(), place());
        match random.below(3) {
            0 => Self::Send {
                from,
                len: len.min(SLOT),
            },
            1 => Self::Write { from, to, len },
            _ => Self::Read { from, to, len },
        }
    }
}

/// What one end does, in order.
#[derive(Debug)]
struct Part {
    acts: Vec<Act>,
    /// So many are posted before results are waited for.
    depth: usize,
    seed: u8,
}

impl Part {
    fn draw(random: &mut Random, small: bool) -> Self {
        let count = random.between(1, if small { 3 } else { 30 });
        let longest = *random.pick(&[2, 300, 5_000, 5_000, 40_000]);
        let mut acts: Vec<Act> = (0..count).map(|_| Act::draw(random, longest)).collect();
        // When it has arrived, so has everything before it.
        acts.push(Act::Send { from: 0, len: 1 });
        Self {
            acts,
            depth: random.between(1, DEPTH as u64) as usize,
            seed: random.number() as u8,
        }
    }

    fn sends(&self) -> Vec<(usize, usize)> {
        let send = |act: &Act| match *act {
            Act::Send { from, len } => Some((from, len)),
            _ => None,
        };
        self.acts.iter().filter_map(send).collect()
    }
}

/// Plays both parts; short ones when `small`.
pub fn run(site: &Arc<Site>, mut random: Random, small: bool) {
    let parts: [Arc<Part>; 2] = std::array::from_fn(|_| Arc::new(Part::draw(&mut random, small)));
    let end = |n| site.end(&site.open(n)?, QpLimits::default());
    let (Some(active), Some(passive)) = (end(0), end(1)) else {
        return;
    };
    let mut ends = [active, passive];
    for ((end, mine), theirs) in ends.iter().zip(&parts).zip(parts.iter().rev()) {
        prepare(end, mine, theirs);
    }
    let connected = connect(site, &mut ends);
    let ends = ends.map(Arc::new);
    if connected {
        play(site, &ends, &parts);
        if !site.is_leaving() {
            part_ways(&ends, &mut random);
        }
    }
    finish(&ends, connected);
}

/// Fills the memory and posts the receives.
fn prepare(end: &End, mine: &Part, theirs: &Part) {
    end.buffer.write(SOURCE, &pattern(mine.seed, PART));
    for (slot, _) in theirs.sends().iter().enumerate() {
        end.post_receive(slot, SLOTS + slot * SLOT, SLOT);
    }
}

/// Connects the ends; false when something kept them apart.
fn connect(site: &Site, ends: &mut [End; 2]) -> bool {
    let [active, passive] = ends;
    let parameters = ConnectParameters {
        inbound_reads: 16,
        outbound_reads: 16,
        private_data: Vec::new(),
    };
    let Some((listener, incoming)) = site.listen(&passive.adapter, 1) else {
        return false;
    };
    let to = listener.local_address().expect("a listener has an address");
    passive.listener = Some(listener);
    let Some(mut connector) = site.connector(&active.adapter) else {
        return false;
    };
    let connecting = connector.connect(&active.qp, site.address(0), to, &parameters);
    let accepting = accept(site, passive, &incoming, &parameters, &connecting);
    let accepted = |accepting: Option<Request>| {
        accepting.is_some_and(|accepting| site.connects("NdkAccept", &accepting))
    };
    if !outcome(site, &connecting, &incoming) {
        drop(connector);
        let _cancelled = site.connects("NdkConnect", &connecting);
        let _ = accepted(accepting);
        return false;
    }
    let completing = connector.complete_connect(active.on_disconnect());
    let completed = site.connects("NdkCompleteConnect", &completing);
    let accepted = accepted(accepting);
    active.connector = Some(connector);
    completed && accepted
}

/// Whether it connects, before anybody asks to leave.
fn outcome(site: &Site, connecting: &Request, incoming: &Receiver<Connector>) -> bool {
    loop {
        if let Some(status) = connecting.wait_for(LOOK) {
            return site.connected("NdkConnect", status);
        }
        if site.is_leaving() {
            return false;
        }
        // A first connection that was reset in its start-up has a second, as MPA's fall-back: refused.
        drop(incoming.try_recv());
    }
}

fn accept(
    site: &Site,
    passive: &mut End,
    incoming: &Receiver<Connector>,
    parameters: &ConnectParameters,
    connecting: &Request,
) -> Option<Request> {
    // The connect may fail without an event at this end.
    let accepted = loop {
        match incoming.recv_timeout(Duration::from_millis(20)) {
            Ok(connector) => break Some(connector),
            Err(_) if !connecting.is_pending() || site.is_leaving() => {
                break incoming.try_recv().ok();
            }
            Err(_) => {}
        }
    };
    let mut accepted = accepted?;
    let accepting = accepted.accept(&passive.qp, parameters, passive.on_disconnect());
    passive.connector = Some(accepted);
    Some(accepting)
}

/// Both ends at once.
fn play(site: &Arc<Site>, ends: &[Arc<End>; 2], parts: &[Arc<Part>; 2]) {
    let whole = Arc::new(Mutex::new([true; 2]));
    let (over, leaving) = (Arc::new(Flag::default()), ends.clone());
    let leaver = site.when_leaving(&over, move || leaving.iter().for_each(|end| leave(end)));
    let sides: Vec<_> = (0..2)
        .map(|n| {
            let (mine, peer) = (Arc::clone(&ends[n]), Arc::clone(&ends[1 - n]));
            let (part, theirs) = (Arc::clone(&parts[n]), Arc::clone(&parts[1 - n]));
            let (site, whole) = (Arc::clone(site), Arc::clone(&whole));
            let machine = site.machine();
            machine.spawn(["active", "passive"][n], move || {
                let lives =
                    post_all(&site, &mine, &peer, &part) && receive_all(&site, &mine, &theirs);
                whole.lock()[n] = lives;
            })
        })
        .collect();
    for side in sides {
        side.join().expect("neither end breaks a promise");
    }
    over.set();
    if let Some(leaver) = leaver {
        leaver.join().expect("leaving breaks no promise");
    }
    if *whole.lock() == [true; 2] {
        for n in 0..2 {
            compare(&ends[n], &parts[n], &parts[1 - n]);
        }
    } else {
        assert!(
            site.trouble.breaks,
            "the connection was lost though nothing breaks any"
        );
    }
}

/// Disconnects in the middle of everything, and has what was posted come back.
fn leave(end: &End) {
    let _ = end.disconnect().wait();
    end.qp.handle().flush();
}

/// Posts every request of `part`; whether all succeeded.
fn post_all(site: &Site, mine: &End, peer: &End, part: &Part) -> bool {
    let (mut next, mut posted, mut whole) = (0, 0, true);
    for (context, act) in part.acts.iter().enumerate() {
        if !post(mine, peer, context, *act) {
            assert!(site.trouble.breaks, "request {context} was refused");
            break;
        }
        posted += 1;
        if context + 1 - next == part.depth {
            whole = settle(site, mine, &mut next, 1);
            if !whole {
                break;
            }
        }
    }
    let left = posted - next;
    // A send behind a read that was lost may have been acknowledged: one success says nothing of those before it.
    settle(site, mine, &mut next, left) && whole && next == part.acts.len()
}

fn post(mine: &End, peer: &End, context: usize, act: Act) -> bool {
    let qp = mine.qp.handle();
    let token = peer.mr.remote_token();
    let there = |offset: usize| peer.buffer.virtual_address() + offset as u64;
    let here = |offset, len| [mine.mr.sge(&mine.buffer, offset, len)];
    let status = match act {
        Act::Send { from, len } => qp.send(context, &here(SOURCE + from, len), 0),
        Act::Write { from, to, len } => qp.write(
            context,
            &here(SOURCE + from, len),
            there(TARGET + to),
            token,
            0,
        ),
        Act::Read { from, to, len } => qp.read(
            context,
            &here(SINK + to, len),
            there(SOURCE + from),
            token,
            0,
        ),
    };
    status == NtStatus::SUCCESS
}

/// Takes `count` results, which come in the order of the posts (NDK-POST); whether all succeeded.
fn settle(site: &Site, mine: &End, next: &mut usize, count: usize) -> bool {
    if count == 0 {
        return true;
    }
    let mut whole = true;
    for Done {
        context, status, ..
    } in take(mine, &mine.done, count)
    {
        assert_eq!(context, *next, "results come in the order of the posts");
        *next += 1;
        whole &= site.done(status);
    }
    whole
}

/// Takes `count` results. When the connection is gone, those that were not done are asked for: NDK-FLUSH.
fn take(mine: &End, results: &Results, count: usize) -> Vec<Done> {
    let deadline = clock::after(PATIENCE);
    while !results.wait_for(count, LOOK) && clock::nanoseconds() < deadline {
        if mine.gone.count() > 0 {
            mine.qp.handle().flush();
        }
    }
    results.take(count)
}

/// Takes the results of all receives; whether all succeeded.
fn receive_all(site: &Site, mine: &End, theirs: &Part) -> bool {
    let sends = theirs.sends();
    let mut whole = true;
    let results = take(mine, &mine.received, sends.len());
    for ((slot, result), (_, len)) in results.iter().enumerate().zip(sends) {
        assert_eq!(
            result.context, slot,
            "receives fill in the order of the posts"
        );
        if site.done(result.status) {
            assert_eq!(result.bytes as usize, len);
        } else {
            whole = false;
        }
    }
    whole
}

/// Every byte that came is the one that was meant.
fn compare(end: &End, mine: &Part, theirs: &Part) {
    let sent = pattern(theirs.seed, PART);
    for (slot, (from, len)) in theirs.sends().into_iter().enumerate() {
        assert_eq!(
            end.buffer.read(SLOTS + slot * SLOT, len),
            sent[from..from + len]
        );
    }
    let (mut target, mut sink) = (vec![0; PART], vec![0; PART]);
    for act in &theirs.acts {
        if let Act::Write { from, to, len } = *act {
            target[to..to + len].copy_from_slice(&sent[from..from + len]);
        }
    }
    for act in &mine.acts {
        if let Act::Read { from, to, len } = *act {
            sink[to..to + len].copy_from_slice(&sent[from..from + len]);
        }
    }
    assert!(end.buffer.read(TARGET, PART) == target, "the peer's writes");
    assert!(
        end.buffer.read(SINK, PART) == sink,
        "what was read from the peer"
    );
}

/// One end disconnects, or both at once, or nobody does.
fn part_ways(ends: &[Arc<End>; 2], random: &mut Random) {
    let who = random.below(4);
    let asked: Vec<_> = (0..2)
        .filter(|n| who == 2 || who == *n)
        .map(|n| ends[n as usize].disconnect())
        .collect();
    for request in asked {
        let _ = request.wait();
    }
    if who < 2 {
        // NDK-DISC: the other end hears of it, unless the connection was lost before.
        assert!(
            ends[1 - who as usize].gone.wait(PATIENCE),
            "no disconnect event came"
        );
        let _ = ends[1 - who as usize].disconnect().wait();
    }
}

/// Whatever happened, everything that was posted ends, and each end closes.
fn finish(ends: &[Arc<End>; 2], connected: bool) {
    for end in ends {
        if !connected {
            end.qp.handle().flush();
        }
    }
}
