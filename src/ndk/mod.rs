//! The Network Direct provider: one file per NDK object.
