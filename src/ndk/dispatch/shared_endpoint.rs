//! Entry points of the shared endpoint.

use super::{close, hold, query_extension, write_address};
use crate::ndk::object::Face;
use crate::ndk::shared_endpoint::SharedEndpoint;
use crate::sys::{
    NDK_OBJECT_TYPE, NDK_SHARED_ENDPOINT, NDK_SHARED_ENDPOINT_DISPATCH, NTSTATUS,
    NdkObjectTypeSharedEndpoint, SOCKADDR,
};

impl Face for SharedEndpoint {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeSharedEndpoint;
    type Dispatch = NDK_SHARED_ENDPOINT_DISPATCH;
    const TABLE: &'static NDK_SHARED_ENDPOINT_DISPATCH = &TABLE;
}

static TABLE: NDK_SHARED_ENDPOINT_DISPATCH = NDK_SHARED_ENDPOINT_DISPATCH {
    NdkCloseSharedEndpoint: Some(close::<SharedEndpoint>),
    NdkQueryExtension: Some(query_extension),
    NdkGetLocalAddress: Some(get_local_address),
};

unsafe extern "win64" fn get_local_address(
    endpoint: *mut NDK_SHARED_ENDPOINT,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let local = unsafe { hold::<SharedEndpoint, _>(endpoint) }
        .and_then(|endpoint| endpoint.local_address());
    // SAFETY: the caller.
    unsafe { write_address(local, address, length) }
}
