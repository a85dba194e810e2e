//! What consumers do, and what must be true of it whatever the seed.

pub mod pair;
pub mod probe;
pub mod rude;
pub mod smb;
pub mod storm;
