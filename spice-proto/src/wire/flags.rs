//! Flag sets: every bit that a peer sends is kept.
//!
//! They have what types of the crate [`bitflags`] have, its trait included. Its macro is not used: it writes each
//! method twice and looks at every flag again and again, for which the compiler takes four times as long.

use core::fmt;

use bitflags::{Flags, parser::WriteHex};

/// Defines a flag set: a type like those of [`bitflags`](https://docs.rs/bitflags) that keeps unknown bits.
///
/// ```
/// spice_proto::wire::open_flags! {
///     /// Marks.
///     pub struct Marks: u16 {
///         /// First.
///         FIRST = 0x1;
///         /// Third.
///         THIRD = 0x4;
///     }
/// }
/// let marks = Marks::FIRST | Marks::from_bits_retain(0x8000);
/// assert!(marks.contains(Marks::FIRST) && !marks.contains(Marks::THIRD));
/// assert_eq!(format!("{marks:?}"), "Marks(FIRST | 0x8000)");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! open_flags {
    (
        $(#[$($meta:tt)*])*
        pub struct $name:ident: $int:ident {
            $($(#[$($item_meta:tt)*])* $item:ident = $value:literal;)*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(dead_code, unreachable_pub)] // As in all that is generated: a program uses a part of its protocol.
        pub struct $name($int);

        #[allow(clippy::unreadable_literal, dead_code, unreachable_pub)]
        impl $name {
            $($(#[$($item_meta)*])* pub const $item: Self = Self($value);)*

            /// No flags.
            #[inline]
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// All bits, those without a name too.
            #[inline]
            #[must_use]
            pub const fn all() -> Self {
                Self(!0)
            }

            /// The bits as they lie on the wire.
            #[inline]
            #[must_use]
            pub const fn bits(&self) -> $int {
                self.0
            }

            /// The flags of some bits; always there, since unknown bits are kept.
            #[inline]
            #[must_use]
            pub const fn from_bits(bits: $int) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self(bits))
            }

            /// The flags of some bits; all of them, since unknown bits are kept.
            #[inline]
            #[must_use]
            pub const fn from_bits_truncate(bits: $int) -> Self {
                Self(bits)
            }

            /// The flags of some bits.
            #[inline]
            #[must_use]
            pub const fn from_bits_retain(bits: $int) -> Self {
                Self(bits)
            }

            /// The flag with a name, where there is one.
            #[inline]
            #[must_use]
            pub fn from_name(name: &str) -> ::core::option::Option<Self> {
                $crate::wire::bitflags::Flags::from_name(name)
            }

            /// Whether no bit is set.
            #[inline]
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Whether all bits are set, those without a name too.
            #[inline]
            #[must_use]
            pub const fn is_all(&self) -> bool {
                self.0 == !0
            }

            /// Whether any bit of `other` is set here.
            #[inline]
            #[must_use]
            pub const fn intersects(&self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether all bits of `other` are set here.
            #[inline]
            #[must_use]
            pub const fn contains(&self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Sets the bits of `other`.
            #[inline]
            pub fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Clears the bits of `other`.
            #[inline]
            pub fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }

            /// Turns the bits of `other` over.
            #[inline]
            pub fn toggle(&mut self, other: Self) {
                self.0 ^= other.0;
            }

            /// Sets or clears the bits of `other`.
            #[inline]
            pub fn set(&mut self, other: Self, value: bool) {
                if value { self.insert(other) } else { self.remove(other) }
            }

            /// The bits that are in both.
            #[inline]
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The bits that are in either.
            #[inline]
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The bits that are here and not in `other`.
            #[inline]
            #[must_use]
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// The bits that are in one of the two only.
            #[inline]
            #[must_use]
            pub const fn symmetric_difference(self, other: Self) -> Self {
                Self(self.0 ^ other.0)
            }

            /// The bits that are not here.
            #[inline]
            #[must_use]
            pub const fn complement(self) -> Self {
                Self(!self.0)
            }

            /// The flags that are set, one by one; what has no name together as the last.
            #[inline]
            pub fn iter(&self) -> $crate::wire::bitflags::iter::Iter<Self> {
                $crate::wire::bitflags::Flags::iter(self)
            }

            /// The flags that are set and have a name, with their names.
            #[inline]
            pub fn iter_names(&self) -> $crate::wire::bitflags::iter::IterNames<Self> {
                $crate::wire::bitflags::Flags::iter_names(self)
            }
        }

        #[allow(deprecated)]
        impl $crate::wire::bitflags::Flags for $name {
            const FLAGS: &'static [$crate::wire::bitflags::Flag<Self>] = &[
                $($crate::wire::bitflags::Flag::new(stringify!($item), Self::$item),)*
                $crate::wire::bitflags::Flag::new("", Self(!0)),
            ];

            type Bits = $int;

            #[inline]
            fn bits(&self) -> $int {
                self.0
            }

            #[inline]
            fn from_bits_retain(bits: $int) -> Self {
                Self(bits)
            }
        }

        $crate::__flags_operators!(
            $name,
            BitOr bitor BitOrAssign bitor_assign (|),
            BitAnd bitand BitAndAssign bitand_assign (&),
            BitXor bitxor BitXorAssign bitxor_assign (^),
            Sub sub SubAssign sub_assign (& !)
        );

        impl ::core::ops::Not for $name {
            type Output = Self;

            #[inline]
            fn not(self) -> Self {
                Self(!self.0)
            }
        }

        impl ::core::iter::Extend<Self> for $name {
            fn extend<I: ::core::iter::IntoIterator<Item = Self>>(&mut self, sets: I) {
                *self = $crate::wire::union_of(*self, sets);
            }
        }

        impl ::core::iter::FromIterator<Self> for $name {
            fn from_iter<I: ::core::iter::IntoIterator<Item = Self>>(sets: I) -> Self {
                $crate::wire::union_of(Self(0), sets)
            }
        }

        impl ::core::iter::IntoIterator for $name {
            type Item = Self;
            type IntoIter = $crate::wire::bitflags::iter::Iter<Self>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        $crate::__flags_formats!($name, Binary, Octal, LowerHex, UpperHex);

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::wire::show_flags(self, stringify!($name), f)
            }
        }

        $crate::__wire_number!($name, $int, $name::bits, $name::from_bits_retain);
        $crate::with_serde! {
            impl $crate::wire::serialize::Serialize for $name {
                fn serialize<S: $crate::wire::serialize::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    $crate::wire::serialize::flags(self, self.bits().into(), serializer)
                }
            }
        }
        $crate::with_arbitrary! {
            impl<'a> $crate::wire::arbitrary::Generate<'a> for $name {
                fn generate(
                    source: &mut $crate::wire::arbitrary::Source<'_, 'a>,
                ) -> $crate::wire::arbitrary::Result<Self> {
                    source.int::<$int>().map(Self::from_bits_retain)
                }
            }
        }
    };
}

/// The operators of a flag set: each trait and its method, the same with an assignment, and what it does to the bits.
#[doc(hidden)]
#[macro_export]
macro_rules! __flags_operators {
    ($name:ident, $($op:ident $method:ident $assign_op:ident $assign_method:ident ($($sign:tt)+)),*) => {$(
        impl ::core::ops::$op for $name {
            type Output = Self;

            #[inline]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $($sign)+ other.0)
            }
        }

        impl ::core::ops::$assign_op for $name {
            #[inline]
            fn $assign_method(&mut self, other: Self) {
                *self = Self(self.0 $($sign)+ other.0);
            }
        }
    )*};
}

