//! Emulated physical NICs, and the switch that joins them.
//!
//! A NIC is a miniport of the emulator's own: protocols of drivers bind to it as on Windows. What it sends goes to its port
//! of a [`Switch`]; what comes from there is indicated on the NIC's own thread at DISPATCH_LEVEL.

mod card;
pub(crate) mod memory;
mod offload;
pub(crate) mod packet;
mod peer;
mod receive;
mod request;
mod reset;
mod station;
mod switch;
#[cfg(test)]
mod tests;
mod transmit;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use softrnic::sys::*;

use crate::ip;
use crate::machine::Machine;
use crate::ndis::lower::Lower;
pub use crate::ndis::lower::Mac;
use crate::ndis::offload::Offloads;
use crate::processor;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;
use card::Card;
pub(crate) use peer::capability;
pub use station::Station;
pub use switch::{Port, Switch, Weather};

/// What a NIC is made with.
#[derive(Clone, Debug)]
pub struct NicOptions {
    /// Its address; `None`: a locally administered one of its own.
    pub mac: Option<Mac>,
    /// Its interface index, from which its GUID follows: that of a NIC that was taken out, for one that is put in again.
    /// `None`: the next that is free.
    pub if_index: Option<u32>,
    /// Otherwise it says that it is something else.
    pub ethernet: bool,
    /// Bytes behind the Ethernet header.
    pub mtu: u32,
    /// Bits in a second, as it says.
    pub speed: u64,
    pub link: bool,
    /// Of the choices it makes: what completes at once and what later, which receives may be kept.
    pub seed: u64,
    /// Makes choices. Otherwise opens, requests and sends complete inside their calls, and all receives may be kept.
    pub varies: bool,
    /// Frames it can lend at once: those beyond it are indicated with RESOURCES.
    pub buffers: usize,
    /// What the switch does at its port.
    pub port: Port,
    /// What it does for protocols.
    pub offloads: Offloads,
    /// TCP connections it can carry (TCP chimney offload).
    pub connections: u32,
}

impl Default for NicOptions {
    fn default() -> Self {
        Self {
            mac: None,
            if_index: None,
            ethernet: true,
            mtu: 1500,
            speed: 10_000_000_000,
            link: true,
            seed: 1,
            varies: false,
            buffers: 64,
            port: Port::default(),
            offloads: Offloads::default(),
            connections: 0,
        }
    }
}

/// What a NIC that carries a connection puts on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Data(Vec<u8>),
    Fin,
    Reset,
}

/// What a NIC counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub frames_sent: u64,
    pub bytes_sent: u64,
    pub frames_received: u64,
    pub bytes_received: u64,
    /// Frames that were not sent: too long, no link, dropped by a reset.
    pub send_errors: u64,
    /// Frames that came while it was paused or nobody had its filter set, or too long.
    pub discards: u64,
    /// Lists whose checksums it made, that it cut into segments, and that it joined of segments.
    pub summed: u64,
    pub cut: u64,
    pub joined: u64,
    /// Requests that came while it was being reset.
    pub asked_in_reset: u64,
}

/// The host's hold on a NIC.
pub struct Nic {
    card: Arc<Card>,
}

impl Machine {
    /// Puts a NIC into the machine and its cable into the switch. Protocols are offered it soon:
    /// [`settle`](crate::ndis::State::settle). The caller is a thread of the machine at PASSIVE_LEVEL.
    pub fn add_nic(&'static self, switch: &Arc<Switch>, options: NicOptions) -> Nic {
        let card = Card::new(self, switch, options);
        let runner = Arc::clone(&card);
        self.spawn("nic", move || runner.run());
        let identity = card.identity();
        self.ip.add_interface(identity.luid, identity.if_index);
        let lower: Arc<dyn Lower> = Arc::clone(&card) as Arc<dyn Lower>;
        self.ndis.add_nic(self, &lower);
        Nic { card }
    }
}

impl Nic {
    /// Another hold on it, for a thread beside.
    #[must_use]
    pub fn hand(&self) -> Self {
        Self {
            card: Arc::clone(&self.card),
        }
    }

    /// Its interface GUID, with braces.
    #[must_use]
    pub fn guid(&self) -> String {
        self.card.identity().guid.clone()
    }

    #[must_use]
    pub fn if_index(&self) -> u32 {
        self.card.identity().if_index
    }

