//! One emulated computer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::sync::Mutex;

use crate::bridge::aside;
use crate::clock;
use crate::image::{Image, LoadError, reached};
use crate::pool::{Pool, PoolMode};
use crate::processor::Processor;
use crate::sched;
use crate::thread::{Attachment, Thread};
use crate::wdm::NTSTATUS;

pub use crate::io::driver::Driver;

/// What a machine is made with.
#[derive(Clone)]
pub struct Options {
    pub name: String,
    /// At most 64.
    pub processors: u32,
    pub pool: PoolMode,
    /// Also what the standard settings of Driver Verifier leave alone: memory that code could run in, requests
    /// sent on at a raised IRQL, handles and references left at unload.
    pub strict: bool,
    /// What `DbgPrint` calls: the machine's name and the text.
    pub debug_print: fn(&str, &str),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "machine".into(),
            processors: 4,
            pool: PoolMode::Special,
            strict: true,
            debug_print: |machine, text| eprintln!("[{machine}] {text}"),
        }
    }
}

/// One emulated computer. Machines live as long as the process: drivers and their threads may
/// hold pointers into one until the very end.
pub struct Machine {
    pub options: Options,
    pub pool: Pool,
    pub ndis: crate::ndis::State,
    pub ndk: crate::ndk::State,
    pub wsk: crate::wsk::State,
    pub ip: crate::ip::State,
    pub tcpip: crate::tcpip::State,
    pub registry: crate::zw::Registry,
    /// What a test has happen between two kernel calls of a driver.
    pub interlude: crate::interlude::Interlude,
    pub(crate) names: crate::io::device::Names,
    pub etw: crate::etw::Providers,
    pub event_log: crate::event_log::EventLog,
    /// Timers that are set.
    pub timers: crate::ke::timer::Timers,
    pub(crate) threads: crate::ps::Threads,
    pub(crate) handles: crate::ps::Handles,
    pub(crate) references: crate::ps::References,
    /// What drivers have mapped.
    pub mappings: crate::mm::map::Mappings,
    pub(crate) allocated: crate::mm::map::Allocated,
    pub(crate) work: crate::ex::work::Queue,
    pub(crate) cancel_lock: crate::ke::spin_lock::KernelLock,
    images: Mutex<Vec<Arc<Image>>>,
    processors: Vec<Processor>,
    stopping: AtomicBool,
    running_threads: AtomicUsize,
}

impl Machine {
    #[must_use]
    pub fn new(options: Options) -> &'static Self {
        crate::verifier::fault::install();
        let count = options.processors.clamp(1, 64);
        Box::leak(Box::new(Self {
            pool: Pool::new(options.pool),
            ndis: Default::default(),
            ndk: Default::default(),
            wsk: Default::default(),
            ip: Default::default(),
            tcpip: Default::default(),
            registry: Default::default(),
            interlude: Default::default(),
            names: Default::default(),
            etw: Default::default(),
            event_log: Default::default(),
            timers: Default::default(),
            threads: Default::default(),
            handles: Default::default(),
            references: Default::default(),
            mappings: Default::default(),
            allocated: Default::default(),
            work: Default::default(),
            cancel_lock: Default::default(),
            images: Mutex::default(),
            processors: (0..count).map(Processor::new).collect(),
            stopping: AtomicBool::new(false),
            running_threads: AtomicUsize::new(0),
            options,
        }))
    }

    /// The calling host thread becomes a thread of this machine, at PASSIVE_LEVEL.
    #[must_use]
    pub fn attach(&'static self) -> Attachment {
        Attachment::new(Thread::new(self))
    }

    /// Starts a host thread attached to this machine. It should return soon after
    /// [`is_stopping`](Self::is_stopping) says so.
    pub fn spawn(&'static self, name: &str, body: impl FnOnce() + Send + 'static) -> sched::Join {
        self.running_threads.fetch_add(1, Ordering::SeqCst);
        sched::spawn(&format!("{} {name}", self.options.name), move || {
            let attachment = self.attach();
            body();
            drop(attachment);
            self.running_threads.fetch_sub(1, Ordering::SeqCst);
        })
    }

    /// Maps the image at `path` and binds its imports. It knows itself as `name`.
    pub fn load(&'static self, path: &std::path::Path, name: &str) -> Result<Driver, LoadError> {
        let image = Image::load(path, name)?;
        if let Some(simulation) = sched::simulation() {
            simulation.loaded(&image);
        }
        reached::loaded(&image);
        self.images.lock().push(image.clone());
        Ok(Driver::new(self, image))
    }

    /// The image loaded first that is still there.
    #[must_use]
    pub fn image(&self) -> Option<Arc<Image>> {
        self.images.lock().first().cloned()
    }

    pub(crate) fn forget_image(&self, image: &Arc<Image>) {
        self.images.lock().retain(|i| !Arc::ptr_eq(i, image));
    }

    /// Stops the machine's own threads and waits for them (a second at most).
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for _ in 0..200 {
            // Again and again: one may have looked just before, and begun to wait just after.
            self.wake();
            if self.running_threads.load(Ordering::SeqCst) == 0 {
                return;
            }
            sched::sleep_until(clock::after(Duration::from_millis(5)));
        }
    }

    /// All threads of its own look whether they are to end.
    fn wake(&self) {
        self.work.wake();
        self.timers.wake();
        self.processors.iter().for_each(Processor::wake);
        self.wsk.wake();
        self.ndis.wake();
        self.tcpip.wake();
    }

    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn processor_count(&self) -> u32 {
        self.processors.len() as u32
    }

    #[must_use]
    pub(crate) fn all_processors(&self) -> u64 {
        u64::MAX >> (64 - self.processors.len())
    }

    #[inline]
    #[must_use]
    pub(crate) fn processor(&'static self, number: u32) -> &'static Processor {
        match self.processors.get(number as usize) {
            Some(processor) => processor,
            None => aside(move || panic!("there is no processor {number}")),
        }
    }

    #[must_use]
    pub(crate) fn processors(&'static self) -> &'static [Processor] {
        &self.processors
    }
}

/// What `DriverEntry` or another start routine failed with.
#[derive(Debug, Clone, Copy)]
pub struct StartError(pub NTSTATUS);
