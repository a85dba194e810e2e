//! Where rings and tables get their slots: made once, never grown.

use core::ops::Deref;

/// A fallible source of slices. `nt` implements it over the non-paged pool, tests over `Vec`.
pub trait Allocate {
    type Slice<T>: Deref<Target = [T]>;

    /// `len` values made by `fill(index)`, or `None` when there is no memory.
    fn slice<T>(len: usize, fill: impl FnMut(usize) -> T) -> Option<Self::Slice<T>>;
}

/// The standard library's heap, for hosts and tests.
#[cfg(not(target_os = "windows"))]
#[derive(Debug, Clone, Copy, Default)]
pub struct Heap;

#[cfg(not(target_os = "windows"))]
impl Allocate for Heap {
    type Slice<T> = Vec<T>;

    fn slice<T>(len: usize, fill: impl FnMut(usize) -> T) -> Option<Vec<T>> {
        Some((0..len).map(fill).collect())
    }
}
