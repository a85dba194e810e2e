//! Images that are not ours beside softrnic: an NDK consumer in C, with declarations of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The consumer, linked with `link` on top; `None`: there is no compiler for C, which is said.
fn consumer(name: &str, link: &[&str]) -> Option<PathBuf> {
    let folder = softrnic_build::root().join("tests/emulator/ndk-consumer");
    match softrnic_build::c_driver(&folder, name, link) {
        Ok(path) => Some(path),
        Err(why @ softrnic_build::Error::NoTool { .. }) => {
            eprintln!("skipped: the consumer in C is not built: {why}");
            None
        }
        Err(why) => panic!("{why}"),
    }
}

/// Runs `image` beside softrnic, with `more` on the command line.
fn emulate(image: &Path, more: &[&str]) -> Output {
    let softrnic = softrnic_build::image().expect("the image builds");
    Command::new(env!("CARGO_BIN_EXE_emulate"))
        .arg("--softrnic")
        .args([&softrnic.path, image])
        .args(more)
        .output()
        .expect("emulate runs")
}

/// Two adapters with addresses that this computer need not have, and a consumer that knows them.
fn two_adapters(service: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    for (role, index, ip) in [("Client", 12, "10.0.0.1"), ("Server", 13, "10.0.0.2")] {
        arguments.push("--adapter".to_owned());
        arguments.push(format!("ifindex={index},ip={ip}"));
        arguments.push("--set".to_owned());
        arguments.push(format!("{service}/{role}IfIndex={index}"));
        arguments.push("--set".to_owned());
        arguments.push(format!("{service}/{role}Address={ip}"));
    }
    arguments
}

fn passes(name: &str, link: &[&str]) {
    let Some(image) = consumer(name, link) else {
        return;
    };
    let arguments = two_adapters(name);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = emulate(&image, &arguments);
    let (text, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{text}{errors}");
    for line in [
        "ndk-consumer: client: interface 12, 'Ethernet 12', NDK 1.2",
        "ndk-consumer: passed",
        "softrnic.sys: unloaded",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line}:\n{text}{errors}"
        );
    }
}

#[test]
fn a_consumer_in_c_uses_ndk() {
    passes("ndk-consumer", &[]);
}

/// It lies where it was linked for.
#[test]
fn an_image_without_relocations_runs_at_its_own_base() {
    passes("ndk-consumer-fixed", &["/fixed", "/base:0x150000000"]);
}

#[test]
fn a_driver_that_does_not_start_is_told_and_the_rest_is_unloaded() {
    let Some(image) = consumer("ndk-consumer-unset", &[]) else {
        return;
    };
    let output = emulate(&image, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("ndk-consumer-unset.sys: DriverEntry returned 0xc0000034"));
    assert!(text.ends_with("softrnic.sys: unloaded\n"), "{text}");
}
