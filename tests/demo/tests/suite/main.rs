//! The demo as one runs it: whole processes, real TCP, what they print and how they end.

mod command_line;
mod cut;
mod errors;
mod killed;
mod support;
mod wire;
