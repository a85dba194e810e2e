//! Runs a protocol machine over sockets.
