//! What drawings lead to: images, brushes, masks, clips, paths, glyphs.

use alloc::vec::Vec;

use super::block::Block;
use super::{Error, encoded};
use crate::common::{Rect, Transform};
use crate::display::{
    BitmapData, BitmapDataPal, BitmapFlags, Brush, BrushBody, Clip, ClipType, Image, ImageBody, ImageFlags,
    LineAttr, Palette, Path, QMask, String, StringGlyphs,
};
use crate::qxl::{
    QxlBitmap, QxlBitmapFlags, QxlBrush, QxlBrushBody, QxlBrushType, QxlClip, QxlClipRects, QxlClipType,
    QxlDataChunk, QxlImage, QxlImageBody, QxlImageDescriptor, QxlImageFlags, QxlLineAttr, QxlPalette,
    QxlPath, QxlPathFlags, QxlPathSeg, QxlPattern, QxlQMask, QxlQuicData, QxlString, QxlStringFlags,
    QxlSurfaceId,
};
use crate::wire::{GuestAddress, Pointer};

/// Writes figures into the block of a command.
#[derive(Debug)]
pub(super) struct Figures<'b> {
    pub(super) block: &'b mut Block,
    pub(super) piece_len: Option<usize>,
    /// Surfaces that are read, and which part of them.
    pub(super) surfaces: Vec<(u32, Rect)>,
}

