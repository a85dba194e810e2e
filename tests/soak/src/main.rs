//! `cargo dev soak`: many connections at once, many one after the other, the image loaded and unloaded under traffic.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use clap::Parser;
use serde_json::{Value, json};
use softrnic_consumer::{Adapter, Host, Loaded, Timeline};
use softrnic_emulator::pool::PoolMode;
use softrnic_emulator::{Options, wsk};
use softrnic_soak::client::{Client, Phase};
use softrnic_soak::limit;
use softrnic_soak::memory::{Sample, Samples};
use softrnic_soak::server::Server;

/// Runs softrnic.sys for a long time at both ends of connections, in two processes, and sees that nothing fails and memory
/// stays flat.
#[derive(Parser)]
#[command(name = "cargo dev soak", bin_name = "cargo dev soak")]
struct Arguments {
    /// Connections alive at once.
    #[arg(long, default_value_t = 10_000)]
    connections: u64,
    /// Connections made and ended, one after the other.
    #[arg(long, default_value_t = 1_000_000)]
    cycles: u64,
    /// How often the image is loaded, and unloaded under traffic.
    #[arg(long, default_value_t = 100)]
    loads: u64,
    /// Ends with one line of JSON on standard output.
    #[arg(long)]
    json: bool,
    /// Where the server is: this process is the client.
    #[arg(long, hide = true)]
    server: Option<SocketAddr>,
}

/// What the client says when nothing is connected, and waits for an answer.
const QUIET: &str = "quiet";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = limit::allow(arguments.connections).and_then(|()| match arguments.server {
        None => serve(&arguments),
        Some(server) => attack(&arguments, server).map(|()| true),
    });
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("memory grew");
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The addresses of both ends: of this pair of processes alone.
fn addresses(server: u32) -> [IpAddr; 2] {
    let first = 0x7F00_0000 + ((server % 0x1_0000) << 8) + 1;
    [first, first + 1].map(|address| Ipv4Addr::from(address).into())
}

/// Special pool would need more mappings than a host gives.
fn host(name: &str, address: IpAddr) -> Result<Host, String> {
    let image = softrnic_build::image().map_err(|e| e.to_string())?;
    let machine = Options {
        name: name.into(),
        pool: PoolMode::Cheap,
        ..Options::default()
    };
    let adapters = vec![Host::adapter_at(address)];
    Host::start(&image.path, machine, wsk::Options::default(), adapters).map_err(|e| e.to_string())
}

/// The parent's part; whether memory stayed flat in both processes.
fn serve(arguments: &Arguments) -> Result<bool, String> {
    let address = addresses(std::process::id())[0];
    let host = host("server", address)?;
    let attached = host.machine().attach();
    let index = host.adapters()[0].if_index();
    let timeline = Arc::new(Timeline::default());
    let adapter = Adapter::open(host.machine(), index, (1, 2), "server", &timeline)
        .map_err(|status| format!("the adapter: {status}"))?;
    let failed = |status| format!("the server: {status}");
    let server = Server::start(&adapter, SocketAddr::new(address, 0)).map_err(failed)?;
    let mut child = client(arguments, server.address().map_err(failed)?)?;
    let mut samples = Samples::default();
    let result = listen(&mut child, || {
        server.wait_quiet()?;
        samples.0.push(Sample::take(host.machine()));
        Ok(())
    });
    let ended = child.wait().map_err(|e| e.to_string())?;
    let mut result = result?;
    if !ended.success() {
        return Err(format!("the client: {ended}"));
    }
    server.wait_quiet()?;
    server.stop();
    drop((adapter, attached));
    let leaks = host.stop();
    assert!(leaks.is_empty(), "the driver left {leaks:?}");
    let flat = samples.is_flat() && result["flat"] == json!(true);
    result["server"] = samples.report();
    result["flat"] = flat.into();
    eprintln!("{result:#}");
    if arguments.json {
        println!("{result}");
    }
    Ok(flat)
}

fn client(arguments: &Arguments, server: SocketAddr) -> Result<Child, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let numbers = [
        ("--connections", arguments.connections),
        ("--cycles", arguments.cycles),
        ("--loads", arguments.loads),
    ];
    let mut command = Command::new(own);
    command.args(["--server", &server.to_string()]);
    for (name, number) in numbers {
        command.args([name, &number.to_string()]);
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    pipes.spawn().map_err(|e| format!("the client: {e}"))
}

/// Hears the client until it has said what it came to.
fn listen(
    child: &mut Child,
    mut quiet: impl FnMut() -> Result<(), String>,
) -> Result<Value, String> {
    let (mut input, output) = (child.stdin.take(), child.stdout.take());
    let mut last = Value::Null;
    for line in output
        .into_iter()
        .flat_map(|output| BufReader::new(output).lines())
    {
        let line = line.map_err(|e| e.to_string())?;
        if line == QUIET {
            quiet()?;
            if let Some(input) = &mut input {
                writeln!(input).map_err(|e| e.to_string())?;
            }
        } else {
            last = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        }
    }
    Ok(last)
}

/// The child's part.
fn attack(arguments: &Arguments, server: SocketAddr) -> Result<(), String> {
    let address = match server.ip() {
        IpAddr::V4(ip) => Ipv4Addr::from(u32::from(ip) + 1).into(),
        IpAddr::V6(_) => return Err("an IPv4 server is expected".into()),
    };
    let mut host = host("client", address)?;
    let machine = host.machine();
    let attached = machine.attach();
    let client = Client::new(machine, address, server);
    let alive = client.alive(arguments.connections)?;
    quiet()?;
    let cycles = client.cycles(arguments.cycles, quiet)?;
    // From here on the image comes and goes.
    let adapters = vec![host.take(0)];
    if let Some(driver) = host.take_driver() {
        Loaded { driver, adapters }.unload();
    }
    let image = softrnic_build::image().map_err(|e| e.to_string())?;
    let loads = client.loads(&image.path, arguments.loads, quiet)?;
    drop(attached);
    let leaks = host.stop();
    assert!(leaks.is_empty(), "the driver left {leaks:?}");
    let flat = [&alive, &cycles, &loads]
        .iter()
        .all(|phase| phase.samples.is_flat());
    let result = json!({
        "alive": told(&alive),
        "cycles": told(&cycles),
        "loads": told(&loads),
        "flat": flat,
    });
    println!("{result}");
    Ok(())
}

fn told(phase: &Phase) -> Value {
    let seconds = phase.time.as_secs_f64();
    json!({
        "connections": phase.connections,
        "seconds": seconds,
        "per_second": phase.connections as f64 / seconds,
        "bytes_each": phase.bytes_each,
        "memory": phase.samples.report(),
    })
}

/// Has the server look at itself too, and waits until it has.
fn quiet() -> Result<(), String> {
    println!("{QUIET}");
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(0) => Err("the server is gone".into()),
        Ok(_) => Ok(()),
        Err(e) => Err(e.to_string()),
    }
}
