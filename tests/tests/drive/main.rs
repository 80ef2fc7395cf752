//! Drivers: both runtimes, both roles, streams that stutter, futures that are dropped, peers that misbehave.

mod attend;
mod blocking;
mod cancel;
mod examples;
mod hosts;
#[path = "../shared/machine.rs"]
mod machine;
mod people;
mod runtime;
mod session;
