//! Properties: the oracles over vectors, damaged vectors, random data and inputs that once failed.
//!
//! Every test says how many cases it ran. The seeds of random numbers are constant; fuzzing is for finding more.

mod any;
mod complete;
mod damage;
mod errors;
mod found;
mod regressions;
