//! TCP/IP as the chimney sees it: has connections offloaded to an adapter, works with them, and takes them back when the
//! adapter or the system wants it. For tests; what it does by itself is in [`stack`](super::stack).

use std::sync::Arc;

use softrnic::sys::*;

use super::super::protocol::{Native, Protocol};
use super::stack::{Offloaded, Phase, Stack};
use super::tree::{Object, Tree};
use super::{Handle, Operation, data, state};
use crate::machine::Machine;
use crate::nic::memory;
use crate::sync::{Condvar, Mutex};

/// What the NIC knows of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knew {
    pub state: TCP_OFFLOAD_CONNECTION_STATE,
    /// Bytes sent, and bytes that TCP/IP has.
    pub sent: u32,
    pub received: u32,
}

/// An operation on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub status: NDIS_STATUS,
    /// `TcpOffloadBytesTransferred`.
    pub transferred: usize,
    /// Data that is left in the net buffer, from its data start on.
    pub left: Vec<u8>,
}

/// TCP/IP above one adapter.
pub struct OffloadStack {
    protocol: Arc<Protocol>,
    stack: Arc<Stack>,
}

/// A connection that is, or was, offloaded.
#[derive(Clone)]
pub struct Connection {
    stack: Arc<Stack>,
    key: usize,
}

/// A list under way; it must be waited for.
pub struct Under {
    stack: Arc<Stack>,
    list: usize,
}

impl Machine {
    /// Binds a TCP/IP that offloads to the adapter with this interface GUID. The caller is a thread of the machine at
    /// PASSIVE_LEVEL.
    pub fn offload_stack(&'static self, guid: &str) -> OffloadStack {
        let stack = Arc::new(Stack {
            machine: self,
            guid: guid.to_owned(),
            seen: Mutex::default(),
            changed: Condvar::new(),
        });
        let native = Arc::clone(&stack) as Arc<dyn Native>;
        let protocol = self.ndis.add_native(self, native);
        self.ndis.settle(self);
        OffloadStack { protocol, stack }
    }
}

impl OffloadStack {
    /// How many connections can be offloaded, as the adapter says.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.stack.seen.lock().capacity
    }

    /// Waits until the adapter says that so many connections can be offloaded.
    pub fn wait_capacity(&self, wanted: u32) {
        self.stack
            .wait("NDIS-STAT-01", |seen| seen.capacity == wanted);
    }

    /// Statuses of the chimney that were told.
    #[must_use]
    pub fn told(&self) -> Vec<NDIS_STATUS> {
        self.stack.seen.lock().told.clone()
    }

    /// Neighbors that the NIC asked about.
    #[must_use]
    pub fn neighbors_asked(&self) -> usize {
        self.stack.seen.lock().neighbors.len()
    }

    /// Has a connection offloaded, with a neighbor and a path of its own, and waits for that.
    ///
    /// # Errors
    /// How its node ended.
    pub fn offload(&self) -> Result<Connection, NDIS_STATUS> {
        let connection = self.start_offload(None);
        connection.wait_offloaded()
    }

    /// The same, on the path of another connection.
    ///
    /// # Errors
    /// How its node ended.
    pub fn offload_beside(&self, other: &Connection) -> Result<Connection, NDIS_STATUS> {
        let connection = self.start_offload(Some(other));
        connection.wait_offloaded()
    }

    /// Begins to have one offloaded.
    pub fn start_offload(&self, beside: Option<&Connection>) -> Connection {
        let stack = &self.stack;
        let mut seen = stack.seen.lock();
        let shared = beside.map(|other| &seen.connections[&other.key].objects);
        let objects = match shared {
            Some([neighbor, path, _]) => {
                [neighbor.share(), path.share(), Object::new(stack.machine)]
            }
            None => std::array::from_fn(|_| Object::new(stack.machine)),
        };
        let tree = Tree::whole(stack.machine, &objects);
        let root = tree.root();
        seen.next += 1;
        let key = seen.next;
        let offloaded = Offloaded {
            phase: Phase::Coming,
            calls: 0,
            objects,
            tree: Some(tree),
            last: None,
            events: Vec::new(),
            received: Vec::new(),
        };
        seen.connections.insert(key, offloaded);
        seen.asked.insert(root as usize, (key, false));
        seen.uploading &= !seen.running;
        drop(seen);
        // SAFETY: the tree lives until it is completed.
        unsafe {
            state::start(
                &stack.binding(),
                Operation::Initiate,
                root,
                "NdisInitiateOffload",
            )
        };
        Connection {
            stack: Arc::clone(stack),
            key,
        }
    }

    /// From now on no data is taken, or all is.
    pub fn refuse_data(&self, refuses: bool) {
        self.stack.seen.lock().refuses = refuses;
    }

    /// From now on received lists are kept until [`release`](Self::release).
    pub fn keep(&self) {
        self.stack.seen.lock().keeps = true;
    }

    /// Returns the lists that were kept; how many.
    pub fn release(&self) -> usize {
        self.stack.seen.lock().keeps = false;
        self.stack.release()
    }

    /// The operations on data that ended, in order.
    #[must_use]
    pub fn order(&self) -> Vec<String> {
        let seen = self.stack.seen.lock();
        seen.order
            .iter()
            .map(|(what, _)| format!("{what:?}"))
            .collect()
    }

    /// Unbinds it, and waits for that.
    pub fn end(self) {
        let machine = self.stack.machine;
        machine.ndis.remove_protocol(machine, &self.protocol);
    }
}

