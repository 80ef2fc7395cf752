//! Raster operations: bitwise functions of two inputs, and of three.
//!
//! Every bit function of a source `s` and a destination `d` has the form `(d & a) ^ x`, where `a` and `x` depend on `s`
//! alone; and each of those has the form `(s & p) ^ q`. So one loop without branches does all of them, and bits do not
//! care how wide a pixel is.

use crate::display::Ropd;

/// A bit function of source and destination, by its X11 code ([`docs/spec/canvas.md` §4](crate::spec::canvas#4-raster-operation-descriptors-ropd)): bit 0 is the result for
/// source 1 and destination 1, bit 1 for 1 and 0, bit 2 for 0 and 1, bit 3 for 0 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rop(u8);

/// What the two inputs of a raster operation are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// Brush and destination: fill, stroke.
    BrushDestination,
    /// Image and destination: copy, blend.
    ImageDestination,
    /// Brush and an image that has been copied to the destination: opaque.
    BrushImage,
}

impl Rop {
    /// The result is the source.
    pub(crate) const COPY: Self = Self(3);
    /// All bits 0.
    pub(crate) const CLEAR: Self = Self(0);
    /// All bits 1.
    pub(crate) const SET: Self = Self(15);
    /// The destination's complement.
    pub(crate) const INVERT: Self = Self(10);

    /// The function that a descriptor names for these inputs.
    pub(crate) fn new(descriptor: Ropd, inputs: Inputs) -> Self {
        let (first, second) = match inputs {
            Inputs::BrushDestination => (Ropd::INVERS_BRUSH, Ropd::INVERS_DEST),
            Inputs::ImageDestination => (Ropd::INVERS_SRC, Ropd::INVERS_DEST),
            Inputs::BrushImage => (Ropd::INVERS_BRUSH, Ropd::INVERS_SRC),
        };
        let flip = |bit| if descriptor.contains(bit) { 15 } else { 0 };
        // The truth tables of the inputs themselves: `s` is copy (3), `d` is noop (5).
        let s = 3 ^ flip(first);
        let d = 5 ^ flip(second);
        let combined = match () {
            () if descriptor.contains(Ropd::OP_PUT) => s,
            () if descriptor.contains(Ropd::OP_OR) => s | d,
            () if descriptor.contains(Ropd::OP_AND) => s & d,
            () if descriptor.contains(Ropd::OP_XOR) => s ^ d,
            () if descriptor.contains(Ropd::OP_BLACKNESS) => return Self::CLEAR,
            () if descriptor.contains(Ropd::OP_WHITENESS) => return Self::SET,
            () if descriptor.contains(Ropd::OP_INVERS) => return Self::INVERT,
            () => return Self::COPY,
        };
        Self(combined ^ flip(Ropd::INVERS_RES))
    }

    /// The X11 code, 0 to 15.
    pub(crate) fn code(self) -> u8 {
        self.0
    }

    /// The result for a constant source word.
    pub(crate) fn with_source(self, source: u32) -> Unary {
        let xor = self.apply(source, 0);
        Unary { and: self.apply(source, u32::MAX) ^ xor, xor }
    }

    /// The result for words.
    pub(crate) fn apply(self, s: u32, d: u32) -> u32 {
        let Self(code) = self;
        let mask = |bit: u8| if code >> bit & 1 == 1 { u32::MAX } else { 0 };
        (s & d & mask(0)) | (s & !d & mask(1)) | (!s & d & mask(2)) | (!s & !d & mask(3))
    }

    /// Combines rows of the same length in bytes.
    pub(crate) fn combine(self, target: &mut [u8], source: &[u8]) {
        if self == Self::COPY {
            if let Some(source) = source.get(..target.len()) {
                target.copy_from_slice(source);
            }
            return;
        }
        // With s = 0 and s = 1: the masks that are laid over the destination, see the module's text.
        let (clear, set) = (self.with_source(0), self.with_source(u32::MAX));
        let [p, q, t, u] =
            [clear.and ^ set.and, clear.and, clear.xor ^ set.xor, clear.xor].map(|mask| mask as u8);
        for (d, s) in target.iter_mut().zip(source) {
            *d = (*d & ((s & p) ^ q)) ^ ((s & t) ^ u);
        }
    }
}

/// A bit function of the destination: `(d & and) ^ xor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unary {
    pub(crate) and: u32,
    pub(crate) xor: u32,
}
