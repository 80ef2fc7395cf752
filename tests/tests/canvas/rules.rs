//! The drawing rules on random surfaces, images, areas, clips and masks, against a plain restatement.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    AlphaBlend, AlphaFlags, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Brush, BrushBody, BrushType,
    Clip, ClipRects, ClipType, Copy, CopyBits, DisplayBase, DrawAlphaBlend, DrawCopy, DrawFill, DrawOpaque,
    DrawRop3, DrawTransparent, Fill, Image, ImageBody, ImageDescriptor, ImageFlags, ImageScaleMode,
    ImageType, MaskFlags, Opaque, Pattern, QMask, Rop3, Ropd, ServerMessage, SurfaceCreate, SurfaceFlags,
    SurfaceFmt, Transparent,
};
use spice_proto::image::SharedCaches;
use spice_proto::wire::Pointer;
use spice_proto::{Limits, List};
use spice_proto_tests::random::Random;
use spice_proto_tests::reference::canvas::{Mask, Paint, Picture, Source, Where};

fn config() -> Config {
    Config { cases: 1_500, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() }
}

/// Makes up a message for each seed, and draws it both ways.
fn check(draw: impl Fn(&mut Stage)) {
    proptest!(config(), |(seed in any::<u64>())| draw(&mut Stage::new(seed)));
}

#[test]
fn fill_follows_the_rule() {
    check(|stage| {
        let (place, paint, rop) = (stage.place(true), stage.paint(), stage.rop());
        stage.expected.fill(&place, &paint, rop);
        stage.with_place(&place, |base, mask, apply| {
            with_brush(&paint, |brush| {
                let data = Fill { brush, rop_descriptor: rop, mask };
                apply(&ServerMessage::DrawFill(DrawFill { base, data }));
            });
        });
    });
}

#[test]
fn copy_follows_the_rule() {
    check(|stage| {
        let (place, rop) = (stage.place(true), stage.rop());
        let source = stage.source(&place, true);
        let drawn = stage.expected.copy(&place, &source, rop).is_some();
        stage.refused = !drawn;
        stage.with_place(&place, |base, mask, apply| {
            with_image(&source.picture, |image| {
                let src_bitmap = Some(Pointer::from(image));
                let (src_area, scale_mode) = (source.area, mode(&source));
                let data = Copy { src_bitmap, src_area, rop_descriptor: rop, scale_mode, mask };
                apply(&ServerMessage::DrawCopy(DrawCopy { base, data }));
            });
        });
    });
}

#[test]
fn opaque_follows_the_rule() {
    check(|stage| {
        let (place, paint, rop) = (stage.place(true), stage.paint(), stage.rop());
        let source = stage.source(&place, true);
        let drawn = stage.expected.opaque(&place, &source, &paint, rop).is_some();
        stage.refused = !drawn;
        stage.with_place(&place, |base, mask, apply| {
            with_image(&source.picture, |image| {
                with_brush(&paint, |brush| {
                    let src_bitmap = Some(Pointer::from(image));
                    let (src_area, scale_mode) = (source.area, mode(&source));
                    let data = Opaque { src_bitmap, src_area, brush, rop_descriptor: rop, scale_mode, mask };
                    apply(&ServerMessage::DrawOpaque(DrawOpaque { base, data }));
                });
            });
        });
    });
}

#[test]
fn transparent_follows_the_rule() {
    check(|stage| {
        let place = stage.place(false);
        let source = stage.source(&place, true);
        let words = &source.picture.words;
        let true_color = words[stage.random.below(words.len())] ^ 0x3500_0000;
        stage.refused = stage.expected.transparent(&place, &source, true_color).is_none();
        stage.with_place(&place, |base, _, apply| {
            with_image(&source.picture, |image| {
                let src_bitmap = Some(Pointer::from(image));
                let data = Transparent { src_bitmap, src_area: source.area, src_color: 0, true_color };
                apply(&ServerMessage::DrawTransparent(DrawTransparent { base, data }));
            });
        });
    });
}

#[test]
fn alpha_blend_follows_the_rule() {
    check(|stage| {
        let place = stage.place(false);
        let source = stage.source(&place, true);
        let alpha = [0, 255, stage.random.number() as u8][stage.random.below(3)];
        let flags = [AlphaFlags::empty(), AlphaFlags::DEST_HAS_ALPHA][stage.random.below(2)];
        let dest = flags.contains(AlphaFlags::DEST_HAS_ALPHA);
        let drawn = stage.expected.blend(&place, &source, alpha, dest).is_some();
        stage.refused = !drawn;
        stage.with_place(&place, |base, _, apply| {
            with_image(&source.picture, |image| {
                let src_bitmap = Some(Pointer::from(image));
                let data = AlphaBlend { alpha_flags: flags, alpha, src_bitmap, src_area: source.area };
                apply(&ServerMessage::DrawAlphaBlend(DrawAlphaBlend { base, data }));
            });
        });
    });
}

