//! Commands of QXL guests, executed; recordings of them.

mod corpus;
mod guest;
mod pictures;
mod rules;
mod seeds;
#[cfg(feature = "programs")]
mod tool;
mod vectors;
