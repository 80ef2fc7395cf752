//! Parts of drawing messages as they mostly are, and the messages that servers send most.

use super::common::{Point, Rect};
use super::display::{
    Brush, BrushBody, BrushType, Clip, ClipRects, ClipType, Copy, CopyBits, DisplayBase, DrawCopy, DrawFill,
    Fill, Image, ImageScaleMode, MaskFlags, Pattern, QMask, Ropd,
};
use crate::wire::List;

impl<'a> Clip<'a> {
    /// All of the box.
    pub const NONE: Self = Self { type_: ClipType::NONE, rects: None };

    /// Only what lies in these rectangles of the target surface; nothing, when there are none.
    #[must_use]
    pub fn rects(rects: impl Into<List<'a, Rect>>) -> Self {
        Self { type_: ClipType::RECTS, rects: Some(ClipRects { rects: rects.into() }) }
    }
}

/// [`Clip::NONE`].
impl Default for Clip<'_> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<'a> From<&'a [Rect]> for Clip<'a> {
    fn from(rects: &'a [Rect]) -> Self {
        Self::rects(rects)
    }
}

impl<'a> QMask<'a> {
    /// No mask: all of the box is drawn.
    pub const NONE: Self = Self { flags: MaskFlags::empty(), pos: Point::ORIGIN, bitmap: None };

    /// Draws where the bits of an image are 1. Its pixel at `pos` lies at the top left of the box.
    #[must_use]
    pub fn new(bitmap: &'a Image<'a>, pos: Point) -> Self {
        Self { flags: MaskFlags::empty(), pos, bitmap: Some(bitmap.into()) }
    }

    /// The same mask, drawing where the bits are 0.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self { flags: self.flags ^ MaskFlags::INVERS, ..self }
    }
}

/// [`QMask::NONE`].
impl Default for QMask<'_> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<'a> Brush<'a> {
    /// Paints nothing.
    pub const NONE: Self = Self { type_: BrushType::NONE, body: BrushBody::Absent };

    /// One colour, in the format of the target surface: `0x00RRGGBB`, or `0RRRRRGGGGGBBBBB` for surfaces of 16 bits.
    #[must_use]
    pub const fn solid(color: u32) -> Self {
        Self { type_: BrushType::SOLID, body: BrushBody::Color(color) }
    }

    /// An image, repeated in all directions; its top left lies at `pos` of the target surface.
    #[must_use]
    pub fn pattern(image: &'a Image<'a>, pos: Point) -> Self {
        Self { type_: BrushType::PATTERN, body: BrushBody::Pattern(Pattern { pat: image.into(), pos }) }
    }
}

/// [`Brush::NONE`].
impl Default for Brush<'_> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<'a> DisplayBase<'a> {
    /// A drawing inside of `box_` in the surface, not clipped further.
    #[must_use]
    pub const fn new(surface_id: u32, box_: Rect) -> Self {
        Self { surface_id, box_, clip: Clip::NONE }
    }

    /// The same with this clip.
    #[must_use]
    pub const fn clipped(self, clip: Clip<'a>) -> Self {
        Self { clip, ..self }
    }
}

impl<'a> Copy<'a> {
    /// The whole image put over what was there; scaled without interpolation where its size is not that of the box.
    #[must_use]
    pub fn put(image: &'a Image<'a>) -> Self {
        Self {
            src_bitmap: Some(image.into()),
            src_area: Rect::of_size(image.descriptor.width, image.descriptor.height),
            rop_descriptor: Ropd::OP_PUT,
            scale_mode: ImageScaleMode::NEAREST,
            mask: QMask::NONE,
        }
    }
}

