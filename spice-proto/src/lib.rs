//! SPICE.
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod proto;
pub mod wire;

pub use proto::*;
pub use wire::{Encode, EncodeError, Error, ErrorKind, Limits, List, Parse};
