//! The kernel floor: memory, references, locks, events, threads, deferred calls, timers, IRPs and
//! memory descriptor lists, as types that cannot be used wrongly from safe code.
//!
//! Everyone above calls it; it calls ntoskrnl and nobody else. Every allocation can fail and says
//! so with a [`Status`]; nothing here panics, and nothing allocates when it is dropped or queued.
//! All of it may be used at IRQL <= DISPATCH_LEVEL unless a function says PASSIVE_LEVEL.

pub(crate) mod clock;
pub(crate) mod dpc;
pub(crate) mod event;
pub(crate) mod event_log;
pub(crate) mod irp;
pub(crate) mod irql;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod mdl;
pub(crate) mod pool;
pub(crate) mod processor;
pub(crate) mod random;
pub(crate) mod refcount;
pub(crate) mod status;
pub(crate) mod thread;
pub(crate) mod timer;
pub(crate) mod trace;
pub(crate) mod worker;

pub(crate) use self::{
    dpc::Dpc,
    event::{Event, Mutex},
    irql::irql,
    lock::SpinLock,
    mdl::Mapping,
    pool::{Box, NonPaged, Slice, Tag},
    processor::Processors,
    refcount::Ref,
    status::{Result, Status},
    timer::Timer,
    worker::{Work, Worker},
};
