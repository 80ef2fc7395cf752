//! What one unit of a pass is: its size as a literal and in the output, and how literals are expanded.
//!
//! The four shapes cover every type of both codecs ([`docs/spec/lz-glz.md` §1.2](crate::spec::lz_glz#12-image-types-units-and-passes), §1.4). Literals come in runs of at
//! most 32; they are expanded 8 at a time whatever the run's length is, and what is too much is overwritten later.

/// Shape of the units of a pass.
pub(crate) trait Unit {
    /// Bytes of a literal in the stream.
    const CODED: usize;
    /// Bytes of a unit in the output.
    const OUT: usize;
    /// How much coded lengths are lowered: `B` of §1.2.
    const BIAS: usize;

    /// Expands as many literals as `out` has room for; `coded` holds at least as many.
    fn expand(coded: &[u8], out: &mut [u8]);

    /// Expands 8 literals. `coded` has at least `8 * CODED + 2` bytes and `out` at least `8 * OUT`.
    fn expand_8(coded: &[u8], out: &mut [u8]);
}

/// Palette index bytes, A8 and alpha passes.
pub(crate) struct Byte;

/// RGB16 kept as 16-bit words, low byte first.
pub(crate) struct Word;

/// RGB24 kept as three bytes.
pub(crate) struct Triple;

/// RGB24, RGB32 and the colours of RGBA, as four bytes of which the last is 0.
pub(crate) struct Quad;

/// RGB16 expanded to four bytes of which the last is 0.
pub(crate) struct Quad555;

impl Unit for Byte {
    const CODED: usize = 1;
    const OUT: usize = 1;
    const BIAS: usize = 2;

    #[inline(always)]
    fn expand(coded: &[u8], out: &mut [u8]) {
        for (out, coded) in out.iter_mut().zip(coded) {
            *out = *coded;
        }
    }

    #[inline(always)]
    fn expand_8(coded: &[u8], out: &mut [u8]) {
        if let (Some(out), Some(coded)) = (out.first_chunk_mut::<8>(), coded.first_chunk::<8>()) {
            *out = *coded;
        }
    }
}

impl Unit for Word {
    const CODED: usize = 2;
    const OUT: usize = 2;
    const BIAS: usize = 1;

    #[inline(always)]
    fn expand(coded: &[u8], out: &mut [u8]) {
        for (out, [high, low]) in out.as_chunks_mut::<2>().0.iter_mut().zip(coded.as_chunks().0) {
            *out = [*low, *high];
        }
    }

    #[inline(always)]
    fn expand_8(coded: &[u8], out: &mut [u8]) {
        if let (Some(out), Some(coded)) = (out.first_chunk_mut::<16>(), coded.first_chunk::<16>()) {
            Self::expand(coded, out);
        }
    }
}

impl Unit for Triple {
    const CODED: usize = 3;
    const OUT: usize = 3;
    const BIAS: usize = 0;

    #[inline(always)]
    fn expand(coded: &[u8], out: &mut [u8]) {
        Byte::expand(coded, out);
    }

    #[inline(always)]
    fn expand_8(coded: &[u8], out: &mut [u8]) {
        if let (Some(out), Some(coded)) = (out.first_chunk_mut::<24>(), coded.first_chunk::<24>()) {
            *out = *coded;
        }
    }
}

impl Unit for Quad {
    const CODED: usize = 3;
    const OUT: usize = 4;
    const BIAS: usize = 0;

    #[inline(always)]
    fn expand(coded: &[u8], out: &mut [u8]) {
        for (out, [b, g, r]) in out.as_chunks_mut::<4>().0.iter_mut().zip(coded.as_chunks().0) {
            *out = [*b, *g, *r, 0];
        }
    }

    #[inline(always)]
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "constant indexes below 26")]
    fn expand_8(coded: &[u8], out: &mut [u8]) {
        if let (Some(out), Some(coded)) = (out.first_chunk_mut::<32>(), coded.first_chunk::<26>()) {
            for (i, out) in out.as_chunks_mut::<16>().0.iter_mut().enumerate() {
                let pair = |at: usize| {
                    let mut pair = [0; 8];
                    pair.copy_from_slice(&coded[at..at + 8]);
                    u64::from_le_bytes(pair)
                };
                // Two words side by side, for vector instructions.
                let words = [pair(12 * i), pair(12 * i + 6)]
                    .map(|pair| pair & 0x00FF_FFFF | (pair << 8) & 0x00FF_FFFF_0000_0000);
                out[..8].copy_from_slice(&words[0].to_le_bytes());
                out[8..].copy_from_slice(&words[1].to_le_bytes());
            }
        }
    }
}

impl Unit for Quad555 {
    const CODED: usize = 2;
    const OUT: usize = 4;
    const BIAS: usize = 1;

    #[inline(always)]
    fn expand(coded: &[u8], out: &mut [u8]) {
        for (out, coded) in out.as_chunks_mut::<4>().0.iter_mut().zip(coded.as_chunks().0) {
            *out = expand_555(u16::from_be_bytes(*coded)).to_le_bytes();
        }
    }

    #[inline(always)]
    fn expand_8(coded: &[u8], out: &mut [u8]) {
        if let (Some(out), Some(coded)) = (out.first_chunk_mut::<32>(), coded.first_chunk::<16>()) {
            Self::expand(coded, out);
        }
    }
}

/// A 555 word as 0x00RRGGBB; bit 15 says nothing (§1.4).
#[inline(always)]
fn expand_555(word: u16) -> u32 {
    let word = u32::from(word);
    let high = (word & 0x7C00) << 9 | (word & 0x03E0) << 6 | (word & 0x001F) << 3;
    high | (high >> 5) & 0x0007_0707
}
