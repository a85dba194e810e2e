//! A NIC's state, and its thread.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use softrnic::sys::*;

use super::offload::{Job, Offload};
use super::switch::{Arriving, Outlet, Switch};
use super::{Mac, NicOptions, Statistics};
use crate::clock;
use crate::machine::Machine;
use crate::ndis;
use crate::ndis::chimney::Target;
use crate::ndis::lists::List;
use crate::ndis::lower::{Description, Identity, Lower, Stack};
use crate::ndis::offload::Offloads;
use crate::ndis::protocol::Binding;
use crate::processor;
use crate::sched::{self, Random};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

/// The packet filters it has.
const FILTERS: u32 = NDIS_PACKET_TYPE_DIRECTED
    | NDIS_PACKET_TYPE_MULTICAST
    | NDIS_PACKET_TYPE_ALL_MULTICAST
    | NDIS_PACKET_TYPE_BROADCAST
    | NDIS_PACKET_TYPE_PROMISCUOUS;
const MULTICAST: u32 = 32;

/// A list that waits to be sent.
pub(super) struct Waiting {
    pub(super) binding: Arc<Binding>,
    pub(super) list: usize,
}

/// A request that pends.
pub(super) struct Pending {
    pub(super) binding: Arc<Binding>,
    pub(super) request: usize,
    pub(super) status: NDIS_STATUS,
}

pub(super) struct Inside {
    pub(super) random: Random,
    pub(super) link: bool,
    pub(super) speed: u64,
    /// Bytes behind the Ethernet header.
    pub(super) mtu: u32,
    pub(super) running: bool,
    pub(super) asleep: bool,
    /// Between NDIS_STATUS_RESET_START and NDIS_STATUS_RESET_END.
    pub(super) resetting: bool,
    /// Its thread sends something just now.
    pub(super) sending: bool,
    /// Pulled out.
    pub(super) gone: bool,
    /// Nothing binds to it any more.
    pub(super) leaving: bool,
    /// Its thread ends.
    finished: bool,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) pending: VecDeque<Pending>,
    /// Frames under way to it, by the time at which they arrive.
    pub(super) arriving: Arriving,
    /// Lists that were indicated and have not come back, with their memory.
    pub(super) out: HashMap<usize, usize>,
    pub(super) statistics: Statistics,
    pub(super) offloads: Offloads,
    pub(super) offload: Offload,
}

/// One NIC.
pub(crate) struct Card {
    machine: &'static Machine,
    identity: Identity,
    pub(super) mac: Mac,
    pub(super) options: NicOptions,
    pub(super) switch: Arc<Switch>,
    pub(super) port: usize,
    stack: Stack,
    inside: Mutex<Inside>,
    pub(super) changed: Condvar,
}

/// What its thread does next.
enum Work {
    Offload(Job),
    Request(Pending),
    Send(Vec<Waiting>),
    Receive(Vec<Arc<[u8]>>),
}

impl Card {
    pub(super) fn new(
        machine: &'static Machine,
        switch: &Arc<Switch>,
        options: NicOptions,
    ) -> Arc<Self> {
        let free = || machine.ndis.free_index();
        let if_index = options.if_index.unwrap_or_else(free);
        let identity = Identity {
            guid: ndis::guid("4E49", if_index),
            luid: u64::from(IF_TYPE_ETHERNET_CSMACD) << 48 | u64::from(if_index) << 24,
            if_index,
        };
        let port = switch.plug(options.port);
        let [.., high, low] = (port as u32).to_be_bytes();
        let mac = options.mac.unwrap_or([2, 0x4E, 0x49, 0x43, high, low]);
        let inside = Inside {
            random: Random::new(options.seed),
            link: options.link,
            speed: options.speed,
            mtu: options.mtu,
            running: true,
            asleep: false,
            resetting: false,
            sending: false,
            gone: false,
            leaving: false,
            finished: false,
            waiting: VecDeque::new(),
            pending: VecDeque::new(),
            arriving: Arriving::new(),
            out: HashMap::new(),
            statistics: Statistics::default(),
            offloads: options.offloads,
            offload: Offload::default(),
        };
        let card = Arc::new(Self {
            machine,
            identity,
            mac,
            options,
            switch: Arc::clone(switch),
            port,
            stack: Stack::default(),
            inside: Mutex::new(inside),
            changed: Condvar::new(),
        });
        switch.connect(port, mac, Outlet::Card(Arc::downgrade(&card)));
        card
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }

    /// By the seed, one time in so many; never when the NIC makes no choices.
    pub(super) fn chance(&self, times: u64) -> bool {
        self.options.varies && self.inside().random.one_in(times)
    }

