//! An adapter and the NIC below it, joined: what both edges share, and what passes between them.
//!
//! A pair is made with its adapter and lives as long as either edge is there, so an adapter that
//! starts again finds its NIC still bound. Every list on its way, up or down, is counted in one
//! [`Valve`]; an edge that pauses shuts it and waits for what is inside. That is all there is to
//! order sends and receives with pauses, unbinds and halts: who has [`Passing`] may use both edges'
//! handles, and whoever takes a handle away has first waited until nobody passes.

mod above;
#[cfg(feature = "chimney")]
mod chimney;
mod misfit;
mod nic;
mod offloads;
mod passing;
mod registry;
mod reset;
mod usage;

use core::sync::atomic::{AtomicBool, Ordering};

pub(super) use self::{
    nic::{Expected, Wanted},
    offloads::{Offered, Used},
    passing::{Passing, Refused, Shut},
    registry::{Seat, nic_comes, nic_goes},
};

#[cfg(feature = "chimney")]
pub(super) use self::passing::Inside;

use self::{above::Listeners, offloads::Offers, reset::Reset, usage::Usage};

use super::{
    dispatch::{Ends, Handle, Pool, indicate_link, indicate_mtu},
    frame::{Address, Counters, Filter, Groups, Link, Rights},
    lower::Binding,
};
use crate::nt::{Event, Ref, Result, SpinLock, Work, Worker, log::log, trace};
use crate::sync::Valve;

pub(super) struct Pair {
    valve: Valve,
    reset: Reset,
    listeners: Listeners,
    woken: [Event; Shut::WAITING.len()],
    ends: Ends,
    filter: Filter<SpinLock<Groups>>,
    rights: Rights,
    counters: Counters,
    /// The adapter is there.
    attached: AtomicBool,
    known: SpinLock<Known>,
    /// As the layers above know it.
    told: SpinLock<Link>,
    /// As well.
    told_mtu: SpinLock<u32>,
    /// As events have it.
    usage: SpinLock<Usage>,
    /// As well; `None` when it is to be told in any case.
    told_offloads: SpinLock<Option<Offered>>,
    binding: SpinLock<Option<Ref<Binding>>>,
    /// Brings both edges up to date; run by the worker of the adapter that is there.
    follow: Work<Self>,
    worker: SpinLock<Option<Worker>>,
    #[cfg(feature = "chimney")]
    chimney: chimney::Chimney,
}

/// What each edge said of itself.
struct Known {
    /// Names the adapter's interface.
    luid: u64,
    /// Of the adapter's interface.
    index: u32,
    /// The adapter has the NIC's address, so the NIC filters.
    shares: bool,
    /// The NIC's address, while it is bound.
    address: Option<Address>,
    /// Bytes behind the Ethernet header of the adapter's frames, by its settings.
    own_mtu: u32,
    /// The same of the NIC's, as it said last: also when it has gone, for another is the exception.
    nic_mtu: Option<u32>,
    /// The adapter's frames are no longer than the NIC's, and might be.
    is_shortened: bool,
    /// As the NIC has it.
    link: Link,
    offers: Offers,
}

impl Known {
    /// An adapter that shares the address of its NIC has it, too.
    fn is_foreign(&self, own: Address) -> bool {
        self.shares && self.address.is_some_and(|address| address != own)
    }

    /// What both can carry, of an adapter whose settings allow `own`.
    fn mtu(&self, own: u32) -> u32 {
        self.nic_mtu.map_or(own, |nic| nic.min(own))
    }
}

impl Pair {
    pub(super) fn create() -> Result<Self> {
        let reasons = passing::all(&[Shut::Adapter, Shut::Nic, Shut::Unbound]);
        let woken = || Event::try_synchronization(false);
        Ok(Self {
            valve: Valve::new(reasons),
            reset: Reset::try_new()?,
            listeners: Listeners::try_new()?,
            woken: [woken()?, woken()?, woken()?],
            ends: Ends::default(),
            filter: Filter::shut(),
            rights: Rights::default(),
            counters: Counters::default(),
            attached: AtomicBool::new(false),
            known: SpinLock::new(Known {
                luid: 0,
                index: 0,
                shares: false,
                address: None,
                own_mtu: 0,
                nic_mtu: None,
                is_shortened: false,
                link: Link::DOWN,
                offers: Offers::NONE,
            }),
            told: SpinLock::new(Link::DOWN),
            told_mtu: SpinLock::new(0),
            usage: SpinLock::new(Usage::Never),
            told_offloads: SpinLock::new(None),
            binding: SpinLock::new(None),
            follow: Work::try_new(Self::follow)?,
            worker: SpinLock::new(None),
            #[cfg(feature = "chimney")]
            chimney: chimney::Chimney::new(),
        })
    }

    pub(super) fn filter(&self) -> &Filter<SpinLock<Groups>> {
        &self.filter
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(super) fn ends(&self) -> &Ends {
        &self.ends
    }
}

/// What an adapter brings.
pub(super) struct Upper<'a> {
    pub(super) handle: &'a Handle,
    pub(super) pool: &'a Pool,
    pub(super) luid: u64,
    pub(super) address: Address,
    /// By its settings, and as NDIS was told.
    pub(super) own_mtu: u32,
    pub(super) mtu: u32,
    pub(super) shares: bool,
    pub(super) used: Used,
    /// As NDIS was told of the offloads.
    pub(super) offered: Offered,
    pub(super) worker: Worker,
}

