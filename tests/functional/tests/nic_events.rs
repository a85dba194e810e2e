//! Whether the adapter uses its NIC, as Event Tracing for Windows has it; and a NIC whose frames change their length.

use std::sync::Arc;

use softrnic::sys;
use softrnic_emulator::interlude::Moment;
use softrnic_emulator::ndis::Keyword;
use softrnic_emulator::nic::NicOptions;
use softrnic_functional::SOON;
use softrnic_functional::events::{Events, VERBOSE};
use softrnic_functional::paired::{OWN, PEER, Paired, frame};

const EVERYTHING: u64 = u64::MAX;
const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;

fn with_events(options: NicOptions) -> (Paired, Arc<Events>) {
    let paired = Paired::without_adapter(options);
    // Nobody waits for the NIC yet: that it was offered as the driver started is not told.
    paired.machine.ndis.settle(paired.machine);
    let events = Events::of(paired.machine, VERBOSE, EVERYTHING);
    (paired, events)
}

/// Those of NICs, without the interface.
fn of_nics(events: &Events) -> Vec<String> {
    let lines = events.lines().into_iter();
    let told = lines.filter_map(|line| Some(line.strip_prefix("softrnic Nic")?.to_owned()));
    let short = |line: String| match line.split_once(": InterfaceLuid 0x") {
        Some((name, rest)) => match rest.split_once(", ") {
            Some((_, what)) => format!("{name}: {what}"),
            None => name.to_owned(),
        },
        None => line,
    };
    told.map(short).collect()
}

fn wait_for(paired: &Paired, events: &Events, expected: &[&str]) {
    paired.wait(|_| of_nics(events).len() >= expected.len());
    assert_eq!(of_nics(events), expected);
}

#[test]
fn a_nic_that_comes_and_goes_is_told() {
    let (mut paired, events) = with_events(NicOptions::default());
    paired.add_adapter(&[]);
    wait_for(&paired, &events, &["Used"]);
    let nic = paired.nic.take().expect("a NIC");
    let options = nic.options();
    nic.halt();
    wait_for(&paired, &events, &["Used", "NotUsed: Why gone"]);
    paired.nic = Some(paired.machine.add_nic(&paired.switch, options));
    wait_for(&paired, &events, &["Used", "NotUsed: Why gone", "Used"]);
}

#[test]
fn a_nic_that_does_not_fit_is_told() {
    let (mut paired, events) = with_events(NicOptions::default());
    paired.add_adapter(&[("SharedAddress", Keyword::from(1))]);
    wait_for(&paired, &events, &["NotUsed: Why another address"]);
}

#[test]
fn a_nic_of_another_adapter_is_told() {
    let (mut paired, events) = with_events(NicOptions::default());
    paired.add_adapter(&[]);
    wait_for(&paired, &events, &["Used"]);
    paired.add_adapter(&[]);
    wait_for(
        &paired,
        &events,
        &["Used", "NotUsed: Why another adapter's"],
    );
}

#[test]
fn a_nic_that_is_no_ethernet_nic_is_told() {
    let (mut paired, events) = with_events(NicOptions {
        ethernet: false,
        ..NicOptions::default()
    });
    paired.add_adapter(&[]);
    wait_for(&paired, &events, &["NotUsed: Why not Ethernet"]);
    assert_eq!(paired.nic().bindings(), 0);
}

// One for each NIC; the table of pairs has so many rows.
#[test]
fn one_pair_too_many_is_told() {
    const MOST: u32 = 64;
    let (mut paired, events) = with_events(NicOptions::default());
    for number in 0..=MOST {
        assert_eq!(of_nics(&events), [""; 0]);
        let nic = format!("{{00000000-0000-0000-0000-{number:012}}}");
        paired.add_adapter(&[("PairedAdapter", Keyword::from(nic.as_str()))]);
    }
    wait_for(&paired, &events, &["NotUsed: Why too many pairs"]);
}

// NDIS-PROT-01: a bind that fails leaves nothing, and the NIC is offered again.
#[test]
fn a_nic_that_is_not_opened_is_told() {
    let (mut paired, events) = with_events(NicOptions::default());
    paired.machine.ndis.refuse("NdisOpenAdapterEx");
    paired.add_adapter(&[]);
    let not_opened = format!("NotOpened: Status 0x{:08X}", sys::NDIS_STATUS_RESOURCES);
    paired.wait(|_| !of_nics(&events).is_empty());
    let [told] = &of_nics(&events)[..] else {
        panic!("{:?}", of_nics(&events));
    };
    assert_eq!(told.to_uppercase(), not_opened.to_uppercase());
    assert_eq!(paired.nic().bindings(), 0);
    paired.take_adapter().halt();
    paired.add_adapter(&[]);
    paired.wait(|paired| paired.nic().bindings() == 1);
    paired.wait(|_| of_nics(&events).last().is_some_and(|last| last == "Used"));
}

