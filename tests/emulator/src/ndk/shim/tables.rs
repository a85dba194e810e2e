//! The OS's dispatch tables, and how many slots each kind of object has.

use softrnic::sys::*;

use super::record::Kind;
use super::{adapter, connector, cq, post, results, simple};

/// A table that is never written.
struct Table<T>(T);

// SAFETY: the tables are never written.
unsafe impl<T> Sync for Table<T> {}

static ADAPTER: Table<NDK_ADAPTER_DISPATCH> = Table(NDK_ADAPTER_DISPATCH {
    NdkQueryExtension: Some(simple::query_extension),
    NdkQueryAdapterInfo: Some(adapter::query_adapter_info),
    NdkCreateCq: Some(adapter::create_cq),
    NdkCreatePd: Some(adapter::create_pd),
    NdkCreateSharedEndpoint: Some(adapter::create_shared_endpoint),
    NdkCreateConnector: Some(adapter::create_connector),
    NdkCreateListener: Some(adapter::create_listener),
    NdkBuildLAM: Some(adapter::build_lam),
    NdkReleaseLAM: Some(adapter::release_lam),
});

static CQ: Table<NDK_CQ_DISPATCH> = Table(NDK_CQ_DISPATCH {
    NdkCloseCq: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkResizeCq: Some(cq::resize),
    NdkArmCq: Some(cq::arm),
    NdkGetCqResults: Some(results::get_cq_results),
    NdkControlCqInterruptModeration: Some(cq::control_moderation),
    NdkGetCqResultsEx: Some(results::get_cq_results_ex),
});

static PD: Table<NDK_PD_DISPATCH> = Table(NDK_PD_DISPATCH {
    NdkClosePd: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkCreateMr: Some(super::pd::create_mr),
    NdkCreateMw: Some(super::pd::create_mw),
    NdkCreateSrq: Some(super::pd::create_srq),
    NdkCreateQp: Some(super::pd::create_qp),
    NdkCreateQpWithSrq: Some(super::pd::create_qp_with_srq),
    NdkGetPrivilegedMemoryRegionToken: Some(super::pd::get_privileged_token),
});

static MR: Table<NDK_MR_DISPATCH> = Table(NDK_MR_DISPATCH {
    NdkCloseMr: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkRegisterMr: Some(simple::register_mr),
    NdkDeregisterMr: Some(simple::deregister_mr),
    NdkInitializeFastRegisterMr: Some(simple::initialize_fast_register_mr),
    NdkGetRemoteTokenFromMr: Some(simple::get_remote_token_from_mr),
    NdkGetLocalTokenFromMr: Some(simple::get_local_token_from_mr),
});

static MW: Table<NDK_MW_DISPATCH> = Table(NDK_MW_DISPATCH {
    NdkCloseMw: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkGetRemoteTokenFromMw: Some(simple::get_remote_token_from_mw),
});

static SRQ: Table<NDK_SRQ_DISPATCH> = Table(NDK_SRQ_DISPATCH {
    NdkCloseSrq: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkModifySrq: Some(simple::modify_srq),
    NdkSrqReceive: Some(simple::srq_receive),
});

static QP: Table<NDK_QP_DISPATCH> = Table(NDK_QP_DISPATCH {
    NdkCloseQp: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkFlush: Some(post::flush),
    NdkSend: Some(post::send),
    NdkReceive: Some(post::receive),
    NdkBind: Some(post::bind),
    NdkFastRegister: Some(post::fast_register),
    NdkInvalidate: Some(post::invalidate),
    NdkRead: Some(post::read),
    NdkWrite: Some(post::write),
    NdkSendAndInvalidate: Some(post::send_and_invalidate),
});

static CONNECTOR: Table<NDK_CONNECTOR_DISPATCH> = Table(NDK_CONNECTOR_DISPATCH {
    NdkCloseConnector: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkConnect: Some(connector::connect),
    NdkConnectWithSharedEndpoint: Some(connector::connect_with_shared_endpoint),
    NdkCompleteConnect: Some(connector::complete_connect),
    NdkAccept: Some(connector::accept),
    NdkReject: Some(connector::reject),
    NdkGetConnectionData: Some(connector::get_connection_data),
    NdkGetLocalAddress: Some(connector::get_local_address),
    NdkGetPeerAddress: Some(connector::get_peer_address),
    NdkDisconnect: Some(connector::disconnect),
    NdkCompleteConnectEx: Some(connector::complete_connect_ex),
    NdkAcceptEx: Some(connector::accept_ex),
});

static LISTENER: Table<NDK_LISTENER_DISPATCH> = Table(NDK_LISTENER_DISPATCH {
    NdkCloseListener: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkListen: Some(simple::listen),
    NdkGetLocalAddress: Some(simple::listener_local_address),
    NdkControlConnectEvents: Some(simple::control_connect_events),
});

static SHARED_ENDPOINT: Table<NDK_SHARED_ENDPOINT_DISPATCH> = Table(NDK_SHARED_ENDPOINT_DISPATCH {
    NdkCloseSharedEndpoint: Some(simple::close),
    NdkQueryExtension: Some(simple::query_extension),
    NdkGetLocalAddress: Some(simple::shared_endpoint_local_address),
});

/// The address of the OS's table for a kind of object.
pub(super) fn of(kind: Kind) -> usize {
    match kind {
        Kind::Adapter => &raw const ADAPTER as usize,
        Kind::Qp => &raw const QP as usize,
        Kind::Cq => &raw const CQ as usize,
        Kind::Mr => &raw const MR as usize,
        Kind::Mw => &raw const MW as usize,
        Kind::Pd => &raw const PD as usize,
        Kind::SharedEndpoint => &raw const SHARED_ENDPOINT as usize,
        Kind::Connector => &raw const CONNECTOR as usize,
        Kind::Listener => &raw const LISTENER as usize,
        Kind::Srq => &raw const SRQ as usize,
    }
}

/// How many slots the provider's table has.
pub(super) fn slots(kind: Kind) -> usize {
    let bytes = match kind {
        Kind::Adapter => size_of::<NDK_ADAPTER_DISPATCH>(),
        Kind::Qp => size_of::<NDK_QP_DISPATCH>(),
        Kind::Cq => size_of::<NDK_CQ_DISPATCH>(),
        Kind::Mr => size_of::<NDK_MR_DISPATCH>(),
        Kind::Mw => size_of::<NDK_MW_DISPATCH>(),
        Kind::Pd => size_of::<NDK_PD_DISPATCH>(),
        Kind::SharedEndpoint => size_of::<NDK_SHARED_ENDPOINT_DISPATCH>(),
        Kind::Connector => size_of::<NDK_CONNECTOR_DISPATCH>(),
        Kind::Listener => size_of::<NDK_LISTENER_DISPATCH>(),
        Kind::Srq => size_of::<NDK_SRQ_DISPATCH>(),
    };
    bytes / size_of::<usize>()
}
