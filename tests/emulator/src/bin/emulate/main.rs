//! Loads driver images beside softrnic into one emulated machine: starts them in order, waits until they
//! are quiet, and unloads them in reverse.
//!
//! `emulate --softrnic IMAGE [IMAGE]… [--adapter KEY=VALUE,…]… [--set SERVICE/NAME=VALUE]… [--limit SECONDS]`
//!
//! Without `--adapter` softrnic has one adapter. Exit status 0: all drivers started, were quiet within the
//! limit, and left nothing; 1: one did not; 2: the command line is wrong; 101: the verifier found
//! something.

mod arguments;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use arguments::Arguments;
use softrnic_emulator::io::driver::registry_path;
use softrnic_emulator::ip::stand_in;
use softrnic_emulator::ndis::Adapter;
use softrnic_emulator::verifier::depth;
use softrnic_emulator::{Driver, Machine, Options, wsk};

/// How often quiet is looked for, and how many times in a row it has to be found.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 10;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{}", arguments::USAGE);
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let machine = Machine::new(Options {
        strict: false,
        debug_print: |_, text| println!("{text}"),
        ..Options::default()
    });
    machine.wsk.configure(wsk::Options::default());
    for (service, name, value) in &arguments.settings {
        let key = registry_path(service);
        machine.registry.set(&key, name, value.clone());
    }
    let _attachment = machine.attach();
    let result = run(machine, &arguments);
    machine.stop();
    report();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// What the verifier measured.
fn report() {
    let (bytes, chain) = depth::deepest();
    let limit = depth::STACK_LIMIT;
    eprintln!("verifier: stack {bytes} of {limit} bytes: {chain}");
}

/// Softrnic and its adapters, then the other drivers; all down again in any case.
fn run(machine: &'static Machine, arguments: &Arguments) -> Result<(), String> {
    let softrnic = start(machine, &arguments.softrnic)?;
    let (adapters, mut result) = add_adapters(machine, &softrnic, arguments);
    let mut drivers = Vec::new();
    for image in &arguments.images {
        match result.is_ok().then(|| start(machine, image)) {
            Some(Ok(driver)) => drivers.push(driver),
            Some(Err(why)) => result = Err(why),
            None => {}
        }
    }
    if result.is_ok() {
        result = quiet(machine, &drivers, arguments.limit);
    }
    while let Some(driver) = drivers.pop() {
        unload(driver);
    }
    for adapter in adapters.into_iter().rev() {
        adapter.halt();
    }
    unload(softrnic);
    result
}

fn start(machine: &'static Machine, image: &Path) -> Result<Driver, String> {
    let name = image
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut driver = machine
        .load(image, &name)
        .map_err(|why| format!("{}: {why}", image.display()))?;
    let status = driver.start();
    println!("{name}: DriverEntry returned {status:#010x}");
    match status {
        0.. => Ok(driver),
        _ => Err(format!("{name} did not start")),
    }
}

/// The adapters that started, and whether all did.
fn add_adapters(
    machine: &'static Machine,
    softrnic: &Driver,
    arguments: &Arguments,
) -> (Vec<Adapter>, Result<(), String>) {
    let mut adapters = Vec::new();
    for options in &arguments.adapters {
        for (ip, _) in &options.addresses {
            stand_in::provide(*ip);
        }
        let addresses: Vec<String> = options
            .addresses
            .iter()
            .map(|(ip, prefix)| format!("{ip}/{prefix}"))
            .collect();
        match machine.add_adapter(softrnic, options.clone()) {
            Ok(adapter) => {
                let (index, luid) = (adapter.if_index(), adapter.luid());
                println!(
                    "adapter ifindex={index} luid={luid:#x} {}",
                    addresses.join(" ")
                );
                adapters.push(adapter);
            }
            Err(status) => {
                return (
                    adapters,
                    Err(format!("an adapter did not start: {status:#010x}")),
                );
            }
        }
    }
    (adapters, Ok(()))
}

/// Waits until no thread and no work item of the drivers runs, and NDK calls none of them back.
fn quiet(machine: &Machine, drivers: &[Driver], limit: Duration) -> Result<(), String> {
    let end = Instant::now() + limit;
    let (mut seen, mut events) = (0, 0);
    while seen < LOOKS {
        let now = machine.ndk.events();
        seen = match now == events && drivers.iter().all(Driver::is_quiet) {
            true => seen + 1,
            false => 0,
        };
        events = now;
        if Instant::now() > end {
            return Err(format!("not quiet within {limit:?}"));
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn unload(driver: Driver) {
    let name = driver.image.name.clone();
    driver.unload();
    println!("{name}: unloaded");
}
