//! Made-up pixels of several characters, the same in every run.

use spice_proto::image::quic;

use crate::random::Random;

/// How many characters [`bytes`] knows.
pub const CHARACTERS: usize = 7;

/// `len` bytes of units of `unit` bytes: noise, few colours, runs, solid, repeated far back, ramps, and mixtures.
#[must_use]
pub fn bytes(character: usize, unit: usize, len: usize, random: &mut Random) -> Vec<u8> {
    let all = len.div_ceil(unit) * unit;
    let mut out: Vec<u8> = Vec::with_capacity(all);
    let palette: Vec<Vec<u8>> = (0..4).map(|_| random.bytes(unit)).collect();
    while out.len() < all {
        let made = out.len() / unit;
        match if character == 6 { random.below(6) } else { character } {
            0 => out.extend(random.bytes(unit)),
            1 => out.extend_from_slice(&palette[random.below(4)]),
            2 => {
                let colour = &palette[random.below(4)];
                (0..1 + random.below(700)).for_each(|_| out.extend_from_slice(colour));
            }
            3 => out.extend_from_slice(&palette[0]),
            4 if made > 0 => {
                let from = random.below(made);
                for i in from..from + 1 + random.below(60) {
                    out.extend_from_within(i * unit..(i + 1) * unit);
                }
            }
            _ => (0..unit).for_each(|c| out.push((made >> c) as u8)),
        }
    }
    out.truncate(len);
    out
}

/// Flat, smooth, noisy and mixed pictures as QUIC likes and dislikes them; bits that are not coded are 0.
#[must_use]
pub fn picture(random: &mut Random, kind: quic::ImageType, width: usize, height: usize) -> Vec<u8> {
    let bytes = kind.bytes_per_pixel();
    let mut pixels = vec![0_u8; width * height * bytes];
    let style = random.below(6);
    let spread = 1 + random.below(20);
    for at in 0..pixels.len() {
        let left = if at >= bytes { pixels[at - bytes] } else { 0 };
        let above = if at >= width * bytes { pixels[at - width * bytes] } else { left };
        let step = random.below(2 * spread + 1).wrapping_sub(spread) as u8;
        let noise = random.number() as u8;
        pixels[at] = match style {
            0 => noise,
            1 => left.wrapping_add(step),
            2 => u8::midpoint(left, above) ^ u8::from(random.below(3) == 0),
            3 if random.below(40) == 0 => noise,
            4 if random.below(300) == 0 => noise,
            4 => left,
            5 if random.below(4) == 0 => above.wrapping_add(step / 8),
            _ => above,
        };
    }
    match kind {
        quic::ImageType::Rgb16 => pixels.chunks_exact_mut(2).for_each(|pixel| pixel[1] &= 0x7f),
        quic::ImageType::Rgb32 => pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0),
        _ => {}
    }
    pixels
}
