//! The active process: many connections at once, many one after the other, and the driver loaded and unloaded under them.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use softrnic_consumer::{Adapter, Connector, Host, Loaded, NtStatus, Timeline};
use softrnic_emulator::Machine;
use softrnic_emulator::sched::Random;
use softrnic_emulator::sync::Mutex;

use crate::link::{Common, Link};
use crate::memory::{Sample, Samples};
use crate::server::{LEAVE, STAY};

/// Threads that connect at once.
const THREADS: u64 = 8;
/// Connections that transfer while the driver is unloaded.
const TRAFFIC: usize = 8;

/// One end of many connections.
pub struct Client {
    machine: &'static Machine,
    from: SocketAddr,
    to: SocketAddr,
    next: AtomicU64,
}

/// What a phase came to.
#[derive(Debug, Default)]
pub struct Phase {
    /// What the driver held when nothing was connected.
    pub samples: Samples,
    /// Connections made.
    pub connections: u64,
    /// How long it took.
    pub time: Duration,
    /// What the driver held for each connection while all were there.
    pub bytes_each: u64,
}

impl Client {
    /// On a machine whose adapter has `address`, to a server at `to`.
    #[must_use]
    pub fn new(machine: &'static Machine, address: IpAddr, to: SocketAddr) -> Self {
        Self {
            machine,
            from: SocketAddr::new(address, 0),
            to,
            next: AtomicU64::new(0),
        }
    }

    /// So many connections alive at once, each of which then carries a message each way.
    ///
    /// # Errors
    /// What went wrong first.
    pub fn alive(&self, connections: u64) -> Result<Phase, String> {
        let start = Instant::now();
        let idle: usize = Sample::take(self.machine).pool.values().sum();
        let common = self.common()?;
        let links = self.shared_out(connections, |_| self.link(&common))?;
        let parts: Vec<_> = links.into_iter().map(Mutex::new).collect();
        let held: usize = Sample::take(self.machine).pool.values().sum();
        eprintln!(
            "{connections} connections are alive after {:?}",
            start.elapsed()
        );
        let part = |n: u64| parts[n as usize].lock();
        self.shared_out(THREADS, |n| {
            part(n).iter().try_for_each(|link| link.echo(STAY, false))
        })?;
        // Each closes at once: the server waits for it.
        self.shared_out(THREADS, |n| {
            part(n).drain(..).try_for_each(|link| leave(&link))
        })?;
        drop(common);
        Ok(Phase {
            samples: Samples(vec![Sample::take(self.machine)]),
            connections,
            time: start.elapsed(),
            bytes_each: held.saturating_sub(idle) as u64 / connections.max(1),
        })
    }

    /// So many connections made and ended, several at a time.
    ///
    /// # Errors
    /// What went wrong first.
    pub fn cycles(
        &self,
        cycles: u64,
        mut quiet: impl FnMut() -> Result<(), String>,
    ) -> Result<Phase, String> {
        const PARTS: u64 = 20;
        let start = Instant::now();
        let mut samples = Samples::default();
        for part in 0..PARTS {
            let common = self.common()?;
            let count = cycles * (part + 1) / PARTS - cycles * part / PARTS;
            self.shared_out(count, |_| leave(&self.link(&common)?))?;
            drop(common);
            samples.0.push(Sample::take(self.machine));
            quiet()?;
        }
        Ok(Phase {
            samples,
            connections: cycles,
            time: start.elapsed(),
            bytes_each: 0,
        })
    }

