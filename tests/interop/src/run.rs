//! Going through the cases, and the verdict.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cases::{self, Case};
use crate::guest::Guest;
use crate::recording;
use crate::setup::{self, SetupError};
use crate::shell::Shell;
use crate::world::World;
use crate::{Arguments, net};

/// How long one case may take.
const LIMIT: Duration = Duration::from_secs(240);
/// The first port of the cases; each has its own.
const FIRST_PORT: u16 = 7000;

/// What a case prints before a figure.
const FIGURE: &str = "figure: ";

/// The last line of standard output.
#[derive(Default, Serialize)]
struct Json {
    cases: usize,
    passed: usize,
    /// Who was spoken with; empty when nobody was.
    peer: String,
    seconds: f64,
    failed: Vec<String>,
    /// What cases measured: of emulated machines, and no part of the verdict.
    figures: BTreeMap<String, String>,
    /// Why nothing was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
}

impl Json {
    /// A case's end, which is told at once.
    fn add(&mut self, name: &str, result: Result<Option<String>, String>, took: Duration) {
        let took = took.as_secs_f64();
        self.cases += 1;
        match result {
            Ok(figure) => {
                self.passed += 1;
                let shown = figure
                    .as_ref()
                    .map_or(String::new(), |text| format!(": {text}"));
                eprintln!("ok      {name} ({took:.1} s){shown}");
                let figure = figure.map(|text| (name.to_owned(), text));
                self.figures.extend(figure);
            }
            Err(why) => {
                self.failed.push(name.to_owned());
                eprintln!("FAILED  {name} ({took:.1} s): {why}");
            }
        }
    }

    fn print(&self) {
        let text = serde_json::to_string(self).expect("plain data serialises");
        println!("{text}");
    }
}

/// Sets up, then goes on in a namespace.
pub(crate) fn outside(arguments: &Arguments) -> ExitCode {
    let image = match softrnic_build::image() {
        Ok(image) => image,
        Err(e) => {
            eprintln!("interop: softrnic.sys: {e}");
            return ExitCode::FAILURE;
        }
    };
    let prepared = setup::programs_of_the_host()
        .and_then(|()| setup::guest())
        .and_then(|_| {
            let own: Vec<String> = std::env::args().skip(1).collect();
            let mut inside = net::inside(&own)?;
            inside.arg("--inside").arg("--image").arg(&image.path);
            // Only a failure comes back.
            let failure = inside.exec();
            Err::<Infallible, _>(SetupError(format!("unshare: {failure}")))
        });
    match prepared {
        Err(e) => skip(arguments, &e),
    }
}

/// Where a guest cannot be had nothing is run, and nothing is wrong with softrnic.
fn skip(arguments: &Arguments, why: &SetupError) -> ExitCode {
    let why = why.to_string().replace('\n', "; ");
    eprintln!("interop: skipped, there is no guest: {why}");
    if arguments.json {
        let skipped = Some(why);
        Json {
            skipped,
            ..Json::default()
        }
        .print();
    }
    ExitCode::SUCCESS
}

/// Boots the guest and goes through the cases.
pub(crate) fn all(arguments: &Arguments, image: &Path) -> ExitCode {
    let start = Instant::now();
    let parts = match setup::guest().and_then(|parts| net::make_links().map(|()| parts)) {
        Ok(parts) => parts,
        Err(e) => return skip(arguments, &e),
    };
    // From here on all is there: what goes wrong is a failure.
    let guest = match Guest::boot(&parts) {
        Ok(guest) => guest,
        Err(e) => {
            eprintln!("interop: {e}");
            return ExitCode::FAILURE;
        }
    };
    let peer = format!("siw of Linux {} ({})", parts.release, guest.accelerator);
    eprintln!("guest up in {:.1} s: {peer}", start.elapsed().as_secs_f64());
    if let Some(command) = &arguments.run {
        let (status, printed) = Shell.start(command).end();
        print!("{printed}");
        return ExitCode::from(u8::try_from(status).unwrap_or(1));
    }
    let mut verdict = Json {
        peer,
        ..Json::default()
    };
    let recording = arguments.pcap.as_deref().and_then(record);
    let wanted = |case: &&Case| {
        let only = arguments.only.as_deref().unwrap_or_default();
        case.name.contains(only)
    };
    for case in cases::all().iter().filter(wanted) {
        let begun = Instant::now();
        let result = in_a_process(&case.name, image, &guest);
        verdict.add(&case.name, result, begun.elapsed());
    }
    if let Some(mut recording) = recording {
        let _ = recording.kill();
        let _ = recording.wait();
    }
    verdict.seconds = start.elapsed().as_secs_f64();
    finish(arguments, &guest, &verdict)
}

