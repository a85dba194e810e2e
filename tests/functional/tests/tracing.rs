//! What the driver tells Event Tracing for Windows.

use softrnic::sys;
use softrnic_emulator::etw::{Decoded, Value};
use softrnic_emulator::ndis::AdapterOptions;
use softrnic_emulator::{Machine, Options};
use softrnic_functional::consumer::{Host, NtStatus};
use softrnic_functional::events::{ERROR, Events, VERBOSE, WARNING};
use softrnic_functional::{SOON, Stage};

const EVERYTHING: u64 = u64::MAX;
const LIFE: u64 = 1;

fn field<'a>(event: &'a Decoded, name: &str) -> &'a Value {
    let field = event.fields.iter().find(|(field, _)| field == name);
    &field.expect("a field of the event").1
}

fn text(event: &Decoded, name: &str) -> String {
    field(event, name).to_string()
}

// EtwRegister, EtwUnregister: PASSIVE_LEVEL, before the image goes.
#[test]
fn a_life_from_load_to_unload() {
    let machine = Machine::new(Options::default());
    let attached = machine.attach();
    let events = Events::of(machine, VERBOSE, EVERYTHING);
    let image = softrnic_build::image().expect("the image builds");
    let adapter = AdapterOptions {
        keywords: vec![("NetworkDirectCrc".into(), 7.into())],
        ..AdapterOptions::default()
    };
    let loaded = Host::load(machine, &image.path, vec![adapter]).expect("the image starts");
    loaded.unload();
    let lines = events.lines();
    let [started, ignored, adapter, halted, unloaded] = lines.as_slice() else {
        panic!("{lines:#?}");
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        *started,
        format!("softrnic DriverLoaded: Version {version}")
    );
    assert_eq!(
        ignored,
        "softrnic SettingIgnored: Name NetworkDirectCrc, Value 7, Taken 1"
    );
    assert!(adapter.starts_with("softrnic AdapterStarted: InterfaceLuid 0x"));
    assert!(adapter.ends_with(", NetworkDirect true"), "{adapter}");
    assert!(halted.starts_with("softrnic AdapterHalted: InterfaceLuid 0x"));
    assert_eq!(unloaded, "softrnic DriverUnloaded");
    drop(attached);
    machine.stop();
}

#[test]
fn a_connection_from_its_making_to_its_end() {
    let stage = Stage::new();
    let events = Events::of(stage.machine(), VERBOSE, EVERYTHING);
    let (active, passive) = stage.connected();
    let connected = events.wait("Connected");
    let [local, remote] = [text(&connected, "Local"), text(&connected, "Remote")];
    for (address, of) in [(&local, 0), (&remote, 1)] {
        let address: std::net::SocketAddr = address.parse().expect("an address");
        assert_eq!(address.ip(), stage.address(of, 0).ip());
        assert_ne!(address.port(), 0);
    }
    let first = active.disconnect();
    assert!(passive.gone.wait(SOON));
    assert_eq!(passive.disconnect().wait(), NtStatus::SUCCESS);
    assert_eq!(first.wait(), NtStatus::SUCCESS);
    let left = events.wait("PeerDisconnected");
    assert_eq!(
        [text(&left, "Remote"), text(&left, "Local")],
        [local, remote]
    );
    let lines = events.lines();
    let count = |name: &str| {
        let name = format!("softrnic {name}: ");
        lines.iter().filter(|line| line.starts_with(&name)).count()
    };
    assert_eq!(
        (count("Connected"), count("Disconnected")),
        (2, 2),
        "{lines:#?}"
    );
}

// RFC 5040 section 4.8: both ends tell of a Terminate, and why the connection is lost.
#[test]
fn a_terminate_is_told_at_both_ends() {
    let stage = Stage::new();
    let events = Events::of(stage.machine(), WARNING, EVERYTHING);
    let (active, passive) = stage.connected();
    let sge = passive.mr.sge(&passive.buffer, 0, 64);
    let posted = passive.qp.handle().write(1, &[sge], 0, 0x0BAD_BAD0, 0);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert!(active.gone.wait(SOON) && passive.gone.wait(SOON));
    let lines = events.lines();
    for by_peer in [true, false] {
        let tail = format!(
            "ByPeer {by_peer}, LayerAndType 0x11, Code 0x0, Meaning tagged buffer: invalid STag"
        );
        assert!(lines.iter().any(|line| line.ends_with(&tail)), "{lines:#?}");
    }
    let lost = events.wait("ConnectionLost");
    assert_eq!((lost.level, lost.provider.as_str()), (WARNING, "softrnic"));
    assert!(text(&lost, "Reason").starts_with("Terminated"), "{lost}");
    assert!(
        lines.iter().all(|line| !line.contains(" Connected")),
        "a level below"
    );
}

