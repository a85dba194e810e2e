//! Memory tokens (STags) and the table that says what each gives access to.
//!
//! A lookup is lock-free and pins the region for as long as its [`Grant`] lives. Withdrawing a
//! region makes later lookups fail at once; the region value itself is dropped (which is how its
//! owner learns it, NDK-MR-10, NDK-MR-13) when the last user is out.
//!
//! A token is an index and a key, both from a keyed hash of a count, so that a peer cannot guess one
//! from others (RFC 5042: predictable STags). Token 0 is never given out (NDK-MR-12).

use core::ops::Deref;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bitflags::bitflags;

use crate::sync::revocable::{self, Pin, Revocable};
use crate::sync::{Allocate, Mailbox, Once};

use super::siphash;

/// A memory token, local or remote: opaque to everybody but the table that gave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Stag(pub u32);

/// A protection domain's name (NDK-PD-01). A queue pair has one of its own besides, for the windows
/// bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Domain(pub u64);

bitflags! {
    /// What may be done with a region. Reading it locally always may.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Access: u8 {
        const LOCAL_WRITE = 1;
        const REMOTE_READ = 2;
        const REMOTE_WRITE = 4;
        /// The peer may end it: fast-registered regions and windows that it may use (NDK-FR-13).
        const REMOTE_INVALIDATE = 8;
        /// Its owner may end it with a request: fast-registered regions and windows.
        const INVALIDATE = 16;
    }
}

/// Why an access is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No such token, or it gives no access now.
    Token,
    /// Outside the region.
    Bounds,
    /// The region does not allow this kind of access.
    Rights,
    /// Another protection domain's.
    Domain,
    /// Address plus length wraps.
    Wrap,
}

/// What a token stands for.
#[derive(Debug)]
pub struct Region<M> {
    /// The address of the first byte: an index, never a pointer (NDK-MR-03).
    pub base: u64,
    pub length: u64,
    pub access: Access,
    pub domain: Domain,
    pub memory: M,
}

impl<M> Region<M> {
    /// The offset of `address`, if the whole range and the access are allowed.
    pub fn check(
        &self,
        domains: &[Domain],
        address: u64,
        length: u64,
        need: Access,
    ) -> Result<u64, Fault> {
        if !domains.contains(&self.domain) {
            return Err(Fault::Domain);
        }
        if !self.access.contains(need) {
            return Err(Fault::Rights);
        }
        let end = address.checked_add(length).ok_or(Fault::Wrap)?;
        let offset = address.checked_sub(self.base).ok_or(Fault::Bounds)?;
        // NDK-MR-08: without overflow, whatever base and length are.
        if end - self.base > self.length {
            Err(Fault::Bounds)
        } else {
            Ok(offset)
        }
    }
}

const INDEX_BITS: u32 = 18;
const CHUNK_BITS: u32 = 10;
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNKS: usize = 1 << (INDEX_BITS - CHUNK_BITS);

/// Tokens that can be out at a time.
pub const MAX_REGIONS: u32 = 1 << INDEX_BITS;

/// Regions laid ready for one token at a time: the next one may be posted before the last one has
/// been invalidated.
pub const DRAFTS: usize = 2;

/// A place for one region: `token` is 0 while the place is free.
struct Place<M> {
    token: AtomicU32,
    region: Revocable<Region<M>>,
    /// What posted requests will make of it, in their turn.
    drafts: [Mailbox<Region<M>>; DRAFTS],
}

/// A region laid ready for its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    pub stag: Stag,
    number: u8,
}

/// Why a draft did not become the token's region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEnacted {
    /// The last region is on its way out: later.
    Leaving,
    /// The token gives access already (NDK-FR-11), or the draft is gone.
    Invalid,
}

/// All tokens of an adapter.
pub struct Table<M, A: Allocate> {
    /// Made on demand, kept as long as the table.
    chunks: A::Slice<Once<A::Slice<Place<M>>>>,
    key: [u64; 2],
    /// Numbers drawn so far.
    drawn: AtomicU64,
}

/// Access to a region, checked; the region stays as long as this lives.
pub struct Grant<'a, M> {
    /// Whose region it is.
    pub stag: Stag,
    region: revocable::Access<'a, Region<M>>,
    /// Where the range starts in the region.
    pub offset: u64,
}

