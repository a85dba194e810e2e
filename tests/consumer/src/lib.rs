//! An NDK consumer: what a kernel driver above softrnic would be.
