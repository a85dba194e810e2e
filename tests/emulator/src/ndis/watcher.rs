//! A protocol for the host's eyes: it sees what an adapter receives, and sends through it, as TCP/IP would.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::*;

use super::lists::{self, List};
use super::lower::{Description, Identity, Mac};
use super::offload::{Beside, Offloads};
use super::protocol::{Binding, Native, Protocol};
use crate::machine::Machine;
use crate::nic::memory::{self, Layout};
use crate::sync::{Condvar, Mutex};
use crate::verifier::violation;

/// NDIS-NBL-08: within this a send is completed.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Seen {
    binding: Option<Arc<Binding>>,
    is_running: bool,
    frames: VecDeque<(Vec<u8>, Beside)>,
    links: Vec<(bool, u64)>,
    mtus: Vec<u32>,
    /// What the adapter was told to do, each time.
    offloads: Vec<Offloads>,
    /// What it was told of the adapter, with the power state, and how a frame fared that it sent then.
    events: Vec<Heard>,
    /// That frame.
    probe: Option<Vec<u8>>,
    /// What it says to queries.
    answer: NDIS_STATUS,
    /// Received lists are kept until they are released.
    keeps: bool,
    kept: Vec<usize>,
    /// Sent lists with what they ended with.
    sent: HashMap<usize, Option<NDIS_STATUS>>,
}

/// An event that the watcher was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub event: NET_PNP_EVENT_CODE,
    /// Of events of power.
    pub state: Option<NDIS_DEVICE_POWER_STATE>,
    /// The status of a frame that was sent meanwhile: [`Watcher::probe`].
    pub sent: Option<NDIS_STATUS>,
}

/// What the protocol sees.
pub(crate) struct Eyes {
    guid: String,
    seen: Mutex<Seen>,
    changed: Condvar,
}

/// A protocol above one adapter.
pub struct Watcher {
    machine: &'static Machine,
    protocol: Arc<Protocol>,
    eyes: Arc<Eyes>,
}

impl Machine {
    /// Binds a watcher to the adapter or NIC with this interface GUID. The caller is a thread of the machine at
    /// PASSIVE_LEVEL.
    pub fn watch(&'static self, guid: &str) -> Watcher {
        let eyes = Arc::new(Eyes {
            guid: guid.to_owned(),
            seen: Mutex::default(),
            changed: Condvar::new(),
        });
        let native = Arc::clone(&eyes) as Arc<dyn Native>;
        let protocol = self.ndis.add_native(self, native);
        self.ndis.settle(self);
        Watcher {
            machine: self,
            protocol,
            eyes,
        }
    }
}

