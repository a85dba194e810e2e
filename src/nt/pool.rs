//! Non-paged, non-executable pool: `Box` and `Slice`, fallible, of any alignment up to a page.

use core::{
    marker::PhantomData,
    mem::{align_of, needs_drop, size_of},
    ops::{Deref, DerefMut},
    ptr::{self, NonNull},
    slice,
};

use wdk_sys::{
    PAGE_SIZE, POOL_FLAG_CACHE_ALIGNED, POOL_FLAG_NON_PAGED, POOL_FLAG_UNINITIALIZED,
    ntddk::{ExAllocatePool2, ExFreePoolWithTag},
};

use super::lock::SpinLock;
use super::status::{Result, Status};
use crate::sync::storage::Allocate;

/// What the pool gives without asking on x64.
const POOL_ALIGN: usize = 16;
const CACHE_LINE: usize = 64;

/// Names an allocation's purpose in pool listings and leak reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(u32);

impl Tag {
    /// The pool shows the letters in this order.
    pub(crate) const fn new(letters: &[u8; 4]) -> Self {
        Self(u32::from_le_bytes(*letters))
    }

    /// Objects: endpoints, listeners, NDK objects.
    pub(crate) const OBJECT: Self = Self::new(b"sRob");
    /// Rings and tables.
    pub(crate) const RING: Self = Self::new(b"sRri");
    /// Send batches: staging memory, descriptor lists.
    pub(crate) const SEND: Self = Self::new(b"sRse");
    /// Sockets.
    pub(crate) const SOCKET: Self = Self::new(b"sRso");
    /// Registered memory.
    pub(crate) const REGION: Self = Self::new(b"sRmr");
    /// Kernel objects of `nt`: events, DPCs, timers, work.
    pub(crate) const KERNEL: Self = Self::new(b"sRke");
}

/// Raw memory for `count` values of `T`, aligned for them.
fn allocate<T>(count: usize, tag: Tag, zeroed: bool) -> Result<NonNull<T>> {
    const { assert!(align_of::<T>() <= PAGE_SIZE as usize) };
    let bytes = size_of::<T>()
        .checked_mul(count)
        .ok_or(Status::INSUFFICIENT_RESOURCES)?;
    if bytes == 0 {
        return Ok(NonNull::dangling());
    }
    let mut flags = POOL_FLAG_NON_PAGED;
    let mut request = bytes as u64;
    if !zeroed {
        flags |= POOL_FLAG_UNINITIALIZED;
    }
    if align_of::<T>() > CACHE_LINE {
        // A request of a page or more starts on a page.
        request = request.max(u64::from(PAGE_SIZE));
    } else if align_of::<T>() > POOL_ALIGN {
        flags |= POOL_FLAG_CACHE_ALIGNED;
    }
    // SAFETY: callable at <= DISPATCH_LEVEL for non-paged pool; the size is not zero.
    let memory = unsafe { ExAllocatePool2(flags, request, tag.0) };
    NonNull::new(memory.cast()).ok_or(Status::INSUFFICIENT_RESOURCES)
}

/// # Safety
///
/// `memory` is from `allocate` with the same `count` and `tag`, and is not used afterwards.
unsafe fn release<T>(memory: NonNull<T>, count: usize, tag: Tag) {
    if size_of::<T>() * count != 0 {
        // SAFETY: it came from the pool under this tag (caller), and is freed once (caller).
        unsafe { ExFreePoolWithTag(memory.as_ptr().cast(), tag.0) };
    }
}

/// One value in non-paged pool.
///
/// # Invariants
/// `memory` holds an initialised `T` that only this box owns.
pub(crate) struct Box<T> {
    memory: NonNull<T>,
    tag: Tag,
    owns: PhantomData<T>,
}

// SAFETY: a box owns its value, as if it were the value.
unsafe impl<T: Send> Send for Box<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Box<T> {}

impl<T> Box<T> {
    pub(crate) fn try_new(tag: Tag, value: T) -> Result<Self> {
        let memory = allocate::<T>(1, tag, false)?;
        // SAFETY: `allocate` gave aligned memory for one `T`.
        unsafe { memory.write(value) };
        Ok(Self {
            memory,
            tag,
            owns: PhantomData,
        })
    }

    /// As `try_new`, for a large value: the memory comes first, and `init` makes the value there.
    #[inline]
    pub(crate) fn try_new_with(tag: Tag, init: impl FnOnce() -> T) -> Result<Self> {
        let memory = allocate::<T>(1, tag, false)?;
        // SAFETY: `allocate` gave aligned memory for one `T`.
        unsafe { memory.write(init()) };
        Ok(Self {
            memory,
            tag,
            owns: PhantomData,
        })
    }

    /// Zero bytes as the value.
    ///
    /// # Safety
    ///
    /// All zero bytes are a valid `T`.
    pub(crate) unsafe fn try_zeroed(tag: Tag) -> Result<Self> {
        Ok(Self {
            memory: allocate::<T>(1, tag, true)?,
            tag,
            owns: PhantomData,
        })
    }

