//! The kernel floor.
