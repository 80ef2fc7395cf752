//! Operators on rows of premultiplied ARGB.
//!
//! The loops go over blocks of four pixels and treat every byte alike, so that the compiler makes vector instructions of
//! them. `alphas` holds the alpha of the source for each byte: four times the same, but for component alpha.

use super::super::blend::multiply;
use super::{CompositeOperator as Op, float};

/// What a mask does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mask {
    /// There is none.
    None,
    /// Its alpha weakens the source.
    Alpha,
    /// Each of its channels weakens that of the source.
    Components,
}

/// Whether an operator exists.
pub(super) fn knows(operator: Op) -> bool {
    matches!(operator.0, 0..=0x0d | 0x30..=0x3e)
}

/// Weakens a row of the source, and notes its alpha for each byte.
pub(super) fn mask(mode: Mask, source: &mut [u8], mask: &[u8], alphas: &mut [u8]) {
    match mode {
        Mask::None => blocks(source, mask, alphas, |s, _| (s, spread(s))),
        Mask::Alpha => blocks(source, mask, alphas, |s, m| {
            let s = each(s, spread(m), multiply);
            (s, spread(s))
        }),
        Mask::Components => {
            blocks(source, mask, alphas, |s, m| (each(s, m, multiply), each(m, spread(s), multiply)))
        }
    }
}

/// Combines a row of the source with one of the target.
pub(super) fn combine(operator: Op, mode: Mask, target: &mut [u8], source: &[u8], alphas: &[u8]) {
    let (to, s, a) = (target, source, alphas);
    match operator {
        Op::CLEAR => to.fill(0),
        Op::SOURCE => porter_duff(to, s, a, |_, _| (255, 0)),
        Op::DST => {}
        Op::OVER => porter_duff(to, s, a, |sa, _| (255, !sa)),
        Op::OVER_REVERSE => porter_duff(to, s, a, |_, da| (!da, 255)),
        Op::IN => porter_duff(to, s, a, |_, da| (da, 0)),
        Op::IN_REVERSE => porter_duff(to, s, a, |sa, _| (0, sa)),
        Op::OUT => porter_duff(to, s, a, |_, da| (!da, 0)),
        Op::OUT_REVERSE => porter_duff(to, s, a, |sa, _| (0, !sa)),
        Op::ATOP => porter_duff(to, s, a, |sa, da| (da, !sa)),
        Op::ATOP_REVERSE => porter_duff(to, s, a, |sa, da| (!da, sa)),
        Op::XOR => porter_duff(to, s, a, |sa, da| (!da, !sa)),
        Op::ADD => porter_duff(to, s, a, |_, _| (255, 255)),
        Op::MULTIPLY => bytes(to, s, a, |s, sa, d, da| {
            let outside = multiply(s, !da).saturating_add(multiply(d, !sa));
            multiply(d, s).saturating_add(outside)
        }),
        Op::SCREEN => {
            separable(to, s, a, |s, _, d, _, sda, dsa| sda.wrapping_add(dsa).wrapping_sub(s.wrapping_mul(d)))
        }
        Op::OVERLAY => separable(to, s, a, |s, sa, d, da, _, _| light(d.wrapping_mul(2) < da, s, sa, d, da)),
        Op::DARKEN => separable(to, s, a, |_, _, _, _, sda, dsa| sda.min(dsa)),
        Op::LIGHTEN => separable(to, s, a, |_, _, _, _, sda, dsa| sda.max(dsa)),
        Op::HARD_LIGHT => {
            separable(to, s, a, |s, sa, d, da, _, _| light(s.wrapping_mul(2) < sa, s, sa, d, da))
        }
        Op::DIFFERENCE => separable(to, s, a, |_, _, _, _, sda, dsa| sda.wrapping_sub(dsa).wrapping_abs()),
        Op::EXCLUSION => separable(to, s, a, |s, _, d, _, sda, dsa| {
            sda.wrapping_add(dsa).wrapping_sub(s.wrapping_mul(d).wrapping_mul(2))
        }),
        other => float::combine(other, mode, to, s, a),
    }
}

/// Bytes of four pixels, as one vector.
type Block = [u8; 16];

/// The alpha of each pixel for each of its bytes.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "i | 3 < 16")]
fn spread(pixels: Block) -> Block {
    core::array::from_fn(|i| pixels[i | 3])
}

#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "i < 16")]
fn each(a: Block, b: Block, f: impl Fn(u8, u8) -> u8) -> Block {
    core::array::from_fn(|i| f(a[i], b[i]))
}

