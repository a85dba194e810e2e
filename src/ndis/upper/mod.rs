//! The miniport: one per adapter, from `MiniportInitializeEx` to `MiniportHaltEx`.
//!
//! The frame path to a physical NIC does not exist yet, so the adapter tells TCP/IP that its media
//! is disconnected and gives every send back; Network Direct works without it, over sockets.

mod frames;
mod network_direct;
mod oid;
mod settings;

use core::sync::atomic::{AtomicBool, Ordering};

pub(super) use self::{
    frames::{Counts, Refused},
    oid::{Input, MAX_MULTICAST, Oid, Refusal, Reply, SUPPORTED_FILTERS},
    settings::Settings,
};

use self::{
    frames::Frames,
    network_direct::{NetworkDirect, Switched},
    oid::Filters,
};
use super::{
    dispatch::{Configuration, Event, General, Handle, Watch, addresses_of},
    nbl::Lists,
};
use crate::ndk::host::Host;
use crate::nt::{Mutex, Ref, Result, SpinLock, Work, Worker, log::log};

/// What NDIS says of a new adapter.
pub(super) struct Start {
    pub(super) handle: Handle,
    /// Names the interface for as long as it is installed.
    pub(super) luid: u64,
}

/// One adapter.
pub(super) struct Miniport {
    handle: Handle,
    luid: u64,
    settings: Settings,
    frames: Frames,
    filters: Filters,
    network_direct: NetworkDirect,
    host: Ref<Host>,
    /// Held while addresses are read, so that a later reading is not overtaken by an earlier.
    reading: Mutex<()>,
    /// The addresses have changed and could not be read: they are as soon as somebody opens.
    unread: AtomicBool,
    /// Tells NDIS that Network Direct went on or off.
    switch: Work<Self>,
    /// Runs it; `None` once halted.
    worker: SpinLock<Option<Worker>>,
    watch: SpinLock<Option<Watch>>,
}

/// Life: each step is one of NDIS's calls, all at `PASSIVE_LEVEL`, one at a time (NDIS-LIFE-11).
impl Miniport {
    /// `MiniportInitializeEx`. NDIS-LIFE-06: a failure leaves nothing behind.
    pub(super) fn initialize(start: Start) -> Result<Ref<Self>> {
        let settings = Settings::read(&Configuration::open(&start.handle)?, start.luid);
        let miniport = Ref::try_new(Self::create(start, settings)?)?;
        let result = Self::announce(&miniport).and_then(|()| Self::watch_addresses(&miniport));
        if let Err(status) = result {
            miniport.halt();
            return Err(status);
        }
        Ok(miniport)
    }

    fn create(start: Start, settings: Settings) -> Result<Self> {
        let host = Host::create(settings.host())?;
        Ok(Self {
            handle: start.handle,
            luid: start.luid,
            settings,
            frames: Frames::create()?,
            filters: Filters::default(),
            // NDK-NDIS-04.
            network_direct: NetworkDirect::create(settings.network_direct)?,
            host,
            reading: Mutex::try_new(())?,
            unread: AtomicBool::new(false),
            switch: Work::try_new(Self::switch_network_direct)?,
            worker: SpinLock::new(Some(Worker::try_new()?)),
            watch: SpinLock::new(None),
        })
    }

    /// NDIS-LIFE-04, NDIS-LIFE-05: registration, then general, then Network Direct attributes, the
    /// last even when it is off (NDK-NDIS-02).
    fn announce(this: &Ref<Self>) -> Result<()> {
        this.handle.set_registration(this)?;
        let (mtu, address) = (this.settings.mtu, this.settings.address);
        this.handle.set_general(&General { mtu, address })?;
        this.handle.set_network_direct(this.settings.network_direct)
    }

    /// NDK-CON-07: the addresses as they are now, and a call whenever they change.
    fn watch_addresses(this: &Ref<Self>) -> Result<()> {
        let watch = Watch::start(this)?;
        *this.watch.lock() = Some(watch);
        this.read_addresses()
    }

    /// `MiniportPause`. NDIS-LIFE-08: when it returns, every send was given back. NDK-NDIS-14:
    /// Network Direct goes on.
    pub(super) fn pause(&self) {
        self.frames.pause();
    }

