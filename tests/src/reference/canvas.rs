//! The drawing rules of `docs/spec/canvas.md` pixel by pixel, for surfaces and images of 32 bits.

use spice_proto::common::{Point, Rect};
use spice_proto::display::Ropd;

/// Words, row after row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: i64,
    /// Rows.
    pub height: i64,
    /// Whether the fourth bytes are alpha.
    pub alpha: bool,
    /// The pixels.
    pub words: Vec<u32>,
}

/// A mask.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Pixels in a row.
    pub width: i64,
    /// Rows.
    pub height: i64,
    /// The bits.
    pub bits: Vec<bool>,
    /// Place at the top left of the box.
    pub pos: Point,
    /// Draw where the bits are 0.
    pub inverse: bool,
}

/// Where an operation writes.
#[derive(Clone, Debug)]
pub struct Where {
    /// The box.
    pub box_: Rect,
    /// The clip.
    pub clip: Option<Vec<Rect>>,
    /// The mask.
    pub mask: Option<Mask>,
}

/// A brush.
#[derive(Clone, Debug)]
pub enum Paint {
    /// A colour.
    Solid(u32),
    /// A repeated picture.
    Pattern(Picture, Point),
}

/// A source image.
#[derive(Clone, Debug)]
pub struct Source {
    /// The pixels.
    pub picture: Picture,
    /// The part of it.
    pub area: Rect,
    /// How it is scaled.
    pub smooth: bool,
}

fn inside(rect: Rect, x: i64, y: i64) -> bool {
    (rect.left.into()..rect.right.into()).contains(&x) && (rect.top.into()..rect.bottom.into()).contains(&y)
}

impl Where {
    /// Section 2.
    fn holds(&self, x: i64, y: i64) -> bool {
        let mask = self.mask.as_ref().is_none_or(|mask| {
            let mx = x - i64::from(self.box_.left) + i64::from(mask.pos.x);
            let my = y - i64::from(self.box_.top) + i64::from(mask.pos.y);
            let there = (0..mask.width).contains(&mx) && (0..mask.height).contains(&my);
            there && mask.bits[(my * mask.width + mx) as usize] != mask.inverse
        });
        let clip = self.clip.as_ref().is_none_or(|clip| clip.iter().any(|&rect| inside(rect, x, y)));
        inside(self.box_, x, y) && clip && mask
    }
}

impl Paint {
    /// Section 5.
    fn at(&self, x: i64, y: i64) -> u32 {
        match self {
            Paint::Solid(colour) => *colour,
            Paint::Pattern(picture, pos) => {
                let column = (x - i64::from(pos.x)).rem_euclid(picture.width);
                let row = (y - i64::from(pos.y)).rem_euclid(picture.height);
                picture.words[(row * picture.width + column) as usize]
            }
        }
    }
}

/// Section 4: `inputs` are the bits that invert the first and the second input.
fn rop(descriptor: Ropd, inputs: [Ropd; 2], s: u32, d: u32) -> u32 {
    let flip = |bit: Ropd| if descriptor.contains(bit) { u32::MAX } else { 0 };
    let (si, di) = (s ^ flip(inputs[0]), d ^ flip(inputs[1]));
    let result = flip(Ropd::INVERS_RES);
    if descriptor.contains(Ropd::OP_PUT) {
        si ^ result
    } else if descriptor.contains(Ropd::OP_OR) {
        (si | di) ^ result
    } else if descriptor.contains(Ropd::OP_AND) {
        (si & di) ^ result
    } else if descriptor.contains(Ropd::OP_XOR) {
        (si ^ di) ^ result
    } else if descriptor.contains(Ropd::OP_BLACKNESS) {
        0
    } else if descriptor.contains(Ropd::OP_WHITENESS) {
        u32::MAX
    } else if descriptor.contains(Ropd::OP_INVERS) {
        !d
    } else {
        s
    }
}

fn as_word(channels: [u32; 4]) -> u32 {
    u32::from_le_bytes(channels.map(|channel| channel as u8))
}

/// `M` of section 10.
fn multiply(a: u32, b: u32) -> u32 {
    let t = a * b + 128;
    (t + (t >> 8)) >> 8
}

