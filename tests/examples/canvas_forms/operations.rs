//! The operations, with what else shapes their result: raster operations, scaling, flags.

use spice_proto::common::{Point, Point16, PointFix, Rect, Transform};
use spice_proto::display::{
    AlphaBlend, AlphaFlags, Blackness, Brush, BrushBody, BrushType, Composite, CompositeFlags, Copy,
    CopyBits, DrawAlphaBlend, DrawBlackness, DrawBlend, DrawComposite, DrawCopy, DrawFill, DrawInvers,
    DrawOpaque, DrawRop3, DrawStroke, DrawText, DrawTransparent, DrawWhiteness, Fill, Image, ImageScaleMode,
    LineAttr, LineFlags, Opaque, Path, PathFlags, PathSegment, Pattern, RasterGlyphA1, RasterGlyphA4, Rop3,
    Ropd, ServerMessage, String as Glyphs, StringFlags, StringGlyphs, Stroke, SurfaceFmt, Text, Transparent,
};
use spice_proto::wire::Pointer;

use super::forms::{self, KEY};
use super::{NO_MASK, SCALED, SIZE, SOURCES, area, base, framed};

type Draw = Box<dyn Fn(u32, SurfaceFmt, Rect, Option<Image<'static>>) -> Vec<Vec<u8>>>;

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// The message.
    pub(crate) kind: &'static str,
    pub(crate) covers: &'static str,
    pub(crate) takes_image: bool,
    pub(crate) box_size: (i32, i32),
    pub(crate) draw: Draw,
}

/// How an image lies on its box.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    Same,
    /// In its own size, with parts of the box outside of the image.
    SameOutside,
    Scaled,
    /// Scaled, with parts of the box outside of the image.
    Outside,
}

impl Fit {
    fn area(self) -> Rect {
        match self {
            Fit::Same | Fit::Scaled => area((0, 0), SIZE),
            Fit::SameOutside => area((2, -1), SIZE),
            Fit::Outside => area((-2, -1), (SIZE.0 + 3, SIZE.1 + 2)),
        }
    }

    fn box_size(self) -> (i32, i32) {
        match self {
            Fit::Same | Fit::SameOutside => SIZE,
            Fit::Scaled | Fit::Outside => SCALED,
        }
    }
}

const FITS: [(&str, Fit, ImageScaleMode); 6] = [
    ("", Fit::Same, ImageScaleMode::NEAREST),
    ("_outside", Fit::SameOutside, ImageScaleMode::NEAREST),
    ("_nearest", Fit::Scaled, ImageScaleMode::NEAREST),
    ("_interpolate", Fit::Scaled, ImageScaleMode::INTERPOLATE),
    ("_nearest_outside", Fit::Outside, ImageScaleMode::NEAREST),
    ("_interpolate_outside", Fit::Outside, ImageScaleMode::INTERPOLATE),
];

