//! Operators that are evaluated in floating point: the blend modes of PDF 1.7 on premultiplied colours.

use super::rows::Mask;
use crate::display::CompositeOperator as Op;

/// Red, green, blue.
type Colour = [f32; 3];

/// A pixel of the source or the target.
#[derive(Clone, Copy)]
struct Pixel {
    colour: Colour,
    alpha: f32,
}

/// Combines rows of ARGB pixels; `alphas` is the alpha of the source for each channel.
pub(super) fn combine(operator: Op, mode: Mask, target: &mut [u8], source: &[u8], alphas: &[u8]) {
    match operator {
        Op::SATURATE => saturate(target, source, alphas),
        Op::COLOR_DODGE => separable(target, source, alphas, dodge),
        Op::COLOR_BURN => separable(target, source, alphas, burn),
        Op::SOFT_LIGHT => separable(target, source, alphas, soft_light),
        // These take colours as a whole, and component alpha takes them apart: then the reference does nothing.
        _ if mode == Mask::Components => {}
        Op::HSL_HUE => whole(target, source, |s, d| {
            let colour = with_saturation(scaled(s.colour, d.alpha), saturation(d.colour) * s.alpha);
            with_luminosity(colour, s.alpha * d.alpha, luminosity(d.colour) * s.alpha)
        }),
        Op::HSL_SATURATION => whole(target, source, |s, d| {
            let colour = with_saturation(scaled(d.colour, s.alpha), saturation(s.colour) * d.alpha);
            with_luminosity(colour, s.alpha * d.alpha, luminosity(d.colour) * s.alpha)
        }),
        Op::HSL_COLOR => whole(target, source, |s, d| {
            with_luminosity(scaled(s.colour, d.alpha), s.alpha * d.alpha, luminosity(d.colour) * s.alpha)
        }),
        Op::HSL_LUMINOSITY => whole(target, source, |s, d| {
            with_luminosity(scaled(d.colour, s.alpha), s.alpha * d.alpha, luminosity(s.colour) * d.alpha)
        }),
        _ => {}
    }
}

fn pixel(bytes: [u8; 4]) -> Pixel {
    let [b, g, r, a] = bytes.map(|byte| f32::from(byte) / 255.0);
    Pixel { colour: [r, g, b], alpha: a }
}

fn bytes(Pixel { colour: [r, g, b], alpha }: Pixel) -> [u8; 4] {
    [b, g, r, alpha].map(|value| {
        let whole = (value.clamp(0.0, 1.0) * 256.0) as u16;
        // 0 to 256, and 256 becomes 255.
        whole.saturating_sub(whole >> 8) as u8
    })
}

/// Goes through the pixels of three rows: source, alphas of the source, target.
fn each(target: &mut [u8], source: &[u8], alphas: &[u8], f: impl Fn(Pixel, Pixel, Pixel) -> Pixel) {
    let rows = target.as_chunks_mut::<4>().0.iter_mut();
    for ((d, s), a) in rows.zip(source.as_chunks::<4>().0).zip(alphas.as_chunks::<4>().0) {
        *d = bytes(f(pixel(*s), pixel(*a), pixel(*d)));
    }
}

fn saturate(target: &mut [u8], source: &[u8], alphas: &[u8]) {
    each(target, source, alphas, |s, a, d| {
        let channel = |s: f32, sa: f32, dst: f32| {
            let factor = if sa == 0.0 { 1.0 } else { ((1.0 - d.alpha) / sa).clamp(0.0, 1.0) };
            s * factor + dst
        };
        let ([s0, s1, s2], [a0, a1, a2], [d0, d1, d2]) = (s.colour, a.colour, d.colour);
        let colour = [channel(s0, a0, d0), channel(s1, a1, d1), channel(s2, a2, d2)];
        Pixel { colour, alpha: channel(s.alpha, a.alpha, d.alpha) }
    });
}

