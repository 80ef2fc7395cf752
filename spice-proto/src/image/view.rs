//! Pixels that belong to somebody else.

use core::fmt;

use super::{Format, Pixmap, convert, glz, lz};
use crate::common::Rect;
use crate::memory::OutOfMemory;

/// A picture whose rows are borrowed: from a message, a [`Pixmap`], a picture of the GLZ window or a buffer of yours.
///
/// Rows may have gaps between them and may stand bottom row first; [`row`](Self::row) and [`rows`](Self::rows) count
/// from the top all the same.
///
/// ```
/// use spice_proto::image::{Format, View};
///
/// // Two rows of one pixel, the bottom row first, each followed by two bytes that mean nothing.
/// let bytes = [1, 1, 1, 1, 0, 0, 2, 2, 2, 2, 0, 0];
/// let view = View::new(Format::Xrgb8888, 1, 2, &bytes, 6, false).unwrap();
/// assert_eq!(view.row(0), [2; 4]);
/// assert_eq!(view.row(1), [1; 4]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    format: Format,
    width: u32,
    height: u32,
    stride: usize,
    top_down: bool,
    /// INVARIANT: `stride * (height - 1)` bytes and a row, or more.
    data: &'a [u8],
}

impl<'a> View<'a> {
    /// Rows in `data`, `stride` bytes from one to the next; the first one is the top row if `top_down`.
    ///
    /// `None` when the stride is less than a row ([`Format::row_len_bytes`]) or `data` too short. The last row may end
    /// without its gap.
    pub fn new(
        format: Format,
        width: u32,
        height: u32,
        data: &'a [u8],
        stride: usize,
        top_down: bool,
    ) -> Option<Self> {
        let row = format.row_len_bytes(width);
        let needed = match height.checked_sub(1) {
            None => 0,
            Some(above) => (stride as u64).checked_mul(u64::from(above))?.checked_add(row)?,
        };
        let fits = stride as u64 >= row && needed <= data.len() as u64;
        fits.then_some(Self { format, width, height, stride, top_down, data })
    }

    /// The rows of a picture: no gaps, top row first.
    pub(crate) fn of_pixmap(pixmap: &'a Pixmap) -> Self {
        Self {
            format: pixmap.format(),
            width: pixmap.width(),
            height: pixmap.height(),
            stride: pixmap.stride(),
            top_down: true,
            data: pixmap.data(),
        }
    }

    /// The same rows, with the fourth byte of [`Format::Xrgb8888`] taken as alpha.
    pub(crate) fn with_alpha(self) -> Self {
        let format = if self.format == Format::Xrgb8888 { Format::Argb8888 } else { self.format };
        Self { format, ..self }
    }

    /// The same rows, with the fourth byte of [`Format::Argb8888`] taken as it is, but not as alpha.
    pub(crate) fn without_alpha(self) -> Self {
        let format = if self.format == Format::Argb8888 { Format::Xrgb8888 } else { self.format };
        Self { format, ..self }
    }

    /// The rows of a picture of the GLZ window.
    pub(crate) fn of_glz(image: &'a glz::Image) -> Self {
        let header = image.header();
        let format =
            if header.image_type == lz::ImageType::Rgba { Format::Argb8888 } else { Format::Xrgb8888 };
        Self {
            format,
            width: header.width,
            height: header.height,
            stride: (header.width as usize).saturating_mul(4),
            top_down: header.top_down,
            data: image.pixels(),
        }
    }

    /// What the bytes mean.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many pixels wide.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How many pixels high.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How many bytes from one row to the next in [`data`](Self::data).
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Whether the first row of [`data`](Self::data) is the top one.
    pub fn is_top_down(&self) -> bool {
        self.top_down
    }

    /// The bytes, gaps included, as they stand in memory.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// How many bytes a row has, without the gap.
    pub fn row_len_bytes(&self) -> usize {
        self.format.row_len_bytes(self.width) as usize
    }

    /// The bytes of row `y`, counted from the top, without the gap; empty below the picture.
    #[inline]
    pub fn row(&self, y: u32) -> &'a [u8] {
        let Some(below) = self.height.checked_sub(y).and_then(|left| left.checked_sub(1)) else {
            return &[];
        };
        let place = if self.top_down { y } else { below };
        let start = (place as usize).saturating_mul(self.stride);
        self.data.get(start..).and_then(|rest| rest.get(..self.row_len_bytes())).unwrap_or_default()
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let view = *self;
        (0..self.height as usize).map(move |y| view.row(y as u32))
    }

    /// The bytes without gaps and top row first, if they stand like that in memory.
    pub fn as_packed(&self) -> Option<&'a [u8]> {
        let row = self.row_len_bytes();
        let packed = (self.top_down && self.stride == row) || self.height <= 1;
        self.data.get(..row.checked_mul(self.height as usize)?).filter(|_| packed)
    }

    /// A part of the picture, in the same memory; `None` when the rectangle is empty or not inside of the picture, and for
    /// bits that do not begin and end with a byte.
    pub fn crop(&self, to: Rect) -> Option<Self> {
        let side = |at: i32| u32::try_from(at).ok();
        let (top, left) = (side(to.top)?, side(to.left)?);
        let (bottom, right) = (side(to.bottom)?, side(to.right)?);
        if to.is_empty() || bottom > self.height || right > self.width {
            return None;
        }
        let bits = self.format.bits_per_pixel() as usize;
        let start = (left as usize).checked_mul(bits)?;
        if !start.is_multiple_of(8) || bits < 8 && right != self.width && !right.is_multiple_of(8) {
            return None;
        }
        let above = if self.top_down { top } else { self.height.checked_sub(bottom)? };
        let start = (above as usize).checked_mul(self.stride)?.checked_add(start / 8)?;
        let data = self.data.get(start..)?;
        Self::new(self.format, to.width(), to.height(), data, self.stride, self.top_down)
    }

    /// A copy in memory of its own.
    pub fn to_pixmap(&self) -> Pixmap {
        self.convert(self.format)
    }

    /// A copy in another format; see [`convert_row`](super::convert_row) for what becomes of the pixels.
    pub fn convert(&self, to: Format) -> Pixmap {
        let mut pixmap = Pixmap::zeroed(to, self.width, self.height);
        self.convert_into(&mut pixmap);
        pixmap
    }

    /// A copy, where peers choose the size.
    pub(crate) fn try_to_pixmap(&self) -> Result<Pixmap, OutOfMemory> {
        self.try_convert(self.format)
    }

    /// A copy in another format, where peers choose the size.
    pub(crate) fn try_convert(&self, to: Format) -> Result<Pixmap, OutOfMemory> {
        let mut pixmap = Pixmap::try_zeroed(to, self.width, self.height)?;
        self.convert_into(&mut pixmap);
        Ok(pixmap)
    }

    /// Converts all rows into a picture of the same size.
    fn convert_into(&self, pixmap: &mut Pixmap) {
        let to = pixmap.format();
        let stride = pixmap.stride();
        let targets = pixmap.data_mut().chunks_exact_mut(stride.max(1));
        for (target, row) in targets.zip(self.rows()) {
            convert::convert_row(self.format, row, to, target, self.width);
        }
    }
}

/// Shape and size; the bytes tell a reader nothing.
impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({:?} {}x{})", self.format, self.width, self.height)
    }
}