pub(crate) fn all() -> Vec<Operation> {
    let mut list = vec![plain()];
    let mut add = |name: String, kind, covers, box_size, draw: Draw| {
        let name = name.leak();
        list.push(Operation { name, kind, covers, takes_image: true, box_size, draw });
    };
    for (rop, rop_descriptor) in [("put", Ropd::OP_PUT), ("xor", Ropd::OP_XOR)] {
        add(
            format!("fill_{rop}"),
            "fill",
            "image as pattern",
            SIZE,
            one(move |surface, _, box_, image| {
                let data = Fill { brush: pattern(box_, image), rop_descriptor, mask: NO_MASK };
                ServerMessage::DrawFill(DrawFill { base: base(surface, box_), data })
            }),
        );
        add(
            format!("stroke_{rop}"),
            "stroke",
            "image as pattern",
            SIZE,
            one(move |surface, _, box_, image| stroke(surface, box_, pattern(box_, image), rop_descriptor)),
        );
    }
    for (fit_name, fit, scale_mode) in FITS {
        let rops = [
            ("put", Ropd::OP_PUT),
            ("or", Ropd::OP_OR),
            ("xor", Ropd::OP_XOR),
            ("and_inverted", Ropd::OP_AND.union(Ropd::INVERS_SRC)),
        ];
        for (rop, rop_descriptor) in rops {
            add(
                format!("copy_{rop}{fit_name}"),
                "copy",
                "image copied",
                fit.box_size(),
                one(move |surface, _, box_, image| {
                    let data = copy(image, fit, rop_descriptor, scale_mode);
                    ServerMessage::DrawCopy(DrawCopy { base: base(surface, box_), data })
                }),
            );
        }
        add(
            format!("blend_or{fit_name}"),
            "blend",
            "image combined",
            fit.box_size(),
            one(move |surface, _, box_, image| {
                let data = copy(image, fit, Ropd::OP_OR, scale_mode);
                ServerMessage::DrawBlend(DrawBlend { base: base(surface, box_), data })
            }),
        );
        add(
            format!("opaque{fit_name}"),
            "opaque",
            "image under a colour",
            fit.box_size(),
            one(move |surface, _, box_, image| {
                let data = Opaque {
                    src_bitmap: Some(pointer(image)),
                    src_area: fit.area(),
                    brush: solid(0x5533_ff0f),
                    rop_descriptor: Ropd::OP_XOR,
                    scale_mode,
                    mask: NO_MASK,
                };
                ServerMessage::DrawOpaque(DrawOpaque { base: base(surface, box_), data })
            }),
        );
        if !matches!(fit, Fit::Outside | Fit::SameOutside) {
            add(
                format!("opaque_brush{fit_name}"),
                "opaque",
                "image as pattern over a surface",
                fit.box_size(),
                one(move |surface, _, box_, image| {
                    let data = Opaque {
                        src_bitmap: Some(pointer(Some(of_surface(SOURCES + surface)))),
                        src_area: fit.area(),
                        brush: pattern(box_, image),
                        rop_descriptor: Ropd::OP_OR,
                        scale_mode,
                        mask: NO_MASK,
                    };
                    ServerMessage::DrawOpaque(DrawOpaque { base: base(surface, box_), data })
                }),
            );
            for (part, as_brush) in [("", false), ("_brush", true)] {
                add(
                    format!("rop3{part}{fit_name}"),
                    "rop3",
                    if as_brush { "image as pattern" } else { "image as source" },
                    fit.box_size(),
                    one(move |surface, _, box_, image| {
                        let image = image.expect("an image");
                        let source = if as_brush { of_surface(SOURCES + surface) } else { image };
                        let data = Rop3 {
                            src_bitmap: Some(pointer(Some(source))),
                            src_area: fit.area(),
                            brush: if as_brush { pattern(box_, Some(image)) } else { solid(0x5533_ff0f) },
                            rop3: 0x96,
                            scale_mode,
                            mask: NO_MASK,
                        };
                        ServerMessage::DrawRop3(DrawRop3 { base: base(surface, box_), data })
                    }),
                );
            }
        }
        if scale_mode == ImageScaleMode::INTERPOLATE {
            continue;
        }
        let fit_name = fit_name.replace("nearest", "scaled");
        add(
            format!("transparent{fit_name}"),
            "transparent",
            "colour key",
            fit.box_size(),
            one(move |surface, _, box_, image| {
                let data = Transparent {
                    src_bitmap: Some(pointer(image)),
                    src_area: fit.area(),
                    src_color: 0,
                    true_color: KEY,
                };
                ServerMessage::DrawTransparent(DrawTransparent { base: base(surface, box_), data })
            }),
        );
        for (name, alpha, alpha_flags) in [
            ("255", 255, AlphaFlags::empty()),
            ("100", 100, AlphaFlags::empty()),
            ("100_dest", 100, AlphaFlags::DEST_HAS_ALPHA),
            ("100_src", 100, AlphaFlags::SRC_SURFACE_HAS_ALPHA),
            ("255_both", 255, AlphaFlags::DEST_HAS_ALPHA.union(AlphaFlags::SRC_SURFACE_HAS_ALPHA)),
        ] {
            add(
                format!("alpha_blend_{name}{fit_name}"),
                "alpha_blend",
                "image laid over",
                fit.box_size(),
                one(move |surface, _, box_, image| {
                    let src_bitmap = Some(pointer(image));
                    let data = AlphaBlend { alpha_flags, alpha, src_bitmap, src_area: fit.area() };
                    ServerMessage::DrawAlphaBlend(DrawAlphaBlend { base: base(surface, box_), data })
                }),
            );
        }
    }
    for (name, depth) in [("a1", 1), ("a4", 4)] {
        add(
            format!("text_{name}"),
            "text",
            "image as pattern of glyphs",
            SIZE,
            one(move |surface, _, box_, image| text(surface, box_, depth, pattern(box_, image), None)),
        );
    }
    add(
        "text_back".to_owned(),
        "text",
        "image as background",
        SIZE,
        one(|surface, _, box_, image| text(surface, box_, 1, solid(0x0012_3456), Some(pattern(box_, image)))),
    );
    for (name, operator) in [("src", 1), ("over", 3), ("xor", 11), ("screen", 0x31)] {
        for (how, filter) in [("", None), ("_nearest", Some(3)), ("_bilinear", Some(4))] {
            let box_size = if filter.is_some() { SCALED } else { SIZE };
            add(
                format!("composite_{name}{how}"),
                "composite",
                "image as source",
                box_size,
                one(move |surface, _, box_, image| {
                    composite(surface, box_, operator, filter, false, image, None)
                }),
            );
        }
    }
    for (name, components) in [("mask", false), ("components", true)] {
        for (how, filter) in [("", None), ("_nearest", Some(3)), ("_bilinear", Some(4))] {
            let box_size = if filter.is_some() { SCALED } else { SIZE };
            add(
                format!("composite_{name}{how}"),
                "composite",
                "image as mask",
                box_size,
                one(move |surface, _, box_, image| {
                    let source = Some(of_surface(SOURCES + surface));
                    composite(surface, box_, 3, filter, components, source, image)
                }),
            );
        }
    }
    list
}

