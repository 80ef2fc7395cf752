//! What both peers can do, as far as layouts depend on it.

use core::fmt;

/// A set of capability numbers below 128, for layouts that depend on what both peers announced (`@if` in a
/// description; the agent's clipboard messages).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CapabilitySet(u128);

impl CapabilitySet {
    /// No capability.
    pub const EMPTY: Self = Self(0);

    /// The set that capability words say: number `k` is bit `k % 32` of word `k / 32`. Words behind the fourth are
    /// not looked at.
    #[must_use]
    pub fn from_words(words: impl IntoIterator<Item = u32>) -> Self {
        let set = words.into_iter().take(4).enumerate();
        Self(set.fold(0, |set, (index, word)| set | u128::from(word) << (32 * index)))
    }

    /// The set with one number more; numbers from 128 on are not kept.
    #[must_use]
    pub fn with(self, number: impl Into<u32>) -> Self {
        Self(self.0 | 1_u128.checked_shl(number.into()).unwrap_or(0))
    }

    /// Whether the set has a number.
    #[inline]
    #[must_use]
    pub fn contains(self, number: impl Into<u32>) -> bool {
        self.0.checked_shr(number.into()).is_some_and(|set| set & 1 == 1)
    }

    /// Whether the set has no number.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers, rising. Generated capability types name them:
    ///
    /// ```
    /// use spice_proto::{main::MainCapability, wire::CapabilitySet};
    ///
    /// let set = CapabilitySet::from_words([0b10]);
    /// let names: Vec<_> = set.iter().map(|number| MainCapability(number as u16)).collect();
    /// assert_eq!(names, [MainCapability::NAME_AND_UUID]);
    /// ```
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..u128::BITS).filter(move |&number| self.contains(number))
    }

    /// The words that say this set, up to the last that is not 0: the inverse of [`from_words`](Self::from_words).
    pub fn words(self) -> impl Iterator<Item = u32> {
        let count = (u128::BITS - self.0.leading_zeros()).div_ceil(u32::BITS);
        (0..count).map(move |index| (self.0 >> (u32::BITS * index)) as u32)
    }

    /// What one set has or the other.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both sets have.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl<C: Into<u32>> FromIterator<C> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = C>>(numbers: I) -> Self {
        numbers.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl<C: Into<u32>, const N: usize> From<[C; N]> for CapabilitySet {
    fn from(numbers: [C; N]) -> Self {
        numbers.into_iter().collect()
    }
}

impl fmt::Debug for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_agree() {
        let set = CapabilitySet::from_words([1 << 6, 1 << 1]);
        assert_eq!(set, CapabilitySet::EMPTY.with(6_u32).with(33_u32).with(200_u32));
        assert!(set.contains(33_u32) && !set.contains(200_u32));
        assert!(set.words().eq([1 << 6, 1 << 1]) && CapabilitySet::EMPTY.words().next().is_none());
        assert_eq!(CapabilitySet::from([6_u32, 33]), set);
        assert_eq!(CapabilitySet::from_words([u32::MAX; 4]).words().count(), 4);
    }
}
