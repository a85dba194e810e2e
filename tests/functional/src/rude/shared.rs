//! Shared endpoints of the rude consumer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use softrnic_consumer::abi::NDK_SHARED_ENDPOINT;
use softrnic_consumer::{NtStatus, encode_address};

use super::{Handle, Random, World};
use crate::raw;

/// A shared endpoint, once its creation has completed.
pub struct Shared {
    handle: Handle,
    pub(super) adapter: usize,
}

impl Shared {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        if world.shared.len() >= 2 {
            return;
        }
        let (adapter, own) = (random.index(2), world.clone());
        let (address, length) = encode_address(world.addresses[adapter]);
        let opened = world.adapter(adapter);
        world.pending.fetch_add(1, Ordering::SeqCst);
        let given = move |status: NtStatus, raw: *mut NDK_SHARED_ENDPOINT| {
            if status == NtStatus::SUCCESS {
                let handle = Handle::new(&own, raw.cast(), ());
                own.shared.add(Arc::new(Self { handle, adapter }));
            }
            own.pending.fetch_sub(1, Ordering::SeqCst);
        };
        raw::shared_endpoint(&opened, (address, length), given);
    }

    pub(super) fn raw(&self) -> *mut NDK_SHARED_ENDPOINT {
        self.handle.raw()
    }
}
