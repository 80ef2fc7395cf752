//! Images and palettes.

use super::drawing::Drawing;
use super::error::{Error, ErrorKind};
use crate::common::Rect;
use crate::display::{BitmapFlags, BitmapFmt, ImageFlags, ImageType, SurfaceFmt};
use crate::image::bitmap::row_len_bytes;
use crate::image::{Format, Pixmap, convert_row};
use crate::memory;
use crate::qxl::{QxlBitmap, QxlBitmapFlags, QxlImageDescriptor, QxlImageGroup, QxlQuicData, QxlSurfaceId};
use crate::wire::{GuestAddress, Parse};

use super::body::Slot;

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Its pixels are drawn.
    Pixels,
    /// Its pixels are drawn, and only this part of them, which has to be inside.
    Part(Rect),
    /// Its bits say where to draw.
    Mask,
}

impl Drawing<'_> {
    /// The image at an address becomes the target of a pointer.
    pub(super) fn image(&mut self, slot: Slot, at: GuestAddress, usage: Use) -> Result<(), Error> {
        let head: [u8; 18] = self.fetch.bytes(at, "descriptor")?;
        let head = QxlImageDescriptor::parse(&head).map_err(|error| self.torn(&error, at))?;
        self.body.link(slot);
        match head.type_ {
            ImageType::BITMAP => self.bitmap(&head, at, usage),
            ImageType::QUIC => {
                let quic: [u8; 24] = self.fetch.bytes(behind(at, 18), "quic")?;
                let quic = QxlQuicData::parse(&quic).map_err(|error| self.torn(&error, at))?;
                self.descriptor(&head);
                self.body.u32(quic.data_size);
                let (first, wanted) = (behind(at, 22), Some(quic.data_size.into()));
                self.fetch.chunks(first, wanted, self.body.end(), "quic.data").map(drop)
            }
            ImageType::SURFACE => {
                let surface: [u8; 4] = self.fetch.bytes(behind(at, 18), "surface_image")?;
                let surface = QxlSurfaceId::parse(&surface).map_err(|error| self.torn(&error, at))?;
                self.surface_image(&head, surface.surface_id, at)
            }
            other => Err(Error::new(ErrorKind::ImageType(other.0), at, "descriptor.type")),
        }
    }

    /// What the surface shows now becomes the target of a pointer: an image of a part of it.
    pub(super) fn own_picture(&mut self, slot: Slot, surface: &Pixmap, area: Rect) -> Result<(), Error> {
        let address = self.address;
        let fail = |kind| Error::new(kind, address, "self_bitmap_area");
        if !lies_inside(area, surface.width(), surface.height()) {
            return Err(fail(ErrorKind::Area(area)));
        }
        // There are no bitmaps of 565; all of its pixels are kept by 32 bits.
        let (fmt, format) = match surface.format() {
            Format::A8 => (BitmapFmt::FMT_8BIT_A, Format::A8),
            Format::Xrgb1555 => (BitmapFmt::FMT_16BIT, Format::Xrgb1555),
            Format::Argb8888 => (BitmapFmt::RGBA, Format::Argb8888),
            Format::Xrgb8888 | Format::Rgb565 => (BitmapFmt::FMT_32BIT, Format::Xrgb8888),
            _ => return Err(fail(ErrorKind::SurfaceFormat(SurfaceFmt::FMT_1_A.0))),
        };
        let side = |from: i32, to: i32| to.abs_diff(from);
        let (width, height) = (side(area.left, area.right), side(area.top, area.bottom));
        let stride = format.row_len_bytes(width);
        let wanted = stride.saturating_mul(height.into());
        if wanted > self.fetch.most_bytes.into() {
            return Err(fail(ErrorKind::Limit { wanted, allowed: self.fetch.most_bytes.into() }));
        }
        self.body.link(slot);
        self.descriptor(&QxlImageDescriptor {
            id: QxlImageGroup::RED.0.into(),
            type_: ImageType::BITMAP,
            flags: Default::default(),
            width,
            height,
        });
        self.bitmap_head(fmt, BitmapFlags::TOP_DOWN, (width, height), stride as u32);
        let pixel = surface.format().row_len_bytes(1) as usize;
        let place = |x: i32| usize::try_from(x).unwrap_or_default().saturating_mul(pixel);
        let rows = area.bottom.saturating_sub(area.top).max(0) as usize;
        memory::reserve(self.body.end(), rows.saturating_mul(stride as usize))
            .map_err(|refused| fail(ErrorKind::OutOfMemory(refused.bytes)))?;
        for y in area.top..area.bottom {
            let row =
                surface.row(y.unsigned_abs()).get(place(area.left)..place(area.right)).unwrap_or_default();
            let out = self.body.end();
            let start = out.len();
            out.resize(start.saturating_add(stride as usize), 0);
            convert_row(surface.format(), row, format, out.get_mut(start..).unwrap_or_default(), width);
        }
        Ok(())
    }

    fn bitmap(&mut self, head: &QxlImageDescriptor, at: GuestAddress, usage: Use) -> Result<(), Error> {
        let bitmap: [u8; 30] = self.fetch.bytes(behind(at, 18), "bitmap")?;
        let bitmap = QxlBitmap::parse(&bitmap).map_err(|error| self.torn(&error, at))?;
        let fail = |kind, field| Error::new(kind, at, field);
        let QxlBitmap { format, flags, x, y, stride, palette, data } = bitmap;
        let unknown = fail(ErrorKind::BitmapFormat(format.0), "bitmap.format");
        let needed = row_len_bytes(format, x).ok_or(unknown)?;
        if x == 0 || y == 0 {
            return Err(fail(ErrorKind::Empty, if x == 0 { "bitmap.x" } else { "bitmap.y" }));
        }
        if u64::from(stride) < needed {
            let kind = ErrorKind::Stride { needed, stride: stride.into() };
            return Err(fail(kind, "bitmap.stride"));
        }
        let size = u64::from(stride).saturating_mul(y.into());
        if size > MOST_PIXELS {
            return Err(fail(ErrorKind::Limit { wanted: size, allowed: MOST_PIXELS }, "bitmap.stride"));
        }
        if let Use::Part(area) = usage
            && !lies_inside(area, x, y)
        {
            return Err(fail(ErrorKind::Area(area), "src_area"));
        }
        self.descriptor(head);
        let top_down = BitmapFlags::from_bits_truncate(flags.bits()) & BitmapFlags::TOP_DOWN;
        let slot = self.bitmap_head(format, top_down, (x, y), stride);
        if flags.contains(QxlBitmapFlags::DIRECT) {
            self.fetch.append(data, size, self.body.end(), "bitmap.data")?;
        } else {
            self.fetch.chunks(data, Some(size), self.body.end(), "bitmap.data")?;
        }
        let indexed = (BitmapFmt::FMT_1BIT_LE.0..=BitmapFmt::FMT_8BIT.0).contains(&format.0);
        match palette.is_null() {
            _ if !indexed || usage == Use::Mask => Ok(()),
            true => Err(fail(ErrorKind::NoPalette, "bitmap.palette")),
            false => {
                self.body.link(slot);
                self.palette(palette)
            }
        }
    }

    fn palette(&mut self, at: GuestAddress) -> Result<(), Error> {
        let field = "bitmap.palette";
        let head: [u8; 10] = self.fetch.bytes(at, field)?;
        // The entries come by themselves, as many as the head says, which is read only once.
        let count = u16::from_le_bytes([head[8], head[9]]);
        self.body.end().extend_from_slice(&head);
        let start = self.body.bytes().len();
        if count > 0 {
            self.fetch.append(behind(at, 10), u64::from(count).saturating_mul(4), self.body.end(), field)?;
        }
        if self.narrow_colours {
            let entries = self.body.end().get_mut(start..).unwrap_or_default();
            for entry in entries.as_chunks_mut::<4>().0 {
                *entry = widened(u32::from_le_bytes(*entry)).to_le_bytes();
            }
        }
        Ok(())
    }

    fn surface_image(&mut self, head: &QxlImageDescriptor, id: u32, at: GuestAddress) -> Result<(), Error> {
        let fail = |kind| Error::new(kind, at, "surface_image.surface_id");
        if !self.declared.contains(&Some(id)) {
            return Err(fail(ErrorKind::Undeclared(id)));
        }
        let surface = self.canvas.surface(id).ok_or(fail(ErrorKind::NoSurface(id)))?;
        let (width, height) = (surface.width(), surface.height());
        self.descriptor(&QxlImageDescriptor { flags: Default::default(), width, height, ..*head });
        self.body.u32(id);
        Ok(())
    }

    /// The head of an image. What a guest allows to be cached asks for it in the message.
    fn descriptor(&mut self, head: &QxlImageDescriptor) {
        let QxlImageDescriptor { id, type_, flags, width, height } = *head;
        let known = ImageFlags::CACHE_ME | ImageFlags::HIGH_BITS_SET;
        self.body.u64(id);
        self.body.u8(type_.0);
        self.body.u8((ImageFlags::from_bits_truncate(flags.bits()) & known).bits());
        self.body.u32(width);
        self.body.u32(height);
    }

    /// The head of a bitmap; gives the place of its palette.
    fn bitmap_head(&mut self, format: BitmapFmt, flags: BitmapFlags, size: (u32, u32), stride: u32) -> Slot {
        self.body.u8(format.0);
        self.body.u8(flags.bits());
        self.body.u32(size.0);
        self.body.u32(size.1);
        self.body.u32(stride);
        self.body.pointer()
    }
}

/// An address inside of a structure.
pub(super) fn behind(at: GuestAddress, offset: u64) -> GuestAddress {
    GuestAddress(at.0.wrapping_add(offset))
}

/// Whether a rectangle is inside of a picture, and not inverted.
pub(super) fn lies_inside(area: Rect, width: u32, height: u32) -> bool {
    let Rect { top, left, bottom, right } = area;
    (0..=right).contains(&left)
        && (0..=bottom).contains(&top)
        && i64::from(right) <= width.into()
        && i64::from(bottom) <= height.into()
}

/// A colour of 555 as one of 888.
pub(super) fn widened(colour: u32) -> u32 {
    let wide = |shift: u32| {
        let five = (colour >> shift) & 0x1f;
        five << 3 | five >> 2
    };
    wide(10) << 16 | wide(5) << 8 | wide(0)
}

/// Bytes of a bitmap's rows at most.
const MOST_PIXELS: u64 = 0x7fff_ffff;