    /// Tells all protocols something. At DISPATCH_LEVEL.
    pub(super) fn tell<T>(&self, code: NDIS_STATUS, what: &mut T) {
        let mut indication = NDIS_STATUS_INDICATION {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_STATUS_INDICATION,
                Revision: NDIS_STATUS_INDICATION_REVISION_1,
                Size: NDIS_SIZEOF_STATUS_INDICATION_REVISION_1,
            },
            SourceHandle: std::ptr::from_ref(self).cast_mut().cast(),
            StatusCode: code,
            StatusBuffer: (&raw mut *what).cast(),
            StatusBufferSize: size_of::<T>() as u32,
            ..Default::default()
        };
        for binding in self.stack.all() {
            binding.status(&mut indication);
        }
    }

    /// As [`tell`](Self::tell): what it does for them.
    pub(super) fn tell_offloads(&self) {
        let offloads = self.inside().offloads;
        let code = NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG;
        self.tell(code, &mut offloads.structure());
    }

    /// Something is there to do for its thread.
    pub(super) fn notify(&self) {
        self.changed.notify_all();
    }

    /// From the switch: a frame that arrives at `at`.
    pub(super) fn arrive(&self, at: (u64, u64), frame: Arc<[u8]>) {
        self.inside().arriving.insert(at, frame);
        self.notify();
    }

    /// Its thread ends, and the cable is out.
    pub(super) fn finish(&self) {
        self.switch.unplug(self.port);
        self.inside().finished = true;
        self.notify();
    }

    pub(super) fn run(&self) {
        while !self.machine.is_stopping() {
            let mut inside = self.inside();
            if inside.finished {
                return;
            }
            let now = clock::nanoseconds();
            let Some(work) = inside.next_work(now, self.options.varies) else {
                let next = inside.arriving.first_key_value().map(|(&(at, _), _)| at);
                let until = next.into_iter().chain(sched::look_again()).min();
                self.changed.wait_until(&mut inside, until);
                continue;
            };
            drop(inside);
            let thread = thread::current();
            let old = processor::raise(thread, DISPATCH_LEVEL);
            match work {
                Work::Offload(job) => {
                    self.do_job(job);
                    self.inside().offload.busy = false;
                }
                Work::Request(pending) => {
                    let request = pending.request as *mut NDIS_OID_REQUEST;
                    pending.binding.complete_request(request, pending.status);
                }
                Work::Send(waiting) => {
                    self.transmit(waiting);
                    self.inside().sending = false;
                    self.notify();
                }
                Work::Receive(frames) => self.receive(&frames),
            }
            processor::lower(thread, old);
        }
    }
}

impl Inside {
    /// Whether a frame is there.
    fn has_arrived(&self, now: u64) -> bool {
        let first = self.arriving.first_key_value();
        first.is_some_and(|(&(at, _), _)| at <= now)
    }

    fn next_work(&mut self, now: u64, varies: bool) -> Option<Work> {
        /// Most that is done at once.
        const MOST: u64 = 8;
        let most = match varies {
            true => 1 + self.random.below(MOST),
            false => MOST,
        } as usize;
        if let Some(job) = self.offload.next_job() {
            return Some(Work::Offload(job));
        }
        if let Some(pending) = self.pending.pop_front() {
            return Some(Work::Request(pending));
        }
        let receives = self.has_arrived(now);
        let sends_first = !receives || !varies || self.random.one_in(2);
        if !self.waiting.is_empty() && sends_first {
            let count = most.min(self.waiting.len());
            self.sending = true;
            return Some(Work::Send(self.waiting.drain(..count).collect()));
        }
        let mut frames = Vec::new();
        while frames.len() < most && self.has_arrived(now) {
            frames.extend(self.arriving.pop_first().map(|(_, frame)| frame));
        }
        (!frames.is_empty()).then_some(Work::Receive(frames))
    }
}

impl Lower for Card {
    fn machine(&self) -> &'static Machine {
        self.machine
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn description(&self) -> Description {
        let inside = self.inside();
        Description {
            mac: self.mac,
            mtu: inside.mtu,
            speed: inside.speed,
            connected: inside.link,
            filters: FILTERS,
            multicast: MULTICAST,
            mac_options: NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA
                | NDIS_MAC_OPTION_TRANSFERS_NOT_PEND
                | NDIS_MAC_OPTION_NO_LOOPBACK
                | inside.offloads.mac_options(),
            connector: true,
            offloads: inside.offloads,
            connections: self.options.connections,
        }
    }

    fn target(&self) -> Option<&dyn Target> {
        (self.options.connections > 0).then_some(self as _)
    }

    fn stack(&self) -> &Stack {
        &self.stack
    }

    fn is_running(&self) -> bool {
        let inside = self.inside();
        inside.running && !inside.leaving
    }

    fn is_leaving(&self) -> bool {
        self.inside().leaving
    }

    fn is_asleep(&self) -> bool {
        self.inside().asleep
    }

    fn is_ethernet(&self) -> bool {
        self.options.ethernet
    }

    fn is_resetting(&self) -> bool {
        self.inside().resetting
    }

    fn is_late(&self) -> bool {
        self.chance(2)
    }

    fn send(&self, binding: &Arc<Binding>, lists: Vec<List>) {
        self.start(binding, lists);
    }

    fn cancel_send(&self, id: PVOID) {
        self.cancel(id);
    }

    fn take_back(&self, lists: &[List]) {
        self.recycle(lists);
    }

    fn request(&self, binding: &Arc<Binding>, request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
        // SAFETY: NDIS hands over a valid request.
        let status = unsafe { self.answer(binding, request) };
        if !self.is_late() {
            return status;
        }
        self.inside().pending.push_back(Pending {
            binding: Arc::clone(binding),
            request: request as usize,
            status,
        });
        self.notify();
        NDIS_STATUS_PENDING
    }

    /// What it has begun, it ends soon.
    fn cancel_request(&self, _id: PVOID) {}

    fn wake(&self) {
        self.notify();
    }
}
