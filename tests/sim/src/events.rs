//! What happens to the adapters while consumers use them: events at moments that the seed chooses.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::{NDIS_STATUS_SUCCESS, OID_NDK_SET_STATE};
use softrnic_consumer::{Host, HostError, Loaded, NtStatus};
use softrnic_emulator::ndis::offload::Offloads;
use softrnic_emulator::ndis::{Adapter, AdapterOptions};
use softrnic_emulator::nic::Nic;
use softrnic_emulator::sched::{self, Join, Random};
use softrnic_emulator::sync::Mutex;
use softrnic_emulator::{Driver, Machine};
use softrnic_functional::{Flag, Stage};

/// Something that happens to an adapter, or to the NIC it is paired with.
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
    /// The NIC has no link for a while.
    Cable,
    /// NDIS pauses the NIC, and restarts it (NDIS-PROT-03).
    NicPause,
    /// The NIC sleeps, and wakes up.
    NicSleep,
    /// The NIC is reset: what is sent meanwhile waits (NDIS-LIFE-18).
    NicReset,
    /// The NIC is pulled out, and put in again (NDIS-PROT-01, NDIS-PROT-02).
    NicRemove,
    /// The NIC's offloads are switched off, and on again.
    NicOffloads,
    /// The NIC's frames are shorter for a while: the adapter's are, too (NDIS-STAT-01).
    NicMtu,
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
    /// Those of NICs: TCP outlives them.
    const OF_NICS: [Self; 7] = [
        Self::Cable,
        Self::NicPause,
        Self::NicSleep,
        Self::NicReset,
        Self::NicRemove,
        Self::NicOffloads,
        Self::NicMtu,
    ];

    /// Whether connections end by it.
    #[must_use]
    pub fn breaks(self) -> bool {
        matches!(self, Self::Readdress | Self::Halt | Self::Remove)
    }

    fn is_of_nic(self) -> bool {
        Self::OF_NICS.contains(&self)
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
    /// To which of the two adapters, or NICs.
    pub to: usize,
    /// Nanoseconds after the one before it ended.
    pub after: u64,
    /// What happens.
    pub event: Event,
    /// Nanoseconds until what it took away is given back, if it ever is.
    pub lasts: u64,
}

/// The driver is unloaded under its consumers: they are asked to leave, its adapters are removed (NDK-NDIS-13), and it
/// leaves nothing (NDIS-REG-08).
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
    of(if gentle { &Event::GENTLE } else { &Event::ALL }, random)
}

/// As [`draw`], to the NICs.
#[must_use]
pub fn draw_of_nics(random: &mut Random) -> Vec<Occurrence> {
    of(&Event::OF_NICS, random)
}

