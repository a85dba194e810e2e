//! Protection domains, regions and windows of the rude consumer.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use softrnic_consumer::abi::{NDK_MR, NDK_MW, NDK_OBJECT_HEADER, NDK_PD, NDK_SGE};
use softrnic_consumer::{Buffer, NtStatus};

use super::{Handle, Random, World};
use crate::raw;

/// Bytes of each region.
pub(super) const REGION: usize = 64 << 10;

/// A protection domain of adapter `adapter`.
pub struct Pd {
    handle: Handle,
    pub(super) adapter: usize,
}

impl Pd {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        if world.pds.len() >= 3 {
            return;
        }
        let n = random.index(2);
        let created = raw::attempt::pd(&world.adapter(n));
        let Some(raw) = world.made("NdkCreatePd", created) else {
            return;
        };
        world.pds.add(Arc::new(Self {
            handle: Handle::new(world, raw.cast(), ()),
            adapter: n,
        }));
    }

    pub(super) fn raw(&self) -> *mut NDK_PD {
        self.handle.raw()
    }
}

/// Nothing registered.
const IDLE: u8 = 0;
/// A call or a request of it is under way.
const BUSY: u8 = 1;
const REGISTERED: u8 = 2;

/// A region of its own buffer.
pub struct Mr {
    handle: Handle,
    buffer: Arc<Buffer>,
    state: Arc<AtomicU8>,
    /// Its protection domain, to compare with.
    pub(super) pd: usize,
}

impl Mr {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        let Some(pd) = world.pds.pick(random).filter(|_| world.mrs.len() < 24) else {
            return;
        };
        let Some(raw) = world.made("NdkCreateMr", raw::attempt::mr(pd.raw(), false)) else {
            return;
        };
        let buffer = Arc::new(Buffer::new(REGION));
        let mr = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), buffer.clone()),
            buffer,
            state: Arc::new(AtomicU8::new(IDLE)),
            pd: pd.raw() as usize,
        });
        mr.register(world);
        world.mrs.add(mr);
    }

    pub(super) fn raw(&self) -> *mut NDK_MR {
        self.handle.raw()
    }

    pub(super) fn address(&self) -> u64 {
        self.buffer.virtual_address()
    }

    /// NDK-MR-12: the same for the region's life.
    pub(super) fn token(&self) -> u32 {
        let mr = self.raw();
        // SAFETY: the region is open.
        unsafe {
            ((*(*mr).Dispatch)
                .NdkGetRemoteTokenFromMr
                .expect("NDK-VER-05"))(mr)
        }
    }

    /// An element somewhere in the region.
    pub(super) fn sge(&self, random: &mut Random) -> NDK_SGE {
        let (offset, length) = (random.index(REGION / 2), random.index(9000));
        let mut sge = NDK_SGE::default();
        sge.Address.VirtualAddress = (self.address() + offset as u64) as *mut _;
        sge.Length = length as u32;
        sge.MemoryRegionToken = self.token();
        sge
    }

    /// Whether it is registered, in domain `pd`.
    pub(super) fn serves(&self, pd: usize) -> bool {
        self.pd == pd && self.state.load(Ordering::SeqCst) == REGISTERED
    }

    fn begin(&self, from: u8) -> bool {
        let (busy, order) = (BUSY, Ordering::SeqCst);
        self.state
            .compare_exchange(from, busy, order, order)
            .is_ok()
    }

    fn register(&self, world: &World) {
        if !self.begin(IDLE) {
            return;
        }
        let (mr, buffer) = (self.raw(), &self.buffer);
        // SAFETY: the region is open; its buffer is kept until its close has completed.
        let returned = NtStatus(unsafe {
            ((*(*mr).Dispatch).NdkRegisterMr.expect("NDK-VER-05"))(
                mr,
                buffer.mdl(),
                REGION,
                crate::ALL_ACCESS,
                None,
                ptr::null_mut(),
            )
        });
        let state = match world.went_well("NdkRegisterMr", returned) {
            true => REGISTERED,
            false => IDLE,
        };
        self.state.store(state, Ordering::SeqCst);
    }

    fn deregister(&self, world: &Arc<World>) {
        if !self.begin(REGISTERED) {
            return;
        }
        let (mr, state, own) = (self.raw(), self.state.clone(), world.clone());
        world.pending.fetch_add(1, Ordering::SeqCst);
        let returned = raw::request(
            // SAFETY: the region is open.
            |completion, context| unsafe {
                ((*(*mr).Dispatch).NdkDeregisterMr.expect("NDK-VER-05"))(mr, completion, context)
            },
            move |status| {
                assert_eq!(status, NtStatus::SUCCESS, "NdkDeregisterMr");
                state.store(IDLE, Ordering::SeqCst);
                own.pending.fetch_sub(1, Ordering::SeqCst);
            },
        );
        if !returned.is_pending() {
            assert_eq!(returned, NtStatus::SUCCESS, "NdkDeregisterMr");
            self.state.store(IDLE, Ordering::SeqCst);
            world.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Registers or deregisters one.
    pub(super) fn change(world: &Arc<World>, random: &mut Random) {
        let Some(mr) = world.mrs.pick(random) else {
            return;
        };
        if random.one_in(8) {
            mr.deregister(world);
        } else {
            mr.register(world);
        }
    }
}

/// A window.
pub struct Mw {
    handle: Handle,
}

impl Mw {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        let Some(pd) = world.pds.pick(random).filter(|_| world.mws.len() < 12) else {
            return;
        };
        let Some(raw) = world.made("NdkCreateMw", raw::attempt::mw(pd.raw())) else {
            return;
        };
        let handle = Handle::new(world, raw.cast(), ());
        world.mws.add(Arc::new(Self { handle }));
    }

    pub(super) fn raw(&self) -> *mut NDK_MW {
        self.handle.raw()
    }

    pub(super) fn header(&self) -> *mut NDK_OBJECT_HEADER {
        self.handle.raw
    }

    /// Binds one to a region, through any queue pair; or invalidates it.
    pub(super) fn bind(world: &Arc<World>, random: &mut Random) {
        let objects = (
            world.qps.pick(random),
            world.mrs.pick(random),
            world.mws.pick(random),
        );
        if let (Some(qp), Some(mr), Some(mw)) = objects {
            qp.manage(world, random, &mr, &mw);
        }
    }
}
