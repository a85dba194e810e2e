//! What TCP/IP does by itself with what it has offloaded: it hears the ends of operations, events and data, and takes
//! connections back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::*;

use super::super::lists::{self, List};
use super::super::lower::{Description, Identity};
use super::super::protocol::{Binding, Native};
use super::host::{Ended, Knew};
use super::tree::{self, Object, Tree};
use super::{Handle, Host, NodeAbove, Operation, data, state};
use crate::machine::Machine;
use crate::nic::memory::{self, Layout};
use crate::sync::{Condvar, Mutex};
use crate::verifier::violation;

/// Within this every operation ends.
const LIMIT: Duration = Duration::from_secs(20);

/// Where a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Coming,
    Offloaded,
    /// To be taken back as soon as no call goes on.
    Wanted,
    Going,
    /// Not offloaded, with what became of it.
    Gone(NDIS_STATUS),
}

pub(super) struct Offloaded {
    pub(super) phase: Phase,
    /// Calls, and operations on state, that go on.
    pub(super) calls: usize,
    pub(super) objects: [Object; 3],
    pub(super) tree: Option<Tree>,
    /// What the NIC knew of it when it was taken back.
    pub(super) last: Option<Knew>,
    pub(super) events: Vec<(u32, u32)>,
    pub(super) received: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Seen {
    pub(super) binding: Option<Arc<Binding>>,
    pub(super) running: bool,
    /// Connections that the adapter can have offloaded, as it says.
    pub(super) capacity: u32,
    /// Statuses that were told, in order.
    pub(super) told: Vec<NDIS_STATUS>,
    /// The adapter wants everything back, or is paused.
    pub(super) uploading: bool,
    pub(super) connections: HashMap<usize, Offloaded>,
    pub(super) next: usize,
    /// Lists under way, then how they ended; in the order in which they did.
    pub(super) lists: HashMap<usize, Option<Ended>>,
    pub(super) order: Vec<(Operation, usize)>,
    /// Roots of updates, queries and invalidations under way, with their connection.
    pub(super) asked: HashMap<usize, (usize, bool)>,
    pub(super) refuses: bool,
    pub(super) keeps: bool,
    pub(super) kept: Vec<usize>,
    pub(super) neighbors: Vec<u32>,
}

/// The protocol.
pub(in crate::ndis) struct Stack {
    pub(super) machine: &'static Machine,
    pub(super) guid: String,
    pub(super) seen: Mutex<Seen>,
    pub(super) changed: Condvar,
}

impl Stack {
    pub(super) fn binding(&self) -> Arc<Binding> {
        let binding = self.seen.lock().binding.clone();
        binding.expect("TCP/IP is bound")
    }

    pub(super) fn wait(&self, rule: &str, what: impl Fn(&Seen) -> bool) {
        let mut seen = self.seen.lock();
        let not_yet = |seen: &mut Seen| !what(seen);
        if !self.changed.wait_while_for(&mut seen, not_yet, LIMIT) {
            drop(seen);
            violation(rule, &format!("something did not end within {LIMIT:?}"));
        }
    }

    pub(super) fn wait_phase(&self, key: usize, what: impl Fn(Phase) -> bool) -> Phase {
        self.wait("CHIM-05", |seen| what(seen.connections[&key].phase));
        self.seen.lock().connections[&key].phase
    }

    /// A list of this data, or with so much room.
    pub(super) fn list(&self, data: &[u8], room: usize) -> List {
        let layout = Layout { lead: 16, split: 0 };
        let mut bytes = data.to_vec();
        bytes.resize(bytes.len().max(room), 0);
        let source = self.binding().handle();
        let list = memory::make(&self.machine.pool, &bytes, layout, source);
        self.seen.lock().lists.insert(list as usize, None);
        list
    }

    /// A call on a connection begins; false when there can be none.
    pub(super) fn enter(&self, key: usize) -> bool {
        let mut seen = self.seen.lock();
        let Some(connection) = seen.connections.get_mut(&key) else {
            return false;
        };
        let offloaded = connection.phase == Phase::Offloaded;
        connection.calls += usize::from(offloaded);
        offloaded
    }

