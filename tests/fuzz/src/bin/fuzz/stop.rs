//! Stopping early: Ctrl-C and SIGTERM end the engine's run, and what it did until then is kept.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

static ASKED: AtomicBool = AtomicBool::new(false);
/// The engine that runs; it is taken out before it is reaped, so that its number is its own.
static ENGINE: Mutex<Option<Child>> = Mutex::new(None);

/// From here on the signals are requests.
pub(crate) fn listen() -> Result<(), String> {
    ctrlc::set_handler(ask).map_err(|error| error.to_string())
}

/// Whether there was such a request.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Runs `engine`, out of reach of the terminal's Ctrl-C; how it ended and what it said. A request makes it finish its
/// input and end.
pub(crate) fn until_asked(engine: &mut Command) -> io::Result<(ExitStatus, String)> {
    let mut child = start(engine)?;
    let stderr = child.stderr.take();
    *running() = Some(child);
    if is_asked() {
        ask();
    }
    let log = read(stderr)?;
    let child = running().take();
    let status = child.map(|mut child| child.wait()).transpose()?;
    Ok((status.unwrap_or_default(), log))
}

/// The same for work that a request does not cut short, because what was done is kept by it.
pub(crate) fn to_its_end(engine: &mut Command) -> io::Result<(ExitStatus, String)> {
    let mut child = start(engine)?;
    let log = read(child.stderr.take())?;
    Ok((child.wait()?, log))
}

fn start(engine: &mut Command) -> io::Result<Child> {
    engine
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
}

fn read(stderr: Option<ChildStderr>) -> io::Result<String> {
    let mut log = Vec::new();
    stderr.map_or(Ok(0), |mut stderr| stderr.read_to_end(&mut log))?;
    Ok(String::from_utf8_lossy(&log).into_owned())
}

fn running() -> MutexGuard<'static, Option<Child>> {
    ENGINE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask() {
    ASKED.store(true, Ordering::SeqCst);
    if let Some(child) = &*running() {
        // libFuzzer takes this one for a wish to end in good order.
        let _has_ended = kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGUSR1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in for the engine sends the signal itself, once it can take the answer.
    #[test]
    fn what_was_done_until_a_signal_is_kept() {
        listen().expect("a handler");
        let script = "trap 'echo kept >&2; exit 0' USR1; kill -TERM $PPID; while :; do :; done";
        let (status, log) = until_asked(Command::new("sh").args(["-c", script])).expect("sh runs");
        assert!(status.success(), "{status}");
        assert_eq!(log, "kept\n");
        assert!(is_asked());
        let script = "trap 'exit 7' USR1; echo whole >&2; sleep 0.2; echo end >&2";
        let (status, log) = to_its_end(Command::new("sh").args(["-c", script])).expect("sh runs");
        assert!(status.success(), "{status}");
        assert_eq!(log, "whole\nend\n");
    }
}
