//! Copying inside the output: what a match does, in wide steps.
//!
//! A match repeats the bytes that stand `dist` in front of the write position; source and target may overlap. Byte by
//! byte that is simple and slow. Here whole groups go at a time, and what is written beyond the end of the match is
//! overwritten by the tokens that follow. The callers guarantee the room for that ([`SLACK`]).
//!
//! Two things decide the speed. The distance of a match is as good as random, so short copies do not branch on it. And
//! a load that spans several stores still under way waits for all of them; so copies of 4-byte pixels, whose sources are
//! often just written, go pixel by pixel, which also makes overlapping copies right by itself.

/// Bytes behind the end of a match that the wide copies may overwrite.
pub(crate) const SLACK: usize = 32;

/// Copies a match of at most `COUNT` units of `UNIT` bytes, writing up to 32 bytes.
///
/// Needs `1 <= dist <= at`, `dist` a multiple of `UNIT`, `COUNT <= 8`, and `at + 32 <= out.len()`.
#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
pub(crate) fn copy_short<const UNIT: usize, const COUNT: usize>(out: &mut [u8], at: usize, dist: usize) {
    if UNIT == 4 {
        let both = &mut out[at - dist..at + COUNT * 4];
        if both.len() < COUNT * 4 + 4 {
            return;
        }
        let target = both.len() - COUNT * 4;
        for i in 0..COUNT {
            let mut unit = [0; 4];
            unit.copy_from_slice(&both[4 * i..4 * i + 4]);
            both[target + 4 * i..target + 4 * i + 4].copy_from_slice(&unit);
        }
        return;
    }
    let Spread { mask, factor, step } = SPREAD[dist.min(16)];
    let group = (load(out, at - dist) & mask).wrapping_mul(factor);
    store(out, at, group);
    if UNIT * COUNT > 16 {
        let step = if dist < 16 { step } else { dist };
        let group = load(out, at + 16 - step);
        store(out, at + 16, group);
    }
}

/// Copies a match of any length.
///
/// Needs `1 <= dist <= at`, both `dist` and `len` multiples of `UNIT`, and `at + len <= out.len()`; uses the fast way
/// when [`SLACK`] more bytes are there.
#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
pub(crate) fn copy_match<const UNIT: usize>(out: &mut [u8], at: usize, dist: usize, len: usize) {
    if out.len() - at < len + SLACK {
        return copy_exact(out, at, dist, len);
    }
    // Whole groups of 32 bytes, the last one too.
    let padded = len.div_ceil(SLACK) * SLACK;
    if dist >= padded {
        if len > LONG {
            return out.copy_within(at - dist..at - dist + len, at);
        }
        let (before, target) = out.split_at_mut(at);
        let source = before[at - dist..].as_chunks::<32>().0;
        for (target, source) in target[..padded].as_chunks_mut::<32>().0.iter_mut().zip(source) {
            *target = *source;
        }
    } else if dist == UNIT && 32 % UNIT == 0 {
        let mut group = [0; 32];
        let mut unit = [0; UNIT];
        unit.copy_from_slice(&out[at - dist..at]);
        group.as_chunks_mut::<UNIT>().0.fill(unit);
        out[at..at + padded].as_chunks_mut::<32>().0.fill(group);
    } else if len > LONG {
        copy_exact(out, at, dist, len);
    } else if UNIT == 4 {
        let both = &mut out[at - dist..at + padded];
        let mut i = 0;
        while dist + i + 16 <= both.len() {
            for i in [i, i + 4, i + 8, i + 12] {
                let mut unit = [0; 4];
                unit.copy_from_slice(&both[i..i + 4]);
                both[dist + i..dist + i + 4].copy_from_slice(&unit);
            }
            i += 16;
        }
    } else {
        let Spread { mask, factor, step } = SPREAD[dist.min(16)];
        store(out, at, (load(out, at - dist) & mask).wrapping_mul(factor));
        let step = if dist < 16 { step } else { dist };
        for at in (at + 16..at + len).step_by(16) {
            let group = load(out, at - step);
            store(out, at, group);
        }
    }
}

