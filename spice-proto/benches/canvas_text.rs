//! Text, strokes and composites on a 1920x1080 xRGB surface. The reference canvas took, on another day and a machine like
//! it: text 26 us (one bit) and 21 us (four bits), the stroke 125 us, the composite 4540 us.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::common::{Point, Point16, PointFix, Rect};
use spice_proto::display::{
    Brush, BrushBody, BrushType, Clip, ClipType, Composite, CompositeFlags, DisplayBase, DrawComposite,
    DrawFill, DrawStroke, DrawText, Fill, Image, ImageBody, ImageDescriptor, ImageFlags, ImageType, LineAttr,
    LineFlags, MaskFlags, Path, PathFlags, PathSegment, QMask, RasterGlyphA1, RasterGlyphA4, Ropd,
    ServerMessage, String, StringFlags, StringGlyphs, Stroke, Surface, SurfaceCreate, SurfaceFlags,
    SurfaceFmt, Text,
};
use spice_proto::image::SharedCaches;
use spice_proto::wire::{List, Pointer};

const WHOLE: Rect = Rect { top: 0, left: 0, bottom: 1080, right: 1920 };
const NOTHING: Rect = Rect { top: 0, left: 0, bottom: 0, right: 0 };

fn main() {
    let limits = Limits::default();
    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let formats = [SurfaceFmt::FMT_32_XRGB, SurfaceFmt::FMT_32_ARGB, SurfaceFmt::FMT_8_A];
    for (surface_id, format) in (0..).zip(formats) {
        let flags = SurfaceFlags::empty();
        let create = SurfaceCreate { surface_id, width: 1920, height: 1080, format, flags };
        canvas.apply(&ServerMessage::SurfaceCreate(create), &mut shared).expect("a surface");
        for left in 0..60 {
            let box_ = Rect { left: left * 32, right: left * 32 + 32, ..WHOLE };
            let brush = solid(0x80_40_20_60_u32.wrapping_mul(left as u32 * 2 + 1));
            let mask = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
            let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask };
            let fill = ServerMessage::DrawFill(DrawFill { base: base(surface_id, box_), data });
            canvas.apply(&fill, &mut shared).expect("a fill");
        }
    }

    let (bits, nibbles): (Vec<u8>, Vec<u8>) =
        ((1..14).map(|y| y * 0x35).collect(), (0..52).map(|i| i * 0x1d).collect());
    let place = |index: i32| (Point { x: 100 + 9 * index, y: 500 }, Point { x: 0, y: -10 });
    let one: Vec<RasterGlyphA1<'_>> = (0..100)
        .map(place)
        .map(|(render_pos, glyph_origin)| RasterGlyphA1 {
            render_pos,
            glyph_origin,
            width: 8,
            height: 13,
            data: &bits,
        })
        .collect();
    let four: Vec<RasterGlyphA4<'_>> = (0..100)
        .map(place)
        .map(|(render_pos, glyph_origin)| RasterGlyphA4 {
            render_pos,
            glyph_origin,
            width: 8,
            height: 13,
            data: &nibbles,
        })
        .collect();
    let strings = [
        String {
            length: 100,
            flags: StringFlags::RASTER_A1,
            glyphs: StringGlyphs::RasterA1((&one[..]).into()),
        },
        String {
            length: 100,
            flags: StringFlags::RASTER_A4,
            glyphs: StringGlyphs::RasterA4((&four[..]).into()),
        },
    ];
    let diagonal = [PointFix { x: 160, y: 160 }, PointFix { x: 16 * 1010, y: 16 * 1010 }];
    let segment = [PathSegment { flags: PathFlags::BEGIN | PathFlags::END, points: (&diagonal).into() }];
    let path = Path { segments: (&segment).into() };
    let dashes = [6 * 16, 3 * 16];
    let surfaces = [1, 2].map(|surface_id| Image {
        descriptor: ImageDescriptor {
            id: 0,
            type_: ImageType::SURFACE,
            flags: ImageFlags::empty(),
            width: 1920,
            height: 1080,
        },
        body: ImageBody::Surface(Surface { surface_id }),
    });
    let origin = Point16 { x: 0, y: 0 };
    let composite = |flags: CompositeFlags, masked: bool| {
        ServerMessage::DrawComposite(DrawComposite {
            base: base(0, WHOLE),
            data: Composite {
                flags,
                src_bitmap: Some(Pointer::from(&surfaces[0])),
                mask_bitmap: masked.then(|| Some(Pointer::from(&surfaces[1]))),
                src_transform: None,
                mask_transform: None,
                src_origin: origin,
                mask_origin: origin,
            },
        })
    };
    let over = CompositeFlags::from_bits_retain(3);
    let messages = [
        ("text of 100 glyphs, 1 bit", text(&strings[0])),
        ("text of 100 glyphs, 4 bits", text(&strings[1])),
        ("stroke of 1000 pixels", stroke(&path, None)),
        ("dashed stroke of 1000 pixels", stroke(&path, Some((&dashes).into()))),
        ("composite over", composite(over, false)),
        ("composite over, 8 bit mask", composite(over | CompositeFlags::HAS_MASK, true)),
    ];

    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(2)).configure_from_args();
    let mut group = criterion.benchmark_group("canvas, figures");
    for (name, message) in &messages {
        group.bench_function(*name, |b| {
            b.iter(|| {
                black_box(canvas.apply(black_box(message), &mut shared).expect("drawn"));
            });
        });
    }
    let (from, mut to) = (vec![1_u8; 1920 * 1080 * 4], vec![0_u8; 1920 * 1080 * 4]);
    group.bench_function("memcpy of the surface", |b| {
        b.iter(|| black_box(&mut to).copy_from_slice(black_box(&from)))
    });
    group.finish();
    criterion.final_summary();
}

fn base(surface_id: u32, box_: Rect) -> DisplayBase<'static> {
    DisplayBase { surface_id, box_, clip: Clip { type_: ClipType::NONE, rects: None } }
}

fn solid(colour: u32) -> Brush<'static> {
    Brush { type_: BrushType::SOLID, body: BrushBody::Color(colour) }
}

fn text<'a>(string: &'a String<'a>) -> ServerMessage<'a> {
    let data = Text {
        str: Pointer::from(string),
        back_area: NOTHING,
        fore_brush: solid(0x00ff_8040),
        back_brush: solid(0),
        fore_mode: Ropd::OP_PUT,
        back_mode: Ropd::OP_PUT,
    };
    ServerMessage::DrawText(DrawText { base: base(0, WHOLE), data })
}

fn stroke<'a>(path: &'a Path<'a>, style: Option<List<'a, i32>>) -> ServerMessage<'a> {
    let attr = LineAttr {
        flags: if style.is_some() { LineFlags::STYLED } else { LineFlags::empty() },
        style_nseg: style.map(|style| style.len() as u8),
        style: style.map(Some),
    };
    let (brush, mode) = (solid(0x0012_3456), Ropd::OP_PUT);
    let data = Stroke { path: Pointer::from(path), attr, brush, fore_mode: mode, back_mode: mode };
    ServerMessage::DrawStroke(DrawStroke { base: base(0, WHOLE), data })
}
