//! A process for each run: a simulation is for the whole of one, and what it breaks ends it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// A run that has been started.
#[derive(Debug)]
pub struct Child {
    pid: libc::pid_t,
    output: File,
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// Standard output and error together.
    pub output: String,
}

/// Time of a processor after which a run is called hung: a loop that never gives way.
const LIMIT: Duration = Duration::from_secs(120);

/// So many times its limit a run may take of the host's time.
const PATIENCE: u32 = 20;

/// Starts `body` in a copy of this process, whose result is the exit status.
///
/// # Errors
/// When the host gives no process or no file.
///
/// # Panics
/// As for [`start_for`].
pub fn start(body: impl FnOnce() -> i32) -> io::Result<Child> {
    start_for(LIMIT, body)
}

/// As [`start`], for a body that may take so much of a processor's time.
///
/// # Errors
/// When the host gives no process or no file.
///
/// # Panics
/// When this process has other threads: a copy has only the one that called.
pub fn start_for(limit: Duration, body: impl FnOnce() -> i32) -> io::Result<Child> {
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    assert_eq!(threads, 1, "a process with threads cannot be copied");
    let output = unnamed()?;
    io::stdout().flush()?;
    // SAFETY: this is the only thread, so the copy is whole.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let seconds = limit.as_secs();
            let spent = libc::rlimit {
                rlim_cur: seconds,
                rlim_max: seconds,
            };
            // SAFETY: both descriptors are open, and the limit is a local. A copy that goes round for ever spends its time, one
            // that waits for ever spends nothing: on a busy host a long wait says little.
            unsafe {
                libc::dup2(output.as_raw_fd(), 1);
                libc::dup2(output.as_raw_fd(), 2);
                libc::setrlimit(libc::RLIMIT_CPU, &raw const spent);
                libc::alarm(PATIENCE * seconds as u32);
            }
            let status = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
            let _ = io::stdout().flush();
            // SAFETY: ends the copy; nothing of the original's runs in it.
            unsafe { libc::_exit(status.unwrap_or(PANICKED)) }
        }
        pid => Ok(Child { pid, output }),
    }
}

/// The exit status of a run whose promise was broken.
pub const PANICKED: i32 = 102;

fn unnamed() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("softrnic-sim.{}", std::process::id()));
    let mut options = File::options();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Waits for whichever of `running` ends first, and takes it out.
///
/// # Errors
/// When the host does not say.
pub fn wait<T>(running: &mut Vec<(T, Child)>) -> io::Result<(T, Outcome)> {
    let mut status = 0;
    // SAFETY: waits for any child and writes its status.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, 0) };
    let at = running.iter().position(|(_, child)| child.pid == pid);
    let (what, mut child) = running.swap_remove(at.ok_or_else(io::Error::last_os_error)?);
    let mut output = Vec::new();
    child.output.seek(SeekFrom::Start(0))?;
    child.output.read_to_end(&mut output)?;
    let outcome = Outcome {
        status: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
        output: String::from_utf8_lossy(&output).into_owned(),
    };
    Ok((what, outcome))
}