#[test]
fn a_refused_connect_is_told() {
    let stage = Stage::new();
    let events = Events::of(stage.machine(), WARNING, EVERYTHING);
    let end = softrnic_functional::End::new(&stage.open(0), Default::default());
    let closed = std::net::TcpListener::bind("127.0.0.2:0").expect("bound");
    let to = closed.local_addr().expect("bound");
    drop(closed);
    let mut connector = softrnic_functional::consumer::Connector::new(&end.adapter).expect("made");
    let parameters = softrnic_functional::peer::parameters(b"");
    let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    let told = events.wait("NotConnected");
    assert_eq!(text(&told, "Remote"), to.to_string());
    assert_eq!(text(&told, "Reason"), "Refused");
    assert_eq!(*field(&told, "Active"), Value::Bool(true));
}

// NDK-NDIS-08: the switch of Network Direct, and what NDIS did not take.
#[test]
fn the_switch_is_told() {
    let stage = Stage::new();
    let events = Events::of(stage.machine(), VERBOSE, LIFE);
    stage.machine().ndis.refuse_events(1);
    let adapter = &stage.host().adapters()[0];
    let set = adapter.oid_set(sys::OID_NDK_SET_STATE, &[0]);
    assert_eq!(set.status, sys::NDIS_STATUS_SUCCESS);
    let refused = events.wait("NetworkDirectNotTaken");
    assert_eq!(*field(&refused, "On"), Value::Bool(false));
    let resources = sys::NDIS_STATUS_RESOURCES as u32;
    assert_eq!(*field(&refused, "Status"), Value::Hex(resources.into()));
    let switched = events.wait("NetworkDirectSwitched");
    assert_eq!(*field(&switched, "On"), Value::Bool(false));
    assert_eq!(events.lines().len(), 2);
}

// Keywords and levels: a session gets what it asks for, and requests only when it asks for everything.
#[test]
fn a_session_gets_what_it_asks_for() {
    let stage = Stage::new();
    let adapter = &stage.host().adapters()[0];
    let ask = || adapter.oid_set(sys::OID_GEN_MACHINE_NAME, &[0; 4]).status;
    let events = Events::of(stage.machine(), ERROR, EVERYTHING);
    assert_eq!(ask(), sys::NDIS_STATUS_NOT_SUPPORTED);
    stage.machine().etw.disable();
    assert_eq!(ask(), sys::NDIS_STATUS_NOT_SUPPORTED);
    let all = Events::of(stage.machine(), VERBOSE, EVERYTHING);
    assert_eq!(ask(), sys::NDIS_STATUS_NOT_SUPPORTED);
    assert!(events.lines().is_empty());
    let request = all.wait("Request");
    let number = u64::from(sys::OID_GEN_MACHINE_NAME);
    assert_eq!(*field(&request, "Oid"), Value::Hex(number));
    assert_eq!(*field(&request, "Set"), Value::Bool(true));
}

#[test]
fn every_event_is_described() {
    let source = include_str!("../../../src/nt/trace.rs");
    let text = include_str!("../../../docs/tracing.md");
    let written = source.split("_event!(").skip(1);
    let names = written.map(|event| event.split('"').nth(1).expect("a name"));
    // The macro's own.
    let names: Vec<_> = names.filter(|name| *name != "Local").collect();
    assert!(names.len() > 15, "{names:?}");
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| ") && line.matches('|').count() == 6);
    let described: Vec<_> = rows
        .map(|line| line.split('|').nth(1).expect("a cell").trim())
        .collect();
    for name in &names {
        assert!(
            described.contains(name),
            "docs/tracing.md says nothing of {name}"
        );
    }
    assert_eq!(
        described.len(),
        names.len() + 1,
        "a row for nothing: {described:?}"
    );
}
