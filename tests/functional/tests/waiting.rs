//! Consumers wait where they may; what they wait for needs nobody they can block.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Condvar, Mutex};

use softrnic_emulator::ex::work::ExQueueWorkItem;
use softrnic_emulator::wdm::{LIST_ENTRY, WORK_QUEUE_ITEM};
use softrnic_functional::consumer::{Listener, NtStatus};
use softrnic_functional::{Flag, SOON, Stage};

/// The system's worker threads, all of which wait in work items of a consumer's.
#[derive(Default)]
struct Blocked {
    released: Mutex<bool>,
    release: Condvar,
    inside: Flag,
    out: Flag,
}

unsafe extern "win64" fn wait(context: *mut c_void) {
    // SAFETY: the test keeps it until all are out.
    let blocked = unsafe { &*context.cast::<Blocked>() };
    blocked.inside.set();
    let released = blocked.released.lock().expect("no panic");
    drop(blocked.release.wait_while(released, |released| !*released));
    blocked.out.set();
}

/// More than there are workers.
const ITEMS: usize = 16;
/// What the emulated system has.
const WORKERS: usize = 8;

// NDK-IRQL-04, WSK-HAZ-13: with every system worker blocked, connections are made, used, ended and closed by a thread that
// waits for each step.
// WSK-IRP-09, WSK-IRP-13.
#[test]
fn nothing_waits_for_the_systems_workers() {
    let stage = Stage::new();
    let blocked = Blocked::default();
    let mut items: Vec<WORK_QUEUE_ITEM> = (0..ITEMS)
        .map(|_| WORK_QUEUE_ITEM {
            List: LIST_ENTRY {
                Flink: ptr::null_mut(),
                Blink: ptr::null_mut(),
            },
            WorkerRoutine: Some(wait),
            Parameter: ptr::from_ref(&blocked).cast_mut().cast(),
        })
        .collect();
    for item in &mut items {
        // SAFETY: items of our own that stay until they have run.
        unsafe { ExQueueWorkItem(item, 1) };
    }
    assert!(blocked.inside.wait_for(WORKERS, SOON));
    let (active, passive) = stage.connected();
    passive.post_receive(1, 0, 64);
    active.post_send(2, 0, 64, 0);
    assert_eq!(passive.received.take(1)[0].status, NtStatus::SUCCESS);
    let (first, second) = (active.disconnect(), passive.disconnect());
    assert_eq!(first.wait(), NtStatus::SUCCESS);
    assert_eq!(second.wait(), NtStatus::SUCCESS);
    drop((active, passive));
    let adapter = stage.open(0);
    let listener = Listener::new(&adapter, |_| {}).expect("made");
    assert!(listener.listen(stage.address(0, 0)).wait().is_success());
    drop((listener, adapter));
    *blocked.released.lock().expect("no panic") = true;
    blocked.release.notify_all();
    assert!(blocked.out.wait_for(ITEMS, SOON));
}
