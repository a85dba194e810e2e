//! What the driver writes into the event log, with the texts of the message table that is in its image.

use std::collections::BTreeSet;
use std::time::Instant;

use softrnic::sys;
use softrnic_emulator::event_log::Severity;
use softrnic_emulator::ndis::{AdapterOptions, Keyword};
use softrnic_emulator::nic::NicOptions;
use softrnic_emulator::wsk::{Call, Fault};
use softrnic_emulator::{Machine, Options};
use softrnic_functional::consumer::{Host, HostError, NtStatus};
use softrnic_functional::events::{Events, VERBOSE};
use softrnic_functional::paired::{OWN, Paired};
use softrnic_functional::{SOON, Stage};

#[path = "../../../src/nt/event_log/messages.rs"]
mod messages;

/// `STATUS_INSUFFICIENT_RESOURCES`, as entries have it.
const NO_RESOURCES: &str = "INSUFFICIENT_RESOURCES(0xc000009a)";

fn lines(machine: &Machine) -> Vec<String> {
    let entries = machine.event_log.entries();
    entries.iter().map(ToString::to_string).collect()
}

/// When so many are there.
fn wait(machine: &Machine, count: usize) -> Vec<String> {
    let start = Instant::now();
    while machine.event_log.entries().len() < count {
        assert!(start.elapsed() < SOON, "{:#?}", lines(machine));
        std::thread::yield_now();
    }
    lines(machine)
}

/// Loads the driver on `machine` and starts adapters with these keywords; what it wrote until it was unloaded.
fn written(
    machine: &'static Machine,
    adapters: &[&[(&str, Keyword)]],
) -> (Result<(), HostError>, Vec<String>) {
    let attached = machine.attach();
    let image = softrnic_build::image().expect("the image builds");
    let options = adapters.iter().map(|keywords| AdapterOptions {
        keywords: keywords
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
        ..AdapterOptions::default()
    });
    let loaded = Host::load(machine, &image.path, options.collect());
    let result = loaded.map(|loaded| {
        loaded.unload();
    });
    drop(attached);
    machine.stop();
    (result, lines(machine))
}

fn machine() -> &'static Machine {
    Machine::new(Options::default())
}

/// What an adapter without a NIC says, where `index` is its interface's.
fn not_paired(index: u32) -> String {
    format!(
        "softrnic Informational 7: The adapter with interface index {index} carries no frames: it is paired with no \
         NIC. Network Direct works without one."
    )
}

#[test]
fn the_image_has_every_message_and_no_other() {
    let machine = machine();
    let image = softrnic_build::image().expect("the image builds");
    let driver = machine.load(&image.path, "softrnic.sys").expect("loads");
    let table: Vec<(u32, String)> = driver
        .image
        .messages()
        .map(|(code, text)| (code, text.to_owned()))
        .collect();
    let mut list: Vec<(u32, String)> = messages::ALL
        .iter()
        .map(|message| (message.code(), message.text.to_owned()))
        .collect();
    list.sort();
    assert_eq!(table, list);
    let ids: BTreeSet<u16> = messages::ALL.iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), list.len(), "a number is there twice");
}

// Severity, the customer's bit, no facility: as an NTSTATUS.
#[test]
fn an_entry_has_its_codes_and_its_number() {
    let machine = machine();
    let wrong = [("NetworkDirectCrc", Keyword::from(7))];
    assert!(written(machine, &[&wrong]).0.is_ok());
    let entries = machine.event_log.entries();
    let [not_paired, ignored] = entries.as_slice() else {
        panic!("{entries:#?}");
    };
    let warning = (Severity::Warning, 0xA000_0005, 5, 2);
    let information = (Severity::Informational, 0x6000_0007, 7, 1);
    for (entry, expected) in [(not_paired, information), (ignored, warning)] {
        let found = (entry.severity(), entry.code, entry.id(), entry.sequence);
        assert_eq!((entry.source.as_str(), found), ("softrnic", expected));
    }
}