#[test]
fn rop3_follows_its_truth_table_for_all_codes() {
    let code = std::cell::Cell::new(0_u8);
    check(|stage| {
        // 1500 cases: each code about six times.
        let rop3 = code.replace(code.get().wrapping_add(1));
        let (place, paint) = (stage.place(true), stage.paint());
        let mut source = stage.source(&place, false);
        // The picture has to cover the box.
        let (left, top) = (stage.random.below(3) as i32, stage.random.below(3) as i32);
        let (width, height) = (place.box_.right - place.box_.left, place.box_.bottom - place.box_.top);
        source.area = Rect { top, left, bottom: top + height, right: left + width };
        source.picture = stage.picture((width.max(0) + 3) as usize, (height.max(0) + 3) as usize);
        stage.expected.rop3(&place, &source, &paint, rop3).expect("not scaled");
        stage.with_place(&place, |base, mask, apply| {
            with_image(&source.picture, |image| {
                with_brush(&paint, |brush| {
                    let src_bitmap = Some(Pointer::from(image));
                    let (src_area, scale_mode) = (source.area, mode(&source));
                    let data = Rop3 { src_bitmap, src_area, brush, rop3, scale_mode, mask };
                    apply(&ServerMessage::DrawRop3(DrawRop3 { base, data }));
                });
            });
        });
    });
}

#[test]
fn copy_bits_reads_before_it_writes() {
    check(|stage| {
        let place = stage.place(false);
        let near = |random: &mut Random, at: i32| at + random.below(15) as i32 - 7;
        let random = &mut stage.random;
        let src_pos = Point { x: near(random, place.box_.left), y: near(random, place.box_.top) };
        stage.expected.copy_bits(&place, src_pos);
        stage
            .with_place(&place, |base, _, apply| apply(&ServerMessage::CopyBits(CopyBits { base, src_pos })));
    });
}

/// A surface, drawn on both ways.
struct Stage {
    random: Random,
    expected: Picture,
    start: Picture,
    /// The message is to be refused.
    refused: bool,
}