/// Replaces rows of source and alphas block by block. Rows have the same length; a last part is filled up.
#[inline(always)]
fn blocks(source: &mut [u8], mask: &[u8], alphas: &mut [u8], f: impl Fn(Block, Block) -> (Block, Block)) {
    let (sources, source_rest) = source.as_chunks_mut::<16>();
    let (masks, mask_rest) = mask.as_chunks::<16>();
    let (all_alphas, alphas_rest) = alphas.as_chunks_mut::<16>();
    for ((s, m), a) in sources.iter_mut().zip(masks).zip(all_alphas) {
        (*s, *a) = f(*s, *m);
    }
    let (s, a) = f(filled(source_rest), filled(mask_rest));
    put(s, source_rest);
    put(a, alphas_rest);
}

/// Less than a block, and zeros.
fn filled(rest: &[u8]) -> Block {
    let mut block = [0; 16];
    block.iter_mut().zip(rest).for_each(|(room, byte)| *room = *byte);
    block
}

fn put(block: Block, rest: &mut [u8]) {
    rest.iter_mut().zip(block).for_each(|(room, byte)| *room = byte);
}

/// `source * Fa + target * Fb`, the factors out of both alphas.
#[inline(always)]
fn porter_duff(target: &mut [u8], source: &[u8], alphas: &[u8], factors: impl Fn(u8, u8) -> (u8, u8)) {
    bytes(target, source, alphas, |s, sa, d, da| {
        let (fa, fb) = factors(sa, da);
        multiply(s, fa).saturating_add(multiply(d, fb))
    });
}

/// A function of source, its alpha, target, and its alpha, for all bytes alike.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "i < 16")]
fn bytes(target: &mut [u8], source: &[u8], alphas: &[u8], f: impl Fn(u8, u8, u8, u8) -> u8) {
    let f = |s: Block, sa: Block, d: Block| -> Block {
        let da = spread(d);
        core::array::from_fn(|i| f(s[i], sa[i], d[i], da[i]))
    };
    let (targets, target_rest) = target.as_chunks_mut::<16>();
    let (sources, source_rest) = source.as_chunks::<16>();
    let (all_alphas, alphas_rest) = alphas.as_chunks::<16>();
    for ((d, s), sa) in targets.iter_mut().zip(sources).zip(all_alphas) {
        *d = f(*s, *sa, *d);
    }
    put(f(filled(source_rest), filled(alphas_rest), filled(target_rest)), target_rest);
}

/// A blend mode: a function of source, its alpha, target, its alpha, and both times the other's alpha gives what is
/// added where both are.
#[inline(always)]
fn separable(
    target: &mut [u8],
    source: &[u8],
    alphas: &[u8],
    f: impl Fn(i32, i32, i32, i32, i32, i32) -> i32,
) {
    let rows = target.as_chunks_mut::<4>().0.iter_mut();
    let rows = rows.zip(source.as_chunks::<4>().0).zip(alphas.as_chunks::<4>().0);
    for ((d, s), alphas) in rows {
        let ([_, _, _, da], [_, _, _, sa]) = (d.map(i32::from), s.map(i32::from));
        let [b, g, r, _] = core::array::from_fn(|i| {
            // `i` is a channel.
            let at = |pixel: &[u8; 4]| pixel.get(i).map_or(0, |channel| i32::from(*channel));
            let (s, d, sa) = (at(s), at(d), at(alphas));
            let (sda, dsa) = (s.wrapping_mul(da), d.wrapping_mul(sa));
            let outside =
                d.wrapping_mul(255).wrapping_sub(dsa).wrapping_add(s.wrapping_mul(255)).wrapping_sub(sda);
            divide(outside.wrapping_add(f(s, sa, d, da, sda, dsa)).clamp(0, 255 * 255))
        });
        let all = da.wrapping_add(sa).wrapping_mul(255).wrapping_sub(sa.wrapping_mul(da));
        *d = [b, g, r, divide(all)];
    }
}

/// By 255, to the nearest.
#[inline(always)]
fn divide(value: i32) -> u8 {
    let t = value.wrapping_add(128);
    (t.wrapping_add(t >> 8) >> 8) as u8
}

/// Hard light and overlay, which differ in what decides.
#[inline(always)]
fn light(dark: bool, s: i32, sa: i32, d: i32, da: i32) -> i32 {
    if dark {
        s.wrapping_mul(d).wrapping_mul(2)
    } else {
        let rest = da.wrapping_sub(d).wrapping_mul(sa.wrapping_sub(s)).wrapping_mul(2);
        sa.wrapping_mul(da).wrapping_sub(rest)
    }
}
