//! Benchmarks of the shipped image beside raw TCP.
