//! A file that is read and written over SMB Direct channels: what SMB does above the transport, and nothing else of it.
//!
//! A client lends memory and sends the descriptors of it in a request, as SMB2 READ and WRITE do in their channel
//! information; the server writes or reads that memory by RDMA and then answers, with an invalidation of the first token
//! if the client asked for one. Small amounts travel in the messages themselves. Several channels may belong to one
//! session; its file is reached through each of them.

mod client;
mod copy;
mod request;
mod server;

pub use client::Share;
pub use copy::{Copied, Direction, copy};
pub use request::{Command, Request, STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER};
pub use server::{Served, Server};

/// SHA-256 of the first `len` bytes of `memory`.
#[must_use]
pub fn digest(memory: &crate::Mapped, len: usize) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    const BLOCK: usize = 1 << 18;
    let mut hash = Sha256::new();
    for at in (0..len).step_by(BLOCK) {
        hash.update(memory.buffer().read(at, BLOCK.min(len - at)));
    }
    hash.finalize().into()
}
