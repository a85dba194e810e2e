//! NICs, the switch between them, and protocols of the emulator's own above them.

use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::*;

use super::{Mac, Nic, NicOptions, Port, Station, Switch, Weather};
use crate::ndis::Watcher;
use crate::{Attachment, Machine, Options};

const SOON: Duration = Duration::from_secs(5);
const KIND: u16 = 0x88B5;
const STATION: Mac = [2, 0, 0, 0, 0, 9];
const EVERYBODY: Mac = [0xFF; 6];

struct World {
    machine: &'static Machine,
    switch: Arc<Switch>,
    station: Station,
    probe: Watcher,
    nic: Nic,
    _attached: Attachment,
}

impl World {
    fn new(weather: Weather, options: NicOptions) -> Self {
        let machine = Machine::new(Options::default());
        let attached = machine.attach();
        let switch = Switch::new(weather);
        let station = switch.station(STATION);
        let nic = machine.add_nic(&switch, options);
        let probe = machine.watch(&nic.guid());
        Self {
            machine,
            switch,
            station,
            probe,
            nic,
            _attached: attached,
        }
    }

    fn filter(&self, filter: u32) {
        assert_eq!(self.probe.set_filter(filter), NDIS_STATUS_SUCCESS);
    }

    /// Frames that the watcher sees next.
    fn frames(&self, count: usize) -> Vec<Vec<u8>> {
        let next = || self.probe.receive(SOON);
        std::iter::from_fn(next).take(count).collect()
    }

    fn end(self) {
        self.probe.end();
        self.nic.halt();
        self.machine.stop();
    }
}

#[test]
fn the_packet_filter_says_what_is_received() {
    let world = World::new(Weather::default(), NicOptions::default());
    let own = world.nic.mac();
    world.filter(NDIS_PACKET_TYPE_DIRECTED);
    world.station.send_to(EVERYBODY, KIND, b"broadcast");
    world
        .station
        .send_to([2, 0, 0, 0, 0, 8], KIND, b"to somebody else");
    world.station.send_to(own, KIND, b"first");
    assert!(world.frames(1)[0].ends_with(b"first"));
    world.filter(NDIS_PACKET_TYPE_PROMISCUOUS);
    world.station.send_to([2, 0, 0, 0, 0, 8], KIND, b"second");
    assert!(world.frames(1)[0].ends_with(b"second"));
    assert_eq!(world.probe.receive(Duration::ZERO), None);
    world.end();
}

#[test]
fn a_varying_nic_brings_the_same_frames_in_order() {
    let options = NicOptions {
        varies: true,
        buffers: 3,
        seed: 7,
        ..NicOptions::default()
    };
    let world = World::new(Weather::default(), options);
    world.filter(NDIS_PACKET_TYPE_BROADCAST);
    for number in 0..200_u8 {
        world.station.send_to(EVERYBODY, KIND, &[number; 50]);
    }
    let last = world.frames(200);
    let numbers: Vec<u8> = last.iter().map(|frame| frame[14]).collect();
    assert_eq!(numbers, (0..200).collect::<Vec<u8>>());
    world.end();
}

#[test]
fn the_link_is_told_and_nothing_comes_without_it() {
    let world = World::new(Weather::default(), NicOptions::default());
    world.filter(NDIS_PACKET_TYPE_BROADCAST);
    world.nic.set_link(false);
    world.nic.set_link(false);
    world.station.send_to(EVERYBODY, KIND, b"lost");
    while world.nic.statistics().discards == 0 {
        crate::sched::yield_now();
    }
    world.nic.set_link(true);
    world.station.send_to(EVERYBODY, KIND, b"seen");
    assert!(world.frames(1)[0].ends_with(b"seen"));
    let told: Vec<bool> = world.probe.links().iter().map(|link| link.0).collect();
    assert_eq!(told, [false, true]);
    world.end();
}

#[test]
fn a_port_may_drop_what_is_foreign() {
    let options = NicOptions {
        port: Port {
            drops_foreign: true,
        },
        ..NicOptions::default()
    };
    let world = World::new(Weather::default(), options);
    world.filter(NDIS_PACKET_TYPE_PROMISCUOUS);
    world.station.send_to([2, 0, 0, 0, 0, 8], KIND, b"foreign");
    world.station.send_to(world.nic.mac(), KIND, b"own");
    assert!(world.frames(1)[0].ends_with(b"own"));
    world.end();
}

