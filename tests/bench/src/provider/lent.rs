//! The least driver with the data path of NDKPI above it, measured: what both interfaces cost that a provider lies between.
//!
//! The driver of `crate::least`, which does nothing but hand what is posted to its queues to WSK, and what comes to what was
//! posted (`tests/bench/least-driver/src/consumer.rs`). Its consumer is softrnic.sys's: the same calls in the same order,
//! through the same OS.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use softrnic_consumer::{
    LentCq, QpHandle,
    abi::{NDK_CQ_NOTIFY_ANY, NDK_SGE},
};
use softrnic_emulator::{Driver, ndk, pool::PoolMode};

use super::{
    load::{Load, Region, Until, Work},
    side::Plan,
};
use crate::{
    least::{
        self, Framing,
        machines::{Job, Side},
    },
    machine,
    point::{Kind, Point, Segment, Verb, Wait},
    reference,
    rounds::{Contender, Measured, Role},
    targets,
};

/// With a CRC, in tables.
pub const FRAMED: &str = "NDK, framed";
/// Without, in tables.
pub const PLACED: &str = "NDK, framed, no CRC";

/// Longer messages would have to be described.
const LONGEST: usize = 8 << 10;

/// Where one that listens connects to.
const LISTENING: (Ipv4Addr, u16) = (Ipv4Addr::UNSPECIFIED, 0);

/// The contender, with CRC or without.
pub struct Lent {
    image: PathBuf,
    framing: Framing,
    /// Machines that were started, a client's and a server's; each way of waiting once.
    started: Vec<(Wait, [Side; 2])>,
}

impl Lent {
    /// Both kinds, of one image that is built when it is stale.
    ///
    /// # Errors
    ///
    /// When the image does not build.
    pub fn all() -> Result<[Self; 2], String> {
        let image = least::image()?;
        Ok([Framing::Unchecked, Framing::Checked].map(|framing| Self {
            image: image.clone(),
            framing,
            started: Vec::new(),
        }))
    }

    /// Stops the machines.
    pub fn stop(self) {
        for (_, sides) in self.started {
            sides.iter().for_each(Side::stop);
        }
    }

    /// What it is timed at. (At full rate its requests would wait for acknowledgements, which one that copies need not.)
    fn timed(&self, point: &Point) -> Option<Verb> {
        let alone = point.connections == 1 && point.segment == Segment::Loopback;
        let compared = self.framing == Framing::Checked || targets::has_crc_off(point);
        match point.kind {
            Kind::Time(verb) if alone && compared && point.size <= LONGEST => Some(verb),
            _ => None,
        }
    }

    fn sides(&mut self, wait: Wait, pool: PoolMode) -> [Side; 2] {
        let known = self.started.iter().find(|(it, _)| *it == wait);
        if let Some((_, sides)) = known {
            return *sides;
        }
        let sides = [("client", 1), ("server", 2)];
        let sides = sides.map(|(name, last)| Side::start(name, last, pool, wait));
        self.started.push((wait, sides));
        sides
    }

    fn job(&self, size: usize) -> Job {
        Job {
            work: least::Work::Consumer,
            framing: self.framing,
            size,
            fpdu: reference::frame::LOOPBACK,
            window: 1,
            joined: reference::JOINED,
            time: Duration::ZERO,
        }
    }

    /// Runs `work` until it is over; the operations, and the time of a round trip in microseconds.
    fn run(
        &mut self,
        (work, size): (Work, usize),
        wait: Wait,
        pool: PoolMode,
        until: Until,
    ) -> Result<(usize, f64), String> {
        let [client, server] = self.sides(wait, pool);
        let job = self.job(size);
        let plan = Plan {
            work,
            size,
            window: 1,
            connections: 1,
        };
        let pinned = |processor| (wait == Wait::Poll).then(|| machine::pin(processor));
        let on_second = pinned(1);
        let served = End::new(server, &self.image, job, LISTENING, Load::passive(plan))?;
        drop(on_second);
        let on_first = pinned(0);
        let load = Load::active(plan, served.region());
        let to = (server.address(), server.listens_at()?);
        let calling = End::new(client, &self.image, job, to, load)?;
        drop(on_first);
        served.load.answer_to(calling.region());
        let done = calling.attached(|| {
            calling.load.start(Instant::now(), until)?;
            calling.load.finish(&served.load)
        });
        calling.stop()?;
        served.stop()?;
        done
    }
}

/// One end: a loaded driver, and what its consumer has.
struct End {
    side: Side,
    driver: Driver,
    queues: ndk::Lent,
    load: Arc<Load>,
    /// Of the driver while the end lives.
    memory: Vec<u64>,
    _cqs: [LentCq; 2],
}

