//! A user-mode Windows kernel for network drivers.
//!
//! A [`Machine`] is one emulated computer: it maps driver images, binds their imports to the
//! functions of this crate and is their kernel. Files are named for the kernel prefix whose
//! functions they hold (`ke`, `ex`, `io`, `mm`, `ps`, `rtl`, `zw`, `etw`, `bcrypt`). The verifier is
//! always on; what it finds ends the run (`verifier::violation`).

#![expect(
    non_snake_case,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "functions and structures have the names of the Windows headers"
)]
#![expect(
    clippy::missing_safety_doc,
    clippy::not_unsafe_ptr_arg_deref,
    reason = "the documented Windows contract of each function is its safety contract"
)]

pub mod bcrypt;
pub mod bridge;
pub mod clock;
pub mod descriptors;
pub mod etw;
pub mod event_log;
pub mod ex;
pub mod export;
pub mod image;
pub mod interlude;
pub mod io;
pub mod ip;
pub mod ke;
pub mod machine;
pub mod mm;
pub mod ndis;
pub mod ndk;
pub mod nic;
pub mod pool;
pub mod processor;
pub mod ps;
pub mod rtl;
pub mod sched;
pub mod sync;
pub mod tcpip;
pub mod thread;
pub mod verifier;
pub mod wdm;
pub mod wsk;
pub mod zw;

pub use export::Export;
pub use machine::{Driver, Machine, Options};
pub use thread::{Attachment, current};
