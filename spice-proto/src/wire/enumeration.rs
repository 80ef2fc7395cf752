//! Open enumerations: every value that a peer sends is kept.

/// Defines an open enumeration: a number with names for the values that are known.
///
/// ```
/// spice_proto::wire::open_enum! {
///     /// What to do.
///     pub struct Verb: u8 {
///         /// Stay.
///         STAY = 0, "STAY";
///         /// Go.
///         GO = 1, "GO";
///     }
/// }
/// assert_eq!(format!("{:?} {:?}", Verb::GO, Verb(9)), "GO Verb(9)");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$($meta:tt)*])*
        pub struct $name:ident: $int:ident {
            $($(#[$($item_meta:tt)*])* $item:ident = $value:literal, $text:literal;)*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(dead_code, unreachable_pub)] // As in all that is generated: a program uses a part of its protocol.
        pub struct $name(pub $int);

        #[allow(clippy::unreadable_literal, dead_code, deprecated, unreachable_pub)]
        impl $name {
            $($(#[$($item_meta)*])* pub const $item: Self = Self($value);)*

            /// The values that have a name, with it, by declaration.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$item, $text)),*];

            /// The name of the value in the description, where it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$item => Some($text),)*
                    _ => None,
                }
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({})"), self.0),
                }
            }
        }

        impl From<$int> for $name {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $int {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        $crate::__wire_number!($name, $int, (|value: &$name| value.0), $name);
        $crate::with_serde! {
            impl $crate::wire::serialize::Serialize for $name {
                fn serialize<S: $crate::wire::serialize::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    $crate::wire::serialize::number(self.0.into(), self.name(), serializer)
                }
            }
        }
        $crate::with_arbitrary! {
            impl<'a> $crate::wire::arbitrary::Generate<'a> for $name {
                fn generate(
                    source: &mut $crate::wire::arbitrary::Source<'_, 'a>,
                ) -> $crate::wire::arbitrary::Result<Self> {
                    source.named::<Self, $int>(Self::ALL)
                }
            }
        }
    };
}

/// What enumerations and flag sets share: they lie on the wire as their number does.
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_number {
    ($name:ident, $int:ident, $to:expr, $from:expr) => {
        impl<'a> $crate::wire::Encode<'a> for $name {
            #[inline]
            fn wire_len(&self) -> usize {
                ::core::mem::size_of::<$int>()
            }

            #[inline]
            fn measure(
                &self,
                measure: &mut $crate::wire::Measure,
            ) -> ::core::result::Result<(), $crate::wire::EncodeError> {
                measure.add(::core::mem::size_of::<$int>());
                Ok(())
            }

            #[inline]
            fn write<S: $crate::wire::Sink<'a>>(&self, writer: &mut $crate::wire::Writer<S>) {
                writer.put(&$to(self).to_le_bytes());
            }
        }

        impl<'a> $crate::wire::Wire<'a> for $name {
            const MIN_SIZE: usize = ::core::mem::size_of::<$int>();
            const FIXED: bool = true;

            #[inline]
            fn read(
                reader: &mut $crate::wire::Reader<'a>,
            ) -> ::core::result::Result<Self, $crate::wire::Failed> {
                <$int as $crate::wire::Wire<'a>>::read(reader).map($from)
            }
        }
    };
}

/// Expands to its contents where this crate has the feature `serde`.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! with_serde {
    ($($item:item)*) => { $($item)* };
}

/// Expands to its contents where this crate has the feature `serde`.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! with_serde {
    ($($item:item)*) => {};
}

/// Expands to its contents where this crate has the feature `arbitrary`.
#[cfg(feature = "arbitrary")]
#[doc(hidden)]
#[macro_export]
macro_rules! with_arbitrary {
    ($($item:item)*) => { $($item)* };
}

/// Expands to its contents where this crate has the feature `arbitrary`.
#[cfg(not(feature = "arbitrary"))]
#[doc(hidden)]
#[macro_export]
macro_rules! with_arbitrary {
    ($($item:item)*) => {};
}
