//! How an NDK consumer reaches an adapter: WSK opens it (`wskndk.h`).

use super::ndk::*;
use super::types::*;
use super::wsk::WSK_CLIENT;

pub type PFN_WSK_NDK_OPEN_ADAPTER = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        NdkVersion: NDK_VERSION,
        IfIndex: u32,
        ppNdkAdapter: *mut *mut NDK_ADAPTER,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_NDK_CLOSE_ADAPTER =
    Option<unsafe extern "win64" fn(Client: *mut WSK_CLIENT, pNdkAdapter: *mut NDK_ADAPTER)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_NDK_DISPATCH {
    pub WskOpenNdkAdapter: PFN_WSK_NDK_OPEN_ADAPTER,
    pub WskCloseNdkAdapter: PFN_WSK_NDK_CLOSE_ADAPTER,
}

pub const WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH: u32 = 0x4E444B44;

zeroable!(WSK_PROVIDER_NDK_DISPATCH,);
