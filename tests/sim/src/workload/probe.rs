//! After all trouble: one message each way, and nothing may go wrong any more.

use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::{Adapter, NtStatus, QpLimits};
use softrnic_emulator::{clock, sched};
use softrnic_functional::{Stage, connect, listen};

use crate::site::{Site, Trouble};

/// Plays it on the first two adapters of `stage`.
///
/// # Panics
/// When anything fails.
pub fn run(stage: &Stage) {
    let site = Site::of(stage, OPENS_LATE);
    let [mut active, mut passive] = [0, 1].map(|n| {
        let adapter = opened(&site, n);
        site.end(&adapter, QpLimits::default())
            .expect("an end is made")
    });
    let (listener, incoming) = listen(&passive.adapter, site.address(1));
    let to = listener.local_address().expect("a listener has an address");
    connect(&mut active, &mut passive, site.address(0), to, &incoming);
    passive.listener = Some(listener);
    for (from, to) in [(&active, &passive), (&passive, &active)] {
        to.post_receive(1, 0, 64);
        from.post_send(2, 0, 64, 0);
        assert_eq!(to.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(from.done.take(1)[0].status, NtStatus::SUCCESS);
    }
    let leaving = [active.disconnect(), passive.disconnect()];
    assert_eq!(
        leaving.map(|request| request.wait()),
        [NtStatus::SUCCESS; 2]
    );
}

/// Network Direct that was switched on is on when the driver's worker has told NDIS (NDK-NDIS-11).
const OPENS_LATE: Trouble = Trouble {
    breaks: false,
    refuses: true,
    homeless: false,
    scarce: false,
    silence: false,
    unloads: false,
};

fn opened(site: &Site, n: usize) -> Arc<Adapter> {
    // A driver whom NDIS has refused twice in a row waits for two seconds.
    for _ in 0..1000 {
        if let Some(adapter) = site.open(n) {
            return adapter;
        }
        sched::sleep_until(clock::after(Duration::from_millis(10)));
    }
    panic!("the adapter cannot be opened after all trouble");
}