    pub(super) fn leave(&self, key: usize) {
        if let Some(connection) = self.seen.lock().connections.get_mut(&key) {
            connection.calls -= 1;
        }
        self.take_back(key);
    }

    pub(super) fn want_back(&self, key: usize) {
        if let Some(connection) = self.seen.lock().connections.get_mut(&key)
            && connection.phase == Phase::Offloaded
        {
            connection.phase = Phase::Wanted;
        }
        self.take_back(key);
    }

    /// Terminates what is wanted back and has no call going on.
    fn take_back(&self, key: usize) {
        let mut seen = self.seen.lock();
        let Some(connection) = seen.connections.get_mut(&key) else {
            return;
        };
        if connection.phase != Phase::Wanted || connection.calls > 0 {
            return;
        }
        connection.phase = Phase::Going;
        let tree = Tree::last(self.machine, &connection.objects);
        let root = tree.root();
        connection.tree = Some(tree);
        seen.asked.insert(root as usize, (key, false));
        let binding = seen.binding.clone();
        drop(seen);
        if let Some(binding) = binding {
            // SAFETY: the tree lives until it is completed.
            unsafe { state::start(&binding, Operation::Terminate, root, "NdisTerminateOffload") };
        }
    }

    fn take_all_back(&self) {
        self.seen.lock().uploading = true;
        let keys: Vec<usize> = self.seen.lock().connections.keys().copied().collect();
        keys.into_iter().for_each(|key| self.want_back(key));
    }

    pub(super) fn release(&self) -> usize {
        let kept = std::mem::take(&mut self.seen.lock().kept);
        let lists: Vec<List> = kept.iter().map(|&list| list as List).collect();
        if !lists.is_empty() {
            // SAFETY: lists that were indicated here, and kept.
            unsafe { data::return_data(&self.binding(), lists::link(&lists), "TCP/IP") };
        }
        lists.len()
    }
}

impl Host for Stack {
    fn state_done(&self, operation: Operation, root: NodeAbove) {
        let mut seen = self.seen.lock();
        let Some(&(key, _)) = seen.asked.get(&(root as usize)) else {
            return;
        };
        let uploading = seen.uploading;
        match (operation, seen.connections.get_mut(&key)) {
            (Operation::Initiate, Some(connection)) => {
                let status = connection.tree.take().map_or(0, |tree| tree.status());
                let offloaded = status == NDIS_STATUS_SUCCESS;
                connection.phase = match (offloaded, uploading) {
                    (false, _) => Phase::Gone(status),
                    (true, false) => Phase::Offloaded,
                    (true, true) => Phase::Wanted,
                };
                seen.asked.remove(&(root as usize));
            }
            (Operation::Terminate, Some(connection)) => {
                if let Some(tree) = connection.tree.take() {
                    connection.last = Some(tree.delegated());
                    connection.phase = Phase::Gone(tree.status());
                }
                seen.asked.remove(&(root as usize));
            }
            _ => {
                seen.asked.insert(root as usize, (key, true));
            }
        }
        if let Some(connection) = seen.connections.get_mut(&key)
            && matches!(connection.phase, Phase::Gone(_))
        {
            connection.objects = std::array::from_fn(|_| Object::gone());
        }
        drop(seen);
        self.changed.notify_all();
        self.take_back(key);
    }

    fn data_done(&self, operation: Operation, all: &[List]) {
        let mut seen = self.seen.lock();
        for &list in all {
            // SAFETY: it came back.
            let ended = unsafe { tree::ended(list) };
            seen.lists.insert(list as usize, Some(ended));
            seen.order.push((operation, list as usize));
        }
        drop(seen);
        self.changed.notify_all();
    }