impl Picture {
    fn get(&self, x: i64, y: i64) -> Option<u32> {
        let there = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        there.then(|| self.words[(y * self.width + x) as usize])
    }

    /// A pixel for compositing: alpha 255 where there is none, zeros outside.
    fn texel(&self, x: i64, y: i64) -> [u32; 4] {
        let opaque = if self.alpha { 0 } else { 0xff00_0000 };
        self.get(x, y).map_or([0; 4], |word| (word | opaque).to_le_bytes().map(u32::from))
    }

    /// What compositing writes.
    fn stored(&self, alpha: bool, channels: [u32; 4]) -> u32 {
        let word = as_word(channels);
        if alpha { word } else { word & 0x00ff_ffff }
    }

    fn each(&mut self, place: &Where, mut pixel: impl FnMut(i64, i64, u32) -> Option<u32>) {
        for y in 0..self.height {
            for x in 0..self.width {
                let at = (y * self.width + x) as usize;
                if place.holds(x, y)
                    && let Some(word) = pixel(x, y, self.words[at])
                {
                    self.words[at] = word;
                }
            }
        }
    }

    /// Fill.
    pub fn fill(&mut self, place: &Where, paint: &Paint, descriptor: Ropd) {
        let inputs = [Ropd::INVERS_BRUSH, Ropd::INVERS_DEST];
        self.each(place, |x, y, d| Some(rop(descriptor, inputs, paint.at(x, y), d)));
    }

    /// Copy and blend. `None` when the area cannot be scaled.
    pub fn copy(&mut self, place: &Where, source: &Source, descriptor: Ropd) -> Option<()> {
        let inputs = [Ropd::INVERS_SRC, Ropd::INVERS_DEST];
        let copies = !descriptor.intersects(
            Ropd::OP_OR
                | Ropd::OP_AND
                | Ropd::OP_XOR
                | Ropd::OP_BLACKNESS
                | Ropd::OP_WHITENESS
                | Ropd::OP_INVERS,
        ) && !descriptor.intersects(Ropd::OP_PUT)
            || descriptor.contains(Ropd::OP_PUT)
                && descriptor.contains(Ropd::INVERS_SRC) == descriptor.contains(Ropd::INVERS_RES);
        // Alpha counts where the picture is only written to a surface that has alpha. Otherwise it goes through a picture of
        // its own format, and whole words are scaled.
        let source = if copies && self.alpha { source.clone() } else { source.words() };
        let read = source.reader(place.box_)?;
        self.each(place, |x, y, d| {
            let s = match read(x, y, source.smooth) {
                Read::Word(word) => word?,
                Read::Scaled(channels) => as_word(channels),
            };
            Some(if copies { s } else { rop(descriptor, inputs, s, d) })
        });
        Some(())
    }

    /// Opaque.
    pub fn opaque(&mut self, place: &Where, source: &Source, paint: &Paint, descriptor: Ropd) -> Option<()> {
        self.copy(place, source, Ropd::OP_PUT)?;
        let inputs = [Ropd::INVERS_BRUSH, Ropd::INVERS_SRC];
        self.each(place, |x, y, d| Some(rop(descriptor, inputs, paint.at(x, y), d)));
        Some(())
    }

    /// Transparent.
    pub fn transparent(&mut self, place: &Where, source: &Source, key: u32) -> Option<()> {
        let source = source.words();
        let read = source.reader(place.box_)?;
        self.each(place, |x, y, _| {
            let word = match read(x, y, false) {
                Read::Word(word) => word?,
                Read::Scaled(channels) => as_word(channels),
            };
            ((word ^ key) & 0x00ff_ffff != 0).then_some(word)
        });
        Some(())
    }

