//! Compositing against the rules of `docs/spec/canvas.md` §11, one pixel at a time.

use spice_proto::common::{Point16, Rect, Transform};
use spice_proto::display::{Composite, CompositeFlags, DrawComposite, ServerMessage};
use spice_proto::wire::Pointer;
use spice_proto_tests::random::Random;

use super::test_canvas::{FORMATS, Raw, TestCanvas, base, may_write, multiply as m, rect, surface_image};

const OPERATORS: [u8; 29] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39,
    0x3a, 0x3b, 0x3c, 0x3d, 0x3e,
];

#[test]
fn random_composites_follow_the_rules() {
    let (mut random, mut pixels) = (Random::new(11), 0_u64);
    let mut used = [0_u64; 29];
    for case in 0..6000 {
        let mut canvas = TestCanvas::new();
        for id in 0..3 {
            let format = FORMATS[random.below(FORMATS.len())];
            let sides = (1 + random.below(12) as i64, 1 + random.below(9) as i64);
            canvas.noise(id, format, sides.0, sides.1, &mut random);
        }
        let which = case % OPERATORS.len();
        let has_mask = random.below(2) == 0;
        let transform = |random: &mut Random| (random.below(2) == 0).then(|| some_transform(random));
        let (src_transform, mask_transform) =
            (transform(&mut random), transform(&mut random).filter(|_| has_mask));
        let filters = [0, 1, 2, 3, 4];
        let mut flags = u32::from(OPERATORS[which])
            | filters[random.below(5)] << 8
            | filters[random.below(5)] << 11
            | (random.below(16) as u32) << 14
            | (random.below(2) as u32) << 18
            | (random.below(8) as u32) << 22;
        for (bit, set) in [(19, has_mask), (20, src_transform.is_some()), (21, mask_transform.is_some())] {
            flags |= u32::from(set) << bit;
        }
        let flags = CompositeFlags::from_bits_retain(flags);
        let mut origin = || Point16 { x: random.below(9) as i16 - 4, y: random.below(9) as i16 - 4 };
        let (src_origin, mask_origin) = (origin(), origin());
        let (source_image, mask_image) = (surface_image(1), surface_image(2));
        let box_ = rect(12, &mut random);
        let clip: Vec<Rect> = (0..random.below(4)).map(|_| rect(12, &mut random)).collect();
        let clip = (!clip.is_empty()).then_some(&clip[..]);
        let data = Composite {
            flags,
            src_bitmap: Some(Pointer::from(&source_image)),
            mask_bitmap: has_mask.then(|| Some(Pointer::from(&mask_image))),
            src_transform,
            mask_transform,
            src_origin,
            mask_origin,
        };
        let (before, source, mask) = (canvas.raw(0), canvas.raw(1), canvas.raw(2));
        canvas.draw(&ServerMessage::DrawComposite(DrawComposite { base: base(0, box_, clip), data }));
        let after = canvas.raw(0);

        let float = matches!(OPERATORS[which], 13 | 0x35 | 0x36 | 0x38 | 0x3b..);
        for y in 0..before.height {
            for x in 0..before.width {
                let (old, new) = (before.at(x, y).unwrap(), after.at(x, y).unwrap());
                if !may_write(&box_, clip, x, y) {
                    assert_eq!(new, old, "case {case}: ({x}, {y}) is outside");
                    continue;
                }
                let (u, v) = (x - i64::from(box_.left), y - i64::from(box_.top));
                let opaque = flags.contains(CompositeFlags::SOURCE_OPAQUE);
                let bits = flags.bits();
                let s =
                    texel(&source, opaque, bits >> 14 & 3, bits >> 8 & 7, src_transform, src_origin, u, v);
                let mask = has_mask.then(|| {
                    texel(&mask, false, bits >> 16 & 3, bits >> 11 & 7, mask_transform, mask_origin, u, v)
                });
                let components = flags.contains(CompositeFlags::COMPONENT_ALPHA) && has_mask;
                let d = before.channels(old);
                let expected = before.word(combined(OPERATORS[which], s, mask, components, d));
                // X of a surface without alpha and bit 15 of 555 mean nothing.
                let same = if float {
                    near(&before, new, expected)
                } else {
                    meaning(&before, new) == meaning(&before, expected)
                };
                assert!(
                    same,
                    "case {case}, operator {:#x}, {flags:?} on {:?}: ({x}, {y}) is {new:08x}, expected {expected:08x}; \
                     source {s:?}, mask {mask:?}, target {d:?}",
                    OPERATORS[which], before.format
                );
                pixels += 1;
                used[which] += 1;
            }
        }
    }
    println!("{pixels} pixels; by operator {used:?}");
    assert!(used.iter().all(|&count| count > 150));
}

fn meaning(raw: &Raw, word: u32) -> u32 {
    raw.word(raw.channels(word))
}

