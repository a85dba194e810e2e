//! The running guest.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::net;
use crate::setup::{self, SetupError};

/// How long a guest may take to come up: emulated, on a busy machine.
const BOOT: Duration = Duration::from_secs(300);
/// QEMU's own socket, in the guest's folder.
const CONTROL: &str = "control";
/// What the init says when all is there.
const READY: &str = "GUEST-READY";

/// A guest that runs; ended when dropped.
pub(crate) struct Guest {
    qemu: Child,
    /// `tcg` or `kvm`.
    pub(crate) accelerator: &'static str,
    folder: PathBuf,
}

impl Guest {
    /// Boots the guest; it is ready for commands then.
    pub(crate) fn boot(parts: &setup::Guest) -> Result<Self, SetupError> {
        let folder = std::env::temp_dir().join(format!("softrnic-interop-{}", std::process::id()));
        let failed = |e: io::Error| SetupError(format!("QEMU: {e}"));
        fs::create_dir_all(&folder).map_err(failed)?;
        let accelerator = accelerator();
        let log = File::create(folder.join("qemu")).map_err(failed)?;
        let qemu = qemu(parts, accelerator, &folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log)
            .spawn()
            .map_err(failed)?;
        let mut guest = Self {
            qemu,
            accelerator,
            folder,
        };
        guest.wait_until_ready()?;
        Ok(guest)
    }

    /// Where QEMU itself listens.
    pub(crate) fn control(&self) -> PathBuf {
        self.folder.join(CONTROL)
    }

    fn wait_until_ready(&mut self) -> Result<(), SetupError> {
        let start = Instant::now();
        while !self.said("console").contains(READY) {
            let ended = self.qemu.try_wait().ok().flatten();
            if ended.is_some() || start.elapsed() > BOOT {
                return Err(SetupError(format!(
                    "the guest did not come up ({})\n{}{}",
                    self.accelerator,
                    self.said("qemu"),
                    self.said("console"),
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn said(&self, file: &str) -> String {
        let bytes = fs::read(self.folder.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The last lines of the guest's console.
    pub(crate) fn console(&self) -> String {
        let all = self.said("console");
        let lines: Vec<&str> = all.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// KVM only where the processor's own virtualisation is behind it: with another module a stock kernel hangs at its start.
fn accelerator() -> &'static str {
    let loaded = |module: &str| Path::new("/sys/module").join(module).exists();
    let usable = File::options()
        .read(true)
        .write(true)
        .open("/dev/kvm")
        .is_ok();
    if usable && (loaded("kvm_intel") || loaded("kvm_amd")) {
        "kvm"
    } else {
        "tcg"
    }
}

fn qemu(parts: &setup::Guest, accelerator: &str, folder: &Path) -> Command {
    // It ends with us, however we end.
    let mut qemu = Command::new("setpriv");
    qemu.args(["--pdeathsig", "KILL", "--", "qemu-system-x86_64"]);
    qemu.args([
        "-nodefaults",
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
    ]);
    qemu.arg("-machine").arg(format!("q35,accel={accelerator}"));
    qemu.args(["-cpu", if accelerator == "kvm" { "host" } else { "max" }]);
    qemu.args(["-smp", "2", "-m", "768"]);
    qemu.arg("-kernel").arg(&parts.kernel);
    qemu.arg("-initrd").arg(&parts.initrd);
    qemu.arg("-serial")
        .arg(format!("file:{}", folder.join("console").display()));
    let control = folder.join(CONTROL).display().to_string();
    qemu.arg("-qmp")
        .arg(format!("unix:{control},server=on,wait=off"));
    qemu.args(["-device", "virtio-rng-pci"]);
    for (n, link) in [net::CONTROL, net::FOUR].iter().enumerate() {
        let name = link.name;
        let netdev = format!("tap,id={name},ifname={name},script=no,downscript=no");
        let device = format!("virtio-net-pci,netdev={name},mac=52:54:00:79:00:0{n}");
        qemu.args(["-netdev", &netdev, "-device", &device]);
    }
    let kernel = [
        "console=ttyS0",
        "panic=-1",
        "quiet",
        "loglevel=4",
        "mitigations=off",
        "net.ifnames=0",
        "tsc=reliable",
        "no_timer_check",
        "rdinit=/init",
    ];
    qemu.arg("-append").arg(kernel.join(" "));
    qemu
}
