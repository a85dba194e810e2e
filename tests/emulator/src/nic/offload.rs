//! A NIC that carries TCP connections for those above it: it keeps their state, and answers each operation at once, later
//! or not before it is told to. CHIM-08, CHIM-09, CHIM-10, CHIM-12, CHIM-13.
//!
//! The other end of a connection is the test: it sees what is on the wire, and sends.

use std::collections::{BTreeMap, VecDeque};

use softrnic::sys::*;

use super::Segment;
use super::card::Card;
use super::memory::{self, Layout};
use crate::ndis::chimney::{
    Handle, Node, Operation, Target, complete_data, complete_state, event, nodes, received,
};
use crate::ndis::lists::{self, List};
use crate::ndis::lower::Lower;
use crate::sync::MutexGuard;

/// Bytes of a TCP header without options.
const TCP_HEADER: usize = 20;
/// Its own contexts are this and a number.
const CONTEXT: usize = 0x0FF1_0000;

/// Something it says upwards.
pub(super) enum Job {
    State(Operation, usize),
    Data(Operation, usize),
    Event(usize, u32, u32),
    /// Data that came for the connection with this number.
    Deliver(usize),
}

/// A connection, or a neighbor or path, which is none.
#[derive(Default)]
pub(super) struct Object {
    pub(super) handle: usize,
    pub(super) is_connection: bool,
    pub(super) state: TCP_OFFLOAD_CONNECTION_STATE,
    pub(super) wire: Vec<Segment>,
    pub(super) sent: u32,
    pub(super) taken: u32,
    /// Sends and a disconnect, in order, that are not acknowledged.
    pub(super) unacknowledged: VecDeque<(Operation, usize)>,
    pub(super) receives: VecDeque<usize>,
    /// Came, and nobody took it.
    pub(super) buffered: Vec<u8>,
    pub(super) fin: bool,
    pub(super) invalid: bool,
}

#[derive(Default)]
pub(super) struct Offload {
    pub(super) objects: BTreeMap<usize, Object>,
    pub(super) next: usize,
    /// The other ends are silent: nothing is acknowledged.
    pub(super) silent: bool,
    pub(super) held: bool,
    /// Its thread has a job in hand.
    pub(super) busy: bool,
    pub(super) jobs: VecDeque<Job>,
    pub(super) refused: u32,
    pub(super) parameters: Option<Vec<u8>>,
}

impl Offload {
    /// What its thread does next.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        let job = (!self.held).then(|| self.jobs.pop_front()).flatten();
        self.busy = job.is_some();
        job
    }
}

