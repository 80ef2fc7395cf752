//! The guest agent.
pub use crate::proto::agent::*;