    /// Alpha blend onto a surface whose fourth bytes are alpha as its format says, or by a flag.
    pub fn blend(&mut self, place: &Where, source: &Source, alpha: u8, dest_has_alpha: bool) -> Option<()> {
        if alpha == 0 {
            return Some(());
        }
        let keeps = self.alpha || dest_has_alpha;
        let read = source.reader(place.box_)?;
        self.each(place, |x, y, d| {
            let mut s = match read(x, y, false) {
                Read::Word(word) => {
                    (word? | if source.picture.alpha { 0 } else { 0xff00_0000 }).to_le_bytes().map(u32::from)
                }
                Read::Scaled(channels) => channels,
            };
            // Outside of the picture nothing is laid over the target; but its fourth byte goes all the same.
            if alpha != 255 {
                s = s.map(|channel| multiply(channel, alpha.into()));
            }
            let d = d.to_le_bytes().map(u32::from);
            let out = std::array::from_fn(|i| (s[i] + multiply(d[i], 255 - s[3])).min(255));
            Some(source.picture.stored(keeps, out))
        });
        Some(())
    }

    /// Rop3 of a picture that is not scaled and covers the region; bit by bit.
    pub fn rop3(&mut self, place: &Where, source: &Source, paint: &Paint, code: u8) -> Option<()> {
        let read = source.reader(place.box_)?;
        self.each(place, |x, y, d| {
            let Read::Word(Some(s)) = read(x, y, false) else { return None };
            let p = paint.at(x, y);
            Some((0..32).fold(0, |word, bit| {
                let index = (p >> bit & 1) << 2 | (s >> bit & 1) << 1 | d >> bit & 1;
                word | (u32::from(code) >> index & 1) << bit
            }))
        });
        Some(())
    }

    /// Copy bits: all pixels are read before the first is written.
    pub fn copy_bits(&mut self, place: &Where, from: Point) {
        let before = self.clone();
        let (dx, dy) =
            (i64::from(place.box_.left) - i64::from(from.x), i64::from(place.box_.top) - i64::from(from.y));
        self.each(place, |x, y, _| before.get(x - dx, y - dy));
    }
}

enum Read {
    Word(Option<u32>),
    Scaled([u32; 4]),
}

impl Source {
    /// The same with fourth bytes as they are.
    fn words(&self) -> Self {
        Self { picture: Picture { alpha: true, ..self.picture.clone() }, ..self.clone() }
    }

    /// Section 7.
    fn reader(&self, box_: Rect) -> Option<impl Fn(i64, i64, bool) -> Read + '_> {
        let size = |rect: Rect| {
            let side = |from: i32, to: i32| i64::from(to) - i64::from(from);
            (side(rect.left, rect.right), side(rect.top, rect.bottom))
        };
        let ((sw, sh), (dw, dh)) = (size(self.area), size(box_));
        let same = (sw, sh) == (dw, dh);
        if !same && (sw <= 0 || sh <= 0) {
            return None;
        }
        let (left, top) = (i64::from(self.area.left), i64::from(self.area.top));
        Some(move |x: i64, y: i64, smooth: bool| {
            let (i, j) = (x - i64::from(box_.left), y - i64::from(box_.top));
            let picture = &self.picture;
            if same {
                return Read::Word(picture.get(i + left, j + top));
            }
            let at = |i: i64, from: i64, s: i64, d: i64| {
                ((s * 65536 / d * (65536 * i + 32768) + 0x8000) >> 16) + from * 65536
            };
            let (x, y) = (at(i, left, sw, dw), at(j, top, sh, dh));
            if !smooth {
                return Read::Scaled(picture.texel((x - 1) >> 16, (y - 1) >> 16));
            }
            let (x, y) = (x - 32768, y - 32768);
            let (x0, y0) = (x >> 16, y >> 16);
            let (wx, wy) = ((2 * ((x >> 9) & 127)) as u32, (2 * ((y >> 9) & 127)) as u32);
            let [t00, t10] = [0, 1].map(|dx| picture.texel(x0 + dx, y0));
            let [t01, t11] = [0, 1].map(|dx| picture.texel(x0 + dx, y0 + 1));
            Read::Scaled(std::array::from_fn(|c| {
                (t00[c] * (256 - wx) * (256 - wy)
                    + t10[c] * wx * (256 - wy)
                    + t01[c] * (256 - wx) * wy
                    + t11[c] * wx * wy)
                    >> 16
            }))
        })
    }
}