impl<M> Grant<'_, M> {
    /// Turns to another range of the same region, checked anew; where that is refused, nothing changes.
    pub fn again(
        &mut self,
        domains: &[Domain],
        address: u64,
        length: u64,
        need: Access,
    ) -> Result<(), Fault> {
        self.offset = self.check(domains, address, length, need)?;
        Ok(())
    }

    /// Keeps the region beyond this grant, without access; [`Table::unpin`] ends it.
    pub fn pin(&self) -> Pin {
        self.region.pin()
    }
}

impl<M> Deref for Grant<'_, M> {
    type Target = Region<M>;

    fn deref(&self) -> &Region<M> {
        &self.region
    }
}

impl<M, A: Allocate> Table<M, A> {
    /// An empty table; its tokens are as hard to guess as `key`.
    pub fn new(key: [u64; 2]) -> Option<Self> {
        Some(Self {
            chunks: A::slice(CHUNKS, |_| Once::new())?,
            key,
            drawn: AtomicU64::new(0),
        })
    }

    /// Takes a token that gives no access yet. `None`: no memory, or all are out.
    pub fn reserve(&self) -> Option<Stag> {
        (0..CHUNKS).find_map(|chunk| self.reserve_in(chunk))
    }

    /// Makes the token give access to `region`; the value comes back if it gives access already
    /// (NDK-FR-11) or is not out.
    pub fn publish(&self, stag: Stag, region: Region<M>) -> Result<(), Region<M>> {
        match self.place(stag) {
            Some(place) => place.region.fill(region),
            None => Err(region),
        }
    }

    /// The token gives no access from now on. The region comes back if nobody is using it;
    /// otherwise it is dropped when the last user is out. `None` also when it gave none.
    pub fn withdraw(&self, stag: Stag) -> Option<Region<M>> {
        self.place(stag)?.region.revoke()
    }

    /// As `withdraw`, and says which: the error is a token that gave no access (NDK-FR-14).
    pub fn invalidate(
        &self,
        stag: Stag,
        domains: &[Domain],
        need: Access,
    ) -> Result<Option<Region<M>>, Fault> {
        drop(self.find(stag, domains, need)?);
        Ok(self.withdraw(stag))
    }