impl Watcher {
    /// Whether it is bound.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.eyes.seen.lock().binding.is_some()
    }

    fn binding(&self) -> Arc<Binding> {
        let binding = self.eyes.seen.lock().binding.clone();
        binding.expect("the watcher is bound")
    }

    /// Sets the packet filter.
    pub fn set_filter(&self, filter: u32) -> NDIS_STATUS {
        self.set(OID_GEN_CURRENT_PACKET_FILTER, &filter.to_le_bytes())
    }

    pub fn set_multicast(&self, addresses: &[Mac]) -> NDIS_STATUS {
        self.set(OID_802_3_MULTICAST_LIST, &addresses.concat())
    }

    /// Any other request.
    pub fn set(&self, oid: u32, data: &[u8]) -> NDIS_STATUS {
        self.binding().set(oid, data)
    }

    /// The next frame, if one arrives in time.
    #[must_use]
    pub fn receive(&self, limit: Duration) -> Option<Vec<u8>> {
        let mut seen = self.eyes.seen.lock();
        let none = |seen: &mut Seen| seen.frames.is_empty();
        self.eyes.changed.wait_while_for(&mut seen, none, limit);
        seen.frames.pop_front().map(|(frame, _)| frame)
    }

    /// As `receive`, with what came beside it.
    #[must_use]
    pub fn receive_with(&self, limit: Duration) -> Option<(Vec<u8>, Beside)> {
        let mut seen = self.eyes.seen.lock();
        let none = |seen: &mut Seen| seen.frames.is_empty();
        self.eyes.changed.wait_while_for(&mut seen, none, limit);
        seen.frames.pop_front()
    }

    /// Tells the adapter how frames begin, so that tasks may be asked for.
    pub fn encapsulate(&self) -> NDIS_STATUS {
        self.binding().encapsulate()
    }

    /// Sends one list with something beside it, and waits until it is completed: its status, and what is beside it then.
    pub fn send_with(&self, frames: &[&[u8]], beside: Beside) -> (NDIS_STATUS, Beside) {
        let binding = self.binding();
        let sending = Sending::new(self.machine, frames, &binding, std::ptr::null_mut());
        // SAFETY: a fresh list.
        unsafe { beside.put(sending.list()) };
        self.eyes
            .seen
            .lock()
            .sent
            .insert(sending.list() as usize, None);
        binding.send(vec![sending.list()]);
        let sending = [sending];
        let status = self.collect(&sending)[0];
        // SAFETY: it came back.
        (status, unsafe { Beside::of(sending[0].list()) })
    }

    /// What the adapter said, each time, that it does.
    #[must_use]
    pub fn offloads(&self) -> Vec<Offloads> {
        self.eyes.seen.lock().offloads.clone()
    }

    /// The links that were told: up or not, and the speed.
    #[must_use]
    pub fn links(&self) -> Vec<(bool, u64)> {
        self.eyes.seen.lock().links.clone()
    }

    /// How many bytes it was told that a frame carries, each time.
    #[must_use]
    pub fn mtus(&self) -> Vec<u32> {
        self.eyes.seen.lock().mtus.clone()
    }

    /// The events that it was told of.
    #[must_use]
    pub fn events(&self) -> Vec<Heard> {
        self.eyes.seen.lock().events.clone()
    }

    /// While it is told of an event it sends this frame, through an adapter that completes it at once.
    pub fn probe(&self, frame: Vec<u8>) {
        self.eyes.seen.lock().probe = Some(frame);
    }

    /// What it says to queries from now on.
    pub fn answer(&self, status: NDIS_STATUS) {
        self.eyes.seen.lock().answer = status;
    }

    /// From now on what is received is kept until [`release`](Self::release), or until a pause.
    pub fn keep(&self) {
        self.eyes.seen.lock().keeps = true;
    }

    /// Returns what was kept, and keeps nothing more; how many lists that were.
    pub fn release(&self) -> usize {
        self.eyes.seen.lock().keeps = false;
        self.eyes.release(&self.binding())
    }

    /// Sends lists of frames in one call and waits until each is completed; their statuses, in order.
    pub fn send(&self, all: &[&[&[u8]]]) -> Vec<NDIS_STATUS> {
        let sent = self.start(all, std::ptr::null_mut());
        self.collect(&sent)
    }

    /// Begins to send lists of frames, with a cancel id: [`collect`](Self::collect) waits for them.
    pub fn start(&self, all: &[&[&[u8]]], cancel_id: PVOID) -> Vec<Sending> {
        let binding = self.binding();
        let make = |frames: &&[&[u8]]| Sending::new(self.machine, frames, &binding, cancel_id);
        let sending: Vec<Sending> = all.iter().map(make).collect();
        let lists: Vec<List> = sending.iter().map(Sending::list).collect();
        let mut seen = self.eyes.seen.lock();
        seen.sent
            .extend(lists.iter().map(|&list| (list as usize, None)));
        drop(seen);
        binding.send(lists);
        sending
    }

    /// What waits with this id is not sent any more, if that is still possible.
    pub fn cancel(&self, id: PVOID) {
        self.binding().lower.cancel_send(id);
    }

    /// How many of them are not completed yet.
    #[must_use]
    pub fn pending(&self, sending: &[Sending]) -> usize {
        let seen = self.eyes.seen.lock();
        let is_missing = |it: &&Sending| seen.sent.get(&it.blocks[0]) == Some(&None);
        sending.iter().filter(is_missing).count()
    }

    /// Waits until each is completed; their statuses.
    pub fn collect(&self, sending: &[Sending]) -> Vec<NDIS_STATUS> {
        let mut seen = self.eyes.seen.lock();
        let missing = |seen: &mut Seen| {
            let is_missing = |it: &Sending| seen.sent.get(&it.blocks[0]) == Some(&None);
            sending.iter().any(is_missing)
        };
        if !self.eyes.changed.wait_while_for(&mut seen, missing, LIMIT) {
            drop(seen);
            violation(
                "NDIS-NBL-08",
                &format!("sends were not completed within {LIMIT:?}"),
            );
        }
        let mut statuses = Vec::new();
        for it in sending {
            let status = seen.sent.remove(&it.blocks[0]).flatten();
            statuses.push(status.unwrap_or(NDIS_STATUS_FAILURE));
        }
        statuses
    }

    /// Whether the binding is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.eyes.seen.lock().is_running
    }

    /// Unbinds it, and waits for that.
    pub fn end(self) {
        self.machine
            .ndis
            .remove_protocol(self.machine, &self.protocol);
    }
}

