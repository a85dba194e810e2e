//! An adapter as NDIS keeps it: its state, and what the driver said of it and asked for.

use crate::sync::{Condvar, Mutex, MutexGuard, Turn};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use softrnic::sys::*;

use super::attributes::{Attributes, NdkAttributes};
use super::configuration::Keyword;
use super::driver::MiniportDriver;
use super::lower::{Identity, Stack};
use super::nbl::Outstanding;
use super::slot::Slot;
use crate::machine::Machine;
use crate::verifier::violation;

/// How long NDIS waits for a pause or restart before the run is called hung.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long consumers may keep their adapters open though Network Direct goes off. Windows waits for
/// ever; so does a simulation, nearly, whose networks may need minutes of their own time.
fn consumers_patience() -> Duration {
    match crate::sched::simulation() {
        Some(_) => Duration::from_secs(3600),
        None => PATIENCE * 3,
    }
}

/// NDIS-LIFE-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum LifeState {
    Halted,
    Initializing,
    Paused,
    Restarting,
    Running,
    Pausing,
}

/// One adapter as NDIS keeps it. Its address is the handle the driver gets.
pub(crate) struct Miniport {
    pub(crate) machine: &'static Machine,
    pub(crate) driver: Arc<MiniportDriver>,
    pub(crate) luid: u64,
    pub(crate) if_index: u32,
    life: AtomicU8,
    context: AtomicPtr<c_void>,
    attributes: Mutex<Attributes>,
    keywords: Mutex<BTreeMap<String, Keyword>>,
    open_configurations: AtomicUsize,
    pub(super) pause: Slot,
    pub(super) restart: Slot,
    pub(super) oid: Slot,
    pub(super) oid_turn: Turn,
    pub(super) direct: Mutex<Vec<(usize, Arc<Slot>)>>,
    pub(super) sends: Mutex<Outstanding>,
    pub(super) sends_done: Condvar,
    pub(super) surprise_removed: AtomicBool,
    /// It was put to sleep, and not yet woken.
    pub(super) asleep: AtomicBool,
    pub(super) identity: Identity,
    /// The protocols above it.
    pub(super) stack: Stack,
    /// Nothing binds to it any more.
    pub(super) leaving: AtomicBool,
    /// NDK adapters open, and whether the driver said that NDK is enabled.
    ndk: Mutex<Ndk>,
    ndk_closed: Condvar,
}

#[derive(Default)]
struct Ndk {
    /// NDK adapters open or being opened.
    open: usize,
    /// Openings inside the driver's handler.
    opening: usize,
    /// The adapter is going: nobody opens it any more.
    leaving: bool,
    /// *NetworkDirect, as the driver read it: NDK-NDIS-04.
    keyword: bool,
    /// What the driver told last.
    enabled: bool,
    /// What OID_NDK_SET_STATE asked for last.
    asked: Option<bool>,
    /// How often it asked.
    requests: u64,
}

impl Miniport {
    pub(super) fn new(
        machine: &'static Machine,
        driver: Arc<MiniportDriver>,
        (luid, if_index): (u64, u32),
        keywords: BTreeMap<String, Keyword>,
    ) -> Arc<Self> {
        Arc::new(Self {
            machine,
            driver,
            luid,
            if_index,
            life: AtomicU8::new(LifeState::Initializing as u8),
            context: AtomicPtr::default(),
            attributes: Mutex::default(),
            keywords: Mutex::new(keywords),
            open_configurations: AtomicUsize::new(0),
            pause: Slot::default(),
            restart: Slot::default(),
            oid: Slot::default(),
            oid_turn: Turn::default(),
            direct: Mutex::default(),
            sends: Mutex::default(),
            sends_done: Condvar::new(),
            surprise_removed: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            identity: Identity {
                guid: super::guid("4D6F", if_index),
                luid,
                if_index,
            },
            stack: Stack::default(),
            leaving: AtomicBool::new(false),
            ndk: Mutex::default(),
            ndk_closed: Condvar::new(),
        })
    }

    /// Changes a keyword.
    pub(super) fn set_keyword(&self, name: &str, value: Keyword) {
        let mut keywords = self.keywords.lock();
        keywords.insert(name.to_ascii_lowercase(), value);
    }

    /// Configuration handles that are open.
    pub(super) fn open_configurations(&self) -> usize {
        self.open_configurations.load(Ordering::Acquire)
    }

    /// NDK adapters that are open.
    pub(super) fn ndk_adapters_open(&self) -> usize {
        self.ndk().open
    }

    /// What the driver said at initialisation.
    pub(super) fn set_ndk_enabled(&self, enabled: bool) {
        let mut ndk = self.ndk();
        ndk.keyword = enabled;
        ndk.enabled = enabled;
        ndk.asked = None;
    }

