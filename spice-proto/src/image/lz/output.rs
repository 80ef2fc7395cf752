//! The forms of decoded pixels.

use super::header::ImageType;

/// What the pixels look like that a [`Decoder`](super::Decoder) writes ([`docs/spec/lz-glz.md` §1.4](crate::spec::lz_glz#14-decoded-output-formats)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output<'a> {
    /// As the type says: packed palette indexes, 16-bit words with the low byte first, B G R, B G R 0, B G R A, or A.
    ///
    /// [`ImageType::Xxxa`] writes the fourth byte of 4-byte pixels and leaves the other three as they were.
    Native,
    /// Four bytes a pixel: B, G, R and a fourth byte, which is alpha for RGBA, XXXA and A8, and else 0.
    Bgrx {
        /// Colours `0x00RRGGBB` of the five palette types; not looked at for the others. Indexes without an entry are
        /// black, save that 4-bit indexes count modulo the number of entries.
        palette: &'a [u32],
    },
}

impl Output<'_> {
    /// Bytes of one row of a picture of this type and width.
    pub fn row_len_bytes(&self, image_type: ImageType, width: u32) -> usize {
        match self {
            Output::Native => image_type.row_len_bytes(width) as usize,
            Output::Bgrx { .. } => (width as usize).saturating_mul(4),
        }
    }
}
