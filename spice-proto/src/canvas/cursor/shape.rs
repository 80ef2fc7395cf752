//! Shapes of the pointer: seven formats to one.

use crate::common::CursorType;
use crate::cursor::CursorHeader;
use crate::image::{self, Format, Pixmap};
use crate::wire::Limits;

use super::super::{Error, ErrorKind};

/// A shape of the pointer ([`docs/spec/messages.md`, "Cursor cache and cursor data"](crate::spec::messages#cursor-cache-and-cursor-data)).
///
/// Shapes with a mask can do what no alpha says: change the colours of the screen by exclusive or. Those pixels are in
/// [`inversion`](Self::inversion); in [`pixels`](Self::pixels) they are chequered in black and white, which shows on
/// every ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pixels: Pixmap,
    inversion: Option<Pixmap>,
    hot_spot: (u16, u16),
}

impl Shape {
    /// Turns the data of a shape into pixels. Bytes behind those that the type needs are ignored; a hot spot outside
    /// of the shape is moved to its edge.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] for a side longer than [`Limits::cursor_side`], [`ErrorKind::Value`] for an unknown type,
    /// [`ErrorKind::Truncated`] for too little data; nothing is allocated before that is known.
    /// [`ErrorKind::OutOfMemory`] when there is no memory for the pixels.
    pub fn new(header: &CursorHeader, data: &[u8], limits: &Limits) -> Result<Self, Error> {
        let (width, height) = (header.width, header.height);
        for (field, side) in [("cursor.header.width", width), ("cursor.header.height", height)] {
            if u32::from(side) > limits.cursor_side {
                let kind = ErrorKind::Limit { wanted: side.into(), allowed: limits.cursor_side.into() };
                return Err(Error::new(field, kind));
            }
        }
        let source = Source::new(header, data)?;
        let new = |format| {
            let (width, height) = (u32::from(width), u32::from(height));
            Pixmap::new(format, width, height, limits).map_err(|error| {
                let kind = match error {
                    image::Error::PixelLimit { pixels: wanted, limit: allowed } => {
                        ErrorKind::Limit { wanted, allowed }
                    }
                    image::Error::OutOfMemory { bytes } => ErrorKind::OutOfMemory { bytes },
                    other => ErrorKind::Image(other),
                };
                Error::new("cursor.header.width", kind)
            })
        };
        let mut pixels = new(Format::Argb8888)?;
        let mut inversion = None;
        let (words, _) = pixels.data_mut().as_chunks_mut::<4>();
        let places = (0..usize::from(height)).flat_map(|y| (0..usize::from(width)).map(move |x| (x, y)));
        for (index, ((x, y), word)) in places.zip(words).enumerate() {
            let pixel = match source.pixel(x, y) {
                Pixel::Argb(pixel) => pixel,
                Pixel::Xor(colour) => {
                    let inversion = match &mut inversion {
                        Some(inversion) => inversion,
                        none => none.insert(new(Format::Xrgb8888)?),
                    };
                    if let Some(word) = inversion.data_mut().as_chunks_mut::<4>().0.get_mut(index) {
                        *word = colour.to_le_bytes();
                    }
                    if (x ^ y) & 1 == 0 { 0xff00_0000 } else { u32::MAX }
                }
            };
            *word = pixel.to_le_bytes();
        }
        let hot_spot = |at: u16, side: u16| at.min(side.saturating_sub(1));
        let hot_spot = (hot_spot(header.hot_spot_x, width), hot_spot(header.hot_spot_y, height));
        Ok(Self { pixels, inversion, hot_spot })
    }

    /// The picture: [`Format::Argb8888`], colours multiplied with the alpha.
    #[must_use]
    pub fn pixels(&self) -> &Pixmap {
        &self.pixels
    }

    /// Colours ([`Format::Xrgb8888`], as large as the picture) to combine with the screen by exclusive or; 0 where the
    /// picture says all. `None` when it does everywhere. The colour is white nearly always, which inverts.
    ///
    /// Who can do so draws the picture where this is 0, and only this where it is not.
    #[must_use]
    pub fn inversion(&self) -> Option<&Pixmap> {
        self.inversion.as_ref()
    }

    /// Column and row of the pixel that points; inside of the picture unless that has no pixels.
    #[must_use]
    pub fn hot_spot(&self) -> (u16, u16) {
        self.hot_spot
    }

    /// Bytes of pixels.
    pub(super) fn len_bytes(&self) -> u64 {
        let inversion = self.inversion.as_ref().map_or(0, |inversion| inversion.data().len());
        (self.pixels.data().len() as u64).saturating_add(inversion as u64)
    }
}

/// What a shape does with a pixel of the screen.
enum Pixel {
    /// Lies over it, premultiplied.
    Argb(u32),
    /// Is combined with it by exclusive or; not 0.
    Xor(u32),
}

