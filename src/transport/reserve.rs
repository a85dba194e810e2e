//! Send batches that an adapter's connections share.
//!
//! A connection has one small batch of its own, enough to get on; a busy one borrows large ones
//! from here and returns each as it comes back, and light ones where more connections are busy than
//! there are large ones. So an idle connection costs little, and a busy one keeps TCP's pipe full.
//! New connections bring batches along until there are enough.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::nt::{NonPaged, Status};
use crate::sync::Shelf;
use crate::wsk::{BatchLimits, SendBatch};

use super::link::BATCHES;
use super::settings::Settings;

/// Large batches of one adapter at most: 8 MiB by value. A connection brings along what it may have out.
const LARGE: usize = 32;
/// Light ones, some 5 KB each, for twice as many connections at once as there are processors on a large server; half a row
/// of places from each of the first connections.
const LIGHT: usize = 128;
const LIGHT_BROUGHT: usize = 32;

/// What is on a shelf, and how many there are of it.
struct Kind {
    shelf: Shelf<SendBatch, NonPaged>,
    made: AtomicUsize,
    most: usize,
}

pub(crate) struct Reserve {
    large: Kind,
    light: Kind,
}

/// Which of a reserve's batches one is: its owner's to keep while it is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Large(usize),
    Light(usize),
}

impl Reserve {
    pub(super) fn try_new() -> Result<Self, Status> {
        Ok(Self {
            large: Kind::try_new(LARGE)?,
            light: Kind::try_new(LIGHT)?,
        })
    }

    /// For one more connection. Without memory it has to do with what there is.
    pub(super) fn grow(&self, name: impl Fn(&mut SendBatch, Place)) {
        let large = |batch: &mut SendBatch, place| name(batch, Place::Large(place));
        self.large.grow(Settings::LARGE, BATCHES - 1, large);
        let light = |batch: &mut SendBatch, place| name(batch, Place::Light(place));
        self.light.grow(Settings::LIGHT, LIGHT_BROUGHT, light);
    }

    pub(super) fn take_large(&self) -> Option<SendBatch> {
        self.large.shelf.take()
    }

    pub(super) fn take_light(&self) -> Option<SendBatch> {
        self.light.shelf.take()
    }

    pub(super) fn put(&self, place: Place, batch: SendBatch) {
        let put = match place {
            Place::Large(place) => self.large.shelf.put(place, batch),
            Place::Light(place) => self.light.shelf.put(place, batch),
        };
        // It was out.
        debug_assert!(put.is_ok());
    }
}

impl Kind {
    fn try_new(most: usize) -> Result<Self, Status> {
        Ok(Self {
            shelf: Shelf::new(most).ok_or(Status::INSUFFICIENT_RESOURCES)?,
            made: AtomicUsize::new(0),
            most,
        })
    }

    /// Makes `more` of them, as long as there is room.
    fn grow(&self, limits: BatchLimits, more: usize, name: impl Fn(&mut SendBatch, usize)) {
        for _ in 0..more {
            if self.made.load(Ordering::Relaxed) == self.most {
                return;
            }
            let Ok(mut batch) = SendBatch::try_new(limits) else {
                return;
            };
            let room = |made: usize| (made < self.most).then_some(made + 1);
            let claimed = self
                .made
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room);
            let Ok(place) = claimed else { return };
            name(&mut batch, place);
            let put = self.shelf.put(place, batch);
            debug_assert!(put.is_ok());
        }
    }
}
