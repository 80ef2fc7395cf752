//! Integers, alone and at a constant place in a block of bytes.

use super::{Encode, EncodeError, Failed, Measure, Reader, Sink, Wire, Writer};

/// An integer of the wire.
pub trait Int: Copy + Default {
    /// Reads it from the start of `bytes`, least significant byte first; 0 when they are too few.
    fn from_le(bytes: &[u8]) -> Self;
    /// Reads it from the start of `bytes`, most significant byte first; 0 when they are too few.
    fn from_be(bytes: &[u8]) -> Self;
    /// Writes it to the start of `bytes`, least significant byte first; nothing when they are too few.
    fn put_le(self, bytes: &mut [u8]);
    /// Writes it to the start of `bytes`, most significant byte first; nothing when they are too few.
    fn put_be(self, bytes: &mut [u8]);
}

/// The little-endian integer at byte `at` of a block that is known to hold it.
///
/// Blocks have a constant length and `at` is constant, so that the check disappears; a wrong place reads as 0.
#[inline(always)]
#[must_use]
pub fn le<T: Int>(block: &[u8], at: usize) -> T {
    T::from_le(block.get(at..).unwrap_or_default())
}

/// The big-endian integer at byte `at` of a block that is known to hold it; see [`le`].
#[inline(always)]
#[must_use]
pub fn be<T: Int>(block: &[u8], at: usize) -> T {
    T::from_be(block.get(at..).unwrap_or_default())
}

/// Writes a little-endian integer at byte `at` of a block that is known to have the room.
#[inline(always)]
pub fn put_le<T: Int>(block: &mut [u8], at: usize, value: T) {
    value.put_le(block.get_mut(at..).unwrap_or_default());
}

/// Writes a big-endian integer at byte `at` of a block that is known to have the room.
#[inline(always)]
pub fn put_be<T: Int>(block: &mut [u8], at: usize, value: T) {
    value.put_be(block.get_mut(at..).unwrap_or_default());
}

/// The `N` bytes at byte `at` of a block that is known to hold them.
#[inline(always)]
#[must_use]
pub fn part<const N: usize>(block: &[u8], at: usize) -> &[u8; N] {
    block.get(at..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; N])
}

/// The bytes from `at` of a block on, to write into.
#[inline(always)]
#[must_use]
pub fn part_mut(block: &mut [u8], at: usize) -> &mut [u8] {
    block.get_mut(at..).unwrap_or_default()
}

/// Writes bytes at byte `at` of a block that is known to have the room.
#[inline(always)]
pub fn put_bytes<const N: usize>(block: &mut [u8], at: usize, bytes: &[u8; N]) {
    if let Some(room) = block.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = *bytes;
    }
}

/// Bytes of an image of rows that start at whole bytes: `ceil(bits_per_pixel * width / 8) * height`
/// ([`docs/spec/language.md` section 1](crate::spec::language#1-types-on-the-wire)). Too many for 64 bits give the largest number.
#[inline]
#[must_use]
pub fn image_size(bits_per_pixel: u64, width: u64, height: u64) -> u64 {
    bits_per_pixel.saturating_mul(width).div_ceil(8).saturating_mul(height)
}

macro_rules! ints {
    ($($int:ident: $size:literal),*) => {$(
        impl Int for $int {
            #[inline(always)]
            fn from_le(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(0, |bytes| Self::from_le_bytes(*bytes))
            }

            #[inline(always)]
            fn from_be(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(0, |bytes| Self::from_be_bytes(*bytes))
            }

            #[inline(always)]
            fn put_le(self, bytes: &mut [u8]) {
                if let Some(bytes) = bytes.first_chunk_mut() {
                    *bytes = self.to_le_bytes();
                }
            }

            #[inline(always)]
            fn put_be(self, bytes: &mut [u8]) {
                if let Some(bytes) = bytes.first_chunk_mut() {
                    *bytes = self.to_be_bytes();
                }
            }
        }

        impl<'a> Encode<'a> for $int {
            #[inline]
            fn wire_len(&self) -> usize {
                $size
            }

            #[inline]
            fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
                measure.add($size);
                Ok(())
            }

            #[inline]
            fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
                writer.put(&self.to_le_bytes());
            }
        }

        impl<'a> Wire<'a> for $int {
            const MIN_SIZE: usize = $size;
            const FIXED: bool = true;

            #[inline]
            fn read(reader: &mut Reader<'a>) -> Result<Self, Failed> {
                match reader.block() {
                    Some(bytes) => Ok(Self::from_le_bytes(*bytes)),
                    None => Err(reader.truncated($size)),
                }
            }
        }
    )*};
}

ints!(u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_the_start_of_the_block() {
        let mut block = [0; 6];
        put_le(&mut block, 0, 0x0102_u16);
        put_be(&mut block, 2, 0x0304_0506_u32);
        assert_eq!(block, [2, 1, 3, 4, 5, 6]);
        assert_eq!((le::<u16>(&block, 0), be::<u32>(&block, 2)), (0x0102, 0x0304_0506));
        assert_eq!(le::<u32>(&block, 4), 0);
    }
}
