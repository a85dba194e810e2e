//! Lock-free algorithms on atomics, each modelled with loom.