#[test]
fn a_switch_learns_where_addresses_are() {
    let switch = Switch::new(Weather::default());
    let macs = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 3]];
    let [one, two, three] = macs.map(|mac| switch.station(mac));
    one.send_to(two.mac(), KIND, b"flooded");
    assert!(two.receive(SOON).is_some() && three.receive(SOON).is_some());
    two.send_to(one.mac(), KIND, b"answered");
    assert!(one.receive(SOON).is_some());
    one.send_to(two.mac(), KIND, b"known");
    assert!(two.receive(SOON).is_some());
    assert!(three.receive(Duration::ZERO).is_none());
}

/// What arrives of a hundred frames, and in which order, as a seed says.
fn arrivals(weather: Weather) -> Vec<u8> {
    let switch = Switch::new(weather);
    let one = switch.station([2, 0, 0, 0, 0, 1]);
    let two = switch.station([2, 0, 0, 0, 0, 2]);
    for number in 0..100 {
        one.send_to(two.mac(), KIND, &[number]);
    }
    let next = || {
        two.receive(Duration::from_millis(20))
            .map(|frame| frame[14])
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn the_weather_loses_doubles_and_reorders() {
    let calm: Vec<u8> = (0..100).collect();
    assert_eq!(arrivals(Weather::default()), calm);
    let losses = Weather {
        losses: 10,
        ..Weather::default()
    };
    let lost = arrivals(losses.clone());
    assert!(lost.len() < 100 && lost.is_sorted());
    assert_eq!(arrivals(losses), lost);
    let duplicates = Weather {
        duplicates: 10,
        ..Weather::default()
    };
    let doubled = arrivals(duplicates);
    assert!(doubled.len() > 100);
    let reorders = Weather {
        reorders: 5,
        late: 5_000_000,
        ..Weather::default()
    };
    let mut mixed = arrivals(reorders);
    assert!(!mixed.is_sorted());
    mixed.sort_unstable();
    assert_eq!(mixed, calm);
}

#[test]
fn a_paused_nic_brings_nothing() {
    let world = World::new(Weather::default(), NicOptions::default());
    world.filter(NDIS_PACKET_TYPE_BROADCAST);
    world.nic.pause();
    world.station.send_to(EVERYBODY, KIND, b"lost");
    while world.nic.statistics().discards == 0 {
        crate::sched::yield_now();
    }
    world.nic.restart();
    world.station.send_to(EVERYBODY, KIND, b"seen");
    assert!(world.frames(1)[0].ends_with(b"seen"));
    drop(world.switch.station(STATION));
    world.end();
}

#[test]
fn sends_go_out_in_order_and_padded() {
    let options = NicOptions {
        varies: true,
        seed: 3,
        ..NicOptions::default()
    };
    let world = World::new(Weather::default(), options);
    let frame = |number: u8| [&STATION[..], &world.nic.mac(), &[0x88, 0xB5, number]].concat();
    let frames: Vec<Vec<u8>> = (0..60).map(frame).collect();
    for three in frames.chunks(3) {
        let two: Vec<&[u8]> = three[..2].iter().map(Vec::as_slice).collect();
        let lists: [&[&[u8]]; 2] = [&two, &[&three[2]]];
        assert_eq!(world.probe.send(&lists), [NDIS_STATUS_SUCCESS; 2]);
    }
    for number in 0..60 {
        let seen = world.station.receive(SOON).expect("it was sent");
        assert_eq!((seen.len(), seen[14]), (60, number));
    }
    let long = vec![0; 1515];
    assert_eq!(world.probe.send(&[&[&long]]), [NDIS_STATUS_INVALID_LENGTH]);
    world.nic.set_link(false);
    let status = world.probe.send(&[&[&frames[0]]]);
    assert_eq!(status, [NDIS_STATUS_MEDIA_DISCONNECTED]);
    world.end();
}

#[test]
fn a_pause_takes_back_what_is_kept() {
    let world = World::new(Weather::default(), NicOptions::default());
    world.filter(NDIS_PACKET_TYPE_BROADCAST);
    world.probe.keep();
    world.station.send_to(EVERYBODY, KIND, b"kept");
    assert!(world.frames(1)[0].ends_with(b"kept"));
    world.nic.pause();
    assert!(!world.probe.is_running());
    world.nic.restart();
    assert_eq!(world.probe.release(), 0);
    world.end();
}
