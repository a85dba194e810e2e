//! A switch: learns which address is at which port, floods what it does not know, and has weather.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::Mac;
use super::card::Card;
use super::station::Inbox;
use crate::clock;
use crate::sched::Random;
use crate::sync::Mutex;

/// What a switch does at a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Port {
    /// Frames from other addresses than the NIC's are dropped, and so are frames to others: as hypervisors' switches do.
    pub drops_foreign: bool,
}

/// How the network behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weather {
    /// Of the choices.
    pub seed: u64,
    /// Nanoseconds that a frame is on its way: shortest and longest.
    pub latency: (u64, u64),
    /// One frame in so many is lost. 0: none.
    pub losses: u64,
    /// One frame in so many comes twice. 0: none.
    pub duplicates: u64,
    /// One frame in so many comes later than those sent after it. 0: none.
    pub reorders: u64,
    /// By so many nanoseconds at most.
    pub late: u64,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            seed: 1,
            latency: (0, 0),
            losses: 0,
            duplicates: 0,
            reorders: 0,
            late: 50_000,
        }
    }
}

impl Weather {
    /// Fair or foul, as `seed` says.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5717_C4E5_0000_0001);
        let latency = *random.pick(&[0, 1_000, 20_000, 300_000]);
        Self {
            seed: random.number(),
            latency: (latency, latency * *random.pick(&[1, 2, 8])),
            losses: *random.pick(&[0, 0, 20, 200]),
            duplicates: *random.pick(&[0, 0, 30]),
            reorders: *random.pick(&[0, 0, 10, 100]),
            late: *random.pick(&[10_000, 1_000_000]),
        }
    }
}

/// Frames under way to somebody, by the time at which they arrive and the order in which they were sent.
pub(super) type Arriving = BTreeMap<(u64, u64), Arc<[u8]>>;

/// Where a port leads.
pub(super) enum Outlet {
    Nothing,
    Card(Weak<Card>),
    Station(Inbox),
}

struct Plug {
    port: Port,
    mac: Mac,
    outlet: Outlet,
    /// When the last frame that goes there arrives: what is sent later arrives later, unless it is reordered.
    last: u64,
}

struct Inside {
    weather: Weather,
    random: Random,
    plugs: Vec<Plug>,
    learned: BTreeMap<Mac, usize>,
    carried: u64,
}

/// A switch between the NICs of machines.
pub struct Switch {
    inside: Mutex<Inside>,
}

/// A frame that arrives somewhere.
struct Arrival {
    at: (u64, u64),
    to: Outlet,
}

impl Switch {
    #[must_use]
    pub fn new(weather: Weather) -> Arc<Self> {
        Arc::new(Self {
            inside: Mutex::new(Inside {
                random: Random::new(weather.seed),
                weather,
                plugs: Vec::new(),
                learned: BTreeMap::new(),
                carried: 0,
            }),
        })
    }

    /// Other weather from now on.
    pub fn change(&self, weather: Weather) {
        self.inside.lock().weather = weather;
    }

    /// A free port.
    pub(super) fn plug(&self, port: Port) -> usize {
        let plugs = &mut self.inside.lock().plugs;
        plugs.push(Plug {
            port,
            mac: [0; 6],
            outlet: Outlet::Nothing,
            last: 0,
        });
        plugs.len() - 1
    }

    pub(super) fn connect(&self, at: usize, mac: Mac, outlet: Outlet) {
        let plug = &mut self.inside.lock().plugs[at];
        (plug.mac, plug.outlet) = (mac, outlet);
    }

    pub(super) fn unplug(&self, at: usize) {
        let mut inside = self.inside.lock();
        inside.plugs[at].outlet = Outlet::Nothing;
        inside.learned.retain(|_, port| *port != at);
    }

    /// A frame comes in at a port.
    pub(super) fn carry(&self, from: usize, frame: Arc<[u8]>) {
        let arrivals = self.inside.lock().route(from, &frame);
        // Nobody is told with the lock held.
        for Arrival { at, to } in arrivals {
            match to {
                Outlet::Nothing => {}
                Outlet::Card(card) => {
                    if let Some(card) = card.upgrade() {
                        card.arrive(at, Arc::clone(&frame));
                    }
                }
                Outlet::Station(inbox) => inbox.arrive(at, &frame),
            }
        }
    }
}

impl Inside {
    fn route(&mut self, from: usize, frame: &[u8]) -> Vec<Arrival> {
        let mac = |at: usize| -> Mac { std::array::from_fn(|byte| frame[at + byte]) };
        let (to, source) = (mac(0), mac(6));
        let plug = &self.plugs[from];
        if plug.port.drops_foreign && plug.mac != source {
            return Vec::new();
        }
        if source[0] & 1 == 0 {
            self.learned.insert(source, from);
        }
        let known = self.learned.get(&to).copied();
        let is_group = to[0] & 1 != 0;
        let mut arrivals = Vec::new();
        for at in 0..self.plugs.len() {
            let plug = &self.plugs[at];
            let foreign = plug.port.drops_foreign && !is_group && plug.mac != to;
            let elsewhere = !is_group && known.is_some_and(|known| known != at);
            if at != from && !foreign && !elsewhere {
                self.send(at, &mut arrivals);
            }
        }
        arrivals
    }

    /// Sends a frame on its way to a port, or loses it.
    fn send(&mut self, at: usize, arrivals: &mut Vec<Arrival>) {
        let to = || match &self.plugs[at].outlet {
            Outlet::Nothing => Outlet::Nothing,
            Outlet::Card(card) => Outlet::Card(Weak::clone(card)),
            Outlet::Station(inbox) => Outlet::Station(inbox.clone()),
        };
        let mut outlets = vec![to()];
        if self.random.one_in(self.weather.losses) {
            return;
        }
        if self.random.one_in(self.weather.duplicates) {
            outlets.push(to());
        }
        for to in outlets {
            let (low, high) = self.weather.latency;
            let due = clock::nanoseconds() + self.random.between(low, high);
            let last = &mut self.plugs[at].last;
            let time = if self.random.one_in(self.weather.reorders) {
                due.max(*last) + self.random.below(self.weather.late.max(1))
            } else {
                *last = due.max(*last);
                *last
            };
            self.carried += 1;
            let at = (time, self.carried);
            arrivals.push(Arrival { at, to });
        }
    }
}
