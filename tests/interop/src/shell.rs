//! Commands in the guest, through the agent that listens there.
//!
//! What goes wrong here fails the case that asked for it: by a panic, as in a test.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::net;
use crate::world::SOON;

/// Where the agent listens.
const AGENT: u16 = 9;
/// What the agent says when a command ended.
const EXIT: &str = "GUEST-EXIT ";

/// The guest's shell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shell;

impl Shell {
    /// Starts `command`.
    pub(crate) fn start(self, command: &str) -> Process {
        Process::start(command)
    }

    /// Runs `command`, which must succeed; gives what it printed.
    pub(crate) fn run(self, command: &str) -> String {
        self.start(command).succeed()
    }

    /// Waits until something in the guest listens on `port`.
    pub(crate) fn wait_for_listener(self, port: u16) {
        self.run(&format!(
            "for i in $(seq 400); do ss -Hltn | grep -q ':{port} ' && exit 0; usleep 50000; done; exit 1"
        ));
    }

    /// The last lines that commands of the guest printed, if the agent still answers.
    pub(crate) fn last_words(self) -> Option<String> {
        let mut stream = TcpStream::connect_timeout(&agent(), SOON).ok()?;
        stream.set_read_timeout(Some(SOON)).ok()?;
        writeln!(stream, "tail -n 25 /tmp/printed").ok()?;
        let mut words = Vec::new();
        stream.read_to_end(&mut words).ok()?;
        Some(String::from_utf8_lossy(&words).into_owned())
    }

    /// Ends what earlier commands left running, and undoes what they set.
    pub(crate) fn clean(self) {
        let programs = "rping ucmatose rdma_client rdma_server peer ib_send_bw ib_send_lat \
                        ib_write_bw ib_write_lat ib_read_bw ib_read_lat";
        self.run(&format!(
            "killall -q -9 {programs}; rm -f /tmp/printed; ethtool -K eth1 gro on rx-gro-hw on"
        ));
    }
}

fn agent() -> SocketAddr {
    SocketAddr::new(net::CONTROL.guest, AGENT)
}

/// A command that runs in the guest.
pub(crate) struct Process {
    command: String,
    input: TcpStream,
    output: BufReader<TcpStream>,
    printed: String,
}

impl Process {
    fn start(command: &str) -> Self {
        let connected = TcpStream::connect_timeout(&agent(), SOON).and_then(|mut stream| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(SOON))?;
            writeln!(stream, "{command}")?;
            Ok((stream.try_clone()?, stream))
        });
        let (output, input) = connected.unwrap_or_else(|e| panic!("the guest's agent: {e}"));
        Self {
            command: command.to_owned(),
            input,
            output: BufReader::new(output),
            printed: String::new(),
        }
    }

    fn failed(&self, why: &str) -> ! {
        panic!("guest: {}: {why}\n{}", self.command, self.printed.trim())
    }

    /// Gives the command a line to read.
    pub(crate) fn tell(&mut self, line: &str) {
        let told = self.input.write_all(format!("{line}\n").as_bytes());
        told.unwrap_or_else(|e| self.failed(&e.to_string()));
    }

    /// The next line it prints; `None` after the last.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.output.read_until(b'\n', &mut line);
        let line = String::from_utf8_lossy(&line).into_owned();
        match read {
            Ok(0) => self.failed("the agent is gone"),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                self.failed("nothing more came")
            }
            Err(e) => self.failed(&e.to_string()),
            Ok(_) => self.printed.push_str(&line),
        }
        (!line.starts_with(EXIT)).then(|| line.trim_end().to_owned())
    }

    /// Waits for its end; gives its exit status and what it printed.
    pub(crate) fn end(mut self) -> (i32, String) {
        while self.line().is_some() {}
        let status = self.printed.rsplit(EXIT).next().unwrap_or_default();
        let status = status.trim().parse().unwrap_or(-1);
        (status, self.printed)
    }

    /// Waits for its end, which must be a success; gives what it printed.
    pub(crate) fn succeed(self) -> String {
        let command = self.command.clone();
        let (status, printed) = self.end();
        assert!(
            status == 0,
            "guest: {command}: exit status {status}\n{}",
            printed.trim()
        );
        printed
    }
}
