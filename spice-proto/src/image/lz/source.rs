//! What the encoders see of a unit: its size, which of its bits count, and its literal form.

/// Shape of the units that are encoded.
pub(crate) trait Source {
    /// Bytes of a unit in memory.
    const SIZE: usize;
    /// Bytes of a literal in the stream.
    const CODED: usize;
    /// How much coded lengths are lowered: `B` of §1.2.
    const BIAS: usize;
    /// The bits of 8 bytes of memory that are coded.
    const MASK: u64;

    /// Size of the search's table, as a power of two: smaller where places are many and matches short, since then the
    /// time goes into looking.
    const TABLE_BITS: u32 = 14;

    /// Writes `count` literals, at most 32, of the units that `units` begins with.
    ///
    /// `out` has 8 bytes more than that. Reads whole units only.
    fn pack(units: &[u8], count: usize, out: &mut [u8]);

    /// Hashes the first three or four units of these 16 bytes of memory.
    fn hash(first: u64, next: u64) -> u64;
}

/// Palette index bytes, A8 and alpha planes.
pub(crate) struct Bytes;

/// RGB16, low byte first; bit 15 does not count.
pub(crate) struct Words;

/// Four-byte pixels whose fourth byte does not count.
pub(crate) struct Quads;

impl Source for Bytes {
    const SIZE: usize = 1;
    const CODED: usize = 1;
    const BIAS: usize = 2;
    const MASK: u64 = u64::MAX;

    #[inline(always)]
    fn pack(units: &[u8], count: usize, out: &mut [u8]) {
        for (out, unit) in out.iter_mut().zip(units).take(count) {
            *out = *unit;
        }
    }

    #[inline(always)]
    fn hash(first: u64, _next: u64) -> u64 {
        (first << 32).wrapping_mul(FACTOR)
    }
}

impl Source for Words {
    const SIZE: usize = 2;
    const CODED: usize = 2;
    const BIAS: usize = 1;
    const MASK: u64 = 0x7FFF_7FFF_7FFF_7FFF;
    const TABLE_BITS: u32 = 13;

    #[inline(always)]
    fn pack(units: &[u8], count: usize, out: &mut [u8]) {
        // Four at a time, the last ones too where the picture goes on: runs are short.
        let fours = units.as_chunks::<8>().0;
        for (out, four) in out.as_chunks_mut::<8>().0.iter_mut().zip(fours).take(count.div_ceil(4)) {
            let word = u64::from_le_bytes(*four);
            *out = ((word & 0x00FF_00FF_00FF_00FF) << 8 | word >> 8 & 0x00FF_00FF_00FF_00FF).to_le_bytes();
        }
        let end = units.as_chunks::<2>().0.iter().zip(out.as_chunks_mut().0).take(count);
        for ([low, high], out) in end.skip(fours.len().saturating_mul(4)) {
            *out = [*high, *low];
        }
    }

    #[inline(always)]
    fn hash(first: u64, _next: u64) -> u64 {
        ((first & Self::MASK) << 16).wrapping_mul(FACTOR)
    }
}

impl Source for Quads {
    const SIZE: usize = 4;
    const CODED: usize = 3;
    const BIAS: usize = 0;
    const MASK: u64 = 0x00FF_FFFF_00FF_FFFF;

    #[inline(always)]
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "constant indexes of fixed arrays"
    )]
    fn pack(units: &[u8], count: usize, out: &mut [u8]) {
        // Most runs are short, and of any length: eight pixels are as quick as one, without a branch on their number.
        if count <= 8
            && let Some(pairs) = units.first_chunk::<32>()
            && let Some(out) = out.first_chunk_mut::<32>()
        {
            for (i, pair) in pairs.as_chunks::<8>().0.iter().enumerate() {
                out[i * 6..i * 6 + 8].copy_from_slice(&Self::pack_pair(*pair));
            }
            return;
        }
        let (pairs, odd) = units[..count * 4].as_chunks::<8>();
        let mut at = 0;
        for pair in pairs {
            out[at..at + 8].copy_from_slice(&Self::pack_pair(*pair));
            at += 6;
        }
        if let [b, g, r, _] = odd {
            out[at..at + 3].copy_from_slice(&[*b, *g, *r]);
        }
    }

    #[inline(always)]
    fn hash(first: u64, next: u64) -> u64 {
        let packed = first & 0x00FF_FFFF | (first & 0x00FF_FFFF_0000_0000) >> 8;
        (packed << 16).wrapping_mul(FACTOR) ^ (next & 0x00FF_FFFF).wrapping_mul(FACTOR_2)
    }
}

impl Quads {
    /// Two pixels in six bytes, and two bytes that mean nothing.
    #[inline(always)]
    fn pack_pair(pair: [u8; 8]) -> [u8; 8] {
        let word = u64::from_le_bytes(pair);
        (word & 0x00FF_FFFF | word >> 8 & 0xFFFF_FF00_0000).to_le_bytes()
    }
}

/// Four-byte pixels whose fourth byte is 0, as the GLZ dictionary keeps them.
pub(crate) struct ClearQuads;

impl Source for ClearQuads {
    const SIZE: usize = 4;
    const CODED: usize = 3;
    const BIAS: usize = 0;
    const MASK: u64 = u64::MAX;

    #[inline(always)]
    fn pack(units: &[u8], count: usize, out: &mut [u8]) {
        Quads::pack(units, count, out);
    }

    #[inline(always)]
    fn hash(first: u64, next: u64) -> u64 {
        first.wrapping_mul(FACTOR) ^ (next << 40).wrapping_mul(FACTOR_2)
    }
}

/// RGB16 in four bytes of which the upper two are 0, as the GLZ dictionary keeps them.
pub(crate) struct ClearWords;

impl Source for ClearWords {
    const SIZE: usize = 4;
    const CODED: usize = 2;
    const BIAS: usize = 1;
    const MASK: u64 = u64::MAX;

    #[inline(always)]
    fn pack(units: &[u8], count: usize, out: &mut [u8]) {
        let units = units.as_chunks::<4>().0;
        for (out, [low, high, ..]) in out.as_chunks_mut::<2>().0.iter_mut().zip(units).take(count) {
            *out = [*high, *low];
        }
    }

    #[inline(always)]
    fn hash(first: u64, next: u64) -> u64 {
        Quads::hash(first, next)
    }
}

/// An odd number without pattern: 2^64 over the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// Another one.
const FACTOR_2: u64 = 0xC2B2_AE3D_27D4_EB4F;
