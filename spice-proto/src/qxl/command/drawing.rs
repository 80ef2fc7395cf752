//! A drawing command while it is being read.

use alloc::vec::Vec;

use super::body::Body;
use super::error::{Error, ErrorKind};
use super::fetch::Fetcher;
use crate::canvas::Canvas;
use crate::common::Rect;
use crate::wire::{self, GuestAddress};

/// Where a command comes from, and the message that it becomes.
pub(super) struct Drawing<'d> {
    pub(super) fetch: Fetcher<'d>,
    /// The surfaces as the commands before have left them.
    pub(super) canvas: &'d Canvas,
    pub(super) body: &'d mut Body,
    /// Memory for data that is not taken as it is.
    pub(super) scratch: &'d mut Vec<u8>,
    /// Of the command.
    pub(super) address: GuestAddress,
    /// Colours have 15 bits.
    pub(super) narrow_colours: bool,
    /// Surfaces that the command says it reads.
    pub(super) declared: [Option<u32>; 3],
    /// What the source shows in place of an image of the guest's.
    pub(super) self_bitmap: Option<Rect>,
    /// The surface that is drawn on.
    pub(super) surface_id: u32,
}

impl Drawing<'_> {
    /// Structures have the bytes that they need, so this does not happen.
    #[cold]
    pub(super) fn torn(&self, error: &wire::Error, at: GuestAddress) -> Error {
        Error::new(ErrorKind::Message(error.kind()), at, "")
    }
}
