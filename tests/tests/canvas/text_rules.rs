//! Text against the rules of `docs/spec/canvas.md` §14, one pixel at a time.

use std::collections::HashMap;

use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    Brush, BrushBody, BrushType, DrawText, Pattern, RasterGlyphA1, RasterGlyphA4, RasterGlyphA8, Ropd,
    ServerMessage, String as Glyphs, StringFlags, StringGlyphs, SurfaceFmt, Text,
};
use spice_proto::wire::Pointer;
use spice_proto_tests::random::Random;

use super::test_canvas::{
    FORMATS, Raw, TestCanvas, base, contains, may_write, multiply as m, rect, solid, surface_image,
};

/// A glyph as it is made up.
struct Glyph {
    position: (i32, i32),
    origin: (i32, i32),
    width: u16,
    height: u16,
    data: Vec<u8>,
}

#[test]
fn random_texts_follow_the_rules() {
    let (mut random, mut covered) = (Random::new(12), [0_u64; 3]);
    for case in 0..3000 {
        let mut canvas = TestCanvas::new();
        let format = FORMATS[random.below(FORMATS.len())];
        // Wide enough for whole bytes of bits.
        canvas.noise(0, format, 1 + random.below(40) as i64, 1 + random.below(14) as i64, &mut random);
        let target = canvas.raw(0);
        let pattern_format = match format {
            f if f == SurfaceFmt::FMT_32_XRGB || f == SurfaceFmt::FMT_32_ARGB => FORMATS[random.below(2)],
            other => other,
        };
        canvas.noise(1, pattern_format, 1 + random.below(7) as i64, 1 + random.below(7) as i64, &mut random);
        let depth = random.below(3);
        let glyphs: Vec<Glyph> =
            (0..1 + random.below(5)).map(|_| glyph([1, 4, 8][depth], &mut random)).collect();
        let (picture, pos) =
            (surface_image(1), point((random.below(20) as i32 - 10, random.below(20) as i32 - 10)));
        let brush = match random.below(5) {
            0 => Brush { type_: BrushType::NONE, body: BrushBody::Absent },
            1 | 2 => Brush {
                type_: BrushType::PATTERN,
                body: BrushBody::Pattern(Pattern { pat: Pointer::from(&picture), pos }),
            },
            _ => solid(random.number() as u32),
        };
        let back_area = if random.below(2) == 0 {
            rect(14, &mut random)
        } else {
            Rect { top: 0, left: 0, bottom: 0, right: 0 }
        };
        let back_colour = random.number() as u32;
        let all = Rect { top: 0, left: 0, bottom: 100, right: 100 };
        let box_ = if random.below(4) == 0 { rect(40, &mut random) } else { all };
        let rects = [0, 0, 1, 3, 9][random.below(5)];
        let clip: Vec<Rect> = (0..rects).map(|_| rect(20, &mut random)).collect();
        let clip = (!clip.is_empty()).then_some(&clip[..]);

        let (mut a1, mut a4, mut a8) = (Vec::new(), Vec::new(), Vec::new());
        for g in &glyphs {
            let (render_pos, glyph_origin) = (point(g.position), point(g.origin));
            let &Glyph { width, height, ref data, .. } = g;
            a1.push(RasterGlyphA1 { render_pos, glyph_origin, width, height, data });
            a4.push(RasterGlyphA4 { render_pos, glyph_origin, width, height, data });
            a8.push(RasterGlyphA8 { render_pos, glyph_origin, width, height, data });
        }
        let (flags, list) = match depth {
            0 => (StringFlags::RASTER_A1, StringGlyphs::RasterA1((&a1[..]).into())),
            1 => (StringFlags::RASTER_A4, StringGlyphs::RasterA4((&a4[..]).into())),
            _ => (StringFlags::RASTER_A8, StringGlyphs::RasterA8((&a8[..]).into())),
        };
        let string = Glyphs { length: glyphs.len() as u16, flags, glyphs: list };
        let data = Text {
            str: Pointer::from(&string),
            back_area,
            fore_brush: brush,
            back_brush: solid(back_colour),
            fore_mode: Ropd::OP_PUT,
            back_mode: Ropd::empty(),
        };
        canvas.draw(&ServerMessage::DrawText(DrawText { base: base(0, box_, clip), data }));

        let (after, pattern) = (canvas.raw(0), canvas.raw(1));
        let (mask, corner) = merged(&glyphs, depth);
        for y in 0..target.height {
            for x in 0..target.width {
                let mut expected = target.at(x, y).unwrap();
                if may_write(&box_, clip, x, y) {
                    if contains(&back_area, x, y) {
                        expected = raw_colour(&target, back_colour);
                    }
                    let coverage = mask.get(&(x, y)).copied().unwrap_or(0);
                    covered[depth] += u64::from(coverage > 0);
                    let source = match &brush.body {
                        BrushBody::Absent => None,
                        BrushBody::Color(colour) => Some(brush_colour(&target, *colour)),
                        BrushBody::Pattern(_) => {
                            let tile = |at: i64, corner: i64, pos: i32, size: i64| {
                                (at - corner - i64::from(pos)).rem_euclid(size)
                            };
                            let x = tile(x, corner.0, pos.x, pattern.width);
                            let y = tile(y, corner.1, pos.y, pattern.height);
                            Some(pattern.channels(pattern.at(x, y).unwrap()))
                        }
                    };
                    if let Some(source) = source {
                        let source = source.map(|channel| m(channel, coverage));
                        let old = target.channels(expected);
                        expected = target.word(std::array::from_fn(|c| {
                            source[c].saturating_add(m(old[c], 255 - source[3]))
                        }));
                    }
                }
                let meaning = |word: u32| target.word(target.channels(word));
                let got = after.at(x, y).unwrap();
                assert_eq!(
                    meaning(got),
                    meaning(expected),
                    "case {case}: ({x}, {y}) of {:?}, depth {depth}, {brush:?}",
                    target.format
                );
            }
        }
    }
    println!("covered pixels, by depth: {covered:?}");
    assert!(covered.iter().all(|&count| count > 1000));
}

