//! Interrupts: the first ends the work in good order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use softrnic_consumer::Patience;

/// Set by an interrupt from the keyboard or a request to terminate.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Bears silence for `limit`, and stops waiting when the demo is interrupted.
pub(crate) fn patience(limit: Duration) -> Patience {
    Patience::unless(limit, || INTERRUPTED.load(Ordering::SeqCst))
}

/// From now on the first interrupt (or request to terminate) ends the work in good order; the second ends the process.
pub(crate) fn catch_interrupts() {
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        eprintln!("interrupted: closing");
    });
}