/// A list under way.
pub struct Sending {
    machine: &'static Machine,
    /// The list, and the memory of its other net buffers.
    blocks: Vec<usize>,
}

impl Sending {
    pub(crate) fn new(
        machine: &'static Machine,
        frames: &[&[u8]],
        binding: &Binding,
        cancel_id: PVOID,
    ) -> Self {
        let make =
            |frame: &&[u8]| memory::make(&machine.pool, frame, Layout::default(), binding.handle());
        let all: Vec<List> = frames.iter().map(make).collect();
        // SAFETY: fresh lists with one net buffer each: the first gets them all.
        unsafe {
            for pair in all.windows(2) {
                let (one, next) = (pair[0], pair[1]);
                (*(*one).FirstNetBuffer).Next = (*next).FirstNetBuffer;
            }
            let first = all[0];
            (*first).NetBufferListInfo[NetBufferListCancelId] = cancel_id;
        }
        let blocks = all.iter().map(|&list| list as usize).collect();
        Self { machine, blocks }
    }

    pub(crate) fn list(&self) -> List {
        self.blocks[0] as List
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        for &block in &self.blocks {
            memory::release(&self.machine.pool, block);
        }
    }
}

impl Eyes {
    fn release(&self, binding: &Arc<Binding>) -> usize {
        let kept = std::mem::take(&mut self.seen.lock().kept);
        let lists: Vec<List> = kept.iter().map(|&list| list as List).collect();
        if !lists.is_empty() {
            binding.return_lists(&lists);
        }
        lists.len()
    }
}

impl Eyes {
    /// Sends a frame that is completed inside its call.
    fn try_out(&self, binding: &Arc<Binding>, frame: &[u8]) -> Option<NDIS_STATUS> {
        let sending = Sending::new(binding.machine, &[frame], binding, std::ptr::null_mut());
        let name = sending.list() as usize;
        self.seen.lock().sent.insert(name, None);
        binding.send(vec![sending.list()]);
        self.seen.lock().sent.remove(&name).flatten()
    }
}