/// The formats of a flag set that are those of its number.
#[doc(hidden)]
#[macro_export]
macro_rules! __flags_formats {
    ($name:ident, $($format:ident),*) => {$(
        impl ::core::fmt::$format for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::$format::fmt(&self.0, f)
            }
        }
    )*};
}

/// All bits of some flag sets.
#[doc(hidden)]
pub fn union_of<F: Flags>(first: F, sets: impl IntoIterator<Item = F>) -> F {
    sets.into_iter().fold(first, F::union)
}

/// `Debug` of a flag set: the names of its type and flags, and other bits as a number.
#[doc(hidden)]
pub fn show_flags<F: Flags<Bits: WriteHex>>(
    flags: &F,
    name: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    struct Named<'f, F>(&'f F);

    impl<F: Flags<Bits: WriteHex>> fmt::Debug for Named<'_, F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if self.0.is_empty() { f.write_str("0x0") } else { bitflags::parser::to_writer(self.0, f) }
        }
    }

    f.debug_tuple(name).field(&Named(flags)).finish()
}

#[cfg(test)]
#[allow(dead_code, unreachable_pub, reason = "the macro writes types for everybody")]
mod tests {
    use alloc::format;

    use crate::wire::{Encode, Parse};

    open_flags! {
        /// Marks.
        pub struct Marks: u16 {
            /// First.
            FIRST = 0x1;
            /// Third.
            THIRD = 0x4;
        }
    }

