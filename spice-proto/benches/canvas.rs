//! Drawing on a surface of 1920x1080, 32_xRGB, message by message, and a whole recorded session.
//!
//! In brackets, what the C canvas over pixman takes on an AMD EPYC for the same work, in microseconds. Compare with the
//! plain copy of the same run; `docs/performance.md` does so.

#[allow(dead_code, unused_imports, unreachable_pub, reason = "a bench needs a part of what the tool needs")]
#[path = "../tools/inspect/capture/mod.rs"]
mod capture;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::Criterion;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    AlphaBlend, AlphaFlags, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Brush, BrushBody, BrushType,
    Clip, ClipType, Copy, CopyBits, DisplayBase, DrawAlphaBlend, DrawCopy, DrawFill, DrawRop3, DrawText,
    DrawTransparent, Fill, Image, ImageBody, ImageDescriptor, ImageFlags, ImageScaleMode, ImageType,
    MaskFlags, Pattern, QMask, RasterGlyphA1, Rop3, Ropd, ServerMessage, String, StringFlags, StringGlyphs,
    Surface, SurfaceCreate, SurfaceFlags, SurfaceFmt, Text, Transparent,
};
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::image::SharedCaches;
use spice_proto::link::ServerLink;
use spice_proto::wire::Pointer;
use spice_proto::{ChannelType, Limits, List, Origin};

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;
const SCREEN: Rect = Rect { top: 0, left: 0, bottom: HEIGHT as i32, right: WIDTH as i32 };
const HALF: Rect = Rect { top: 0, left: 0, bottom: HEIGHT as i32 / 2, right: WIDTH as i32 / 2 };
const NO_MASK: QMask<'_> = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
const BASE: DisplayBase<'_> =
    DisplayBase { surface_id: 0, box_: SCREEN, clip: Clip { type_: ClipType::NONE, rects: None } };

fn main() {
    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(3)).configure_from_args();
    messages(&mut criterion);
    session(&mut criterion);
    criterion.final_summary();
}