/// A blend mode of single channels, given source, its alpha, target, and its alpha.
fn separable(target: &mut [u8], source: &[u8], alphas: &[u8], f: impl Fn(f32, f32, f32, f32) -> f32) {
    each(target, source, alphas, |s, a, d| {
        let channel =
            |s: f32, sa: f32, dst: f32| (1.0 - sa) * dst + (1.0 - d.alpha) * s + f(s, sa, dst, d.alpha);
        let ([s0, s1, s2], [a0, a1, a2], [d0, d1, d2]) = (s.colour, a.colour, d.colour);
        let colour = [channel(s0, a0, d0), channel(s1, a1, d1), channel(s2, a2, d2)];
        Pixel { colour, alpha: s.alpha + d.alpha - s.alpha * d.alpha }
    });
}

/// A blend mode of colours as a whole.
fn whole(target: &mut [u8], source: &[u8], f: impl Fn(Pixel, Pixel) -> Colour) {
    each(target, source, source, |s, _, d| {
        let ([b0, b1, b2], [s0, s1, s2], [d0, d1, d2]) = (f(s, d), s.colour, d.colour);
        let mix = |from: f32, to: f32, both: f32| (1.0 - s.alpha) * to + (1.0 - d.alpha) * from + both;
        let colour = [mix(s0, d0, b0), mix(s1, d1, b1), mix(s2, d2, b2)];
        Pixel { colour, alpha: s.alpha + d.alpha - s.alpha * d.alpha }
    });
}

fn dodge(s: f32, sa: f32, d: f32, da: f32) -> f32 {
    if d == 0.0 {
        0.0
    } else if d * sa >= sa * da - s * da || sa == s {
        sa * da
    } else {
        sa * sa * d / (sa - s)
    }
}

fn burn(s: f32, sa: f32, d: f32, da: f32) -> f32 {
    if d >= da {
        sa * da
    } else if s == 0.0 || sa * (da - d) >= s * da {
        0.0
    } else {
        sa * (da - sa * (da - d) / s)
    }
}

fn soft_light(s: f32, sa: f32, d: f32, da: f32) -> f32 {
    if da == 0.0 {
        return if 2.0 * s <= sa { d * sa } else { 0.0 };
    }
    if 2.0 * s <= sa {
        d * sa - d * (da - d) * (sa - 2.0 * s) / da
    } else if 4.0 * d <= da {
        d * sa + (2.0 * s - sa) * d * ((16.0 * d / da - 12.0) * d / da + 3.0)
    } else {
        d * sa + (root(d * da) - d) * (2.0 * s - sa)
    }
}

/// The square root of a number from 0 on: `core` has none.
fn root(value: f32) -> f32 {
    // 48 bits behind the point become 24.
    let fixed = (f64::from(value) * (1_u64 << 48) as f64) as u64;
    (fixed.isqrt() as f64 / f64::from(1 << 24)) as f32
}

fn scaled(colour: Colour, by: f32) -> Colour {
    colour.map(|channel| channel * by)
}

fn least([r, g, b]: Colour) -> f32 {
    r.min(g).min(b)
}

fn most([r, g, b]: Colour) -> f32 {
    r.max(g).max(b)
}

fn luminosity([r, g, b]: Colour) -> f32 {
    r * 0.3 + g * 0.59 + b * 0.11
}

fn saturation(colour: Colour) -> f32 {
    most(colour) - least(colour)
}

/// The colour with another saturation: stretched so that its least channel is 0 and its most the saturation.
fn with_saturation(colour: Colour, wanted: f32) -> Colour {
    let (low, range) = (least(colour), saturation(colour));
    if range == 0.0 { [0.0; 3] } else { colour.map(|channel| (channel - low) * wanted / range) }
}

/// The colour with another luminosity, brought back into 0 to `alpha`.
fn with_luminosity(colour: Colour, alpha: f32, wanted: f32) -> Colour {
    let by = wanted - luminosity(colour);
    let mut colour = colour.map(|channel| channel + by);
    let (l, low, high) = (luminosity(colour), least(colour), most(colour));
    if low < 0.0 {
        colour = if (l - low).abs() < f32::EPSILON {
            [0.0; 3]
        } else {
            colour.map(|c| l + (c - l) * l / (l - low))
        };
    }
    if high > alpha {
        colour = if (high - l).abs() < f32::EPSILON {
            [alpha; 3]
        } else {
            colour.map(|c| l + (c - l) * (alpha - l) / (high - l))
        };
    }
    colour
}