    /// Loads the image so many times, and unloads it while connections of it transfer. The machine has no driver before and
    /// after it.
    ///
    /// # Errors
    /// What went wrong first.
    pub fn loads(
        &self,
        image: &Path,
        loads: u64,
        mut quiet: impl FnMut() -> Result<(), String>,
    ) -> Result<Phase, String> {
        let start = Instant::now();
        let (mut samples, mut random) = (Samples::default(), Random::new(loads));
        for _ in 0..loads {
            let adapter = Host::adapter_at(self.from.ip());
            let loaded = Host::load(self.machine, image, vec![adapter]);
            self.unload_under_traffic(
                loaded.map_err(|e| e.to_string())?,
                Duration::from_micros(random.below(30_000)),
            )?;
            samples.0.push(Sample::take(self.machine));
            quiet()?;
        }
        Ok(Phase {
            samples,
            connections: loads * TRAFFIC as u64,
            time: start.elapsed(),
            bytes_each: 0,
        })
    }

    /// The consumers hear that Network Direct goes off (NDK-NDIS-10), and close; then the driver is unloaded.
    fn unload_under_traffic(&self, loaded: Loaded, after: Duration) -> Result<(), String> {
        let told = Arc::new(AtomicBool::new(false));
        let hook = Arc::clone(&told);
        self.machine.ndis.on_ndk_state(move |_, enabled| {
            hook.fetch_or(!enabled, Ordering::SeqCst);
        });
        let (common, up) = (self.common()?, AtomicBool::new(false));
        thread::scope(|scope| {
            let traffic: Vec<_> = (0..TRAFFIC)
                .map(|_| {
                    let (common, told, up) = (Arc::clone(&common), &told, &up);
                    scope.spawn(move || {
                        let _attached = self.machine.attach();
                        // Closed before this thread leaves the machine.
                        let common = common;
                        let link = self.link(&common)?;
                        while !told.load(Ordering::SeqCst) {
                            link.echo(STAY, false)?;
                            up.store(true, Ordering::SeqCst);
                        }
                        Ok(())
                    })
                })
                .collect();
            drop(common);
            // Under traffic: some of it is there, the rest is just connecting.
            while !up.load(Ordering::SeqCst) && traffic.iter().any(|one| !one.is_finished()) {
                thread::sleep(Duration::from_micros(100));
            }
            thread::sleep(after);
            loaded.unload();
            let join = |one: thread::ScopedJoinHandle<'_, _>| one.join().expect("no panic");
            traffic.into_iter().try_for_each(join)
        })
    }

    fn common(&self) -> Result<Arc<Common>, String> {
        let index = self.machine.ndis.interfaces().last().copied();
        let index = index.ok_or("the machine has no adapter")?;
        let timeline = Arc::new(Timeline::default());
        let opened = Adapter::open(self.machine, index, (1, 2), "client", &timeline);
        let common = opened.and_then(|adapter| Common::new(&adapter));
        common.map_err(|status| format!("the adapter: {status}"))
    }

    fn link(&self, common: &Arc<Common>) -> Result<Link, String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) as usize;
        let failed = |what: &'static str| move |status: NtStatus| format!("{what}: {status}");
        let connector = Connector::new(common.adapter()).map_err(failed("a connector"))?;
        let mut link =
            Link::new(common, connector, number, || ()).map_err(failed("a queue pair"))?;
        link.connect(self.from, self.to)
            .map_err(failed("a connect"))?;
        Ok(link)
    }

    /// Does `work` so many times, on several threads.
    fn shared_out<T: Send>(
        &self,
        times: u64,
        work: impl Fn(u64) -> Result<T, String> + Sync,
    ) -> Result<Vec<Vec<T>>, String> {
        let work = &work;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|n| {
                    scope.spawn(move || {
                        let _attached = self.machine.attach();
                        (n..times).step_by(THREADS as usize).map(work).collect()
                    })
                })
                .collect();
            let join = |one: thread::ScopedJoinHandle<'_, _>| one.join().expect("no panic");
            threads.into_iter().map(join).collect()
        })
    }
}

/// The server disconnects first: it is its host's port that stays in TIME_WAIT, which bars no connect.
fn leave(link: &Link) -> Result<(), String> {
    link.echo(LEAVE, true)?;
    link.wait_gone()
}
