//! The driver package: what an administrator gets.
//!
//! [`inf`] reads an INF as Windows' SetupAPI does, [`rules`] says which rule of network driver packages an INF breaks,
//! [`stamp`] makes the INFs of the package from those in `inf/`, [`folder`] puts the package together, and [`windows`] has
//! it checked, catalogued and signed by the tools of the WDK.

pub mod folder;
pub mod inf;
pub mod rules;
pub mod stamp;
pub mod windows;
