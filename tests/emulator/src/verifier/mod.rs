//! What drivers must not do, and what happens when one does.
//!
//! A violation ends the run: one line that tests can read (`VIOLATION rule=… image=… fn=…
//! text=…`), the call stack inside the image, and exit status 101.

pub mod depth;
pub mod fault;
pub mod locks;
pub mod stack;

use std::cell::Cell;
use std::io::Write as _;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, Ordering};

use parking_lot::Mutex;

use crate::bridge::aside;
use crate::image::Image;
use crate::thread::try_current;
use crate::wdm::KIRQL;

/// The exit status of a run that a violation ended.
pub const EXIT_STATUS: i32 = 101;

/// What was found.
#[derive(Debug, Clone)]
pub struct Violation {
    pub rule: String,
    pub image: String,
    pub function: String,
    pub text: String,
    pub stack: Vec<String>,
}

type Hook = Box<dyn Fn(&Violation) + Send>;

static HOOK: Mutex<Option<Hook>> = Mutex::new(None);
/// The host thread that reports a violation.
static REPORTING: AtomicI32 = AtomicI32::new(0);

/// Calls `hook` with the violation before the run ends (to print a result, for one).
pub fn on_violation(hook: impl Fn(&Violation) + Send + 'static) {
    *HOOK.lock() = Some(Box::new(hook));
}

/// Ends the run: `rule` was broken by the code on this thread's stack.
#[inline]
pub fn violation(rule: &str, text: &str) -> ! {
    aside(move || report(rule, text, &stack::here()))
}

/// Ends the run: what `image` left behind broke `rule`.
#[cold]
pub fn violation_of(image: &Image, rule: &str, text: &str) -> ! {
    report_of(Some(&image.name), rule, text, &stack::here())
}

thread_local! {
    /// The image that is being judged while nothing of it is on the stack.
    static JUDGED: Cell<Option<NonNull<Image>>> = const { Cell::new(None) };
}

/// Runs checks of what `image` left behind: what they find is its doing.
pub(crate) fn judging<R>(image: &Image, checks: impl FnOnce() -> R) -> R {
    JUDGED.set(Some(NonNull::from(image)));
    let result = checks();
    JUDGED.set(None);
    result
}

/// Ends the run: a callback that has just returned broke `rule`. `trace` is what
/// [`stack::below`] found of it.
#[cold]
pub(crate) fn violation_of_callback(trace: &[usize], rule: &str, text: &str) -> ! {
    let frames = stack::here();
    let image = trace
        .iter()
        .chain(&frames)
        .copied()
        .find_map(crate::image::image_at);
    report_of(image.map(|i| i.name.as_str()), rule, text, &frames)
}

pub(crate) fn irql_too_high(function: &str, irql: KIRQL, highest: KIRQL) -> ! {
    violation(
        "KE-IRQL",
        &format!("{function} called at IRQL {irql}; at most {highest} is allowed"),
    )
}

/// Ends the run with the given return addresses as the stack.
#[cold]
pub(crate) fn report(rule: &str, text: &str, frames: &[usize]) -> ! {
    let image = frames.first().copied().and_then(crate::image::image_at);
    // SAFETY: set only while `judging` borrows the image.
    let image = image.or_else(|| JUDGED.get().map(|judged| unsafe { judged.as_ref() }));
    report_of(image.map(|i| i.name.as_str()), rule, text, frames)
}

/// As [`report`], the image named by the caller.
#[cold]
pub(crate) fn report_of(image: Option<&str>, rule: &str, text: &str, frames: &[usize]) -> ! {
    // SAFETY: no requirements.
    let me = unsafe { libc::gettid() };
    match REPORTING.swap(me, Ordering::SeqCst) {
        0 => {}
        // SAFETY: the report itself failed; the first line of it may be out.
        other if other == me => unsafe { libc::_exit(EXIT_STATUS) },
        _ => loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        },
    }
    let stack: Vec<String> = frames.iter().map(|&f| stack::describe(f)).collect();
    let first = frames.first().copied();
    let found = Violation {
        rule: rule.into(),
        image: image.unwrap_or("-").into(),
        function: first.map_or("-".into(), stack::function),
        text: text.into(),
        stack,
    };
    print(&found);
    if let Some(hook) = HOOK.lock().as_ref() {
        hook(&found);
    }
    let _ = std::io::stdout().flush();
    // SAFETY: ends the process; other threads may be anywhere, so no destructors run.
    unsafe { libc::_exit(EXIT_STATUS) }
}

fn print(found: &Violation) {
    let mut out = format!(
        "VIOLATION rule={} image={} fn={} text={}\n",
        found.rule, found.image, found.function, found.text
    );
    for (depth, frame) in found.stack.iter().enumerate() {
        out += &format!("  {depth:2} {frame}\n");
    }
    if let Some(thread) = try_current() {
        out += &format!(
            "  machine {} thread {} irql {} processor {}\n",
            thread.machine.options.name,
            thread.id,
            thread.irql(),
            thread.processor.get()
        );
    }
    let _ = std::io::stderr().write_all(out.as_bytes());
}
