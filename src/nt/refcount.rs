//! `Ref<T>`: a counted reference to a value in non-paged pool.
//!
//! The last one drops the value, at IRQL <= DISPATCH_LEVEL wherever that happens to be: a `T` must
//! not wait in its `Drop`.

use core::{
    marker::PhantomData,
    mem::{ManuallyDrop, offset_of},
    ops::Deref,
    ptr::NonNull,
    sync::atomic::{AtomicUsize, Ordering, fence},
};

use super::{
    pool::{Box, Tag},
    status::Result,
};

#[repr(C)]
struct Counted<T> {
    count: AtomicUsize,
    value: T,
}

/// # Invariants
/// Each `Ref`, and each pointer made by `into_raw`, accounts for one of `count`; the memory lives
/// until the last of them is dropped.
pub(crate) struct Ref<T> {
    counted: NonNull<Counted<T>>,
    owns: PhantomData<Counted<T>>,
}

// SAFETY: references on several threads share the value, and any of them may drop it.
unsafe impl<T: Send + Sync> Send for Ref<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Ref<T> {}

impl<T> Ref<T> {
    pub(crate) fn try_new(value: T) -> Result<Self> {
        let counted = Box::try_new(
            Tag::OBJECT,
            Counted {
                count: AtomicUsize::new(1),
                value,
            },
        )?;
        Ok(Self {
            counted: counted.leak(),
            owns: PhantomData,
        })
    }

    /// As `try_new`, for a value too large for a kernel stack: the memory comes first, and what
    /// `init` returns is made there. (`tests/build/tests/stack.rs` sees to that.)
    #[inline]
    pub(crate) fn try_new_with(init: impl FnOnce() -> T) -> Result<Self> {
        let empty = Box::try_new_with(Tag::OBJECT, || Counted {
            count: AtomicUsize::new(1),
            value: init(),
        })?;
        Ok(Self {
            counted: empty.leak(),
            owns: PhantomData,
        })
    }

    /// Gives the reference away as a pointer to the value, for a context slot.
    pub(crate) fn into_raw(this: Self) -> *const T {
        let this = ManuallyDrop::new(this);
        // SAFETY: the memory is alive: `this` counts.
        unsafe { &raw const (*this.counted.as_ptr()).value }
    }

    /// Takes the reference back.
    ///
    /// # Safety
    ///
    /// `value` is from `into_raw`, and each such pointer is taken back at most once.
    pub(crate) unsafe fn from_raw(value: *const T) -> Self {
        // SAFETY: `into_raw` made the pointer from inside a `Counted<T>` (caller).
        let counted = unsafe { value.byte_sub(offset_of!(Counted<T>, value)) };
        // SAFETY: derived from a non-null pointer.
        let counted = unsafe { NonNull::new_unchecked(counted.cast_mut().cast()) };
        Self {
            counted,
            owns: PhantomData,
        }
    }

    /// One more reference to what `value` points to.
    ///
    /// # Safety
    ///
    /// `value` is from `into_raw` or `as_ptr`, and some reference lives during the call.
    pub(crate) unsafe fn clone_raw(value: *const T) -> Self {
        // SAFETY: forgotten again below, so the caller's reference is not used up.
        let borrowed = ManuallyDrop::new(unsafe { Self::from_raw(value) });
        Ref::clone(&borrowed)
    }

    /// The address of the value, stable for its life.
    pub(crate) fn as_ptr(this: &Self) -> *const T {
        // SAFETY: the memory is alive: `this` counts.
        unsafe { &raw const (*this.counted.as_ptr()).value }
    }

    /// Whether both refer to the same value.
    pub(crate) fn same(a: &Self, b: &Self) -> bool {
        a.counted == b.counted
    }

    fn count(&self) -> &AtomicUsize {
        // SAFETY: the memory is alive: `self` counts.
        unsafe { &(*self.counted.as_ptr()).count }
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        // Relaxed: who clones has a reference already, nothing has to be seen.
        let before = self.count().fetch_add(1, Ordering::Relaxed);
        debug_assert_ne!(before, 0, "reference from nothing");
        Self {
            counted: self.counted,
            owns: PhantomData,
        }
    }
}

impl<T> Deref for Ref<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the memory is alive: `self` counts; the value is only shared.
        unsafe { &(*self.counted.as_ptr()).value }
    }
}

impl<T> Drop for Ref<T> {
    fn drop(&mut self) {
        // Release: what this owner did happens before the value is dropped.
        let before = self.count().fetch_sub(1, Ordering::Release);
        debug_assert_ne!(before, 0, "reference dropped too often");
        if before == 1 {
            // Acquire: sees what all other owners did.
            fence(Ordering::Acquire);
            // SAFETY: it was leaked from a box of this tag, and this was the last reference.
            drop(unsafe { Box::from_leaked(Tag::OBJECT, self.counted) });
        }
    }
}