// NDIS-PROT-01: a NIC that is pulled out while it is bound is refused with a status that NDIS takes for an error; what the NIC says
// to a request then is none, by its severity.
#[test]
fn a_nic_that_goes_while_it_is_bound_is_refused() {
    let (mut paired, events) = with_events(NicOptions::default());
    let nic = paired.nic().hand();
    let interlude = &paired.machine.interlude;
    interlude.plan(Moment::Before("NdisOidRequest"), move || nic.pull());
    paired.add_adapter(&[]);
    assert!(paired.machine.interlude.came(SOON));
    // It is refused by the bind, or, where the adapter asked first, bound and found gone.
    let nic = paired.nic.take().expect("a NIC");
    let options = nic.options();
    nic.remove();
    paired.nic = Some(paired.machine.add_nic(&paired.switch, options));
    paired.wait_up();
    paired.wait(|_| of_nics(&events).last().is_some_and(|last| last == "Used"));
}

/// How long NDIS is told that the adapter's frames are: what they carry, what all of one is, and the largest look ahead that is taken.
fn lengths(paired: &Paired) -> [u32; 4] {
    let number = |oid| {
        let answer = paired.adapter().oid_query(oid, 4);
        assert_eq!(answer.status, SUCCESS);
        u32::from_le_bytes(answer.data[..4].try_into().expect("a number"))
    };
    let [total, receive, transmit] = [
        sys::OID_GEN_MAXIMUM_TOTAL_SIZE,
        sys::OID_GEN_RECEIVE_BLOCK_SIZE,
        sys::OID_GEN_TRANSMIT_BLOCK_SIZE,
    ]
    .map(number);
    let takes = |bytes: u32| {
        let set = paired
            .adapter()
            .oid_set(sys::OID_GEN_CURRENT_LOOKAHEAD, &bytes.to_le_bytes());
        set.status == SUCCESS
    };
    let ahead = total - 14;
    assert!(takes(ahead) && !takes(ahead + 1));
    [ahead, total, receive, transmit]
}

// NDIS-STAT-01, NDIS-LIFE-10: a NIC that is reconfigured while it is bound: the shorter of both lengths is told above, each once,
// whether the NIC says it itself or NDIS does when it restarts the binding. Requests are answered with it.
#[test]
fn a_nics_mtu_is_followed() {
    for restarts in [false, true] {
        let (mut paired, events) = with_events(NicOptions {
            mtu: 9000,
            ..NicOptions::default()
        });
        paired.add_adapter(&[("*JumboPacket", Keyword::from(4088))]);
        let above = paired.watch();
        paired.wait_up();
        let (mut told, mut longest) = (Vec::new(), 4074);
        // A NIC that would carry nothing says nothing.
        for (mtu, effective) in [
            (4074, 4074),
            (4073, 4073),
            (1500, 1500),
            (0, 4074),
            (9000, 4074),
        ] {
            paired.nic().set_mtu(mtu, restarts);
            if effective != longest {
                told.push(effective);
                longest = effective;
            }
            paired.wait(|_| above.mtus() == told);
            assert_eq!(
                lengths(&paired),
                [effective, effective + 14, effective + 14, effective + 14]
            );
            if mtu != 0 {
                let long = frame(PEER, OWN, &vec![7; effective as usize]);
                assert_eq!(above.send(&[&[&long]]), [SUCCESS], "{mtu}");
                assert_eq!(paired.peer.receive(SOON).as_deref(), Some(&long[..]));
            }
        }
        paired.passes(&above);
        assert!(above.links().iter().all(|(up, _)| *up), "the link stays");
        wait_for(&paired, &events, &["Used"]);
        let changes = events
            .lines()
            .into_iter()
            .filter(|line| line.starts_with("softrnic MtuChanged: "));
        let changes = changes.map(|line| line.rsplit_once(", ").expect("two members").1.to_owned());
        assert_eq!(
            changes.collect::<Vec<_>>(),
            ["Mtu 4073", "Mtu 1500", "Mtu 4074"]
        );
        above.end();
    }
}
