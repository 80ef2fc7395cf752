//! A picture that is read at any place: repeated, transformed, filtered.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions are below 2^33, in 16.16 below 2^54; products with a transform are in i128"
)]

use super::super::rows::{bytes_per_pixel, converted_format, fetch_row, segment};
use crate::common::{Point16, Transform};
use crate::image::{Format, View};

/// A picture with the way to read it.
pub(super) struct Texture<'a> {
    view: View<'a>,
    /// What its bytes are taken for.
    from: Format,
    /// The format whose steps its pixels take on.
    via: Format,
    repeat: Repeat,
    transform: Option<Matrix>,
    bilinear: bool,
    origin: Point16,
}

/// How a message wants a picture to be read; filter and repeat by their numbers.
pub(super) struct Use {
    pub(super) of_surface: bool,
    pub(super) opaque: bool,
    pub(super) filter: u32,
    pub(super) repeat: u32,
    pub(super) transform: Option<Transform>,
    pub(super) origin: Point16,
}

/// What lies outside of a picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Nothing,
    Tiles,
    Edges,
    Mirrors,
}

/// Two rows of three 16.16 numbers.
type Matrix = [[i64; 3]; 2];

impl<'a> Texture<'a> {
    /// `None` for a filter that does not exist.
    pub(super) fn new(view: View<'a>, target: Format, wanted: &Use) -> Option<Self> {
        let format = view.format();
        // Surfaces are read as they are, with an alpha that may be ignored. Other images are converted: on 32 bits all
        // without colour and alpha, alpha alone included, are opaque.
        let from = match format {
            Format::Argb8888 if wanted.of_surface && wanted.opaque => Format::Xrgb8888,
            format => format,
        };
        let via = match converted_format(format, target) {
            _ if wanted.of_surface => from,
            Format::Argb8888 if format != Format::Argb8888 => Format::Xrgb8888,
            converted => converted,
        };
        let number = |word: u32| i64::from(word as i32);
        let matrix = |t: Transform| [[t.t00, t.t01, t.t02].map(number), [t.t10, t.t11, t.t12].map(number)];
        Some(Self {
            view,
            from,
            via,
            repeat: match wanted.repeat {
                0 => Repeat::Nothing,
                1 => Repeat::Tiles,
                2 => Repeat::Edges,
                _ => Repeat::Mirrors,
            },
            transform: wanted.transform.map(matrix),
            bilinear: match wanted.filter {
                0 | 3 => false,
                1 | 2 | 4 => true,
                _ => return None,
            },
            origin: wanted.origin,
        })
    }

    /// Reads pixels as ARGB, the first for column `u` and row `v` of the box.
    pub(super) fn row(&self, u: i64, v: i64, out: &mut [u8]) {
        let (x, y) = (u + i64::from(self.origin.x), v + i64::from(self.origin.y));
        let Some(matrix) = self.transform else { return self.straight(x, y, out) };
        // Of the first pixel of the row of the box, and its way from one pixel to the next.
        let (x, y) = (i64::from(self.origin.x) * 65536 + 32768, y * 65536 + 32768);
        let [(mut at_x, step_x), (mut at_y, step_y)] = matrix.map(|[a, b, c]| {
            let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
            let first = (wide(a, x) + wide(b, y) + wide(c, 65536) + 0x8000) >> 16;
            // Below 2^53 and 2^64: clamped far outside of any picture.
            let first = first + wide(a, u);
            (first.clamp(i128::from(-FAR), i128::from(FAR)) as i64, a)
        });
        for pixel in out.as_chunks_mut::<4>().0 {
            *pixel = if self.bilinear {
                self.between(at_x - 32768, at_y - 32768)
            } else {
                self.texel((at_x - 1) >> 16, (at_y - 1) >> 16)
            };
            (at_x, at_y) = (at_x + step_x, at_y + step_y);
        }
    }

    /// Pixels of a row without transform.
    fn straight(&self, mut x: i64, y: i64, mut out: &mut [u8]) {
        let width = i64::from(self.view.width());
        let Some(y) = self.repeat.place(y, self.view.height().into()) else { return out.fill(0) };
        while !out.is_empty() {
            let left = (out.len() / 4) as i64;
            let from = self.repeat.place(x, width);
            let run = match from {
                Some(from) if self.repeat.rises(x, width) => width - from,
                Some(_) => 1,
                None if x < 0 => -x,
                None => left,
            };
            let run = run.min(left);
            let Some((now, later)) = out.split_at_mut_checked(run as usize * 4) else { return };
            match from {
                Some(from) => {
                    let row = segment(&self.view, y as u32, from as u32, (from + run) as u32);
                    fetch_row(self.from, self.via, row, now, run as u32);
                }
                None => now.fill(0),
            }
            (out, x) = (later, x + run);
        }
    }

    fn texel(&self, x: i64, y: i64) -> [u8; 4] {
        let (width, height) = (self.view.width().into(), self.view.height().into());
        let places = (self.repeat.place(x, width), self.repeat.place(y, height));
        let (Some(x), Some(y)) = places else { return [0; 4] };
        let start = x as usize * bytes_per_pixel(self.from);
        let pixel = self.view.row(y as u32).get(start..).unwrap_or_default();
        match (self.from, self.via, pixel) {
            (Format::Argb8888, Format::Argb8888, &[b, g, r, a, ..]) => [b, g, r, a],
            (Format::Xrgb8888, Format::Xrgb8888, &[b, g, r, _, ..]) => [b, g, r, 255],
            _ => {
                let mut argb = [0; 4];
                fetch_row(self.from, self.via, pixel, &mut argb, 1);
                argb
            }
        }
    }

    /// Four texels by their distance, which has seven bits.
    fn between(&self, x: i64, y: i64) -> [u8; 4] {
        let weight = |at: i64| (2 * (at >> 9 & 127)) as u32;
        let (wx, wy, x, y) = (weight(x), weight(y), x >> 16, y >> 16);
        let weights = [(256 - wx) * (256 - wy), wx * (256 - wy), (256 - wx) * wy, wx * wy];
        let texels = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| self.texel(x, y));
        let mut sum = [0_u32; 4];
        for (texel, weight) in texels.into_iter().zip(weights) {
            for (sum, channel) in sum.iter_mut().zip(texel) {
                *sum += u32::from(channel) * weight;
            }
        }
        sum.map(|sum| (sum >> 16) as u8)
    }
}

impl Repeat {
    /// The column or row of a picture that shows at a place; `None` for none.
    fn place(self, at: i64, size: i64) -> Option<i64> {
        if (0..size).contains(&at) {
            return Some(at);
        }
        match self {
            _ if size == 0 => None,
            Self::Nothing => None,
            Self::Tiles => Some(at.rem_euclid(size)),
            Self::Edges => Some(at.clamp(0, size - 1)),
            Self::Mirrors => {
                let at = at.rem_euclid(2 * size);
                Some(if at < size { at } else { 2 * size - 1 - at })
            }
        }
    }

    /// Whether the place after this one shows the next column, as long as there is one.
    fn rises(self, at: i64, size: i64) -> bool {
        match self {
            Self::Nothing | Self::Tiles => true,
            Self::Edges => (0..size).contains(&at),
            Self::Mirrors => at.rem_euclid(2 * size) < size,
        }
    }
}

/// In 16.16, outside of any picture by more than steps of a row can bring back into 64 bits.
const FAR: i64 = 1 << 62;