    /// OID_NDK_SET_STATE goes down with `true`, or came back with `false`.
    pub(super) fn ask_ndk(&self, enabled: bool) {
        let mut ndk = self.ndk();
        ndk.asked = Some(enabled);
        ndk.requests += 1;
    }

    pub(crate) fn handle(self: &Arc<Self>) -> NDIS_HANDLE {
        Arc::as_ptr(self).cast_mut().cast()
    }

    pub(crate) fn life(&self) -> LifeState {
        match self.life.load(Ordering::Acquire) {
            0 => LifeState::Halted,
            1 => LifeState::Initializing,
            2 => LifeState::Paused,
            3 => LifeState::Restarting,
            4 => LifeState::Running,
            _ => LifeState::Pausing,
        }
    }

    pub(super) fn set_life(&self, state: LifeState) {
        self.life.store(state as u8, Ordering::Release);
    }

    pub(crate) fn context(&self) -> PVOID {
        self.context.load(Ordering::Acquire)
    }

    pub(super) fn set_context(&self, context: PVOID) {
        self.context.store(context, Ordering::Release);
    }

    pub(super) fn attributes(&self) -> MutexGuard<'_, Attributes> {
        self.attributes.lock()
    }

    /// What the driver said of NDK at initialisation.
    pub(crate) fn ndk_attributes(&self) -> Option<NdkAttributes> {
        self.attributes().ndk
    }

    /// The driver's miniport handlers.
    pub(crate) fn driver_handlers(&self) -> NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
        self.driver.handlers
    }

    /// The driver's NDK provider handlers.
    pub(crate) fn driver_ndk(&self) -> Option<NDIS_NDK_PROVIDER_CHARACTERISTICS> {
        self.driver.ndk()
    }

    pub(super) fn keywords(&self) -> BTreeMap<String, Keyword> {
        self.keywords.lock().clone()
    }

    pub(super) fn configuration_opened(&self) {
        self.open_configurations.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn configuration_closed(&self) {
        self.open_configurations.fetch_sub(1, Ordering::AcqRel);
    }

    fn ndk(&self) -> MutexGuard<'_, Ndk> {
        self.ndk.lock()
    }

    /// Counts an opening that begins, unless the adapter is going: `None`. Whether the driver has to refuse it, unless it is
    /// asked otherwise before the opening ends: for [`Self::ndk_stayed`]. Between the request to enable and the event that tells
    /// it, the driver may do either.
    pub(crate) fn ndk_opening(&self) -> Option<Option<u64>> {
        let mut ndk = self.ndk();
        if ndk.leaving {
            return None;
        }
        ndk.open += 1;
        ndk.opening += 1;
        let enabling = ndk.keyword && ndk.asked == Some(true);
        Some((!ndk.enabled && !enabling).then_some(ndk.requests))
    }

    /// The driver's handler for opening has returned.
    pub(crate) fn ndk_opened(&self) {
        self.ndk().opening -= 1;
        self.ndk_closed.notify_all();
    }

    /// Nobody opens NDK any more; returns when no opening is inside the driver. NDIS does not call an adapter that it halts.
    pub(super) fn end_ndk_openings(&self) {
        let mut ndk = self.ndk();
        ndk.leaving = true;
        let ended =
            self.ndk_closed
                .wait_while_for(&mut ndk, |ndk| ndk.opening > 0, consumers_patience());
        drop(ndk);
        if !ended {
            violation("NDK-ADP-01", "an opening of an NDK adapter does not return");
        }
    }

    /// Whether nothing was asked since.
    pub(crate) fn ndk_stayed(&self, requests: u64) -> bool {
        self.ndk().requests == requests
    }

    /// What the driver told last.
    pub(crate) fn ndk_is_enabled(&self) -> bool {
        self.ndk().enabled
    }

    pub(crate) fn ndk_closed(&self) {
        self.ndk().open -= 1;
        self.ndk_closed.notify_all();
    }

    /// NDK-NDIS-08: consumers are told; disabling waits until their adapters are closed.
    pub(crate) fn change_ndk(&self, enabled: bool) {
        self.ndk().enabled = enabled;
        self.machine.ndis.tell_ndk_state(self.if_index, enabled);
        if !enabled {
            self.wait_ndk_closed();
        }
    }

    pub(super) fn wait_ndk_closed(&self) {
        let mut ndk = self.ndk();
        let closed =
            self.ndk_closed
                .wait_while_for(&mut ndk, |ndk| ndk.open > 0, consumers_patience());
        if !closed {
            let open = ndk.open;
            drop(ndk);
            violation(
                "NDK-NDIS-08",
                &format!("{open} NDK adapter(s) stay open though NDK is disabled"),
            );
        }
    }
}