impl Native for Eyes {
    fn event(&self, binding: &Arc<Binding>, event: &NET_PNP_EVENT) -> NDIS_STATUS {
        let of_power = [NetEventQueryPower, NetEventSetPower].contains(&event.NetEvent);
        let state = event.Buffer.cast::<NDIS_DEVICE_POWER_STATE>();
        // SAFETY: such an event comes with a state.
        let state = of_power.then(|| unsafe { state.read_unaligned() });
        let (probe, runs) = {
            let seen = self.seen.lock();
            (seen.probe.clone(), seen.is_running)
        };
        let probe = probe.filter(|_| runs);
        let sent = probe.and_then(|frame| self.try_out(binding, &frame));
        let mut seen = self.seen.lock();
        let event = event.NetEvent;
        seen.events.push(Heard { event, state, sent });
        let queries = [NetEventQueryPower, NetEventQueryRemoveDevice];
        match queries.contains(&event) {
            true => seen.answer,
            false => NDIS_STATUS_SUCCESS,
        }
    }

    fn wants(&self, identity: &Identity, _: &Description) -> bool {
        identity.guid.eq_ignore_ascii_case(&self.guid)
    }

    fn bound(&self, binding: &Arc<Binding>) {
        self.seen.lock().binding = Some(Arc::clone(binding));
    }

    fn restarted(&self, _: &Arc<Binding>) {
        self.seen.lock().is_running = true;
    }

    fn pause(&self, binding: &Arc<Binding>) {
        self.seen.lock().is_running = false;
        self.release(binding);
        let mut seen = self.seen.lock();
        let busy = |seen: &mut Seen| seen.sent.values().any(Option::is_none);
        if !self.changed.wait_while_for(&mut seen, busy, LIMIT) {
            drop(seen);
            violation(
                "NDIS-NBL-08",
                &format!("sends were not completed within {LIMIT:?}"),
            );
        }
    }

    fn unbound(&self, _: &Arc<Binding>) {
        self.seen.lock().binding = None;
    }

    fn receive(&self, binding: &Arc<Binding>, all: &[List], flags: u32) {
        let mut returned = Vec::new();
        for &list in all {
            // SAFETY: lent for the time of the call at least.
            let frames = unsafe { lists::buffers(list) }.into_iter().map(|buffer| {
                // SAFETY: as above.
                unsafe { lists::bytes(buffer) }.unwrap_or_default()
            });
            // SAFETY: as above.
            let beside = unsafe { Beside::of(list) };
            let mut seen = self.seen.lock();
            seen.frames.extend(frames.map(|frame| (frame, beside)));
            match () {
                () if flags & NDIS_RECEIVE_FLAGS_RESOURCES != 0 => {}
                () if seen.keeps && seen.is_running => seen.kept.push(list as usize),
                () => returned.push(list),
            }
        }
        self.changed.notify_all();
        if !returned.is_empty() {
            binding.return_lists(&returned);
        }
    }

    fn sent(&self, _: &Arc<Binding>, all: &[List]) {
        let mut seen = self.seen.lock();
        for &list in all {
            // SAFETY: it came back.
            let status = unsafe { (*list).Status };
            seen.sent.insert(list as usize, Some(status));
        }
        self.changed.notify_all();
    }

    fn status(&self, _: &Arc<Binding>, indication: &NDIS_STATUS_INDICATION) {
        if indication.StatusCode == NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG {
            // SAFETY: such an indication comes with offloads.
            let offloads = unsafe { Offloads::read(indication.StatusBuffer.cast()) };
            self.seen.lock().offloads.push(offloads);
        }
        if indication.StatusCode == NDIS_STATUS_L2_MTU_SIZE_CHANGE {
            // SAFETY: such an indication comes with a number.
            let mtu = unsafe { indication.StatusBuffer.cast::<u32>().read_unaligned() };
            self.seen.lock().mtus.push(mtu);
            self.changed.notify_all();
        }
        if indication.StatusCode != NDIS_STATUS_LINK_STATE {
            return;
        }
        // SAFETY: such an indication comes with a link state.
        let link = unsafe {
            indication
                .StatusBuffer
                .cast::<NDIS_LINK_STATE>()
                .read_unaligned()
        };
        let up = link.MediaConnectState == MediaConnectStateConnected;
        self.seen.lock().links.push((up, link.XmitLinkSpeed));
        self.changed.notify_all();
    }
}
