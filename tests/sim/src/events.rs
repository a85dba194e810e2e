//! What happens to the adapters while consumers use them: events at moments that the seed chooses.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::{NDIS_STATUS_SUCCESS, OID_NDK_SET_STATE};
use softrnic_emulator::ndis::Adapter;
use softrnic_emulator::sched::{self, Join, Random};
use softrnic_emulator::sync::Mutex;
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

/// The adapters, while events happen to them.
pub struct Events {
    over: Arc<Flag>,
    plugs: Vec<Plug>,
}

/// One of them.
struct Plug {
    adapter: Arc<Mutex<Option<Adapter>>>,
    thread: Join,
}

impl Events {
    /// Takes the adapters out of `stage`; `all` begins to happen to them.
    #[must_use]
    pub fn start(stage: &mut Stage, all: &[Occurrence]) -> Self {
        let over = Arc::new(Flag::default());
        let plugs = [0, 1].map(|n| {
            let happens = all.iter().filter(|occurrence| occurrence.adapter == n);
            let address = stage.address(n, 0).ip();
            let adapter = stage.host_mut().take(0);
            Plug::start(stage, adapter, address, happens.copied().collect(), &over)
        });
        Self {
            over,
            plugs: plugs.into(),
        }
    }

    /// Nothing more happens: gives the adapters back, those that are still there, whole and running.
    #[must_use]
    pub fn end(self) -> Vec<Option<Adapter>> {
        self.over.set();
        self.plugs
            .into_iter()
            .map(|plug| {
                plug.thread.join().expect("events break no promise");
                plug.adapter.lock().take()
            })
            .collect()
    }
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
