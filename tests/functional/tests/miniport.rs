//! The adapter as NDIS sees it: requests, sends, states, and the switch of Network Direct.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use softrnic::sys;
use softrnic_emulator::ndis::{Adapter, AdapterOptions};
use softrnic_emulator::{Options, wsk};
use softrnic_functional::consumer::{
    Adapter as Opened, ConnectParameters, Connector, Host, NtStatus,
};
use softrnic_functional::{A_WHILE, Flag, SOON, Stage};

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;
const NOT_SUPPORTED: i32 = sys::NDIS_STATUS_NOT_SUPPORTED;
const INVALID_LENGTH: i32 = sys::NDIS_STATUS_INVALID_LENGTH;
const NOT_ACCEPTED: i32 = sys::NDIS_STATUS_NOT_ACCEPTED;
const PAUSED: i32 = sys::NDIS_STATUS_PAUSED;
const MEDIA_DISCONNECTED: i32 = sys::NDIS_STATUS_MEDIA_DISCONNECTED;

fn adapter(stage: &Stage) -> &Adapter {
    &stage.host().adapters()[0]
}

/// Opens NDK until it ends as wanted, since the switch is thrown by a thread of the driver's.
fn opens_as(stage: &Stage, wanted: Result<(), NtStatus>) -> bool {
    let start = Instant::now();
    while start.elapsed() < SOON {
        if stage.try_open(0, (1, 2)).map(drop) == wanted {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

// NDIS-OID-02: the requests of every miniport (the contract's section 5), each ended inside its call.
#[test]
fn mandatory_queries_are_answered() {
    let stage = Stage::new();
    let queries = [
        (sys::OID_GEN_INTERRUPT_MODERATION, 12),
        (sys::OID_GEN_MAXIMUM_TOTAL_SIZE, 4),
        (sys::OID_GEN_RECEIVE_BLOCK_SIZE, 4),
        (sys::OID_GEN_TRANSMIT_BLOCK_SIZE, 4),
        (sys::OID_GEN_RECEIVE_BUFFER_SPACE, 4),
        (sys::OID_GEN_TRANSMIT_BUFFER_SPACE, 4),
        (sys::OID_GEN_STATISTICS, 152),
        (sys::OID_GEN_VENDOR_DRIVER_VERSION, 4),
        (sys::OID_GEN_VENDOR_ID, 4),
        (sys::OID_GEN_RCV_OK, 8),
        (sys::OID_GEN_XMIT_OK, 8),
        (sys::OID_802_3_PERMANENT_ADDRESS, 6),
        (sys::OID_802_3_CURRENT_ADDRESS, 6),
        (sys::OID_802_3_MAXIMUM_LIST_SIZE, 4),
        (sys::OID_NDK_STATISTICS, 248),
    ];
    for (oid, length) in queries {
        let answer = adapter(&stage).oid_query(oid, 512);
        assert_eq!((answer.status, answer.bytes), (SUCCESS, length), "{oid:#x}");
    }
    let text = adapter(&stage).oid_query(sys::OID_GEN_VENDOR_DESCRIPTION, 512);
    assert_eq!(text.data.last(), Some(&0), "a text ends with a zero");
}

// NDIS-OID-02, NDIS-OID-11, NDIS-PM-01: what is set is checked.
#[test]
fn mandatory_sets_are_taken_and_senseless_values_are_not() {
    let stage = Stage::new();
    let adapter = adapter(&stage);
    let filter = sys::NDIS_PACKET_TYPE_DIRECTED | sys::NDIS_PACKET_TYPE_BROADCAST;
    let set = |oid, value: u32| adapter.oid_set(oid, &value.to_le_bytes()).status;
    assert_eq!(set(sys::OID_GEN_CURRENT_PACKET_FILTER, filter), SUCCESS);
    let kept = adapter.oid_query(sys::OID_GEN_CURRENT_PACKET_FILTER, 4);
    assert_eq!(kept.number(), Some(filter.into()));
    assert_eq!(
        set(sys::OID_GEN_CURRENT_PACKET_FILTER, 0x8000_0000),
        NOT_SUPPORTED
    );
    assert_eq!(set(sys::OID_GEN_CURRENT_LOOKAHEAD, 128), SUCCESS);
    assert_ne!(set(sys::OID_GEN_CURRENT_LOOKAHEAD, u32::MAX), SUCCESS);
    assert_eq!(
        adapter
            .oid_set(sys::OID_802_3_MULTICAST_LIST, &[1; 12])
            .status,
        SUCCESS
    );
    assert_eq!(
        adapter
            .oid_set(sys::OID_802_3_MULTICAST_LIST, &[1; 7])
            .status,
        INVALID_LENGTH
    );
    assert_ne!(
        adapter
            .oid_set(sys::OID_802_3_MULTICAST_LIST, &[1; 6 * 33])
            .status,
        SUCCESS
    );
    assert_eq!(
        adapter
            .oid_set(sys::OID_GEN_LINK_PARAMETERS, &[0; 32])
            .status,
        SUCCESS
    );
    assert_eq!(
        set(sys::OID_GEN_VLAN_ID, 4095),
        sys::NDIS_STATUS_INVALID_DATA
    );
    assert_eq!(set(sys::OID_PNP_SET_POWER, 1), SUCCESS, "NDIS-PM-01");
    assert_eq!(
        adapter.oid_query(sys::OID_PNP_QUERY_POWER, 4).status,
        SUCCESS
    );
}

// NDIS-PM-03: the adapter wakes nobody, and says so; NDIS-OID-04: what takes a wake-up away ends well.
#[test]
fn no_wake_up_can_be_switched_on() {
    let stage = Stage::new();
    let set = |oid, value: &[u8]| adapter(&stage).oid_set(oid, value).status;
    // NDIS_PM_PARAMETERS: a header, then what is on.
    let power = |on: u8| [&[0x80, 1, 20, 0][..], &[0; 8], &[on, 0, 0, 0], &[0; 4]].concat();
    assert_eq!(set(sys::OID_PM_PARAMETERS, &power(0)), SUCCESS);
    assert_eq!(set(sys::OID_PM_PARAMETERS, &power(1)), NOT_SUPPORTED);
    assert_eq!(set(sys::OID_PM_PARAMETERS, &[0; 15]), INVALID_LENGTH);
    assert_eq!(set(sys::OID_PNP_ENABLE_WAKE_UP, &[0; 4]), SUCCESS);
    assert_eq!(
        set(sys::OID_PNP_ENABLE_WAKE_UP, &[1, 0, 0, 0]),
        NOT_SUPPORTED
    );
    for gone in [
        sys::OID_PM_REMOVE_PROTOCOL_OFFLOAD,
        sys::OID_PM_REMOVE_WOL_PATTERN,
        sys::OID_PNP_REMOVE_WAKE_UP_PATTERN,
    ] {
        assert_eq!(set(gone, &[7, 0, 0, 0]), SUCCESS, "{gone:#x}");
    }
}

// NDIS-OID-06, NDIS-OID-07: counters of 32 and 64 bits, short buffers, unknown requests, and the direct path.
#[test]
fn short_buffers_are_told_what_is_needed_and_unknown_requests_nothing() {
    let stage = Stage::new();
    let counter = adapter(&stage).oid_query(sys::OID_GEN_XMIT_OK, 4);
    assert_eq!(
        (counter.status, counter.bytes, counter.needed),
        (SUCCESS, 4, 8)
    );
    let short = adapter(&stage).oid_query(sys::OID_GEN_STATISTICS, 151);
    assert_eq!(
        (short.status, short.bytes, short.needed),
        (INVALID_LENGTH, 0, 152)
    );
    let unknown = adapter(&stage).oid_query(0x0101_FFFF, 64);
    assert_eq!(
        (unknown.status, unknown.bytes, unknown.needed),
        (NOT_SUPPORTED, 0, 0)
    );
    let direct = adapter(&stage).direct_oid_query(sys::OID_NDK_STATISTICS, 248);
    assert_eq!((direct.status, direct.bytes), (SUCCESS, 248), "NDK-OID-02");
}

// NDIS-LIFE-08, NDIS-LIFE-09, NDIS-NBL-02: every send comes back, with the status of its state.
#[test]
fn sends_come_back_unsent() {
    let stage = Stage::new();
    let frame: &[u8] = &[0; 60];
    let adapter = adapter(&stage);
    assert_eq!(adapter.send(&[frame, frame]), [MEDIA_DISCONNECTED; 2]);
    adapter.pause();
    assert_eq!(adapter.send(&[frame]), [PAUSED]);
    adapter.restart().expect("restarts");
    assert_eq!(adapter.send(&[frame; 3]), [MEDIA_DISCONNECTED; 3]);
}

// NDK-VER-01, NDK-VER-02, NDK-VER-04, NDK-NDIS-01: through the handlers the driver has registered.
#[test]
fn openings_get_the_highest_minor_of_their_major() {
    let stage = Stage::new();
    for (asked, told) in [
        ((1, 0), (1, 2)),
        ((1, 2), (1, 2)),
        ((2, 0), (2, 1)),
        ((2, 1), (2, 1)),
    ] {
        let opened = stage.try_open(0, asked).expect("opens");
        let version = opened.info().expect("told").Version;
        assert_eq!((version.Major, version.Minor), told, "asked {asked:?}");
    }
    for asked in [(0, 0), (1, 3), (2, 2), (3, 0)] {
        let refused = stage.try_open(0, asked).map(drop);
        assert_eq!(refused, Err(NtStatus::NDIS_BAD_VERSION), "asked {asked:?}");
    }
}

// NDK-ADP-03: what NDIS was told at initialization is what a consumer is told.
#[test]
fn capabilities_are_those_a_query_tells() {
    let stage = Stage::new();
    let told = adapter(&stage)
        .ndk_attributes()
        .expect("NDK attributes")
        .info;
    let queried = stage
        .try_open(0, (2, 1))
        .expect("opens")
        .info()
        .expect("told");
    let words = |info: &sys::NDK_ADAPTER_INFO| {
        [
            info.MaxInitiatorRequestSge,
            info.MaxReceiveQueueDepth,
            info.MaxInitiatorQueueDepth,
            info.MaxCqDepth,
            info.MaxCallerData,
            info.AdapterFlags,
        ]
    };
    assert_eq!(words(&told), words(&queried));
}

// NDIS-OID-08, NDIS-OID-09, NDK-ADP-01, NDK-NDIS-05, NDK-NDIS-07 to NDK-NDIS-11: off at once for new openings, and told from a thread.
// OPEN_NDK_ADAPTER_HANDLER: NDIS_STATUS_ADAPTER_NOT_READY.
#[test]
fn the_switch_turns_network_direct_off_and_on() {
    let stage = Stage::new();
    let told = Arc::new(Flag::default());
    let flag = told.clone();
    stage.machine().ndis.on_ndk_state(move |_, enabled| {
        if !enabled {
            flag.set();
        }
    });
    let open = stage.open(0);
    let set = |on: u8| {
        adapter(&stage)
            .oid_set(sys::OID_NDK_SET_STATE, &[on])
            .status
    };
    assert_eq!(set(0), SUCCESS);
    let refused = stage.try_open(0, (1, 2)).map(drop);
    assert_eq!(
        refused,
        Err(NtStatus::NDIS_ADAPTER_NOT_READY),
        "NDK-NDIS-09"
    );
    assert!(told.wait(SOON), "NDIS is told");
    assert_eq!(set(1), SUCCESS);
    let refused = stage.try_open(0, (1, 2)).map(drop);
    assert_eq!(
        refused,
        Err(NtStatus::NDIS_ADAPTER_NOT_READY),
        "NDK-NDIS-11"
    );
    drop(open);
    assert!(opens_as(&stage, Ok(())));
}

// NDK-NDIS-08, NDK-NDIS-11: what NDIS had no resources to be told is told again, until it is taken or no
// longer wanted; a halt does not wait for it.
#[test]
fn an_event_that_is_refused_is_told_again() {
    let stage = Stage::new();
    let told = Arc::new(Flag::default());
    let flag = told.clone();
    let open = stage.open(0);
    stage.machine().ndis.on_ndk_state(move |_, enabled| {
        if !enabled {
            flag.set();
        }
    });
    let set = |on: u8| {
        let switched = adapter(&stage).oid_set(sys::OID_NDK_SET_STATE, &[on]);
        assert_eq!(switched.status, SUCCESS);
    };
    stage.machine().ndis.refuse_events(1);
    set(0);
    assert!(told.wait(SOON), "NDIS is told that it is off");
    drop(open);
    set(1);
    assert!(opens_as(&stage, Ok(())));
    stage.machine().ndis.refuse_events(u32::MAX);
    set(0);
    assert!(opens_as(&stage, Err(NtStatus::NDIS_ADAPTER_NOT_READY)));
}

// NDK-NDIS-11: the last request wins, whatever was told in between.
#[test]
fn a_fast_toggle_ends_as_last_asked() {
    let stage = Stage::new();
    let set = |on: u8| {
        adapter(&stage)
            .oid_set(sys::OID_NDK_SET_STATE, &[on])
            .status
    };
    for on in [0, 1, 0, 1, 0, 1] {
        assert_eq!(set(on), SUCCESS);
    }
    assert!(opens_as(&stage, Ok(())));
    assert_eq!(set(0), SUCCESS);
    assert!(opens_as(&stage, Err(NtStatus::NDIS_ADAPTER_NOT_READY)));
}

// NDK-NDIS-08, NDK-NDIS-09, NDK-NDIS-11: an opening that crosses a change of the switch is made or
// refused, and none outlives a disabling.
#[test]
fn openings_cross_the_switch() {
    let stage = Stage::new();
    let (machine, if_index) = (stage.machine(), adapter(&stage).if_index());
    let done = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _attached = machine.attach();
            while !done.load(Ordering::Relaxed) {
                let (version, told) = ((1, 2), Arc::default());
                let opened = Opened::open(machine, if_index, version, "client", &told).map(drop);
                let refused = Err(NtStatus::NDIS_ADAPTER_NOT_READY);
                assert!(opened == Ok(()) || opened == refused, "{opened:?}");
            }
        });
        for turn in 0..100_000 {
            let on = u8::from(turn % 2 == 1);
            let set = adapter(&stage).oid_set(sys::OID_NDK_SET_STATE, &[on]);
            assert_eq!(set.status, SUCCESS);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(opens_as(&stage, Ok(())));
}

// NDIS-LIFE-05, NDK-NDIS-02, NDK-NDIS-04, NDK-NDIS-06: the keyword is above the switch.
#[test]
fn the_keyword_keeps_network_direct_off() {
    let image = softrnic_build::image().expect("the image builds");
    let off = AdapterOptions {
        keywords: vec![("*NetworkDirect".into(), 0.into())],
        ..AdapterOptions::default()
    };
    let host = Host::start(
        &image.path,
        Options::default(),
        wsk::Options::default(),
        vec![off],
    )
    .expect("the image starts");
    {
        let _attached = host.machine().attach();
        let adapter = &host.adapters()[0];
        let told = adapter.ndk_attributes().expect("NDK-NDIS-02");
        assert!(!told.enabled, "NDK-NDIS-04");
        let switched = Arc::new(Flag::default());
        let flag = switched.clone();
        host.machine().ndis.on_ndk_state(move |_, _| flag.set());
        assert_eq!(
            adapter.oid_set(sys::OID_NDK_SET_STATE, &[1]).status,
            SUCCESS
        );
        assert!(!switched.wait(A_WHILE), "NDK-NDIS-06");
        let opened = Opened::open(
            host.machine(),
            adapter.if_index(),
            (1, 2),
            "client",
            &Arc::default(),
        );
        assert_eq!(opened.map(drop), Err(NtStatus::NDIS_ADAPTER_NOT_READY));
    }
    assert!(host.stop().is_empty(), "nothing is left behind");
}

// NDK-OID-04, NDK-OID-05, NDK-OID-06: pairs of rows, the consumer's addresses and TCP's.
#[test]
fn connections_and_listeners_are_listed_in_pairs() {
    let stage = Stage::new();
    let count = |adapter: &Adapter, oid| {
        let answer = adapter.oid_query(oid, 4096);
        assert_eq!(answer.status, SUCCESS);
        u32::from_le_bytes(answer.data[8..12].try_into().expect("four bytes"))
    };
    assert_eq!(count(adapter(&stage), sys::OID_NDK_CONNECTIONS), 0);
    let (active, passive) = stage.connected();
    let answer = adapter(&stage).oid_query(sys::OID_NDK_CONNECTIONS, 4096);
    assert_eq!(
        (answer.bytes, answer.data[12]),
        (16 + 2 * 64, 1),
        "mapped to TCP"
    );
    let local = active
        .connector
        .as_ref()
        .and_then(|connector| connector.local_address().ok())
        .expect("bound");
    assert_eq!(answer.data[18..20], local.port().to_be_bytes());
    let server = &stage.host().adapters()[1];
    assert_eq!(count(server, sys::OID_NDK_CONNECTIONS), 2);
    assert_eq!(count(server, sys::OID_NDK_LOCAL_ENDPOINTS), 2);
    let short = server.oid_query(sys::OID_NDK_LOCAL_ENDPOINTS, 16);
    assert_eq!(
        (short.status, short.needed),
        (INVALID_LENGTH, 16 + 2 * 36),
        "NDK-OID-05"
    );
    drop((active, passive));
    assert_eq!(count(adapter(&stage), sys::OID_NDK_CONNECTIONS), 0);
    assert_eq!(count(server, sys::OID_NDK_LOCAL_ENDPOINTS), 0);
}

// NDK-CON-07: the adapter's addresses are those TCP/IP has now.
#[test]
fn addresses_come_and_go() {
    let stage = Stage::new();
    let adapter = adapter(&stage);
    let (active, passive) = stage.connected();
    let another = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 77));
    let connect = || {
        let mut connector = Connector::new(&active.adapter).expect("made");
        let from = (another, 0).into();
        let nowhere = (stage.address(1, 9).ip(), 9).into();
        connector
            .connect(&active.qp, from, nowhere, &ConnectParameters::default())
            .wait()
    };
    assert_eq!(connect(), NtStatus::INVALID_ADDRESS);
    adapter.add_address(another, 8);
    assert_ne!(connect(), NtStatus::INVALID_ADDRESS);
    adapter.remove_address(another);
    assert_eq!(connect(), NtStatus::INVALID_ADDRESS);
    drop((active, passive));
}