    /// The token's region, whatever part of it is meant, if it is in one of these domains.
    pub fn find(
        &self,
        stag: Stag,
        domains: &[Domain],
        need: Access,
    ) -> Result<Grant<'_, M>, Fault> {
        let grant = self.look(stag)?;
        if !domains.contains(&grant.domain) {
            return Err(Fault::Domain);
        }
        if !grant.access.contains(need) {
            return Err(Fault::Rights);
        }
        Ok(grant)
    }

    /// Gives the token back; a region still there is withdrawn. The same index may be given out
    /// again when that region is gone.
    pub fn release(&self, stag: Stag) -> Option<Region<M>> {
        let place = self.place(stag)?;
        let region = place.region.revoke();
        place.token.store(0, Ordering::SeqCst);
        region
    }

    /// Whether the token gives access to the whole range, for `need`.
    pub fn access(
        &self,
        stag: Stag,
        domains: &[Domain],
        address: u64,
        length: u64,
        need: Access,
    ) -> Result<Grant<'_, M>, Fault> {
        let mut grant = self.look(stag)?;
        grant.offset = grant.check(domains, address, length, need)?;
        Ok(grant)
    }

    /// Lays a region ready for its token; it comes back when there is no room or no such token.
    pub fn prepare(&self, stag: Stag, region: Region<M>) -> Result<Draft, Region<M>> {
        let Some(place) = self.place(stag) else {
            return Err(region);
        };
        let mut region = region;
        for (number, draft) in (0..).zip(&place.drafts) {
            match draft.put(region) {
                Ok(()) => return Ok(Draft { stag, number }),
                Err(back) => region = back,
            }
        }
        Err(region)
    }

    /// Makes the token give access to what was laid ready, if `settle` finds it good now.
    pub fn enact(
        &self,
        draft: Draft,
        settle: impl FnOnce(&mut Region<M>) -> bool,
    ) -> Result<(), NotEnacted> {
        let place = self.place(draft.stag).ok_or(NotEnacted::Invalid)?;
        if place.region.is_leaving() {
            return Err(NotEnacted::Leaving);
        }
        let mut region = self.discard(draft).ok_or(NotEnacted::Invalid)?;
        if !settle(&mut region) {
            return Err(NotEnacted::Invalid);
        }
        place.region.fill(region).map_err(|_| NotEnacted::Invalid)
    }

    /// Shows what was laid ready, if it is still there.
    pub fn look_at(&self, draft: Draft, look: impl FnOnce(&Region<M>)) {
        let place = self.place(draft.stag);
        if let Some(mailbox) = place.and_then(|place| place.drafts.get(usize::from(draft.number))) {
            mailbox.look(look);
        }
    }

    /// Takes back what was laid ready, if it is still there.
    pub fn discard(&self, draft: Draft) -> Option<Region<M>> {
        let place = self.place(draft.stag)?;
        place.drafts.get(usize::from(draft.number))?.take()
    }

    /// Takes back whatever was laid ready for the token.
    pub fn discard_all(&self, stag: Stag) {
        for draft in self.place(stag).iter().flat_map(|place| &place.drafts) {
            drop(draft.take());
        }
    }

    /// Whether the token's last region was withdrawn and is still in use.
    pub fn is_leaving(&self, stag: Stag) -> bool {
        self.index(index_of(stag))
            .is_some_and(|place| place.region.is_leaving())
    }

    /// Ends a pin of this token's region.
    pub fn unpin(&self, stag: Stag, pin: Pin) {
        // The token may be released meanwhile; the place is the index's.
        if let Some(place) = self.index(index_of(stag)) {
            place.region.unpin(pin);
        }
    }

    fn reserve_in(&self, chunk: usize) -> Option<Stag> {
        let places = self.chunks.get(chunk)?.get_or_fill(|| {
            A::slice(CHUNK, |_| Place {
                token: AtomicU32::new(0),
                region: Revocable::empty(),
                drafts: core::array::from_fn(|_| Mailbox::new()),
            })
        })?;
        let start = self.random() as usize;
        for step in 0..CHUNK {
            let within = start.wrapping_add(step) % CHUNK;
            let place = places.get(within)?;
            // A region of the last owner may still be on its way out.
            if place.token.load(Ordering::Relaxed) != 0 || !place.region.is_empty() {
                continue;
            }
            let stag = self.token((chunk << CHUNK_BITS | within) as u32);
            if place
                .token
                .compare_exchange(0, stag.0, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
            {
                return Some(stag);
            }
        }
        None
    }

    /// What the token gives access to now, unchecked.
    fn look(&self, stag: Stag) -> Result<Grant<'_, M>, Fault> {
        let place = self.place(stag).ok_or(Fault::Token)?;
        let region = place.region.access().ok_or(Fault::Token)?;
        // The place may have been given out anew between the two looks.
        if place.token.load(Ordering::SeqCst) != stag.0 {
            return Err(Fault::Token);
        }
        Ok(Grant {
            stag,
            region,
            offset: 0,
        })
    }

    /// Index and a random key; never 0, for the key never is.
    fn token(&self, index: u32) -> Stag {
        let key = (self.random() as u32 >> INDEX_BITS).max(1);
        Stag(key << INDEX_BITS | index)
    }

    fn place(&self, stag: Stag) -> Option<&Place<M>> {
        let place = self.index(index_of(stag))?;
        (stag.0 != 0 && place.token.load(Ordering::SeqCst) == stag.0).then_some(place)
    }

    fn index(&self, index: usize) -> Option<&Place<M>> {
        self.chunks
            .get(index >> CHUNK_BITS)?
            .get()?
            .get(index % CHUNK)
    }

    /// The next number of the key's sequence.
    fn random(&self) -> u64 {
        siphash::of(self.key, self.drawn.fetch_add(1, Ordering::Relaxed))
    }
}

fn index_of(stag: Stag) -> usize {
    (stag.0 & ((1 << INDEX_BITS) - 1)) as usize
}
