//! Hand-kept declarations of NDIS, NDKPI and WSK, with no logic.
//!
//! Names, field order and values are those of the C headers; `tests/abi` holds every type,
//! constant and import here to facts read from the headers. Callbacks and dispatch entries are
//! `extern "win64"`, so the same types serve the driver and the emulated kernel on Linux.
//! What belongs to WDM (MDL, IRP, driver object …) is an opaque pointer. TCP chimney offload is in
//! no image without the feature `chimney`; the emulated kernel has it.

#![expect(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "names are those of the C headers"
)]

#[cfg(any(feature = "chimney", not(windows)))]
pub mod chimney;
#[cfg(all(feature = "chimney", windows))]
pub mod chimney_imports;
#[cfg(any(feature = "chimney", not(windows)))]
pub mod chimney_state;
#[cfg(windows)]
pub mod imports;
pub mod nbl;
pub mod ndis;
pub mod ndis_const;
pub mod ndis_enums;
pub mod ndk;
pub mod ndk_fn;
pub mod ndk_ndis;
pub mod ndk_work;
pub mod netio;
pub mod offload;
pub mod oid;
pub mod protocol;
pub mod sockaddr;
pub mod status;
pub mod types;
pub mod wsk;
pub mod wsk_fn;
pub mod wsk_ndk;

#[cfg(any(feature = "chimney", not(windows)))]
pub use chimney::*;
#[cfg(all(feature = "chimney", windows))]
pub use chimney_imports::*;
#[cfg(any(feature = "chimney", not(windows)))]
pub use chimney_state::*;
#[cfg(windows)]
pub use imports::*;
pub use nbl::*;
pub use ndis::*;
pub use ndis_const::*;
pub use ndis_enums::*;
pub use ndk::*;
pub use ndk_fn::*;
pub use ndk_ndis::*;
pub use ndk_work::*;
pub use netio::*;
pub use offload::*;
pub use oid::*;
pub use protocol::*;
pub use sockaddr::*;
pub use status::*;
pub use types::*;
pub use wsk::*;
pub use wsk_fn::*;
pub use wsk_ndk::*;
