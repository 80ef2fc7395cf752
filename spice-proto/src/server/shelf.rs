//! Coded pictures, for all clients that want them in the same form.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::Bytes;

use super::content::Content;
use crate::display::{ImageFlags, ImageType};
use crate::image::{Coding, Encoder, View, glz};
use crate::wire::Encode;

/// The last coded pictures of a screen, and what codes them.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    encoder: Encoder,
    /// The oldest first.
    coded: VecDeque<Coded>,
    bytes: usize,
}

/// A picture as messages have it, with the id 0.
#[derive(Clone, Debug)]
pub(super) struct Coded {
    content: Content,
    coding: Coding,
    pub(super) image: Bytes,
    pub(super) lossy: bool,
}

impl Shelf {
    /// A picture in the form that suits it; from the shelf, if it was coded before, and else coded and put there.
    pub(super) fn coded(&mut self, content: Content, view: View<'_>, coding: &Coding) -> Option<Coded> {
        let known = |coded: &&Coded| coded.content == content && coded.coding == *coding;
        if let Some(coded) = self.coded.iter().rev().find(known) {
            return Some(coded.clone());
        }
        let coded = self.code(content, view, coding, None)?;
        self.bytes = self.bytes.saturating_add(coded.image.len());
        self.coded.push_back(coded.clone());
        while self.bytes > SHELF_BYTES || self.coded.len() > MOST {
            let Some(gone) = self.coded.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(gone.image.len());
        }
        Some(coded)
    }

    /// A picture for one client alone.
    pub(super) fn code(
        &mut self,
        content: Content,
        view: View<'_>,
        coding: &Coding,
        glz: Option<&mut glz::Encoder>,
    ) -> Option<Coded> {
        let image = self.encoder.encode(view, 0, ImageFlags::empty(), coding, glz).ok()?;
        let lossy = matches!(image.descriptor.type_, ImageType::JPEG | ImageType::JPEG_ALPHA);
        let bytes: Vec<u8> = image.encode_to_vec().ok()?;
        Some(Coded { content, coding: *coding, image: bytes.into(), lossy })
    }
}

/// Bytes of coded pictures that a screen keeps for further clients, at most: some full screens.
pub const SHELF_BYTES: usize = 16 << 20;

/// Coded pictures that are kept: what clients at different paces may want of the last moments.
const MOST: usize = 128;
