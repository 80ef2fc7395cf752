//! Comparing pixels in wide steps, for the encoders.
//!
//! Every comparison knows which bits count (a repeated 64-bit mask), because some bits of a pixel are not coded. The
//! functions are inlined, so that a constant mask of all ones costs nothing.

/// Loads 8 bytes as a little-endian word.
#[inline(always)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the callers stay inside")]
pub(crate) fn load(data: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&data[at..at + 8]);
    u64::from_le_bytes(word)
}

/// Loads the 32 bytes that comparisons look at first.
#[inline(always)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the callers stay inside")]
pub(crate) fn window(data: &[u8], at: usize) -> [u64; 4] {
    let data = &data[at..at + WINDOW];
    [load(data, 0), load(data, 8), load(data, 16), load(data, 24)]
}

/// True when the 16 bytes at `at` agree with the first two words of `here`.
#[inline(always)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the callers stay inside")]
pub(crate) fn same_16(here: &[u64; 4], data: &[u8], at: usize, mask: u64) -> bool {
    let data = &data[at..at + 16];
    ((here[0] ^ load(data, 0)) | (here[1] ^ load(data, 8))) & mask == 0
}

/// Bytes at the front of two windows that agree, up to 32; without a branch.
#[inline(always)]
#[allow(clippy::arithmetic_side_effects, reason = "sums of small numbers")]
pub(crate) fn agree(a: &[u64; 4], b: &[u64; 4], mask: u64) -> usize {
    let [x0, x1, x2, x3] = [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]].map(|x| x & mask);
    let low = u128::from(x0) | u128::from(x1) << 64;
    let high = u128::from(x2) | u128::from(x3) << 64;
    let more = high.trailing_zeros() & u32::from(low == 0).wrapping_neg();
    ((low.trailing_zeros() + more) / 8) as usize
}

/// Bytes that agree from `a[i..]` and `b[j..]` on, in whole units of `size` bytes, at most to the end of either.
///
/// Both may be the same memory: a match with its own beginning is compared like any other.
#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "both indexes stay inside by the loop bounds"
)]
pub(crate) fn length(a: &[u8], i: usize, b: &[u8], j: usize, size: usize, mask: u64) -> usize {
    let (Some(a), Some(b)) = (a.get(i..), b.get(j..)) else {
        return 0;
    };
    let mut at = 0;
    for (x, y) in a.as_chunks::<WINDOW>().0.iter().zip(b.as_chunks::<WINDOW>().0) {
        let (x, y) = (window(x, 0), window(y, 0));
        if ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])) & mask != 0 {
            return (at + agree(&x, &y, mask)) / size * size;
        }
        at += WINDOW;
    }
    let len = a.len().min(b.len());
    let mask = mask.to_le_bytes();
    while at + size <= len && (0..size).all(|i| (a[at + i] ^ b[at + i]) & mask[i] == 0) {
        at += size;
    }
    at
}

/// Bytes of a window.
pub(crate) const WINDOW: usize = 32;
