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
        let mut sum = Sum::default();
        for row in view.rows() {
            sum.add(row, mask);
        }
        Self { hash: sum.halves(), width: view.width(), height: view.height(), format: view.format() as u8 }
    }

    pub(super) fn len_pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(self.height.into())
    }
}

/// A number for bytes, as good as that for pictures.
pub(super) fn of_bytes(bytes: &[u8]) -> [u64; 2] {
    let mut sum = Sum { sum: bytes.len() as u128, ..Sum::default() };
    sum.add(bytes, u64::MAX);
    sum.halves()
}

/// A number for parts of a row of pixels.
pub(super) fn of_row(parts: &[&[u8]]) -> u64 {
    let mut sum = Sum::default();
    parts.iter().for_each(|part| sum.add(part, u64::MAX));
    let [low, high] = sum.halves();
    low ^ high
}

/// Products of neighbouring words, each word mixed with a key of its own place, added up: no product waits for the one before,
/// so that this goes as fast as memory does. Keys do not follow each other evenly, or regular patterns would be alike.
#[derive(Clone, Copy)]
struct Sum {
    sum: u128,
    key: u64,
}

impl Default for Sum {
    fn default() -> Self {
        Self { sum: 0, key: 0x9e37_79b9_7f4a_7c15 }
    }
}

impl Sum {
    fn add(&mut self, row: &[u8], mask: u64) {
        let Self { mut sum, mut key } = *self;
        let (blocks, rest) = row.as_chunks::<32>();
        let mut step = |block: &[u8; 32]| {
            let mut words = [0; 4];
            let bytes = block.as_chunks::<8>().0.iter();
            words.iter_mut().zip(bytes).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes) & mask);
            let [a, b, c, d] = words;
            key = key.wrapping_mul(0x9fb2_1c65_1e98_df25).wrapping_add(0xd6e8_feb8_6659_fd93);
            let product = |a: u64, b: u64| u128::from(a).wrapping_mul(b.into());
            sum = sum
                .wrapping_add(product(a ^ key, b ^ key.rotate_left(32)))
                .wrapping_add(product(c ^ key.rotate_left(16), d ^ key.rotate_left(48)));
        };
        blocks.iter().for_each(&mut step);
        let mut last = [0; 32];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        step(&last);
        *self = Self { sum, key };
    }

    fn halves(&self) -> [u64; 2] {
        let (low, high) = (self.sum as u64, (self.sum >> 64) as u64);
        [low ^ low >> 29, high ^ high >> 31]
    }
}