// NDIS-REG-07: what it had done is undone.
#[test]
fn a_driver_that_is_not_loaded_says_why() {
    let no_wsk = machine();
    no_wsk.wsk.fail(Fault::of(
        Call::Register,
        NtStatus::INSUFFICIENT_RESOURCES.0,
    ));
    let (result, lines) = written(no_wsk, &[]);
    assert!(matches!(result, Err(HostError::Entry(_))), "{result:?}");
    assert_eq!(
        lines,
        [format!(
            "softrnic Error 1: The driver is not loaded: it could not be registered with Winsock Kernel ({NO_RESOURCES})."
        )]
    );
    let no_ndis = machine();
    no_ndis.ndis.refuse("NdisMRegisterMiniportDriver");
    let (result, lines) = written(no_ndis, &[]);
    assert!(matches!(result, Err(HostError::Entry(_))), "{result:?}");
    assert_eq!(
        lines,
        [format!(
            "softrnic Error 2: The driver is not loaded: it could not be registered with NDIS ({NO_RESOURCES})."
        )]
    );
}

#[test]
fn a_driver_without_its_protocol_says_so() {
    let machine = machine();
    machine.ndis.refuse("NdisRegisterProtocolDriver");
    let (result, lines) = written(machine, &[]);
    assert!(result.is_ok());
    assert_eq!(
        lines,
        [format!(
            "softrnic Error 3: No adapter can be paired with a NIC: the protocol could not be registered ({NO_RESOURCES})."
        )]
    );
}

#[test]
fn an_adapter_that_does_not_start_says_why() {
    let mut stage = Stage::new();
    let machine = stage.machine();
    let before = machine.event_log.entries().len();
    machine.pool.fail_at(1);
    let added = stage.host_mut().add(AdapterOptions::default());
    assert!(
        matches!(&added, Err(HostError::Adapter(status)) if *status == NtStatus::INSUFFICIENT_RESOURCES),
        "{added:?}"
    );
    let lines = lines(machine).split_off(before);
    let [not_paired, not_started] = lines.as_slice() else {
        panic!("{lines:#?}");
    };
    assert!(not_paired.starts_with("softrnic Informational 7: "));
    let index: String = not_paired.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(
        *not_started,
        format!(
            "softrnic Error 4: The adapter with interface index {} was not started ({NO_RESOURCES}).",
            &index[1..]
        )
    );
}

#[test]
fn senseless_keywords_are_told_with_what_is_taken() {
    let keywords = [
        ("NetworkDirectReplyTimeout", Keyword::from(4)),
        ("*NetworkDirectTechnology", Keyword::from(2)),
        ("PairedAdapter", Keyword::from("Ethernet 2")),
    ];
    let (result, mut lines) = written(machine(), &[&keywords, &[]]);
    assert!(result.is_ok());
    lines.sort();
    let of_first = "The adapter with interface index 2";
    assert_eq!(
        lines,
        [
            format!(
                "softrnic Error 8: {of_first} carries no frames: its keyword PairedAdapter is not the GUID of an \
                 interface."
            ),
            not_paired(3),
            "softrnic Warning 5: The keyword NetworkDirectReplyTimeout of the adapter with interface index 2 is 4, \
             which is not within 5 to 600. It is taken as 90."
                .to_owned(),
            "softrnic Warning 6: Network Direct is off on the adapter with interface index 2: its keyword \
             *NetworkDirectTechnology is 2, and there is only 1, iWARP."
                .to_owned(),
        ]
    );
}

#[test]
fn a_second_adapter_of_a_nic_says_which_it_does_not_get() {
    let mut paired = Paired::new(NicOptions::default());
    paired.add_adapter(&[]);
    let guid = paired.nic().guid().to_uppercase();
    let lines = lines(paired.machine);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let expected = format!("carries no frames: it cannot be paired with the NIC {guid} (Taken).");
    assert!(lines[0].starts_with("softrnic Error 9: "), "{lines:#?}");
    assert!(lines[0].ends_with(&expected), "{lines:#?}");
}

#[test]
fn a_nic_that_cannot_be_opened_is_told() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    paired.machine.ndis.refuse("NdisOpenAdapterEx");
    paired.add_adapter(&[]);
    let lines = wait(paired.machine, 1);
    let guid = paired.nic().guid().to_uppercase();
    assert_eq!(
        lines,
        [format!(
            "softrnic Error 10: The NIC {guid} cannot be used by the adapter that is paired with it ({NO_RESOURCES}). \
             The adapter carries no frames."
        )]
    );
}

