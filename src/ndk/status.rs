//! The one place where the outcome of a work request becomes an NTSTATUS.

