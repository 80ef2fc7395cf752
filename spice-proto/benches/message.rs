//! Parsing and encoding of single messages, beside a plain copy of 64 KiB.
//!
//! The workloads are those of `docs/performance.md`; compare the figures of one run with each other only.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use spice_proto::display::{
    BinaryData, Clip, ClipRects, Copy, DisplayBase, DrawCopy, DrawFill, DrawText, Fill, Image, ImageBody,
    ImageDescriptor, ImageFlags, ImageScaleMode, ImageType, MaskFlags, QMask, RasterGlyphA4, Ropd,
    ServerMessage, StreamData, StreamDataHeader, String, StringFlags, StringGlyphs, Text,
};
use spice_proto::wire::{Pointer, Vectored};
use spice_proto::{Encode, List, common, cursor, display, inputs, main as main_channel};

fn benches(c: &mut Criterion) {
    let pixels = vec![7_u8; 65_536];
    let rects = [common::Rect { top: 1, left: 2, bottom: 3, right: 4 }; 4];
    let glyph_data = [3_u8; 48];
    let glyphs = [RasterGlyphA4 {
        render_pos: common::Point { x: 10, y: 20 },
        glyph_origin: common::Point { x: 0, y: -9 },
        width: 8,
        height: 12,
        data: &glyph_data,
    }; 40];
    let text = String {
        length: 40,
        flags: StringFlags::RASTER_A4,
        glyphs: StringGlyphs::RasterA4(List::from(&glyphs)),
    };

    let image = Image {
        descriptor: ImageDescriptor {
            id: 1,
            type_: ImageType::QUIC,
            flags: ImageFlags::CACHE_ME,
            width: 640,
            height: 480,
        },
        body: ImageBody::Quic(BinaryData { data: &pixels }),
    };
    let draw_copy = DrawCopy {
        base: base(List::EMPTY),
        data: Copy {
            src_bitmap: Some(Pointer::from(&image)),
            src_area: common::Rect { top: 0, left: 0, bottom: 480, right: 640 },
            rop_descriptor: Ropd::OP_PUT,
            scale_mode: ImageScaleMode::NEAREST,
            mask: no_mask(),
        },
    };
    let draw_fill = DrawFill {
        base: base(List::from(&rects)),
        data: Fill { brush: solid(), rop_descriptor: Ropd::OP_PUT, mask: no_mask() },
    };
    let stream_data =
        StreamData { base: StreamDataHeader { id: 3, multi_media_time: 5 }, data: &pixels[..16_384] };
    let cursor_set = cursor::Set {
        position: common::Point16 { x: 5, y: 6 },
        visible: 1,
        cursor: cursor::Cursor {
            flags: cursor::CursorFlags::CACHE_ME,
            header: Some(cursor::CursorHeader {
                unique: 9,
                type_: common::CursorType::ALPHA,
                width: 64,
                height: 64,
                hot_spot_x: 1,
                hot_spot_y: 1,
            }),
            data: &pixels[..16_384],
        },
    };
    let draw_text = DrawText {
        base: base(List::EMPTY),
        data: Text {
            str: Pointer::from(&text),
            back_area: common::Rect { top: 0, left: 0, bottom: 0, right: 0 },
            fore_brush: solid(),
            back_brush: solid(),
            fore_mode: Ropd::OP_PUT,
            back_mode: Ropd::OP_PUT,
        },
    };
    let position =
        inputs::MousePosition { x: 100, y: 200, buttons_state: inputs::MouseButtonMask::LEFT, display_id: 0 };
    let agent = main_channel::ServerMessage::AgentData(common::Data { data: &pixels[..2048] });

    let mut target = vec![0_u8; 65_536];
    c.bench_function("memcpy 64 KiB", |b| {
        b.iter(|| black_box(&mut target).copy_from_slice(black_box(&pixels)))
    });

    let display = |kind, body: &[u8]| parsed(&ServerMessage::parse(kind, body));
    message(c, "DrawCopy 64 KiB", &ServerMessage::DrawCopy(draw_copy), ServerMessage::DRAW_COPY, display);
    message(c, "DrawFill 4 rects", &ServerMessage::DrawFill(draw_fill), ServerMessage::DRAW_FILL, display);
    message(
        c,
        "StreamData 16 KiB",
        &ServerMessage::StreamData(stream_data),
        ServerMessage::STREAM_DATA,
        display,
    );
    message(c, "DrawText 40 glyphs", &ServerMessage::DrawText(draw_text), ServerMessage::DRAW_TEXT, display);
    let set = cursor::ServerMessage::Set(cursor_set);
    message(c, "CursorSet 64x64", &set, set.kind(), |kind, body| {
        parsed(&cursor::ServerMessage::parse(kind, body))
    });
    let position = inputs::ClientMessage::MousePosition(position);
    message(c, "MousePosition", &position, position.kind(), |kind, body| {
        parsed(&inputs::ClientMessage::parse(kind, body))
    });
    message(c, "AgentData 2 KiB", &agent, agent.kind(), |kind, body| {
        parsed(&main_channel::ServerMessage::parse(kind, body))
    });
}

/// Keeps a result in memory, as a caller that looks at it would, without moving it once more.
#[inline(always)]
fn parsed<T>(result: &Result<T, spice_proto::Error>) -> bool {
    black_box(result).is_ok()
}

/// Parse, encode into a buffer, and encode as slices. `parse` says whether the body was accepted, since a closure cannot
/// hand out what borrows from its argument.
fn message<'a>(
    c: &mut Criterion,
    name: &str,
    message: &impl Encode<'a>,
    kind: u16,
    parse: impl Fn(u16, &[u8]) -> bool,
) {
    let body = message.encode_to_vec().expect("a message that can be written");
    // Opaque once: what the result is kept in could alias the body, so that it is read again each time.
    let (kind, input) = black_box((kind, &body[..]));
    c.bench_function(&format!("parse {name}"), |b| b.iter(|| parse(kind, input)));
    let mut buffer = Vec::with_capacity(body.len());
    c.bench_function(&format!("encode {name}"), |b| {
        b.iter(|| {
            buffer.clear();
            black_box(message).encode(&mut buffer).expect("a message that can be written");
            black_box(buffer.len())
        });
    });
    let mut out = Vectored::new();
    c.bench_function(&format!("vectored {name}"), |b| {
        b.iter(|| {
            out.clear();
            black_box(message).encode_vectored(&mut out).expect("a message that can be written");
            black_box(&out);
        });
    });
}

fn base(rects: List<'_, common::Rect>) -> DisplayBase<'_> {
    let clip = match rects.is_empty() {
        true => Clip { type_: display::ClipType::NONE, rects: None },
        false => Clip { type_: display::ClipType::RECTS, rects: Some(ClipRects { rects }) },
    };
    DisplayBase { surface_id: 0, box_: common::Rect { top: 0, left: 0, bottom: 480, right: 640 }, clip }
}

fn no_mask<'a>() -> QMask<'a> {
    QMask { flags: MaskFlags::empty(), pos: common::Point { x: 0, y: 0 }, bitmap: None }
}

fn solid<'a>() -> display::Brush<'a> {
    display::Brush { type_: display::BrushType::SOLID, body: display::BrushBody::Color(0x00ff_8000) }
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
