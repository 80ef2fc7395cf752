//! What a drawing operation works with: the surface, where on it, and where images come from.

use alloc::vec::Vec;

use super::blit::Scratch;
use super::region::Region;
use super::sources::{Buffer, Sources};
use crate::common::Rect;
use crate::image::Pixmap;

/// Everything that an operation draws with; it is gone when the operation is done.
#[derive(Debug)]
pub(super) struct DrawContext<'c> {
    pub(super) target: &'c mut Pixmap,
    /// The box of the message.
    pub(super) box_: Rect,
    pub(super) sources: Sources<'c>,
    /// Where to draw: box, surface and clip. Operations take the mask out of it.
    pub(super) region: &'c mut Region,
    pub(super) buffers: &'c mut Buffers,
    pub(super) scratch: &'c mut Scratch,
}

/// Memory for the images of a message, kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) source: Buffer,
    pub(super) brush: Buffer,
    /// Of a background.
    pub(super) back: Buffer,
    pub(super) mask: Vec<u8>,
    /// A row of a brush.
    pub(super) pattern: Vec<u8>,
}
