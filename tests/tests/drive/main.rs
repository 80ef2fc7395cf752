//! Drivers: both runtimes, both roles, streams that stutter, futures that are dropped, peers that misbehave.

mod blocking;
mod cancel;
mod people;
mod runtime;
mod session;
