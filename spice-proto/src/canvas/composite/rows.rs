//! What operators work on: rows of premultiplied ARGB, and what the mask among them does.

use alloc::vec::Vec;

use crate::memory::{self, OutOfMemory};

/// Rows of the same length, and what they hold before [`combine`](super::combine::combine); afterwards it has no meaning.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The source.
    pub(super) source: Vec<u8>,
    /// The mask, if there is one.
    pub(super) mask: Vec<u8>,
    /// Nothing.
    pub(super) source_alphas: Vec<u8>,
    pub(super) target_alphas: Vec<u8>,
}

impl Rows {
    /// Makes room.
    pub(super) fn resize(&mut self, len: usize) -> Result<(), OutOfMemory> {
        for row in [&mut self.source, &mut self.mask, &mut self.source_alphas, &mut self.target_alphas] {
            memory::resize(row, len, 0)?;
        }
        Ok(())
    }
}

/// What a mask does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mask {
    /// There is none.
    None,
    /// Its alpha weakens the source.
    Alpha,
    /// Each of its channels weakens that of the source.
    Components,
}
