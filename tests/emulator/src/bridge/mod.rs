//! The calling-convention bridge: the one folder with assembly.
//!
//! Imports are `extern "win64"` functions bound straight into the image's import table; calls
//! into an image go through [`callback`]. `runtime.rs` holds what compilers expect of the kernel
//! (`__chkstk`, the guard functions), `exits.rs` the way out of an image, `exit.rs` how a system thread ends from within an image, `inline.rs` and
//! `shared_data.rs` what C drivers do without calling anybody.

pub mod exit;
pub(crate) mod exits;
pub(crate) mod inline;
pub mod runtime;
pub(crate) mod shared_data;

pub use runtime::{EXPORTS, cfg_check, cfg_dispatch};

use std::arch::asm;

use crate::image::steps;
use crate::ke::block::CURRENT_THREAD;
use crate::sched;
use crate::thread::{Thread, running};
use crate::verifier::depth::Entry;
use crate::verifier::{stack, violation, violation_of_callback};

/// The thread that the processor block of the calling host thread names.
#[inline]
pub(crate) fn running_thread() -> usize {
    let thread;
    // SAFETY: reads the block at GS, which is there while the host thread is attached.
    unsafe {
        asm!(
            "mov {thread}, gs:[{offset}]",
            thread = out(reg) thread,
            offset = const CURRENT_THREAD,
            options(pure, readonly, nostack, preserves_flags)
        );
    }
    thread
}

/// Does what is seldom done, out of line. Functions that images call owe them ten vector registers that the host's
/// functions may use: who calls none of the host's on the usual way saves none.
#[cold]
#[inline(never)]
pub extern "win64" fn aside<R>(seldom: impl FnOnce() -> R) -> R {
    seldom()
}

/// Calls into an image: `call` does the call, `what` is the documented name of the callback.
///
/// The image must return at the IRQL and with the spin locks it was called with, and no
/// callback is made with a spin lock of a driver held.
#[inline]
pub fn callback<R>(what: &'static str, call: impl FnOnce() -> R) -> R {
    expect_no_lock(what);
    enter(what, false, call)
}

#[inline]
fn expect_no_lock(what: &str) {
    if running().spin_locks.count() != 0 {
        aside(move || lock_held(what));
    }
}

/// A consumer's call into a provider: as [`callback`], but the consumer may hold spin locks of its
/// own, as one that serialises its posts does.
#[inline]
pub fn call_down<R>(what: &'static str, call: impl FnOnce() -> R) -> R {
    enter(what, false, call)
}

/// Calls a DPC's routine: as [`callback`], on a stack and in a time of its own.
#[inline]
pub fn interrupt<R>(what: &'static str, call: impl FnOnce() -> R) -> R {
    expect_no_lock(what);
    enter(what, true, call)
}

#[inline]
fn enter<R>(what: &'static str, fresh: bool, call: impl FnOnce() -> R) -> R {
    let thread = running();
    let (irql, regions) = (thread.irql.get(), thread.regions.get());
    let locks = thread.spin_locks.count();
    thread.depth.set(thread.depth.get() + 1);
    let is_watched = sched::is_watched();
    let is_chosen = is_watched && aside(move || begins(thread, what));
    let raises = thread.raises.replace(0);
    let result = measured(thread, what, fresh, call);
    thread.raises.set(raises);
    if is_watched {
        aside(move || ends(thread, is_chosen));
    }
    thread.depth.set(thread.depth.get() - 1);
    if thread.irql.get() != irql {
        aside(move || wrong_irql(what, irql, thread.irql.get()));
    }
    if thread.spin_locks.count() != locks {
        aside(move || lock_kept(what));
    }
    if thread.regions.get() != regions {
        aside(move || region_kept(what));
    }
    result
}

