//! The engine driven by a small client made of kernel calls, over loopback TCP.

pub(crate) mod caught;
mod client;
mod data;
mod faults;
mod life;
mod own_irp;
mod pace;
mod rules;
mod side;
mod speed;