impl Card {
    fn offload(&self) -> MutexGuard<'_, super::card::Inside> {
        self.inside()
    }

    /// Says it now, or on its thread; never out of order.
    pub(super) fn say(&self, jobs: Vec<Job>) {
        let late = self.chance(2);
        let mut inside = self.offload();
        let offload = &mut inside.offload;
        let queues = late || offload.held || offload.busy || !offload.jobs.is_empty();
        if queues {
            offload.jobs.extend(jobs);
            drop(inside);
            return self.notify();
        }
        drop(inside);
        jobs.into_iter().for_each(|job| self.do_job(job));
    }

    pub(super) fn do_job(&self, job: Job) {
        match job {
            Job::State(operation, root) => {
                // SAFETY: the tree it was given.
                unsafe { complete_state(self, operation, root as Node) };
            }
            Job::Data(operation, list) => {
                // SAFETY: the list it was given.
                unsafe { complete_data(self, operation, &[list as List]) };
            }
            Job::Event(handle, kind, information) => {
                event(self.machine(), handle as Handle, kind, information);
            }
            Job::Deliver(number) => self.deliver(number),
        }
    }

    /// Data to receives that are posted, then to TCP/IP.
    fn deliver(&self, number: usize) {
        let mut inside = self.offload();
        let Some(object) = inside.offload.objects.get_mut(&number) else {
            return;
        };
        let mut filled = Vec::new();
        while !object.buffered.is_empty() {
            let Some(list) = object.receives.pop_front() else {
                break;
            };
            // SAFETY: a receive it was given.
            let taken = unsafe { fill(list as List, &object.buffered) };
            object.buffered.drain(..taken);
            object.taken += taken as u32;
            filled.push(Job::Data(Operation::Receive, list));
        }
        let (data, handle) = (std::mem::take(&mut object.buffered), object.handle);
        drop(inside);
        filled.into_iter().for_each(|job| self.do_job(job));
        if data.is_empty() {
            return;
        }
        let source = std::ptr::from_ref(self).cast_mut().cast();
        let pool = &self.machine().pool;
        let list = memory::make(pool, &data, Layout::default(), source);
        self.inside().out.insert(list as usize, list as usize);
        let success = NDIS_STATUS_SUCCESS;
        let (answer, taken) = received(self.machine(), handle as Handle, list, success);
        if let Some(object) = self.offload().offload.objects.get_mut(&number) {
            object.taken += taken;
            if answer != success {
                object
                    .buffered
                    .splice(..0, data[taken as usize..].iter().copied());
            }
        }
        if answer != success {
            self.recycle(&[list]);
        }
    }

    /// What the other end has acknowledged is completed, in order.
    pub(super) fn acknowledged(&self, number: usize) {
        let mut inside = self.offload();
        if inside.offload.silent {
            return;
        }
        let Some(object) = inside.offload.objects.get_mut(&number) else {
            return;
        };
        let done = object.end_all(NDIS_STATUS_SUCCESS);
        drop(inside);
        self.say(done);
    }

    fn initiate(&self, root: Node) {
        let mut inside = self.offload();
        // SAFETY: the tree it was given.
        let all = unsafe { nodes(root) };
        let refuses = inside.offload.refused > 0;
        inside.offload.refused -= u32::from(refuses);
        for node in all {
            // SAFETY: as above.
            unsafe {
                (*node).Status = NDIS_STATUS_SUCCESS;
                let place = (*node).MiniportOffloadContext;
                if place.is_null() || !(*place).is_null() {
                    continue;
                }
                if refuses {
                    (*node).Status = NDIS_STATUS_FAILURE;
                    continue;
                }
                inside.offload.next += 1;
                let number = CONTEXT + inside.offload.next;
                let object = Object {
                    handle: (*node).NdisOffloadHandle as usize,
                    is_connection: (*node).Header.Type == TcpOffloadState,
                    state: TcpConnectionEstablished,
                    ..Object::default()
                };
                inside.offload.objects.insert(number, object);
                *place = number as PVOID;
            }
        }
    }

    /// Ends what is under way on what goes, and gives its state back.
    fn terminate(&self, root: Node) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut inside = self.offload();
        // SAFETY: the tree it was given.
        for node in unsafe { nodes(root) } {
            // SAFETY: as above.
            let object = unsafe {
                (*node).Status = NDIS_STATUS_SUCCESS;
                (*node).NetBufferListChain = std::ptr::null_mut();
                let number = number(node);
                number.and_then(|number| inside.offload.objects.remove(&number))
            };
            let Some(mut object) = object else { continue };
            jobs.extend(object.end_all(NDIS_STATUS_UPLOAD_IN_PROGRESS));
            jobs.extend(object.end_receives(NDIS_STATUS_UPLOAD_IN_PROGRESS));
            // SAFETY: as above.
            unsafe { object.describe(node) };
        }
        jobs
    }

    fn each_of(&self, root: Node, mut what: impl FnMut(&mut Object, Node)) {
        let mut inside = self.offload();
        // SAFETY: the tree it was given.
        for node in unsafe { nodes(root) } {
            // SAFETY: as above.
            let number = unsafe {
                (*node).Status = NDIS_STATUS_SUCCESS;
                number(node)
            };
            let object = number.and_then(|number| inside.offload.objects.get_mut(&number));
            match object {
                Some(object) => what(object, node),
                // SAFETY: as above.
                None if number.is_some() => unsafe { (*node).Status = NDIS_STATUS_FAILURE },
                None => {}
            }
        }
    }

    fn disconnect(&self, number: usize, list: List, flags: u32) {
        let mut inside = self.offload();
        let Some(object) = inside.offload.objects.get_mut(&number) else {
            return;
        };
        // SAFETY: the list it was given.
        let data = unsafe { lists::bytes((*list).FirstNetBuffer) }.unwrap_or_default();
        if flags == TCP_DISCONNECT_ABORTIVE_CLOSE {
            object.wire.push(Segment::Reset);
            object.state = TcpConnectionClosed;
            let mut jobs = object.end_all(NDIS_STATUS_REQUEST_ABORTED);
            jobs.extend(object.end_receives(NDIS_STATUS_REQUEST_ABORTED));
            // SAFETY: as above.
            unsafe { (*list).Status = NDIS_STATUS_SUCCESS };
            jobs.push(Job::Data(Operation::Disconnect, list as usize));
            drop(inside);
            return self.say(jobs);
        }
        if !data.is_empty() {
            object.sent += data.len() as u32;
            object.wire.push(Segment::Data(data));
        }
        object.wire.push(Segment::Fin);
        object.state = match object.state {
            TcpConnectionCloseWait => TcpConnectionLastAck,
            _ => TcpConnectionFinWait1,
        };
        let entry = (Operation::Disconnect, list as usize);
        object.unacknowledged.push_back(entry);
        drop(inside);
        self.acknowledged(number);
    }
}

