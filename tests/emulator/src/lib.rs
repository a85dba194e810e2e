//! A user-mode Windows kernel for network drivers.
