//! The miniport: one per adapter, from `MiniportInitializeEx` to `MiniportHaltEx`.
//!
//! Frames pass to the NIC the adapter is [paired](super::pair) with. Without one its media is
//! disconnected and every send comes back; Network Direct works without it, over sockets.

mod network_direct;
mod oid;
mod settings;

use core::{
    cell::Cell,
    fmt::Display,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

pub(super) use self::{
    oid::{Input, MAX_MULTICAST, Oid, Refusal, Reply, SUPPORTED_FILTERS},
    settings::Settings,
};

use self::network_direct::{NetworkDirect, Switched};
#[cfg(feature = "chimney")]
use super::dispatch::chimney;
use super::{
    dispatch::{Configuration, Event, General, Handle, Pool, Watch, addresses_of, look_for_nics},
    frame::{NotPaired, Tagging},
    nbl::Lists,
    pair::{Offered, Pair, Refused, Seat, Shut, Upper, Used},
};
use crate::ndk::host::Host;
use crate::nt::{
    Mutex, Ref, Result, SpinLock, Status, Work, Worker, event_log, log::notice, trace,
};

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
    pair: Ref<Pair>,
    /// The adapter's place in the pair, and what its lists are cloned from; `None` when it has no
    /// NIC, and once halted.
    seat: SpinLock<Option<(Seat, Pool)>>,
    /// As TCP/IP set it.
    lookahead: AtomicU32,
    /// NDIS put it to sleep (NDIS-PM-02): the adapter's own power, not the NIC's.
    asleep: AtomicBool,
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
        let (pair, seat) = Self::take_seat(&settings, &start)?;
        let miniport = Ref::try_new(Self::create(start, settings, pair)?)?;
        // Said once, and what comes of it later is told.
        let offered = miniport.pair.offered(&miniport.settings.used.switches);
        let (used, mtu) = (miniport.used(), miniport.mtu());
        let result = Self::announce(&miniport, mtu, used.tags, &offered)
            .and_then(|()| miniport.join(seat, mtu, used, offered))
            .and_then(|()| Self::watch_addresses(&miniport));
        if let Err(status) = result {
            miniport.halt();
            return Err(status);
        }
        trace::adapter_started(miniport.luid, miniport.settings.network_direct);
        Ok(miniport)
    }

    /// The pair with the adapter's NIC. Without one it is the adapter's alone, and no NIC comes.
    fn take_seat(settings: &Settings, start: &Start) -> Result<(Ref<Pair>, Option<Seat>)> {
        let alone = Ref::try_new(Pair::create()?)?;
        let Some(nic) = settings.paired else {
            return Ok((alone, None));
        };
        match Seat::take(nic, alone.clone()) {
            Ok((pair, seat)) => Ok((pair, Some(seat))),
            Err(why) => {
                notice!("the adapter's NIC cannot be used: {why}");
                let strings: [&dyn Display; 3] = [&start.handle.index(), &nic, &why];
                event_log::write(&event_log::NIC_NOT_FREE, &strings);
                let why = match why {
                    NotPaired::Taken => "another adapter's",
                    NotPaired::Full => "too many pairs",
                };
                trace::nic_not_used(start.luid, why);
                Ok((alone, None))
            }
        }
    }

    fn create(start: Start, settings: Settings, pair: Ref<Pair>) -> Result<Self> {
        let host = Host::create(settings.host())?;
        Ok(Self {
            handle: start.handle,
            luid: start.luid,
            settings,
            pair,
            seat: SpinLock::new(None),
            lookahead: AtomicU32::new(0),
            asleep: AtomicBool::new(false),
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

    /// What the keywords leave of the NIC's own work. Tags are said to be there for good, or not:
    /// they are when the NIC is, and has them.
    fn used(&self) -> Used {
        let used = self.settings.used;
        Used {
            tags: used.tags.and(self.pair.nic_tags()),
            ..used
        }
    }

    /// What frames carry, by the keyword and the NIC.
    fn mtu(&self) -> u32 {
        self.pair.mtu(self.settings.mtu)
    }

    /// NDIS-LIFE-04, NDIS-LIFE-05: registration, then general attributes, offloads, and Network
    /// Direct, the last even when it is off (NDK-NDIS-02).
    fn announce(this: &Ref<Self>, mtu: u32, tags: Tagging, offered: &Offered) -> Result<()> {
        this.handle.set_registration(this)?;
        #[cfg(feature = "chimney")]
        this.pair
            .set_offload_handlers(chimney::Handlers::of(&this.handle));
        this.handle.set_general(&General {
            mtu,
            address: this.settings.address,
            tags,
        })?;
        this.handle
            .set_offloads(&offered.possible, &offered.current)?;
        this.handle.set_network_direct(this.settings.network_direct)
    }

    /// Joins the pair, paused, and has NDIS offer the NIC if it is there already.
    fn join(&self, seat: Option<Seat>, mtu: u32, used: Used, offered: Offered) -> Result<()> {
        let Some(seat) = seat else {
            self.pair.filter().reset(self.settings.address);
            return Ok(());
        };
        let pool = Pool::create(&self.handle)?;
        self.pair.attach(Upper {
            handle: &self.handle,
            pool: &pool,
            luid: self.luid,
            address: self.settings.address,
            own_mtu: self.settings.mtu,
            mtu,
            shares: self.settings.shared,
            used,
            offered,
            worker: Worker::try_new()?,
        });
        *self.seat.lock() = Some((seat, pool));
        match look_for_nics() {
            // Told when the driver was loaded.
            Err(Status::NOT_SUPPORTED) => Ok(()),
            result => result,
        }
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
        self.pair.shut(Shut::Adapter);
    }

    /// `MiniportRestart`.
    pub(super) fn restart(&self) {
        Pair::start(&self.pair);
    }

    /// The device is gone (NDIS-LIFE-16, NDK-NDIS-15): nothing new; what is open may be closed, and
    /// NDIS is told, so that consumers do (NDK-NDIS-10).
    pub(super) fn remove(this: &Ref<Self>) {
        trace::adapter_removed(this.luid);
        this.pair.refuse(Shut::Removed);
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
        self.leave_pair();
        // Runs what is queued, and with it lets go of its references to the miniport.
        let worker = self.worker.lock().take();
        drop(worker);
        trace::adapter_halted(self.luid);
    }
}

/// Frames and requests.
impl Miniport {
    /// NDIS-LIFE-12: the NIC stays bound, and listens to nothing, until an adapter comes again or
    /// NDIS takes it.
    fn leave_pair(&self) {
        Pair::detach(&self.pair);
        let seat = self.seat.lock().take();
        if let Some((seat, pool)) = seat {
            drop(pool);
            drop(seat);
        }
    }

    pub(super) fn pair(&self) -> &Ref<Pair> {
        &self.pair
    }

    #[cfg(feature = "chimney")]
    pub(super) fn pair_of_mine(&self) -> &Ref<Pair> {
        &self.pair
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// `MiniportSendNetBufferLists`. NDIS-NBL-02: every list is completed, by the NIC below or here.
    pub(super) fn send(&self, lists: Lists<'_>) {
        // A pause does not wait for those who come after it, so a halt may follow as soon as the
        // lists are given back.
        let _alive;
        let entered = self.pair.enter();
        let (lists, refused) = match entered.passing() {
            Ok(passing) => return lists.pass(&passing),
            Err(Refused::Resetting) => match self.pair.hold(&entered, lists) {
                Ok(()) => return,
                Err(unheld) => unheld,
            },
            Err(refused) => (lists, refused),
        };
        _alive = self.pair.clone();
        self.pair.give_back(lists, refused);
    }

    /// Whether a request is answered now, by `query` or `set`; `None` is one that is unknown.
    pub(super) fn answers(&self, oid: Option<Oid>) -> Result<(), Refusal> {
        if self.pair.is_shut(Shut::Removed) {
            // NDIS-LIFE-16.
            Err(Refusal::Removed)
        } else if self.asleep.load(Ordering::Relaxed) && !oid.is_some_and(Oid::is_of_power) {
            // NDIS-OID-10.
            Err(Refusal::Asleep)
        } else {
            Ok(())
        }
    }

    /// `MiniportOidRequest` and, for what comes that way, `MiniportDirectOidRequest`.
    pub(super) fn query(&self, oid: Oid) -> Result<Reply<'_>, Refusal> {
        oid::query(self, oid)
    }

    pub(super) fn set(this: &Ref<Self>, oid: Oid, input: &Input<'_>) -> Result<usize, Refusal> {
        oid::set(this, oid, input)
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
        let refused = Cell::new(false);
        this.network_direct.follow(|switched| {
            let event = match switched {
                Switched::On => Event::NetworkDirectEnabled,
                Switched::Off => Event::NetworkDirectDisabled,
            };
            let on = switched == Switched::On;
            event
                .tell(&this.handle)
                .inspect(|()| trace::network_direct_switched(this.luid, on))
                .inspect_err(|&status| {
                    trace::network_direct_not_taken(this.luid, on, status);
                    // Once, however often it is told again.
                    if !refused.replace(true) {
                        let strings: [&dyn Display; 3] =
                            [&this.handle.index(), &u8::from(on), &status];
                        event_log::write(&event_log::NETWORK_DIRECT_NOT_SWITCHED, &strings);
                    }
                })
        });
    }

    /// Some interface's addresses changed. `PASSIVE_LEVEL`. Read at once: a consumer may use an
    /// address as soon as TCP/IP has it.
    pub(super) fn addresses_changed(&self) {
        if let Err(status) = self.read_addresses() {
            // The old list stays meanwhile: a connect from a gone address fails in the socket.
            trace::addresses_not_read(self.luid, status);
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
