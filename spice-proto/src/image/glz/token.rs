//! The match token of GLZ ([`docs/spec/lz-glz.md` §3.2](crate::spec::lz_glz#32-match-token)).

use crate::image::lz::token::{read_length, take};

/// A match as it stands in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// Coded length: units less the bias of the pass.
    pub(crate) length: usize,
    /// How many images back the source lies; 0 is this image.
    pub(crate) back: u32,
    /// This image: distance less one. Another: offset of the source from its first unit.
    pub(crate) pix: usize,
}

impl Match {
    /// Reads a match; `at` is at its control byte. `None`: the stream ends.
    #[inline]
    pub(crate) fn read(stream: &[u8], at: &mut usize) -> Option<Match> {
        let control = take(stream, at)?;
        let length = read_length(control, stream, at)?;
        let mut pix = usize::from(control & 15) | usize::from(take(stream, at)?) << 4;
        let q = take(stream, at)?;
        let mut field = 0;
        for i in 0..u32::from(q >> 6) {
            field |= u32::from(take(stream, at)?) << (i << 3);
        }
        let far = control & FAR != 0;
        if !far {
            return Some(Match { length, back: field << 6 | u32::from(q & 63), pix });
        }
        pix |= usize::from(q & 31) << 12;
        if q & FAR_WIDE != 0 {
            pix |= usize::from(take(stream, at)?) << 17;
        }
        Some(Match { length, back: field, pix })
    }
}

/// Control bit that says the pixel field has 17 or 25 bits, not 12.
pub(crate) const FAR: u8 = 0x10;

/// Bit of `q` that says the pixel field of a far match has 25 bits, not 17.
pub(crate) const FAR_WIDE: u8 = 0x20;

/// Where a match copies from, in the bytes that say so; the length is added by the writer.
///
/// The bytes are kept in a word and not in an array, so that they stay in a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The low five bits of the control byte.
    pub(crate) control: u64,
    /// What follows the length, the first byte lowest.
    pub(crate) bytes: u64,
    /// How many of those bytes.
    pub(crate) len: usize,
}

impl Place {
    /// A distance of 1 to 2^25 in this image.
    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "the distance is not 0")]
    pub(crate) fn own(distance: usize) -> Place {
        Self::new(0, distance - 1)
    }

    /// Pixel `pix`, below 2^25, of the image `back` images before this one, 1 to 2^16 - 1.
    #[inline(always)]
    pub(crate) fn other(back: u64, pix: usize) -> Place {
        Self::new(back, pix)
    }

    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "bits of numbers below 2^25 and 2^16")]
    fn new(back: u64, pix: usize) -> Place {
        let pix = pix as u64;
        let low = pix >> 4 & 0xFF;
        if pix < 1 << 12 {
            // Six bits of the image distance stand in the second byte, the rest in whole bytes.
            let more = u64::from(back >= 1 << 6) + u64::from(back >= 1 << 14);
            let bytes = low | (back & 63) << 8 | more << 14 | (back >> 6) << 16;
            return Place { control: pix & 15, bytes, len: 2 + more as usize };
        }
        let more = u64::from(back > 0) + u64::from(back >= 1 << 8);
        let wide = u64::from(pix >> 17 != 0);
        let q = (pix >> 12 & 31) | (wide * u64::from(FAR_WIDE)) | more << 6;
        let bytes = low | q << 8 | back << 16 | (pix >> 17) << (16 + 8 * more);
        Place { control: pix & 15 | u64::from(FAR), bytes, len: 2 + (more + wide) as usize }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_back() {
        let sizes = [0, 1, 15, 16, 4095, 4096, 131_071, 131_072, (1 << 25) - 1];
        for back in [0, 1, 63, 64, 255, 256, 16_383, 16_384, 65_535] {
            for pix in sizes {
                let place = if back == 0 { Place::own(pix + 1) } else { Place::other(back, pix) };
                for length in [1, 6] {
                    let mut token = [0xFF; 7];
                    token[0] = (length as u8) << 5 | place.control as u8;
                    token[1..1 + place.len].copy_from_slice(&place.bytes.to_le_bytes()[..place.len]);
                    let mut at = 0;
                    let read = Match::read(&token[..1 + place.len], &mut at);
                    assert_eq!(read, Some(Match { length, back: back as u32, pix }));
                    assert_eq!(at, 1 + place.len);
                }
            }
        }
    }
}
