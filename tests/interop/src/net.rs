//! A network of its own: a namespace that holds this process, the guest and the two links between them.
//!
//! Addresses and ports are the same at every run and collide with nobody's, and nothing of the host is changed.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::net::UnixStream;
use std::process::Command;

use crate::setup::{SetupError, run};

/// The environment variable with the path of QEMU's own socket.
pub(crate) const CONTROL_SOCKET: &str = "SOFTRNIC_INTEROP_QEMU";

/// The link of the agent.
pub(crate) const CONTROL: Link = Link {
    name: "control",
    host: IpAddr::V4(Ipv4Addr::new(10, 79, 1, 1)),
    guest: IpAddr::V4(Ipv4Addr::new(10, 79, 1, 2)),
};
/// The link that carries RDMA, by IPv4.
pub(crate) const FOUR: Link = Link {
    name: "rdma",
    host: IpAddr::V4(Ipv4Addr::new(10, 79, 0, 1)),
    guest: IpAddr::V4(Ipv4Addr::new(10, 79, 0, 2)),
};
/// The link that carries RDMA, by IPv6.
pub(crate) const SIX: Link = Link {
    name: "rdma",
    host: IpAddr::V6(Ipv6Addr::new(0xfd79, 0, 0, 0, 0, 0, 0, 1)),
    guest: IpAddr::V6(Ipv6Addr::new(0xfd79, 0, 0, 0, 0, 0, 0, 2)),
};

/// A link to the guest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// The tap device on this side.
    pub(crate) name: &'static str,
    pub(crate) host: IpAddr,
    pub(crate) guest: IpAddr,
}

/// This program again, in a network namespace of its own; in a user namespace too where one may not make the first
/// without: whoever is not root, and root in many containers.
pub(crate) fn inside(arguments: &[String]) -> Result<Command, SetupError> {
    let own = std::env::current_exe().map_err(|e| SetupError(e.to_string()))?;
    let alone: &[&str] = &["--net"];
    let with_user: &[&str] = &["--net", "--user", "--map-root-user"];
    let may = |how: &&[&str]| run(unshare(how).arg("true")).is_ok();
    let how = [alone, with_user].into_iter().find(may);
    let how = how.ok_or_else(|| SetupError("no network namespace may be made here".to_owned()))?;
    let mut command = unshare(how);
    command.arg(own).args(arguments);
    Ok(command)
}

fn unshare(how: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(how).arg("--");
    command
}

/// Makes the links; in the namespace only.
pub(crate) fn make_links() -> Result<(), SetupError> {
    ip(&["link", "set", "lo", "up"])?;
    for link in [CONTROL, FOUR] {
        ip(&["tuntap", "add", "dev", link.name, "mode", "tap"])?;
        ip(&["link", "set", link.name, "up"])?;
    }
    for (link, bits) in [(CONTROL, 24), (FOUR, 24), (SIX, 64)] {
        let address = format!("{}/{bits}", link.host);
        let mut words = vec!["addr", "add", &address, "dev", link.name];
        if link.host.is_ipv6() {
            words.push("nodad");
        }
        ip(&words)?;
    }
    Ok(())
}

/// Undoes what an earlier case did to the link that carries RDMA.
pub(crate) fn calm() {
    cut(false);
    set_mtu(1500);
}

/// Cuts the link that carries RDMA, or mends it: QEMU then drops what comes, from either side.
pub(crate) fn cut(is_cut: bool) {
    let tell = || -> io::Result<()> {
        let control = std::env::var_os(CONTROL_SOCKET).unwrap_or_default();
        let mut qemu = UnixStream::connect(control)?;
        let mut answers = BufReader::new(qemu.try_clone()?).lines();
        let link = format!(r#"{{"name": "{}", "up": {}}}"#, FOUR.name, !is_cut);
        let commands = [
            r#"{"execute": "qmp_capabilities"}"#.to_owned(),
            format!(r#"{{"execute": "set_link", "arguments": {link}}}"#),
        ];
        for command in commands {
            writeln!(qemu, "{command}")?;
            let answered = |line: io::Result<String>| line.map(|line| line.contains("return"));
            while !answers.next().map_or(Ok(true), answered)? {}
        }
        Ok(())
    };
    tell().unwrap_or_else(|e| panic!("QEMU's control: {e}"));
}

/// Sets the largest packet of the link that carries RDMA.
pub(crate) fn set_mtu(bytes: u32) {
    let done = ip(&["link", "set", "dev", FOUR.name, "mtu", &bytes.to_string()]);
    done.unwrap_or_else(|e| panic!("{e}"));
}

fn ip(words: &[&str]) -> Result<(), SetupError> {
    run(Command::new("ip").args(words)).map(drop)
}