impl Stage {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let (width, height) = (1 + random.below(24), 1 + random.below(20));
        let mut stage = Stage {
            random,
            expected: Picture { width: 0, height: 0, alpha: false, words: Vec::new() },
            start: Picture { width: 0, height: 0, alpha: false, words: Vec::new() },
            refused: false,
        };
        stage.expected = stage.picture(width, height);
        stage.start = stage.expected.clone();
        stage
    }

    fn picture(&mut self, width: usize, height: usize) -> Picture {
        let random = &mut self.random;
        // Few values, so that bits and colours meet.
        let few: Vec<u32> = (0..3).map(|_| random.number() as u32).collect();
        let word = |random: &mut Random| match random.below(2) {
            0 => few[random.below(3)],
            _ => random.number() as u32,
        };
        let words = (0..width * height).map(|_| word(random)).collect();
        Picture { width: width as i64, height: height as i64, alpha: random.below(2) == 0, words }
    }

    fn rect(&mut self) -> Rect {
        let (width, height) = (self.start.width as usize, self.start.height as usize);
        let side = |random: &mut Random, size: usize| {
            let from = random.below(size + 8) as i32 - 4;
            (from, from + random.below(size + 4) as i32 - 1)
        };
        let ((left, right), (top, bottom)) = (side(&mut self.random, width), side(&mut self.random, height));
        Rect { top, left, bottom, right }
    }

    fn place(&mut self, masked: bool) -> Where {
        let box_ = self.rect();
        let clip = (self.random.below(2) == 0).then(|| {
            let count = [0, 1, 2, 5, 12][self.random.below(5)];
            (0..count).map(|_| self.rect()).collect()
        });
        let mask = (masked && self.random.below(3) == 0).then(|| {
            let (width, height) = (1 + self.random.below(30), 1 + self.random.below(24));
            let bits = (0..width * height).map(|_| self.random.below(3) > 0).collect();
            let pos = Point { x: self.random.below(9) as i32 - 3, y: self.random.below(9) as i32 - 3 };
            let inverse = self.random.below(2) == 0;
            Mask { width: width as i64, height: height as i64, bits, pos, inverse }
        });
        Where { box_, clip, mask }
    }

    fn paint(&mut self) -> Paint {
        if self.random.below(2) == 0 {
            return Paint::Solid(self.random.number() as u32);
        }
        let (width, height) = (1 + self.random.below(9), 1 + self.random.below(9));
        let pos = Point { x: self.random.below(40) as i32 - 20, y: self.random.below(40) as i32 - 20 };
        Paint::Pattern(self.picture(width, height), pos)
    }

    fn rop(&mut self) -> Ropd {
        Ropd::from_bits_retain(self.random.below(1 << 11) as u16)
    }

    fn source(&mut self, place: &Where, scaled: bool) -> Source {
        let (width, height) = (1 + self.random.below(20), 1 + self.random.below(20));
        let picture = self.picture(width, height);
        let mut area = self.rect();
        if !scaled || self.random.below(2) == 0 {
            let size = |from: i32, to: i32| to - from;
            area.right = area.left + size(place.box_.left, place.box_.right);
            area.bottom = area.top + size(place.box_.top, place.box_.bottom);
        }
        Source { picture, area, smooth: self.random.below(2) == 0 }
    }

    /// Draws on a surface and compares.
    fn with_place(
        &mut self,
        place: &Where,
        draw: impl FnOnce(DisplayBase<'_>, QMask<'_>, &mut dyn FnMut(&ServerMessage<'_>)),
    ) {
        let limits = Limits::default();
        let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
        let start = &self.start;
        let format = if start.alpha { SurfaceFmt::FMT_32_ARGB } else { SurfaceFmt::FMT_32_XRGB };
        let (width, height) = (start.width as u32, start.height as u32);
        let create = SurfaceCreate { surface_id: 0, width, height, format, flags: SurfaceFlags::PRIMARY };
        canvas.apply(&ServerMessage::SurfaceCreate(create), &mut shared).unwrap();
        let all = Rect { top: 0, left: 0, bottom: height as i32, right: width as i32 };
        let none = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
        with_image(start, |image| {
            let data = Copy {
                src_bitmap: Some(Pointer::from(image)),
                src_area: all,
                rop_descriptor: Ropd::OP_PUT,
                scale_mode: ImageScaleMode::NEAREST,
                mask: none,
            };
            let clip = Clip { type_: ClipType::NONE, rects: None };
            let base = DisplayBase { surface_id: 0, box_: all, clip };
            canvas.apply(&ServerMessage::DrawCopy(DrawCopy { base, data }), &mut shared).unwrap();
        });
        let empty = place.box_.left >= place.box_.right || place.box_.top >= place.box_.bottom;
        let refused = self.refused;
        let apply = &mut |message: &ServerMessage<'_>| match canvas.apply(message, &mut shared) {
            Ok(Outcome::Waiting(_)) => panic!("waits"),
            Ok(_) => {}
            Err(error) => assert!(refused || empty, "{error}"),
        };
        let type_ = if place.clip.is_some() { ClipType::RECTS } else { ClipType::NONE };
        let rects = place.clip.as_deref().map(|rects| ClipRects { rects: List::from(rects) });
        let base = DisplayBase { surface_id: 0, box_: place.box_, clip: Clip { type_, rects } };
        match &place.mask {
            None => draw(base, none, apply),
            Some(mask) => {
                let stride = (mask.width as usize).div_ceil(8);
                let mut data = vec![0_u8; stride * mask.height as usize];
                for (at, _) in mask.bits.iter().enumerate().filter(|(_, bit)| **bit) {
                    let (x, y) = (at % mask.width as usize, at / mask.width as usize);
                    data[y * stride + x / 8] |= 0x80 >> (x % 8);
                }
                let image =
                    bitmap(BitmapFmt::FMT_1BIT_BE, mask.width as u32, mask.height as u32, stride, &data);
                let flags = if mask.inverse { MaskFlags::INVERS } else { MaskFlags::empty() };
                draw(base, QMask { flags, pos: mask.pos, bitmap: Some(Pointer::from(&image)) }, apply);
            }
        }
        // X bytes of compositing operations are 0 in both; what else differs is a mistake.
        let words = canvas.surface(0).unwrap().data().chunks_exact(4);
        let got: Vec<u32> = words.map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(got, self.expected.words, "{place:?}");
    }
}

fn mode(source: &Source) -> ImageScaleMode {
    if source.smooth { ImageScaleMode::INTERPOLATE } else { ImageScaleMode::NEAREST }
}

fn with_image(picture: &Picture, draw: impl FnOnce(&Image<'_>)) {
    let data: Vec<u8> = picture.words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let format = if picture.alpha { BitmapFmt::RGBA } else { BitmapFmt::FMT_32BIT };
    draw(&bitmap(format, picture.width as u32, picture.height as u32, picture.width as usize * 4, &data));
}

fn with_brush(paint: &Paint, draw: impl FnOnce(Brush<'_>)) {
    match paint {
        Paint::Solid(colour) => draw(Brush { type_: BrushType::SOLID, body: BrushBody::Color(*colour) }),
        Paint::Pattern(picture, pos) => with_image(picture, |image| {
            let pattern = Pattern { pat: Pointer::from(image), pos: *pos };
            draw(Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(pattern) });
        }),
    }
}

fn bitmap(format: BitmapFmt, width: u32, height: u32, stride: usize, data: &[u8]) -> Image<'_> {
    Image {
        descriptor: ImageDescriptor {
            id: 1,
            type_: ImageType::BITMAP,
            flags: ImageFlags::empty(),
            width,
            height,
        },
        body: ImageBody::Bitmap(BitmapData {
            format,
            flags: BitmapFlags::TOP_DOWN,
            x: width,
            y: height,
            stride: stride as u32,
            pal: BitmapDataPal::Palette(None),
            data,
        }),
    }
}
