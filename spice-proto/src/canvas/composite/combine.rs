//! Operators on rows of premultiplied ARGB.
//!
//! Alphas are spread over rows of their own, four times each: then all bytes are alike, and the compiler makes vector
//! instructions of loops over them. With component alpha each byte of the source has its own.

use super::super::blend::{self, multiply};
use super::float;
use super::rows::{Mask, Rows};
use crate::display::CompositeOperator as Op;

/// Whether an operator exists.
pub(super) fn knows(operator: Op) -> bool {
    matches!(operator.0, 0..=0x0d | 0x30..=0x3e)
}

/// Combines a row of the source, seen through one of the mask, with one of the target.
pub(super) fn combine(operator: Op, mode: Mask, target: &mut [u8], rows: &mut Rows) {
    let Rows { source, mask, source_alphas, target_alphas } = rows;
    match mode {
        Mask::None => {}
        Mask::Alpha => blend::weaken(source, mask),
        Mask::Components => {
            source_alphas.copy_from_slice(mask);
            blend::weaken(source_alphas, source);
            source.iter_mut().zip(mask).for_each(|(channel, mask)| *channel = multiply(*channel, *mask));
        }
    }
    if mode != Mask::Components {
        if operator == Op::OVER {
            return blend::over(target, source, 255);
        }
        spread(source, source_alphas);
    }
    spread(target, target_alphas);
    let (to, s, a) = (target, source, Alphas { source: source_alphas, target: target_alphas });
    match operator {
        Op::CLEAR => to.fill(0),
        Op::SOURCE => porter_duff(to, s, a, |_, _| (255, 0)),
        Op::DST => {}
        Op::OVER => bytes(to, s, &a, |s, sa, d, _| s.saturating_add(multiply(d, !sa))),
        Op::OVER_REVERSE => porter_duff(to, s, a, |_, da| (!da, 255)),
        Op::IN => porter_duff(to, s, a, |_, da| (da, 0)),
        Op::IN_REVERSE => porter_duff(to, s, a, |sa, _| (0, sa)),
        Op::OUT => porter_duff(to, s, a, |_, da| (!da, 0)),
        Op::OUT_REVERSE => porter_duff(to, s, a, |sa, _| (0, !sa)),
        Op::ATOP => porter_duff(to, s, a, |sa, da| (da, !sa)),
        Op::ATOP_REVERSE => porter_duff(to, s, a, |sa, da| (!da, sa)),
        Op::XOR => porter_duff(to, s, a, |sa, da| (!da, !sa)),
        Op::ADD => porter_duff(to, s, a, |_, _| (255, 255)),
        Op::MULTIPLY => bytes(to, s, &a, |s, sa, d, da| {
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
        other => float::combine(other, mode, to, s, a.source),
    }
}

/// Alphas for each byte.
struct Alphas<'a> {
    source: &'a [u8],
    target: &'a [u8],
}

fn spread(pixels: &[u8], alphas: &mut [u8]) {
    for (alphas, pixel) in alphas.as_chunks_mut::<4>().0.iter_mut().zip(pixels.as_chunks::<4>().0) {
        // Not shifted to the left, which the compiler would make a multiplication.
        let alpha = u32::from_le_bytes(*pixel) & 0xff00_0000;
        let twice = alpha | alpha >> 8;
        *alphas = (twice | twice >> 16).to_le_bytes();
    }
}

/// `source * Fa + target * Fb`, the factors out of both alphas.
#[inline(always)]
fn porter_duff(target: &mut [u8], source: &[u8], alphas: Alphas<'_>, factors: impl Fn(u8, u8) -> (u8, u8)) {
    bytes(target, source, &alphas, |s, sa, d, da| {
        let (fa, fb) = factors(sa, da);
        multiply(s, fa).saturating_add(multiply(d, fb))
    });
}

/// A function of source, its alpha, target, and its alpha, for all bytes alike.
#[inline(always)]
fn bytes(target: &mut [u8], source: &[u8], alphas: &Alphas<'_>, f: impl Fn(u8, u8, u8, u8) -> u8) {
    let rows = target.iter_mut().zip(source).zip(alphas.source).zip(alphas.target);
    for (((d, s), sa), da) in rows {
        *d = f(*s, *sa, *d, *da);
    }
}

/// A blend mode: a function of source, its alpha, target, its alpha, and both times the other's alpha gives what is
/// added where both are.
#[inline(always)]
fn separable(
    target: &mut [u8],
    source: &[u8],
    alphas: Alphas<'_>,
    f: impl Fn(i32, i32, i32, i32, i32, i32) -> i32,
) {
    bytes(target, source, &alphas, |s, sa, d, da| {
        let [s, sa, d, da] = [s, sa, d, da].map(i32::from);
        let (sda, dsa) = (s.wrapping_mul(da), d.wrapping_mul(sa));
        let outside =
            d.wrapping_mul(255).wrapping_sub(dsa).wrapping_add(s.wrapping_mul(255)).wrapping_sub(sda);
        divide(outside.wrapping_add(f(s, sa, d, da, sda, dsa)).clamp(0, 255 * 255))
    });
    // Alphas have a rule of their own.
    let rows = target.as_chunks_mut::<4>().0.iter_mut().zip(source.as_chunks::<4>().0);
    for (([_, _, _, d], [_, _, _, sa]), [_, _, _, da]) in rows.zip(alphas.target.as_chunks::<4>().0) {
        let (sa, da) = (i32::from(*sa), i32::from(*da));
        *d = divide(da.wrapping_add(sa).wrapping_mul(255).wrapping_sub(sa.wrapping_mul(da)));
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
