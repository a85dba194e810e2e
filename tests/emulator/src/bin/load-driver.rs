//! Loads a driver image into an emulated machine, starts it, and unloads it again. A miniport gets
//! an adapter, which answers a query (and a set, when it is an NDK provider), sends two frames, sleeps, wakes up and is halted.
//! With `--chimney` its adapter gets TCP/IP above it that offloads connections to a NIC below.
//! A protocol gets a NIC, which receives frames, sleeps, wakes up and is pulled out.
//!
//! `load-driver IMAGE [--cheap] [--chimney] [--send-fails] [--seed=SEED [--trace]] [NAME=VALUE]…`: values (numbers are DWORDs) are set under the
//! driver's service key before it starts; with a seed it runs in a simulation, where every instruction can be traced.
//! With `--send-fails` the first `WskSend` fails.
//! Exit status 0: all went well; 1: it did not load or `DriverEntry` failed; 101: the verifier found something.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use softrnic::sys::OID_NDK_SET_STATE;
use softrnic_emulator::image::steps;
use softrnic_emulator::io::driver::registry_path;
use softrnic_emulator::machine::Driver;
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::ndis::{Adapter, AdapterOptions};
use softrnic_emulator::nic::{Nic, NicOptions, Switch, Weather};
use softrnic_emulator::pool::PoolMode;
use softrnic_emulator::wsk::{self, Call, Fault};
use softrnic_emulator::zw::Value;
use softrnic_emulator::{Machine, Options};
use softrnic_emulator::{clock, sched};

const OID_GEN_SUPPORTED_LIST: u32 = 0x0001_0101;
const CONNECTION_RESET: i32 = 0xC000_020D_u32 as i32;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let [cheap, chimney, send_fails] =
        ["--cheap", "--chimney", "--send-fails"].map(|flag| take(&mut arguments, flag));
    simulate(&mut arguments);
    let Some((image, values)) = arguments.split_first() else {
        eprintln!(
            "usage: load-driver IMAGE [--cheap] [--chimney] [--send-fails] [--seed=SEED [--trace]] [NAME=VALUE]..."
        );
        return ExitCode::from(2);
    };
    let pool = if cheap {
        PoolMode::Cheap
    } else {
        PoolMode::Special
    };
    let machine = Machine::new(Options {
        pool,
        ..Options::default()
    });
    configure(machine, send_fails);
    let path = Path::new(image);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for (value, text) in values.iter().filter_map(|v| v.split_once('=')) {
        let key = registry_path(name.trim_end_matches(".sys"));
        let parsed = text
            .parse()
            .map_or_else(|_| Value::String(text.into()), Value::Dword);
        machine.registry.set(&key, value, parsed);
    }
    let _attachment = machine.attach();
    let mut driver = match machine.load(path, &name) {
        Ok(driver) => driver,
        Err(error) => {
            eprintln!("{image}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let status = driver.start();
    if status < 0 {
        eprintln!("{image}: DriverEntry returned {status:#010x}");
        return ExitCode::FAILURE;
    }
    if chimney {
        exercise_chimney(machine, &driver);
    } else if let Ok(adapter) = machine.add_adapter(&driver, AdapterOptions::default())
        && !exercise(adapter)
    {
        eprintln!("{image}: the adapter does not restart");
        return ExitCode::FAILURE;
    }
    if machine.ndis.has_protocol() && !chimney {
        exercise_protocol(machine);
    }
    driver.unload();
    machine.stop();
    eprintln!("{image}: started and unloaded");
    ExitCode::SUCCESS
}

/// A network, whose first send may fail.
fn configure(machine: &'static Machine, send_fails: bool) {
    machine.wsk.configure(wsk::Options::default());
    if send_fails {
        let reset = Fault::of(Call::Send, CONNECTION_RESET);
        machine.wsk.fail(reset.pended());
    }
}

/// Whether the flag is among the arguments, where it is no more.
fn take(arguments: &mut Vec<String>, flag: &str) -> bool {
    let before = arguments.len();
    arguments.retain(|argument| argument != flag);
    arguments.len() < before
}

/// With a seed among the arguments: what follows is a simulation.
fn simulate(arguments: &mut Vec<String>) {
    let seed = |a: &String| a.strip_prefix("--seed=")?.parse().ok();
    if let Some(seed) = arguments.iter().find_map(seed) {
        let mut plan = sched::Plan::of(seed);
        let trace = arguments.iter().any(|a| a == "--trace");
        plan.preemption.take_if(|_| trace);
        sched::simulate(plan);
        if trace {
            steps::trace();
        }
    }
    arguments.retain(|a| !a.starts_with("--seed=") && a != "--trace");
}

/// A NIC comes, lives a little, and goes; a second one stays until the driver goes.
fn exercise_protocol(machine: &'static Machine) {
    let switch = Switch::new(Weather::default());
    let station = switch.station([2, 0, 0, 0, 0, 9]);
    let able = NicOptions {
        offloads: Offloads::ALL,
        ..NicOptions::default()
    };
    let nic = machine.add_nic(&switch, able);
    machine.ndis.settle(machine);
    station.send_to([0xFF; 6], 0x88B5, b"for everybody");
    wait_received(&nic, 1);
    nic.sleep();
    nic.set_link(false);
    nic.wake();
    nic.set_link(true);
    nic.remove();
    let short = NicOptions {
        buffers: 0,
        ..NicOptions::default()
    };
    let nic = machine.add_nic(&switch, short);
    machine.ndis.settle(machine);
    station.send_to(nic.mac(), 0x88B5, b"without buffers");
    wait_received(&nic, 1);
}

/// Connections are offloaded through the driver's adapter to a NIC, and disconnected; a last one is there when the NIC goes.
fn exercise_chimney(machine: &'static Machine, driver: &Driver) {
    let switch = Switch::new(Weather::default());
    let carries = NicOptions {
        connections: 4,
        ..NicOptions::default()
    };
    let nic = machine.add_nic(&switch, carries);
    let Ok(adapter) = machine.add_adapter(driver, AdapterOptions::default()) else {
        return;
    };
    machine.ndis.settle(machine);
    let above = machine.offload_stack(&adapter.guid());
    let Ok(graceful) = above.offload() else {
        return;
    };
    let sent = graceful.send(b"before");
    graceful.disconnect(b"data").wait();
    sent.wait();
    nic.peer_sends(0, b"after");
    graceful.terminate();
    let Ok(abortive) = above.offload() else {
        return;
    };
    let sent = abortive.send(b"before");
    abortive.abort().wait();
    sent.wait();
    abortive.terminate();
    let Ok(last) = above.offload() else { return };
    nic.halt();
    last.wait_gone();
    above.end();
    adapter.halt();
}

/// Waits until a NIC has received so many frames, and for the indication.
fn wait_received(nic: &Nic, frames: u64) {
    while nic.statistics().frames_received < frames && nic.filter() != 0 {
        sched::sleep_until(clock::after(Duration::from_millis(1)));
    }
    nic.pause();
    nic.restart();
}

/// A short life of an adapter; `false`: it did not restart.
fn exercise(adapter: Adapter) -> bool {
    adapter.oid_query(OID_GEN_SUPPORTED_LIST, 4);
    if adapter.ndk_attributes().is_some() {
        adapter.oid_set(OID_NDK_SET_STATE, &[1]);
    }
    adapter.send(&[&[0; 64], &[1; 64]]);
    if adapter.sleep().is_err() || adapter.wake().is_err() {
        return false;
    }
    adapter.halt();
    true
}