// NDIS-LIFE-16, NDK-NDIS-10, NDK-NDIS-15: what is open may close, nothing new comes.
// Hostile input C10.
#[test]
fn a_removed_device_takes_nothing_new_and_lets_consumers_close() {
    let stage = Stage::new();
    let told = Arc::new(Flag::default());
    let flag = told.clone();
    stage.machine().ndis.on_ndk_state(move |_, enabled| {
        if !enabled {
            flag.set();
        }
    });
    let (active, passive) = stage.connected();
    let adapter = adapter(&stage);
    adapter.pnp_event(sys::NdisDevicePnPEventSurpriseRemoved);
    assert!(told.wait(SOON), "consumers are told to close");
    let frame: &[u8] = &[0; 60];
    assert_eq!(adapter.send(&[frame]), [NOT_ACCEPTED]);
    let request = adapter.oid_query(sys::OID_GEN_VENDOR_ID, 4);
    assert_eq!(request.status, NOT_ACCEPTED);
    let refused = stage.try_open(0, (1, 2)).map(drop);
    assert_eq!(refused, Err(NtStatus::NDIS_ADAPTER_NOT_READY));
    drop((active, passive));
}

// NDIS-REG-04, NDIS-REG-08, VERIF-04, WSK-REG-02: a load leaves nothing behind, with and without adapters.
// WSK-REG-01, -02, -03, -04, -08: the transport is asked for again each time, and given back.
#[test]
fn loading_and_unloading_can_be_repeated() {
    let image = softrnic_build::image().expect("the image builds");
    for count in [0, 1, 3, 0, 2] {
        let adapters = vec![AdapterOptions::default(); count];
        let host = Host::start(
            &image.path,
            Options::default(),
            wsk::Options::default(),
            adapters,
        )
        .expect("the image starts");
        if let Some(adapter) = host.adapters().last() {
            let (machine, told) = (host.machine(), Arc::default());
            let _attached = machine.attach();
            let opened = Opened::open(machine, adapter.if_index(), (1, 2), "client", &told);
            assert_eq!(opened.map(drop), Ok(()));
        }
        assert!(host.stop().is_empty(), "nothing is left behind");
    }
}
