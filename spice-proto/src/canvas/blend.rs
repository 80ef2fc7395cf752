//! Blending by alpha ([`docs/spec/canvas.md` §10](crate::spec::canvas#10-alpha_blend-v)).
//!
//! Rows of premultiplied ARGB are worked on in blocks of sixteen pixels. Inside of a block loops go over lanes of 16 bits,
//! each with two channels of a pixel, and the pixel's factor stands in both of its lanes: so the compiler needs nothing
//! but vector instructions that every x86-64 has, which multiply 16 bits. Blocks that cover everything or nothing are
//! passed over.

/// Bytes of sixteen pixels.
pub(super) const BLOCK: usize = 64;

/// Pixels of a block.
pub(super) const PIXELS: usize = BLOCK / 4;

/// Sixteen pixels.
pub(super) type Block = [u8; BLOCK];

/// `a * b / 255`, rounded to the nearest.
#[inline(always)]
pub(super) fn multiply(a: u8, b: u8) -> u8 {
    // At most 255 * 255 + 128, and 255 more: 16 bits are enough.
    let t = u16::from(a).wrapping_mul(u16::from(b)).wrapping_add(128);
    (t.wrapping_add(t >> 8) >> 8) as u8
}

/// Lays a row of pixels, times a constant alpha, over another one. The target's fourth bytes go through the same formula
/// as its colours.
pub(super) fn over(target: &mut [u8], source: &[u8], alpha: u8) {
    if alpha == 255 {
        blocks(target, source, over_block);
    } else {
        let alphas = factors(&[alpha; BLOCK], |word| word >> 24);
        blocks(target, source, |target, source| over_block_weakened(target, source, &alphas));
    }
}

/// Multiplies a row of pixels with the alphas of another one.
pub(super) fn weaken(pixels: &mut [u8], mask: &[u8]) {
    blocks(pixels, mask, weaken_block);
}

/// Clears the fourth byte of each pixel.
pub(super) fn clear_fourth(pixels: &mut [u8]) {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        *pixel = (u32::from_le_bytes(*pixel) & 0x00ff_ffff).to_le_bytes();
    }
}

/// Goes through two rows block by block; a last part is filled up with zeros.
fn blocks(target: &mut [u8], source: &[u8], each: impl Fn(&mut Block, &Block)) {
    let (targets, target_rest) = target.as_chunks_mut::<BLOCK>();
    let (sources, source_rest) = source.as_chunks::<BLOCK>();
    for (target, source) in targets.iter_mut().zip(sources) {
        each(target, source);
    }
    if !target_rest.is_empty() {
        let mut last = filled(target_rest);
        each(&mut last, &filled(source_rest));
        target_rest.iter_mut().zip(last).for_each(|(room, byte)| *room = byte);
    }
}

/// Less than a block, and zeros.
pub(super) fn filled(rest: &[u8]) -> Block {
    let mut block = [0; BLOCK];
    block.iter_mut().zip(rest).for_each(|(room, byte)| *room = *byte);
    block
}

/// A factor for each pixel, in two lanes of 16 bits.
#[inline(always)]
fn factors(pixels: &Block, factor: impl Fn(u32) -> u32) -> Block {
    let mut lanes = [0; BLOCK];
    for (lanes, pixel) in lanes.as_chunks_mut::<4>().0.iter_mut().zip(pixels.as_chunks::<4>().0) {
        let factor = factor(u32::from_le_bytes(*pixel));
        *lanes = (factor | factor << 16).to_le_bytes();
    }
    lanes
}

/// [`multiply`] for all channels.
#[inline(always)]
fn scale(pixels: &mut Block, factors: &Block) {
    for (lane, factor) in pixels.as_chunks_mut::<2>().0.iter_mut().zip(factors.as_chunks::<2>().0) {
        let (both, factor) = (u16::from_le_bytes(*lane), u16::from_le_bytes(*factor));
        // As `multiply`: the sum of t / 65536 and t / 256 is the upper half of t * 257, which is one instruction.
        let times = |channel: u16| {
            let t = channel.wrapping_mul(factor).wrapping_add(128);
            (u32::from(t).wrapping_mul(257) >> 16) as u16
        };
        *lane = (times(both & 0xff) | times(both >> 8) << 8).to_le_bytes();
    }
}

