//! Too much of the stack, and of the time at DISPATCH_LEVEL; and just not too much.

use core::hint::black_box;
use core::mem::MaybeUninit;
use core::ptr::null_mut;

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("stack-shallow", || {
        // SAFETY: no requirements.
        unsafe { PsGetCurrentThreadId() };
        deep(18, calls_out);
    }),
    ("stack-deep", || {
        deep(26, calls_out);
    }),
    ("stack-deep-without-call", || deep_alone(26)),
    ("stack-deep-in-two", || {
        deep(13, calls_itself);
    }),
    ("dispatch-short", || at_dispatch(4_000)),
    ("dispatch-long", || at_dispatch(50_000)),
    ("dpc-short", || in_dpc(works_a_little)),
    ("dpc-long", || in_dpc(works_long)),
];

/// Takes `frames` times a little more than half a KiB of stack, then does what `end` does.
#[inline(never)]
fn deep(frames: u32, end: fn()) -> u32 {
    let mut room = [frames as u8; 512];
    black_box(&mut room);
    if frames == 0 {
        end();
        return 0;
    }
    deep(frames - 1, end) + u32::from(room[0])
}

fn calls_out() {
    // SAFETY: no requirements.
    unsafe { PsGetCurrentThreadId() };
}

/// As [`deep`], without a call that leaves the driver, at its end or on the way.
#[inline(never)]
fn deep_alone(frames: u32) {
    let mut room = MaybeUninit::<[u8; 512]>::uninit();
    black_box(room.as_mut_ptr());
    if frames != 0 {
        deep_alone(frames - 1);
    }
    black_box(room.as_mut_ptr());
}

unsafe extern "system" fn completes_deep(_: Pointer, irp: *mut u8) -> i32 {
    deep(13, calls_out);
    // SAFETY: the IRP that was just sent.
    unsafe { IofCompleteRequest(irp, 0) };
    0
}

/// The kernel calls the driver back on the same stack.
fn calls_itself() {
    // SAFETY: a fresh IRP, which its routine takes back.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        crate::io::send(irp, completes_deep, Some(crate::io::takes_back));
        IoFreeIrp(irp);
    }
}

/// At least two instructions a turn.
#[inline(never)]
fn works(turns: u32) {
    for turn in 0..turns {
        black_box(turn);
    }
}

fn at_dispatch(turns: u32) {
    // SAFETY: raised and lowered again.
    unsafe {
        let old = KfRaiseIrql(2);
        works(turns);
        KeLowerIrql(old);
    }
}

unsafe extern "system" fn works_a_little(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    works(4_000);
}

unsafe extern "system" fn works_long(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    works(50_000);
}

/// Two DPCs in a row: each has a time of its own.
fn in_dpc(routine: Deferred) {
    let (mut one, mut other) = (Object::new(), Object::new());
    // SAFETY: the DPCs run before this returns.
    unsafe {
        let old = KfRaiseIrql(2);
        for dpc in [&mut one, &mut other] {
            KeInitializeDpc(dpc.get(), routine, null_mut());
            KeInsertQueueDpc(dpc.get(), null_mut(), null_mut());
        }
        KeLowerIrql(old);
    }
}
