//! The facts of the Windows ABI and the tests that hold every declaration to them.
//!
//! `facts/*.tsv` are numbers and names read from the headers with a compiler (see
//! `facts/README.md`). [`declared`] reads what `src/sys` and `tests/wdk/wdk-sys` declare, from
//! their sources, so nothing can be declared without being compared. [`measured`] is what this
//! compiler makes of those declarations: a list written from the sources by [`generate`], checked
//! in, and held current by a test (`UPDATE_ABI=1 cargo test -p softrnic-abi` rewrites it).

pub mod declared;
pub mod facts;
pub mod generate;
pub mod measured;

/// A type, or a field of it (`path` empty: the type itself).
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub owner: &'static str,
    pub path: &'static str,
    pub offset: usize,
    pub size: usize,
    /// Of types only; 0 for fields.
    pub align: usize,
}

/// An integer constant, widened.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    pub name: &'static str,
    pub value: i128,
}

/// An import or a function type: the sizes of what it takes and returns.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub arguments: &'static [usize],
    pub returns: usize,
}
