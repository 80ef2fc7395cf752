//! From decoded units to other forms: palette indexes and alpha to 32 bits ([`docs/spec/lz-glz.md` §1.4](crate::spec::lz_glz#14-decoded-output-formats)).

use super::header::ImageType;
use super::output::Output;

/// Stores one alpha byte into the fourth byte of each pixel.
pub(crate) fn merge_alpha(alpha: &[u8], pixels: &mut [u8]) {
    let pixels = pixels.as_chunks_mut::<4>().0;
    // Mostly a picture is as opaque in one place as in the other; then the plane need not be read again.
    let first = alpha.first().copied().unwrap_or(0);
    if alpha.iter().fold(0, |differ, alpha| differ | (alpha ^ first)) == 0 {
        let opaque = u32::from(first) << 24;
        for pixel in pixels {
            *pixel = (u32::from_le_bytes(*pixel) & 0x00FF_FFFF | opaque).to_le_bytes();
        }
        return;
    }
    for (pixel, alpha) in pixels.iter_mut().zip(alpha) {
        let colour = u32::from_le_bytes(*pixel) & 0x00FF_FFFF;
        *pixel = (colour | u32::from(*alpha) << 24).to_le_bytes();
    }
}

/// How one row of units becomes one row of output.
#[allow(clippy::large_enum_variant, reason = "there is one, on the stack")]
pub(crate) enum Conversion {
    /// The units are the output.
    Copy,
    /// One alpha byte a unit, into the fourth byte of existing pixels.
    Alpha,
    /// One alpha byte a unit, colours black.
    Grey,
    /// Conversion of 8, 4 or 1 bits.
    Palette {
        /// Colour of each index; 4-bit and 1-bit types use the first ones.
        colours: [[u8; 4]; 256],
        /// Width of an index, and where the first one of a byte stands.
        bits: Bits,
    },
}

/// The widths of an index, and the order within a byte.
#[derive(Clone, Copy)]
pub(crate) enum Bits {
    Eight,
    Four { low_first: bool },
    One { low_first: bool },
}

impl Conversion {
    /// The conversion that a type needs on its way to `output`.
    pub(crate) fn new(image_type: ImageType, output: Output<'_>) -> Self {
        let bits = match image_type {
            ImageType::Plt8 => Bits::Eight,
            ImageType::Plt4Le => Bits::Four { low_first: true },
            ImageType::Plt4Be => Bits::Four { low_first: false },
            ImageType::Plt1Le => Bits::One { low_first: true },
            ImageType::Plt1Be => Bits::One { low_first: false },
            ImageType::Xxxa => return Conversion::Alpha,
            ImageType::A8 if output != Output::Native => return Conversion::Grey,
            _ => return Conversion::Copy,
        };
        let Output::Bgrx { palette } = output else {
            return Conversion::Copy;
        };
        let mut colours = [[0; 4]; 256];
        for (slot, colour) in colours.iter_mut().zip(palette) {
            *slot = (colour & 0x00FF_FFFF).to_le_bytes();
        }
        if matches!(bits, Bits::Four { .. }) {
            for (slot, colour) in colours.iter_mut().take(16).zip(palette.iter().cycle()) {
                *slot = (colour & 0x00FF_FFFF).to_le_bytes();
            }
        }
        Conversion::Palette { colours, bits }
    }

    /// Converts one row. `target` holds the pixels of the picture; padding pixels of the last unit are dropped.
    pub(crate) fn row(&self, units: &[u8], target: &mut [u8]) {
        match self {
            Conversion::Copy => target.copy_from_slice(units),
            Conversion::Alpha => {
                for (pixel, unit) in target.as_chunks_mut::<4>().0.iter_mut().zip(units) {
                    pixel[3] = *unit;
                }
            }
            Conversion::Grey => {
                for (pixel, unit) in target.as_chunks_mut::<4>().0.iter_mut().zip(units) {
                    *pixel = [0, 0, 0, *unit];
                }
            }
            Conversion::Palette { colours, bits } => palette_row(colours, *bits, units, target),
        }
    }
}

/// Looks up the pixel of `N` bytes of every index of a row. The last byte may stand for fewer pixels than the others.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "indexes are u8 into 256 entries"
)]
pub(crate) fn palette_row<const N: usize>(
    colours: &[[u8; N]; 256],
    bits: Bits,
    units: &[u8],
    target: &mut [u8],
) {
    let target = target.as_chunks_mut::<N>().0;
    match bits {
        Bits::Eight => {
            for (pixel, unit) in target.iter_mut().zip(units) {
                *pixel = colours[usize::from(*unit)];
            }
        }
        Bits::Four { low_first } => {
            let flip = if low_first { 0 } else { 4 };
            for (pixels, unit) in target.chunks_mut(2).zip(units) {
                for (i, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = colours[usize::from(unit >> ((4 * i as u32) ^ flip) & 15)];
                }
            }
        }
        Bits::One { low_first } => {
            let flip = if low_first { 0 } else { 7 };
            for (pixels, unit) in target.chunks_mut(8).zip(units) {
                for (i, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = colours[usize::from(unit >> (i as u32 ^ flip) & 1)];
                }
            }
        }
    }
}
