//! Opening the adapter and what it says about itself.

use std::ptr;

use softrnic_emulator::wsk::{Call, Fault};
use softrnic_functional::Stage;
use softrnic_functional::consumer::NtStatus;
use softrnic_functional::consumer::abi::NDK_ADAPTER_INFO;

/// The version an opening for `asked` reports.
fn served(stage: &Stage, asked: (u16, u16)) -> Result<(u16, u16), NtStatus> {
    let adapter = stage.try_open(0, asked)?;
    let version = adapter.info().expect("information").Version;
    Ok((version.Major, version.Minor))
}

// NDK-VER-01, NDK-VER-02
// OPEN_NDK_ADAPTER_HANDLER: STATUS_SUCCESS.
#[test]
fn each_version_is_served_as_the_highest_of_its_major() {
    let stage = Stage::new();
    for asked in [(1, 0), (1, 1), (1, 2)] {
        assert_eq!(served(&stage, asked), Ok((1, 2)), "{asked:?}");
    }
    for asked in [(2, 0), (2, 1)] {
        assert_eq!(served(&stage, asked), Ok((2, 1)), "{asked:?}");
    }
}

// NDK-VER-01
// OPEN_NDK_ADAPTER_HANDLER: NDIS_STATUS_BAD_VERSION.
#[test]
fn versions_nobody_serves_are_refused() {
    let stage = Stage::new();
    for asked in [(0, 0), (1, 3), (2, 2), (3, 0)] {
        assert_eq!(
            served(&stage, asked),
            Err(NtStatus::NDIS_BAD_VERSION),
            "{asked:?}"
        );
    }
}

// NDK-ADP-01, WSK-REG-06: without the transport there is nothing to connect with; when it is there, all is well.
// OPEN_NDK_ADAPTER_HANDLER: STATUS_SUCCESS, NDIS_STATUS_ADAPTER_NOT_READY.
#[test]
fn an_opening_needs_the_transport() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    for (call, said) in [
        (Call::CaptureProviderNpi, NtStatus::DEVICE_NOT_READY),
        (Call::ControlClient, NtStatus::INSUFFICIENT_RESOURCES),
    ] {
        wsk.fail(Fault::of(call, said.0));
        let refused = stage.try_open(0, (1, 2)).map(drop);
        assert_eq!(refused, Err(NtStatus::NDIS_ADAPTER_NOT_READY), "{call:?}");
        assert_eq!(wsk.heal(), 0);
    }
    assert!(stage.try_open(0, (1, 2)).is_ok());
}

// NDK-ADP-02: sizes 0, 1, 95, 96, 103 are too small and nothing is written; 104 and more get 104 bytes.
// NdkQueryAdapterInfo: STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL.
#[test]
fn the_information_needs_its_whole_size() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let needed = size_of::<NDK_ADAPTER_INFO>() as u32;
    assert_eq!(needed, 104, "NDK-ABI-05");
    let mut size = 0;
    let told = adapter.query_info(ptr::null_mut(), &mut size);
    assert_eq!(told, (NtStatus::BUFFER_TOO_SMALL, needed));
    for small in [1, 95, 96, 103] {
        let mut buffer = [0xCC_u8; 104];
        let mut size = small;
        let told = adapter.query_info(buffer.as_mut_ptr().cast(), &mut size);
        assert_eq!(told, (NtStatus::BUFFER_TOO_SMALL, needed), "{small}");
        assert_eq!(buffer, [0xCC; 104], "{small}");
    }
    for enough in [104, 4096] {
        let mut buffer = [0_u64; 512];
        let mut size = enough;
        let told = adapter.query_info(buffer.as_mut_ptr().cast(), &mut size);
        assert_eq!(told, (NtStatus::SUCCESS, needed), "{enough}");
    }
}

// NDK-ADP-04, NDK-ADP-08, NDK-ADP-09, NDK-ADP-10
// RFC5040-8.1.1-11, RFC5042-6.4.3.3-2, RFC5042-7.2-2.
// RFC5040-8.1.2-6, RFC5041-8.3.2-5.
#[test]
fn the_information_is_what_consumers_ask_for() {
    const READ_SINK_NOT_REQUIRED: u32 = 2;
    const IWARP: i32 = 1;
    let stage = Stage::new();
    let info = stage.open(0).info().expect("information");
    assert!(info.FRMRPageCount >= 16);
    assert!(info.MaxSrqDepth > 0);
    assert_eq!(info.RdmaTechnology, IWARP);
    assert_ne!(info.AdapterFlags & READ_SINK_NOT_REQUIRED, 0);
    assert!(info.MaxCallerData >= 56 && info.MaxCalleeData >= 56);
}
