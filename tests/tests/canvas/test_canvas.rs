//! A canvas with small surfaces of random pixels, for tests of single rules.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    Brush, BrushBody, BrushType, Clip, ClipRects, ClipType, DisplayBase, DrawFill, Fill, Image, ImageBody,
    ImageDescriptor, ImageFlags, ImageType, MaskFlags, QMask, Ropd, ServerMessage, Surface, SurfaceCreate,
    SurfaceFlags, SurfaceFmt,
};
use spice_proto::image::SharedCaches;
use spice_proto_tests::random::Random;

/// The formats of surfaces with whole bytes.
pub(crate) const FORMATS: [SurfaceFmt; 5] = [
    SurfaceFmt::FMT_32_ARGB,
    SurfaceFmt::FMT_32_XRGB,
    SurfaceFmt::FMT_16_555,
    SurfaceFmt::FMT_16_565,
    SurfaceFmt::FMT_8_A,
];

pub(crate) struct TestCanvas {
    canvas: Canvas,
    shared: SharedCaches,
}

/// Raw pixels of a surface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raw {
    pub(crate) format: SurfaceFmt,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) words: Vec<u32>,
}

impl TestCanvas {
    pub(crate) fn new() -> Self {
        let limits = Limits::default();
        Self { canvas: Canvas::new(&limits), shared: SharedCaches::new(&limits) }
    }

    /// Carries out a message, which must draw something or nothing, but not fail.
    pub(crate) fn draw(&mut self, message: &ServerMessage<'_>) {
        match self.canvas.apply(message, &mut self.shared) {
            Ok(Outcome::Drawn(_) | Outcome::Done) => {}
            other => panic!("{other:?} of {message:?}"),
        }
    }

    /// A surface of zeros.
    pub(crate) fn create(&mut self, surface_id: u32, format: SurfaceFmt, width: u32, height: u32) {
        let flags = SurfaceFlags::empty();
        self.draw(&ServerMessage::SurfaceCreate(SurfaceCreate { surface_id, width, height, format, flags }));
    }

    /// A surface whose pixels are random, zero, full, or like their neighbours.
    pub(crate) fn noise(
        &mut self,
        id: u32,
        format: SurfaceFmt,
        width: i64,
        height: i64,
        random: &mut Random,
    ) {
        self.create(id, format, width as u32, height as u32);
        let mut colour = 0;
        for y in 0..height as i32 {
            for x in 0..width as i32 {
                colour = match random.below(8) {
                    0 => 0,
                    1 => u32::MAX,
                    2 => colour,
                    _ => random.number() as u32,
                };
                let box_ = Rect { top: y, left: x, bottom: y + 1, right: x + 1 };
                let brush = solid(colour);
                let mask = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
                let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask };
                self.draw(&ServerMessage::DrawFill(DrawFill { base: base(id, box_, None), data }));
            }
        }
    }

    pub(crate) fn raw(&self, id: u32) -> Raw {
        let pixels = self.canvas.surface(id).expect("a surface");
        let bytes = pixels.format().bits_per_pixel() as usize / 8;
        let words = pixels.data().chunks_exact(bytes);
        let words = words.map(|word| word.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte)));
        let format = match pixels.format() {
            spice_proto::image::Format::Argb8888 => SurfaceFmt::FMT_32_ARGB,
            spice_proto::image::Format::Xrgb8888 => SurfaceFmt::FMT_32_XRGB,
            spice_proto::image::Format::Xrgb1555 => SurfaceFmt::FMT_16_555,
            spice_proto::image::Format::Rgb565 => SurfaceFmt::FMT_16_565,
            _ => SurfaceFmt::FMT_8_A,
        };
        Raw { format, width: pixels.width().into(), height: pixels.height().into(), words: words.collect() }
    }
}

impl Raw {
    pub(crate) fn at(&self, x: i64, y: i64) -> Option<u32> {
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        inside.then(|| self.words[(y * self.width + x) as usize])
    }

