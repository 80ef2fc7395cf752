//! Values made up from random bytes, for fuzzing and property tests (feature `arbitrary`).
//!
//! Generated structures borrow, so that what they borrow from has to live somewhere: an arena.
//!
//! ```
//! use arbitrary::Unstructured;
//! use bumpalo::Bump;
//! use spice_proto::wire::arbitrary::{Generate, Source};
//! use spice_proto::{Encode, display};
//!
//! let (random, arena) = ([7; 512], Bump::new());
//! let mut source = Source::new(Unstructured::new(&random), &arena);
//! let message = display::ServerMessage::generate(&mut source)?;
//! let bytes = message.encode_to_vec().expect("made-up messages can be written");
//! assert_eq!(display::ServerMessage::parse(message.kind(), &bytes).as_ref(), Ok(&message));
//! # Ok::<(), arbitrary::Error>(())
//! ```

use alloc::vec::Vec;

pub use arbitrary::Result;
use arbitrary::{Arbitrary, Unstructured, unstructured};
use bumpalo::Bump;

use super::{CapabilitySet, GuestAddress, List, Pointer, Wire};

/// A value that can be made up. Values are always such that they can be written; counts and selectors fit.
pub trait Generate<'a>: Sized {
    /// Makes up a value.
    ///
    /// # Errors
    /// When the source cannot give what is asked for.
    fn generate(source: &mut Source<'_, 'a>) -> Result<Self>;
}

/// Most elements that an array gets.
const MOST: usize = 40;

/// Random bytes to choose from, and an arena for what values borrow.
#[derive(Debug)]
pub struct Source<'u, 'a> {
    random: Unstructured<'u>,
    arena: &'a Bump,
    capabilities: CapabilitySet,
}

impl<'u, 'a> Source<'u, 'a> {
    /// Choices from `random`, contents in `arena`.
    #[must_use]
    pub fn new(random: Unstructured<'u>, arena: &'a Bump) -> Self {
        Self { random, arena, capabilities: CapabilitySet::EMPTY }
    }

    /// The same for layouts that depend on what both peers can do.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: CapabilitySet) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// What both peers can do.
    #[must_use]
    pub fn capabilities(&self) -> CapabilitySet {
        self.capabilities
    }

    /// Any integer.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn int<T: for<'x> Arbitrary<'x>>(&mut self) -> Result<T> {
        self.random.arbitrary()
    }

    /// An integer of a range, both ends included.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn within<T: unstructured::Int>(&mut self, least: T, most: T) -> Result<T> {
        self.random.int_in_range(least..=most)
    }

    /// Yes or no.
    ///
    /// # Errors
    /// When the source cannot say.
    pub fn flip(&mut self) -> Result<bool> {
        self.random.arbitrary()
    }

    /// Mostly one of the values that have a name.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn named<T: Copy, N: for<'x> Arbitrary<'x> + Into<T>>(&mut self, named: &[(T, &str)]) -> Result<T> {
        if named.is_empty() || self.random.ratio(1_u8, 8_u8)? {
            return self.int::<N>().map(Into::into);
        }
        self.random.choose(named).map(|&(value, _)| value)
    }

    /// Mostly one of the known message numbers.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn kind<T: Copy + for<'x> Arbitrary<'x>>(&mut self, known: &[T]) -> Result<T> {
        if known.is_empty() || self.random.ratio(1_u8, 32_u8)? {
            return self.int();
        }
        self.random.choose(known).copied()
    }

    /// A number of elements.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn count(&mut self) -> Result<usize> {
        self.random.int_in_range(0..=MOST)
    }

    /// A pointer to a value.
    ///
    /// # Errors
    /// What the value reports.
    pub fn pointer<T: Wire<'a>>(
        &mut self,
        value: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<Pointer<'a, T>> {
        let value = value(self)?;
        Ok(Pointer::from(&*self.arena.alloc(value)))
    }

    /// A byte run.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let bytes = self.arena.alloc_slice_fill_copy(count, 0);
        self.random.fill_buffer(bytes)?;
        Ok(bytes)
    }

    /// A byte run without zero bytes.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn c_string(&mut self) -> Result<&'a [u8]> {
        let count = self.count()?;
        let bytes = self.bytes(count)?;
        Ok(self.arena.alloc_slice_fill_iter(bytes.iter().map(|&byte| byte.max(1))))
    }

    /// A byte run of constant length.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn byte_array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let mut bytes = [0; N];
        self.random.fill_buffer(&mut bytes)?;
        Ok(self.arena.alloc(bytes))
    }

    /// An array of constant length.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn array<T: Copy + Generate<'a>, const N: usize>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<[T; N]> {
        let first = element(self)?;
        let mut elements = [first; N];
        for slot in elements.iter_mut().skip(1) {
            *slot = element(self)?;
        }
        Ok(elements)
    }

    /// A list.
    ///
    /// # Errors
    /// When the source cannot give one.
    pub fn list<T: Wire<'a>>(
        &mut self,
        count: usize,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<List<'a, T>> {
        let elements = (0..count).map(|_| element(self)).collect::<Result<Vec<T>>>()?;
        Ok(List::from(&*self.arena.alloc_slice_copy(&elements)))
    }
}

impl<'a> Generate<'a> for GuestAddress {
    fn generate(source: &mut Source<'_, 'a>) -> Result<Self> {
        source.int().map(Self)
    }
}

macro_rules! generate_ints {
    ($($int:ident),*) => {$(
        impl<'a> Generate<'a> for $int {
            fn generate(source: &mut Source<'_, 'a>) -> Result<Self> {
                source.int()
            }
        }
    )*};
}

generate_ints!(u8, i8, u16, i16, u32, i32, u64, i64);
