//! The QXL device: what lies in the memory that it shares with its guest ([`docs/spec/qxl.md`](crate::spec::qxl)).

pub use crate::proto::qxl::*;
