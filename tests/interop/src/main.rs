//! `cargo dev interop`: the image that ships against Linux's soft-iWARP, over a real network, in every role.
//!
//! This program runs itself twice. First it fills the cache and builds the image. Then, in a network namespace of its own,
//! it boots the guest and goes through the cases, each in a process of its own: a broken rule, a leak or a hang in the
//! emulated kernel there fails that case alone.

mod cases;
mod guest;
mod net;
mod pair;
mod peer;
mod perftest;
mod recording;
mod run;
mod setup;
mod shell;
mod wire;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// softrnic.sys against the soft-iWARP of a Linux guest.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo dev interop")]
pub(crate) struct Arguments {
    /// End with one JSON object on the last line of standard output.
    #[arg(long)]
    json: bool,
    /// Only the cases with this in their name.
    #[arg(long, value_name = "CASE")]
    only: Option<String>,
    /// List the cases.
    #[arg(long)]
    list: bool,
    /// Write what went over the RDMA link, for Wireshark.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Run COMMAND in the guest and print what it prints, instead of the cases.
    #[arg(long, value_name = "COMMAND")]
    run: Option<String>,
    #[arg(long, hide = true)]
    inside: bool,
    #[arg(long, hide = true)]
    case: Option<String>,
    #[arg(long, hide = true)]
    image: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for case in cases::all() {
            println!("{}", case.name);
        }
        return ExitCode::SUCCESS;
    }
    match (&arguments.case, &arguments.image) {
        (Some(case), Some(image)) => run::one(case, image),
        (None, Some(image)) if arguments.inside => run::all(&arguments, image),
        _ => run::outside(&arguments),
    }
}