impl<'a> DrawCopy<'a> {
    /// Puts a whole image on a surface: what a server sends when pixels have changed. Whatever it is to be besides (a clip, a
    /// part of the image, a mask) is a field.
    ///
    /// ```
    /// use spice_proto::canvas::{Canvas, Outcome};
    /// use spice_proto::common::Rect;
    /// use spice_proto::display::{DrawCopy, ImageFlags, ServerMessage, SurfaceCreate, SurfaceFlags, SurfaceFmt};
    /// use spice_proto::image::{Coding, Encoder, Format, SharedCaches, View};
    /// use spice_proto::Limits;
    ///
    /// // A server: four red pixels become an image, and that a message.
    /// let red = [0, 0, 255, 0].repeat(4); // blue, green, red, unused
    /// let view = View::new(Format::Xrgb8888, 2, 2, &red, 8, true).expect("two rows of two pixels");
    /// let mut encoder = Encoder::new();
    /// let image = encoder.encode(view, 0, ImageFlags::empty(), &Coding::default(), None)?;
    /// let draw = DrawCopy::put(0, Rect::new(10, 20, 2, 2), &image);
    ///
    /// // A client: the same message paints them.
    /// let (mut canvas, mut caches) = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()));
    /// let create = SurfaceCreate {
    ///     surface_id: 0,
    ///     width: 64,
    ///     height: 64,
    ///     format: SurfaceFmt::FMT_32_XRGB,
    ///     flags: SurfaceFlags::PRIMARY,
    /// };
    /// canvas.apply(&ServerMessage::SurfaceCreate(create), &mut caches)?;
    /// let Outcome::Drawn(damage) = canvas.apply(&ServerMessage::DrawCopy(draw), &mut caches)? else {
    ///     unreachable!("nothing is missing")
    /// };
    /// assert_eq!(damage.bounds(), Rect::new(10, 20, 2, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn put(surface_id: u32, box_: Rect, image: &'a Image<'a>) -> Self {
        Self { base: DisplayBase::new(surface_id, box_), data: Copy::put(image) }
    }
}

impl<'a> DrawFill<'a> {
    /// Fills the box with a brush.
    #[must_use]
    pub const fn put(surface_id: u32, box_: Rect, brush: Brush<'a>) -> Self {
        let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask: QMask::NONE };
        Self { base: DisplayBase::new(surface_id, box_), data }
    }
}

impl CopyBits<'_> {
    /// Copies to the box what lies in the same surface from `src_pos` on: what a server sends when a window moved or
    /// scrolled.
    #[must_use]
    pub const fn put(surface_id: u32, box_: Rect, src_pos: Point) -> Self {
        Self { base: DisplayBase::new(surface_id, box_), src_pos }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::display::{ImageBody, ImageDescriptor, ImageFlags, ImageType};
    use crate::wire::{Encode, Parse};

    const IMAGE: Image<'_> = Image {
        descriptor: ImageDescriptor {
            id: 7,
            type_: ImageType::FROM_CACHE,
            flags: ImageFlags::empty(),
            width: 3,
            height: 2,
        },
        body: ImageBody::Absent,
    };

    #[test]
    fn put_is_the_message_that_the_description_lays_out() {
        let bytes = DrawCopy::put(1, Rect::new(10, 20, 3, 2), &IMAGE).encode_to_vec().unwrap();
        let wanted: Vec<u8> = [
            &[1, 0, 0, 0][..],                                         // surface_id
            &[20, 0, 0, 0, 10, 0, 0, 0, 22, 0, 0, 0, 13, 0, 0, 0],     // box: top, left, bottom, right
            &[0],                                                      // clip: NONE
            &[57, 0, 0, 0],                                            // src_bitmap, behind the body
            &[0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],         // src_area
            &[8, 0],                                                   // rop_descriptor: OP_PUT
            &[1],                                                      // scale_mode: NEAREST
            &[0; 13],                                                  // mask: flags, pos, no bitmap
            &[7, 0, 0, 0, 0, 0, 0, 0, 103, 0, 3, 0, 0, 0, 2, 0, 0, 0], // the image's descriptor
        ]
        .concat();
        assert_eq!(bytes, wanted);
    }

    #[test]
    fn what_is_made_here_can_be_written_and_read() {
        let rects = [Rect::of_size(5, 5), Rect::EMPTY];
        let base = DisplayBase::new(0, Rect::of_size(9, 9)).clipped(Clip::rects(&rects));
        let fill = DrawFill { base, ..DrawFill::put(0, Rect::EMPTY, Brush::solid(0xff)) };
        let pattern = DrawFill::put(0, Rect::EMPTY, Brush::pattern(&IMAGE, Point::new(1, 2)));
        let mask = QMask::new(&IMAGE, Point::ORIGIN).inverted();
        assert_eq!((mask.flags, mask.inverted().flags), (MaskFlags::INVERS, MaskFlags::empty()));
        let masked = DrawFill { data: Fill { mask, brush: Brush::default(), ..fill.data }, ..fill };
        for message in [fill, pattern, masked] {
            let bytes = message.encode_to_vec().unwrap();
            assert_eq!(DrawFill::parse(&bytes).unwrap(), message);
        }
        assert_eq!(fill.base.clip.rects.unwrap().rects.len(), 2);
        assert_eq!((Clip::default(), QMask::default()), (Clip::NONE, QMask::NONE));
    }
}
