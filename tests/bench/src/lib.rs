//! Benchmarks of the image that ships beside raw TCP and beside everybody who does the same job.
//!
//! Contenders take turns, point by point and round by round, in one private network; what is judged
//! is the median of the ratios of each round, never an absolute number.

pub mod crc;
pub mod document;
pub mod explain;
pub mod least;
pub mod machine;
pub mod peers;
pub mod plot;
pub mod point;
pub mod profile;
pub mod provider;
pub mod reference;
pub mod report;
pub mod results;
pub mod rounds;
pub mod statistics;
pub mod targets;
mod valgrind;