/// Copies `len` bytes from the front of another buffer.
///
/// Needs `len <= source.len()` and `at + len <= out.len()`; uses the fast way when [`SLACK`] more bytes are in both.
#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
pub(crate) fn copy_between(source: &[u8], out: &mut [u8], at: usize, len: usize) {
    if len <= SLACK && source.len() >= SLACK && out.len() - at >= SLACK {
        out[at..at + SLACK].copy_from_slice(&source[..SLACK]);
    } else {
        out[at..at + len].copy_from_slice(&source[..len]);
    }
}

/// Copies a match without touching a byte behind it: doubles what is there until enough is written.
#[inline(never)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
fn copy_exact(out: &mut [u8], at: usize, dist: usize, len: usize) {
    let (source, end) = (at - dist, at + len);
    let mut at = at;
    // What stands between source and `at` is a whole number of periods, so it may be repeated as one piece.
    while at < end {
        let n = (at - source).min(end - at);
        out.copy_within(source..source + n, at);
        at += n;
    }
}

#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
fn load(bytes: &[u8], at: usize) -> u128 {
    let mut group = [0; 16];
    group.copy_from_slice(&bytes[at..at + 16]);
    u128::from_le_bytes(group)
}

#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller's promise, checked per token"
)]
fn store(bytes: &mut [u8], at: usize, group: u128) {
    bytes[at..at + 16].copy_from_slice(&group.to_le_bytes());
}

/// How to fill 16 bytes from the first `dist` ones, for each `dist` from 1 to 16 (0 is unused).
#[derive(Clone, Copy)]
struct Spread {
    /// Keeps the first `dist` bytes.
    mask: u128,
    /// One bit per copy: the product is those bytes repeated.
    factor: u128,
    /// The smallest multiple of `dist` that is at least 16.
    step: usize,
}

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const SPREAD: [Spread; 17] = {
    let mut table = [Spread { mask: 0, factor: 0, step: 16 }; 17];
    let mut dist = 1;
    while dist <= 16 {
        let mut factor = 0;
        let mut byte = 0;
        while byte < 16 {
            factor |= 1 << (8 * byte);
            byte += dist;
        }
        let mask = if dist == 16 { u128::MAX } else { (1 << (8 * dist)) - 1 };
        table[dist] = Spread { mask, factor, step: 16_usize.div_ceil(dist) * dist };
        dist += 1;
    }
    table
};

/// Above this length in bytes the memory copy of the machine is faster than steps of 32.
const LONG: usize = 512;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Copies unit by unit, as §1.3 says it.
    fn plain(out: &mut [u8], at: usize, dist: usize, len: usize) {
        for i in at..at + len {
            out[i] = out[i - dist];
        }
    }

    fn check<const UNIT: usize>(
        copy: impl Fn(&mut [u8], usize, usize, usize),
        lens: &[usize],
        slacks: &[usize],
    ) {
        for dist in (1..80).chain([128, 300]) {
            for &len in lens {
                for &slack in slacks {
                    let (dist, len) = (dist * UNIT, len * UNIT);
                    let at = dist + 2 * UNIT;
                    let mut fast: Vec<u8> = (0..at + len + slack).map(|i| i as u8 ^ (i >> 8) as u8).collect();
                    let mut slow = fast.clone();
                    copy(&mut fast, at, dist, len);
                    plain(&mut slow, at, dist, len);
                    assert_eq!(
                        fast[..at + len],
                        slow[..at + len],
                        "unit {UNIT} distance {dist} length {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn copies_of_any_length_and_distance_are_right() {
        let lens: Vec<usize> = (1..70).chain([127, 128, 129, 600, 1100]).collect();
        let slacks = [0, 1, 31, SLACK, 100];
        check::<1>(copy_match::<1>, &lens, &slacks);
        check::<2>(copy_match::<2>, &lens, &slacks);
        check::<3>(copy_match::<3>, &lens, &slacks);
        check::<4>(copy_match::<4>, &lens, &slacks);
    }

    #[test]
    fn short_copies_are_right() {
        check::<1>(|out, at, dist, _| copy_short::<1, 8>(out, at, dist), &[1, 5, 8], &[32]);
        check::<2>(|out, at, dist, _| copy_short::<2, 7>(out, at, dist), &[1, 5, 7], &[32]);
        check::<3>(|out, at, dist, _| copy_short::<3, 6>(out, at, dist), &[1, 5, 6], &[32]);
        check::<4>(|out, at, dist, _| copy_short::<4, 7>(out, at, dist), &[1, 5, 7], &[32]);
    }
}
