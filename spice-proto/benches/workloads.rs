//! Messages whose speed is compared, here and with the output languages.

use spice_proto::display::{
    BinaryData, Clip, ClipRects, Copy, DisplayBase, DrawCopy, DrawFill, DrawText, Fill, Image, ImageBody,
    ImageDescriptor, ImageFlags, ImageScaleMode, ImageType, MaskFlags, QMask, RasterGlyphA4, Ropd,
    ServerMessage, StreamData, StreamDataHeader, String, StringFlags, StringGlyphs, Text,
};
use spice_proto::wire::Pointer;
use spice_proto::{List, common, cursor, display, inputs, main as main_channel};

/// What messages borrow.
pub(crate) struct Data {
    pub(crate) pixels: Vec<u8>,
    rects: [common::Rect; 4],
    glyph: [u8; 48],
}

/// What stands behind pointers.
pub(crate) struct Behind<'a> {
    pub(crate) image: Image<'a>,
    pub(crate) text: String<'a>,
}

impl Data {
    pub(crate) fn new() -> Self {
        let rect = common::Rect { top: 1, left: 2, bottom: 3, right: 4 };
        Self { pixels: vec![7; 65_536], rects: [rect; 4], glyph: [3; 48] }
    }

    pub(crate) fn glyphs(&self) -> [RasterGlyphA4<'_>; 40] {
        let glyph = RasterGlyphA4 {
            render_pos: common::Point { x: 10, y: 20 },
            glyph_origin: common::Point { x: 0, y: -9 },
            width: 8,
            height: 12,
            data: &self.glyph,
        };
        [glyph; 40]
    }

    pub(crate) fn image(&self) -> Image<'_> {
        Image {
            descriptor: ImageDescriptor {
                id: 1,
                type_: ImageType::QUIC,
                flags: ImageFlags::CACHE_ME,
                width: 640,
                height: 480,
            },
            body: ImageBody::Quic(BinaryData { data: &self.pixels }),
        }
    }
}

pub(crate) fn text<'a>(glyphs: &'a [RasterGlyphA4<'a>; 40]) -> String<'a> {
    String { length: 40, flags: StringFlags::RASTER_A4, glyphs: StringGlyphs::RasterA4(List::from(glyphs)) }
}

/// Messages of the display channel, with their names in tables.
pub(crate) fn display<'a>(data: &'a Data, behind: &'a Behind<'a>) -> [(&'static str, ServerMessage<'a>); 5] {
    let draw_copy = DrawCopy {
        base: base(List::EMPTY),
        data: Copy {
            src_bitmap: Some(Pointer::from(&behind.image)),
            src_area: common::Rect { top: 0, left: 0, bottom: 480, right: 640 },
            rop_descriptor: Ropd::OP_PUT,
            scale_mode: ImageScaleMode::NEAREST,
            mask: no_mask(),
        },
    };
    let draw_fill = DrawFill {
        base: base(List::from(&data.rects)),
        data: Fill { brush: solid(), rop_descriptor: Ropd::OP_PUT, mask: no_mask() },
    };
    let stream_data =
        StreamData { base: StreamDataHeader { id: 3, multi_media_time: 5 }, data: &data.pixels[..16_384] };
    let draw_text = DrawText {
        base: base(List::EMPTY),
        data: Text {
            str: Pointer::from(&behind.text),
            back_area: common::Rect { top: 0, left: 0, bottom: 0, right: 0 },
            fore_brush: solid(),
            back_brush: solid(),
            fore_mode: Ropd::OP_PUT,
            back_mode: Ropd::OP_PUT,
        },
    };
    let ping = common::Ping { id: 7, timestamp: 5, data: b"" };
    [
        ("DrawCopy, 64 KiB of QUIC", ServerMessage::DrawCopy(draw_copy)),
        ("DrawFill, 4 clip rectangles", ServerMessage::DrawFill(draw_fill)),
        ("StreamData, 16 KiB", ServerMessage::StreamData(stream_data)),
        ("DrawText, 40 glyphs", ServerMessage::DrawText(draw_text)),
        ("Ping", ServerMessage::Ping(ping)),
    ]
}

pub(crate) fn cursor(data: &Data) -> cursor::ServerMessage<'_> {
    cursor::ServerMessage::Set(cursor::Set {
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
            data: &data.pixels[..16_384],
        },
    })
}

pub(crate) fn inputs<'a>() -> inputs::ClientMessage<'a> {
    let buttons_state = inputs::MouseButtonMask::LEFT;
    inputs::ClientMessage::MousePosition(inputs::MousePosition {
        x: 100,
        y: 200,
        buttons_state,
        display_id: 0,
    })
}

pub(crate) fn agent(data: &Data) -> main_channel::ServerMessage<'_> {
    main_channel::ServerMessage::AgentData(common::Data { data: &data.pixels[..2048] })
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
