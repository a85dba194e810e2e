//! The engine driven by a small client made of kernel calls, over loopback TCP.

mod client;
mod data;
mod life;
mod speed;
