//! Clip rectangles, paths and strings.

use super::drawing::Drawing;
use super::error::{Error, ErrorKind};
use super::image::behind;
use crate::display::{ClipType, StringFlags};
use crate::memory;
use crate::qxl::{QxlClip, QxlClipRects, QxlClipType, QxlPath, QxlRasterGlyph, QxlString, QxlStringFlags};
use crate::wire::{GuestAddress, Parse};

impl Drawing<'_> {
    /// The clip region. Unknown kinds count as none.
    pub(super) fn clip(&mut self, clip: &QxlClip) -> Result<(), Error> {
        if clip.type_ != QxlClipType::RECTS {
            self.body.u8(ClipType::NONE.0);
            return Ok(());
        }
        let at = clip.data;
        let head: [u8; 24] = self.fetch.bytes(at, "clip.data")?;
        let rects = QxlClipRects::parse(&head).map_err(|error| self.torn(&error, at))?;
        self.body.u8(ClipType::RECTS.0);
        self.body.u32(rects.num_rects);
        // Rectangles are the same on both sides.
        let size = u64::from(rects.num_rects).saturating_mul(16);
        self.fetch.chunks(behind(at, 4), Some(size), self.body.end(), "clip.data.rects").map(drop)
    }

    /// A path: its segments have wider flags than those of messages.
    pub(super) fn path(&mut self, at: GuestAddress) -> Result<(), Error> {
        let head: [u8; 24] = self.fetch.bytes(at, "")?;
        QxlPath::parse(&head).map_err(|error| self.torn(&error, at))?;
        self.scratch.clear();
        self.fetch.chunks(behind(at, 4), None, self.scratch, "data")?;
        // Segments become shorter, if anything.
        memory::reserve(self.body.end(), self.scratch.len())
            .map_err(|refused| Error::new(ErrorKind::OutOfMemory(refused.bytes), at, "data"))?;
        let count = self.body.later();
        let mut rest = self.scratch.as_slice();
        let mut segments = 0_u32;
        // What is shorter than the head of a segment is ignored.
        while let Some((segment, behind_head)) = rest.split_first_chunk::<8>() {
            let [flags, _, _, _, points @ ..] = *segment;
            let points = u32::from_le_bytes(points);
            let fail = || Error::new(ErrorKind::Points(points), at, "data");
            let len = usize::try_from(u64::from(points).saturating_mul(8)).map_err(|_| fail())?;
            let (data, next) = behind_head.split_at_checked(len).ok_or_else(fail)?;
            self.body.u8(flags);
            self.body.u32(points);
            self.body.end().extend_from_slice(data);
            segments = segments.saturating_add(1);
            rest = next;
        }
        self.body.set(count, segments);
        Ok(())
    }

    /// A string: glyphs are the same on both sides.
    pub(super) fn string(&mut self, at: GuestAddress) -> Result<(), Error> {
        let head: [u8; 28] = self.fetch.bytes(at, "")?;
        let string = QxlString::parse(&head).map_err(|error| self.torn(&error, at))?;
        let fail = |kind, field| Error::new(kind, at, field);
        let forms = [
            (QxlStringFlags::RASTER_A1, 1),
            (QxlStringFlags::RASTER_A4, 4),
            (QxlStringFlags::RASTER_A8, 8_u64),
        ];
        let mut wanted = forms.into_iter().filter(|(flag, _)| string.flags.contains(*flag));
        let (Some((_, bits)), None) = (wanted.next(), wanted.next()) else {
            return Err(fail(ErrorKind::Raster(string.flags.bits()), "flags"));
        };
        self.body.u16(string.length);
        // The flags that are known lie in the low byte.
        self.body.u8(StringFlags::from_bits_truncate(string.flags.bits().to_le_bytes()[0]).bits());
        let start = self.body.bytes().len();
        let (first, size) = (behind(at, 8), Some(string.data_size.into()));
        self.fetch.chunks(first, size, self.body.end(), "data")?;
        let mut rest = self.body.bytes().get(start..).unwrap_or_default();
        let mut count = 0_u16;
        while !rest.is_empty() {
            let beyond = || fail(ErrorKind::Glyph(count), "data");
            if count == string.length {
                let kind = ErrorKind::Size {
                    stated: string.length.into(),
                    present: u64::from(count).saturating_add(1),
                };
                return Err(fail(kind, "length"));
            }
            let (head, rows) = rest.split_first_chunk::<20>().ok_or_else(beyond)?;
            let glyph = QxlRasterGlyph::parse(head).map_err(|_| beyond())?;
            let row = u64::from(glyph.width).saturating_mul(bits).div_ceil(8);
            let len = usize::try_from(row.saturating_mul(glyph.height.into())).map_err(|_| beyond())?;
            rest = rows.get(len..).ok_or_else(beyond)?;
            count = count.saturating_add(1);
        }
        if count != string.length {
            let kind = ErrorKind::Size { stated: string.length.into(), present: count.into() };
            return Err(fail(kind, "length"));
        }
        Ok(())
    }
}
