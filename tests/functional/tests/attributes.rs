//! What the driver says of itself when it starts, and that it is so.

use std::collections::BTreeSet;

use softrnic::sys;
use softrnic_functional::Stage;

// NDK-NDIS-02, NDK-NDIS-03, NDK-NDIS-04: enabled as the keyword has it, and the capabilities as their page wants them.
#[test]
fn the_capabilities_are_whole() {
    let stage = Stage::new();
    let told = stage.host().adapters()[0]
        .ndk_attributes()
        .expect("NDK attributes");
    assert!(told.enabled, "the keyword is on unless it is set");
    let capabilities = &told.capabilities;
    assert_eq!(
        (
            capabilities.Header.Type,
            capabilities.Header.Revision,
            usize::from(capabilities.Header.Size),
        ),
        (
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_NDK_CAPABILITIES_REVISION_1,
            size_of::<sys::NDIS_NDK_CAPABILITIES>(),
        )
    );
    assert_eq!(capabilities.Flags, 0);
    let counts = [
        capabilities.MaxQpCount,
        capabilities.MaxCqCount,
        capabilities.MaxMrCount,
        capabilities.MaxPdCount,
        capabilities.MaxMwCount,
    ];
    assert!(!counts.contains(&0), "{counts:?}");
    // NDK-ADP-08.
    assert_eq!(capabilities.MaxSrqCount == 0, told.info.MaxSrqDepth == 0);
    // No limit of the adapter's beside those of its connections.
    let reads = (
        capabilities.MaxInboundReadLimit,
        capabilities.MaxOutboundReadLimit,
    );
    assert_eq!(reads, (0, 0));
}

// NDIS-REG-01, NDIS-REG-02, NDIS-REG-03, NDIS-REG-05: a plain miniport of the version NDK wants, with every handler it must have,
// those of both request paths too.
#[test]
fn the_handlers_are_all_there() {
    let stage = Stage::new();
    let handlers = stage.host().adapters()[0].driver_handlers();
    let versions = (handlers.MajorNdisVersion, handlers.MinorNdisVersion);
    assert_eq!((versions, handlers.Flags), ((6, 80), 0), "and of no MUX");
    assert_eq!(
        (
            handlers.Header.Type,
            handlers.Header.Revision,
            usize::from(handlers.Header.Size),
        ),
        (
            sys::NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
            sys::NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
            size_of::<sys::NDIS_MINIPORT_DRIVER_CHARACTERISTICS>(),
        )
    );
    let there = [
        handlers.SetOptionsHandler.is_some(),
        handlers.InitializeHandlerEx.is_some(),
        handlers.HaltHandlerEx.is_some(),
        handlers.UnloadHandler.is_some(),
        handlers.PauseHandler.is_some(),
        handlers.RestartHandler.is_some(),
        handlers.OidRequestHandler.is_some(),
        handlers.CancelOidRequestHandler.is_some(),
        handlers.DirectOidRequestHandler.is_some(),
        handlers.CancelDirectOidRequestHandler.is_some(),
        handlers.SendNetBufferListsHandler.is_some(),
        handlers.CancelSendHandler.is_some(),
        handlers.ReturnNetBufferListsHandler.is_some(),
        handlers.DevicePnPEventNotifyHandler.is_some(),
        handlers.ShutdownHandlerEx.is_some(),
    ];
    assert!(there.iter().all(|it| *it), "{there:?}");
}

// NDIS-LIFE-04, NDIS-LIFE-15, NDIS-PM-03, NDIS-PM-04: an adapter without hardware, which may be pulled out, stays as it is while the
// system sleeps, is told of no bug check, and wakes nobody.
#[test]
fn the_attributes_are_those_of_an_adapter_without_hardware() {
    let stage = Stage::new();
    let adapter = &stage.host().adapters()[0];
    let registration = adapter.registration().expect("registration attributes");
    assert_eq!(
        registration.AttributeFlags,
        sys::NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM
            | sys::NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK
            | sys::NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND
    );
    assert_eq!(registration.InterfaceType, 0);
    let general = adapter.general().expect("general attributes");
    assert_eq!(
        (general.MediaType, u32::from(general.IfType)),
        (sys::NdisMedium802_3, sys::IF_TYPE_ETHERNET_CSMACD)
    );
    let loopback = general.MacOptions & sys::NDIS_MAC_OPTION_NO_LOOPBACK;
    assert_ne!(loopback, 0, "NDIS-NBL-09");
    assert!(general.RecvScaleCapabilities.is_null(), "HLK-03");
    let power = adapter.power_capabilities().expect("power capabilities");
    assert_eq!(
        [
            power.MinMagicPacketWakeUp,
            power.MinPatternWakeUp,
            power.MinLinkChangeWakeUp,
        ],
        [sys::NdisDeviceStateUnspecified; 3]
    );
    let words = [
        power.SupportedWoLPacketPatterns,
        power.SupportedProtocolOffloads,
    ];
    assert_eq!(words, [0, 0]);
}

// NDIS-LIFE-15: a shutdown, and a bug check at HIGH_LEVEL, call nothing and free nothing.
#[test]
fn a_shutdown_leaves_everything_as_it_is() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for adapter in stage.host().adapters() {
        adapter.shut_down(sys::NdisShutdownPowerOff);
        adapter.shut_down(sys::NdisShutdownBugCheck);
        let answer = adapter.oid_query(sys::OID_GEN_VENDOR_ID, 4);
        assert_eq!(answer.status, sys::NDIS_STATUS_SUCCESS);
    }
    passive.post_receive(1, 0, 64);
    active.post_send(2, 0, 64, 0);
    assert_eq!(passive.received.take(1)[0].bytes, 64);
}

// NDIS-REG-03, NDK-NDIS-16: the miniport has no way to be reset, nor to say that it hangs and must be.
#[test]
fn there_is_no_reset() {
    let stage = Stage::new();
    let handlers = stage.host().adapters()[0].driver_handlers();
    assert!(handlers.ResetHandlerEx.is_none());
    assert!(handlers.CheckForHangHandlerEx.is_none());
}

// NDK-IRQL-06: memory is mapped with no right to execute it, at normal priority, and may fail to be.
#[test]
fn mappings_are_asked_for_with_care() {
    const NORMAL_PAGE_PRIORITY: u32 = 16;
    const MDL_MAPPING_NO_EXECUTE: u32 = 0x4000_0000;
    let stage = Stage::new();
    let _ends = stage.connected();
    let asked = stage.machine().mappings.asked();
    let wanted = softrnic_emulator::mm::map::Asked {
        priority: NORMAL_PAGE_PRIORITY | MDL_MAPPING_NO_EXECUTE,
        must_succeed: false,
    };
    assert_eq!(asked, BTreeSet::from([wanted]));
}
