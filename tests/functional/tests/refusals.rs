//! What is not offered is refused as its page allows, and no dispatch slot is null (NDK-VER-05).

use std::ptr;

use softrnic_functional::consumer::abi::{NDK_QP, NDK_SGE};
use softrnic_functional::consumer::{Buffer, NtStatus, QpLimits};
use softrnic_functional::raw::{self, Object};
use softrnic_functional::{End, SOON, Stage};

/// The slots of the table of `object`, which has `count` of them.
fn slots<T>(object: *mut T, count: usize) -> Vec<usize> {
    // SAFETY: an open object's dispatch pointer stands at offset 40 (NDK-ABI-01); its table has `count` pointers.
    unsafe {
        let table = *object.byte_add(40).cast::<*const usize>();
        std::slice::from_raw_parts(table, count).to_vec()
    }
}

#[test]
fn no_table_has_a_null_slot() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 8));
    let (qp, mr, mw) = (raw::qp(pd, cq), raw::mr(pd), raw::mw(pd));
    let (connector, listener) = (raw::connector(&adapter), raw::listener(&adapter));
    let tables = [
        slots(adapter.raw(), 9),
        slots(pd, 8),
        slots(cq, 7),
        slots(qp, 11),
        slots(mr, 7),
        slots(mw, 3),
        slots(connector, 13),
        slots(listener, 5),
    ];
    for table in tables {
        assert!(!table.contains(&0), "{table:x?}");
    }
    let objects: [Object; 7] = [
        connector.cast(),
        listener.cast(),
        qp.cast(),
        mr.cast(),
        mw.cast(),
        cq.cast(),
        pd.cast(),
    ];
    for object in objects {
        assert!(raw::close(object).is_over(SOON));
    }
}

// NDK-LAM-09, NDK-LAM-11: refused, and never pending.
#[test]
fn logical_addresses_are_refused_inline() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let buffer = Buffer::new(4096);
    let (mut size, mut offset) = (0, 0);
    // SAFETY: the adapter is open; a null buffer with size 0 asks for the size.
    let status = NtStatus(unsafe {
        ((*(*adapter.raw()).Dispatch)
            .NdkBuildLAM
            .expect("NDK-VER-05"))(
            adapter.raw(),
            buffer.mdl(),
            4096,
            None,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut size,
            &raw mut offset,
        )
    });
    assert_eq!(status, NtStatus::NOT_SUPPORTED);
}

// NDK-ADP-08, NDK-SRQ-01
#[test]
fn shared_receive_queues_are_refused() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = raw::pd(&adapter);
    let create = |depth| {
        let (none, mut out) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the PD is open and the out-parameter writable.
        let status = unsafe {
            ((*(*pd).Dispatch).NdkCreateSrq.expect("NDK-VER-05"))(
                pd,
                depth,
                1,
                0,
                None,
                none,
                none,
                None,
                none,
                &raw mut out,
            )
        };
        assert!(out.is_null());
        NtStatus(status)
    };
    assert_eq!(create(1), NtStatus::INVALID_PARAMETER);
    assert!(!create(0).is_success());
    assert!(raw::close(pd.cast()).is_over(SOON));
}

// NDK-ADP-13: neither is advertised.
#[test]
fn resizing_and_moderation_are_refused() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let cq = raw::cq(&adapter, 8);
    // SAFETY: the CQ is open.
    let (resized, moderated) = unsafe {
        let table = &*(*cq).Dispatch;
        (
            (table.NdkResizeCq.expect("NDK-VER-05"))(cq, 16, None, ptr::null_mut()),
            (table.NdkControlCqInterruptModeration.expect("NDK-VER-05"))(cq, 20, u32::MAX),
        )
    };
    assert_eq!(NtStatus(resized), NtStatus::NOT_SUPPORTED);
    assert_eq!(NtStatus(moderated), NtStatus::NOT_SUPPORTED);
    assert!(raw::close(cq.cast()).is_over(SOON));
}

// NDK-FR-01
#[test]
fn a_fast_register_region_cannot_be_initialised() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = raw::pd(&adapter);
    let mr = raw::mr(pd);
    // SAFETY: the MR is open.
    let status = unsafe {
        ((*(*mr).Dispatch)
            .NdkInitializeFastRegisterMr
            .expect("NDK-VER-05"))(mr, 16, 1, None, ptr::null_mut())
    };
    assert_eq!(NtStatus(status), NtStatus::IMPLEMENTATION_LIMIT);
    assert!(raw::close(mr.cast()).is_over(SOON));
    assert!(raw::close(pd.cast()).is_over(SOON));
}

/// Bind, fast-register and invalidate on `qp`, in this order.
fn management(qp: *mut NDK_QP) -> [NtStatus; 3] {
    let none = ptr::null_mut();
    // SAFETY: the QP is open; the other objects are not looked at.
    unsafe {
        let table = &*(*qp).Dispatch;
        [
            (table.NdkBind.expect("NDK-VER-05"))(qp, none, none.cast(), none.cast(), none, 0, 0),
            (table.NdkFastRegister.expect("NDK-VER-05"))(
                qp,
                none,
                none.cast(),
                0,
                ptr::null(),
                0,
                0,
                none,
                0,
            ),
            (table.NdkInvalidate.expect("NDK-VER-05"))(qp, none, none.cast(), 0),
        ]
    }
    .map(NtStatus)
}

// NDK-MW-06, NDK-FR-03, NDK-FR-13
#[test]
fn memory_management_requests_fail_inline() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    assert!(
        management(active.qp.raw())
            .iter()
            .all(|status| !status.is_success())
    );
    let idle = End::new(&stage.open(0), QpLimits::default());
    assert_eq!(management(idle.qp.raw()), [NtStatus::CONNECTION_INVALID; 3]);
}

// NDK-LAM-08: a logical address nobody handed out touches nothing.
#[test]
fn an_invented_logical_address_fails_the_request() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    let mut sge = NDK_SGE::default();
    sge.Address.LogicalAddress = 0x1000;
    sge.Length = 8;
    sge.MemoryRegionToken = active.pd.privileged_token();
    assert_eq!(active.qp.handle().send(1, &[sge], 0), NtStatus::SUCCESS);
    assert_eq!(active.done.take(1)[0].status, NtStatus::ACCESS_VIOLATION);
}
