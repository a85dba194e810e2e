//! What the imports on a driver's data path cost, in nanoseconds a call.
//!
//! `cargo run --release -p softrnic-emulator --example hot-imports`

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr::null_mut;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use softrnic_emulator::io::irp::{IoAllocateIrp, IoFreeIrp, IoReuseIrp, accept, complete};
use softrnic_emulator::ke::{dpc, event, irql, spin_lock, time, timer};
use softrnic_emulator::mm::mdl::{
    IoAllocateMdl, IoBuildPartialMdl, IoFreeMdl, MmBuildMdlForNonPagedPool,
};
use softrnic_emulator::pool::{PoolMode, Request};
use softrnic_emulator::wdm::{DEVICE_OBJECT, IO_STACK_LOCATION, IRP, KDPC, KEVENT, KTIMER, PVOID};
use softrnic_emulator::{Machine, Options, rtl};

const ROUNDS: u32 = 1_000_000;

fn measure(name: &str, mut call: impl FnMut()) {
    (0..ROUNDS / 10).for_each(|_| call());
    let start = Instant::now();
    (0..ROUNDS).for_each(|_| call());
    let nanoseconds = start.elapsed().as_nanos() as f64 / f64::from(ROUNDS);
    println!("{name:<44}{nanoseconds:8.1} ns");
}

unsafe extern "win64" fn taken_back(_: *mut DEVICE_OBJECT, _: *mut IRP, _: PVOID) -> i32 {
    softrnic_emulator::wdm::STATUS_MORE_PROCESSING_REQUIRED
}

unsafe extern "win64" fn deferred(_: *mut KDPC, _: PVOID, _: PVOID, _: PVOID) {}

fn zeroed<T>() -> T {
    // SAFETY: the kernel's objects are made of integers and nullable pointers.
    unsafe { std::mem::zeroed() }
}

fn main() {
    let options = Options {
        pool: PoolMode::Cheap,
        ..Options::default()
    };
    let machine = Machine::new(options);
    let _attachment = machine.attach();
    let lock = AtomicUsize::new(0);
    let (mut event, mut timer, mut dpc): (KEVENT, KTIMER, KDPC) = (zeroed(), zeroed(), zeroed());
    // SAFETY: every object is initialised before it is used and outlives its use.
    unsafe {
        event::KeInitializeEvent(&raw mut event, 0, 0);
        timer::KeInitializeTimer(&raw mut timer);
        dpc::KeInitializeDpc(&raw mut dpc, deferred, null_mut());
        measure("KeGetCurrentIrql", || {
            black_box(irql::KeGetCurrentIrql());
        });
        measure("KeAcquire/ReleaseSpinLock", || {
            let old = spin_lock::KeAcquireSpinLockRaiseToDpc(&lock);
            spin_lock::KeReleaseSpinLock(&lock, old);
        });
        measure("KeRaise/LowerIrql", || {
            irql::KeLowerIrql(irql::KeRaiseIrqlToDpcLevel())
        });
        measure("KeQueryPerformanceCounter", || {
            black_box(time::KeQueryPerformanceCounter(null_mut()));
        });
        measure("KeSetEvent + KeResetEvent", || {
            event::KeSetEvent(&raw mut event, 0, 0);
            event::KeResetEvent(&raw mut event);
        });
        measure("KeSetTimer + KeCancelTimer", || {
            timer::KeSetTimer(&raw mut timer, -100_000_000, null_mut());
            timer::KeCancelTimer(&raw mut timer);
        });
        measure("KeInsertQueueDpc at PASSIVE (and its run)", || {
            dpc::KeInsertQueueDpc(&raw mut dpc, null_mut(), null_mut());
        });
        irp();
        mdl(machine);
        pool(machine);
        copies();
    }
    machine.stop();
}

fn pool(machine: &Machine) {
    let request = Request {
        size: 200,
        tag: 1,
        caller: 0,
        zeroed: true,
    };
    measure("pool allocate + free 200 B", || {
        machine
            .pool
            .free(machine.pool.allocate(request) as usize, 1, 0);
    });
}

fn copies() {
    let mut copy = [[0u8; 4096]; 2];
    for size in [8, 24, 64, 200, 1024, 4096] {
        let (to, from) = copy.split_at_mut(1);
        measure(&format!("memcpy {size}"), || {
            let to: *mut c_void = to[0].as_mut_ptr().cast();
            // SAFETY: both halves have 4096 bytes.
            black_box(unsafe { rtl::memcpy(to, from[0].as_ptr().cast(), black_box(size)) });
        });
    }
}

unsafe fn irp() {
    // SAFETY: one IRP, owned here whenever it is reused.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        measure("IoReuseIrp + send + complete", || {
            IoReuseIrp(irp, 0);
            let next: *mut IO_STACK_LOCATION = (*irp).CurrentStackLocation.sub(1);
            (*next).CompletionRoutine = Some(taken_back);
            (*next).Control = 0xE0;
            accept(irp, "WskSend");
            complete(irp, 0, 0);
        });
        IoFreeIrp(irp);
    }
}

unsafe fn mdl(machine: &'static Machine) {
    let request = Request {
        size: 65536,
        tag: 1,
        caller: 0,
        zeroed: true,
    };
    let memory: *mut c_void = machine.pool.allocate(request).cast();
    // SAFETY: the MDLs describe that memory and are freed before it.
    unsafe {
        let source = IoAllocateMdl(memory, 65536, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(source);
        let target = IoAllocateMdl(memory, 65536, 0, 0, null_mut());
        measure("IoBuildPartialMdl 1 page", || {
            IoBuildPartialMdl(source, target, memory.byte_add(512), 1024);
        });
        measure("IoBuildPartialMdl 16 pages", || {
            IoBuildPartialMdl(source, target, memory, 65536);
        });
        IoFreeMdl(target);
        IoFreeMdl(source);
    }
    machine.pool.free(memory as usize, 1, 0);
}