fn point((x, y): (i32, i32)) -> Point {
    Point { x, y }
}

fn glyph(bits: usize, random: &mut Random) -> Glyph {
    let (width, height) = (random.below(22) as u16, random.below(9) as u16);
    let mut number = |most: i32| random.below(2 * most as usize) as i32 - most / 2;
    let (position, origin) = ((number(24), number(12)), (number(6), number(6)));
    let mut data = random.bytes((usize::from(width) * bits).div_ceil(8) * usize::from(height));
    // Zeros matter to the rule of four bits.
    data.iter_mut().for_each(|byte| {
        *byte &= [0xff, 0xf0, 0x0f, 0][random.below(4)];
    });
    Glyph { position, origin, width, height, data }
}

/// Coverage of each pixel, and the top left corner of all boxes.
fn merged(glyphs: &[Glyph], depth: usize) -> (HashMap<(i64, i64), u8>, (i64, i64)) {
    let mut mask = HashMap::new();
    let corner = |glyph: &Glyph| {
        (i64::from(glyph.position.0 + glyph.origin.0), i64::from(glyph.position.1 + glyph.origin.1))
    };
    for glyph in glyphs {
        let (left, top) = corner(glyph);
        let (width, height) = (usize::from(glyph.width), usize::from(glyph.height));
        for row in 0..height {
            for column in 0..width {
                let stored = height - 1 - row;
                let old = mask.entry((left + column as i64, top + row as i64)).or_insert(0_u8);
                *old = match depth {
                    0 => {
                        let byte = glyph.data[stored * width.div_ceil(8) + column / 8];
                        *old | if byte >> (7 - column % 8) & 1 == 1 { 255 } else { 0 }
                    }
                    1 => {
                        let byte = glyph.data[stored * width.div_ceil(2) + column / 2];
                        let nibble = if column % 2 == 0 { byte >> 4 } else { byte & 15 };
                        let replaces = column % 2 == 1 && byte >> 4 != 0;
                        if replaces { nibble << 4 } else { (*old).max(nibble << 4) }
                    }
                    _ => (*old).max(glyph.data[stored * width + column]),
                };
            }
        }
    }
    let corners = || glyphs.iter().map(corner);
    (mask, (corners().map(|c| c.0).min().unwrap(), corners().map(|c| c.1).min().unwrap()))
}

fn brush_colour(target: &Raw, colour: u32) -> [u8; 4] {
    if target.format == SurfaceFmt::FMT_16_555 || target.format == SurfaceFmt::FMT_16_565 {
        return Raw { format: SurfaceFmt::FMT_16_555, ..target.clone() }.channels(colour);
    }
    let [b, g, r, _] = colour.to_le_bytes();
    [b, g, r, 255]
}

/// What a raw operation stores.
fn raw_colour(target: &Raw, colour: u32) -> u32 {
    match target.format {
        SurfaceFmt::FMT_32_ARGB | SurfaceFmt::FMT_32_XRGB => colour,
        SurfaceFmt::FMT_8_A => colour & 0xff,
        _ => colour & 0xffff,
    }
}
