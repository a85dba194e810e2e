//! Declarations of the WDK in use, with the names and signatures of `wdk-sys` 0.5.
#![no_std]
