//! Drivers: the driver object, `DriverEntry`, unload.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::bridge;
use crate::image::Image;
use crate::machine::Machine;
use crate::pool::Leak;
use crate::sched;
use crate::thread::current;
use crate::verifier::{judging, stack, violation_of};
use crate::wdm::{
    DRIVER_EXTENSION, DRIVER_INITIALIZE, DRIVER_OBJECT, NTSTATUS, UNICODE_STRING, nt_success,
};

const DRIVER_OBJECT_TYPE: i16 = 4;
/// How long an unload waits for work items.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long `DriverUnload` may take: sockets and timers that are on their way out have their deadlines.
const LONGEST_UNLOAD: Duration = Duration::from_secs(60);

/// A loaded image and its driver object.
pub struct Driver {
    pub machine: &'static Machine,
    pub image: Arc<Image>,
    object: Box<DRIVER_OBJECT>,
    _extension: Box<DRIVER_EXTENSION>,
    registry_path: Box<UNICODE_STRING>,
    _strings: [Box<[u16]>; 3],
    started: bool,
}

// SAFETY: the strings that the objects point to are owned by the same value.
unsafe impl Send for Driver {}

fn unicode(text: &str) -> (Box<[u16]>, UNICODE_STRING) {
    let mut units: Box<[u16]> = text.encode_utf16().chain([0]).collect();
    let bytes = (units.len() * 2) as u16;
    let string = UNICODE_STRING {
        Length: bytes - 2,
        MaximumLength: bytes,
        Buffer: units.as_mut_ptr(),
    };
    (units, string)
}

impl Driver {
    pub(crate) fn new(machine: &'static Machine, image: Arc<Image>) -> Self {
        let service = image.name.trim_end_matches(".sys");
        let (s1, path) = unicode(&registry_path(service));
        let (s2, name) = unicode(&format!("\\Driver\\{service}"));
        let (s3, key) = unicode(service);
        let mut extension = Box::new(DRIVER_EXTENSION {
            DriverObject: std::ptr::null_mut(),
            AddDevice: std::ptr::null_mut(),
            Count: 0,
            ServiceKeyName: key,
        });
        // SAFETY: all fields are integers, nullable pointers or `Option` of functions.
        let mut object: Box<DRIVER_OBJECT> = Box::new(unsafe { std::mem::zeroed() });
        object.Type = DRIVER_OBJECT_TYPE;
        object.Size = size_of::<DRIVER_OBJECT>() as i16;
        object.DriverStart = image.base as *mut _;
        object.DriverSize = image.size as u32;
        object.DriverExtension = &raw mut *extension;
        object.DriverName = name;
        extension.DriverObject = &raw mut *object;
        Self {
            machine,
            image,
            object,
            _extension: extension,
            registry_path: Box::new(path),
            _strings: [s1, s2, s3],
            started: false,
        }
    }

    /// The driver object as the driver sees it.
    pub fn object(&mut self) -> *mut DRIVER_OBJECT {
        &raw mut *self.object
    }