impl Object {
    /// All sends and a disconnect, with this status.
    pub(super) fn end_all(&mut self, status: NDIS_STATUS) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (operation, list) in std::mem::take(&mut self.unacknowledged) {
            let at = list as List;
            // SAFETY: a list it was given.
            unsafe {
                let buffer = (*at).FirstNetBuffer;
                let length = lists::length(&*buffer) as u32;
                (*at).Status = status;
                if status == NDIS_STATUS_SUCCESS {
                    (*at).NetBufferListInfo[TcpOffloadBytesTransferred] = length as usize as PVOID;
                    if operation == Operation::Disconnect {
                        // As NdisAdvanceNetBufferDataStart does.
                        (*buffer).DataOffset += length;
                        (*buffer).CurrentMdlOffset += length;
                        (*buffer).stDataLength = 0;
                        self.state = TcpConnectionFinWait2;
                    }
                }
            }
            jobs.push(Job::Data(operation, list));
        }
        jobs
    }

    pub(super) fn end_receives(&mut self, status: NDIS_STATUS) -> Vec<Job> {
        let all = std::mem::take(&mut self.receives).into_iter();
        all.map(|list| {
            // SAFETY: a list it was given.
            unsafe { (*(list as List)).Status = status };
            Job::Data(Operation::Receive, list)
        })
        .collect()
    }

    /// Writes the delegated state behind a connection's node.
    unsafe fn describe(&self, node: Node) {
        // SAFETY: the caller's node.
        if unsafe { (*node).Header.Type } != TcpOffloadDelegatedState {
            return;
        }
        let state = TCP_OFFLOAD_STATE_DELEGATED {
            State: self.state,
            SndNxt: self.sent,
            RcvNxt: self.taken,
            ..Default::default()
        };
        // SAFETY: the state follows its node.
        unsafe {
            node.add(1)
                .cast::<TCP_OFFLOAD_STATE_DELEGATED>()
                .write_unaligned(state)
        };
    }
}

/// The number of an object, from its node.
unsafe fn number(node: Node) -> Option<usize> {
    // SAFETY: the caller's node.
    let place = unsafe { (*node).MiniportOffloadContext };
    // SAFETY: a place is valid while the tree is here.
    (!place.is_null()).then(|| unsafe { *place } as usize)
}

/// Copies data into a posted receive; how much.
unsafe fn fill(list: List, data: &[u8]) -> usize {
    // SAFETY: the caller's list.
    unsafe {
        let pieces = lists::pieces((*list).FirstNetBuffer).unwrap_or_default();
        let mut taken = 0;
        for (start, room) in pieces {
            let here = room.min(data.len() - taken);
            std::ptr::copy_nonoverlapping(data[taken..].as_ptr(), start, here);
            taken += here;
        }
        (*list).Status = NDIS_STATUS_SUCCESS;
        (*list).NetBufferListInfo[TcpOffloadBytesTransferred] = taken as PVOID;
        taken
    }
}

impl Target for Card {
    fn state(&self, operation: Operation, root: Node) {
        let mut jobs = Vec::new();
        match operation {
            Operation::Initiate => self.initiate(root),
            Operation::Terminate => jobs = self.terminate(root),
            Operation::Invalidate => self.each_of(root, |object, _| object.invalid = true),
            Operation::Query => self.each_of(root, |object, node| {
                // SAFETY: the tree it was given.
                unsafe { object.describe(node) };
            }),
            _ => self.each_of(root, |_, _| {}),
        }
        jobs.push(Job::State(operation, root as usize));
        self.say(jobs);
    }

    fn data(
        &self,
        operation: Operation,
        connection: PVOID,
        first: List,
        flags: u32,
    ) -> NDIS_STATUS {
        // SAFETY: a place with its own context, as documented.
        let number = unsafe { connection.cast::<PVOID>().read() } as usize;
        // SAFETY: the lists it was given.
        for list in unsafe { lists::chain(first) } {
            // SAFETY: as above.
            let data = unsafe { lists::bytes((*list).FirstNetBuffer) }.unwrap_or_default();
            match operation {
                Operation::Disconnect => self.disconnect(number, list, flags),
                Operation::Send => {
                    if let Some(object) = self.offload().offload.objects.get_mut(&number) {
                        object.sent += data.len() as u32;
                        object.wire.push(Segment::Data(data));
                        object.unacknowledged.push_back((operation, list as usize));
                    }
                    self.acknowledged(number);
                }
                Operation::Receive => {
                    if let Some(object) = self.offload().offload.objects.get_mut(&number) {
                        object.receives.push_back(list as usize);
                    }
                    self.say(vec![Job::Deliver(number)]);
                }
                _ => {
                    if let Some(object) = self.offload().offload.objects.get_mut(&number) {
                        object.buffered.extend(data.iter().skip(TCP_HEADER));
                    }
                    // SAFETY: as above.
                    unsafe { (*list).Status = NDIS_STATUS_SUCCESS };
                    let forwarded = Job::Data(operation, list as usize);
                    self.say(vec![forwarded, Job::Deliver(number)]);
                }
            }
        }
        NDIS_STATUS_PENDING
    }

    fn take_back_data(&self, first: List) {
        // SAFETY: lists it indicated.
        self.recycle(&unsafe { lists::chain(first) });
    }
}
