//! Net buffer lists: sends and who owns them, and receives. NDIS-NBL-01..08.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::*;

use super::adapter::Adapter;
use super::lists::{self, List, no_lock_held};
use super::miniport::{LifeState, Miniport};
use super::offload::{Beside, Offloads};
use super::protocol::{self, Binding};
use crate::bridge;
use crate::clock;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, MDL};

/// NDIS-NBL-08: within this a send is completed.
const LIMIT: Duration = Duration::from_secs(30);
/// NDIS-NBL-08: within this one of those that pend is.
const HANG: Duration = Duration::from_secs(22);
const SOURCE_IS_NONPAGED_POOL: i16 = 0x0004;

/// Sent lists and their results.
#[derive(Default)]
pub(crate) struct Outstanding {
    sent: Vec<usize>,
    done: Vec<(usize, NDIS_STATUS)>,
    /// Which binding sent it; the host did where none is named.
    from: HashMap<usize, Arc<Binding>>,
    /// Lists that the driver indicated and that have not come back.
    pub(super) indicated: HashSet<usize>,
    /// When a driver completed one last.
    completed: u64,
}

/// A frame with the structures that describe it.
struct Frame {
    list: Box<NET_BUFFER_LIST>,
    buffer: Box<NET_BUFFER>,
    mdl: Box<MDL>,
    _data: Vec<u8>,
}

impl Frame {
    fn new(data: &[u8], source: NDIS_HANDLE) -> Self {
        let mut data = data.to_vec();
        let mut mdl = Box::new(MDL {
            Next: std::ptr::null_mut(),
            Size: size_of::<MDL>() as i16,
            MdlFlags: SOURCE_IS_NONPAGED_POOL,
            Process: 0,
            MappedSystemVa: data.as_mut_ptr().cast(),
            StartVa: ((data.as_ptr() as usize) & !0xFFF) as PVOID,
            ByteCount: data.len() as u32,
            ByteOffset: (data.as_ptr() as usize & 0xFFF) as u32,
        });
        let mut buffer = Box::new(NET_BUFFER::default());
        buffer.CurrentMdl = (&raw mut *mdl).cast();
        buffer.MdlChain = buffer.CurrentMdl;
        buffer.stDataLength = data.len() as u64;
        let mut list = Box::new(NET_BUFFER_LIST::default());
        list.FirstNetBuffer = &raw mut *buffer;
        list.SourceHandle = source;
        Self {
            list,
            buffer,
            mdl,
            _data: data,
        }
    }

    fn address(&self) -> usize {
        &raw const *self.list as usize
    }

    /// NDIS-NBL-02: fields come back as they went.
    fn check_restored(&self) {
        let same = std::ptr::eq(self.buffer.MdlChain.cast::<MDL>(), &raw const *self.mdl)
            && self.buffer.DataOffset == 0
            && std::ptr::eq(self.list.FirstNetBuffer, &raw const *self.buffer);
        if !same {
            violation(
                "NDIS-NBL-02",
                "a sent net buffer list came back with its buffers changed",
            );
        }
    }
}