/// Equal but for one step of a channel.
fn near(raw: &Raw, a: u32, b: u32) -> bool {
    let fields: &[(u32, u32)] = match raw.format {
        f if f == FORMATS[0] || f == FORMATS[1] => &[(0, 8), (8, 8), (16, 8), (24, 8)],
        f if f == FORMATS[2] => &[(0, 5), (5, 5), (10, 5)],
        f if f == FORMATS[3] => &[(0, 5), (5, 6), (11, 5)],
        _ => &[(0, 8)],
    };
    let (a, b) = (meaning(raw, a), meaning(raw, b));
    fields.iter().all(|&(at, bits)| {
        let field = |word: u32| word >> at & ((1 << bits) - 1);
        field(a).abs_diff(field(b)) <= 1
    })
}

fn some_transform(random: &mut Random) -> Transform {
    let mut number = |most: usize| (random.below(2 * most) as i32 - most as i32) as u32;
    match number(3) {
        0 => Transform { t00: 65536, t01: 0, t02: number(1 << 19), t10: 0, t11: 65536, t12: number(1 << 19) },
        1 => Transform { t00: 32768, t01: 0, t02: 0, t10: 0, t11: 1 << 17, t12: 0 },
        _ => Transform {
            t00: number(1 << 18),
            t01: number(1 << 17),
            t02: number(1 << 20),
            t10: number(1 << 17),
            t11: number(1 << 18),
            t12: number(1 << 20),
        },
    }
}

#[allow(clippy::too_many_arguments)]
fn texel(
    raw: &Raw,
    opaque: bool,
    repeat: u32,
    filter: u32,
    transform: Option<Transform>,
    origin: Point16,
    u: i64,
    v: i64,
) -> [u8; 4] {
    let at = |x: i64, y: i64| {
        let wrap = |at: i64, size: i64| match repeat {
            0 => at,
            1 => at.rem_euclid(size),
            2 => at.max(0).min(size - 1),
            _ => {
                let at = at.rem_euclid(2 * size);
                at.min(2 * size - 1 - at)
            }
        };
        let Some(word) = raw.at(wrap(x, raw.width), wrap(y, raw.height)) else { return [0; 4] };
        let [b, g, r, a] = raw.channels(word);
        [b, g, r, if opaque && raw.format == FORMATS[0] { 255 } else { a }]
    };
    let Some(t) = transform else {
        return at(u + i64::from(origin.x), v + i64::from(origin.y));
    };
    let t =
        [[t.t00, t.t01, t.t02], [t.t10, t.t11, t.t12]].map(|row| row.map(|number| i64::from(number as i32)));
    let (first_x, first_y) = (i64::from(origin.x) * 65536 + 32768, (v + i64::from(origin.y)) * 65536 + 32768);
    let [x, y] = t.map(|[a, b, c]| ((a * first_x + b * first_y + c * 65536 + 0x8000) >> 16) + a * u);
    if matches!(filter, 0 | 3) {
        return at((x - 1) >> 16, (y - 1) >> 16);
    }
    let (x, y) = (x - 32768, y - 32768);
    let (wx, wy) = (2 * (x >> 9 & 127), 2 * (y >> 9 & 127));
    let (x, y) = (x >> 16, y >> 16);
    let texels = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
    std::array::from_fn(|c| {
        let [a, b, c, d] = texels.map(|texel| i64::from(texel[c]));
        let sum = a * (256 - wx) * (256 - wy) + b * wx * (256 - wy) + c * (256 - wx) * wy + d * wx * wy;
        (sum >> 16) as u8
    })
}

/// One pixel: blue, green, red, alpha.
fn combined(operator: u8, s: [u8; 4], mask: Option<[u8; 4]>, components: bool, d: [u8; 4]) -> [u8; 4] {
    let (s, sa) = match mask {
        None => (s, [s[3]; 4]),
        Some(mask) if components => {
            (std::array::from_fn(|c| m(s[c], mask[c])), std::array::from_fn(|c| m(mask[c], s[3])))
        }
        Some(mask) => {
            let s = s.map(|channel| m(channel, mask[3]));
            (s, [s[3]; 4])
        }
    };
    let da = d[3];
    std::array::from_fn(|c| {
        let (sc, dc, sa_c) = (s[c], d[c], sa[c]);
        let factors = match operator {
            0 => (0, 0),
            1 => (255, 0),
            2 => (0, 255),
            3 => (255, 255 - sa_c),
            4 => (255 - da, 255),
            5 => (da, 0),
            6 => (0, sa_c),
            7 => (255 - da, 0),
            8 => (0, 255 - sa_c),
            9 => (da, 255 - sa_c),
            10 => (255 - da, sa_c),
            11 => (255 - da, 255 - sa_c),
            12 => (255, 255),
            0x30 => {
                let t = m(sc, 255 - da).saturating_add(m(dc, 255 - sa_c));
                return m(dc, sc).saturating_add(t);
            }
            0x31..=0x34 | 0x37 | 0x39 | 0x3a => return integer_mode(operator, sc, sa_c, dc, da, c, s[3]),
            _ => return float_mode(operator, s, sa, d, c, components),
        };
        m(sc, factors.0).saturating_add(m(dc, factors.1))
    })
}

