//! Runs the demo as one would from a shell, with a limit on its time.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// No end may take longer than this to notice that the other is gone.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A little of everything, so that a run is quick.
pub(crate) const LITTLE: [&str; 7] = ["--json", "--mib", "2", "--sends", "500", "--file", "2"];

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ended {
    /// The JSON object: the last line of standard output, and the only one.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let mut lines = self.stdout.lines();
        let (line, more) = (lines.next(), lines.next());
        assert_eq!(more, None, "one line: {self:?}");
        line.and_then(|line| serde_json::from_str(line).ok())
            .unwrap_or_else(|| panic!("no JSON: {self:?}"))
    }

    /// The verifier has nothing to say.
    #[track_caller]
    pub(crate) fn assert_clean(&self) -> Value {
        let json = self.json();
        assert_eq!(json["verifier"]["violations"], 0, "{self:?}");
        assert_eq!(json["verifier"]["leaks"], 0, "{self:?}");
        json
    }

    /// Failed as it should: clean, in time, with a non-zero exit, and saying something with `what` in it.
    #[track_caller]
    pub(crate) fn assert_refused(&self, what: &str) -> Value {
        let json = self.assert_clean();
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(json["ok"], false, "{self:?}");
        let error = json["error"].as_str().unwrap_or_default();
        assert!(error.contains(what), "{error}\n{self:?}");
        assert!(self.stderr.contains(&format!("error: {error}")), "{self:?}");
        assert!(self.took < LIMIT, "{self:?}");
        json
    }

    /// All went well.
    #[track_caller]
    pub(crate) fn assert_good(&self) -> Value {
        let json = self.assert_clean();
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(json["ok"], true, "{self:?}");
        assert_eq!(json["error"], Value::Null, "{self:?}");
        assert_eq!(
            json["image_sha256"].as_str().map(str::len),
            Some(64),
            "{self:?}"
        );
        json
    }
}

/// A demo that runs.
pub(crate) struct Running {
    child: Child,
    started: Instant,
    lines: Receiver<String>,
    seen: String,
    stdout: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts the demo with `arguments`.
    pub(crate) fn start<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        // The image is up to date before any time is taken: its build is no part of what a test waits for.
        static BUILT: Once = Once::new();
        BUILT.call_once(|| {
            softrnic_build::image().expect("the image builds");
        });
        let mut child = Command::new(env!("CARGO_BIN_EXE_demo"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let stderr = child.stderr.take().expect("piped");
        let mut out = child.stdout.take().expect("piped");
        let (tx, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = tx.send(line);
            }
        });
        let stdout = thread::spawn(move || {
            let mut text = String::new();
            let _ = out.read_to_string(&mut text);
            text
        });
        Self {
            child,
            started: Instant::now(),
            lines,
            seen: String::new(),
            stdout: Some(stdout),
        }
    }

    /// The next line of standard error that `wanted` finds something in.
    #[track_caller]
    pub(crate) fn line<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let end = Instant::now() + LIMIT;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.seen.push_str(&line);
                    self.seen.push('\n');
                    if let Some(found) = wanted(&line) {
                        return found;
                    }
                }
                Err(e) => panic!("{e}; so far:\n{}", self.seen),
            }
        }
    }

    /// Where a serving end listens.
    #[track_caller]
    pub(crate) fn address(&mut self) -> SocketAddr {
        self.line(|line| {
            line.strip_prefix("listening on ")?
                .split(';')
                .next()?
                .parse()
                .ok()
        })
    }

    /// Its process id, to send signals to.
    pub(crate) fn id(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let _ = kill(self.id(), signal);
    }

    /// Waits for the end, from now on `limit` at most.
    #[track_caller]
    pub(crate) fn end(mut self, limit: Duration) -> Ended {
        let end = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our child") {
                break status;
            }
            if Instant::now() >= end {
                self.signal(Signal::SIGKILL);
                let _ = self.child.wait();
                self.read_rest();
                panic!("still running after {limit:?}:\n{}", self.seen);
            }
            thread::sleep(Duration::from_millis(5));
        };
        self.read_rest();
        Ended {
            code: status.code(),
            stdout: self
                .stdout
                .take()
                .and_then(|reader| reader.join().ok())
                .unwrap_or_default(),
            stderr: std::mem::take(&mut self.seen),
            took: self.started.elapsed(),
        }
    }

    fn read_rest(&mut self) {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => {
                    self.seen.push_str(&line);
                    self.seen.push('\n');
                }
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => return,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A failed test leaves nothing running; what has ended is not harmed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the demo with `arguments` to its end.
#[track_caller]
pub(crate) fn demo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Ended {
    Running::start(arguments).end(3 * LIMIT)
}
