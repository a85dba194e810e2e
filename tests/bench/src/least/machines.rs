//! Two machines that load the driver anew for every measurement: a server's, then a client's, whose `DriverEntry` returns
//! when it is over.

use std::{net::Ipv4Addr, path::Path, time::Duration};

use softrnic_emulator::{
    Driver, Machine, Options,
    io::driver::registry_path,
    pool::PoolMode,
    wsk::{self, SendCompletion},
    zw::Value,
};

use super::{Framing, Work};
use crate::{
    machine::{self, Spent, Whose},
    point::Wait,
    statistics,
};

const SERVICE: &str = "least-driver";

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) work: Work,
    pub(crate) framing: Framing,
    /// Bytes a message.
    pub(crate) size: usize,
    /// Payload of a frame at most.
    pub(crate) fpdu: usize,
    /// Messages on their way at most.
    pub(crate) window: usize,
    /// Bytes of messages in a send at most.
    pub(crate) joined: usize,
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Messages.
    pub(crate) operations: u64,
    /// Messages a second.
    pub(crate) rate: f64,
    /// Processor time of both sides.
    pub(crate) processor: Duration,
    /// Median time of a message there and back, in a window of one.
    pub(crate) microseconds: f64,
}

/// A machine, and the address of its own.
#[derive(Clone, Copy)]
pub(crate) struct Side {
    machine: &'static Machine,
    address: Ipv4Addr,
}

/// A client's and a server's, made as those of softrnic.sys are.
pub(crate) struct Machines {
    wait: Wait,
    client: Side,
    server: Side,
}

impl Machines {
    pub(crate) fn start(wait: Wait, pool: PoolMode) -> Self {
        Self {
            wait,
            client: Side::start("client", 1, pool, wait),
            server: Side::start("server", 2, pool, wait),
        }
    }

    pub(crate) fn stop(&self) {
        self.client.stop();
        self.server.stop();
    }

    /// Has `job` done on a new connection; each polling side has a processor of its own.
    pub(crate) fn run(&self, image: &Path, job: Job) -> Result<Outcome, String> {
        let pinned = |processor| (self.wait == Wait::Poll).then(|| machine::pin(processor));
        let on_second = pinned(1);
        let server = self.server.listen(image, job)?;
        drop(on_second);
        let on_first = pinned(0);
        let spent = Spent::now(Whose::Own);
        let outcome = self.client.connect(image, job, &server);
        let processor = spent.since(Whose::Own).processor;
        drop(on_first);
        server.stop()?;
        outcome.map(|outcome| Outcome {
            processor,
            ..outcome
        })
    }
}

/// A driver that listens.
pub(crate) struct Server {
    side: Side,
    driver: Driver,
    pub(crate) port: u16,
}

impl Server {
    /// Where it listens.
    #[cfg(test)]
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        (self.side.address, self.port).into()
    }

    /// Unloads the driver, which waits for the end of its connection.
    pub(crate) fn stop(self) -> Result<(), String> {
        self.side.unload(self.driver)
    }
}

impl Side {
    /// A machine at 127.0.0.`last`.
    pub(crate) fn start(name: &str, last: u8, pool: PoolMode, wait: Wait) -> Self {
        let machine = Machine::new(Options {
            name: format!("least {name}"),
            pool,
            ..Options::default()
        });
        machine.wsk.configure(wsk::Options {
            send_completion: SendCompletion::Acknowledged,
            spin: wait.spin(),
            ..wsk::Options::default()
        });
        Self {
            machine,
            address: Ipv4Addr::new(127, 0, 0, last),
        }
    }