    #[test]
    fn unknown_bits_are_kept_and_shown() {
        let marks = Marks::parse(&[0x05, 0x80]).unwrap();
        assert!(marks.contains(Marks::FIRST | Marks::THIRD));
        assert_eq!(format!("{marks:?} {marks:#x}"), "Marks(FIRST | THIRD | 0x8000) 0x8005");
        assert_eq!(format!("{:?}", Marks::empty()), "Marks(0x0)");
        assert_eq!(marks.encode_to_vec().unwrap(), [0x05, 0x80]);
    }

    /// A set made by the crate itself is the authority.
    #[test]
    fn a_set_does_what_one_of_bitflags_does() {
        bitflags::bitflags! {
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
            struct Theirs: u16 {
                const FIRST = 0x1;
                const THIRD = 0x4;
                const _ = !0;
            }
        }
        let some = [0, 1, 4, 5, 0x8000, 0x8004, 0xfffa, 0xffff];
        for a in some {
            let (ours, theirs) = (Marks::from_bits_truncate(a), Theirs::from_bits_truncate(a));
            assert_eq!(
                (ours.bits(), ours.is_empty(), ours.is_all()),
                (theirs.bits(), theirs.is_empty(), theirs.is_all())
            );
            assert_eq!((!ours).bits(), (!theirs).bits());
            assert_eq!(Marks::from_bits(a).map(|set| set.bits()), Theirs::from_bits(a).map(|set| set.bits()));
            assert!(ours.iter().map(|set| set.bits()).eq(theirs.iter().map(|set| set.bits())));
            assert!(ours.iter_names().map(|(name, _)| name).eq(theirs.iter_names().map(|(name, _)| name)));
            assert_eq!(ours.into_iter().collect::<Marks>(), ours);
            assert_eq!(
                format!("{ours:?} {ours:b}").replace("Marks", "Theirs"),
                format!("{theirs:?} {theirs:b}")
            );
            for b in some {
                let (our_b, their_b) = (Marks::from_bits_retain(b), Theirs::from_bits_retain(b));
                let operators = |ours: [Marks; 4], theirs: [Theirs; 4]| {
                    assert_eq!(ours.map(|set| set.bits()), theirs.map(|set| set.bits()), "{a:#x} {b:#x}");
                };
                operators(
                    [ours | our_b, ours & our_b, ours ^ our_b, ours - our_b],
                    [theirs | their_b, theirs & their_b, theirs ^ their_b, theirs - their_b],
                );
                let (mut our_sets, mut their_sets) = ([ours; 4], [theirs; 4]);
                our_sets[0] |= our_b;
                our_sets[1] &= our_b;
                our_sets[2] ^= our_b;
                our_sets[3] -= our_b;
                their_sets[0] |= their_b;
                their_sets[1] &= their_b;
                their_sets[2] ^= their_b;
                their_sets[3] -= their_b;
                operators(our_sets, their_sets);
                let (mut our_sets, mut their_sets) = ([ours; 4], [theirs; 4]);
                our_sets[0].insert(our_b);
                our_sets[1].remove(our_b);
                our_sets[2].toggle(our_b);
                our_sets[3].set(our_b, a > b);
                their_sets[0].insert(their_b);
                their_sets[1].remove(their_b);
                their_sets[2].toggle(their_b);
                their_sets[3].set(their_b, a > b);
                operators(our_sets, their_sets);
                assert_eq!(
                    (ours.intersects(our_b), ours.contains(our_b)),
                    (theirs.intersects(their_b), theirs.contains(their_b))
                );
            }
        }
        for name in ["FIRST", "THIRD", "SECOND", ""] {
            assert_eq!(
                Marks::from_name(name).map(|set| set.bits()),
                Theirs::from_name(name).map(|set| set.bits())
            );
        }
    }
}