impl Adapter {
    /// Sends frames in one call and waits until each is completed; their results, in order.
    pub fn send(&self, frames: &[&[u8]]) -> Vec<NDIS_STATUS> {
        let state = self.miniport.life();
        assert!(
            !matches!(state, LifeState::Halted | LifeState::Initializing),
            "a send on an adapter that is {state:?}"
        );
        let source = self.miniport.handle();
        let mut sent: Vec<Frame> = frames.iter().map(|data| Frame::new(data, source)).collect();
        let addresses: Vec<usize> = sent.iter().map(Frame::address).collect();
        for index in (1..sent.len()).rev() {
            sent[index - 1].list.Next = addresses[index] as *mut NET_BUFFER_LIST;
        }
        let Some(&first) = addresses.first() else {
            return Vec::new();
        };
        self.miniport.sends.lock().sent.extend(&addresses);
        let Some(handler) = self.miniport.driver.handlers.SendNetBufferListsHandler else {
            return Vec::new();
        };
        bridge::callback("MiniportSendNetBufferLists", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe {
                handler(
                    self.miniport.context(),
                    first as *mut NET_BUFFER_LIST,
                    NDIS_DEFAULT_PORT_NUMBER,
                    0,
                )
            }
        });
        let results = self.collect(&addresses);
        sent.iter().for_each(Frame::check_restored);
        results
    }

    fn collect(&self, addresses: &[usize]) -> Vec<NDIS_STATUS> {
        let mut sends = self.miniport.sends.lock();
        let missing =
            |sends: &Outstanding| addresses.iter().any(|address| sends.sent.contains(address));
        let (late, start) = (clock::after(LIMIT), clock::after(HANG));
        while missing(&sends) {
            let hangs = start.max(sends.completed + HANG.as_nanos() as u64);
            if clock::nanoseconds() >= late.min(hangs) {
                let still = (late <= hangs).then_some(("NDIS-NBL-08", LIMIT));
                drop(sends);
                let (rule, limit) = still.unwrap_or(("NDIS-NBL-08-HANG", HANG));
                violation(rule, &format!("sends were not completed within {limit:?}"));
            }
            let until = Some(late.min(hangs));
            self.miniport.sends_done.wait_until(&mut sends, until);
        }
        let result = |sends: &Outstanding, address: usize| {
            sends
                .done
                .iter()
                .find(|(done, _)| *done == address)
                .map_or(NDIS_STATUS_FAILURE, |(_, status)| *status)
        };
        let results = addresses
            .iter()
            .map(|&address| result(&sends, address))
            .collect();
        sends.done.retain(|(done, _)| !addresses.contains(done));
        results
    }

    pub(super) fn outstanding_sends(&self) -> usize {
        self.miniport.sends.lock().sent.len()
    }
}

/// At most DISPATCH_LEVEL. Each sent list is completed exactly once.
pub(super) unsafe extern "win64" fn NdisMSendNetBufferListsComplete(
    handle: NDIS_HANDLE,
    lists: *mut NET_BUFFER_LIST,
    flags: u32,
) {
    let thread = thread::enter("NdisMSendNetBufferListsComplete", DISPATCH_LEVEL);
    no_lock_held("NdisMSendNetBufferListsComplete");
    let says_dispatch = flags & NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL != 0;
    lists::expect_level("NdisMSendNetBufferListsComplete", says_dispatch);
    let mut sent: Vec<(List, Arc<Binding>)> = Vec::new();
    let adapter = thread
        .machine
        .ndis
        .adapter(handle, "NdisMSendNetBufferListsComplete");
    let mut sends = adapter.sends.lock();
    let mut next = lists;
    while !next.is_null() {
        let Some(at) = sends.sent.iter().position(|sent| *sent == next as usize) else {
            drop(sends);
            violation(
                "NDIS-NBL-02",
                "a net buffer list is completed that was not sent, or is completed twice",
            );
        };
        sends.sent.swap_remove(at);
        sends.completed = clock::nanoseconds();
        let from = sends.from.remove(&(next as usize));
        // SAFETY: it was sent by us and not completed before.
        let list = unsafe { &mut *next };
        if list.Status == NDIS_STATUS_PENDING {
            violation(
                "NDIS-NBL-02",
                "a net buffer list is completed with NDIS_STATUS_PENDING",
            );
        }
        match from {
            Some(binding) => sent.push((next, binding)),
            None => sends.done.push((next as usize, list.Status)),
        }
        next = list.Next;
    }
    drop(sends);
    adapter.sends_done.notify_all();
    // One call for each run of the same binding's.
    for run in sent.chunk_by(|one, other| Arc::ptr_eq(&one.1, &other.1)) {
        let lists: Vec<List> = run.iter().map(|(list, _)| *list).collect();
        run[0].1.complete_sends(&lists);
    }
}