    fn event(&self, handle: Handle, event: u32, information: u32) {
        let mut seen = self.seen.lock();
        let found = seen
            .connections
            .iter_mut()
            .find(|(_, it)| it.objects[2].handle() == handle);
        let key = found.map(|(&key, connection)| {
            connection.events.push((event, information));
            key
        });
        drop(seen);
        self.changed.notify_all();
        if let Some(key) = key.filter(|_| event == TcpIndicateRetrieve) {
            self.want_back(key);
        }
    }

    fn received(&self, binding: &Arc<Binding>, handle: Handle, list: List) -> (NDIS_STATUS, u32) {
        let mut seen = self.seen.lock();
        if seen.refuses {
            return (NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED, 0);
        }
        // SAFETY: lent for the call at least.
        let data = unsafe { lists::bytes((*list).FirstNetBuffer) }.unwrap_or_default();
        let found = seen
            .connections
            .values_mut()
            .find(|it| it.objects[2].handle() == handle);
        if let Some(connection) = found {
            connection.received.extend_from_slice(&data);
        }
        let keeps = seen.keeps;
        if keeps {
            seen.kept.push(list as usize);
        }
        drop(seen);
        self.changed.notify_all();
        if !keeps {
            // SAFETY: it was indicated here.
            unsafe { data::return_data(binding, list, "TCP/IP") };
        }
        (NDIS_STATUS_SUCCESS, data.len() as u32)
    }

    fn neighbor(&self, node: NodeAbove, code: u32) {
        let mut seen = self.seen.lock();
        // SAFETY: null, or lent for the call.
        let handle = unsafe { node.as_ref() }.map(|node| node.OffloadHandle);
        let known = |it: &Offloaded| handle.is_none_or(|handle| it.objects[0].handle() == handle);
        if seen.connections.values().any(known) {
            seen.neighbors.push(code);
        }
        drop(seen);
        self.changed.notify_all();
    }
}

impl Native for Stack {
    fn host(&self) -> Option<&dyn Host> {
        Some(self)
    }

    fn wants(&self, identity: &Identity, _: &Description) -> bool {
        identity.guid.eq_ignore_ascii_case(&self.guid)
    }

    fn bound(&self, binding: &Arc<Binding>) {
        let capacity = binding.lower.description().connections;
        let mut seen = self.seen.lock();
        seen.binding = Some(Arc::clone(binding));
        seen.capacity = capacity;
    }

    fn restarted(&self, _: &Arc<Binding>) {
        let mut seen = self.seen.lock();
        seen.running = true;
        seen.uploading = false;
    }

    /// Everything is taken back before a pause, and all lists are returned.
    fn pause(&self, _: &Arc<Binding>) {
        self.seen.lock().running = false;
        self.take_all_back();
        self.release();
        self.wait("CHIM-16", |seen| {
            let gone = |it: &Offloaded| matches!(it.phase, Phase::Gone(_));
            seen.connections.values().all(gone) && seen.lists.values().all(Option::is_some)
        });
    }

    fn unbound(&self, _: &Arc<Binding>) {
        self.seen.lock().binding = None;
    }

    fn receive(&self, binding: &Arc<Binding>, lists: &[List], flags: u32) {
        if flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0 {
            binding.return_lists(lists);
        }
    }

    fn sent(&self, _: &Arc<Binding>, _: &[List]) {}

    fn status(&self, _: &Arc<Binding>, indication: &NDIS_STATUS_INDICATION) {
        let code = indication.StatusCode;
        match code {
            NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES => {
                let said = indication
                    .StatusBuffer
                    .cast::<NDIS_TCP_CONNECTION_OFFLOAD>();
                // SAFETY: such an indication comes with this structure.
                let said = unsafe { said.read_unaligned() };
                self.seen.lock().capacity = said.TcpConnectionOffloadCapacity;
            }
            NDIS_STATUS_UPLOAD_ALL | NDIS_STATUS_OFFLOAD_PAUSE | NDIS_STATUS_OFFLOAD_RESUME => {}
            _ => return,
        }
        self.seen.lock().told.push(code);
        self.changed.notify_all();
        if code == NDIS_STATUS_UPLOAD_ALL {
            self.take_all_back();
        }
    }
}
