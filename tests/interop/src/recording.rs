//! What a case's sockets said and heard, kept when it fails: the stream as the driver had it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use softrnic_emulator::Machine;
use softrnic_emulator::wsk::pcap::Capture;

/// The recording of this process's case.
static RECORDING: OnceLock<(Arc<Capture>, PathBuf)> = OnceLock::new();

/// Records the sockets of `machine` from now on.
pub(crate) fn begin(case: &str, machine: &Machine) {
    let file = folder().join(format!("{}.pcap", case.replace('/', "-")));
    match create(&file) {
        Ok(capture) => {
            let (capture, _) = RECORDING.get_or_init(|| (Arc::new(capture), file));
            machine.wsk.set_tap(Some(capture.clone()));
        }
        Err(e) => eprintln!("no recording in {}: {e}", file.display()),
    }
}

fn folder() -> PathBuf {
    softrnic_build::target_dir().with_file_name("interop")
}

fn create(file: &Path) -> io::Result<Capture> {
    fs::create_dir_all(folder())?;
    Capture::create(file)
}

/// The case has failed: where its recording is.
pub(crate) fn keep() {
    if let Some((capture, file)) = RECORDING.get() {
        match capture.flush() {
            Ok(()) => eprintln!("what our sockets said and heard: {}", file.display()),
            Err(e) => eprintln!("{}: {e}", file.display()),
        }
    }
}

/// The case has passed.
pub(crate) fn forget() {
    if let Some((_, file)) = RECORDING.get() {
        let _gone = fs::remove_file(file);
    }
}