fn of(kinds: &[Event], random: &mut Random) -> Vec<Occurrence> {
    let most = *random.pick(&[0, 0, 1, 3]);
    (0..random.below(most + 1))
        .map(|_| Occurrence {
            to: random.index(2),
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
    plugs: Vec<Plug<Adapter>>,
    nics: Vec<Plug<Nic>>,
    unloading: Option<Join>,
    left: Arc<Mutex<Left>>,
}

/// An adapter or a NIC, and the thread on which things happen to it.
struct Plug<T> {
    place: Arc<Mutex<Option<T>>>,
    thread: Join,
}

/// What the events leave.
#[derive(Default)]
pub struct Left {
    /// The driver, unless it was unloaded.
    pub driver: Option<Driver>,
    /// Its adapters, those that are still there, whole and running.
    pub adapters: [Option<Adapter>; 2],
    /// The NICs, if there were any.
    pub nics: Vec<Nic>,
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
            adapters: [0, 1].map(|n| stage.host().config(n)),
        };
        let machine = stage.machine();
        let begin = |n, of_nics| {
            let is_its = |it: &&Occurrence| it.to == n && it.event.is_of_nic() == of_nics;
            let happens = all.iter().filter(is_its).copied().collect();
            Begin {
                machine,
                happens,
                over: Arc::clone(&over),
            }
        };
        let plugs = [0, 1].map(|n| {
            let [address] = again.adapters[n].addresses[..] else {
                panic!("an adapter has one address")
            };
            let adapter = stage.host_mut().take(0);
            begin(n, false).with(adapter, move |adapter, event, a_while| {
                happen(adapter, event, address, a_while)
            })
        });
        let nics = stage.host_mut().take_nics().into_iter().enumerate();
        let nics = nics.map(|(n, nic)| {
            begin(n, true).with(nic, move |nic, event, a_while| {
                happen_to_nic(machine, nic, event, a_while)
            })
        });
        let nics = nics.collect();
        let left = Left {
            driver: stage.host_mut().take_driver(),
            ..Left::default()
        };
        let mut events = Self {
            over,
            plugs: plugs.into(),
            nics,
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
        left.nics = gather(&mut self.nics).into_iter().flatten().collect();
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
                    nics: Vec::new(),
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
        HostError::Load(_) => false,
        // Its binding was refused: NDIS does not ask again.
        HostError::NoLink => true,
        HostError::Entry(status) | HostError::Adapter(status) => scarce.contains(status),
    }
}

/// The adapters or NICs, once what happens to each has ended.
fn gather<T>(plugs: &mut Vec<Plug<T>>) -> Vec<Option<T>> {
    let ended = |plug: Plug<T>| {
        plug.thread.join().expect("events break no promise");
        plug.place.lock().take()
    };
    plugs.drain(..).map(ended).collect()
}

/// What is to happen to an adapter or a NIC.
struct Begin {
    machine: &'static Machine,
    happens: Vec<Occurrence>,
    over: Arc<Flag>,
}

impl Begin {
    /// Has it happen to `thing`: `happen` makes an event happen, undoes it after the wait it is given, and gives back what
    /// is left.
    fn with<T: Send + 'static>(
        self,
        thing: T,
        happen: impl Fn(T, Event, &dyn Fn()) -> Option<T> + Send + 'static,
    ) -> Plug<T> {
        let place = Arc::new(Mutex::new(None));
        let (back, over) = (Arc::clone(&place), self.over);
        let happens = self.happens;
        let thread = self.machine.spawn("plug", move || {
            let mut thing = Some(thing);
            for Occurrence {
                to,
                after,
                event,
                lasts,
            } in happens
            {
                if over.wait(Duration::from_nanos(after)) {
                    break;
                }
                sched::note(|| format!("{event:?} of {to}"));
                thing = thing.and_then(|thing| {
                    happen(thing, event, &|| {
                        let _ = over.wait(Duration::from_nanos(lasts));
                        sched::note(|| format!("{event:?} of {to} ends"));
                    })
                });
            }
            *back.lock() = thing;
        });
        Plug { place, thread }
    }
}

/// Makes it happen, and undoes it after `a_while`; the adapter, unless it is gone for good.
fn happen(
    adapter: Adapter,
    event: Event,
    (address, prefix): (IpAddr, u8),
    a_while: &dyn Fn(),
) -> Option<Adapter> {
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
            adapter.add_address(address, prefix);
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
        Event::Cable
        | Event::NicPause
        | Event::NicSleep
        | Event::NicReset
        | Event::NicRemove
        | Event::NicOffloads
        | Event::NicMtu => {}
    }
    Some(adapter)
}

/// As [`happen`], to a NIC. One that is pulled out is put in again.
fn happen_to_nic(
    machine: &'static Machine,
    nic: Nic,
    event: Event,
    a_while: &dyn Fn(),
) -> Option<Nic> {
    match event {
        Event::Cable => {
            nic.set_link(false);
            a_while();
            nic.set_link(true);
        }
        Event::NicPause => {
            nic.pause();
            a_while();
            nic.restart();
        }
        Event::NicSleep => {
            nic.sleep();
            a_while();
            nic.wake();
        }
        Event::NicReset => {
            nic.begin_reset();
            a_while();
            nic.end_reset();
        }
        Event::NicRemove => {
            let (switch, options) = (nic.switch(), nic.options());
            nic.remove();
            a_while();
            return Some(machine.add_nic(&switch, options));
        }
        Event::NicOffloads => {
            let offloads = nic.offloads();
            nic.set_offloads(Offloads::default());
            a_while();
            nic.set_offloads(offloads);
        }
        Event::NicMtu => {
            let mtu = nic.mtu();
            nic.set_mtu(mtu / 2, false);
            a_while();
            // A filter goes, and with it the bindings are restarted.
            nic.set_mtu(mtu, true);
        }
        _ => {}
    }
    Some(nic)
}

/// NDK-NDIS-05.
fn switch(adapter: &Adapter, on: bool) {
    let answer = adapter.oid_set(OID_NDK_SET_STATE, &[on.into()]);
    assert_eq!(answer.status, NDIS_STATUS_SUCCESS, "OID_NDK_SET_STATE");
}