/// The adapter's life; all at `PASSIVE_LEVEL`, one at a time (NDIS-LIFE-11).
impl Pair {
    /// The adapter is there, paused, and NDIS knows its link as down. An adapter without a NIC's
    /// name is never attached. A NIC that is bound is asked for what this adapter uses before a
    /// frame passes.
    pub(super) fn attach(&self, upper: Upper<'_>) {
        self.ends.set_upper(upper.handle, upper.pool);
        self.filter.reset(upper.address);
        self.counters.reset();
        // What does not fit is told of each adapter that comes.
        self.allow(Shut::Foreign);
        self.learn(|known| {
            known.index = upper.handle.index();
            known.luid = upper.luid;
            known.shares = upper.shares;
            known.own_mtu = upper.own_mtu;
            known.is_shortened = false;
            known.offers.adapter_comes(&upper.used);
        });
        *self.told.lock() = Link::DOWN;
        *self.told_mtu.lock() = upper.mtu;
        *self.usage.lock() = Usage::Never;
        *self.told_offloads.lock() = Some(upper.offered);
        self.rights.set_told(&upper.offered.current);
        *self.worker.lock() = Some(upper.worker);
        self.attached.store(true, Ordering::Release);
        self.allow(Shut::Removed);
        self.ask_nic();
    }

    pub(super) fn is_attached(&self) -> bool {
        self.attached.load(Ordering::Acquire)
    }

    /// Frames pass, as far as the NIC is concerned, and NDIS hears of the link.
    pub(super) fn start(this: &Ref<Self>) {
        this.allow(Shut::Adapter);
        this.adapter_tells();
        Self::changed(this);
    }

    /// The adapter goes. NDIS-STAT-02: nothing is told of it any more when this returns.
    pub(super) fn detach(this: &Ref<Self>) {
        this.shut(Shut::Adapter);
        this.adapter_tells_no_more();
        this.attached.store(false, Ordering::Release);
        // The NIC need not listen any more.
        Self::changed(this);
        let worker = this.worker.lock().take();
        drop(worker);
    }

    /// Something one edge is to know of the other is new. `<= DISPATCH_LEVEL`.
    pub(super) fn changed(this: &Ref<Self>) {
        if let Some(worker) = this.worker.lock().as_ref() {
            worker.queue(&this.follow, this.clone());
        }
    }

    /// On the worker. NDIS-STAT-02: a paused adapter tells nothing, so one that sleeps does not either; its pause waits for
    /// what is being told, and what is new then is told when it starts again.
    fn follow(this: Ref<Self>) {
        let telling = this.enter();
        if !this.is_shut(Shut::Adapter) {
            this.tell_offloads();
            this.tell_mtu();
            this.tell_link();
        }
        drop(telling);
        this.trace_usage();
        this.ask_nic();
    }

    /// For what both edges want of it. `PASSIVE_LEVEL`.
    fn ask_nic(&self) {
        let binding = self.binding.lock().clone();
        if let Some(Err(status)) = binding.map(|binding| binding.apply()) {
            log!("the filter of the NIC below was not set: {status:?}");
        }
    }

    /// NDIS-STAT-01: each state once, in their order.
    fn tell_link(&self) {
        let link = self.known.lock().link.as_told();
        let link = if self.is_shut(Shut::Unbound) || self.is_foreign() {
            Link::DOWN
        } else {
            link
        };
        let before = core::mem::replace(&mut *self.told.lock(), link);
        if before != link {
            // The handle is alive: `detach` waits for the worker.
            indicate_link(&self.ends, &link);
        }
        #[cfg(feature = "chimney")]
        self.tell_capability();
    }
}

/// How long frames may be.
impl Pair {
    /// Bytes behind the Ethernet header, of an adapter whose settings allow `own`: a NIC whose frames
    /// are shorter has its way. One that is too long for it meanwhile is the NIC's to refuse.
    pub(super) fn mtu(&self, own: u32) -> u32 {
        self.known.lock().mtu(own)
    }

    /// Before the link that has it.
    fn tell_mtu(&self) {
        let mtu = {
            let known = self.known.lock();
            known.mtu(known.own_mtu)
        };
        let before = core::mem::replace(&mut *self.told_mtu.lock(), mtu);
        if before != mtu {
            // The handle is alive: `detach` waits for the worker.
            indicate_mtu(&self.ends, mtu);
            trace::mtu_changed(self.luid(), mtu);
        }
    }
}

/// What is known of either edge, for the other.
impl Pair {
    /// Both edges may learn something at a time; what follows from it follows in that order.
    fn learn(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock();
        change(&mut known);
        known.offers.publish(&self.rights);
        let own = self.filter.address();
        let news = known.misfit(own, !self.is_foreign());
        if known.is_foreign(own) {
            self.mark(Shut::Foreign);
        } else {
            self.allow(Shut::Foreign);
        }
        drop(known);
        self.give_back_held();
        news.tell();
    }

    /// Adapter and NIC do not go together: the administrator's mistake, told as no medium.
    fn is_foreign(&self) -> bool {
        self.is_shut(Shut::Foreign)
    }
}