impl End {
    /// Loads the driver, which listens or connects, takes its queues over and posts the receives that `load` wants.
    fn new(
        side: Side,
        image: &Path,
        job: Job,
        to: (Ipv4Addr, u16),
        load: Load,
    ) -> Result<Self, String> {
        let _attached = side.machine().attach();
        let load = Arc::new(load);
        let (receives, initiates) = (Arc::clone(&load), Arc::clone(&load));
        let cqs = [
            LentCq::new(move |cq, _| receives.received(cq)),
            LentCq::new(move |cq, _| initiates.initiated(cq)),
        ];
        let notified = [cqs[0].notified(), cqs[1].notified()];
        let queues = ndk::Lent::new(side.machine(), notified, std::ptr::null_mut());
        side.configure(job, to);
        side.tell("Notification", ndk::Lent::notification());
        let names = ["QueuePair", "Received", "Initiated"];
        for (name, context) in names.into_iter().zip(queues.contexts()) {
            side.tell(name, context);
        }
        let driver = side.load(image)?;
        let at = ["QueuePairAt", "ReceivedAt", "InitiatedAt"].map(|name| side.told(name));
        let [Some(qp), Some(received), Some(initiated)] = at else {
            return Err("the least driver does not tell where its queues are".to_owned());
        };
        let memory = vec![0; job.size.max(4096) / size_of::<u64>()];
        let mut sge = NDK_SGE::default();
        sge.Address.VirtualAddress = memory.as_ptr().cast_mut().cast();
        sge.Length = job.size as u32;
        // SAFETY: the objects that the driver has told of; it stays loaded until `stop` has ended them.
        let (qp, received, initiated) = unsafe {
            queues.adopt([qp, received, initiated]);
            (QpHandle::at(qp), cqs[0].at(received), cqs[1].at(initiated))
        };
        load.prepare(qp, initiated, sge)?;
        received.arm(NDK_CQ_NOTIFY_ANY);
        if load.wants_initiated() {
            initiated.arm(NDK_CQ_NOTIFY_ANY);
        }
        Ok(Self {
            side,
            driver,
            queues,
            load,
            memory,
            _cqs: cqs,
        })
    }

    fn attached<T>(&self, work: impl FnOnce() -> T) -> T {
        let _attached = self.side.machine().attach();
        work()
    }

    /// Where the peer may write.
    fn region(&self) -> Region {
        Region {
            address: self.memory.as_ptr() as u64,
            token: 0,
        }
    }

    /// Unloads the driver, which ends the connection or waits for its end.
    fn stop(self) -> Result<(), String> {
        self.side.unload(self.driver)?;
        self.queues.end();
        Ok(())
    }
}

impl Contender for Lent {
    fn name(&self) -> &str {
        match self.framing {
            Framing::Checked => FRAMED,
            Framing::Unchecked | Framing::None => PLACED,
        }
    }

    fn role(&self) -> Role {
        Role::Reference
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let Some(verb) = self.timed(point) else {
            return Ok(Measured::NotMine);
        };
        let (work, ways) = match verb {
            Verb::Read => (Work::Stream(verb), 1.0),
            _ => (Work::PingPong(verb), 2.0),
        };
        let (mode, until) = (PoolMode::Light, Until::After(time));
        let (_, microseconds) = self.run((work, point.size), point.wait, mode, until)?;
        Ok(Measured::Number(microseconds / ways))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use softrnic_emulator::pool::PoolMode;

    use super::{End, FRAMED, LISTENING, Lent, Load, Plan, Until, Wait, Work};
    use crate::{point::Verb, rounds::Contender};

    #[test]
    fn a_frame_with_a_changed_byte_ends_the_connection() {
        let mut both = Lent::all().expect("the image builds");
        let lent = both.iter_mut().find(|it| it.name() == FRAMED);
        let lent = lent.expect("one that checks");
        let [_, server] = lent.sides(Wait::Hybrid, PoolMode::Special);
        let plan = Plan {
            work: Work::PingPong(Verb::Send),
            size: 64,
            window: 1,
            connections: 1,
        };
        let load = Load::passive(plan);
        let end = End::new(server, &lent.image, lent.job(64), LISTENING, load);
        let end = end.expect("it listens");
        let at = server.listens_at().expect("it says where");
        let mut connection = TcpStream::connect((server.address(), at)).expect("there");
        let mut greeting = [0];
        connection.write_all(&greeting).expect("it is greeted");
        connection.read_exact(&mut greeting).expect("it greets");
        // A send of 64 bytes, whose checksum is not 0.
        let mut frame = [0; 20 + 64 + 4];
        frame[1] = 18 + 64;
        frame[2..4].copy_from_slice(&[0x41, 0x43]);
        connection.write_all(&frame).expect("taken");
        let answer = connection.read(&mut [0]);
        assert!(!matches!(answer, Ok(1)), "{answer:?}");
        assert_eq!(end.load.messages(), 0, "the consumer was told of it");
        end.stop().expect("nothing is left");
        both.into_iter().for_each(Lent::stop);
    }

    /// Every page guarded, every result held against the ledger: notifications neither nest nor get lost, and nothing is
    /// left behind.
    #[test]
    fn everything_posted_is_done_under_the_whole_verifier() {
        for mut lent in Lent::all().expect("the image builds") {
            for work in [
                Work::PingPong(Verb::Send),
                Work::PingPong(Verb::Write),
                Work::Stream(Verb::Send),
                Work::Stream(Verb::Write),
                Work::Stream(Verb::Read),
            ] {
                for size in [8, 64, 4096] {
                    let of = (work, size);
                    let done = lent.run(of, Wait::Hybrid, PoolMode::Special, Until::Count(3000));
                    let (operations, ..) = done.expect("it is done");
                    let framing = lent.framing;
                    assert!(operations >= 2999, "{framing:?} {of:?}: {operations}");
                }
            }
            lent.stop();
        }
    }
}
