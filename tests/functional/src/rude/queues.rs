//! Completion queues, queue pairs and shared receive queues of the rude consumer.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use softrnic_consumer::NtStatus;
use softrnic_consumer::abi::{
    NDK_CQ, NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_SOLICITED, NDK_OP_FLAG_ALLOW_REMOTE_READ,
    NDK_OP_FLAG_DEFER, NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT,
    NDK_OP_FLAG_SILENT_SUCCESS, NDK_QP, NDK_RESULT_EX, NDK_SRQ,
};

use super::{Handle, Mr, Mw, Random, World};
use crate::locked::Locked;
use crate::raw;

const DEPTH: u32 = 256;
const QUEUE: u32 = 8;

/// Posted and not back, receives and initiator requests.
#[derive(Default)]
pub struct Counts([AtomicIsize; 2]);

/// A completion queue.
pub struct Cq {
    handle: Handle,
    adapter: usize,
    /// NDK-CQ-01: held while it is polled or armed.
    polling: Locked<()>,
    /// Entries that its queue pairs may still be made for (NDK-CQ-21).
    room: AtomicIsize,
}

/// What a notification finds its queue by: nothing once the queue is being closed.
struct Noticed {
    cq: OnceLock<Weak<Cq>>,
    world: Arc<World>,
}

impl Cq {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        if world.cqs.len() >= 8 {
            return;
        }
        let adapter = random.index(2);
        let noticed = Arc::new(Noticed {
            cq: OnceLock::new(),
            world: world.clone(),
        });
        let (opened, context) = (world.adapter(adapter), Arc::as_ptr(&noticed));
        let raw = opened.raw();
        let mut cq: *mut NDK_CQ = ptr::null_mut();
        // SAFETY: the adapter is open; the context is kept until the queue's close has completed.
        let status = NtStatus(unsafe {
            ((*(*raw).Dispatch).NdkCreateCq.expect("NDK-VER-05"))(
                raw,
                DEPTH,
                Some(notification),
                context.cast_mut().cast(),
                ptr::null_mut(),
                None,
                ptr::null_mut(),
                &raw mut cq,
            )
        });
        assert_eq!(status, NtStatus::SUCCESS, "NdkCreateCq");
        let cq = Arc::new(Self {
            handle: Handle::new(world, cq.cast(), noticed.clone()),
            adapter,
            polling: Locked::default(),
            room: AtomicIsize::new(DEPTH as isize),
        });
        let _first = noticed.cq.set(Arc::downgrade(&cq));
        cq.drain(world, NDK_CQ_NOTIFY_ANY);
        world.cqs.add(cq);
    }

    pub(super) fn raw(&self) -> *mut NDK_CQ {
        self.handle.raw()
    }

    /// Takes what is there and arms again.
    fn drain(&self, world: &World, arm: u32) {
        let cq = self.raw();
        self.polling.with(|()| {
            loop {
                let mut results = [NDK_RESULT_EX::default(); 4];
                // SAFETY: the queue is open, the array has four entries, polls are serialised.
                let count = unsafe {
                    ((*(*cq).Dispatch).NdkGetCqResultsEx.expect("NDK-VER-05"))(
                        cq,
                        results.as_mut_ptr(),
                        4,
                    )
                };
                results[..count as usize]
                    .iter()
                    .for_each(|result| world.back(result));
                if count == 0 {
                    break;
                }
            }
            // SAFETY: as above.
            unsafe { ((*(*cq).Dispatch).NdkArmCq.expect("NDK-VER-05"))(cq, arm) };
        });
    }

    pub(super) fn poll(world: &Arc<World>, random: &mut Random) {
        if let Some(cq) = world.cqs.pick(random) {
            let kinds = [NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_SOLICITED];
            cq.drain(world, kinds[random.index(2)]);
        }
    }

    /// Entries for a queue pair of that many requests.
    fn reserve(&self, entries: isize) -> bool {
        let before = self.room.fetch_sub(entries, Ordering::SeqCst);
        if before < entries {
            self.room.fetch_add(entries, Ordering::SeqCst);
        }
        before >= entries
    }
}

