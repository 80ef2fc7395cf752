//! Random numbers that are the same in every run.

use std::ops::{Deref, DerefMut};

/// The generator of the fuzz kit, and what tests do with it besides.
#[derive(Clone, Debug)]
pub struct Random(spice_proto::fuzz::Random);

impl Random {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(spice_proto::fuzz::Random::new(seed))
    }

    /// Changes bytes as a broken or hostile peer would: a few of them, numbers at the ends of their range, parts that
    /// are missing, moved or doubled.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        const NUMBERS: [u32; 12] =
            [0, 1, 2, 4, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x7fff_ffff, 0x8000_0000, u32::MAX];
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            let len = self.below(8);
            match (self.below(7), bytes.len()) {
                (_, 0) => bytes.push(self.number() as u8),
                (0, _) => bytes[at] ^= 1 << self.below(8),
                (1, _) => bytes[at] = self.number() as u8,
                (2 | 3, all) => {
                    // Numbers near to the length are where offsets go wrong.
                    let near = (all + 4).saturating_sub(self.below(8)) as u32;
                    let number = if self.below(3) == 0 { near } else { NUMBERS[self.below(NUMBERS.len())] };
                    let width = 1 << self.below(3);
                    let room = bytes[at..].iter_mut().take(width);
                    room.zip(number.to_le_bytes()).for_each(|(room, byte)| *room = byte);
                }
                (4, _) => bytes.truncate(at),
                (5, all) => drop(bytes.drain(at..all.min(at + len))),
                (_, all) => {
                    let from = self.below(all);
                    let part = bytes[from..all.min(from + len)].to_vec();
                    drop(bytes.splice(at..at, part));
                }
            }
        }
    }
}

impl Deref for Random {
    type Target = spice_proto::fuzz::Random;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Random {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