    /// Blue, green, red, alpha of a raw pixel, eight bits each.
    pub(crate) fn channels(&self, word: u32) -> [u8; 4] {
        let wide = |value: u32, bits: u32| (value << (8 - bits) | value >> (2 * bits - 8)) as u8;
        let field = |at: u32, bits: u32| wide(word >> at & ((1 << bits) - 1), bits);
        match self.format {
            SurfaceFmt::FMT_32_ARGB => word.to_le_bytes(),
            SurfaceFmt::FMT_32_XRGB => [word as u8, (word >> 8) as u8, (word >> 16) as u8, 255],
            SurfaceFmt::FMT_16_555 => [field(0, 5), field(5, 5), field(10, 5), 255],
            SurfaceFmt::FMT_16_565 => [field(0, 5), field(5, 6), field(11, 5), 255],
            _ => [0, 0, 0, word as u8],
        }
    }

    /// The raw pixel that these channels become.
    pub(crate) fn word(&self, [b, g, r, a]: [u8; 4]) -> u32 {
        let [wide_b, wide_g, wide_r] = [b, g, r].map(u32::from);
        match self.format {
            SurfaceFmt::FMT_32_ARGB => u32::from_le_bytes([b, g, r, a]),
            SurfaceFmt::FMT_32_XRGB => u32::from_le_bytes([b, g, r, 0]),
            SurfaceFmt::FMT_16_555 => wide_r >> 3 << 10 | wide_g >> 3 << 5 | wide_b >> 3,
            SurfaceFmt::FMT_16_565 => wide_r >> 3 << 11 | wide_g >> 2 << 5 | wide_b >> 3,
            _ => a.into(),
        }
    }
}

pub(crate) fn solid(colour: u32) -> Brush<'static> {
    Brush { type_: BrushType::SOLID, body: BrushBody::Color(colour) }
}

pub(crate) fn base<'a>(surface_id: u32, box_: Rect, clip: Option<&'a [Rect]>) -> DisplayBase<'a> {
    let clip = match clip {
        Some(rects) => Clip { type_: ClipType::RECTS, rects: Some(ClipRects { rects: rects.into() }) },
        None => Clip { type_: ClipType::NONE, rects: None },
    };
    DisplayBase { surface_id, box_, clip }
}

/// The image that is a surface.
pub(crate) fn surface_image(surface_id: u32) -> Image<'static> {
    let descriptor =
        ImageDescriptor { id: 0, type_: ImageType::SURFACE, flags: ImageFlags::empty(), width: 0, height: 0 };
    Image { descriptor, body: ImageBody::Surface(Surface { surface_id }) }
}

/// A rectangle of up to `most` pixels a side, partly outside of a surface of that size.
pub(crate) fn rect(most: i32, random: &mut Random) -> Rect {
    let mut side = || random.below(2 * most as usize) as i32 - most / 4;
    let (a, b, c, d) = (side(), side(), side(), side());
    Rect { top: a.min(b), left: c.min(d), bottom: a.max(b), right: c.max(d) }
}

pub(crate) fn contains(rect: &Rect, x: i64, y: i64) -> bool {
    (i64::from(rect.left)..i64::from(rect.right)).contains(&x)
        && (i64::from(rect.top)..i64::from(rect.bottom)).contains(&y)
}

/// Whether an operation may write here: box and clip.
pub(crate) fn may_write(box_: &Rect, clip: Option<&[Rect]>, x: i64, y: i64) -> bool {
    contains(box_, x, y) && clip.is_none_or(|clip| clip.iter().any(|rect| contains(rect, x, y)))
}

/// `a * b / 255`, rounded.
pub(crate) fn multiply(a: u8, b: u8) -> u8 {
    let t = u32::from(a) * u32::from(b) + 128;
    ((t + (t >> 8)) >> 8) as u8
}