/// Everything that takes no image, in one script: a row of cells for each surface.
fn plain() -> Operation {
    let draw = |surface: u32, _: SurfaceFmt, box_: Rect, _: Option<Image<'static>>| {
        let cell =
            |index: i32| Rect { left: box_.left + 12 * index, right: box_.left + 12 * index + 8, ..box_ };
        let mut list = Vec::new();
        let mut cells = 0..;
        let mut next = || cell(cells.next().expect("another cell"));
        for rop_descriptor in [Ropd::OP_PUT, Ropd::OP_OR, Ropd::OP_XOR] {
            let data = Fill { brush: solid(0x5533_ff0f), rop_descriptor, mask: NO_MASK };
            list.push(framed(&ServerMessage::DrawFill(DrawFill { base: base(surface, next()), data })));
        }
        let blackness = DrawBlackness { base: base(surface, next()), data: Blackness { mask: NO_MASK } };
        list.push(framed(&ServerMessage::DrawBlackness(blackness)));
        let whiteness = DrawWhiteness { base: base(surface, next()), data: Blackness { mask: NO_MASK } };
        list.push(framed(&ServerMessage::DrawWhiteness(whiteness)));
        let invers = DrawInvers { base: base(surface, next()), data: Blackness { mask: NO_MASK } };
        list.push(framed(&ServerMessage::DrawInvers(invers)));
        let box_ = next();
        list.push(framed(&stroke(surface, box_, solid(0x5533_ff0f), Ropd::OP_PUT)));
        let box_ = next();
        list.push(framed(&stroke(surface, box_, solid(0x5533_ff0f), Ropd::OP_XOR)));
        for depth in [1, 4] {
            let box_ = next();
            list.push(framed(&text(surface, box_, depth, solid(0x5533_ff0f), Some(solid(0x6677_8899)))));
        }
        let box_ = next();
        let src_pos = Point { x: box_.left - 7, y: box_.top };
        list.push(framed(&ServerMessage::CopyBits(CopyBits { base: base(surface, box_), src_pos })));
        list
    };
    let (kind, covers) = ("fill", "operations without an image");
    Operation { name: "no_image", kind, covers, takes_image: false, box_size: SIZE, draw: Box::new(draw) }
}

/// An image copied in its own size.
pub(crate) fn plain_copy(surface: u32, box_: Rect, image: &Image<'static>) -> ServerMessage<'static> {
    let data = copy(Some(*image), Fit::Same, Ropd::OP_PUT, ImageScaleMode::NEAREST);
    ServerMessage::DrawCopy(DrawCopy { base: base(surface, box_), data })
}

fn one(
    draw: impl Fn(u32, SurfaceFmt, Rect, Option<Image<'static>>) -> ServerMessage<'static> + 'static,
) -> Draw {
    Box::new(move |surface, format, box_, image| vec![framed(&draw(surface, format, box_, image))])
}

fn pointer(image: Option<Image<'static>>) -> Pointer<'static, Image<'static>> {
    Pointer::from(&*Box::leak(Box::new(image.expect("an image"))))
}

fn solid(colour: u32) -> Brush<'static> {
    Brush { type_: BrushType::SOLID, body: BrushBody::Color(colour) }
}

/// A pattern that begins before the box.
fn pattern(box_: Rect, image: Option<Image<'static>>) -> Brush<'static> {
    let pos = Point { x: box_.left - 1, y: box_.top - 2 };
    Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(Pattern { pat: pointer(image), pos }) }
}

fn of_surface(surface: u32) -> Image<'static> {
    forms::surface(surface)
}

