//! Benchmarks of the image that ships beside raw TCP.
//!
//! Contenders take turns, point by point and round by round, in one process and one private
//! network; what is judged is the median of the ratios of each round, never an absolute number.

pub mod callgrind;
pub mod machine;
pub mod plot;
pub mod point;
pub mod provider;
pub mod reference;
pub mod report;
pub mod rounds;
pub mod statistics;
