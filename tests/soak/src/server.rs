//! The passive process: accepts whatever comes, sends back what it hears, and disconnects when it is told to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use softrnic_consumer::{Adapter, Arrival, Connector, Listener, NtStatus};
use softrnic_emulator::sched::Join;
use softrnic_emulator::sync::{Mutex, Sender, channel};

use crate::link::{Common, LAST, Link, PATIENCE, RECEIVE, SEND};

/// A message that is sent back.
pub const STAY: u8 = 1;
/// One after which the server disconnects.
pub const LEAVE: u8 = 2;

/// Threads that work on connections.
const WORKERS: usize = 4;

/// Something to do with connections.
enum Job {
    /// One that a client asks for.
    Accept(usize, Connector),
    /// Something came on this one.
    Look(usize),
    /// No more comes.
    Stop,
}

/// What its threads share.
struct Shared {
    common: Arc<Common>,
    known: Mutex<Known>,
    jobs: Mutex<Vec<Sender<Job>>>,
    next: AtomicUsize,
    failed: AtomicBool,
}

/// The connections there are.
#[derive(Default)]
struct Known {
    links: HashMap<usize, Arc<Link>>,
    /// Those that are asked for, or being closed.
    unsettled: usize,
}

/// A server that listens.
pub struct Server {
    listener: Listener,
    shared: Arc<Shared>,
    workers: Vec<Join>,
}

impl Server {
    /// Listens at `at`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn start(adapter: &Arc<Adapter>, at: SocketAddr) -> Result<Self, NtStatus> {
        let shared = Arc::new(Shared {
            common: Common::new(adapter)?,
            known: Mutex::default(),
            jobs: Mutex::default(),
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
        });
        let workers = (0..WORKERS).map(|_| worker(&shared)).collect();
        let own = Arc::clone(&shared);
        let listener = Listener::new(adapter, move |connector| {
            own.known.lock().unsettled += 1;
            let number = own.next.fetch_add(1, Ordering::SeqCst);
            own.job(number, Job::Accept(number, connector));
        })?;
        listener.listen(at).wait().ok()?;
        Ok(Self {
            listener,
            shared,
            workers,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn address(&self) -> Result<SocketAddr, NtStatus> {
        self.listener.local_address()
    }

    /// Waits until no connection is left.
    ///
    /// # Errors
    /// When some stay, or one did something it should not.
    pub fn wait_quiet(&self) -> Result<(), String> {
        let start = Instant::now();
        loop {
            let (there, unsettled) = {
                let known = self.shared.known.lock();
                (known.links.len(), known.unsettled)
            };
            if self.shared.failed.load(Ordering::SeqCst) {
                return Err("the server met a failure".into());
            }
            if there + unsettled == 0 {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("{there} connections stay, {unsettled} come or go"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Stops; every connection must be gone.
    ///
    /// # Panics
    /// When a thread broke a promise.
    pub fn stop(self) {
        for sender in self.shared.jobs.lock().iter() {
            sender.send(Job::Stop);
        }
        for worker in self.workers {
            worker.join().expect("a worker breaks no promise");
        }
        drop(self.listener);
    }
}

fn worker(shared: &Arc<Shared>) -> Join {
    let (sender, receiver) = channel();
    shared.jobs.lock().push(sender);
    let own = Arc::clone(shared);
    let machine = shared.common.adapter().machine();
    machine.spawn("worker", move || {
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(Job::Accept(number, connector)) => {
                    own.accept(number, connector);
                    own.known.lock().unsettled -= 1;
                }
                Ok(Job::Look(number)) => own.look(number),
                Ok(Job::Stop) => return,
                Err(_) => {}
            }
        }
    })
}

impl Shared {
    /// All jobs of a connection are one worker's.
    fn job(&self, number: usize, job: Job) {
        let jobs = self.jobs.lock();
        jobs[number % jobs.len()].send(job);
    }

    /// One that comes to nothing is its client's loss: it may be gone already.
    fn accept(self: &Arc<Self>, number: usize, connector: Connector) {
        let looks = || {
            let own = Arc::downgrade(self);
            move || {
                if let Some(own) = own.upgrade() {
                    own.job(number, Job::Look(number));
                }
            }
        };
        let Ok(mut link) = Link::new(&self.common, connector, number, looks()) else {
            return self.failed.store(true, Ordering::SeqCst);
        };
        if link.accept(looks()).is_ok() {
            self.known.lock().links.insert(number, Arc::new(link));
            self.look(number);
        }
    }

    fn look(&self, number: usize) {
        let Some(link) = self.known.lock().links.get(&number).cloned() else {
            return;
        };
        loop {
            let stays = match link.inbox.wait(Duration::ZERO) {
                Arrival::Nothing => return,
                Arrival::Gone => false,
                Arrival::Completed(done) if done.status != NtStatus::SUCCESS => false,
                Arrival::Completed(done) if done.context == RECEIVE => answer(&link),
                Arrival::Completed(done) => done.context != LAST,
            };
            if !stays {
                let last = {
                    let mut known = self.known.lock();
                    known.unsettled += 1;
                    known.links.remove(&number)
                };
                link.disconnect();
                drop((link, last));
                self.known.lock().unsettled -= 1;
                return;
            }
        }
    }
}

/// Sends back what came; whether that could be posted.
fn answer(link: &Link) -> bool {
    let word = link.word();
    // A client sends one message at a time: the next one comes behind this answer.
    match word {
        LEAVE => link.post_send(word, LAST).is_ok(),
        _ => link.post_receive().is_ok() && link.post_send(word, SEND).is_ok(),
    }
}
