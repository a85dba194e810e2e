//! What an opening of each version sees: everything of the highest minor of its major, and nothing that is not of it.

use std::sync::Arc;

use softrnic_functional::consumer::abi::{
    GUID, NDK_EXTENSION_INTERFACE, NDK_RESULT_EX, NDK_VERSION, NdkOperationTypeReceive,
};
use softrnic_functional::consumer::{Cq, NtStatus, Qp, QpLimits, SharedEndpoint};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{End, SOON, Stage};

const VERSIONS: [((u16, u16), (u16, u16)); 5] = [
    ((1, 0), (1, 2)),
    ((1, 1), (1, 2)),
    ((1, 2), (1, 2)),
    ((2, 0), (2, 1)),
    ((2, 1), (2, 1)),
];

// NDK-VER-02, NDK-LIFE-04, NDK-LIFE-01: information and headers say the highest minor, whatever was asked.
#[test]
fn every_header_says_the_highest_minor() {
    let stage = Stage::new();
    for (asked, served) in VERSIONS {
        let adapter = stage.try_open(0, asked).expect("it opens");
        let info = adapter.info().expect("info");
        assert_eq!((info.Version.Major, info.Version.Minor), served);
        let endpoint = SharedEndpoint::new(&adapter, stage.address(0, 0)).expect("an endpoint");
        let end = End::new(&adapter, QpLimits::default());
        let objects: [Object; 5] = [
            adapter.raw().cast(),
            endpoint.raw().cast(),
            end.pd.raw().cast(),
            end.qp.raw().cast(),
            end.mr.raw().cast(),
        ];
        for object in objects {
            let version = raw::header(object).Version;
            assert_eq!(
                (version.Major, version.Minor),
                served,
                "asked for {asked:?}"
            );
        }
    }
}

/// The bytes of a result between its type and its output.
fn provider_error(result: &NDK_RESULT_EX) -> u32 {
    result.ProviderErrorCode
}

// NDK-VER-06, NDK-VER-07, NDK-CQ-13: a success carries no provider's code, and an older consumer finds zeros where the
// code would be; nothing is written behind the results.
#[test]
fn results_carry_no_code_that_was_not_asked_for() {
    let stage = Stage::new();
    for (asked, _) in VERSIONS {
        let limits = QpLimits::default();
        let (mut active, mut passive) = (
            End::new(&stage.open(0), limits),
            End::new(&stage.try_open(1, asked).expect("it opens"), limits),
        );
        let cq = Arc::new(Cq::new(&passive.adapter, 8, |_, _| {}).expect("a CQ"));
        let own = QpLimits {
            receive_depth: 4,
            initiator_depth: 4,
            ..limits
        };
        passive.qp = Qp::new(&passive.pd, &cq, &cq, own, 9).expect("a QP");
        stage.join(&mut active, &mut passive);
        passive.post_receive(1, 0, 64);
        passive.post_receive(2, 64, 64);
        active.post_send(3, 0, 8, 0);
        let _ = active.done.take(1);
        let poison = NDK_RESULT_EX {
            ProviderErrorCode: 0xEEEE_EEEE,
            ..NDK_RESULT_EX::default()
        };
        let mut results = [poison; 3];
        let mut taken = 0;
        let deadline = std::time::Instant::now() + SOON;
        while taken < 2 && std::time::Instant::now() < deadline {
            let count = cq.handle().poll_ex(&mut results[taken..2]);
            if taken == 0 && count == 1 {
                passive.qp.handle().flush();
            }
            taken += count;
        }
        let [received, cancelled, behind] = &results;
        assert_eq!(received.Status, NtStatus::SUCCESS.0);
        assert_eq!(received.Type, NdkOperationTypeReceive);
        assert_eq!(cancelled.Status, NtStatus::CANCELLED.0);
        assert_eq!(
            [provider_error(received), provider_error(cancelled)],
            [0; 2]
        );
        assert_eq!(provider_error(behind), 0xEEEE_EEEE);
    }
}

// NDK-VER-02, NDK-VER-03: who asked for 1.0 uses what came with 1.2.
#[test]
fn the_oldest_version_has_the_newest_functions() {
    let stage = Stage::new();
    let adapter = stage.try_open(0, (1, 0)).expect("it opens");
    let end = End::new(&adapter, QpLimits::default());
    // SAFETY: open objects; their tables stand behind their headers.
    let (send, poll) = unsafe {
        (
            (*(*end.qp.raw()).Dispatch).NdkSendAndInvalidate,
            (*(*end.qp.cqs().0.raw()).Dispatch).NdkGetCqResultsEx,
        )
    };
    assert!(send.is_some() && poll.is_some(), "NDK-VER-05");
    let refused = end.qp.handle().send_and_invalidate(1, &[], 0, 7);
    assert_eq!(refused, NtStatus::CONNECTION_INVALID);
}

// NDK-VER-08, NDK-VER-09: the one public extension, the adapter's RSS information, is not offered.
#[test]
fn the_public_extension_is_not_offered() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let rss = GUID::new(
        0xBAB2_7026,
        0x86C3,
        0x4E31,
        [0x9F, 0x72, 0x49, 0x36, 0xDE, 0xD7, 0x6D, 0x42],
    );
    let mut interface = NDK_EXTENSION_INTERFACE {
        Dispatch: std::ptr::null(),
    };
    let version = NDK_VERSION { Major: 1, Minor: 0 };
    let raw = adapter.raw();
    // SAFETY: the adapter is open; the arguments live for the call.
    let status = unsafe {
        ((*(*raw).Dispatch).NdkQueryExtension.expect("NDK-VER-05"))(
            raw.cast(),
            &raw const rss,
            version,
            &raw mut interface,
        )
    };
    assert_eq!(NtStatus(status), NtStatus::NOT_SUPPORTED);
    assert!(interface.Dispatch.is_null());
}
