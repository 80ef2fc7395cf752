//! Compositing of source, mask and target ([`docs/spec/canvas.md` §11](crate::spec::canvas#11-composite-v-for-the-integer-operators-masks-transforms)).
//!
//! ```text
//! source ─► texture row ─┐
//! mask ───► texture row ─┴─► source through mask ─┐
//! target ─► ARGB ─────────────────────────────────┴─► operator ─► ARGB ─► target
//! ```
//!
//! Row by row of the region: each step is one loop over a row that stays in the nearest cache.

mod combine;
mod float;
mod rows;
mod texture;

use alloc::vec::Vec;

use super::blend;
use super::context::DrawContext;
use super::error::{ErrorKind, NotDrawn};
use super::region::Region;
use super::rows::{span_mut, store_row};
use super::sources::required;
use crate::common::Rect;
use crate::display::{Composite, CompositeFlags, CompositeOperator, ImageBody};
use crate::image::{Format, Pixmap, convert_row, set_high_bytes};
use crate::memory::{self, OutOfMemory};
use crate::wire::Pointer;

use self::rows::{Mask, Rows};
use self::texture::{Texture, Use};

/// Draws composites; keeps its rows for the next one.
#[derive(Debug, Default)]
pub(super) struct Compositor {
    rows: Rows,
    /// The target, where it has another format.
    target: Vec<u8>,
}

/// What is laid over the target, and how.
struct Layers<'a> {
    source: Texture<'a>,
    mask: Option<Texture<'a>>,
    mode: Mask,
    operator: CompositeOperator,
}

impl Compositor {
    /// Draws a composite.
    pub(super) fn draw<'c>(
        &mut self,
        context: DrawContext<'c>,
        data: &Composite<'c>,
    ) -> Result<(), NotDrawn> {
        let DrawContext { target, box_, mut sources, region, buffers, .. } = context;
        let flags = data.flags;
        let refused = |value: u64| NotDrawn::new("data.flags", ErrorKind::Value(value));
        let operator = CompositeOperator(flags.bits() as u8);
        if !combine::knows(operator) {
            return Err(refused(operator.0.into()));
        }
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        let picture = sources.convertible("data.src_bitmap", &image, target, &mut buffers.source)?;
        let of_surface = |body: &ImageBody<'_>| matches!(body, ImageBody::Surface(_));
        let source = Use {
            of_surface: of_surface(&image.body),
            opaque: flags.contains(CompositeFlags::SOURCE_OPAQUE),
            filter: flags.bits() >> 8 & 7,
            repeat: flags.bits() >> 14 & 3,
            transform: data.src_transform,
            origin: data.src_origin,
        };
        let source = Texture::new(picture.view(), target.format(), &source)
            .ok_or_else(|| refused(flags.bits().into()))?;
        let mask_image = data.mask_bitmap.flatten().as_ref().map(Pointer::get);
        let mask_picture = match &mask_image {
            Some(image) => {
                Some(sources.convertible("data.mask_bitmap", image, target, &mut buffers.brush)?)
            }
            None => None,
        };
        let mask = match (&mask_picture, &mask_image) {
            (Some(picture), Some(image)) => {
                let mask = Use {
                    of_surface: of_surface(&image.body),
                    opaque: false,
                    filter: flags.bits() >> 11 & 7,
                    repeat: flags.bits() >> 16 & 3,
                    transform: data.mask_transform,
                    origin: data.mask_origin,
                };
                let texture = Texture::new(picture.view(), target.format(), &mask);
                Some(texture.ok_or_else(|| refused(flags.bits().into()))?)
            }
            _ => None,
        };
        let mode = match (&mask, flags.contains(CompositeFlags::COMPONENT_ALPHA)) {
            (None, _) => Mask::None,
            (Some(_), false) => Mask::Alpha,
            (Some(_), true) => Mask::Components,
        };
        let layers = Layers { source, mask, mode, operator };
        self.draw_layers(target, region, box_, &layers)?;
        Ok(())
    }

    fn draw_layers(
        &mut self,
        target: &mut Pixmap,
        region: &Region,
        box_: Rect,
        layers: &Layers<'_>,
    ) -> Result<(), OutOfMemory> {
        let format = target.format();
        // All memory before the first pixel is written.
        let longest = (region.bounds().width() as usize).saturating_mul(4);
        self.rows.resize(longest)?;
        if format.bits_per_pixel() != 32 {
            memory::reserve_len(&mut self.target, longest)?;
        }
        for rect in region.rects() {
            let from = |at: i32, origin: i32| i64::from(at).saturating_sub(origin.into());
            let len = (rect.right.wrapping_sub(rect.left) as usize).saturating_mul(4);
            let width = (len / 4) as u32;
            let Self { rows, target: words } = self;
            rows.resize(len)?;
            for y in rect.top..rect.bottom {
                let (u, v) = (from(rect.left, box_.left), from(y, box_.top));
                layers.source.row(u, v, &mut rows.source);
                if let Some(mask) = &layers.mask {
                    mask.row(u, v, &mut rows.mask);
                }
                let pixels = span_mut(target, y, rect.left, rect.right);
                match format {
                    Format::Argb8888 => layers.combine(pixels, rows),
                    Format::Xrgb8888 => {
                        set_high_bytes(pixels);
                        layers.combine(pixels, rows);
                        blend::clear_fourth(pixels);
                    }
                    _ => {
                        words.resize(len, 0);
                        convert_row(format, pixels, Format::Argb8888, words, width);
                        layers.combine(words, rows);
                        store_row(words, format, pixels, width);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Layers<'_> {
    fn combine(&self, target: &mut [u8], rows: &mut Rows) {
        combine::combine(self.operator, self.mode, target, rows);
    }
}
