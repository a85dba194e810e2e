//! Regions of the rude consumer that come into force and go by requests.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

use softrnic_consumer::abi::{
    NDK_MR, NDK_OP_FLAG_ALLOW_LOCAL_WRITE, NDK_OP_FLAG_ALLOW_REMOTE_READ,
    NDK_OP_FLAG_ALLOW_REMOTE_WRITE,
};
use softrnic_consumer::{Buffer, Lam, NtStatus};
use softrnic_emulator::sync::Mutex;

use super::queues::{handle, quiet_flags as flags};
use super::{Handle, Qp, Random, World};
use crate::raw;

/// Pages a region is made for.
const PAGES: u32 = 16;
/// Bytes of a region's buffer, which begins somewhere in a page.
const BYTES: usize = 40_000;
/// Where the peer sees the region begin: nowhere.
const BASE: u64 = 0xFFFF_5A5A_0000_0000;

/// What peers and this side may do with it.
const RIGHTS: u32 =
    NDK_OP_FLAG_ALLOW_LOCAL_WRITE | NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE;

/// `NdkInitializeFastRegisterMr` has not completed.
const NEW: u8 = 0;
const IDLE: u8 = 1;
/// A request of it is being posted.
const BUSY: u8 = 2;
/// Registered, or will be by the requests that are posted.
const IN_FORCE: u8 = 3;

/// A region, and its pages as the adapter sees them.
pub struct Fast {
    handle: Handle,
    lent: Arc<Lent>,
    state: Arc<AtomicU8>,
    /// What it was registered through: only there are its requests in order.
    qp: Mutex<Weak<Qp>>,
    /// Its protection domain, to compare with.
    pub(super) pd: usize,
}

/// Kept until the region's close has completed. The mapping goes before what it maps (NDK-LAM-06).
struct Lent {
    lam: Lam,
    _buffer: Buffer,
}

impl Fast {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        let Some(pd) = world.pds.pick(random).filter(|_| world.fast.len() < 6) else {
            return;
        };
        let buffer = Buffer::at_offset(BYTES, random.index(4096));
        let lam = Lam::of(&world.adapter(pd.adapter), &buffer);
        let Some(lam) = world.made("NdkBuildLAM", lam) else {
            return;
        };
        let lent = Arc::new(Lent {
            lam,
            _buffer: buffer,
        });
        let Some(raw) = world.made("NdkCreateMr", raw::attempt::mr(pd.raw(), true)) else {
            return;
        };
        let fast = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), lent.clone()),
            lent,
            state: Arc::new(AtomicU8::new(NEW)),
            qp: Mutex::default(),
            pd: pd.raw() as usize,
        });
        fast.initialize(world);
        world.fast.add(fast);
    }

    fn raw(&self) -> *mut NDK_MR {
        self.handle.raw()
    }

    fn initialize(&self, world: &Arc<World>) {
        let (mr, state, own) = (self.raw(), self.state.clone(), world.clone());
        let done = move |status| {
            if own.went_well("NdkInitializeFastRegisterMr", status) {
                state.store(IDLE, Ordering::SeqCst);
            }
            own.pending.fetch_sub(1, Ordering::SeqCst);
        };
        world.pending.fetch_add(1, Ordering::SeqCst);
        let returned = raw::request(
            // SAFETY: the region is open.
            |completion, context| unsafe {
                let initialize = (*(*mr).Dispatch).NdkInitializeFastRegisterMr;
                initialize.expect("NDK-VER-05")(mr, PAGES, 1, completion, context)
            },
            done.clone(),
        );
        if !returned.is_pending() {
            done(returned);
        }
    }

    /// Where a peer reaches it, and how.
    pub(super) fn remote(&self) -> (u64, u32) {
        let mr = self.raw();
        // SAFETY: the region is open.
        let token = unsafe {
            let token = (*(*mr).Dispatch).NdkGetRemoteTokenFromMr;
            token.expect("NDK-VER-05")(mr)
        };
        (self.base(), token)
    }

    pub(super) fn is_in_force(&self) -> bool {
        self.state.load(Ordering::SeqCst) == IN_FORCE
    }

    /// NDK-FR-06.
    fn base(&self) -> u64 {
        BASE + u64::from(self.lent.lam.offset)
    }

    fn step(&self, from: u8, to: u8) -> bool {
        let order = Ordering::SeqCst;
        self.state.compare_exchange(from, to, order, order).is_ok()
    }

    /// Registers one, or invalidates it where it was registered.
    pub(super) fn change(world: &Arc<World>, random: &mut Random) {
        let Some(fast) = world.fast.pick(random) else {
            return;
        };
        let posted = if fast.step(IDLE, BUSY) {
            fast.register(world, random)
        } else if fast.step(IN_FORCE, BUSY) {
            fast.invalidate(random)
        } else {
            return;
        };
        match posted {
            Some(state) => fast.state.store(state, Ordering::SeqCst),
            // Its queue pair is gone, and with it what is known of the region.
            None => drop(world.fast.forget(&fast)),
        }
    }

    fn register(&self, world: &Arc<World>, random: &mut Random) -> Option<u8> {
        let fits = |qp: &Qp| qp.serves(self.pd);
        let Some(qp) = world.qps.pick_one(random, fits) else {
            return Some(IDLE);
        };
        let (raw, mr, lam, base) = (qp.raw(), self.raw(), &self.lent.lam, self.base());
        let flags = flags(random) | RIGHTS;
        let pages = lam.pages();
        // SAFETY: both are open; the pages are read during the call only (NDK-FR-07).
        let register = |context| unsafe {
            let register = (*(*raw).Dispatch).NdkFastRegister.expect("NDK-VER-05");
            let (count, pages) = (pages.len() as u32, pages.as_ptr());
            let base = base as *mut c_void;
            NtStatus(register(
                raw,
                context as *mut c_void,
                mr,
                count,
                pages,
                lam.offset,
                BYTES,
                base,
                flags,
            ))
        };
        let posted = qp.initiate(flags, register);
        *self.qp.lock() = Arc::downgrade(&qp);
        if !posted {
            return Some(IDLE);
        }
        world.seen.registered.fetch_add(1, Ordering::Relaxed);
        Some(IN_FORCE)
    }

    fn invalidate(&self, random: &mut Random) -> Option<u8> {
        let qp = self.qp.lock();
        let qp = qp.upgrade()?;
        let (posts, flags, mr) = (handle(qp.raw()), flags(random), self.raw());
        let posted = qp.initiate(flags, |context| posts.invalidate(context, mr.cast(), flags));
        posted.then_some(IDLE)
    }
}
