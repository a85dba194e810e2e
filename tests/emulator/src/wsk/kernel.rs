//! What the WSK engine needs of the kernel: IRPs taken and completed by the rules, pages, checks.

use std::cell::Cell;
use std::net::IpAddr;
use std::sync::atomic::Ordering;

use super::abi::{IRP, PIRP};
use super::host::{NtStatus, status};
use crate::processor::{lower, raise};
use crate::thread::current;
use crate::wdm::DISPATCH_LEVEL;

pub(super) use crate::verifier::violation;

/// Left in an IRP that WSK has had; `IoReuseIrp` clears it.
const USED: usize = 0x574B_5349_5250;

thread_local! {
    /// Completion routines of WSK IRPs on this stack.
    static COMPLETING: Cell<u32> = const { Cell::new(0) };
}

/// Whether the slow checks are on.
pub(super) fn full_checks() -> bool {
    current().machine.wsk.full_checks.load(Ordering::Relaxed)
}

/// Memory at `address` cannot be read: what the pool says of it, or else `rule`.
pub(super) fn violation_at(address: usize, rule: &str, text: &str) -> ! {
    match current().machine.pool.tell(address) {
        Some((pool, block)) => violation(pool, &format!("{text}: {block}")),
        None => violation(rule, text),
    }
}

/// Takes an IRP from the client: WSK-IRP-01, -02, -03, -08.
pub(super) fn begin(irp: PIRP, call: &'static str) {
    if irp.is_null() {
        violation("WSK-IRP-01", &format!("{call} without an IRP"));
    }
    if COMPLETING.get() > 0 {
        violation(
            "WSK-IRP-08",
            &format!("{call} from inside an IoCompletion routine"),
        );
    }
    let irp = irp.cast::<IRP>();
    // SAFETY: the client passes an IRP that is its own until this call.
    if unsafe { (*irp).TailReserved } == USED {
        violation(
            "WSK-IRP-02",
            &format!("{call}: the IRP was not prepared with IoReuseIrp since it was last used"),
        );
    }
    crate::io::irp::accept(irp, call);
    // SAFETY: the IRP is WSK's now.
    unsafe { (*irp).TailReserved = USED };
}

/// Marks an IRP pending: its call returns STATUS_PENDING.
pub(super) fn pend(irp: PIRP) {
    crate::io::irp::mark_pending(irp.cast());
}

/// Completes an IRP of which the caller has not been told that it pends; the status to return.
pub(super) fn complete(irp: PIRP, result: NtStatus, information: usize) -> NtStatus {
    if current().machine.wsk.paces.keeps(irp) {
        pend(irp);
        return complete_pended(irp, result, information);
    }
    finish(irp, result, information);
    result
}

/// Completes an IRP marked pending; what its call returns.
pub(super) fn complete_pended(irp: PIRP, result: NtStatus, information: usize) -> NtStatus {
    let wsk = &current().machine.wsk;
    if wsk.paces.put_off(irp, result, information) {
        wsk.look();
    } else {
        finish(irp, result, information);
    }
    status::PENDING
}

/// Completes an IRP at once.
pub(super) fn finish(irp: PIRP, result: NtStatus, information: usize) {
    let thread = current();
    // At DISPATCH_LEVEL, so that a DPC the routine queues runs after it and not inside it.
    let old = raise(thread, DISPATCH_LEVEL.max(thread.irql()));
    COMPLETING.set(COMPLETING.get() + 1);
    crate::io::irp::complete(irp.cast(), result, information);
    COMPLETING.set(COMPLETING.get() - 1);
    lower(thread, old);
}

/// The memory of a page number found in an MDL.
pub(super) fn page_address(pfn: usize) -> *mut u8 {
    crate::mm::phys::address_of(pfn as u64) as *mut u8
}

/// The page number of memory of ours.
pub(super) fn page_number(address: *const u8) -> usize {
    crate::mm::phys::frame(address as usize) as usize
}

/// Zeroed, page-aligned memory.
pub(super) fn allocate_pages(length: usize) -> *mut u8 {
    // SAFETY: a fresh anonymous mapping.
    let memory = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    assert!(memory != libc::MAP_FAILED, "the host gives us memory");
    memory.cast()
}

/// Gives back what [`allocate_pages`] gave.
pub(super) fn free_pages(memory: *mut u8, length: usize) {
    // SAFETY: the mapping is ours and nobody uses it any more.
    unsafe { libc::munmap(memory.cast(), length) };
}

/// Whether an address belongs to the machine.
pub(super) fn owns_address(machine: &'static crate::Machine, ip: IpAddr) -> bool {
    machine.ip.owns(ip)
}
