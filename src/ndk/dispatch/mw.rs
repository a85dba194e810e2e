//! Entry points of the memory window.

use super::{close, hold, query_extension};
use crate::ndk::mw::Mw;
use crate::ndk::object::Face;
use crate::sys::{NDK_MW, NDK_MW_DISPATCH, NDK_OBJECT_TYPE, NdkObjectTypeMw};

impl Face for Mw {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeMw;
    type Dispatch = NDK_MW_DISPATCH;
    const TABLE: &'static NDK_MW_DISPATCH = &TABLE;
}

static TABLE: NDK_MW_DISPATCH = NDK_MW_DISPATCH {
    NdkCloseMw: Some(close::<Mw>),
    NdkQueryExtension: Some(query_extension),
    NdkGetRemoteTokenFromMw: Some(get_remote_token_from_mw),
};

unsafe extern "win64" fn get_remote_token_from_mw(mw: *mut NDK_MW) -> u32 {
    // NDK-MW-03: known from the start; it gives access while bound.
    // SAFETY: the caller.
    unsafe { hold::<Mw, _>(mw) }.map_or(0, |mw| mw.token().0)
}