    pub(crate) fn machine(&self) -> &'static Machine {
        self.machine
    }

    pub(crate) fn address(&self) -> Ipv4Addr {
        self.address
    }

    pub(crate) fn stop(&self) {
        self.machine.stop();
    }

    /// Tells the driver an address.
    pub(crate) fn tell(&self, name: &str, address: usize) {
        const REG_BINARY: u32 = 3;
        let value = Value::Raw(REG_BINARY, (address as u64).to_le_bytes().to_vec());
        let key = registry_path(SERVICE);
        self.machine.registry.set(&key, name, value);
    }

    /// An address that the driver told.
    pub(crate) fn told(&self, name: &str) -> Option<usize> {
        let bytes = self.bytes(name)?.try_into().ok()?;
        Some(u64::from_le_bytes(bytes) as usize)
    }

    /// The port that the driver told.
    pub(crate) fn listens_at(&self) -> Result<u16, String> {
        match self.value("Listens") {
            Some(Value::Dword(port)) => Ok(port as u16),
            other => Err(format!("the least driver listens at {other:?}")),
        }
    }

    /// Loads the driver as a server.
    pub(crate) fn listen(&self, image: &Path, job: Job) -> Result<Server, String> {
        self.configure(job, (Ipv4Addr::UNSPECIFIED, 0));
        let driver = self.load(image)?;
        let port = self.listens_at()?;
        Ok(Server {
            side: *self,
            driver,
            port,
        })
    }

    /// Loads the driver as a client, which does the job, and unloads it.
    fn connect(&self, image: &Path, job: Job, server: &Server) -> Result<Outcome, String> {
        self.configure(job, (server.side.address, server.port));
        let driver = self.load(image)?;
        self.unload(driver)?;
        let number = |name| {
            let bytes = self.bytes(name)?;
            bytes.try_into().map(u64::from_le_bytes).ok()
        };
        let numbers = ["Operations", "Elapsed", "Ticks"].map(number);
        let [Some(operations), Some(elapsed), Some(ticks)] = numbers else {
            return Err("the least driver does not tell what it did".to_owned());
        };
        let times = self.bytes("Times").unwrap_or_default();
        // In units of 100 ns.
        let microseconds = elapsed as f64 / 10.0;
        let tick = microseconds / ticks as f64;
        let times = times.chunks_exact(4).map(|time| {
            let ticks = u32::from_le_bytes([time[0], time[1], time[2], time[3]]);
            f64::from(ticks) * tick
        });
        let times: Vec<f64> = times.collect();
        Ok(Outcome {
            operations,
            processor: Duration::ZERO,
            rate: operations as f64 / (microseconds / 1e6),
            microseconds: statistics::quickest(&times).unwrap_or(f64::NAN),
        })
    }

    pub(crate) fn configure(&self, job: Job, (peer, port): (Ipv4Addr, u16)) {
        let network_order = |address: Ipv4Addr| u32::from_ne_bytes(address.octets());
        for (name, value) in [
            ("Work", job.work as u32),
            ("Address", network_order(self.address)),
            ("Peer", network_order(peer)),
            ("Port", port.into()),
            ("Framing", job.framing as u32),
            ("Size", job.size as u32),
            ("Fpdu", job.fpdu as u32),
            ("Window", job.window as u32),
            ("Joined", job.joined as u32),
            ("Microseconds", job.time.as_micros() as u32),
        ] {
            let key = registry_path(SERVICE);
            self.machine.registry.set(&key, name, Value::Dword(value));
        }
    }

    fn value(&self, name: &str) -> Option<Value> {
        self.machine.registry.get(&registry_path(SERVICE), name)
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        match self.value(name) {
            Some(Value::Raw(_, bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn load(&self, image: &Path) -> Result<Driver, String> {
        let _attached = self.machine.attach();
        let driver = self.machine.load(image, &format!("{SERVICE}.sys"));
        let mut driver = driver.map_err(|error| error.to_string())?;
        match driver.start() {
            0.. => Ok(driver),
            failed => Err(format!("the least driver's DriverEntry: {failed:#010x}")),
        }
    }

    pub(crate) fn unload(&self, driver: Driver) -> Result<(), String> {
        let _attached = self.machine.attach();
        match driver.unload() {
            leaks if leaks.is_empty() => Ok(()),
            leaks => Err(format!("the least driver left behind: {leaks:?}")),
        }
    }
}