unsafe extern "win64" fn notification(context: *mut c_void, status: i32) {
    // SAFETY: kept until the queue's close has completed.
    let noticed = unsafe { &*context.cast::<Noticed>() };
    assert_eq!(NtStatus(status), NtStatus::SUCCESS, "nothing overruns");
    let (world, mut random) = (&noticed.world, noticed.world.choose());
    if let Some(cq) = noticed.cq.get().and_then(Weak::upgrade) {
        cq.drain(world, NDK_CQ_NOTIFY_ANY);
        if random.one_in(40) {
            drop(world.cqs.forget(&cq));
        }
    }
    if random.one_in(4) {
        world.act(&mut random);
    }
}

impl World {
    /// A request came back.
    fn back(&self, result: &NDK_RESULT_EX) {
        let counts = self.counts.lock();
        let counts = counts[result.QPContext as usize].clone();
        // The lowest bits of a request's context say what it counts as.
        let context = result.RequestContext as usize;
        if context & 2 == 0 {
            counts.0[context & 1].fetch_sub(1, Ordering::SeqCst);
        }
        if NtStatus(result.Status) == NtStatus::SUCCESS {
            self.seen.succeeded.fetch_add(1, Ordering::Relaxed);
        } else {
            self.seen.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A queue pair.
pub struct Qp {
    handle: Handle,
    pub(super) adapter: usize,
    pd: usize,
    /// NDK-POST-03: held while a request is posted, for each queue.
    posting: [Locked<()>; 2],
    counts: Arc<Counts>,
    cqs: [Weak<Cq>; 2],
    shared: bool,
    /// Some connector had it.
    used: AtomicBool,
    /// It was connected.
    ready: AtomicBool,
    next: AtomicUsize,
    /// The consumer's own flush at the end has begun.
    ending: AtomicBool,
}

/// Bytes of a receive, more than any send has.
const ROOM: u32 = 9216;
const RECEIVE: usize = 0;
const INITIATOR: usize = 1;

impl Qp {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        let Some(pd) = world.pds.pick(random).filter(|_| world.qps.len() < 24) else {
            return;
        };
        let near = |cq: &Cq| cq.adapter == pd.adapter;
        let cqs = [
            world.cqs.pick_one(random, near),
            world.cqs.pick_one(random, near),
        ];
        let [Some(cq), Some(other)] = cqs else { return };
        let srq = world.srqs.pick(random).filter(|_| random.one_in(3));
        let srq = srq.filter(|srq| srq.adapter == pd.adapter && srq.pd == pd.raw() as usize);
        // A shared queue's receives may all come to this one.
        let receives = srq.as_ref().map_or(QUEUE, |_| SHARED) as isize;
        if !cq.reserve(receives) || !other.reserve(QUEUE as isize) {
            return;
        }
        let counts = Arc::new(Counts::default());
        let context = {
            let mut all = world.counts.lock();
            all.push(counts.clone());
            all.len() - 1
        };
        let raw = match &srq {
            Some(srq) => raw::qp_with_srq(pd.raw(), [cq.raw(), other.raw()], srq.raw(), context),
            None => raw::qp_with(pd.raw(), [cq.raw(), other.raw()], QUEUE, context),
        };
        world.qps.add(Arc::new(Self {
            handle: Handle::new(world, raw.cast(), ()),
            adapter: pd.adapter,
            pd: pd.raw() as usize,
            posting: [Locked::default(), Locked::default()],
            counts,
            cqs: [Arc::downgrade(&cq), Arc::downgrade(&other)],
            shared: srq.is_some(),
            used: AtomicBool::new(false),
            ready: AtomicBool::new(false),
            next: AtomicUsize::new(1),
            ending: AtomicBool::new(false),
        }));
    }

    /// One of adapter `n` for a connector: mostly one that none had yet.
    pub(super) fn unused(world: &World, random: &mut Random, n: usize) -> Option<Arc<Self>> {
        let rude = random.one_in(20);
        let fits = |qp: &Self| qp.adapter == n && (rude || !qp.used.swap(true, Ordering::SeqCst));
        world.qps.pick_one(random, fits)
    }

    pub(super) fn is_used(&self, used: bool) {
        self.used.store(used, Ordering::SeqCst);
    }

    pub(super) fn is_ready(&self) {
        self.ready.store(true, Ordering::SeqCst);
    }

    pub(super) fn raw(&self) -> *mut NDK_QP {
        self.handle.raw()
    }

    /// A context that says which queue a request is of, and whether it counts: a silent one may never come back.
    fn request(&self, queue: usize, flags: u32) -> usize {
        let silent = usize::from(flags & NDK_OP_FLAG_SILENT_SUCCESS != 0);
        self.next.fetch_add(1, Ordering::Relaxed) << 2 | silent << 1 | queue
    }

    /// Makes a post, counted before it is made.
    fn post_to(&self, queue: usize, flags: u32, post: impl FnOnce(usize) -> NtStatus) {
        self.posting[queue].with(|()| {
            if self.ending.load(Ordering::SeqCst) {
                return;
            }
            let context = self.request(queue, flags);
            let counts = isize::from(context & 2 == 0);
            self.counts.0[queue].fetch_add(counts, Ordering::SeqCst);
            let status = post(context);
            assert!(!status.is_pending(), "NDK-POST-02");
            if status != NtStatus::SUCCESS {
                self.counts.0[queue].fetch_sub(counts, Ordering::SeqCst);
            }
        });
    }

    /// Posts something on one.
    pub(super) fn post(world: &Arc<World>, random: &mut Random) {
        let any = random.one_in(4);
        let fits = |qp: &Self| any || qp.ready.load(Ordering::SeqCst);
        let Some(qp) = world.qps.pick_one(random, fits) else {
            return;
        };
        // Memory of its own domain, mostly: else the request fails, and with it the connection.
        let fits = |mr: &Mr| mr.pd == qp.pd;
        let mr = if random.one_in(100) {
            world.mrs.pick(random)
        } else {
            world.mrs.pick_one(random, fits)
        };
        let Some(mr) = mr else { return };
        let (handle, mut sge) = (handle(qp.raw()), mr.sge(random));
        let flags = flags(random);
        if random.one_in(2) && !qp.shared {
            sge.Length = ROOM;
            qp.post_to(RECEIVE, 0, |context| handle.receive(context, &[sge]));
            return;
        }
        let remote = world.mrs.pick_one(random, |mr| mr.adapter != qp.adapter);
        let (address, token) = remote.map_or((0, 1), |mr| (mr.address(), mr.token()));
        // An address beyond the region now and then: a protection error, which ends the connection.
        let address = address + if random.one_in(60) { 1 << 30 } else { 0 };
        let kind = random.index(8);
        qp.post_to(INITIATOR, flags, |context| match kind {
            0 | 1 => handle.write(context, &[sge], address, token, flags),
            2 => handle.read(context, &[sge], address, token, flags),
            3 => handle.send_and_invalidate(context, &[sge], flags, token),
            _ => handle.send(context, &[sge], flags),
        });
    }

    /// Binds or invalidates a window.
    pub(super) fn manage(&self, _world: &Arc<World>, random: &mut Random, mr: &Mr, mw: &Mw) {
        let (qp, flags) = (
            handle(self.raw()),
            flags(random) & !NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT,
        );
        let bind = random.one_in(2);
        let (region, window, address) = (mr.raw(), mw.raw(), mr.address());
        self.post_to(INITIATOR, flags, |context| {
            if !bind {
                return qp.invalidate(context, mw.header(), flags);
            }
            let raw = qp.raw();
            // SAFETY: all three are open.
            NtStatus(unsafe {
                ((*(*raw).Dispatch).NdkBind.expect("NDK-VER-05"))(
                    raw,
                    context as *mut c_void,
                    region,
                    window,
                    address as *mut c_void,
                    4096,
                    flags | NDK_OP_FLAG_ALLOW_REMOTE_READ,
                )
            })
        });
    }

    /// NDK-POST-05: beside anything.
    pub(super) fn flush(world: &Arc<World>, random: &mut Random) {
        if let Some(qp) = world.qps.pick(random) {
            handle(qp.raw()).flush();
        }
    }

    /// Nothing is posted any more, and all that was comes back.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
        self.posting.iter().for_each(|queue| queue.with(|()| ()));
        handle(self.raw()).flush();
    }

    /// Whether everything came back that can: nothing more is told by a queue that is closed.
    pub(super) fn is_quiet(&self, world: &World) -> bool {
        let cqs = self.cqs.iter().zip(&self.counts.0);
        let quiet = |(cq, count): (&Weak<Cq>, &AtomicIsize)| {
            let Some(cq) = cq.upgrade() else { return true };
            cq.drain(world, NDK_CQ_NOTIFY_ANY);
            self.shared || count.load(Ordering::SeqCst) <= 0
        };
        cqs.map(quiet).fold(true, |all, quiet| all & quiet)
    }
}

fn flags(random: &mut Random) -> u32 {
    [
        (6, NDK_OP_FLAG_SILENT_SUCCESS),
        (6, NDK_OP_FLAG_READ_FENCE),
        (4, NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT),
        (6, NDK_OP_FLAG_DEFER),
    ]
    .into_iter()
    .filter(|(times, _)| random.one_in(*times))
    .fold(0, |flags, (_, flag)| flags | flag)
}

/// The consumer crate's posting calls.
pub(super) fn handle(qp: *mut NDK_QP) -> softrnic_consumer::QpHandle {
    softrnic_consumer::QpHandle::of(qp)
}

/// The depth of a shared receive queue.
const SHARED: u32 = 16;

/// A shared receive queue.
pub struct Srq {
    handle: Handle,
    adapter: usize,
    /// Its protection domain, to compare with: a queue pair must be of the same.
    pd: usize,
    posting: Locked<usize>,
}

/// What a notification finds its queue by.
struct Low {
    srq: OnceLock<Weak<Srq>>,
    world: Arc<World>,
}

impl Srq {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        let Some(pd) = world.pds.pick(random).filter(|_| world.srqs.len() < 3) else {
            return;
        };
        let low = Arc::new(Low {
            srq: OnceLock::new(),
            world: world.clone(),
        });
        let context = Arc::as_ptr(&low).cast_mut().cast();
        let raw = raw::srq(pd.raw(), SHARED, Some(running_low), context);
        let srq = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), low.clone()),
            adapter: pd.adapter,
            pd: pd.raw() as usize,
            posting: Locked::new(0),
        });
        let _first = low.srq.set(Arc::downgrade(&srq));
        world.srqs.add(srq);
    }

    pub(super) fn raw(&self) -> *mut NDK_SRQ {
        self.handle.raw()
    }

    fn post(&self, world: &Arc<World>, random: &mut Random) {
        let Some(mr) = world.mrs.pick_one(random, |mr| mr.pd == self.pd) else {
            return;
        };
        let (srq, mut sge) = (self.raw(), mr.sge(random));
        sge.Length = ROOM;
        self.posting.with(|next| {
            *next += 4;
            // SAFETY: the queue is open; the list is read during the call only.
            let _full = unsafe {
                ((*(*srq).Dispatch).NdkSrqReceive.expect("NDK-VER-05"))(
                    srq,
                    *next as *mut c_void,
                    &raw const sge,
                    1,
                )
            };
        });
    }

    /// Posts, or sets another threshold.
    pub(super) fn change(world: &Arc<World>, random: &mut Random) {
        let Some(srq) = world.srqs.pick(random) else {
            return;
        };
        if random.index(4) != 0 {
            return srq.post(world, random);
        }
        let (raw, threshold, own) = (srq.raw(), 1 + random.index(4) as u32, world.clone());
        world.pending.fetch_add(1, Ordering::SeqCst);
        let returned = raw::request(
            // SAFETY: the queue is open.
            |completion, context| unsafe {
                ((*(*raw).Dispatch).NdkModifySrq.expect("NDK-VER-05"))(
                    raw, 0, threshold, completion, context,
                )
            },
            move |_| {
                own.pending.fetch_sub(1, Ordering::SeqCst);
            },
        );
        if !returned.is_pending() {
            assert_eq!(returned, NtStatus::SUCCESS, "NdkModifySrq");
            world.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

unsafe extern "win64" fn running_low(context: *mut c_void, _status: i32) {
    // SAFETY: kept until the queue's close has completed.
    let low = unsafe { &*context.cast::<Low>() };
    let mut random = low.world.choose();
    if let Some(srq) = low.srq.get().and_then(Weak::upgrade) {
        srq.post(&low.world, &mut random);
    }
    if random.one_in(4) {
        low.world.act(&mut random);
    }
}
