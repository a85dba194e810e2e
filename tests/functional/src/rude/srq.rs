//! Shared receive queues of the rude consumer.

use std::ffi::c_void;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, Weak};

use softrnic_consumer::abi::NDK_SRQ;

use super::queues::ROOM;
use super::{Handle, Random, World};
use crate::locked::Locked;
use crate::raw;

/// The depth of a shared receive queue.
pub(super) const DEPTH: u32 = 16;

/// A shared receive queue.
pub struct Srq {
    handle: Handle,
    pub(super) adapter: usize,
    /// Its protection domain, to compare with: a queue pair must be of the same.
    pub(super) pd: usize,
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
        let created = raw::attempt::srq(pd.raw(), DEPTH, Some(running_low), context);
        let Some(raw) = world.made("NdkCreateSrq", created) else {
            return;
        };
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
        if random.below(4) != 0 {
            return srq.post(world, random);
        }
        let (raw, threshold, own) = (srq.raw(), 1 + random.below(4) as u32, world.clone());
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
            let _modified = world.went_well("NdkModifySrq", returned);
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
