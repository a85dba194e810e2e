//! What happens to the adapters while consumers use them: events at moments that the seed chooses.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::{NDIS_STATUS_SUCCESS, OID_NDK_SET_STATE};
use softrnic_consumer::{Host, HostError, Loaded, NtStatus};
use softrnic_emulator::ndis::{Adapter, AdapterOptions};
use softrnic_emulator::sched::{self, Join, Random};
use softrnic_emulator::sync::Mutex;
use softrnic_emulator::{Driver, Machine};
use softrnic_functional::{Flag, Stage};

/// Something that happens to an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// NDIS pauses it, and restarts it: of no concern to Network Direct (NDK-NDIS-14).
    Pause,
    /// The system sleeps, and wakes up.
    Sleep,
    /// `OID_NDK_SET_STATE`: off, and on again. What is open goes on (NDK-NDIS-08).
    Switch,
    /// Its address is taken away, and given back: sockets on it are forced closed (WSK-HAZ-09).
    Readdress,
    /// It is disabled: its halt waits until consumers have closed (NDK-NDIS-13).
    Halt,
    /// It is pulled out, and its address goes with it (NDK-NDIS-15).
    Remove,
}

impl Event {
    /// Those that end no connection.
    const GENTLE: [Self; 3] = [Self::Pause, Self::Sleep, Self::Switch];
    const ALL: [Self; 6] = [
        Self::Pause,
        Self::Sleep,
        Self::Switch,
        Self::Readdress,
        Self::Halt,
        Self::Remove,
    ];

    /// Whether connections end by it.
    #[must_use]
    pub fn breaks(self) -> bool {
        matches!(self, Self::Readdress | Self::Halt | Self::Remove)
    }

    /// Whether adapters cannot be opened meanwhile.
    #[must_use]
    pub fn refuses(self) -> bool {
        matches!(self, Self::Switch | Self::Halt | Self::Remove)
    }
}

/// An event and its moment.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// To which of the two adapters.
    pub adapter: usize,
    /// Nanoseconds after the one before it ended.
    pub after: u64,
    /// What happens.
    pub event: Event,
    /// Nanoseconds until what it took away is given back, if it ever is.
    pub lasts: u64,
}

/// The driver is unloaded under its consumers: they are asked to leave, its adapters are removed (NDK-NDIS-13), and it
/// leaves nothing (NDIS-REG-06).
#[derive(Clone, Copy, Debug)]
pub struct Unload {
    /// Nanoseconds from the beginning.
    pub after: u64,
    /// Loaded again at once, rather than when the consumers are done.
    pub again: bool,
}

/// Whether and when the driver is unloaded: in one of eight runs.
#[must_use]
pub fn draw_unload(random: &mut Random) -> Option<Unload> {
    let happens = random.one_in(8);
    let (after, again) = (moment(random), random.one_in(2));
    happens.then_some(Unload { after, again })
}

/// What happens in a run; nothing in half of them. Gentle events only when connections must live.
#[must_use]
pub fn draw(random: &mut Random, gentle: bool) -> Vec<Occurrence> {
    let kinds: &[Event] = if gentle { &Event::GENTLE } else { &Event::ALL };
    let most = *random.pick(&[0, 0, 1, 3]);
    (0..random.below(most + 1))
        .map(|_| Occurrence {
            adapter: random.index(2),
            after: moment(random),
            event: *random.pick(kinds),
            lasts: moment(random),
        })
        .collect()
}

/// From a few microseconds to seconds: runs take that long.
fn moment(random: &mut Random) -> u64 {
    let scale = *random.pick(&[20_000, 200_000, 2_000_000, 50_000_000, 1_000_000_000]);
    random.below(scale)
}

/// The driver and its adapters, while events happen to them.
pub struct Events {
    over: Arc<Flag>,
    plugs: Vec<Plug>,
    unloading: Option<Join>,
    left: Arc<Mutex<Left>>,
}

/// One of the adapters.
struct Plug {
    adapter: Arc<Mutex<Option<Adapter>>>,
    thread: Join,
}

/// What the events leave.
#[derive(Default)]
pub struct Left {
    /// The driver, unless it was unloaded.
    pub driver: Option<Driver>,
    /// Its adapters, those that are still there, whole and running.
    pub adapters: [Option<Adapter>; 2],
}

/// How an adapter is made again as it was.
#[derive(Clone)]
struct Again {
    machine: &'static Machine,
    adapters: [AdapterOptions; 2],
}

impl Events {
    /// Takes the driver and its adapters out of `stage`; `all` begins to happen to them, and `unload`, of which consumers
    /// hear by `leave`.
    #[must_use]
    pub fn start(
        stage: &mut Stage,
        all: &[Occurrence],
        unload: Option<Unload>,
        leave: &Arc<Flag>,
    ) -> Self {
        let over = Arc::new(Flag::default());
        let again = Again {
            machine: stage.machine(),
            adapters: [0, 1].map(|n| AdapterOptions {
                if_index: Some(stage.host().adapters()[n].if_index()),
                ..Host::adapter_at(stage.address(n, 0).ip())
            }),
        };
        let plugs = [0, 1].map(|n| {
            let happens = all.iter().filter(|occurrence| occurrence.adapter == n);
            let address = stage.address(n, 0).ip();
            let adapter = stage.host_mut().take(0);
            Plug::start(stage, adapter, address, happens.copied().collect(), &over)
        });
        let left = Left {
            driver: stage.host_mut().take_driver(),
            ..Left::default()
        };
        let mut events = Self {
            over,
            plugs: plugs.into(),
            unloading: None,
            left: Arc::new(Mutex::new(left)),
        };
        events.unloading = unload.map(|unload| events.unload(unload, again, leave));
        events
    }

