//! Our verbs program in the guest (`guest/peer.c`), told what to do line by line.

use std::net::IpAddr;

use crate::shell::{Process, Shell};

/// A connection's other end.
pub(crate) struct Peer {
    process: Process,
}

/// Memory of the peer that we may name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    pub(crate) address: u64,
    pub(crate) key: u32,
}

/// A completion as verbs gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) id: u64,
    /// `IBV_WC_…`: 0 is success, 5 flushed, 9 and 10 remote faults.
    pub(crate) status: u32,
    pub(crate) operation: String,
    pub(crate) bytes: usize,
}

/// A connection event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// `RDMA_CM_EVENT_…`
    pub(crate) name: String,
    pub(crate) status: i32,
    pub(crate) private_data: Vec<u8>,
}

/// What a connect request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Reads the peer may have from the guest.
    pub(crate) inbound_reads: u32,
    /// Reads the guest may have from its peer.
    pub(crate) outbound_reads: u32,
    pub(crate) private_data: Vec<u8>,
}

impl Peer {
    pub(crate) fn start(shell: Shell) -> Self {
        Self {
            process: shell.start("exec peer"),
        }
    }

    /// Gives it a line; the answer comes later.
    pub(crate) fn say(&mut self, line: &str) {
        self.process.tell(line);
    }

    /// The words of the next answer, or what went wrong.
    pub(crate) fn answer(&mut self) -> Result<Vec<String>, String> {
        let line = self.process.line().unwrap_or_default();
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("ok", rest) => Ok(rest.split(' ').map(str::to_owned).collect()),
            _ => Err(line),
        }
    }

    /// Gives it a line that it must be able to follow; its answer.
    pub(crate) fn ask(&mut self, line: &str) -> Vec<String> {
        self.say(line);
        self.expect(line)
    }

    /// The answer to `line`, which must be a good one.
    pub(crate) fn expect(&mut self, line: &str) -> Vec<String> {
        let answer = self.answer();
        answer.unwrap_or_else(|error| panic!("peer: {line}: {error}"))
    }

    pub(crate) fn listen(&mut self, at: IpAddr, port: u16) {
        self.ask(&format!("listen {at} {port}"));
    }

    /// Waits for a connect request; a queue pair is made for it.
    pub(crate) fn request(&mut self) -> Asked {
        let words = self.ask("request");
        let number = |n: usize| words[n].parse().expect("a number");
        Asked {
            inbound_reads: number(0),
            outbound_reads: number(1),
            private_data: from_hex(&words[2]),
        }
    }

    /// Makes a queue pair for a connection to `to`.
    pub(crate) fn open(&mut self, to: IpAddr, port: u16) {
        self.ask(&format!("open {to} {port}"));
    }

    /// Says `connect` or `accept`; [`begun`](Self::begun) has the answer.
    pub(crate) fn begin(&mut self, how: &str, reads: (u32, u32), private_data: &[u8]) {
        let (inbound, outbound) = reads;
        let data = hex(private_data);
        self.say(&format!("{how} {inbound} {outbound} {data}"));
    }

    /// Refuses the connection that was asked for.
    pub(crate) fn reject(&mut self, private_data: &[u8]) {
        self.ask(&format!("reject {}", hex(private_data)));
    }

    /// The connection event that answers what was begun.
    pub(crate) fn begun(&mut self) -> Event {
        event(&self.expect("connect or accept"))
    }

    /// The next event of the connection.
    pub(crate) fn event(&mut self) -> Event {
        event(&self.ask("event"))
    }

    /// Registers region `n`; `access` as `peer.c` has it.
    pub(crate) fn region(&mut self, n: usize, len: usize, access: &str) -> Region {
        let words = self.ask(&format!("region {n} {len} {access}"));
        Region {
            address: words[0].parse().expect("an address"),
            key: words[1].parse().expect("a key"),
        }
    }

    pub(crate) fn fill(&mut self, n: usize, offset: usize, len: usize, seed: u8) {
        self.ask(&format!("fill {n} {offset} {len} {seed}"));
    }

    pub(crate) fn check(&mut self, n: usize, offset: usize, len: usize, seed: u8) {
        self.ask(&format!("check {n} {offset} {len} {seed}"));
    }

    pub(crate) fn receive(&mut self, id: u64, n: usize, offset: usize, len: usize) {
        self.ask(&format!("recv {id} {n} {offset} {len}"));
    }

    /// Posts a send; `flags` as `peer.c` has them.
    pub(crate) fn send(&mut self, id: u64, n: usize, offset: usize, len: usize, flags: &str) {
        self.ask(&format!("send {id} {n} {offset} {len} {flags}"));
    }

    /// Posts a send that invalidates `key` here.
    pub(crate) fn send_and_invalidate(&mut self, id: u64, n: usize, len: usize, key: u32) {
        self.ask(&format!("send {id} {n} 0 {len} v 0 {key}"));
    }

    /// Posts a `write` or `read` of `len` bytes at `offset` of region `n` to or from `address` under `key`.
    pub(crate) fn transfer(
        &mut self,
        how: &str,
        (n, offset, len): (usize, usize, usize),
        (address, key): (u64, u32),
    ) {
        self.ask(&format!("{how} 7 {n} {offset} {len} - {address} {key}"));
    }

    /// The next completion.
    pub(crate) fn poll(&mut self) -> Completion {
        let words = self.ask("poll");
        Completion {
            id: words[0].parse().expect("an id"),
            status: words[1].parse().expect("a status"),
            operation: words[2].clone(),
            bytes: words[3].parse().expect("a length"),
        }
    }

    /// The next completion, which must be a success; its length.
    pub(crate) fn done(&mut self, operation: &str) -> usize {
        let completion = self.poll();
        assert_eq!(
            (completion.status, completion.operation.as_str()),
            (0, operation),
            "peer: {completion:?}"
        );
        completion.bytes
    }
}

fn event(words: &[String]) -> Event {
    Event {
        name: words[0].clone(),
        status: words[1].parse().expect("a status"),
        private_data: from_hex(&words[2]),
    }
}

fn hex(data: &[u8]) -> String {
    if data.is_empty() {
        return "-".to_owned();
    }
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes();
    digits
        .chunks_exact(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