fn messages(c: &mut Criterion) {
    let limits = Limits::default();
    let mut shared = SharedCaches::new(&limits);
    let mut canvas = Canvas::new(&limits);
    let formats = [SurfaceFmt::FMT_32_XRGB, SurfaceFmt::FMT_32_XRGB, SurfaceFmt::FMT_32_ARGB];
    for (surface_id, format) in (0..).zip(formats) {
        let (width, height, flags) = (WIDTH, HEIGHT, SurfaceFlags::empty());
        apply(
            &mut canvas,
            &mut shared,
            &ServerMessage::SurfaceCreate(SurfaceCreate { surface_id, width, height, format, flags }),
        );
    }
    let pixels: Vec<u8> =
        (0..WIDTH * HEIGHT).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    let bitmap = |format, width, height, bytes: u32| Image {
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
            stride: width * bytes,
            pal: BitmapDataPal::Palette(None),
            data: &pixels[..(width * height * bytes) as usize],
        }),
    };
    let surface = |surface_id| Image {
        descriptor: ImageDescriptor {
            id: 2,
            type_: ImageType::SURFACE,
            flags: ImageFlags::empty(),
            width: WIDTH,
            height: HEIGHT,
        },
        body: ImageBody::Surface(Surface { surface_id }),
    };
    let rgb32 = bitmap(BitmapFmt::FMT_32BIT, WIDTH, HEIGHT, 4);
    let rgba = bitmap(BitmapFmt::RGBA, WIDTH, HEIGHT, 4);
    let rgb24 = bitmap(BitmapFmt::FMT_24BIT, WIDTH, HEIGHT, 3);
    let rgb16 = bitmap(BitmapFmt::FMT_16BIT, WIDTH, HEIGHT, 2);
    let half = bitmap(BitmapFmt::FMT_32BIT, WIDTH / 2, HEIGHT / 2, 4);
    let tile = bitmap(BitmapFmt::FMT_32BIT, 64, 64, 4);
    let (xrgb, argb) = (surface(1), surface(2));
    let solid = |colour| Brush { type_: BrushType::SOLID, body: BrushBody::Color(colour) };
    let pattern = Brush {
        type_: BrushType::PATTERN,
        body: BrushBody::Pattern(Pattern { pat: Pointer::from(&tile), pos: Point { x: 5, y: 7 } }),
    };
    let fill = |brush, rop_descriptor| {
        ServerMessage::DrawFill(DrawFill { base: BASE, data: Fill { brush, rop_descriptor, mask: NO_MASK } })
    };
    let copy = |image, src_area, rop_descriptor, scale_mode| {
        let data = Copy {
            src_bitmap: Some(Pointer::from(image)),
            src_area,
            rop_descriptor,
            scale_mode,
            mask: NO_MASK,
        };
        ServerMessage::DrawCopy(DrawCopy { base: BASE, data })
    };
    let blend = |image, alpha| {
        let data = AlphaBlend {
            alpha_flags: AlphaFlags::empty(),
            alpha,
            src_bitmap: Some(Pointer::from(image)),
            src_area: SCREEN,
        };
        ServerMessage::DrawAlphaBlend(DrawAlphaBlend { base: BASE, data })
    };
    let (nearest, smooth) = (ImageScaleMode::NEAREST, ImageScaleMode::INTERPOLATE);
    let glyph_rows = [0x5a_u8; 13];
    let glyphs: Vec<RasterGlyphA1<'_>> = (0..100)
        .map(|n| RasterGlyphA1 {
            render_pos: Point { x: 10 + 9 * n, y: 100 },
            glyph_origin: Point { x: 0, y: -13 },
            width: 8,
            height: 13,
            data: &glyph_rows,
        })
        .collect();
    let string = String {
        length: 100,
        flags: StringFlags::RASTER_A1,
        glyphs: StringGlyphs::RasterA1(List::from(&glyphs[..])),
    };
    let text = ServerMessage::DrawText(DrawText {
        base: BASE,
        data: Text {
            str: Pointer::from(&string),
            back_area: Rect { top: 0, left: 0, bottom: 0, right: 0 },
            fore_brush: solid(0x00ff_ffff),
            back_brush: Brush { type_: BrushType::NONE, body: BrushBody::Absent },
            fore_mode: Ropd::OP_PUT,
            back_mode: Ropd::empty(),
        },
    });
    let rop3 = ServerMessage::DrawRop3(DrawRop3 {
        base: BASE,
        data: Rop3 {
            src_bitmap: Some(Pointer::from(&xrgb)),
            src_area: SCREEN,
            brush: solid(0x0012_3456),
            rop3: 0xe2,
            scale_mode: nearest,
            mask: NO_MASK,
        },
    });
    let transparent = ServerMessage::DrawTransparent(DrawTransparent {
        base: BASE,
        data: Transparent {
            src_bitmap: Some(Pointer::from(&xrgb)),
            src_area: SCREEN,
            src_color: 0,
            true_color: 0x0012_3456,
        },
    });
    let scroll = ServerMessage::CopyBits(CopyBits {
        base: DisplayBase { box_: Rect { bottom: SCREEN.bottom - 16, ..SCREEN }, ..BASE },
        src_pos: Point { x: 0, y: 16 },
    });
    let cases = [
        ("fill [427]", fill(solid(0x0012_3456), Ropd::OP_PUT)),
        ("fill XOR [1118]", fill(solid(0x0012_3456), Ropd::OP_XOR)),
        ("fill 64x64 pattern [2163]", fill(pattern, Ropd::OP_PUT)),
        ("copy 32-bit bitmap [2191]", copy(&rgb32, SCREEN, Ropd::OP_PUT, nearest)),
        ("copy 24-bit bitmap [2652]", copy(&rgb24, SCREEN, Ropd::OP_PUT, nearest)),
        ("copy 16-bit bitmap [5847]", copy(&rgb16, SCREEN, Ropd::OP_PUT, nearest)),
        ("copy surface [742]", copy(&xrgb, SCREEN, Ropd::OP_PUT, nearest)),
        ("copy surface XOR [1235]", copy(&xrgb, SCREEN, Ropd::OP_XOR, nearest)),
        ("nearest 2x [1248]", copy(&half, HALF, Ropd::OP_PUT, nearest)),
        ("bilinear 2x [3026]", copy(&half, HALF, Ropd::OP_PUT, smooth)),
        ("alpha_blend RGBA bitmap [3270]", blend(&rgba, 255)),
        ("alpha_blend ARGB surface [1402]", blend(&argb, 255)),
        ("alpha_blend ARGB surface, alpha 128 [2587]", blend(&argb, 128)),
        ("transparent [2230]", transparent),
        ("rop3 [3405]", rop3),
        ("copy_bits by 16 rows [837]", scroll),
        ("text, 100 glyphs A1 [26]", text),
    ];
    // The sources are not all black, and the ARGB one is as transparent as it gets.
    for surface_id in 1..3 {
        let base = DisplayBase { surface_id, ..BASE };
        let image = if surface_id == 1 { &rgb32 } else { &rgba };
        let ServerMessage::DrawCopy(DrawCopy { data, .. }) = copy(image, SCREEN, Ropd::OP_PUT, nearest)
        else {
            continue;
        };
        apply(&mut canvas, &mut shared, &ServerMessage::DrawCopy(DrawCopy { base, data }));
    }
    let mut group = c.benchmark_group("1920x1080");
    let mut target = pixels.clone();
    group.bench_function("memcpy", |b| b.iter(|| black_box(&mut target).copy_from_slice(black_box(&pixels))));
    group.bench_function("memset", |b| b.iter(|| black_box(&mut target).fill(black_box(0x5a))));
    for (name, message) in &cases {
        group.bench_function(*name, |b| b.iter(|| apply(&mut canvas, &mut shared, black_box(message))));
    }
    group.finish();
}

/// Frames of the display channel of a session with raw bitmaps, parsed and drawn.
fn session(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/xspice-off/session.pcapng.zst");
    let capture = capture::Capture::open(&path).expect("the capture of the tree");
    let (_, to_client) = capture.connections[1].spice().expect("SPICE in clear");
    let (_, rest) = ServerLink::parse(to_client.bytes(), &Limits::default()).expect("a link reply");
    let (_, stream) = rest.split_at(4 /* link result */);
    let mut group = c.benchmark_group("xspice-off display");
    group.bench_function("drawn", |b| {
        b.iter(|| {
            let limits = Limits::default();
            let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
            let mut decoder = Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &limits);
            decoder.push(stream);
            while let Some(frame) = decoder.next_frame().expect("a valid stream") {
                let message = ServerMessage::parse(frame.kind(), frame.body()).expect("a valid message");
                apply(&mut canvas, &mut shared, &message);
            }
            canvas
        });
    });
    group.finish();
}

fn apply(canvas: &mut Canvas, shared: &mut SharedCaches, message: &ServerMessage<'_>) {
    let outcome = canvas.apply(message, shared).expect("a valid message");
    assert!(!matches!(outcome, Outcome::Waiting(_)));
}