    /// Nothing more happens: gives back what is still there.
    ///
    /// # Panics
    /// When an event broke a promise.
    #[must_use]
    pub fn end(mut self) -> Left {
        self.over.set();
        if let Some(unloading) = self.unloading.take() {
            unloading.join().expect("the unload breaks no promise");
        }
        let adapters = gather(&mut self.plugs);
        let mut left = std::mem::take(&mut *self.left.lock());
        for (place, adapter) in left.adapters.iter_mut().zip(adapters) {
            *place = place.take().or(adapter);
        }
        left
    }

    /// Unloads the driver when its moment comes, if the consumers are there until then.
    fn unload(&mut self, unload: Unload, again: Again, leave: &Arc<Flag>) -> Join {
        let (over, leave, left) = (self.over.clone(), leave.clone(), self.left.clone());
        let mut plugs = std::mem::take(&mut self.plugs);
        again.machine.spawn("unload", move || {
            let comes = !over.wait(Duration::from_nanos(unload.after));
            leave.set();
            over.set();
            let mut adapters = gather(&mut plugs);
            let driver = left.lock().driver.take();
            if !comes {
                left.lock().driver = driver;
                left.lock().adapters = adapters.try_into().unwrap_or_default();
                return;
            }
            sched::note(|| "the driver is unloaded".into());
            if let Some(driver) = driver {
                let adapters = adapters.drain(..).flatten().collect();
                Loaded { driver, adapters }.unload();
            }
            if unload.again {
                sched::note(|| "the driver is loaded again".into());
                *left.lock() = again.load();
            }
        })
    }
}

impl Again {
    /// Nothing, where resources ran out.
    fn load(self) -> Left {
        let image = softrnic_build::image().expect("the image builds");
        match Host::load(self.machine, &image.path, self.adapters.into()) {
            Ok(Loaded { driver, adapters }) => {
                let mut adapters = adapters.into_iter();
                Left {
                    driver: Some(driver),
                    adapters: [adapters.next(), adapters.next()],
                }
            }
            Err(why) => {
                assert!(is_scarcity(&why), "{why}");
                Left::default()
            }
        }
    }
}

/// Whether a start may fail like this for want of resources.
#[must_use]
pub fn is_scarcity(why: &HostError) -> bool {
    let scarce = [NtStatus::INSUFFICIENT_RESOURCES, NtStatus::DEVICE_NOT_READY];
    match why {
        HostError::Load(_) | HostError::NoLink => false,
        HostError::Entry(status) | HostError::Adapter(status) => scarce.contains(status),
    }
}

/// The adapters, once what happens to each has ended.
fn gather(plugs: &mut Vec<Plug>) -> Vec<Option<Adapter>> {
    let ended = |plug: Plug| {
        plug.thread.join().expect("events break no promise");
        plug.adapter.lock().take()
    };
    plugs.drain(..).map(ended).collect()
}

impl Plug {
    fn start(
        stage: &Stage,
        adapter: Adapter,
        address: IpAddr,
        happens: Vec<Occurrence>,
        over: &Arc<Flag>,
    ) -> Self {
        let place = Arc::new(Mutex::new(None));
        let (back, over) = (Arc::clone(&place), Arc::clone(over));
        let thread = stage.machine().spawn("plug", move || {
            let mut adapter = Some(adapter);
            for Occurrence {
                after,
                event,
                lasts,
                ..
            } in happens
            {
                if over.wait(Duration::from_nanos(after)) {
                    break;
                }
                sched::note(|| format!("{event:?} of {address}"));
                adapter = adapter.and_then(|adapter| {
                    happen(adapter, event, address, &|| {
                        let _ = over.wait(Duration::from_nanos(lasts));
                        sched::note(|| format!("{event:?} of {address} ends"));
                    })
                });
            }
            *back.lock() = adapter;
        });
        Self {
            adapter: place,
            thread,
        }
    }
}

/// Makes it happen, and undoes it after `a_while`; the adapter, unless it is gone for good.
fn happen(adapter: Adapter, event: Event, address: IpAddr, a_while: &dyn Fn()) -> Option<Adapter> {
    match event {
        Event::Pause => {
            adapter.pause();
            a_while();
            adapter.restart().expect("NDIS-LIFE-10");
        }
        Event::Sleep => {
            adapter.sleep().expect("NDIS-PM-01");
            a_while();
            adapter.wake().expect("NDIS-PM-01");
        }
        Event::Switch => {
            switch(&adapter, false);
            a_while();
            switch(&adapter, true);
        }
        Event::Readdress => {
            adapter.remove_address(address);
            a_while();
            adapter.add_address(address, 8);
        }
        Event::Halt => {
            adapter.halt();
            return None;
        }
        Event::Remove => {
            adapter.remove_address(address);
            adapter.surprise_remove();
            return None;
        }
    }
    Some(adapter)
}

/// NDK-NDIS-05.
fn switch(adapter: &Adapter, on: bool) {
    let answer = adapter.oid_set(OID_NDK_SET_STATE, &[on.into()]);
    assert_eq!(answer.status, NDIS_STATUS_SUCCESS, "OID_NDK_SET_STATE");
}
