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
    let pixels = target.as_chunks_mut::<4>().0.iter_mut().zip(source.as_chunks::<4>().0);
    if alpha == 255 {
        pixels.for_each(|(target, source)| over_pixel(target, u32::from_le_bytes(*source)));
    } else {
        pixels.for_each(|(target, source)| {
            over_pixel(target, multiply_word(u32::from_le_bytes(*source), alpha.into()));
        });
    }
}

/// A loop around this becomes vector instructions, one around bytes does not: words hold two channels of 16 bits each.
#[inline(always)]
fn over_pixel(target: &mut [u8; 4], source: u32) {
    let kept = multiply_word(u32::from_le_bytes(*target), !source >> 24);
    let low = saturate((source & CHANNELS).wrapping_add(kept & CHANNELS));
    let high = saturate((source >> 8 & CHANNELS).wrapping_add(kept >> 8 & CHANNELS));
    *target = (low | high << 8).to_le_bytes();
}

/// [`multiply`] of all four channels.
#[inline(always)]
fn multiply_word(word: u32, alpha: u32) -> u32 {
    let half = |channels: u32| {
        let t = channels.wrapping_mul(alpha).wrapping_add(0x0080_0080);
        t.wrapping_add(t >> 8 & CHANNELS) >> 8 & CHANNELS
    };
    half(word & CHANNELS) | half(word >> 8 & CHANNELS) << 8
}

/// Two sums of at most 510, cut to 255.
#[inline(always)]
fn saturate(sums: u32) -> u32 {
    // 256 - 1 where a sum has a ninth bit, 256 - 0 where it has none: the low eight bits are all ones, or none.
    (sums | 0x0100_0100_u32.wrapping_sub(sums >> 8 & 0x0001_0001)) & CHANNELS
}

/// Two of the four channels of a word.
const CHANNELS: u32 = 0x00ff_00ff;
