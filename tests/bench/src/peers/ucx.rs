//! UCX over TCP, measured by its own `ucx_perftest`: a server and a client, each on a processor of its own.

use std::{
    collections::HashMap,
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Installed, running::Running};
use crate::{
    machine::{self, Spent, Whose},
    point::{Kind, Point, Verb, Wait},
    rounds::{self, Contender, Measured, Role},
};

const FIRST_PORT: u16 = 20_000;
/// Runs for a time that is not taken in turns: it tells the median of all operations, not of parts, of which the quickest counts.
const TRIES: u32 = 3;

pub(super) struct Ucx {
    installed: Installed,
    is_old: bool,
    /// Operations a second that each point had last: how many the next run makes.
    rates: HashMap<String, f64>,
    port: u16,
}

impl Ucx {
    pub(super) fn new(installed: Installed, is_old: bool) -> Self {
        Self {
            installed,
            is_old,
            rates: HashMap::new(),
            port: FIRST_PORT,
        }
    }

    /// The test that does what `point` does, if one does it well.
    fn test(&self, point: &Point) -> Option<&'static str> {
        if !point.is_for_peers() || (point.wait == Wait::Sleep && self.is_old) {
            return None;
        }
        match point.kind {
            Kind::Time(Verb::Send) => Some("tag_lat"),
            Kind::Rate(Verb::Send) => Some("tag_bw"),
            _ if self.is_old => None,
            Kind::Time(Verb::Write) => Some("ucp_put_lat"),
            Kind::Rate(Verb::Write) | Kind::Processor => Some("ucp_put_bw"),
            Kind::Time(Verb::Read) | Kind::Rate(Verb::Read) => Some("ucp_get"),
            Kind::Connect | Kind::Idle | Kind::IdleMemory | Kind::Crc => None,
        }
    }

    fn command(&self, point: &Point) -> Command {
        let mut command = Command::new(&self.installed.path);
        command
            .env("LD_LIBRARY_PATH", self.installed.search_path())
            .env("UCX_TLS", "tcp,self")
            .env("UCX_NET_DEVICES", "lo")
            .env("UCX_LOG_LEVEL", "fatal")
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        if !self.is_old {
            command.envs(tuning(point.size).iter().copied());
        }
        command.args(["-p", &self.port.to_string()]);
        command
    }

    fn run(&mut self, point: &Point, test: &str, time: Duration) -> Result<Line, String> {
        self.port += 1;
        let mut server = {
            let _pinned = machine::pin(1);
            Running::start(self.command(point).stdout(Stdio::null()))?
        };
        wait_for_listener(self.port)?;
        let rate = self.rates.get(&point.name).copied();
        let count = (rate.unwrap_or_else(|| guess(point)) * time.as_secs_f64()).max(200.0) as usize;
        let mut command = self.command(point);
        command.arg("127.0.0.1").args(["-t", test, "-f", "-v"]);
        command.args(["-s", &point.size.to_string(), "-n", &count.to_string()]);
        command.args(["-w", &(count / 10).clamp(50, 1000).to_string()]);
        if point.window > 1 {
            command.args(["-O", &point.window.to_string()]);
        }
        if point.wait == Wait::Sleep {
            command.args(["-E", "sleep"]);
        }
        let client = {
            let _pinned = machine::pin(0);
            Running::start(command.stdout(Stdio::piped()))?
        };
        let said = client.output(time)?;
        server.wait(Duration::ZERO)?;
        let line = Line::last(&said).ok_or_else(|| format!("no figures in {said:?}"))?;
        self.rates
            .insert(point.name.clone(), line.per_second.clamp(1.0, 2e6));
        Ok(Line { count, ..line })
    }
}

