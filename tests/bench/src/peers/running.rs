//! Processes of peers, none of which may keep the comparison waiting.

use std::{
    io::Read,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

/// How long a process may take beside the time it measures.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that is ended when nobody waits for it any more.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        let child = command.spawn();
        let failed = |error| format!("{}: {error}", command.get_program().display());
        child.map(Self).map_err(failed)
    }

    /// Waits for its end, for not much longer than `time`.
    pub(super) fn wait(&mut self, time: Duration) -> Result<ExitStatus, String> {
        let until = Instant::now() + time + PATIENCE;
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() > until => {
                    return Err(format!("did not end within {PATIENCE:?}"));
                }
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// What it prints, which must be less than a pipe holds, if it ends well.
    pub(super) fn output(mut self, time: Duration) -> Result<String, String> {
        let status = self.wait(time)?;
        if !status.success() {
            let said = read(self.0.stderr.take())?;
            return Err(format!("{status}: {}", said.trim()));
        }
        read(self.0.stdout.take())
    }
}

fn read(pipe: Option<impl Read>) -> Result<String, String> {
    let mut text = String::new();
    let read = pipe.map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut text));
    read.map(|_| text).map_err(|error| error.to_string())
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        process::{Command, Stdio},
        time::Duration,
    };

    use super::Running;

    fn shell(script: &str) -> Result<String, String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running::start(&mut command)?.output(Duration::ZERO)
    }

    #[test]
    fn what_a_process_prints_is_read_and_a_failure_says_why() {
        assert_eq!(shell("echo figures"), Ok("figures\n".to_owned()));
        let failed = shell("echo no device >&2; exit 3");
        assert_eq!(failed, Err("exit status: 3: no device".to_owned()));
    }
}
