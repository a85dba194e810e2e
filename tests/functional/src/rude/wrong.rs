//! Calls the contract does not allow and answers all the same.

use std::ptr;
use std::sync::Arc;

use softrnic_consumer::abi::{NDK_CQ, NDK_SGE, NDK_SHARED_ENDPOINT};
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
        3 => beyond(world, &adapter),
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
    let created = raw::attempt::listener(adapter, None, ptr::null_mut());
    let Some(listener) = world.made("NdkCreateListener", created) else {
        return;
    };
    let handle = Handle::new(world, listener.cast(), ());
    // SAFETY: the listener is open.
    let status = unsafe {
        let listen = (*(*listener).Dispatch).NdkListen.expect("NDK-VER-05");
        let at = address.0.as_ptr().cast();
        listen(listener, at, address.1, None, ptr::null_mut())
    };
    assert_eq!(NtStatus(status), NtStatus::INVALID_ADDRESS, "NDK-LSN-03");
    drop(handle);
    let scarce = world.bears.scarcity;
    let refused = move |status: NtStatus, out: *mut NDK_SHARED_ENDPOINT| {
        let ran_out = scarce && status == NtStatus::INSUFFICIENT_RESOURCES;
        assert!(ran_out || status == NtStatus::INVALID_ADDRESS, "{status}");
        assert!(out.is_null(), "NDK-LIFE-07");
    };
    raw::shared_endpoint(adapter, address, refused);
}

/// NDK-POST-07, NDK-POST-11, NDK-CON-11: without a connection.
fn unconnected(
    world: &Arc<World>,
    adapter: &softrnic_consumer::Adapter,
    pd: *mut softrnic_consumer::abi::NDK_PD,
) {
    let Some((cq, cq_handle)) = queue(world, adapter) else {
        return;
    };
    let created = raw::attempt::qp(pd, [cq, cq], 8, 0);
    let Some(qp) = world.made("NdkCreateQp", created) else {
        return;
    };
    let qp_handle = Handle::new(world, qp.cast(), ());
    let sges = [NDK_SGE::default(); 5];
    let posts = handle(qp);
    assert_eq!(posts.send(1, &sges[..1], 0), NtStatus::CONNECTION_INVALID);
    let many = posts.receive(1, &sges);
    assert!(!many.is_success(), "NDK-POST-11: {many}");
    let created = raw::attempt::connector(adapter);
    let Some(connector) = world.made("NdkCreateConnector", created) else {
        return;
    };
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

/// A completion queue that tells nobody.
fn queue(
    world: &Arc<World>,
    adapter: &softrnic_consumer::Adapter,
) -> Option<(*mut NDK_CQ, Handle)> {
    let created = raw::attempt::cq(adapter, 16, None, ptr::null_mut());
    let cq = world.made("NdkCreateCq", created)?;
    Some((cq, Handle::new(world, cq.cast(), ())))
}

/// NDK-CQ-24, NDK-ADP-05.
fn beyond(world: &Arc<World>, adapter: &softrnic_consumer::Adapter) {
    let Some((cq, handle)) = queue(world, adapter) else {
        return;
    };
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
    let Some(mr) = world.made("NdkCreateMr", raw::attempt::mr(pd, false)) else {
        return;
    };
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
