//! Emits the driver-model cfg.