/// The parts of the data of a shape.
struct Source<'a> {
    kind: CursorType,
    width: usize,
    /// Colours or indices; for MONO the second mask.
    colours: &'a [u8],
    palette: &'a [[u8; 4]],
    /// 1 where the screen stays.
    mask: &'a [u8],
}

impl<'a> Source<'a> {
    fn new(header: &CursorHeader, data: &'a [u8]) -> Result<Self, Error> {
        let (width, height) = (usize::from(header.width), usize::from(header.height));
        // 17 bits more than a u16 each: 33 bits, and `usize` may have 32.
        let size = |row: usize| row.saturating_mul(height);
        let mask = size(width.div_ceil(8));
        let (colours, palette, mask) = match header.type_ {
            CursorType::ALPHA => (size(width.saturating_mul(4)), 0, 0),
            CursorType::MONO => (mask, 0, mask),
            CursorType::COLOR4 => (size(width.div_ceil(2)), 16, mask),
            CursorType::COLOR8 => (size(width), 256, mask),
            CursorType::COLOR16 => (size(width.saturating_mul(2)), 0, mask),
            CursorType::COLOR24 => (size(width.saturating_mul(3)), 0, mask),
            CursorType::COLOR32 => (size(width.saturating_mul(4)), 0, mask),
            other => return Err(Error::new("cursor.header.type", ErrorKind::Value(u8::from(other).into()))),
        };
        let palette_len = usize::saturating_mul(palette, 4);
        let parts = || {
            // The masks of MONO come in the other order.
            let first = if header.type_ == CursorType::MONO { mask } else { colours };
            let (first, rest) = data.split_at_checked(first)?;
            let (palette, rest) = rest.split_at_checked(palette_len)?;
            let last = rest.get(..if header.type_ == CursorType::MONO { colours } else { mask })?;
            Some((first, palette, last))
        };
        let Some((first, palette, last)) = parts() else {
            let needed = colours.saturating_add(palette_len).saturating_add(mask) as u64;
            return Err(Error::new(
                "cursor.data",
                ErrorKind::Truncated { needed, present: data.len() as u64 },
            ));
        };
        let (colours, mask) = if header.type_ == CursorType::MONO { (last, first) } else { (first, last) };
        Ok(Self { kind: header.type_, width, colours, palette: palette.as_chunks().0, mask })
    }

    /// A pixel inside of the shape.
    fn pixel(&self, x: usize, y: usize) -> Pixel {
        let at = y.saturating_mul(self.width).saturating_add(x);
        let colour = match self.kind {
            CursorType::ALPHA => {
                return Pixel::Argb(
                    self.colours.as_chunks().0.get(at).map_or(0, |word| u32::from_le_bytes(*word)),
                );
            }
            CursorType::MONO if self.bit(self.colours, x, y) => 0x00ff_ffff,
            CursorType::MONO => 0,
            CursorType::COLOR4 => {
                let row = y.saturating_mul(self.width.div_ceil(2));
                let byte = self.colours.get(row.saturating_add(x / 2)).map_or(0, |byte| *byte);
                self.entry(if x.is_multiple_of(2) { byte >> 4 } else { byte & 15 })
            }
            CursorType::COLOR8 => self.entry(self.colours.get(at).map_or(0, |index| *index)),
            CursorType::COLOR16 => {
                let word = self.colours.as_chunks().0.get(at).map_or(0, |word| u16::from_le_bytes(*word));
                let expand = |shift: u32| {
                    let five = u32::from(word >> shift & 31);
                    five << 3 | five >> 2
                };
                expand(10) << 16 | expand(5) << 8 | expand(0)
            }
            CursorType::COLOR24 => {
                let [b, g, r] = self.colours.as_chunks().0.get(at).map_or([0; 3], |bytes| *bytes);
                u32::from_le_bytes([b, g, r, 0])
            }
            _ => self.colours.as_chunks().0.get(at).map_or(0, |word| u32::from_le_bytes(*word)) & 0x00ff_ffff,
        };
        match (self.bit(self.mask, x, y), colour) {
            (false, colour) => Pixel::Argb(0xff00_0000 | colour),
            (true, 0) => Pixel::Argb(0),
            (true, colour) => Pixel::Xor(colour),
        }
    }

    /// A bit of a mask; the leftmost is the highest of a byte.
    fn bit(&self, mask: &[u8], x: usize, y: usize) -> bool {
        let row = y.saturating_mul(self.width.div_ceil(8));
        mask.get(row.saturating_add(x / 8)).is_some_and(|byte| byte << (x % 8) & 0x80 != 0)
    }

    /// A colour of the palette.
    fn entry(&self, index: u8) -> u32 {
        self.palette.get(usize::from(index)).map_or(0, |word| u32::from_le_bytes(*word)) & 0x00ff_ffff
    }
}