fn copy(
    image: Option<Image<'static>>,
    fit: Fit,
    rop_descriptor: Ropd,
    scale_mode: ImageScaleMode,
) -> Copy<'static> {
    Copy { src_bitmap: Some(pointer(image)), src_area: fit.area(), rop_descriptor, scale_mode, mask: NO_MASK }
}

fn stroke(surface: u32, box_: Rect, brush: Brush<'static>, fore_mode: Ropd) -> ServerMessage<'static> {
    let point = |x: i32, y: i32| PointFix { x: (box_.left + x) * 16, y: (box_.top + y) * 16 };
    let points = vec![point(0, 0), point(7, 5), point(0, 5), point(7, 0), point(2, 0)].leak();
    let flags = PathFlags::BEGIN | PathFlags::END;
    let segments = vec![PathSegment { flags, points: (&*points).into() }].leak();
    let path = &*Box::leak(Box::new(Path { segments: (&*segments).into() }));
    let attr = LineAttr { flags: LineFlags::empty(), style_nseg: None, style: None };
    let data = Stroke { path: Pointer::from(path), attr, brush, fore_mode, back_mode: Ropd::empty() };
    ServerMessage::DrawStroke(DrawStroke { base: base(surface, box_), data })
}

fn text(
    surface: u32,
    box_: Rect,
    depth: u32,
    fore_brush: Brush<'static>,
    back: Option<Brush<'static>>,
) -> ServerMessage<'static> {
    let (render_pos, glyph_origin) = (Point { x: box_.left, y: box_.top }, Point { x: 0, y: 0 });
    let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
    let (flags, glyphs) = if depth == 1 {
        let data = forms::leak(vec![0x81, 0x42, 0x24, 0x18, 0xff, 0x0f]);
        let list = vec![RasterGlyphA1 { render_pos, glyph_origin, width, height, data }].leak();
        (StringFlags::RASTER_A1, StringGlyphs::RasterA1((&*list).into()))
    } else {
        let data = forms::leak((0..24).map(|i| (((i * 37 % 16) << 4) | (i * 11 % 16)) as u8).collect());
        let list = vec![RasterGlyphA4 { render_pos, glyph_origin, width, height, data }].leak();
        (StringFlags::RASTER_A4, StringGlyphs::RasterA4((&*list).into()))
    };
    let string = &*Box::leak(Box::new(Glyphs { length: 1, flags, glyphs }));
    let none = Brush { type_: BrushType::NONE, body: BrushBody::Absent };
    let data = Text {
        str: Pointer::from(string),
        back_area: if back.is_some() { box_ } else { area((0, 0), (0, 0)) },
        fore_brush,
        back_brush: back.unwrap_or(none),
        fore_mode: Ropd::OP_PUT,
        back_mode: Ropd::OP_PUT,
    };
    ServerMessage::DrawText(DrawText { base: base(surface, box_), data })
}

fn composite(
    surface: u32,
    box_: Rect,
    operator: u32,
    filter: Option<u32>,
    components: bool,
    source: Option<Image<'static>>,
    mask: Option<Image<'static>>,
) -> ServerMessage<'static> {
    let filter_bits = filter.map_or(0, |filter| filter << 8 | filter << 11);
    let mut flags = operator | filter_bits | u32::from(components) << 18;
    flags |= u32::from(mask.is_some()) << 19 | u32::from(filter.is_some()) << 20;
    flags |= u32::from(filter.is_some() && mask.is_some()) << 21;
    // Eleven columns of eight, five rows of six.
    let transform = Transform { t00: 47662, t01: 0, t02: 0, t10: 0, t11: 78643, t12: 0 };
    let data = Composite {
        flags: CompositeFlags::from_bits_retain(flags),
        src_bitmap: Some(pointer(source)),
        mask_bitmap: mask.is_some().then(|| Some(pointer(mask))),
        src_transform: filter.map(|_| transform),
        mask_transform: filter.filter(|_| mask.is_some()).map(|_| transform),
        src_origin: Point16 { x: 0, y: 0 },
        mask_origin: Point16 { x: 0, y: 0 },
    };
    ServerMessage::DrawComposite(DrawComposite { base: base(surface, box_), data })
}
