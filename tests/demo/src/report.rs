//! What the demo shows: progress while it works, then the table, the timeline and the verdict.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use softrnic_consumer::Timeline;
use softrnic_emulator::verifier::depth;
use softrnic_emulator::wsk::pcap::Capture;

use crate::Options;
use crate::error::DemoError;
use crate::roles::Operation;
use crate::world::WorldError;

/// Timeline entries shown; a connection's life is short, a busy server's is not.
const SHOWN: usize = 60;

/// What came of it.
#[derive(Default)]
pub(crate) struct Outcome {
    /// SHA-256 of the image that ran.
    pub(crate) image_sha256: String,
    /// How the image was built.
    pub(crate) built: String,
    /// NDK calls and callbacks.
    pub(crate) timeline: Arc<Timeline>,
    /// Allocations the driver left at unload.
    pub(crate) leaks: u64,
    /// Where the wire is recorded.
    pub(crate) capture: Option<Arc<Capture>>,
    operations: Vec<Operation>,
    error: Option<DemoError>,
}

impl Outcome {
    /// The outcome with the result of the work.
    pub(crate) fn take(mut self, result: Result<Vec<Operation>, DemoError>) -> Self {
        match result {
            Ok(operations) => self.operations = operations,
            Err(e) => self.error = Some(e),
        }
        self
    }
}

#[derive(Default, Serialize)]
struct Json<'a> {
    ok: bool,
    error: Option<String>,
    /// The NTSTATUS behind the error, where the driver gave one.
    status: Option<String>,
    image_sha256: &'a str,
    operations: &'a [Operation],
    bytes: u64,
    send_completion: &'static str,
    verifier: Verifier,
}

#[derive(Default, Serialize)]
struct Verifier {
    violations: u64,
    leaks: u64,
    /// The most that the driver took of a thread's stack, and what is allowed.
    stack_bytes: usize,
    stack_limit: usize,
}

impl Verifier {
    fn measured(violations: u64, leaks: u64) -> Self {
        Self {
            violations,
            leaks,
            stack_bytes: depth::deepest().0,
            stack_limit: depth::STACK_LIMIT,
        }
    }
}

fn print_json(json: &Json<'_>) {
    println!(
        "{}",
        serde_json::to_string(json).expect("plain data serialises")
    );
}

/// The JSON object of a run that never began.
pub(crate) fn refuse(error: &str) {
    print_json(&Json {
        error: Some(error.to_owned()),
        ..Json::default()
    });
}

/// SHA-256 of the image that runs, for the report of a violation.
static IMAGE: OnceLock<String> = OnceLock::new();

/// Makes a violation, which ends the process, end it with the capture written and the JSON object printed.
pub(crate) fn expect_violations(
    options: &Options,
    image_sha256: &str,
    capture: Option<Arc<Capture>>,
) {
    let _ = IMAGE.set(image_sha256.to_owned());
    let json = options.json;
    softrnic_emulator::verifier::on_violation(move |violation| {
        if let Some(capture) = &capture {
            let _ = capture.flush();
        }
        if json {
            print_json(&Json {
                error: Some(format!("{}: {}", violation.rule, violation.text)),
                image_sha256: IMAGE.get().map_or("", String::as_str),
                verifier: Verifier::measured(1, 0),
                ..Json::default()
            });
        }
    });
}

/// Makes a broken assertion, in whatever thread, end the process and the JSON object say so.
pub(crate) fn expect_panics(options: &Options) {
    let (json, shown) = (options.json, std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        shown(panic);
        if json {
            print_json(&Json {
                error: Some(panic.to_string()),
                image_sha256: IMAGE.get().map_or("", String::as_str),
                ..Json::default()
            });
        }
        std::process::exit(101);
    }));
}

