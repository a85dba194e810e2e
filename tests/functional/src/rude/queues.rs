//! Completion queues and queue pairs of the rude consumer.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use softrnic_consumer::NtStatus;
use softrnic_consumer::abi::{
    NDK_CQ, NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_SOLICITED, NDK_OP_FLAG_ALLOW_REMOTE_READ,
    NDK_OP_FLAG_DEFER, NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT,
    NDK_OP_FLAG_SILENT_SUCCESS, NDK_QP, NDK_RESULT_EX,
};

use super::{Handle, Mr, Mw, Random, Route, World, srq};
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
        let context = Arc::as_ptr(&noticed).cast_mut().cast();
        // The context is kept until the queue's close has completed.
        let created = raw::attempt::cq(&world.adapter(adapter), DEPTH, Some(notification), context);
        let Some(raw) = world.made("NdkCreateCq", created) else {
            return;
        };
        let cq = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), noticed.clone()),
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

    /// NDK-CQ-27: beside anything; never to less than its queue pairs may fill.
    pub(super) fn resize(world: &Arc<World>, random: &mut Random) {
        let Some(cq) = world.cqs.pick(random) else {
            return;
        };
        let (raw, depth) = (cq.raw(), DEPTH + random.below(u64::from(DEPTH)) as u32);
        // SAFETY: the queue is open.
        let status = NtStatus(unsafe {
            let resize = (*(*raw).Dispatch).NdkResizeCq.expect("NDK-VER-05");
            resize(raw, depth, None, ptr::null_mut())
        });
        let _resized = world.went_well("NdkResizeCq", status);
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
    route: OnceLock<Route>,
    next: AtomicUsize,
    /// The consumer's own flush at the end has begun.
    ending: AtomicBool,
}

/// Bytes of a receive, more than any send has.
pub(super) const ROOM: u32 = 9216;
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
        let receives = srq.as_ref().map_or(QUEUE, |_| srq::DEPTH) as isize;
        if !cq.reserve(receives) || !other.reserve(QUEUE as isize) {
            return;
        }
        let counts = Arc::new(Counts::default());
        let context = {
            let mut all = world.counts.lock();
            all.push(counts.clone());
            all.len() - 1
        };
        let queues = [cq.raw(), other.raw()];
        let created = match &srq {
            Some(srq) => raw::attempt::qp_with_srq(pd.raw(), queues, srq.raw(), context),
            None => raw::attempt::qp(pd.raw(), queues, QUEUE, context),
        };
        // The room that was taken for one that is not made stays taken: less is never wrong.
        let Some(raw) = world.made("NdkCreateQp", created) else {
            return;
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
            route: OnceLock::new(),
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

    pub(super) fn is_ready(&self, world: &World, route: Option<Route>) {
        if let Some(route) = route {
            world.routes.add(route, self.pd);
            let _first = self.route.set(route);
        }
        self.ready.store(true, Ordering::SeqCst);
    }

    pub(super) fn raw(&self) -> *mut NDK_QP {
        self.handle.raw()
    }

    /// Whether it is connected, of domain `pd`.
    pub(super) fn serves(&self, pd: usize) -> bool {
        self.pd == pd && self.ready.load(Ordering::SeqCst)
    }

    /// A context that says which queue a request is of, and whether it counts: a silent one may never come back.
    fn request(&self, queue: usize, flags: u32) -> usize {
        let silent = usize::from(flags & NDK_OP_FLAG_SILENT_SUCCESS != 0);
        self.next.fetch_add(1, Ordering::Relaxed) << 2 | silent << 1 | queue
    }

    /// A request of the initiator; whether it was taken.
    pub(super) fn initiate(&self, flags: u32, post: impl FnOnce(usize) -> NtStatus) -> bool {
        self.post_to(INITIATOR, flags, post)
    }

    /// Makes a post, counted before it is made; whether it was taken.
    fn post_to(&self, queue: usize, flags: u32, post: impl FnOnce(usize) -> NtStatus) -> bool {
        self.posting[queue].with(|()| {
            if self.ending.load(Ordering::SeqCst) {
                return false;
            }
            let context = self.request(queue, flags);
            let counts = isize::from(context & 2 == 0);
            self.counts.0[queue].fetch_add(counts, Ordering::SeqCst);
            let status = post(context);
            assert!(!status.is_pending(), "NDK-POST-02");
            let taken = status == NtStatus::SUCCESS;
            if !taken {
                self.counts.0[queue].fetch_sub(counts, Ordering::SeqCst);
            }
            taken
        })
    }

    /// Posts something on one.
    pub(super) fn post(world: &Arc<World>, random: &mut Random) {
        let any = random.one_in(4);
        let fits = |qp: &Self| any || qp.ready.load(Ordering::SeqCst);
        let Some(qp) = world.qps.pick_one(random, fits) else {
            return;
        };
        // Memory of its own domain, mostly: else the request fails, and with it the connection.
        let mr = if random.one_in(200) {
            world.mrs.pick(random)
        } else {
            world.mrs.pick_one(random, |mr| mr.serves(qp.pd))
        };
        let Some(mr) = mr else { return };
        let (handle, mut sge) = (handle(qp.raw()), mr.sge(random));
        let flags = flags(random);
        if random.one_in(2) && !qp.shared {
            sge.Length = ROOM;
            qp.post_to(RECEIVE, 0, |context| handle.receive(context, &[sge]));
            return;
        }
        let (address, token) = qp.remote(world, random);
        // An address beyond the region now and then: a protection error, which ends the connection.
        let address = address + if random.one_in(200) { 1 << 30 } else { 0 };
        let kind = random.below(8);
        qp.initiate(flags, |context| match kind {
            0 | 1 => handle.write(context, &[sge], address, token, flags),
            2 => handle.read(context, &[sge], address, token, flags),
            3 => handle.send_and_invalidate(context, &[sge], flags, token),
            _ => handle.send(context, &[sge], flags),
        });
    }

    /// Where it may reach its peer's memory, mostly, and the token for it.
    fn remote(&self, world: &World, random: &mut Random) -> (u64, u32) {
        let route = self.route.get();
        let domain = route.and_then(|route| world.routes.beyond(route));
        let domain = domain.filter(|_| !random.one_in(200));
        let is_there = |pd| domain.is_none_or(|domain| domain == pd);
        let fast = world.fast.pick_one(random, |fast| is_there(fast.pd));
        if let Some(fast) = fast.filter(|fast| fast.is_in_force() && random.one_in(3)) {
            return fast.remote();
        }
        let fits = |mr: &Mr| is_there(mr.pd) && mr.serves(mr.pd);
        let mr = world.mrs.pick_one(random, fits);
        mr.map_or((0, 1), |mr| (mr.address(), mr.token()))
    }

    /// Binds or invalidates a window.
    pub(super) fn manage(&self, _world: &Arc<World>, random: &mut Random, mr: &Mr, mw: &Mw) {
        let (qp, flags) = (handle(self.raw()), quiet_flags(random));
        let bind = random.one_in(2);
        let (region, window, address) = (mr.raw(), mw.raw(), mr.address());
        self.initiate(flags, |context| {
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

/// For requests that no peer sees.
pub(super) fn quiet_flags(random: &mut Random) -> u32 {
    flags(random) & !NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT
}

/// The consumer crate's posting calls.
pub(super) fn handle(qp: *mut NDK_QP) -> softrnic_consumer::QpHandle {
    softrnic_consumer::QpHandle::of(qp)
}
