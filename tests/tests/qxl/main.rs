//! Commands of QXL guests, executed; recordings of them.

mod corpus;
mod guest;
mod memory;
mod pictures;
mod queue;
mod rules;
mod seeds;
mod shown;
#[path = "../shared/storm.rs"]
mod storm;
#[cfg(feature = "programs")]
mod tool;
mod vectors;
#[cfg(target_pointer_width = "64")]
mod vm_memory;