    #[must_use]
    pub fn mac(&self) -> Mac {
        self.card.mac
    }

    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.card.inside().statistics
    }

    /// Where its cable is.
    #[must_use]
    pub fn switch(&self) -> Arc<Switch> {
        Arc::clone(&self.card.switch)
    }

    /// What a NIC is made with that takes its place: the same interface, the same address.
    #[must_use]
    pub fn options(&self) -> NicOptions {
        NicOptions {
            mac: Some(self.card.mac),
            if_index: Some(self.if_index()),
            ..self.card.options.clone()
        }
    }

    /// The packet filter that the protocols have set together.
    #[must_use]
    pub fn filter(&self) -> u32 {
        self.card.stack().filter()
    }

    /// Gives the NIC itself an IP address.
    pub fn add_address(&self, ip: IpAddr, prefix: u8) {
        let identity = self.card.identity();
        self.card.machine().ip.add_address(ip::Address {
            luid: identity.luid,
            if_index: identity.if_index,
            ip,
            prefix,
        });
    }

    /// How many protocols are bound to it.
    #[must_use]
    pub fn bindings(&self) -> usize {
        self.card.stack().all().len()
    }

    /// Puts the cable in or out; protocols are told.
    pub fn set_link(&self, up: bool) {
        let before = std::mem::replace(&mut self.card.inside().link, up);
        if before != up {
            self.tell_link();
        }
    }

    /// Another speed, in bits in a second; protocols are told.
    pub fn set_speed(&self, speed: u64) {
        self.card.inside().speed = speed;
        self.tell_link();
    }

    /// Its frames carry so many bytes from now on; protocols are told at once, or when their bindings are restarted (as of a
    /// filter that is attached).
    pub fn set_mtu(&self, mtu: u32, restarts: bool) {
        if restarts {
            self.pause();
            self.card.inside().mtu = mtu;
            return self.restart();
        }
        self.card.inside().mtu = mtu;
        let (mut told, thread) = (mtu, thread::current());
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.card.tell(NDIS_STATUS_L2_MTU_SIZE_CHANGE, &mut told);
        processor::lower(thread, old);
    }

    /// How many bytes its frames carry now.
    #[must_use]
    pub fn mtu(&self) -> u32 {
        self.card.inside().mtu
    }

    /// It does other things for protocols from now on; they are told.
    pub fn set_offloads(&self, offloads: Offloads) {
        self.card.inside().offloads = offloads;
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.card.tell_offloads();
        processor::lower(thread, old);
    }

    /// What it does for protocols now.
    #[must_use]
    pub fn offloads(&self) -> Offloads {
        self.card.inside().offloads
    }

    fn tell_link(&self) {
        let description = self.card.description();
        let mut link = NDIS_LINK_STATE {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NDIS_LINK_STATE_REVISION_1,
                Size: NDIS_SIZEOF_LINK_STATE_REVISION_1,
            },
            MediaConnectState: match description.connected {
                true => MediaConnectStateConnected,
                false => MediaConnectStateDisconnected,
            },
            MediaDuplexState: MediaDuplexStateFull,
            XmitLinkSpeed: description.speed,
            RcvLinkSpeed: description.speed,
            ..Default::default()
        };
        let thread = thread::current();
        let old = processor::raise(thread, DISPATCH_LEVEL);
        self.card.tell(NDIS_STATUS_LINK_STATE, &mut link);
        processor::lower(thread, old);
    }

    /// Pauses the bindings, then the NIC: as when a filter is attached. Nothing is sent or received.
    pub fn pause(&self) {
        let _turn = self.card.stack().turn.take();
        self.halt_traffic();
    }

    fn halt_traffic(&self) {
        self.card.stack().pause();
        self.card.inside().running = false;
    }

    pub fn restart(&self) {
        let _turn = self.card.stack().turn.take();
        self.resume_traffic();
    }

    fn resume_traffic(&self) {
        self.card.inside().running = true;
        self.card.stack().restart();
    }

    /// Its protocols are told of something; what each of them says.
    pub fn tell_event(
        &self,
        event: NET_PNP_EVENT_CODE,
        state: NDIS_DEVICE_POWER_STATE,
    ) -> Vec<NDIS_STATUS> {
        let mut state = state;
        let event = NET_PNP_EVENT {
            NetEvent: event,
            Buffer: (&raw mut state).cast(),
            BufferLength: size_of_val(&state) as u32,
            ..Default::default()
        };
        let _turn = self.card.stack().turn.take();
        let all = self.card.stack().all();
        all.iter().map(|binding| binding.hear(&event)).collect()
    }

    /// The NIC goes to sleep: the bindings are told, and paused.
    pub fn sleep(&self) {
        let _turn = self.card.stack().turn.take();
        for binding in self.card.stack().all() {
            binding.power(NdisDeviceStateD3);
        }
        self.halt_traffic();
        self.card.inside().asleep = true;
    }

    /// The NIC wakes up: the bindings are told, and restarted; to others it is offered.
    pub fn wake(&self) {
        let turn = self.card.stack().turn.take();
        self.card.inside().asleep = false;
        for binding in self.card.stack().all() {
            binding.power(NdisDeviceStateD0);
        }
        self.resume_traffic();
        drop(turn);
        self.bind();
    }

    fn lower(&self) -> Arc<dyn Lower> {
        Arc::clone(&self.card) as Arc<dyn Lower>
    }

    /// Its protocols are taken from it, as an administrator does it; it stays as it is.
    pub fn unbind(&self) {
        let machine = self.card.machine();
        self.card.stack().disabled.store(true, Ordering::Release);
        machine.ndis.unbind_all(machine, &*self.lower());
    }

    /// They are given back.
    pub fn bind(&self) {
        let machine = self.card.machine();
        self.card.stack().disabled.store(false, Ordering::Release);
        machine.ndis.offer(machine, &self.lower());
    }

    /// The NIC is pulled out, and NDIS has not noticed yet: sends and requests fail.
    pub fn pull(&self) {
        self.card.inside().gone = true;
    }

    /// The NIC is pulled out: sends fail, then all is unbound.
    pub fn remove(self) {
        self.pull();
        self.end();
    }

    /// The NIC is disabled: all is paused and unbound.
    pub fn halt(self) {
        self.pause();
        self.end();
    }

    fn end(&self) {
        let machine = self.card.machine();
        self.card.inside().leaving = true;
        machine.ndis.remove_nic(machine, &self.lower());
        self.card.finish();
        machine.ip.remove_interface(self.card.identity().luid);
    }
}
