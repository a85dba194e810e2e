//! The part of libfabric's binary interface that the program uses: version 1.3 of its symbols, which every library since
//! 1.9 has. Structures that the library makes are declared as far as they are used; `reserved` fields are there for
//! their place alone. Numbers and layouts are those of its public headers (`rdma/fabric.h` and its neighbours).

use std::ffi::{c_char, c_int, c_void};

pub(super) const API_VERSION: u32 = (1 << 16) | 15;

pub(super) const FI_MSG: u64 = 1 << 1;
pub(super) const FI_RMA: u64 = 1 << 2;
pub(super) const FI_READ: u64 = 1 << 8;
pub(super) const FI_WRITE: u64 = 1 << 9;
pub(super) const FI_RECV: u64 = 1 << 10;
pub(super) const FI_SEND: u64 = 1 << 11;
pub(super) const FI_REMOTE_READ: u64 = 1 << 12;
pub(super) const FI_REMOTE_WRITE: u64 = 1 << 13;
pub(super) const FI_SOURCE: u64 = 1 << 57;
pub(super) const FI_CONTEXT: u64 = 1 << 59;
pub(super) const FI_CONTEXT2: u64 = 1 << 52;
pub(super) const FI_MR_LOCAL: c_int = 1 << 2;
pub(super) const FI_MR_VIRT_ADDR: c_int = 1 << 4;
pub(super) const FI_MR_ALLOCATED: c_int = 1 << 5;
pub(super) const FI_MR_PROV_KEY: c_int = 1 << 6;
pub(super) const FI_EP_MSG: c_int = 1;
pub(super) const FI_THREAD_DOMAIN: c_int = 3;
pub(super) const FI_SOCKADDR_IN: u32 = 2;
pub(super) const FI_WAIT_NONE: c_int = 0;
pub(super) const FI_WAIT_UNSPEC: c_int = 1;
pub(super) const FI_CQ_FORMAT_MSG: c_int = 2;
pub(super) const FI_ENABLE: c_int = 6;
pub(super) const FI_CONNREQ: u32 = 1;
pub(super) const FI_CONNECTED: u32 = 2;
pub(super) const FI_ADDR_UNSPEC: u64 = u64::MAX;
pub(super) const FI_EAGAIN: isize = 11;
pub(super) const FI_EAVAIL: isize = 259;

/// `struct fi_info`.
#[repr(C)]
pub(super) struct Info {
    reserved_next: usize,
    pub(super) caps: u64,
    pub(super) mode: u64,
    pub(super) addr_format: u32,
    reserved_lengths: [usize; 2],
    reserved_source: usize,
    pub(super) dest_addr: *mut c_void,
    reserved_handle: usize,
    reserved_attributes: [usize; 2],
    pub(super) ep_attr: *mut EpAttr,
    pub(super) domain_attr: *mut DomainAttr,
    pub(super) fabric_attr: *mut FabricAttr,
}

/// The start of `struct fi_ep_attr`.
#[repr(C)]
pub(super) struct EpAttr {
    pub(super) kind: c_int,
}

/// The start of `struct fi_domain_attr`.
#[repr(C)]
pub(super) struct DomainAttr {
    reserved: [usize; 2],
    pub(super) threading: c_int,
    reserved_models: [c_int; 4],
    pub(super) mr_mode: c_int,
}

/// The start of `struct fi_fabric_attr`.
#[repr(C)]
pub(super) struct FabricAttr {
    reserved: [usize; 2],
    pub(super) prov_name: *mut c_char,
}

/// `struct fi_eq_attr`.
#[repr(C)]
pub(super) struct EqAttr {
    pub(super) size: usize,
    pub(super) flags: u64,
    pub(super) wait_obj: c_int,
    pub(super) signaling_vector: c_int,
    pub(super) wait_set: usize,
}

/// `struct fi_cq_attr`.
#[repr(C)]
pub(super) struct CqAttr {
    pub(super) size: usize,
    pub(super) flags: u64,
    pub(super) format: c_int,
    pub(super) wait_obj: c_int,
    pub(super) signaling_vector: c_int,
    pub(super) wait_cond: c_int,
    pub(super) wait_set: usize,
}

