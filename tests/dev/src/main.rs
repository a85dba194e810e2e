//! `cargo dev`: reads the command line and runs one command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use softrnic_dev::{package, steps::Failed};

/// The developer's commands of softrnic.
#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(unix)]
    #[command(flatten)]
    Unix(unix::Command),
    /// Makes the driver package: INFs, softrnic.sys, its symbols, licences, hashes. On Windows also the catalogs, signed for
    /// tests.
    Package(package::Options),
}

#[cfg(unix)]
mod unix {
    //! What needs Linux: the emulated kernel, and what is built on it.

    use clap::Subcommand;
    use softrnic_dev::{bench, check, conformance, emulate, mutation, steps::Failed, wdk_check};

    #[derive(Subcommand)]
    pub(crate) enum Command {
        /// Formatting, lints for this host and for Windows, fences, build and tests.
        Check {
            /// Only what takes seconds: lints, fences, and the unit tests of what changed.
            #[arg(long)]
            quick: bool,
        },
        /// Finds a compiler for Windows on this machine, or installs one, and says which.
        Setup,
        /// Runs every test that cites a rule of the platform's contracts, and says which rules hold.
        Conformance(conformance::Options),
        /// Changes the protocol core in every small way, and says which changes no test of its own notices.
        Mutate(mutation::Options),
        /// Measures softrnic.sys beside raw TCP, libfabric and UCX; `bench --help` has its options.
        #[command(disable_help_flag = true)]
        Bench {
            /// Options of the benchmark.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Loads driver images beside softrnic.sys into the emulated kernel, runs them until they are quiet, and unloads
        /// them; `emulate --help` has its options.
        #[command(disable_help_flag = true)]
        Emulate {
            /// Images and options.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Runs softrnic.sys against the soft-iWARP of a Linux guest; `interop --help` has its options.
        #[command(disable_help_flag = true)]
        Interop {
            /// Options of the runs.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Fuzzes the protocol and the shipped image, guided by coverage; `fuzz --help` has its options.
        #[command(disable_help_flag = true)]
        Fuzz {
            /// Options of the fuzzer.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Runs softrnic.sys in simulations whose every choice comes from a seed; `sim --help` has its options.
        #[command(disable_help_flag = true)]
        Sim {
            /// Options of the simulations.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Runs softrnic.sys for hours, many connections at once and one after the other; `soak --help` has its options.
        #[command(disable_help_flag = true)]
        Soak {
            /// Options of the soak.
            #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
            options: Vec<String>,
        },
        /// Builds softrnic.sys when it is stale, and says where it is.
        Image,
        /// Compares the declarations that stand in for the WDK's with those made of its headers, and type-checks the driver with
        /// the latter.
        WdkCheck(wdk_check::Options),
    }

    pub(crate) fn run(command: Command) -> Result<(), Failed> {
        match command {
            Command::Check { quick } => check::check(quick),
            Command::Setup => check::setup(),
            Command::Conformance(options) => conformance::conformance(&options),
            Command::Mutate(options) => mutation::mutate(&options),
            Command::Bench { options } => bench::bench(&options),
            Command::Emulate { options } => emulate::emulate(&options),
            Command::Interop { options } => bench::interop(&options),
            Command::Fuzz { options } => bench::fuzz(&options),
            Command::Sim { options } => bench::sim(&options),
            Command::Soak { options } => bench::soak(&options),
            Command::Image => check::image(),
            Command::WdkCheck(options) => wdk_check::wdk_check(&options),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(without_separator(std::env::args()));
    let result = match arguments.command {
        #[cfg(unix)]
        Command::Unix(command) => unix::run(command),
        Command::Package(options) => package::package(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(text)) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

/// `cargo dev -- check` is `cargo dev check`.
fn without_separator(arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut arguments: Vec<String> = arguments.collect();
    if let Some(separator) = arguments.iter().position(|argument| argument == "--") {
        arguments.remove(separator);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::without_separator;

    fn given(arguments: &[&str]) -> Vec<String> {
        without_separator(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn a_separator_changes_nothing() {
        assert_eq!(
            given(&["dev", "--", "check", "--quick"]),
            given(&["dev", "check", "--quick"])
        );
        assert_eq!(
            given(&["dev", "check", "--", "--quick"]),
            given(&["dev", "check", "--quick"])
        );
    }
}