/// At most DISPATCH_LEVEL. The bindings above get what they want; the rest goes back at once.
pub(super) unsafe extern "win64" fn NdisMIndicateReceiveNetBufferLists(
    handle: NDIS_HANDLE,
    first: List,
    _port: u32,
    count: u32,
    flags: u32,
) {
    let call = "NdisMIndicateReceiveNetBufferLists";
    let thread = thread::enter("NdisMIndicateReceiveNetBufferLists", DISPATCH_LEVEL);
    no_lock_held(call);
    lists::expect_level(call, flags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL != 0);
    let adapter = thread.machine.ndis.adapter(handle, call);
    // NDIS-LIFE-01: an indication may have begun before the pause did, which waits for it.
    let receives = [
        LifeState::Restarting,
        LifeState::Running,
        LifeState::Pausing,
    ];
    if !receives.contains(&adapter.life()) {
        violation(
            "NDIS-LIFE-09",
            &format!(
                "a receive is indicated while the adapter is {:?}",
                adapter.life()
            ),
        );
    }
    // SAFETY: the driver passes a chain of its lists.
    let lists = unsafe { lists::chain(first) };
    // SAFETY: as above.
    let foreign = |&&list: &&List| unsafe { (*list).SourceHandle } != handle;
    if lists.len() != count as usize || lists.iter().find(foreign).is_some() {
        violation(
            "NDIS-NBL-05",
            "a receive is indicated with a wrong number of lists, or another SourceHandle than the adapter's",
        );
    }
    let ever = adapter.ever_told();
    for &list in &lists {
        // SAFETY: as above.
        unsafe {
            Beside::of(list).expect_told(&ever);
            lists::expect_whole(list, call);
        }
    }
    let keeps = flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0;
    if keeps && !lists.iter().all(|&list| adapter.indicates(list)) {
        violation(
            "NDIS-NBL-05",
            "a net buffer list is indicated that has not come back",
        );
    }
    protocol::indicate(&*adapter, &lists, flags);
    if !keeps {
        // SAFETY: with RESOURCES the driver's lists are its own again, as they were.
        unsafe { lists::link(&lists) };
    }
}

impl Miniport {
    /// What the driver ever said that the adapter does.
    fn ever_told(&self) -> Offloads {
        let attributes = self.attributes();
        let options = attributes.general.map_or(0, |general| general.MacOptions);
        attributes.ever.with_mac_options(options)
    }

    /// The driver indicates a list that is to come back; false when it has not come back before.
    fn indicates(&self, list: List) -> bool {
        self.sends.lock().indicated.insert(list as usize)
    }

    /// Lists that were indicated are the driver's again.
    pub(super) fn returns(&self, lists: &[List]) {
        let mut sends = self.sends.lock();
        for &list in lists {
            sends.indicated.remove(&(list as usize));
        }
        drop(sends);
        let Some(handler) = self.driver.handlers.ReturnNetBufferListsHandler else {
            return;
        };
        let dispatch = thread::current().irql() == DISPATCH_LEVEL;
        let flag = NDIS_RETURN_FLAGS_DISPATCH_LEVEL;
        let flags = if dispatch { flag } else { 0 };
        // SAFETY: the driver's lists, which nobody has.
        let first = unsafe { lists::link(lists) };
        bridge::callback("MiniportReturnNetBufferLists", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.context(), first, flags) }
        });
    }

    /// A binding above sends.
    pub(super) fn sends_for(&self, binding: &Arc<Binding>, lists: &[List]) {
        let mut sends = self.sends.lock();
        for &list in lists {
            sends.sent.push(list as usize);
            sends.from.insert(list as usize, Arc::clone(binding));
        }
        drop(sends);
        let Some(handler) = self.driver.handlers.SendNetBufferListsHandler else {
            return;
        };
        let dispatch = thread::current().irql() == DISPATCH_LEVEL;
        let flag = NDIS_SEND_FLAGS_DISPATCH_LEVEL;
        let flags = if dispatch { flag } else { 0 };
        // SAFETY: the lists are the adapter's now.
        let first = unsafe { lists::link(lists) };
        bridge::callback("MiniportSendNetBufferLists", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.context(), first, NDIS_DEFAULT_PORT_NUMBER, flags) }
        });
    }
}
