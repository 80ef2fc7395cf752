//! Generator for wire descriptions in SPICE's description language: text in, checked model, code out.
pub mod backend;
pub mod diagnostic;
pub mod model;
pub mod source;
pub mod syntax;
