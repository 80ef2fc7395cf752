//! Blending by alpha (`docs/spec/canvas.md` §10).

/// `a * b / 255`, rounded to the nearest.
#[inline(always)]
pub(super) fn multiply(a: u8, b: u8) -> u8 {
    // At most 255 * 255 + 128, and 255 more: 16 bits are enough.
    let t = u16::from(a).wrapping_mul(u16::from(b)).wrapping_add(128);
    (t.wrapping_add(t >> 8) >> 8) as u8
}

/// Lays a row of premultiplied ARGB pixels, times a constant alpha, over another one. The target's fourth bytes go
/// through the same formula as its colours.
pub(super) fn over(target: &mut [u8], source: &[u8], alpha: u8) {
    let (targets, sources) = (target.as_chunks_mut::<BLOCK>(), source.as_chunks::<BLOCK>());
    for (target, source) in targets.0.iter_mut().zip(sources.0) {
        over_block(target, source, alpha);
    }
    for (target, source) in targets.1.as_chunks_mut::<4>().0.iter_mut().zip(sources.1.as_chunks::<4>().0) {
        over_block(target, source, alpha);
    }
}

/// Pixels of four bytes, a fixed number of them: the compiler makes vector instructions of it.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "i < N, and N is a multiple of 4")]
fn over_block<const N: usize>(target: &mut [u8; N], source: &[u8; N], alpha: u8) {
    let mut scaled = *source;
    if alpha != 255 {
        scaled.iter_mut().for_each(|channel| *channel = multiply(*channel, alpha));
    }
    let rest: [u8; N] = core::array::from_fn(|i| !scaled[i | 3]);
    for i in 0..N {
        target[i] = scaled[i].saturating_add(multiply(target[i], rest[i]));
    }
}

/// Four pixels: one vector of 16 bytes.
const BLOCK: usize = 16;