/// Its defaults over TCP collapse from 64 KiB on; these are the best settings that were found.
fn tuning(size: usize) -> &'static [(&'static str, &'static str)] {
    match size {
        0..4096 => &[],
        4096..0x10_0000 => &[
            ("UCX_RNDV_THRESH", "inf"),
            ("UCX_TCP_TX_SEG_SIZE", "256k"),
            ("UCX_TCP_RX_SEG_SIZE", "256k"),
        ],
        _ => &[("UCX_RNDV_SCHEME", "put_zcopy")],
    }
}

/// Operations a second to begin with.
fn guess(point: &Point) -> f64 {
    if point.window == 1 {
        8000.0
    } else {
        (4e8 / point.size as f64).min(2e5)
    }
}

impl Contender for Ucx {
    fn name(&self) -> &str {
        &self.installed.name
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        let Some(test) = self.test(point) else {
            return Ok(Measured::NotMine);
        };
        let before = Spent::now(Whose::Children);
        let tries = match point.kind {
            Kind::Time(_) if rounds::turns(point) == 1 => TRIES,
            _ => 1,
        };
        let mut line = self.run(point, test, time / tries)?;
        for _ in 1..tries {
            let again = self.run(point, test, time / tries)?;
            line.microseconds = line.microseconds.min(again.microseconds);
        }
        let processor = before.since(Whose::Children).processor;
        Ok(Measured::Number(match point.kind {
            Kind::Time(_) => line.microseconds,
            Kind::Processor => {
                let gibibytes = (line.count * point.size) as f64 / f64::from(1 << 30);
                processor.as_secs_f64() / gibibytes
            }
            _ => point.unit.of_rate(line.per_second, point.size),
        }))
    }
}

/// A line of figures.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    /// Operations asked for.
    count: usize,
    /// Median time of one, of those that go there and back half of it.
    microseconds: f64,
    /// Overall rate.
    per_second: f64,
}

impl Line {
    /// The last of `said`: iterations, median, average and overall microseconds, average and overall MiB/s, average and
    /// overall messages a second.
    fn last(said: &str) -> Option<Self> {
        let lines = said.lines().rev();
        let numbers = |line: &str| -> Option<Vec<f64>> {
            line.split(',')
                .map(|word| word.trim().parse().ok())
                .collect()
        };
        let figures = { lines }
            .filter_map(numbers)
            .find(|figures| figures.len() >= 8)?;
        Some(Self {
            count: figures[0] as usize,
            microseconds: figures[1],
            per_second: figures[7],
        })
    }
}

/// Waits until somebody listens on `port` of this thread's network.
fn wait_for_listener(port: u16) -> Result<(), String> {
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        let sockets = fs::read_to_string("/proc/thread-self/net/tcp").unwrap_or_default();
        if is_listened(&sockets, port) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err("its server does not listen".to_owned())
}

/// Whether the kernel's table has a socket in state 0A, which listens, on `port`.
fn is_listened(sockets: &str, port: u16) -> bool {
    let end = format!(":{port:04X}");
    sockets.lines().skip(1).any(|line| {
        let mut words = line.split_whitespace().skip(1);
        let local = words.next().is_some_and(|local| local.ends_with(&end));
        local && words.nth(1) == Some("0A")
    })
}

#[cfg(test)]
mod tests {
    use super::{Line, is_listened};

    #[test]
    fn the_last_line_of_figures_counts() {
        let said = "1000,1.5,1.6,1.7,10.0,11.0,100,110\nFinal: x\n2000,4.500,4.6,4.7,20.0,21.0,200000,210000\n";
        let expected = Line {
            count: 2000,
            microseconds: 4.5,
            per_second: 210_000.0,
        };
        assert_eq!(Line::last(said), Some(expected));
        assert_eq!(Line::last("error: no device\n"), None);
    }

    #[test]
    fn only_a_listening_socket_of_the_port_counts() {
        let table = "  sl  local_address rem_address   st\n\
                     0: 00000000:4E21 00000000:0000 0A 0\n\
                     1: 0100007F:4E22 0100007F:1234 01 0\n";
        assert!(is_listened(table, 20_001));
        assert!(!is_listened(table, 20_002));
    }
}