/// `struct fi_cq_msg_entry`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Completion {
    reserved_context: usize,
    pub(super) flags: u64,
    reserved_length: usize,
}

/// `struct fi_cq_err_entry`.
#[repr(C)]
#[derive(Default)]
pub(super) struct FailedCompletion {
    reserved: [usize; 7],
    pub(super) err: c_int,
    reserved_more: [usize; 2],
}

/// `struct fi_eq_cm_entry` with room for private data.
#[repr(C)]
pub(super) struct Event {
    reserved_fid: usize,
    pub(super) info: *mut Info,
    reserved_data: [u8; 256],
}

/// `struct fi_eq_err_entry`.
#[repr(C)]
#[derive(Default)]
pub(super) struct FailedEvent {
    reserved: [usize; 3],
    pub(super) err: c_int,
    reserved_more: [usize; 2],
}

impl Event {
    pub(super) fn empty() -> Self {
        Self {
            reserved_fid: 0,
            info: std::ptr::null_mut(),
            reserved_data: [0; 256],
        }
    }
}

/// `struct fid`: what every object begins with.
#[repr(C)]
pub(super) struct Fid {
    reserved: [usize; 2],
    pub(super) ops: *const Ops,
}

/// `struct fi_ops`.
#[repr(C)]
pub(super) struct Ops {
    reserved_size: usize,
    pub(super) close: unsafe extern "C" fn(*mut Fid) -> c_int,
    pub(super) bind: unsafe extern "C" fn(*mut Fid, *mut Fid, u64) -> c_int,
    pub(super) control: unsafe extern "C" fn(*mut Fid, c_int, *mut c_void) -> c_int,
}

/// `struct fid_fabric`.
#[repr(C)]
pub(super) struct Fabric {
    pub(super) fid: Fid,
    pub(super) ops: *const FabricOps,
}

/// `struct fi_ops_fabric`.
#[repr(C)]
pub(super) struct FabricOps {
    reserved_size: usize,
    pub(super) domain:
        unsafe extern "C" fn(*mut Fabric, *mut Info, *mut *mut Domain, *mut c_void) -> c_int,
    pub(super) passive_ep:
        unsafe extern "C" fn(*mut Fabric, *mut Info, *mut *mut Passive, *mut c_void) -> c_int,
    pub(super) eq_open:
        unsafe extern "C" fn(*mut Fabric, *mut EqAttr, *mut *mut Eq, *mut c_void) -> c_int,
}

/// `struct fid_domain`.
#[repr(C)]
pub(super) struct Domain {
    pub(super) fid: Fid,
    pub(super) ops: *const DomainOps,
    pub(super) mr: *const MrOps,
}

/// `struct fi_ops_domain`.
#[repr(C)]
pub(super) struct DomainOps {
    reserved: [usize; 2],
    pub(super) cq_open:
        unsafe extern "C" fn(*mut Domain, *mut CqAttr, *mut *mut Cq, *mut c_void) -> c_int,
    pub(super) endpoint:
        unsafe extern "C" fn(*mut Domain, *mut Info, *mut *mut Ep, *mut c_void) -> c_int,
}

/// `struct fi_ops_mr`.
#[repr(C)]
pub(super) struct MrOps {
    reserved_size: usize,
    pub(super) reg: unsafe extern "C" fn(
        *mut Fid,
        *const c_void,
        usize,
        u64,
        u64,
        u64,
        u64,
        *mut *mut Mr,
        *mut c_void,
    ) -> c_int,
}

/// `struct fid_mr`.
#[repr(C)]
pub(super) struct Mr {
    pub(super) fid: Fid,
    pub(super) mem_desc: *mut c_void,
    pub(super) key: u64,
}

/// `struct fid_eq`.
#[repr(C)]
pub(super) struct Eq {
    pub(super) fid: Fid,
    pub(super) ops: *const EqOps,
}

