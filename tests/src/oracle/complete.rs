//! A serializer that gives nothing and counts: every list has as many elements as it announces.

use std::fmt;

use serde::ser::{self, Serialize};

/// Walks through a value. Panics when a list, structure or tuple has more or fewer elements than announced.
pub(super) fn check<T: Serialize + fmt::Debug>(value: &T) {
    if let Err(error) = value.serialize(Walk) {
        panic!("{error}: {value:?}");
    }
}

/// The serializer. For programs, not for people, so that the other form is walked too.
struct Walk;

/// Elements of something that is being walked through.
struct Elements {
    announced: Option<usize>,
    seen: usize,
}

impl Elements {
    fn new(announced: Option<usize>) -> Result<Self, Error> {
        Ok(Self { announced, seen: 0 })
    }

    fn element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
        self.seen += 1;
        element.serialize(Walk)
    }

    fn done(self) -> Result<(), Error> {
        match self.announced {
            Some(announced) if announced != self.seen => {
                Err(Error(format!("{} elements, {announced} announced", self.seen)))
            }
            _ => Ok(()),
        }
    }
}

/// What does not fit.
#[derive(Debug)]
struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

macro_rules! leaves {
    ($($name:ident: $leaf:ty),*) => {$(
        fn $name(self, _: $leaf) -> Result<(), Error> {
            Ok(())
        }
    )*};
}

impl ser::Serializer for Walk {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Elements;
    type SerializeStruct = Elements;
    type SerializeStructVariant = Elements;

    leaves! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_unit_struct: &'static str
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Elements, Error> {
        Elements::new(len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Elements, Error> {
        Elements::new(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Elements, Error> {
        Elements::new(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Elements, Error> {
        Elements::new(Some(len))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Elements, Error> {
        Elements::new(len)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Elements, Error> {
        Elements::new(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Elements, Error> {
        Elements::new(Some(len))
    }
}

macro_rules! elements {
    ($($kind:ident: $element:ident($($key:ty),*)),*) => {$(
        impl ser::$kind for Elements {
            type Ok = ();
            type Error = Error;

            fn $element<T: Serialize + ?Sized>(&mut self, $(_: $key,)* value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.done()
            }
        }
    )*};
}

elements! {
    SerializeSeq: serialize_element(),
    SerializeTuple: serialize_element(),
    SerializeTupleStruct: serialize_field(),
    SerializeTupleVariant: serialize_field(),
    SerializeStruct: serialize_field(&'static str),
    SerializeStructVariant: serialize_field(&'static str)
}

impl ser::SerializeMap for Elements {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        key.serialize(Walk)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    fn end(self) -> Result<(), Error> {
        self.done()
    }
}
