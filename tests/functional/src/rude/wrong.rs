//! Calls the contract does not allow and answers all the same.

use std::ptr;
use std::sync::Arc;

use softrnic_consumer::abi::{NDK_SGE, NDK_SHARED_ENDPOINT};
use softrnic_consumer::{NtStatus, encode_address};

use super::queues::handle;
use super::{Handle, Random, World};
use crate::raw;

/// Makes one of them, on objects of its own.
pub(super) fn act(world: &Arc<World>, random: &mut Random) {
    let Some(pd) = world.pds.pick(random) else {
        return;
    };
    let adapter = world.adapter(pd.adapter);
    match random.index(6) {
        0 => too_deep(&adapter),
        1 => foreign(world, &adapter, pd.adapter),
        2 => unconnected(world, &adapter, pd.raw()),
        3 => queue(world, &adapter),
        4 => unregistered(world, pd.raw()),
        _ => {
            let status = raw::query_extension(pd.raw().cast());
            assert_eq!(status, NtStatus::NOT_SUPPORTED, "NDK-VER-08");
        }
    }
}

/// NDK-ADP-05.
fn too_deep(adapter: &softrnic_consumer::Adapter) {
    let (raw, none, mut out) = (adapter.raw(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: the adapter is open.
    let status = unsafe {
        let create = (*(*raw).Dispatch).NdkCreateCq.expect("NDK-VER-05");
        create(
            raw,
            u32::MAX,
            None,
            none,
            ptr::null_mut(),
            None,
            none,
            &raw mut out,
        )
    };
    assert_eq!(NtStatus(status), NtStatus::INVALID_PARAMETER, "NDK-ADP-05");
    assert!(out.is_null(), "NDK-LIFE-07");
}

/// NDK-LSN-03: an address that is another adapter's.
fn foreign(world: &Arc<World>, adapter: &softrnic_consumer::Adapter, own: usize) {
    let address = encode_address(world.addresses[1 - own]);
    let listener = raw::listener(adapter);
    let handle = Handle::new(world, listener.cast(), ());
    // SAFETY: the listener is open.
    let status = unsafe {
        let listen = (*(*listener).Dispatch).NdkListen.expect("NDK-VER-05");
        let at = address.0.as_ptr().cast();
        listen(listener, at, address.1, None, ptr::null_mut())
    };
    assert_eq!(NtStatus(status), NtStatus::INVALID_ADDRESS, "NDK-LSN-03");
    drop(handle);
    let refused = |status: NtStatus, out: *mut NDK_SHARED_ENDPOINT| {
        assert_eq!((status, out.is_null()), (NtStatus::INVALID_ADDRESS, true));
    };
    raw::shared_endpoint(adapter, address, refused);
}

/// NDK-POST-07, NDK-POST-11, NDK-CON-11: without a connection.
fn unconnected(
    world: &Arc<World>,
    adapter: &softrnic_consumer::Adapter,
    pd: *mut softrnic_consumer::abi::NDK_PD,
) {
    let cq = raw::cq(adapter, 16);
    let cq_handle = Handle::new(world, cq.cast(), ());
    let qp = raw::qp(pd, cq);
    let qp_handle = Handle::new(world, qp.cast(), ());
    let sges = [NDK_SGE::default(); 5];
    let posts = handle(qp);
    assert_eq!(posts.send(1, &sges[..1], 0), NtStatus::CONNECTION_INVALID);
    let many = posts.receive(1, &sges);
    assert!(!many.is_success(), "NDK-POST-11: {many}");
    let connector = raw::connector(adapter);
    let connector_handle = Handle::new(world, connector.cast(), ());
    // SAFETY: the connector is open.
    let statuses = unsafe {
        let (table, none) = (&*(*connector).Dispatch, ptr::null_mut());
        [
            table.NdkCompleteConnect.expect("NDK-VER-05")(connector, None, none, None, none),
            table.NdkDisconnect.expect("NDK-VER-05")(connector, None, none),
            table.NdkReject.expect("NDK-VER-05")(connector, none, 0),
        ]
    };
    assert_eq!(statuses.map(NtStatus), [NtStatus::CONNECTION_INVALID; 3]);
    drop((cq_handle, connector_handle, qp_handle));
}

/// NDK-CQ-24, NDK-ADP-05.
fn queue(world: &Arc<World>, adapter: &softrnic_consumer::Adapter) {
    let cq = raw::cq(adapter, 16);
    let handle = Handle::new(world, cq.cast(), ());
    // SAFETY: the queue is open.
    let statuses = unsafe {
        let table = &*(*cq).Dispatch;
        let moderate = table.NdkControlCqInterruptModeration.expect("NDK-VER-05");
        let resize = table.NdkResizeCq.expect("NDK-VER-05");
        [
            moderate(cq, u32::MAX, 17),
            resize(cq, u32::MAX, None, ptr::null_mut()),
        ]
    };
    let told = [NtStatus::INVALID_PARAMETER_MIX, NtStatus::INVALID_PARAMETER];
    assert_eq!(statuses.map(NtStatus), told);
    drop(handle);
}

/// NDK-MR-01: nothing is registered, and the region is not one for fast registration.
fn unregistered(world: &Arc<World>, pd: *mut softrnic_consumer::abi::NDK_PD) {
    let mr = raw::mr(pd);
    let handle = Handle::new(world, mr.cast(), ());
    // SAFETY: the region is open.
    let statuses = unsafe {
        let (table, none) = (&*(*mr).Dispatch, ptr::null_mut());
        let initialize = table.NdkInitializeFastRegisterMr.expect("NDK-VER-05");
        [
            table.NdkDeregisterMr.expect("NDK-VER-05")(mr, None, none),
            initialize(mr, 16, 1, None, none),
        ]
    };
    let failed = statuses
        .iter()
        .all(|status| !NtStatus(*status).is_success());
    assert!(failed, "{statuses:x?}");
    drop(handle);
}