    /// The address of the value, stable for the life of the box.
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.memory.as_ptr()
    }

    /// Gives the memory away, to be taken back by `from_leaked`.
    pub(crate) fn leak(self) -> NonNull<T> {
        core::mem::ManuallyDrop::new(self).memory
    }

    /// # Safety
    ///
    /// `memory` is from `leak` on a box of this tag, and is taken back once.
    pub(crate) unsafe fn from_leaked(tag: Tag, memory: NonNull<T>) -> Self {
        Self {
            memory,
            tag,
            owns: PhantomData,
        }
    }

    /// Moves the value out and frees the memory.
    pub(crate) fn into_inner(self) -> T {
        let this = core::mem::ManuallyDrop::new(self);
        // SAFETY: the value is initialised (invariant) and never read again: `this` is not dropped.
        let value = unsafe { this.memory.read() };
        // SAFETY: the memory is ours and holds no value any more.
        unsafe { release(this.memory, 1, this.tag) };
        value
    }
}

impl<T> Deref for Box<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: initialised and owned (invariant).
        unsafe { self.memory.as_ref() }
    }
}

impl<T> DerefMut for Box<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: initialised and owned (invariant); `&mut self` is exclusive.
        unsafe { self.memory.as_mut() }
    }
}

impl<T> Drop for Box<T> {
    fn drop(&mut self) {
        // SAFETY: initialised (invariant); dropped once.
        unsafe { ptr::drop_in_place(self.memory.as_ptr()) };
        // SAFETY: from `allocate`; nothing refers to it any more.
        unsafe { release(self.memory, 1, self.tag) };
    }
}

/// A slice of fixed length in non-paged pool.
///
/// # Invariants
/// `memory` holds `len` initialised values that only this slice owns.
pub(crate) struct Slice<T> {
    memory: NonNull<T>,
    len: usize,
    tag: Tag,
    owns: PhantomData<T>,
}

// SAFETY: a slice owns its values, as if it were them.
unsafe impl<T: Send> Send for Slice<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Slice<T> {}

impl<T> Slice<T> {
    /// `len` values made by `fill(index)`. The first error ends it and frees what was made.
    pub(crate) fn try_from_fn(
        tag: Tag,
        len: usize,
        mut fill: impl FnMut(usize) -> Result<T>,
    ) -> Result<Self> {
        let memory = allocate::<T>(len, tag, false)?;
        let mut made = Made {
            memory,
            len: 0,
            capacity: len,
            tag,
        };
        while made.len < len {
            let value = fill(made.len)?;
            // SAFETY: `len` is below the capacity allocated.
            unsafe { memory.add(made.len).write(value) };
            made.len += 1;
        }
        core::mem::forget(made);
        Ok(Self {
            memory,
            len,
            tag,
            owns: PhantomData,
        })
    }

    /// No values and no memory.
    pub(crate) const fn empty() -> Self {
        Self {
            memory: NonNull::dangling(),
            len: 0,
            tag: Tag::RING,
            owns: PhantomData,
        }
    }
}

impl Slice<u8> {
    /// `len` zero bytes; from a page on, they start on a page.
    pub(crate) fn try_zeroed(tag: Tag, len: usize) -> Result<Self> {
        Ok(Self {
            memory: allocate::<u8>(len, tag, true)?,
            len,
            tag,
            owns: PhantomData,
        })
    }
}

/// The values made so far, should `fill` fail.
struct Made<T> {
    memory: NonNull<T>,
    len: usize,
    capacity: usize,
    tag: Tag,
}

impl<T> Drop for Made<T> {
    fn drop(&mut self) {
        // SAFETY: `len` values are initialised; then the memory is unused.
        unsafe {
            ptr::drop_in_place(ptr::slice_from_raw_parts_mut(
                self.memory.as_ptr(),
                self.len,
            ));
            release(self.memory, self.capacity, self.tag);
        }
    }
}

impl<T> Deref for Slice<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `len` initialised values, owned (invariant).
        unsafe { slice::from_raw_parts(self.memory.as_ptr(), self.len) }
    }
}

impl<T> DerefMut for Slice<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: `len` initialised values, owned (invariant); `&mut self` is exclusive.
        unsafe { slice::from_raw_parts_mut(self.memory.as_ptr(), self.len) }
    }
}

impl<T> Drop for Slice<T> {
    fn drop(&mut self) {
        if needs_drop::<T>() {
            // SAFETY: initialised (invariant); dropped once.
            unsafe { ptr::drop_in_place(&raw mut **self) };
        }
        // SAFETY: from `allocate` with this length; nothing refers to it any more.
        unsafe { release(self.memory, self.len, self.tag) };
    }
}

/// The pool as a source of rings' storage.
pub(crate) struct NonPaged;

impl Allocate for NonPaged {
    type Slice<T> = Slice<T>;
    type Lock<T> = SpinLock<T>;

    fn slice<T>(len: usize, mut fill: impl FnMut(usize) -> T) -> Option<Slice<T>> {
        Slice::try_from_fn(Tag::RING, len, |index| Ok(fill(index))).ok()
    }

    fn one<T>(value: T) -> Option<Slice<T>> {
        let mut value = Some(value);
        let only = |_| value.take().ok_or(Status::INSUFFICIENT_RESOURCES);
        Slice::try_from_fn(Tag::RING, 1, only).ok()
    }
}