fn finish(arguments: &Arguments, guest: &Guest, verdict: &Json) -> ExitCode {
    let (cases, passed) = (verdict.cases, verdict.passed);
    let ok = cases > 0 && passed == cases;
    if !ok {
        eprintln!("the guest's console ends:\n{}", guest.console());
    }
    eprintln!(
        "{passed} of {cases} cases passed in {:.1} s",
        verdict.seconds
    );
    if arguments.json {
        verdict.print();
    }
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs the case `name` in a process of its own; its figure, or what it said when it failed.
fn in_a_process(name: &str, image: &Path, guest: &Guest) -> Result<Option<String>, String> {
    let log = std::env::temp_dir().join(format!("softrnic-interop-{}.log", std::process::id()));
    let run = || -> std::io::Result<Result<Option<String>, String>> {
        let file = File::create(&log)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--image").arg(image).arg("--case").arg(name);
        command.env(net::CONTROL_SOCKET, guest.control());
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let status = end_of(&mut command.spawn()?)?;
        let mut said = String::new();
        File::open(&log)?.read_to_string(&mut said)?;
        Ok(match status {
            Some(status) if status.success() => Ok(figure(&said)),
            Some(status) => Err(format!("{status}\n{said}")),
            None => Err(format!("no end after {LIMIT:?}\n{said}")),
        })
    };
    let result = run().unwrap_or_else(|e| Err(e.to_string()));
    let _ = std::fs::remove_file(&log);
    result
}

/// Told by a case: what it measured.
pub(crate) fn tell_figure(text: &str) {
    println!("{FIGURE}{text}");
}

fn figure(said: &str) -> Option<String> {
    let mut lines = said.lines();
    let figure = lines.find_map(|line| line.strip_prefix(FIGURE))?;
    Some(figure.to_owned())
}

/// The status `child` ends with; `None` when it had to be ended.
fn end_of(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Records the RDMA link with `tshark`, where there is one.
fn record(file: &Path) -> Option<Child> {
    let mut tshark = Command::new("tshark");
    tshark.args(["-q", "-i", net::FOUR.name, "-w"]).arg(file);
    let recording = tshark
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    recording
        .spawn()
        .map_err(|e| eprintln!("interop: no recording: tshark: {e}"))
        .ok()
}

/// Runs one case here; a panic is its failure.
pub(crate) fn one(name: &str, image: &Path) -> ExitCode {
    let cases = cases::all();
    let Some(n) = cases.iter().position(|case| case.name == name) else {
        eprintln!("there is no case `{name}`");
        return ExitCode::FAILURE;
    };
    let case = &cases[n];
    fail_at_once();
    net::calm();
    Shell.clean();
    Shell.run(&case.siw.command());
    let world = World::start(image, case, FIRST_PORT + n as u16);
    (case.run)(&world);
    world.finish();
    ExitCode::SUCCESS
}

/// A panic ends the process before anything is dropped: what a failed case left open cannot be unloaded.
fn fail_at_once() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        shown(panic);
        recording::keep();
        if let Some(words) = Shell.last_words() {
            eprintln!("the guest's commands printed last:\n{words}");
        }
        std::process::exit(101);
    }));
}