    /// Whether the driver's system threads have ended, or wait without a limit, and the machine's work items
    /// have run.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let (base, end) = (self.image.base, self.image.base + self.image.size);
        !self.machine.threads.awake_in(base, end) && self.machine.work.is_idle()
    }

    /// Calls `DriverEntry`. The caller is attached to the machine, at PASSIVE_LEVEL.
    pub fn start(&mut self) -> NTSTATUS {
        // SAFETY: the entry point of a native image has this signature.
        let entry: DRIVER_INITIALIZE = unsafe { std::mem::transmute(self.image.entry) };
        self.object.DriverInit = Some(entry);
        let (object, path) = (self.object(), &raw mut *self.registry_path);
        // SAFETY: both live as long as the driver is loaded.
        let status = bridge::callback("DriverEntry", || unsafe { entry(object, path) });
        self.started = nt_success(status);
        if self.started {
            // SAFETY: the driver's own object, after its DriverEntry.
            unsafe { super::device::initialized(object) };
        }
        if !self.started {
            self.check_left_behind();
        }
        status
    }

    /// Calls `DriverUnload`, checks that nothing was left behind, and unmaps the image.
    pub fn unload(mut self) -> Vec<Leak> {
        if self.started {
            let object = self.object();
            match self.object.DriverUnload {
                Some(unload) => self.watched(|| {
                    // SAFETY: the driver's own routine with its object.
                    bridge::callback("DriverUnload", || unsafe { unload(object) });
                }),
                None => violation_of(
                    &self.image,
                    "VERIF-UNLOAD",
                    "the driver has no DriverUnload",
                ),
            }
            // Work items of the driver's hold it: the image goes when their routines have returned.
            if !self.machine.work.wait_released(object as usize, PATIENCE) {
                violation_of(&self.image, "VERIF-UNLOAD", "a work item does not return");
            }
        }
        self.check_left_behind()
    }

    /// One that waits for ever is told of, with what it waits for. A simulation sees that by itself.
    fn watched(&self, unload: impl FnOnce()) {
        if sched::simulation().is_some() {
            return unload();
        }
        let (pool, image) = (&self.machine.pool, &self.image);
        let (over, watch) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if watch.recv_timeout(LONGEST_UNLOAD) == Err(RecvTimeoutError::Timeout) {
                    let left = by_place(&pool.leaks(image.base));
                    let text = format!("DriverUnload does not return; there are still: {left}");
                    violation_of(image, "VERIF-UNLOAD", &text);
                }
            });
            unload();
            drop(over);
        });
    }

    /// What an unloading driver must not leave: pool, DPCs, timers, work items, locks.
    fn check_left_behind(&self) -> Vec<Leak> {
        let (base, end) = (self.image.base, self.image.base + self.image.size);
        judging(&self.image, || {
            self.machine.ndis.check_unloaded(base, end);
            self.machine.wsk.check_unloaded(base, end);
            self.machine.ip.check_unloaded(base, end);
        });
        crate::pool::check_in_use(current(), base, end, Some(&self.image));
        crate::verifier::locks::forget(base, end);
        let entries = self
            .machine
            .event_log
            .left_by(&raw const *self.object as usize);
        if entries != 0 {
            let text =
                format!("left {entries} entries of the event log, neither written nor freed");
            violation_of(&self.image, "VERIF-LOG-ENTRY", &text);
        }
        let leaks = self.machine.pool.leaks(base);
        self.machine.pool.check_quarantine(&self.image);
        if let Some(pages) = self.machine.allocated.left_by(base).first() {
            violation_of(&self.image, "VERIF-LEAK-PAGES", &format!("left {pages}"));
        }
        if let Some(mapping) = self.machine.mappings.left_by(base).first() {
            violation_of(
                &self.image,
                "VERIF-LEAK-MAPPING",
                &format!("{}: left {mapping}", self.image.name),
            );
        }
        self.check_objects(base, end);
        if let Some(first) = leaks.first() {
            let bytes: usize = leaks.iter().map(|l| l.size).sum();
            for leak in leaks.iter().take(20) {
                eprintln!(
                    "leak tag='{}' bytes={} at {}",
                    leak.tag, leak.size, leak.place
                );
            }
            violation_of(
                &self.image,
                "VERIF-LEAK",
                &format!(
                    "{}: {} allocations, {bytes} bytes left; the first has tag '{}' and {} bytes \
                     and was made at {}",
                    self.image.name,
                    leaks.len(),
                    first.tag,
                    first.size,
                    first.place
                ),
            );
        }
        leaks
    }

    /// Threads, handles, references and event providers.
    fn check_objects(&self, base: usize, end: usize) {
        if let Some(thread) = self.machine.threads.running_in(base, end) {
            violation_of(
                &self.image,
                "VERIF-UNLOAD-THREAD",
                &format!("system thread {thread} still runs"),
            );
        }
        let left = |rule: &str, what: &str, place: usize| {
            let place = stack::describe(place);
            violation_of(&self.image, rule, &format!("left {what} made at {place}"));
        };
        let strict = self.machine.options.strict;
        if let Some(place) = self.machine.handles.left_by(base, end).filter(|_| strict) {
            left("VERIF-LEAK-HANDLE", "a handle", place);
        }
        if let Some(place) = self
            .machine
            .references
            .left_by(base, end)
            .filter(|_| strict)
        {
            left("VERIF-LEAK-REFERENCE", "a reference to an object", place);
        }
        if self.machine.etw.registered_in(base, end) {
            violation_of(
                &self.image,
                "VERIF-UNLOAD-ETW",
                "an event provider is still registered",
            );
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.machine.forget_image(&self.image);
    }
}

/// Allocations, counted by where they were made.
fn by_place(leaks: &[Leak]) -> String {
    let mut places = BTreeMap::<(&str, &str), usize>::new();
    for leak in leaks {
        *places.entry((&leak.tag, &leak.place)).or_default() += 1;
    }
    let lines = places
        .iter()
        .map(|((tag, place), count)| format!("\n  {count} x '{tag}' from {place}"));
    lines.collect()
}

/// The registry path that a service's `DriverEntry` gets.
#[must_use]
pub fn registry_path(service: &str) -> String {
    format!("\\Registry\\Machine\\System\\CurrentControlSet\\Services\\{service}")
}