/// A call into an image begins that somebody may want to know of; whether an interlude is for it.
fn begins(thread: &Thread, what: &str) -> bool {
    sched::may_switch();
    sched::note(|| what.to_owned());
    let interlude = &thread.machine.interlude;
    interlude.is_armed() && interlude.begins(what)
}

fn ends(thread: &Thread, is_chosen: bool) {
    if is_chosen {
        thread.machine.interlude.ends();
    }
    sched::may_switch();
}

/// Calls into an image, and nothing else: what is measured is `what`'s.
#[inline]
pub(crate) fn measured<R>(
    thread: &Thread,
    what: &'static str,
    fresh: bool,
    call: impl FnOnce() -> R,
) -> R {
    if !thread.is_measured {
        return call();
    }
    let entry = Entry::new(thread, what, fresh);
    entry.begin(thread, fresh);
    let traced = steps::arm();
    let result = call();
    steps::disarm(traced);
    entry.end(thread, fresh);
    result
}

fn lock_held(what: &str) -> ! {
    violation(
        "VERIF-LOCK-AT-CALLBACK",
        &format!("{what} would be called with a spin lock held"),
    )
}

fn wrong_irql(what: &str, before: u8, after: u8) -> ! {
    let trace = stack::below();
    let text = format!("{what} was called at IRQL {before} and returned at {after}");
    violation_of_callback(&trace, "VERIF-CALLBACK-IRQL", &text)
}

fn lock_kept(what: &str) -> ! {
    let trace = stack::below();
    let text = format!("{what} returned with a spin lock held");
    violation_of_callback(&trace, "VERIF-LOCK-RETURNED", &text)
}

fn region_kept(what: &str) -> ! {
    let trace = stack::below();
    let text = format!("{what} entered and left regions unevenly");
    violation_of_callback(&trace, "VERIF-REGION-RETURNED", &text)
}

/// Defines an import of up to five arguments that learns who called it: the return address is
/// handed to `$inner` as one more argument.
#[macro_export]
macro_rules! import_with_caller {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => 1, $inner:path) => {
        $crate::import_with_caller!(@ $(#[$doc])* $name($($arg: $ty),*) $(-> $ret)?, "mov rdx, [rsp]", $inner);
    };
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => 2, $inner:path) => {
        $crate::import_with_caller!(@ $(#[$doc])* $name($($arg: $ty),*) $(-> $ret)?, "mov r8, [rsp]", $inner);
    };
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => 3, $inner:path) => {
        $crate::import_with_caller!(@ $(#[$doc])* $name($($arg: $ty),*) $(-> $ret)?, "mov r9, [rsp]", $inner);
    };
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => 4, $inner:path) => {
        $(#[$doc])*
        #[unsafe(naked)]
        pub unsafe extern "win64" fn $name($($arg: $ty),*) $(-> $ret)? {
            std::arch::naked_asm!(
                "sub rsp, 0x38",
                "mov rax, [rsp + 0x38]",
                "mov [rsp + 0x20], rax",
                "call {inner}",
                "add rsp, 0x38",
                "ret",
                inner = sym $inner,
            )
        }
    };
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => 5, $inner:path) => {
        $(#[$doc])*
        #[unsafe(naked)]
        pub unsafe extern "win64" fn $name($($arg: $ty),*) $(-> $ret)? {
            std::arch::naked_asm!(
                "sub rsp, 0x38",
                "mov rax, [rsp + 0x38]",
                "mov [rsp + 0x28], rax",
                "mov rax, [rsp + 0x60]",
                "mov [rsp + 0x20], rax",
                "call {inner}",
                "add rsp, 0x38",
                "ret",
                inner = sym $inner,
            )
        }
    };
    (@ $(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?, $asm:literal, $inner:path) => {
        $(#[$doc])*
        #[unsafe(naked)]
        pub unsafe extern "win64" fn $name($($arg: $ty),*) $(-> $ret)? {
            std::arch::naked_asm!($asm, "jmp {inner}", inner = sym $inner)
        }
    };
}
