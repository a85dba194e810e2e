//! `cargo demo`: builds `softrnic.sys`, loads it into emulated machines, and carries RDMA over real TCP through it.
//!
//! The table, the timeline and the verdict go to standard error; with `--json` one object on the last line of standard
//! output tells the same. The exit code is 0 only if all work was done and the verifier found nothing.

mod connection;
mod copy;
mod door;
mod error;
mod link;
mod message;
mod pattern;
mod report;
mod roles;
mod wait;
mod world;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::roles::Work;

/// RDMA over real TCP through softrnic.sys, in an emulated Windows kernel.
#[derive(Debug, Parser)]
#[command(name = "cargo demo", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Listens on ADDR, serves one connection and ends with its verdict.
    ///
    /// The exit code is 0 only if every connection did all its work and ended well: a peer that dies midway makes it 1.
    /// Who connects but never asks for RDMA is sent away and not counted.
    Serve {
        /// Where to listen, for example 127.0.0.1:5445 or [::1]:5445.
        #[arg(value_parser = address)]
        addr: SocketAddr,
        /// Serve this many connections, one after the other; 0: until interrupted.
        #[arg(long, value_name = "N", default_value_t = 1)]
        connections: u64,
    },
    /// Connects to a `serve` at ADDR and does the work.
    Connect {
        /// Where the other end listens.
        #[arg(value_parser = address)]
        addr: SocketAddr,
    },
}

/// What all forms of the demo take.
#[derive(Clone, Debug, Args)]
struct Options {
    /// End with one JSON object on the last line of standard output.
    #[arg(long, global = true)]
    json: bool,
    /// Write what went over the wire, for Wireshark.
    #[arg(long, global = true, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Megabytes by RDMA write, and as many by RDMA read; through the NIC 64, where every frame is watched.
    #[arg(
        long,
        global = true,
        value_name = "MIB",
        default_value_t = 1024,
        default_value_if("through_nic", "true", "64")
    )]
    mib: u64,
    /// Messages by send.
    #[arg(long, global = true, value_name = "N", default_value_t = 100_000)]
    sends: u64,
    /// Megabytes of the file that is copied to the server and back over SMB Direct.
    #[arg(long, global = true, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(0..=1024))]
    file: u64,
    /// Use IPv6 when both ends are in this process.
    #[arg(long, global = true)]
    ipv6: bool,
    /// Carry the connection as frames: through both ends' own adapters, their NICs and a switch, in this process.
    #[arg(long, global = true)]
    through_nic: bool,
    /// With --through-nic: the NICs make checksums, cut large sends and join received segments.
    #[arg(long, global = true, requires = "through_nic")]
    offloads: bool,
    /// Longest silence of the other end that is borne.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=50))]
    patience: u64,
    /// Complete a WskSend when its bytes are handed to TCP, not when the peer has acknowledged them.
    #[arg(long, global = true)]
    complete_at_hand_over: bool,
    /// Print what the driver tells Event Tracing for Windows.
    #[arg(long, global = true)]
    trace: bool,
    /// Check less in memory (red zones instead of guard pages): for measuring.
    #[arg(long, global = true)]
    cheap: bool,
}

impl Options {
    fn work(&self) -> Work {
        Work {
            bytes: self.mib << 20,
            sends: self.sends,
            file: self.file << 20,
        }
    }
}

/// An address with a port, or a name that has one.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong =
        || format!("`{text}` is not an address and port such as 127.0.0.1:5445 or [::1]:5445");
    text.to_socket_addrs()
        .map_err(|_| wrong())?
        .next()
        .ok_or_else(wrong)
}

/// The command line; `cargo demo -- --json` arrives here with the separator in front.
fn arguments() -> Result<Arguments, ExitCode> {
    let arguments: Vec<_> = std::env::args_os()
        .enumerate()
        .filter(|(i, a)| !(*i == 1 && a == "--"))
        .map(|(_, a)| a)
        .collect();
    Arguments::try_parse_from(&arguments).map_err(|e| {
        let _ = e.print();
        if e.use_stderr() && arguments.iter().any(|a| a == "--json") {
            let text = e.to_string();
            report::refuse(text.lines().next().unwrap_or_default());
        }
        ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2))
    })
}

fn main() -> ExitCode {
    let Arguments { command, options } = match arguments() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    if options.through_nic && command.is_some() {
        let text = "--through-nic joins both ends in one process: without `serve` or `connect`";
        eprintln!("error: {text}");
        if options.json {
            report::refuse(text);
        }
        return ExitCode::from(2);
    }
    report::expect_panics(&options);
    let outcome = match command {
        None => connection::both_ends(&options),
        Some(Command::Serve { addr, connections }) => {
            connection::serve(&options, addr, connections)
        }
        Some(Command::Connect { addr }) => connection::connect(&options, addr),
    };
    report::finish(&options, outcome)
}