/// Prints everything and gives the exit code.
pub(crate) fn finish(options: &Options, mut outcome: Outcome) -> ExitCode {
    // A violation would have ended the process.
    let verifier = Verifier::measured(0, outcome.leaks);
    if let (Some(Err(e)), Some(path), None) = (
        outcome.capture.take().map(|c| c.flush()),
        &options.pcap,
        &outcome.error,
    ) {
        outcome.error = Some(WorldError::Capture(path.clone(), e).into());
    }
    let ok = outcome.error.is_none() && outcome.leaks == 0;
    table(options, &outcome.operations);
    timeline(&outcome.timeline);
    if !outcome.image_sha256.is_empty() {
        eprintln!("\nimage    softrnic.sys, SHA-256 {}", outcome.image_sha256);
        eprintln!("built    {}", outcome.built);
        eprintln!(
            "verifier {} violations, {} leaks: {}",
            verifier.violations,
            verifier.leaks,
            if outcome.leaks == 0 {
                "clean"
            } else {
                "NOT CLEAN"
            }
        );
    }
    stack(&outcome, &verifier);
    if let Some(e) = &outcome.error {
        eprintln!("\nerror: {e}");
    }
    if options.json {
        print_json(&Json {
            ok,
            error: outcome.error.as_ref().map(ToString::to_string),
            status: outcome
                .error
                .as_ref()
                .and_then(DemoError::status)
                .and_then(softrnic_consumer::name)
                .map(str::to_owned),
            image_sha256: &outcome.image_sha256,
            bytes: outcome.operations.iter().map(|o| o.bytes).sum(),
            operations: &outcome.operations,
            send_completion: send_completion(options),
            verifier,
        });
    }
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn stack(outcome: &Outcome, verifier: &Verifier) {
    if !outcome.image_sha256.is_empty() {
        let (bytes, limit) = (verifier.stack_bytes, verifier.stack_limit);
        eprintln!("stack    {bytes} bytes of a thread's at most; {limit} are allowed");
    }
}

fn send_completion(options: &Options) -> &'static str {
    if options.complete_at_hand_over {
        "hand-over"
    } else {
        "acknowledged"
    }
}

fn table(options: &Options, operations: &[Operation]) {
    if operations.is_empty() {
        return;
    }
    eprintln!(
        "\n{:<16} {:>10} {:>12} {:>14} {:>14}",
        "operation", "count", "bytes", "rate", "per second"
    );
    for o in operations {
        let rate = format!("{}/s", HumanBytes((o.bytes as f64 / o.seconds) as u64));
        let per_second = HumanCount((o.count as f64 / o.seconds) as u64).to_string();
        eprintln!(
            "{:<16} {:>10} {:>12} {:>14} {:>14}",
            o.name,
            HumanCount(o.count).to_string(),
            HumanBytes(o.bytes).to_string(),
            rate,
            per_second
        );
    }
    if let Some(hash) = operations.iter().find_map(|o| o.sha256.as_ref()) {
        eprintln!("(the file's SHA-256 at the server and back here is what it was: {hash})");
    }
    eprintln!(
        "(rates include writing and checking every byte, a verifier at every call, and sends that complete when {})",
        match send_completion(options) {
            "hand-over" => "handed to TCP",
            _ => "acknowledged by the peer",
        }
    );
}

fn timeline(timeline: &Timeline) {
    let entries = timeline.entries();
    if entries.is_empty() {
        return;
    }
    eprintln!("\nlife of the connection");
    let hidden = entries.len().saturating_sub(SHOWN);
    let start = entries[0].at;
    for entry in entries.iter().take(SHOWN) {
        eprintln!(
            "{:>10.3} ms  {:<7} {}",
            (entry.at - start).as_secs_f64() * 1e3,
            entry.who,
            entry.what
        );
    }
    if hidden > 0 {
        eprintln!("… and {hidden} more");
    }
}

/// The progress bar; silent when standard error is not a terminal.
pub(crate) struct Bars(ProgressBar);

impl Bars {
    /// A bar at nothing.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(1000),
            if std::io::stderr().is_terminal() {
                ProgressDrawTarget::stderr()
            } else {
                ProgressDrawTarget::hidden()
            },
        );
        if let Ok(style) =
            ProgressStyle::with_template("{msg:<16} [{bar:40}] {percent:>3}%  {elapsed}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Shows that `part` (0 to 1) of operation `name` is done.
    pub(crate) fn show(&self, name: &'static str, part: f64) {
        self.0.set_message(name);
        self.0.set_position((part * 1000.0) as u64);
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
