//! Faults in images (and in the kernel on their behalf) as violations.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::sync::Once;

use crate::bridge::{inline, shared_data};
use crate::image::{Point, coverage, image_at, preemption, steps, unloaded_at};
use crate::thread::try_current;
use crate::verifier::{report, report_of, stack};

const ALTERNATE_STACK: usize = 512 << 10;

/// Installs the handler for the process, once.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for signal in [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGILL,
            libc::SIGFPE,
            libc::SIGTRAP,
        ] {
            let mut action = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: a zeroed sigaction is valid; the handler has the SA_SIGINFO signature.
            unsafe {
                let action = action.assume_init_mut();
                action.sa_sigaction = on_fault as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
                libc::sigaction(signal, action, std::ptr::null_mut());
            }
        }
    });
}

/// Gives the calling host thread a signal stack, once.
pub fn install_on_this_thread() {
    thread_local! { static DONE: Cell<bool> = const { Cell::new(false) }; }
    if DONE.replace(true) {
        return;
    }
    // SAFETY: a fresh mapping that is never unmapped serves as this thread's signal stack.
    unsafe {
        let base = libc::mmap(
            std::ptr::null_mut(),
            ALTERNATE_STACK,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        );
        if base != libc::MAP_FAILED {
            let new = libc::stack_t {
                ss_sp: base,
                ss_flags: 0,
                ss_size: ALTERNATE_STACK,
            };
            libc::sigaltstack(&raw const new, std::ptr::null_mut());
        }
    }
}

unsafe extern "C" fn on_fault(
    signal: libc::c_int,
    details: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    // SAFETY: the host kernel passes valid pointers to an SA_SIGINFO handler.
    let (address, ip, sp) = unsafe {
        let registers = &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        (
            (*details).si_addr() as usize,
            registers[libc::REG_RIP as usize] as usize,
            registers[libc::REG_RSP as usize] as usize,
        )
    };
    let Some(thread) = try_current() else {
        return not_ours(signal);
    };
    thread_local! { static REPORTING: Cell<bool> = const { Cell::new(false) }; }
    if REPORTING.replace(true) {
        return not_ours(signal);
    }
    // SAFETY: the context is the host kernel's to restore.
    let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    if emulated(signal, registers, address) || preemption::faulted(registers) {
        REPORTING.set(false);
        return;
    }
    // One more than the instruction, as if it were the return address of a call.
    let frames = match image_at(ip) {
        Some(_) => stack::from(Point { ip: ip + 1, sp }),
        // The host's unwinder would read the code there.
        None if unloaded_at(ip).is_some() => stack::search(sp, Vec::new()),
        None => stack::here_or_above(sp),
    };
    let what = match signal {
        libc::SIGSEGV if interrupt(ip) == Some(0x2C) => "an assertion failed:",
        libc::SIGSEGV if interrupt(ip) == Some(0x29) => "a fast fail:",
        libc::SIGILL | libc::SIGTRAP => "an illegal instruction",
        libc::SIGFPE => "an arithmetic fault",
        _ => "an access to",
    };
    let text = format!("{what} {address:#x} at {ip:#x}");
    if let Some(name) = unloaded_at(address) {
        report_of(
            Some(&name),
            "VERIF-UNLOADED",
            &format!("{text}: {name} is unloaded"),
            &frames,
        );
    }
    match thread.machine.pool.explain(address) {
        Some((rule, place)) => report(rule, &format!("{text}: {place}"), &frames),
        None if frames.is_empty() => not_ours(signal),
        None => report("VERIF-FAULT", &text, &frames),
    }
}

/// The number of the software interrupt at `ip`, which the host refuses.
fn interrupt(ip: usize) -> Option<u8> {
    image_at(ip)?;
    // SAFETY: the instruction was fetched from there.
    match unsafe { (ip as *const [u8; 2]).read_unaligned() } {
        [0xCD, number] => Some(number),
        _ => None,
    }
}

/// Whether it was an instruction that C drivers have inline and the host refuses; it is done then.
fn emulated(signal: libc::c_int, registers: &mut [libc::greg_t; 23], address: usize) -> bool {
    let ip = registers[libc::REG_RIP as usize] as usize;
    match signal {
        libc::SIGTRAP => {
            // One step may be of both.
            let stepped = preemption::stepped(registers) | shared_data::end(registers);
            let traced = steps::trapped(registers);
            stepped || traced || preemption::hit(registers) || coverage::hit(registers)
        }
        // SAFETY: a fault of an image's instruction, on a thread of a machine.
        libc::SIGSEGV if image_at(ip).is_some() => unsafe {
            inline::emulate(registers) || shared_data::begin(registers, address)
        },
        _ => false,
    }
}

/// Lets the default action follow when the instruction faults again.
fn not_ours(signal: libc::c_int) {
    // SAFETY: restores the default disposition.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}