    /// `MiniportRestart`.
    pub(super) fn restart(&self) {
        self.frames.restart();
    }

    /// The device is gone (NDIS-LIFE-16, NDK-NDIS-15): nothing new; what is open may be closed, and
    /// NDIS is told, so that consumers do (NDK-NDIS-10).
    pub(super) fn remove(this: &Ref<Self>) {
        this.frames.remove();
        Self::set_network_direct(this, false);
    }

    /// `MiniportHaltEx`, in reverse of `initialize` (NDIS-LIFE-12).
    pub(super) fn halt(&self) {
        self.network_direct.shut();
        // Nothing is queued from here on; the watch waits for its calls in progress.
        let watch = self.watch.lock().take();
        drop(watch);
        // NDK-NDIS-13: NDIS has its consumers close first; this is the backstop.
        self.network_direct.wait_until_closed();
        // Runs what is queued, and with it lets go of its references to the miniport.
        let worker = self.worker.lock().take();
        drop(worker);
    }
}

/// Frames and requests.
impl Miniport {
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// `MiniportSendNetBufferLists`. NDIS-NBL-02: every list is completed, here and now.
    pub(super) fn send(&self, lists: Lists<'_>) {
        let entered = self.frames.enter(lists.frames());
        lists.complete(entered.refused());
    }

    /// `MiniportOidRequest` and, for what comes that way, `MiniportDirectOidRequest`.
    pub(super) fn query(&self, oid: Oid) -> Result<Reply<'_>, Refusal> {
        self.present()?;
        oid::query(self, oid)
    }

    pub(super) fn set(this: &Ref<Self>, oid: Oid, input: &Input<'_>) -> Result<usize, Refusal> {
        this.present()?;
        oid::set(this, oid, input)
    }

    /// NDIS-LIFE-16.
    fn present(&self) -> Result<(), Refusal> {
        if self.frames.is_removed() {
            Err(Refusal::Removed)
        } else {
            Ok(())
        }
    }
}

/// Network Direct and addresses.
impl Miniport {
    /// Counts an opening of the NDK side, or refuses it (NDK-ADP-01). `PASSIVE_LEVEL`.
    pub(super) fn enter_network_direct(&self) -> Option<&Ref<Host>> {
        if self.unread.load(Ordering::Acquire) {
            self.addresses_changed();
        }
        self.network_direct.enter().then_some(&self.host)
    }

    /// The opening was closed.
    pub(super) fn leave_network_direct(&self) {
        self.network_direct.leave();
    }

    /// OID_NDK_SET_STATE. NDK-NDIS-05: never pends; NDK-NDIS-07: NDIS is told from the worker.
    fn set_network_direct(this: &Ref<Self>, on: bool) {
        this.network_direct.want(on);
        if let Some(worker) = this.worker.lock().as_ref() {
            worker.queue(&this.switch, this.clone());
        }
    }

    /// On the worker: makes what is wanted so, and tells it. NDK-NDIS-11: one change at a time,
    /// the last request wins.
    fn switch_network_direct(this: Ref<Self>) {
        this.network_direct.follow(|switched| {
            let event = match switched {
                Switched::On => Event::NetworkDirectEnabled,
                Switched::Off => Event::NetworkDirectDisabled,
            };
            let told = event.tell(&this.handle);
            if let Err(status) = told {
                log!("{event:?} was not taken and will be told again: {status:?}");
            }
            told
        });
    }

    /// Some interface's addresses changed. `PASSIVE_LEVEL`. Read at once: a consumer may use an
    /// address as soon as TCP/IP has it.
    pub(super) fn addresses_changed(&self) {
        if let Err(status) = self.read_addresses() {
            // The old list stays meanwhile: a connect from a gone address fails in the socket.
            log!("addresses not read: {status:?}");
        }
    }

    fn read_addresses(&self) -> Result<()> {
        let _reading = self.reading.lock();
        self.unread.store(true, Ordering::Release);
        self.host.set_addresses(addresses_of(self.luid)?);
        self.unread.store(false, Ordering::Release);
        Ok(())
    }
}