fn integer_mode(operator: u8, s: u8, sa_c: u8, d: u8, da: u8, channel: usize, sa: u8) -> u8 {
    let divide = |x: i64| {
        let t = x + 128;
        ((t + (t >> 8)) >> 8) as u8
    };
    let [s, sa_c, d, da, sa] = [s, sa_c, d, da, sa].map(i64::from);
    if channel == 3 {
        return divide(255 * da + 255 * sa - sa * da);
    }
    let b = match operator {
        0x31 => s * da + d * sa_c - s * d,
        0x32 if 2 * d < da => 2 * s * d,
        0x37 if 2 * s < sa_c => 2 * s * d,
        0x32 | 0x37 => sa_c * da - 2 * (da - d) * (sa_c - s),
        0x33 => (s * da).min(d * sa_c),
        0x34 => (s * da).max(d * sa_c),
        0x39 => (s * da - d * sa_c).abs(),
        _ => s * da + d * sa_c - 2 * s * d,
    };
    divide(((255 - sa_c) * d + (255 - da) * s + b).clamp(0, 65025))
}

/// The blend modes of PDF 1.7 with operands that are multiplied with their alpha, in double precision.
fn float_mode(operator: u8, s: [u8; 4], sa: [u8; 4], d: [u8; 4], channel: usize, components: bool) -> u8 {
    let [s, sa, d] = [s, sa, d].map(|pixel| pixel.map(|channel| f64::from(channel) / 255.0));
    let da = d[3];
    let value = if operator == 13 {
        let factor = if sa[channel] == 0.0 { 1.0 } else { ((1.0 - da) / sa[channel]).min(1.0) };
        s[channel] * factor + d[channel]
    } else if operator >= 0x3b && components {
        d[channel]
    } else if channel == 3 {
        s[3] + da - s[3] * da
    } else {
        let (sc, sac, dc) = (s[channel], sa[channel], d[channel]);
        let b = match operator {
            0x35 if dc == 0.0 => 0.0,
            0x35 if sc >= sac => sac * da,
            0x35 => (sac * da).min(sac * sac * dc / (sac - sc)),
            0x36 if dc >= da => sac * da,
            0x36 if sc == 0.0 => 0.0,
            0x36 => (sac * (da - sac * (da - dc) / sc)).max(0.0),
            0x38 if 2.0 * sc <= sac => {
                dc * sac - if da == 0.0 { 0.0 } else { dc * (da - dc) * (sac - 2.0 * sc) / da }
            }
            0x38 if da == 0.0 => 0.0,
            0x38 if 4.0 * dc <= da => {
                dc * sac + (2.0 * sc - sac) * dc * ((16.0 * dc / da - 12.0) * dc / da + 3.0)
            }
            0x38 => dc * sac + ((dc * da).sqrt() - dc) * (2.0 * sc - sac),
            _ => hsl(operator, s, d)[channel],
        };
        (1.0 - sac) * dc + (1.0 - da) * sc + b
    };
    let whole = (value.clamp(0.0, 1.0) * 256.0).floor() as u32;
    (whole - (whole >> 8)) as u8
}

fn hsl(operator: u8, s: [f64; 4], d: [f64; 4]) -> [f64; 4] {
    let lum = |c: [f64; 4]| 0.11 * c[0] + 0.59 * c[1] + 0.3 * c[2];
    let most = |c: [f64; 4]| c[0].max(c[1]).max(c[2]);
    let least = |c: [f64; 4]| c[0].min(c[1]).min(c[2]);
    let set_sat = |c: [f64; 4], sat: f64| {
        let (low, high) = (least(c), most(c));
        if high > low { c.map(|x| (x - low) * sat / (high - low)) } else { [0.0; 4] }
    };
    let set_lum = |c: [f64; 4], a: f64, l: f64| {
        let by = l - lum(c);
        let c = c.map(|x| x + by);
        let (l, low, high) = (lum(c), least(c), most(c));
        let c =
            if low < 0.0 { c.map(|x| if x == low { 0.0 } else { l + (x - l) * l / (l - low) }) } else { c };
        if high > a { c.map(|x| if x == high { a } else { l + (x - l) * (a - l) / (high - l) }) } else { c }
    };
    let (sa, da) = (s[3], d[3]);
    let times = |c: [f64; 4], by: f64| c.map(|x| x * by);
    match operator {
        0x3b => set_lum(set_sat(times(s, da), (most(d) - least(d)) * sa), sa * da, lum(d) * sa),
        0x3c => set_lum(set_sat(times(d, sa), (most(s) - least(s)) * da), sa * da, lum(d) * sa),
        0x3d => set_lum(times(s, da), sa * da, lum(d) * sa),
        _ => set_lum(times(d, sa), sa * da, lum(s) * da),
    }
}