// Once for each adapter that comes, however often the NIC's link goes up and down.
#[test]
fn a_narrow_nic_is_told_once_for_each_adapter() {
    let mut paired = Paired::without_adapter(NicOptions::default());
    let jumbo = [("*JumboPacket", Keyword::from(9014))];
    paired.add_adapter(&jumbo);
    paired.wait_bound(1);
    let told = wait(paired.machine, 1);
    let index = paired.adapter().if_index();
    assert_eq!(
        told,
        [format!(
            "softrnic Warning 11: The frames of the adapter with interface index {index} may have an MTU of 9000, and those \
             of its NIC only 1500, which is used."
        )]
    );
    for up in [false, true] {
        paired.nic().set_link(up);
        paired.machine.ndis.settle(paired.machine);
    }
    assert_eq!(lines(paired.machine), told);
    paired.take_adapter().halt();
    paired.add_adapter(&jumbo);
    let told_again = wait(paired.machine, 2);
    assert!(told_again[1].starts_with("softrnic Warning 11: "));
}

#[test]
fn a_shared_address_that_is_another_is_told() {
    let mac = [2, 0x4E, 0, 0, 0, 5];
    let mut paired = Paired::without_adapter(NicOptions {
        mac: Some(mac),
        ..NicOptions::default()
    });
    paired.add_adapter(&[("SharedAddress", Keyword::from(1))]);
    paired.wait_bound(1);
    let [own, theirs] =
        [OWN, mac].map(|address| address.map(|byte| format!("{byte:02X}")).join("-"));
    let index = paired.adapter().if_index();
    assert_eq!(
        wait(paired.machine, 1),
        [format!(
            "softrnic Error 12: The adapter with interface index {index} carries no frames: it is to share the address \
             of its NIC, {theirs}, and has another, {own}."
        )]
    );
}

// NDK-NDIS-08: once, however often NDIS is told.
#[test]
fn a_switch_that_ndis_does_not_take_is_told_once() {
    let stage = Stage::new();
    let machine = stage.machine();
    let before = machine.event_log.entries().len();
    let events = Events::of(machine, VERBOSE, u64::MAX);
    machine.ndis.refuse_events(2);
    let adapter = &stage.host().adapters()[0];
    let set = adapter.oid_set(sys::OID_NDK_SET_STATE, &[0]);
    assert_eq!(set.status, sys::NDIS_STATUS_SUCCESS);
    let _switched = events.wait("NetworkDirectSwitched");
    let lines = lines(machine).split_off(before);
    assert_eq!(
        lines,
        [format!(
            "softrnic Warning 13: NDIS did not take it that Network Direct of the adapter with interface index {} is \
             switched to 0, 1 being on and 0 off ({NO_RESOURCES}). It is told again until it does.",
            adapter.if_index()
        )]
    );
}

#[test]
fn an_entry_without_memory_is_lost_and_nothing_else() {
    let machine = machine();
    machine.event_log.fail(1);
    let wrong = [("NetworkDirectCrc", Keyword::from(7))];
    let (result, _) = written(machine, &[&wrong]);
    assert!(result.is_ok());
    let entries = machine.event_log.entries();
    let numbers: Vec<_> = entries
        .iter()
        .map(|entry| (entry.id(), entry.sequence))
        .collect();
    assert_eq!(numbers, [(5, 2)], "the first is missing, and counted");
}

// A machine on which everything is wrong, again and again, does not fill the log.
#[test]
fn entries_are_bounded() {
    let names = [
        "*JumboPacket",
        "*IPChecksumOffloadIPv4",
        "*TCPChecksumOffloadIPv4",
        "*TCPChecksumOffloadIPv6",
        "*LsoV2IPv4",
        "*LsoV2IPv6",
        "NetworkDirectCrc",
        "NetworkDirectMarkers",
        "NetworkDirectMpaRevision",
        "NetworkDirectMpaFallback",
    ];
    let wrong = names.map(|name| (name, Keyword::from(0x7FFF_FFFF)));
    let adapters = [&wrong[..]; 7];
    let (result, lines) = written(machine(), &adapters);
    assert!(result.is_ok());
    assert_eq!(lines.len(), 64, "of 77");
}

#[test]
fn the_document_tells_of_every_message_and_of_no_other() {
    let document = include_str!("../../../docs/event-log.md");
    let rows: Vec<Vec<&str>> = document
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| event "))
        .map(|line| line.split(" | ").collect())
        .collect();
    assert_eq!(rows.len(), messages::ALL.len());
    for (row, message) in rows.iter().zip(messages::ALL) {
        let [id, level, text, advice] = row[..] else {
            panic!("{row:?}");
        };
        let expected = [
            format!("| {}", message.id),
            format!("{:?}", message.severity),
            message.text.to_owned(),
        ];
        assert_eq!([id, level, text], expected.each_ref().map(String::as_str));
        assert!(advice.len() > 10, "what to do about {id}");
    }
}