/// `struct fi_ops_eq`.
#[repr(C)]
pub(super) struct EqOps {
    reserved: [usize; 2],
    pub(super) readerr: unsafe extern "C" fn(*mut Eq, *mut FailedEvent, u64) -> isize,
    reserved_write: usize,
    pub(super) sread:
        unsafe extern "C" fn(*mut Eq, *mut u32, *mut c_void, usize, c_int, u64) -> isize,
}

/// `struct fid_cq`.
#[repr(C)]
pub(super) struct Cq {
    pub(super) fid: Fid,
    pub(super) ops: *const CqOps,
}

/// `struct fi_ops_cq`.
#[repr(C)]
pub(super) struct CqOps {
    reserved_size: usize,
    pub(super) read: unsafe extern "C" fn(*mut Cq, *mut c_void, usize) -> isize,
    reserved_from: usize,
    pub(super) readerr: unsafe extern "C" fn(*mut Cq, *mut FailedCompletion, u64) -> isize,
    pub(super) sread:
        unsafe extern "C" fn(*mut Cq, *mut c_void, usize, *const c_void, c_int) -> isize,
}

/// `struct fid_pep`.
#[repr(C)]
pub(super) struct Passive {
    pub(super) fid: Fid,
    reserved_ops: usize,
    pub(super) cm: *const CmOps,
}

/// `struct fid_ep`.
#[repr(C)]
pub(super) struct Ep {
    pub(super) fid: Fid,
    reserved_ops: usize,
    pub(super) cm: *const CmOps,
    pub(super) msg: *const MsgOps,
    pub(super) rma: *const RmaOps,
}

/// `struct fi_ops_cm`.
#[repr(C)]
pub(super) struct CmOps {
    reserved: [usize; 2],
    pub(super) getname: unsafe extern "C" fn(*mut Fid, *mut c_void, *mut usize) -> c_int,
    reserved_peer: usize,
    pub(super) connect: unsafe extern "C" fn(*mut Ep, *const c_void, *const c_void, usize) -> c_int,
    pub(super) listen: unsafe extern "C" fn(*mut Passive) -> c_int,
    pub(super) accept: unsafe extern "C" fn(*mut Ep, *const c_void, usize) -> c_int,
}

/// `struct fi_ops_msg`.
#[repr(C)]
pub(super) struct MsgOps {
    reserved_size: usize,
    pub(super) recv:
        unsafe extern "C" fn(*mut Ep, *mut c_void, usize, *mut c_void, u64, *mut c_void) -> isize,
    reserved: [usize; 2],
    pub(super) send:
        unsafe extern "C" fn(*mut Ep, *const c_void, usize, *mut c_void, u64, *mut c_void) -> isize,
}

type Rma<P> =
    unsafe extern "C" fn(*mut Ep, P, usize, *mut c_void, u64, u64, u64, *mut c_void) -> isize;

/// `struct fi_ops_rma`.
#[repr(C)]
pub(super) struct RmaOps {
    reserved_size: usize,
    pub(super) read: Rma<*mut c_void>,
    reserved: [usize; 2],
    pub(super) write: Rma<*const c_void>,
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    /// Offsets and sizes that a C compiler gives for the headers of 1.17.
    #[test]
    fn structures_lie_as_in_the_headers() {
        let found = [
            offset_of!(Info, addr_format),
            offset_of!(Info, dest_addr),
            offset_of!(Info, ep_attr),
            offset_of!(Info, fabric_attr),
            offset_of!(DomainAttr, threading),
            offset_of!(DomainAttr, mr_mode),
            offset_of!(FabricAttr, prov_name),
            offset_of!(FailedCompletion, err),
            offset_of!(FailedEvent, err),
            offset_of!(CqAttr, format),
        ];
        assert_eq!(found, [24, 56, 88, 104, 16, 36, 16, 56, 24, 16]);
        let sizes = [
            size_of::<CqAttr>(),
            size_of::<EqAttr>(),
            size_of::<Completion>(),
            size_of::<FailedCompletion>(),
            size_of::<FailedEvent>(),
        ];
        assert_eq!(sizes, [40, 32, 24, 80, 48]);
    }
}