/// `source + target * (255 - alpha)`.
#[inline(always)]
fn lay(target: &mut Block, source: &Block) {
    let mut kept = *target;
    scale(&mut kept, &factors(source, |word| !word >> 24));
    for ((target, kept), source) in target.iter_mut().zip(kept).zip(source) {
        *target = kept.saturating_add(*source);
    }
}

/// The first pixel tells whether it is worth to look at all.
#[inline(always)]
fn over_block(target: &mut Block, source: &Block) {
    let [b, g, r, a, ..] = *source;
    if a == 255 && is_opaque(source) {
        *target = *source;
    } else if [b, g, r, a] != [0; 4] || !is_zero(source) {
        lay_block(target, source);
    }
}

// Each of these is a function of its own for the compiler, which then knows that its blocks do not overlap, and does not
// mix up the loads of tests with those of loops.

#[inline(never)]
fn lay_block(target: &mut Block, source: &Block) {
    lay(target, source);
}

#[inline(never)]
fn over_block_weakened(target: &mut Block, source: &Block, alphas: &Block) {
    let mut weak = *source;
    scale(&mut weak, alphas);
    lay(target, &weak);
}

#[inline(never)]
fn weaken_block(pixels: &mut Block, mask: &Block) {
    scale(pixels, &factors(mask, |word| word >> 24));
}

#[inline(never)]
fn is_opaque(pixels: &Block) -> bool {
    pixels.as_chunks::<4>().0.iter().fold(u32::MAX, |all, pixel| all & u32::from_le_bytes(*pixel)) >> 24
        == 255
}

#[inline(never)]
fn is_zero(pixels: &Block) -> bool {
    pixels.as_chunks::<4>().0.iter().fold(0, |any, pixel| any | u32::from_le_bytes(*pixel)) == 0
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "numbers of the tests' own")]
mod tests {
    use super::*;

    /// Rows of any length, with runs of transparent and opaque pixels.
    fn rows(len: usize, seed: u32) -> (alloc::vec::Vec<u8>, alloc::vec::Vec<u8>) {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let mut next = move || {
            state = state.wrapping_mul(0x9e37_79b1).wrapping_add(0x7f4a_7c15);
            state ^ state >> 15
        };
        let mut run = (0, 0);
        let mut word = move || {
            if run.1 == 0 {
                run = (next() % 3, 1 + next() % 40);
            }
            run.1 -= 1;
            match run.0 {
                0 => 0,
                1 => next() | 0xff00_0000,
                _ => next(),
            }
        };
        let mut row = || (0..len).flat_map(|_| word().to_le_bytes()).collect();
        (row(), row())
    }

    #[test]
    fn rows_are_like_pixels() {
        for len in 0..100 {
            for seed in 0..40 {
                let (target, source) = rows(len, seed);
                let alpha = [255, 128, 0, 1, 254][seed as usize % 5];
                let mut got = target.clone();
                over(&mut got, &source, alpha);
                for ((got, old), s) in got.chunks(4).zip(target.chunks(4)).zip(source.chunks(4)) {
                    let s: [u8; 4] = core::array::from_fn(|i| multiply(s[i], alpha));
                    let expected: [u8; 4] =
                        core::array::from_fn(|i| s[i].saturating_add(multiply(old[i], 255 - s[3])));
                    assert_eq!(got, expected);
                }

                let alphas: alloc::vec::Vec<u8> = source.iter().skip(3).step_by(4).copied().collect();
                let mut got = target.clone();
                weaken(&mut got, &source);
                for ((got, old), alpha) in got.chunks(4).zip(target.chunks(4)).zip(alphas) {
                    assert_eq!(
                        got,
                        old.iter().map(|&old| multiply(old, alpha)).collect::<alloc::vec::Vec<_>>()
                    );
                }
            }
        }
    }
}