impl Connection {
    /// Waits until it is offloaded.
    ///
    /// # Errors
    /// How its node ended.
    pub fn wait_offloaded(self) -> Result<Self, NDIS_STATUS> {
        let phase = self
            .stack
            .wait_phase(self.key, |phase| phase != Phase::Coming);
        match phase {
            Phase::Gone(status) => Err(status),
            _ => Ok(self),
        }
    }

    fn handle(&self) -> Handle {
        self.stack.seen.lock().connections[&self.key].objects[2].handle()
    }

    /// Begins an operation on a list of this data; `None` when the connection is not offloaded (any more).
    fn start(&self, operation: Operation, data: &[u8], room: usize, flags: u32) -> Option<Under> {
        if !self.stack.enter(self.key) {
            return None;
        }
        let list = self.stack.list(data, room);
        let binding = self.stack.binding();
        // SAFETY: the list lives until it is waited for.
        unsafe { data::start(&binding, operation, self.handle(), (list, flags), "TCP/IP") };
        self.stack.leave(self.key);
        Some(Under {
            stack: Arc::clone(&self.stack),
            list: list as usize,
        })
    }

    /// # Panics
    /// When the connection is not offloaded.
    pub fn send(&self, data: &[u8]) -> Under {
        self.start(Operation::Send, data, 0, 0).expect("offloaded")
    }

    /// Posts a receive of so many bytes.
    ///
    /// # Panics
    /// When the connection is not offloaded.
    pub fn receive(&self, room: usize) -> Under {
        self.start(Operation::Receive, &[], room, 0)
            .expect("offloaded")
    }

    /// Hands a segment that came another way to the NIC.
    ///
    /// # Panics
    /// When the connection is not offloaded.
    pub fn forward(&self, segment: &[u8]) -> Under {
        self.start(Operation::Forward, segment, 0, 0)
            .expect("offloaded")
    }

    /// Data, then FIN.
    ///
    /// # Panics
    /// When the connection is not offloaded.
    pub fn disconnect(&self, data: &[u8]) -> Under {
        self.try_disconnect(data).expect("offloaded")
    }

    /// The same, unless the connection is being taken back.
    pub fn try_disconnect(&self, data: &[u8]) -> Option<Under> {
        self.start(
            Operation::Disconnect,
            data,
            0,
            TCP_DISCONNECT_GRACEFUL_CLOSE,
        )
    }

    /// RST.
    ///
    /// # Panics
    /// When the connection is not offloaded.
    pub fn abort(&self) -> Under {
        self.start(Operation::Disconnect, &[], 0, TCP_DISCONNECT_ABORTIVE_CLOSE)
            .expect("offloaded")
    }

    /// The state as the NIC has it.
    #[must_use]
    pub fn query(&self) -> Option<Knew> {
        let (status, tree) = self.ask(Operation::Query)?;
        (status == NDIS_STATUS_SUCCESS).then(|| tree.delegated())
    }

    /// Updates cached state; `None` when it is not offloaded.
    #[must_use]
    pub fn update(&self) -> Option<NDIS_STATUS> {
        self.ask(Operation::Update).map(|(status, _)| status)
    }

    #[must_use]
    pub fn invalidate(&self) -> Option<NDIS_STATUS> {
        self.ask(Operation::Invalidate).map(|(status, _)| status)
    }

    fn ask(&self, operation: Operation) -> Option<(NDIS_STATUS, Tree)> {
        if !self.stack.enter(self.key) {
            return None;
        }
        let mut seen = self.stack.seen.lock();
        let connection = &seen.connections[&self.key].objects;
        let tree = Tree::of_connection(self.stack.machine, connection, operation);
        let root = tree.root();
        seen.asked.insert(root as usize, (self.key, false));
        drop(seen);
        // SAFETY: the tree lives until it is completed.
        unsafe { state::start(&self.stack.binding(), operation, root, "TCP/IP") };
        let at = root as usize;
        self.stack.wait("CHIM-05", |seen| seen.asked[&at].1);
        self.stack.seen.lock().asked.remove(&at);
        self.stack.leave(self.key);
        Some((tree.status(), tree))
    }

    /// Takes it back, and waits for that; what the NIC knew of it.
    pub fn terminate(&self) -> (NDIS_STATUS, Option<Knew>) {
        self.stack.want_back(self.key);
        self.wait_gone()
    }

    /// Waits until it is not offloaded any more.
    pub fn wait_gone(&self) -> (NDIS_STATUS, Option<Knew>) {
        let gone = |phase| matches!(phase, Phase::Gone(_));
        let phase = self.stack.wait_phase(self.key, gone);
        let last = self.stack.seen.lock().connections[&self.key].last;
        match phase {
            Phase::Gone(status) => (status, last),
            _ => (NDIS_STATUS_FAILURE, last),
        }
    }

    /// Events that were told of it.
    #[must_use]
    pub fn events(&self) -> Vec<(u32, u32)> {
        self.stack.seen.lock().connections[&self.key].events.clone()
    }

    /// What was indicated to it.
    #[must_use]
    pub fn received(&self) -> Vec<u8> {
        self.stack.seen.lock().connections[&self.key]
            .received
            .clone()
    }
}

impl Under {
    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.stack
            .seen
            .lock()
            .lists
            .get(&self.list)
            .is_some_and(Option::is_some)
    }

    /// How it ended.
    ///
    /// # Panics
    /// When it is not under way.
    pub fn wait(self) -> Ended {
        let list = self.list;
        self.stack
            .wait("CHIM-05", |seen| seen.lists[&list].is_some());
        let ended = self.stack.seen.lock().lists.remove(&list).flatten();
        memory::release(&self.stack.machine.pool, list);
        ended.expect("it ended")
    }
}