impl Figures<'_> {
    pub(super) fn image(&mut self, image: Option<Pointer<'_, Image<'_>>>) -> Result<GuestAddress, Error> {
        let Some(Image { descriptor: from, body }) = image.map(|image| image.get()) else {
            return Ok(GuestAddress::NULL);
        };
        let mut flags = QxlImageFlags::empty();
        flags.set(QxlImageFlags::CACHE, from.flags.contains(ImageFlags::CACHE_ME));
        flags.set(QxlImageFlags::HIGH_BITS_SET, from.flags.contains(ImageFlags::HIGH_BITS_SET));
        let (id, type_, width, height) = (from.id, from.type_, from.width, from.height);
        let descriptor = QxlImageDescriptor { id, type_, flags, width, height };
        let body = match body {
            ImageBody::Bitmap(bitmap) => QxlImageBody::Bitmap(self.bitmap(&bitmap)?),
            ImageBody::Quic(quic) => {
                let data_size = quic.data.len() as u32;
                // The reference reads whole words out of each chunk, and ends the process when they run out.
                let piece_len = self.piece_len.and_then(|len| len.checked_next_multiple_of(4));
                return self.block.put_list(quic.data, piece_len, |chunk| QxlImage {
                    descriptor,
                    body: QxlImageBody::Quic(QxlQuicData { data_size, chunk }),
                });
            }
            ImageBody::Surface(surface) => {
                let surface_id = surface.surface_id;
                if self.surfaces.iter().all(|(id, _)| *id != surface_id) {
                    self.surfaces.push((surface_id, Rect::of_size(width, height)));
                }
                QxlImageBody::SurfaceImage(QxlSurfaceId { surface_id })
            }
            _ => return Err(Error::ImageType(type_)),
        };
        self.block.put_value(&QxlImage { descriptor, body })
    }

    fn bitmap(&mut self, bitmap: &BitmapData<'_>) -> Result<QxlBitmap, Error> {
        let BitmapData { format, flags: from, x, y, stride, pal, data } = *bitmap;
        let palette = match pal {
            BitmapDataPal::Palette(None) => GuestAddress::NULL,
            BitmapDataPal::Palette(Some(palette)) => {
                let Palette { unique, ents } = palette.get();
                self.block.put_value(&QxlPalette { unique, ents })?
            }
            BitmapDataPal::PaletteId(_) => return Err(Error::CachedPalette),
        };
        let mut flags = QxlBitmapFlags::empty();
        flags.set(QxlBitmapFlags::TOP_DOWN, from.contains(BitmapFlags::TOP_DOWN));
        flags.set(QxlBitmapFlags::DIRECT, self.piece_len.is_none());
        let data = match self.piece_len {
            None => self.block.put(data)?,
            Some(piece_len) => {
                // A chunk is a whole number of rows: the reference's compressors end the process otherwise.
                let row_len = (stride as usize).max(1);
                let rows_len = piece_len.checked_next_multiple_of(row_len);
                self.block.put_list(data, Some(rows_len.unwrap_or(row_len)), |chunk| chunk)?
            }
        };
        Ok(QxlBitmap { format, flags, x, y, stride, palette, data })
    }

    pub(super) fn brush(&mut self, brush: &Brush<'_>) -> Result<QxlBrush<'static>, Error> {
        let body = match brush.body {
            BrushBody::Color(color) => QxlBrushBody::Color(color),
            BrushBody::Pattern(pattern) => {
                let pat = self.image(Some(pattern.pat))?;
                QxlBrushBody::Pattern(QxlPattern { pat, pos: pattern.pos })
            }
            BrushBody::Absent => QxlBrushBody::Other(&[0; 16]),
        };
        Ok(QxlBrush { type_: QxlBrushType(brush.type_.0.into()), body })
    }

    pub(super) fn mask(&mut self, mask: &QMask<'_>) -> Result<QxlQMask, Error> {
        Ok(QxlQMask { flags: mask.flags, pos: mask.pos, bitmap: self.image(mask.bitmap)? })
    }

    pub(super) fn clip(&mut self, clip: &Clip<'_>) -> Result<QxlClip, Error> {
        let Some(rects) = clip.rects.filter(|_| clip.type_ == ClipType::RECTS) else {
            return Ok(QxlClip { type_: QxlClipType::NONE, data: GuestAddress::NULL });
        };
        let mut data = Vec::new();
        for rect in rects.rects.iter() {
            data.extend(encoded(&rect)?);
        }
        let num_rects = rects.rects.len() as u32;
        let head = |chunk| QxlClipRects { num_rects, chunk };
        let data = self.block.put_list(&data, self.piece_len, head)?;
        Ok(QxlClip { type_: QxlClipType::RECTS, data })
    }

    pub(super) fn path(&mut self, path: &Path<'_>) -> Result<GuestAddress, Error> {
        let mut data = Vec::new();
        for segment in path.segments.iter() {
            let flags = QxlPathFlags::from_bits_retain(segment.flags.bits().into());
            data.extend(encoded(&QxlPathSeg { flags, points: segment.points })?);
        }
        let data_size = data.len() as u32;
        self.block.put_list(&data, self.piece_len, |chunk| QxlPath { data_size, chunk })
    }

    pub(super) fn line(&mut self, line: &LineAttr<'_>) -> Result<QxlLineAttr, Error> {
        let mut style = Vec::new();
        let dashes = line.style.flatten();
        for dash in dashes.iter().flat_map(|dashes| dashes.iter()) {
            style.extend(dash.to_le_bytes());
        }
        let style = if dashes.is_some() { self.block.put(&style)? } else { GuestAddress::NULL };
        let style_nseg = line.style_nseg.unwrap_or_default();
        let (join_style, end_style, width, miter_limit) = (0, 0, 0, 0);
        Ok(QxlLineAttr { flags: line.flags, join_style, end_style, style_nseg, width, miter_limit, style })
    }

    pub(super) fn string(&mut self, string: &String<'_>) -> Result<GuestAddress, Error> {
        let mut data = Vec::new();
        match string.glyphs {
            // The glyphs of commands have the bytes of those of messages.
            StringGlyphs::RasterA1(glyphs) => {
                glyphs.iter().try_for_each(|glyph| encoded(&glyph).map(|bytes| data.extend(bytes)))?;
            }
            StringGlyphs::RasterA4(glyphs) => {
                glyphs.iter().try_for_each(|glyph| encoded(&glyph).map(|bytes| data.extend(bytes)))?;
            }
            StringGlyphs::RasterA8(glyphs) => {
                glyphs.iter().try_for_each(|glyph| encoded(&glyph).map(|bytes| data.extend(bytes)))?;
            }
            StringGlyphs::Absent => {}
        }
        let flags = QxlStringFlags::from_bits_retain(string.flags.bits().into());
        let (data_size, length) = (data.len() as u32, string.length);
        let head = |chunk: QxlDataChunk| QxlString { data_size, length, flags, chunk };
        self.block.put_list(&data, self.piece_len, head)
    }

    pub(super) fn transform(&mut self, transform: Option<Transform>) -> Result<GuestAddress, Error> {
        transform.map_or(Ok(GuestAddress::NULL), |transform| self.block.put_value(&transform))
    }
}
