//! The connections and local endpoints of an adapter, for OID_NDK_CONNECTIONS and
//! OID_NDK_LOCAL_ENDPOINTS.
//!
//! Connectors and listeners reserve a [`Place`] when they are made, so that showing and hiding what
//! they became never needs memory. A listing is read as a snapshot (NDK-OID-08).

use core::marker::PhantomData;
use core::net::SocketAddr;

use super::host::Host;
use crate::nt::{Ref, Slice, SpinLock, Status, Tag};

/// A connection: addresses as the consumer knows them, and as TCP does (NDK-OID-06).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    pub(crate) nd: (SocketAddr, SocketAddr),
    pub(crate) tcp: (SocketAddr, SocketAddr),
}

/// The address of a listener or shared endpoint, both ways.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalEndpoint {
    pub(crate) nd: SocketAddr,
    pub(crate) tcp: SocketAddr,
    pub(crate) listener: bool,
}

/// An ND address that belongs to somebody until the last who uses it is closed (NDK-LSN-07,
/// NDK-SEP-04).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim(pub(crate) SocketAddr);

impl Claim {
    /// Whether both cannot be had at once.
    fn excludes(self, other: Self) -> bool {
        let (one, two) = (self.0, other.0);
        one.port() == two.port()
            && one.is_ipv4() == two.is_ipv4()
            && (one.ip() == two.ip() || one.ip().is_unspecified() || two.ip().is_unspecified())
    }
}

/// Takes `address` if it is free. One whose port is to be chosen is claimed when it was.
pub(super) fn claim(place: &Place<Claim>, address: SocketAddr) -> Result<(), Status> {
    let new = Claim(address);
    if address.port() == 0 || place.show_unless(new, |taken| taken.excludes(new)) {
        Ok(())
    } else {
        Err(Status::SHARING_VIOLATION)
    }
}

/// One kind of thing that is listed.
pub(crate) trait Listed: Copy + Send + 'static {
    fn listing(host: &Host) -> &Listing<Self>;
}

impl Listed for Connection {
    fn listing(host: &Host) -> &Listing<Self> {
        host.connections()
    }
}

impl Listed for LocalEndpoint {
    fn listing(host: &Host) -> &Listing<Self> {
        host.local_endpoints()
    }
}

impl Listed for Claim {
    fn listing(host: &Host) -> &Listing<Self> {
        host.claims()
    }
}

/// Everything of one kind.
pub(crate) struct Listing<T: Listed>(SpinLock<Slots<T>>);

struct Slots<T> {
    slots: Slice<Slot<T>>,
    /// The first free one.
    free: Option<u32>,
}

#[derive(Clone, Copy)]
enum Slot<T> {
    /// With the next free one.
    Free(Option<u32>),
    Hidden,
    Shown(T),
}

/// What the first listing has room for; a full one doubles.
const FIRST: usize = 16;

impl<T: Listed> Listing<T> {
    pub(super) fn new() -> Self {
        Self(SpinLock::new(Slots {
            slots: Slice::empty(),
            free: None,
        }))
    }

    /// A place for something to come. Callable at <= `DISPATCH_LEVEL`.
    pub(super) fn reserve(host: &Ref<Host>) -> Result<Place<T>, Status> {
        let listing = T::listing(host);
        loop {
            let full = match listing.take_free() {
                Ok(index) => {
                    return Ok(Place {
                        host: host.clone(),
                        index,
                        kind: PhantomData,
                    });
                }
                Err(full) => full,
            };
            listing.grow(full)?;
        }
    }

    /// A place, or how many there are, all taken.
    fn take_free(&self) -> Result<u32, usize> {
        let mut inside = self.0.lock();
        let Some(index) = inside.free else {
            return Err(inside.slots.len());
        };
        if let Some(slot) = inside.slots.get_mut(index as usize)
            && let Slot::Free(next) = core::mem::replace(slot, Slot::Hidden)
        {
            inside.free = next;
        }
        Ok(index)
    }

    /// More places than `full`. The memory is found without the lock, and the old is freed without.
    fn grow(&self, full: usize) -> Result<(), Status> {
        let more = (full * 2).max(FIRST);
        let limit = u32::try_from(more).map_err(|_| Status::INSUFFICIENT_RESOURCES)?;
        let mut slots = Slice::try_from_fn(Tag::OBJECT, more, |index| {
            let next = index as u32 + 1;
            Ok(Slot::Free((next < limit).then_some(next)))
        })?;
        let mut inside = self.0.lock();
        // Somebody else may have been faster.
        if inside.slots.len() == full {
            for (to, from) in slots.iter_mut().zip(inside.slots.iter()) {
                *to = *from;
            }
            inside.free = Some(full as u32);
            core::mem::swap(&mut inside.slots, &mut slots);
        }
        drop(inside);
        Ok(())
    }

    fn set(&self, index: u32, value: Slot<T>) {
        let mut inside = self.0.lock();
        if let Some(slot) = inside.slots.get_mut(index as usize) {
            *slot = value;
        }
    }

    fn release(&self, index: u32) {
        let mut inside = self.0.lock();
        let free = inside.free;
        if let Some(slot) = inside.slots.get_mut(index as usize) {
            *slot = Slot::Free(free);
            inside.free = Some(index);
        }
    }

    /// All that is shown, as it is at one moment. `PASSIVE_LEVEL`.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<T>, Status> {
        loop {
            let room = self.0.lock().slots.len();
            let mut rows = Slice::try_from_fn(Tag::OBJECT, room, |_| Ok(None))?;
            let inside = self.0.lock();
            if inside.slots.len() > room {
                continue;
            }
            let shown = inside.slots.iter().filter_map(|slot| match slot {
                Slot::Shown(value) => Some(*value),
                Slot::Free(_) | Slot::Hidden => None,
            });
            for (to, from) in rows.iter_mut().zip(shown) {
                *to = Some(from);
            }
            drop(inside);
            return Ok(Snapshot(rows));
        }
    }
}

/// A copy of what was shown.
pub(crate) struct Snapshot<T>(Slice<Option<T>>);

impl<T: Copy> Snapshot<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().map_while(|row| *row)
    }
}

/// A place in a listing, hidden at first; dropping it gives it back.
pub(crate) struct Place<T: Listed> {
    host: Ref<Host>,
    index: u32,
    kind: PhantomData<T>,
}

impl<T: Listed> Place<T> {
    pub(super) fn show(&self, value: T) {
        T::listing(&self.host).set(self.index, Slot::Shown(value));
    }

    /// Shows it unless something shown by another place forbids it.
    fn show_unless(&self, value: T, forbids: impl Fn(&T) -> bool) -> bool {
        let mut inside = T::listing(&self.host).0.lock();
        let forbidden = (0..).zip(inside.slots.iter()).any(|(index, slot)| {
            matches!(slot, Slot::Shown(other) if index != self.index && forbids(other))
        });
        if !forbidden && let Some(slot) = inside.slots.get_mut(self.index as usize) {
            *slot = Slot::Shown(value);
        }
        !forbidden
    }

    pub(super) fn hide(&self) {
        T::listing(&self.host).set(self.index, Slot::Hidden);
    }
}

impl<T: Listed> Drop for Place<T> {
    fn drop(&mut self) {
        T::listing(&self.host).release(self.index);
    }
}
