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
// those of both request paths too. NDIS-LIFE-04, NDIS-LIFE-15, NDIS-PM-04: the verifier reads the attributes as they are set.
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
