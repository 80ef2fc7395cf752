//! Random numbers that are the same in every run.

/// A generator with a seed (SplitMix64). For tests: nothing about it is secret or even.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % (end.max(1) as u64)) as usize
    }

    /// Random bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.number() as u8).collect()
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
