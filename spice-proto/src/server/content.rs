//! What a picture is known by: its content.

use crate::image::{Format, View};

/// A number for the content of a picture. Different pictures have different ones, unless somebody makes an effort: then he
/// spoils his own picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    hash: [u64; 2],
    width: u32,
    height: u32,
    format: u8,
}

impl Content {
    pub(super) fn of(view: &View<'_>) -> Self {
        // The fourth byte of such pixels is no colour.
        let mask = if view.format() == Format::Xrgb8888 { 0x00ff_ffff_00ff_ffff } else { u64::MAX };
        let mut hash = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];
        for row in view.rows() {
            mix_row(&mut hash, row, mask);
        }
        let [a, b] = hash;
        Self {
            hash: [a ^ a >> 29, b ^ b >> 31],
            width: view.width(),
            height: view.height(),
            format: view.format() as u8,
        }
    }

    pub(super) fn len_pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(self.height.into())
    }
}

/// A number for bytes, as good as that for pictures.
pub(super) fn of_bytes(bytes: &[u8]) -> [u64; 2] {
    let mut hash = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f ^ bytes.len() as u64];
    mix_row(&mut hash, bytes, u64::MAX);
    hash
}

/// Two sums that do not know of each other, sixteen bytes at a time.
fn mix_row(hash: &mut [u64; 2], row: &[u8], mask: u64) {
    let [mut a, mut b] = *hash;
    let (blocks, rest) = row.as_chunks::<16>();
    let mut step = |block: &[u8; 16]| {
        let both = u128::from_le_bytes(*block);
        let (low, high) = (both as u64 & mask, (both >> 64) as u64 & mask);
        a = (a ^ low).wrapping_mul(0x9fb2_1c65_1e98_df25).rotate_left(29) ^ high;
        b = (b ^ high).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(31) ^ low;
    };
    blocks.iter().for_each(&mut step);
    let mut last = [0; 16];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    step(&last);
    *hash = [a.wrapping_mul(0x9fb2_1c65_1e98_df25), b.wrapping_mul(0xd6e8_feb8_6659_fd93)];
}
